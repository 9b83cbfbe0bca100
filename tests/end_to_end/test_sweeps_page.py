"""docs/sweeps.md: every command on it, typed in the order of the page."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from simulation.commands import command_line
from simulation.study.export import FORMATS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL) for line in block.splitlines()]


def test_the_commands_work_one_after_the_other(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    assert [command.split()[1] for command in COMMANDS] == [
        "plan", "sweep", "status", "sweep", "sweep", "merge", "verify", *["export"] * 3, "sweep", "figures",
        "export"]
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            command_line.main(shlex.split(command)[1:])
        assert left.value.code == 0, capsys.readouterr().err
    out = capsys.readouterr().out
    assert "patron-cases: complete\nhistories: 20 done" in out
    assert "5 of 20 histories run again by the interpreter: same to the last bit" in out
    assert list(Path("results/yearly/figures").glob("years*.png"))
    assert Path("results/both/runs.csv").read_bytes() == Path("results/cases/runs.csv").read_bytes()
    assert Path("results/cases.csv").read_bytes() == Path("results/cases/runs.csv").read_bytes()


def test_every_format_is_on_the_page():
    assert [kind for kind in FORMATS if f"| `{kind}` |" not in PAGE] == []


def test_every_file_that_is_linked_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert links and [link for link in links if not (ROOT / "docs" / link).exists()] == []
