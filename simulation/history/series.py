"""What is recorded every year, for every major power: name, unit, definition, once (theory, section 7).

`SERIES` documents the columns; `tally_pact` and `tally_portfolio` fill them, for agents and ensemble alike.
All payoffs are at true values, not as perceived.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import by_reference, compiled, passed_by_reference
from simulation.theory.bargaining_problem import bargaining_problem, foreclosure_cost, opportunity_price
from simulation.theory.crisis import binding, crisis, major_loss
from simulation.theory.further_costs import FURTHER_COSTS, recorded_from
from simulation.theory.payoffs import (
    PAPER_WIDTH,
    ally_value,
    itemised,
    opportunity_cost,
    own_amounts,
    returns,
)


class Series(IntEnum):
    """Columns of the yearly record; see `SERIES` for what each means."""

    PACTS = 0
    COMMITMENT = 1
    AUTONOMY = 2
    DISTANCE = 3
    NEIGHBOURS_ALLIED = 4
    RELIABILITY = 5
    BELIEVED_RELIABILITY = 6
    BELIEF = 7
    SIGNED = 8
    LEFT_BY_WEAK_STATE = 9
    LEFT_BY_MAJOR_POWER = 10
    SWITCHED = 11
    NEGOTIATIONS = 12
    AGREEMENTS = 13
    CHALLENGES = 14
    CONCESSIONS = 15
    WARS = 16
    INTERVENTIONS = 17
    ABANDONMENTS = 18
    DEFEATS = 19
    OUTSIDE_CHALLENGES = 20
    OUTSIDE_WARS = 21
    OUTSIDE_INTERVENTIONS = 22
    EXPECTED_INTERVENTION = 23
    EXPECTED_RENEGING = 24
    EXPECTED_LOST_STAKE = 25
    REALISED_INTERVENTION = 26
    REALISED_RENEGING = 27
    REALISED_LOST_STAKE = 28
    POWER_PROJECTION = 29
    LEGITIMATION = 30
    DENIAL = 31
    STABILISATION = 32
    OWN_SECURITY = 33
    FIXED = 34
    DEPLOYMENT = 35
    OPPORTUNITY = 36
    FORECLOSURE = 37
    ENTRAPMENT = 38
    PROTECTION = 39
    AUTONOMY_COST = 40
    PERSISTED = 41
    PAPER = 42
    BEYOND_PAPER = 43
    MEMBERSHIP_COST = 44
    OWN_CHALLENGES = 45
    OWN_TERM_BENEFITS = 46
    OWN_TERM_COSTS = 47
    OWN_TERMS_OF_WEAK_STATES = 48
    vars().update({f"COST_{name.upper()}": 49 + place for place, name in enumerate(FURTHER_COSTS)})


class Column(NamedTuple):
    """Documentation of a yearly series: unit and one sentence."""

    unit: str
    meaning: str


PAYOFF = "payoff per year"
SERIES = {
    Series.PACTS: Column("pacts", "Pacts in force at the end of the year."),
    Series.COMMITMENT: Column("sum of shares", "Sum of commitment over the pacts."),
    Series.AUTONOMY: Column("sum of shares", "Sum of autonomy conceded over the pacts."),
    Series.DISTANCE: Column("km", "Sum of the allies' distances."),
    Series.NEIGHBOURS_ALLIED: Column("states", "Allies within the neighbour distance."),
    Series.RELIABILITY: Column("sum of probabilities", "Sum over the pacts of the true probability of intervention."),
    Series.BELIEVED_RELIABILITY: Column(
        "sum of probabilities", "Sum over the pacts of the probability of intervention that the ally believes in."),
    Series.BELIEF: Column("probability", "Mean belief of all weak states that the major power is resolute."),
    Series.SIGNED: Column("pacts", "Pacts signed in the year by states that were not allies of this power."),
    Series.LEFT_BY_WEAK_STATE: Column("pacts", "Pacts that the weak state left."),
    Series.LEFT_BY_MAJOR_POWER: Column("pacts", "Pacts that the major power left."),
    Series.SWITCHED: Column("pacts", "Pacts that ended because the weak state signed with another major power."),
    Series.NEGOTIATIONS: Column("negotiations", "Negotiations opened, renegotiations included."),
    Series.AGREEMENTS: Column("negotiations", "Negotiations that ended with a contract."),
    Series.CHALLENGES: Column("crises", "Challenges to allies."),
    Series.CONCESSIONS: Column("crises", "Challenges to which an ally, or its major power for it, gave way."),
    Series.WARS: Column("wars", "Challenges that an ally resisted."),
    Series.INTERVENTIONS: Column("wars", "Wars of allies in which the major power fought."),
    Series.ABANDONMENTS: Column("wars", "Wars of allies from which the major power stayed away."),
    Series.DEFEATS: Column("wars", "Wars that allies lost."),
    Series.OUTSIDE_CHALLENGES: Column("crises", "Challenges to states without a pact under this power's eyes."),
    Series.OUTSIDE_WARS: Column("wars", "Wars of states without a pact under this power's eyes."),
    Series.OUTSIDE_INTERVENTIONS: Column("wars", "Wars of states without a pact in which the power fought."),
    Series.EXPECTED_INTERVENTION: Column("payoff", "Expected cost of intervening for allies, over the pacts."),
    Series.EXPECTED_RENEGING: Column("payoff", "Expected audience cost of abandoning allies, over the pacts."),
    Series.EXPECTED_LOST_STAKE: Column("payoff", "Expected loss of what allies are worth, over the pacts."),
    Series.REALISED_INTERVENTION: Column("payoff", "Cost of interventions that happened for allies."),
    Series.REALISED_RENEGING: Column("payoff", "Audience cost of abandonments that happened."),
    Series.REALISED_LOST_STAKE: Column("payoff", "What was lost with allies that gave way or were beaten."),
    Series.POWER_PROJECTION: Column(PAYOFF, "Benefit: power projection."),
    Series.LEGITIMATION: Column(PAYOFF, "Benefit: legitimation, over the portfolio."),
    Series.DENIAL: Column(PAYOFF, "Benefit: denial of rivals."),
    Series.STABILISATION: Column(PAYOFF, "Benefit: a stabilised neighbourhood."),
    Series.OWN_SECURITY: Column(PAYOFF, "Benefit: own security from the allies' capability."),
    Series.FIXED: Column(PAYOFF, "Direct cost: having pacts."),
    Series.DEPLOYMENT: Column(PAYOFF, "Direct cost: deployment."),
    Series.OPPORTUNITY: Column(PAYOFF, "Opportunity cost O1, over the portfolio."),
    Series.FORECLOSURE: Column(PAYOFF, "Opportunity cost O2: pairs of rivals that are both allies."),
    Series.ENTRAPMENT: Column(
        PAYOFF, "Entrapment: weighted expected loss from allies' crises beyond that without pact."),
    Series.PROTECTION: Column(PAYOFF, "What the pacts save the allies in expected losses, over the allies."),
    Series.AUTONOMY_COST: Column(PAYOFF, "What the autonomy conceded costs the allies, over the allies."),
    Series.PERSISTED: Column("pacts", "Pacts of the year before that are still in force."),
    Series.PAPER: Column("pacts", "Pacts of the least commitment that counts as one."),
    Series.BEYOND_PAPER: Column("pacts", "Pacts of more than the least commitment."),
    Series.MEMBERSHIP_COST: Column(PAYOFF, "What belonging to an alliance costs the allies, over the allies."),
    Series.OWN_CHALLENGES: Column("crises", "Challenges of this power itself to weak states, allies or not."),
    Series.OWN_TERM_BENEFITS: Column(PAYOFF, "Benefits in the scenario's own words, over the pacts."),
    Series.OWN_TERM_COSTS: Column(PAYOFF, "Costs in the scenario's own words, over the pacts."),
    Series.OWN_TERMS_OF_WEAK_STATES: Column(
        PAYOFF, "Benefits less costs of the allies in the scenario's own words, over the allies."),
    **{Series[f"COST_{name.upper()}"]: Column(PAYOFF, f"{cost.meaning}.") for name, cost in FURTHER_COSTS.items()},
}


ONLY_WITH_OWN_TERMS = (Series.OWN_TERM_BENEFITS, Series.OWN_TERM_COSTS, Series.OWN_TERMS_OF_WEAK_STATES)
"""Series that tables have only where a scenario has own terms."""
OWN_FROM = len(Series)
"""Column from which on the yearly record holds what each own term amounts to."""


@passed_by_reference
class History(NamedTuple):
    """One history. Y years, P major powers, N weak states, K yearly series, T own terms.

    series: (Y, P, K + T), see `SERIES`, and what each own term amounts to, summed over the pacts; commitment, autonomy:
    (Y, P, N), 0 where there is no pact; since: (Y, P, N), the year of the history, from 1, in which the pact in force
    was signed, 0 where there is none; distance_km: (P, N); is_neighbour: (P, N), 1 or 0.
    """

    series: np.ndarray
    commitment: np.ndarray
    autonomy: np.ndarray
    since: np.ndarray
    distance_km: np.ndarray
    is_neighbour: np.ndarray


def empty_history(years: int, distance_km: np.ndarray, neighbour_km: float, own_terms: int = 0) -> History:
    """A history of which nothing has happened yet; `distance_km`: (P, N); neighbours are within `neighbour_km`;
    own_terms: how many the scenario has."""
    powers, states = distance_km.shape
    return History(np.zeros((years, powers, OWN_FROM + own_terms)), np.zeros((years, powers, states)),
                   np.zeros((years, powers, states)), np.zeros((years, powers, states)), distance_km,
                   (distance_km <= neighbour_km).astype(float))


record_further = recorded_from(Series.OWN_TERMS_OF_WEAK_STATES + 1)


@compiled
def tally_pact(row, rules, power, state, relation, now, portfolio, commitment, autonomy, distance_km, is_neighbour):
    """Adds one pact in force to a power's yearly record `row`; `now` holds true values on both sides."""
    problem = by_reference(bargaining_problem(rules, power, state, relation, now, portfolio))
    tied = binding(commitment, rules.depth_binds)
    value = ally_value(problem, commitment, autonomy)
    game = crisis(problem.major_view, tied, autonomy, value)
    loss = major_loss(problem.major_view, game, tied, value)
    weak, major = itemised(problem, commitment, autonomy)
    row[Series.PACTS] += 1.0
    is_paper = commitment <= problem.minimum_commitment + PAPER_WIDTH
    row[Series.PAPER] += 1.0 if is_paper else 0.0
    row[Series.BEYOND_PAPER] += 0.0 if is_paper else 1.0
    row[Series.COMMITMENT] += commitment
    row[Series.AUTONOMY] += autonomy
    row[Series.DISTANCE] += distance_km
    row[Series.NEIGHBOURS_ALLIED] += 1.0 if is_neighbour else 0.0
    row[Series.RELIABILITY] += game.reliability
    row[Series.BELIEVED_RELIABILITY] += game.believed_reliability
    row[Series.EXPECTED_INTERVENTION] += problem.risk.crisis_rate * loss.intervention
    row[Series.EXPECTED_RENEGING] += problem.risk.crisis_rate * loss.reneging
    row[Series.EXPECTED_LOST_STAKE] += problem.risk.crisis_rate * loss.lost_stake
    row[Series.POWER_PROJECTION] += major.benefits.power_projection
    row[Series.DENIAL] += major.benefits.denial
    row[Series.STABILISATION] += major.benefits.stabilisation
    row[Series.OWN_SECURITY] += major.benefits.own_security
    row[Series.FIXED] += major.fixed
    row[Series.DEPLOYMENT] += major.deployment
    row[Series.ENTRAPMENT] += major.intervention + major.reneging + major.lost_stake
    row[Series.PROTECTION] += weak.protection
    row[Series.AUTONOMY_COST] += weak.autonomy
    row[Series.MEMBERSHIP_COST] += weak.membership
    record_further(row, major.further)
    if problem.own.block > 0:
        tally_own_terms(row, problem, commitment, autonomy)


@compiled
def tally_own_terms(row, problem, commitment, autonomy):
    """Adds what the own terms amount to in one pact."""
    amounts = np.empty(row.size - OWN_FROM)
    weak, major, gained = own_amounts(problem, commitment, autonomy, amounts)
    row[Series.OWN_TERM_BENEFITS] += gained
    row[Series.OWN_TERM_COSTS] += gained - major
    row[Series.OWN_TERMS_OF_WEAK_STATES] += weak
    for term in range(amounts.size):
        row[OWN_FROM + term] += amounts[term]


@compiled
def tally_portfolio(row, rules, power, portfolio, rival_pairs):
    """Adds what only the portfolio as a whole has: legitimation, O1 and O2; `portfolio` holds all pacts."""
    row[Series.LEGITIMATION] += power.legitimation * returns(portfolio.legitimated, power.legitimation_exponent)
    price = opportunity_price(rules, power, portfolio.capacity)
    row[Series.OPPORTUNITY] += opportunity_cost(price, 0.0, portfolio.pledged)
    row[Series.FORECLOSURE] += foreclosure_cost(rules, power, rival_pairs)
