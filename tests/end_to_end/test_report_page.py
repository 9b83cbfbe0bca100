"""docs/how-to/report.md: every command on it, typed in the order of the page."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from simulation.commands import command_line

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "report.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL) for line in block.splitlines()]


def test_the_commands_work_one_after_the_other(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    assert [command.split()[1] for command in COMMANDS] == ["run", "report", "sweep", "report", "export"]
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            command_line.main(shlex.split(command)[1:])
        assert left.value.code == 0, capsys.readouterr().err
    for page in ("results/one-history/report.html", "results/cases.html"):
        text = Path(page).read_text(encoding="utf-8")
        titles = [title.lower() for title in re.findall(r"<h2>(.*?)</h2>", text)]
        told = re.findall(r"^\| ([a-z ]+) \| ", PAGE, flags=re.MULTILINE)[1:]
        assert len(told) == 8 and set(told) - {"the question", "hits and misses", "state by state"} <= set(titles)
