"""A table of text from a CSV file, each row with its line.

What kinds of files are read, `study.separated_text` says; row numbers as R writes them in a first column without a name
are passed over.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from simulation.errors import Refusal
from simulation.record.columns import MISSING
from simulation.study.separated_text import read_separated

HEADER = 1


class Text(NamedTuple):
    """A table as it stands in a file: text, missing values as None; the index of a row is its line in the file."""

    cells: pd.DataFrame
    file: str
    has_decimal_commas: bool


def read_text(path: Path) -> Text:
    """The table in a file. Raises `Refusal` if it cannot be read, is empty, or has a row of another length."""
    text, separator, has_decimal_commas = read_separated(path)
    if not text.strip():
        raise Refusal("an empty file", allowed="a table with a row of column names", file=str(path))
    lines = _lines(text, separator, path)
    try:
        cells = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, header=None,
                            skip_blank_lines=False, index_col=False, engine="c")
    except pd.errors.ParserError as error:
        raise Refusal("not a table", found=str(error).removeprefix("Error tokenizing data. C error: ").strip(),
                      allowed="every quotation mark closed on its line", file=str(path)) from None
    cells.index = pd.Index(lines)
    return Text(_with_names(cells, path), str(path), has_decimal_commas)


def _lines(text: str, separator: str, path: Path) -> list[int]:
    """The line on which each row begins. Raises `Refusal` for a row of another length than the first."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns, begins, lines = 0, 1, []
    for row in rows:
        columns = columns or len(row)
        if len(row) != columns and any(value.strip() for value in row):
            raise Refusal("a row of another length", found=f"{len(row)} values",
                          allowed=f"{columns}, as there are columns", file=str(path), line=begins)
        lines.append(begins)
        begins = rows.line_num + 1
    return lines


def _with_names(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The rows below the names, by line, without R's row numbers and without blank rows."""
    names = ["" if pd.isna(name) else str(name).strip() for name in cells.iloc[0]]
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise Refusal("a column twice", twice[0], file=str(path), line=HEADER)
    rows = cells.iloc[1:].set_axis(names, axis="columns")
    rows = rows[~rows.isin(MISSING).all(axis="columns")]
    if rows.empty:
        raise Refusal("an empty table", found="column names alone", allowed="a row for each dyad and year",
                      file=str(path))
    kept = rows[[name for name in names if name]].apply(lambda column: column.str.strip())
    return kept.astype(object).where(~kept.isin(MISSING), None)
