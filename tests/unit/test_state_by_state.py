"""The part of the report on a fit that tells every state by name, the outcomes that matter first."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation.report.parts import Table
from simulation.report.state_by_state import state_by_state
from simulation.theory.payoffs import TERMS

SEEN = {"state": "x", "name": "x", "year": 2005, "pact": 0, "probability": 0.0, "outcome": "correct rejection",
        "arrives": 0.25, "commitment": 0.5, "autonomy": 0.125, "weak_gain": -0.05, "major_gain": 0.0,
        "distance_km": 1272.4, "regime_gap": 0.1, "competitor_regime_gap": 0.6, "crisis_rate": 0.23,
        "patron_threat": 0.0, **dict.fromkeys(TERMS, 0.0)}


@pytest.fixture
def pairs() -> pd.DataFrame:
    return pd.DataFrame([SEEN | own for own in (
        {"power": "RUS", "state": "UKR", "name": "Ukraine", "probability": 0.7, "outcome": "false alarm"},
        {"power": "RUS", "state": "GRG", "name": "Georgia", "probability": 0.1, "outcome": "miss", "pact": 1,
         "patron_threat": 2 / 3, "weak_protection": 0.1, "weak_autonomy_cost": 0.13, "weak_membership_cost": 0.02,
         "benefit_legitimation": 0.58, "benefit_denial": 0.01, "cost_fixed": 0.8, "cost_deployment": 0.05,
         "weak_gain": -0.05, "major_gain": -0.26},
        {"power": "RUS", "state": "BLR", "name": "Belarus", "probability": 0.9, "outcome": "hit", "pact": 1},
        {"power": "RUS", "state": "PER", "name": "Peru"}, {"power": "USA", "state": "PER", "name": "Peru"})])


def tables_of(parts) -> list[Table]:
    return [part for part in parts if isinstance(part, Table)]


def test_hits_misses_and_false_alarms_come_before_all_others_power_by_power(pairs):
    parts = state_by_state(pairs)
    captions = [table.caption.split(":")[0] for table in tables_of(parts)]
    assert captions == ["Hits", "Misses", "False alarms", "All others", "All others"]
    assert [table.rows[0][0].text for table in tables_of(parts)] == ["Belarus", "Georgia", "Ukraine", "Peru", "Peru"]
    told = [part.text for part in parts if not isinstance(part, Table)]
    assert told[1:3] == ["Russia in 2005, state by state",
                         "2 of 4 weaker states with every figure had a pact on record: 1 of them are predicted,"
                         " 1 are missed, and 1 others are taken for allies."]


def test_a_line_tells_what_decides_in_words_and_units(pairs):
    miss = tables_of(state_by_state(pairs))[1]
    assert miss.heads[2:5] == ("distance (km)", "regime gap (index)", "crises per year")
    name, probability, distance, gap, crises, contract, weak, major = miss.rows[0]
    assert (name.text, name.small, probability.text) == ("Georgia", "GRG", "0.10")
    assert (distance.text, distance.small, gap.small, crises.small) == (
        "1,272", "25% arrives", "competitor 0.60", "67% by RUS")
    assert contract.text == "0.50, 0.12"
    minus = "\N{MINUS SIGN}"
    assert weak.text == f"{minus}0.05: protection +0.10, autonomy conceded {minus}0.13"
    assert major.text == f"{minus}0.26: its voice +0.58, having the pact {minus}0.80"
