"""From traits, circumstances and portfolio to a `BargainingProblem` (theory, sections 1-3 and 5).

Called by the agents, the ensemble and the equilibrium search alike: the only place where parameters become the terms of
a payoff. Traits are fixed for a history; circumstances change from year to year.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined
from simulation.theory.crisis import (
    Audience,
    MajorLoss,
    Stakes,
    crisis_setting,
    major_loss,
    total,
    weak_loss,
)
from simulation.theory.further_costs import NO_PRICES
from simulation.theory.geography import burden
from simulation.theory.own_term_bounds import bounds
from simulation.theory.own_terms import (
    GIVEN_NUMBERS,
    NO_PROGRAMS,
    NOTHING_GIVEN,
    Block,
    OwnTerms,
    Segment,
)
from simulation.theory.payoffs import (
    BargainingProblem,
    BenefitTerms,
    CostTerms,
    RiskTerms,
    WeakTerms,
    autonomy_cost,
    most_autonomy,
    outsider_binding,
    scaled,
)

NOTHING_LOST = MajorLoss(0.0, 0.0, 0.0)


class Rules(NamedTuple):
    """What holds for every pair of a scenario: the stakes of a crisis, the named assumptions that enter payoffs, and
    what own terms need: the number of weak states, and their programs (`own_terms`)."""

    stakes: Stakes
    depth_binds: bool
    minimum_commitment: float
    excludability: float
    power_projection_by_autonomy: bool
    legitimation_by_autonomy: bool
    denial_by_autonomy: bool
    stabilisation_by_autonomy: bool
    opportunity_cost: bool
    foreclosure: bool
    membership_cost: float = 0.0
    number_of_states: float = 0.0
    own_programs: np.ndarray = NO_PROGRAMS


class PowerTraits(NamedTuple):
    """A major power's parameters, in the units of `simulation.scenario.parameters.MajorPower`; own_block: place of
    its own terms in `Rules.own_programs`, 0 without; further: prices of `FURTHER_COSTS`, dials included."""

    capability: float
    power_projection: float
    legitimation: float
    legitimation_exponent: float
    denial: float
    stabilisation: float
    own_security: float
    direct_dial: float
    fixed: float
    deployment: float
    opportunity_dial: float
    opportunity_weight: float
    foreclosure: float
    entrapment_dial: float
    war_cost: float
    risk_weight: float
    own_block: float = 0.0
    further: tuple[float, ...] = NO_PRICES


class StateTraits(NamedTuple):
    """A weak state's parameters, in the units of `simulation.scenario.parameters.WeakState`."""

    autonomy_value: float
    preference_weight: float
    votes: float
    instability: float
    latent_threat: float = 0.0


class RelationTraits(NamedTuple):
    """A pair's parameters. reach: share of strength that arrives; proximity: 2 ** (-d / H_near); basing: a share;
    competitor_distance: ideal points, 0 where the price of autonomy is absolute; patron_threat: share of the state's
    crises that the major power opens itself; distance_km: as own terms read it."""

    reach: float
    proximity: float
    basing: float
    competitor_distance: float = 0.0
    patron_threat: float = 0.0
    distance_km: float = 0.0


class Circumstances(NamedTuple):
    """What changes from year to year in a pair.

    capability: of the weak state; preference_distance: ideal points; rival_pull: chance that a competitor takes it;
    audience: audience costs and the weak state's belief; weak_rate, weak_challenger, major_rate, major_challenger:
    crisis rate and challenger as each side perceives them; other_loss: the weak state's least loss without this pact
    under any other power, infinite if there is none.
    """

    capability: float
    preference_distance: float
    rival_pull: float
    audience: Audience
    weak_rate: float
    weak_challenger: float
    major_rate: float
    major_challenger: float
    other_loss: float


class Portfolio(NamedTuple):
    """A major power's other pacts. capacity: as rested; pledged: sum of s z; legitimated: votes; mean_binding: of its
    allies; allied_rivals: number of this state's declared rivals among them; allies: their number."""

    capacity: float
    pledged: float
    legitimated: float
    mean_binding: float
    allied_rivals: float
    allies: float = 0.0


Inputs = tuple[Rules, PowerTraits, StateTraits, RelationTraits, Circumstances, Portfolio]
"""What `bargaining_problem`, and all of `dyad`, is told of a pair."""


@compiled_apart
def bargaining_problem(rules, power, state, relation, now, portfolio):
    """What this weak state and this major power bring to the table: a `BargainingProblem`."""
    spill = outsider_binding(portfolio.mean_binding, rules.excludability)
    weak_view = crisis_view(rules, power, relation, now, now.weak_challenger, spill)
    seen_alike = now.weak_challenger == now.major_challenger
    major_view = weak_view if seen_alike else crisis_view(rules, power, relation, now, now.major_challenger, spill)
    own_loss = total(weak_loss(weak_view, weak_view.without))
    is_guardian = own_loss <= now.other_loss
    without = NOTHING_LOST
    if is_guardian:
        without = major_loss(major_view, major_view.without, spill, 0.0)
    loss, alpha = min(own_loss, now.other_loss), autonomy_cost(
        state.autonomy_value, state.preference_weight, now.preference_distance, relation.competitor_distance)
    of_others = 1.0 - relation.patron_threat
    feared = of_others * (now.weak_rate + state.latent_threat)
    own = own_terms(rules, power, state, relation, now, portfolio, weak_view, major_view)
    return BargainingProblem(
        weak_view, major_view, seen_alike,
        WeakTerms(feared, loss, alpha, rules.membership_cost),
        benefit_terms(rules, power, state, relation, now, portfolio),
        cost_terms(rules, power, relation, portfolio),
        RiskTerms(of_others * now.major_rate, scaled(power.entrapment_dial, power.risk_weight), without),
        rules.depth_binds, rules.minimum_commitment, most_autonomy(feared * loss + own.most_weak, alpha),
        power.further, own)


@inlined
def own_terms(rules, power, state, relation, now, portfolio, weak_view, major_view):
    """The own terms of a pair: an `OwnTerms`, in which nothing is given where the major power has none."""
    block = int(power.own_block)
    if block == 0:
        return OwnTerms(rules.own_programs, 0, NOTHING_GIVEN, 0.0)
    given = given_to_formulas(rules, power, state, relation, now, portfolio, weak_view.without, major_view.without)
    most_weak = 0.0
    if rules.own_programs[block + Block.WEAK_NEVER_POSITIVE] == 0.0:
        most_weak = most_for_weak_state(rules.own_programs, block, given, rules.minimum_commitment)
    return OwnTerms(rules.own_programs, block, given, most_weak)


@inlined
def given_to_formulas(rules, power, state, relation, now, portfolio, by_weak, by_major):
    """What the pair brings to formulas, in the order of `own_terms.Given`, and last what the major power sees; by_weak,
    by_major: the crisis without a pact."""
    # two tuples, because the compiler does not know how Python writes one of more than thirty
    seen_alike = (
        relation.distance_km, relation.reach, burden(relation.reach), relation.proximity, now.preference_distance,
        relation.basing, now.rival_pull, relation.patron_threat, now.capability, state.latent_threat,
        state.autonomy_value, state.preference_weight, state.votes, state.instability, power.capability,
        portfolio.allies, portfolio.pledged, portfolio.allied_rivals, portfolio.legitimated,
        1.0 if rules.legitimation_by_autonomy else 0.0, rules.number_of_states, rules.stakes.stake)
    return seen_alike + (  # noqa: RUF005 - or it would be one tuple
        now.weak_challenger, now.weak_rate, by_weak.challenge, by_weak.resistance, by_weak.believed_reliability,
        now.major_challenger, now.major_rate, by_major.challenge, by_major.resistance, by_major.reliability)


@compiled
def most_for_weak_state(programs, block, given, least_commitment):
    """The most that a weak state could have of its own terms under any contract, at least 0, payoff per year."""
    both, seen = np.empty((2, GIVEN_NUMBERS)), np.array(given)
    for place in range(GIVEN_NUMBERS):
        both[0, place] = both[1, place] = seen[place]
    return max(0.0, bounds(programs, block, Segment.WEAK.value, both, least_commitment)[1])


@compiled
def benefit_terms(rules, power, state, relation, now, portfolio):
    """The four benefits, and own security, of this state as an ally of this power."""
    return BenefitTerms(
        power.power_projection * relation.basing,
        power.legitimation, power.legitimation_exponent, portfolio.legitimated, state.votes,
        power.denial * now.rival_pull,
        power.stabilisation * state.instability * relation.proximity,
        power.own_security * now.capability / power.capability,
        rules.power_projection_by_autonomy, rules.legitimation_by_autonomy, rules.denial_by_autonomy,
        rules.stabilisation_by_autonomy)


@compiled
def cost_terms(rules, power, relation, portfolio):
    """The direct and opportunity costs of this state as an ally of this power."""
    weight = burden(relation.reach)
    return CostTerms(power.direct_dial * power.fixed, scaled(power.direct_dial * power.deployment, weight), weight,
                     opportunity_price(rules, power, portfolio.capacity), portfolio.pledged,
                     foreclosure_cost(rules, power, portfolio.allied_rivals))


@compiled
def opportunity_price(rules, power, capacity):
    """Price of O1: its weight over capacity, or 0 where the assumption is off."""
    return power.opportunity_dial * power.opportunity_weight / capacity if rules.opportunity_cost else 0.0


@compiled
def foreclosure_cost(rules, power, rival_pairs):
    """Cost of O2 for a number of pairs of declared rivals, or 0 where the assumption is off."""
    return power.opportunity_dial * power.foreclosure * rival_pairs if rules.foreclosure else 0.0


@inlined
def crisis_view(rules, power, relation, now, challenger, spill):
    """The crisis of the pair as a side perceives it, who takes the challenger for so capable; spill: what a state
    without a pact enjoys all the same."""
    return crisis_setting(rules.stakes, now.audience, now.capability, challenger, power.capability, relation.reach,
                          scaled(power.entrapment_dial, power.war_cost), spill)


@compiled
def loss_without_pact(rules, power, relation, now, mean_binding):
    """The weak state's expected loss L, as it sees it, with this power as a mere bystander."""
    view = crisis_view(rules, power, relation, now, now.weak_challenger,
                       outsider_binding(mean_binding, rules.excludability))
    return total(weak_loss(view, view.without))


ALONE = math.inf
"""`Circumstances.other_loss` where no other power could come to the weak state's help."""
