"""Reading the CSV tables of results folders; called by commands that draw them again and by `report`."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from simulation.errors import ResultsError


def csv_table(path: Path) -> pd.DataFrame:
    """A table of a results folder. Raises `ResultsError` if there is none, or one that cannot be read.

    A row with a cell too many is refused: left alone, pandas takes the first cells as an index and shifts the rest.
    """
    try:
        text = path.read_text(encoding="utf-8")
        _refuse_ragged(path, text)
        return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])  # a code such as NA is no gap
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; the command has to be run again") from None
    except (OSError, ValueError, csv.Error) as error:
        raise ResultsError(f"{path}: cannot be read ({str(error).splitlines()[0]})") from None


def _refuse_ragged(path: Path, text: str) -> None:
    """Raises `ResultsError` for a row that is longer or shorter than the heading."""
    rows = csv.reader(io.StringIO(text))
    heading = next(rows, [])
    for row in rows:
        if row and len(row) != len(heading):
            raise ResultsError(f"{path}, line {rows.line_num}: a row of another length; found {len(row)} cells,"
                               f" allowed: {len(heading)}, as in the heading")
