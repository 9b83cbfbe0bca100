"""Means and their intervals, as all figures draw them, and axes that are long enough for them.

An interval from two or three histories can be many times as long as all that was seen. It is then cut at the edge of
its panel, and the figure says so.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.style import VERMILION
from simulation.study.ranges import Range
from simulation.study.summary import estimate

INTERVAL = "mean and 95% interval (Student's t) over histories"
CUT = "Intervals that reach the edge of a panel go on beyond it."
LONGEST = 0.4
"""How far beyond all values an axis goes for the sake of an interval, in units of their range."""
MARGIN = 0.06


def limits(samples: Iterable[np.ndarray], within: Range | None = None) -> tuple[float, float]:
    """Bottom and top of an axis for samples and their intervals; within: the range of the measure."""
    samples = [sample[np.isfinite(sample)] for sample in samples]
    values = np.concatenate([*samples, np.zeros(0)])
    if values.size == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    spread = (high - low) or abs(high) * 0.2 or 1.0
    estimates = [estimate(sample, within) for sample in samples]
    ends = [end for found in estimates for end in (found.low, found.high) if np.isfinite(end)]
    low = max(min([low, *ends]), low - LONGEST * spread)
    high = min(max([high, *ends]), high + LONGEST * spread)
    return low - MARGIN * spread, high + MARGIN * spread


def cut_remark(samples: Iterable[np.ndarray], bottom: float, top: float, within: Range | None = None) -> str:
    """What a reader must know where an interval leaves its axis; empty where none does."""
    estimates = [estimate(sample, within) for sample in samples]
    return CUT if any(found.low < bottom or found.high > top for found in estimates) else ""


def draw_mean(axes: Axes, place: float, sample: np.ndarray, colour: str = VERMILION, marker: str = "D",
              face: str | None = None, within: Range | None = None) -> None:
    """The mean of a sample with its interval, which stays within the measure's range; nothing for a sample without
    numbers."""
    found = estimate(sample, within)
    if not found.histories:
        return
    if np.isfinite(found.low):
        axes.plot([place, place], [found.low, found.high], color=colour, linewidth=1.2, solid_capstyle="butt")
    axes.plot(place, found.mean, marker, color=colour, markersize=3.6, markeredgewidth=0.8,
              markerfacecolor=face or colour)
