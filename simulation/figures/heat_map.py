"""The mean of a measure over two factors, as colours and numbers."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from simulation.figures.labels import value_label
from simulation.figures.looks import scale
from simulation.figures.panels import Panel
from simulation.figures.style import MEAN_WIDTH_OF_A_SIGN, PALE, POINTS_PER_INCH, type_size
from simulation.figures.tick_labels import label_places
from simulation.scenario.documentation import rounded

COLOUR_MAP = "cividis"
"""Its lightness rises from the first to the last colour: it can be read in grey, and by every eye."""
MOST_LEVELS = 40
HALF = 0.5
"""Of lightness; on darker colours numbers are white."""


def draw_heat(axes: Axes, panel: Panel) -> AxesImage:
    """A field for each pair of levels, with its mean where there is room; hatched where there is no mean."""
    compared = panel.compared
    means = np.array([[mark.found.mean for mark in compared.marks(panel.measure, level)] for level in compared.panels])
    axes.patch.set(facecolor="white", hatch="////", edgecolor=PALE)
    existing = means[np.isfinite(means)]
    low, high = (float(existing.min()), float(existing.max())) if existing.size else (0.0, 1.0)
    image = axes.imshow(np.ma.masked_invalid(means), cmap=COLOUR_MAP, aspect="auto", origin="lower",
                        vmin=low, vmax=high if high > low else low + 1.0, interpolation="nearest")
    axes.set_yticks(range(len(compared.panels)), [value_label(level) for level in compared.panels])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    return image


def label_heat(axes: Axes, panel: Panel, inches: float) -> None:
    """Labels the levels along the lower axis, and writes the means into the fields where there is room."""
    label_places(axes, np.arange(len(panel.compared.conditions)), panel.words, inches)
    image = axes.images[0]
    means = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
    words = np.array([[rounded(mean, 3) if np.isfinite(mean) else "" for mean in row] for row in means])
    size = scale() * (type_size("xtick.labelsize") - 1.0)  # written when all else has its size
    wide = max(len(word) for word in words.flat) * MEAN_WIDTH_OF_A_SIGN * size / POINTS_PER_INCH
    if wide > 0.9 * inches / means.shape[1]:
        return
    for (row, column), word in np.ndenumerate(words):
        shade = mpl.colormaps[COLOUR_MAP](image.norm(means[row, column])) if word else (1.0,) * 4
        lightness = 0.299 * shade[0] + 0.587 * shade[1] + 0.114 * shade[2]
        axes.text(column, row, word, ha="center", va="center", fontsize=size,
                  color="white" if lightness < HALF else "black")


def key_of_heat(panel: Panel) -> str:
    """What the fields are."""
    several = any(mark.cells > 1 for mark in panel.every)
    what = "mean over the cells, each with the same weight" if several else "mean over histories"
    hatched = any(np.isnan(mark.found.mean) for mark in panel.every)
    return f"Fields: {what}.{' Hatched: no mean.' * hatched}{_widest(panel)}"


def _widest(panel: Panel) -> str:
    """How sure the least sure of the means is."""
    halves = [(mark.found.high - mark.found.low) / 2.0 for mark in panel.every if np.isfinite(mark.found.low)]
    if not halves:
        return " No field has an interval."
    return f" Half of the 95% interval is {rounded(max(halves), 2)} at most."
