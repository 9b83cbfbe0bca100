"""All universes of a proposition: how clear it is in each, above which assumptions each makes.

After the specification curve of Simonsohn, Simmons & Nelson 2020 (doi 10.1038/s41562-020-0912-z). Takes the table that
`multiverse` writes; computes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from simulation.errors import Refusal
from simulation.figures.forest import COLOURS, MARKERS
from simulation.figures.labels import short_name, value_label
from simulation.figures.style import BLACK, GREY, PALE, SMALL, TWO_COLUMNS, add_note, new_figure, printed

CURVE, ROW, FRAME = 1.7, 0.17, 0.5


def universes_figure(universes: pd.DataFrame, paths: Sequence[str], own: int | None = None,
                     width: float = TWO_COLUMNS) -> Figure:
    """Universes from the one that speaks least for the proposition to the one that speaks most.

    Parameters
    ----------
    universes : as `multiverse` writes it to universes.csv.
    paths : the assumptions.
    own : row of the scenario's own universe, which gets a ring.

    Raises `Refusal` if a column is missing or there is no universe.
    """
    for name in (*paths, "verdict", "clearance"):
        if name not in universes:
            raise Refusal("no such column in the table of universes", found=name,
                          allowed=", ".join(map(str, universes.columns)))
    if universes.empty:
        raise Refusal("a table of universes without rows", allowed="one universe or more")
    order = universes["clearance"].fillna(-np.inf).argsort(kind="stable").to_numpy()
    rows = [(path, value) for path in paths for value in _values(universes[path])]
    with printed():
        figure = new_figure(width, CURVE + ROW * len(rows) + FRAME)
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[CURVE, ROW * max(2, len(rows))])
        _draw_curve(top, universes, order, own)
        _draw_board(bottom, universes, order, rows)
    add_note(figure, "Clearance: the effect of the prediction that does worst, in the predicted direction, over the"
                     " smallest effect of interest; grey band: smaller than that. Each universe is decided for itself,"
                     " by its interval.")
    return figure


def _values(column: pd.Series) -> list[Any]:
    return list(dict.fromkeys(column.tolist()))


def _draw_curve(axes: Axes, universes: pd.DataFrame, order: np.ndarray, own: int | None) -> None:
    clearance = universes["clearance"].to_numpy(float)[order]
    verdicts = universes["verdict"].to_numpy()[order]
    axes.axhspan(-1, 1, color=PALE, alpha=0.5, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.6)
    for verdict, colour in COLOURS.items():
        places = np.flatnonzero(verdicts == verdict)
        if places.size:
            axes.plot(places, np.nan_to_num(clearance[places]), MARKERS[verdict], color=colour, markersize=4.2)
    if own is not None:
        place = int(np.flatnonzero(order == own)[0])
        axes.plot(place, np.nan_to_num(clearance[place]), "o", color=BLACK, markersize=9, markerfacecolor="none",
                  markeredgewidth=0.9)
    axes.set_yscale("symlog", linthresh=1.0, linscale=0.6)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_ylabel("clearance")
    there = [verdict for verdict in COLOURS if verdict in verdicts]
    handles = [Line2D([], [], color=COLOURS[verdict], marker=MARKERS[verdict], linestyle="", markersize=4,
                      label=f"{verdict} ({int((verdicts == verdict).sum())})") for verdict in there]
    if own is not None:
        handles.append(Line2D([], [], color=BLACK, marker="o", linestyle="", markersize=7, markerfacecolor="none",
                              label="the scenario's own"))
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(handles), fontsize=SMALL,
                handletextpad=0.3, columnspacing=1.0)


def _draw_board(axes: Axes, universes: pd.DataFrame, order: np.ndarray, rows: Sequence[tuple[str, Any]]) -> None:
    for height, (path, value) in enumerate(rows):
        column = universes[path].tolist()
        places = [place for place, number in enumerate(order) if json.dumps(column[number]) == json.dumps(value)]
        axes.plot(places, [height] * len(places), "s", color=BLACK, markersize=3.0)
        if height and rows[height - 1][0] != path:
            axes.axhline(height - 0.5, color=PALE, linewidth=0.6)
    axes.set_yticks(range(len(rows)), [f"{short_name(path)}: {value_label(value)}" for path, value in rows],
                    fontsize=SMALL)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("universes")
