"""The contract with the highest score where both gains are smooth enough to be known from a survey (theory, section 4).

A survey of 9 x 9 contracts tells how well it is resolved: half of it is predicted from the other half. Where the gains
are resolved, their interpolation shows every hill of the score, and `survey_search` climbs the hills that may be the
highest; or it shows that no contract suits both. Where they are not, it still shows in which part of the contract space
both may have something to gain, and that part is surveyed in its turn. What stays unresolved is left to
`contract_search`, which goes its longer way.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.contract_space import surveyed
from simulation.theory.further_costs import further_total
from simulation.theory.interpolation import doubled, misfit
from simulation.theory.own_terms import Block
from simulation.theory.solutions import Solution
from simulation.theory.survey_search import Finding, Summit, best_of_survey

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

LEAST = 1e-6
"""What the worse-off side must be able to gain, payoff per year, for a survey to say where a kink is."""


class Box(NamedTuple):
    """Part of the unit square: its lower corner, and its extent along commitment and along autonomy."""

    first: float
    second: float
    height: float
    width: float


EMPTY = Box(0.0, 0.0, 0.0, 0.0)


@compiled
def smooth_summit(problem, rules):
    """The highest score, or that none suits both whatever the solution, or nothing: a `Summit`."""
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


@compiled
def surveyed_summit(problem, rules, box, nodes, used):
    """The same from a survey of a box that holds all that suits both, with so many nodes along each axis.

    used: evaluations before. Returns a `Summit`, and where nothing is said, the `Box` that may still suit both: smaller
    if that helps, of no height if it does not.
    """
    weak, major = surveyed(problem, box.first, box.second, box.height / (nodes - 1), box.width / (nodes - 1), nodes)
    used += nodes * nodes
    nothing = Summit(Finding.NOTHING_SAID.value, 0.0, 0.0, -math.inf, used)
    none = Summit(Finding.NONE_SUITS_BOTH.value, 0.0, 0.0, -1.0, used)
    coarse_error = max(misfit(weak), misfit(major))
    error, floor = coarse_error / FINER, max(0.0, rules.outside_option)
    slack = room(weak, major, floor)
    # a node that suits both is none of those that could be left out
    if slack < 0.0 and is_empty(rest_of(box, weak, major, floor, error)):
        return none, EMPTY
    if coarse_error <= RESOLVED * slack and is_told(rules, slack):
        summit = best_of_survey(problem, rules, box, weak, major, coarse_error, used)
        if summit.finding == Finding.FOUND:
            return summit, EMPTY
        used, nothing = summit.evaluations, summit
    weak, major = doubled(weak), doubled(major)
    slack = room(weak, major, floor)
    if error <= RESOLVED * slack:
        if is_told(rules, slack):
            nothing = best_of_survey(problem, rules, box, weak, major, error, used)
        return nothing, EMPTY
    left = rest_of(box, weak, major, floor, error)
    while not is_empty(left):
        if weak.shape[0] >= MOST_NODES or slack >= -error:
            return nothing, left
        weak, major = doubled(weak), doubled(major)
        slack, left = room(weak, major, floor), rest_of(box, weak, major, floor, error)
    return none, EMPTY


@inlined
def is_told(rules, slack):
    """Whether a survey can say where the best contract is: a side without weight has none of a Nash product, and of
    other solutions the constraints are as wide as what counts for nothing."""
    return 0.0 < rules.weight < 1.0 if rules.solution == Solution.NASH else slack > LEAST


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
