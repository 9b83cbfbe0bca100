"""Histories one after another on the same arrays: the measures of each are those of the history on its own."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.history.measures import MEASURES
from simulation.history.simulate import measures, measures_of, simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario


@pytest.mark.parametrize("name", ["stylised", "stylised-two"])
def test_measures_are_those_of_each_history_on_its_own(name):
    world = world_of(load_scenario(f"scenarios/{name}.yaml").replace_all({"population.count": 8, "years": 12}))
    replications = [4, 0, 2**40, 4, *range(20)]
    expected = np.array([measures_of(simulate(world, 7, number), world.magnitudes.window) for number in replications])
    assert measures(world, 7, replications).tobytes() == expected.tobytes()
    assert len({row.tobytes() for row in expected}) == len(set(replications))


def test_no_histories_have_no_measures():
    world = world_of(load_scenario("scenarios/critical-mass.yaml"))
    assert measures(world, 1, []).shape == (0, 1, len(MEASURES))
