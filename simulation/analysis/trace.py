"""Same luck, other costs: where two histories part, what was compared there, and what came of it.

Chance has an address, so two scenarios can be run under the same luck, and whatever differs between their histories
follows from what differs between the scenarios. Called by the command ``trace``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from simulation.history.agents import MajorPower, WeakState
from simulation.history.decisions import decisions_in
from simulation.history.model import AllianceModel
from simulation.history.series import History
from simulation.history.simulate import simulate_logged
from simulation.history.world import world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.own_terms import own_columns
from simulation.scenario.scenario import Scenario
from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.payoffs import account_of

PHASES = ("review", "agenda", "talks", "opening", "crisis")
NOTHING = {"review": "no pact to review", "agenda": "is not there", "talks": "no talks",
           "opening": "opens no crisis itself", "crisis": "no crisis opens"}
"""What is said of a decision that comes up in one of two histories only."""

NO_ALLIES: dict[str, set[str]] = {}
SAME = 1e-9
"""Contracts that differ by no more than this, in either term, are the same."""


class Address(NamedTuple):
    """Which decision: year of the history from 1, phase, major power, and weak state ("" for an agenda)."""

    year: int
    phase: str
    power: str
    state: str


@dataclass(frozen=True)
class Choice:
    """What was decided, and the figures that were compared."""

    outcome: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Difference:
    """A decision that went differently: its address, and the choice in either history (None where it did not come
    up)."""

    address: Address
    first: Choice | None
    second: Choice | None

    def outcomes(self) -> tuple[str, str]:
        """What was decided in either history."""
        nothing = NOTHING[self.address.phase]
        return (self.first.outcome if self.first else nothing, self.second.outcome if self.second else nothing)


Contract = tuple[float, float]
Account = dict[str, float]


@dataclass(frozen=True)
class Trace:
    """Two histories under the same luck.

    Attributes
    ----------
    terms : the first contract whose terms differ although both histories agree on one, or None.
    parting : the first decision that goes differently, or None if the courses are the same.
    accounts : for the contracts that stand at the decision of interest (the parting if it is about a pact, else
        `terms`): contract by name, and what each side would have of it in either history, term by term.
    chain : all later decisions that go differently, in order.
    pacts : for every year the allies of each power in either history: (first, second), by power.
    """

    terms: Difference | None
    parting: Difference | None
    accounts: dict[str, tuple[Contract, Account | None, Account | None]]
    chain: list[Difference]
    pacts: list[dict[str, tuple[set[str], set[str]]]] = field(default_factory=list)


class Course(NamedTuple):
    """A history and its decisions by address."""

    history: History
    choices: dict[Address, Choice]


@tells_broken_terms
def course_of(scenario: Scenario, seed: int, replication: int) -> Course:
    """A history of a scenario with every decision in it."""
    history, end = simulate_logged(world_of(scenario), seed, replication)
    found = decisions_in(end, list(scenario.major_powers), list(scenario.states))
    return Course(history, {Address(*decision[:4]): Choice(decision.outcome, decision.figures) for decision in found})


def trace(first: Scenario, second: Scenario, seed: int, replication: int = 0) -> Trace:
    """Runs both scenarios under the luck of a seed and a replication, and compares decision by decision."""
    one, other = (course_of(scenario, seed, replication) for scenario in (first, second))
    found = differences(one.choices, other.choices)
    parted = [difference for difference in found if difference.outcomes()[0] != difference.outcomes()[1]]
    terms = next((difference for difference in found if is_of_terms(difference)), None)
    parting = parted[0] if parted else None
    of_interest = parting if parting is not None and parting.address.phase in ("talks", "review") else terms
    pacts = [{power: (mine.get(power, set()), theirs.get(power, set())) for power in {**mine, **theirs}}
             for mine, theirs in itertools.zip_longest(
                 allies_by_year(first, one.history), allies_by_year(second, other.history), fillvalue=NO_ALLIES)]
    return Trace(terms, parting, accounts_at(of_interest, (first, second), (one, other), seed, replication), parted[1:],
                 pacts)


def allies_by_year(scenario: Scenario, history: History) -> list[dict[str, set[str]]]:
    """For every year the codes of each major power's allies."""
    codes = np.array(list(scenario.states))
    return [{power: set(codes[since[number] > 0.0].tolist()) for number, power in enumerate(scenario.major_powers)}
            for since in history.since]


def differences(one: dict[Address, Choice], other: dict[Address, Choice]) -> list[Difference]:
    """Decisions that went differently in outcome or in figures, in the order in which they came up."""
    order = {address: place for place, address in enumerate([*one, *other])}
    place_in = {address: (address.year, PHASES.index(address.phase), order[address]) for address in order}
    found = []
    for address in sorted(order, key=place_in.__getitem__):
        mine, theirs = one.get(address), other.get(address)
        if mine != theirs:
            found.append(Difference(address, mine, theirs))
    return found


def is_of_terms(difference: Difference) -> bool:
    """Whether both histories agree on a contract, on other terms."""
    contracts = [contract_in(choice) for choice in (difference.first, difference.second)]
    if difference.address.phase != "talks" or None in contracts:
        return False
    return any(abs(mine - theirs) > SAME for mine, theirs in zip(*contracts, strict=True))


def contract_in(choice: Choice | None) -> Contract | None:
    """The contract that was agreed on, if one was."""
    if choice is None or "commitment" not in choice.figures:
        return None
    return choice.figures["commitment"], choice.figures["autonomy"]


def accounts_at(difference: Difference | None, scenarios: tuple[Scenario, Scenario], courses: tuple[Course, Course],
                seed: int, replication: int) -> dict[str, tuple[Contract, Account | None, Account | None]]:
    """What each side would have of the contracts that stand at a decision, in either history, which is run again up to
    it."""
    if difference is None:
        return {}
    contracts = {}
    for name, course in zip(("first", "second"), courses, strict=True):
        terms = contract_in(course.choices.get(difference.address)) or last_terms(course, difference.address)
        if terms is not None:
            contracts[name] = terms
    one, other = (accounts_in(scenario, seed, replication, difference.address, contracts) for scenario in scenarios)
    return {name: (terms, one.get(name), other.get(name)) for name, terms in contracts.items()}


def last_terms(course: Course, address: Address) -> Contract | None:
    """The terms on which a pair was last agreed before a decision."""
    found = [contract_in(choice) for known, choice in course.choices.items()
             if known[2:] == address[2:] and known.phase == "talks" and known.year < address.year]
    agreed = [terms for terms in found if terms is not None]
    return agreed[-1] if agreed else None


def accounts_in(scenario: Scenario, seed: int, replication: int, address: Address,
                contracts: dict[str, Contract]) -> dict[str, Account]:
    """What each side would have of contracts, by name, just before a decision; none where it does not come up."""
    found: dict[str, Account] = {}
    own_terms = tuple(own_columns(scenario))

    class Accountant(MajorPower):
        """Works the accounts out before it decides."""

        def review_pact(self, state: WeakState) -> None:
            self._account("review", state)
            super().review_pact(state)

        def negotiate_with(self, state: WeakState) -> None:
            self._account("talks", state)
            super().negotiate_with(state)

        def _account(self, phase: str, state: WeakState) -> None:
            if Address(self.model.year, phase, self.code, state.code) == address:
                for name, terms in contracts.items():
                    found[name] = account_of(bargaining_problem(*self.perceived_inputs(state)), *terms, own_terms)

    model = AllianceModel(scenario, rng=seed, replication=replication, collect=False, power_class=Accountant)
    while model.running and model.year < address.year:
        model.step()
    return found


def plain(difference: Difference | None, first_year: int) -> dict[str, Any] | None:
    """A difference as plain data, with its calendar year."""
    if difference is None:
        return None
    first, second = difference.outcomes()
    return {"year": first_year + difference.address.year - 1, "phase": difference.address.phase,
            "major_power": difference.address.power, "weak_state": difference.address.state or None,
            "first": first, "second": second,
            "first_figures": difference.first.figures if difference.first else None,
            "second_figures": difference.second.figures if difference.second else None}
