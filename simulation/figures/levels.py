"""Factors of a design and their levels: which are meant by a name, which rows are at a level, many levels in bins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from simulation.errors import Refusal
from simulation.history.measures import MEASURES
from simulation.scenario.documentation import rounded
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.plan import WORLD
from simulation.study.tables import ADDRESS

POWER, SCENARIO = "major_power", "scenario"
CLOSE = 1e-9
"""Relative difference up to which two numbers are the same level."""
MOST_NAMED = 12
"""Levels that a message lists; of more, the ends."""


@dataclass(frozen=True, order=True)
class Bin:
    """Several levels of a factor that stand together: the smallest and the largest of them."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Where the bin stands on an axis of numbers."""
        return (self.low + self.high) / 2.0

    def __str__(self) -> str:
        return " to ".join(dict.fromkeys(rounded(end, 3) for end in (self.low, self.high)))


def distinct(values: pd.Series) -> list[Any]:
    """The values in a column: numbers, switches and bins sorted, texts in the order in which they come."""
    found = list(dict.fromkeys(values.dropna().tolist()))
    is_ordered = types.is_numeric_dtype(values) or types.is_bool_dtype(values) or all(
        isinstance(value, Bin) for value in found)
    return sorted(found) if is_ordered else found


def is_number(values: pd.Series) -> bool:
    """Whether a column holds numbers, switches not counted."""
    return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)


def varied(table: pd.DataFrame, own: Iterable[str] = ()) -> list[str]:
    """What varies in a table: columns that are neither address nor measure (`own`: a study's measures) with more than
    one value, with the scenario or folder first where there are several."""
    no_factor = {*ADDRESS, *MEASURES, *own, WORLD} - {SCENARIO}
    names = [name for name in table.columns if name not in no_factor]
    return [name for name in names if len(distinct(table[name])) > 1]


def factor_named(name: str, table: pd.DataFrame, factors: Iterable[str], asked: str = "") -> str:
    """The column that is meant: its name, or as many of the last keys of its path as tell it from the others.

    Raises `Refusal` where there is none, or several; asked: where it was asked for, for the message.
    """
    if name in table.columns and name not in MEASURES:
        return name
    known = list(factors)
    meant = ([factor for factor in known if factor.endswith(f".{name}")]
             or [column for column in table.columns if column.endswith(f".{name}")])  # of a design, but with one level
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise Refusal("several factors end so", found=shown(name), allowed=listed(meant), file=asked)
    raise Refusal("no such column in the table", found=shown(name), allowed=listed(known) or "none: nothing varies",
                  suggestion=nearest(name, [*known, *(factor.rpartition(".")[2] for factor in known)]), file=asked)


def at_levels(table: pd.DataFrame, levels: Mapping[str, Any]) -> pd.DataFrame:
    """The rows at a level of each of these columns; a pair of numbers (low, high) is all levels from one to the other.

    Raises `Refusal` for a level at which there is no row.
    """
    for name, level in levels.items():
        is_there = _at(table[name], level)
        if not is_there.any():
            raise Refusal("no history at this level", name, _level_text(level), _levels_text(distinct(table[name])),
                          file="at")
        table = table[is_there]
    return table


def _at(column: pd.Series, level: Any) -> pd.Series:
    if isinstance(level, tuple):
        if not is_number(column):
            return pd.Series(False, index=column.index)
        return (column >= level[0]) & (column <= level[1])
    if is_number(column):
        is_given = isinstance(level, int | float) and not isinstance(level, bool)
        return pd.Series(is_given and np.isclose(column.to_numpy(dtype=float), level, rtol=CLOSE, atol=0.0),
                         index=column.index)
    if not isinstance(level, str) and not types.is_bool_dtype(column):  # a column of texts holds other values as JSON
        level = json.dumps(level, sort_keys=True)
    return column == level


def _level_text(level: Any) -> str:
    return f"{rounded(level[0], 6)} to {rounded(level[1], 6)}" if isinstance(level, tuple) else shown(level)


def _levels_text(levels: list[Any]) -> str:
    if len(levels) > MOST_NAMED and isinstance(levels[0], int | float):
        return f"{len(levels)} levels from {rounded(levels[0], 6)} to {rounded(levels[-1], 6)}, or low:high"
    return listed(shown(level) for level in levels[:MOST_NAMED])


def binned(column: pd.Series, number: int) -> tuple[pd.Series, str]:
    """Numbers in bins with the same number of different levels in each, as near as may be; and words for a caption."""
    levels = distinct(column)
    parts = [part for part in np.array_split(np.array(levels, dtype=float), number) if part.size]
    bins = [Bin(float(part[0]), float(part[-1])) for part in parts]
    ends = np.array([one.high for one in bins])
    places = np.searchsorted(ends, column.to_numpy(dtype=float))
    sizes = sorted({part.size for part in parts})
    told = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} or {sizes[-1]}"
    found = pd.Series([bins[place] for place in places], index=column.index, dtype=object)
    return found, f"{len(levels)} values in {len(bins)} bins of {told}, averaged with the same weight"
