"""Distributions of several conditions over each other: cumulative shares, and histograms as outlines."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.panels import Panel, series_styles, unit
from simulation.figures.ridges import counted_at, shares_of

MARGIN = 0.05
TOUCHING = 1e-3
"""Gap up to which two bars touch, in units of half their width."""


def draw_cumulative(axes: Axes, panel: Panel) -> None:
    """The share of histories at or below each value, a line for each condition."""
    axes.set_ylim(0.0, 1.02)
    axes.set_xlim(*panel.ends)
    if panel.is_empty(axes):
        return
    for mark, style in zip(panel.marks, series_styles(panel.compared.conditions, has_markers=False), strict=True):
        sample = mark.values[~np.isnan(mark.values)]
        if sample.size:
            axes.ecdf(sample, linewidth=1.3, **style)


def draw_histograms(axes: Axes, panel: Panel) -> None:
    """Shares of histories in bins, or at each value of a grid, an outline for each condition."""
    if panel.is_empty(axes):
        return
    places, are_edges = counted_at([mark.values for mark in panel.every])
    edges, where = (places, np.arange(len(places) - 1)) if are_edges else _bars_at(places)
    tallest = 0.0
    for mark, style in zip(panel.marks, series_styles(panel.compared.conditions, has_markers=False), strict=True):
        shares = shares_of(mark.values, places, are_edges)
        tallest = max(tallest, float(shares.max(initial=0.0)))
        heights = np.zeros(len(edges) - 1)
        heights[where] = shares
        axes.stairs(heights, edges, baseline=0.0, linewidth=1.3, **style)
    spread = float(np.ptp(edges)) or 1.0
    axes.set_xlim(edges[0] - MARGIN * spread, edges[-1] + MARGIN * spread)
    axes.set_ylim(0.0, axes.get_ylim()[1] if tallest else 1.0)


def _bars_at(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges of bars around values, all as wide as the smallest step between two, and which of the bins are those bars.

    Between bars that do not touch there is a bin of nothing.
    """
    steps = np.diff(places)
    half = steps.min() / 2.0 if steps.size else 0.05 * abs(float(places[0])) or 0.5
    edges, where = [places[0] - half], []
    for place in places:
        if place - half > edges[-1] + TOUCHING * half:
            edges.append(place - half)
        where.append(len(edges) - 1)
        edges.append(place + half)
    return np.array(edges), np.array(where)


def key_of_cumulative(panel: Panel) -> str:
    """What the lines are."""
    return f"Lines: share of {unit(panel.every)} at or below a value."


def key_of_histograms(panel: Panel) -> str:
    """What the outlines are."""
    places, are_edges = counted_at([mark.values for mark in panel.every])
    what = f"in {len(places) - 1} bins" if are_edges else "at each value"
    return f"Outlines: share of {unit(panel.every)} {what}, nothing smoothed."
