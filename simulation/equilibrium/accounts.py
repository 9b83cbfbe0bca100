"""What an equilibrium is worth to whom, term by term (theory, sections 3 and 5).

Called by the commands and figures: plain numbers from an `Equilibrium`, by the payoff functions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.equilibrium.response import willing_powers
from simulation.equilibrium.search import Equilibrium, alliances_of
from simulation.equilibrium.world import problem_at, world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.own_terms import own_columns
from simulation.scenario.scenario import Scenario
from simulation.theory.crisis import binding, crisis
from simulation.theory.payoffs import (
    PAPER_WIDTH,
    account_of,
    ally_value,
    gains,
)


@dataclass(frozen=True)
class PactAccount:
    """One pact of an equilibrium: who, on what terms, what each side gains, how reliable, and all terms of both gains,
    the scenario's own among them."""

    power: str
    state: str
    commitment: float
    autonomy: float
    weak_gain: float
    major_gain: float
    reliability: float
    terms: dict[str, float]


@tells_broken_terms
def accounts(scenario: Scenario, equilibrium: Equilibrium) -> list[PactAccount]:
    """All pacts of an equilibrium, in the scenario's order of states."""
    world = world_of(scenario)
    alliances = alliances_of(scenario, world, equilibrium.pacts)
    places, powers, found = list(scenario.states), list(scenario.major_powers), []
    for code, pact in equilibrium.pacts.items():
        place, number = places.index(code), powers.index(pact.power)
        problem = problem_at(world, alliances, number, place, willing_powers(world, alliances, place)[0][number])
        weak_gain, major_gain = gains(problem, pact.commitment, pact.autonomy)
        value = ally_value(problem, pact.commitment, pact.autonomy)
        game = crisis(problem.weak_view, binding(pact.commitment, problem.depth_binds), pact.autonomy, value)
        found.append(PactAccount(
            pact.power, code, pact.commitment, pact.autonomy, weak_gain, major_gain, game.believed_reliability,
            account_of(problem, pact.commitment, pact.autonomy, tuple(own_columns(scenario)))))
    return found


def portfolio_measures(scenario: Scenario, equilibrium: Equilibrium, power: str) -> dict[str, float]:
    """What a portfolio looks like, by the names of `measures.MEASURES`; NaN where there is no pact.

    The payoffs are sums over pacts of the differences that each makes.
    """
    own = [account for account in accounts(scenario, equilibrium) if account.power == power]
    number, states = len(own), len(scenario.states)
    paper = scenario.contract.minimum_commitment + PAPER_WIDTH

    def mean(amounts: list[float]) -> float:
        return math.fsum(amounts) / number if number else math.nan

    return {
        "number_of_pacts": float(number),
        "pacts_beyond_paper": float(sum(account.commitment > paper for account in own)),
        "commitment_given_pact": mean([account.commitment for account in own]),
        "autonomy_given_pact": mean([account.autonomy for account in own]),
        "autonomy_all_states": math.fsum(account.autonomy for account in own) / states,
        "reliability_believed": mean([account.reliability for account in own]),
        "major_gain_per_pact": mean([account.major_gain for account in own]),
        "weak_gain_per_pact": mean([account.weak_gain for account in own]),
    }
