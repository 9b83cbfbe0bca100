"""Threats that are only feared, threats from the patron itself, and autonomy priced beside a competitor: what they may
change and what not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from simulation.history.crises import ALONE, JOINT, NO_HELPER, RELIABILITY, protector_and_odds
from simulation.history.decisions import decisions_in
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.history.simulate import simulate, simulate_logged
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
from tests.builders import two_powers

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


# --- threat from the patron itself ------------------------------------------------------------------------------------

def threatened(share: float, **replacements: object):
    return STYLISED.replace_all({"population.toward.*.patron_threat": share, **replacements})


def test_nobody_pays_for_protection_from_the_only_threat_there_is():
    for seed in (1, 2):
        series = simulate(world_of(threatened(1.0)), seed).series[:, 0]
        assert series[:, Series.PACTS].sum() == 0.0
        assert series[:, Series.CHALLENGES].sum() == series[:, Series.OUTSIDE_CHALLENGES].sum() == 0.0
        assert series[:, Series.OWN_CHALLENGES].sum() > 0.0


def test_the_same_crises_open_whoever_opens_them():
    """Where nothing that happens changes what comes, each crisis is drawn at the same address, whatever the share."""
    still = {"relaxations.war_aftermath": False, "relaxations.learning": False}

    def openings(share: float) -> set[tuple[int, str]]:
        scenario = threatened(share, **still)
        _, end = simulate_logged(world_of(scenario), 1)
        return {(decision.year, decision.state) for decision in decisions_in(
            end, list(scenario.major_powers), list(scenario.states)) if decision.phase == "crisis"}

    assert openings(0.0) == openings(0.4) == openings(1.0)


def test_the_share_of_own_crises_is_the_share_given():
    """40% of some 2,000 crises, within four standard errors."""
    scenario = threatened(0.4, years=120, **{"population.count": 60})
    _, end = simulate_logged(world_of(scenario), 1)
    phases = [decision.phase for decision in decisions_in(end, ["PAT"], list(scenario.states))]
    own, all_of_them = phases.count("opening"), phases.count("crisis")
    assert all_of_them > 1000
    assert abs(own / all_of_them - 0.4) < 4 * math.sqrt(0.24 / all_of_them)


def test_a_crisis_of_a_powers_own_making_tests_the_pledge_of_the_other():
    """P opens every crisis of every state, so that Q is the only patron worth having, and P never fights for one."""
    scenario = two_powers(years=12).replace("weak_states.*.toward.P.patron_threat", 1.0)
    series = sum(simulate(world_of(scenario), seed).series.sum(axis=0) for seed in range(8))
    (first, second), pledged = series, (Series.CHALLENGES, Series.INTERVENTIONS, Series.ABANDONMENTS)
    assert not any(first[column] for column in pledged)
    assert second[Series.CHALLENGES] > 0.0
    assert first[Series.OWN_CHALLENGES] == second[Series.CHALLENGES] + second[Series.OUTSIDE_CHALLENGES]


def test_nobody_answers_for_a_state_whose_only_protector_attacks_it():
    """The unaided crisis is that of a power that cannot reach: no intervention, the odds of fighting alone."""
    model = AllianceModel(threatened(1.0), rng=1, collect=False)
    row = np.empty(11)
    assert protector_and_odds(model.world, model.current, 0, 0, row) == NO_HELPER
    assert row[RELIABILITY] == 0.0
    assert row[JOINT] == row[ALONE]
