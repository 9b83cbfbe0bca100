"""Coastlines behind maps of portfolios. Borders are left out: they move, and some are disputed."""

from __future__ import annotations

import functools
from importlib.resources import files

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

FILE = "coastlines.csv"
COLOUR = "#b8c4cc"


@functools.cache
def coastlines() -> list[np.ndarray]:
    """Every line as its points: (n, 2), degrees east and north."""
    with files("simulation.figures").joinpath(FILE).open(encoding="utf-8") as file:
        table = pd.read_csv(file, comment="#")
    points, lines = table[["longitude", "latitude"]].to_numpy(dtype=float), table["line"].to_numpy()
    return np.split(points, np.flatnonzero(np.diff(lines)) + 1)


def draw_coastlines(axes: Axes) -> None:
    """Draws all of them below everything else; they do not move the limits of the axes."""
    axes.add_collection(LineCollection(coastlines(), colors=COLOUR, linewidths=0.5, zorder=0.5), autolim=False)
