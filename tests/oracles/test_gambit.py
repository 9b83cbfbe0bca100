"""The crisis game against Gambit.

`crisis_qre.csv`: 40 random instances of the game of the theory's section 2 with a pact in force, each solved as an
agent logit quantal response equilibrium by Gambit 16.7 (`logit_solve_lambda` on the extensive form, a chance node for
restraint; Savani & Turocy, gambit-project.org). Capabilities are shares, distances km, payoffs as in the theory.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from simulation.theory.crisis import Audience, Stakes, crisis, crisis_setting
from simulation.theory.geography import reach

TOLERANCE = 1e-8

with (Path(__file__).parent / "crisis_qre.csv").open(newline="", encoding="utf-8") as file:
    INSTANCES = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def played(x: dict[str, float]):
    stakes = Stakes(
        x["stake_tau"], x["challenge_cost_chi"], x["war_cost_weak_w_i"], x["war_cost_challenger_w_c"],
        x["contest_exponent"], x["rationality_Lambda"], x["restraint_mu"], True, True)
    audience = Audience(x["audience_cost_A"], x["audience_cost_A"], x["audience_cost_A"], 1.0)
    faced = crisis_setting(
        stakes, audience, x["capability_weak"], x["capability_challenger"], x["capability_major"],
        reach(x["distance_km"], x["reach_half_distance_km"]), x["war_cost"], 0.0)
    return crisis(faced, x["commitment_s"], x["autonomy_a"], x["B_a"] * x["autonomy_a"] + x["B_m"])


def test_all_instances_are_there():
    assert len(INSTANCES) == 40


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda x: f"Lambda={x['rationality_Lambda']:.3g}")
def test_agrees_at_every_node(instance):
    found = played(instance)
    assert found.challenge == pytest.approx(instance["p_challenge"], abs=TOLERANCE)
    assert found.resistance == pytest.approx(instance["p_resist_if_not_restrained"], abs=TOLERANCE)
    assert found.reliability == pytest.approx(instance["p_intervene"], abs=TOLERANCE)
    assert found.believed_reliability == found.reliability
    assert found.restrained == instance["restraint_mu"] * instance["autonomy_a"]
