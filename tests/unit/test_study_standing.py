"""Who holds a folder, and how long a sweep still takes, from what lies there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from simulation.study.lock import LOCK_FILE, holder, locked
from simulation.study.manifest import MANIFEST_FILE, write_manifest
from simulation.study.status import State, sweep_status_of
from simulation.study.store import shard_name
from simulation.study.sweep import sweep
from tests.studies import tiny_plan


def test_the_holder_is_named_while_it_lives(tmp_path):
    with locked(tmp_path):
        assert holder(tmp_path) == os.getpid()


def test_nobody_holds_a_folder_that_was_never_taken(tmp_path):
    assert holder(tmp_path) is None


def test_looking_does_not_take_the_folder(tmp_path):
    (tmp_path / LOCK_FILE).write_text("")
    holder(tmp_path)
    with locked(tmp_path):
        holder(tmp_path)
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("text", ["", "0\n", "-1\n", "12", "me\n", "9" * 19 + "\n"])
def test_a_lock_that_names_nobody(text, tmp_path):
    (tmp_path / LOCK_FILE).write_text(text)
    assert holder(tmp_path) is None


def test_a_dead_process_holds_nothing(tmp_path):
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True,
                          check=True)
    (tmp_path / LOCK_FILE).write_text(done.stdout)
    assert holder(tmp_path) is None


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="the times of processes are told there")
def test_a_number_that_was_given_again_is_not_taken_for_the_holder(tmp_path):
    path = tmp_path / LOCK_FILE
    path.write_text(f"{os.getpid()}\n")
    assert holder(tmp_path) == os.getpid()
    os.utime(path, (time.time() - 1e7,) * 2)
    assert holder(tmp_path) is None


@pytest.fixture
def running(tmp_path):
    """A folder whose last shard is missing, which says that this process is at it, since 1000 s ago."""
    outcome = sweep(tiny_plan(tmp_path), tmp_path / "swept", jobs=1)
    folder = outcome.folder
    manifest = folder.manifest | {"status": "running", "seconds_per_history": 7.0}
    manifest["invocations"] = [{"utc": datetime.fromtimestamp(int(time.time()) - 1000, UTC).isoformat()}]
    write_manifest(folder.path, manifest)
    (folder.path / "runs" / shard_name(10, 11)).unlink()
    (folder.path / LOCK_FILE).write_text(f"{os.getpid()}\n")
    return folder.path


def date(folder, span, seconds_ago):
    os.utime(folder / "runs" / shard_name(*span), (time.time() - seconds_ago,) * 2)


def test_the_pace_of_a_running_sweep_is_that_of_its_shards(running, monkeypatch):
    date(running, (0, 1), 900)
    date(running, (2, 9), 500)
    monkeypatch.setattr("simulation.study.status.LEAST_SHARDS", 2)
    found = sweep_status_of(running)
    assert (found.state, found.left) == (State.RUNNING, 2)
    assert found.seconds_left == pytest.approx(2 * 900 / 8, rel=0.05)


def test_few_shards_or_those_of_an_earlier_time_tell_no_pace(running, monkeypatch):
    assert sweep_status_of(running).seconds_left == 14.0
    date(running, (0, 1), 2000)
    date(running, (2, 9), 500)
    monkeypatch.setattr("simulation.study.status.LEAST_SHARDS", 2)
    assert sweep_status_of(running).seconds_left == 14.0


def test_a_sweep_that_was_killed_is_judged_by_its_first_history(running):
    date(running, (0, 1), 900)
    (running / LOCK_FILE).write_text("")
    found = sweep_status_of(running)
    assert (found.state, found.process, found.seconds_left) == (State.STOPPED, None, 14.0)


def test_before_its_first_history_nothing_tells_how_long_it_takes(running):
    manifest = json.loads((running / MANIFEST_FILE).read_text())
    del manifest["seconds_per_history"]
    write_manifest(running, manifest | {"invocations": []})
    for path in (running / "runs").iterdir():
        path.unlink()
    found = sweep_status_of(running)
    assert (found.done, found.left, found.seconds_left) == (0, 12, None)


@pytest.mark.parametrize("keep", [0, 2, 200])
def test_a_shard_that_was_cut_off_counts_as_not_done(keep, tmp_path):
    folder = sweep(tiny_plan(tmp_path), tmp_path / "swept", jobs=1).folder
    assert (sweep_status_of(folder.path).state, sweep_status_of(folder.path).damaged) == (State.COMPLETE, ())
    shard = folder.path / "runs" / shard_name(10, 11)
    shard.write_bytes(shard.read_bytes()[:keep])
    found = sweep_status_of(folder.path)
    assert (found.state, found.damaged, found.left) == (State.STOPPED, (shard.name,), 2)
