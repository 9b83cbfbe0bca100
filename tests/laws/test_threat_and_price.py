"""Threats that are only feared, and autonomy priced beside a competitor: what they may change and what not."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simulation.history.series import Series
from simulation.history.simulate import simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario

STYLISED = load_scenario(Path(__file__).parents[2] / "scenarios" / "stylised.yaml").replace_all(
    {"population.count": 10, "years": 12})


def test_equal_distances_make_autonomy_cost_what_it_does_without_any():
    apart = {"population.toward.*.preference_distance": 1.5,
             "population.toward.*.competitor_preference_distance": 1.5, "dynamics.drift.preference": 0.0}
    relative = STYLISED.replace_all(apart | {"assumptions.autonomy_price": "relative"})
    alike = STYLISED.replace_all({"population.toward.*.preference_distance": 0.0, "dynamics.drift.preference": 0.0})
    for seed in (1, 2):
        there, here = simulate(world_of(relative), seed), simulate(world_of(alike), seed)
        np.testing.assert_allclose(there.autonomy, here.autonomy, rtol=0, atol=1e-9)
        np.testing.assert_array_equal(there.since, here.since)


def test_the_competitor_does_not_count_where_the_price_is_absolute():
    far = STYLISED.replace("population.toward.*.competitor_preference_distance", 8.0)
    np.testing.assert_array_equal(simulate(world_of(far), 1).series, simulate(world_of(STYLISED), 1).series)


def test_without_crises_only_fear_makes_pacts():
    quiet = STYLISED.replace("population.crisis_rate", 0.0)
    afraid = quiet.replace("population.latent_threat", 0.3)
    none, some = (simulate(world_of(scenario), 1).series[:, 0, Series.PACTS].sum() for scenario in (quiet, afraid))
    assert none == 0.0
    assert some > 0.0


def test_fear_opens_no_crisis():
    quiet = STYLISED.replace_all({"population.crisis_rate": 0.0, "population.latent_threat": 0.3})
    series = simulate(world_of(quiet), 1).series[:, 0]
    for what in (Series.CHALLENGES, Series.WARS, Series.OUTSIDE_CHALLENGES, Series.OUTSIDE_WARS):
        assert series[:, what].sum() == 0.0
