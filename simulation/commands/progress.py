"""How far a long command has come, and how long it will still take."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from simulation.commands.command_line import PROGRAM
from simulation.commands.console import Screen
from simulation.commands.endings import words_of
from simulation.errors import HistoryFailedError, WorkFailedError

if TYPE_CHECKING:
    from simulation.study.plan import Plan
    from simulation.study.sweep import Engine, Outcome

SECONDS_BETWEEN_LINES = 15.0
PARTS = "parts of the work"
SAME_COMMAND = ", give the same command again"


class Bar:
    """Progress with the time left: a bar on a terminal, a line now and then elsewhere; on standard error."""

    def __init__(self, unit: str = "histories") -> None:
        self.unit = unit
        self.console = Screen(stderr=True, highlight=False, soft_wrap=True)
        self.is_live = self.console.is_terminal
        self.total = self.done = self.new = 0
        self.timed_from: tuple[float, int] | None = None
        self.told = time.monotonic()
        self.bar = Progress(TextColumn(unit), BarColumn(), MofNCompleteColumn(), TextColumn("elapsed"),
                            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=self.console)

    def begin(self, total: int, done: int) -> None:
        """Shows the bar, unless all is there already; told again, changes its length."""
        if self.new:
            self.total = total
            if self.bar.tasks:
                self.bar.update(self.bar.task_ids[0], total=total)
            return
        self.total, self.done = total, done
        if done:
            self.say(f"{done} of {total} {self.unit} are there already")
        if self.is_live and done < total:
            self.bar.add_task("", total=total, completed=done)
            self.bar.start()

    def reach(self, total: int) -> None:
        """Makes the bar longer, where there turns out to be more to do."""
        self.total = max(self.total, total)
        if self.bar.tasks:
            self.bar.update(self.bar.task_ids[0], total=self.total)

    def skip(self, number: int) -> None:
        """Moves the bar on over what was there already; the time left is not told from it."""
        self.done += number
        if self.bar.tasks:
            self.bar.advance(self.bar.task_ids[0], number)

    def advance(self, number: int) -> None:
        """Moves the bar on."""
        self.done += number
        self.new += number
        if self.is_live:
            self.bar.advance(self.bar.task_ids[0], number)
        now = time.monotonic()
        if self.timed_from is None:  # the first answer may have waited for compilation and for workers
            self.timed_from = now, self.new
        start, counted = self.timed_from
        is_quiet = now - self.told <= SECONDS_BETWEEN_LINES
        if self.is_live or is_quiet or self.done >= self.total or self.new == counted:
            return
        self.told = now
        left = (now - start) * (self.total - self.done) / (self.new - counted)
        self.say(f"{self.done} of {self.total} {self.unit}, about {math.ceil(left)} s left")

    def say(self, line: str) -> None:
        """One line, above the bar if there is one."""
        self.console.print(line, markup=False)

    def end(self) -> None:
        """Leaves the bar, if there is one, as it stands."""
        if self.bar.tasks:
            self.bar.stop()


@contextmanager
def watched(bar: Bar, advice: str = SAME_COMMAND) -> Iterator[None]:
    """Ends a bar with the work that it shows; where that is interrupted, the interruption says how far it came and how
    to go on."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        whole = f" of {bar.total}" if bar.total else ""
        interruption.add_note(f"{words_of(interruption)} after {bar.done}{whole} {bar.unit}; to go on{advice}")
        raise
    finally:
        bar.end()


@contextmanager
def ended(bar: Bar, total: int) -> Iterator[Bar]:
    """Begins a bar, and ends it with the work that it shows, however that ends."""
    bar.begin(total, 0)
    try:
        yield bar
    finally:
        bar.end()


def watched_sweep(plan: Plan, path: Path, jobs: int | None, fail_fast: bool = False, engine: Engine | None = None,
                  is_part: bool = False) -> Outcome:
    """Runs a sweep under a bar; an interruption, or a failure that is to stop it, says how to go on: by `resume`, or,
    if the sweep `is_part` of what a command does, by that command, which says when all of it is complete."""
    # what refusals should not wait for
    from simulation.study.manifest import command_line
    from simulation.study.sweep import sweep

    bar = Bar()
    try:
        with watched(bar, SAME_COMMAND if is_part else f": {PROGRAM} resume {quote(str(path))}"):
            return sweep(plan, path, jobs, command_line(), bar, fail_fast, engine, lambda: _compiled_for(bar), is_part)
    except HistoryFailedError as error:
        bar.say(f"{error}; stopped after {bar.done} of {bar.total} histories; the traceback is in"
                f" {path / 'failures.jsonl'}; to go on with the others: {PROGRAM} resume {quote(str(path))}")
        raise typer.Exit(1) from None


def _compiled_for(bar: Bar) -> None:
    """Compiles what histories need, and says so above the bar."""
    from simulation.commands.compile import ONCE, compile_parts
    from simulation.compiled_code import WITHOUT_COMPILER
    from simulation.compiled_code.parts import HISTORIES, is_compiled

    if not (is_compiled(HISTORIES) or WITHOUT_COMPILER in os.environ):
        bar.say(f"compiling what histories need, {ONCE}")
        compile_parts([HISTORIES])


def at_work[Answer](jobs: int | None, points: int, work: Callable[[Any], Answer]) -> Answer:
    """Work that is given a way to have tasks done, in this process or in several, with its progress on standard
    error."""
    from simulation.commands.first_use import prepare
    from simulation.compiled_code.parts import EQUILIBRIA
    from simulation.study.executors import InProcess, LocalProcesses, one_thread_each

    prepare([EQUILIBRIA])
    number, bar = min(jobs or os.cpu_count() or 1, points), Bar(PARTS)
    with one_thread_each():
        executor = InProcess() if number == 1 else LocalProcesses(number)

        def run(function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
            asked = list(tasks)
            if not bar.total:
                bar.begin(2 * len(asked), 0)  # to be searched, and to be measured; what is followed comes on top
            bar.reach(bar.done + len(asked))
            futures = [executor.submit(function, task) for task in asked]
            for future in as_completed(futures):
                future.result()
                bar.advance(1)
            return [future.result() for future in futures]

        try:
            answer = work(run)
        except BrokenExecutor:
            raise WorkFailedError("a worker was killed, perhaps for want of memory; use fewer workers (-j)") from None
        finally:
            bar.end()
            executor.shutdown(cancel_futures=True)
    return answer
