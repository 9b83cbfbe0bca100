"""From the table of a sweep to what a figure may show: conditions, the histories in each, and how many do not count.

A history in which a measure does not exist (autonomy given a pact, without pacts) is left out of its mean and counted;
so is one that failed. Called by the figures that compare conditions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from simulation.errors import Refusal
from simulation.figures.labels import measured_with, parameter_label, value_label
from simulation.history.measures import MEASURES
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.histories import SUCCEEDED
from simulation.study.tables import ADDRESS

ALL = "all histories"


@dataclass(frozen=True)
class Comparison:
    """The rows of a table that a figure is about.

    Attributes
    ----------
    rows : one row per history of one major power, failed ones included.
    by : column that tells the conditions apart; empty if there is one condition.
    within : column that tells the panels apart; empty if there is one panel.
    conditions, panels : the values of both, in order.
    remarks : what a reader must know of rows left out or put together.
    """

    rows: pd.DataFrame
    by: str
    within: str
    conditions: list[Any]
    panels: list[Any]
    remarks: list[str]

    def histories(self, condition: Any, panel: Any) -> pd.DataFrame:
        """The histories of a condition in a panel that succeeded."""
        rows = self.rows
        for column, value in ((self.by, condition), (self.within, panel)):
            if column:
                rows = rows[rows[column] == value]
        return rows[has_succeeded(rows)]

    def values(self, measure: str, condition: Any, panel: Any) -> np.ndarray:
        """A measure in the histories of a condition in a panel; NaN where it does not exist."""
        return np.asarray(self.histories(condition, panel)[measure], dtype=float)

    def is_numeric(self) -> bool:
        """Whether the conditions are numbers, so that distances between them mean something."""
        return bool(self.by) and _is_number(self.rows[self.by])


def comparison(table: pd.DataFrame, measures: Iterable[str], by: str | None, within: str | None,
               power: str | None) -> Comparison:
    """What of a table a figure is to show.

    Raises `Refusal` if the table has no row or lacks a column, a measure is not made of numbers, or the table has
    several major powers and `power` names none.
    """
    measures = list(measures)
    _refuse_missing_columns(table, [*measures, *(column for column in (by, within) if column)])
    if by and by == within:
        raise Refusal("the same column twice", found=by, allowed="two different columns")
    for measure in measures:
        if not types.is_numeric_dtype(table[measure]):
            raise Refusal("not a column of numbers", found=measure)
    rows = _of_power(table, power)
    remarks = []
    keys = [column for column in (by, within) if column]
    if keys:
        is_known = rows[keys].notna().all(axis=1)
        if not is_known.all():
            remarks.append(f"{(~is_known).sum()} rows without a value of {' or '.join(keys)} are left out.")
            rows = rows[is_known]
    if rows.empty:
        raise Refusal("no history in the table" + (f" of {power}" if power else ""))
    return Comparison(rows, by or "", within or "", _ordered(rows, by), _ordered(rows, within),
                      remarks + _remarks(rows, keys))


def has_succeeded(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of histories that came to their end."""
    if "status" not in rows:
        return pd.Series(True, index=rows.index)
    return rows["status"] == SUCCEEDED


def counts(compared: Comparison, measure: str) -> tuple[list[str], list[list[list[int]]]]:
    """Headings, and per panel and condition the numbers under them: histories, and those in which the measure exists.

    The second is left out where all count.
    """
    numbers = [[[values.size, int((~np.isnan(values)).sum())] for values in (
        compared.values(measure, condition, panel) for condition in compared.conditions)]
        for panel in compared.panels]
    if all(total == existing for panel in numbers for total, existing in panel):
        return ["histories"], [[[total] for total, _ in panel] for panel in numbers]
    return ["histories", measured_with(measure)], numbers


def distinct(values: pd.Series) -> list[Any]:
    """The values in a column: numbers and switches sorted, texts in the order in which they come."""
    found = list(dict.fromkeys(values.dropna().tolist()))
    return sorted(found) if types.is_numeric_dtype(values) or types.is_bool_dtype(values) else found


def varied(table: pd.DataFrame) -> list[str]:
    """Columns that are neither address nor measure and have more than one value."""
    return [name for name in table.columns
            if name not in ADDRESS and name not in MEASURES and len(distinct(table[name])) > 1]


def _ordered(rows: pd.DataFrame, column: str | None) -> list[Any]:
    return distinct(rows[column]) if column else [ALL]


def _is_number(values: pd.Series) -> bool:
    return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)


def _refuse_missing_columns(table: pd.DataFrame, columns: list[str]) -> None:
    for name in columns:
        if name not in table.columns:
            known = [column for column in table.columns if (column in MEASURES) == (name in MEASURES)]
            raise Refusal("no such column in the table", found=shown(name), allowed=listed(known),
                          suggestion=nearest(name, table.columns))


def _of_power(table: pd.DataFrame, power: str | None) -> pd.DataFrame:
    """The rows of one major power; histories of several are never put together."""
    if "major_power" not in table:
        return table
    powers = distinct(table["major_power"])
    if power is None and len(powers) > 1:
        raise Refusal("several major powers in the table", allowed=f"one of {listed(powers)}")
    if power is not None and power not in powers:
        raise Refusal("no such major power in the table", found=shown(power), allowed=listed(powers),
                      suggestion=nearest(power, powers))
    return table if power is None else table[table["major_power"] == power]


def _remarks(rows: pd.DataFrame, keys: list[str]) -> list[str]:
    """What was put together or left out."""
    remarks = []
    failed = int((~has_succeeded(rows)).sum())
    if failed:
        remarks.append(f"{failed} of {len(rows)} histories failed and are left out.")
    pooled = [name for name in varied(rows) if name not in keys]
    if "scenario" in rows and rows["scenario"].nunique() > 1:
        pooled.insert(0, "scenario")
    for name in pooled:
        values = distinct(rows[name])
        told = ", ".join(map(value_label, values)) if len(values) <= 6 else f"{len(values)} values"
        remarks.append(f"Put together: {parameter_label(name)}: {told}.")
    return remarks


def is_missing(value: float) -> bool:
    """Whether there is no number."""
    return math.isnan(value)
