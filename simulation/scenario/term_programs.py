"""Own terms as programs that the theory reads: formulas become arrays of numbers (`theory.own_terms`).

Called by the worlds once a scenario. What the contract does not change is worked out once for all contracts; of a
formula that names the portfolio the value without the pact is subtracted.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simulation.scenario.formulas import CRISIS, QUANTITIES, Expression
from simulation.scenario.own_terms import reads_portfolio, tree_of
from simulation.scenario.scenario import Scenario
from simulation.theory.own_term_bounds import bounds, step_bounds
from simulation.theory.own_terms import (
    ASKED,
    GIVEN_NUMBERS,
    SEEN_BY_MAJOR,
    STEP_NUMBERS,
    Asked,
    Block,
    Given,
    Segment,
    Step,
)

MOST_DEGREE = 6.0
"""Degree up to which a polynomial in what the contract changes counts as smooth: nine places resolve it."""
CURVED, WIDEST = 3.0, 4.0
"""Degree of a polynomial as which a root, logarithm or quotient counts whose argument is up to so many times its least
value: half the places predict the other half of it to 1e-4."""
GIVEN_NAMES = {
    "distance": Given.DISTANCE, "reach": Given.REACH, "burden": Given.BURDEN, "proximity": Given.PROXIMITY,
    "preference_distance": Given.PREFERENCE_DISTANCE, "basing": Given.BASING, "rival_pull": Given.RIVAL_PULL,
    "patron_threat": Given.PATRON_THREAT, "capability": Given.CAPABILITY, "latent_threat": Given.LATENT_THREAT,
    "autonomy_value": Given.AUTONOMY_VALUE, "preference_weight": Given.PREFERENCE_WEIGHT, "votes": Given.VOTES,
    "instability": Given.INSTABILITY, "power_capability": Given.POWER_CAPABILITY, "states": Given.STATES,
    "stake": Given.STAKE, "challenger": Given.CHALLENGER, "crisis_rate": Given.CRISIS_RATE,
    "challenge_without": Given.CHALLENGE_WITHOUT, "resistance_without": Given.RESISTANCE_WITHOUT,
    "reliability_without": Given.RELIABILITY_WITHOUT}
STEPS = {
    "+": Step.ADD, "-": Step.SUBTRACT, "*": Step.MULTIPLY, "/": Step.DIVIDE, "**": Step.POWER,
    "negative": Step.NEGATIVE, "min": Step.MINIMUM, "max": Step.MAXIMUM, "abs": Step.ABSOLUTE, "sqrt": Step.ROOT,
    "exp": Step.EXPONENTIAL, "log": Step.LOGARITHM, "where": Step.WHERE, "<": Step.LESS, "<=": Step.LESS_OR_EQUAL,
    "==": Step.EQUAL, "!=": Step.UNEQUAL}
SWAPPED = {">": "<", ">=": "<="}


class Programs(NamedTuple):
    """All programs of a scenario, an array, and the place of each major power's block in it, 0 where it has none."""

    numbers: np.ndarray
    blocks: dict[str, float]


class Term(NamedTuple):
    """An own term as it is translated: its place among the scenario's, and what the record says."""

    place: int
    side: str
    kind: str
    formula: str
    weight: float


def programs_of(scenario: Scenario) -> Programs:
    """The programs of a scenario's own terms; those of weight 0 are left out."""
    terms = {power: tuple(
        Term(place, term.side, term.kind, term.formula, float(term.weight))
        for place, term in enumerate(scenario.own_terms.values())
        if term.weight > 0.0 and (not term.powers or power in term.powers)) for power in scenario.major_powers}
    sets = tuple(dict.fromkeys(own for own in terms.values() if own))
    numbers, places = written(len(scenario.own_terms), sets)
    return Programs(numbers, {power: places.get(own, 0.0) for power, own in terms.items()})


Terms = tuple[Term, ...]
Steps = list[tuple[float, ...]]


@functools.cache
def written(number_of_terms: int, sets: tuple[Terms, ...]) -> tuple[np.ndarray, dict[Terms, float]]:
    """The array with a block for each set of terms. Kept for good: compiled code does not count who uses an array."""
    numbers: list[float] = [float(number_of_terms)]
    places: dict[Terms, float] = {}
    for terms in sets:
        places[terms] = float(len(numbers))
        numbers += _block(terms, len(numbers))
    return np.array(numbers), places


def _block(terms: Terms, start: int) -> list[float]:
    """The numbers of a block that starts at a place of the array."""
    header: list[float] = [0.0] * len(Block)
    steps: Steps = []
    for segment in Segment:
        fixed, varying = _segment(segment, terms)
        header[Block.BENEFITS_AT + segment] = start + len(Block) + STEP_NUMBERS * len(steps)
        header[Block.BENEFITS_FIXED + segment], header[Block.BENEFITS_VARYING + segment] = len(fixed), len(varying)
        steps += [*fixed, *varying]
    trees = [tree_of(term.formula) for term in terms]
    reads_crisis = any(QUANTITIES[name].group == CRISIS for tree in trees for name in tree.names())
    header[Block.IS_SMOOTH] = float(all(degree_of(tree) <= MOST_DEGREE for tree in trees))
    header[Block.READS_PORTFOLIO] = float(any(map(reads_portfolio, trees)))
    header[Block.READS_CRISIS] = float(reads_crisis)
    return _with_signs([*header, *(float(number) for step in steps for number in step)], start)


def _with_signs(numbers: list[float], start: int) -> list[float]:
    """A block, of which it is noted what can be said of signs whatever the pair."""
    # as the array will be, up to this block
    programs, ranges = np.array([0.0] * start + numbers), _ranges()
    numbers[Block.COSTS_NEVER_NEGATIVE] = float(
        bounds(programs, start, Segment.COSTS.value, ranges, 0.0)[0] >= -1e-9)
    numbers[Block.WEAK_NEVER_POSITIVE] = float(bounds(programs, start, Segment.WEAK.value, ranges, 0.0)[1] <= 1e-9)
    return numbers


def _ranges() -> np.ndarray:
    """Between which numbers what a pair brings always lies: (2, `GIVEN_NUMBERS`)."""
    found = np.zeros((2, GIVEN_NUMBERS))
    found[1] = math.inf
    for name, given in GIVEN_NAMES.items():
        for place in (given, given + SEEN_BY_MAJOR if given >= Given.CHALLENGER else given):
            found[:, place] = QUANTITIES[name].low, QUANTITIES[name].high
    found[1, Given.LEGITIMATION_BY_AUTONOMY] = 1.0
    return found


def _segment(segment: Segment, terms: Terms) -> tuple[Steps, Steps]:
    """The fixed and the varying steps of a segment."""
    writer = _Writer(is_weak=segment == Segment.WEAK)
    wanted = {Segment.BENEFITS: ("major", "benefit"), Segment.COSTS: ("major", "cost")}.get(segment)
    for term in terms:
        if (term.side, term.kind) == wanted or (segment == Segment.WEAK and term.side == "weak"):
            sign = -1.0 if segment == Segment.WEAK and term.kind == "cost" else 1.0
            writer.term(tree_of(term.formula), term.place, term.weight, sign)
    return writer.fixed, writer.varying


class Place(NamedTuple):
    """Where a value stands: among the fixed steps, or among the varying ones with what is asked before them."""

    is_fixed: bool
    number: int


class _Writer:
    """Writes the steps of one segment."""

    def __init__(self, is_weak: bool):
        self.is_weak = is_weak
        self.fixed: Steps = []
        self.varying: Steps = []

    def written(self, is_fixed: bool, kind: Step, places: Sequence[int] = (), number: float = 0.0) -> Place:
        """The place of a step, which is written if it is new."""
        first, second, third = (*places, 0, 0, 0)[:3]
        steps, step = self.fixed if is_fixed else self.varying, (
            float(kind), float(first), float(second), float(third), number)
        if step not in steps:
            steps.append(step)
        return Place(is_fixed, steps.index(step) + (0 if is_fixed else ASKED))

    def number(self, value: float) -> Place:
        """The place of a number of the program."""
        return self.written(True, Step.NUMBER, number=value)

    def step(self, kind: Step, *operands: Place) -> Place:
        """The place of a step that takes these values, fixed if all of them are."""
        is_fixed = all(operand.is_fixed for operand in operands)
        return self.written(is_fixed, kind, [
            operand.number if is_fixed else self.for_all(operand).number for operand in operands])

    def for_all(self, value: Place) -> Place:
        """A value among the varying ones."""
        return self.written(False, Step.ALIKE, number=float(value.number)) if value.is_fixed else value

    def product(self, factors: Sequence[Place]) -> Place:
        """The place of a product: of the fixed factors first, then of the others, and of the two."""
        known = math.prod(self.fixed[factor.number][-1] for factor in factors if self.is_number(factor))
        factors = [*([self.number(known)] if known != 1.0 or all(map(self.is_number, factors)) else []),
                   *(factor for factor in factors if not self.is_number(factor))]
        if known == 0.0:
            return self.number(0.0)
        parts = [functools.reduce(lambda one, other: self.step(Step.MULTIPLY, one, other), own) for own in (
            [factor for factor in factors if factor.is_fixed], [factor for factor in factors if not factor.is_fixed])
            if own]
        if len(parts) == 1:
            return parts[0]
        return self.written(False, Step.SCALE, [parts[1].number], number=float(parts[0].number))

    def is_number(self, value: Place) -> bool:
        """Whether a value is a number of the program."""
        return value.is_fixed and self.fixed[value.number][0] == Step.NUMBER

    def is_nothing(self, value: Place) -> bool:
        """Whether a value is the number 0, with which formulas that are finite have products of 0."""
        return self.is_number(value) and self.fixed[value.number][-1] == 0.0

    def term(self, tree: Expression, place: int, weight: float, sign: float) -> None:
        """A term: its weight times its value, less that without the pact where it names the portfolio."""
        if reads_portfolio(tree):
            value, without = self.value(tree, True), self.value(tree, False)
            factors = [value if self.is_nothing(without) else self.step(Step.SUBTRACT, value, without)]
        else:
            factors = self.factors(tree, True)
        amount = self.for_all(self.product([self.number(weight), *factors]))
        self.varying.append((float(Step.TERM), float(amount.number), sign, 0.0, float(place)))

    def factors(self, tree: Expression, is_pact: bool) -> list[Place]:
        """The places of what a formula is a product of."""
        if tree.kind == "*":
            return [factor for operand in tree.operands for factor in self.factors(operand, is_pact)]
        if tree.kind == "negative":
            return [self.number(-1.0), *self.factors(tree.operands[0], is_pact)]
        if tree.kind == "/":
            below = self.value(tree.operands[1], is_pact)
            if below.is_fixed:
                return [*self.factors(tree.operands[0], is_pact), self.step(Step.DIVIDE, self.number(1.0), below)]
        return [self.value(tree, is_pact)]

    def value(self, tree: Expression, is_pact: bool) -> Place:
        """The place of a formula's value, with the pact or without it."""
        if tree.kind == "number":
            return self.number(tree.number)
        if tree.kind == "name":
            return self.quantity(tree.name, is_pact)
        if tree.kind in ("*", "negative") or (tree.kind == "/" and self.value(tree.operands[1], is_pact).is_fixed):
            return self.product(self.factors(tree, is_pact))
        operands = [self.value(operand, is_pact) for operand in tree.operands]
        if tree.kind in SWAPPED:
            return self.step(STEPS[SWAPPED[tree.kind]], *reversed(operands))
        if tree.kind in ("min", "max"):
            return functools.reduce(lambda one, other: self.step(STEPS[tree.kind], one, other), operands)
        return self.step(STEPS[tree.kind], *operands)

    def quantity(self, name: str, is_pact: bool) -> Place:
        """The place of a named quantity."""
        if name in GIVEN_NAMES:
            return self.given(GIVEN_NAMES[name])
        if name in ("commitment", "autonomy"):
            return Place(False, Asked[name.upper()]) if is_pact else self.number(0.0)
        if name in ("war", "war_without"):
            return self.war(is_pact and name == "war")
        if QUANTITIES[name].group == CRISIS:
            return Place(False, Asked[name.upper()]) if is_pact else self.quantity(f"{name}_without", False)
        return self.of_portfolio(name, is_pact)

    def given(self, which: Given) -> Place:
        """The place of what the pair brings, as this side sees it."""
        seen = SEEN_BY_MAJOR if which >= Given.CHALLENGER and not self.is_weak else 0
        return self.written(True, Step.GIVEN, number=float(which + seen))

    def war(self, is_pact: bool) -> Place:
        """The chance that a crisis ends in war; without a pact nobody holds the weak state back."""
        if not is_pact:
            return self.product([self.given(Given.CHALLENGE_WITHOUT), self.given(Given.RESISTANCE_WITHOUT)])
        free = self.step(Step.SUBTRACT, self.number(1.0), Place(False, Asked.RESTRAINED))
        return self.product([Place(False, Asked.CHALLENGE), free, Place(False, Asked.RESISTANCE)])

    def of_portfolio(self, name: str, is_pact: bool) -> Place:
        """A sum over the major power's pacts, that with the weak state among them if there is one."""
        if name == "allied_rivals":
            return self.given(Given.ALLIED_RIVALS) if is_pact else self.number(0.0)
        others = self.given({"allies": Given.OTHER_ALLIES, "pledged": Given.OTHERS_PLEDGED,
                             "legitimated_votes": Given.OTHERS_LEGITIMATED}[name])
        if not is_pact:
            return others
        if name == "allies":
            return self.step(Step.ADD, others, self.number(1.0))
        if name == "pledged":
            return self.step(Step.ADD, others, self.product([Place(False, Asked.COMMITMENT), self.given(Given.BURDEN)]))
        share = self.step(Step.WHERE, self.given(Given.LEGITIMATION_BY_AUTONOMY), Place(False, Asked.AUTONOMY),
                          self.number(1.0))
        return self.step(Step.ADD, others, self.product([self.given(Given.VOTES), share]))


OF_THE_CONTRACT = {"commitment", "autonomy", "challenge", "resistance", "reliability", "war", "pledged",
                   "legitimated_votes"}
"""Names whose values the contract changes."""


def degree_of(tree: Expression) -> float:
    """The degree of a formula as a polynomial in what the contract changes, infinite if it is none and may have an edge
    or a sharp bend. A function that is nowhere near its edge counts like a polynomial of degree `CURVED`."""
    if tree.kind in ("number", "name"):
        return 1.0 if tree.name in OF_THE_CONTRACT else 0.0
    degrees = [degree_of(operand) for operand in tree.operands]
    if not any(degrees):
        return 0.0
    if tree.kind in ("+", "-", "negative"):
        return max(degrees)
    if tree.kind == "*":
        return sum(degrees)
    if tree.kind == "/" and (degrees[1] == 0.0 or is_far_from_edge(tree.operands[1])):
        return degrees[0] + CURVED * degrees[1]
    exponent = tree.operands[-1]
    if tree.kind == "**" and exponent.kind == "number" and exponent.number == math.floor(exponent.number) >= 0.0:
        return degrees[0] * exponent.number
    if tree.kind in ("sqrt", "log") and is_far_from_edge(tree.operands[0]):
        return CURVED * degrees[0]
    return max(degrees) if tree.kind == "where" and degrees[0] == 0.0 else math.inf


def is_far_from_edge(tree: Expression) -> bool:
    """Whether a formula that is divided by, or whose root or logarithm is taken, keeps away from 0 whatever the pair:
    its greatest value is at most `WIDEST` times its least."""
    low, high = range_of(tree)
    return low > 0.0 and high <= WIDEST * low


def range_of(tree: Expression) -> tuple[float, float]:
    """Between which numbers a formula lies whatever the pair and the contract."""
    if tree.kind == "number":
        return tree.number, tree.number
    if tree.kind == "name":
        return QUANTITIES[tree.name].low, QUANTITIES[tree.name].high
    ranges = [range_of(operand) for operand in tree.operands]
    if tree.kind in SWAPPED:
        return 0.0, 1.0
    if tree.kind in ("min", "max"):
        ranges = [functools.reduce(lambda one, other: step_bounds(STEPS[tree.kind], one, other, one), ranges)] * 2
    found: tuple[float, float] = step_bounds(int(STEPS[tree.kind]), *(*ranges, *ranges, *ranges)[:3])
    return found
