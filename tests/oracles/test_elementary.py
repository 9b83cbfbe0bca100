"""Exponential, logarithm, cosine and the logistic function against the mathematics library in wider numbers."""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled
from simulation.theory.elementary import cosine_of_turn, exponential, exponentials, logarithm
from simulation.theory.logistic import logistic

SIZES = 10.0 ** np.random.default_rng(1).uniform(-12.0, 2.85, 20_000)
PI = np.longdouble("3.14159265358979323846264338327950288")


def shares() -> np.ndarray:
    """Numbers between 0 and 1, many of them close to either end, as chance draws them, and where cases meet."""
    rng = np.random.default_rng(2)
    near = 10.0 ** -rng.uniform(0.0, 16.0, 10_000)
    rare = [2.0**-54, 1.0 - 2.0**-53, 0.125, 0.25, 0.5, 0.75, 0.875, math.sqrt(0.5),
            math.nextafter(math.sqrt(0.5), 1.0)]
    found = np.concatenate([rng.random(20_000), near, 1.0 - near, rare])
    return found[(found > 0.0) & (found < 1.0)]


def bits_off(found, exact) -> np.ndarray:
    """How many units of the last place of what is exact, in wider numbers, others are away from it."""
    return np.abs(found - exact) / np.spacing(np.abs(exact).astype(float)).astype(np.longdouble)


@compiled
def fill_each(logarithms, cosines, numbers):
    for place in range(numbers.size):
        logarithms[place] = logarithm(numbers[place])
    for place in range(numbers.size):
        cosines[place] = cosine_of_turn(numbers[place])


def test_the_exponential_is_right_to_the_last_bits():
    for signed in (-SIZES, SIZES):
        found = np.array([exponential(x) for x in signed])
        assert bits_off(found, np.exp(signed.astype(np.longdouble))).max() <= 2.0


def test_exponentials_of_many_are_those_of_each():
    numbers = np.concatenate([SIZES, -SIZES, [709.1, math.inf, -math.inf]])
    found = numbers.copy()
    exponentials(found)
    assert found.tolist() == [exponential(x) if x < 709.0 else math.inf for x in numbers.tolist()]


def test_the_logarithm_is_right_to_the_last_bits():
    numbers = np.concatenate([shares(), 10.0 ** np.random.default_rng(3).uniform(-300.0, 300.0, 10_000)])
    found = np.array([logarithm(x) for x in numbers])
    assert bits_off(found, np.log(numbers.astype(np.longdouble))).max() <= 2.0
    assert logarithm(1.0) == 0.0


def test_the_cosine_is_right_to_the_last_bits():
    numbers = shares()
    found = np.array([cosine_of_turn(x) for x in numbers])
    exact = np.cos(2.0 * PI * numbers.astype(np.longdouble))
    # close to a quarter of a turn the wider library is itself no better than the second
    assert np.all(np.abs(found - exact) <= 3.0 * np.spacing(np.abs(exact).astype(float)) + np.longdouble(2e-19))
    assert np.abs(found).max() <= 1.0 + 2.3e-16
    assert cosine_of_turn(0.25) == cosine_of_turn(0.75) == 0.0


def test_logarithms_and_cosines_of_many_are_those_of_each():
    numbers = shares()
    logarithms, cosines = np.empty((2, numbers.size))
    fill_each(logarithms, cosines, numbers)
    assert logarithms.tolist() == [logarithm(x) for x in numbers]
    assert cosines.tolist() == [cosine_of_turn(x) for x in numbers]


def test_ends():
    assert exponential(0.0) == exponential(-0.0) == 1.0
    assert exponential(-math.inf) == exponential(-709.0) == 0.0
    assert 0.0 < exponential(-707.9) < 1e-307
    assert 8e307 < exponential(709.0) < math.inf
    assert (logistic(-math.inf), logistic(-1000.0), logistic(0.0), logistic(math.inf)) == (0.0, 0.0, 0.5, 1.0)
    assert math.isnan(exponential(math.nan))
    assert math.isnan(logistic(math.nan))


def test_the_logistic_function():
    for x in (*SIZES[:2000], *-SIZES[:2000]):
        exact = 1.0 / (1.0 + np.exp(np.longdouble(-x)))
        assert abs(logistic(x) - exact) <= 3e-16 * exact
        assert abs(logistic(x) + logistic(-x) - 1.0) <= 2.3e-16
