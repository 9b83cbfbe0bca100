"""How tables reach the screen, or a pipe or a file: plain columns."""

from __future__ import annotations

import math
import sys
from typing import Any, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

PLAIN_WIDTH = 160
ROOMY = 100


class Screen(Console):
    """A console that tells the command line of a closed pipe as of any other; the library would leave with status 1."""

    def on_broken_pipe(self) -> None:
        """Raises what the library has caught."""
        raise BrokenPipeError


def console() -> Console:
    """Standard output, without colours for numbers; wide enough where there is no terminal to say how wide it is."""
    return Screen(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def new_table(title: str | None = None) -> Table:
    """An empty table, plain columns under their headings, with its title at the left."""
    gap = 2 if console().width >= ROOMY else 1
    line = None if title is None else Text(title, no_wrap=True, overflow="ignore")  # else as narrow as the table
    return Table(title=line, title_justify="left", title_style="", box=None, pad_edge=False, padding=(0, gap, 0, 0))


def add_columns(table: Table, *columns: tuple[str, Literal["left", "right"]]) -> None:
    """Adds columns by heading and side, two headings of one name among them."""
    for heading, side in columns:
        table.add_column(heading, justify=side)


def print_whole(screen: Console, table: Table) -> None:
    """Prints a table in which no word of a heading and no cell is broken or cut: wider than the screen, if need be."""
    gap = 2 if screen.width >= ROOMY else 1
    needed = gap * len(table.columns)
    for column in table.columns:
        column.min_width = max(map(cell_len, (*str(column.header).split(), *map(str, column.cells))))
        needed += column.min_width
    screen.print(table, width=max(screen.width, needed), crop=False)


def or_null(value: Any) -> Any:
    """A value as JSON can hold it: NaN is null."""
    return None if isinstance(value, float) and math.isnan(value) else value
