"""Drift, misperception and the aftermath of war, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.theory.shocks import beaten, drifted, fill_levels, rested_capacity


def test_a_deviation_fades_and_is_shocked():
    assert drifted(0.5, 0.9, 0.2, -1.5) == pytest.approx(0.45 - 0.3, rel=1e-12)


def level(base: float, deviation: float, ceiling: float, sigma: float = 1.0) -> float:
    levels = np.empty(1)
    fill_levels(np.array([base]), np.array([deviation]), sigma, ceiling, levels)
    return float(levels[0])


def test_a_level_follows_its_deviation_up_to_its_ceiling():
    assert level(0.2, math.log(3.0), 1.0) == pytest.approx(0.6, rel=1e-12)
    assert level(0.2, math.log(30.0), 1.0) == 1.0
    assert level(0.2, 0.0, 1.0) == 0.2
    assert level(0.2, 1000.0, 1.0) == 1.0
    assert level(0.2, 1000.0, math.inf) == math.inf


def test_errors_of_perception_are_log_normal():
    assert level(0.2, 2.0, 1.0, 0.5) == pytest.approx(0.2 * math.e, rel=1e-12)
    assert level(0.2, 4.0, 1.0, 0.5) == 1.0
    assert level(0.2, 0.0, 1.0, 0.5) == 0.2


@pytest.mark.parametrize("number", [1, 7, 20, 83])
def test_levels_of_many_are_those_of_each(number):
    """To the last bit, wherever they stand."""
    rng = np.random.default_rng(number)
    rows = rng.normal(size=(number, 5))
    fill_levels(rows[:, 0], rows[:, 2], 0.7, 1.0, rows[:, 4])
    assert rows[:, 4].tolist() == [level(base, deviation, 1.0, 0.7) for base, _, deviation, _, _ in rows.tolist()]


def test_a_beaten_state_loses_its_share_of_capability():
    assert level(0.5, beaten(0.0, 0.2), 1.0) == pytest.approx(0.4, rel=1e-12)
    assert level(0.5, beaten(beaten(0.0, 0.2), 0.2), 1.0) == pytest.approx(0.32, rel=1e-12)


def test_a_tired_power_carries_less():
    assert rested_capacity(2.0, 0.25, True) == 1.5
    assert rested_capacity(2.0, 0.25, False) == 2.0
