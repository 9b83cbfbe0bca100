"""What a command says when somebody has to wait for it."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

SECONDS_BEFORE_A_WORD = 1.0
SECONDS_BETWEEN_LINES = 15.0


def _nothing() -> str:
    return ""


@contextmanager
def waiting(what: str, usually: str, done: Callable[[], str] = _nothing) -> Iterator[None]:
    """Says on standard error what goes on, how long it has taken, how far it has come (`done`, in words, where that is
    known) and how long it usually takes: after a second and by a running clock on a terminal, by a line now and then
    elsewhere."""
    is_over = threading.Event()
    teller = threading.Thread(target=_tell, args=(is_over, what, usually, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def lasting(seconds: float) -> str:
    """A length of time as it is told beforehand: not more exact than it can be known."""
    return "a few seconds" if seconds < 5.0 else f"about {math.ceil(seconds / 10.0) * 10} s"


def _tell(is_over: threading.Event, what: str, usually: str, done: Callable[[], str]) -> None:
    start = time.monotonic()
    if sys.stderr.isatty():
        if not is_over.wait(SECONDS_BEFORE_A_WORD):
            with _clock(what, usually) as shown:
                while not is_over.wait(SECONDS_BEFORE_A_WORD):
                    shown.update(shown.task_ids[0], description=done())
        return
    while not is_over.wait(SECONDS_BETWEEN_LINES):
        told = ", ".join(filter(None, (f"{time.monotonic() - start:.0f} s so far", done(), f"usually {usually}")))
        typer.echo(f"{what}: {told}", err=True)


def _clock(what: str, usually: str) -> Any:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from simulation.commands.console import Screen

    shown = Progress(SpinnerColumn(), TextColumn(what, markup=False), TimeElapsedColumn(),
                     TextColumn("{task.description}", markup=False), TextColumn(f"usually {usually}", markup=False),
                     console=Screen(stderr=True), transient=True)
    shown.add_task("")
    return shown
