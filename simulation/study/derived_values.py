"""Values of the measures that a study defines for itself (`derived`), from the record of a history.

Called for every history of a sweep, and again where one is verified.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulation.history.series import History
from simulation.scenario.distances import distance_km
from simulation.scenario.scenario import Scenario
from simulation.study.derived_measures import PAIR_ATTRIBUTES, Derived, Slope

FEWEST = 3
"""Weak states through which a line may be laid."""


def attribute(scenario: Scenario, power: str, name: str) -> np.ndarray:
    """An attribute of all weak states towards a major power: (N,), in the order of `Scenario.states`."""
    if name == "distance_km":
        return np.array([distance_km(scenario, power, code) for code in scenario.states])
    states = scenario.states.values()
    if name in PAIR_ATTRIBUTES:
        return np.array([getattr(state.toward[power], name) for state in states], float)
    return np.array([getattr(state, name) for state in states], float)


def derived_values(measures: Mapping[str, Derived], scenario: Scenario, history: History, power: int,
                   values: Mapping[str, float]) -> dict[str, float]:
    """The derived measures of a history for one major power.

    power : place of the major power in the scenario.
    values : the measures that every sweep has, by name, for differences.
    """
    return {name: _value(derived, scenario, history, power, values) for name, derived in measures.items()}


def _value(derived: Derived, scenario: Scenario, history: History, power: int,
           values: Mapping[str, float]) -> float:
    if derived.difference is not None:
        return values[derived.difference.of] - values[derived.difference.less]
    window = slice(max(0, history.since.shape[0] - scenario.recording.window_years), None)
    is_ally = history.since[window, power] > 0.0
    pact_years = is_ally.sum(axis=0)
    rule = derived.slope or derived.selection or derived.share
    assert rule is not None, "a measure of a study's own is of one of four kinds"
    figures = attribute(scenario, list(scenario.major_powers)[power], rule.on)
    if derived.slope is not None:
        kept = pact_years > 0 if derived.slope.among == "allies" else np.full(pact_years.size, True)
        contracts = _contracts(derived.slope, history, window, power, is_ally)
        return slope_of(contracts[kept], figures[kept] / derived.slope.per)
    if not pact_years.sum():
        return np.nan
    if derived.selection is not None:
        return float(np.average(figures, weights=pact_years) - figures.mean())
    assert derived.share is not None
    return float(np.average(figures > derived.share.above, weights=pact_years))


def _contracts(slope: Slope, history: History, window: slice, power: int, is_ally: np.ndarray) -> np.ndarray:
    """What a slope is of, for every weak state: (N,); NaN for one without pacts among allies."""
    amounts: np.ndarray = is_ally.astype(float) if slope.of == "pact" else getattr(history, slope.of)[window, power]
    if slope.among == "states" or slope.of == "pact":
        return np.asarray(amounts.mean(axis=0))
    years = is_ally.sum(axis=0)
    found: np.ndarray = np.divide(amounts.sum(axis=0), years, out=np.full(years.size, np.nan), where=years > 0)
    return found


def slope_of(heights: np.ndarray, places: np.ndarray) -> float:
    """Slope of the least-squares line through points; NaN for fewer than three, or where all places are the same."""
    if places.size < FEWEST or np.ptp(places) == 0.0:
        return np.nan
    away = places - places.mean()
    return float(away @ (heights - heights.mean()) / (away @ away))
