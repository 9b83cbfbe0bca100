"""How a measure is spread at each condition, conditions one beside the other: dots, boxes, violins.

Beside what is spread stands the mean with its interval. Where too few numbers are there for a box or a violin, they are
drawn as dots.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.intervals import draw_mean, interval_words
from simulation.figures.panels import EDGE, Panel, unit
from simulation.figures.style import BLACK, BLUE

MOST_DOTS = 200
PANEL_HEIGHT = 2.3
DOT = 2.4
"""Diameter of a history's dot in points."""
HALF_SWARM, PLACE_OF_MEAN = 0.27, 0.36
"""Half width of what is spread at a condition, and how far right of it its mean stands; conditions are 1 apart."""
LEFT = 0.06
FEWEST_IN_A_BOX, FEWEST_IN_A_VIOLIN = 5, 10

Drawing = Callable[[Axes, Panel, float, np.ndarray], None]


def draw_dots(axes: Axes, panel: Panel) -> None:
    """Every history a dot; where there are very many, their quantiles."""
    is_crowded = any(mark.values.size > MOST_DOTS for mark in panel.every)
    _draw(axes, panel, _quantiles if is_crowded else _dots, 0)


def draw_boxes(axes: Axes, panel: Panel) -> None:
    """Median, quartiles, and the range from 5% to 95%."""
    _draw(axes, panel, _quantiles, FEWEST_IN_A_BOX)


def draw_violins(axes: Axes, panel: Panel) -> None:
    """Densities, smoothed, from the smallest to the largest value."""
    _draw(axes, panel, _violin, FEWEST_IN_A_VIOLIN)


def key_of_dots(panel: Panel) -> str:
    """What the marks are."""
    if any(mark.values.size > MOST_DOTS for mark in panel.every):
        return key_of_boxes(panel)
    return f"Dots: {unit(panel.every)}; diamonds: {interval_words(panel.every)}."


def key_of_boxes(panel: Panel) -> str:
    """What the marks are."""
    return (f"Bars: quartiles of {unit(panel.every)}; lines: 5% to 95%; black: median; diamonds:"
            f" {interval_words(panel.every)}.{_few(panel, FEWEST_IN_A_BOX)}")


def key_of_violins(panel: Panel) -> str:
    """What the marks are."""
    return (f"Violins: densities of {unit(panel.every)}, smoothed by normal kernels (Scott's rule) and cut at the"
            f" smallest and largest; diamonds: {interval_words(panel.every)}.{_few(panel, FEWEST_IN_A_VIOLIN)}")


def _few(panel: Panel, fewest: int) -> str:
    drawn = [int((~np.isnan(mark.values)).sum()) for mark in panel.every]
    return f" Fewer than {fewest} are drawn as dots." if any(0 < number < fewest for number in drawn) else ""


def _draw(axes: Axes, panel: Panel, draw: Drawing, fewest: int) -> None:
    axes.set_ylim(*panel.ends)
    axes.set_xlim(-EDGE, len(panel.compared.conditions) - 1 + EDGE)
    axes.tick_params(axis="x", length=2)
    if panel.is_empty(axes):
        return
    for place, mark in enumerate(panel.marks):
        sample = mark.values[~np.isnan(mark.values)]
        if sample.size == 0:  # unclipped nothing would lie at the corner of the page, and the layout make room for it
            continue
        (_dots if sample.size < fewest else draw)(axes, panel, place - LEFT, sample)
        draw_mean(axes, place + PLACE_OF_MEAN, mark.found)


def _dots(axes: Axes, panel: Panel, place: float, sample: np.ndarray) -> None:
    axes.plot(place + swarm(sample, panel.ends), sample, "o", color=BLUE, markersize=DOT, markeredgewidth=0, alpha=0.75,
              clip_on=False)


def _quantiles(axes: Axes, panel: Panel, place: float, sample: np.ndarray) -> None:  # noqa: ARG001 - one signature
    low, first, middle, third, high = np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95])
    axes.plot([place, place], [low, high], color=BLUE, linewidth=0.8)
    axes.bar(place, third - first, 0.4, first, color=BLUE, alpha=0.55, linewidth=0)
    axes.plot([place - 0.2, place + 0.2], [middle, middle], color=BLACK, linewidth=1.2, solid_capstyle="butt")


def _violin(axes: Axes, panel: Panel, place: float, sample: np.ndarray) -> None:
    if np.ptp(sample) == 0.0:
        _dots(axes, panel, place, sample)
        return
    drawn = axes.violinplot([sample], [place], widths=2 * HALF_SWARM, showextrema=False)
    for body in drawn["bodies"]:  # type: ignore[attr-defined]
        body.set(facecolor=BLUE, alpha=0.55, linewidth=0)
    middle = float(np.median(sample))
    axes.plot([place - 0.1, place + 0.1], [middle, middle], color=BLACK, linewidth=1.2, solid_capstyle="butt")


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
