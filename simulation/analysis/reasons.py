"""Why a weak state is, or is not, the ally of a major power, all other pacts of an equilibrium standing.

The contract that they have, or else the one that comes nearest to suiting both; what each side has of it term by term;
and what the one would have to put up with for the other to sign. No formula stands here: gains are the theory's, and
contracts are looked for as certificates look for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulation.analysis.pair import Pair, pair_of
from simulation.equilibrium.certificate import SIGNED_FROM, Contract
from simulation.equilibrium.refined_grid import Best, along_ridge, maximise_objective, objective_of, zoomed
from simulation.equilibrium.refined_grid import ObjectiveKind as Sought
from simulation.history.tables import NO_RECORD, REJECTION, outcome
from simulation.scenario.scenario import Scenario
from simulation.scenario.traits import terms_in
from simulation.theory.payoffs import account_of, gains

SIGNATURE = ("power", "state", "outcome", "commitment", "autonomy", "weak_gain", "major_gain", "elsewhere",
             "refused_by")
NO_FLOOR = float("-inf")
HALVINGS = 40


@dataclass(frozen=True)
class Valued:
    """A contract with what it is worth: gains in payoff per year, and all terms, of which costs subtract."""

    commitment: float
    autonomy: float
    weak_gain: float
    major_gain: float
    terms: dict[str, float]


@dataclass(frozen=True)
class Reasons:
    """Why a pair is or is not allied.

    Attributes
    ----------
    power, state : codes.
    patron : code of the state's ally in the equilibrium; None without one.
    elsewhere : what the state could have without this power, 0 or more; payoff per year.
    contract : of the pair; without one, that at which the side that falls short most falls short least.
    most_weak, most_major : the most that each side could gain from any contract, whatever the other thinks of it.
    weak_if_major_signs, major_if_weak_signs : the most that one side could gain from the contracts that the other would
        sign; None where that one would sign nothing.
    """

    power: str
    state: str
    patron: str | None
    elsewhere: float
    contract: Valued
    most_weak: float
    most_major: float
    weak_if_major_signs: float | None
    major_if_weak_signs: float | None

    @property
    def is_allied(self) -> bool:
        """Whether the two are allies in the equilibrium."""
        return self.patron == self.power

    @property
    def refused_by(self) -> tuple[str, ...]:
        """Which sides, ``weak`` and ``major``, would not sign the contract."""
        return refusing_sides(self.contract, self.elsewhere)


def reasons(scenario: Scenario, pacts: Mapping[str, Contract], state: str, power: str | None = None) -> Reasons:
    """Why a pair is or is not allied while the other states' pacts stand.

    pacts : of an equilibrium, by state; power : may be left out where there is only one.
    Raises `Refusal` for a code that the scenario does not have.
    """
    pair = _wide(pair_of(scenario, state, power, pacts))
    held = pacts.get(pair.state)
    elsewhere, contract = max(0.0, pair.outside_option), _contract(pair, held)
    most_weak = best_contract(pair.problem, objective_of(Sought.WEAK_GAIN, NO_FLOOR, NO_FLOOR)).value
    most_major = best_contract(pair.problem, objective_of(Sought.MAJOR_GAIN, NO_FLOOR, NO_FLOOR)).value
    return Reasons(pair.power, pair.state, held.power if held else None, elsewhere, contract, most_weak,
                   most_major, _if_other_signs(pair, Sought.WEAK_GAIN, most_major, 0.0),
                   _if_other_signs(pair, Sought.MAJOR_GAIN, most_weak, elsewhere))


def signatures(scenario: Scenario, pacts: Mapping[str, Contract],
               outcomes: Mapping[tuple[str, str], str] | None = None) -> pd.DataFrame:
    """For every pair that is allied or was in the record: its contract or, without one, that which comes nearest to
    suiting both, what each side gains by it, who would not sign it, and all terms.

    pacts : that stand, by state; outcomes : what was predicted of each pair beside the record, by power and state;
    without it the pacts are what is predicted.

    Columns: power, state, outcome (one of `history.tables.OUTCOMES`), commitment, autonomy, weak_gain, major_gain,
    elsewhere, refused_by (codes), and the terms. Empty where the scenario has no record.
    """
    rows = []
    for power in scenario.major_powers:
        for state, record in scenario.states.items():
            observed, held = record.observed.get(power), pacts.get(state)
            is_held = held is not None and held.power == power
            came_to = outcome(is_held, observed) if outcomes is None else outcomes[power, state]
            if came_to in (NO_RECORD, REJECTION):
                continue
            pair = _wide(pair_of(scenario, state, power, pacts))
            elsewhere, found = max(0.0, pair.outside_option), _contract(pair, held)
            refusing = [code for code, side in ((state, "weak"), (power, "major"))
                        if side in refusing_sides(found, elsewhere)]
            rows.append({"power": power, "state": state, "outcome": came_to, "commitment": found.commitment,
                         "autonomy": found.autonomy, "weak_gain": found.weak_gain, "major_gain": found.major_gain,
                         "elsewhere": elsewhere, "refused_by": " ".join(refusing), **found.terms})
    return pd.DataFrame(rows, columns=[*SIGNATURE, *terms_in(scenario)])


def refusing_sides(contract: Valued, elsewhere: float) -> tuple[str, ...]:
    """Which sides, ``weak`` and ``major``, would not sign a contract."""
    refuses = {"weak": contract.weak_gain <= SIGNED_FROM or contract.weak_gain < elsewhere,
               "major": contract.major_gain <= SIGNED_FROM}
    return tuple(side for side, is_so in refuses.items() if is_so)


def _wide(pair: Pair) -> Pair:
    """A pair for which all contracts are looked at: the search for bargains leaves out what no state could concede, and
    what a major power would like may lie there."""
    return pair._replace(problem=pair.problem._replace(most_autonomy=1.0))


def _contract(pair: Pair, held: Contract | None) -> Valued:
    """The contract that a pair has or, without one, that which comes nearest to suiting both."""
    if held is not None and held.power == pair.power:
        return _valued(pair, held.commitment, held.autonomy)
    nearest = best_contract(pair.problem, objective_of(Sought.SLACK, max(0.0, pair.outside_option)))
    return _valued(pair, nearest.commitment, nearest.autonomy)


def best_contract(problem: Any, objective: Any) -> Best:
    """The contract that serves an objective best, however far it is from suiting both sides.

    Certificates look no closer at what is far from a contract; here that is what is asked for.
    """
    found: Best = maximise_objective(problem, objective, False)
    closer = zoomed(problem, objective, found.commitment, found.autonomy)
    tried = [found, closer, *(along_ridge(problem, objective, closer, swapped) for swapped in (False, True))]
    best: Best = max(tried, key=lambda one: one.value)
    return best


def _if_other_signs(pair: Pair, sought: Sought, most_other: float, floor: float) -> float | None:
    """The most that a side could gain from contracts that leave the other its floor; None where no contract does.

    By halving: a level can be had if some contract leaves this side that much and the other side its floor.
    """
    if most_other <= max(floor, SIGNED_FROM):
        return None
    is_weak = sought == Sought.WEAK_GAIN
    other = Sought.MAJOR_GAIN if is_weak else Sought.WEAK_GAIN
    there = best_contract(pair.problem, objective_of(other, NO_FLOOR, NO_FLOOR))
    low = gains(pair.problem, there.commitment, there.autonomy)[0 if is_weak else 1]
    high = best_contract(pair.problem, objective_of(sought, NO_FLOOR, NO_FLOOR)).value
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        floors = (middle, floor) if is_weak else (floor, middle)
        if maximise_objective(pair.problem, objective_of(Sought.SLACK, *floors), True).value >= 0.0:
            low = middle
        else:
            high = middle
    return float(low)


def _valued(pair: Pair, commitment: float, autonomy: float) -> Valued:
    weak, major = gains(pair.problem, commitment, autonomy)
    return Valued(float(commitment), float(autonomy), float(weak), float(major),
                  account_of(pair.problem, commitment, autonomy, pair.own_terms))
