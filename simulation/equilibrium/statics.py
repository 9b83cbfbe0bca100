"""Comparative statics: all equilibria that can be found at every point of a line or a plane of parameters.

At every point the search starts from no pacts, from pacts with all, from the pacts observed and from random ones; then
every equilibrium is followed to the points beside it, what turns up there is followed on, in every direction, until
nothing is new. A branch that only history leads to is so found from whichever side it is entered. The answer does not
depend on how the work is shared out. Called by the command of the same name; `branches` makes lines of the points.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from simulation.equilibrium.accounts import portfolio_measures
from simulation.equilibrium.certificate import Certificate, Contract, certify
from simulation.equilibrium.search import SAME_TERMS, Equilibrium, SearchSpace, rest_from, rest_points, search_space_of
from simulation.scenario.scenario import Scenario

PATCHES = 12
"""Parts into which points are put; not the number of processes, so that this moves no number."""
NEAR_IN_PLANES = 0.05
"""In a plane, an equilibrium with the same patrons and terms that differ by no more than this from those next door is
taken for the same one, and not followed; on a line all are followed."""
CERTIFIED_PAIRS = 500
"""Pairs of major power and weak state for which a certificate is computed, where the user does not say how often."""
NOT_CERTIFIED = Certificate(math.nan, math.nan, math.nan, None)

Pacts = dict[str, Contract]
Pairs = tuple[np.ndarray, np.ndarray]
Run = Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]
"""Calls a function with every task and gives the results in the tasks' order."""


class Axis(NamedTuple):
    """A parameter by dotted path, its values in rising order, and whether they are spaced by equal ratios."""

    path: str
    values: tuple[float, ...]
    is_log: bool = False


@dataclass(frozen=True)
class Grid:
    """A scenario with one parameter (a line) or two (a plane) to vary; points are numbered, the last axis fastest."""

    scenario: Scenario
    axes: tuple[Axis, ...]

    @property
    def number_of_points(self) -> int:
        """Of the line or the plane."""
        return math.prod(len(axis.values) for axis in self.axes)

    def settings(self, point: int) -> dict[str, float]:
        """Values by path at a point."""
        values = []
        for axis in reversed(self.axes):
            point, place = divmod(point, len(axis.values))
            values.append((axis.path, axis.values[place]))
        return dict(reversed(values))

    def scenario_at(self, point: int) -> Scenario:
        """The scenario of a point. Raises `Refusal` for a value that is not allowed."""
        return self.scenario.replace_all(self.settings(point))

    def beside(self, point: int) -> list[int]:
        """The points one step away along any axis."""
        found, stride = [], 1
        for axis in reversed(self.axes):
            place = point // stride % len(axis.values)
            found += [point + step * stride for step in (-1, 1) if 0 <= place + step < len(axis.values)]
            stride *= len(axis.values)
        return found


@dataclass(frozen=True)
class EquilibriumAtPoint:
    """An equilibrium at a point: its number there from 0, those with the most pacts first; measures by major power as
    of `accounts.portfolio_measures`; the certificate, `NOT_CERTIFIED` where none was computed."""

    point: int
    number: int
    pacts: Pacts
    measures: dict[str, dict[str, float]]
    certificate: Certificate

    @property
    def allies(self) -> tuple[tuple[str, str], ...]:
        """The pairs allied, (major power, weak state)."""
        return tuple((pact.power, state) for state, pact in self.pacts.items())


@dataclass(frozen=True)
class StaticsResult:
    """What was found.

    grid; found: equilibria by point; followed: for an equilibrium (point, number) and a point beside it the number of
    the one that it leads to there, None if it does not come to rest; is_exhaustive: by point, whether all assignments
    were tried beside following; cycles: by point, starts that did not come to rest; certified: points with
    certificates.
    """

    grid: Grid
    found: tuple[tuple[EquilibriumAtPoint, ...], ...]
    followed: dict[tuple[int, int, int], int | None]
    is_exhaustive: tuple[bool, ...]
    cycles: tuple[int, ...]
    certified: tuple[int, ...]

    @property
    def largest_regret(self) -> float:
        """The largest violation of any certificate; NaN without certificates."""
        regrets = [found.certificate.regret for point in self.certified for found in self.found[point]]
        return max(regrets, default=math.nan)


def survey(grid: Grid, random_starts: int, seed: int, certify_every: int | None, run: Run) -> StaticsResult:
    """All equilibria that can be found, at all points.

    random_starts: at every point, beside the others; seed: of their draws; certify_every: certificates at every so many
    points and the last, 0 for none, None for as many as are computed in reasonable time; run: who does the work.
    """
    explored = _Explored({}, {}, {}, {})
    near = 0.0 if len(grid.axes) == 1 else NEAR_IN_PLANES
    patches = _patches(grid)
    home = {point: number for number, patch in enumerate(patches) for point in patch}
    asked = {number: _Patch(grid, patch, {}, [], random_starts, seed, near) for number, patch in enumerate(patches)}
    while asked:
        leaving = [visit for answer in run(_explore, asked.values()) for visit in explored.take(answer)]
        asked = {}
        for visit in leaving:
            number = home[visit.point]
            if number not in asked:
                known = {point: explored.found[point] for point in patches[number]}
                pairs = {point: explored.pairs[point] for point in patches[number]}
                asked[number] = _Patch(grid, patches[number], known, [], random_starts, seed, near, pairs)
            asked[number].visits.append(visit)
    return _measured(grid, explored, patches, _certified(grid, certify_every), run)


def distance(one: Pacts, other: Pacts) -> float:
    """The largest difference between terms; infinity if somebody's patron differs."""
    if one.keys() != other.keys() or any(pact.power != other[code].power for code, pact in one.items()):
        return math.inf
    return max((max(abs(pact.commitment - other[code].commitment), abs(pact.autonomy - other[code].autonomy))
                for code, pact in one.items()), default=0.0)


def _patches(grid: Grid) -> list[range]:
    """Points in their order, put together in parts; in a plane a part is one or more whole rows."""
    row = 1 if len(grid.axes) == 1 else len(grid.axes[-1].values)
    size = row * max(1, math.ceil(grid.number_of_points / row / PATCHES))
    return [range(first, min(first + size, grid.number_of_points)) for first in range(0, grid.number_of_points, size)]


def _certified(grid: Grid, every: int | None) -> tuple[int, ...]:
    if every == 0:
        return ()
    number, pairs = grid.number_of_points, len(grid.scenario.states) * len(grid.scenario.major_powers)
    every = every or max(1, math.ceil(number * pairs / CERTIFIED_PAIRS))
    return tuple(sorted({*range(0, number, every), number - 1}))


# --- search ---------------------------------------------------------------------------------------------------------


class _Visit(NamedTuple):
    """An equilibrium of one point, on its way to a point beside it."""

    point: int
    origin: tuple[int, int]
    pacts: Pacts


@dataclass(frozen=True)
class _Patch:
    """Some points to explore: what is known there (nothing, the first time), and who comes from outside.

    pairs: by point, which pairs could agree, so that it is not worked out again.
    """

    grid: Grid
    points: range
    known: Mapping[int, list[Pacts]]
    visits: list[_Visit]
    random_starts: int
    seed: int
    near: float
    pairs: Mapping[int, Pairs] = field(default_factory=dict)

    def space(self, point: int) -> SearchSpace:
        """What searches at a point stand on."""
        return search_space_of(self.grid.scenario_at(point), self.pairs.get(point))


@dataclass
class _Explored:
    """What was found so far, by point; equilibria at a point are only ever added."""

    found: dict[int, list[Pacts]]
    followed: dict[tuple[int, int, int], int | None]
    is_exhaustive: dict[int, bool]
    cycles: dict[int, int]
    leaving: list[_Visit] = field(default_factory=list)
    pairs: dict[int, Pairs] = field(default_factory=dict)

    def take(self, other: _Explored) -> list[_Visit]:
        """Adds what was found elsewhere; gives those who leave from there."""
        self.found.update(other.found)
        self.followed.update(other.followed)
        self.is_exhaustive.update(other.is_exhaustive)
        self.cycles.update(other.cycles)
        self.pairs.update(other.pairs)
        return other.leaving


def _explore(patch: _Patch) -> _Explored:
    """Searches a patch and follows all that is new in it, to its borders."""
    explored = _Explored({point: list(pacts) for point, pacts in patch.known.items()}, {}, {}, {})
    spaces: dict[int, SearchSpace] = {}
    queue = deque(patch.visits)
    if not patch.known:
        for point in patch.points:
            spaces[point] = patch.space(point)
            explored.pairs[point] = spaces[point].pairs
            rested = rest_points(spaces[point], patch.random_starts, patch.seed + point)
            explored.found[point] = list(rested.rest_points)
            explored.is_exhaustive[point], explored.cycles[point] = rested.is_complete, rested.cycles
        for point in patch.points:
            for number in range(len(explored.found[point])):
                queue += _departures(patch.grid, explored, point, number)
    while queue:
        visit = queue.popleft()
        if visit.point not in patch.points:
            explored.leaving.append(visit)
            continue
        if visit.point not in spaces:
            spaces[visit.point] = patch.space(visit.point)
        there = explored.found[visit.point]
        before = len(there)
        reached = _arrived(spaces[visit.point], there, visit.pacts, patch.near)
        explored.followed[*visit.origin, visit.point] = reached
        if len(there) > before:
            queue += _departures(patch.grid, explored, visit.point, before)
    return explored


def _departures(grid: Grid, explored: _Explored, point: int, number: int) -> list[_Visit]:
    return [_Visit(other, (point, number), explored.found[point][number]) for other in grid.beside(point)]


def _arrived(space: SearchSpace, there: list[Pacts], pacts: Pacts, near: float) -> int | None:
    """The number of the equilibrium at which pacts from next door come to rest, added if it is new."""
    close = next((number for number, known in enumerate(there) if distance(known, pacts) <= near), None)
    if close is not None and near > 0.0:
        return close
    rested = rest_from(space, pacts)
    if rested is None:
        return None
    for number, known in enumerate(there):
        if distance(known, rested) <= SAME_TERMS:
            return number
    there.append(rested)
    return len(there) - 1


# --- measures -------------------------------------------------------------------------------------------------------


class _Account(NamedTuple):
    """Equilibria by point that are to be measured, and which of the points get certificates."""

    grid: Grid
    found: dict[int, list[Pacts]]
    certified: frozenset[int]


def _measure(task: _Account) -> list[EquilibriumAtPoint]:
    measured = []
    for point, equilibria in task.found.items():
        scenario = task.grid.scenario_at(point)
        for number, pacts in enumerate(equilibria):
            certificate = certify(scenario, pacts) if point in task.certified else NOT_CERTIFIED
            equilibrium = Equilibrium(pacts, certificate)
            measures = {power: portfolio_measures(scenario, equilibrium, power) for power in scenario.major_powers}
            measured.append(EquilibriumAtPoint(point, number, pacts, measures, certificate))
    return measured


def _measured(grid: Grid, explored: _Explored, patches: list[range], certified: tuple[int, ...],
              run: Run) -> StaticsResult:
    """Everything in order: equilibria numbered anew at every point, those with the most pacts first."""
    orders = {point: _by_rank(found) for point, found in explored.found.items()}
    place = {(point, old): new for point, order in orders.items() for new, old in enumerate(order)}
    found = {point: [explored.found[point][old] for old in order] for point, order in orders.items()}
    tasks = [_Account(grid, {point: found[point] for point in patch}, frozenset(certified)) for patch in patches]
    by_point: dict[int, list[EquilibriumAtPoint]] = {point: [] for point in range(grid.number_of_points)}
    for measured in (one for answer in run(_measure, tasks) for one in answer):
        by_point[measured.point].append(measured)
    followed = {(point, place[point, number], other): None if reached is None else place[other, reached]
                for (point, number, other), reached in explored.followed.items()}
    points = range(grid.number_of_points)
    return StaticsResult(grid, tuple(tuple(by_point[point]) for point in points), followed,
                    tuple(explored.is_exhaustive[point] for point in points),
                    tuple(explored.cycles[point] for point in points), certified)


def _by_rank(found: list[Pacts]) -> list[int]:
    """Numbers of equilibria in the order of their ranks."""
    return sorted(range(len(found)), key=lambda number: _rank(found[number]))


def _rank(pacts: Pacts) -> tuple[Any, ...]:
    return (-len(pacts), [(pact.power, code) for code, pact in pacts.items()],
            [-pact.commitment for pact in pacts.values()])
