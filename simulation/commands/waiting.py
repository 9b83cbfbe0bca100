"""What a command says when somebody has to wait for it."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

SECONDS_BEFORE_A_WORD = 1.0
SECONDS_BETWEEN_LINES = 15.0


@contextmanager
def waiting(what: str, usually: str) -> Iterator[None]:
    """Says on standard error what goes on, how long it has taken and how long it usually takes: after a second and by a
    running clock on a terminal, by a line now and then elsewhere."""
    is_over = threading.Event()
    teller = threading.Thread(target=_tell, args=(is_over, what, usually), daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def lasting(seconds: float) -> str:
    """A length of time as it is told beforehand: not more exact than it can be known."""
    return "a few seconds" if seconds < 5.0 else f"about {math.ceil(seconds / 10.0) * 10} s"


def _tell(is_over: threading.Event, what: str, usually: str) -> None:
    start = time.monotonic()
    if sys.stderr.isatty():
        if not is_over.wait(SECONDS_BEFORE_A_WORD):
            with _clock(what, usually):
                is_over.wait()
        return
    while not is_over.wait(SECONDS_BETWEEN_LINES):
        typer.echo(f"{what}: {time.monotonic() - start:.0f} s so far, usually {usually}", err=True)


def _clock(what: str, usually: str) -> Any:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from simulation.commands.console import Screen

    shown = Progress(SpinnerColumn(), TextColumn(what, markup=False), TimeElapsedColumn(),
                     TextColumn(f"usually {usually}", markup=False), console=Screen(stderr=True), transient=True)
    shown.add_task("")
    return shown
