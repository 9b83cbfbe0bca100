"""Two measures against each other: every history a mark, and the mean of each condition with both its intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from simulation.figures.conditions import Mark
from simulation.figures.intervals import interval_words, limits
from simulation.figures.panels import Panel, series_styles, unit

SMALL_MARK, LARGE_MARK = 2.6, 6.0


def both_or_neither(table: pd.DataFrame, measure: str, against: str) -> pd.DataFrame:
    """The table with neither measure where one of them does not exist."""
    exists = table[[measure, against]].notna().all(axis=1)
    return table.assign(**{name: table[name].where(exists) for name in (measure, against)})


def draw_scatter(axes: Axes, panel: Panel) -> None:
    """A mark for each history at its values of both measures, in the shape of its condition."""
    compared = panel.compared
    axes.set_xlim(*limits(marks_against(panel)))
    axes.set_ylim(*panel.ends)
    if panel.is_empty(axes):
        return
    beside = compared.marks(panel.against, panel.value)
    for across, up, style in zip(beside, panel.marks, series_styles(compared.conditions), strict=True):
        own = style | {"linestyle": "", "clip_on": False}
        exists = ~np.isnan(up.values)
        if exists.any():
            axes.plot(across.values[exists], up.values[exists], **own | {"markersize": SMALL_MARK, "alpha": 0.5})
    for across, up, style in zip(beside, panel.marks, series_styles(compared.conditions), strict=True):
        _draw_means(axes, across, up, style["marker"], style["color"])


def _draw_means(axes: Axes, across: Mark, up: Mark, marker: str, colour: str) -> None:
    x, y = across.found, up.found
    if np.isnan(x.mean) or np.isnan(y.mean):
        return
    axes.plot([x.low, x.high], [y.mean, y.mean], color=colour, linewidth=1.2, solid_capstyle="butt")
    axes.plot([x.mean, x.mean], [y.low, y.high], color=colour, linewidth=1.2, solid_capstyle="butt")
    axes.plot(x.mean, y.mean, marker, color=colour, markersize=LARGE_MARK, markeredgecolor="white", markeredgewidth=0.8)


def marks_against(panel: Panel) -> list[Mark]:
    """The marks of the measure along the lower axis, in all panels."""
    return [mark for value in panel.compared.panels for mark in panel.compared.marks(panel.against, value)]


def key_of_scatter(panel: Panel) -> str:
    """What the marks are."""
    return (f"Small marks: {unit(panel.every)} in which both measures exist; large marks:"
            f" {interval_words(panel.every)}, of each measure alone.")
