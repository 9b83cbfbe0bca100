"""Costs and benefits in the user's own words, as the theory reads them (theory, section 12).

Formulas come as programs: arrays of numbers, so that a new formula needs no compilation. A program is a list of steps,
each of which makes a number for every contract from those of earlier steps; `scenario.term_programs` writes them.
Called by `payoffs` for what a contract is worth and by `bargaining_problem` for what it can be worth at most.

All programs of a scenario lie in one array. Its first number says how many own terms the scenario has; then come
blocks, one for each different set of terms that major powers have, and a power knows the place of its own (0: it has
none). A block starts with the numbers of `Block`; then come the steps of its three segments, each step five numbers:
what is done (`Step`), the places of up to three earlier steps, and a number.

Bit for bit the same whether many contracts are asked about or one.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined, number_in

NO_PROGRAMS = np.zeros(1)
"""The programs of a scenario without own terms."""
STEP_NUMBERS = 5


class Given(IntEnum):
    """Numbers that a pair brings and no contract changes, in the order of `OwnTerms.given`.

    SEEN_BY_MAJOR, added to the place of what the weak state sees, is the place of what the major power sees.
    """

    DISTANCE = 0
    REACH = 1
    BURDEN = 2
    PROXIMITY = 3
    PREFERENCE_DISTANCE = 4
    BASING = 5
    RIVAL_PULL = 6
    PATRON_THREAT = 7
    CAPABILITY = 8
    LATENT_THREAT = 9
    AUTONOMY_VALUE = 10
    PREFERENCE_WEIGHT = 11
    VOTES = 12
    INSTABILITY = 13
    POWER_CAPABILITY = 14
    OTHER_ALLIES = 15
    OTHERS_PLEDGED = 16
    ALLIED_RIVALS = 17
    OTHERS_LEGITIMATED = 18
    LEGITIMATION_BY_AUTONOMY = 19
    STATES = 20
    STAKE = 21
    CHALLENGER = 22
    CRISIS_RATE = 23
    CHALLENGE_WITHOUT = 24
    RESISTANCE_WITHOUT = 25
    RELIABILITY_WITHOUT = 26


SEEN_BY_MAJOR = 5
GIVEN_NUMBERS = len(Given) + SEEN_BY_MAJOR
NOTHING_GIVEN = (0.0,) * GIVEN_NUMBERS


class Step(IntEnum):
    """What a step does. Fixed steps make a number each from fixed ones, varying steps a number for each contract.

    NUMBER, GIVEN: fixed, the step's number, or what the pair brings at that place; ALIKE: a fixed step's number, the
    same for all contracts; SCALE: a varying step times the fixed one whose place is the step's number; TERM: a varying
    step is the amount of the own term whose place is the step's number, added to the segment's total if the second
    place is 1, subtracted if it is -1. From `NEGATIVE` on steps take one number, from `LESS` on they compare two.
    """

    NUMBER = 0
    GIVEN = 1
    ALIKE = 2
    SCALE = 3
    TERM = 4
    MULTIPLY = 5
    ADD = 6
    WHERE = 7
    SUBTRACT = 8
    DIVIDE = 9
    POWER = 10
    MINIMUM = 11
    MAXIMUM = 12
    NEGATIVE = 13
    ABSOLUTE = 14
    ROOT = 15
    EXPONENTIAL = 16
    LOGARITHM = 17
    LESS = 18
    LESS_OR_EQUAL = 19
    EQUAL = 20
    UNEQUAL = 21


class Asked(IntEnum):
    """What varying steps find written already: the contract, and the crisis that would come under it. Their places come
    before those of the steps themselves."""

    COMMITMENT = 0
    AUTONOMY = 1
    CHALLENGE = 2
    RESTRAINED = 3
    RESISTANCE = 4
    RELIABILITY = 5


ASKED = len(Asked)


class Segment(IntEnum):
    """Steps that are taken together. BENEFITS: of the major power, part of what the ally is worth to it, so before the
    crisis is known; COSTS: of the major power; WEAK: benefits less costs of the weak state."""

    BENEFITS = 0
    COSTS = 1
    WEAK = 2


class Block(IntEnum):
    """The numbers with which a block starts. For each segment: where its steps start, from the start of the array, how
    many fixed ones they are, and how many varying ones after them. Whether the gains stay smooth in the contract;
    whether a term reads the portfolio, or the crisis; and whether the costs are known to be no less, and what the weak
    state has of its terms no more, than 0 whatever the pair."""

    BENEFITS_AT = 0
    COSTS_AT = 1
    WEAK_AT = 2
    BENEFITS_FIXED = 3
    COSTS_FIXED = 4
    WEAK_FIXED = 5
    BENEFITS_VARYING = 6
    COSTS_VARYING = 7
    WEAK_VARYING = 8
    IS_SMOOTH = 9
    READS_PORTFOLIO = 10
    READS_CRISIS = 11
    COSTS_NEVER_NEGATIVE = 12
    WEAK_NEVER_POSITIVE = 13


class OwnTerms(NamedTuple):
    """The own terms of a pair. programs: as above; block: place of the major power's, 0 if it has none; given: see
    `Given`; most_weak: the most that the weak state could have of its terms under any contract, at least 0, payoff per
    year."""

    programs: np.ndarray
    block: int
    given: tuple[float, ...]
    most_weak: float


class NotFiniteError(ArithmeticError):
    """An own term is not a finite number for some pair in some year; its arguments are the term's place, the contract
    (commitment, autonomy), and what the pair brings, see `Given`, by which it is known (`scenario.broken_terms`).

    year: the year of a history in which it happened, from 1; 0 in an equilibrium.
    """

    year = 0

    def __str__(self) -> str:
        return (f"own_terms: the formula of term {self.args[0] + 1} is no finite number for a pair that came up, though"
                " it was at the start; allowed: one that stays a number when preferences, capabilities or rates move")


ROUNDING = 1e-12
"""Up to so much below 0, a number whose root is taken is 0 but for rounding, such as the least commitment."""


@inlined
def power_of(base, exponent):
    """A power, not a number where it has none."""
    if base < 0.0 and exponent != math.floor(exponent):
        return 0.0 if base > -ROUNDING and exponent > 0.0 else math.nan
    if base == 0.0 and exponent < 0.0:
        return math.inf
    return np.float64(base) ** np.float64(exponent)


@inlined
def quotient(above, below):
    """A quotient, infinite or not a number where there is none."""
    if below == 0.0:
        return math.nan if above == 0.0 else math.copysign(math.inf, above)
    return above / below


@inlined
def root(x):
    """A square root, not a number below 0."""
    if x < 0.0:
        return 0.0 if x > -ROUNDING else math.nan
    return math.sqrt(x)


@inlined
def exponential(x):
    """e to a power, infinite where no number is as large."""
    return math.exp(x) if x < 709.0 else math.inf


@inlined
def logarithm(x):
    """A natural logarithm, not a number up to 0."""
    return math.log(x) if x > 0.0 else math.nan


@inlined
def made(kind, x, y):
    """What the less frequent steps make of one or two numbers."""
    if kind >= Step.LESS:
        return compared(kind, x, y)
    if kind >= Step.NEGATIVE:
        return made_of_one(kind, x)
    if kind == Step.SUBTRACT:
        return x - y
    if kind == Step.DIVIDE:
        return quotient(x, y)
    if kind == Step.POWER:
        return power_of(x, y)
    return min(x, y) if kind == Step.MINIMUM else max(x, y)


@inlined
def made_of_one(kind, x):
    """The same for steps that take one number."""
    if kind == Step.NEGATIVE:
        return -x
    if kind == Step.ABSOLUTE:
        return abs(x)
    if kind == Step.ROOT:
        return root(x)
    return exponential(x) if kind == Step.EXPONENTIAL else logarithm(x)


@inlined
def compared(kind, x, y):
    """1 where a comparison holds, else 0."""
    if kind == Step.LESS:
        return 1.0 if x < y else 0.0
    if kind == Step.LESS_OR_EQUAL:
        return 1.0 if x <= y else 0.0
    if kind == Step.EQUAL:
        return 1.0 if x == y else 0.0
    return 1.0 if x != y else 0.0


@inlined
def made_once(kind, one, other, third):
    """What a varying step makes of three numbers."""
    if kind == Step.MULTIPLY:
        return one * other
    if kind == Step.ADD:
        return one + other
    if kind == Step.WHERE:
        return other if one != 0.0 else third
    return made(kind, one, other)


@inlined
def fixed_number(problem, kind, one, other, third, number):
    """What a fixed step makes."""
    if kind == Step.NUMBER:
        return number
    if kind == Step.GIVEN:
        return number_in(problem, "own.given", int(number))
    return made_once(kind, one, other, third)


@inlined
def has(problem, segment):
    """Whether the pair has own terms in a segment."""
    own = problem.own
    return own.block > 0 and own.programs[own.block + Block.BENEFITS_VARYING + segment] > 0.0


@inlined
def steps_of(problem, segment):
    """(where a segment's steps start, how many fixed ones it has, how many varying ones)."""
    programs, start = problem.own.programs, problem.own.block + segment
    return (int(programs[start]), int(programs[start + Block.BENEFITS_FIXED]),
            int(programs[start + Block.BENEFITS_VARYING]))


@inlined
def take_fixed_steps(problem, place, number_fixed, fixed):
    """Fills `fixed` with what the fixed steps make; place: where they start."""
    programs = problem.own.programs
    for number in range(number_fixed):
        fixed[number] = fixed_number(
            problem, int(programs[place]), fixed[int(programs[place + 1])], fixed[int(programs[place + 2])],
            fixed[int(programs[place + 3])], programs[place + 4])
        place += STEP_NUMBERS


@compiled_apart
def take_steps(problem, segment, rows, totals):
    """Adds to `totals` what a segment comes to for each contract.

    rows: (6 + varying steps, contracts), of which the first hold what is asked, see `Asked`; the others are filled.
    Bit for bit what `take_steps_once` says of each contract. Raises `NotFiniteError` where a term is not a finite
    number. No row is handed on by itself: counting who uses it would take longer than most steps.
    """
    programs = problem.own.programs
    place, number_fixed, number_varying = steps_of(problem, segment)
    fixed = np.empty(number_fixed)
    take_fixed_steps(problem, place, number_fixed, fixed)
    place += STEP_NUMBERS * number_fixed
    for out in range(ASKED, ASKED + number_varying):
        kind, one, other = int(programs[place]), int(programs[place + 1]), int(programs[place + 2])
        if kind == Step.SCALE:
            scale = fixed[int(programs[place + 4])]
            for contract in range(totals.size):
                rows[out, contract] = scale * rows[one, contract]
        elif kind == Step.ALIKE:
            for contract in range(totals.size):
                rows[out, contract] = fixed[int(programs[place + 4])]
        elif kind == Step.TERM:
            count_term(problem, rows, one, programs[place + 2], int(programs[place + 4]), totals)
        else:
            take_step(kind, rows, one, other, int(programs[place + 3]), out)
        place += STEP_NUMBERS


@inlined
def count_term(problem, rows, term_row, sign, term, totals):
    """Adds what a term amounts to, with its sign, to the totals."""
    wrong = 0
    for contract in range(totals.size):
        amount = rows[term_row, contract]
        totals[contract] += sign * amount
        wrong += 1 if amount - amount != 0.0 else 0
    if wrong > 0:
        first = 0
        while rows[term_row, first] - rows[term_row, first] == 0.0:
            first += 1
        raise NotFiniteError(term, rows[Asked.COMMITMENT, first], rows[Asked.AUTONOMY, first], problem.own.given)


@compiled
def take_step(kind, rows, one, other, third, out):
    """Fills row `out` with what a varying step makes of earlier rows, contract by contract; the frequent kinds in loops
    that the processor takes several contracts at a time."""
    contracts = rows.shape[1]
    if kind == Step.MULTIPLY:
        for contract in range(contracts):
            rows[out, contract] = rows[one, contract] * rows[other, contract]
    elif kind == Step.ADD:
        for contract in range(contracts):
            rows[out, contract] = rows[one, contract] + rows[other, contract]
    elif kind == Step.SUBTRACT:
        for contract in range(contracts):
            rows[out, contract] = rows[one, contract] - rows[other, contract]
    elif kind == Step.WHERE:
        for contract in range(contracts):
            rows[out, contract] = rows[other, contract] if rows[one, contract] != 0.0 else rows[third, contract]
    else:
        for contract in range(contracts):
            rows[out, contract] = made(kind, rows[one, contract], rows[other, contract])


@compiled
def take_steps_once(problem, segment, asked, amounts):
    """What a segment comes to under one contract, payoff per year; where there is room, `amounts` gets what each own
    term amounts to. asked: six numbers, see `Asked`. Raises `NotFiniteError`."""
    programs = problem.own.programs
    place, number_fixed, number_varying = steps_of(problem, segment)
    fixed, found, total = np.empty(number_fixed), np.empty(ASKED + number_varying), 0.0
    take_fixed_steps(problem, place, number_fixed, fixed)
    place += STEP_NUMBERS * number_fixed
    for number in range(ASKED):
        found[number] = asked[number]
    for number in range(ASKED, ASKED + number_varying):
        kind, one = int(programs[place]), found[int(programs[place + 1])]
        if kind == Step.SCALE:
            found[number] = fixed[int(programs[place + 4])] * one
        elif kind == Step.ALIKE:
            found[number] = fixed[int(programs[place + 4])]
        elif kind == Step.TERM:
            total += programs[place + 2] * one
            if amounts.size > 0:
                amounts[int(programs[place + 4])] = one
            if one - one != 0.0:
                raise NotFiniteError(
                    int(programs[place + 4]), found[Asked.COMMITMENT], found[Asked.AUTONOMY], problem.own.given)
        else:
            found[number] = made_once(kind, one, found[int(programs[place + 2])], found[int(programs[place + 3])])
        place += STEP_NUMBERS
    return total
