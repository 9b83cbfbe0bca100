"""The phases of a year without objects; the agents live the same year in `agents` and `model`.

Drift, review, negotiations; `crises` has crises, wars and learning.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled, spliced
from simulation.history.chance import NOBODY, Decision
from simulation.history.series import Series
from simulation.history.state import (
    Its,
    Pair,
    appraise,
    at_the_table,
    drawn,
    has_patron,
    in_the_eyes_of,
    inputs,
    is_ally,
    leave,
    refresh,
    seen_by_power,
    shock,
    sign,
    truth,
)
from simulation.history.world import PowerColumn, StateColumn
from simulation.theory import meeting
from simulation.theory.bargaining import NEGLIGIBLE_GAIN, Ending
from simulation.theory.shocks import drifted, perceived


@spliced
def drift(world, life):
    """Phase 1: surroundings move by small persistent shocks."""
    pace, keep = world.pace, world.pace.persistence
    for state in range(world.states.shape[0]):
        actor, now = world.state_addresses[state], life.states[state]
        now[Its.CAPABILITY_DEVIATION] = drifted(now[Its.CAPABILITY_DEVIATION], keep, pace.capability_shock,
                                                shock(life, actor, Decision.DRIFT_CAPABILITY, NOBODY))
        now[Its.CHALLENGER_DEVIATION] = drifted(now[Its.CHALLENGER_DEVIATION], keep, pace.challenger_shock,
                                                shock(life, actor, Decision.DRIFT_CHALLENGER, NOBODY))
        now[Its.RATE_DEVIATION] = drifted(now[Its.RATE_DEVIATION], keep, pace.rate_shock,
                                          shock(life, actor, Decision.DRIFT_CRISIS_RATE, NOBODY))
        for power in range(world.powers.shape[0]):
            pair = life.pairs[power, state]
            pair[Pair.PREFERENCE_DEVIATION] = drifted(
                pair[Pair.PREFERENCE_DEVIATION], keep, pace.preference_shock,
                shock(life, actor, Decision.DRIFT_PREFERENCE, world.power_addresses[power]))
    refresh(world, life)


@compiled
def seen(world, life, state, eye, rate, challenger):
    """(crisis rate, challenger) of a state as somebody perceives them this year."""
    sigma = world.pace.misperception
    true_rate, true_challenger = truth(life, state)
    if sigma == 0.0:
        return true_rate, true_challenger
    actor = world.state_addresses[state]
    return (perceived(true_rate, sigma, shock(life, actor, rate, eye), 1.0),
            perceived(true_challenger, sigma, shock(life, actor, challenger, eye), 1.0))


@spliced
def perceive(world, life):
    """Everybody sees crisis rates and challengers, with this year's errors."""
    for state in range(world.states.shape[0]):
        life.states[state, Its.SEEN_RATE], life.states[state, Its.SEEN_CHALLENGER] = seen(
            world, life, state, world.state_addresses[state], Decision.STATE_MISPERCEIVES_RATE,
            Decision.STATE_MISPERCEIVES_CHALLENGER)
        for power in range(world.powers.shape[0]):
            pair = life.pairs[power, state]
            pair[Pair.SEEN_RATE], pair[Pair.SEEN_CHALLENGER] = seen(
                world, life, state, world.power_addresses[power], Decision.POWER_MISPERCEIVES_RATE,
                Decision.POWER_MISPERCEIVES_CHALLENGER)


@spliced
def feel_rivals(world, life):
    """For every pair, whether another power could agree with the state on grounds other than denial."""
    if not world.rules_of_play.is_endogenous:
        return
    powers, states = life.pairs.shape[0], life.pairs.shape[1]
    ready = np.empty(powers, np.bool_)
    for state in range(states):
        true = truth(life, state)
        for power in range(powers):
            ready[power] = meeting.ready(*inputs(world, life, power, state, true, true, 0.0))
        for power in range(powers):
            life.pairs[power, state, Pair.PULL] = 0.0
            for other in range(powers):
                if other != power and ready[other]:
                    life.pairs[power, state, Pair.PULL] = 1.0


@spliced
def activation(world, life):
    """Numbers of the major powers in the order in which they act this year."""
    if world.order.size > 0:
        return world.order
    powers = world.powers.shape[0]
    keys = np.empty(powers)
    for power in range(powers):
        keys[power] = drawn(life, world.power_addresses[power], Decision.ACTIVATION, NOBODY)
    return np.argsort(keys)


@spliced
def review(world, life, series, power):
    """Phase 2: each pact is compared with its absence by both sides; a side for which it does not pay leaves."""
    friction = world.pace.exit_cost + NEGLIGIBLE_GAIN
    for state in range(world.states.shape[0]):
        if not is_ally(life, power, state):
            continue
        weak, major = appraise(world, life, power, state)
        if major < -friction:
            leave(world, life, power, state)
            series[power, Series.LEFT_BY_MAJOR_POWER] += 1.0
        elif weak < world.states[state, StateColumn.OUTSIDE_OPTION] - friction:
            leave(world, life, power, state)
            series[power, Series.LEFT_BY_WEAK_STATE] += 1.0


@compiled
def has_another(world, life, power, state):
    """Whether a pact with this power would cost the state a pact with another."""
    if not world.rules_of_play.is_exclusive or is_ally(life, power, state):
        return False
    return has_patron(world, life, state)


@compiled
def standing_gain(world, life, power, state):
    """What the state has in hand without this power; see `AllianceModel.standing_gain`."""
    most = world.states[state, StateColumn.OUTSIDE_OPTION]
    if has_another(world, life, power, state):
        for patron in range(world.powers.shape[0]):
            if is_ally(life, patron, state):
                most = max(most, appraise(world, life, patron, state)[0])
    return most


@spliced
def outside_option(world, life, power, state):
    """w: the best that the state could get without this power, by its own perception."""
    most = standing_gain(world, life, power, state)
    if has_another(world, life, power, state):
        most += world.pace.exit_cost
    if world.rules_of_play.is_exclusive:
        for other in range(world.powers.shape[0]):
            if other != power:
                most = max(most, meeting.offer(*at_the_table(world, life, other, state)))
    return most


@spliced
def likely_floor(world, life, power, state, view):
    """What a major power expects that it must offer a state: the outside option at a glance, as it sees it."""
    most = standing_gain(world, life, power, state)
    if world.rules_of_play.is_exclusive:
        for other in range(world.powers.shape[0]):
            if other != power:
                most = max(most, meeting.glimpse(*in_the_eyes_of(world, life, other, state, view)))
    return most


@spliced
def prospect(world, life, power, state):
    """What a power expects of talks with a state, by its own perception of both sides, beyond what it has."""
    view = seen_by_power(life, power, state)
    floor = likely_floor(world, life, power, state, view)
    terms = in_the_eyes_of(world, life, power, state, view)
    if not is_ally(life, power, state):
        return meeting.glance(*terms, floor)
    pair = life.pairs[power, state]
    return meeting.glance_again(*terms, floor, pair[Pair.COMMITMENT], pair[Pair.AUTONOMY])


@spliced
def negotiate(world, life, series, power):
    """Phase 3: a power opens as many negotiations as it has attention for, the most promising first."""
    states = world.states.shape[0]
    prospects, agreed = np.empty(states), np.empty(states)
    for state in range(states):
        prospects[state] = prospect(world, life, power, state)
        agreed[state] = life.pairs[power, state, Pair.AGREED]
    left = states
    if world.rules_of_play.is_attention_limited:
        left = min(left, int(world.powers[power, PowerColumn.ATTENTION]))
    for _ in range(left):
        state = foremost(prospects, agreed)
        if prospects[state] == -math.inf:
            return
        negotiate_with(world, life, series, power, state)
        prospects[state] = -math.inf


@spliced
def foremost(prospects, agreed):
    """The state with which talks come first: by prospect, then the age of the terms in force, then place."""
    first = np.argmax(prospects)
    for state in range(first + 1, prospects.size):
        if prospects[state] == prospects[first] and agreed[state] < agreed[first]:
            first = state
    return first


@spliced
def negotiate_with(world, life, series, power, state):
    """Bargains with a state; an agreement replaces any pact between the two, and where pacts are exclusive any
    other."""
    play = world.rules_of_play
    agreement = meeting.settle(
        *at_the_table(world, life, power, state), play.solution, world.powers[power, PowerColumn.WEIGHT],
        outside_option(world, life, power, state), play.shifts_threat)
    series[power, Series.NEGOTIATIONS] += 1.0
    if agreement.ending == Ending.NO_GAIN:
        return
    series[power, Series.AGREEMENTS] += 1.0
    if not is_ally(life, power, state):
        series[power, Series.SIGNED] += 1.0
        if play.is_exclusive:
            for patron in range(world.powers.shape[0]):
                if is_ally(life, patron, state):
                    leave(world, life, patron, state)
                    series[patron, Series.SWITCHED] += 1.0
    sign(world, life, power, state, agreement.commitment, agreement.autonomy)
