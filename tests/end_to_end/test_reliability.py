"""Sweeps that are killed at random moments, again and again: the table is that of a sweep nobody disturbed.

A sample runs with the other tests; `make test-reliability` kills a hundred times.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.statuses import status_of
from tests.studies import STUDY, write_study

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
KILLS = 100
MOST_SECONDS = 4.0
WITHIN = 0.7
"""Share of the kills that wait until another shard is there; the others may come while the program still starts."""

STARTED = 0.5
"""Share of the kills, at least, that must find a sweep with work left, or the count would say nothing."""


def kill_once(study: Path, luck: random.Random, workers: int) -> bool:
    """Starts or resumes a sweep and kills it at a random moment; whether it was still at work."""
    sweeping = subprocess.Popen(
        [sys.executable, "-m", "simulation", "sweep", str(study), "--out", "killed", "-j", str(workers)],
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    if luck.random() < WITHIN:
        wait_for_another_shard(sweeping)
        time.sleep(luck.uniform(0.0, 1.0))
    else:
        time.sleep(luck.uniform(0.0, MOST_SECONDS))
    is_at_work = sweeping.poll() is None
    if luck.random() < 0.5:
        sweeping.kill()  # its workers have to leave of themselves
    elif is_at_work:
        os.killpg(sweeping.pid, signal.SIGKILL)
    sweeping.wait()
    return is_at_work


def wait_for_another_shard(sweeping: subprocess.Popen) -> None:
    """Returns when the sweep has stored something, or has ended."""
    before, deadline = shards(), time.monotonic() + 120
    while shards() <= before and sweeping.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def shards() -> int:
    return len(list(Path("killed/runs").glob("*.parquet")))


@pytest.mark.parametrize("kills", [
    pytest.param(3, id="sample"),
    pytest.param(KILLS, id="all", marks=[pytest.mark.slow, pytest.mark.reliability])])
def test_a_sweep_killed_again_and_again_gives_the_table_of_one_that_was_not(kills, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    luck, at_work, finished = random.Random(kills), 0, 0
    replications = 400 * kills
    study = write_study(tmp_path, STUDY.replace("replications: 3", f"replications: {replications}"))
    for _ in range(kills):
        at_work += kill_once(study, luck, workers=luck.choice([1, 2]))
        finished = shards()
    assert at_work >= STARTED * kills
    assert finished > 0
    assert status_of("resume", "killed", "-j", "2") == 0
    assert status_of("sweep", study, "--out", "whole", "-j", "1") == 0
    assert Path("killed/runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()
