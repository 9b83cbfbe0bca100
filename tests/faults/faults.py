"""The ways in which commands are hurt; each gives None, or why the cell cannot be tested here."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import resource
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.cells import Cell
from tests.faults.commands import CACHE, OUT
from tests.faults.processes import ROOT, ended, heeding, is_before_the_program, marked, surroundings, typed

Fault = Callable[[Cell], str | None]
SMALL_FILE, SMALL_DISK, SMALL_MEMORY = 300, "24k", 450 * 2**20
ENDED = 0, 130, 143, -signal.SIGINT, -signal.SIGTERM
"""A signal that comes before Python hears signals ends it as a shell expects: 128 and its number."""
NOTHING_WRITTEN = "it writes nothing"
NO_WORKERS = "it has no workers"
QUIET = ("schema",)
"""Commands that print nothing where they write a file."""
ENDLESS = "it goes on until it is ended"


def _signalled(cell: Cell, number: signal.Signals, longest: float | None = None, is_group: bool = False,
               times: int = 1) -> None:
    process = cell.start()
    cell.wait(longest)
    for _ in range(times):
        if process.poll() is None:
            (os.killpg if is_group else os.kill)(process.pid, number)
        time.sleep(cell.luck.uniform(0.0, 0.2) if times > 1 else 0.0)
    done = ended(process)
    if not is_before_the_program(done):
        cell.keeps(done, *(ENDED[1:] if cell.command.is_endless else ENDED))
    cell.goes_on()


def ctrl_c_at_the_start(cell: Cell) -> None:
    """Ctrl-C within the first half second."""
    _signalled(cell, signal.SIGINT, 0.5)


def ctrl_c(cell: Cell) -> None:
    """Ctrl-C at a random moment, to the process."""
    _signalled(cell, signal.SIGINT)


def ctrl_c_to_all(cell: Cell) -> None:
    """Ctrl-C at a random moment, to the process and its workers, as a terminal sends it."""
    _signalled(cell, signal.SIGINT, is_group=True)


def ctrl_c_twice(cell: Cell) -> None:
    """Ctrl-C, and again within 0.2 s."""
    _signalled(cell, signal.SIGINT, is_group=cell.luck.random() < 0.5, times=2)


def sigterm(cell: Cell) -> None:
    """SIGTERM at a random moment, to the process or to all."""
    _signalled(cell, signal.SIGTERM, is_group=cell.luck.random() < 0.5)


def sigkill(cell: Cell) -> None:
    """SIGKILL at a random moment."""
    process = cell.start()
    cell.wait()
    process.kill()
    cell.keeps(ended(process), 0, -signal.SIGKILL, is_killed=True)
    cell.goes_on()


def closed_pipe(cell: Cell) -> None:
    """Nobody reads standard output."""
    paired, writing = os.pipe()
    os.close(paired)
    done = _ended_soon(cell, stdout=writing)
    os.close(writing)
    cell.keeps(done, *([0] if cell.name in QUIET else [141]))


def _ended_soon(cell: Cell, **options: object) -> subprocess.CompletedProcess[str]:
    """How a command ends that does so even if it is endless."""
    return ended(cell.start(**options)) if cell.command.is_endless else cell.type(**options)


def no_output(cell: Cell) -> str | None:
    """Standard output and standard error were closed."""
    if cell.command.is_endless:
        return ENDLESS
    words = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", sys.executable, "-m", "simulation", *cell.command.typed()]
    process = subprocess.Popen(words, cwd=cell.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, start_new_session=True,
                               env=surroundings(cell.mark, **cell.surroundings))
    cell.keeps(ended(process), 0)
    return None


def full_output(cell: Cell) -> None:
    """What is printed goes to a full disk."""
    with open("/dev/full", "w") as full:
        done = _ended_soon(cell, stdout=full)
    if cell.name in QUIET:
        cell.keeps(done, 0)
        return
    cell.keeps(done, 1)
    assert "standard output: No space left on device" in done.stderr, done.stderr


def small_files(cell: Cell) -> str | None:
    """No file may have more than 300 bytes."""
    if cell.command.writes == "nothing":
        return NOTHING_WRITTEN
    done = cell.type(prepare=lambda: (heeding(), resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILE, SMALL_FILE))))
    cell.keeps(done, 1)
    assert os.strerror(errno.EFBIG) in done.stderr, done.stderr
    cell.goes_on()
    return None


def full_disk(cell: Cell) -> str | None:
    """A file system of 24 kB."""
    if cell.command.writes not in ("folder", "file", "cache"):
        return _why_nothing_new(cell)
    is_cache = cell.command.writes == "cache"
    disk = (cell.folder.parent if is_cache else cell.folder) / "disk"
    with _mounted(disk, f"size={SMALL_DISK}") as is_mounted:
        if not is_mounted:
            return "a small file system can be mounted by a superuser only"
        done = cell.type(more={CACHE: str(disk)}) if is_cache else cell.type(f"disk/{OUT}")
        if done.returncode == 0:
            return "all that it writes has room in 24 kB"
        cell.keeps(done, 1)
        place = f"{disk}/" if is_cache else f"disk/{OUT}"
        assert os.strerror(errno.ENOSPC) in done.stderr and place in done.stderr, done.stderr
    return None


def _why_nothing_new(cell: Cell) -> str:
    return {"nothing": NOTHING_WRITTEN, "cache": "it compiles into the temporary folder then, for minutes"}.get(
        cell.command.writes, "it writes into a folder that is there")


def read_only(cell: Cell) -> str | None:
    """The place for results cannot be written."""
    if cell.command.writes not in ("folder", "file"):
        return _why_nothing_new(cell)
    with _mounted(cell.folder / "locked", "ro") as is_mounted:
        if not is_mounted:
            (cell.folder / "locked").chmod(0o555)
        done = cell.type(f"locked/{OUT}")
        cell.keeps(done, 2)
        assert f"locked/{OUT}" in done.stderr, done.stderr
    return None


def no_home(cell: Cell) -> str | None:
    """Neither the home nor a cache can be written; interpreted, or compiled in memory."""
    if cell.command.is_endless:
        return ENDLESS
    if cell.name in ("demo", "compile", "resume", "why"):
        return "it would compile, or be interpreted, for minutes"
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "ASYMMETRIC_ALLIANCES_CACHE", "MPLCONFIGDIR",
                             "XDG_CONFIG_HOME"), "/proc/nowhere")
    words = [word.replace("1000", "20").replace("7000", "20") for word in cell.command.typed()]
    done = typed(words, cell.folder, mark=cell.mark, more=nowhere | {"NUMBA_DISABLE_JIT": "1"})
    cell.reference = {}
    cell.keeps(done, 0)
    return None


def a_file_there(cell: Cell) -> str | None:
    """Where the results are to go there is something else."""
    if cell.command.writes not in ("folder", "file"):
        return _why_nothing_new(cell)
    places = [word for word in cell.command.typed() if word.startswith(OUT)]
    place = cell.folder / places[0]
    if cell.command.writes == "folder":
        place.write_text("something else\n")
    else:
        place.mkdir()
    done = cell.type()
    cell.keeps(done, 2)
    assert places[0] in done.stderr, done.stderr
    assert place.is_dir() or place.read_text() == "something else\n"
    return None


def narrow_terminal(cell: Cell) -> str | None:
    """A terminal of 40 columns."""
    if cell.command.is_endless:
        return ENDLESS
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 40, 0, 0))
    process = cell.start(stdin=theirs, stdout=theirs, stderr=theirs, more={"TERM": "xterm"})
    os.close(theirs)
    shown: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, shown))
    reader.start()
    done = ended(process)
    reader.join(10)
    os.close(ours)
    done.stderr = b"".join(shown).decode(errors="replace")
    cell.keeps(done, 0)
    return None


def another_process(cell: Cell) -> str | None:
    """Another process holds the folder of results."""
    if cell.command.writes not in ("folder", "inside") or cell.name in ("figures", "picture", "init", "sensitivity"):
        return "it holds no folder: each file is written whole"
    place = cell.command.changes[0] if cell.command.changes else OUT
    (cell.folder / place).mkdir(exist_ok=True)
    code = ("import sys, time; from pathlib import Path; from simulation.study.lock import locked\n"
            "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)")
    holder = subprocess.Popen([sys.executable, "-c", code, place], cwd=cell.folder, stdout=subprocess.PIPE, text=True,
                              env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    try:
        cell.before[f"{place}/.lock"] = b""
        done = cell.type()
        cell.keeps(done, 2)
        assert f"{place}: in use by another process (process {holder.pid})" in done.stderr, done.stderr
    finally:
        holder.kill()
        holder.communicate()
    cell.goes_on()
    return None


def little_memory(cell: Cell) -> str | None:
    """450 MB of address space, in which the libraries alone do not all fit."""
    if cell.command.is_endless:
        return ENDLESS
    done = cell.type_anew(prepare=lambda: (
        heeding(), resource.setrlimit(resource.RLIMIT_AS, (SMALL_MEMORY, SMALL_MEMORY))))
    if done.returncode < 0 or "std::bad_alloc" in done.stderr or "LLVM ERROR" in done.stderr:
        return "a library of the system ends the process itself when it gets no memory"
    cell.keeps(done, 0, 1)
    return None


def clock_set_back(cell: Cell) -> str | None:
    """All that is there was written tomorrow."""
    if cell.command.is_endless:
        return ENDLESS
    tomorrow = time.time() + 86_400
    for path in cell.folder.rglob("*"):
        os.utime(path, (tomorrow, tomorrow))
    cell.keeps(cell.type(), 0)
    return None


def a_worker_dies(cell: Cell) -> str | None:
    """A worker is killed; what it was at is done by another."""
    if not cell.command.has_workers:
        return NO_WORKERS
    process = cell.start()
    _kill_a_worker(cell, process, signal.SIGKILL)
    cell.keeps(ended(process), 0)
    cell.goes_on()
    return None


def a_worker_hangs(cell: Cell) -> str | None:
    """A worker does not answer any more; Ctrl-C still ends all of it."""
    if not cell.command.has_workers:
        return NO_WORKERS
    process = cell.start()
    _kill_a_worker(cell, process, signal.SIGSTOP)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    cell.keeps(ended(process), 0, 130)
    cell.goes_on()
    return None


def _kill_a_worker(cell: Cell, process: subprocess.Popen[str], number: signal.Signals) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        workers = [own for own in marked(cell.mark) if "forkserver" in own]
        if len(workers) >= 3:  # the server, and two that it started
            os.kill(int(cell.luck.choice(sorted(workers, key=lambda own: int(own.split()[0]))[1:]).split()[0]), number)
            return
        time.sleep(0.02)


def _read(handle: int, shown: list[bytes]) -> None:
    while True:
        try:
            found = os.read(handle, 65_536)
        except OSError:  # the other side has gone
            return
        if not found:
            return
        shown.append(found)


@contextmanager
def _mounted(place: Path, options: str) -> Iterator[bool]:
    place.mkdir()
    is_mounted = bool(shutil.which("mount")) and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", place], check=True)


FAULTS: dict[str, Fault] = {
    "Ctrl-C, start": ctrl_c_at_the_start, "Ctrl-C": ctrl_c, "Ctrl-C, group": ctrl_c_to_all,
    "Ctrl-C twice": ctrl_c_twice, "SIGTERM": sigterm, "SIGKILL": sigkill,
    "closed pipe": closed_pipe, "no output": no_output, "output full": full_output, "file limit": small_files,
    "disk full": full_disk, "read-only": read_only, "no home": no_home, "taken path": a_file_there,
    "40 columns": narrow_terminal, "in use": another_process, "450 MB": little_memory, "clock back": clock_set_back,
    "worker dies": a_worker_dies, "worker hangs": a_worker_hangs,
}
"""All of them, by the words of the table."""
SAMPLE = (("run", "Ctrl-C"), ("run", "SIGKILL"), ("run", "file limit"), ("run", "closed pipe"),
          ("report", "taken path"))
"""Cells that are tried in `make test`."""
