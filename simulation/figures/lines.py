"""Means along a factor, a line for each level of another."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.intervals import interval_words, isolated
from simulation.figures.panels import EDGE, Panel, series_styles
from simulation.figures.tick_labels import label_places

MOST_BARS, MOST_TICKS = 25, 12
"""Of more places intervals are drawn as a band, and ticks are chosen evenly."""
ASIDE = 0.09
"""How far lines stand beside each other where conditions are one beside the other, which are 1 apart."""


def draw_lines(axes: Axes, panel: Panel) -> None:
    """The mean and its interval at each condition, a line for each level of `within`."""
    compared, places = panel.compared, panel.compared.places()
    _scale(axes, panel, places)
    if panel.is_empty(axes, panel.every, needs_mean=True):
        return
    for number, (level, style) in enumerate(zip(compared.panels, series_styles(compared.panels), strict=True)):
        marks = compared.marks(panel.measure, level)
        is_there = np.array([mark.histories > 0 for mark in marks])  # a folder may lack levels that another has
        mean, low, high = (np.array([getattr(mark.found, name) for mark in marks])[is_there]
                           for name in ("mean", "low", "high"))
        aside = 0.0 if compared.is_numeric() else ASIDE * (number - (len(compared.panels) - 1) / 2.0)
        own = places[is_there] + aside
        if len(own) > MOST_BARS:
            axes.fill_between(own, low, high, color=style["color"], alpha=0.2, linewidth=0)
            alone = isolated(mean)
            axes.vlines(own[alone], low[alone], high[alone], color=style["color"], linewidth=1.0)
            axes.plot(own, mean, **style | {"markersize": 1.5})
            continue
        axes.vlines(own, low, high, color=style["color"], linewidth=1.0)
        axes.plot(own, mean, **style | ({} if compared.is_numeric() else {"linestyle": ""}))


def _scale(axes: Axes, panel: Panel, places: np.ndarray) -> None:
    axes.set_ylim(*panel.ends)
    spread = float(np.ptp(places)) or 1.0
    edge = 0.06 * spread if panel.compared.is_numeric() else EDGE
    axes.set_xlim(places.min() - edge, places.max() + edge)


def label_lines(axes: Axes, panel: Panel, inches: float) -> None:
    """A label at every condition, or at round numbers where there are many."""
    places = panel.compared.places()
    if panel.compared.is_numeric() and len(places) > MOST_TICKS:
        axes.locator_params(axis="x", nbins=max(2, int(inches / 0.45)))
    else:
        label_places(axes, places, panel.words, inches)


def key_of_lines(panel: Panel) -> str:
    """What the marks are."""
    shape = "bands" if len(panel.compared.conditions) > MOST_BARS else "bars"
    return f"Marks and {shape}: {interval_words(panel.every)}."
