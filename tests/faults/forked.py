"""Commands begun by forking a process that has all libraries and compiled code: in no time, where it is not tried how a
command begins. What they come to is that of `processes.typed`."""

from __future__ import annotations

import atexit
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

import simulation
from tests.faults.processes import MARK, SECONDS, heeding

UNFINISHED = 99
"""The status of a process that is no command any more."""


@cache
def warm() -> None:
    """Imports all that commands import, and has the compiled code loaded."""
    for module in pkgutil.walk_packages(simulation.__path__, "simulation."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from simulation.equilibrium.search import solve
    from simulation.history.simulate import measures
    from simulation.history.world import world_of
    from tests.builders import one_power

    solve(one_power())
    measures(world_of(one_power()), 1, range(1))


def typed(words: Sequence[str], folder: Path, mark: str = "", prepare: Callable[[], None] = heeding,
          **streams: int | IO[str]) -> subprocess.CompletedProcess[str]:
    """A command from its beginning to its end; `streams` as of `subprocess`."""
    warm()
    with tempfile.TemporaryFile("w+", errors="replace") as out, tempfile.TemporaryFile("w+", errors="replace") as err:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads that numpy's library has, and can do without
            process = os.fork()
        if not process:
            _become(words, folder, mark, prepare, [streams.get("stdin"), streams.get("stdout", out),
                                                   streams.get("stderr", err)])
        status = _waited_for(process)
        told = [file.seek(0) or file.read() for file in (out, err)]
    return subprocess.CompletedProcess(["forked", *words], status, *told)


def _waited_for(process: int) -> int:
    deadline = time.monotonic() + SECONDS
    while not (found := os.waitpid(process, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return 124
        time.sleep(0.01)
    return os.waitstatus_to_exitcode(found[1])


def _become(words: Sequence[str], folder: Path, mark: str, prepare: Callable[[], None],
            streams: Sequence[int | IO[str] | None]) -> NoReturn:
    """The command, instead of the tests that this process was."""
    status: object = UNFINISHED
    try:
        os.setsid()
        os.environ[MARK] = mark
        os.chdir(folder)
        _open(streams)
        atexit._clear()
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        prepare()
        status = _command(words)
    finally:
        os._exit(status if isinstance(status, int) else UNFINISHED)


def _command(words: Sequence[str]) -> object:
    from simulation.commands import command_line

    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["asymmetric-alliances", *words]
    try:
        command_line.main()
    except SystemExit as left:
        return left.code
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()


def _open(streams: Sequence[int | IO[str] | None]) -> None:
    for number, stream in enumerate(streams):
        given = os.open(os.devnull, os.O_RDWR) if stream is None else stream
        os.dup2(given if isinstance(given, int) else given.fileno(), number)
    sys.stdin = os.fdopen(0, "r", closefd=False)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
