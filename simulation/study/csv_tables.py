"""Reading the CSV tables of results folders; called by commands that draw them again and by `report`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulation.errors import ResultsError


def csv_table(path: Path) -> pd.DataFrame:
    """A table of a results folder. Raises `ResultsError` if there is none that can be read."""
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])  # a code such as NA is no gap
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; the command has to be run again") from None
    except (OSError, ValueError):
        raise ResultsError(f"{path}: cannot be read") from None
