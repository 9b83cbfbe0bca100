"""Crises, wars and learning of a year, and its record (theory, section 6, phases 4 to 7).

Nature opens a crisis or not; the three movers choose with the probabilities of the crisis game, at the reliability that
the weak state believes in. Called by `simulate` and `model`.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled
from simulation.history.chance import NOBODY, Decision
from simulation.history.decisions import Outcome, Phase, log
from simulation.history.pairs import portfolio_at, true_inputs
from simulation.history.series import Series, tally_pact, tally_portfolio
from simulation.history.state import (
    NO_STATE,
    PairColumn,
    PowerColumn,
    StateColumn,
    is_ally,
    uniform_draw,
)
from simulation.history.world import PairParameter, PowerParameter, StateParameter
from simulation.scenario.traits import power_at, relation_at
from simulation.theory import dyad
from simulation.theory.bargaining_problem import RelationTraits
from simulation.theory.beliefs import posterior
from simulation.theory.shocks import beaten

NOT_TESTED = np.int64(-1)
NO_CRISIS, OUTSIDER = np.int64(-2), np.int64(-1)
"""Who opens a state's crisis this year, beside the major powers by number: nobody, or its challenger from outside."""
NO_HELPER = np.int64(-1)


def no_tests(states: int) -> tuple[np.ndarray, np.ndarray]:
    """`tested` and `evidence` of a year in which no pledge was tested; see `play_crises`."""
    return np.full(states, NOT_TESTED), np.zeros((states, 2))


@compiled
def opener_of(world, current, state):
    """Who opens a state's crisis: the number of a major power, each with its share of the crises, or `OUTSIDER`."""
    shares = 0.0
    for power in range(world.powers.shape[0]):
        share = relation_at(world, power, state).patron_threat
        shares += share
        if share > 0.0 and uniform_draw(current, world.state_addresses[state], Decision.OPENER, NOBODY) < shares:
            return power
    return OUTSIDER


@compiled
def is_protected(world, current, state, opener):
    """Whether a state has a pact with another power than the one that opens its crisis."""
    found = False
    for power in range(world.powers.shape[0]):
        found = found or (power != opener and is_ally(current, power, state))
    return found


@compiled
def protector_and_odds(world, current, state, opener, row):
    """Who would answer for a state, by number, or `NO_HELPER`; `row` is filled with the crisis as it would be played.

    The protector is the patron, or bystander where there is none, that leaves the state the smallest expected loss;
    never the power that opens the crisis.
    """
    has_pact = is_protected(world, current, state, opener)
    protector, least = NO_HELPER, math.inf
    for power in range(world.powers.shape[0]):
        if power == opener or (has_pact and not is_ally(current, power, state)):
            continue
        pair = current.pairs[power, state]
        odds = dyad.crisis_outcome(
            *true_inputs(world, current, power, state), is_ally(current, power, state), pair[PairColumn.COMMITMENT],
            pair[PairColumn.AUTONOMY])
        if protector == NO_HELPER or odds.loss < least:
            protector, least = power, odds.loss
            keep_odds(row, odds)
    if protector == NO_HELPER:
        keep_odds(row, unaided(world, current, opener, state))
    return protector


@compiled
def unaided(world, current, power, state):
    """A crisis in which nobody comes to help: a `CrisisOutcome`, as if the power, which opens it, could not reach the
    state."""
    rules, its, traits, relation, now, portfolio = true_inputs(world, current, power, state)
    far = RelationTraits(0.0, relation.proximity, relation.basing, relation.competitor_distance, relation.patron_threat,
                         relation.distance_km)
    return dyad.crisis_outcome(rules, its, traits, far, now, portfolio, False, 0.0, 0.0)


@compiled
def play_crises(world, current, series, tested, evidence):
    """Phases 4 and 5: all crises of the year, in the scenario's order.

    All are drawn up before any is played, for a war changes what comes after it. tested: (N,), the power whose pledge
    each state's crisis tested, or `NOT_TESTED`; evidence: (N, 2), how likely what was seen is for either type; both
    are filled.
    """
    states = world.states.shape[0]
    openers, protectors, all_odds = np.full(states, NO_CRISIS), np.full(states, NO_HELPER), np.empty((states, 11))
    for state in range(states):
        luck = uniform_draw(current, world.state_addresses[state], Decision.CRISIS, NOBODY)
        if luck < current.states[state, StateColumn.RATE]:
            openers[state] = opener_of(world, current, state)
            protectors[state] = protector_and_odds(world, current, state, openers[state], all_odds[state])
    for state in range(states):
        tested[state] = NOT_TESTED
        if openers[state] >= 0:
            note_opening(world, current, series, state, openers[state], all_odds[state])
        if protectors[state] != NO_HELPER:
            run_crisis(world, current, series, state, protectors[state], all_odds[state], tested, evidence)
        elif openers[state] != NO_CRISIS:
            run_unaided_crisis(world, current, state, openers[state], all_odds[state])


CHALLENGE, RESTRAINED, RESISTANCE, RELIABILITY, ALONE, JOINT, INTERVENTION_COST, RENEGING_COST, VALUE = range(9)
IF_RESOLUTE, IF_IRRESOLUTE = 9, 10


@compiled
def keep_odds(row, odds):
    """Keeps what a crisis needs of a `CrisisOutcome`, in the columns above."""
    row[CHALLENGE], row[RESTRAINED], row[RESISTANCE] = odds.game.challenge, odds.game.restrained, odds.game.resistance
    row[RELIABILITY], row[ALONE], row[JOINT] = odds.game.reliability, odds.alone, odds.joint
    row[INTERVENTION_COST], row[RENEGING_COST], row[VALUE] = odds.intervention_cost, odds.reneging_cost, odds.value
    row[IF_RESOLUTE], row[IF_IRRESOLUTE] = odds.if_resolute, odds.if_irresolute


@compiled
def note_opening(world, current, series, state, opener, odds):
    """A crisis of a major power's own making: logged, and counted where it comes to a challenge."""
    log(current, Phase.OPENING.value, opener, state, Outcome.OPENS.value, math.nan, math.nan, math.nan, math.nan)
    if uniform_draw(current, world.state_addresses[state], Decision.CHALLENGE, NOBODY) < odds[CHALLENGE]:
        series[opener, Series.OWN_CHALLENGES] += 1.0


@compiled
def run_unaided_crisis(world, current, state, opener, odds):
    """One crisis in which no major power could help, for the only one opens it: it tests no pledge."""
    outcome = draw_crisis(world, current, state, opener, odds)
    if outcome == Outcome.ABANDONS:
        outcome = Outcome.UNAIDED.value
    log(current, Phase.CRISIS.value, opener, state, outcome, odds[CHALLENGE], odds[RESTRAINED], odds[RESISTANCE],
        odds[RELIABILITY])
    if outcome == Outcome.UNAIDED and world.switches.has_aftermath and not is_won(world, current, state, odds[ALONE]):
        weaken(world, current, state)


@compiled
def run_crisis(world, current, series, state, power, odds, tested, evidence):
    """One crisis, from challenge to war; notes the test of a pledge if it came to one."""
    has_pact = is_ally(current, power, state)
    outcome = draw_crisis(world, current, state, power, odds)
    log(current, Phase.CRISIS.value, power, state, outcome, odds[CHALLENGE], odds[RESTRAINED], odds[RESISTANCE],
        odds[RELIABILITY])
    if outcome == Outcome.NO_CHALLENGE:
        return
    series[power, Series.CHALLENGES if has_pact else Series.OUTSIDE_CHALLENGES] += 1.0
    if outcome in (Outcome.RESTRAINED, Outcome.CONCEDES):
        if has_pact:
            series[power, Series.CONCESSIONS] += 1.0
            series[power, Series.REALISED_LOST_STAKE] += odds[VALUE]
        return
    intervenes = outcome == Outcome.INTERVENES
    run_war(world, current, series, state, power, odds, intervenes)
    if has_pact:
        tested[state] = power
        resolute, irresolute = odds[IF_RESOLUTE], odds[IF_IRRESOLUTE]
        evidence[state, 0] = resolute if intervenes else 1.0 - resolute
        evidence[state, 1] = irresolute if intervenes else 1.0 - irresolute


@compiled
def draw_crisis(world, current, state, power, odds):
    """How a crisis goes: an `Outcome`."""
    actor = world.state_addresses[state]
    if uniform_draw(current, actor, Decision.CHALLENGE, NOBODY) >= odds[CHALLENGE]:
        return Outcome.NO_CHALLENGE.value
    if uniform_draw(current, actor, Decision.RESTRAINT, NOBODY) < odds[RESTRAINED]:
        return Outcome.RESTRAINED.value
    if uniform_draw(current, actor, Decision.RESISTANCE, NOBODY) >= odds[RESISTANCE]:
        return Outcome.CONCEDES.value
    luck = uniform_draw(current, actor, Decision.INTERVENTION, world.power_addresses[power])
    return Outcome.INTERVENES.value if luck < odds[RELIABILITY] else Outcome.ABANDONS.value


@compiled
def run_war(world, current, series, state, power, odds, intervenes):
    """A war: who wins, what it costs, and what it leaves behind."""
    wins = is_won(world, current, state, odds[JOINT if intervenes else ALONE])
    if is_ally(current, power, state):
        series[power, Series.WARS] += 1.0
        if intervenes:
            series[power, Series.INTERVENTIONS] += 1.0
            series[power, Series.REALISED_INTERVENTION] += odds[INTERVENTION_COST]
        else:
            series[power, Series.ABANDONMENTS] += 1.0
            series[power, Series.REALISED_RENEGING] += odds[RENEGING_COST]
        if not wins:
            series[power, Series.DEFEATS] += 1.0
            series[power, Series.REALISED_LOST_STAKE] += odds[VALUE]
    else:
        series[power, Series.OUTSIDE_WARS] += 1.0
        if intervenes:
            series[power, Series.OUTSIDE_INTERVENTIONS] += 1.0
    if not world.switches.has_aftermath:
        return
    if not wins:
        weaken(world, current, state)
    if intervenes:
        tire(current.powers[power], current.year[0], world.powers[power, PowerParameter.FATIGUE_YEARS])


@compiled
def is_won(world, current, state, chance):
    """Whether a state wins the war of this year, with this chance."""
    return uniform_draw(current, world.state_addresses[state], Decision.WAR, NOBODY) < chance


@compiled
def weaken(world, current, state):
    """A lost war costs a state part of its capability."""
    current.states[state, StateColumn.CAPABILITY_DEVIATION] = beaten(
        current.states[state, StateColumn.CAPABILITY_DEVIATION], world.magnitudes.capability_loss)


@compiled
def tire(row, year, years):
    """An intervention tires a major power for so many years from the next on; one that is tired stays so."""
    if year > row[PowerColumn.TIRED_UNTIL]:
        row[PowerColumn.TIRED_FROM] = year + 1.0
    row[PowerColumn.TIRED_UNTIL] = year + years


@compiled
def learn(world, current, tested, evidence):
    """Phase 6: every state updates what it believes, its own experience in full and that of others discounted."""
    for place in range(tested.size):
        power = tested[place]
        if power == NOT_TESTED:
            continue
        for state in range(tested.size):
            weight = 1.0 if state == place else world.magnitudes.observability
            pair = current.pairs[power, state]
            pair[PairColumn.BELIEF] = posterior(
                pair[PairColumn.BELIEF], evidence[place, 0], evidence[place, 1], weight)


@compiled
def record_year(world, current, history):
    """Phase 7: what each power's portfolio is and is worth, at true values, in this year's part of a `History`."""
    year, states = current.year[0] - 1, world.states.shape[0]
    for power in range(world.powers.shape[0]):
        row = history.series[year, power]
        for state in range(states):
            row[Series.BELIEF] += current.pairs[power, state, PairColumn.BELIEF] / states
            if is_ally(current, power, state):
                record_pact(world, current, history, power, state)
        tally_portfolio(row, world.rules, power_at(world, power), portfolio_at(world, current, power, NO_STATE),
                        allied_pairs(world, current, power))


@compiled
def record_pact(world, current, history, power, state):
    """One pact of the year."""
    year, row = current.year[0] - 1, history.series[current.year[0] - 1, power]
    pair, distance = current.pairs[power, state], world.relations[power, state, PairParameter.DISTANCE_KM]
    commitment, autonomy = pair[PairColumn.COMMITMENT], pair[PairColumn.AUTONOMY]
    tally_pact(row, *true_inputs(world, current, power, state), commitment, autonomy, distance,
               distance <= world.magnitudes.neighbour_km)
    history.commitment[year, power, state] = commitment
    history.autonomy[year, power, state] = autonomy
    history.since[year, power, state] = pair[PairColumn.SINCE]
    if pair[PairColumn.SINCE] < current.year[0]:
        row[Series.PERSISTED] += 1.0


@compiled
def allied_pairs(world, current, power):
    """Number of pairs of declared rivals that are both allies of a power."""
    pairs = 0.0
    for state in range(world.states.shape[0]):
        if not is_ally(current, power, state):
            continue
        rank = world.states[state, StateParameter.RANK]
        for rival in world.rivals[state]:
            if rival >= 0 and world.states[rival, StateParameter.RANK] > rank and is_ally(current, power, rival):
                pairs += 1.0
    return pairs
