"""Surveys: what both sides gain at the nodes of a grid of contracts, and what that tells of all between them.

A survey is made finer by interpolation, without new evaluations, and cut down to where both sides may have something to
gain. Called by `smooth_search`; `survey_search` looks for the best contract in what comes of it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.contract_space import surveyed
from simulation.theory.interpolation import doubled

FIRST = np.int64(0)
# NumPy's, because the compiler makes a version of its own of a function that is called with a literal
KEPT_BEYOND = 2
"""Nodes beyond a window that are kept, for what lies between its nodes is interpolated from them."""

MOST_MEANS = 2
"""How many weighted means of both gains are looked at before a survey says nothing."""

GRANTED = 3.0
"""How many times what the bends of a survey could add if it told all; of 172,000 random pairs that just so agree,
none needed more than 2.4 where it has five nodes each way, nor more than 1.1 where choices are as sharp as usual."""


class Box(NamedTuple):
    """Part of the unit square: its lower corner, and its extent along commitment and along autonomy."""

    first: float
    second: float
    height: float
    width: float


WHOLE, EMPTY = Box(0.0, 0.0, 1.0, 1.0), Box(0.0, 0.0, 0.0, 0.0)
"""All contracts, and none."""


class Window(NamedTuple):
    """Nodes of a survey: first and last row, first and last column; none where the last row is before the first."""

    top: int
    bottom: int
    left: int
    right: int


class Survey(NamedTuple):
    """Gains u and v at the nodes of a grid, (m, n), commitment by autonomy: the place of its first node, its steps, and
    the nodes around which both sides may have something to gain."""

    first: float
    second: float
    down: float
    along: float
    weak: np.ndarray
    major: np.ndarray
    window: Window


@compiled
def survey_of(problem, box, nodes):
    """The survey of a box with so many nodes along each axis."""
    down, along = box.height / (nodes - 1), box.width / (nodes - 1)
    weak, major = surveyed(problem, box.first, box.second, down, along, nodes)
    return Survey(box.first, box.second, down, along, weak, major, all_of(nodes))


@inlined
def all_of(nodes):
    """The `Window` of all nodes, so many along each axis."""
    return Window(FIRST, nodes - 1, FIRST, nodes - 1)


@compiled
def finer(survey, window):
    """The survey around a window, with the places between its nodes filled in by interpolation."""
    rows, columns = survey.weak.shape
    top, bottom = around(window.top, window.bottom, rows)
    left, right = around(window.left, window.right, columns)
    weak = doubled(survey.weak[top:bottom + 1, left:right + 1].copy())
    major = doubled(survey.major[top:bottom + 1, left:right + 1].copy())
    finest = Window(max(2 * (window.top - top) - 1, 0), min(2 * (window.bottom - top) + 1, weak.shape[0] - 1),
                    max(2 * (window.left - left) - 1, 0), min(2 * (window.right - left) + 1, weak.shape[1] - 1))
    return Survey(survey.first + top * survey.down, survey.second + left * survey.along, 0.5 * survey.down,
                  0.5 * survey.along, weak, major, finest)


@inlined
def around(first, last, nodes):
    """First and last node of those kept for a window: at least four, as interpolation needs."""
    low, high = max(first - KEPT_BEYOND, 0), min(last + KEPT_BEYOND, nodes - 1)
    return max(min(low, high - 3), 0), min(max(high, low + 3), nodes - 1)


@compiled
def room(survey, floor):
    """The largest gain that a node leaves to the worse-off side."""
    weak, major, window, slack = survey.weak, survey.major, survey.window, -math.inf
    for row in range(window.top, window.bottom + 1):
        for column in range(window.left, window.right + 1):
            slack = max(slack, min(weak[row, column] - floor, major[row, column]))
    return slack


@inlined
def is_empty(window):
    """Whether there is nothing in a window."""
    return window.bottom < window.top


@inlined
def box_of(survey, window):
    """The `Box` around all places that are within half a step of the nodes in a window of a survey."""
    top, bottom = max(window.top - 0.5, 0.0), min(window.bottom + 0.5, survey.weak.shape[0] - 1.0)
    left, right = max(window.left - 0.5, 0.0), min(window.right + 0.5, survey.weak.shape[1] - 1.0)
    return Box(survey.first + top * survey.down, survey.second + left * survey.along, (bottom - top) * survey.down,
               (right - left) * survey.along)


@compiled
def part_left(survey, floor, error):
    """The smallest `Window` around all nodes near which both sides may have something to gain; error: of what lies
    between nodes."""
    weak, major, within = survey.weak, survey.major, survey.window
    top, bottom, left, right = within.bottom + 1, within.top - 1, within.right, within.left
    most_major, most_weak = most_around(major, 0.0), most_around(weak, floor)
    for row in range(within.top, within.bottom + 1):
        for column in range(within.left, within.right + 1):
            # either side alone settles most nodes
            if most_major[row, column] + error < 0.0 or most_weak[row, column] + error < 0.0:
                continue
            if not is_barren(weak, major, floor, row, column, error):
                top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
    return Window(top, bottom, left, right)


@compiled
def most_around(grid, floor):
    """The most that a side may gain, beyond a floor, within half a step of each node; by the changes along both axes
    and twice what the bends measured at the node could add."""
    (rows, columns), most = grid.shape, np.empty(grid.shape)
    last, along = columns - 1, grid.reshape(grid.size)
    above, aside, below, found = along, along[columns:], along[2 * columns:], most.reshape(most.size)[columns + 1:]
    # row after row as one line, which the processor does for several nodes at once; what it says of the rim is replaced
    for left in range(grid.size - 2 * columns - 2):
        found[left] = most_within(aside[left + 1] - floor, *changes_within(
            above, aside, below, aside, left, left + 1, left + 2, 0, 0))
    for row in range(rows):
        most[row, 0] = most_within(grid[row, 0] - floor, *changes(grid, row, 0))
        most[row, last] = most_within(grid[row, last] - floor, *changes(grid, row, last))
    for row, middle in ((0, 1), (rows - 1, rows - 2)):
        over, amid, under, here, told = grid[middle - 1], grid[middle], grid[middle + 1], grid[row], most[row]
        for left in range(columns - 2):
            told[left + 1] = most_within(here[left + 1] - floor, *changes_within(
                over, amid, under, here, left, left + 1, left + 2, row - middle, 0))
    return most


@inlined
def is_barren(weak, major, floor, row, column, error):
    """Whether the worse-off side loses within half a step of a node.

    The worse off of two gains no more than any weighted mean of both. What a mean may reach is a convex function of
    the weight in straight pieces, which meet where the mean stops changing along an axis: least there or on either
    side alone, at which `most_around` looks.
    """
    major_here, (major_x, major_y, major_bend) = major[row, column], changes(major, row, column)
    weak_here, (weak_x, weak_y, weak_bend) = weak[row, column] - floor, changes(weak, row, column)
    for weak_change, major_change in ((weak_x, major_x), (weak_y, major_y)):
        if weak_change * major_change < 0.0:
            share = major_change / (major_change - weak_change)
            other = 1.0 - share
            most = most_within(share * weak_here + other * major_here, share * weak_x + other * major_x,
                               share * weak_y + other * major_y, share * weak_bend + other * major_bend)
            if most + error < 0.0:
                return True
    return False


@compiled
def is_barren_throughout(weak, major):
    """Whether the worse-off side loses by every contract of a survey and between them.

    The worse off of two gains no more than any weighted mean of both, and between its nodes a mean is higher than at
    the highest of them by no more than what its bends add, of which several times as much is granted. The mean that is
    looked at first gains as much where least is asked of the weak state as where most is; the next as much as that at
    the place where it was highest, and at one of these.
    """
    last, mean = weak.shape[0] - 1, np.empty(weak.shape)
    for_weak, for_major = (weak[last, 0], major[last, 0]), (weak[0, last], major[0, last])
    for _ in range(MOST_MEANS):
        share = share_of_weak(for_weak, for_major)
        for row in range(weak.shape[0]):
            for column in range(weak.shape[1]):
                mean[row, column] = share * weak[row, column] + (1.0 - share) * major[row, column]
        highest = np.argmax(mean)
        row, column = highest // weak.shape[1], highest % weak.shape[1]
        if mean[row, column] + GRANTED * most_bent(mean) < 0.0:
            return True
        there = weak[row, column], major[row, column]
        if there[0] > there[1]:
            for_weak = there
        else:
            for_major = there
    return False


@inlined
def share_of_weak(first, second):
    """The weight of u in the mean of u and v that is the same for two contracts, each given by both gains."""
    weak_change, major_change = first[0] - second[0], second[1] - first[1]
    return min(max(major_change / (weak_change + major_change), 0.0), 1.0) if weak_change + major_change > 0.0 else 0.5


@compiled
def most_bent(grid):
    """The most by which a parabola in both directions may exceed the highest of a grid's nodes."""
    rows, columns = grid.shape
    across, along, crossed = 0.0, 0.0, 0.0
    for row in range(rows):
        for column in range(columns):
            if 0 < row < rows - 1:
                across = max(across, abs(grid[row - 1, column] - 2.0 * grid[row, column] + grid[row + 1, column]))
            if 0 < column < columns - 1:
                along = max(along, abs(grid[row, column - 1] - 2.0 * grid[row, column] + grid[row, column + 1]))
            if row > 0 and column > 0:
                crossed = max(crossed, abs(grid[row, column] - grid[row - 1, column] - grid[row, column - 1]
                                           + grid[row - 1, column - 1]))
    return (across + along) / 8.0 + crossed / 4.0


@inlined
def most_within(here, change_x, change_y, bend):
    """The most that a function may reach within half a step of a node, from its value, changes per step and bends."""
    return here + 0.5 * (abs(change_x) + abs(change_y)) + 2.0 * bend


@inlined
def changes(grid, row, column):
    """Change of a grid's values per step along both axes at a node, and the most that bends add within half a step."""
    middle_row, middle_column = min(max(row, 1), grid.shape[0] - 2), min(max(column, 1), grid.shape[1] - 2)
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
