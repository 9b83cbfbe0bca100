"""Between which numbers own terms lie under every contract, by interval arithmetic: what the search may rely on.

Called by `bargaining_problem` for the most that a weak state could have of its terms, by `bargaining` before it gives
up on a pair, and by `scenario.term_programs` for what can be said of signs whatever the pair.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined, number_in
from simulation.theory.own_terms import (
    ASKED,
    GIVEN_NUMBERS,
    STEP_NUMBERS,
    Block,
    Step,
    exponential,
    has,
    logarithm,
    power_of,
    root,
)


@inlined
def finite_product(one, other):
    """A product in which 0 times a bound that is infinite is 0, for what lies below the bound is finite."""
    return 0.0 if one == 0.0 or other == 0.0 else one * other


@inlined
def extremes(first, second, third, fourth):
    """The least and the greatest of four numbers; everything where one of them is none."""
    if math.isnan(first + second + third + fourth) and (
            math.isnan(first) or math.isnan(second) or math.isnan(third) or math.isnan(fourth)):
        return -math.inf, math.inf
    return min(min(first, second), min(third, fourth)), max(max(first, second), max(third, fourth))


@compiled
def power_bounds(low, high, least, most):
    """Bounds of a power, base between low and high, exponent between least and most."""
    if low >= 0.0:
        return extremes(power_of(low, least), power_of(low, most), power_of(high, least), power_of(high, most))
    if least != most or least != math.floor(least) or least < 0.0:
        return -math.inf, math.inf
    is_even = least % 2.0 == 0.0
    first, last = power_of(low, least), power_of(high, least)
    if is_even:
        return 0.0 if high > 0.0 else last, max(first, last)
    return first, last


@compiled
def step_bounds(kind, one, other, third):
    """Bounds of what a step makes of earlier ones, each (low, high)."""
    (low, high), (least, most) = one, other
    if kind in (Step.MULTIPLY, Step.SCALE):
        return extremes(finite_product(low, least), finite_product(low, most), finite_product(high, least),
                        finite_product(high, most))
    if kind == Step.ADD:
        return low + least, high + most
    if kind == Step.SUBTRACT:
        return low - most, high - least
    if kind == Step.DIVIDE:
        if least <= 0.0 <= most:
            return -math.inf, math.inf
        return extremes(low / least, low / most, high / least, high / most)
    if kind == Step.NEGATIVE:
        return -high, -low
    if kind == Step.POWER:
        return power_bounds(low, high, least, most)
    if kind == Step.WHERE:
        if low > 0.0 or high < 0.0:
            return other
        return third if low == 0.0 and high == 0.0 else (min(least, third[0]), max(most, third[1]))
    return function_bounds(kind, low, high, least, most)


@compiled
def function_bounds(kind, low, high, least, most):
    """The same for functions and comparisons."""
    if kind == Step.MINIMUM:
        return min(low, least), min(high, most)
    if kind == Step.MAXIMUM:
        return max(low, least), max(high, most)
    if kind == Step.ABSOLUTE:
        return 0.0 if low <= 0.0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high))
    if kind == Step.ROOT:
        return root(max(low, 0.0)), root(max(high, 0.0))
    if kind == Step.EXPONENTIAL:
        return exponential(low), exponential(high)
    if kind == Step.LOGARITHM:
        return (logarithm(low) if low > 0.0 else -math.inf), (logarithm(high) if high > 0.0 else -math.inf)
    return 0.0, 1.0


@compiled
def bounds(programs, block, segment, given, least_commitment):
    """Between which numbers a segment comes to lie under every contract: (low, high), by interval arithmetic.

    given: (2, `GIVEN_NUMBERS`), the least and the most of what the pair brings; of the crisis nothing is known but that
    probabilities lie between 0 and 1.
    """
    place = int(programs[block + segment])
    number_fixed = int(programs[block + Block.BENEFITS_FIXED + segment])
    number_varying = int(programs[block + Block.BENEFITS_VARYING + segment])
    fixed, varying = np.empty((number_fixed, 2)), np.empty((ASKED + number_varying, 2))
    varying[:ASKED, 0], varying[:ASKED, 1], varying[0, 0] = 0.0, 1.0, least_commitment
    low = high = 0.0
    for number in range(number_fixed):
        kind, constant = int(programs[place]), programs[place + 4]
        if kind == Step.NUMBER:
            fixed[number, 0] = fixed[number, 1] = constant
        elif kind == Step.GIVEN:
            fixed[number, 0], fixed[number, 1] = given[0, int(constant)], given[1, int(constant)]
        else:
            fixed[number, 0], fixed[number, 1] = bounds_of_step(programs, place, kind, fixed, fixed)
        place += STEP_NUMBERS
    for number in range(number_varying):
        kind, out = int(programs[place]), varying[ASKED + number]
        if kind == Step.ALIKE:
            out[0], out[1] = fixed[int(programs[place + 4])]
        elif kind == Step.TERM:
            term, is_added = varying[int(programs[place + 1])], programs[place + 2] > 0.0
            low += term[0] if is_added else -term[1]
            high += term[1] if is_added else -term[0]
        else:
            out[0], out[1] = bounds_of_step(programs, place, kind, varying, fixed)
        place += STEP_NUMBERS
    return outward(low, -1.0), outward(high, 1.0)


@compiled
def bounds_of_step(programs, place, kind, found, fixed):
    """Bounds of a step that stands at a place of the programs; found, fixed: (steps, 2), bounds of earlier ones."""
    one, other, third = (
        found[int(programs[place + 1])], found[int(programs[place + 2])], found[int(programs[place + 3])])
    if kind == Step.SCALE:
        other = fixed[int(programs[place + 4])]
    return step_bounds(kind, (one[0], one[1]), (other[0], other[1]), (third[0], third[1]))


@compiled_apart
def bounds_of(problem, segment):
    """Between which numbers a segment of a pair comes to lie under every contract: (low, high)."""
    if not has(problem, segment):
        return 0.0, 0.0
    given = np.empty((2, GIVEN_NUMBERS))
    for place in range(GIVEN_NUMBERS):
        given[:, place] = number_in(problem, "own.given", place)
    return bounds(problem.own.programs, problem.own.block, segment, given, problem.minimum_commitment)


@inlined
def outward(bound, direction):
    """A bound with room for rounding."""
    return bound + direction * 1e-12 * (1.0 + abs(bound)) if math.isfinite(bound) else direction * math.inf
