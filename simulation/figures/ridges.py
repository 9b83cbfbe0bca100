"""How a measure is distributed under many conditions: a histogram for each, one above the other.

Nothing is smoothed. A measure on a grid, such as a number of pacts or its mean over ten years, gets a bar at each value
that it took; any other is counted in bins that are the same for all conditions.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.conditions import Mark
from simulation.figures.intervals import interval_words
from simulation.figures.panels import Panel, annotate_n, no_ticks, unit
from simulation.figures.style import BLUE, PALE, VERMILION, fitting, type_size

FEW_VALUES, MOST_STEPS = 12, 400
"""So many different values are never binned; nor are more of them on a grid of at most so many steps."""
BINS = 30
ROW, LEAST_ROW, TALLEST_BAR, BELOW = 0.3, 0.19, 0.78, 0.1
"""Inches from one condition to the next, and at least; shares of it: tallest bar, and how far below the mean is."""
DIGITS = 9
"""Values that agree in so many digits are one."""
LABEL = 1.6
"""Inches that the label of a row takes at most."""


def draw_ridges(axes: Axes, panel: Panel) -> None:
    """A histogram in a row for each condition, with its mean and 95% interval below it; n stands at each row.

    All heights are shares of a row's histories, to one scale.
    """
    places, are_edges = counted_at([mark.values for mark in panel.every])
    tallest = _tallest(panel, places, are_edges) or 1.0
    axes.set_xlim(*panel.ends)
    _label_rows(axes, panel)
    if panel.is_empty(axes):
        return
    small = type_size("xtick.labelsize") - 1.0
    for row, mark in enumerate(panel.marks):
        axes.axhline(row, color=PALE, linewidth=0.5, zorder=0)
        height = shares_of(mark.values, places, are_edges)
        top = row - TALLEST_BAR * height / tallest
        if are_edges:
            axes.stairs(top, places, baseline=row, fill=True, color=BLUE, alpha=0.75, linewidth=0)
        else:
            axes.vlines(places[height > 0], row, top[height > 0], color=BLUE, linewidth=1.3)
        _mark_mean(axes, row, mark)
        told = f"{mark.existing}" + (f" of {mark.histories}" if mark.existing < mark.histories else "")
        annotate_n(axes, told, row, small)
    axes.annotate("n", (1.0, 1.0), (3, 2), "axes fraction", textcoords="offset points", fontsize=small, color="grey",
                  annotation_clip=False)


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


def _tallest(panel: Panel, places: np.ndarray, are_edges: bool) -> float:
    return max((float(shares_of(mark.values, places, are_edges).max(initial=0.0)) for mark in panel.every), default=0.0)


def _mark_mean(axes: Axes, row: float, mark: Mark) -> None:
    """The mean and its interval, just below the line on which the bars of the row stand."""
    found, row = mark.found, row + BELOW
    if np.isnan(found.mean):
        return
    if np.isfinite(found.low):
        axes.plot([found.low, found.high], [row, row], color=VERMILION, linewidth=1.2, solid_capstyle="butt")
    axes.plot(found.mean, row, "D", color=VERMILION, markersize=2.8, markeredgewidth=0)


def _label_rows(axes: Axes, panel: Panel) -> None:
    words = [fitting(word, LABEL, type_size("ytick.labelsize")) for word in panel.words]
    axes.set_yticks(range(len(words)), words)
    axes.set_ylim(len(words) - 0.6, -0.9)
    no_ticks(axes)


def key_of_ridges(panel: Panel) -> str:
    """What the marks are."""
    places, are_edges = counted_at([mark.values for mark in panel.every])
    bars = (f"Histograms in {len(places) - 1} bins" if are_edges else
            f"Bars: share of {unit(panel.every)} at each value")
    return (f"{bars}, nothing smoothed; the tallest is {_tallest(panel, places, are_edges):.0%} of its row's"
            f" {unit(panel.every)}. Diamonds: {interval_words(panel.every)}.")
