"""One weak state and one major power at the table, while others have pacts or none: what a closer look starts from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.response import offers_at, outside_option_at, willing_powers
from simulation.equilibrium.search import alliances_of
from simulation.equilibrium.world import problem_at, world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.codes import pair_codes
from simulation.scenario.own_terms import own_columns
from simulation.scenario.scenario import Scenario


class Pair(NamedTuple):
    """A pair and its bargain.

    power, state: codes; problem: the theory's `Pairing`; weight: beta; outside_option: w, payoff per year, as the other
    powers' offers and the scenario give it; solution, shifts_threat: the scenario's bargaining rules; own_terms: names
    of the scenario's own terms in tables.
    """

    power: str
    state: str
    problem: Any
    weight: float
    outside_option: float
    solution: int
    shifts_threat: bool
    own_terms: tuple[str, ...] = ()


@tells_broken_terms
def pair_of(scenario: Scenario, state: str, power: str | None = None,
            pacts: Mapping[str, Contract] = MappingProxyType({})) -> Pair:
    """A pair of a scenario, by codes or names; the power may be left out where there is only one.

    pacts : that stand meanwhile, by weak state; the pair's own, if among them, does not count.

    Raises `Refusal` for what the scenario does not have.
    """
    power, state = pair_codes(scenario, state, power)
    world = world_of(scenario)
    number, place = list(scenario.major_powers).index(power), list(scenario.states).index(state)
    alliances = alliances_of(scenario, world, dict(pacts))
    pulls, willing = willing_powers(world, alliances, place)[:2]
    offers = offers_at(world, alliances, place, pulls, willing, number)
    return Pair(power, state, problem_at(world, alliances, number, place, pulls[number]), float(world.weights[number]),
                float(outside_option_at(world, place, number, offers)), int(world.solution), world.shifts_threat,
                tuple(own_columns(scenario)))
