"""A folder is complete when the last that its command writes is there, and not before."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from tests.faults.commands import COMMANDS, workplace
from tests.statuses import status_of


def state() -> str:
    return json.loads(Path("out/manifest.json").read_text())["status"]


@pytest.mark.parametrize("name", ["portfolios", "demo"])
def test_a_sweep_that_is_part_of_a_command_is_complete_when_its_figures_are_there(name, tmp_path, monkeypatch):
    monkeypatch.chdir(workplace(tmp_path))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/figures")

    with monkeypatch.context() as changed:
        changed.setattr("simulation.figures.style.save", full)
        assert status_of(*COMMANDS[name].typed()) == 1
    assert (state(), list(Path("out/figures").iterdir())) == ("running", [])
    assert status_of(*COMMANDS[name].typed()) == 0
    assert state() == "complete"
    assert list(Path("out/figures").glob("*.png"))
    assert status_of("verify", "out", "-k", 1) == 0
