"""Tiny scenarios and random pairs for tests; deterministic, and small enough for histories of a few milliseconds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulation.scenario.scenario import Scenario
from simulation.theory.bargaining_problem import (
    ALONE,
    Circumstances,
    Portfolio,
    PowerTraits,
    RelationTraits,
    Rules,
    StateTraits,
)
from simulation.theory.crisis import Audience, Stakes

AT_REST = dict.fromkeys(
    ("drift", "misperception", "limited_attention", "exit_friction", "war_aftermath", "learning"), False)
"""Relaxations: all off, so that nothing but the equilibrium's own logic moves."""


def overlaid(data: dict, changes: dict) -> dict:
    """`data` with `changes` on top; mappings overlay mappings."""
    merged = dict(data)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = overlaid(merged[key], value) if both else value
    return merged


def state(**changes: Any) -> dict:
    """Data of a weak state under threat, 100 km from a power called P."""
    data = {"capability": 0.0006, "challenger_capability": 0.0013, "crisis_rate": 0.5,
            "toward": {"P": {"distance_km": 100.0, "rival_pull": 0.5}}}
    return overlaid(data, changes)


def one_power(states: dict[str, dict] | None = None, **changes: Any) -> Scenario:
    """One power, P, and three weak states near it; `changes` overlay the scenario's data."""
    near = {code: state(toward={"P": {"distance_km": km}})
            for code, km in (("A", 0.0), ("B", 300.0), ("C", 800.0))}
    data = {"name": "one-power", "years": 8, "recording": {"window_years": 5},
            "major_powers": {"P": {}}, "weak_states": states if states is not None else near}
    return Scenario.model_validate(overlaid(data, changes))


def two_powers(**changes: Any) -> Scenario:
    """Two powers and five weak states between them, with every channel of the theory at work."""
    def between(p_km: float, q_km: float, **more: Any) -> dict:
        return overlaid(state(toward={
            "P": {"distance_km": p_km, "preference_distance": 0.6, "basing": 0.6, "rival_pull": 0.4},
            "Q": {"distance_km": q_km, "preference_distance": 0.3, "basing": 0.5, "rival_pull": 0.6}},
            instability=0.4), more)

    power = {"capability": 0.05, "benefits": {"own_security": 0.5, "legitimation_exponent": 1.2, "stabilisation": 0.1},
             "attention": 2, "resolve": {"type": "drawn", "prior": 0.6}}
    states = {
        "A": between(50.0, 900.0, rivals=["B"], outside_option=0.01),
        "B": between(150.0, 700.0, crisis_rate=0.8),
        "C": between(400.0, 400.0, capability=0.001, capital={"latitude": 10.0, "longitude": 20.0}),
        "D": between(800.0, 100.0, rivals=["E"], votes=2.0),
        "E": between(900.0, 60.0, challenger_capability=0.003),
    }
    states["C"]["toward"]["P"]["distance_km"] = None
    data = {"name": "two-powers", "years": 8, "recording": {"window_years": 6, "neighbour_distance_km": 120.0},
            "major_powers": {
                "P": overlaid(power, {"capital": {"latitude": 12.0, "longitude": 18.0}}),
                "Q": overlaid(power, {"capability": 0.04, "reach_half_distance_km": 2500.0})},
            "weak_states": states}
    return Scenario.model_validate(overlaid(data, changes))


def drawn_states(seed: int, **changes: Any) -> Scenario:
    """One power and a small population drawn from distributions."""
    uniform = {"uniform": {"low": 0.2, "high": 0.9}}
    data = {"name": "drawn", "years": 8, "recording": {"window_years": 5}, "major_powers": {"P": {}}, "population": {
        "count": 4, "seed": seed,
        "capability": {"lognormal": {"median": 0.001, "sigma": 0.5}},
        "challenger_capability": {"lognormal": {"median": 0.002, "sigma": 0.7}},
        "crisis_rate": {"beta": {"a": 2.0, "b": 3.0}}, "votes": {"choice": {"values": [1.0, 2.0]}},
        "autonomy_value": uniform, "preference_weight": 0.5, "instability": uniform, "outside_option": 0.0,
        "toward": {"P": {"distance_km": {"uniform": {"low": 0.0, "high": 1500.0}}, "rival_pull": 0.5,
                         "preference_distance": uniform, "basing": uniform}}}}
    return Scenario.model_validate(overlaid(data, changes))


def picked(rng: np.random.Generator, *values: float) -> float:
    """One of some values, as `rng.choice` picks it from the same luck, without the array, most of its time."""
    return values[rng.integers(len(values))]


def random_pair(rng: np.random.Generator) -> tuple:
    """The six inputs of `simulation.theory.dyad` for a pair drawn widely: plain cases and odd ones, extremes
    included."""
    def some(low: float, high: float, *others: float) -> float:
        return picked(rng, rng.uniform(low, high), *others)

    def flag(share: float = 0.5) -> bool:
        return bool(rng.random() < share)

    stakes = Stakes(rng.uniform(0.2, 2.5), rng.uniform(0, 0.8), rng.uniform(0, 0.6), rng.uniform(0, 0.8),
                    picked(rng, 0.5, 1.0, 2.0), picked(rng, 0.5, 2.0, 5.0, 10.0, 20.0, 40.0) * rng.uniform(0.5, 1),
                    rng.uniform(0, 1), flag(0.8), flag(0.8))
    rules = Rules(stakes, flag(0.8), picked(rng, 0.0, 0.1), some(0, 1, 1.0), flag(), flag(), flag(), flag(),
                  flag(0.8), flag(0.8))
    power = PowerTraits(
        10 ** rng.uniform(-1.6, -0.5), some(0, 0.6, 0.0), some(0, 0.4, 0.0), picked(rng, 1.0, 0.5, 2.0),
        rng.uniform(0, 0.3), some(0, 0.2, 0.0), some(0, 2.0, 0.0), rng.uniform(0.5, 1.5), rng.uniform(0, 0.06),
        some(0, 0.3, 0.0), rng.uniform(0.5, 1.5), some(0, 0.3, 0.0), some(0, 0.1, 0.0), rng.uniform(0.5, 1.5),
        rng.uniform(0, 1.2), some(0, 3.0, 0.0, 1.0))
    weak = StateTraits(rng.uniform(0.05, 3), rng.uniform(0, 1), rng.uniform(0.2, 2), rng.uniform(0, 1))
    relation = RelationTraits(2 ** -rng.uniform(0, 3), rng.uniform(0, 1), rng.uniform(0, 1))
    resolute = rng.uniform(0, 3)
    irresolute = resolute * rng.uniform(0, 1)
    audience = Audience(resolute if flag() else irresolute, resolute, irresolute, some(0, 1, 0.0, 1.0))
    rate, challenger = rng.uniform(0.01, 0.6), 10 ** rng.uniform(-4, -1.5)
    errs = flag()

    def seen(x: float) -> float:
        return x * math.exp(0.3 * rng.normal()) if errs else x

    now = Circumstances(10 ** rng.uniform(-4, -2), rng.uniform(0, 2), rng.uniform(0, 1), audience, rate, challenger,
                        seen(rate), seen(challenger), some(0.0, 0.5, ALONE, ALONE, ALONE))
    portfolio = Portfolio(rng.uniform(0.5, 2), some(0, 4, 0.0), some(0, 3, 0.0), some(0, 1, 0.0), some(0, 3, 0.0))
    return rules, power, weak, relation, now, portfolio


def coin_pair() -> tuple:
    """The six inputs of `simulation.theory.dyad` for a pair whose crisis can be worked out on paper.

    The rationality is 0, so that every choice is a coin; see `tests/unit/test_payoffs.py` for what follows.
    """
    stakes = Stakes(1.0, 0.3, 0.2, 0.3, 1.0, 0.0, 0.5, True, True)
    rules = Rules(stakes, True, 0.1, 1.0, True, True, False, False, True, True)
    power = PowerTraits(
        capability=0.004, power_projection=0.4, legitimation=0.05, legitimation_exponent=2.0, denial=0.2,
        stabilisation=0.15, own_security=0.04, direct_dial=2.0, fixed=0.02, deployment=0.05, opportunity_dial=3.0,
        opportunity_weight=0.01, foreclosure=0.03, entrapment_dial=2.0, war_cost=0.2, risk_weight=0.375)
    weak = StateTraits(autonomy_value=0.6, preference_weight=0.5, votes=2.0, instability=0.5)
    relation = RelationTraits(reach=0.5, proximity=0.4, basing=0.5)
    now = Circumstances(capability=0.001, preference_distance=2.0, rival_pull=0.2,
                        audience=Audience(2.0, 2.0, 2.0, 1.0), weak_rate=0.2, weak_challenger=0.001, major_rate=0.4,
                        major_challenger=0.001, other_loss=ALONE)
    return rules, power, weak, relation, now, Portfolio(2.0, 4.0, 3.0, 0.0, 2.0)
