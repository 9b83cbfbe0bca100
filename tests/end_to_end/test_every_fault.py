"""Every command under every fault: what docs/reliability.md promises, tried.

`make test-reliability` tries all cells and writes the table of that page; `make test` tries some.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.faults.cells import Cell, contents
from tests.faults.commands import COMMANDS, LONG, copied, prepare, workplace
from tests.faults.faults import ENDED, FAULTS, SAMPLE
from tests.faults.processes import ended, is_before_the_program, typed

RECORD = os.environ.get("FAULTS_RECORD")
"""A file to which the outcome of every cell is added, for the table."""
INTERRUPTIONS = 100
SECONDS_OF_EXPLORE = 5.0
ON_A_LARGE_SCALE = [pytest.mark.slow, pytest.mark.reliability]

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return workplace(tmp_path_factory.mktemp("workplace") / "here")


@pytest.fixture(scope="module")
def unhurt(place, tmp_path_factory) -> Callable[[str], tuple[dict[str, bytes], float]]:
    """What a command writes when nothing hurts it, and how long it takes."""
    @cache
    def written(name: str) -> tuple[dict[str, bytes], float]:
        command = COMMANDS[name]
        prepare(place, command)
        if command.is_endless:
            return {}, SECONDS_OF_EXPLORE
        folder = copied(place, tmp_path_factory.mktemp("unhurt") / "here")
        before, start = contents(folder), time.monotonic()
        done = typed(command.typed(), folder)
        seconds = time.monotonic() - start
        assert done.returncode == 0, done.stderr
        return {name: content for name, content in contents(folder).items() if before.get(name) != content}, seconds

    return written


@pytest.fixture
def cell(place, unhurt, tmp_path) -> Callable[[str], Cell]:
    def made(name: str) -> Cell:
        reference, seconds = unhurt(name)
        return Cell(name, copied(place, tmp_path / "here"), reference, seconds, random.Random(name))

    return made


def cells() -> list:
    every = [(name, fault) for fault in FAULTS for name in COMMANDS if (name, fault) not in SAMPLE]
    return [*(pytest.param(*own, id="-".join(own)) for own in SAMPLE),
            *(pytest.param(*own, id="-".join(own), marks=ON_A_LARGE_SCALE) for own in every)]


@pytest.mark.parametrize(("name", "fault"), cells())
def test_what_is_promised_is_kept(name, fault, cell):
    outcome: dict[str, str] = {"command": name, "fault": fault, "outcome": "broken"}
    try:
        excuse = FAULTS[fault](cell(name))
        outcome |= {"outcome": "excused", "reason": excuse} if excuse else {"outcome": "kept"}
    finally:
        note(outcome)
    if excuse:
        pytest.skip(excuse)


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.parametrize("name", LONG)
def test_a_hundred_interruptions(name, cell):
    """At random moments of its life, to the process or to all, once and twice; now and then by SIGTERM."""
    one = cell(name)
    for number in range(INTERRUPTIONS):
        process = one.start()
        one.wait()
        for _ in range(1 + (number % 3 == 0)):
            if process.poll() is None:
                signalled = signal.SIGTERM if number % 10 == 9 else signal.SIGINT
                (os.killpg if number % 2 else os.kill)(process.pid, signalled)
        done = ended(process)
        if is_before_the_program(done):
            continue
        one.keeps(done, *ENDED)
        if done.returncode == 0 and COMMANDS[name].writes == "folder":
            shutil.rmtree(one.folder / "out")
    one.goes_on()
    note({"command": name, "fault": "interruptions", "outcome": "kept", "tries": str(INTERRUPTIONS)})


def note(outcome: dict[str, str]) -> None:
    if RECORD:
        with open(RECORD, "a", encoding="utf-8") as lines:
            lines.write(json.dumps(outcome) + "\n")
