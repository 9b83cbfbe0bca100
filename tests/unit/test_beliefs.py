"""Bayes' rule, by hand."""

from __future__ import annotations

import pytest

from simulation.theory.beliefs import posterior


@pytest.mark.parametrize(("before", "likelihoods", "weight", "after"), [
    (0.5, (0.8, 0.2), 1.0, 0.8),
    (0.6, (0.2, 0.5), 1.0, 0.12 / 0.32),
    (0.5, (0.81, 0.04), 0.5, 0.9 / 1.1),
    (0.3, (0.9, 0.1), 0.0, 0.3),
    (0.3, (0.4, 0.4), 1.0, 0.3),
    (0.3, (0.5, 0.0), 1.0, 1.0),
    (0.3, (0.0, 0.5), 1.0, 0.0),
    (0.3, (0.0, 0.0), 1.0, 0.3),
    (0.0, (0.9, 0.1), 1.0, 0.0),
    (1.0, (0.1, 0.9), 1.0, 1.0),
    (1.0, (0.0, 0.9), 1.0, 1.0),
])
def test_posterior(before, likelihoods, weight, after):
    assert posterior(before, *likelihoods, weight) == pytest.approx(after, rel=1e-12, abs=1e-15)
