"""Intervals that hold at every number of values: against bets written out anew, and by how often they miss."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.study.confidence_sequences import BETS, FEWEST_UNLIKE, asymptotic, betting, log_capital

LEVEL = 0.95
DRAWS = {
    "uniform": lambda chance, size: chance.uniform(0.0, 1.0, size),
    "rare": lambda chance, size: (chance.uniform(0.0, 1.0, size) < 0.03).astype(float),
    "skewed": lambda chance, size: np.minimum(chance.exponential(0.08, size), 1.0),
    "almost always 1": lambda chance, size: (chance.uniform(0.0, 1.0, size) < 0.97).astype(float),
}


def capital_by_hand(values: list[float], mean: float) -> float:
    """Gamblers who each stake their share of what they have, value by value; the mean of what they come to."""
    ends = []
    for share in BETS:
        owned = 1.0
        for value in values:
            staked = share * owned
            owned = owned - staked + staked * value / mean
        ends.append(owned)
    return sum(ends) / len(ends)


def test_the_capital_is_that_of_gamblers_who_bet_one_value_after_the_other():
    values = [0.2, 0.9, 0.0, 1.0, 0.4, 0.7]
    for mean in (0.05, 0.3, 0.5, 0.8, 1.0):
        assert math.exp(log_capital(np.array(values), mean)) == pytest.approx(capital_by_hand(values, mean), rel=1e-12)


def test_the_ends_are_where_the_capital_reaches_what_rules_a_mean_out():
    values = np.random.default_rng(1).uniform(0.0, 1.0, 50)
    low, high = betting(values, 0.0, 1.0, LEVEL)
    assert math.exp(log_capital(values, low)) == pytest.approx(2 / (1 - LEVEL), rel=1e-6)
    assert math.exp(log_capital(1.0 - values, 1.0 - high)) == pytest.approx(2 / (1 - LEVEL), rel=1e-6)
    means = np.linspace(0.01, 0.99, 99)
    ruled_out = [max(log_capital(values, mean), log_capital(1.0 - values, 1.0 - mean)) >= math.log(2 / (1 - LEVEL))
                 for mean in means]
    assert ruled_out == [not low <= mean <= high for mean in means]


def test_a_capital_does_not_grow_on_average_where_the_mean_is_the_true_one():
    """The expectation is 1 whatever the distribution: here worked out over all sequences of three values."""
    outcomes, odds = [0.0, 0.3, 1.0], [0.5, 0.3, 0.2]
    mean = sum(one * share for one, share in zip(outcomes, odds, strict=True))
    expected = sum(odds[a] * odds[b] * odds[c] * math.exp(log_capital(
        np.array([outcomes[a], outcomes[b], outcomes[c]]), mean)) for a in range(3) for b in range(3) for c in range(3))
    assert expected == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("name", DRAWS)
def test_the_true_mean_is_missed_at_any_number_of_values_no_more_often_than_promised(name):
    chance, sequences, misses = np.random.default_rng(7), 600, 0
    truth = float(DRAWS[name](np.random.default_rng(8), 2_000_000).mean())
    for _ in range(sequences):
        values = DRAWS[name](chance, 200)
        ends = [betting(values[:number], 0.0, 1.0, LEVEL) for number in (1, 2, 5, 10, 20, 50, 100, 200)]
        misses += any(not low <= truth <= high for low, high in ends)
    assert misses / sequences <= 0.05


def test_a_mean_stays_within_its_range_and_the_scale_does_not_matter():
    values = np.zeros(20)
    low, high = betting(values, 0.0, 44.0, LEVEL)
    assert low == 0.0 and 0.0 < high < 44.0
    other = np.random.default_rng(2).uniform(-3.0, 5.0, 40)
    plain = betting((other + 3.0) / 8.0, 0.0, 1.0, LEVEL)
    assert betting(other, -3.0, 5.0, LEVEL) == pytest.approx((-3.0 + 8.0 * plain[0], -3.0 + 8.0 * plain[1]))
    mirrored = betting(-other, -5.0, 3.0, LEVEL)
    assert mirrored == pytest.approx((-(-3.0 + 8.0 * plain[1]), -(-3.0 + 8.0 * plain[0])))


def test_a_value_outside_of_the_range_is_an_error():
    with pytest.raises(ValueError, match="outside of 0"):
        betting(np.array([0.5, 1.5]), 0.0, 1.0, LEVEL)


@pytest.mark.parametrize("name", ["uniform", "skewed", "log-normal", "log-normal, turned"])
def test_without_a_range_the_true_mean_is_missed_no_more_often_than_promised(name):
    """Right in the limit only, but from a hundred values on it is near it even for a skewness of six."""
    draws = DRAWS | {"log-normal": lambda chance, size: chance.lognormal(0.0, 1.0, size),
                     "log-normal, turned": lambda chance, size: -chance.lognormal(0.0, 1.0, size)}
    chance, sequences, misses = np.random.default_rng(9), 1000, 0
    truth = math.exp(0.5) * (1 if name == "log-normal" else -1) if name.startswith("log") else float(
        draws[name](np.random.default_rng(8), 2_000_000).mean())
    for _ in range(sequences):
        values = draws[name](chance, 480)
        ends = [asymptotic(values[:number], LEVEL) for number in (100, 120, 240, 480)]
        misses += any(not low <= truth <= high for low, high in ends)
    assert misses / sequences <= 0.05


def test_the_tail_of_skewed_values_makes_the_interval_longer_on_its_side():
    values = np.random.default_rng(3).exponential(1.0, 200)
    low, high = asymptotic(values, LEVEL)
    assert high - values.mean() > values.mean() - low
    assert asymptotic(-values, LEVEL) == pytest.approx((-high, -low))
    assert all(math.isnan(end) for end in asymptotic(values[:99], LEVEL))


def test_without_a_range_nothing_is_said_of_values_that_hardly_differ():
    values = np.zeros(400)
    values[:FEWEST_UNLIKE - 1] = 1.0
    assert all(math.isnan(end) for end in asymptotic(values, LEVEL))
    values[FEWEST_UNLIKE - 1] = 1.0
    assert not any(math.isnan(end) for end in asymptotic(values, LEVEL))
