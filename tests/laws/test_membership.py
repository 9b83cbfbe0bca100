"""What belonging to an alliance costs the weak state, and the pacts that exist only because it costs nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulation.history.series import PAPER_WIDTH, Series
from simulation.history.simulate import simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario

RUSSIA = load_scenario(Path(__file__).parents[2] / "scenarios" / "russia-2005.yaml").replace(
    "major_powers.RUS.costs.entrapment.war_cost", 0.6)


@pytest.fixture(scope="module")
def histories():
    return {cost: simulate(world_of(RUSSIA.replace("assumptions.membership_cost", cost)), 1) for cost in (0.0, 0.005)}


def test_pacts_on_paper_vanish_where_membership_costs_more_than_they_are_worth(histories):
    paper = {cost: history.series[:, 0, Series.PAPER].sum() for cost, history in histories.items()}
    beyond = {cost: history.series[:, 0, Series.BEYOND_PAPER].sum() for cost, history in histories.items()}
    assert paper[0.0] > 2 * beyond[0.0]
    assert paper[0.005] < 0.1 * beyond[0.005]


def test_paper_is_counted_as_the_contracts_say(histories):
    least = RUSSIA.contract.minimum_commitment
    for history in histories.values():
        is_pact = history.since > 0
        is_paper = is_pact & (history.commitment <= least + PAPER_WIDTH)
        np.testing.assert_array_equal(history.series[:, 0, Series.PAPER], is_paper[:, 0].sum(axis=1))


def test_membership_is_paid_once_a_year_and_pact(histories):
    for cost, history in histories.items():
        np.testing.assert_allclose(history.series[:, 0, Series.MEMBERSHIP_COST],
                                   cost * history.series[:, 0, Series.PACTS], rtol=1e-12)
