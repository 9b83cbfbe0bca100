"""The logistic function of a quantal response: the same bits for one contract and for many at a time, on any machine.

Called by `crisis` for every choice in the game. A library's exponential differs in its last bit from machine to machine
and between its versions for one number and for several; this one is a few sums and products, which the compiler can do
for four contracts at once without changing any of them.
"""

from __future__ import annotations

import numpy as np

from simulation.compilation import inlined

LOG2_E = 1.4426950408889634
LN_2_HIGH, LN_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""The logarithm of 2 in two parts, so that whole multiples of the first are exact (Cody & Waite 1980)."""

TO_WHOLE = 1.5 * 2.0**52
"""Added and subtracted, it rounds to a whole number, which then stands in the sum's last bits."""

EXPONENT_BIAS, EXPONENT_PLACE = np.int64(1023), np.int64(52)
SMALLEST = -708.0
"""Below this the exponential counts as 0: it is less than 1e-307."""


@inlined
def exponential(x):
    """e**x for x <= 0, to the last bit or the one before it.

    2**k times e**r with k whole and |r| <= ln(2) / 2, the second by its Taylor polynomial, whose remainder is below
    half of a last bit. Its terms are paired, so that few of them wait for others.
    """
    shifted = x * LOG2_E + TO_WHOLE
    whole = shifted - TO_WHOLE
    r = (x - whole * LN_2_HIGH) - whole * LN_2_LOW
    r_2 = r * r
    r_4 = r_2 * r_2
    low = (1.0 / 2.0 + r * (1.0 / 6.0)) + (1.0 / 24.0 + r * (1.0 / 120.0)) * r_2
    middle = (1.0 / 720.0 + r * (1.0 / 5040.0)) + (1.0 / 40320.0 + r * (1.0 / 362880.0)) * r_2
    high = (1.0 / 3628800.0 + r * (1.0 / 39916800.0)) + (1.0 / 479001600.0 + r * (1.0 / 6227020800.0)) * r_2
    less_one = (low + (middle + high * r_4) * r_4) * r_2 + r
    bits = (np.float64(shifted).view(np.int64) + EXPONENT_BIAS) << EXPONENT_PLACE
    power = np.int64(bits).view(np.float64)
    return 0.0 if x < SMALLEST else power + power * less_one


@inlined
def logistic(x):
    """Logistic function, without overflow, and without a fork, which a processor would guess wrong half the time."""
    shrunk = exponential(-abs(x))
    return (1.0 if x >= 0.0 else shrunk) / (1.0 + shrunk)
