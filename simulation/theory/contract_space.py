"""Contracts as places on the unit square, and what both sides gain from many of them at once (theory, section 4).

A place is the share of the way from the least to full commitment, and the share of the most autonomy that could pay;
beyond that no protection is worth its price. Called by the searches for the best contract and by what comes before
talks.
"""

from __future__ import annotations

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.many_contracts import gains_of_all
from simulation.theory.payoffs import gains


@inlined
def contract_at(problem, first, second):
    """(commitment, autonomy) at a place."""
    least = problem.minimum_commitment
    return least + (1.0 - least) * first, problem.most_autonomy * second


@inlined
def gains_at(problem, first, second):
    """(u, v) at a place."""
    commitment, autonomy = contract_at(problem, first, second)
    return gains(problem, commitment, autonomy)


@compiled
def surveyed(problem, first, second, down, along, nodes):
    """u and v at nodes from a place upwards, so far apart along commitment and along autonomy: two arrays, (nodes,
    nodes), commitment by autonomy."""
    sheet = np.empty((4, nodes, nodes))
    for row in range(nodes):
        for column in range(nodes):
            # which rounding may carry beyond the last contract, where a formula need not be a number
            sheet[0, row, column], sheet[1, row, column] = contract_at(
                problem, min(first + row * down, 1.0), min(second + column * along, 1.0))
    flat = sheet.reshape(4, nodes * nodes)
    gains_of_all(problem, flat[0], flat[1], flat[2], flat[3])
    return sheet[2], sheet[3]
