"""From parameter records to the theory's traits: names change, numbers do not.

Called by the agents, the ensemble and the equilibrium search once per scenario.
"""

from __future__ import annotations

import functools
from typing import Any

from simulation.compilation import compiled
from simulation.scenario.distances import distance_km
from simulation.scenario.own_terms import own_columns
from simulation.scenario.parameters import MajorPower, WeakState
from simulation.scenario.scenario import Scenario
from simulation.scenario.term_programs import programs_of
from simulation.theory.bargaining_problem import PowerTraits, RelationTraits, Rules, StateTraits
from simulation.theory.crisis import Stakes
from simulation.theory.further_costs import FURTHER_COSTS, prices_from
from simulation.theory.geography import decay, reach
from simulation.theory.payoffs import TERMS

PLAIN_FIELDS = len(PowerTraits._fields) - 1
POWER_NUMBERS = PLAIN_FIELDS + len(FURTHER_COSTS)
"""Numbers in a row with the traits of a major power."""
further_prices = prices_from(PLAIN_FIELDS)


def scenario_rules(scenario: Scenario) -> Rules:
    """What holds for every pair of the scenario."""
    crisis, assumptions = scenario.crisis, scenario.assumptions
    stakes = Stakes(
        float(crisis.stake), float(crisis.challenge_cost), float(crisis.war_cost_weak),
        float(crisis.war_cost_challenger), float(crisis.contest_exponent), float(crisis.rationality),
        float(assumptions.restraint), assumptions.emboldenment, assumptions.deterrence)
    return Rules(
        stakes, assumptions.depth_binds, float(scenario.contract.minimum_commitment), float(assumptions.excludability),
        assumptions.power_projection_scales_with == "autonomy", assumptions.legitimation_scales_with == "autonomy",
        assumptions.denial_scales_with == "autonomy", assumptions.stabilisation_scales_with == "autonomy",
        assumptions.opportunity_cost, assumptions.foreclosure, float(assumptions.membership_cost),
        float(len(scenario.states)), programs_of(scenario).numbers)


def power_traits(power: MajorPower, own_block: float = 0.0) -> PowerTraits:
    """A major power's parameters as the theory reads them; own_block: place of its own terms, see `programs_of`."""
    benefits, costs = power.benefits, power.costs
    plain = [float(value) for value in (
        power.capability, benefits.power_projection, benefits.legitimation, benefits.legitimation_exponent,
        benefits.denial, benefits.stabilisation, benefits.own_security, costs.direct.dial, costs.direct.fixed,
        costs.direct.deployment, costs.opportunity.dial, costs.opportunity.weight, costs.opportunity.foreclosure,
        costs.entrapment.dial, costs.entrapment.war_cost, costs.entrapment.risk_weight,
        own_block)]
    return PowerTraits._make([*plain, tuple(_price(power, cost.price) for cost in FURTHER_COSTS.values())])


def _price(power: MajorPower, path: str) -> float:
    """A price by its path below a major power, scaled by the dial of its group."""
    *groups, name = path.split(".")
    group: Any = functools.reduce(getattr, groups, power)
    return float(group.dial) * float(getattr(group, name))


def power_numbers(traits: PowerTraits) -> list[float]:
    """The fields of a `PowerTraits` as a row of `POWER_NUMBERS` numbers, from which `power_at` reads them again."""
    *plain, further = traits
    return [*plain, *further]


def state_traits(state: WeakState) -> StateTraits:
    """A weak state's parameters as the theory reads them."""
    return StateTraits(float(state.autonomy_value), float(state.preference_weight), float(state.votes),
                       float(state.instability), float(state.latent_threat))


def relation_traits(scenario: Scenario, power: str, state: str) -> RelationTraits:
    """A pair's parameters as the theory reads them."""
    record = scenario.major_powers[power]
    distance = distance_km(scenario, power, state)
    toward, is_relative = scenario.states[state].toward[power], scenario.assumptions.autonomy_price == "relative"
    return RelationTraits(
        reach(distance, float(record.reach_half_distance_km)),
        decay(distance, float(record.benefits.neighbourhood_half_distance_km)),
        float(toward.basing), float(toward.competitor_preference_distance) if is_relative else 0.0,
        float(toward.patron_threat), distance)


def terms_in(scenario: Scenario) -> dict[str, str]:
    """All terms of a pact's worth by name, with what each means: the theory's, then the scenario's own."""
    return TERMS | own_columns(scenario)


@compiled
def power_at(world, power):
    """Traits of a major power by number; world: any record with `powers`, (P, `POWER_NUMBERS` or more), as
    `power_numbers` gives them."""
    row = world.powers[power]
    return PowerTraits(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10], row[11],
                       row[12], row[13], row[14], row[15], row[16], further_prices(row))


@compiled
def state_at(world, state):
    """Traits of a weak state by number; world: any record with `states`, (N, 5), the fields of `StateTraits`."""
    row = world.states[state]
    return StateTraits(row[0], row[1], row[2], row[3], row[4])


@compiled
def relation_at(world, power, state):
    """Traits of a pair by numbers; world: any record with `relations`, (P, N, 6), the fields of `RelationTraits`."""
    row = world.relations[power, state]
    return RelationTraits(row[0], row[1], row[2], row[3], row[4], row[5])
