"""Means and their intervals, as all figures draw them, and axes that are long enough for them.

An interval from two or three histories can be many times as long as all that was seen. It is then cut at the edge of
its panel, and the figure says so.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.conditions import Mark
from simulation.figures.style import VERMILION
from simulation.study.summary import Estimate

INTERVAL = "mean and 95% interval (Student's t) over histories"
ALONE, SOME_ALONE = "what the one history there came to, without an interval", ", none where there is one history"
MARGINAL = "mean over the cells, each with the same weight, and 95% interval over replications"
CUT = "Intervals that reach the edge of a panel go on beyond it."
NO_MEAN = "No mean where a cell has no history with the measure."
NO_INTERVAL = "No interval where a cell has only one history with the measure."
LONGEST = 0.4
"""How far beyond all values an axis goes for the sake of an interval, in units of their range."""
MARGIN = 0.06


def interval_words(marks: Iterable[Mark]) -> str:
    """What a mean and its interval are: of histories, or of cells of the design."""
    marks = list(marks)
    if any(mark.cells > 1 for mark in marks):
        return MARGINAL
    alone = [bool(np.isnan(mark.found.low)) for mark in marks if not np.isnan(mark.found.mean)]
    return ALONE if alone and all(alone) else INTERVAL + SOME_ALONE * any(alone)


def missing_remarks(marks: Iterable[Mark]) -> list[str]:
    """What a reader must know where cells put together have too few histories for a mean or an interval."""
    several = [mark for mark in marks if mark.cells > 1]
    has_no_mean = any(np.isnan(mark.found.mean) for mark in several)
    has_no_interval = any(np.isnan(mark.found.low) and not np.isnan(mark.found.mean) for mark in several)
    return [NO_MEAN] * has_no_mean + [NO_INTERVAL] * has_no_interval


def limits(marks: Iterable[Mark]) -> tuple[float, float]:
    """Bottom and top of an axis for what is spread and the intervals."""
    marks = list(marks)
    values = np.concatenate([*(mark.values for mark in marks), np.zeros(0)])
    values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    spread = (high - low) or abs(high) * 0.2 or 1.0
    ends = [end for mark in marks for end in (mark.found.low, mark.found.high) if np.isfinite(end)]
    low = max(min([low, *ends]), low - LONGEST * spread)
    high = min(max([high, *ends]), high + LONGEST * spread)
    return low - MARGIN * spread, high + MARGIN * spread


def cut_remark(marks: Iterable[Mark], bottom: float, top: float) -> str:
    """What a reader must know where an interval leaves its axis; empty where none does."""
    return CUT if any(mark.found.low < bottom or mark.found.high > top for mark in marks) else ""


def draw_mean(axes: Axes, place: float, found: Estimate, colour: str = VERMILION, marker: str = "D",
              face: str | None = None) -> None:
    """A mean with its interval; nothing where there is none."""
    if np.isnan(found.mean):
        return
    if np.isfinite(found.low):
        axes.plot([place, place], [found.low, found.high], color=colour, linewidth=1.2, solid_capstyle="butt")
    axes.plot(place, found.mean, marker, color=colour, markersize=3.6, markeredgewidth=0.8,
              markerfacecolor=face or colour)


def isolated(heights: np.ndarray) -> np.ndarray:
    """Which values of a line stand between gaps, so that no line leads to them and each needs a mark of its own."""
    there = np.concatenate(([False], np.isfinite(heights), [False]))
    found: np.ndarray = there[1:-1] & ~there[:-2] & ~there[2:]
    return found
