"""What one weak state and one major power do to each other in a year, from circumstances to outcome.

Called by the decisions of a year: each function takes the six inputs of `bargaining_problem` and goes the whole way, so
that no caller handles terms of a payoff. What only the decisions of a year call takes the six as one tuple.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.compilation import by_reference, compiled, compiled_apart
from simulation.theory import bargaining, payoffs
from simulation.theory.bargaining_problem import bargaining_problem, crisis_view
from simulation.theory.crisis import Crisis, binding, crisis, intervention, total, weak_loss
from simulation.theory.payoffs import ally_value, outsider_binding


class CrisisOutcome(NamedTuple):
    """How a crisis would go.

    game: its probabilities; alone, joint: chances of winning; intervention_cost: K; reneging_cost: what breaking the
    pledge costs; value: V, what the major power loses with this ally; if_resolute, if_irresolute: probability of
    intervention of either type; loss: the weak state's expected loss, as it believes.
    """

    game: Crisis
    alone: float
    joint: float
    intervention_cost: float
    reneging_cost: float
    value: float
    if_resolute: float
    if_irresolute: float
    loss: float


@compiled_apart
def gains(rules, power, state, relation, now, portfolio, commitment, autonomy):
    """(u, v): gains of the weak state and of the major power from a pact with these terms, each as it perceives
    them."""
    problem = by_reference(bargaining_problem(rules, power, state, relation, now, portfolio))
    return payoffs.gains(problem, commitment, autonomy)


@compiled
def itemised_gains(rules, power, state, relation, now, portfolio, commitment, autonomy):
    """What a pact with these terms is worth to both sides, term by term: (`WeakGain`, `MajorGain`)."""
    problem = by_reference(bargaining_problem(rules, power, state, relation, now, portfolio))
    return payoffs.itemised(problem, commitment, autonomy)


@compiled
def own_amounts(rules, power, state, relation, now, portfolio, commitment, autonomy, amounts):
    """Fills `amounts` with what each own term amounts to under these terms; see `payoffs.own_amounts`."""
    problem = by_reference(bargaining_problem(rules, power, state, relation, now, portfolio))
    return payoffs.own_amounts(problem, commitment, autonomy, amounts)


@compiled
def prospect(inputs, floor):
    """The major power's prospect of talks with this state; see `bargaining.prospect`."""
    return bargaining.prospect(by_reference(bargaining_problem(*inputs)), floor)


@compiled
def renewal_prospect(inputs, floor, commitment, autonomy):
    """The major power's prospect of talks about a pact in force; see `bargaining.renewal_prospect`."""
    problem = by_reference(bargaining_problem(*inputs))
    return bargaining.renewal_prospect(problem, floor, commitment, autonomy)


@compiled
def bargain(inputs, solution, weight, outside_option, shifts_threat):
    """The bargain between the two: an `Agreement`; see `bargaining.bargain`."""
    problem = by_reference(bargaining_problem(*inputs))
    return bargaining.bargain(problem, solution, weight, outside_option, shifts_threat)


@compiled
def best_offer(inputs, least):
    """The most that the major power could offer the state; see `bargaining.best_offer`."""
    return bargaining.best_offer(by_reference(bargaining_problem(*inputs)), least)


@compiled
def expected_offer(inputs):
    """The offer to the state that others expect; see `bargaining.expected_offer`."""
    return bargaining.expected_offer(by_reference(bargaining_problem(*inputs)))


@compiled
def can_agree(inputs, commitment, autonomy):
    """Whether the two could agree on some contract; commitment, autonomy: of the pact in force, 0 without."""
    problem = by_reference(bargaining_problem(*inputs))
    return (commitment > 0.0 and bargaining.suits_both(problem, commitment, autonomy)) or bargaining.can_agree(problem)


@compiled_apart
def crisis_outcome(rules, power, state, relation, now, portfolio, is_pact, commitment, autonomy):
    """The crisis that would come under these terms, or without a pact: a `CrisisOutcome`."""
    tied, value = outsider_binding(portfolio.mean_binding, rules.excludability), 0.0
    view = crisis_view(rules, power, relation, now, now.weak_challenger, tied)
    game = view.without
    if is_pact:
        problem = by_reference(bargaining_problem(rules, power, state, relation, now, portfolio))
        tied, value = binding(commitment, rules.depth_binds), ally_value(problem, commitment, autonomy)
        game = crisis(view, tied, autonomy, value)
    audience = view.audience
    return CrisisOutcome(
        game, view.alone, view.joint, view.intervention_cost, tied * audience.own, value,
        intervention(view, audience.resolute, tied, value), intervention(view, audience.irresolute, tied, value),
        total(weak_loss(view, game)))
