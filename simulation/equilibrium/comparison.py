"""Two equilibria under different assumptions: who enters, who leaves, and which term moved them (theory, section 5).

For every pair that is allied in at least one of two settings, one contract is held fixed and valued three times, term
by term: in the first setting, as its equilibrium stands; under the second setting's assumptions, with everybody else's
pacts still those of the first; and in the second setting, as its equilibrium stands. The contract is that of the first
setting where the pair is allied there, else that of the second. So all that differs between the first and the second
value is what the assumptions do by themselves, and between the second and the third what the other pacts do.

The term that moved a pair is looked for on the sides that refuse the contract where the pair is not allied: a major
power that would lose by it, a weak state that would get less than elsewhere. It is the term of theirs that changed most
in the direction of what happened: against the pact where it is gone, for it where it has come. What a weak state could
get elsewhere counts among its terms there: its outside option, or the best offer of another major power. Where neither
side refuses, and for pacts that stay, it is the term with the largest change, whatever its sign, of both sides.

What a pact is worth need not change for its terms to move. Where the rules of the bargain differ, or what the state
could get elsewhere, the pair bargains once more in the second setting, under the first's rules and then with the
first's offers: whichever takes back at least half of the move has moved it. Called by the command `compare`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from simulation.equilibrium.certificate import SIGNED_FROM, Contract
from simulation.equilibrium.response import offers_at, willing_powers
from simulation.equilibrium.search import alliances_of
from simulation.equilibrium.world import World, problem_at, world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.own_terms import own_columns
from simulation.scenario.scenario import Scenario
from simulation.theory.bargaining import Ending, bargain
from simulation.theory.payoffs import account_of, gain_in, is_of_weak_state, sign_of

Pacts = Mapping[str, Contract]
OUTSIDE_OPTION = "outside_option"
"""A mover that is no term of the pact: what the weak state could get from a power that is not in the scenario."""
OFFER_OF = "offer_of_"
"""Before the code of another major power: the mover that is the most which it could offer the weak state."""
BARGAINING_RULES = "bargaining_solution", "bargaining_weight", "outside_option_rule"
"""Movers of terms that are neither worth nor offer; the last is how a bargain reads an outside option."""
NEGLIGIBLE = 1e-9
"""Changes up to this size, payoff per year, move nothing."""
SAME_TERMS = 1e-6
"""Contracts that differ by no more than this, in either term, are the same."""


class Event(StrEnum):
    """What becomes of a pair from the first setting to the second."""

    ENTERS = "enters"
    LEAVES = "leaves"
    STAYS = "stays"


class Difference(NamedTuple):
    """How far two assignments are apart: states whose patron differs, and the largest difference of commitment or
    autonomy over the pacts that they share, 0 if they share none."""

    patrons: int
    terms: float


@dataclass(frozen=True)
class Valuation:
    """What a contract is worth: its terms by name, payoff per year, costs positive; and what each side gains."""

    terms: dict[str, float]
    weak: float
    major: float

    def term(self, name: str) -> float:
        """A term by name, 0 where there is none of this name, as with own terms of another setting."""
        return self.terms.get(name, 0.0)


@dataclass(frozen=True)
class DecisiveTerm:
    """A term by name, or what else moved a pair, and what its change did to the gain of the side whose it is, payoff
    per year: in all, and through the other pacts; both NaN for one of `BARGAINING_RULES`, which are no part of a
    gain."""

    term: str
    change: float
    through_others: float


@dataclass(frozen=True)
class PairChange:
    """What becomes of one pair.

    contract: the one held fixed; first, between, second: what it is worth in the first setting, under the second's
    assumptions with the others' pacts of the first, and in the second, each None where the pair is not in that
    scenario; before, after: the contracts in the two equilibria; refused_by: who refuses the contract in the setting
    where the pair is not allied, "major" and "weak"; mover: the term that moved it, None if no term changed.
    """

    power: str
    state: str
    event: Event
    contract: Contract
    before: Contract | None
    after: Contract | None
    first: Valuation | None
    between: Valuation | None
    second: Valuation | None
    refused_by: tuple[str, ...]
    mover: DecisiveTerm | None


def difference(one: Pacts, other: Pacts) -> Difference:
    """How far two assignments are apart."""
    states = one.keys() | other.keys()
    shared = [code for code in states if code in one and code in other and one[code].power == other[code].power]
    terms = max((abs(a - b) for code in shared for a, b in (
        (one[code].commitment, other[code].commitment), (one[code].autonomy, other[code].autonomy))), default=0.0)
    return Difference(len(states) - len(shared), terms)


def nearest(candidates: Sequence[Sequence[Pacts]]) -> list[int | None]:
    """Which equilibrium of each setting to compare, by place; None for a setting without any.

    candidates: the equilibria of each setting. Of the first setting's that one is taken whose nearest counterparts in
    the other settings are the least apart in sum, and of the others its nearest counterpart; the earliest among equals.
    """
    first, *others = candidates
    if not first:
        return [None, *(0 if own else None for own in others)]

    def counterparts(one: Pacts) -> list[int | None]:
        return [min(range(len(own)), key=lambda place: difference(one, own[place]), default=None) for own in others]

    def in_sum(one: Pacts) -> tuple[int, float]:
        found = [difference(one, own[place]) for own, place in zip(others, counterparts(one), strict=True)
                 if place is not None]
        return sum(gap.patrons for gap in found), math.fsum(gap.terms for gap in found)

    anchor = min(range(len(first)), key=lambda place: in_sum(first[place]))
    return [anchor, *counterparts(first[anchor])]


def shifts(first: tuple[Scenario, Pacts], second: tuple[Scenario, Pacts]) -> list[PairChange]:
    """What becomes of every pair that is allied in either of two equilibria, in the order of the scenarios' states.

    A state that changes its patron leaves one and enters with another. What is computed is said at the top of this
    module.
    """
    here, there = _ValuedScenario(*first), _ValuedScenario(*second)
    common = {code: pact for code, pact in here.pacts.items() if there.has(pact.power, code)}
    between = _ValuedScenario(there.scenario, common, there.world)
    states = dict.fromkeys([*here.scenario.states, *there.scenario.states])
    pairs = [(power, code) for code in states for power in dict.fromkeys(
        pacts[code].power for pacts in (here.pacts, there.pacts) if code in pacts)]
    return [_shift(here, between, there, power, code) for power, code in pairs]


def _shift(here: _ValuedScenario, between: _ValuedScenario, there: _ValuedScenario, power: str,
           state: str) -> PairChange:
    before, after = here.contract(power, state), there.contract(power, state)
    contract = before or after
    assert contract is not None, "a pair that is allied in neither is not asked about"
    event = Event.STAYS if before and after else Event.LEAVES if before else Event.ENTERS
    first, middle, second = (space.valued(state, contract) for space in (here, between, there))
    refused_by: tuple[str, ...] = ()
    if event != Event.STAYS:
        refused_by = there.refused_by(state, second) if event == Event.LEAVES else here.refused_by(state, first)
    if first is None or middle is None or second is None:
        return PairChange(power, state, event, contract, before, after, first, middle, second, refused_by, None)
    changes = _changes(first, middle, second, refused_by or ("weak", "major"))
    elsewhere = _change_elsewhere(*(space.elsewhere(state, power) for space in (here, between, there)))
    if "weak" in refused_by:
        changes[elsewhere.term] = elsewhere
    mover = _mover(event, changes, refused_by)
    if before and after:
        mover = _bargain_mover(here, there, before, after, state, elsewhere) or mover
    return PairChange(power, state, event, contract, before, after, first, middle, second, refused_by, mover)


def _change_elsewhere(first: Elsewhere, between: Elsewhere, second: Elsewhere) -> DecisiveTerm:
    """What a state could get elsewhere, named by who offers it where that is more."""
    return DecisiveTerm(max(first, second).term, first.worth - second.worth, between.worth - second.worth)


def _bargain_mover(here: _ValuedScenario, there: _ValuedScenario, before: Contract, after: Contract, state: str,
                   elsewhere: DecisiveTerm) -> DecisiveTerm | None:
    """The rules of the bargain, or what the state could get elsewhere, if that moved the terms of a pact that stays."""
    moved = _apart(before, after)
    if moved <= SAME_TERMS:
        return None
    rules = zip(BARGAINING_RULES, here.rules(after.power), there.rules(after.power), strict=True)
    tried = [(DecisiveTerm(name, math.nan, math.nan), there.bargained(after.power, state, here, None))
             for name, first, second in rules if first != second][:1]
    if abs(elsewhere.change) > NEGLIGIBLE:
        worth = here.elsewhere(state, after.power).worth
        tried.append((elsewhere, there.bargained(after.power, state, there, worth)))
    taken_back = [(math.inf if other is None else _apart(other, after), mover) for mover, other in tried]
    most, mover = max(taken_back, key=lambda found: found[0], default=(0.0, None))
    return mover if most >= moved / 2.0 else None


def _apart(one: Contract, other: Contract) -> float:
    return max(abs(one.commitment - other.commitment), abs(one.autonomy - other.autonomy))


def _changes(first: Valuation, between: Valuation, second: Valuation,
             sides: tuple[str, ...]) -> dict[str, DecisiveTerm]:
    """What each term of these sides does to their gain."""
    return {name: DecisiveTerm(name, sign_of(name) * (second.term(name) - first.term(name)),
                        sign_of(name) * (second.term(name) - between.term(name)))
            for name in first.terms | second.terms if ("weak" if is_of_weak_state(name) else "major") in sides}


def _mover(event: Event, changes: dict[str, DecisiveTerm], refused_by: tuple[str, ...]) -> DecisiveTerm | None:
    """The change that moved a pair; see the top of this module."""
    direction = {Event.LEAVES: -1.0, Event.ENTERS: 1.0}[event] if refused_by else 0.0
    sizes = {name: direction * own.change if direction else abs(own.change) for name, own in changes.items()}
    name = max(sizes, key=sizes.__getitem__)
    return changes[name] if sizes[name] > NEGLIGIBLE else None


class Elsewhere(NamedTuple):
    """The most that a weak state could get without a power, payoff per year, and the mover's name of who gives it."""

    worth: float
    term: str


class _ValuedScenario:
    """A scenario with pacts in it, where contracts can be valued."""

    def __init__(self, scenario: Scenario, pacts: Pacts, world: World | None = None):
        self.scenario, self.pacts = scenario, pacts
        self.world = world or world_of(scenario)
        self.alliances = alliances_of(scenario, self.world, dict(pacts))
        self.powers, self.states = list(scenario.major_powers), list(scenario.states)

    def has(self, power: str, state: str) -> bool:
        """Whether the pair is in the scenario."""
        return power in self.scenario.major_powers and state in self.scenario.states

    def contract(self, power: str, state: str) -> Contract | None:
        """The contract of the pair, None without one."""
        pact = self.pacts.get(state)
        return pact if pact is not None and pact.power == power else None

    @tells_broken_terms
    def elsewhere(self, state: str, power: str) -> Elsewhere:
        """What the state could get from other powers than this one, in the scenario or not."""
        place, number = self.states.index(state), self.powers.index(power)
        pulls, willing = willing_powers(self.world, self.alliances, place)
        offers = offers_at(self.world, self.alliances, place, pulls, willing, number)
        outside = Elsewhere(float(self.scenario.states[state].outside_option), OUTSIDE_OPTION)
        return max([outside, *(Elsewhere(float(offer), f"{OFFER_OF}{code}")
                               for code, offer in zip(self.powers, offers, strict=True) if code != power)],
                   key=lambda found: found.worth)

    def rules(self, power: str) -> tuple[int, float, bool]:
        """The rules of a power's bargains: solution, weight of the weak side, reading of the outside option."""
        weight = float(self.world.weights[self.powers.index(power)])
        return int(self.world.solution), weight, bool(self.world.shifts_threat)

    @tells_broken_terms
    def bargained(self, power: str, state: str, ruled: _ValuedScenario, option: float | None) -> Contract | None:
        """The contract of a pair here, under the rules of `ruled` and with this outside option, or else that which the
        state has; None where they agree on nothing."""
        place, number = self.states.index(state), self.powers.index(power)
        pulls, _ = willing_powers(self.world, self.alliances, place)
        solution, weight, shifts_threat = ruled.rules(power)
        option = self.elsewhere(state, power).worth if option is None else option
        found = bargain(problem_at(self.world, self.alliances, number, place, pulls[number]), solution, weight, option,
                        shifts_threat)
        return None if found.ending == Ending.NO_GAIN else Contract(power, found.commitment, found.autonomy)

    @tells_broken_terms
    def valued(self, state: str, contract: Contract) -> Valuation | None:
        """What a contract would be worth while all other states' pacts stand; None if the pair is not here."""
        if not self.has(contract.power, state):
            return None
        power, place = self.powers.index(contract.power), self.states.index(state)
        pulls, _ = willing_powers(self.world, self.alliances, place)
        problem = problem_at(self.world, self.alliances, power, place, pulls[power])
        terms = account_of(problem, contract.commitment, contract.autonomy, tuple(own_columns(self.scenario)))
        return Valuation(terms, gain_in(terms, is_weak=True), gain_in(terms, is_weak=False))

    def refused_by(self, state: str, valued: Valuation | None) -> tuple[str, ...]:
        """Who would not sign a contract of this worth, given what else it could get."""
        if valued is None:
            return ()
        elsewhere = max(0.0, float(self.scenario.states[state].outside_option))
        held = self.valued(state, self.pacts[state]) if state in self.pacts else None
        if held is not None:
            elsewhere = max(elsewhere, held.weak)
        refusing = {"major": valued.major <= SIGNED_FROM,
                    "weak": valued.weak <= SIGNED_FROM or valued.weak < elsewhere}
        return tuple(side for side, refuses in refusing.items() if refuses)
