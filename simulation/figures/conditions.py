"""From the table of a sweep to what a figure may show: conditions, the histories in each, and how many do not count.

A history in which a measure does not exist (autonomy given a pact, without pacts) is left out of its mean and counted;
so is one that failed. Histories of several cells of the design are never taken for draws from one distribution: where a
place in a figure holds several cells, each cell is one value, its mean, and the mean of all gives each the same weight.
Called by the figures that compare conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from simulation.errors import Refusal
from simulation.figures.labels import measured_with, parameter_label, value_label
from simulation.figures.levels import POWER, Bin, at_levels, binned, distinct, factor_named, is_number, varied
from simulation.history.measures import MEASURES
from simulation.scenario.documentation import rounded
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.histories import SUCCEEDED
from simulation.study.joined_tables import FOLDER
from simulation.study.marginal_means import marginal_mean
from simulation.study.ranges import range_of
from simulation.study.summary import Estimate

ALL = "all histories"
CELL = "cell of the design"
"""A column of our own: the number of the cell to which a row belongs."""
MOST_TOLD = 6
"""Levels that a caption lists."""
MOST_SAMPLED = 12
"""Levels of a factor that are shown one by one where each is that of a single point among many that differ in all."""


@dataclass(frozen=True)
class Mark:
    """What stands at one place of a figure: a measure in the histories of one cell of the design, or of several.

    Attributes
    ----------
    values : what is spread: of one cell a number per history, of several cells the mean of each; NaN where the measure
        does not exist.
    found : the mean with its 95% interval; of several cells the mean of their means.
    cells : number of cells.
    histories, existing : histories that succeeded, and those of them in which the measure exists.
    """

    values: np.ndarray
    found: Estimate
    cells: int
    histories: int
    existing: int


@dataclass(frozen=True)
class Comparison:
    """The rows of a table that a figure is about.

    Attributes
    ----------
    rows : one row per history and major power, failed ones included.
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
    ranges: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _groups(self) -> dict[Any, pd.DataFrame]:
        """The histories that succeeded, by panel and condition."""
        rows = self.rows[has_succeeded(self.rows)]
        keys = [column for column in (self.within, self.by) if column]
        if not keys:
            return {(ALL, ALL): rows}
        return {((key[0] if self.within else ALL), (key[-1] if self.by else ALL)): own
                for key, own in rows.groupby(keys, sort=False)}

    def histories(self, condition: Any, panel: Any) -> pd.DataFrame:
        """The histories of a condition in a panel that succeeded."""
        return self._groups.get((panel, condition), self.rows[:0])

    def values(self, measure: str, condition: Any, panel: Any) -> np.ndarray:
        """A measure in the histories of a condition in a panel; NaN where it does not exist."""
        return np.asarray(self.histories(condition, panel)[measure], dtype=float)

    def mark(self, measure: str, condition: Any, panel: Any) -> Mark:
        """What stands at the place of a condition in a panel."""
        key = measure, condition, panel
        if key not in self._marks:
            self._marks[key] = self._mark(*key)
        return self._marks[key]

    @cached_property
    def _marks(self) -> dict[Any, Mark]:
        """The marks that were asked for: most are several times."""
        return {}

    def _mark(self, measure: str, condition: Any, panel: Any) -> Mark:
        rows = self.histories(condition, panel)
        values, cells = self.values(measure, condition, panel), rows[CELL].to_numpy()
        replications = rows["replication"].to_numpy() if "replication" in rows else np.arange(len(rows))
        found = marginal_mean(values, cells, replications, self.ranges.get(measure, range_of(measure)))
        number, existing = np.unique(cells).size, int((~np.isnan(values)).sum())
        if number > 1:
            values = pd.Series(values).groupby(cells).mean().to_numpy()
        return Mark(values, found, number, len(rows), existing)

    def marks(self, measure: str, panel: Any) -> list[Mark]:
        """What stands in a panel, condition by condition."""
        return [self.mark(measure, condition, panel) for condition in self.conditions]

    @cached_property
    def most_cells(self) -> int:
        """Cells at the place that holds most of them; 1 where every place is one condition of the design."""
        return max((own[CELL].nunique() for own in self._groups.values()), default=0)

    def is_numeric(self) -> bool:
        """Whether the conditions are numbers, so that distances between them mean something."""
        return bool(self.by) and (is_number(self.rows[self.by]) or isinstance(self.conditions[0], Bin))

    def places(self) -> np.ndarray:
        """Where the conditions stand: at their values where these are numbers, else one beside the other."""
        if not self.is_numeric():
            return np.arange(len(self.conditions), dtype=float)
        return np.array([value.middle if isinstance(value, Bin) else float(value) for value in self.conditions])


@dataclass(frozen=True)
class Choice:
    """What of a table is wanted.

    Attributes
    ----------
    by, within : factors, by the column's name or the last keys of its path; `major_power` is one.
    power : code of the major power; needed where the table has several and none of the factors tells them apart.
    at : levels of factors at which alone histories are taken.
    own : names of measures beside those of every sweep; ranges: between what they lie.
    bins : into how many a factor with more than `most_levels` numbers is put (`by`, `within`); 0 for none.
    """

    by: str | None = None
    within: str | None = None
    power: str | None = None
    at: Mapping[str, Any] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    ranges: Mapping[str, Any] = field(default_factory=dict)
    bins: int = 10
    most_levels: tuple[int, int] = (40, 40)


def comparison(table: pd.DataFrame, measures: Iterable[str], choice: Choice) -> Comparison:
    """What of a table a figure is to show.

    Raises `Refusal` if the table has no row or lacks a column, a measure is not made of numbers, or the table has
    several major powers and nothing tells them apart.
    """
    measures = list(measures)
    _refuse_unfit_measures(table, measures, choice.own)
    factors = varied(table, choice.own)
    by, within = (factor_named(name, table, factors, asked) if name else ""
                  for asked, name in (("by", choice.by), ("within", choice.within)))
    if by and by == within:
        raise Refusal("the same column twice", found=by, allowed="two different columns", file="within")
    keys = [column for column in (by, within) if column]
    rows = table if POWER in keys else _of_power(table, choice.power)
    at = {factor_named(name, table, factors, "at"): level for name, level in choice.at.items()}
    rows, remarks = _with_levels(at_levels(rows, at), keys)
    if rows.empty:
        raise Refusal("no history in the table" + (f" of {choice.power}" if choice.power else ""))
    of_design = [name for name in varied(rows, choice.own) if name != POWER]
    rows = rows.assign(**{CELL: rows.groupby(of_design, sort=False, dropna=False).ngroup() if of_design else 0})
    if FOLDER in of_design and FOLDER not in keys:
        raise Refusal("several folders in the table", allowed=f"{FOLDER} as a factor, or one of them by `at`")
    remarks = [*_held(at), *remarks, *_of_failures(rows)]
    original, left_out = rows, [name for name in of_design if name not in keys]
    for column, most in zip((by, within), choice.most_levels, strict=True):
        if not choice.bins or not column or not is_number(rows[column]):
            continue
        most = min(most, MOST_SAMPLED) if left_out and _is_sampled(original, column) else most
        if rows[column].nunique() > most:
            levels, words = binned(rows[column], min(choice.bins, most))
            rows = rows.assign(**{column: levels})
            remarks.append(f"{parameter_label(column)}: {words}.")
    remarks += _of_cells(rows[has_succeeded(rows)], keys, left_out, original[has_succeeded(original)])
    conditions, panels = (distinct(rows[name]) if name else [ALL] for name in (by, within))
    return Comparison(rows, by, within, conditions, panels, remarks, choice.ranges)


def has_succeeded(rows: pd.DataFrame) -> pd.Series:
    """Which rows are of histories that came to their end."""
    if "status" not in rows:
        return pd.Series(True, index=rows.index)
    return rows["status"] == SUCCEEDED


def counts(compared: Comparison, measure: str) -> tuple[list[str], list[list[list[int]]]]:
    """Headings, and per panel and condition the numbers under them: histories, and those in which the measure exists.

    The second is left out where all count.
    """
    numbers = [[[mark.histories, mark.existing] for mark in compared.marks(measure, panel)]
               for panel in compared.panels]
    if all(total == existing for panel in numbers for total, existing in panel):
        return ["histories"], [[[total] for total, _ in panel] for panel in numbers]
    return ["histories", measured_with(measure)], numbers


def _refuse_unfit_measures(table: pd.DataFrame, measures: list[str], own: tuple[str, ...]) -> None:
    for name in measures:
        if name not in table.columns:
            known = [column for column in table.columns if column in MEASURES or column in own]
            raise Refusal("no such column in the table", found=shown(name), allowed=listed(known),
                          suggestion=nearest(name, known), file="measure")
        if not types.is_numeric_dtype(table[name]):
            raise Refusal("not a column of numbers", found=name)


def _of_power(table: pd.DataFrame, power: str | None) -> pd.DataFrame:
    """The rows of one major power; histories of several are never put together."""
    if POWER not in table:
        return table
    powers = distinct(table[POWER])
    if power is None and len(powers) > 1:
        raise Refusal("several major powers in the table", allowed=f"one of {listed(powers)}", file="power")
    if power is not None and power not in powers:
        raise Refusal("no such major power in the table", found=shown(power), allowed=listed(powers),
                      suggestion=nearest(power, powers), file="power")
    return table if power is None else table[table[POWER] == power]


def _with_levels(rows: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """The rows that have a level of every factor, and what is to be said of the others."""
    has_all = rows[keys].notna().all(axis=1) if keys else pd.Series(True, index=rows.index)
    if has_all.all():
        return rows, []
    return rows[has_all], [f"{(~has_all).sum()} rows without a value of {' or '.join(keys)} are left out."]


def _held(at: Mapping[str, Any]) -> list[str]:
    told = [f"{parameter_label(name)}: " + (" to ".join(rounded(end, 6) for end in level) if isinstance(level, tuple)
                                            else value_label(level)) for name, level in at.items()]
    return [f"At {'; '.join(told)}."] if told else []


def _of_failures(rows: pd.DataFrame) -> list[str]:
    failed = int((~has_succeeded(rows)).sum())
    return [f"{failed} of {len(rows)} histories failed and are left out."] if failed else []


def _of_cells(rows: pd.DataFrame, keys: list[str], left_out: list[str], original: pd.DataFrame) -> list[str]:
    """What a reader must know of factors that the figure does not show; rows, original: of histories that came to their
    end."""
    if not left_out or rows.empty:
        return []
    told = "; ".join(f"{parameter_label(name)}: {_levels(distinct(original[name]))}" for name in left_out)
    if len(left_out) > MOST_TOLD:
        told = f"{len(left_out)} other factors"
    groups = rows.groupby(keys, sort=False)[CELL].nunique() if keys else pd.Series([rows[CELL].nunique()])
    number = f"{groups.min()} to {groups.max()}" if groups.min() < groups.max() else f"{groups.max()}"
    averaged = [f"Averaged over {number} cells, each with the same weight: {told}."] if groups.max() > 1 else []
    if is_crossed(original, keys, left_out):
        return averaged
    return [*averaged, "The design does not cross what is shown with what is not: marks differ in both"
            + ("" if averaged else f" ({told})") + ", and intervals are of luck alone."]


def _is_sampled(rows: pd.DataFrame, column: str) -> bool:
    """Whether every level of a factor is that of a single cell, as in a sample of the parameter space."""
    number = rows[column].nunique()
    return number > MOST_SAMPLED and bool(rows[CELL].nunique() == number)


def _levels(levels: list[Any]) -> str:
    if len(levels) <= MOST_TOLD:
        return ", ".join(map(value_label, levels))
    ends = f" from {rounded(levels[0], 4)} to {rounded(levels[-1], 4)}" if isinstance(levels[0], int | float) else ""
    return f"{len(levels)} values{ends}"


def is_crossed(rows: pd.DataFrame, keys: list[str], left_out: list[str]) -> bool:
    """Whether every combination of the factors that are shown has the same ones of those that are not."""
    if not keys or not left_out:
        return True
    others = rows.groupby(left_out, sort=False, dropna=False).ngroup()
    sets = [frozenset(own) for _, own in others.groupby([rows[key] for key in keys], sort=False)]
    return all(one == sets[0] for one in sets)



def refuse_crowds(compared: Comparison, most_conditions: int, most_panels: int) -> None:
    """Raises `Refusal` where more is to be told apart than can be."""
    for column, values, most in ((compared.by, compared.conditions, most_conditions),
                                 (compared.within, compared.panels, most_panels)):
        if len(values) > most:
            raise Refusal("too many values to tell apart", column, str(len(values)), f"at most {most}")
