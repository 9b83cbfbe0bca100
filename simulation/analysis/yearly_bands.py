"""How histories are spread in every year: the table behind the figure over the years."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.scenario.validation import listed

SHOWN: dict[str, tuple[str, str | None]] = {
    "number_of_pacts": ("pacts", None), "commitment_given_pact": ("commitment", "pacts"),
    "autonomy_given_pact": ("autonomy", "pacts")}
"""Measures of a year: the yearly series, and what it is divided by; a year without pacts has no mean over them."""
LEVELS = {"low_90": 0.05, "low_50": 0.25, "median": 0.5, "high_50": 0.75, "high_90": 0.95}
"""Quantiles over histories: the ends of the middle 90% and 50%, and the median."""
SERIES_NEEDED = ("run_id", "major_power", "year", "pacts", "commitment", "autonomy")


def yearly_bands(series: pd.DataFrame, power: str, by: str | None = None, within: str | None = None) -> pd.DataFrame:
    """Quantiles over histories, year by year, for every condition.

    series : the table `series` of a sweep, a row per history, year and major power.
    by, within : columns that tell conditions and panels apart.

    Returns a row per measure, panel, condition and year with the columns panel, condition (empty where there is one),
    measure, year, those of `LEVELS`, measured (histories in which the measure exists that year) and histories. A
    quantile is the smallest value that so many histories do not exceed, so a number of pacts stays a whole number; it
    is NaN where no history has the measure. Raises `Refusal` if a column is missing.
    """
    keys = [key for key in (within, by) if key]
    missing = [name for name in (*SERIES_NEEDED, *keys) if name not in series]
    if missing:
        raise Refusal("yearly series: columns missing", found=listed(map(str, series.columns)), allowed=listed(missing))
    own = series[series["major_power"] == power]
    groups = own.groupby(keys, sort=False) if keys else [((), own)]
    parts = [_of_group(rows, dict(zip(keys, key, strict=True)), by, within) for key, rows in groups]
    columns = ["panel", "condition", "measure", "year", *LEVELS, "measured", "histories"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _of_group(rows: pd.DataFrame, values: dict[Any, Any], by: str | None, within: str | None) -> pd.DataFrame:
    wide = {name: rows.pivot(index="run_id", columns="year", values=name) for name, _ in SHOWN.values()}
    parts = []
    for measure, (name, over) in SHOWN.items():
        found = wide[name] if over is None else wide[name] / wide[over].where(wide[over] > 0)
        parts.append(pd.DataFrame({
            "panel": values.get(within, ""), "condition": values.get(by, ""), "measure": measure, "year": found.columns,
            **dict(zip(LEVELS, _quantiles(found.to_numpy()), strict=True)), "measured": found.notna().sum().to_numpy(),
            "histories": len(found)}))
    return pd.concat(parts, ignore_index=True)


def _quantiles(found: np.ndarray) -> np.ndarray:
    """A row per level, a column per year."""
    with warnings.catch_warnings():  # a year in which no history has the measure is NaN, and shown as a gap
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        return np.asarray(np.nanquantile(found, list(LEVELS.values()), axis=0, method="inverted_cdf"))
