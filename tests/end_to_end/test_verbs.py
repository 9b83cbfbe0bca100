"""What else a user does with a sweep: plan it, ask after it, verify it, take its table elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulation.commands import command_line
from simulation.history.interpreted import interpreter
from simulation.study import histories, verification
from simulation.study.tables import write_shard
from tests.manifests import change_manifest, renew_checksums
from tests.results import made
from tests.studies import REACH, STUDY, WAR_COST, write_study

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
TWO_POWERS = """\
name: tiny
years: 4
recording: {window_years: 3}
major_powers:
  P: {}
  Q: {capability: 0.04}
weak_state_defaults: {capability: 0.0006, challenger_capability: 0.0013, crisis_rate: 0.5}
weak_states:
  A: {toward: {P: {distance_km: 0}, Q: {distance_km: 400}}}
  B: {toward: {P: {distance_km: 300}, Q: {distance_km: 100}}}
"""


def status_of(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code


@pytest.fixture(scope="module")
def interpreted() -> Iterator[verification.HistoryOf]:
    """A process without the compiler, which takes longer to start than any of these histories."""
    with interpreter() as history_of:
        yield history_of


@pytest.fixture(autouse=True)
def one_interpreter(interpreted, monkeypatch) -> None:
    monkeypatch.setattr(verification, "interpreter", lambda: contextlib.nullcontext(interpreted))


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path)


@pytest.fixture
def swept(study, capsys) -> Path:
    """The folder of a finished sweep."""
    folder = made("sweep", study.name, "-j", "1", out="swept")
    capsys.readouterr()
    return folder


@pytest.fixture
def half(study, monkeypatch, capsys) -> Path:
    """The folder of a sweep that was interrupted before its last replication."""
    sound = histories.history_of

    def history_of(space, seed, replication):
        if replication == 2:
            raise KeyboardInterrupt
        return sound(space, seed, replication)

    with monkeypatch.context() as patch:
        patch.setattr(histories, "history_of", history_of)
        assert status_of("sweep", study, "-j", "1", "--out", "half") == 130
    capsys.readouterr()
    return Path("half")


@pytest.fixture
def some_failed(study, monkeypatch, capsys) -> Path:
    """The folder of a sweep of which two histories failed: 5 and 7."""
    sound = histories.history_of

    def history_of(space, seed, replication):
        if replication == 1 and space.scenario.value(REACH) > 1000:
            raise ZeroDivisionError("on purpose")
        return sound(space, seed, replication)

    with monkeypatch.context() as patch:
        patch.setattr(histories, "history_of", history_of)
        assert status_of("sweep", study, "-j", "1", "--out", "failed") == 1
    capsys.readouterr()
    return Path("failed")


def put(folder: Path, run_id: int, power: str, column: str, value: object) -> None:
    """Changes one stored value, and leaves the shard sound."""
    path = next(path for path in (folder / "runs").iterdir()
                if int(path.stem[:6]) <= run_id <= int(path.stem[7:]))
    table = pq.read_table(path)
    rows = table.to_pylist()
    for row in rows:
        if (row["run_id"], row["major_power"]) == (run_id, power):
            row[column] = value
    write_shard(path, pa.Table.from_pylist(rows, schema=table.schema))
    renew_checksums(folder)


def refusal(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize("command", [("verify",), ("status",), ("export", "--format", "csv")])
@pytest.mark.parametrize("folder", ["nothing", "."])
def test_a_folder_that_is_none_is_refused(command, folder, study, capsys):
    name, *options = command
    assert status_of(name, folder, *options) == 2
    of = "a sweep" if name == "export" else "a sweep, a run, equilibria, propositions or the record"
    assert refusal(capsys) == f"{folder}: no results of {of} (there is no manifest.json)"


# ---- verify ----------------------------------------------------------------------------------------------------------


def test_every_row_of_a_sweep_is_that_of_the_interpreter(swept, monkeypatch, capsys):
    """Which this one starts itself, as the command does."""
    monkeypatch.setattr(verification, "interpreter", interpreter)
    assert status_of("verify", swept, "-k", "100", "--seed", "3") == 0
    assert capsys.readouterr().out == (
        "12 of 12 histories run again by the interpreter: same to the last bit (draw 3)\n")


def test_several_major_powers_are_verified(study, capsys):
    write_study(study.parent, STUDY, TWO_POWERS)
    assert status_of("sweep", study, "-j", "1", "--out", "swept") == 0
    assert status_of("verify", "swept", "-k", "2") == 0
    put(Path("swept"), 1, "Q", "major_payoff", 2.0)
    capsys.readouterr()
    assert status_of("verify", "swept", "-k", "12") == 1
    assert "run 1 (point 1, replication 0), Q: major_payoff is 2.0 in the folder and " in capsys.readouterr().err


def test_the_draw_can_be_repeated_and_is_told(swept, capsys):
    drawn = []
    for seed in (1, 1, 2):
        assert status_of("verify", swept, "-k", "4", "--seed", seed, "--json") == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["same"], document["draw_seed"], len(document["checked"])) == (True, seed, 4)
        drawn.append(document["checked"])
    assert drawn[0] == drawn[1] != drawn[2]
    assert status_of("verify", swept, "-k", "4", "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert status_of("verify", swept, "-k", "4", "--json", "--seed", first["draw_seed"]) == 0
    assert json.loads(capsys.readouterr().out) == first


def test_the_last_bit_of_a_measure_is_seen(swept, capsys):
    rows = pq.read_table(swept / "runs" / "000002-000009.parquet").to_pylist()
    stored = next(row for row in rows if row["run_id"] == 6)["belief_in_resolve"]
    changed = stored * (1 + 2**-52)
    assert changed != stored
    put(swept, 6, "P", "belief_in_resolve", changed)
    assert status_of("verify", swept, "-k", "12") == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("6 of 12 histories run again")
    assert captured.err == (f"difference: run 6 (point 2, replication 1), P: belief_in_resolve is {changed!r} in the"
                            f" folder and {stored!r} when run again\n")
    assert status_of("verify", swept, "-k", "12", "--json") == 1
    difference = json.loads(capsys.readouterr().out)["difference"]
    assert (difference["run_id"], difference["measure"], difference["stored"]) == (6, "belief_in_resolve", changed)


@pytest.mark.parametrize(("column", "value", "told"), [
    ("defeats", -0.0, "defeats is -0.0 in the folder and 0.0 when run again"),
    ("autonomy_given_pact", float("nan"), "autonomy_given_pact is nan in the folder and "),
    (WAR_COST, 0.3, f"{WAR_COST} is 0.3 in the folder and 0.0 when run again"),
    ("point_id", 3, "point_id is 3 in the folder and 0 when run again"),
])
def test_what_is_stored_wrongly_is_named(column, value, told, swept, capsys):
    put(swept, 0, "P", column, value)
    assert status_of("verify", swept, "-k", "12") == 1
    assert told in capsys.readouterr().err


def test_other_sources_of_the_program_are_named_beside_a_difference(swept, capsys):
    change_manifest(swept, model_sources="abc")
    assert status_of("verify", swept) == 0
    put(swept, 0, "P", "wars", 1e6)
    assert status_of("verify", swept) == 1
    assert capsys.readouterr().err.endswith(" (the folder was made by other sources of the program: abc)\n")


def test_an_unfinished_sweep_is_verified_as_far_as_it_goes(half, capsys):
    assert status_of("verify", half, "--seed", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["checked"] == [0, 1]


def test_histories_that_failed_are_left_out(some_failed, capsys):
    assert status_of("verify", some_failed, "--seed", "1") == 0
    assert capsys.readouterr().out == ("10 of 10 histories run again by the interpreter: same to the last bit"
                                       " (draw 1; 2 that failed are left out)\n")


def test_a_model_that_dies_is_a_difference(swept, monkeypatch, capsys):
    monkeypatch.setattr("simulation.study.verification.interpreter",
                        lambda: contextlib.nullcontext(lambda scenario, seed, replication: 1 / 0))
    assert status_of("verify", swept, "-k", "12") == 1
    assert "run 0 (point 0, replication 0): status is 'ok' in the folder and 'ZeroDivisionError: division by zero'" in (
        capsys.readouterr().err)


@pytest.mark.parametrize(("options", "told"), [
    (("-k", "0"), "-k: out of range; found 0; allowed: 1 to 1000000"),
    (("--seed", "-1"), "--seed: out of range; found -1; allowed: 0 to 9223372036854775807"),
])
def test_options_of_verify_are_refused(options, told, swept, capsys):
    assert status_of("verify", swept, *options) == 2
    assert refusal(capsys) == told


def test_nothing_to_verify_is_refused(swept, capsys):
    for path in (swept / "runs").iterdir():
        path.unlink()
    renew_checksums(swept)
    assert status_of("verify", swept) == 2
    assert refusal(capsys) == "swept: no histories to verify"


# ---- plan ------------------------------------------------------------------------------------------------------------


def test_a_plan_says_what_would_come_and_writes_nothing(study, capsys):
    before = sorted(study.parent.rglob("*"))
    assert status_of("plan", study, "--replications", "5", "--years", "3") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == ["tiny-study: 4 points of tiny, 3 years", f"  {WAR_COST}: 2 values", f"  {REACH}: 2 values",
                         "histories: 20 = 4 points x 5 replications"]
    assert lines[4] == "time in 1 process: under 1 s"
    assert lines[-1] == "(12 histories tried at 4 points; nothing written)"
    assert sorted(study.parent.rglob("*")) == before


def test_a_plan_names_the_folder_and_foretells_its_size(study, capsys):
    options = ["--replications", "50", "--seed", "3", "--set", f"{WAR_COST.replace('war_cost', 'dial')}=0.5"]
    assert status_of("plan", study, "--json", *options) == 0
    planned = json.loads(capsys.readouterr().out)
    assert status_of("sweep", study, "-j", "1", *options) == 0
    folder = Path(planned["folder"])
    assert folder.is_dir()
    cost, = planned["costs"]
    stored = sum(path.stat().st_size for path in [*(folder / "runs").iterdir(), folder / "runs.csv"])
    assert (planned["points"], planned["varied"], cost["histories"]) == (4, {WAR_COST: 2, REACH: 2}, 200)
    assert 0.7 < cost["bytes"] / stored < 1.4
    assert 0 < cost["seconds"]["1"] < 20


def test_by_a_rule_a_plan_gives_the_fewest_and_the_most(study, capsys):
    rule = "replications: {until: {measure: number_of_pacts, half_width: 0.1, at_least: 3, at_most: 2000}}"
    study.write_text(STUDY.replace("replications: 3", rule))
    assert status_of("plan", study) == 0
    assert "\nhistories: 12 to 8000\n" in capsys.readouterr().out
    assert status_of("plan", study, "--json") == 0
    fewest, most = json.loads(capsys.readouterr().out)["costs"]
    assert (fewest["histories"], most["histories"]) == (12, 8000)
    assert fewest["bytes"] < most["bytes"] and fewest["seconds"]["1"] < most["seconds"]["1"]


def test_a_plan_whose_histories_fail_says_so(study, monkeypatch, capsys):
    monkeypatch.setattr(histories, "history_of", lambda space, seed, replication: 1 / 0)
    assert status_of("plan", study) == 1
    assert capsys.readouterr().err == (
        "12 of 12 histories tried failed; run 0: ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(("options", "told"), [
    (("study.yaml", "--set", "yeers=3"), "--set: yeers: path matches nothing; "),
    (("study.yaml", "--replications", "0"), "--replications: out of range; found 0; allowed: 1 to 1000000"),
    (("none.yaml",), "none.yaml: no such file"),
])
def test_what_a_plan_refuses(options, told, study, capsys):
    assert status_of("plan", *options) == 2
    assert refusal(capsys).startswith(told)


# ---- status ----------------------------------------------------------------------------------------------------------


def alliances(folder: Path, capsys) -> dict:
    assert status_of("status", folder, "--json") == 0
    return json.loads(capsys.readouterr().out)


def everything(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def test_a_finished_sweep_is_complete(swept, capsys):
    before = everything(swept)
    assert status_of("status", swept) == 0
    assert capsys.readouterr().out == "tiny-study: complete\nhistories: 12 done, 0 of them failed, 0 left\n"
    assert everything(swept) == before


def test_an_interrupted_sweep_says_how_to_go_on(half, capsys):
    assert status_of("status", half) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["tiny-study: stopped", "histories: 2 done, 0 of them failed, 10 left"]
    assert lines[2].startswith("time left: ") and lines[2].endswith(", in one process")
    assert lines[3:] == ["to go on: asymmetric-alliances resume half"]
    change_manifest(half, seconds_per_history=60.0)
    assert alliances(half, capsys)["seconds_left"] == 600.0


def test_failures_are_counted_where_their_rows_are(some_failed, capsys):
    assert alliances(some_failed, capsys)["failed"] == 2
    (some_failed / "runs" / "000002-000009.parquet").unlink()
    found = alliances(some_failed, capsys)
    assert (found["state"], found["done"], found["failed"], found["left"]) == ("stopped", 4, 0, 8)


def test_by_a_rule_what_is_left_is_at_most(study, capsys):
    rule = "replications: {until: {measure: number_of_pacts, half_width: 0.001, at_least: 3, at_most: 9, batch: 3}}"
    study.write_text(STUDY.replace("replications: 3", rule))
    assert status_of("sweep", study, "-j", "1", "--out", "ruled") == 0
    capsys.readouterr()
    found = alliances(Path("ruled"), capsys)
    assert (found["state"], found["left"], found["done"]) == ("complete", 0, found["wanted"])
    for path in sorted(Path("ruled/runs").iterdir())[2:]:
        path.unlink()
    assert status_of("status", "ruled") == 0
    assert "failed, at most " in capsys.readouterr().out


@pytest.mark.skipif(not Path("/proc").exists(), reason="the times of processes are told there")
def test_a_sweep_that_runs_is_asked_after_without_being_disturbed(study, tmp_path, capsys):
    study.write_text(STUDY.replace("replications: 3", "replications: 5000"))
    sweeping = subprocess.Popen([sys.executable, "-m", "simulation", "sweep", str(study), "-j", "1", "--out", "long"],
                                cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while len(list(Path("long/runs").glob("*.parquet"))) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        first, second = alliances(Path("long"), capsys), alliances(Path("long"), capsys)
        assert sweeping.poll() is None
    finally:
        sweeping.kill()
        sweeping.wait()
    for found in (first, second):
        assert (found["state"], found["process"], found["wanted"]) == ("running", sweeping.pid, 20_000)
        assert found["done"] + found["left"] == 20_000 and found["seconds_left"] > 0
    assert second["done"] >= first["done"] > 0
    found = alliances(Path("long"), capsys)
    assert (found["state"], found["process"]) == ("stopped", None)
    assert json.loads(Path("long/manifest.json").read_text())["status"] == "running"  # it could not say goodbye
