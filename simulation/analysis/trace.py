"""Same luck, other costs: where two histories part, what was compared there, and what came of it.

Chance has an address, so two scenarios can be lived under the same luck, and whatever differs between their histories
follows from what differs between the scenarios. Called by the command ``trace``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simulation.history.agents import MajorPower, WeakState
from simulation.history.model import AllianceModel
from simulation.scenario.scenario import Scenario
from simulation.theory import meeting
from simulation.theory.payoffs import TERMS

PHASES = ("review", "agenda", "talks", "crisis")
NOTHING = {"review": "no pact to review", "agenda": "is not there", "talks": "no talks", "crisis": "no crisis opens"}
"""What is said of a decision that comes up in one of two histories only."""

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
        `terms`): contract by name, and what each side would have of it in either history, by `payoffs.TERMS`.
    chain : all later decisions that go differently, in order.
    pacts : for every year the allies of each power in either history: (first, second), by power.
    """

    terms: Difference | None
    parting: Difference | None
    accounts: dict[str, tuple[Contract, Account | None, Account | None]]
    chain: list[Difference]
    pacts: list[dict[str, tuple[set[str], set[str]]]] = field(default_factory=list)


class Witness(AllianceModel):
    """A history that keeps its decisions, and works out accounts of contracts at one of them."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, asked: Address | None = None,
                 contracts: dict[str, Contract] | None = None):
        self.choices: dict[Address, Choice] = {}
        self.asked, self.contracts = asked, contracts or {}
        self.accounts: dict[str, Account] = {}
        self.allies: list[dict[str, set[str]]] = []
        super().__init__(scenario, rng=seed, replication=replication, collect=False)

    def saw(self, phase: str, power: MajorPower, state: WeakState | None, outcome: str, **figures: float) -> None:
        """Keeps the decision."""
        address = Address(self.year, phase, power.code, state.code if state else "")
        self.choices[address] = Choice(outcome, figures)
        if address == self.asked and state is not None:
            for name, terms in self.contracts.items():
                weak, major = meeting.account(*power.at_the_table(state), *terms)
                self.accounts[name] = dict(zip(TERMS, (*weak, *major.benefits, *major[1:]), strict=True))

    def record(self) -> None:
        """Keeps the allies of the year as well."""
        super().record()
        self.allies.append({power.code: {ally.code for ally in power.allies()} for power in self.powers})


def trace(first: Scenario, second: Scenario, seed: int, replication: int = 0) -> Trace:
    """Lives both scenarios under the luck of a seed and a replication, and compares decision by decision."""
    histories = [Witness(scenario, seed, replication) for scenario in (first, second)]
    for history in histories:
        history.run()
    one, other = histories
    found = differences(one.choices, other.choices)
    parted = [difference for difference in found if difference.outcomes()[0] != difference.outcomes()[1]]
    terms = next((difference for difference in found if is_of_terms(difference)), None)
    parting = parted[0] if parted else None
    of_interest = parting if parting is not None and parting.address.phase in ("talks", "review") else terms
    pacts = [{power: (mine.get(power, set()), theirs.get(power, set())) for power in {**mine, **theirs}}
             for mine, theirs in itertools.zip_longest(one.allies, other.allies, fillvalue={})]
    return Trace(terms, parting, accounts_at(of_interest, (first, second), (one, other), seed, replication), parted[1:],
                 pacts)


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


def accounts_at(difference: Difference | None, scenarios: tuple[Scenario, Scenario], lived: tuple[Witness, Witness],
                seed: int, replication: int) -> dict[str, tuple[Contract, Account | None, Account | None]]:
    """What each side would have of the contracts that stand at a decision, in either history, which is lived again."""
    if difference is None:
        return {}
    contracts = {}
    for name, history in zip(("first", "second"), lived, strict=True):
        terms = contract_in(history.choices.get(difference.address)) or standing(history, difference.address)
        if terms is not None:
            contracts[name] = terms
    again = [Witness(scenario, seed, replication, difference.address, contracts) for scenario in scenarios]
    for history in again:
        while history.running and history.year < difference.address.year:
            history.step()
    one, other = again
    return {name: (terms, one.accounts.get(name), other.accounts.get(name)) for name, terms in contracts.items()}


def standing(history: Witness, address: Address) -> Contract | None:
    """The terms on which a pair was last agreed before a decision."""
    found = [contract_in(choice) for known, choice in history.choices.items()
             if known[2:] == address[2:] and known.phase == "talks" and known.year < address.year]
    agreed = [terms for terms in found if terms is not None]
    return agreed[-1] if agreed else None


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
