"""A command that is interpreted, because nothing is compiled yet, says and writes what it does when it is compiled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation.compiled_code.cache import cache_folder
from simulation.compiled_code.parts import PARTS
from tests.statuses import status_of

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    ["run", "scenarios/critical-mass.yaml"], ["run", "scenarios/critical-mass.yaml", "--json"],
    ["trace", "scenarios/critical-mass.yaml", "--against", "crisis.stake=2"],
    ["solve", "scenarios/no-rest.yaml"],
    pytest.param(["run", "scenarios/russia-2005.yaml", "--set", "major_powers.RUS.reach_half_distance_km=700"],
                 marks=pytest.mark.slow),
    pytest.param(["run", "scenarios/united-states-2005.yaml", "--seed", "7"], marks=pytest.mark.slow),
    pytest.param(["picture", "scenarios/russia-2005.yaml", "--state", "ARM"], marks=pytest.mark.slow),
    pytest.param(["compare", "scenarios/no-rest.yaml", "--against", "crisis.stake=2"], marks=pytest.mark.slow),
)
SAYS_WHEN = ("manifest.json",)


def typed(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation", *command], cwd=ROOT, env=os.environ | environment,
                          capture_output=True, text=True, check=False)


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.name not in SAYS_WHEN}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: "-".join(command[:2]).replace("scenarios/", ""))
def test_interpreted_and_compiled_say_and_write_the_same(tmp_path, command, monkeypatch, capfd):
    """Compiled in this process, interpreted in one that finds nothing compiled."""
    monkeypatch.chdir(ROOT)
    out = [] if command[0] == "trace" else ["--out", str(tmp_path / "results")]
    assert status_of(*command, *out) == 0
    compiled = capfd.readouterr().out, written(tmp_path / "results")
    (tmp_path / "results").rename(tmp_path / "compiled") if out else None
    ended = typed(*command, *out, ASYMMETRIC_ALLIANCES_COMPILE="when-needed",
                  ASYMMETRIC_ALLIANCES_CACHE=str(tmp_path / "cache"))
    assert ended.returncode == 0, ended.stderr
    assert not list((tmp_path / "cache").rglob("*.nbi"))
    assert (ended.stdout, written(tmp_path / "results")) == compiled


def test_what_the_user_has_interpreted_is_as_silent_as_compiled_code(tmp_path):
    """NumPy warns of numbers that overflow, which chance has them do."""
    ended = typed("run", "scenarios/critical-mass.yaml", "--years", "2", "--out", str(tmp_path / "out"),
                  NUMBA_DISABLE_JIT="1")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.slow
def test_the_compiler_works_beside_a_command_and_serves_the_next(tmp_path):
    """The process that a command has begun is killed; the next command begins another, which outlives it."""
    compiled = cache_folder()
    shutil.copytree(compiled, tmp_path / "asymmetric-alliances" / "compiled" / compiled.name,
                    ignore=shutil.ignore_patterns("*.compiled"))  # what is there need not be compiled again
    surroundings = {"ASYMMETRIC_ALLIANCES_COMPILE": "beside", "ASYMMETRIC_ALLIANCES_CACHE": str(tmp_path)}
    command = ["run", "scenarios/critical-mass.yaml", "--out", str(tmp_path / "results")]
    first = subprocess.Popen([sys.executable, "-m", "simulation", *command], cwd=ROOT, env=os.environ | surroundings,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: compilers(tmp_path))
    os.kill(compilers(tmp_path)[0], 9)
    told, announced = first.communicate()
    assert first.returncode == 0
    again = typed(*command, **surroundings)
    assert again.stderr.startswith("not all that this needs is compiled yet")
    assert again.stderr.splitlines()[0] == announced.splitlines()[0]
    wait_for(lambda: len(list(tmp_path.rglob("*.compiled"))) == len(PARTS) and not compilers(tmp_path))
    last = typed(*command, **surroundings)
    assert "is compiled yet" not in last.stderr
    assert told == again.stdout == last.stdout


def compilers(cache: Path) -> list[int]:
    """Processes that compile beside commands into this cache."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, variables = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"simulation.commands.compile_beside" in command and str(cache).encode() in variables:
            found.append(int(folder.name))
    return found


def wait_for(happens, seconds: float = 900.0) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.5)
