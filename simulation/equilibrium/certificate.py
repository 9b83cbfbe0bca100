"""Certificates: how far an assignment with contracts is from being an alliance equilibrium (theory, section 5).

Computed from the scenario by code that shares nothing with the search but the payoff functions: portfolios are summed
here, contracts are looked for on grids that are refined (`refined_grid`), and the bargaining solutions are stated
again. Called by `search` for every equilibrium, and open to any assignment of a user's own.

Every violation is reached by a contract that was really evaluated, so that none is reported that is not there; a
certificate is as good as its search for one, which is global on a grid and local below it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from simulation.equilibrium.refined_grid import Objective, maximise_objective, objective_of, value_at
from simulation.equilibrium.refined_grid import ObjectiveKind as Sought
from simulation.equilibrium.world import audience_of
from simulation.errors import Refusal
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.scenario import Scenario
from simulation.scenario.term_programs import programs_of
from simulation.scenario.traits import power_traits, relation_traits, scenario_rules, state_traits
from simulation.theory.bargaining_problem import ALONE, Circumstances, Portfolio, bargaining_problem, loss_without_pact
from simulation.theory.crisis import binding
from simulation.theory.geography import burden
from simulation.theory.payoffs import BargainingProblem, channelled, gains

SIGNED_FROM = 1e-9
"""Neither side signs for gains up to this size; see `solutions.NEGLIGIBLE_GAIN`."""
READY, OFFER = objective_of(Sought.SLACK, SIGNED_FROM, SIGNED_FROM), objective_of(Sought.WEAK_GAIN)
"""Whether a pair could agree at all; the most that a major power could offer."""


@dataclass(frozen=True)
class Contract:
    """A pact on its terms: code of the major power, commitment and autonomy conceded."""

    power: str
    commitment: float
    autonomy: float


class Kind(StrEnum):
    """Which of the definition's three conditions fails."""

    CONTRACT = "contract"
    DROP = "drop"
    NEW_PACT = "new pact"


@dataclass(frozen=True)
class Violation:
    """A way to gain: its kind, the pair, the size in payoff per year (of the solution's score for a contract), and the
    contract that shows it (0, 0 where a pact is dropped)."""

    kind: Kind
    power: str
    state: str
    size: float
    commitment: float
    autonomy: float

    def __str__(self) -> str:
        what = {Kind.CONTRACT: "bargained again, the contract would move to",
                Kind.DROP: "gains by dropping the pact",
                Kind.NEW_PACT: "both would gain by a pact at"}[self.kind]
        terms = "" if self.kind == Kind.DROP else f" commitment {self.commitment:.4f}, autonomy {self.autonomy:.4f}"
        return f"{self.power} and {self.state}: {what}{terms} (by {self.size:.2g})"


@dataclass(frozen=True)
class Certificate:
    """The largest violation of each of the three conditions; 0 where none was found."""

    contract: float
    drop: float
    new_pact: float
    worst: Violation | None

    @property
    def regret(self) -> float:
        """The largest violation of all."""
        return max(self.contract, self.drop, self.new_pact)


@tells_broken_terms
def certify(scenario: Scenario, pacts: Mapping[str, Contract]) -> Certificate:
    """The certificate of an assignment: `pacts` by the weak state's code; states left out have none.

    Raises `Refusal` for unknown codes and terms outside the contract space.
    """
    space = _PairProblems(scenario, dict(pacts))
    found = [violation for code in scenario.states for violation in space.violations(code)]
    sizes = {kind: max((violation.size for violation in found if violation.kind == kind), default=0.0) for kind in Kind}
    worst = max(found, key=lambda violation: violation.size, default=None)
    return Certificate(sizes[Kind.CONTRACT], sizes[Kind.DROP], sizes[Kind.NEW_PACT], worst)


class _PairProblems:
    """A scenario with an assignment, from which any pair's bargaining problem can be had."""

    def __init__(self, scenario: Scenario, pacts: dict[str, Contract]):
        self.scenario, self.pacts = scenario, pacts
        least = float(scenario.contract.minimum_commitment)
        for code, pact in pacts.items():
            if code not in scenario.states or pact.power not in scenario.major_powers:
                raise Refusal("no such pair in the scenario", found=f"{pact.power} and {code}")
            if not (least <= pact.commitment <= 1.0 and 0.0 <= pact.autonomy <= 1.0):
                raise Refusal("terms outside the contract space", found=f"{pact}",
                              allowed=f"commitment {least:g} to 1, autonomy 0 to 1")
        self.rules = scenario_rules(scenario)
        blocks = programs_of(scenario).blocks
        self.powers = {code: power_traits(power, blocks[code]) for code, power in scenario.major_powers.items()}
        self.states = {code: state_traits(state) for code, state in scenario.states.items()}
        self.relations = {(power, code): relation_traits(scenario, power, code)
                          for power in self.powers for code in self.states}

    def portfolio(self, power: str, state: str) -> Portfolio:
        """The power's pacts other than that with the state."""
        others = {code: pact for code, pact in self.pacts.items() if pact.power == power and code != state}
        pledged = math.fsum(pact.commitment * burden(self.relations[power, code].reach)
                            for code, pact in others.items())
        votes = math.fsum(channelled(self.states[code].votes, pact.autonomy, self.rules.legitimation_by_autonomy)
                          for code, pact in others.items())
        bound = [binding(pact.commitment, self.rules.depth_binds) for pact in others.values()]
        rivals = self.scenario.rivals_of(state)
        capacity = float(self.scenario.major_powers[power].costs.opportunity.capacity)
        return Portfolio(capacity, pledged, votes, math.fsum(bound) / len(bound) if bound else 0.0,
                         float(sum(code in rivals for code in others)), float(len(others)))

    def circumstances(self, power: str, state: str, pull: float, other_loss: float) -> Circumstances:
        """The pair's circumstances, seen alike by both sides."""
        record = self.scenario.states[state]
        rate, challenger = float(record.crisis_rate), float(record.challenger_capability)
        return Circumstances(
            float(record.capability), float(record.toward[power].preference_distance), pull,
            audience_of(self.scenario, power), rate, challenger, rate, challenger, other_loss)

    def problem(self, power: str, state: str, pull: float) -> BargainingProblem:
        """What the pair brings to the table, all other pacts standing."""
        losses = [loss_without_pact(
            self.rules, self.powers[other], self.relations[other, state],
            self.circumstances(other, state, 0.0, ALONE), self.portfolio(other, state).mean_binding)
            for other in self.powers if other != power]
        now = self.circumstances(power, state, pull, min(losses, default=ALONE))
        found: BargainingProblem = bargaining_problem(
            self.rules, self.powers[power], self.states[state], self.relations[power, state], now,
            self.portfolio(power, state))
        return found

    def pull(self, power: str, state: str) -> float:
        """The chance that a competitor takes the state if this power does not."""
        if len(self.powers) == 1 or self.scenario.assumptions.rival_pull == "given":
            return float(self.scenario.states[state].toward[power].rival_pull)
        ready = [maximise_objective(self.problem(other, state, 0.0), READY, True).value > 0.0
                 for other in self.powers if other != power]
        return float(any(ready))

    def violations(self, state: str) -> list[Violation]:
        """All violations found around one weak state."""
        outside = float(self.scenario.states[state].outside_option)
        problems = {power: self.problem(power, state, self.pull(power, state)) for power in self.powers}
        pact, held, found = self.pacts.get(state), outside, []
        if pact is not None:
            weak, major = gains(problems[pact.power], pact.commitment, pact.autonomy)
            leaving = max(outside - weak, -major, 0.0)
            if leaving > 0.0:
                found.append(Violation(Kind.DROP, pact.power, state, leaving, 0.0, 0.0))
            held = weak
            found += self._contract_violation(state, pact, problems, outside)
        for power, problem in problems.items():
            if pact is None or power != pact.power:
                best = maximise_objective(problem, objective_of(Sought.SLACK, held), False)
                if best.value > SIGNED_FROM:
                    found.append(Violation(Kind.NEW_PACT, power, state, best.value, best.commitment, best.autonomy))
        return found

    def _contract_violation(self, state: str, pact: Contract, problems: dict[str, BargainingProblem],
                            outside: float) -> list[Violation]:
        """By how much the bargaining solution, applied again, would score higher than the contract."""
        offers = [maximise_objective(problem, OFFER, False).value for power, problem in problems.items()
                  if power != pact.power]
        option = max([outside, *offers])
        objective, unit = _solution(self.scenario, pact.power, problems[pact.power], option)
        weak, major = gains(problems[pact.power], pact.commitment, pact.autonomy)
        best = maximise_objective(problems[pact.power], objective, False)
        size = unit * (best.value - value_at(objective, _on_edge(weak, max(0.0, option)), _on_edge(major, 0.0)))
        if best.value <= 0.0 or size <= 0.0:
            return []
        return [Violation(Kind.CONTRACT, pact.power, state, size, best.commitment, best.autonomy)]


EDGE = 1e-6


def _on_edge(gain: float, floor: float) -> float:
    """The gain, lifted to the floor if it misses it by no more than `EDGE`.

    A contract on the edge of what a side accepts is not worthless for that; the miss itself is reported as a gain from
    dropping the pact.
    """
    return floor if floor - EDGE <= gain < floor else gain


def _solution(scenario: Scenario, power: str, problem: BargainingProblem, option: float) -> tuple[Objective, float]:
    """What the scenario's bargaining solution maximises, and what a unit of that is in payoff per year."""
    assumptions = scenario.assumptions
    floor, beta = max(0.0, option), float(scenario.major_powers[power].bargaining_weight)
    threat = floor if assumptions.outside_option == "threat_point" else 0.0
    unit_weak = unit_major = 1.0
    if assumptions.bargaining_solution == "kalai_smorodinsky":
        unit_weak = maximise_objective(problem, OFFER, False).value - threat
        unit_major = maximise_objective(problem, objective_of(Sought.MAJOR_GAIN, floor), False).value
    if min(unit_weak, unit_major) <= 0.0:
        return objective_of(Sought.SLACK, floor), 1.0
    sought = {"nash": Sought.NASH, "ultimatum": Sought.ULTIMATUM}.get(assumptions.bargaining_solution,
                                                                      Sought.PROPORTIONAL)
    return objective_of(sought, floor, 0.0, threat, beta, unit_weak, unit_major), min(unit_weak, unit_major)
