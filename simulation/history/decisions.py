"""The log of a history's decisions: who decided what, towards whom, and the figures that were compared.

Written by the decisions themselves (`year`, `crises`) where `HistoryState.log` has room; without room nothing is
written and nothing is paid. `trace`, the explorer and tests read it by `decisions_in`.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled
from simulation.history.state import NO_STATE, HistoryState
from simulation.history.world import World


class Phase(IntEnum):
    """Phases of a year in which somebody decides, in their order."""

    REVIEW = 0
    AGENDA = 1
    TALKS = 2
    OPENING = 3
    CRISIS = 4


class Outcome(IntEnum):
    """What was decided."""

    BOTH_STAY = 0
    MAJOR_POWER_LEAVES = 1
    WEAK_STATE_LEAVES = 2
    NOT_ASKED = 3
    ASKED = 4
    NO_CONTRACT = 5
    NEW_PACT = 6
    NEW_TERMS = 7
    NO_CHALLENGE = 8
    RESTRAINED = 9
    CONCEDES = 10
    INTERVENES = 11
    ABANDONS = 12
    OPENS = 13
    UNAIDED = 14


SENTENCES = {
    Outcome.BOTH_STAY: "both stay", Outcome.MAJOR_POWER_LEAVES: "the major power leaves",
    Outcome.WEAK_STATE_LEAVES: "the weak state leaves", Outcome.NOT_ASKED: "no talks", Outcome.ASKED: "talks",
    Outcome.NO_CONTRACT: "no contract", Outcome.NEW_PACT: "a pact", Outcome.NEW_TERMS: "new terms",
    Outcome.NO_CHALLENGE: "no challenge", Outcome.RESTRAINED: "challenged, held back",
    Outcome.CONCEDES: "challenged, gives way", Outcome.INTERVENES: "war, the major power fights",
    Outcome.ABANDONS: "war, the major power stays away", Outcome.OPENS: "opens a crisis itself",
    Outcome.UNAIDED: "war, nobody else could help",
}
"""Every outcome in words."""

FIGURES = {
    Phase.REVIEW: ("weak_gain", "major_gain"), Phase.AGENDA: ("prospect", "agreed"),
    Phase.TALKS: ("commitment", "autonomy", "weak_gain", "major_gain"),
    Phase.OPENING: (), Phase.CRISIS: ("challenge", "restrained", "resistance", "intervention"),
}
"""What is compared in each phase: gains in payoff per year, shares, probabilities; `agreed` is the year in which the
terms in force were agreed on, 0 without a pact. Talks that fail compare nothing that could be told."""

COLUMNS = 5 + max(map(len, FIGURES.values()))
"""Columns of a log: year, phase, power, state, outcome, and figures, filled up with NaN."""


class LoggedDecision(NamedTuple):
    """A decision. year: of the history, from 1; state: "" where it is about several; outcome: in words; figures: what
    was compared, by name."""

    year: int
    phase: str
    power: str
    state: str
    outcome: str
    figures: dict[str, float]


def room_for(world: World) -> np.ndarray:
    """A log with room for every decision of a whole history."""
    powers, states = world.powers.shape[0], world.states.shape[0]
    return np.empty((world.magnitudes.years * (states * (3 * powers + 2) + powers), COLUMNS))


@compiled
def log(current, phase, power, state, outcome, first, second, third, fourth):
    """Writes a decision down, just before it takes effect, where there is room."""
    number = current.logged[0]
    if number >= current.log.shape[0]:
        return
    row = current.log[number]
    row[0], row[1], row[2], row[3], row[4] = current.year[0], phase, power, state, outcome
    row[5], row[6], row[7], row[8] = first, second, third, fourth
    current.logged[0] = number + 1


def decisions_in(current: HistoryState, powers: list[str], states: list[str]) -> list[LoggedDecision]:
    """The decisions that were written down, in their order; powers, states: codes in the scenario's order.

    What a major power expects of talks with each state is one decision, about its agenda.
    """
    found: list[LoggedDecision] = []
    rows = current.log[: int(current.logged[0])]
    place = 0
    while place < len(rows):
        year, phase, power = (int(number) for number in rows[place, :3])
        end = place + 1
        if phase == Phase.AGENDA:
            while end < len(rows) and tuple(rows[end, :3]) == (year, phase, power):
                end += 1
            found.append(_agenda(rows[place:end], powers, states))
        else:
            found.append(_single(rows[place], powers, states))
        place = end
    return found


def _single(row: np.ndarray, powers: list[str], states: list[str]) -> LoggedDecision:
    phase = Phase(int(row[1]))
    figures = {name: float(value) for name, value in zip(FIGURES[phase], row[5:], strict=False)
               if not math.isnan(value)}
    return LoggedDecision(int(row[0]), phase.name.lower(), powers[int(row[2])], states[int(row[3])],
                          SENTENCES[Outcome(int(row[4]))], figures)


def _agenda(rows: np.ndarray, powers: list[str], states: list[str]) -> LoggedDecision:
    """One decision of the rows of an agenda: prospects by state, the most promising first."""
    ranked = sorted((-row[5], row[6], int(row[3])) for row in rows if int(row[3]) != NO_STATE)
    prospects = {states[state]: -float(rank) for rank, _, state in ranked}
    asked = sorted(states[int(row[3])] for row in rows if int(row[4]) == Outcome.ASKED)
    return LoggedDecision(int(rows[0, 0]), Phase.AGENDA.name.lower(), powers[int(rows[0, 2])], "",
                          f"talks with {', '.join(asked) or 'nobody'}", prospects)


