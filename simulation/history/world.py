"""What no history changes: a scenario as arrays.

Built once per scenario from its records; the decisions of a year read powers, states and pairs from it by number.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import passed_by_reference
from simulation.history.chance import address
from simulation.scenario.distances import distance_km
from simulation.scenario.parameters import MajorPower
from simulation.scenario.scenario import Scenario
from simulation.scenario.term_programs import programs_of
from simulation.scenario.traits import (
    POWER_NUMBERS,
    power_numbers,
    power_traits,
    relation_traits,
    scenario_rules,
    state_traits,
)
from simulation.theory.bargaining_problem import RelationTraits, Rules, StateTraits
from simulation.theory.geography import burden
from simulation.theory.solutions import Solution

RANDOM_ORDER = np.empty(0, np.int64)
"""`World.order` where the order of activation is drawn every year."""


class PowerParameter(IntEnum):
    """Columns of `World.powers` after the numbers of `PowerTraits`, which come first."""

    IS_DRAWN = POWER_NUMBERS
    IS_RESOLUTE = IS_DRAWN + 1
    PRIOR = IS_DRAWN + 2
    AUDIENCE_RESOLUTE = IS_DRAWN + 3
    AUDIENCE_IRRESOLUTE = IS_DRAWN + 4
    CAPACITY = IS_DRAWN + 5
    WEIGHT = IS_DRAWN + 6
    ATTENTION = IS_DRAWN + 7
    FATIGUE_LOSS = IS_DRAWN + 8
    FATIGUE_YEARS = IS_DRAWN + 9


class StateParameter(IntEnum):
    """Columns of `World.states` after the fields of `StateTraits`, which come first."""

    CAPABILITY = len(StateTraits._fields)
    CHALLENGER = CAPABILITY + 1
    CRISIS_RATE = CAPABILITY + 2
    OUTSIDE_OPTION = CAPABILITY + 3
    RANK = CAPABILITY + 4


class PairParameter(IntEnum):
    """Columns of `World.relations` after the fields of `RelationTraits`, which come first."""

    BURDEN = len(RelationTraits._fields)
    PREFERENCE_DISTANCE = BURDEN + 1
    RIVAL_PULL = BURDEN + 2
    DISTANCE_KM = BURDEN + 3


@passed_by_reference
class World(NamedTuple):
    """What no history changes. P major powers, N weak states.

    rules: `Rules`; powers: (P, 27), `PowerTraits`, then the columns above; states: (N, 10) and relations: (P, N, 10)
    likewise (rank: the place of a code in alphabetical order); rivals: (N, R), numbers of each state's declared rivals,
    filled up with -1; power_addresses, state_addresses: (P,), (N,), addresses of their chance; order: (P,), order of
    activation, empty where it is drawn; switches: `Switches`; magnitudes: `Magnitudes`.

    Few arrays with many columns: the compiler hands every array of a record to every function it calls.
    """

    rules: Rules
    powers: np.ndarray
    states: np.ndarray
    relations: np.ndarray
    rivals: np.ndarray
    power_addresses: np.ndarray
    state_addresses: np.ndarray
    order: np.ndarray
    switches: Switches
    magnitudes: Magnitudes


class Switches(NamedTuple):
    """Named assumptions and relaxations that decide what happens in a year rather than what it is worth."""

    solution: int
    shifts_threat: bool
    is_exclusive: bool
    is_endogenous: bool
    is_informed: bool
    drifts: bool
    is_attention_limited: bool
    has_aftermath: bool
    learns: bool


class Magnitudes(NamedTuple):
    """Years of a history and of the window that is measured, up to which distance a state is a neighbour, and the sizes
    of what happens between years."""

    years: int
    window: int
    neighbour_km: float
    persistence: float
    capability_shock: float
    challenger_shock: float
    rate_shock: float
    preference_shock: float
    misperception: float
    exit_cost: float
    capability_loss: float
    observability: float


def world_of(scenario: Scenario) -> World:
    """The scenario as a `World`."""
    powers, states, blocks = scenario.major_powers, scenario.states, programs_of(scenario).blocks
    rank = {code: place for place, code in enumerate(sorted(states))}
    return World(
        scenario_rules(scenario),
        _numbers([*power_numbers(power_traits(power, blocks[code])), *_power_columns(power)]
                 for code, power in powers.items()),
        _numbers([*state_traits(state), state.capability, state.challenger_capability, state.crisis_rate,
                  state.outside_option, rank[code]] for code, state in states.items()),
        _numbers([_pair_columns(scenario, power, state) for state in states] for power in powers),
        _rivals(scenario),
        np.array([address(code) for code in powers]), np.array([address(code) for code in states]),
        _order(scenario), _switches(scenario), _magnitudes(scenario))


def _numbers(values: Iterable[float] | Iterable[list[float]] | Iterable[list[list[float]]]) -> np.ndarray:
    return np.array(list(values), dtype=float)


def _power_columns(power: MajorPower) -> list[float]:
    resolve = power.resolve
    return [resolve.type == "drawn", resolve.type == "resolute", resolve.prior, resolve.audience_cost_resolute,
            resolve.audience_cost_irresolute, power.costs.opportunity.capacity, power.bargaining_weight,
            power.attention, power.fatigue.loss, power.fatigue.years]


def _pair_columns(scenario: Scenario, power: str, state: str) -> list[float]:
    traits, relation = relation_traits(scenario, power, state), scenario.states[state].toward[power]
    return [*traits, burden(traits.reach), relation.preference_distance, relation.rival_pull,
            distance_km(scenario, power, state)]


def _rivals(scenario: Scenario) -> np.ndarray:
    """Numbers of each state's declared rivals: (N, R), filled up with -1."""
    place = {code: number for number, code in enumerate(scenario.states)}
    known = [sorted(place[other] for other in scenario.rivals_of(code)) for code in scenario.states]
    most = max(map(len, known))
    filled = [rivals + [-1] * (most - len(rivals)) for rivals in known]
    return np.array(filled, dtype=np.int64).reshape(len(known), most)


def _order(scenario: Scenario) -> np.ndarray:
    """Numbers of the major powers in the order in which they act; empty where chance orders them."""
    if scenario.assumptions.activation == "random":
        return RANDOM_ORDER
    capabilities = _numbers(power.capability for power in scenario.major_powers.values())
    if scenario.assumptions.activation == "strongest_first":
        return np.argsort(-capabilities, kind="stable")
    return np.arange(capabilities.size)


def _switches(scenario: Scenario) -> Switches:
    assumptions, relaxations = scenario.assumptions, scenario.relaxations
    return Switches(
        int(Solution[assumptions.bargaining_solution.upper()]), assumptions.outside_option == "threat_point",
        assumptions.exclusivity, len(scenario.major_powers) > 1 and assumptions.rival_pull == "endogenous",
        assumptions.information == "complete", relaxations.drift, relaxations.limited_attention,
        relaxations.war_aftermath, relaxations.learning and assumptions.information == "incomplete")


def _magnitudes(scenario: Scenario) -> Magnitudes:
    dynamics, relaxations, drift = scenario.dynamics, scenario.relaxations, scenario.dynamics.drift
    return Magnitudes(
        scenario.years, scenario.recording.window_years,
        *(float(size) for size in (
            scenario.recording.neighbour_distance_km,
            drift.persistence, drift.capability, drift.challenger, drift.crisis_rate, drift.preference,
            dynamics.misperception if relaxations.misperception else 0.0,
            dynamics.exit_cost if relaxations.exit_friction else 0.0,
            dynamics.capability_loss, dynamics.observability)))
