"""How a weak state and a major power split the gains from a pact (theory, section 4).

The bargain as a whole: which solution at which table, and how it ended. The solutions are in `solutions`, the search
for the contract in `contract_search`.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, compiled_apart
from simulation.theory.contract_search import maximise_score
from simulation.theory.contract_space import surveyed
from simulation.theory.crisis import total
from simulation.theory.own_term_bounds import bounds_of
from simulation.theory.own_terms import Block, Segment
from simulation.theory.payoffs import benefits, gains, opportunity_cost, value_of_ally
from simulation.theory.smooth_search import is_gentle
from simulation.theory.solutions import NEGLIGIBLE_GAIN, BargainingRules, Solution, bargaining_rules
from simulation.theory.surveys import is_barren_throughout


class Ending(IntEnum):
    """How a bargain ended, with a sentence of advice in `ADVICE`."""

    AGREED = 0
    NO_GAIN = 1
    LIMIT_REACHED = 2


ADVICE = {
    Ending.AGREED: "The contract maximises the solution's score over the whole contract space.",
    Ending.NO_GAIN: "No contract leaves both sides better off than without a pact and the weak state as well off as"
                    " with its outside option.",
    Ending.LIMIT_REACHED: "The search was still moving when it was stopped; the contract is feasible but may not be"
                          " the best. Report the parameters: this should not happen.",
}

ROUNDING = 1e-12

COARSE_NODES = np.int64(5)
"""Contracts along each axis that a major power looks at when it compares whom to talk to."""

COARSE_STEP = 0.25


class Agreement(NamedTuple):
    """Outcome of a bargain: contract (0, 0 if none), gains u and v, an `Ending`, and payoff evaluations used."""

    commitment: float
    autonomy: float
    weak_gain: float
    major_gain: float
    ending: int
    evaluations: int


@compiled
def is_hopeless(problem, outside_option):
    """Whether a bound already tells that no contract suits both.

    The weak state gains at most its whole loss without a pact; and at the most autonomy that this could pay for, the
    major power can at most save all that it loses as a bystander, at the least commitment. Own terms count by their
    bounds; of an ally that may be worth less than nothing, nothing is known.
    """
    if problem.weak.crisis_rate * problem.weak.loss_without + problem.own.most_weak < outside_option - ROUNDING:
        return True
    costs, risk, least = problem.costs, problem.risk, problem.minimum_commitment
    standing = (costs.fixed + costs.deployment * least + costs.foreclosure
                + opportunity_cost(costs.opportunity_price, costs.pledged, least * costs.burden))
    saved = risk.weight * risk.crisis_rate * total(risk.without)
    most = value_of_ally(benefits(problem.benefits, problem.most_autonomy)) + saved - standing
    return most < -ROUNDING and (problem.own.block == 0 or is_hopeless_with_own_terms(problem, most))


@compiled
def is_hopeless_with_own_terms(problem, most):
    """The same where the theory's own terms leave the major power at most `most`, below 0."""
    least_benefits, most_benefits = bounds_of(problem, Segment.BENEFITS.value)
    if least_benefits < 0.0 and value_of_ally(benefits(problem.benefits, 0.0)) + least_benefits < 0.0:
        return False
    least_costs = 0.0
    if problem.own.programs[problem.own.block + Block.COSTS_NEVER_NEGATIVE] == 0.0:
        least_costs = bounds_of(problem, Segment.COSTS.value)[0]
    return most + most_benefits - least_costs < -ROUNDING


@compiled_apart
def best_contract(problem, rules):
    """The contract with the highest score at the table: an `Agreement`; its ending says whether any is feasible."""
    if is_hopeless(problem, rules.outside_option):
        return Agreement(0.0, 0.0, 0.0, 0.0, Ending.NO_GAIN, 0)
    best = maximise_score(problem, rules)
    weak, major = gains(problem, best.commitment, best.autonomy)
    # half of it, for the gains here and those of the score differ by rounding
    if best.score < 0.0 or min(weak, major) < 0.5 * NEGLIGIBLE_GAIN or weak < rules.outside_option - ROUNDING:
        return Agreement(0.0, 0.0, 0.0, 0.0, Ending.NO_GAIN, best.evaluations)
    ending = Ending.AGREED if best.rested else Ending.LIMIT_REACHED
    return Agreement(best.commitment, best.autonomy, weak, major, ending, best.evaluations)


@compiled
def bargain(problem, solution, weight, outside_option, shifts_threat):
    """The contract that a bargaining solution picks: an `Agreement`.

    problem: a `BargainingProblem`; solution: a `Solution`; weight: beta in [0, 1]; outside_option: w, payoff per year;
    shifts_threat: the reading of w as the weak state's threat point.
    """
    if solution != Solution.KALAI_SMORODINSKY:
        return best_contract(problem, bargaining_rules(solution, weight, outside_option, shifts_threat))
    for_major = best_contract(problem, bargaining_rules(Solution.ULTIMATUM.value, weight, outside_option, False))
    if for_major.ending == Ending.NO_GAIN:
        return for_major
    for_weak = best_contract(
        problem, bargaining_rules(Solution.BEST_FOR_WEAK_STATE.value, weight, outside_option, False))
    rules = BargainingRules(solution, weight, outside_option, shifts_threat, for_weak.weak_gain, for_major.major_gain)
    agreed = best_contract(problem, rules)
    used = for_major.evaluations + for_weak.evaluations + agreed.evaluations
    return Agreement(agreed.commitment, agreed.autonomy, agreed.weak_gain, agreed.major_gain, agreed.ending, used)


@compiled
def best_offer(problem, least):
    """The most that the major power could offer the weak state without losing by it; `least`, payoff per year, if that
    is not more."""
    offer = best_contract(problem, bargaining_rules(Solution.BEST_FOR_WEAK_STATE.value, 0.5, least, False))
    return max(least, offer.weak_gain) if offer.ending != Ending.NO_GAIN else least


@compiled
def suits_both(problem, commitment, autonomy):
    """Whether both sides would sign a contract."""
    return min(gains(problem, commitment, autonomy)) >= NEGLIGIBLE_GAIN


@compiled
def can_agree(problem):
    """Whether some contract leaves both sides better off than without a pact: one of 25, which may also tell that there
    is none, or that with the highest Nash product, which is found quickly."""
    if is_hopeless(problem, 0.0):
        return False
    weak, major = coarse_survey(problem)
    for row in range(COARSE_NODES):
        for column in range(COARSE_NODES):
            if min(weak[row, column], major[row, column]) >= NEGLIGIBLE_GAIN:
                return True
    if is_gentle(problem) and is_barren_throughout(weak, major):
        return False
    return best_contract(problem, bargaining_rules(Solution.NASH.value, 0.5, 0.0, False)).ending != Ending.NO_GAIN


@compiled
def coarse_survey(problem):
    """u and v from the 25 contracts that are looked at before talks: two arrays, commitment by autonomy."""
    return surveyed(problem, 0.0, 0.0, COARSE_STEP, COARSE_STEP, COARSE_NODES)


@compiled
def prospect(problem, floor):
    """What a major power expects of talks about a new pact: the highest joint gain u + v among 25 contracts.

    Where none of them suits both, it is negative: the least by which one of them fails, so that near misses come first;
    minus infinity where no contract can suit both. floor: what the weak state must be offered, payoff per year.
    """
    if is_hopeless(problem, floor):
        return -math.inf
    return coarse_joint_gain(problem, max(floor, NEGLIGIBLE_GAIN), NEGLIGIBLE_GAIN)


@compiled
def renewal_prospect(problem, floor, commitment, autonomy):
    """What a major power expects of talks about a pact in force: by how much one of the 25 contracts would raise the
    joint gain without loss to either side; 0 where none does by more than rounding."""
    weak, major = gains(problem, commitment, autonomy)
    found = coarse_joint_gain(problem, max(weak, floor), max(major, 0.0))
    more = found - weak - major
    return more if found >= 0.0 and more > NEGLIGIBLE_GAIN else 0.0


@compiled
def coarse_joint_gain(problem, weak_floor, major_floor):
    """The highest u + v among the contracts looked at that leave each side its floor; if none does, the least shortfall
    as a negative number."""
    weak, major = coarse_survey(problem)
    best, nearest = -math.inf, -math.inf
    for row in range(COARSE_NODES):
        for column in range(COARSE_NODES):
            slack = min(weak[row, column] - weak_floor, major[row, column] - major_floor)
            if slack >= 0.0:
                best = max(best, weak[row, column] + major[row, column])
            nearest = max(nearest, slack)
    return best if nearest >= 0.0 else nearest


@compiled
def expected_offer(problem):
    """The most that a major power could offer the weak state among the same 25 contracts; 0 if it has nothing to
    offer."""
    best = 0.0
    if is_hopeless(problem, 0.0):
        return best
    weak, major = coarse_survey(problem)
    for row in range(COARSE_NODES):
        for column in range(COARSE_NODES):
            if major[row, column] >= 0.0:
                best = max(best, weak[row, column])
    return best
