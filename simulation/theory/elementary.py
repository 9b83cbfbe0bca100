"""Exponential, logarithm and cosine: the same bits for one number and for many at a time, on any machine.

Called by `logistic` for every choice in the game, by `shocks`, and by the normal numbers of histories. A library's
functions differ in their last bit from machine to machine and between their versions for one number and for several;
these are a few sums and products, which the compiler can do for eight numbers at once without changing any of them.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled, inlined

LOG2_E = 1.4426950408889634
LN_2_HIGH, LN_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""The logarithm of 2 in two parts, so that whole multiples of the first are exact (Cody & Waite 1980)."""

TO_WHOLE = 1.5 * 2.0**52
"""Added and subtracted, it rounds to a whole number, which then stands in the sum's last bits."""

EXPONENT_BIAS, EXPONENT_PLACE = np.int64(1023), np.int64(52)
SMALLEST, LARGEST = -708.0, 709.0
"""Below the first the exponential counts as 0: it is less than 1e-307. Beyond the second it is soon no number."""

ROOT_OF_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
FRACTION_BITS = np.int64(0x000FFFFFFFFFFFFF)


@inlined
def ratio_of_exponential(x):
    """e**x for x up to 709 as a ratio of two numbers, to the last bit or two.

    2**k times e**r with k whole and |r| <= ln(2) / 2. e**r is (q + r) / (q - r), where q = r / tanh(r / 2) by its
    series, of which what is left out is below half of a last bit; most of q's own error cancels. Terms are paired, so
    that few of them wait for others.
    """
    within = max(x, SMALLEST)
    shifted = within * LOG2_E + TO_WHOLE
    whole = shifted - TO_WHOLE
    r = (within - whole * LN_2_HIGH) - whole * LN_2_LOW
    r_2 = r * r
    r_4 = r_2 * r_2
    low = 2.0 + r_2 * (1.0 / 6.0)
    middle = -1.0 / 360.0 + r_2 * (1.0 / 15120.0)
    high = (-1.0 / 604800.0 + r_2 * (1.0 / 23950080.0)) + r_4 * (-691.0 / 653837184000.0)
    q = low + (middle + high * r_4) * r_4
    bits = (np.float64(shifted).view(np.int64) + EXPONENT_BIAS) << EXPONENT_PLACE
    power = np.int64(bits).view(np.float64)
    return 0.0 if x < SMALLEST else power * (q + r), q - r


@inlined
def exponential(x):
    """e**x for x up to 709, to the last bit or two."""
    above, below = ratio_of_exponential(x)
    return above / below


@compiled
def exponentials(values):
    """Puts e to each of many numbers in its place; infinite where no number is as large."""
    for place in range(values.size):
        values[place] = math.inf if values[place] > LARGEST else exponential(values[place])


@inlined
def logarithm(x):
    """The natural logarithm of a number from 1e-307 on, to the last bit or two.

    x is 2**k times m, k whole and m between the root of a half and that of two; the logarithm of m is twice the inverse
    hyperbolic tangent of s = (m - 1) / (m + 1), by its series, of which what is left out is below half of a last bit.
    """
    # the exponent counts up where the fraction passes the root of two
    above = np.float64(x).view(np.int64) - ROOT_OF_HALF_BITS
    m = np.int64((above & FRACTION_BITS) + ROOT_OF_HALF_BITS).view(np.float64)
    whole = np.float64(above >> EXPONENT_PLACE)
    s = (m - 1.0) / (m + 1.0)
    s_2 = s * s
    s_4 = s_2 * s_2
    s_8 = s_4 * s_4
    low = (1.0 / 3.0 + s_2 * (1.0 / 5.0)) + (1.0 / 7.0 + s_2 * (1.0 / 9.0)) * s_4
    high = (1.0 / 11.0 + s_2 * (1.0 / 13.0)) + (1.0 / 15.0 + s_2 * (1.0 / 17.0)) * s_4
    tail = 2.0 * s * s_2 * (low + (high + (1.0 / 19.0 + s_2 * (1.0 / 21.0)) * s_8) * s_8)
    return whole * LN_2_HIGH + (2.0 * s + (tail + whole * LN_2_LOW))


@inlined
def cosine_of_turn(turn):
    """The cosine of a share of a full turn, from 0 to 1, to some last bits of the result.

    It is the sine of what is left to a quarter of a turn, counted from the nearer end; by its Taylor polynomial, whose
    remainder is below half of a last bit up to a quarter of a turn.
    """
    x = 2.0 * math.pi * (0.25 - min(turn, 1.0 - turn))
    x_2 = x * x
    x_4 = x_2 * x_2
    x_8 = x_4 * x_4
    low = (-1.0 / 6.0 + x_2 * (1.0 / 120.0)) + (-1.0 / 5040.0 + x_2 * (1.0 / 362880.0)) * x_4
    high = (-1.0 / 39916800.0 + x_2 * (1.0 / 6227020800.0)) + (
        -1.0 / 1307674368000.0 + x_2 * (1.0 / 355687428096000.0)) * x_4
    tail = -1.0 / 121645100408832000.0 + x_2 * (1.0 / 51090942171709440000.0)
    return x + x * x_2 * (low + (high + tail * x_8) * x_8)
