"""Adding points, replications, states, measures or processes never changes an earlier run.

What a run gives depends on the scenario at its point, the seed and the replication alone.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from simulation.history import simulate
from simulation.history.measures import MEASURES, Kind, Measure
from simulation.history.series import Series
from simulation.study.sweep import sweep
from tests.studies import REACH, SCENARIO, STUDY, WAR_COST, write_study

PER_STATE = [name for name, measure in MEASURES.items() if measure.kind == Kind.PER_STATE]
FOLDERS = itertools.count()
SAMPLE = STUDY.split("  grid:")[0] + f"""\
  sobol:
    points: 4
    axes:
      {WAR_COST}: {{from: 0, to: 0.4}}
      {REACH}: {{from: 800, to: 1600}}
      weak_states.*.crisis_rate: {{from: 0.2, to: 0.6}}
replications: 3
seed: 7
"""


@pytest.fixture
def table(tmp_path):
    """Runs a study, in a folder of its own, and gives its table."""
    from simulation.study.plan import load_plan

    def run(study: str = STUDY, scenario: str = SCENARIO, jobs: int = 1) -> pd.DataFrame:
        folder = tmp_path / str(next(FOLDERS))
        plan = load_plan(write_study(folder, study, scenario))
        return sweep(plan, folder / "results", jobs=jobs).folder.table()

    return run


def run_by_run(rows: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """The measures of every run, in an order of their own."""
    keys = ("replication", "major_power", *keys)
    return rows.set_index(list(keys))[list(MEASURES)].sort_index()


def agree(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert len(one)
    assert one["number_of_pacts"].nunique() > 1, "too dull a study to notice anything"
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_points_at_the_end_of_a_sequence(table):
    few, many = table(SAMPLE), table(SAMPLE.replace("points: 4", "points: 16"))
    assert many["point_id"].nunique() == 16
    agree(run_by_run(few, "point_id"), run_by_run(many[many["point_id"] < 4], "point_id"))


def test_points_in_the_middle_of_a_grid(table):
    few, many = table(), table(STUDY.replace("[0, 0.4]", "[0, 0.2, 0.4]"))
    both = many[many[WAR_COST] != 0.2]
    assert len(both) < len(many)
    agree(run_by_run(few, WAR_COST, REACH), run_by_run(both, WAR_COST, REACH))


def test_replications(table):
    few, many = table(), table(STUDY.replace("replications: 3", "replications: 5"))
    agree(run_by_run(few, "point_id"), run_by_run(many[many["replication"] < 3], "point_id"))


@pytest.mark.parametrize("place", ["first", "last"])
def test_states_without_influence(table, place):
    """A state that nobody threatens and nobody gains from; means over all states have one more to be over."""
    hermit = "  Z: {crisis_rate: 0, votes: 0, toward: {P: {distance_km: 19000, basing: 0}}}\n"
    scenario = (SCENARIO.replace("weak_states:\n", f"weak_states:\n{hermit}") if place == "first" else
                SCENARIO + hermit)
    alone, beside = run_by_run(table(), "point_id"), run_by_run(table(scenario=scenario), "point_id")
    others = [name for name in MEASURES if name not in PER_STATE and name != "belief_in_resolve"]
    agree(alone[others], beside[others])
    np.testing.assert_allclose(alone[PER_STATE], beside[PER_STATE] * 4 / 3, rtol=1e-12)


def test_measures(table, monkeypatch):
    before = run_by_run(table(), "point_id")
    known = dict(MEASURES)
    measures = {"years_with_wars": Measure("wars", "Wars per year.", Kind.MEAN, Series.WARS)} | known
    try:
        MEASURES.clear()
        MEASURES.update(measures)
        monkeypatch.setattr(simulate, "KINDS",
                            np.array([[one.kind, one.series, one.over] for one in measures.values()]))
        monkeypatch.setattr(simulate, "SHARES", np.array([one.share for one in measures.values()]))
        after = run_by_run(table(), "point_id")
    finally:
        MEASURES.clear()
        MEASURES.update(known)
    assert after["years_with_wars"].to_numpy() == pytest.approx(after["wars"].to_numpy() / 10)
    agree(before, after[list(before)])


def test_processes(table, monkeypatch):
    alone = table()
    monkeypatch.setattr("simulation.study.executors.SECONDS_TO_START_WORKERS", -1e9)
    agree(run_by_run(alone, "point_id"), run_by_run(table(jobs=2), "point_id"))
