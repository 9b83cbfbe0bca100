"""Grids with the places between their nodes filled in, and how far a grid is from what half of it tells.

Called by `smooth_search`.
"""

from __future__ import annotations

import numpy as np

from simulation.compilation import compiled, inlined


@compiled
def doubled(grid):
    """A grid with the places between its nodes filled in by cubic interpolation: (m, n) becomes (2 m - 1, 2 n - 1); at
    least four nodes each way."""
    rows, columns = grid.shape
    last, width = 2 * rows - 2, 2 * columns - 1
    fine = np.empty((last + 1, width))
    for row in range(rows):
        for column in range(columns):
            fine[2 * row, 2 * column] = grid[row, column]
        between(fine[2 * row])
    for column in range(width):
        fine[1, column] = beside_end(fine[0, column], fine[2, column], fine[4, column], fine[6, column])
        fine[last - 1, column] = beside_end(
            fine[last, column], fine[last - 2, column], fine[last - 4, column], fine[last - 6, column])
    for row in range(3, last - 2, 2):
        for column in range(width):
            fine[row, column] = amid(fine[row - 3, column], fine[row - 1, column], fine[row + 1, column],
                                     fine[row + 3, column])
    return fine


@compiled
def between(line):
    """Fills the odd places of a line from its even ones, in place: four-point Lagrange interpolation at midpoints."""
    last = line.size - 1
    for here in range(3, last - 2, 2):
        line[here] = amid(line[here - 3], line[here - 1], line[here + 1], line[here + 3])
    line[1] = beside_end(line[0], line[2], line[4], line[6])
    line[last - 1] = beside_end(line[last], line[last - 2], line[last - 4], line[last - 6])


@inlined
def amid(far_before, before, after, far_after):
    """The cubic through four values in a row, halfway between the middle two."""
    return (9.0 * (before + after) - far_before - far_after) / 16.0


@inlined
def beside_end(end, second, third, fourth):
    """The cubic through the last four values of a line, halfway between the last two."""
    return (5.0 * end + 15.0 * second - 5.0 * third + fourth) / 16.0


@compiled
def misfit(grid):
    """By how much, at most, a grid differs from what every second of its nodes predicts."""
    rows, columns = grid.shape
    last, worst = rows - 1, 0.0
    known = np.empty((rows // 2 + 1, columns))  # every second row, as every second node of it predicts it
    for line in range(known.shape[0]):
        for column in range(0, columns, 2):
            known[line, column] = grid[2 * line, column]
        between(known[line])
        for column in range(1, columns, 2):
            worst = max(worst, abs(known[line, column] - grid[2 * line, column]))
    for row in range(1, rows, 2):
        above = row // 2
        for column in range(columns):
            if row == 1:
                found = beside_end(known[0, column], known[1, column], known[2, column], known[3, column])
            elif row == last - 1:
                found = beside_end(known[above + 1, column], known[above, column], known[above - 1, column],
                                   known[above - 2, column])
            else:
                found = amid(known[above - 1, column], known[above, column], known[above + 1, column],
                             known[above + 2, column])
            worst = max(worst, abs(found - grid[row, column]))
    return worst
