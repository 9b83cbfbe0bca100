"""The driver of a sweep: from a plan to a complete results folder, from wherever it stopped before.

Only the driver writes to the folder. Workers give back the rows of one chunk; the driver stores them and forgets them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from simulation.compiled_code.parts import HISTORIES, is_compiled
from simulation.errors import HistoryFailedError
from simulation.study.cells import Span
from simulation.study.checksums import CHECKSUMS, checksums_of
from simulation.study.executors import (
    Executor,
    InProcess,
    LocalProcesses,
    completed,
    one_thread_each,
    workers_worth_starting,
)
from simulation.study.histories import Chunk, ChunkResult, chunk_of, run_chunk
from simulation.study.lock import locked
from simulation.study.manifest import invocation, now
from simulation.study.plan import Plan
from simulation.study.store import TABLE_FILE, ResultsFolder, refuse_strange_folder


class Listener(Protocol):
    """Who wants to know how a sweep goes."""

    def begin(self, total: int, done: int) -> None:
        """There are `total` histories, of which `done` are there already; said again when the total changes."""

    def advance(self, histories: int) -> None:
        """So many more are stored."""

    def say(self, line: str) -> None:
        """Something that a user should know."""


class Engine(Protocol):
    """Where else chunks can be run: `distributed.Cluster` is one."""

    threads: int
    """Chunks that are run at a time."""

    def open(self) -> Executor:
        """A new executor."""


class Silent:
    """Listens to nothing."""

    def begin(self, total: int, done: int) -> None:
        """Nothing."""

    def advance(self, histories: int) -> None:
        """Nothing."""

    def say(self, line: str) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Outcome:
    """How a sweep ended: its folder, the number of histories in it, and how many of them failed."""

    folder: ResultsFolder
    histories: int
    failures: int


def sweep(plan: Plan, path: Path, jobs: int | None = None, command: list[str] | None = None,
          listener: Listener | None = None, fail_fast: bool = False, engine: Engine | None = None,
          compile_histories: Callable[[], None] | None = None, is_part: bool = False) -> Outcome:
    """Runs what is missing of a plan into the results folder at `path`.

    Parameters
    ----------
    jobs : processes that share the work; 1 for this process alone, None for one a core. Numbers do not depend on it.
    command : what the user typed, for the manifest.
    fail_fast : stop at the first history that fails, instead of going on with the others.
    engine : where chunks are run, in place of processes here.
    compile_histories : called before the first history that is missing; without it that history compiles what it needs.
    is_part : whether more comes into the folder, which is complete when that is there (`completion.completing`).

    Raises `ResultsError` if the folder is in use or holds something else, and `HistoryFailedError`. An interruption
    leaves a folder from which the same call goes on.
    """
    listener = listener or Silent()
    refuse_strange_folder(path)
    path.mkdir(parents=True, exist_ok=True)
    with locked(path):
        folder = ResultsFolder.opened(path, plan)
        _tell(folder, plan, listener)
        folder.stops_at_failure = fail_fast
        if folder.pending():
            (compile_histories or (lambda: _compile(folder)))()
            folder.update(invocations=[*folder.manifest["invocations"], invocation(command or [])], status="running")
            try:
                while folder.pending():  # by a rule, each batch of replications comes of the one before
                    _run_pending(folder, jobs or os.cpu_count() or 1, listener, engine)
                    if folder.stopping is not None:
                        listener.begin(folder.wanted(), folder.covered())
            except BaseException:
                folder.update(status="interrupted")
                raise
        if folder.manifest["status"] != "complete":
            finish(folder, listener, is_part)
        failures = len(folder.failures())
    return Outcome(folder, folder.covered(), failures)


def finish(folder: ResultsFolder, listener: Listener | None = None, is_part: bool = False) -> None:
    """Makes a folder that holds all its histories complete: the whole table, and what the manifest tells at the end;
    but that it is complete it does not tell where all of it `is_part` of more."""
    if folder.has_text():
        folder.write_table()
    else:
        (folder.path / TABLE_FILE).unlink(missing_ok=True)  # of a smaller sweep that was asked for before
    folder.keep_failures_of_what_is_there()
    _tell_of_points(folder, listener or Silent())
    folder.update(status="running" if is_part else "complete", completed_utc=now(), histories=folder.covered(),
                  failures=len(folder.failures()), **{CHECKSUMS: checksums_of(folder.path, folder.files())})


def _tell(folder: ResultsFolder, plan: Plan, listener: Listener) -> None:
    """Says what was found in the folder."""
    for problem in folder.set_aside:
        listener.say(f"set aside and run again: {problem}")
    if folder.plan.replications > plan.replications:
        listener.say(f"the folder was asked for {folder.plan.replications} replications before; it gets no fewer")
    listener.begin(folder.wanted(), folder.covered())


def _tell_of_points(folder: ResultsFolder, listener: Listener) -> None:
    """By a rule, notes and says which points stopped for which reason."""
    if folder.stopping is not None:
        folder.update(stopped=folder.stopping.told())
        listener.say(folder.stopping.sentence())


def _run_pending(folder: ResultsFolder, jobs: int, listener: Listener, engine: Engine | None) -> None:
    if "seconds_per_history" not in folder.manifest:
        spans = folder.pending()[:1]
        for _, result in _stored(folder, InProcess, spans, 1, listener):
            folder.update(seconds_per_history=round(result.seconds[-1], 6))
    spans = folder.pending()
    if engine is not None:
        for _ in _stored(folder, engine.open, spans, 2 * engine.threads, listener):
            pass
        return
    histories = sum(last - first + 1 for first, last in spans)
    workers = workers_worth_starting(folder.manifest["seconds_per_history"] * histories, len(spans), jobs)
    if workers == 1:
        for _ in _stored(folder, InProcess, spans, 1, listener):
            pass
        return
    with one_thread_each():
        for _ in _stored(folder, lambda: LocalProcesses(workers), spans, 2 * workers, listener):
            pass


def _compile(folder: ResultsFolder) -> None:
    """Compiles here, where a command has not done so before, what workers would otherwise all compile at once."""
    if not is_compiled(HISTORIES):
        first = folder.pending()[0][0]
        run_chunk(chunk_of(folder.plan, first, first))


def _stored(folder: ResultsFolder, open_executor: Callable[[], Executor], spans: list[Span], ahead: int,
            listener: Listener) -> Iterator[tuple[Chunk, ChunkResult]]:
    """Runs chunks and stores them as they come."""
    chunks = (folder.chunk(*span) for span in spans)
    with contextlib.closing(completed(open_executor, run_chunk, chunks, ahead)) as answers:
        for chunk, result in answers:
            folder.save(chunk.first, chunk.last, result)
            listener.advance(chunk.last - chunk.first + 1)
            if result.failures and folder.stops_at_failure:
                first = result.failures[0]
                raise HistoryFailedError(f"history {first['run_id']} (point {first['point_id']}, replication"
                                         f" {first['replication']}) failed: {first['error']}")
            yield chunk, result
