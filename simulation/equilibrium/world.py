"""A scenario as arrays, and the alliances in it: what equilibria are searched with.

Built once per scenario from its records; the search reads pairs from it by number. Nothing drifts, everybody sees the
truth, and every weak state has at most one patron. Called by `response` and `search`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, passed_by_reference
from simulation.errors import Refusal
from simulation.scenario.scenario import Scenario
from simulation.scenario.term_programs import programs_of
from simulation.scenario.traits import (
    power_at,
    power_numbers,
    power_traits,
    relation_at,
    relation_traits,
    scenario_rules,
    state_at,
    state_traits,
)
from simulation.theory.bargaining_problem import (
    ALONE,
    Circumstances,
    Portfolio,
    Rules,
    bargaining_problem,
    loss_without_pact,
)
from simulation.theory.crisis import Audience, binding
from simulation.theory.geography import burden
from simulation.theory.payoffs import channelled
from simulation.theory.solutions import Solution

NOBODY = -1
"""Patron of a weak state without a pact."""


@passed_by_reference
class World(NamedTuple):
    """What no pact changes. P major powers, N weak states.

    rules: `Rules`; powers: (P, 17 or more), states: (N, 5) and relations: (P, N, 6), the fields of the theory's traits
    in their order; burdens: (P, N), 1 / reach; surroundings: (N, 3), capability, crisis rate, challenger; preferences:
    (P, N), distances; audiences: (P, 4), the fields of `Audience`; capacities, weights: (P,), opportunity capacity and
    bargaining weight; pulls: (P, N), the scenario's rival pull; is_endogenous: whether pull follows from the other
    powers instead; outside: (N,), outside options; rivals: (N, N), whether two states are declared rivals; solution,
    shifts_threat: the bargaining solution and its reading of the outside option; possible: (P, N), whether a pair could
    agree at all, whatever else stands; unprompted: (P, N), whether it could without a rival's pull (both all True until
    `response.possible_pairs` tells).
    """

    rules: Rules
    powers: np.ndarray
    states: np.ndarray
    relations: np.ndarray
    burdens: np.ndarray
    surroundings: np.ndarray
    preferences: np.ndarray
    audiences: np.ndarray
    capacities: np.ndarray
    weights: np.ndarray
    pulls: np.ndarray
    is_endogenous: bool
    outside: np.ndarray
    rivals: np.ndarray
    solution: int
    shifts_threat: bool
    possible: np.ndarray
    unprompted: np.ndarray


class Alliances(NamedTuple):
    """Who is allied with whom and on what terms: patron (number or `NOBODY`), commitment and autonomy, each (N,)."""

    patron: np.ndarray
    commitment: np.ndarray
    autonomy: np.ndarray


def nobody_allied(world: World) -> Alliances:
    """Alliances of a world without any pact."""
    number = len(world.outside)
    return Alliances(np.full(number, NOBODY, dtype=np.int64), np.zeros(number), np.zeros(number))


def world_of(scenario: Scenario) -> World:
    """The scenario as a `World`. Raises `Refusal` where a weak state may have several patrons."""
    assumptions = scenario.assumptions
    if not assumptions.exclusivity:
        raise Refusal("no equilibrium is defined for states with several patrons", "assumptions.exclusivity", "false",
                      "true")
    powers, states, blocks = scenario.major_powers, scenario.states, programs_of(scenario).blocks
    relations = [[relation_traits(scenario, power, state) for state in states] for power in powers]

    def towards(field: str) -> np.ndarray:
        return np.array([[float(getattr(state.toward[power], field)) for state in states.values()] for power in powers])

    return World(
        scenario_rules(scenario),
        np.array([power_numbers(power_traits(power, blocks[code])) for code, power in powers.items()]),
        np.array([state_traits(state) for state in states.values()]),
        np.array(relations),
        np.array([[burden(relation.reach) for relation in row] for row in relations]),
        np.array([(float(state.capability), float(state.crisis_rate), float(state.challenger_capability))
                  for state in states.values()]),
        towards("preference_distance"),
        np.array([audience_of(scenario, power) for power in powers]),
        np.array([float(power.costs.opportunity.capacity) for power in powers.values()]),
        np.array([float(power.bargaining_weight) for power in powers.values()]),
        towards("rival_pull"),
        len(powers) > 1 and assumptions.rival_pull == "endogenous",
        np.array([float(state.outside_option) for state in states.values()]),
        np.array([[other in rivals for other in states] for rivals in map(scenario.rivals_of, states)]),
        int(Solution[assumptions.bargaining_solution.upper()]),
        assumptions.outside_option == "threat_point",
        np.ones((len(powers), len(states)), dtype=bool),
        np.ones((len(powers), len(states)), dtype=bool))


def is_taken_for_resolute(scenario: Scenario, power: str) -> bool:
    """The type of a major power in equilibrium: as given, or the likelier one where histories draw it."""
    resolve = scenario.major_powers[power].resolve
    return resolve.prior >= 0.5 if resolve.type == "drawn" else resolve.type == "resolute"


def audience_of(scenario: Scenario, power: str) -> Audience:
    """Audience costs of a major power, and what is believed: the prior, or its type where information is complete."""
    resolve, is_resolute = scenario.major_powers[power].resolve, is_taken_for_resolute(scenario, power)
    belief = resolve.prior if scenario.assumptions.information == "incomplete" else float(is_resolute)
    own = resolve.audience_cost_resolute if is_resolute else resolve.audience_cost_irresolute
    return Audience(float(own), float(resolve.audience_cost_resolute), float(resolve.audience_cost_irresolute),
                    float(belief))


@compiled
def circumstances_at(world, power, state, pull, other_loss):
    """Circumstances of a pair, which both sides see alike."""
    audience = world.audiences[power]
    capability, rate, challenger = world.surroundings[state]
    return Circumstances(
        capability, world.preferences[power, state], pull, Audience(audience[0], audience[1], audience[2], audience[3]),
        rate, challenger, rate, challenger, other_loss)


@compiled
def portfolio_at(world, alliances, power, state):
    """A major power's pacts, less that with a state, as this state would join them."""
    pledged = legitimated = bound = allied_rivals = 0.0
    number = 0
    for other in range(alliances.patron.size):
        if alliances.patron[other] != power or other == state:
            continue
        number += 1
        pledged += alliances.commitment[other] * world.burdens[power, other]
        votes = world.states[other, 2]
        legitimated += channelled(votes, alliances.autonomy[other], world.rules.legitimation_by_autonomy)
        bound += binding(alliances.commitment[other], world.rules.depth_binds)
        if world.rivals[state, other]:
            allied_rivals += 1.0
    mean_binding = bound / number if number > 0 else 0.0
    return Portfolio(world.capacities[power], pledged, legitimated, mean_binding, allied_rivals, float(number))


@compiled
def other_loss_at(world, alliances, power, state):
    """The state's least expected loss without a pact, under the eyes of any other major power."""
    least = ALONE
    for other in range(world.weights.size):
        if other != power:
            spill = portfolio_at(world, alliances, other, state).mean_binding
            now = circumstances_at(world, other, state, 0.0, ALONE)
            least = min(least, loss_without_pact(
                world.rules, power_at(world, other), relation_at(world, other, state), now, spill))
    return least


@compiled
def problem_at(world, alliances, power, state, pull):
    """What a major power and a weak state bring to the table, all other pacts standing: a `BargainingProblem`."""
    now = circumstances_at(world, power, state, pull, other_loss_at(world, alliances, power, state))
    return bargaining_problem(world.rules, power_at(world, power), state_at(world, state),
                              relation_at(world, power, state), now, portfolio_at(world, alliances, power, state))
