"""`demo`: what it says of its picture is so, and what it says to type next can be typed."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest

from simulation.commands import command_line
from simulation.commands.demo import REACH, WAR_COST, next_steps

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_says_what_its_picture_says_and_what_comes_next(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        command_line.main(["demo", "-j", "1", "--out", "results/demo"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "Look at results/demo/figures/number-of-pacts.png\n" in said and "fewer pacts" in said
    runs = pd.read_csv("results/demo/runs.csv")
    means = runs.groupby([REACH, WAR_COST])[["number_of_pacts", "pacts_beyond_paper"]].mean()
    for _, at_a_reach in means.groupby(level=0):
        dear = at_a_reach.iloc[-2:]
        assert (dear["number_of_pacts"] < at_a_reach["number_of_pacts"].iloc[0]).all()
        assert (dear["pacts_beyond_paper"] < dear["number_of_pacts"] / 2).all()
    commands = [line for line in said.splitlines() if line.startswith("  asymmetric-alliances")]
    assert len(commands) == 2
    for command in commands:
        with pytest.raises(SystemExit) as left:
            command_line.main(shlex.split(command, comments=True)[1:])
        assert left.value.code == 0


def test_without_scenarios_a_folder_is_laid_out_first(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr("sys.prefix", str(tmp_path / ".venv"))
    activate, init = next_steps(tmp_path)
    assert activate == "  source .venv/bin/activate"
    assert init.startswith("  asymmetric-alliances init my-work ")
