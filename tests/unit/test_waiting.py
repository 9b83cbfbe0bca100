"""What is said while somebody waits."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from simulation.commands import waiting as module
from simulation.commands.waiting import lasting, waiting


def test_where_there_is_no_terminal_a_line_comes_now_and_then_and_none_for_what_is_short(monkeypatch, capsys):
    with waiting("the search", "a minute"):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0.05)
    with waiting("the search", "a minute"):
        time.sleep(0.5)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1
    assert {line.split(" s so far")[-1] for line in lines} == {", usually a minute"}


def test_on_a_terminal_a_clock_runs_after_a_second(monkeypatch, capsys):
    monkeypatch.setattr(module.sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(module, "SECONDS_BEFORE_A_WORD", 0.05)
    with waiting("the search", "a minute"):
        time.sleep(0.5)
    told = capsys.readouterr().err
    assert "the search" in told
    assert "usually a minute" in told


@pytest.mark.parametrize("is_terminal", [False, True])
def test_how_far_it_has_come_is_told_anew_each_time(is_terminal, monkeypatch, capsys):
    monkeypatch.setattr(module.sys.stderr, "isatty", lambda: is_terminal)
    for name in ("SECONDS_BEFORE_A_WORD", "SECONDS_BETWEEN_LINES"):
        monkeypatch.setattr(module, name, 0.05)
    numbers, is_told = itertools.count(1), threading.Event()

    def done() -> str:
        if (number := next(numbers)) > 3:
            is_told.set()
        return f"{number} of 9 functions"

    with waiting("compiling", "a minute", done):
        assert is_told.wait(60)
    told = capsys.readouterr().err
    assert " of 9 functions" in told
    assert is_terminal or (", 1 of 9 functions, usually a minute\n" in told and ", 2 of 9 functions," in told)


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "a few seconds"), (7.5, "about 10 s"), (14.9, "about 20 s")])
def test_a_length_is_told_roughly(seconds, said):
    assert lasting(seconds) == said
