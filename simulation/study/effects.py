"""Effects in paired histories: their size, a bootstrap interval, and how many histories a decision needs.

One number per pair (or set) of histories that share their luck goes in. The interval is the bias-corrected and
accelerated bootstrap of the mean (Efron 1987, doi 10.1080/01621459.1987.10478410), by SciPy.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

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
    """

    values: np.ndarray
    dropped: int = 0
    seed: int = 0
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


def effect_of(values: np.ndarray, seed: int = 0) -> Effect:
    """The effect from one number per pair, NaN where it does not exist."""
    exists = ~np.isnan(values)
    return Effect(values[exists], int(np.sum(~exists)), seed)


def pairs_needed(effect: Effect, smallest: float, alpha: float, power: float) -> int:
    """Pairs after which an interval at 1 - alpha decides, with probability `power`, whatever the effect is of zero and
    `smallest`: it leaves out zero where the effect is `smallest`, and both bounds where it is zero.

    From the standard deviation over the pairs of a pilot, by the normal approximation (Julious 2004,
    doi 10.1002/sim.1783, on equivalence); pairs that do not exist are made up for.
    """
    if effect.pairs < FEWEST:
        raise ValueError("too few pairs to plan from")
    bound = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf((1 + power) / 2)
    enough: int = math.ceil((bound * effect.deviation / smallest) ** 2)
    share = effect.pairs / (effect.pairs + effect.dropped)
    return max(FEWEST, math.ceil(enough / share))


def power_at(effect: Effect, smallest: float, alpha: float, pairs: int) -> float:
    """Probability that so many pairs decide, in the sense of `pairs_needed`."""
    if effect.deviation == 0.0:
        return 1.0
    share = effect.pairs / (effect.pairs + effect.dropped)
    bound = smallest * math.sqrt(pairs * share) / effect.deviation - stats.norm.ppf(1 - alpha / 2)
    return float(max(0.0, 2 * stats.norm.cdf(bound) - 1))
