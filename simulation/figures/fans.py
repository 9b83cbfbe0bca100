"""Histories over the years: the median, and the bands in which half and nine tenths of them lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulation.analysis.yearly_bands import LEVELS
from simulation.errors import Refusal
from simulation.figures.labels import level_label, measure_label, measured_with, parameter_label
from simulation.figures.levels import distinct
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREY,
    ONE_COLUMN,
    SMALL,
    TWO_COLUMNS,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)

COLUMNS = ("panel", "condition", "measure", "year", *LEVELS, "measured", "histories")
MOST_CONDITIONS, MOST_PANELS = 5, 6
PANEL_HEIGHT = 1.25
BANDS = (("low_90", "high_90", 0.22), ("low_50", "high_50", 0.5))
STEPS = (1, 2, 5, 10)
FEW = 20
"""Below so many histories the band of nine tenths ends at the lowest and the highest of them."""


def fans_figure(bands: pd.DataFrame, by: str | None = None, within: str | None = None,
                remarks: Sequence[str] = ()) -> Figure:
    """Small multiples over the years: a column for every condition, a row for every measure, or, of one, every panel.

    Parameters
    ----------
    bands : as `analysis.yearly_bands` gives it; of one measure where there are panels.
    by, within : what tells conditions and panels apart, for the labels.
    remarks : what a reader must know of rows left out or put together.

    Of more conditions than fit, some are shown, evenly spread, and the note says so. Raises `Refusal` if the table
    lacks columns or rows, or has panels of several measures, or too many.
    """
    refuse_unfit(bands, COLUMNS, "histories over the years")
    measures, panels = (list(dict.fromkeys(bands[name])) for name in ("measure", "panel"))
    if within and len(measures) > 1:
        raise Refusal("histories over the years: panels of several measures", found=str(len(measures)), allowed="one")
    if within and len(panels) > MOST_PANELS:
        raise Refusal("too many values to tell apart", within, str(len(panels)), f"at most {MOST_PANELS}")
    conditions = distinct(bands["condition"])
    shown = spread(conditions, MOST_CONDITIONS)
    rows = distinct(bands["panel"]) if within else measures
    with printed():
        figure = _drawn(bands, "panel" if within else "measure", rows, shown, _heading(measures, by, within))
        _label(figure, bands, by, within, rows, shown)
        add_note(figure, *_notes(bands[bands["condition"].isin(shown)], len(shown), len(conditions)), *remarks)
    return figure


def _heading(measures: list[str], by: str | None, within: str | None) -> str:
    """What tells the columns apart, and the rows where they are panels."""
    if not within:
        return parameter_label(by) if by else ""
    columns = f"; columns: {parameter_label(by)}" if by else ""
    return f"{measure_label(measures[0])}{columns}; rows: {parameter_label(within)}"


def spread(values: Sequence[Any], most: int) -> list[Any]:
    """All of the values, or as many as may be: the first, the last, and evenly between."""
    if len(values) <= most:
        return list(values)
    return [values[place] for place in np.linspace(0, len(values) - 1, most).round().astype(int)]


def _drawn(bands: pd.DataFrame, key: str, rows: list[Any], shown: list[Any], title: str) -> Figure:
    width = ONE_COLUMN if len(shown) <= 2 else TWO_COLUMNS
    figure = new_figure(width, PANEL_HEIGHT * len(rows) + 0.6)
    grid = figure.subplots(len(rows), len(shown), sharex=True, sharey="row" if key == "measure" else True,
                           squeeze=False)
    for row, line in zip(rows, grid, strict=True):
        own = bands[(bands[key] == row) & bands["condition"].isin(shown)]
        for condition, axes in zip(shown, line, strict=True):
            _panel(axes, own[own["condition"] == condition].sort_values("year"))
        _scale(line[0], own if key == "measure" else bands)  # panels of one measure are there to be compared
    if title:
        figure.suptitle(fitting(title, width), ha="left", x=0.01)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    """Years are steps: nothing is drawn between one and the next, and a year without the measure is a gap."""
    if rows.empty:
        say_why_empty(axes, "no history")
        return
    if rows["median"].isna().all():
        say_why_empty(axes, f"no history {measured_with(rows['measure'].iloc[0])}")
        return
    years = np.arange(rows["year"].min(), rows["year"].max() + 1)
    rows = rows.set_index("year").reindex(years)
    edges = np.append(years, years[-1] + 1) - 0.5
    for low, high, opacity in BANDS:
        axes.stairs(rows[high].to_numpy(), edges, baseline=rows[low].to_numpy(), fill=True, color=BLUE, alpha=opacity,
                    linewidth=0)
    axes.stairs(rows["median"].to_numpy(), edges, baseline=None, color=BLACK, linewidth=1.1)
    fewest, most = int(rows["measured"].min()), int(rows["measured"].max())
    if fewest < rows["histories"].max():
        axes.text(0.98, 0.97, f"n = {fewest}" + (f" to {most}" if most > fewest else ""), transform=axes.transAxes,
                  ha="right", va="top", fontsize=SMALL - 1, color=GREY)


def _scale(axes: Axes, rows: pd.DataFrame) -> None:
    """From 0, with room above for what is written there; counts at whole numbers."""
    highest = rows["high_90"].max()
    axes.set_ylim(0.0, 1.22 * highest if highest > 0 else 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=set(rows["measure"]) == {"number_of_pacts"}, nbins=4, steps=STEPS))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, steps=STEPS))


def _label(figure: Figure, bands: pd.DataFrame, by: str | None, within: str | None, rows: list[Any],
           shown: list[Any]) -> None:
    grid = np.array(figure.axes, dtype=object).reshape(len(rows), len(shown))
    numbers = bands.groupby("condition", sort=False)["histories"]
    fewest, most = numbers.min(), numbers.max()
    for condition, axes in zip(shown, grid[0], strict=True):
        number = f"n = {fewest[condition]}" + (f" to {most[condition]}" if most[condition] > fewest[condition] else "")
        axes.set_title(f"{level_label(by, condition)}\n{number}" if by else number, pad=3)
    for row, axes in zip(rows, grid[:, 0], strict=True):
        axes.set_ylabel(fitting(level_label(within, row) if within else measure_label(row), PANEL_HEIGHT * 0.85))
    figure.align_ylabels(grid[:, 0])
    figure.supxlabel("Year")


def _notes(bands: pd.DataFrame, shown: int, conditions: int) -> list[str]:
    few = int(bands["histories"].max()) < FEW
    notes = ["Black: median over histories in each year; dark: the middle 50% of them; light: the middle 90%" + (
        f", with fewer than {FEW} histories all of them." if few else ".")]
    if (bands["measured"] < bands["histories"]).any():
        notes.append("Grey n: histories with pacts in a year; terms are means over a history's pacts, and only those"
                     " histories have them.")
    if shown < conditions:
        notes.append(f"Shown: {shown} of {conditions} conditions, evenly spread.")
    return notes
