"""What each side gets from a pact, term by term (theory, sections 3 and 5).

A `BargainingProblem` holds all that one weak state and one major power bring to the table before a contract is on it; a
contract is a commitment `s` and an autonomy conceded `a`. Costs and benefits of a pact are always the difference that
it makes to the major power's portfolio with its other pacts held fixed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined, passed_by_reference
from simulation.theory.crisis import CrisisSetting, MajorLoss, binding, crisis, major_loss, total, weak_loss
from simulation.theory.further_costs import FURTHER_COSTS, NO_PRICES, further_amounts, further_total
from simulation.theory.own_terms import OwnTerms, Segment
from simulation.theory.own_totals import own_total, own_total_and_amounts


class WeakTerms(NamedTuple):
    """The weak state's side: crisis_rate: rho as it sees it, latent threat included, without what the major power opens
    itself; loss_without: L without a pact; autonomy_cost: alpha; membership_cost: of any pact, payoff per year."""

    crisis_rate: float
    loss_without: float
    autonomy_cost: float
    membership_cost: float = 0.0


class BenefitTerms(NamedTuple):
    """Benefits at full scale, payoff per year, and whether each grows with autonomy (else it comes with membership).

    legitimation is per vote, with returns `legitimation_exponent` over the portfolio's `legitimated` votes of others.
    """

    power_projection: float
    legitimation: float
    legitimation_exponent: float
    legitimated: float
    votes: float
    denial: float
    stabilisation: float
    own_security: float
    power_projection_by_autonomy: bool
    legitimation_by_autonomy: bool
    denial_by_autonomy: bool
    stabilisation_by_autonomy: bool


class CostTerms(NamedTuple):
    """Direct and opportunity costs, payoff per year.

    fixed: c0; deployment: per unit of commitment, distance included; burden: z; opportunity_price: weight over
    capacity; pledged: sum of s * z over the other pacts; foreclosure: cost of the rivals that are allies already.
    """

    fixed: float
    deployment: float
    burden: float
    opportunity_price: float
    pledged: float
    foreclosure: float


class RiskTerms(NamedTuple):
    """Entrapment: crisis_rate: rho as the major power sees it, without what it opens itself; weight: risk_weight;
    without: M without a pact."""

    crisis_rate: float
    weight: float
    without: MajorLoss


@passed_by_reference
class BargainingProblem(NamedTuple):
    """What one weak state and one major power bring to the table.

    weak_view, major_view: the crisis as each side perceives it; seen_alike: whether the two are the same;
    most_autonomy: what the weak state could concede at most, for full protection; further: prices of `FURTHER_COSTS`;
    own: costs and benefits in the user's own words.
    """

    weak_view: CrisisSetting
    major_view: CrisisSetting
    seen_alike: bool
    weak: WeakTerms
    benefits: BenefitTerms
    costs: CostTerms
    risk: RiskTerms
    depth_binds: bool
    minimum_commitment: float
    most_autonomy: float
    further: tuple[float, ...]
    own: OwnTerms


class Benefits(NamedTuple):
    """What this ally adds, term by term, payoff per year."""

    power_projection: float
    legitimation: float
    denial: float
    stabilisation: float
    own_security: float


class WeakGain(NamedTuple):
    """The weak state's gain u from a pact, term by term, payoff per year: protection less autonomy and membership."""

    protection: float
    autonomy: float
    membership: float


class MajorCosts(NamedTuple):
    """What a pact costs the major power, term by term, payoff per year; further: a number for each `FURTHER_COSTS`."""

    fixed: float
    deployment: float
    opportunity: float
    foreclosure: float
    intervention: float
    reneging: float
    lost_stake: float
    further: tuple[float, ...] = NO_PRICES


class MajorGain(NamedTuple):
    """The major power's gain v from a pact, term by term, payoff per year; costs are positive and subtract."""

    benefits: Benefits
    fixed: float
    deployment: float
    opportunity: float
    foreclosure: float
    intervention: float
    reneging: float
    lost_stake: float
    further: tuple[float, ...] = NO_PRICES


PAPER_WIDTH = 1e-6
"""A pact whose commitment is no more than this above the least is paper."""

TERMS = {
    "weak_protection": "What the pact saves the ally in expected losses",
    "weak_autonomy_cost": "What the autonomy conceded costs the ally",
    "weak_membership_cost": "What belonging to an alliance costs the ally",
    "benefit_power_projection": "Power projection", "benefit_legitimation": "Legitimation, as the difference it makes",
    "benefit_denial": "Denial of rivals", "benefit_stabilisation": "A stabilised neighbourhood",
    "benefit_own_security": "Own security from the ally's capability",
    "cost_fixed": "Direct cost of having the pact", "cost_deployment": "Direct cost of deployment",
    "cost_opportunity": "Opportunity cost O1, as the difference it makes",
    "cost_foreclosure": "Opportunity cost O2: rivals that are allies", "cost_intervention": "Entrapment: intervening",
    "cost_reneging": "Entrapment: breaking the pledge", "cost_lost_stake": "Entrapment: losing what the ally is worth",
    **{f"cost_{name}": cost.meaning for name, cost in FURTHER_COSTS.items()},
}
"""Terms of a pact's worth, payoff per year; costs are positive and subtract."""


def by_term(weak: WeakGain, major: MajorGain) -> dict[str, float]:
    """What a contract is worth to both sides by the names of `TERMS`, payoff per year; costs are positive."""
    values = (*weak, *major.benefits, *major[1:-1], *major.further)
    return {name: float(value) for name, value in zip(TERMS, values, strict=True)}


def account_of(problem, commitment, autonomy, own_terms=()):
    """As `by_term`, and then by the names of the scenario's own terms, of which `own_terms` are all in their order."""
    amounts = np.zeros(len(own_terms))
    own_amounts(problem, commitment, autonomy, amounts)
    return by_term(*itemised(problem, commitment, autonomy)) | dict(zip(own_terms, amounts.tolist(), strict=True))


def is_of_weak_state(term: str) -> bool:
    """Whether a term, by its name, enters the weak state's gain."""
    return term.startswith("weak_")


def sign_of(term: str) -> float:
    """-1 for a term that subtracts from its side's gain, by its name, 1 for one that adds."""
    is_cost = term in ("weak_autonomy_cost", "weak_membership_cost") or term.removeprefix("weak_").startswith("cost_")
    return -1.0 if is_cost else 1.0


def gain_in(account: dict[str, float], is_weak: bool) -> float:
    """A side's gain: the sum of its terms in an account."""
    return math.fsum(sign_of(name) * value for name, value in account.items() if is_of_weak_state(name) == is_weak)


@compiled
def autonomy_cost(autonomy_value, preference_weight, preference_distance, competitor_distance):
    """alpha: what full autonomy is worth against a power whose preferences are this far away; relative to what it would
    be worth against the competitor, whose distance is 0 where the price is absolute."""
    dearness = 1.0 + preference_weight * preference_distance
    return autonomy_value * dearness / (1.0 + preference_weight * competitor_distance)


@compiled
def most_autonomy(saved, alpha):
    """The autonomy whose price 1/2 alpha a^2 is all that a pact could save or bring; at most 1."""
    return math.sqrt(2.0 * saved / alpha) if 2.0 * saved < alpha else 1.0


@inlined
def outsider_binding(mean_binding, excludability):
    """What a state without a pact enjoys all the same: (1 - x) times the allies' mean (indivisible security)."""
    return (1.0 - excludability) * mean_binding


@inlined
def channelled(weight, autonomy, by_autonomy):
    """A benefit that grows with autonomy conceded, or comes with membership."""
    return weight * autonomy if by_autonomy else weight


@inlined
def returns(amount, exponent):
    """Returns to scale; linear ones without rounding."""
    if exponent == 1.0:
        return amount
    return amount**exponent if amount > 0.0 else 0.0


@inlined
def legitimation(terms, autonomy):
    """What this ally's votes add to w_leg * (sum of votes) ** eta over the portfolio."""
    if terms.legitimation == 0.0:
        return 0.0
    added = channelled(terms.votes, autonomy, terms.legitimation_by_autonomy)
    if terms.legitimation_exponent == 1.0:
        return terms.legitimation * added
    exponent = terms.legitimation_exponent
    return terms.legitimation * (returns(terms.legitimated + added, exponent) - returns(terms.legitimated, exponent))


@inlined
def benefits(terms, autonomy):
    """B_a a + B_m, term by term: a `Benefits`."""
    return Benefits(
        channelled(terms.power_projection, autonomy, terms.power_projection_by_autonomy),
        legitimation(terms, autonomy),
        channelled(terms.denial, autonomy, terms.denial_by_autonomy),
        channelled(terms.stabilisation, autonomy, terms.stabilisation_by_autonomy),
        terms.own_security)


@inlined
def value_of_ally(terms):
    """V: what the major power would lose with this ally, the sum of a `Benefits`."""
    return terms[0] + terms[1] + terms[2] + terms[3] + terms[4]


@inlined
def ally_value(problem, commitment, autonomy):
    """V under a contract: what the major power would lose with this ally, own benefits included."""
    value = value_of_ally(benefits(problem.benefits, autonomy))
    return value + own_total(problem, Segment.BENEFITS.value, commitment, autonomy, value)


@inlined
def opportunity_cost(price, pledged, added):
    """Rise of 1/2 price * pledged^2 when `added` comes on top (O1)."""
    if price == 0.0:
        return 0.0
    return price * added * (pledged + 0.5 * added)


@inlined
def scaled(rate, amount):
    """rate * amount, where a rate of 0 stands for nothing even of an infinite amount."""
    return rate * amount if rate > 0.0 else 0.0


@inlined
def weak_gain(problem, played, autonomy):
    """u of a crisis played under the contract: a `WeakGain`."""
    protected = problem.weak.loss_without - total(weak_loss(problem.weak_view, played))
    return WeakGain(problem.weak.crisis_rate * protected, 0.5 * problem.weak.autonomy_cost * autonomy * autonomy,
                    problem.weak.membership_cost)


@inlined
def major_costs(problem, played, commitment, autonomy, value):
    """What a crisis played under the contract, and the pact itself, cost the major power: a `MajorCosts`."""
    costs, risk = problem.costs, problem.risk
    tied = binding(commitment, problem.depth_binds)
    loss = major_loss(problem.major_view, played, tied, value)
    rate = risk.weight * risk.crisis_rate
    return MajorCosts(
        costs.fixed,
        costs.deployment * commitment,
        opportunity_cost(costs.opportunity_price, costs.pledged, commitment * costs.burden),
        costs.foreclosure,
        rate * (loss.intervention - risk.without.intervention),
        rate * (loss.reneging - risk.without.reneging),
        rate * (loss.lost_stake - risk.without.lost_stake),
        further_amounts(problem.further, problem, played, commitment, autonomy))


@inlined
def weak_total(gain):
    """u, the sum of a `WeakGain`."""
    return gain.protection - gain.autonomy - gain.membership


@inlined
def less(value, costs):
    """What a value is worth after the costs of a `MajorCosts` or `MajorGain`."""
    return (value - costs.fixed - costs.deployment - costs.opportunity - costs.foreclosure - costs.intervention
            - costs.reneging - costs.lost_stake - further_total(costs.further))


@inlined
def major_total(gain):
    """v, the sum of a `MajorGain`."""
    return less(value_of_ally(gain.benefits), gain)


@inlined
def seen(problem, commitment, autonomy, value):
    """The crisis under a contract as the weak state and as the major power see it: two `Crisis`."""
    tied = binding(commitment, problem.depth_binds)
    by_weak = crisis(problem.weak_view, tied, autonomy, value)
    by_major = by_weak if problem.seen_alike else crisis(problem.major_view, tied, autonomy, value)
    return by_weak, by_major


@inlined
def itemised(problem, commitment, autonomy):
    """Both sides' gains from a contract, term by term: (`WeakGain`, `MajorGain`); own terms are `own_amounts`."""
    gained = benefits(problem.benefits, autonomy)
    value = ally_value(problem, commitment, autonomy)
    by_weak, by_major = seen(problem, commitment, autonomy, value)
    costs = major_costs(problem, by_major, commitment, autonomy, value)
    return weak_gain(problem, by_weak, autonomy), MajorGain(
        gained, costs.fixed, costs.deployment, costs.opportunity, costs.foreclosure, costs.intervention,
        costs.reneging, costs.lost_stake, costs.further)


@inlined
def gains(problem, commitment, autonomy):
    """(u, v): what a contract is worth to the weak state and to the major power, payoff per year."""
    value = ally_value(problem, commitment, autonomy)
    by_weak, by_major = seen(problem, commitment, autonomy, value)
    weak = weak_total(weak_gain(problem, by_weak, autonomy))
    major = less(value, major_costs(problem, by_major, commitment, autonomy, value))
    return (weak + own_total(problem, Segment.WEAK.value, commitment, autonomy, value),
            major - own_total(problem, Segment.COSTS.value, commitment, autonomy, value))


@compiled_apart
def own_amounts(problem, commitment, autonomy, amounts):
    """Fills `amounts` with what each own term of the scenario comes to under a contract, payoff per year; returns what
    they add to the two gains, and the benefits of the major power in it: (weak, major, benefits)."""
    amounts[:] = 0.0
    if problem.own.block == 0:
        return 0.0, 0.0, 0.0
    value = value_of_ally(benefits(problem.benefits, autonomy))
    gained = own_total_and_amounts(problem, Segment.BENEFITS.value, commitment, autonomy, value, amounts)
    value += gained
    weak = own_total_and_amounts(problem, Segment.WEAK.value, commitment, autonomy, value, amounts)
    costs = own_total_and_amounts(problem, Segment.COSTS.value, commitment, autonomy, value, amounts)
    return weak, gained - costs, gained
