"""From a scenario to histories and measures.

    world = world_of(scenario)
    history = simulate(world, seed, replication)     # as AllianceModel(scenario, rng=seed, replication=...).run()
    table = measures(world, seed, replications)      # one history after another, none of them kept

Compiled code that runs for long hands nothing back: it fills arrays that it is given, so that an interruption which
arrives meanwhile is raised by Python and not inside the compiler's own code.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from simulation.compilation import compiled, inlined_early
from simulation.history.crises import learn, play_crises, record_year
from simulation.history.decisions import room_for
from simulation.history.measures import MEASURES, evaluate
from simulation.history.series import History, empty_history
from simulation.history.state import HistoryState, begin, is_ally, new_state, refresh
from simulation.history.world import PairParameter, World
from simulation.history.year import (
    activation,
    drift,
    negotiate,
    perceive_as_power,
    perceive_as_state,
    review_pact,
    update_rival_pull,
)

KINDS = np.array([[measure.kind, measure.series, measure.over] for measure in MEASURES.values()])
SHARES = np.array([measure.share for measure in MEASURES.values()])
MOMENT = 0.2
"""Seconds for which compiled code may run before Python looks whether it was interrupted."""


def simulate(world: World, seed: int, replication: int = 0) -> History:
    """One history, with its whole record."""
    current, history = begun(world, seed, replication)
    run_years(world, current, history, world.magnitudes.years)
    return history


def simulate_logged(world: World, seed: int, replication: int = 0) -> tuple[History, HistoryState]:
    """The same, with its decisions in the log of the state at its end; see `decisions.decisions_in`."""
    current, history = new_state(world, seed, replication, room_for(world)), blank_history(world)
    run_years(world, current, history, world.magnitudes.years)
    return history, current


def begun(world: World, seed: int, replication: int) -> tuple[HistoryState, History]:
    """A history before its first year: what it changes, and its record, of which nothing is filled in."""
    return new_state(world, seed, replication), blank_history(world)


def blank_history(world: World) -> History:
    """The record of a history of which nothing has happened yet."""
    return empty_history(
        world.magnitudes.years, world.relations[:, :, PairParameter.DISTANCE_KM].copy(), world.magnitudes.neighbour_km)


def measures_of(history: History, window_years: int) -> np.ndarray:
    """All measures of a history over its last years: (P, measures in the order of `MEASURES`)."""
    found = np.empty((history.series.shape[1], len(MEASURES)))
    sum_up(history, window_years, KINDS, SHARES, found)
    return found


def measures(world: World, seed: int, replications: Iterable[int]) -> np.ndarray:
    """All measures of the histories of these replications: (histories, P, measures in the order of `MEASURES`).

    One history after another, on the same arrays. Only so many in one call of compiled code as take a moment, so that
    an interruption does not wait for it.
    """
    numbers = np.array(list(replications), np.uint64)
    found = np.empty((numbers.size, world.powers.shape[0], len(MEASURES)))
    (current, history), first, number = begun(world, seed, 0), 0, 1
    while first < numbers.size:
        start, end = time.perf_counter(), min(first + number, numbers.size)
        measure_histories(world, current, history, numbers[first:end], KINDS, SHARES, found[first:end])
        number = histories_within(MOMENT, time.perf_counter() - start, end - first)
        first = end
    return found


def histories_within(seconds: float, taken: float, number: int) -> int:
    """How many histories to tell in so many seconds where `number` took `taken`: at least one, at most eight times as
    many, since the first ones may have been easy."""
    return max(1, min(8 * number, int(number * seconds / max(taken, 1e-9))))


@compiled
def measure_histories(world, current, history, replications, kinds, shares, found):
    """Tells histories on the arrays of one, and fills `found` with their measures, (histories, P, measures)."""
    for place in range(replications.size):
        clear(current, history)
        current.luck[1] = replications[place]
        begin(world, current)
        run_years(world, current, history, world.magnitudes.years)
        sum_up(history, world.magnitudes.window, kinds, shares, found[place])


@inlined_early
def clear(current, history):
    """Makes a state and its record those of a history that has not begun; seed and distances stay."""
    current.year[:] = 0
    current.logged[:] = 0
    for array in (current.states, current.powers):
        array[:] = 0.0
    for array in (current.pairs, history.series, history.commitment, history.autonomy, history.since):
        array[:] = 0.0


@compiled
def run_years(world, current, history, number):
    """So many more years of a history, recorded. Each: drift, review, negotiations, crises and wars, learning."""
    states, powers = world.states.shape[0], world.powers.shape[0]
    tested, evidence = np.empty(states, np.int64), np.empty((states, 2))
    for _year in range(number):
        current.year[0] += 1
        series = history.series[current.year[0] - 1]
        for state in range(states):
            if world.switches.drifts:
                drift(world, current, state)
            perceive_as_state(world, current, state)
        for power in range(powers):
            perceive_as_power(world, current, power)
        update_rival_pull(world, current)
        order = activation(world, current)
        for power in order:
            for state in range(states):
                if is_ally(current, power, state):
                    review_pact(world, current, series, power, state)
        for power in order:
            negotiate(world, current, series, power)
        play_crises(world, current, series, tested, evidence)
        if world.switches.learns:
            learn(world, current, tested, evidence)
        refresh(world, current)
        record_year(world, current, history)


@compiled
def sum_up(history, window, kinds, shares, found):
    """Fills `found`, (P, measures), with all measures of a history over its last `window` years; kinds: (measures, 3),
    kind, series and over; shares: (measures,)."""
    years, powers = history.series.shape[0], history.series.shape[1]
    found[:] = np.nan
    if years > 0:
        for power in range(powers):
            for number in range(shares.size):
                found[power, number] = evaluate(history, power, max(years - window, 0), years, kinds[number, 0],
                                                kinds[number, 1], kinds[number, 2], shares[number])
