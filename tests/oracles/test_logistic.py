"""The exponential and the logistic function against the mathematics library in wider numbers."""

from __future__ import annotations

import math

import numpy as np

from simulation.theory.logistic import exponential, logistic

SIZES = 10.0 ** np.random.default_rng(1).uniform(-12.0, 2.85, 20_000)


def test_the_exponential_is_right_to_the_last_bit_or_the_one_before_it():
    exact = np.exp(-SIZES.astype(np.longdouble))
    found = np.array([exponential(-size) for size in SIZES])
    last_bits = np.spacing(exact.astype(float)).astype(np.longdouble)
    assert np.all(np.abs(found - exact) <= 1.01 * last_bits)


def test_ends():
    assert exponential(0.0) == exponential(-0.0) == 1.0
    assert exponential(-math.inf) == exponential(-709.0) == 0.0
    assert 0.0 < exponential(-707.9) < 1e-307
    assert (logistic(-math.inf), logistic(-1000.0), logistic(0.0), logistic(math.inf)) == (0.0, 0.0, 0.5, 1.0)
    assert math.isnan(exponential(math.nan))
    assert math.isnan(logistic(math.nan))


def test_the_logistic_function():
    for x in (*SIZES[:2000], *-SIZES[:2000]):
        exact = 1.0 / (1.0 + np.exp(np.longdouble(-x)))
        assert abs(logistic(x) - exact) <= 3e-16 * exact
        assert abs(logistic(x) + logistic(-x) - 1.0) <= 2.3e-16
