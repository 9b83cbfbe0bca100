"""The contract with the highest score (theory, section 4), found globally.

The score over contracts can have several local maxima, kinks where one side's gain or the outside option decides, and
feasible strips far narrower than any survey. So the whole contract space is surveyed; every row and every column of the
survey is searched along its peaks, and wherever it changes who would not sign; and a nested line search climbs from
every peak of these profiles. Called by `bargaining`.

Places are on the unit square of `contract_space`. An outer axis is either of its axes, the inner axis the other.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.contract_space import contract_at, gains_at, surveyed
from simulation.theory.line_search import ask, begin, is_over, tell
from simulation.theory.smooth_search import SHARPEST, sharpness, smooth_summit
from simulation.theory.solutions import Solution, refusing_side, score
from simulation.theory.survey_search import Finding

SURVEY_NODES, SHARP_NODES = np.int64(17), np.int64(33)
"""Nodes along each axis of the survey, and where choices are so sharp that a hill may lie between two of these."""
RIDGES = 3
PEAKS = 3
MOST_TOPS = 2 * RIDGES * PEAKS
MOST_MOVES = 40
MOST_TURNS = 12
MOST_BISECTIONS = 25
TOLERANCE = 1e-9
FINER = 1e-4
COARSE = 1e-3
NEAR = 0.01
CLOSE = 0.1

BY_COMMITMENT = np.bool_(False)
# NumPy's, because the compiler makes a version of its own of a function that is called with a literal


class Peak(NamedTuple):
    """The highest contract found: its terms and score, whether the search came to rest, and payoff evaluations used."""

    commitment: float
    autonomy: float
    score: float
    rested: bool
    evaluations: int


@inlined
def place_at(by_autonomy, outer, inner):
    """(first, second) of a place: outer runs along commitment and inner along autonomy, or, if `by_autonomy`, the other
    way round."""
    return (inner, outer) if by_autonomy else (outer, inner)


@inlined
def height(problem, rules, by_autonomy, outer, inner):
    """Score of the contract at a place."""
    weak, major = gains_at(problem, *place_at(by_autonomy, outer, inner))
    return score(rules, weak, major)


@compiled
def survey(problem, rules, scores, short):
    """Fills scores and shortages, (nodes, nodes), commitment by autonomy; returns the evaluations used."""
    nodes, step = scores.shape[0], step_of(scores)
    weak, major = surveyed(problem, 0.0, 0.0, step, step, nodes)
    for row in range(nodes):
        for column in range(nodes):
            scores[row, column] = score(rules, weak[row, column], major[row, column])
            short[row, column] = refusing_side(rules, weak[row, column], major[row, column])
    return nodes * nodes


@inlined
def step_of(profile):
    """The step between the nodes of a survey, of which there is a row for each along the outer axis."""
    return 1.0 / (profile.shape[0] - 1)


@compiled
def best_inner(problem, rules, by_autonomy, outer, low, high, start, tolerance):
    """The best place along the inner axis between low and high: (place, score, evaluations)."""
    search = begin(low, high, start)
    while not is_over(search, tolerance):
        search = ask(search, tolerance)
        search = tell(search, height(problem, rules, by_autonomy, outer, search.trial))
    return search.x, search.value, search.evaluations


@compiled
def peaks(scores, places, most):
    """Places of the local maxima of a row of scores, highest first, into `places`; returns how many, at most `most`."""
    found, last = 0, scores.size - 1
    for here in range(scores.size):
        if (here > 0 and scores[here - 1] >= scores[here]) or (here < last and scores[here + 1] > scores[here]):
            continue
        rank = min(found, most)
        while rank > 0 and scores[places[rank - 1]] < scores[here]:
            rank -= 1
        if rank == most:
            continue
        found = min(found + 1, most)
        for later in range(found - 1, rank, -1):
            places[later] = places[later - 1]
        places[rank] = here
    return found


@compiled
def refusing_side_at(problem, rules, by_autonomy, outer, inner):
    """Who would not sign at a place; see `solutions.shortage`."""
    weak, major = gains_at(problem, *place_at(by_autonomy, outer, inner))
    return refusing_side(rules, weak, major)


@compiled
def crossing(problem, rules, by_autonomy, outer, low, high, short):
    """Where, between `low` and `high`, it changes who would not sign, `short` at `low`: (place, evaluations).

    By bisection, which stops at a place where both would sign.
    """
    for used in range(MOST_BISECTIONS):
        middle = 0.5 * (low + high)
        found = refusing_side_at(problem, rules, by_autonomy, outer, middle)
        if found == 0:
            return middle, used + 1
        low, high = (middle, high) if found == short else (low, middle)
    return 0.5 * (low + high), MOST_BISECTIONS


@compiled
def handover(scores, short):
    """Where along a row it changes who would not sign: the node before the most promising such step, or -1.

    Between the two nodes both may sign, in a strip too narrow for the survey.
    """
    best, place = -math.inf, -1
    for here in range(scores.size - 1):
        if short[here] != short[here + 1] and short[here] > 0 and short[here + 1] > 0:
            promise = max(scores[here], scores[here + 1])
            if promise > best:
                best, place = promise, here
    return place


@compiled
def profile(problem, rules, by_autonomy, scores, short, ridges, heights):
    """The best places along the inner axis at every surveyed place of the outer one, and their scores.

    scores, short: from `survey`, with the outer axis first; ridges, heights: arrays (nodes, RIDGES) to fill. A
    line can have several local maxima, and each is kept, since the highest here need not be the highest nearby; the
    last ridge is for narrow strips. Returns the evaluations used.
    """
    places, step = np.empty(RIDGES, np.int64), step_of(scores)
    heights[:] = -math.inf
    evaluations = 0
    for row in range(scores.shape[0]):
        for ridge in range(peaks(scores[row], places, RIDGES - 1)):
            middle = places[ridge] * step
            ridges[row, ridge], heights[row, ridge], used = best_inner(
                problem, rules, by_autonomy, row * step, max(0.0, middle - step), min(1.0, middle + step), middle,
                COARSE)
            evaluations += used
        before = handover(scores[row], short[row])
        if before >= 0:
            ridges[row, RIDGES - 1], used = crossing(
                problem, rules, by_autonomy, row * step, before * step, (before + 1) * step, short[row, before])
            heights[row, RIDGES - 1] = height(problem, rules, by_autonomy, row * step, ridges[row, RIDGES - 1])
            evaluations += used + 1
    return evaluations


@compiled
def best_outer(problem, rules, by_autonomy, outer, inner, reach, tolerance):
    """The best place within `reach` of (outer, inner), either way: (outer, inner, score, evaluations).

    The error of an inner place on a kink is an error of the same order in the score, hence of its square root in the
    outer place; so there the inner search is finer.
    """
    finer = tolerance if is_smooth_all_over(rules) else tolerance * FINER
    low, high, start = max(0.0, inner - reach), min(1.0, inner + reach), inner
    search = begin(max(0.0, outer - reach), min(1.0, outer + reach), outer)
    evaluations = 0
    while not is_over(search, tolerance):
        search = ask(search, tolerance)
        nearby = start if search.evaluations < 3 else inner
        trial, value, used = best_inner(problem, rules, by_autonomy, search.trial, low, high, nearby, finer)
        evaluations += used
        if value > search.value:
            inner = trial
        search = tell(search, value)
    return search.x, inner, search.value, evaluations


@compiled
def climb(problem, rules, by_autonomy, outer, inner, reach, tolerance):
    """Nested line search in a window that moves until the peak lies inside it.

    Returns (outer, inner, score, whether it came to rest, evaluations).
    """
    value, evaluations = -math.inf, 0
    for _ in range(MOST_MOVES):
        before, from_outer, from_inner = value, outer, inner
        outer, inner, value, used = best_outer(problem, rules, by_autonomy, outer, inner, reach, tolerance)
        evaluations += used
        room = reach - 4.0 * tolerance
        if (is_inside(outer, from_outer, room) and is_inside(inner, from_inner, room)) or value <= before:
            return outer, inner, value, True, evaluations
    return outer, inner, value, False, evaluations


@compiled
def is_inside(x, middle, room):
    """Whether x is not at an end of its window, or that end is a bound of the contract space."""
    return abs(x - middle) < room or x <= 0.0 or x >= 1.0


@compiled
def ascend(problem, rules, by_autonomy, outer, inner, reach, tolerance):
    """Climbs, along one axis first and then along the other in turn while that still leads higher.

    On a kinked ridge a search along one axis can come to rest where one along the other goes on. Returns
    (place of commitment, place of autonomy, score, whether it came to rest, evaluations).
    """
    value, evaluations = -math.inf, 0
    for _ in range(MOST_TURNS):
        before = value
        outer, inner, value, rested, used = climb(problem, rules, by_autonomy, outer, inner, reach, tolerance)
        evaluations += used
        settled = value - before <= tolerance * abs(value)
        place = place_at(by_autonomy, outer, inner)
        if settled or not rested or is_smooth(problem, rules, *place):
            break
        outer, inner, by_autonomy = inner, outer, not by_autonomy
    return place[0], place[1], value, rested, evaluations


@compiled
def is_smooth_all_over(rules):
    """Whether every maximum of the score is smooth: the Nash product is 0 where it meets a constraint, if w shifts the
    threat point or there is none."""
    return rules.solution == Solution.NASH and (rules.shifts_threat or rules.outside_option <= 0.0)


@compiled
def is_smooth(problem, rules, outer, inner):
    """Whether the score is smooth around its maximum here: the Nash product where no outside option binds."""
    if is_smooth_all_over(rules) or rules.solution != Solution.NASH:
        return rules.solution == Solution.NASH
    weak, _ = gains_at(problem, outer, inner)
    return weak > rules.outside_option * (1.0 + 1e-6)


@compiled
def maximise_score(problem, rules):
    """The global maximum of the table's score: a `Peak`, its score negative if no contract is feasible."""
    summit = smooth_summit(problem, rules)
    if summit.finding == Finding.NOTHING_SAID:
        return maximise_score_anywhere(problem, rules, summit.evaluations)
    commitment, autonomy = contract_at(problem, summit.first, summit.second)
    return Peak(commitment, autonomy, summit.score, True, summit.evaluations)


@compiled
def maximise_score_anywhere(problem, rules, evaluations):
    """The same whatever the score looks like; `evaluations`: those used so far."""
    nodes = SHARP_NODES if sharpness(problem) > SHARPEST else SURVEY_NODES
    scores, short = np.empty((nodes, nodes)), np.empty((nodes, nodes), np.int64)
    ridges, heights = np.empty((nodes, RIDGES)), np.empty((nodes, RIDGES))
    tops, found = np.empty((MOST_TOPS, 3)), np.int64(0)
    evaluations += survey(problem, rules, scores, short)
    for by_autonomy in (False, True):
        evaluations += profile(problem, rules, by_autonomy, scores, short, ridges, heights)
        found, used = reach_tops(problem, rules, by_autonomy, ridges, heights, tops, found)
        evaluations += used
        scores, short = scores.T.copy(), short.T.copy()
    return highest_top(problem, rules, tops[:found], step_of(scores), evaluations)


@compiled
def reach_tops(problem, rules, by_autonomy, ridges, heights, tops, found):
    """Climbs roughly from the peaks of a profile: (number of `tops` known now, evaluations).

    tops: (MOST_TOPS, 3), places along commitment and autonomy, and score of what was reached; `found` are filled.
    """
    places, step = np.empty(PEAKS, np.int64), step_of(heights)
    evaluations = 0
    for ridge in range(RIDGES):
        for peak in range(peaks(heights[:, ridge], places, PEAKS)):
            row = places[peak]
            outer, inner, value = row * step, ridges[row, ridge], heights[row, ridge]
            first, second = place_at(by_autonomy, outer, inner)
            if value == -math.inf or is_known(first, second, value, tops[:found], step):
                continue
            first, second, value, _, used = ascend(problem, rules, by_autonomy, outer, inner, step, COARSE)
            tops[found, 0], tops[found, 1], tops[found, 2] = first, second, value
            found += 1
            evaluations += used
    return found, evaluations


@compiled
def is_known(first, second, value, tops, reach):
    """Whether this place lies within `reach` of a top, and not above it."""
    for top in range(tops.shape[0]):
        near = abs(first - tops[top, 0]) <= reach and abs(second - tops[top, 1]) <= reach
        if near and value <= tops[top, 2]:
            return True
    return False


@compiled
def highest_top(problem, rules, tops, step, evaluations):
    """The highest of the tops, each that may be it climbed precisely: a `Peak`; step: of the survey; `evaluations`:
    those used so far."""
    order = np.argsort(-tops[:, 2])
    tops = tops[order]
    least = tops[0, 2] - CLOSE * abs(tops[0, 2])
    best = Peak(problem.minimum_commitment, 0.0, -math.inf, True, evaluations)
    for top in range(tops.shape[0]):
        first, second, value = tops[top]
        if value < least or is_known(first, second, value, tops[:top], NEAR):
            continue
        first, second, value, rested, used = ascend(problem, rules, BY_COMMITMENT, first, second, step, TOLERANCE)
        evaluations += used
        if value > best.score:
            commitment, autonomy = contract_at(problem, first, second)
            best = Peak(commitment, autonomy, value, rested, evaluations)
    return Peak(best.commitment, best.autonomy, best.score, best.rested, evaluations)
