"""What the README tells a newcomer to type, typed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.commands.command_line import COMMANDS
from tests.statuses import bare_surroundings, status_of

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = "asymmetric-alliances"
NAMED = re.compile(r"--name (\S+)")


def blocks(language: str) -> list[str]:
    """Texts of all code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def sessions() -> list[list[str]]:
    """Commands that stand together, in order."""
    found = [[line for line in block.splitlines() if line.startswith(PROGRAM)] for block in blocks("sh")]
    return [session for session in found if session]


@pytest.fixture
def copy(tmp_path) -> Path:
    """A folder with the scenarios in it, where results may be written."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


def typed(command: str, folder: Path) -> subprocess.CompletedProcess:
    """A command in a process of its own, which knows nothing of the tests."""
    arguments = [sys.executable, "-m", "simulation", *shlex.split(command)[1:]]
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=300, check=False,
                          env=bare_surroundings())


def called(command: str, capfd) -> subprocess.CompletedProcess:
    """The same command in this process and folder: what differs is the loading, most of the time of a short one."""
    capfd.readouterr()
    status = status_of(*shlex.split(command)[1:])
    return subprocess.CompletedProcess(command, status, *capfd.readouterr())


def test_there_is_something_to_type():
    assert {command.split()[1] for session in sessions() for command in session} >= {"validate", "run", "sweep"}


@pytest.mark.parametrize("session", [
    pytest.param(session, marks=pytest.mark.slow if any(" sweep " in command for command in session) else [])
    for session in sessions()], ids=lambda session: session[0])
def test_commands_that_stand_together_work_in_order(session, copy, monkeypatch, capfd):
    """The first that a newcomer types are processes, as there; the others are called."""
    monkeypatch.chdir(copy)
    for command in session:
        done = typed(command, copy) if session == sessions()[0] else called(command, capfd)
        assert done.returncode == 0, done.stderr
        # time left, and what a test of propositions says beforehand
        assert " sweep " in command or [line for line in done.stderr.splitlines() if not line.endswith(
            " s left") and not line.startswith(("one look, at ", "it takes "))] == []
        assert done.stdout
        for name in NAMED.findall(command):
            assert list(copy.glob(f"results/**/{name}.png"))


def test_the_scenario_is_one(copy, monkeypatch, capfd):
    monkeypatch.chdir(copy)
    (text,) = blocks("yaml")
    (copy / "scenarios" / "my-region.yaml").write_text(text, encoding="utf-8")
    done = called(f"{PROGRAM} run scenarios/my-region.yaml --years 3", capfd)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_python_runs(copy, monkeypatch, capsys):
    monkeypatch.chdir(copy)
    (text,) = blocks("python")
    exec(compile(text.replace("max_steps=30", "max_steps=3"), "README.md", "exec"), {})
    assert float(capsys.readouterr().out.split()[-1]) >= 0.0


def test_every_file_that_is_linked_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_is_listed_with_its_line():
    assert [name for name, line in COMMANDS.items() if f"| `{name}` | {line} |" not in README] == []
