"""The highest Nash product where both gains are smooth enough to be known from a survey (theory, section 4).

A survey of 9 x 9 contracts tells how well it is resolved: half of it is predicted from the other half. Where the gains
are resolved, their interpolation shows every hill of the Nash product, and `local_models` climbs the hills that may be
the highest; or it shows that no contract suits both. Where they are not, it still shows in which part of the contract
space both may have something to gain, and that part is surveyed in its turn. What stays unresolved is left to
`contract_search`, which goes its longer way.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, inlined, inlined_early
from simulation.theory.contract_space import gains_at, surveyed
from simulation.theory.further_costs import further_total
from simulation.theory.interpolation import doubled, misfit
from simulation.theory.local_models import climb_hill, product
from simulation.theory.own_terms import Block
from simulation.theory.solutions import Solution, score

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
"""Most units of a logit that full commitment or the whole stake may move a choice where a survey is trusted."""

RESOLVED = 0.1
"""Largest error of interpolation, as a share of what the worse-off side could gain, with which a survey is trusted."""

MEANS = 8
"""Weighted means, less one, by which it is bounded what both sides can have."""

MOST_NODES = 33
"""Nodes along each axis of the finest interpolation by which it is settled that no contract suits both."""

WIDEST_DOUBLED = 40
"""Most nodes along an axis that are doubled where a strip is narrow, before it is left to the longer way."""

MOST_HILLS, MOST_HILLS_IN_STRIP = np.int64(4), np.int64(24)
"""Hills that are climbed at most; along a narrow strip, whose nodes lie now in its middle and now at its edge, many are
none."""
CLOSE = 0.3
"""Logarithm of the Nash product by which a hill may seem lower than another and still be climbed."""


class Finding(IntEnum):
    """What the smooth search can say."""

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


class Box(NamedTuple):
    """Part of the unit square: its lower corner, and its extent along commitment and along autonomy."""

    first: float
    second: float
    height: float
    width: float


EMPTY = Box(0.0, 0.0, 0.0, 0.0)


@inlined_early
def smooth_summit(problem, rules):
    """The highest Nash product, or that none suits both whatever the solution, or nothing: a `Summit`."""
    summit = Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, NO_EVALUATIONS)
    if not is_gentle(problem):
        return summit
    box, nodes = Box(0.0, 0.0, 1.0, 1.0), COARSE_NODES
    for _ in range(MOST_BOXES):
        summit, left = surveyed_summit(problem, rules, box, nodes, summit.evaluations)
        if summit.finding != Finding.NOTHING_SAID or is_empty(left):
            break
        if left.height <= SMALLER * box.height and left.width <= SMALLER * box.width:
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
    view, benefits = problem.weak_view, problem.benefits
    stakes, audience = view.stakes, view.audience
    at_stake = max(stakes.stake, max(audience.own, max(audience.resolute, audience.irresolute)))
    has_edge = (benefits.legitimation > 0.0 and benefits.legitimation_by_autonomy
                and benefits.legitimation_exponent < 1.0)
    own = problem.own
    is_smooth = own.block == 0 or own.programs[own.block + Block.IS_SMOOTH] > 0.0
    return (stakes.rationality * at_stake <= SHARPEST and not has_edge and is_smooth
            and further_total(problem.further) == 0.0)


@inlined_early
def surveyed_summit(problem, rules, box, nodes, used):
    """The same from a survey of a box that holds all that suits both, with so many nodes along each axis.

    used: evaluations before. Returns a `Summit`, and where nothing is said, the `Box` that may still suit both: smaller
    if that helps, of no height if it does not.
    """
    weak, major = surveyed(problem, box.first, box.second, box.height / (nodes - 1), box.width / (nodes - 1), nodes)
    used += nodes * nodes
    nothing = Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, used)
    none = Summit(Finding.NONE_SUITS_BOTH.value, 0.0, 0.0, -1.0, used)
    error = max(misfit(weak), misfit(major)) / FINER
    floor = max(0.0, rules.outside_option)
    # a node that suits both is none of those that could be left out
    if room(weak, major, floor) < 0.0 and is_empty(rest_of(box, weak, major, floor, error)):
        return none, EMPTY
    weak, major = doubled(weak), doubled(major)
    slack = room(weak, major, floor)
    if slack > 0.0 and not is_climbable(rules):
        return nothing, EMPTY
    if error <= RESOLVED * slack:
        found = heights(rules, weak, major, floor)
        if is_strip(found):
            return summit_in_strip(problem, rules, box, weak, major, floor, error, nothing), EMPTY
        return climb_hills(problem, rules, box, found, MOST_HILLS, nothing), EMPTY
    left = rest_of(box, weak, major, floor, error)
    while not is_empty(left):
        if weak.shape[0] >= MOST_NODES or slack >= -error:
            return nothing, left
        weak, major = doubled(weak), doubled(major)
        slack, left = room(weak, major, floor), rest_of(box, weak, major, floor, error)
    return none, EMPTY


@compiled
def summit_in_strip(problem, rules, box, weak, major, floor, error, nothing):
    """The `Summit` where what suits both is a narrow strip: the part of the box that may suit both is interpolated
    until the strip shows; `nothing` where it is too narrow even so."""
    top, bottom, left, right = nodes_left(weak, major, floor, error)
    (top, bottom), (left, right) = with_room(top, bottom, weak.shape[0]), with_room(left, right, weak.shape[1])
    step_down, step_along = box.height / (weak.shape[0] - 1), box.width / (weak.shape[1] - 1)
    part = Box(box.first + top * step_down, box.second + left * step_along, (bottom - top) * step_down,
               (right - left) * step_along)
    weak, major = weak[top:bottom + 1, left:right + 1].copy(), major[top:bottom + 1, left:right + 1].copy()
    while max(weak.shape[0], weak.shape[1]) <= WIDEST_DOUBLED:
        weak, major = doubled(weak), doubled(major)
        found = heights(rules, weak, major, floor)
        if not is_strip(found):
            return climb_hills(problem, rules, part, found, MOST_HILLS_IN_STRIP, nothing)
    return nothing


@inlined
def with_room(first, last, nodes):
    """A range of nodes with one more on either side, where there is one, and at least four."""
    first, last = max(first - 1, 0), min(last + 1, nodes - 1)
    first = min(first, max(last - 3, 0))
    return first, max(last, first + 3)


@compiled
def is_strip(heights):
    """Whether what suits both is so narrow that many nodes in it stand alone in their row and in their column: then the
    nodes say little of how high it is between them.

    Two nodes side by side are enough: across a strip one gain rises as the other falls, and the better of two nodes
    then has at least 3/4 of the highest product, within `CLOSE` of it.
    """
    (rows, columns), inside, alone = heights.shape, 0, 0
    for row in range(rows):
        for column in range(columns):
            if heights[row, column] > -math.inf:
                inside += 1
                if not ((column > 0 and heights[row, column - 1] > -math.inf)
                        or (column < columns - 1 and heights[row, column + 1] > -math.inf)
                        or (row > 0 and heights[row - 1, column] > -math.inf)
                        or (row < rows - 1 and heights[row + 1, column] > -math.inf)):
                    alone += 1
    return 4 * alone > inside


@inlined
def is_climbable(rules):
    """Whether the score is a Nash product, in which both sides count."""
    return rules.solution == Solution.NASH and 0.0 < rules.weight < 1.0


@compiled
def room(weak, major, floor):
    """The largest gain that a node leaves to the worse-off side."""
    slack = -math.inf
    for row in range(weak.shape[0]):
        for column in range(weak.shape[1]):
            slack = max(slack, min(weak[row, column] - floor, major[row, column]))
    return slack


@inlined
def is_empty(box):
    """Whether there is nothing in a box."""
    return not box.height > 0.0


@compiled
def rest_of(box, weak, major, floor, error):
    """The smallest `Box` around all nodes of a box near which both sides may have something to gain, empty if there are
    none; error: of what lies between nodes."""
    last = weak.shape[0] - 1
    top, bottom, left, right = nodes_left(weak, major, floor, error)
    if bottom < 0:
        return EMPTY
    low, high = max(top - 0.5, 0.0) / last, min(bottom + 0.5, float(last)) / last
    near, far = max(left - 0.5, 0.0) / last, min(right + 0.5, float(last)) / last
    return Box(box.first + low * box.height, box.second + near * box.width, (high - low) * box.height,
               (far - near) * box.width)


@compiled
def nodes_left(weak, major, floor, error):
    """First and last row, first and last column of the nodes near which both sides may have something to gain; the last
    row is -1 if there are none."""
    last = weak.shape[0] - 1
    top, bottom, left, right = last, -1, last, 0
    most_major, most_weak = most_around(major, 0.0), most_around(weak, floor)
    for row in range(last + 1):
        for column in range(last + 1):
            # either side alone settles most nodes
            if most_major[row, column] + error < 0.0 or most_weak[row, column] + error < 0.0:
                continue
            if not is_barren(weak, major, floor, row, column, error):
                top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
    return top, bottom, left, right


@compiled
def most_around(grid, floor):
    """The most that a side may gain, beyond a floor, within half a step of each node; by the changes along both axes
    and twice what the bends measured at the node could add."""
    last, most = grid.shape[0] - 1, np.empty(grid.shape)
    for row in range(last + 1):
        middle = min(max(row, 1), last - 1)
        above, here, below, aside, found = grid[middle - 1], grid[row], grid[middle + 1], grid[middle], most[row]
        for left in range(last - 1):  # which the processor does for several nodes at once
            column = left + 1
            found[column] = most_within(here[column] - floor, *changes_within(
                above, aside, below, here, left, column, column + 1, row - middle, 0))
        found[0] = most_within(here[0] - floor, *changes_within(
            above, aside, below, here, 0, 1, 2, row - middle, -1))
        found[last] = most_within(here[last] - floor, *changes_within(
            above, aside, below, here, last - 2, last - 1, last, row - middle, 1))
    return most


@inlined
def is_barren(weak, major, floor, row, column, error):
    """Whether the worse-off side loses within half a step of a node.

    The worse off of two gains no more than any weighted mean of both, and where interests are opposed, some mean hardly
    changes with the contract.
    """
    major_here, (major_x, major_y, major_bend) = major[row, column], changes(major, row, column)
    weak_here, (weak_x, weak_y, weak_bend) = weak[row, column] - floor, changes(weak, row, column)
    for part in range(1, MEANS):
        share = part / MEANS
        other = 1.0 - share
        most = most_within(share * weak_here + other * major_here, share * weak_x + other * major_x,
                           share * weak_y + other * major_y, share * weak_bend + other * major_bend)
        if most + error < 0.0:
            return True
    return False


@inlined
def most_within(here, change_x, change_y, bend):
    """The most that a function may reach within half a step of a node, from its value, changes per step and bends."""
    return here + 0.5 * (abs(change_x) + abs(change_y)) + 2.0 * bend


@inlined
def changes(grid, row, column):
    """Change of a grid's values per step along both axes at a node, and the most that bends add within half a step."""
    last = grid.shape[0] - 1
    middle_row, middle_column = min(max(row, 1), last - 1), min(max(column, 1), last - 1)
    return changes_within(grid[middle_row - 1], grid[middle_row], grid[middle_row + 1], grid[row], middle_column - 1,
                          middle_column, middle_column + 1, row - middle_row, column - middle_column)


@inlined
def changes_within(above, aside, below, here, left, middle, right, rows_off, columns_off):
    """The same from the three rows and columns nearest to a node, and how far it is off the middle ones; here: its own
    row."""
    column = middle + columns_off
    x = 0.5 * (below[column] - above[column])
    y = 0.5 * (here[right] - here[left])
    xx = below[column] - 2.0 * aside[column] + above[column]
    yy = here[right] - 2.0 * here[middle] + here[left]
    xy = 0.25 * (below[right] - below[left] - above[right] + above[left])
    x += rows_off * xx
    y += columns_off * yy
    return x, y, (abs(xx) + abs(yy)) / 8.0 + abs(xy) / 4.0


@inlined_early
def heights(rules, weak, major, floor):
    """Logarithm of the Nash product at the nodes; minus infinity where a side would not sign."""
    found = np.empty(weak.shape)
    for row in range(weak.shape[0]):
        for column in range(weak.shape[1]):
            suits = weak[row, column] >= floor and major[row, column] >= 0.0
            found[row, column] = product(rules, weak[row, column], major[row, column]) if suits else -math.inf
    return found


@compiled
def is_hill(heights, row, column):
    """Whether no neighbour of a node, diagonal ones included, is higher; of equal ones the first counts."""
    here, (rows, columns) = heights[row, column], heights.shape
    if here == -math.inf:
        return False
    for other_row in range(max(row - 1, 0), min(row + 2, rows)):
        for other_column in range(max(column - 1, 0), min(column + 2, columns)):
            other = heights[other_row, other_column]
            comes_first = other_row < row or (other_row == row and other_column < column)
            if other > here or (other == here and comes_first):
                return False
    return True


@inlined_early
def climb_hills(problem, rules, box, heights, most_hills, nothing):
    """The highest of the hills that may be it: a `Summit`; `nothing` if one is not climbed or breaks a constraint.

    Along a strip, where nodes make hills of what is none, a climb that goes on and on is left where others led higher.
    """
    least, hills, used = heights.max() - CLOSE, 0, nothing.evaluations
    down, along = box.height / (heights.shape[0] - 1), box.width / (heights.shape[1] - 1)
    best, unfinished = nothing, -math.inf
    for row in range(heights.shape[0]):
        for column in range(heights.shape[1]):
            if heights[row, column] < least or not is_hill(heights, row, column):
                continue
            hills += 1
            if hills > most_hills:
                return nothing
            first, second, rested, evaluations = climb_hill(
                problem, rules, box.first + row * down, box.second + column * along, max(down, along))
            used += evaluations
            weak, major = gains_at(problem, first, second)
            value = score(rules, weak, major)
            if not rested and most_hills == MOST_HILLS_IN_STRIP:
                unfinished = max(unfinished, value)
                continue
            if not rested or value < 0.0:
                return nothing
            if value > best.score:
                best = Summit(Finding.FOUND.value, first, second, value, used)
    if best.score <= unfinished:
        return Summit(nothing.finding, 0.0, 0.0, -math.inf, used)
    return Summit(best.finding, best.first, best.second, best.score, used)
