"""How a measure is distributed over histories, condition by condition."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.conditions import ALL, Comparison, comparison, counts
from simulation.figures.intervals import INTERVAL, cut_remark, draw_mean, limits
from simulation.figures.labels import measure_label, measure_meaning, measured_with, parameter_label, value_label
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
from simulation.study.ranges import range_of

MOST_PANELS = 12
MOST_CONDITIONS = 30
MOST_DOTS = 200
PANELS_IN_A_ROW = 4
PANEL_HEIGHT = 2.3
DOT = 2.4
"""Diameter of a history's dot in points."""
HALF_SWARM, PLACE_OF_MEAN = 0.27, 0.36
"""Half width of the dots of a condition, and how far right of them their mean stands; conditions are 1 apart."""


def distribution_of(table: pd.DataFrame, measure: str, by: str | None, within: str | None = None,
                    power: str | None = None) -> Figure:
    """A measure over histories by condition: every history a dot, the mean and its 95% interval beside them.

    Parameters
    ----------
    table : the table of a sweep, a row per history and major power.
    by : column that tells the conditions apart; None for a single condition.
    within : column that tells panels apart.
    power : code of the major power; needed where the table has several.

    The number of histories stands under each condition, and how many of them have the measure at all. Raises `Refusal`
    if there is nothing to show or too much to tell apart.
    """
    compared = comparison(table, [measure], by, within, power)
    _refuse_crowds(compared)
    with printed():
        return _drawn(compared, measure)


def _refuse_crowds(compared: Comparison) -> None:
    for column, values, most in ((compared.by, compared.conditions, MOST_CONDITIONS),
                                 (compared.within, compared.panels, MOST_PANELS)):
        if len(values) > most:
            raise Refusal("too many values to tell apart", column, str(len(values)), f"at most {most}")


def _drawn(compared: Comparison, measure: str) -> Figure:
    number = len(compared.panels)
    columns = min(number, PANELS_IN_A_ROW)
    width = ONE_COLUMN if number == 1 and len(compared.conditions) <= 8 else TWO_COLUMNS
    rows = math.ceil(number / columns)
    figure = new_figure(width, PANEL_HEIGHT * rows + 0.5)
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    headings, numbers = counts(compared, measure)
    ends = limits(_samples(compared, measure), range_of(measure))
    for place, axes in enumerate(grid.flat):
        if place >= number:
            axes.set_axis_off()
            continue
        _panel(axes, compared, measure, compared.panels[place], ends)
        _label_conditions(axes, compared, numbers[place], headings if place % columns == 0 else [],
                          width / columns / max(1, len(compared.conditions)))
    for axes in grid[:, 0]:
        axes.set_ylabel(fitting(measure_label(measure), PANEL_HEIGHT))
    if compared.within:
        figure.suptitle(fitting(parameter_label(compared.within), width), ha="left", x=0.01)
    if compared.by:
        figure.supxlabel(fitting(parameter_label(compared.by), width))
    add_note(figure, f"{measure_label(measure).split(' (')[0]}: {measure_meaning(measure)}" if measure_meaning(measure)
             else "", _key(compared), cut_remark(_samples(compared, measure), *ends, range_of(measure)),
             *compared.remarks)
    return figure


def _samples(compared: Comparison, measure: str) -> list[np.ndarray]:
    return [compared.values(measure, condition, panel)
            for panel in compared.panels for condition in compared.conditions]


def _panel(axes: Axes, compared: Comparison, measure: str, panel: Any, ends: tuple[float, float]) -> None:
    axes.set_ylim(*ends)
    axes.set_xlim(-0.6, len(compared.conditions) - 0.4)
    if compared.within:
        axes.set_title(value_label(panel), pad=3)
    samples = [compared.values(measure, condition, panel) for condition in compared.conditions]
    if all(np.isnan(sample).all() for sample in samples):
        say_why_empty(axes, f"no history {measured_with(measure)}" if any(sample.size for sample in samples)
                      else "no history")
    for place, sample in enumerate(samples):
        sample = sample[~np.isnan(sample)]
        if sample.size == 0:  # unclipped nothing would lie at the corner of the page, and the layout make room for it
            continue
        if _is_crowded(compared):
            _draw_quantiles(axes, place, sample)
        else:
            axes.plot(place - 0.06 + swarm(sample, ends), sample, "o", color=BLUE, markersize=DOT,
                      markeredgewidth=0, alpha=0.75, clip_on=False)
        draw_mean(axes, place + PLACE_OF_MEAN, sample, within=range_of(measure))


def _draw_quantiles(axes: Axes, place: float, sample: np.ndarray) -> None:
    """Median, quartiles, and what lies between 5% and 95%, where dots would run into each other."""
    low, first, middle, third, high = np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95])
    axes.plot([place, place], [low, high], color=BLUE, linewidth=0.8)
    axes.plot([place, place], [first, third], color=BLUE, linewidth=6, solid_capstyle="butt", alpha=0.55)
    axes.plot([place - 0.14, place + 0.14], [middle, middle], color=BLACK, linewidth=1.2)


def swarm(sample: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Sideways places of dots, so that those of nearly the same height stand beside each other; heights are kept."""
    if sample.size == 0:
        return np.zeros(0)
    step = (limits[1] - limits[0]) * DOT / (PANEL_HEIGHT * 72.0 * 0.75)
    levels = np.round((sample - limits[0]) / step).astype(int)
    places = np.zeros(sample.size)
    fullest = int(np.bincount(levels - levels.min()).max())
    gap = min(0.09, 2 * HALF_SWARM / max(1, fullest - 1))
    for level in np.unique(levels):
        members = np.flatnonzero(levels == level)
        members = members[np.argsort(sample[members], kind="stable")]
        places[members] = gap * (np.arange(members.size) - (members.size - 1) / 2)
    return places


def _is_crowded(compared: Comparison) -> bool:
    return any(compared.histories(condition, panel).shape[0] > MOST_DOTS
               for condition in compared.conditions for panel in compared.panels)


def _label_conditions(axes: Axes, compared: Comparison, numbers: list[list[int]], headings: list[str],
                      inches: float) -> None:
    """Under each condition its value and the numbers of histories; `headings` at the left say what they count."""
    words = [fitting(value_label(condition), inches, SMALL) if compared.by else "" for condition in compared.conditions]
    lines = max(word.count("\n") for word in words)
    words = [word + "\n" * (lines - word.count("\n")) for word in words]
    texts = ["\n".join([word, *map(str, below)]) for word, below in zip(words, numbers, strict=True)]
    axes.set_xticks(range(len(texts)), texts, linespacing=1.2)
    axes.tick_params(axis="x", length=2)
    if headings:
        text = "\n".join(["\n" * lines, *headings])
        axes.annotate(text, (0, 0), (-3, -5.5), "axes fraction", textcoords="offset points", ha="right", va="top",
                      fontsize=SMALL, color=GREY, linespacing=1.2)


def _key(compared: Comparison) -> str:
    marks = ("Bars: quartiles; lines: 5% to 95%; black: median" if _is_crowded(compared) else "Dots: histories")
    return f"{marks}; diamonds: {INTERVAL}" + (
        "." if compared.by or compared.conditions != [ALL] else ", one condition.")
