"""Where a proposition holds: the places of a region over the two parameters that matter most.

Takes the table that `scope` writes; computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from simulation.errors import Refusal
from simulation.figures.forest import COLOURS, MARKERS
from simulation.figures.labels import parameter_label
from simulation.figures.style import BLACK, ONE_COLUMN, SMALL, add_note, fitting, new_figure, printed

HEIGHT = 3.3
HOLLOW = ("undecided", "nothing to measure")


def scope_figure(places: pd.DataFrame, paths: Sequence[str], usual: Mapping[str, float | None],
                 log: Sequence[str] = (), counterexample: int | None = None, width: float = ONE_COLUMN) -> Figure:
    """Every place by its verdict, over one or two parameters.

    Parameters
    ----------
    places : as `scope` writes it to places.csv.
    paths : the parameters along the axes, one or two.
    usual : the scenario's own values by path, None for none; marked by a cross where both are known.
    log : paths on a logarithmic axis.
    counterexample : row of the nearest counterexample, which gets a ring.

    Raises `Refusal` if a column is missing or there is no place.
    """
    for name in (*paths, "verdict"):
        if name not in places:
            raise Refusal("no such column in the table of places", found=name,
                          allowed=", ".join(map(str, places.columns)))
    if places.empty:
        raise Refusal("a table of places without rows", allowed="one place or more")
    with printed():
        figure = new_figure(width, HEIGHT)
        axes = figure.add_subplot()
        _draw(axes, places, paths, log, counterexample)
        _mark_usual(axes, paths, usual)
        _label(axes, places, paths, usual)
    ring = " Ring: the failure nearest to the scenario's own values." if counterexample is not None else ""
    others = "; the other parameters of the region differ from place to place" if len(usual) > len(paths) else ""
    add_note(figure, f"{len(places)} places{others}.{ring}")
    return figure


def _draw(axes: Axes, places: pd.DataFrame, paths: Sequence[str], log: Sequence[str],
          counterexample: int | None) -> None:
    across = places[paths[0]].to_numpy(float)
    up = places[paths[1]].to_numpy(float) if len(paths) > 1 else places["clearance"].to_numpy(float)
    for verdict, colour in COLOURS.items():
        own = (places["verdict"] == verdict).to_numpy()
        if own.any():
            axes.plot(across[own], up[own], MARKERS[verdict], color=colour, markersize=4.2, markeredgewidth=0.8,
                      markerfacecolor="none" if verdict in HOLLOW else colour)
    if counterexample is not None and np.isfinite(up[counterexample]):
        axes.plot(across[counterexample], up[counterexample], "o", color=BLACK, markersize=9, markerfacecolor="none",
                  markeredgewidth=0.9)
    for path, side in zip(paths, ("x", "y"), strict=False):
        if path in log:
            axes.set(**{f"{side}scale": "log"})
            _readable(getattr(axes, f"{side}axis"))


def _readable(axis: Axis) -> None:
    """Plain numbers on a logarithmic axis, no more than fit."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _mark_usual(axes: Axes, paths: Sequence[str], usual: Mapping[str, float | None]) -> None:
    values = [value for path in paths if (value := usual.get(path)) is not None]
    if len(values) == len(paths) == 2:
        axes.plot(*values, "+", color=BLACK, markersize=10, markeredgewidth=1.2)


def _label(axes: Axes, places: pd.DataFrame, paths: Sequence[str], usual: Mapping[str, float | None]) -> None:
    axes.set_xlabel(fitting(parameter_label(paths[0]), 2.8))
    axes.set_ylabel(fitting(parameter_label(paths[1]), 2.2) if len(paths) > 1 else "clearance")
    there = [verdict for verdict in COLOURS if (places["verdict"] == verdict).any()]
    handles = [Line2D([], [], color=COLOURS[verdict], marker=MARKERS[verdict], linestyle="", markersize=4,
                      markerfacecolor="none" if verdict in HOLLOW else COLOURS[verdict],
                      label=f"{verdict} ({int((places['verdict'] == verdict).sum())})") for verdict in there]
    if len(paths) == 2 and None not in [usual.get(path) for path in paths]:
        handles.append(Line2D([], [], color=BLACK, marker="+", linestyle="", markersize=7, label="the scenario"))
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=2, fontsize=SMALL,
                handletextpad=0.3, columnspacing=0.8)
