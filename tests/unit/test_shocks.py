"""Drift, misperception and the aftermath of war, by hand."""

from __future__ import annotations

import math

import pytest

from simulation.theory.shocks import beaten, drifted, level, perceived, rested_capacity


def test_a_deviation_fades_and_is_shocked():
    assert drifted(0.5, 0.9, 0.2, -1.5) == pytest.approx(0.45 - 0.3, rel=1e-12)


def test_a_level_follows_its_deviation_up_to_its_ceiling():
    assert level(0.2, math.log(3.0), 1.0) == pytest.approx(0.6, rel=1e-12)
    assert level(0.2, math.log(30.0), 1.0) == 1.0
    assert level(0.2, 0.0, 1.0) == 0.2


def test_errors_of_perception_are_log_normal():
    assert perceived(0.2, 0.5, 2.0, 1.0) == pytest.approx(0.2 * math.e, rel=1e-12)
    assert perceived(0.2, 0.5, 4.0, 1.0) == 1.0
    assert perceived(0.2, 0.5, 0.0, 1.0) == 0.2


def test_a_beaten_state_loses_its_share_of_capability():
    assert level(0.5, beaten(0.0, 0.2), 1.0) == pytest.approx(0.4, rel=1e-12)
    assert level(0.5, beaten(beaten(0.0, 0.2), 0.2), 1.0) == pytest.approx(0.32, rel=1e-12)


def test_a_tired_power_carries_less():
    assert rested_capacity(2.0, 0.25, True) == 1.5
    assert rested_capacity(2.0, 0.25, False) == 2.0
