"""The decisions of a year, each once: drift, perceptions, review of pacts, negotiations (theory, section 6).

Every function is one decision of one actor, on the arrays of a `World` and a `HistoryState`. `simulate` calls them for
all actors, `agents` for one at a time. Crises, wars and learning are in `crises`.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled
from simulation.history.chance import NOBODY, Decision
from simulation.history.decisions import Outcome, Phase, log
from simulation.history.pairs import (
    inputs,
    inputs_under_view,
    perceived_gains,
    perceived_inputs,
    seen_by_power,
    truth,
)
from simulation.history.series import Series
from simulation.history.state import (
    NO_STATE,
    PairColumn,
    StateColumn,
    has_patron,
    is_ally,
    leave,
    normal_draws,
    refresh,
    sign,
    uniform_draw,
)
from simulation.history.world import PowerParameter, StateParameter
from simulation.theory import dyad
from simulation.theory.bargaining import Ending
from simulation.theory.shocks import drifted, fill_levels
from simulation.theory.solutions import NEGLIGIBLE_GAIN, Solution

# --- drift and perception ---------------------------------------------------------------------------------------------


@compiled
def drift(world, current, first, past):
    """Phase 1: the surroundings of weak states, from `first` up to `past`, not included, move by small persistent
    shocks."""
    magnitudes, actors, now = world.magnitudes, world.state_addresses[first:past], current.states[first:past]
    observers = np.full(actors.size, NOBODY)
    move(world, current, actors, observers, Decision.DRIFT_CAPABILITY.value, magnitudes.capability_shock,
         now[:, StateColumn.CAPABILITY_DEVIATION])
    move(world, current, actors, observers, Decision.DRIFT_CHALLENGER.value, magnitudes.challenger_shock,
         now[:, StateColumn.CHALLENGER_DEVIATION])
    move(world, current, actors, observers, Decision.DRIFT_CRISIS_RATE.value, magnitudes.rate_shock,
         now[:, StateColumn.RATE_DEVIATION])
    for power in range(world.powers.shape[0]):
        observers = np.full(actors.size, world.power_addresses[power])
        move(world, current, actors, observers, Decision.DRIFT_PREFERENCE.value, magnitudes.preference_shock,
             current.pairs[power, first:past, PairColumn.PREFERENCE_DEVIATION])
    refresh(world, current, first, past)


@compiled
def move(world, current, actors, counterparts, decision, size, deviations):
    """Moves the deviations of actors, given by address like their counterparts, by this year's shocks."""
    shocks = normal_draws(current, actors, decision, counterparts)
    for place in range(actors.size):
        deviations[place] = drifted(deviations[place], world.magnitudes.persistence, size, shocks[place])


@compiled
def perceive(world, current, actors, observers, decision, truths, seen):
    """Fills `seen` with a quantity of weak states, given by address, as observers perceive it this year."""
    if world.magnitudes.misperception == 0.0:
        for place in range(seen.size):
            seen[place] = truths[place]
        return
    shocks = normal_draws(current, actors, decision, observers)
    fill_levels(truths, shocks, world.magnitudes.misperception, 1.0, seen)


@compiled
def perceive_as_states(world, current, first, past):
    """Weak states, from `first` up to `past`, not included, perceive their own crisis rates and challengers, with this
    year's errors."""
    actors, now = world.state_addresses[first:past], current.states[first:past]
    perceive(world, current, actors, actors, Decision.STATE_MISPERCEIVES_RATE.value, now[:, StateColumn.RATE],
             now[:, StateColumn.SEEN_RATE])
    perceive(world, current, actors, actors, Decision.STATE_MISPERCEIVES_CHALLENGER.value,
             now[:, StateColumn.CHALLENGER], now[:, StateColumn.SEEN_CHALLENGER])


@compiled
def perceive_as_power(world, current, power):
    """A major power perceives every state's crisis rate and challenger, with this year's errors."""
    actors, seen = world.state_addresses, current.pairs[power]
    observers = np.full(actors.size, world.power_addresses[power])
    perceive(world, current, actors, observers, Decision.POWER_MISPERCEIVES_RATE.value,
             current.states[:, StateColumn.RATE], seen[:, PairColumn.SEEN_RATE])
    perceive(world, current, actors, observers, Decision.POWER_MISPERCEIVES_CHALLENGER.value,
             current.states[:, StateColumn.CHALLENGER], seen[:, PairColumn.SEEN_CHALLENGER])


@compiled
def update_rival_pull(world, current):
    """For every pair, where rivals are in the scenario, whether another power could agree with the state on grounds
    other than denial."""
    if not world.switches.is_endogenous:
        return
    powers, states = current.pairs.shape[0], current.pairs.shape[1]
    can_agree = np.empty(powers, np.bool_)
    for state in range(states):
        true = truth(current, state)
        for power in range(powers):
            pair = current.pairs[power, state]
            can_agree[power] = dyad.can_agree(inputs(world, current, power, state, true, true, 0.0),
                                              pair[PairColumn.COMMITMENT], pair[PairColumn.AUTONOMY])
        for power in range(powers):
            current.pairs[power, state, PairColumn.PULL] = 0.0
            for other in range(powers):
                if other != power and can_agree[other]:
                    current.pairs[power, state, PairColumn.PULL] = 1.0


@compiled
def activation(world, current):
    """Numbers of the major powers in the order in which they act this year."""
    if world.order.size > 0:
        return world.order
    powers = world.powers.shape[0]
    keys = np.empty(powers)
    for power in range(powers):
        keys[power] = uniform_draw(current, world.power_addresses[power], Decision.ACTIVATION, NOBODY)
    return np.argsort(keys)


# --- review -----------------------------------------------------------------------------------------------------------


@compiled
def review_pact(world, current, series, power, state):
    """Phase 2, one pact: compared with its absence by both sides; a side for which it does not pay leaves."""
    friction = world.magnitudes.exit_cost + NEGLIGIBLE_GAIN
    weak, major = perceived_gains(world, current, power, state)
    outcome = Outcome.BOTH_STAY.value
    if major < -friction:
        outcome = Outcome.MAJOR_POWER_LEAVES.value
    elif weak < world.states[state, StateParameter.OUTSIDE_OPTION] - friction:
        outcome = Outcome.WEAK_STATE_LEAVES.value
    log(current, Phase.REVIEW.value, power, state, outcome, weak, major, math.nan, math.nan)
    if outcome == Outcome.BOTH_STAY:
        return
    leave(world, current, power, state)
    left_by = Series.LEFT_BY_MAJOR_POWER if outcome == Outcome.MAJOR_POWER_LEAVES else Series.LEFT_BY_WEAK_STATE
    series[power, left_by] += 1.0


# --- negotiations -----------------------------------------------------------------------------------------------------


@compiled
def has_another(world, current, power, state):
    """Whether a pact with this power would cost the state a pact with another."""
    if not world.switches.is_exclusive or is_ally(current, power, state):
        return False
    return has_patron(world, current, state)


@compiled
def present_gain(world, current, power, state):
    """What the state has in hand without this power: its pact with another where pacts exclude, or an offer from
    outside the scenario."""
    most = world.states[state, StateParameter.OUTSIDE_OPTION]
    if has_another(world, current, power, state):
        for patron in range(world.powers.shape[0]):
            if is_ally(current, patron, state):
                most = max(most, perceived_gains(world, current, patron, state)[0])
    return most


@compiled
def in_hand(world, current, power, state):
    """What the state would give up for a pact with this power: its present gain, and what leaving another costs."""
    most = present_gain(world, current, power, state)
    if has_another(world, current, power, state):
        most += world.magnitudes.exit_cost
    return most


@compiled
def best_of_others(world, current, power, state, least):
    """The most that another power could offer the state where pacts exclude, by the state's own perception; `least` if
    it is not more."""
    most = least
    if world.switches.is_exclusive:
        for other in range(world.powers.shape[0]):
            if other != power:
                most = max(most, dyad.best_offer(perceived_inputs(world, current, other, state), most))
    return most


@compiled
def outside_option(world, current, power, state):
    """w: the best that the state could get without this power, by its own perception."""
    return best_of_others(world, current, power, state, in_hand(world, current, power, state))


@compiled
def expected_demand(world, current, power, state, view):
    """What a major power expects that it must offer a state: the outside option, roughly, as it perceives it."""
    most = present_gain(world, current, power, state)
    if world.switches.is_exclusive:
        for other in range(world.powers.shape[0]):
            if other != power:
                most = max(most, dyad.expected_offer(inputs_under_view(world, current, other, state, view)))
    return most


@compiled
def prospect_at(world, current, power, state, demand):
    """What a power expects of talks with a state that must be offered so much, by its own perception of both sides,
    beyond what it has; never more if more must be offered."""
    terms = inputs_under_view(world, current, power, state, seen_by_power(current, power, state))
    if not is_ally(current, power, state):
        return dyad.prospect(terms, demand)
    pair = current.pairs[power, state]
    return dyad.renewal_prospect(terms, demand, pair[PairColumn.COMMITMENT], pair[PairColumn.AUTONOMY])


@compiled
def prospect(world, current, power, state):
    """What a power expects of talks with a state."""
    demand = expected_demand(world, current, power, state, seen_by_power(current, power, state))
    return prospect_at(world, current, power, state, demand)


@compiled
def agenda(world, current, power, prospects, is_bound, asked):
    """Phase 3, whom a power talks to: as many as it has attention for, the most promising first.

    Among equals come new partners, then the pacts whose terms are oldest; talks that cannot lead anywhere are not
    opened. prospects: (N,), of talks with each state, minus infinity for none; taken from. is_bound: (N,), whether a
    prospect is an upper bound only, which is replaced by the prospect when its turn comes. asked: (N,), is filled with
    the states in order. Returns their number.
    """
    states, number = world.states.shape[0], 0
    left = states
    if world.switches.is_attention_limited:
        left = min(left, int(world.powers[power, PowerParameter.ATTENTION]))
    log(current, Phase.AGENDA.value, power, NO_STATE, Outcome.NOT_ASKED.value, math.nan, math.nan, math.nan, math.nan)
    while True:
        state = foremost(prospects, current.pairs[power])
        promise = prospects[state]
        if promise == -math.inf:
            return number
        if is_bound[state]:
            prospects[state], is_bound[state] = prospect(world, current, power, state), False
            continue
        outcome = Outcome.NOT_ASKED.value
        if number < left:
            asked[number] = state
            number += 1
            outcome = Outcome.ASKED.value
        elif current.log.shape[0] == 0:
            return number
        log(current, Phase.AGENDA.value, power, state, outcome, promise, current.pairs[power, state, PairColumn.AGREED],
            math.nan, math.nan)
        prospects[state] = -math.inf


@compiled
def foremost(prospects, pairs):
    """The state with which talks come first: by prospect, then the age of the terms in force, then place."""
    first = np.argmax(prospects)
    for state in range(first + 1, prospects.size):
        if prospects[state] == prospects[first] and (
                pairs[state, PairColumn.AGREED] < pairs[first, PairColumn.AGREED]):
            first = state
    return first


@compiled
def negotiate(world, current, series, power):
    """Phase 3: a power opens as many negotiations as it has attention for, the most promising first."""
    states = world.states.shape[0]
    prospects, asked = np.empty(states), np.empty(states, np.int64)
    # what others would offer is asked of few: prospects as if they offered nothing tell who is not among the first
    is_bound = np.full(states, world.switches.is_exclusive and world.powers.shape[0] > 1)
    for state in range(states):
        prospects[state] = prospect_at(world, current, power, state, present_gain(world, current, power, state))
    for place in range(agenda(world, current, power, prospects, is_bound, asked)):
        negotiate_with(world, current, series, power, asked[place])


@compiled
def bargain_with(world, current, power, state):
    """The bargain of a power with a state, as each perceives it, given what others could offer: an `Agreement`.

    The offers of others are looked at last: talks that fail without them need none, and where the outside option is a
    constraint, none changes anything that is no better than what is agreed without it.
    """
    play = world.switches
    terms, weight = perceived_inputs(world, current, power, state), world.powers[power, PowerParameter.WEIGHT]
    floor = in_hand(world, current, power, state)
    agreement = dyad.bargain(terms, play.solution, weight, floor, play.shifts_threat)
    if agreement.ending == Ending.NO_GAIN:
        return agreement
    if not play.shifts_threat and play.solution != Solution.KALAI_SMORODINSKY:
        floor = max(floor, agreement.weak_gain)
    offered = best_of_others(world, current, power, state, floor)
    if offered > floor:
        return dyad.bargain(terms, play.solution, weight, offered, play.shifts_threat)
    return agreement


@compiled
def negotiate_with(world, current, series, power, state):
    """Bargains with a state; an agreement replaces any pact between the two, and where pacts are exclusive any
    other."""
    agreement = bargain_with(world, current, power, state)
    series[power, Series.NEGOTIATIONS] += 1.0
    if agreement.ending == Ending.NO_GAIN:
        log(current, Phase.TALKS.value, power, state, Outcome.NO_CONTRACT.value, math.nan, math.nan, math.nan, math.nan)
        return
    outcome = Outcome.NEW_TERMS.value if is_ally(current, power, state) else Outcome.NEW_PACT.value
    log(current, Phase.TALKS.value, power, state, outcome,
        agreement.commitment, agreement.autonomy, agreement.weak_gain, agreement.major_gain)
    series[power, Series.AGREEMENTS] += 1.0
    conclude(world, current, series, power, state, agreement.commitment, agreement.autonomy)


@compiled
def conclude(world, current, series, power, state, commitment, autonomy):
    """Puts an agreement in force, and counts what it begins and ends."""
    if not is_ally(current, power, state):
        series[power, Series.SIGNED] += 1.0
        if world.switches.is_exclusive:
            for patron in range(world.powers.shape[0]):
                if is_ally(current, patron, state):
                    leave(world, current, patron, state)
                    series[patron, Series.SWITCHED] += 1.0
    sign(world, current, power, state, commitment, autonomy)
