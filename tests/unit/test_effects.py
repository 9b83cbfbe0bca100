"""Paired effects: intervals against a plain bootstrap, coverage of planted effects, and planning against trial."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulation.study import effects
from simulation.study.effects import effect_of, pairs_that_decide, power_at


def plain_bca(values: np.ndarray, level: float, resamples: int) -> tuple[float, float]:
    """The interval written out anew, by loops where loops are plainest (Efron 1987)."""
    chance = np.random.default_rng(12)
    means = np.sort([values[chance.integers(0, values.size, values.size)].mean() for _ in range(resamples)])
    bias = stats.norm.ppf(np.mean(means < values.mean()))
    left_out = np.array([np.delete(values, place).mean() for place in range(values.size)])
    away = left_out.mean() - left_out
    acceleration = (away ** 3).sum() / (6 * (away ** 2).sum() ** 1.5)
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        shifted = bias + stats.norm.ppf(tail)
        ends.append(np.quantile(means, stats.norm.cdf(bias + shifted / (1 - acceleration * shifted))))
    return tuple(ends)


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_an_interval_is_the_bootstrap_written_out_anew(level, monkeypatch):
    monkeypatch.setattr(effects, "RESAMPLES", 60_000)
    values = np.random.default_rng(3).lognormal(0, 0.7, 60)
    found = effect_of(values).interval(level)
    expected = plain_bca(values, level, 60_000)
    width = expected[1] - expected[0]
    assert found.low == pytest.approx(expected[0], abs=0.06 * width)
    assert found.high == pytest.approx(expected[1], abs=0.06 * width)
    assert found.level == level


def test_missing_pairs_are_left_out_and_counted():
    found = effect_of(np.array([1.0, math.nan, 2.0, 3.0, math.nan, 2.0, 2.5]))
    assert (found.pairs, found.dropped, found.mean) == (5, 2, 2.1)


def test_the_same_numbers_have_the_same_interval_whatever_was_asked_before():
    values = np.random.default_rng(5).normal(0, 1, 30)
    first, second = effect_of(values, 9), effect_of(values, 9)
    first.interval(0.999)
    assert first.interval(0.95) == second.interval(0.95)
    assert effect_of(values, 10).interval(0.95) != second.interval(0.95)


def test_nothing_is_said_of_few_pairs_and_all_of_equal_ones():
    assert math.isnan(effect_of(np.ones(4)).interval(0.95).low)
    equal = effect_of(np.full(30, 0.25)).interval(0.95)
    assert (equal.low, equal.high) == (0.25, 0.25)
    assert math.isnan(effect_of(np.array([])).mean)


def test_intervals_of_a_planted_effect_cover_it_as_often_as_they_say(monkeypatch):
    monkeypatch.setattr(effects, "RESAMPLES", 1999)
    chance, truth, covered = np.random.default_rng(8), 0.3, 0
    for number in range(500):
        # pairs with luck in common: only the difference of the two sides counts
        luck = chance.normal(0, 3, 60)
        before, after = luck + chance.normal(0, 0.5, 60), luck + truth + chance.normal(0, 0.5, 60)
        interval = effect_of(after - before, number).interval(0.95)
        covered += interval.low <= truth <= interval.high
    # 475 expected; a bootstrap of 60 is a little narrow; three standard errors beside
    assert 0.95 - 0.035 <= covered / 500 <= 0.95 + 0.03


@pytest.mark.parametrize("truth", [0.0, 0.8])
def test_the_probability_of_a_decision_is_how_often_one_is_made(truth):
    chance, smallest, pairs = np.random.default_rng(4), 0.4, 160
    samples = chance.normal(truth, 1.0, (1000, pairs))
    found = [effect_of(sample) for sample in samples]
    intervals = [effect.sequence(0.95) for effect in found]
    decided = np.mean([(-smallest < own.low and own.high < smallest) or own.low > smallest for own in intervals])
    told = np.mean([power_at(effect, smallest, own) for effect, own in zip(found, intervals, strict=True)])
    assert 0.3 < told < 0.98  # else it would be easy
    assert decided == pytest.approx(told, abs=0.04)


def test_as_many_pairs_as_are_told_decide():
    chance, smallest, power = np.random.default_rng(5), 0.4, 0.9
    sample = chance.normal(0.0, 1.0, 120)
    seen = effect_of(sample - sample.mean() + 0.7)
    pairs = round(pairs_that_decide(seen, smallest, seen.sequence(0.99), power))
    assert pairs > 120
    decided = np.mean([effect_of(chance.normal(seen.mean, seen.deviation, pairs)).sequence(0.99).low > smallest
                       for _ in range(400)])
    assert decided >= power - 0.05


def test_nothing_is_told_of_pairs_where_there_is_no_interval():
    assert math.isnan(pairs_that_decide(effect_of(np.ones(9)), 0.4, effect_of(np.ones(9)).sequence(0.95), 0.9))
    assert power_at(effect_of(np.ones(9)), 0.4, effect_of(np.ones(9)).sequence(0.95)) == 0.0
    assert math.isnan(power_at(effect_of(np.ones(1)), 0.4, effect_of(np.ones(1)).sequence(0.95)))
    edge = effect_of(np.array([0.3, 0.5] * 20), bounds=(0.0, 1.0))
    assert math.isinf(pairs_that_decide(edge, edge.mean, edge.sequence(0.95), 0.9))
