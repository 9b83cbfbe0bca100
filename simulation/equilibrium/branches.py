"""Branches: the equilibria along a line, point for point, joined into those that go over into each other.

Two equilibria at neighbouring points are one branch if they have the same patrons and one leads to the other, or if
each leads to the other though a state has come or gone: a step. Where a branch begins or ends within the line there is
a fold: beyond it, responses lead to another branch, and do not lead back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from simulation.equilibrium.statics import EquilibriumAtPoint, StaticsResult, distance

NEAR = 0.1
"""Equilibria with the same patrons and terms that differ by no more than this are joined even if neither is reached
from the other."""

Joint = tuple[int, int]


@dataclass(frozen=True)
class Fold:
    """Where a branch begins or ends: between which two values, and the branch that it leads to on the other side, None
    if responses do not come to rest there."""

    branch: int
    is_begin: bool
    low: float
    high: float
    leads_to: int | None


@dataclass(frozen=True)
class Step:
    """Where the allies change along a branch: between which two values; pairs (major power, weak state)."""

    branch: int
    low: float
    high: float
    gained: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Branches:
    """Branches of a line, numbered from 1 in order of their beginning, those with the most pacts first.

    of: number of the branch by point and equilibrium; folds and steps in rising order.
    """

    of: tuple[tuple[int, ...], ...]
    folds: tuple[Fold, ...]
    steps: tuple[Step, ...]

    @property
    def number(self) -> int:
        """How many there are."""
        return max((branch for point in self.of for branch in point), default=0)


def branches_of(surveyed: StaticsResult) -> Branches:
    """The branches of a line. Raises `ValueError` for a plane."""
    if len(surveyed.grid.axes) != 1:
        raise ValueError("branches are those of a line")
    joints = [dict(_joined(surveyed, point)) for point in range(len(surveyed.found) - 1)]
    numbers: list[list[int]] = []
    count = 0
    for point, found in enumerate(surveyed.found):
        inherited = {after: numbers[-1][before] for before, after in joints[point - 1].items()} if point else {}
        numbers.append([])
        for equilibrium in range(len(found)):
            count += equilibrium not in inherited
            numbers[-1].append(inherited.get(equilibrium, count))
    of = tuple(map(tuple, numbers))
    return Branches(of, tuple(_folds(surveyed, of, joints)), tuple(_steps(surveyed, of, joints)))


def _joined(surveyed: StaticsResult, point: int) -> Iterator[Joint]:
    """Pairs of equilibria, at a point and the next, that are one branch; each has at most one partner."""
    here, there = surveyed.found[point], surveyed.found[point + 1]
    ranked = sorted((*_closeness(surveyed, one, other), one.number, other.number) for one in here for other in there)
    taken_here: set[int] = set()
    taken_there: set[int] = set()
    for tier, _, one, other in ranked:
        if tier < math.inf and one not in taken_here and other not in taken_there:
            taken_here.add(one)
            taken_there.add(other)
            yield one, other


def _closeness(surveyed: StaticsResult, one: EquilibriumAtPoint, other: EquilibriumAtPoint) -> tuple[float, float]:
    """How good a reason there is to join two equilibria, 0 the best and infinity none, and how far they are apart."""
    leads = surveyed.followed.get((one.point, one.number, other.point)) == other.number
    back = surveyed.followed.get((other.point, other.number, one.point)) == one.number
    difference = distance(one.pacts, other.pacts)
    if difference < math.inf:
        return (0.0 if leads and back else 1.0 if leads or back or difference <= NEAR else math.inf), difference
    return (2.0 if leads and back else math.inf), 0.0


def _folds(surveyed: StaticsResult, of: tuple[tuple[int, ...], ...], joints: list[dict[int, int]]) -> Iterator[Fold]:
    values = surveyed.grid.axes[0].values
    for point, (low, high) in enumerate(pairwise(values)):
        for branch, number in zip(of[point], range(len(of[point])), strict=True):
            if number not in joints[point]:
                reached = surveyed.followed.get((point, number, point + 1))
                yield Fold(branch, False, low, high, None if reached is None else of[point + 1][reached])
        for branch, number in zip(of[point + 1], range(len(of[point + 1])), strict=True):
            if number not in joints[point].values():
                reached = surveyed.followed.get((point + 1, number, point))
                yield Fold(branch, True, low, high, None if reached is None else of[point][reached])


def _steps(surveyed: StaticsResult, of: tuple[tuple[int, ...], ...], joints: list[dict[int, int]]) -> Iterator[Step]:
    for point, (low, high) in enumerate(pairwise(surveyed.grid.axes[0].values)):
        for one, other in sorted(joints[point].items()):
            before, after = surveyed.found[point][one].allies, surveyed.found[point + 1][other].allies
            if before != after:
                yield Step(of[point][one], low, high, tuple(pair for pair in after if pair not in before),
                           tuple(pair for pair in before if pair not in after))
