"""Sweeps whose points stop by a rule: the same histories whatever happens, and no other number than a plain sweep's."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from simulation.study.store import open_results
from simulation.study.summary import summary
from simulation.study.sweep import sweep
from tests.statuses import status_of
from tests.studies import STUDY, tiny_plan, write_study

RULE = "{until: {measure: number_of_pacts, half_width: 0.1, at_most: 60, batch: 5}}"
BY_RULE = STUDY.replace("replications: 3", f"replications: {RULE}")


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("by-rule")
    sweep(tiny_plan(folder, BY_RULE), folder / "results", jobs=1)
    return folder / "results"


def stopped(results: Path) -> dict[int, int]:
    entries = json.loads((results / "manifest.json").read_text())["stopped"]
    return {entry["point_id"]: entry["replications"] for entry in entries}


def test_points_get_different_numbers_of_histories(finished):
    ends, table = stopped(finished), pd.read_csv(finished / "runs.csv")
    assert table.groupby("point_id").size().to_dict() == ends
    assert min(ends.values()) == 10 < max(ends.values())
    assert (table["run_id"] == table["replication"] * 4 + table["point_id"]).all()
    assert table["run_id"].is_monotonic_increasing


def test_the_intervals_are_as_narrow_as_asked(finished):
    for line in summary(open_results(finished)):
        found = line.estimates["number_of_pacts"]
        assert line.histories == stopped(finished)[line.point_id]
        assert found.high - found.mean <= 0.1


def test_every_history_is_that_of_a_plain_sweep(finished, tmp_path):
    plain = sweep(tiny_plan(tmp_path, replications=40), tmp_path / "plain", jobs=1).folder.table().set_index("run_id")
    by_rule = open_results(finished).table().set_index("run_id")
    pd.testing.assert_frame_equal(by_rule, plain.loc[by_rule.index], check_exact=True)


def test_two_processes_give_the_same_bytes(finished, tmp_path, monkeypatch):
    monkeypatch.setattr("simulation.study.executors.SECONDS_TO_START_WORKERS", -1e9)
    sweep(tiny_plan(tmp_path, BY_RULE), tmp_path / "results", jobs=2)
    assert (tmp_path / "results" / "runs.csv").read_bytes() == (finished / "runs.csv").read_bytes()


def test_interrupted_after_every_shard_it_comes_to_the_same(finished, tmp_path, monkeypatch):
    from simulation.study.store import ResultsFolder

    class Stopped(BaseException):
        pass

    sound, limit = ResultsFolder.save, [1]

    def save(folder, *arguments):
        limit[0] -= 1
        if limit[0] < 0:
            raise Stopped
        sound(folder, *arguments)

    monkeypatch.setattr(ResultsFolder, "save", save)
    plan, interruptions = tiny_plan(tmp_path, BY_RULE), 0
    for _ in range(60):  # without an end of its own, a fault would go on for ever
        limit[0] = 1
        try:
            sweep(plan, tmp_path / "results", jobs=1)
            break
        except Stopped:
            interruptions += 1
    assert 5 < interruptions < 60
    assert (tmp_path / "results" / "runs.csv").read_bytes() == (finished / "runs.csv").read_bytes()
    assert stopped(tmp_path / "results") == stopped(finished)


@pytest.mark.parametrize("place", [0, 3, -1])
def test_a_damaged_shard_is_run_again_and_nothing_else_moves(finished, tmp_path, place):
    outcome = sweep(tiny_plan(tmp_path, BY_RULE), tmp_path / "results", jobs=1)
    shard = sorted((tmp_path / "results" / "runs").iterdir())[place]
    shard.write_bytes(shard.read_bytes()[:-40])
    again = sweep(tiny_plan(tmp_path, BY_RULE), tmp_path / "results", jobs=1)
    assert len(again.folder.set_aside) == 1
    assert again.histories == outcome.histories
    assert (tmp_path / "results" / "runs.csv").read_bytes() == (finished / "runs.csv").read_bytes()


def test_the_commands_say_how_points_stopped_and_when_all_is_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path, BY_RULE)
    assert status_of("sweep", "study.yaml", "-j", "1", "--out", "done") == 0
    assert "points stopped: 4 narrow enough" in capsys.readouterr().err
    assert status_of("resume", "done") == 0
    assert "70 of 70 histories are there already" in capsys.readouterr().err
    assert status_of("figures", "done") == 0
    assert capsys.readouterr().err == ""
    assert status_of("resume", "done", "--replications", "3") == 2
    assert "replications.until is a mapping" in capsys.readouterr().err


def test_a_number_on_the_command_line_takes_the_place_of_the_rule(tmp_path):
    plan = tiny_plan(tmp_path, BY_RULE, replications=3)
    assert (plan.rule, plan.number_of_runs) == (None, 12)
    assert plan.identity == tiny_plan(tmp_path, STUDY).identity


def test_another_rule_is_another_sweep(tmp_path):
    plan = tiny_plan(tmp_path, BY_RULE)
    assert plan.identity not in (tiny_plan(tmp_path, STUDY).identity,
                                 tiny_plan(tmp_path, BY_RULE.replace("0.1,", "0.2,")).identity)
