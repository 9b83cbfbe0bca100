"""Portfolios in space: weak states at their capitals, or, without coordinates, ranked by distance. No map is drawn."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.needs import refuse_unfit
from simulation.figures.style import (
    BLACK,
    GREY,
    NARROW,
    PALE,
    SMALL,
    VERMILION,
    WIDE,
    add_note,
    fitting,
    new_figure,
    printed,
)

COLUMNS = ("panel", "weak_state", "latitude", "longitude", "power_latitude", "power_longitude", "distance_km",
           "commitment", "autonomy")
MOST_PANELS, IN_A_ROW = 6, 3
COLOURS = "viridis"
HOLLOW, LEAST_AREA, MOST_AREA = 14.0, 10.0, 90.0
"""Areas of dots in square points: of states without a pact, and of pacts with commitment 0 and 1."""
LEAST_FRAME, LEAST_COSINE = 20.0, 0.3
"""Degrees about a power without allies; the cosine of the latitude beyond which a degree is drawn no shorter."""


def portfolio_map(table: pd.DataFrame, title: str = "", is_wide: bool = False) -> Figure:
    """Portfolios side by side: allies filled by the autonomy they concede, sized by commitment; others hollow.

    table: a row per panel and weak state with the columns `COLUMNS`: degrees, km, shares; commitment and autonomy are
    NaN without a pact. A panel is a setting or a major power. Where any coordinate is missing, states stand on a strip
    by distance instead. is_wide: two columns (175 mm) instead of one (85 mm). Raises `Refusal` if the table lacks
    columns or rows, or has too many panels.
    """
    refuse_unfit(table, COLUMNS, "map of portfolios")
    panels = list(table.groupby("panel", sort=False))
    if len(panels) > MOST_PANELS:
        raise Refusal("map of portfolios: too many panels", found=str(len(panels)), allowed=f"at most {MOST_PANELS}")
    placed = table[["latitude", "longitude", "power_latitude", "power_longitude"]].notna().all(axis=None)
    columns = min(len(panels), IN_A_ROW if is_wide else 1)
    rows = math.ceil(len(panels) / columns)
    with printed():
        width = WIDE if is_wide else NARROW
        figure = new_figure(width, (2.6 if placed else 0.4 + 0.115 * table["weak_state"].nunique()) * rows + 0.7)
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes, (name, rows_of_panel) in zip(grid.flat, panels, strict=False):
            axes.set_title(fitting(str(name), width / columns), pad=3)
            drawn = (_places if placed else _strip)(axes, rows_of_panel)
        for axes in grid.flat[len(panels):]:
            axes.set_axis_off()
        bar = figure.colorbar(drawn, ax=list(grid.flat), location="bottom", shrink=0.6, aspect=30, pad=0.02)
        bar.set_label("Autonomy conceded (share)")
        if title:
            figure.suptitle(fitting(title, width), ha="left", x=0.01)
        pacts = int(table["commitment"].notna().sum())
        add_note(figure, f"Filled: {pacts or 'no'} pact{'s' * (pacts != 1)}, the larger the more commitment; hollow: no"
                 " pact." + (" Points: capitals within the frame; star: the power's." if placed else ""))
    return figure


def _dots(axes: Axes, rows: pd.DataFrame, x: pd.Series, y: pd.Series):
    allied = rows["commitment"].notna()
    axes.scatter(x[~allied], y[~allied], s=HOLLOW, facecolors="white", edgecolors=GREY, linewidths=0.8, zorder=3)
    return axes.scatter(x[allied], y[allied], c=rows.loc[allied, "autonomy"], edgecolors=BLACK, linewidths=0.6,
                        s=LEAST_AREA + (MOST_AREA - LEAST_AREA) * rows.loc[allied, "commitment"], zorder=4,
                        cmap=COLOURS, norm=Normalize(0.0, 1.0))


def _places(axes: Axes, rows: pd.DataFrame):
    axes.grid(color=PALE, linewidth=0.4)
    axes.plot(rows["power_longitude"], rows["power_latitude"], "*", color=VERMILION, markersize=9, zorder=5)
    allies = rows[rows["commitment"].notna()]
    for code, x, y in zip(allies["weak_state"], allies["longitude"], allies["latitude"], strict=True):
        axes.annotate(code, (x, y), (5, 3), textcoords="offset points", fontsize=SMALL - 1.0, zorder=6)
    drawn = _dots(axes, rows, rows["longitude"], rows["latitude"])
    _frame(axes, rows)
    return drawn


def _strip(axes: Axes, rows: pd.DataFrame):
    rows = rows.sort_values("distance_km", kind="stable").reset_index(drop=True)
    axes.set_yticks(range(len(rows)), rows["weak_state"])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel("Distance (km)")
    axes.grid(axis="y", color=PALE, linewidth=0.4)
    return _dots(axes, rows, rows["distance_km"], pd.Series(range(len(rows)), dtype=float))


def _frame(axes: Axes, rows: pd.DataFrame) -> None:
    """The neighbourhood that holds the power and its allies; a degree of longitude as short as it is there."""
    allied, middle = rows["commitment"].notna(), float(rows["power_latitude"].iloc[0])
    for side, letter in (("longitude", "x"), ("latitude", "y")):
        places = pd.concat([rows.loc[allied, side], rows[f"power_{side}"]])
        spare = LEAST_FRAME if places.nunique() == 1 else 4.0
        # auto: the layout may widen the frame to keep the aspect
        getattr(axes, f"set_{letter}lim")(places.min() - spare, places.max() + spare, auto=True)
    axes.set_aspect(1.0 / max(LEAST_COSINE, math.cos(math.radians(middle))), adjustable="datalim")
    axes.set(xlabel="Longitude (degrees)", ylabel="Latitude (degrees)")
