"""Where the weak states of a portfolio lie, and what each conceded: the table behind a map."""

from __future__ import annotations

import math

import pandas as pd

from simulation.history.series import History
from simulation.scenario.distances import distance_km
from simulation.scenario.scenario import Scenario


def portfolio_places(scenario: Scenario, pacts: pd.DataFrame) -> pd.DataFrame:
    """A row per major power and weak state, as `figures.portfolio_map` takes it; NaN where a capital is not given.

    pacts: columns power, state, commitment and autonomy, of one equilibrium or one year. observed: whether there was a
    pact in the record; None where the scenario does not say.
    """
    terms = {(row.power, row.state): (row.commitment, row.autonomy) for row in pacts.itertuples()}
    rows = []
    for code, power in scenario.major_powers.items():
        for name, state in scenario.states.items():
            commitment, autonomy = terms.get((code, name), (math.nan, math.nan))
            rows.append({
                "panel": power.name or code, "weak_state": name, **_degrees("", state.capital),
                **_degrees("power_", power.capital), "distance_km": distance_km(scenario, code, name),
                "commitment": commitment, "autonomy": autonomy, "observed": state.observed.get(code)})
    return pd.DataFrame(rows)


def pacts_at_end(scenario: Scenario, history: History) -> pd.DataFrame:
    """The pacts in force at the end of a history, as `portfolio_places` takes them."""
    rows = [(power, state, history.commitment[-1, row, column], history.autonomy[-1, row, column])
            for row, power in enumerate(scenario.major_powers) for column, state in enumerate(scenario.states)
            if history.since[-1, row, column] > 0.0]
    return pd.DataFrame(rows, columns=["power", "state", "commitment", "autonomy"])


def has_places(scenario: Scenario) -> bool:
    """Whether the capitals of all major powers and weak states are given, so that they can stand on a map."""
    capitals = [*(power.capital for power in scenario.major_powers.values()),
                *(state.capital for state in scenario.states.values())]
    return None not in capitals


def _degrees(prefix: str, capital: object) -> dict[str, float]:
    return {f"{prefix}{name}": math.nan if capital is None else float(getattr(capital, name))
            for name in ("latitude", "longitude")}
