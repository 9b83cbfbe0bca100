"""One weak state and one major power at the table, while others have pacts or none: what a closer look starts from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.response import offers_at, outside_option_at, willing_powers
from simulation.equilibrium.search import alliances_of
from simulation.equilibrium.world import problem_at, world_of
from simulation.errors import Refusal
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.own_terms import own_columns
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import nearest


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
    """A pair of a scenario; the power may be left out where there is only one.

    pacts : that stand meanwhile, by weak state; the pair's own, if among them, does not count.

    Raises `Refusal` for a code that the scenario does not have.
    """
    powers, states = list(scenario.major_powers), list(scenario.states)
    if power is None and len(powers) == 1:
        power = powers[0]
    if power is None:
        raise Refusal("missing, as the scenario has several major powers", allowed=", ".join(powers), file="--power")
    for option, code, codes in (("--power", power, powers), ("--state", state, states)):
        if code not in codes:
            raise Refusal("not in the scenario", found=code, allowed=", ".join(codes), file=option,
                          suggestion=nearest(code, codes))
    world = world_of(scenario)
    number, place = powers.index(power), states.index(state)
    alliances = alliances_of(scenario, world, dict(pacts))
    pulls, willing = willing_powers(world, alliances, place)[:2]
    offers = offers_at(world, alliances, place, pulls, willing, number)
    return Pair(power, state, problem_at(world, alliances, number, place, pulls[number]), float(world.weights[number]),
                float(outside_option_at(world, place, number, offers)), int(world.solution), world.shifts_threat,
                tuple(own_columns(scenario)))
