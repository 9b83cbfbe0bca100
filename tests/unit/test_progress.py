"""The line that tells how far a command has come where there is no terminal."""

from __future__ import annotations

import pytest

from simulation.commands import progress
from simulation.commands.progress import Bar


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 15.0)
    return now


def test_a_line_now_and_then_with_the_time_left(clock, capsys):
    bar = Bar("points")
    bar.begin(10, 0)
    bar.advance(1)
    clock[0] = 20.0
    bar.advance(1)
    bar.advance(1)
    bar.end()
    assert capsys.readouterr().err == "2 of 10 points, about 160 s left\n"


def test_a_bar_that_turns_out_longer(clock, capsys):
    bar = Bar("parts")
    bar.begin(2, 0)
    bar.reach(1)
    bar.reach(4)
    bar.advance(1)
    clock[0] = 16.0
    bar.advance(1)
    bar.end()
    assert capsys.readouterr().err == "2 of 4 parts, about 32 s left\n"


def test_what_the_first_answer_waited_for_is_not_taken_for_its_time(clock, capsys):
    bar = Bar("points")
    bar.begin(10, 0)
    clock[0] = 60.0
    bar.advance(1)
    clock[0] = 70.0
    bar.advance(1)
    bar.end()
    assert capsys.readouterr().err == "2 of 10 points, about 80 s left\n"
