"""Crises, wars and learning of a year, and its record, on arrays."""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled, spliced
from simulation.history.chance import NOBODY, Decision
from simulation.history.series import Series, tally_pact, tally_portfolio
from simulation.history.state import NO_STATE, Its, Pair, Power, drawn, has_patron, is_ally, portfolio_at, truly
from simulation.history.world import PairColumn, PowerColumn, StateColumn
from simulation.scenario.traits import power_at
from simulation.theory import meeting
from simulation.theory.beliefs import posterior
from simulation.theory.shocks import beaten

NOT_TESTED = np.int64(-1)


@spliced
def crisis_of(world, life, state, row):
    """Who would answer for a state, by number; `row` is filled with the crisis as it would be played.

    The protector is the patron, or bystander where there is none, that leaves the state the smallest expected loss.
    """
    is_protected = has_patron(world, life, state)
    protector, least = NOT_TESTED, math.inf
    for power in range(world.powers.shape[0]):
        if is_protected and not is_ally(life, power, state):
            continue
        pair = life.pairs[power, state]
        play = meeting.play(*truly(world, life, power, state), is_ally(life, power, state), pair[Pair.COMMITMENT],
                            pair[Pair.AUTONOMY])
        if protector == NOT_TESTED or play.loss < least:
            protector, least = power, play.loss
            write(row, play)
    return protector


@spliced
def crises(world, life, series, tested, evidence):
    """Phases 4 and 5: all crises of the year, in the scenario's order.

    All are drawn up before any is played, for a war changes what comes after it. tested: (N,), the power whose pledge
    each state's crisis tested, or `NOT_TESTED`; evidence: (N, 2), how likely what was seen is for either type; both
    are filled.
    """
    states = world.states.shape[0]
    protectors, plays = np.full(states, NOT_TESTED), np.empty((states, 11))
    for state in range(states):
        if drawn(life, world.state_addresses[state], Decision.CRISIS, NOBODY) < life.states[state, Its.RATE]:
            protectors[state] = crisis_of(world, life, state, plays[state])
    for state in range(states):
        tested[state] = NOT_TESTED
        if protectors[state] != NOT_TESTED:
            run_crisis(world, life, series, state, protectors[state], plays[state], tested, evidence)


CHALLENGE, RESTRAINED, RESISTANCE, RELIABILITY, ALONE, JOINT, INTERVENTION_COST, RENEGING_COST, VALUE = range(9)
IF_RESOLUTE, IF_IRRESOLUTE = 9, 10


@compiled
def write(row, play):
    """Keeps what a crisis needs of a `Play`, in the columns above."""
    row[CHALLENGE], row[RESTRAINED], row[RESISTANCE] = play.game.challenge, play.game.restrained, play.game.resistance
    row[RELIABILITY], row[ALONE], row[JOINT] = play.game.reliability, play.alone, play.joint
    row[INTERVENTION_COST], row[RENEGING_COST], row[VALUE] = play.intervention_cost, play.reneging_cost, play.value
    row[IF_RESOLUTE], row[IF_IRRESOLUTE] = play.if_resolute, play.if_irresolute


@spliced
def run_crisis(world, life, series, state, power, play, tested, evidence):
    """One crisis, from challenge to war; notes the test of a pledge if it came to one."""
    actor, has_pact = world.state_addresses[state], is_ally(life, power, state)
    if drawn(life, actor, Decision.CHALLENGE, NOBODY) >= play[CHALLENGE]:
        return
    series[power, Series.CHALLENGES if has_pact else Series.OUTSIDE_CHALLENGES] += 1.0
    is_restrained = drawn(life, actor, Decision.RESTRAINT, NOBODY) < play[RESTRAINED]
    if is_restrained or drawn(life, actor, Decision.RESISTANCE, NOBODY) >= play[RESISTANCE]:
        if has_pact:
            series[power, Series.CONCESSIONS] += 1.0
            series[power, Series.REALISED_LOST_STAKE] += play[VALUE]
        return
    intervenes = drawn(life, actor, Decision.INTERVENTION, world.power_addresses[power]) < play[RELIABILITY]
    run_war(world, life, series, state, power, play, intervenes)
    if has_pact:
        tested[state] = power
        resolute, irresolute = play[IF_RESOLUTE], play[IF_IRRESOLUTE]
        evidence[state, 0] = resolute if intervenes else 1.0 - resolute
        evidence[state, 1] = irresolute if intervenes else 1.0 - irresolute


@spliced
def run_war(world, life, series, state, power, play, intervenes):
    """A war: who wins, what it costs, and what it leaves behind."""
    wins = drawn(life, world.state_addresses[state], Decision.WAR, NOBODY) < play[JOINT if intervenes else ALONE]
    if is_ally(life, power, state):
        series[power, Series.WARS] += 1.0
        if intervenes:
            series[power, Series.INTERVENTIONS] += 1.0
            series[power, Series.REALISED_INTERVENTION] += play[INTERVENTION_COST]
        else:
            series[power, Series.ABANDONMENTS] += 1.0
            series[power, Series.REALISED_RENEGING] += play[RENEGING_COST]
        if not wins:
            series[power, Series.DEFEATS] += 1.0
            series[power, Series.REALISED_LOST_STAKE] += play[VALUE]
    else:
        series[power, Series.OUTSIDE_WARS] += 1.0
        if intervenes:
            series[power, Series.OUTSIDE_INTERVENTIONS] += 1.0
    if not world.rules_of_play.has_aftermath:
        return
    if not wins:
        life.states[state, Its.CAPABILITY_DEVIATION] = beaten(
            life.states[state, Its.CAPABILITY_DEVIATION], world.pace.capability_loss)
    if intervenes:
        life.powers[power, Power.TIRED_UNTIL] = life.year[0] + world.powers[power, PowerColumn.FATIGUE_YEARS]


@spliced
def learn(world, life, tested, evidence):
    """Phase 6: every state updates what it believes, its own experience in full and that of others discounted."""
    for place in range(tested.size):
        power = tested[place]
        if power == NOT_TESTED:
            continue
        for state in range(tested.size):
            weight = 1.0 if state == place else world.pace.observability
            pair = life.pairs[power, state]
            pair[Pair.BELIEF] = posterior(
                pair[Pair.BELIEF], evidence[place, 0], evidence[place, 1], weight)


@spliced
def record(world, life, history):
    """Phase 7: what each power's portfolio is and is worth, at true values, in this year's part of a `History`."""
    year, states = life.year[0] - 1, world.states.shape[0]
    for power in range(world.powers.shape[0]):
        row = history.series[year, power]
        for state in range(states):
            row[Series.BELIEF] += life.pairs[power, state, Pair.BELIEF] / states
            if is_ally(life, power, state):
                record_pact(world, life, history, power, state)
        tally_portfolio(row, world.rules, power_at(world, power), portfolio_at(world, life, power, NO_STATE),
                        allied_pairs(world, life, power))


@spliced
def record_pact(world, life, history, power, state):
    """One pact of the year."""
    year, row = life.year[0] - 1, history.series[life.year[0] - 1, power]
    pair, distance = life.pairs[power, state], world.relations[power, state, PairColumn.DISTANCE_KM]
    commitment, autonomy = pair[Pair.COMMITMENT], pair[Pair.AUTONOMY]
    tally_pact(row, *truly(world, life, power, state), commitment, autonomy, distance,
               distance <= world.pace.neighbour_km)
    history.commitment[year, power, state] = commitment
    history.autonomy[year, power, state] = autonomy
    history.since[year, power, state] = pair[Pair.SINCE]
    if pair[Pair.SINCE] < life.year[0]:
        row[Series.PERSISTED] += 1.0


@spliced
def allied_pairs(world, life, power):
    """Number of pairs of declared rivals that are both allies of a power."""
    pairs = 0.0
    for state in range(world.states.shape[0]):
        if not is_ally(life, power, state):
            continue
        rank = world.states[state, StateColumn.RANK]
        for rival in world.rivals[state]:
            if rival >= 0 and world.states[rival, StateColumn.RANK] > rank and is_ally(life, power, rival):
                pairs += 1.0
    return pairs
