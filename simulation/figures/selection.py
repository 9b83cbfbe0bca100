"""Selection: what pacts cost the allies, and how many there are, as a cost rises.

A rising cost leaves only the pacts that are worth it, so autonomy conceded given a pact may rise while the mean over
all states falls. Both stand on one page, with the number of pacts above them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.conditions import Comparison, comparison, counts
from simulation.figures.intervals import INTERVAL, cut_remark, draw_mean, limits
from simulation.figures.labels import measure_label, parameter_label, value_label
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
from simulation.study.ranges import range_of
from simulation.study.summary import estimate

MEASURES_SHOWN = {"number_of_pacts": (BLUE, "o"), "autonomy_given_pact": (VERMILION, "D"),
                  "autonomy_all_states": (GREEN, "s")}
GIVEN_PACT = "autonomy_given_pact"
PACTS, BEYOND_PAPER = "number_of_pacts", "pacts_beyond_paper"
MOST_PANELS = 6
MOST_CONDITIONS = 40
MOST_TICKS = 12
CLOSEST_LABELS = 0.28
"""In inches, between the middles of two labels."""
ROW_HEIGHT = 1.55
HISTORY_DOT, HISTORY_OPACITY = 2.0, 0.4
BESIDE = 0.035
"""How far left of a mean the dots of its histories stand, in units of the range of the conditions."""


def selection_figure(table: pd.DataFrame, by: str, within: str | None = None, power: str | None = None) -> Figure:
    """Number of pacts, autonomy conceded given a pact, and autonomy over all states, against a cost.

    Parameters
    ----------
    table : the table of a sweep, a row per history and major power.
    by : column of the cost, along the axis; to scale where it is a number.
    within : column that tells panels apart.
    power : code of the major power; needed where the table has several.

    Where some histories of a condition have no pact, autonomy given a pact is the mean over those that have: its mark
    is hollow and the number stands at it. Raises `Refusal` if there is nothing to show or too much to tell apart.
    """
    compared = comparison(table, MEASURES_SHOWN, by, within, power)
    for column, values, most in ((compared.within, compared.panels, MOST_PANELS),
                                 (compared.by, compared.conditions, MOST_CONDITIONS)):
        if len(values) > most:
            raise Refusal("too many values to tell apart", column, str(len(values)), f"at most {most}")
    with printed():
        return _drawn(compared)


def _drawn(compared: Comparison) -> Figure:
    columns = len(compared.panels)
    width = ONE_COLUMN if columns == 1 else TWO_COLUMNS
    figure = new_figure(width, ROW_HEIGHT * len(MEASURES_SHOWN) + 0.5)
    grid = figure.subplots(len(MEASURES_SHOWN), columns, sharex=True, sharey="row", squeeze=False)
    places = _places(compared)
    cuts = set()
    for row, measure in zip(grid, MEASURES_SHOWN, strict=True):
        samples = [[compared.values(measure, condition, panel) for condition in compared.conditions]
                   for panel in compared.panels]
        every = [sample for panel in samples for sample in panel]
        if measure == PACTS and BEYOND_PAPER in compared.rows:
            every += [compared.values(BEYOND_PAPER, condition, panel) for panel in compared.panels
                      for condition in compared.conditions]
        ends = limits(every, range_of(measure))
        cuts.add(cut_remark(every, *ends, range_of(measure)))
        for axes, of_panel, panel in zip(row, samples, compared.panels, strict=True):
            axes.set_ylim(*ends)
            _draw(axes, places, of_panel, measure, compared.is_numeric())
            if measure == PACTS and BEYOND_PAPER in compared.rows:
                _draw_beyond_paper(axes, places, compared, panel)
        row[0].set_ylabel(fitting(measure_label(measure), ROW_HEIGHT * 0.85))
    for axes, panel in zip(grid[0], compared.panels, strict=True):
        if compared.within:
            axes.set_title(value_label(panel), pad=3)
    for axes in grid[-1]:
        _label_conditions(axes, compared, places, width / columns - 0.5)
    figure.align_ylabels(grid[:, 0])
    if compared.within:
        figure.suptitle(fitting(parameter_label(compared.within), width), ha="left", x=0.01)
    figure.supxlabel(fitting(parameter_label(compared.by), width))
    add_note(figure, *_key(compared), *sorted(cuts), *compared.remarks)
    return figure


def _places(compared: Comparison) -> np.ndarray:
    """Where the conditions stand: at their values where these are numbers, else one beside the other."""
    if compared.is_numeric():
        return np.asarray(compared.conditions, dtype=float)
    return np.arange(len(compared.conditions), dtype=float)


def _draw(axes: Axes, places: np.ndarray, samples: list[np.ndarray], measure: str, is_joined: bool) -> None:
    colour, marker = MEASURES_SHOWN[measure]
    beside = BESIDE * (float(np.ptp(places)) or 1.0)
    for place, sample in zip(places, samples, strict=True):
        sample = sample[~np.isnan(sample)]
        if sample.size == 0:  # unclipped nothing would lie at the corner of the page, and the layout make room for it
            continue
        axes.plot(np.full(sample.size, place - beside), sample, "o", color=colour, markersize=HISTORY_DOT,
                  markeredgewidth=0, alpha=HISTORY_OPACITY, clip_on=False)
    means = np.array([estimate(sample).mean for sample in samples])
    if np.isnan(means).all():
        say_why_empty(axes, "no history with pacts" if any(sample.size for sample in samples) else "no history")
    if is_joined:
        axes.plot(places, means, color=colour, linewidth=0.9)
    for place, sample, mean in zip(places, samples, means, strict=True):
        existing = int((~np.isnan(sample)).sum())
        is_part = 0 < existing < sample.size
        draw_mean(axes, float(place), sample, colour, marker, "white" if is_part else None, range_of(measure))
        if is_part:
            axes.annotate(str(existing), (place, mean), (4, 3), textcoords="offset points", fontsize=SMALL,
                          color=BLACK)


def _draw_beyond_paper(axes: Axes, places: np.ndarray, compared: Comparison, panel: Any) -> None:
    """The mean number of pacts that are not on paper, dashed beside that of all."""
    means = [estimate(compared.values(BEYOND_PAPER, condition, panel)).mean for condition in compared.conditions]
    axes.plot(places, means, linestyle="--" if compared.is_numeric() else "", marker="_", color=BLACK, linewidth=0.8,
              markersize=6)


def _label_conditions(axes: Axes, compared: Comparison, places: np.ndarray, inches: float) -> None:
    """A tick at every value, and its label where it does not run into the one before; fewer ticks for many values."""
    spread = float(places.max() - places.min()) or 1.0
    axes.set_xlim(places.min() - 0.07 * spread, places.max() + 0.07 * spread)
    words = [value_label(value) for value in compared.conditions]
    if not compared.is_numeric():
        axes.set_xticks(places, [fitting(word, inches / len(places), SMALL) for word in words])
    elif len(places) > MOST_TICKS:
        axes.locator_params(axis="x", nbins=max(2, int(inches / CLOSEST_LABELS)))
    else:
        end = -np.inf
        for number, place in enumerate(places / (1.14 * spread) * inches):
            if place - end < CLOSEST_LABELS:
                words[number] = ""
            else:
                end = place
        axes.set_xticks(places, words)


def _key(compared: Comparison) -> list[str]:
    sizes = sorted({int(compared.histories(condition, panel).shape[0])
                    for panel in compared.panels for condition in compared.conditions})
    told = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    headings, numbers = counts(compared, GIVEN_PACT)
    sentences = [f"Large marks: {INTERVAL}; dots: histories, {told} per condition. Means of a history's last years."]
    if BEYOND_PAPER in compared.rows:
        sentences.append("Dashes: mean number of pacts without those on paper, of the least commitment that counts.")
    if len(headings) > 1:
        least, most = (end(existing for panel in numbers for _, existing in panel) for end in (min, max))
        sentences.append(f"Given a pact: over histories with pacts, {least} to {most} per condition; hollow marks bear"
                         " their number where it is less than all, and there is no mark where it is 0.")
    return sentences
