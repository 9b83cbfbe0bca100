"""What each of three costs and four benefits adds to a portfolio or takes from it: shares after Shapley.

All combinations of the seven, each on or off, are run under the same luck. A group's share is the difference that it
makes when it is added to the others, averaged over all orders in which they can be added (Shapley 1953; as a
decomposition of a change, Shorrocks 2013, doi 10.1007/s10888-011-9214-z). The shares add up to the whole difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.history.measures import Kind, measures_in
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.effects import effect_of

COST, BENEFIT = "cost", "benefit"
GROUPS = {
    "direct costs": (COST, "costs.direct.dial"), "opportunity costs": (COST, "costs.opportunity.dial"),
    "risk of entrapment": (COST, "costs.entrapment.dial"),
    "power projection": (BENEFIT, "benefits.power_projection"), "legitimation": (BENEFIT, "benefits.legitimation"),
    "denial": (BENEFIT, "benefits.denial"), "stabilisation": (BENEFIT, "benefits.stabilisation"),
}
"""The groups, each with its kind and the parameter of a major power that switches it off at 0."""

USUAL_MEASURES = ("number_of_pacts", "pacts_beyond_paper", "autonomy_all_states")
ALWAYS_THERE = Kind.MEAN, Kind.PER_DECADE, Kind.PER_STATE, Kind.MAJOR_PAYOFF, Kind.WEAK_PAYOFF
"""Kinds of measures that exist without pacts as well."""
CONFIDENCE = 0.95


class Part(NamedTuple):
    """What a group does to a measure.

    share : Shapley's, with its 95% bootstrap interval over pairs of histories; alone : the difference it makes to
    nothing but it; last : the difference it makes to all the others.
    """

    group: str
    kind: str
    share: float
    low: float
    high: float
    alone: float
    last: float


class Decomposition(NamedTuple):
    """Of one measure: its mean with everything off and on, the parts, the groups that the scenario does without, and
    the number of histories under each combination."""

    measure: str
    nothing: float
    everything: float
    parts: list[Part]
    absent: list[str]
    histories: int


def groups_of(scenario: Scenario, power: str) -> dict[str, tuple[str, str, float]]:
    """The groups that the scenario has, each of its own terms one: kind, path and its own value, by name."""
    found = {}
    for name, (kind, inner) in GROUPS.items():
        path = f"major_powers.{power}.{inner}"
        value = scenario.value(path)
        if value != 0:
            found[name] = kind, path, value
    for name, term in scenario.own_terms.items():
        if term.weight > 0.0 and (not term.powers or power in term.powers):
            found[f"{name} (own)"] = term.kind, f"own_terms.{name}.weight", float(term.weight)
    return found


def combinations(groups: dict[str, tuple[str, str, float]]) -> list[dict[str, float]]:
    """Settings of all combinations; in that of number n, group i is on if bit i of n is set."""
    return [{path: value if number >> bit & 1 else 0.0 for bit, (_, path, value) in enumerate(groups.values())}
            for number in range(2 ** len(groups))]


def shapley(values: np.ndarray) -> np.ndarray:
    """Shares of all groups in each history: (histories, groups), from values of all combinations: (histories, 2^g).

    Combination n has group i on if bit i of n is set.
    """
    groups = values.shape[1].bit_length() - 1
    numbers = np.arange(values.shape[1])
    sizes = np.array([int(number).bit_count() for number in numbers])
    shares = np.empty((values.shape[0], groups))
    for group in range(groups):
        without = numbers[(numbers >> group & 1) == 0]
        weights = np.array([math.factorial(size) * math.factorial(groups - size - 1) for size in sizes[without]])
        differences = values[:, without | 1 << group] - values[:, without]
        shares[:, group] = differences @ (weights / math.factorial(groups))
    return shares


def decomposed(measure: str, values: np.ndarray, groups: dict[str, tuple[str, str, float]]) -> Decomposition:
    """The parts of a measure, from its values under all combinations; histories of which one failed are left out."""
    values = values[~np.isnan(values).any(axis=1)]
    shares = shapley(values)
    means = values.mean(axis=0)
    everything = values.shape[1] - 1
    parts = []
    for bit, (name, (kind, _, _)) in enumerate(groups.items()):
        effect = effect_of(shares[:, bit], bit)
        interval = effect.interval(CONFIDENCE)
        parts.append(Part(name, kind, effect.mean, interval.low, interval.high, float(means[1 << bit] - means[0]),
                          float(means[everything] - means[everything ^ 1 << bit])))
    absent = [name for name in GROUPS if name not in groups]
    return Decomposition(measure, float(means[0]), float(means[-1]), parts, absent, values.shape[0])


def parts_table(found: Sequence[Decomposition]) -> pd.DataFrame:
    """One row per measure and group."""
    return pd.DataFrame([{"measure": one.measure, "histories": one.histories, "all_off": one.nothing,
                          "all_on": one.everything, **part._asdict()} for one in found for part in one.parts],
                        columns=["measure", "histories", "all_off", "all_on", *Part._fields])


def refuse_measure(measure: str, scenario: Scenario) -> None:
    """Raises `Refusal` for a measure that the scenario's histories do not have, or that does not exist without
    pacts."""
    known = measures_in(scenario)
    always_there = [name for name, what in known.items() if what.kind in ALWAYS_THERE]
    if measure not in known:
        raise Refusal("unknown measure", found=shown(measure), allowed=listed(always_there),
                      suggestion=nearest(measure, always_there), file="--measure")
    if measure not in always_there:
        raise Refusal("a measure that does not exist without pacts", found=measure, file="--measure",
                      allowed=listed(always_there))
