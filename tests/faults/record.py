"""What came of cells, in a file, a line each: a run that was ended goes on from there.

A cell that was kept, or excused, is not tried again until the program, the command or the fault is another.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.faults.commands import COMMANDS
from tests.faults.faults import FAULTS
from tests.faults.processes import ROOT

RECORD = os.environ.get("FAULTS_RECORD")
"""The file, if what comes of cells is to be kept."""
PROMISE = "tests/faults/cells.py", "tests/faults/processes.py"
INTERRUPTIONS = "interruptions"
DONE = "kept", "excused"
DIGITS = 8


def version_of(command: str, fault: str) -> str:
    """Two hashes: of the program, and of what else an outcome depends on."""
    made = FAULTS.get(fault)
    own = (_hash_of(*PROMISE), repr(COMMANDS[command]), inspect.getsource(made) if made else "")
    return f"{program()} {hashlib.sha256(chr(10).join(own).encode()).hexdigest()[:DIGITS]}"


def program() -> str:
    """The hash of the program as it is."""
    return _hash_of(*sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "simulation").rglob("*.py")))


@cache
def _hash_of(*names: str) -> str:
    return hashlib.sha256(b"\n".join((ROOT / name).read_bytes() for name in names)).hexdigest()[:DIGITS]


def noted(record: str | Path) -> list[dict[str, str]]:
    """All that was noted, in the order of time."""
    return [json.loads(line) for line in Path(record).read_text(encoding="utf-8").splitlines()]


@cache
def _done() -> frozenset[tuple[str, ...]]:
    if not (RECORD and Path(RECORD).exists()):
        return frozenset()
    return frozenset((own["command"], own["fault"], own.get("batch", ""), own["version"]) for own in noted(RECORD)
                     if own["outcome"] in DONE)


def is_done(command: str, fault: str, batch: str = "") -> bool:
    """Whether a cell has been tried, of what there is now, and kept."""
    return (command, fault, batch, version_of(command, fault)) in _done()


def kept[Result](command: str, made: Callable[[], Result]) -> Result:
    """What a command comes to when nothing hurts it, from beside the record, if it has been tried."""
    if not RECORD:
        return made()
    place = Path(f"{RECORD}.unhurt") / f"{version_of(command, '')}.pickle"
    if not place.exists():
        result = made()
        place.parent.mkdir(exist_ok=True)
        unfinished = place.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps(result))
        unfinished.rename(place)
    found: Result = pickle.loads(place.read_bytes())
    return found


def note(outcome: dict[str, str]) -> None:
    """Adds what came of a cell."""
    if RECORD:
        with open(RECORD, "a", encoding="utf-8") as lines:
            lines.write(json.dumps(outcome | {"version": version_of(outcome["command"], outcome["fault"])}) + "\n")
