"""Where states lie: the capitals of the states of the Correlates of War list, for maps."""

from __future__ import annotations

import functools
from importlib.resources import files

import pandas as pd

FILE = "capitals.csv"


@functools.cache
def capitals() -> pd.DataFrame:
    """Latitude and longitude of the capitals, degrees, by COW abbreviation."""
    with files("simulation.record").joinpath(FILE).open(encoding="utf-8") as file:
        return pd.read_csv(file, comment="#", index_col="state", keep_default_na=False)
