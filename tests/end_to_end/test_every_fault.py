"""Every command under every fault: what docs/reliability.md promises, tried.

`make test-reliability` tries all cells and writes the table of that page; `make test` tries some. The first round of
cells has every command and every fault, so that a run that is ended early has met them all.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.faults import forked
from tests.faults.cells import Cell, contents
from tests.faults.commands import COMMANDS, LONG, Command, copied, prepare, surroundings_of, workplace
from tests.faults.faults import ENDED, FAULTS, SAMPLE
from tests.faults.processes import ended, is_before_the_program, typed
from tests.faults.record import INTERRUPTIONS, RECORD, is_done, kept, note

BATCHES, IN_A_BATCH = 5, 20
"""A hundred interruptions of each of the long commands."""
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
        prepare(place, command, forked.typed if RECORD else typed)
        if command.is_endless:
            return {}, SECONDS_OF_EXPLORE
        return kept(name, lambda: tried_unhurt(command, copied(place, tmp_path_factory.mktemp("unhurt") / "here")))

    return written


def tried_unhurt(command: Command, folder: Path) -> tuple[dict[str, bytes], float]:
    before, start = contents(folder), time.monotonic()
    done = typed(command.typed(), folder, more=surroundings_of(command, folder))
    seconds = time.monotonic() - start
    assert done.returncode == 0, done.stderr
    return {name: content for name, content in contents(folder).items() if before.get(name) != content}, seconds


@pytest.fixture
def cell(place, unhurt, tmp_path) -> Callable[[str, str], Cell]:
    def made(name: str, fault: str) -> Cell:
        reference, seconds = unhurt(name)
        return Cell(name, copied(place, tmp_path / "here"), reference, seconds, random.Random(f"{name}, {fault}"),
                    is_forked=(name, fault) not in SAMPLE)

    return made


def cells() -> list:
    """Round after round: each has every command once, under faults that follow one another."""
    faults = list(FAULTS)
    every = [(name, faults[(start + number) % len(faults)]) for start in range(len(faults))
             for number, name in enumerate(COMMANDS)]
    return [*(pytest.param(*own, id="-".join(("sample", *own))) for own in SAMPLE),
            *(pytest.param(*own, id="-".join(own), marks=ON_A_LARGE_SCALE) for own in every)]


@pytest.mark.parametrize(("name", "fault"), cells())
def test_what_is_promised_is_kept(name, fault, cell):
    if is_done(name, fault):
        pytest.skip("tried before, and noted")
    outcome: dict[str, str] = {"command": name, "fault": fault, "outcome": "broken"}
    try:
        excuse = FAULTS[fault](cell(name, fault))
        outcome |= {"outcome": "excused", "reason": excuse} if excuse else {"outcome": "kept"}
    except BaseException as problem:
        outcome["problem"] = str(problem)[:2000]
        raise
    finally:
        note(outcome)
    if excuse:
        pytest.skip(excuse)


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("name", LONG)
def test_a_hundred_interruptions(name, batch, cell):
    """At random moments of its life, to the process or to all, once and twice; now and then by SIGTERM."""
    if is_done(name, INTERRUPTIONS, str(batch)):
        pytest.skip("tried before, and noted")
    one, before_the_program = cell(name, f"{INTERRUPTIONS} {batch}"), 0
    for number in range(IN_A_BATCH):
        process = one.start()
        one.wait()
        for _ in range(1 + (number % 3 == 0)):
            if process.poll() is None:
                signalled = signal.SIGTERM if number % 10 == 9 else signal.SIGINT
                (os.killpg if number % 2 else os.kill)(process.pid, signalled)
        done = ended(process)
        if is_before_the_program(done):
            before_the_program += 1
            continue
        one.keeps(done, *ENDED)
        if done.returncode == 0 and COMMANDS[name].writes == "folder":
            shutil.rmtree(one.folder / "out")
    one.goes_on()
    note({"command": name, "fault": INTERRUPTIONS, "batch": str(batch), "outcome": "kept", "tries": str(IN_A_BATCH),
          "before the program": str(before_the_program)})
