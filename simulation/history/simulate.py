"""From a scenario to histories and measures, compiled: what sweeps run on.

    world = world_of(scenario)
    history = live(world, seed, replication)        # as AllianceModel(scenario, rng=seed, replication=...).run()
    table = measures(world, seed, replications)     # one history after another, none of them kept
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulation.compilation import compiled, lent, spliced
from simulation.history.crises import crises, learn, record
from simulation.history.measures import MEASURES, evaluate
from simulation.history.series import Series
from simulation.history.state import Life, new_life, refresh
from simulation.history.world import PairColumn, World
from simulation.history.year import activation, drift, feel_rivals, negotiate, perceive, review
from simulation.history.yearly_record import History

NUMBER_OF_SERIES = len(Series)
KINDS = np.array([[measure.kind, measure.series, measure.over] for measure in MEASURES.values()])
SHARES = np.array([measure.share for measure in MEASURES.values()])


def live(world: World, seed: int, replication: int = 0) -> History:
    """One history, with its whole record."""
    return lived(world, np.uint64(seed), np.uint64(replication))


def measures_of(history: History, window_years: int) -> np.ndarray:
    """All measures of a history over its last years: (P, measures in the order of `MEASURES`)."""
    return summed_up(history, window_years, KINDS, SHARES)


def measures(world: World, seed: int, replications: Iterable[int]) -> np.ndarray:
    """All measures of the histories of these replications: (histories, P, measures in the order of `MEASURES`)."""
    return np.array([measures_of(live(world, seed, replication), world.pace.window) for replication in replications])


@spliced
def blank(world):
    """A history of which nothing has happened yet."""
    years, powers, states = world.pace.years, world.powers.shape[0], world.states.shape[0]
    distances = world.relations[:, :, PairColumn.DISTANCE_KM].copy()
    return History(
        np.zeros((years, powers, NUMBER_OF_SERIES)), np.zeros((years, powers, states)),
        np.zeros((years, powers, states)), np.zeros((years, powers, states)), distances,
        (distances <= world.pace.neighbour_km).astype(np.float64))


@compiled
def lived(world, seed, replication):
    """One history: a `History`."""
    history, life = blank(world), new_life(world, seed, replication)
    live_through(lent_world(world), lent_life(life), lent_history(history), life)
    return history


@compiled
def live_through(world, life, history, _):
    """All years of a history. Each: drift, review, negotiations, crises and wars, learning, record.

    The last argument holds what the second borrows.
    """
    tested, evidence = np.empty(world.states.shape[0], np.int64), np.empty((world.states.shape[0], 2))
    for year in range(world.pace.years):
        life.year[0] = year + 1
        series = history.series[year]
        if world.rules_of_play.drifts:
            drift(world, life)
        perceive(world, life)
        feel_rivals(world, life)
        order = activation(world, life)
        for power in order:
            review(world, life, series, power)
        for power in order:
            negotiate(world, life, series, power)
        crises(world, life, series, tested, evidence)
        if world.rules_of_play.learns:
            learn(world, life, tested, evidence)
        refresh(world, life)
        record(world, life, history)


@spliced
def lent_world(world):
    """A `World` whose arrays are not counted."""
    return World(world.rules, lent(world.powers), lent(world.states), lent(world.relations), lent(world.rivals),
                 lent(world.power_addresses), lent(world.state_addresses), lent(world.order), world.rules_of_play,
                 world.pace)


@spliced
def lent_life(life):
    """A `Life` whose arrays are not counted."""
    return Life(lent(life.luck), lent(life.year), lent(life.states), lent(life.powers), lent(life.pairs))


@spliced
def lent_history(history):
    """A `History` whose arrays are not counted."""
    return History(lent(history.series), lent(history.commitment), lent(history.autonomy), lent(history.since),
                   lent(history.distance_km), lent(history.is_neighbour))


@compiled
def summed_up(history, window, kinds, shares):
    """All measures of a history over its last `window` years: (P, measures); kinds: (measures, 3), kind, series and
    over; shares: (measures,)."""
    years, powers = history.series.shape[0], history.series.shape[1]
    found = np.full((powers, shares.size), np.nan)
    if years > 0:
        for power in range(powers):
            for number in range(shares.size):
                found[power, number] = evaluate(history, power, max(years - window, 0), years, kinds[number, 0],
                                                kinds[number, 1], kinds[number, 2], shares[number])
    return found
