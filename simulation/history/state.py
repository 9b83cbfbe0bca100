"""What one history changes, as arrays: surroundings, perceptions, beliefs and pacts; and the luck that it is told with.

Sums run over allies in the scenario's order. `pairs` reads from it what a pair brings to the table.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, passed_by_reference
from simulation.history.chance import NOBODY, Decision, fill_normals, uniform
from simulation.history.world import PairParameter, PowerParameter, StateParameter, World
from simulation.scenario.traits import state_at
from simulation.theory.crisis import binding
from simulation.theory.payoffs import channelled
from simulation.theory.shocks import fill_levels

NO_LOG = np.empty((0, 9))
NO_STATE = np.int64(-1)
# as a NumPy number, because the compiler would make a version of its own of a function that is called with a literal


class StateColumn(IntEnum):
    """Columns of `HistoryState.states`: deviations in log points, levels, and what the state itself perceives."""

    CAPABILITY_DEVIATION = 0
    CHALLENGER_DEVIATION = 1
    RATE_DEVIATION = 2
    CAPABILITY = 3
    CHALLENGER = 4
    RATE = 5
    SEEN_RATE = 6
    SEEN_CHALLENGER = 7


class PowerColumn(IntEnum):
    """Columns of `HistoryState.powers`: audience cost of its type, years until and from which it is tired, sums over
    its pacts, and whether it is of the resolute type."""

    AUDIENCE_COST = 0
    TIRED_UNTIL = 1
    PLEDGED = 2
    LEGITIMATED = 3
    BOUND = 4
    NUMBER = 5
    IS_RESOLUTE = 6
    TIRED_FROM = 7


class PairColumn(IntEnum):
    """Columns of `HistoryState.pairs`: preferences, belief, what the power perceives, rival pull, and the pact; without
    one its terms and years are 0."""

    PREFERENCE_DEVIATION = 0
    PREFERENCE = 1
    BELIEF = 2
    SEEN_RATE = 3
    SEEN_CHALLENGER = 4
    PULL = 5
    COMMITMENT = 6
    AUTONOMY = 7
    SINCE = 8
    AGREED = 9


@passed_by_reference
class HistoryState(NamedTuple):
    """What one history changes. P major powers, N weak states.

    luck: (2,), seed and replication; year: (1,), from 1; states: (N, 8), powers: (P, 8), pairs: (P, N, 10), the columns
    above; log: (K, 9) and logged: (1,), the decisions that were written down and their number, see `decisions`; without
    room (K = 0) none is.
    """

    luck: np.ndarray
    year: np.ndarray
    states: np.ndarray
    powers: np.ndarray
    pairs: np.ndarray
    log: np.ndarray
    logged: np.ndarray


def new_state(world: World, seed: int, replication: int, log: np.ndarray = NO_LOG) -> HistoryState:
    """A history before its first year. seed, replication: of all its chance; log: room for decisions."""
    powers, states = world.powers.shape[0], world.states.shape[0]
    current = HistoryState(
        np.array([seed, replication], np.uint64), np.zeros(1, np.int64), np.zeros((states, len(StateColumn))),
        np.zeros((powers, len(PowerColumn))), np.zeros((powers, states, len(PairColumn))), log, np.zeros(1, np.int64))
    begin(world, current)
    return current


@compiled
def begin(world, current):
    """Types of the powers, beliefs and surroundings before the first year."""
    for power in range(world.powers.shape[0]):
        begin_power(world, current, power)
    refresh(world, current, 0, world.states.shape[0])


@compiled
def begin_power(world, current, power):
    """Type and audience cost of a power, its rivals' pull as given, and what is believed of it at the start."""
    record = world.powers[power]
    is_resolute = record[PowerParameter.IS_RESOLUTE]
    if record[PowerParameter.IS_DRAWN] > 0.0:
        luck = uniform_draw(current, world.power_addresses[power], Decision.TYPE, NOBODY)
        is_resolute = 1.0 if luck < record[PowerParameter.PRIOR] else 0.0
    current.powers[power, PowerColumn.IS_RESOLUTE] = is_resolute
    current.powers[power, PowerColumn.AUDIENCE_COST] = record[
        PowerParameter.AUDIENCE_RESOLUTE if is_resolute > 0.0 else PowerParameter.AUDIENCE_IRRESOLUTE]
    for state in range(world.states.shape[0]):
        current.pairs[power, state, PairColumn.PULL] = world.relations[power, state, PairParameter.RIVAL_PULL]
        current.pairs[power, state, PairColumn.BELIEF] = (
            is_resolute if world.switches.is_informed else record[PowerParameter.PRIOR])


@compiled
def refresh(world, current, first, past):
    """Levels of the surroundings of weak states, from `first` up to `past`, not included, from their deviations."""
    base, now = world.states[first:past], current.states[first:past]
    fill_levels(base[:, StateParameter.CAPABILITY], now[:, StateColumn.CAPABILITY_DEVIATION], 1.0, 1.0,
                now[:, StateColumn.CAPABILITY])
    fill_levels(base[:, StateParameter.CHALLENGER], now[:, StateColumn.CHALLENGER_DEVIATION], 1.0, 1.0,
                now[:, StateColumn.CHALLENGER])
    fill_levels(base[:, StateParameter.CRISIS_RATE], now[:, StateColumn.RATE_DEVIATION], 1.0, 1.0,
                now[:, StateColumn.RATE])
    for power in range(world.powers.shape[0]):
        pairs = current.pairs[power, first:past]
        fill_levels(world.relations[power, first:past, PairParameter.PREFERENCE_DISTANCE],
                    pairs[:, PairColumn.PREFERENCE_DEVIATION], 1.0, math.inf, pairs[:, PairColumn.PREFERENCE])


@compiled
def uniform_draw(current, actor, decision, counterpart):
    """A number in (0, 1] for an actor's decision this year."""
    return uniform(current.luck[0], current.luck[1], np.uint64(current.year[0]), actor, decision, counterpart)


@compiled
def normal_draws(current, actors, decision, counterparts):
    """A standard normal number for the decision of each actor this year; actors, counterparts: addresses, (n,)."""
    found = np.empty(actors.size)
    fill_normals(current.luck[0], current.luck[1], np.uint64(current.year[0]), actors, decision, counterparts, found)
    return found


@compiled
def is_ally(current, power, state):
    """Whether the two have a pact."""
    return current.pairs[power, state, PairColumn.SINCE] > 0.0


@compiled
def has_patron(world, current, state):
    """Whether a state has a pact with any power."""
    found = False
    for power in range(world.powers.shape[0]):
        found = found or is_ally(current, power, state)
    return found


@compiled
def sign(world, current, power, state, commitment, autonomy):
    """Puts a contract in force, in place of an older one between the two."""
    pair, year = current.pairs[power, state], float(current.year[0])
    pair[PairColumn.COMMITMENT], pair[PairColumn.AUTONOMY], pair[PairColumn.AGREED] = commitment, autonomy, year
    if pair[PairColumn.SINCE] == 0.0:
        pair[PairColumn.SINCE] = year
    update_portfolio_sums(world, current, power)


@compiled
def leave(world, current, power, state):
    """Ends the pact between the two."""
    pair = current.pairs[power, state]
    pair[PairColumn.COMMITMENT] = pair[PairColumn.AUTONOMY] = pair[PairColumn.SINCE] = pair[PairColumn.AGREED] = 0.0
    update_portfolio_sums(world, current, power)


@compiled
def portfolio_sums(world, current, power, left_out):
    """(pledged, legitimated, bound, number) over a power's pacts, less that with `left_out`."""
    pledged = legitimated = bound = number = 0.0
    for ally in range(world.states.shape[0]):
        if not is_ally(current, power, ally) or ally == left_out:
            continue
        pair = current.pairs[power, ally]
        pledged += pair[PairColumn.COMMITMENT] * world.relations[power, ally, PairParameter.BURDEN]
        legitimated += channelled(
            state_at(world, ally).votes, pair[PairColumn.AUTONOMY], world.rules.legitimation_by_autonomy)
        bound += binding(pair[PairColumn.COMMITMENT], world.rules.depth_binds)
        number += 1.0
    return pledged, legitimated, bound, number


@compiled
def update_portfolio_sums(world, current, power):
    """Brings the sums over all of a power's pacts up to date."""
    pledged, legitimated, bound, number = portfolio_sums(world, current, power, NO_STATE)
    its = current.powers[power]
    its[PowerColumn.PLEDGED], its[PowerColumn.LEGITIMATED] = pledged, legitimated
    its[PowerColumn.BOUND], its[PowerColumn.NUMBER] = bound, number


