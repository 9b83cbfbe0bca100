"""A disk that is full: one clear line, nothing lost, and the sweep goes on when there is room again."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.study.store import open_results
from tests.statuses import status_of
from tests.studies import STUDY, write_study

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
LARGEST = 23_000
"""Bytes that a file may have: enough for the manifest and a small shard, too little for a larger one."""


def swept(*arguments: object, limit: int = resource.RLIM_INFINITY, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation", *map(str, arguments)], capture_output=True, text=True,
                          env=ENVIRONMENT | more, timeout=120, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))


@pytest.fixture
def study(tmp_path) -> Path:
    return write_study(tmp_path, STUDY.replace("replications: 3", "replications: 8").replace(
        "[800, 1600]", "{from: 600, to: 2600, steps: 21}"))


def test_a_file_that_cannot_be_written_ends_the_sweep_in_one_line_and_loses_nothing(study, tmp_path, capsys):
    out = tmp_path / "out"
    full = swept("sweep", study, "-j", 1, "--out", out, limit=LARGEST)
    assert full.returncode == 1, full.stderr
    assert f"{out}/runs/" in full.stderr and ": File too large; what is whole is kept" in full.stderr
    assert "Traceback" not in full.stderr
    assert not list(out.rglob("*.tmp"))
    done = open_results(out)
    assert 0 < done.covered() < done.wanted()
    shards = {path.name: path.read_bytes() for path in (out / "runs").iterdir()}
    assert status_of("resume", out, "-j", 1) == 0
    assert "set aside" not in capsys.readouterr().err
    assert all((out / "runs" / name).read_bytes() == content for name, content in shards.items())
    whole = tmp_path / "whole"
    assert status_of("sweep", study, "-j", 1, "--out", whole) == 0
    assert (out / "runs.csv").read_bytes() == (whole / "runs.csv").read_bytes()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 160 kB; only a superuser may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", place], capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("a small file system can be mounted by a superuser only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_ends_the_sweep_in_one_line_and_loses_nothing(study, tmp_path, small_disk):
    out = small_disk / "out"
    full = swept("sweep", study, "-j", 1, "--out", out)
    assert full.returncode == 1, full.stderr
    assert f"error: {out}/" in full.stderr and ": No space left on device; what is whole" in full.stderr
    assert "Traceback" not in full.stderr
    assert 0 < open_results(out).covered() < open_results(out).wanted()
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    assert status_of("resume", out, "-j", 1) == 0
    whole = tmp_path / "whole"
    assert status_of("sweep", study, "-j", 1, "--out", whole) == 0
    assert (out / "runs.csv").read_bytes() == (whole / "runs.csv").read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_compiled_code_that_cannot_be_written_is_told_by_its_folder(jobs, tmp_path):
    full = swept("compile", "-j", jobs, limit=300, ASYMMETRIC_ALLIANCES_CACHE=str(tmp_path))
    told = full.stderr.splitlines()[-1]
    assert (full.returncode, "Traceback" in full.stderr) == (1, False), full.stderr
    assert told.startswith(f"error: compiled code, in {tmp_path}/asymmetric-alliances/compiled/")
    assert told.endswith(": File too large; what is whole is kept: make room, and give the same command again")
