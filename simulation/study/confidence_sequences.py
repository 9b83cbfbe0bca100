"""Intervals of a mean that hold at every number of values at once, however the number was arrived at.

A confidence sequence at level 1 - alpha misses the true mean at any number of values whatever with probability alpha at
most. So one may look, go on where nothing is decided, and look again, without a price for each look.

`betting`: for values that cannot leave a known range. A gambler bets on every value against the claim that the mean is
m; the capital is a martingale if the claim is true, and by Ville's inequality exceeds 1 / alpha ever with probability
alpha at most. Here a fixed mixture of bets of different sizes is held, all against means above and all against means
below with half of alpha each. Valid at every number of values and for every distribution on the range, rare large
values among them: that is why few values say little where the range is wide (Waudby-Smith & Ramdas 2024, "Estimating
means of bounded random variables by betting", J. R. Stat. Soc. B 86, 1-27).

`asymptotic`: for values without a known range. Right in the limit, whatever the distribution, with its variance
estimated (Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, "Time-uniform central limit theory and asymptotic confidence
sequences", arXiv 2103.06476). Of skewed values it misses too often on the side of the long tail, so there it is longer,
by the first term of the Cornish-Fisher expansion (Johnson 1978, doi 10.1080/01621459.1978.10480051). Of few values, or
where few differ from the rest, there is none.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize

BETS = 2.0 ** -np.arange(13)
"""Shares of what may be lost at most that are staked, side by side: from everything to a 4,096th."""
SMALLEST_MEAN = 1e-12
"""What lies below, in units of the range, counts as 0."""
ROUNDING = 1e-9
SHARPEST_AT = 100
"""Number of values at which the asymptotic sequence is narrowest, compared with an interval for that number alone."""
FEWEST, FEWEST_UNLIKE = 100, 20
"""Values, and among them values that differ from the most frequent one, before variance and skewness are believed."""


def log_capital(values: np.ndarray, mean: float) -> float:
    """Logarithm of what betting on values above `mean` has made of a capital of 1; values lie from 0 to 1.

    A bet of share g multiplies the capital by 1 - g + g * value / mean: by 1 on average where the claim is true.
    """
    if mean <= 0.0:
        return math.inf if values.any() else 0.0
    with np.errstate(divide="ignore"):  # all that was staked may be lost
        logarithms = np.log1p(BETS[:, None] * (values / mean - 1.0)).sum(axis=1)
    most = logarithms.max()
    return float(most + math.log(np.mean(np.exp(logarithms - most)))) if math.isfinite(most) else -math.inf


def lower_end(values: np.ndarray, alpha: float) -> float:
    """The least mean that betting on values above it has not ruled out at `alpha`; values and mean lie from 0 to 1."""
    highest, enough = float(values.mean()), -math.log(alpha)
    if highest <= 0.0:
        return 0.0
    # the capital falls with the mean that is bet against, from where any gain is enough to the mean of the values
    lowest = highest
    while log_capital(values, lowest) < enough:
        highest, lowest = lowest, lowest / 2.0
        if lowest < SMALLEST_MEAN:
            return 0.0
    return float(optimize.brentq(lambda mean: log_capital(values, mean) - enough, lowest, highest, xtol=1e-13))


def betting(values: np.ndarray, least: float, most: float, level: float) -> tuple[float, float]:
    """Both ends for values from `least` to `most`: (n,), n at least 1. Raises ValueError for a value outside."""
    scaled = (values - least) / (most - least)
    if scaled.min() < -ROUNDING or scaled.max() > 1.0 + ROUNDING:
        raise ValueError(f"values from {values.min()} to {values.max()}, outside of {least} to {most}")
    scaled, half = np.clip(scaled, 0.0, 1.0), (1.0 - level) / 2.0
    return (least + (most - least) * lower_end(scaled, half), most - (most - least) * lower_end(1.0 - scaled, half))


def asymptotic(values: np.ndarray, level: float) -> tuple[float, float]:
    """Both ends for values without a known range; NaN for fewer than `FEWEST`, or where fewer than `FEWEST_UNLIKE`
    differ from the rest."""
    number, alpha = values.size, 1.0 - level
    if number < FEWEST or number - np.unique(values, return_counts=True)[1].max() < FEWEST_UNLIKE:
        return math.nan, math.nan
    information = number * (-2.0 * math.log(alpha) + math.log(-2.0 * math.log(alpha)) + 1.0) / SHARPEST_AT
    times = math.sqrt(2.0 * (information + 1.0) / information * math.log(math.sqrt(information + 1.0) / alpha))
    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1))
    half = times * deviation / math.sqrt(number)
    skewness = float(np.mean((values - mean) ** 3)) / deviation**3
    tail = skewness * deviation * (1.0 + 2.0 * times**2) / (6.0 * number)
    return mean - half + min(tail, 0.0), mean + half + max(tail, 0.0)
