"""One process at a time in a results folder."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulation.errors import ResultsError

try:
    import fcntl

    HAS_LOCKS = True
except ImportError:  # Windows
    HAS_LOCKS = False

LOCK_FILE = ".lock"
CLOCKS_APART = 2.0
"""Seconds by which the clock of files and that of processes may differ."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the folder. Raises `ResultsError` if a living process holds it.

    The system gives the lock back when its holder ends, however it ends: there are no stale locks. The file goes away
    with the lock, unless its holder was killed.
    """
    handle = _handle(folder)
    try:
        if HAS_LOCKS:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        if HAS_LOCKS:
            with contextlib.suppress(OSError):
                (folder / LOCK_FILE).unlink()
        os.close(handle)


def _handle(folder: Path) -> int:
    """The file of the lock, taken. Where its last holder has removed it meanwhile, it is that of nobody: once more."""
    path = folder / LOCK_FILE
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _taken(handle):
            holder = os.pread(handle, 20, 0).decode(errors="replace").strip() if hasattr(os, "pread") else ""
            os.close(handle)
            raise ResultsError(f"{folder}: in use by another process" + (f" (process {holder})" if holder else ""))
        with contextlib.suppress(FileNotFoundError):
            if not HAS_LOCKS or os.path.samestat(path.stat(), os.fstat(handle)):
                return handle
        os.close(handle)


def holder(folder: Path) -> int | None:
    """Number of the living process that took the folder last; None if there is none, or none can be told.

    Only looks: the lock is not touched, not even for a moment, so that nobody who wants it is turned away. A process
    that goes on after it gave the folder back is named as well.
    """
    path = folder / LOCK_FILE
    try:
        text, taken = path.read_text(encoding="utf-8", errors="replace"), path.stat().st_mtime
    except OSError:
        return None
    if not HAS_LOCKS or not re.fullmatch(r"[1-9]\d{0,18}\n", text):
        return None
    process = int(text)
    # a number is given again after its process has gone
    return process if is_alive(process) and _began(process) <= taken + CLOCKS_APART else None


def is_alive(process: int) -> bool:
    """Whether there is a process of this number on this machine."""
    try:
        os.kill(process, 0)
    except PermissionError:  # somebody else's
        return True
    except (OSError, OverflowError):
        return False
    return True


def _began(process: int) -> float:
    """When a process began, in seconds of the clock; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = re.search(r"^btime (\d+)$", Path("/proc/stat").read_text(encoding="utf-8"), re.MULTILINE)
        return int(boot[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK") if boot else 0.0
    except (OSError, IndexError, ValueError):
        return 0.0


def _taken(handle: int) -> bool:
    try:
        if HAS_LOCKS:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            windows: Any = importlib.import_module("msvcrt")  # there is no such module elsewhere
            windows.locking(handle, windows.LK_NBLCK, 1)
    except OSError:
        return False
    return True
