"""The contract that serves an objective best, on a grid that is refined: how certificates look for ways to gain.

It shares nothing with the bargaining solver but the payoff functions: the whole contract space is laid out as a grid,
windows are laid over its best places and narrowed, and from the best of them ridges are followed along either axis.
Called by `certificate`.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled
from simulation.theory.payoffs import gains

NODES = 49
ZOOM_NODES = 9
ZOOMS = 26
KEPT = 4
SHRINK, SLIDE = 0.5, 0.9
RIDGE_STEPS = 24
RIDGE_ZOOMS = 22
RIDGE_WINDOW = 0.15
FAR_FROM_FEASIBLE, NEARLY_FEASIBLE = -0.02, -0.002
"""Shortfalls, payoff per year, from which it is not worth while to look between the nodes, or along a ridge."""


class ObjectiveKind(IntEnum):
    """What is sought: a contract that both sides gain from, each over its floor; the most for the weak state, or for
    the major power, where the other side accepts; or what a bargaining solution maximises."""

    SLACK = 0
    WEAK_GAIN = 1
    MAJOR_GAIN = 2
    NASH = 3
    ULTIMATUM = 4
    PROPORTIONAL = 5


class Objective(NamedTuple):
    """A number for each contract from both sides' gains; payoff per year.

    kind: a `Kind`; weak_floor, major_floor: what the sides accept; threat: the weak state's threat point; weight: beta,
    the major power's; weak_unit, major_unit: in what a proportional solution measures gains.
    """

    kind: int
    weak_floor: float
    major_floor: float
    threat: float
    weight: float
    weak_unit: float
    major_unit: float


class Best(NamedTuple):
    """The highest value found and the contract that has it."""

    value: float
    commitment: float
    autonomy: float


def objective_of(kind: ObjectiveKind, weak_floor: float = 0.0, major_floor: float = 0.0, threat: float = 0.0,
                 weight: float = 0.5, weak_unit: float = 1.0, major_unit: float = 1.0) -> Objective:
    """An objective, in the numbers that compiled code takes."""
    return Objective(int(kind), float(weak_floor), float(major_floor), float(threat), float(weight), float(weak_unit),
                     float(major_unit))


@compiled
def value_at(objective, weak, major):
    """The value of a contract by what it leaves to both sides; negative, the shortfall, where one does not accept."""
    weak_slack, major_slack = weak - objective.weak_floor, major - objective.major_floor
    if objective.kind == ObjectiveKind.WEAK_GAIN:
        return weak if major_slack >= 0.0 else major_slack
    if objective.kind == ObjectiveKind.MAJOR_GAIN:
        return major if weak_slack >= 0.0 else weak_slack
    if objective.kind == ObjectiveKind.SLACK or weak_slack < 0.0 or major_slack < 0.0:
        return min(weak_slack, major_slack)
    surplus = weak - objective.threat
    if objective.kind == ObjectiveKind.ULTIMATUM:
        return major
    if objective.kind == ObjectiveKind.NASH:
        return major**objective.weight * max(surplus, 0.0) ** (1.0 - objective.weight)
    least = math.inf
    if objective.weight > 0.0:
        least = major / objective.major_unit / objective.weight
    if objective.weight < 1.0:
        least = min(least, surplus / objective.weak_unit / (1.0 - objective.weight))
    return least


@compiled
def value_of(problem, objective, commitment, autonomy):
    """The value of a contract."""
    weak, major = gains(problem, commitment, autonomy)
    return value_at(objective, weak, major)


@compiled
def maximise_objective(problem, objective, is_sign_enough):
    """The highest value of an objective over all contracts: a `Best`.

    is_sign_enough: whether it matters only that it is positive, not by how much.
    """
    least, most = problem.minimum_commitment, problem.most_autonomy
    values = np.empty(NODES * NODES)
    for place in range(values.size):
        values[place] = value_of(problem, objective, *node(least, most, place))
    order = np.argsort(-values, kind="mergesort")[:NODES]
    commitment, autonomy = node(least, most, order[0])
    best = Best(values[order[0]], commitment, autonomy)
    if best.value < FAR_FROM_FEASIBLE:
        return best
    tried = np.empty(KEPT, np.int64)
    number = 0
    for place in order:
        if number < KEPT and not is_beside(place, tried[:number]):
            tried[number] = place
            number += 1
            found = zoomed(problem, objective, *node(least, most, place))
            best = found if found.value > best.value else best
    if best.value < NEARLY_FEASIBLE or (best.value > 0.0 and is_sign_enough):
        return best
    first, second = along_ridge(problem, objective, best, False), along_ridge(problem, objective, best, True)
    return first if first.value >= second.value else second


@compiled
def node(least, most, place):
    """(commitment, autonomy) at a node by its number, the autonomy varying fastest."""
    row, column = place // NODES, place % NODES
    return least + (1.0 - least) * row / (NODES - 1), most * column / (NODES - 1)


@compiled
def is_beside(place, tried):
    """Whether a node is one that was tried, or not two steps from it."""
    for other in tried:
        steps = max(abs(place // NODES - other // NODES), abs(place % NODES - other % NODES))
        if steps <= 2:
            return True
    return False


@compiled
def within(low, x, high):
    """x, or the bound that it lies beyond."""
    return min(max(x, low), high)


@compiled
def offset(step):
    """Where the node of a window lies: from -1 to 1."""
    return 2.0 * step / (ZOOM_NODES - 1) - 1.0


@compiled
def is_inside(step):
    """Whether a node of a window is not at its edge."""
    return 0 < step < ZOOM_NODES - 1


@compiled
def zoomed(problem, objective, commitment, autonomy):
    """A window over a place that moves to the best of what it shows, and narrows when that lies inside: a `Best`."""
    least, most = problem.minimum_commitment, problem.most_autonomy
    value, width = -math.inf, 1.5 / (NODES - 1)
    for _ in range(ZOOMS):
        value, row, column = -math.inf, 0, 0
        for place in range(ZOOM_NODES * ZOOM_NODES):
            here = value_of(problem, objective, *refined_candidates(least, most, commitment, autonomy, width, place))
            if here > value:
                value, row, column = here, place // ZOOM_NODES, place % ZOOM_NODES
        commitment, autonomy = refined_candidates(least, most, commitment, autonomy, width, row * ZOOM_NODES + column)
        width *= SHRINK if is_inside(row) and is_inside(column) else SLIDE
    return Best(value, commitment, autonomy)


@compiled
def refined_candidates(least, most, commitment, autonomy, width, place):
    """(commitment, autonomy) at a node of a window, by its number."""
    return (within(least, commitment + (1.0 - least) * width * offset(place // ZOOM_NODES), 1.0),
            within(0.0, autonomy + most * width * offset(place % ZOOM_NODES), most))


@compiled
def along_ridge(problem, objective, best, swapped):
    """From a place on, the best autonomy sought anew for each commitment (or, swapped, the other way round): a `Best`.

    Where one side's gain decides, an objective forms a kinked ridge across the grid, on which a window rests too early.
    """
    low, high = (0.0, problem.most_autonomy) if swapped else (problem.minimum_commitment, 1.0)
    outer, inner = (best.autonomy, best.commitment) if swapped else (best.commitment, best.autonomy)
    reach = 1.5 / (NODES - 1)
    for _ in range(RIDGE_STEPS):
        value, step, place, across = -math.inf, 0, outer, inner
        for trial in range(ZOOM_NODES):
            there = within(low, outer + (high - low) * reach * offset(trial), high)
            found, here = across_ridge(problem, objective, there, inner, swapped)
            if here > value:
                value, step, place, across = here, trial, there, found
        outer, inner = place, across
        if value > best.value:
            best = Best(value, inner, outer) if swapped else Best(value, outer, inner)
        reach *= SHRINK if is_inside(step) else SLIDE
    return best


@compiled
def across_ridge(problem, objective, outer, inner, swapped):
    """The best place of the inner axis near `inner`, and its value, the outer place held."""
    low, high = (problem.minimum_commitment, 1.0) if swapped else (0.0, problem.most_autonomy)
    value, close = -math.inf, RIDGE_WINDOW
    for _ in range(RIDGE_ZOOMS):
        value, middle = -math.inf, inner
        for step in range(ZOOM_NODES):
            trial = within(low, middle + (high - low) * close * offset(step), high)
            commitment, autonomy = (trial, outer) if swapped else (outer, trial)
            here = value_of(problem, objective, commitment, autonomy)
            if here > value:
                value, inner = here, trial
        close /= 3.0
    return inner, value
