"""The contract with the highest score where both gains are smooth enough to be known from a survey (theory, section 4).

A survey of 9 x 9 contracts tells how well it is resolved: half of it is predicted from the other half. Where the gains
are resolved, their interpolation shows every hill of the score, and `survey_search` climbs the hills that may be the
highest; or it shows that no contract suits both. Where they are not, it still shows in which part of the contract space
both may have something to gain, and that part is surveyed in its turn. What stays unresolved is left to
`contract_search`, which goes its longer way.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.further_costs import further_total
from simulation.theory.interpolation import misfit
from simulation.theory.own_terms import Block
from simulation.theory.solutions import Solution
from simulation.theory.survey_search import Finding, Summit, best_of_survey
from simulation.theory.surveys import (
    EMPTY,
    WHOLE,
    box_of,
    finer,
    is_empty,
    part_left,
    room,
    survey_of,
)

COARSE_NODES, FINE_NODES = np.int64(9), np.int64(17)
"""Nodes along each axis of the survey that is tried first, and of the one that is tried where that is too coarse and
tells of no smaller box to look into. NumPy numbers, because the compiler makes a version of its own of a function that
is called with a literal."""

NO_EVALUATIONS = np.int64(0)
MOST_BOXES = 8
SMALLER = 0.6
"""How much smaller either side of a box has to be for a coarse survey to be worth another try."""

FINER = 8.0
"""How much smaller the error of cubic interpolation is at half the step: 16 times in the limit, half of which is
claimed."""

SHARPEST = 12.0
"""Most units of a logit that full commitment or the whole stake may move a choice where a small survey is trusted."""

RESOLVED = 0.1
"""Largest error of interpolation, as a share of what the worse-off side could gain, with which a survey is trusted."""

MOST_NODES = 33
"""Nodes along each axis of the finest interpolation by which it is settled that no contract suits both."""

LEAST_WEIGHT = 0.05
"""Smallest weight of either side in a Nash product whose hills a survey is trusted to show: with one of 0.01, 2 of
4,000 were missed, whose tops lie where the other side has hardly anything."""

LEAST = 1e-6
"""What the worse-off side must be able to gain, payoff per year, for a survey to say where a kink is."""


@compiled
def smooth_summit(problem, rules):
    """The highest score, or that none suits both whatever the solution, or nothing: a `Summit`."""
    summit = Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, NO_EVALUATIONS)
    if not is_gentle(problem):
        return summit
    box, nodes = WHOLE, COARSE_NODES
    for _ in range(MOST_BOXES):
        summit, left = surveyed_summit(problem, rules, box, nodes, summit.evaluations)
        if summit.finding != Finding.NOTHING_SAID or not left.height > 0.0:
            break
        if is_smaller(left, box):
            nodes = COARSE_NODES
        elif nodes == COARSE_NODES:
            nodes = FINE_NODES
        else:
            break
        box = left
    return summit


@compiled
def is_gentle(problem):
    """Whether choices respond so gently to a contract that a survey cannot step over what lies between its nodes, and
    legitimation has no edge where no autonomy is conceded; own terms must be known to be smooth, and of further costs
    nothing is known."""
    benefits = problem.benefits
    has_edge = (benefits.legitimation > 0.0 and benefits.legitimation_by_autonomy
                and benefits.legitimation_exponent < 1.0)
    own = problem.own
    is_smooth = own.block == 0 or own.programs[own.block + Block.IS_SMOOTH] > 0.0
    return (sharpness(problem) <= SHARPEST and not has_edge and is_smooth
            and further_total(problem.further) == 0.0)


@inlined
def sharpness(problem):
    """How many units of a logit full commitment or the whole stake may move a choice, at most."""
    stakes, audience = problem.weak_view.stakes, problem.weak_view.audience
    return stakes.rationality * max(stakes.stake, max(audience.own, max(audience.resolute, audience.irresolute)))


@inlined
def is_smaller(part, box):
    """Whether a part of a box is so much smaller that a coarse survey of it is worth another try."""
    return part.height <= SMALLER * box.height and part.width <= SMALLER * box.width


@compiled
def surveyed_summit(problem, rules, box, nodes, used):
    """The same from a survey of a box that holds all that suits both, with so many nodes along each axis.

    used: evaluations before. Returns a `Summit`, and where nothing is said, the `Box` that may still suit both: smaller
    if that helps, of no height if it does not.
    """
    survey = survey_of(problem, box, nodes)
    used += nodes * nodes
    nothing = Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, used)
    none = Summit(Finding.NONE_SUITS_BOTH.value, 0.0, 0.0, -1.0, used)
    coarse_error = max(misfit(survey.weak), misfit(survey.major))
    error, floor = coarse_error / FINER, max(0.0, rules.outside_option)
    slack = room(survey, floor)
    if coarse_error <= RESOLVED * slack and is_told(rules, slack):
        summit = best_of_survey(problem, rules, survey, coarse_error, used)
        if summit.finding == Finding.FOUND:
            return summit, EMPTY
        used, nothing = summit.evaluations, summit
    # a node that suits both is none of those that could be left out
    left = survey.window if slack >= 0.0 else part_left(survey, floor, error)
    while not is_empty(left):
        survey, nodes = finer(survey, left), 2 * nodes - 1
        slack = room(survey, floor)
        if error <= RESOLVED * slack:
            return best_of_survey(problem, rules, survey, error, used) if is_told(rules, slack) else nothing, EMPTY
        left = part_left(survey, floor, error)
        if not is_empty(left) and (nodes >= MOST_NODES or slack >= -error):
            return nothing, box_of(survey, left)
    return none, EMPTY


@inlined
def is_told(rules, slack):
    """Whether a survey can say where the best contract is: a side with hardly any weight has hardly any of a Nash
    product, and of other solutions the constraints are as wide as what counts for nothing."""
    if rules.solution == Solution.NASH:
        return LEAST_WEIGHT <= rules.weight <= 1.0 - LEAST_WEIGHT
    return slack > LEAST
