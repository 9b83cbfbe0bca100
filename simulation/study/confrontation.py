"""Theory against simulation: where the agents' histories end beside the equilibria of the same scenario.

For each setting of the relaxations (as given, all off, and each one off alone) histories are run under the same luck,
and the end of each is held against the nearest equilibrium of its own world: that of the types which its major powers
turned out to have. What a switch does to the distance is what that departure from the theory pulls. Called by the
command `confront`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.search import Equilibrium, Solved, solve
from simulation.history.series import History
from simulation.history.simulate import begun, go_on
from simulation.history.state import HistoryState, PowerColumn
from simulation.history.world import world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.scenario import Scenario

AS_GIVEN, ALL_OFF = "as given", "all off"


class Distance(NamedTuple):
    """How far an end is from an equilibrium.

    members: states whose patron differs, with one counted where only one of the two has a pact; terms: the largest
    difference of commitment or autonomy over the pacts that both have, NaN where they share none.
    """

    members: int
    terms: float


@dataclass(frozen=True)
class End:
    """Where one history ended: types of the major powers, pacts of the last year, the place of the nearest equilibrium
    among those of its types (NO_EQUILIBRIUM if there is none), and how far that is."""

    types: tuple[str, ...]
    pacts: dict[str, Contract]
    nearest: int
    distance: Distance


NO_EQUILIBRIUM = -1


@dataclass(frozen=True)
class Line:
    """One setting of the relaxations: its name, the ends of its histories, and the epsilon within which terms count as
    the same."""

    name: str
    ends: tuple[End, ...]
    epsilon: float

    def share_at(self, types: tuple[str, ...], place: int) -> float:
        """Share of the histories of these types that end within epsilon of the equilibrium at this place."""
        own = [end for end in self.ends if end.types == types]
        return sum(end.nearest == place and self.is_at(end) for end in own) / len(own) if own else math.nan

    @property
    def share_at_any(self) -> float:
        """Share of all histories that end within epsilon of an equilibrium."""
        return sum(self.is_at(end) for end in self.ends) / len(self.ends)

    @property
    def members(self) -> float:
        """Mean number of states whose patron differs from that in the nearest equilibrium; NaN without equilibria."""
        found = [end.distance.members for end in self.ends if end.nearest != NO_EQUILIBRIUM]
        return float(np.mean(found)) if found else math.nan

    @property
    def terms(self) -> float:
        """Mean over histories of the largest difference in terms, over those that share a pact with the equilibrium."""
        found = [end.distance.terms for end in self.ends if not math.isnan(end.distance.terms)]
        return float(np.mean(found)) if found else math.nan

    def is_at(self, end: End) -> bool:
        """Whether a history ended within epsilon of an equilibrium: same patrons, terms no further off than that."""
        return (end.nearest != NO_EQUILIBRIUM and end.distance.members == 0
                and not end.distance.terms > self.epsilon)


@dataclass(frozen=True)
class Confrontation:
    """A scenario's equilibria by the types of its major powers, and one line for each setting of the relaxations."""

    scenario: Scenario
    solved: dict[tuple[str, ...], Solved]
    lines: tuple[Line, ...]


@tells_broken_terms
def _simulated(setting: Scenario, seed: int, replication: int) -> tuple[HistoryState, History]:
    """A history: its state at the end, and its record."""
    world = world_of(setting)
    current, history = begun(world, seed, replication)
    go_on(world, current, history, world.magnitudes.years)
    return current, history


def confront(scenario: Scenario, histories: int, seed: int, epsilon: float,
             told: Callable[[int, int], None] = lambda done, total: None) -> Confrontation:
    """Runs so many histories for each setting of the relaxations and holds their ends against the equilibria.

    epsilon: difference in commitment or autonomy up to which terms count as the same; told: hears how many histories
    of how many are done. Raises `Refusal` where no equilibrium is defined.
    """
    solved: dict[tuple[str, ...], Solved] = {}
    settings = relaxed(scenario)
    lines: list[Line] = []
    total = histories * len(settings)
    for name, setting in settings.items():
        ends = []
        for replication in range(histories):
            current, history = _simulated(setting, seed, replication)
            types = types_in(current)
            if types not in solved:
                solved[types] = solve(of_types(scenario, types))
            ends.append(_end(pacts_at_end(setting, history), types, solved[types].equilibria))
            told(len(lines) * histories + len(ends), total)
        lines.append(Line(name, tuple(ends), epsilon))
    return Confrontation(scenario, solved, tuple(lines))


def relaxed(scenario: Scenario) -> dict[str, Scenario]:
    """The scenario under each setting of the relaxations, by name."""
    on = [name for name, is_on in scenario.relaxations.model_dump().items() if is_on]
    settings = {AS_GIVEN: scenario}
    if len(on) > 1:
        settings |= {f"without {name.replace('_', ' ')}": scenario.replace(f"relaxations.{name}", False)
                     for name in on}
    if on:
        settings[ALL_OFF] = scenario.replace_all({f"relaxations.{name}": False for name in on})
    return settings


def of_types(scenario: Scenario, types: tuple[str, ...]) -> Scenario:
    """The scenario with the types of its major powers fixed."""
    return scenario.replace_all({f"major_powers.{power}.resolve.type": is_of for power, is_of in zip(
        scenario.major_powers, types, strict=True)})


def types_in(current: HistoryState) -> tuple[str, ...]:
    """The types that the major powers of a history are of."""
    return tuple("resolute" if row[PowerColumn.IS_RESOLUTE] else "irresolute" for row in current.powers)


def pacts_at_end(scenario: Scenario, history: History) -> dict[str, Contract]:
    """The pacts of a history's last year, by state."""
    return {state: Contract(power, float(history.commitment[-1, number, place]),
                            float(history.autonomy[-1, number, place]))
            for place, state in enumerate(scenario.states) for number, power in enumerate(scenario.major_powers)
            if history.since[-1, number, place] > 0.0}


def _end(pacts: dict[str, Contract], types: tuple[str, ...], equilibria: tuple[Equilibrium, ...]) -> End:
    if not equilibria:
        return End(types, pacts, NO_EQUILIBRIUM, Distance(0, math.nan))
    distances = [distance(pacts, equilibrium.pacts) for equilibrium in equilibria]
    nearest = min(range(len(distances)), key=lambda place: (distances[place].members, np.nan_to_num(
        distances[place].terms), place))
    return End(types, pacts, nearest, distances[nearest])


def distance(one: dict[str, Contract], other: dict[str, Contract]) -> Distance:
    """How far two assignments are apart."""
    states = one.keys() | other.keys()
    shared = [code for code in states if code in one and code in other and one[code].power == other[code].power]
    terms = max((max(abs(one[code].commitment - other[code].commitment), abs(one[code].autonomy - other[code].autonomy))
                 for code in shared), default=math.nan)
    return Distance(len(states) - len(shared), terms)
