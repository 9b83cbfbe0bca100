"""The plain Mesa model of benchmarks/ does the same work: the same contracts and measures, by code of its own."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from simulation.history.measures import MEASURES
from simulation.history.simulate import measures_of, simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
from tests.builders import one_power

ROOT = Path(__file__).parents[2]


def load_peer():
    """The benchmark's module, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("peer", ROOT / "benchmarks" / "peer.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["peer"] = module
    spec.loader.exec_module(module)
    return module


peer = load_peer()
SMALL = {"years": 6, "recording": {"window_years": 4}, "dynamics": {"drift": {"crisis_rate": 0.2}},
         "major_powers": {"P": {"attention": 2}}}


@pytest.mark.parametrize(("scenario", "seed"), [
    (one_power(**SMALL), 1), (one_power(**SMALL), 2),
    (load_scenario(ROOT / "scenarios" / "stylised.yaml").replace_all({"years": 3, "population.count": 12}), 5)])
def test_the_peer_gives_the_same_contracts_and_measures(scenario, seed):
    model = peer.PeerModel(scenario, rng=seed, replication=1)
    history = simulate(world_of(scenario), seed, 1)
    for year in range(scenario.years):
        model.step()
        terms = np.array([state.pact or (0.0, 0.0) for state in model.states])
        np.testing.assert_allclose(terms[:, 0], history.commitment[year, 0], atol=1e-6)
        np.testing.assert_allclose(terms[:, 1], history.autonomy[year, 0], atol=1e-6)
    assert history.series[:, 0, 0].any()
    ours = dict(zip(MEASURES, measures_of(history, scenario.recording.window_years)[0], strict=True))
    for name in peer.MEASURES:
        assert math.isclose(model.measure(name), ours[name], rel_tol=1e-5, abs_tol=1e-6), name


@pytest.mark.slow
def test_the_peer_agrees_in_distribution():
    """The same luck gives the same number of pacts, history by history: as many as would show a difference of 0.1 pacts
    between independent samples at two standard errors, so that a departure that only some luck shows is met as well."""
    scenario, seeds = one_power(**SMALL), range(100, 400)
    world, ours, theirs = world_of(scenario), [], []
    for seed in seeds:
        model = peer.PeerModel(scenario, rng=seed)
        for _ in range(scenario.years):
            model.step()
        table = dict(zip(MEASURES, measures_of(simulate(world, seed), scenario.recording.window_years)[0], strict=True))
        ours.append(table["number_of_pacts"])
        theirs.append(model.measure("number_of_pacts"))
    np.testing.assert_allclose(theirs, ours, atol=1e-9)
    assert 2.0 * math.sqrt(2.0 * np.var(ours, ddof=1) / len(ours)) < 0.1
