"""From a scenario to histories and measures.

    world = world_of(scenario)
    history = simulate(world, seed, replication)     # as AllianceModel(scenario, rng=seed, replication=...).run()
    table = measures(world, seed, replications)      # one history after another, none of them kept

Compiled code that runs for long hands nothing back: it fills arrays that it is given, so that an interruption which
arrives meanwhile is raised by Python and not inside the compiler's own code.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulation.compilation import compiled
from simulation.history.crises import learn, play_crises, record_year
from simulation.history.decisions import room_for
from simulation.history.measures import MEASURES, Kind, evaluate
from simulation.history.series import OWN_FROM, History, empty_history
from simulation.history.state import HistoryState, begin, is_ally, new_state, refresh
from simulation.history.world import PairParameter, World
from simulation.history.year import (
    activation,
    drift,
    negotiate,
    perceive_as_power,
    perceive_as_states,
    review_pact,
    update_rival_pull,
)
from simulation.theory.own_terms import NotFiniteError

KINDS = np.array([[measure.kind, measure.series, measure.over] for measure in MEASURES.values()])
SHARES = np.array([measure.share for measure in MEASURES.values()])


def number_of_own_terms(world: World) -> int:
    """How many own terms a scenario has."""
    return int(world.rules.own_programs[0])


def kinds_of(own_terms: int) -> tuple[np.ndarray, np.ndarray]:
    """Kind, series and over of all measures, (measures, 3), and their shares, (measures,), those of own terms last."""
    if own_terms == 0:
        return KINDS, SHARES
    own = np.array([[Kind.MEAN, OWN_FROM + place, 0] for place in range(own_terms)], np.int64).reshape(own_terms, 3)
    return np.vstack([KINDS, own]), np.concatenate([SHARES, np.zeros(own_terms)])


def simulate(world: World, seed: int, replication: int = 0) -> History:
    """One history, with its whole record."""
    current, history = begun(world, seed, replication)
    go_on(world, current, history, world.magnitudes.years)
    return history


def simulate_logged(world: World, seed: int, replication: int = 0) -> tuple[History, HistoryState]:
    """The same, with its decisions in the log of the state at its end; see `decisions.decisions_in`."""
    current, history = new_state(world, seed, replication, room_for(world)), blank_history(world)
    go_on(world, current, history, world.magnitudes.years)
    return history, current


def begun(world: World, seed: int, replication: int) -> tuple[HistoryState, History]:
    """A history before its first year: what it changes, and its record, of which nothing is filled in."""
    return new_state(world, seed, replication), blank_history(world)


def blank_history(world: World) -> History:
    """The record of a history of which nothing has happened yet."""
    return empty_history(
        world.magnitudes.years, world.relations[:, :, PairParameter.DISTANCE_KM].copy(), world.magnitudes.neighbour_km,
        number_of_own_terms(world))


def measures_of(history: History, window_years: int) -> np.ndarray:
    """All measures of a history over its last years: (P, measures in the order of `MEASURES`, then those of own
    terms)."""
    kinds, shares = kinds_of(history.series.shape[2] - OWN_FROM)
    found = np.empty((history.series.shape[1], shares.size))
    sum_up(history, window_years, kinds, shares, found)
    return found


def measures(world: World, seed: int, replications: Iterable[int]) -> np.ndarray:
    """All measures of the histories of these replications: (histories, P, measures in the order of `MEASURES`, then
    those of own terms); one history after another, on the same arrays."""
    numbers = list(replications)
    kinds, shares = kinds_of(number_of_own_terms(world))
    found = np.empty((len(numbers), world.powers.shape[0], shares.size))
    current, history = begun(world, seed, 0)
    for place, replication in enumerate(numbers):
        begin_again(current, history, seed, replication)
        go_on(world, current, history, world.magnitudes.years)
        sum_up(history, world.magnitudes.window, kinds, shares, found[place])
    return found


def begin_again(current: HistoryState, history: History, seed: int, replication: int) -> None:
    """Makes a state and its record those of another history of the same world, which begins with its first year."""
    for array in (current.year, current.states, current.powers, current.pairs, current.logged, history.series,
                  history.commitment, history.autonomy, history.since):
        array.fill(0)
    current.luck[:] = seed, replication


def go_on(world: World, current: HistoryState, history: History, years: int) -> None:
    """So many more years of a history, recorded. Raises `NotFiniteError`, with the year, where a formula of an own term
    stops being a number."""
    try:
        run_years(world, current, history, years)
    except NotFiniteError as error:
        error.year = int(current.year[0])
        raise


@compiled
def run_years(world, current, history, number):
    """So many more years of a history, recorded. Each: drift, review, negotiations, crises and wars, learning."""
    states, powers = world.states.shape[0], world.powers.shape[0]
    if current.year[0] == 0:
        begin(world, current)
    tested, evidence = np.empty(states, np.int64), np.empty((states, 2))
    for _year in range(number):
        current.year[0] += 1
        series = history.series[current.year[0] - 1]
        if world.switches.drifts:
            drift(world, current, 0, states)
        perceive_as_states(world, current, 0, states)
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
        refresh(world, current, 0, states)
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
