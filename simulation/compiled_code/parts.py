"""Which parts of the theory are compiled, and one process at a time that compiles a part.

A part is marked when all of it has been compiled. The mark names whatever makes the compiler take its own cache for
another's: where the program lies, when its sources were written, the interpreter and the processor.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from simulation.compiled_code.cache import PACKAGE_FOLDER, cache_folder, compiled_sources

try:
    import fcntl

    HAS_LOCKS = True
except ImportError:  # Windows
    HAS_LOCKS = False

HISTORIES, EQUILIBRIA, PAIRS, AGENTS = "histories", "equilibria", "pairs", "agents"
PARTS = HISTORIES, EQUILIBRIA, PAIRS, AGENTS
"""What is compiled together; `simulation.commands.compile` does it."""
BESIDE = "beside"
"""The lock of the one process that compiles beside commands."""
MARK = re.compile(rb"^@(?:compiled|compiled_apart|compiled_for_threads|inlined)$", re.MULTILINE)
"""The mark of a function that is compiled; not all of them leave compiled code of their own."""
CALLEE, SHARED = "callee-", "shared-"
"""How the files of code begin that compiled code calls; those of what Python calls are named for the function alone."""
UNFINISHED = "*.tmp.*"
"""Files of the compiler's that do not have their names yet."""
SECONDS_TO_WRITE = 600.0
"""Longer than it takes to write one."""
PROCESSOR_LINES = "model name", "flags", "Features", "CPU part"


def is_compiled(part: str) -> bool:
    """Whether all of a part has been compiled for this program, interpreter and processor."""
    return _mark(part).exists()


def mark_compiled(part: str) -> None:
    """Notes that all of a part has been compiled."""
    _mark(part).touch()


def remove_unfinished() -> None:
    """Removes what a compiler that was ended in the middle of a write has left; what is newer may still be written."""
    for path in cache_folder().rglob(UNFINISHED):
        with contextlib.suppress(OSError):  # another process was faster
            if time.time() - path.stat().st_mtime > SECONDS_TO_WRITE:
                path.unlink()


def number_of_functions() -> int:
    """How many functions there are to compile."""
    return sum(len(MARK.findall((PACKAGE_FOLDER / path).read_bytes())) for path in compiled_sources())


def number_compiled() -> int:
    """How many functions of this copy of the sources have been compiled; other copies keep theirs beside."""
    folders = {(PACKAGE_FOLDER / path).parent for path in compiled_sources()}
    return len({path.name.removeprefix(CALLEE).removeprefix(SHARED) for folder in folders
                for path in (cache_folder() / _name_in_cache(folder)).glob("*.nbi")})


def _name_in_cache(folder: Path) -> str:
    """What numba calls the folder of compiled code for sources that lie in `folder`."""
    return f"{folder.name}_{hashlib.sha1(str(folder).encode(), usedforsecurity=False).hexdigest()}"


@contextlib.contextmanager
def held(name: str, is_patient: bool = True) -> Iterator[bool]:
    """Holds the lock of a part, or of another name: whether it is held, which it is in the end if `is_patient`.

    The system gives it back when its holder ends, however it ends. Where the file system knows no locks everybody
    holds it: what is then compiled twice is still compiled rightly, since each file of compiled code appears whole.
    """
    handle = os.open(cache_folder() / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _taken(handle, is_patient)
    finally:
        os.close(handle)


def is_held(name: str) -> bool:
    """Whether a living process holds the lock of this name."""
    with held(name, is_patient=False) as is_ours:
        return not is_ours


def _taken(handle: int, is_patient: bool) -> bool:
    if not HAS_LOCKS:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if is_patient else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _mark(part: str) -> Path:
    return cache_folder() / f"{part}-{_place()}.compiled"


@functools.cache
def _place() -> str:
    statuses = {str(path): (PACKAGE_FOLDER / path).stat() for path in compiled_sources()}
    written = [(path, status.st_mtime_ns, status.st_size) for path, status in statuses.items()]
    known = (str(PACKAGE_FOLDER), written, sys.implementation.cache_tag, _processor())
    return hashlib.blake2b(repr(known).encode(), digest_size=8).hexdigest()


def _processor() -> tuple[str, ...]:
    """What the compiler may make use of."""
    asked = tuple(os.environ.get(f"NUMBA_CPU_{name}", "") for name in ("NAME", "FEATURES"))
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0].splitlines()
    except OSError:
        lines = []
    return *asked, platform.machine(), *(line for line in lines if line.startswith(PROCESSOR_LINES))
