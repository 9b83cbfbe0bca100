"""What a page is made of: sections of paragraphs, tables and pictures, without a word of HTML.

`kind` tells the template how to set a part.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

NOTHING = "–"
SIGNIFICANT_DIGITS = 4
WIDE = 9
"""Columns from which on a table is set in small type."""
LONG, VERY_LONG = 1e4, 1e9
"""Numbers between these are written out to the last whole one, and not with a power of ten."""


@dataclass(frozen=True)
class Cell:
    """What stands in a table.

    text : what is read; small : what stands below it in small type; value : the number to the last bit, for programs;
    is_number : set to the right.
    """

    text: str
    small: str = ""
    value: float | int | None = None
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption above and a note below; `heads` are as many as the cells of each row."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    name: str = ""
    kind: str = field(default="table", init=False)

    @property
    def is_wide(self) -> bool:
        """Whether it needs small type to fit a page."""
        return len(self.heads) >= WIDE

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, and are set to the right."""
        return tuple(any(row[place].is_number for row in self.rows) for place in range(len(self.heads)))


@dataclass(frozen=True)
class Picture:
    """A picture: where it comes from (a data address), what it shows in words, its caption, its width in pixels."""

    source: str
    words: str
    caption: str
    width: int
    kind: str = field(default="picture", init=False)


@dataclass(frozen=True)
class Words:
    """A paragraph; `manner` is plain, heading, warning, code or quote."""

    text: str
    manner: str = "plain"
    kind: str = field(default="words", init=False)


@dataclass(frozen=True)
class Facts:
    """Names with what there is to say of each."""

    entries: tuple[tuple[str, str], ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Link:
    """A text that ends in an address on the net: the only kind of part that names one."""

    text: str
    address: str
    kind: str = field(default="link", init=False)


Part = Table | Picture | Words | Facts | Link


@dataclass(frozen=True)
class Section:
    """A section of the page; `name` is its anchor."""

    name: str
    title: str
    parts: tuple[Part, ...]


def number(value: float, digits: int = SIGNIFICANT_DIGITS) -> Cell:
    """A number to so many significant digits; a dash for NaN."""
    if math.isnan(value):
        return Cell(NOTHING, is_number=True)
    text = f"{value:,.0f}" if LONG <= abs(value) < VERY_LONG else f"{value:z.{digits}g}"
    return Cell(text, value=value, is_number=True)


def fixed(value: float, digits: int) -> str:
    """A number to so many digits after the point; a dash for NaN."""
    return NOTHING if math.isnan(value) else f"{value:z.{digits}f}"


def interval(low: float, high: float, digits: int = 3) -> str:
    """``[0.19, 0.23]`` to so many significant digits; nothing where there is none."""
    return "" if math.isnan(low) or math.isnan(high) else f"[{low:.{digits}g}, {high:.{digits}g}]"


def cell(value: Any) -> Cell:
    """Any value of a table or of a scenario."""
    if value is None or value == "":
        return Cell(NOTHING)
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return Cell(str(bool(value)).lower())
    if isinstance(value, str):
        return Cell(value)
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        plain = value.item() if hasattr(value, "item") else value
        return Cell(str(plain), value=plain, is_number=True) if isinstance(plain, int) else number(plain)
    return Cell(json.dumps(value, ensure_ascii=False))


def frame_table(frame: pd.DataFrame, caption: str, heads: Mapping[str, str], note: str = "", name: str = "",
                most: int | None = None) -> Table:
    """A table of the columns of a frame that are named in `heads`, in that order; at most so many rows, and says so."""
    columns = [column for column in heads if column in frame]
    shown = frame if most is None else frame.head(most)
    texts = shown[columns].astype(object).where(shown[columns].notna(), None)  # a gap among texts is no number
    rows = tuple(tuple(map(cell, row)) for row in texts.itertuples(index=False, name=None))
    if len(shown) < len(frame):
        note = " ".join(filter(None, [note, f"{len(frame) - len(shown)} rows more are in the folder's table."]))
    return Table(caption, tuple(heads[column] for column in columns), rows, note, name)


def words_of(parts: Iterable[str]) -> str:
    """Names as a list in a sentence."""
    found: Sequence[str] = list(parts)
    return " and ".join(filter(None, [", ".join(found[:-1]), found[-1]])) if found else "none"
