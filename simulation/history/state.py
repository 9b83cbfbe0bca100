"""What one history changes, and how pairs are read from it: the inputs of `theory.meeting` by numbers.

The counterparts, in arrays, of what the agents hold. Sums run over allies in the scenario's order, as the agents' do.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, spliced
from simulation.history.chance import NOBODY, Decision, normal, uniform
from simulation.history.world import PairColumn, PowerColumn, StateColumn
from simulation.scenario.traits import power_at, relation_at, state_at
from simulation.theory import meeting
from simulation.theory.crisis import Audience
from simulation.theory.pairing import ALONE, Circumstances, Portfolio, loss_without_pact
from simulation.theory.payoffs import binding, channelled
from simulation.theory.shocks import level, rested_capacity

NO_STATE = np.int64(-1)
# as a NumPy number, because the compiler would make a version of its own of a function that is called with a literal


class Its(IntEnum):
    """Columns of `Life.states`: deviations in log points, levels, and what the state itself perceives."""

    CAPABILITY_DEVIATION = 0
    CHALLENGER_DEVIATION = 1
    RATE_DEVIATION = 2
    CAPABILITY = 3
    CHALLENGER = 4
    RATE = 5
    SEEN_RATE = 6
    SEEN_CHALLENGER = 7


class Power(IntEnum):
    """Columns of `Life.powers`: audience cost of its type, year until which it is tired, and sums over its pacts."""

    AUDIENCE_COST = 0
    TIRED_UNTIL = 1
    PLEDGED = 2
    LEGITIMATED = 3
    BOUND = 4
    NUMBER = 5


class Pair(IntEnum):
    """Columns of `Life.pairs`: preferences, belief, what the power perceives, rival pull, and the pact; without one
    its terms and years are 0."""

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


class Life(NamedTuple):
    """What one history changes. P major powers, N weak states.

    luck: (2,), seed and replication; year: (1,), from 1; states: (N, 8), powers: (P, 6), pairs: (P, N, 10), the columns
    above.
    """

    luck: np.ndarray
    year: np.ndarray
    states: np.ndarray
    powers: np.ndarray
    pairs: np.ndarray


@spliced
def new_life(world, seed, replication):
    """A history before its first year: a `Life`."""
    powers, states = world.powers.shape[0], world.states.shape[0]
    luck = np.empty(2, np.uint64)
    luck[0], luck[1] = seed, replication
    life = Life(
        luck, np.zeros(1, np.int64), np.zeros((states, 8)), np.zeros((powers, 6)), np.zeros((powers, states, 10)))
    for power in range(powers):
        begin_power(world, life, power)
    refresh(world, life)
    return life


@spliced
def begin_power(world, life, power):
    """Type and audience cost of a power, its rivals' pull as given, and what is believed of it at the start."""
    record = world.powers[power]
    is_resolute = record[PowerColumn.IS_RESOLUTE]
    if record[PowerColumn.IS_DRAWN] > 0.0:
        luck = drawn(life, world.power_addresses[power], Decision.TYPE, NOBODY)
        is_resolute = 1.0 if luck < record[PowerColumn.PRIOR] else 0.0
    life.powers[power, Power.AUDIENCE_COST] = record[
        PowerColumn.AUDIENCE_RESOLUTE if is_resolute > 0.0 else PowerColumn.AUDIENCE_IRRESOLUTE]
    for state in range(world.states.shape[0]):
        life.pairs[power, state, Pair.PULL] = world.relations[power, state, PairColumn.RIVAL_PULL]
        life.pairs[power, state, Pair.BELIEF] = (
            is_resolute if world.rules_of_play.is_informed else record[PowerColumn.PRIOR])


@compiled
def refresh(world, life):
    """Levels of all surroundings from their deviations."""
    for state in range(world.states.shape[0]):
        base, now = world.states[state], life.states[state]
        now[Its.CAPABILITY] = level(base[StateColumn.CAPABILITY], now[Its.CAPABILITY_DEVIATION], 1.0)
        now[Its.CHALLENGER] = level(base[StateColumn.CHALLENGER], now[Its.CHALLENGER_DEVIATION], 1.0)
        now[Its.RATE] = level(base[StateColumn.CRISIS_RATE], now[Its.RATE_DEVIATION], 1.0)
        for power in range(world.powers.shape[0]):
            pair = life.pairs[power, state]
            pair[Pair.PREFERENCE] = level(world.relations[power, state, PairColumn.PREFERENCE_DISTANCE],
                                          pair[Pair.PREFERENCE_DEVIATION], math.inf)


@compiled
def drawn(life, actor, decision, counterpart):
    """A number in (0, 1) for an actor's decision this year."""
    return uniform(life.luck[0], life.luck[1], np.uint64(life.year[0]), actor, decision, counterpart)


@compiled
def shock(life, actor, decision, counterpart):
    """A standard normal number for an actor's decision this year."""
    return normal(life.luck[0], life.luck[1], np.uint64(life.year[0]), actor, decision, counterpart)


@compiled
def truth(life, state):
    """(crisis rate, challenger) of a state as they are."""
    return life.states[state, Its.RATE], life.states[state, Its.CHALLENGER]


@compiled
def seen_by_state(life, state):
    """(crisis rate, challenger) of a state as it sees them itself."""
    return life.states[state, Its.SEEN_RATE], life.states[state, Its.SEEN_CHALLENGER]


@compiled
def seen_by_power(life, power, state):
    """(crisis rate, challenger) of a state as a power sees them."""
    return life.pairs[power, state, Pair.SEEN_RATE], life.pairs[power, state, Pair.SEEN_CHALLENGER]


@compiled
def is_ally(life, power, state):
    """Whether the two have a pact."""
    return life.pairs[power, state, Pair.SINCE] > 0.0


@compiled
def has_patron(world, life, state):
    """Whether a state has a pact with any power."""
    found = False
    for power in range(world.powers.shape[0]):
        found = found or is_ally(life, power, state)
    return found


@compiled
def sign(world, life, power, state, commitment, autonomy):
    """Puts a contract in force, in place of an older one between the two."""
    pair, year = life.pairs[power, state], float(life.year[0])
    pair[Pair.COMMITMENT], pair[Pair.AUTONOMY], pair[Pair.AGREED] = commitment, autonomy, year
    if pair[Pair.SINCE] == 0.0:
        pair[Pair.SINCE] = year
    count_bonds(world, life, power)


@compiled
def leave(world, life, power, state):
    """Ends the pact between the two."""
    pair = life.pairs[power, state]
    pair[Pair.COMMITMENT] = pair[Pair.AUTONOMY] = pair[Pair.SINCE] = pair[Pair.AGREED] = 0.0
    count_bonds(world, life, power)


@compiled
def summed_bonds(world, life, power, left_out):
    """(pledged, legitimated, bound, number) over a power's pacts, less that with `left_out`."""
    pledged = legitimated = bound = number = 0.0
    for ally in range(world.states.shape[0]):
        if not is_ally(life, power, ally) or ally == left_out:
            continue
        pair = life.pairs[power, ally]
        pledged += pair[Pair.COMMITMENT] * world.relations[power, ally, PairColumn.BURDEN]
        legitimated += channelled(
            state_at(world, ally).votes, pair[Pair.AUTONOMY], world.rules.legitimation_by_autonomy)
        bound += binding(pair[Pair.COMMITMENT], world.rules.depth_binds)
        number += 1.0
    return pledged, legitimated, bound, number


@compiled
def count_bonds(world, life, power):
    """Brings the sums over all of a power's pacts up to date."""
    its = life.powers[power]
    its[Power.PLEDGED], its[Power.LEGITIMATED], its[Power.BOUND], its[Power.NUMBER] = summed_bonds(
        world, life, power, NO_STATE)


@compiled
def portfolio_at(world, life, power, state):
    """A power's pacts, less that with a state, as this state would join them; `NO_STATE`: all of them."""
    its = life.powers[power]
    pledged, legitimated, bound, number = (
        its[Power.PLEDGED], its[Power.LEGITIMATED], its[Power.BOUND], its[Power.NUMBER])
    allied_rivals = 0.0
    if state != NO_STATE:
        if is_ally(life, power, state):
            pledged, legitimated, bound, number = summed_bonds(world, life, power, state)
        for rival in world.rivals[state]:
            if rival >= 0 and is_ally(life, power, rival):
                allied_rivals += 1.0
    is_tired = 0 < life.year[0] <= its[Power.TIRED_UNTIL]
    capacity = rested_capacity(
        world.powers[power, PowerColumn.CAPACITY], world.powers[power, PowerColumn.FATIGUE_LOSS], is_tired)
    return Portfolio(capacity, pledged, legitimated, bound / number if number > 0.0 else 0.0, allied_rivals)


@compiled
def circumstances_at(world, life, power, state, weak, major, other_loss, pull):
    """Circumstances in which a power meets a state; weak, major: (crisis rate, challenger) as each side sees them."""
    record, pair = world.powers[power], life.pairs[power, state]
    audience = Audience(life.powers[power, Power.AUDIENCE_COST], record[PowerColumn.AUDIENCE_RESOLUTE],
                        record[PowerColumn.AUDIENCE_IRRESOLUTE], pair[Pair.BELIEF])
    return Circumstances(life.states[state, Its.CAPABILITY], pair[Pair.PREFERENCE], pull, audience,
                         weak[0], weak[1], major[0], major[1], other_loss)


@compiled
def other_loss_at(world, life, power, state, view):
    """The state's least expected loss without a pact with a power: under another's pact or eyes."""
    least = ALONE
    for other in range(world.powers.shape[0]):
        if other == power:
            continue
        portfolio = portfolio_at(world, life, other, state)
        now = circumstances_at(world, life, other, state, view, view, ALONE, 0.0)
        if is_ally(life, other, state) and not world.rules_of_play.is_exclusive:
            pair = life.pairs[other, state]
            loss = meeting.play(
                world.rules, power_at(world, other), state_at(world, state), relation_at(world, other, state), now,
                portfolio, is_ally(life, other, state), pair[Pair.COMMITMENT], pair[Pair.AUTONOMY]).loss
        else:
            loss = loss_without_pact(
                world.rules, power_at(world, other), relation_at(world, other, state), now, portfolio.mean_binding)
        least = min(least, loss)
    return least


@compiled
def inputs(world, life, power, state, weak, major, pull):
    """The six inputs of `theory.meeting` for a power and a state."""
    other_loss = other_loss_at(world, life, power, state, weak)
    return (world.rules, power_at(world, power), state_at(world, state), relation_at(world, power, state),
            circumstances_at(world, life, power, state, weak, major, other_loss, pull),
            portfolio_at(world, life, power, state))


@compiled
def truly(world, life, power, state):
    """Inputs at true circumstances."""
    true = truth(life, state)
    return inputs(world, life, power, state, true, true, life.pairs[power, state, Pair.PULL])


@compiled
def at_the_table(world, life, power, state):
    """Inputs with each side's own perception."""
    return inputs(world, life, power, state, seen_by_state(life, state), seen_by_power(life, power, state),
                  life.pairs[power, state, Pair.PULL])


@compiled
def in_the_eyes_of(world, life, power, state, view):
    """Inputs as one side sees both."""
    return inputs(world, life, power, state, view, view, life.pairs[power, state, Pair.PULL])


@compiled
def appraise(world, life, power, state):
    """(u, v) of the pact in force, each side by its own perception."""
    pair = life.pairs[power, state]
    return meeting.appraise(*at_the_table(world, life, power, state), pair[Pair.COMMITMENT], pair[Pair.AUTONOMY])
