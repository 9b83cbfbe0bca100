"""Effects in paired histories: their size, a bootstrap interval, and how many histories a decision needs.

One number per pair (or set) of histories that share their luck goes in. For verdicts, which may be looked at again and
again, the interval is that of a confidence sequence (`confidence_sequences`); for what is only described, from a number
of pairs that is fixed beforehand, the bias-corrected and accelerated bootstrap of the mean (Efron 1987, doi
10.1080/01621459.1987.10478410), by SciPy.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

from simulation.study.confidence_sequences import asymptotic, betting

RESAMPLES = 29_999
BATCH_NUMBERS = 2_000_000
"""Numbers that are resampled at a time; bounds the memory."""

FEWEST = 5
"""Pairs below which there is no interval: a bootstrap of fewer has too few different samples."""


@dataclass(frozen=True)
class Interval:
    """Both ends, and the share of such intervals that should hold the truth."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Effect:
    """The effect in paired histories.

    Attributes
    ----------
    values : one number for each pair in which it exists, in the order of the replications.
    dropped : pairs in which it does not exist (autonomy given a pact, where one side has none) or a history failed.
    seed : of the resampling; the same numbers give the same interval.
    bounds : between what every value must lie; None if nothing bounds it.
    """

    values: np.ndarray
    dropped: int = 0
    seed: int = 0
    bounds: tuple[float, float] | None = None
    _ends: dict[float, tuple[float, float]] = field(default_factory=dict, compare=False, repr=False)
    _resamples: list[Any] = field(default_factory=list, compare=False, repr=False)

    @property
    def pairs(self) -> int:
        """Pairs that count."""
        return int(self.values.size)

    @property
    def mean(self) -> float:
        """The effect; NaN without pairs."""
        return float(np.mean(self.values)) if self.pairs else math.nan

    @property
    def deviation(self) -> float:
        """Standard deviation over the pairs; NaN for fewer than two."""
        return float(np.std(self.values, ddof=1)) if self.pairs > 1 else math.nan

    def sequence(self, level: float) -> Interval:
        """The interval of a confidence sequence, which holds at every number of pairs; NaN where nothing can be said
        yet: without pairs, or, of values without bounds, where too few differ."""
        if not self.pairs:
            return Interval(math.nan, math.nan, level)
        if self.bounds is None:
            return Interval(*asymptotic(self.values, level), level)
        return Interval(*betting(self.values, *self.bounds, level), level)

    def interval(self, level: float) -> Interval:
        """The bootstrap interval; NaN for fewer than five pairs."""
        if self.pairs < FEWEST:
            return Interval(math.nan, math.nan, level)
        if np.ptp(self.values) == 0.0:  # nothing varies: no doubt that resampling could show
            return Interval(self.mean, self.mean, level)
        if level not in self._ends:
            self._ends[level] = self._resampled(level)
        return Interval(*self._ends[level], level)

    def _resampled(self, level: float) -> tuple[float, float]:
        """Ends at a level, from resamples that are drawn once."""
        before = self._resamples[0] if self._resamples else None
        arguments = {"confidence_level": level, "method": "BCa", "batch": max(1, BATCH_NUMBERS // self.pairs)}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", stats.DegenerateDataWarning)
            found = stats.bootstrap((self.values,), np.mean, n_resamples=0 if before else RESAMPLES,
                                    bootstrap_result=before, rng=np.random.default_rng(self.seed), **arguments)
        self._resamples[:] = [found]
        return float(found.confidence_interval.low), float(found.confidence_interval.high)


def effect_of(values: np.ndarray, seed: int = 0, bounds: tuple[float, float] | None = None) -> Effect:
    """The effect from one number per pair, NaN where it does not exist; bounds: between what each must lie."""
    exists = ~np.isnan(values)
    return Effect(values[exists], int(np.sum(~exists)), seed, bounds)


def power_at(effect: Effect, smallest: float, interval: Interval) -> float:
    """Probability that so many pairs decide, where the true effect is 0, or as far beyond `smallest` as 0 is within.

    From the length of the interval and the standard deviation over the pairs, by the normal approximation; 0 where
    there is no interval, NaN for fewer than two pairs.
    """
    if effect.pairs < 2:
        return math.nan
    room = smallest - (interval.high - interval.low) / 2.0
    error = effect.deviation / math.sqrt(effect.pairs)
    if math.isnan(room) or room <= 0.0:
        return 0.0
    return 1.0 if error == 0.0 else float(2.0 * stats.norm.cdf(room / error) - 1.0)


def pairs_that_decide(effect: Effect, smallest: float, interval: Interval, power: float) -> float:
    """About how many pairs decide with probability `power` if the true effect is what it seems; infinite for one that
    is just as large as the smallest of interest, NaN where there is no interval.

    By the normal approximation, and by lengths of intervals that fall with the root of the number; pairs that do not
    exist are made up for.
    """
    away = abs(abs(effect.mean) - smallest)
    if math.isnan(interval.high - interval.low):
        return math.nan
    if away == 0.0:
        return math.inf
    reach = (interval.high - interval.low) / 2.0 + stats.norm.ppf(power) * effect.deviation / math.sqrt(effect.pairs)
    return float((effect.pairs + effect.dropped) * max(1.0, reach / away) ** 2)
