"""Selection: what pacts cost the allies, and how many there are, as a cost rises.

A rising cost leaves only the pacts that are worth it, so autonomy conceded given a pact may rise while the mean over
all states falls. Both stand on one page, with the number of pacts above them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.figures.conditions import Choice, Comparison, Mark, comparison, counts, refuse_crowds
from simulation.figures.intervals import cut_remark, draw_mean, interval_words, limits, missing_remarks
from simulation.figures.labels import level_label, measure_label, parameter_label, value_label
from simulation.figures.panels import unit
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    ONE_COLUMN,
    SMALL,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)
from simulation.figures.tick_labels import label_places

MEASURES_SHOWN = {"number_of_pacts": (BLUE, "o"), "autonomy_given_pact": (VERMILION, "D"),
                  "autonomy_all_states": (GREEN, "s")}
GIVEN_PACT = "autonomy_given_pact"
PACTS, BEYOND_PAPER = "number_of_pacts", "pacts_beyond_paper"
MOST_PANELS = 6
MOST_CONDITIONS = 40
ROW_HEIGHT = 1.55
HISTORY_DOT, HISTORY_OPACITY = 2.0, 0.4
BESIDE = 0.035
"""How far left of a mean the dots of its histories stand, in units of the range of the conditions."""


def selection_figure(table: pd.DataFrame, by: str, within: str | None = None, power: str | None = None,
                     at: Mapping[str, Any] | None = None) -> Figure:
    """Number of pacts, autonomy conceded given a pact, and autonomy over all states, against a cost.

    Parameters
    ----------
    table : the table of a sweep, a row per history and major power.
    by : column of the cost, along the axis; to scale where it is a number.
    within : column that tells panels apart.
    power : code of the major power; needed where the table has several.
    at : levels of other columns at which alone histories are taken.

    Where some histories of a condition have no pact, autonomy given a pact is the mean over those that have: its mark
    is hollow and the number stands at it. Raises `Refusal` if there is nothing to show or too much to tell apart.
    """
    compared = comparison(table, MEASURES_SHOWN, Choice(
        by, within, power, at or {}, most_levels=(MOST_CONDITIONS, MOST_PANELS)))
    refuse_crowds(compared, MOST_CONDITIONS, MOST_PANELS)
    with printed():
        return _drawn(compared)


def _drawn(compared: Comparison) -> Figure:
    columns = len(compared.panels)
    width = ONE_COLUMN if columns == 1 else TWO_COLUMNS
    figure = new_figure(width, ROW_HEIGHT * len(MEASURES_SHOWN) + 0.5)
    grid = figure.subplots(len(MEASURES_SHOWN), columns, sharex=True, sharey="row", squeeze=False)
    notes = []
    for row, measure in zip(grid, MEASURES_SHOWN, strict=True):
        marks = {measure: [compared.marks(measure, panel) for panel in compared.panels]}
        if measure == PACTS and BEYOND_PAPER in compared.rows:
            marks[BEYOND_PAPER] = [compared.marks(BEYOND_PAPER, panel) for panel in compared.panels]
        every = [mark for of_measure in marks.values() for of_panel in of_measure for mark in of_panel]
        ends = limits(every)
        notes += [cut_remark(every, *ends), *missing_remarks(every)]
        for number, axes in enumerate(row):
            axes.set_ylim(*ends)
            _draw(axes, compared, marks[measure][number], measure)
            if BEYOND_PAPER in marks:
                _draw_beyond_paper(axes, compared, marks[BEYOND_PAPER][number])
        row[0].set_ylabel(fitting(measure_label(measure), ROW_HEIGHT * 0.85))
    for axes, panel in zip(grid[0], compared.panels, strict=True):
        if compared.within:
            axes.set_title(level_label(compared.within, panel), pad=3)
    for axes in grid[-1]:
        _label_conditions(axes, compared, width / columns - 0.5)
    figure.align_ylabels(grid[:, 0])
    if compared.within:
        figure.suptitle(fitting(parameter_label(compared.within), width), ha="left", x=0.01)
    figure.supxlabel(fitting(parameter_label(compared.by), width))
    add_note(figure, *_key(compared), *dict.fromkeys(notes), *compared.remarks)
    return figure


def _draw(axes: Axes, compared: Comparison, marks: list[Mark], measure: str) -> None:
    colour, marker = MEASURES_SHOWN[measure]
    places = compared.places()
    beside = BESIDE * (float(np.ptp(places)) or 1.0)
    for place, mark in zip(places, marks, strict=True):
        sample = mark.values[~np.isnan(mark.values)]
        if sample.size == 0:  # unclipped nothing would lie at the corner of the page, and the layout make room for it
            continue
        axes.plot(np.full(sample.size, place - beside), sample, "o", color=colour, markersize=HISTORY_DOT,
                  markeredgewidth=0, alpha=HISTORY_OPACITY, clip_on=False)
    means = [mark.found.mean for mark in marks]
    if not any(mark.existing for mark in marks):
        say_why_empty(axes, "no history with pacts" if any(mark.histories for mark in marks) else "no history")
    if compared.is_numeric():
        axes.plot(places, means, color=colour, linewidth=0.9)
    for place, mark in zip(places, marks, strict=True):
        is_part = 0 < mark.existing < mark.histories
        draw_mean(axes, float(place), mark.found, colour, marker, "white" if is_part else None)
        if is_part and not np.isnan(mark.found.mean):
            axes.annotate(str(mark.existing), (place, mark.found.mean), (4, 3), textcoords="offset points",
                          fontsize=SMALL, color=BLACK)


def _draw_beyond_paper(axes: Axes, compared: Comparison, marks: list[Mark]) -> None:
    """The mean number of pacts that are not on paper, dashed beside that of all."""
    axes.plot(compared.places(), [mark.found.mean for mark in marks], linestyle="--" if compared.is_numeric() else "",
              marker="_", color=BLACK, linewidth=0.8, markersize=6)


def _label_conditions(axes: Axes, compared: Comparison, inches: float) -> None:
    """A tick at every value, and its label where it does not run into the one before."""
    places = compared.places()
    spread = float(places.max() - places.min()) or 1.0
    axes.set_xlim(places.min() - 0.07 * spread, places.max() + 0.07 * spread)
    label_places(axes, places, list(map(value_label, compared.conditions)), inches)


def _key(compared: Comparison) -> list[str]:
    sizes = sorted({int(compared.histories(condition, panel).shape[0])
                    for panel in compared.panels for condition in compared.conditions})
    told = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    headings, numbers = counts(compared, GIVEN_PACT)
    every = [mark for panel in compared.panels for mark in compared.marks(PACTS, panel)]
    sentences = [f"Large marks: {interval_words(every)}; dots: {unit(every)}; {told} histories per condition. Means of"
                 " a history's last years."]
    if BEYOND_PAPER in compared.rows:
        sentences.append("Dashes: mean number of pacts without those on paper, of the least commitment that counts.")
    if len(headings) > 1:
        least, most = (end(existing for panel in numbers for _, existing in panel) for end in (min, max))
        sentences.append(f"Given a pact: over histories with pacts, {least} to {most} per condition; hollow marks bear"
                         " their number where it is less than all, and there is no mark where it is 0.")
    return sentences
