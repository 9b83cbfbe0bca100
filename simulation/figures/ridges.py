"""How a measure is distributed over histories under many conditions: a histogram for each, one above the other.

Nothing is smoothed. A measure on a grid, such as a number of pacts or its mean over ten years, gets a bar at each value
that it took; any other is counted in bins that are the same for all conditions.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.conditions import Comparison, comparison
from simulation.figures.intervals import INTERVAL, cut_remark, limits
from simulation.figures.labels import measure_label, measure_meaning, measured_with, parameter_label, value_label
from simulation.figures.style import (
    BLUE,
    GREY,
    ONE_COLUMN,
    PALE,
    SMALL,
    TALLEST,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)
from simulation.study.ranges import Range, range_of
from simulation.study.summary import estimate

MOST_CONDITIONS, MOST_PANELS = 40, 6
PANELS_IN_A_ROW = 3
FEW_VALUES, MOST_STEPS = 12, 400
"""So many different values are never binned; nor are more of them on a grid of at most so many steps."""
BINS = 30
ROW, LEAST_ROW, TALLEST_BAR, BELOW = 0.3, 0.19, 0.78, 0.1
"""Inches from one condition to the next, and at least; shares of it: tallest bar, and how far below the mean is."""
DIGITS = 9
"""Values that agree in so many digits are one."""


def ridges_of(table: pd.DataFrame, measure: str, by: str, within: str | None = None,
              power: str | None = None) -> Figure:
    """A measure over histories by condition: a histogram in a row for each, with its mean and 95% interval below it.

    Parameters
    ----------
    table : the table of a sweep, a row per history and major power.
    by : column that tells the conditions apart.
    within : column that tells panels apart.
    power : code of the major power; needed where the table has several.

    All heights are shares of a row's histories, to one scale; n stands at each row. Raises `Refusal` if there is
    nothing to show or too much to tell apart.
    """
    compared = comparison(table, [measure], by, within, power)
    for column, values, most in ((compared.by, compared.conditions, MOST_CONDITIONS),
                                 (compared.within, compared.panels, MOST_PANELS)):
        if len(values) > most:
            raise Refusal("too many values to tell apart", column, str(len(values)), f"at most {most}")
    with printed():
        return _drawn(compared, measure)


def counted_at(samples: list[np.ndarray]) -> tuple[np.ndarray, bool]:
    """Where samples are counted: at each value, or in bins between edges; and whether these are edges.

    At each value where there are few or they lie on a grid, all steps between them multiples of the smallest. Bins
    would cut across such a grid and make hills of it that no history has.
    """
    found = np.concatenate([*samples, np.zeros(0)])
    values = np.unique(np.round(found[np.isfinite(found)], DIGITS))
    if values.size <= FEW_VALUES:
        return values, False
    steps = np.diff(values) / np.diff(values).min()
    if steps.sum() <= MOST_STEPS and np.allclose(steps, np.round(steps), rtol=0.0, atol=1e-3):
        return values, False
    return np.linspace(values[0], values[-1], BINS + 1), True


def shares_of(sample: np.ndarray, places: np.ndarray, are_edges: bool) -> np.ndarray:
    """Share of a sample's numbers at each place, or in each bin; zeros for a sample without numbers."""
    sample = sample[np.isfinite(sample)]
    if are_edges:
        counted = np.histogram(np.round(sample, DIGITS), places)[0]
    else:
        counted = np.array([(np.round(sample, DIGITS) == value).sum() for value in places])
    return counted / max(1, sample.size)


def _drawn(compared: Comparison, measure: str) -> Figure:
    number = len(compared.panels)
    columns = min(number, PANELS_IN_A_ROW)
    rows, width = math.ceil(number / columns), ONE_COLUMN if number == 1 else TWO_COLUMNS
    row = max(LEAST_ROW, min(ROW, (TALLEST - 2.0) / rows / len(compared.conditions)))
    figure = new_figure(width, (row * len(compared.conditions) + 0.5) * rows + 0.4)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    samples = [[compared.values(measure, condition, panel) for condition in compared.conditions]
               for panel in compared.panels]
    everything = [sample for of_panel in samples for sample in of_panel]
    places, are_edges = counted_at(everything)
    shares = [[shares_of(sample, places, are_edges) for sample in of_panel] for of_panel in samples]
    tallest = max((float(each.max()) for of_panel in shares for each in of_panel if each.size), default=0.0)
    ends = limits(everything, range_of(measure))
    for place, axes in enumerate(grid.flat):
        if place >= number:
            axes.set_axis_off()
            continue
        axes.set_xlim(*ends)
        if compared.within:
            axes.set_title(value_label(compared.panels[place]), pad=3)
        _panel(axes, measure, samples[place], [each / (tallest or 1.0) for each in shares[place]], places, are_edges)
    _label(figure, grid, compared, measure, width / columns)
    add_note(figure, f"{measure_label(measure).split(' (')[0]}: {measure_meaning(measure)}" if measure_meaning(measure)
             else "", _key(places, are_edges, tallest), cut_remark(everything, *ends, range_of(measure)),
             *compared.remarks)
    return figure


def _panel(axes: Axes, measure: str, samples: list[np.ndarray], heights: list[np.ndarray], places: np.ndarray,
           are_edges: bool) -> None:
    if all(np.isnan(sample).all() for sample in samples):
        say_why_empty(axes, f"no history {measured_with(measure)}" if any(sample.size for sample in samples)
                      else "no history")
        return
    for row, (sample, height) in enumerate(zip(samples, heights, strict=True)):
        axes.axhline(row, color=PALE, linewidth=0.5, zorder=0)
        top = row - TALLEST_BAR * height
        if are_edges:
            axes.stairs(top, places, baseline=row, fill=True, color=BLUE, alpha=0.75, linewidth=0)
        else:
            axes.vlines(places[height > 0], row, top[height > 0], color=BLUE, linewidth=1.3)
        _mark_mean(axes, row, sample, range_of(measure))
        existing = int(np.isfinite(sample).sum())
        axes.annotate(f"{existing}" + (f" of {sample.size}" if existing < sample.size else ""), (1.0, row), (3, 2),
                      xycoords=axes.get_yaxis_transform(), textcoords="offset points", fontsize=SMALL - 1, color=GREY,
                      annotation_clip=False)


def _mark_mean(axes: Axes, row: float, sample: np.ndarray, within: Range | None) -> None:
    """The mean and its interval, just below the line on which the bars of the row stand."""
    found = estimate(sample, within)
    if not found.histories:
        return
    row += BELOW
    if np.isfinite(found.low):
        axes.plot([found.low, found.high], [row, row], color=VERMILION, linewidth=1.2, solid_capstyle="butt")
    axes.plot(found.mean, row, "D", color=VERMILION, markersize=2.8, markeredgewidth=0)


def _label(figure: Figure, grid: np.ndarray, compared: Comparison, measure: str, inches: float) -> None:
    first = grid[0, 0]
    words = [value_label(condition) for condition in compared.conditions]
    first.set_yticks(range(len(words)), words)
    first.set_ylim(len(words) - 0.6, -0.9)
    for axes in grid.flat:
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.annotate("n", (1.0, 1.0), (3, 2), "axes fraction", textcoords="offset points", fontsize=SMALL - 1,
                      color=GREY, annotation_clip=False)
    figure.supxlabel(fitting(measure_label(measure), inches * grid.shape[1]))
    for axes in grid[:, 0]:
        axes.set_ylabel(fitting(parameter_label(compared.by), ROW * len(words)))
    if compared.within:
        figure.suptitle(fitting(parameter_label(compared.within), inches * grid.shape[1]), ha="left", x=0.01)


def _key(places: np.ndarray, are_edges: bool, tallest: float) -> str:
    bars = f"Histograms in {len(places) - 1} bins" if are_edges else "Bars: share of histories at each value"
    return f"{bars}, nothing smoothed; the tallest is {tallest:.0%} of its row's histories. Diamonds: {INTERVAL}."
