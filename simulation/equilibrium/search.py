"""The search for all alliance equilibria of a scenario (theory, section 5).

Exhaustive over assignments where their number allows it (pairs that can never agree apart); else best responses in
random orders from many starts: from no pact at all, from pacts with everybody, from the pacts observed, and from random
ones. Each equilibrium comes with its certificate and with how it was reached. That none was found, or several, is a
result. Called by the commands, by `statics` and by `confrontation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import NamedTuple

import numpy as np

from simulation.equilibrium.certificate import Certificate, Contract, certify
from simulation.equilibrium.response import (
    best_responses,
    iterate_contracts,
    may_be_equilibrium,
    possible_pairs,
    respond,
    solve_contracts,
)
from simulation.equilibrium.world import NOBODY, Alliances, World, nobody_allied, world_of
from simulation.errors import Refusal
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.scenario import Scenario

MOST_ASSIGNMENTS = 20_000
FEW_ASSIGNMENTS = 512
MOST_PASSES = 60
MOST_ROUNDS = 100
MOST_CYCLE = 24
RANDOM_STARTS = 8
SAME_TERMS = 1e-4
"""Equilibria with the same patrons whose terms differ by no more than this are one."""


class Search(StrEnum):
    """How equilibria were looked for."""

    EXHAUSTIVE = "exhaustive"
    MULTI_START = "multi-start"


class Outcome(StrEnum):
    """What a search came to."""

    ONE = "one"
    SEVERAL = "several"
    NONE = "none found"


ADVICE = {
    (Search.EXHAUSTIVE, Outcome.ONE): "All assignments were tried, each from several terms: no other was found.",
    (Search.EXHAUSTIVE, Outcome.SEVERAL): "All assignments were tried, each from several terms: no more were found.",
    (Search.EXHAUSTIVE, Outcome.NONE): "All assignments were tried, each from several terms, and none came to rest; the"
                                       " cycle shows what goes round.",
    (Search.MULTI_START, Outcome.ONE): "All starts that came to rest led here; there may be others.",
    (Search.MULTI_START, Outcome.SEVERAL): "Which one is reached depends on the start; others may exist.",
    (Search.MULTI_START, Outcome.NONE): "No start came to rest; the cycle shows what goes round. Try more starts.",
}


@dataclass(frozen=True)
class Equilibrium:
    """One alliance equilibrium.

    pacts: contract by weak state's code; certificate: its largest violations; reached_from: the starts that led to it;
    basin: share of the random starts that led to it, NaN without any.
    """

    pacts: dict[str, Contract]
    certificate: Certificate
    reached_from: tuple[str, ...] = ()
    basin: float = float("nan")

    @property
    def allies(self) -> tuple[tuple[str, str], ...]:
        """The pairs allied, (major power, weak state), in the scenario's order of states."""
        return tuple((pact.power, state) for state, pact in self.pacts.items())


@dataclass(frozen=True)
class Cycle:
    """A round of assignments through which best responses go from a start without coming to rest.

    stages: the pairs allied, from one change of patrons to the next; the last is the first again where the round has
    closed. A single stage: patrons stay as they are, and only terms go on moving.
    """

    start: str
    stages: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Solved:
    """What a search found.

    scenario; search; is_complete: whether all assignments were tried; tried: number of assignments or of starts;
    equilibria: with the most pacts first; cycles: starts that did not come to rest.
    """

    scenario: Scenario
    search: Search
    is_complete: bool
    tried: int
    equilibria: tuple[Equilibrium, ...]
    cycles: tuple[Cycle, ...] = field(default=())

    @property
    def outcome(self) -> Outcome:
        """One, several or none."""
        return (Outcome.NONE, Outcome.ONE, Outcome.SEVERAL)[min(len(self.equilibria), 2)]

    @property
    def advice(self) -> str:
        """What the outcome means, in a sentence."""
        return ADVICE[self.search, self.outcome]


@tells_broken_terms
def solve(scenario: Scenario, exhaustive: bool | None = None, random_starts: int = RANDOM_STARTS, seed: int = 1,
          starts: Iterable[dict[str, Contract]] = ()) -> Solved:
    """All equilibria that can be found.

    exhaustive: over all assignments; None: where their number is small; random_starts: number of random assignments to
    start from; seed: of their draws; starts: further assignments to start from. Raises `Refusal` for an exhaustive
    search over too many assignments and where states may have several patrons.
    """
    _, world, number = search_space_of(scenario)
    if exhaustive and number > MOST_ASSIGNMENTS:
        raise Refusal(
            "too many assignments to try all", found=f"{int(world.possible.any(axis=0).sum())} weak states that could"
            f" be allies: {_count(number)} assignments",
            allowed=f"at most {MOST_ASSIGNMENTS:,}; without the exhaustive search, many starts are tried instead")
    if exhaustive or (exhaustive is None and number <= FEW_ASSIGNMENTS):
        return _solve_all(scenario, world, number)
    return _solve_from_starts(scenario, world, random_starts, seed, list(starts))


class SearchSpace(NamedTuple):
    """A scenario, its world with the pairs that could agree, and the number of their assignments."""

    scenario: Scenario
    world: World
    assignments: int

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Which pairs could agree, as of `response.possible_pairs`."""
        return self.world.possible, self.world.unprompted


class RestPoints(NamedTuple):
    """Where responses come to rest, without certificates: pacts by state's code for each rest point, whether nothing
    can have been missed, and the number of starts that went round in cycles."""

    rest_points: list[dict[str, Contract]]
    is_complete: bool
    cycles: int


@tells_broken_terms
def search_space_of(scenario: Scenario, pairs: tuple[np.ndarray, np.ndarray] | None = None) -> SearchSpace:
    """What every search of a scenario stands on; to be built once. pairs: as of `response.possible_pairs`, where they
    are known already."""
    world = world_of(scenario)
    possible, unprompted = pairs or possible_pairs(world)
    world = world._replace(possible=possible, unprompted=unprompted)
    return SearchSpace(scenario, world, int(np.prod(1 + world.possible.sum(axis=0), dtype=object)))


@tells_broken_terms
def rest_points(space: SearchSpace, random_starts: int, seed: int) -> RestPoints:
    """All rest points that `solve` would find, without their certificates, which take most of its time."""
    if space.assignments <= FEW_ASSIGNMENTS:
        return RestPoints(_from_all(space.scenario, space.world).pacts, True, 0)
    found, cycles, _ = _from_starts(space.scenario, space.world, random_starts, seed, [])
    return RestPoints(found.pacts, False, len(cycles))


@tells_broken_terms
def rest_from(space: SearchSpace, pacts: dict[str, Contract], most_passes: int = MOST_PASSES,
              most_rounds: int = MOST_ROUNDS) -> dict[str, Contract] | None:
    """Where responses lead from an assignment, the states in the scenario's order; None if they do not come to rest.

    most_passes, most_rounds : over all states, and over the allies between two passes, before that is given up.
    """
    scenario, world, _ = space
    alliances = alliances_of(scenario, world, pacts)
    if best_responses(world, alliances, np.arange(len(world.outside)), most_passes, most_rounds) < 0:
        return None
    return _pacts(scenario, alliances)


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**9 else f"about 10^{len(str(number)) - 1}"


# --- all assignments ------------------------------------------------------------------------------------------------


def _solve_all(scenario: Scenario, world: World, tried: int) -> Solved:
    found = _from_all(scenario, world)
    cycles = () if found.standings else tuple(_cycles_from_usual_starts(scenario, world))
    return Solved(scenario, Search.EXHAUSTIVE, True, tried, found.equilibria(0), cycles)


def _cycles_from_usual_starts(scenario: Scenario, world: World) -> Iterator[Cycle]:
    """What best responses do where no assignment comes to rest."""
    everybody = np.arange(len(world.outside))
    for name, alliances in _starts(scenario, world, 0, np.random.default_rng(0), []):
        best_responses(world, alliances, everybody, MOST_PASSES, MOST_ROUNDS)
        yield Cycle(name, _stages(scenario, world, alliances, everybody))


def _from_all(scenario: Scenario, world: World) -> _Found:
    """Every assignment, its contracts settled from several terms, then held against all responses; and what best
    responses reach from the usual starts, since contracts that lift each other up may settle from none of these."""
    order, found = np.flatnonzero(world.possible.any(axis=0)), _Found(scenario)
    choices = [(NOBODY, *np.flatnonzero(world.possible[:, state])) for state in range(len(world.outside))]
    for patrons in product(*choices):
        if not may_be_equilibrium(world, np.array(patrons)):
            continue
        for commitment, autonomy in ((1.0, 1.0), (1.0, 0.5), (float(world.rules.minimum_commitment), 0.0)):
            alliances = _alliances(patrons, commitment, autonomy)
            if solve_contracts(world, alliances, order, MOST_ROUNDS) and _answers_itself(world, alliances):
                found.add(alliances, "every assignment")
            if not (alliances.patron != NOBODY).any():
                break
    everybody = np.arange(len(world.outside))
    for name, alliances in _starts(scenario, world, 0, np.random.default_rng(0), []):
        if best_responses(world, alliances, everybody, MOST_PASSES, MOST_ROUNDS) > 0:
            found.add(alliances, name)
    return found


def _alliances(patrons: tuple[int, ...], commitment: float, autonomy: float) -> Alliances:
    patron = np.array(patrons, dtype=np.int64)
    is_ally = patron != NOBODY
    return Alliances(patron, np.where(is_ally, commitment, 0.0), np.where(is_ally, autonomy, 0.0))


def _answers_itself(world: World, alliances: Alliances) -> bool:
    """Whether no state without a pact would sign one; the allies have answered already."""
    alone = np.flatnonzero((alliances.patron == NOBODY) & world.possible.any(axis=0))
    return all(respond(world, alliances, state)[0] == NOBODY for state in alone)


# --- many starts ----------------------------------------------------------------------------------------------------


def _solve_from_starts(scenario: Scenario, world: World, random_starts: int, seed: int,
                       more: list[dict[str, Contract]]) -> Solved:
    found, cycles, tried = _from_starts(scenario, world, random_starts, seed, more)
    return Solved(scenario, Search.MULTI_START, False, tried, found.equilibria(random_starts), tuple(cycles))


def _from_starts(scenario: Scenario, world: World, random_starts: int, seed: int,
                 more: list[dict[str, Contract]]) -> tuple[_Found, list[Cycle], int]:
    """What responses lead to, each start with an order of its own; the number of starts last."""
    generator = np.random.default_rng(seed)
    found, cycles = _Found(scenario), []
    begun = _starts(scenario, world, random_starts, generator, more)
    for name, alliances in begun:
        order = generator.permutation(len(world.outside))
        if best_responses(world, alliances, order, MOST_PASSES, MOST_ROUNDS) > 0:
            found.add(alliances, name)
        else:
            cycles.append(Cycle(name, _stages(scenario, world, alliances, order)))
    return found, cycles, len(begun)


def _starts(scenario: Scenario, world: World, random_starts: int, generator: np.random.Generator,
            more: list[dict[str, Contract]]) -> list[tuple[str, Alliances]]:
    """The standings to start from, with their names."""
    number, powers = len(world.outside), len(world.weights)
    nearest = world.burdens.argmin(axis=0)
    starts = [("no pacts", nobody_allied(world)), ("pacts with all", _alliances(tuple(nearest), 1.0, 0.5))]
    observed = _observed(scenario)
    if any(patron != NOBODY for patron in observed):
        starts.append(("observed pacts", _alliances(observed, 0.5, 0.3)))
    starts += [(f"given {place}", alliances_of(scenario, world, pacts)) for place, pacts in enumerate(more, start=1)]
    for _ in range(random_starts):
        patrons = generator.integers(NOBODY, powers, number)
        starts.append((RANDOM, _alliances(tuple(patrons), 0.5, 0.3)))
    return starts


RANDOM = "random pacts"


def _observed(scenario: Scenario) -> tuple[int, ...]:
    """The first major power with which each state had a pact in the record, or nobody."""
    codes = list(scenario.major_powers)
    return tuple(next((place for place, code in enumerate(codes) if state.observed.get(code)), NOBODY)
                 for state in scenario.states.values())


def alliances_of(scenario: Scenario, world: World, pacts: dict[str, Contract]) -> Alliances:
    """An assignment as arrays."""
    alliances, powers = nobody_allied(world), list(scenario.major_powers)
    for place, code in enumerate(scenario.states):
        if code in pacts:
            alliances.patron[place] = powers.index(pacts[code].power)
            alliances.commitment[place], alliances.autonomy[place] = pacts[code].commitment, pacts[code].autonomy
    return alliances


def _stages(scenario: Scenario, world: World, alliances: Alliances,
            order: np.ndarray) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The assignments through which the next passes go, until one ends where the first began, or as many as are looked
    at."""
    stages = [_pairs(scenario, alliances)]

    def look() -> None:
        pairs = _pairs(scenario, alliances)
        if pairs != stages[-1]:
            stages.append(pairs)

    for _ in range(MOST_CYCLE):
        for state in order:
            best_responses(world, alliances, np.array([state]), 1, 0)
            look()
        iterate_contracts(world, alliances, order, MOST_ROUNDS)
        look()
        if len(stages) > MOST_CYCLE or (len(stages) > 1 and stages[-1] == stages[0]):
            break
    return tuple(stages)


def _pairs(scenario: Scenario, alliances: Alliances) -> tuple[tuple[str, str], ...]:
    powers = list(scenario.major_powers)
    return tuple((powers[patron], code) for code, patron in zip(scenario.states, alliances.patron.tolist(), strict=True)
                 if patron != NOBODY)


# --- what was found -------------------------------------------------------------------------------------------------


class _Found:
    """The equilibria so far: standings that differ, with the starts that led to them."""

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        self.standings: list[Alliances] = []
        self.starts: list[list[str]] = []

    def add(self, alliances: Alliances, start: str) -> None:
        """Notes alliances that are best responses to themselves."""
        for known, starts in zip(self.standings, self.starts, strict=True):
            if _is_same(known, alliances):
                starts.append(start)
                return
        self.standings.append(alliances)
        self.starts.append([start])

    @property
    def pacts(self) -> list[dict[str, Contract]]:
        """Contracts by weak state's code, for each rest point."""
        return [_pacts(self.scenario, alliances) for alliances in self.standings]

    def equilibria(self, random_starts: int) -> tuple[Equilibrium, ...]:
        """All of them with their certificates, those with the most pacts first."""
        found = []
        for pacts, starts in zip(self.pacts, self.starts, strict=True):
            basin = starts.count(RANDOM) / random_starts if random_starts else float("nan")
            found.append(Equilibrium(pacts, certify(self.scenario, pacts), tuple(dict.fromkeys(starts)), basin))
        return tuple(sorted(found, key=lambda equilibrium: (-len(equilibrium.pacts), equilibrium.allies)))


def _pacts(scenario: Scenario, alliances: Alliances) -> dict[str, Contract]:
    """Alliances by codes."""
    powers, terms = list(scenario.major_powers), (alliances.patron, alliances.commitment, alliances.autonomy)
    return {code: Contract(powers[patron], commitment, autonomy) for code, patron, commitment, autonomy in zip(
        scenario.states, *(term.tolist() for term in terms), strict=True) if patron != NOBODY}


def _is_same(one: Alliances, other: Alliances) -> bool:
    return bool((one.patron == other.patron).all()
                and np.abs(one.commitment - other.commitment).max(initial=0.0) <= SAME_TERMS
                and np.abs(one.autonomy - other.autonomy).max(initial=0.0) <= SAME_TERMS)
