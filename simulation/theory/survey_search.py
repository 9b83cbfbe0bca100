"""The contract with the highest score, from a survey of gains that are smooth (theory, section 4).

Most solutions have their maximum on a kink or a constraint, where one side's gain runs out or both sides' shares are
equal, and Nash's too has it there where an outside option binds. From a survey it shows between which of its nodes such
maxima lie, and narrow strips. On quadratic models of both gains the best along a line is known in closed form, so that
one line search finds the best of all lines; the smooth hills of a Nash product are climbed by `local_models`. Called by
`smooth_search`, which tells whether a survey is to be trusted.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.contract_space import gains_at
from simulation.theory.line_search import ask, begin, is_over, tell
from simulation.theory.local_models import MOST_MOVES, WIDTHS, bounds, climb_hill, models, product
from simulation.theory.solutions import NEGLIGIBLE_GAIN, BargainingRules, Solution, score, threat_point, worth

MARGIN = 1e-12
"""By how much a contract on a constraint keeps it, payoff per year: more than the models' rounding."""

SHARPNESS = 1e-5
"""How precisely the best line is found, in half widths of the models."""

LOOKS = 8
"""Lines, less one, on which a model is looked at before the best is searched for."""

CLOSE = 0.3
"""Share of the highest score by which a hill may seem lower than another and still be climbed."""

MOST_HILLS = 8
BOTH_SIGN = 3
NO_EVALUATIONS = np.int64(0)


class Finding(IntEnum):
    """What a survey can say."""

    NOTHING_SAID = 0
    FOUND = 1
    NONE_SUITS_BOTH = 2


class Summit(NamedTuple):
    """What was found: a `Finding`, the contract's place on the unit square with its score, and evaluations used."""

    finding: int
    first: float
    second: float
    score: float
    evaluations: int


class Kinks(NamedTuple):
    """Where a score has its kinks and ends: u = weak_floor, v = major_floor, below which a side would not sign, and
    v * major_share = (u - threat) * weak_share."""

    weak_floor: float
    major_floor: float
    weak_share: float
    major_share: float
    threat: float


class Line(NamedTuple):
    """A gain along a line: value + slope * y + bend * y ** 2."""

    value: float
    slope: float
    bend: float


class Top(NamedTuple):
    """The best contract found: its place, its score, below 0 if there is none, and evaluations used."""

    first: float
    second: float
    score: float
    evaluations: int


@inlined
def binds(rules):
    """Whether a Nash product may be highest where the weak state has no more than its outside option."""
    return rules.outside_option > 0.0 and not rules.shifts_threat


@compiled
def kinks_of(rules):
    """Where the score of these rules has its kinks; of solutions that share nothing the third is where both sides fall
    short of signing by as much."""
    weak_floor, major_floor = max(NEGLIGIBLE_GAIN, rules.outside_option), NEGLIGIBLE_GAIN
    weak_share, major_share, threat = 1.0, 1.0, threat_point(rules)
    if rules.solution == Solution.ULTIMATUM or rules.solution == Solution.BEST_FOR_WEAK_STATE:
        threat = weak_floor - major_floor
    elif 0.0 < rules.weight < 1.0:
        weak_share, major_share = 1.0 / (1.0 - rules.weight), 1.0 / rules.weight
    if rules.solution == Solution.KALAI_SMORODINSKY:
        weak_share, major_share = weak_share / (rules.ideal_weak - threat), major_share / rules.ideal_major
    return Kinks(weak_floor, major_floor, weak_share, major_share, threat)


@inlined
def lowered(kinks, error):
    """The same where both sides sign for less, by an error of what is known of their gains."""
    return Kinks(kinks.weak_floor - error, kinks.major_floor - error, kinks.weak_share, kinks.major_share, kinks.threat)


@inlined
def rank(rules, kinks, weak, major):
    """The score of a contract, or by how much, below 0, it fails to suit both."""
    slack = min(weak - kinks.weak_floor, major - kinks.major_floor)
    return slack if slack < 0.0 else worth(rules, weak, major)


@inlined
def roots(value, slope, bend, otherwise):
    """Where a parabola is 0, twice; `otherwise` where it is not."""
    square = slope * slope - 4.0 * bend * value
    if square < 0.0:
        return otherwise, otherwise
    half = -0.5 * (slope + math.copysign(math.sqrt(square), slope))
    return half / bend if bend != 0.0 else otherwise, value / half if half != 0.0 else otherwise


@inlined
def top_of(line, otherwise):
    """Where a parabola is highest."""
    return -0.5 * line.slope / line.bend if line.bend < 0.0 else otherwise


@inlined
def along_line(line, y):
    """A gain at a place of a line."""
    return line.value + (line.slope + line.bend * y) * y


@compiled
def best_along(rules, kinks, weak, major, low, high):
    """The best place between low and high of a line, by its score: (place, score). It is at an end, on a kink or
    constraint, or where one gain is highest."""
    share, other = kinks.weak_share, kinks.major_share
    weak_ends = roots(weak.value - kinks.weak_floor - MARGIN, weak.slope, weak.bend, low)
    major_ends = roots(major.value - kinks.major_floor - MARGIN, major.slope, major.bend, low)
    equal = roots(share * (weak.value - kinks.threat) - other * major.value, share * weak.slope - other * major.slope,
                  share * weak.bend - other * major.bend, low)
    best, highest = low, -math.inf
    for candidate in (low, high, weak_ends[0], weak_ends[1], major_ends[0], major_ends[1], equal[0], equal[1],
                      top_of(weak, low), top_of(major, low)):
        place = min(max(candidate, low), high)
        found = rank(rules, kinks, along_line(weak, place), along_line(major, place))
        if found > highest:
            best, highest = place, found
    return best, highest


# --- hills of a survey ------------------------------------------------------------------------------------------------


@inlined
def height(rules, weak, major):
    """The score of a contract that both would sign, of a Nash product its logarithm."""
    return product(rules, weak, major) if rules.solution == Solution.NASH else worth(rules, weak, major)


@compiled
def heights(rules, kinks, weak, major, found, places):
    """Fills in heights at the nodes of a survey and between them; returns how many places both sides would sign at.

    Between two nodes, where a kink or a narrow strip may lie, stands the best of the line between them. found: (2 m -
    1, 2 n - 1), minus infinity so far, and left so where a side would not sign; places: rows and columns of the others.
    """
    signs = np.empty(weak.shape, np.uint8)
    for row in range(weak.shape[0]):
        for column in range(weak.shape[1]):
            signs[row, column] = (weak[row, column] >= kinks.weak_floor) + 2 * (
                major[row, column] >= kinks.major_floor)
    number = 0
    for row in range(weak.shape[0]):
        for column in range(weak.shape[1]):
            for down, along in ((0, 0), (1, 0), (0, 1)):
                below, beside = row + down, column + along
                if below == weak.shape[0] or beside == weak.shape[1]:
                    continue
                if signs[row, column] | signs[below, beside] < BOTH_SIGN:  # at neither end a side would sign
                    continue
                if down == along:
                    here = height(rules, weak[row, column], major[row, column])
                else:
                    _, here = best_between(rules, kinks, weak, major, row + below, column + beside)
                if here > -math.inf:
                    found[row + below, column + beside] = here
                    places[number, 0], places[number, 1] = row + below, column + beside
                    number += 1
    return number


@inlined
def ends_of(row, column):
    """The two nodes of a survey between which a place of `heights` lies: (row, column, row, column)."""
    return row >> 1, column >> 1, (row + 1) >> 1, (column + 1) >> 1


@compiled
def best_between(rules, kinks, weak, major, row, column):
    """The best place, from 0 to 1, on the line between two nodes: (place, height)."""
    ends = ends_of(row, column)
    of_weak, of_major = line_between(weak, *ends), line_between(major, *ends)
    if rules.solution == Solution.NASH:
        return best_product_along(rules, kinks, of_weak, of_major)
    place, found = best_along(rules, kinks, of_weak, of_major, 0.0, 1.0)
    return place, found if found >= 0.0 and 0.0 < place < 1.0 else -math.inf


@inlined
def line_between(grid, top, left, bottom, right):
    """A gain between two nodes, which bends as it does around them: a `Line` from 0 to 1."""
    low, high, down, along = grid[top, left], grid[bottom, right], bottom - top, right - left
    twice, ends = 0.0, 0.0
    if top >= down and left >= along:
        twice += grid[top - down, left - along] - 2.0 * low + high
        ends += 2.0
    if bottom + down < grid.shape[0] and right + along < grid.shape[1]:
        twice += low - 2.0 * high + grid[bottom + down, right + along]
        ends += 2.0
    bend = twice / ends
    return Line(low, high - low - bend, bend)


@inlined
def best_product_along(rules, kinks, weak, major):
    """The best place, from 0 to 1, of a line by its Nash product, roughly: (place, height).

    As if the line were straight, but not short of the outside option; where the product then has no top, where one of
    the gains has.
    """
    place, weak_change, major_change = 0.0, weak.slope + weak.bend, major.slope + major.bend
    opposed, gained = weak_change * major_change, weak.value - kinks.threat
    if opposed < 0.0:
        place = -(rules.weight * major_change * gained + (1.0 - rules.weight) * weak_change * major.value) / opposed
        end = (kinks.weak_floor - weak.value) / weak_change
        place = max(place, end) if weak_change > 0.0 else min(place, end)
    if not 0.0 < place < 1.0:
        place = top_of(weak, top_of(major, 0.0))
    if not 0.0 < place < 1.0:
        return 0.0, -math.inf
    weak_there, major_there = along_line(weak, place) + MARGIN, along_line(major, place)
    if weak_there < kinks.weak_floor or major_there < kinks.major_floor:
        return place, -math.inf
    return place, height(rules, weak_there, major_there)


@compiled
def is_hill(heights, row, column):
    """Whether nothing within a step between two nodes is higher; of equal places the first counts."""
    here, (rows, columns) = heights[row, column], heights.shape
    for other_row in range(max(row - 2, 0), min(row + 3, rows)):
        for other_column in range(max(column - 2, 0), min(column + 3, columns)):
            other = heights[other_row, other_column]
            comes_first = other_row < row or (other_row == row and other_column < column)
            if other > here or (other == here and comes_first):
                return False
    return True


@compiled
def best_of_survey(problem, rules, survey, error, used):
    """The best contract of a box, from a `Survey` that resolves it: a `Summit`, or nothing.

    error: of both gains between nodes, which may be higher by it: a hill that the survey misses by so much is climbed
    too, and found to be none; used: evaluations before.
    """
    weak, major, kinks, best = survey.weak, survey.major, kinks_of(rules), Top(0.0, 0.0, -math.inf, NO_EVALUATIONS)
    surveyed_kinks, hills, highest = lowered(kinks, error), 0, -math.inf
    found = np.full((2 * weak.shape[0] - 1, 2 * weak.shape[1] - 1), -math.inf)
    places = np.empty((found.size, 2), np.int64)
    places = places[:heights(rules, surveyed_kinks, weak, major, found, places)]
    for place in range(places.shape[0]):
        highest = max(highest, found[places[place, 0], places[place, 1]])
    least = highest + math.log(1.0 - CLOSE) if rules.solution == Solution.NASH else highest * (1.0 - CLOSE)
    for place in range(places.shape[0]):
        row, column = places[place, 0], places[place, 1]
        if found[row, column] >= least and is_hill(found, row, column):
            hills += 1
            top, left, bottom, right = ends_of(row, column)
            off = best_between(rules, surveyed_kinks, weak, major, row, column)[0]
            climbed = climb(problem, rules, kinks, survey.first + survey.down * (top + off * (bottom - top)),
                            survey.second + survey.along * (left + off * (right - left)),
                            max(survey.down, survey.along))
            used += climbed.evaluations
            if climbed.score == -math.inf or hills > MOST_HILLS:
                return Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, used)
            if climbed.score > best.score:
                best = climbed
    if not (best.score >= 0.0 and height_of(rules, best.score) >= least):
        return Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, used)
    return Summit(Finding.FOUND.value, best.first, best.second, best.score, used)


@inlined
def height_of(rules, score):
    """The height of a score of at least 0."""
    if rules.solution != Solution.NASH:
        return score
    return math.log(score) if score > 0.0 else -math.inf


# --- one hill ---------------------------------------------------------------------------------------------------------


@compiled
def climb(problem, rules, kinks, first, second, step):
    """The top of a hill, from a place near it: a `Top`, its score below 0 if a side would not sign, minus infinity if
    the top was not reached; step: between the nodes that show it.

    A Nash product is climbed as if nothing bound; where that breaks the outside option, the most that the major power
    can have at it is the highest product on this hill.
    """
    used, at_hand = 0, rules
    if rules.solution == Solution.NASH:
        top_first, top_second, rested, used = climb_hill(problem, rules, first, second, step)
        weak, major = gains_at(problem, top_first, top_second)
        value = score(rules, weak, major) if rested else -math.inf
        if value >= 0.0 or not binds(rules) or (rested and weak >= kinks.weak_floor):
            return Top(top_first, top_second, value, used)
        at_hand = BargainingRules(Solution.ULTIMATUM.value, rules.weight, rules.outside_option, rules.shifts_threat,
                                  rules.ideal_weak, rules.ideal_major)
    first, second, rested, evaluations = climb_lines(problem, at_hand, kinks, first, second, step)
    weak, major = gains_at(problem, first, second)
    value = score(rules, weak, major) if rested else -math.inf
    return Top(first, second, value, used + evaluations + 1)


@compiled
def climb_lines(problem, rules, kinks, first, second, step):
    """The top of a hill on local models that get smaller: (place, place, whether it was reached, evaluations)."""
    used = 0
    for usual in WIDTHS:
        width = max(min(usual, 0.5 * step), WIDTHS[-1])
        moves = 0
        while True:
            weak, major, centre_first, centre_second = models(problem, first, second, width)
            used += 9
            moves += 1
            x, y = best_of_lines(rules, kinks, weak, major, bounds(centre_first, width), bounds(centre_second, width),
                                 SHARPNESS * width)
            first, second = centre_first + x, centre_second + y
            if is_amid(x, centre_first, width) and is_amid(y, centre_second, width):
                break
            if moves == MOST_MOVES:
                return first, second, False, used
    return min(max(first, 0.0), 1.0), min(max(second, 0.0), 1.0), True, used


@inlined
def is_amid(x, centre, width):
    """Whether a place is not near the bounds of where a model is used; the ends of the unit interval do not count."""
    return abs(x) < 1.9 * width or centre + x <= 1e-15 or centre + x >= 1.0 - 1e-15


@compiled
def best_of_lines(rules, kinks, weak, major, across, along, tolerance):
    """Where the score of two models is highest between bounds: (place across, place along).

    It may jump where a line begins to suit both, and have several tops; so some lines are looked at first.
    """
    step, best, highest = (across[1] - across[0]) / LOOKS, across[0], -math.inf
    for look in range(LOOKS + 1):
        x = across[0] + look * step
        value = best_along(rules, kinks, line_at(weak, x), line_at(major, x), along[0], along[1])[1]
        if value > highest:
            best, highest = x, value
    search, place = begin(max(best - step, across[0]), min(best + step, across[1]), best), 0.0
    while not is_over(search, tolerance):
        search = ask(search, tolerance)
        found, value = best_along(
            rules, kinks, line_at(weak, search.trial), line_at(major, search.trial), along[0], along[1])
        if value > search.value or search.evaluations == 0:
            place = found
        search = tell(search, value)
    return search.x, place


@inlined
def line_at(model, x):
    """A quadratic model along the line at x."""
    return Line(model.value + (model.x + 0.5 * model.xx * x) * x, model.y + model.xy * x, 0.5 * model.yy)
