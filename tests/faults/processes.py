"""Processes of the program: started as a user starts them, each with a mark by which what it leaves is found."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = "MARK_OF_A_TEST"
SECONDS = 900.0
"""Longer than any command takes on a machine that twenty others share and that has not compiled yet."""
SECONDS_TO_LEAVE = 10.0


def surroundings(mark: str, **more: str) -> dict[str, str]:
    """The environment of a process of the program."""
    return os.environ | {"PYTHONPATH": str(ROOT), "ASYMMETRIC_ALLIANCES_COMPILE": "first", MARK: mark,
                         "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"} | more  # threads wait for each other


def heeding() -> None:
    """A shell that starts tests in the background lets them, and all that they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(words: Sequence[str], folder: Path, mark: str = "", prepare: Callable[[], None] = heeding,
            more: Mapping[str, str] | None = None, **options: object) -> subprocess.Popen[str]:
    """A command, begun, in a session of its own."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, "-m", "simulation", *words], cwd=folder, text=True, errors="replace",
                            start_new_session=True, preexec_fn=prepare, env=surroundings(mark, **(more or {})),
                            **streams)


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """How a command ended. One that does not end is killed, and has the status of a shell's time limit."""
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, 124, out or "", err or "")
    return subprocess.CompletedProcess(process.args, process.returncode, out or "", err or "")


def typed(words: Sequence[str], folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """A command from its beginning to its end."""
    return ended(started(words, folder, **options))


def is_before_the_program(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a signal came while the interpreter itself was starting, or looked for the file that hears signals, which
    is none of the program's affairs."""
    if not done.stderr and done.returncode in (-signal.SIGINT, -signal.SIGTERM):  # the interpreter did not hear it yet
        return True
    told = done.stderr.replace("/simulation/__main__.py\", line 7, in <module>", "")
    return "Traceback" in told and "KeyboardInterrupt" in told and "/simulation/" not in told


def new_mark() -> str:
    """A mark that no other process has."""
    return uuid.uuid4().hex


def left_behind(mark: str) -> list[str]:
    """Processes with this mark that are still there after a while."""
    deadline = time.monotonic() + SECONDS_TO_LEAVE
    while (there := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return there


def marked(mark: str) -> list[str]:
    """Processes with this mark, as their number and command."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (place / "environ").read_bytes():
                found.append(f"{place.name} {(place / 'cmdline').read_bytes().replace(bytes(1), b' ').decode()[:200]}")
        except OSError:  # somebody else's, or gone
            continue
    return found
