"""What a pair brings to the table in a year: the six inputs of `theory.dyad`, read from the arrays by number.

Called by the decisions of a year, with true circumstances or with those that one side perceives.
"""

from __future__ import annotations

from simulation.compilation import compiled
from simulation.history.state import NO_STATE, PairColumn, PowerColumn, StateColumn, is_ally, portfolio_sums
from simulation.history.world import PowerParameter
from simulation.scenario.traits import power_at, relation_at, state_at
from simulation.theory import dyad
from simulation.theory.bargaining_problem import ALONE, Circumstances, Portfolio, loss_without_pact
from simulation.theory.crisis import Audience
from simulation.theory.shocks import rested_capacity


@compiled
def truth(current, state):
    """(crisis rate, challenger) of a state as they are."""
    return current.states[state, StateColumn.RATE], current.states[state, StateColumn.CHALLENGER]


@compiled
def seen_by_state(current, state):
    """(crisis rate, challenger) of a state as it sees them itself."""
    return current.states[state, StateColumn.SEEN_RATE], current.states[state, StateColumn.SEEN_CHALLENGER]


@compiled
def seen_by_power(current, power, state):
    """(crisis rate, challenger) of a state as a power sees them."""
    return current.pairs[power, state, PairColumn.SEEN_RATE], current.pairs[power, state, PairColumn.SEEN_CHALLENGER]


@compiled
def portfolio_at(world, current, power, state):
    """A power's pacts, less that with a state, as this state would join them; `NO_STATE`: all of them."""
    its = current.powers[power]
    pledged, legitimated, bound, number = (
        its[PowerColumn.PLEDGED], its[PowerColumn.LEGITIMATED], its[PowerColumn.BOUND], its[PowerColumn.NUMBER])
    allied_rivals = 0.0
    if state != NO_STATE:
        if is_ally(current, power, state):
            pledged, legitimated, bound, number = portfolio_sums(world, current, power, state)
        for rival in world.rivals[state]:
            if rival >= 0 and is_ally(current, power, rival):
                allied_rivals += 1.0
    is_tired = current.year[0] > 0 and its[PowerColumn.TIRED_FROM] <= current.year[0] <= its[PowerColumn.TIRED_UNTIL]
    capacity = rested_capacity(
        world.powers[power, PowerParameter.CAPACITY], world.powers[power, PowerParameter.FATIGUE_LOSS], is_tired)
    return Portfolio(capacity, pledged, legitimated, bound / number if number > 0.0 else 0.0, allied_rivals,
                     number)


@compiled
def circumstances_at(world, current, power, state, weak, major, other_loss, pull):
    """Circumstances in which a power meets a state; weak, major: (crisis rate, challenger) as each side sees them."""
    record, pair = world.powers[power], current.pairs[power, state]
    audience = Audience(current.powers[power, PowerColumn.AUDIENCE_COST], record[PowerParameter.AUDIENCE_RESOLUTE],
                        record[PowerParameter.AUDIENCE_IRRESOLUTE], pair[PairColumn.BELIEF])
    return Circumstances(current.states[state, StateColumn.CAPABILITY], pair[PairColumn.PREFERENCE], pull, audience,
                         weak[0], weak[1], major[0], major[1], other_loss)


@compiled
def other_loss_at(world, current, power, state, view):
    """The state's least expected loss without a pact with a power: under another's pact or eyes."""
    least = ALONE
    for other in range(world.powers.shape[0]):
        if other == power:
            continue
        portfolio = portfolio_at(world, current, other, state)
        now = circumstances_at(world, current, other, state, view, view, ALONE, 0.0)
        if is_ally(current, other, state) and not world.switches.is_exclusive:
            pair = current.pairs[other, state]
            loss = dyad.crisis_outcome(
                world.rules, power_at(world, other), state_at(world, state), relation_at(world, other, state), now,
                portfolio, is_ally(current, other, state), pair[PairColumn.COMMITMENT], pair[PairColumn.AUTONOMY]).loss
        else:
            loss = loss_without_pact(
                world.rules, power_at(world, other), relation_at(world, other, state), now, portfolio.mean_binding)
        least = min(least, loss)
    return least


@compiled
def inputs(world, current, power, state, weak, major, pull):
    """The six inputs of `theory.dyad` for a power and a state."""
    other_loss = other_loss_at(world, current, power, state, weak)
    return (world.rules, power_at(world, power), state_at(world, state), relation_at(world, power, state),
            circumstances_at(world, current, power, state, weak, major, other_loss, pull),
            portfolio_at(world, current, power, state))


@compiled
def true_inputs(world, current, power, state):
    """Inputs at true circumstances."""
    true = truth(current, state)
    return inputs(world, current, power, state, true, true, current.pairs[power, state, PairColumn.PULL])


@compiled
def perceived_inputs(world, current, power, state):
    """Inputs with each side's own perception."""
    return inputs(world, current, power, state, seen_by_state(current, state), seen_by_power(current, power, state),
                  current.pairs[power, state, PairColumn.PULL])


@compiled
def inputs_under_view(world, current, power, state, view):
    """Inputs as one side sees both."""
    return inputs(world, current, power, state, view, view, current.pairs[power, state, PairColumn.PULL])


@compiled
def perceived_gains(world, current, power, state):
    """(u, v) of the pact in force, each side by its own perception."""
    pair = current.pairs[power, state]
    terms = perceived_inputs(world, current, power, state)
    return dyad.gains(*terms, pair[PairColumn.COMMITMENT], pair[PairColumn.AUTONOMY])
