"""Comparative statics over a plane: regions by the number of pacts and by the number of equilibria."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.branches import say_plainly
from simulation.figures.labels import parameter_label
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    GREY,
    SMALL,
    TWO_COLUMNS,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)

HEIGHT = 3.1
DARKEST, LIGHTEST = 0.8, 0.1
"""Ends of the colour scale that are used: a mark in black can be seen on all, and a white page tells from all."""
MOST_TICKS = 9
DOT = 1.8


def regions_figure(table: pd.DataFrame, down: str, along: str, power: str, title: str = "",
                   is_log: tuple[bool, ...] = (False, False)) -> Figure:
    """Two maps of a plane: the number of pacts of a major power, and the number of equilibria.

    Parameters
    ----------
    table : rows per point, equilibrium and major power, with columns `down`, `along`, equilibria, equilibrium,
        major_power and number_of_pacts; equilibrium 0 where none was found.
    down, along : columns of the parameters, on the vertical and on the horizontal axis.
    power : code of the major power.
    is_log : whether the scales of `down` and `along` are logarithmic.

    Where equilibria differ in the number of pacts the largest is shown and marked. Raises `Refusal` if the table lacks
    a column, or has no row of this major power.
    """
    refuse_unfit(table, (down, along, "equilibria", "major_power", "number_of_pacts"), "regions of equilibria")
    own = table[table["major_power"] == power]
    if own.empty:
        raise Refusal("no such major power in the table", found=power)
    with printed():
        return _drawn(own, down, along, title, is_log)


def _drawn(own: pd.DataFrame, down: str, along: str, title: str, is_log: tuple[bool, ...]) -> Figure:
    most, least, equilibria = (_map(own, down, along, name, how) for name, how in (
        ("number_of_pacts", "max"), ("number_of_pacts", "min"), ("equilibria", "max")))
    figure = new_figure(TWO_COLUMNS, HEIGHT)
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    _draw(figure, left, most, "Number of pacts", is_log)
    _draw(figure, right, equilibria.where(equilibria > 0), "Number of equilibria", is_log)
    rows, columns = np.nonzero((most - least).to_numpy() > 0)
    left.plot(most.columns.to_numpy()[columns], most.index.to_numpy()[rows], "o", color=BLACK, markersize=DOT,
              markeredgewidth=0, linestyle="")
    left.set_ylabel(fitting(parameter_label(down), HEIGHT * 0.8))
    figure.supxlabel(fitting(parameter_label(along), TWO_COLUMNS))
    if title:
        figure.suptitle(fitting(title, TWO_COLUMNS), ha="left", x=0.01)
    add_note(figure, *_notes(equilibria, bool(rows.size)))
    return figure


def _map(own: pd.DataFrame, down: str, along: str, name: str, how: str) -> pd.DataFrame:
    """A value per point of the plane; NaN where there is none."""
    return own.pivot_table(index=down, columns=along, values=name, aggfunc=how, dropna=False).astype(float)


def _draw(figure: Figure, axes: Axes, values: pd.DataFrame, title: str, is_log: tuple[bool, ...]) -> None:
    axes.set_title(title, pad=3)
    axes.set_facecolor("white")
    if is_log[0]:
        axes.set_yscale("log")
        say_plainly(axes.yaxis)
    if is_log[1]:
        axes.set_xscale("log")
        say_plainly(axes.xaxis)
    edges = _edges(values.columns, is_log[1]), _edges(values.index, is_log[0])
    axes.set_xlim(edges[0][0], edges[0][-1])
    axes.set_ylim(edges[1][0], edges[1][-1])
    heights = values.to_numpy()
    if np.isnan(heights).all():
        say_why_empty(axes, "no equilibrium found")
        return
    low, high = int(np.nanmin(heights)), int(np.nanmax(heights))
    levels = np.arange(low, high + 1)
    shades = np.linspace(LIGHTEST, DARKEST, len(levels)) if len(levels) > 1 else [0.5]
    colours = ListedColormap([colormaps["YlGnBu"](shade) for shade in shades])
    drawn = axes.pcolormesh(*edges, heights, cmap=colours, rasterized=True, edgecolors="face", linewidth=0.1,
                            norm=BoundaryNorm(np.arange(low - 0.5, high + 1), len(levels)))
    _hatch(axes, edges, heights)
    ticks = levels[:: max(1, -(-len(levels) // MOST_TICKS))]
    bar = figure.colorbar(drawn, ax=axes, ticks=ticks, aspect=30, pad=0.02, drawedges=False)
    bar.ax.minorticks_off()
    bar.ax.tick_params(length=0, labelsize=SMALL)
    bar.outline.set_linewidth(0.4)


def _hatch(axes: Axes, edges: tuple[np.ndarray, np.ndarray], heights: np.ndarray) -> None:
    """Cells without a number, hatched."""
    for row, column in zip(*np.nonzero(np.isnan(heights)), strict=True):
        axes.fill_between(edges[0][column : column + 2], edges[1][row], edges[1][row + 1], facecolor="white",
                          edgecolor=GREY, hatch="//////", linewidth=0.2)


def _edges(values: pd.Index, is_log: bool) -> np.ndarray:
    """Edges of cells half way between the values that they stand for."""
    places = values.to_numpy(dtype=float)
    if is_log:
        return np.exp(_edges(pd.Index(np.log(places)), False))
    if places.size == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    middles = (places[1:] + places[:-1]) / 2
    return np.array([2 * places[0] - middles[0], *middles, 2 * places[-1] - middles[-1]])


def _notes(equilibria: pd.DataFrame, differ: bool) -> list[str]:
    missing = int((equilibria.to_numpy() == 0).sum())
    return [f"{equilibria.shape[1]} by {equilibria.shape[0]} points, each in the middle of its cell.",
            "Dots: equilibria differ in the number of pacts; the largest is shown." if differ else "",
            f"Hatched: the {missing} points at which no equilibrium was found." if missing else ""]
