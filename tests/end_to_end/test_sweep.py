"""Sweeps as a user runs them: the folder, resuming, failures, and the same numbers whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from simulation.history.measures import MEASURES, measured
from simulation.history.model import AllianceModel
from simulation.study import histories
from tests.statuses import status_of
from tests.studies import REACH, SCENARIO, STUDY, WAR_COST, tiny_plan, write_study

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path)


@pytest.fixture
def eager(monkeypatch) -> None:
    """Workers are started however little there is to do."""
    monkeypatch.setattr("simulation.study.executors.SECONDS_TO_START_WORKERS", -1e9)


@pytest.fixture
def some_fail(monkeypatch) -> None:
    """Histories of replication 1 fail at every other point."""
    sound = histories.history_of

    def history_of(space, seed, replication):
        if replication == 1 and space.scenario.value(REACH) > 1000:
            raise ZeroDivisionError("on purpose")
        return sound(space, seed, replication)

    monkeypatch.setattr(histories, "history_of", history_of)


def test_the_folder_holds_what_it_should(study, capsys):
    assert status_of("sweep", study, "-j", "1") == 0
    folder, = Path("results").iterdir()
    assert folder.name == tiny_plan(study.parent).folder_name
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "scenario.resolved.yaml", "study.resolved.yaml", "runs", "runs.csv", "figures"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["status"], manifest["histories"], manifest["failures"]) == ("complete", 12, 0)
    assert manifest["study_text"] == study.read_text()
    assert str(study.parent) not in json.dumps({**manifest, "invocations": []})
    captured = capsys.readouterr()
    assert "war cost" in captured.out
    assert f"12 histories: results/{folder.name}/runs.csv" in captured.out


def test_the_table_is_tidy_and_its_numbers_are_the_models(study):
    assert status_of("sweep", study, "-j", "1") == 0
    table = pd.read_csv(next(Path("results").glob("*/runs.csv")))
    assert table.columns.tolist() == ["scenario", "point_id", "replication", "run_id", "seed", "status", "major_power",
                                      WAR_COST, REACH, *MEASURES]
    assert table["run_id"].tolist() == list(range(12))
    scenario = tiny_plan(study.parent).scenario.replace_all({WAR_COST: 0.4, REACH: 800})
    history = AllianceModel(scenario, rng=7, replication=2, collect=False).run()
    row = table[(table["point_id"] == 2) & (table["replication"] == 2)].iloc[0]
    assert row["status"] == "ok"
    for name, value in measured(history, 0, 3).items():
        assert row[name] == pytest.approx(value, rel=1e-15, nan_ok=True), name


def test_chance_is_common_to_all_points(study):
    """With nothing between the points but a parameter that has no effect, they have the same histories."""
    study.write_text(STUDY.replace(f"    {WAR_COST}: [0, 0.4]\n", "").replace(
        f"{REACH}: [800, 1600]", "major_powers.P.name: [one, other]"))
    assert status_of("sweep", study, "-j", "1") == 0
    table = pd.read_csv(next(Path("results").glob("*/runs.csv")))
    one, other = (table[table["point_id"] == point][list(MEASURES)].reset_index(drop=True) for point in (0, 1))
    assert one.equals(other)
    assert not one.iloc[0].equals(one.iloc[1])


def test_one_process_and_two_give_the_same_table(study, eager):
    assert status_of("sweep", study, "-j", "1", "--out", "one", "--replications", "6") == 0
    assert status_of("sweep", study, "-j", "2", "--out", "two", "--replications", "6") == 0
    assert Path("one/runs.csv").read_bytes() == Path("two/runs.csv").read_bytes()
    names = [path.name for path in sorted(Path("one/runs").iterdir())]
    assert len(names) == 4
    assert names == [path.name for path in sorted(Path("two/runs").iterdir())]
    assert all((Path("one/runs") / name).read_bytes() == (Path("two/runs") / name).read_bytes() for name in names)


def test_more_replications_leave_the_earlier_rows_as_they_were(study):
    assert status_of("sweep", study, "-j", "1") == 0
    folder, = Path("results").iterdir()
    before = (folder / "runs.csv").read_bytes()
    shards = {path: path.stat().st_mtime_ns for path in (folder / "runs").iterdir()}
    assert status_of("sweep", study, "-j", "1", "--replications", "5") == 0
    after = (folder / "runs.csv").read_bytes()
    assert after.startswith(before)
    assert len(after.splitlines()) == 1 + 20
    assert {path: path.stat().st_mtime_ns for path in shards} == shards
    assert json.loads((folder / "manifest.json").read_text())["replications"] == 5
    assert status_of("sweep", study, "-j", "1", "--out", "anew", "--replications", "5") == 0
    assert Path("anew/runs.csv").read_bytes() == after


def test_fewer_replications_than_are_there_take_nothing_away(study, capsys):
    assert status_of("sweep", study, "-j", "1") == 0
    folder, = Path("results").iterdir()
    before = (folder / "runs.csv").read_bytes()
    capsys.readouterr()
    assert status_of("sweep", study, "-j", "1", "--replications", "2") == 0
    assert "the folder was asked for 3 replications before; it gets no fewer" in capsys.readouterr().err
    assert (folder / "runs.csv").read_bytes() == before


def test_a_complete_folder_is_left_alone(study):
    assert status_of("sweep", study, "-j", "1") == 0
    folder, = Path("results").iterdir()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}
    assert status_of("sweep", study, "-j", "1") == 0
    assert status_of("resume", folder) == 0
    assert {path: path.read_bytes() for path in before} == before


def test_resuming_needs_nothing_but_the_folder(study):
    assert status_of("sweep", study, "-j", "1") == 0
    folder, = Path("results").iterdir()
    before = (folder / "runs.csv").read_bytes()
    for path in (study, study.parent / "tiny.yaml", folder / "runs.csv", folder / "scenario.resolved.yaml",
                 *(folder / "runs").iterdir()):
        path.unlink()
    assert status_of("resume", folder, "-j", "1") == 0
    assert (folder / "runs.csv").read_bytes() == before
    assert len(json.loads((folder / "manifest.json").read_text())["invocations"]) == 2


def test_a_history_that_fails_is_recorded_and_the_others_go_on(study, some_fail, capsys):
    assert status_of("sweep", study, "-j", "1") == 1
    folder, = Path("results").iterdir()
    captured = capsys.readouterr()
    assert f"2 of 12 histories failed; see {folder}/failures.jsonl" in captured.err
    entries = [json.loads(line) for line in (folder / "failures.jsonl").read_text().splitlines()]
    assert [(entry["run_id"], entry["point_id"], entry["replication"], entry["seed"]) for entry in entries] == [
        (5, 1, 1, 7), (7, 3, 1, 7)]
    assert entries[0]["parameters"] == {WAR_COST: 0.0, REACH: 1600.0}
    assert entries[0]["error"] == "ZeroDivisionError: on purpose"
    assert "history_of" in entries[0]["traceback"]
    table = pd.read_csv(folder / "runs.csv")
    assert len(table) == 12
    assert table["run_id"][table["status"] == "failed"].tolist() == [5, 7]
    assert table.loc[5, list(MEASURES)].isna().all()
    assert json.loads((folder / "manifest.json").read_text())["failures"] == 2


def test_a_folder_with_failures_still_says_so_when_it_is_asked_again(study, some_fail, capsys):
    assert status_of("sweep", study, "-j", "1") == 1
    assert status_of("sweep", study, "-j", "1") == 1
    folder, = Path("results").iterdir()
    assert len((folder / "failures.jsonl").read_text().splitlines()) == 2


def test_failing_fast_stops_at_the_first_failure_and_can_be_resumed(study, some_fail, capsys):
    assert status_of("sweep", study, "-j", "1", "--fail-fast") == 1
    told = " ".join(capsys.readouterr().err.split())
    folder, = Path("results").iterdir()
    assert "(point 1, replication 1) failed: ZeroDivisionError: on purpose; stopped after 10 of 12 histories" in told
    assert told.endswith(f"to go on with the others: asymmetric-alliances resume {folder}")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["status"], len((folder / "failures.jsonl").read_text().splitlines())) == ("interrupted", 2)
    assert not (folder / "runs.csv").exists()
    assert status_of("resume", folder, "-j", "1") == 1
    assert json.loads((folder / "manifest.json").read_text())["histories"] == 12


def test_when_every_history_fails_the_table_is_still_printed(study, monkeypatch, capsys):
    def history_of(space, seed, replication):
        raise MemoryError

    monkeypatch.setattr(histories, "history_of", history_of)
    assert status_of("sweep", study, "-j", "1") == 1
    assert "12 of 12 histories failed" in capsys.readouterr().err


def test_as_json_there_is_one_document_and_nothing_else_on_standard_output(study, capsys):
    assert status_of("sweep", study, "-j", "1", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["points"], document["replications"], document["histories"]) == (4, 3, 12)
    assert document["summary"][3]["settings"] == {WAR_COST: 0.4, REACH: 1600.0}
    assert set(document["summary"][0]["measures"]["number_of_pacts"]) == {"mean", "low", "high", "histories"}


def test_nothing_to_average_is_null(study, capsys):
    study.write_text(STUDY.replace("attention: 2", "attention: 0"))
    assert status_of("sweep", study, "-j", "1", "--json") == 0
    measures = json.loads(capsys.readouterr().out)["summary"][0]["measures"]
    assert measures["autonomy_given_pact"] == {"mean": None, "low": None, "high": None, "histories": 0}
    assert measures["number_of_pacts"]["mean"] == 0
    assert status_of("sweep", study, "-j", "1") == 0
    assert "- (0)" in capsys.readouterr().out


def test_the_options_reach_the_histories(study):
    assert status_of("sweep", study, "-j", "1", "--set", f"{WAR_COST.replace('war_cost', 'dial')}=0.5", "--years", "2",
                     "--seed", "3", "--replications", "1") == 0
    folder, = Path("results").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["scenario"]["years"] == 2
    assert manifest["scenario"]["major_powers"]["P"]["costs"]["entrapment"]["dial"] == 0.5
    assert (manifest["seed"], manifest["histories"]) == (3, 4)


def test_an_interruption_leaves_a_folder_that_can_be_resumed(study, monkeypatch, capsys):
    sound = histories.history_of

    def history_of(space, seed, replication):
        if replication == 2:
            raise KeyboardInterrupt
        return sound(space, seed, replication)

    with monkeypatch.context() as patch:
        patch.setattr(histories, "history_of", history_of)
        assert status_of("sweep", study, "-j", "1") == 130
    folder, = Path("results").iterdir()
    assert f"interrupted after 2 of 12 histories; to go on: asymmetric-alliances resume {folder}" in (
        capsys.readouterr().err)
    assert json.loads((folder / "manifest.json").read_text())["status"] == "interrupted"
    assert status_of("resume", folder, "-j", "1") == 0
    assert status_of("sweep", study, "-j", "1", "--out", "whole") == 0
    assert (folder / "runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()


# ---- killed ----------------------------------------------------------------------------------------------------------


def begin(study: Path, *options: str, cwd: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "simulation", "sweep", str(study), "--out", "killed", *options],
                            cwd=cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_shards(folder: Path, number: int, sweeping: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while len(list((folder / "runs").glob("*.parquet"))) < number:
        assert sweeping.poll() is None, "the sweep ended before it could be killed"
        assert time.monotonic() < deadline, "the sweep did not get so far"
        time.sleep(0.005)


def descendants(process: int) -> list[int]:
    """Numbers of all processes below one, where the system tells."""
    done = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = {int(line.split()[0]): int(line.split()[1]) for line in done.stdout.splitlines()}
    found = {process}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return sorted(found - {process})


def is_alive(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_what_a_killed_sweep_has_done_is_kept_and_the_rest_gives_the_same_table(study, tmp_path):
    study.write_text(STUDY.replace("replications: 3", "replications: 60"))
    sweeping = begin(study, "-j", "1", cwd=tmp_path)
    wait_for_shards(Path("killed"), 3, sweeping)
    sweeping.kill()
    sweeping.wait()
    kept = {path: path.stat().st_mtime_ns for path in Path("killed/runs").glob("*.parquet")}
    assert not Path("killed/runs.csv").exists()
    assert status_of("resume", "killed", "-j", "1") == 0
    assert status_of("sweep", study, "-j", "1", "--out", "whole") == 0
    assert Path("killed/runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="there is no other way to see who is alive")
@pytest.mark.parametrize("victim", ["driver", "worker"])
def test_killing_with_workers(victim, study, tmp_path):
    """A killed driver takes its workers along; a killed worker costs its chunk, which is run again."""
    study.write_text(STUDY.replace("replications: 3", "replications: 2000"))
    (tmp_path / "tiny.yaml").write_text(SCENARIO.replace("years: 4", "years: 100"))
    sweeping = begin(study, "-j", "2", cwd=tmp_path)
    wait_for_shards(Path("killed"), 3, sweeping)
    below = descendants(sweeping.pid)
    assert len(below) >= 3
    os.kill(sweeping.pid if victim == "driver" else below[-1], signal.SIGKILL)
    status = sweeping.wait(timeout=300)
    deadline = time.monotonic() + 20
    while any(map(is_alive, below)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, below))
    if victim == "driver":
        assert status == -signal.SIGKILL
        assert status_of("resume", "killed", "-j", "2") == 0
    else:
        assert status == 0
    assert status_of("sweep", study, "-j", "1", "--out", "whole") == 0
    assert Path("killed/runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()


def heeding_interruption() -> None:
    """A shell that starts tests in the background lets them, and all that they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_an_interruption_from_the_keyboard_with_workers(study, tmp_path):
    study.write_text(STUDY.replace("replications: 3", "replications: 2000"))
    (tmp_path / "tiny.yaml").write_text(SCENARIO.replace("years: 4", "years: 100"))
    sweeping = subprocess.Popen(
        [sys.executable, "-m", "simulation", "sweep", str(study), "--out", "killed", "-j", "2"], cwd=tmp_path,
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=heeding_interruption)
    wait_for_shards(Path("killed"), 3, sweeping)
    os.killpg(sweeping.pid, signal.SIGINT)
    out, err = sweeping.communicate(timeout=60)
    assert sweeping.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert "to go on: asymmetric-alliances resume killed" in err


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_an_interruption_while_workers_are_still_importing(study, tmp_path):
    study.write_text(STUDY.replace("replications: 3", "replications: 2000"))
    (tmp_path / "tiny.yaml").write_text(SCENARIO.replace("years: 4", "years: 100"))
    sweeping = subprocess.Popen(
        [sys.executable, "-m", "simulation", "sweep", str(study), "--out", "stopped", "-j", "2"], cwd=tmp_path,
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=heeding_interruption)
    deadline = time.monotonic() + 120
    while len(descendants(sweeping.pid)) < 2 and sweeping.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)
    os.killpg(sweeping.pid, signal.SIGINT)
    _, err = sweeping.communicate(timeout=60)
    assert sweeping.returncode == 130
    assert "Traceback" not in err
    assert "to go on: asymmetric-alliances resume stopped" in err


def test_a_table_that_is_too_large_for_a_text_stays_in_its_shards(study, monkeypatch, capsys):
    assert status_of("sweep", study, "-j", "1", "--replications", "1") == 0
    folder, = Path("results").iterdir()
    monkeypatch.setattr("simulation.study.store.LARGEST_TABLE", 11)
    assert status_of("sweep", study, "-j", "1") == 0
    assert f"12 histories: {folder}/runs" in capsys.readouterr().out.splitlines()
    assert not (folder / "runs.csv").exists()
    assert json.loads((folder / "manifest.json").read_text())["status"] == "complete"
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "runs").iterdir()}
    assert status_of("sweep", study, "-j", "1") == 0
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "runs").iterdir()} == before
    assert status_of("figures", folder) == 0


def test_a_folder_with_a_blank_is_quoted_where_the_next_command_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert status_of("sweep", write_study(tmp_path), "-j", "1", "--replications", "1", "--out", "my results") == 0
    told = capsys.readouterr().out
    assert "asymmetric-alliances figures 'my results'; a page: asymmetric-alliances report 'my results'" in told
    next(Path("my results/runs").iterdir()).unlink()
    assert status_of("status", "my results") == 0
    assert "to go on: asymmetric-alliances resume 'my results'" in capsys.readouterr().out
