"""Portfolios in space: weak states at their capitals, or, without coordinates, ranked by distance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulation.errors import Refusal
from simulation.figures.coastlines import draw_coastlines
from simulation.figures.place_names import CodeLabels
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    GREY,
    NARROW,
    PALE,
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
STAR = 9.0
MOST_NAMED = 24
"""Codes on a map; where there would be more, states that were allies in the record alone go without, and where there
still would be, those for which there is no room."""
MOST_COVERED = 0.15
"""Share of a code that may lie on other dots and codes where many go without."""
ROOM = " Codes: where there is room."
TICK_ROOM = 0.06
"""Share of the width at the right that has no tick: the number there would reach beyond the page."""
RING = 1.6
"""Points from a dot to the ring of a state that was an ally in the record."""
RINGS = " Ring: an ally in the record."
PLACES = " Points: capitals within the frame; star: the power's. Coastlines: Natural Earth."
NEAR = 2.5
"""Points at least from an ally's dot to another's code."""


def portfolio_map(table: pd.DataFrame, title: str = "", is_wide: bool = False) -> Figure:
    """Portfolios side by side: allies filled by the autonomy they concede, sized by commitment; others hollow.

    table: a row per panel and weak state with the columns `COLUMNS`: degrees, km, shares; commitment and autonomy are
    NaN without a pact. With a column `observed` those that were allies in the record stand in a ring. A panel is a
    setting or a major power. Where any coordinate is missing, states stand on a strip by distance instead. is_wide: two
    columns (175 mm) instead of one (85 mm). Raises `Refusal` if the table lacks columns or rows, or has too many
    panels.
    """
    refuse_unfit(table, COLUMNS, "map of portfolios")
    panels = list(table.groupby("panel", sort=False))
    if len(panels) > MOST_PANELS:
        raise Refusal("map of portfolios: too many panels", found=str(len(panels)), allowed=f"at most {MOST_PANELS}")
    placed = table[["latitude", "longitude", "power_latitude", "power_longitude"]].notna().all(axis=None)
    columns = min(len(panels), IN_A_ROW if is_wide else 1)
    rows = math.ceil(len(panels) / columns)
    highest = highest_shade(table["autonomy"])
    with printed():
        width = WIDE if is_wide else NARROW
        figure = new_figure(width, (2.6 if placed else 0.4 + 0.115 * table["weak_state"].nunique()) * rows + 0.7)
        grid = figure.subplots(rows, columns, squeeze=False)
        drawn: Any = None
        for axes, (name, rows_of_panel) in zip(grid.flat, panels, strict=False):
            axes.set_title(fitting(str(name), width / columns), pad=3)
            drawn = (_places if placed else _strip)(axes, rows_of_panel, highest)
            if placed:
                _frame(axes, table[table["power_longitude"] == rows_of_panel["power_longitude"].iloc[0]])
        for axes in grid.flat[len(panels):]:
            axes.set_axis_off()
        bar = figure.colorbar(drawn, ax=list(grid.flat), location="bottom", shrink=0.6, aspect=30, pad=0.02)
        bar.set_label("Autonomy conceded (share)")
        if title:
            figure.suptitle(fitting(title, width), ha="left", x=0.01)
        pacts = int(table["commitment"].notna().sum())
        add_note(figure, f"Filled: {pacts or 'no'} pact{'s' * (pacts != 1)}, the larger the more commitment; hollow: no"
                 " pact." + (RINGS if _observed(table).any() else "") + (PLACES if placed else "")
                 + (ROOM if placed and any(_is_crowded(own) for _, own in panels) else ""))
        if placed:  # now that the layout stands
            for axes, (_, rows_of_panel) in zip(grid.flat, panels, strict=False):
                _name_allies(axes, rows_of_panel)
                _prune_ticks(axes)
    return figure


def _prune_ticks(axes: Axes) -> None:
    """Leaves ticks on the earth, and away from the edge of the page."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    axes.set_xticks([tick for tick in axes.get_xticks() if left <= tick <= right - TICK_ROOM * (right - left)])
    axes.set_yticks([tick for tick in axes.get_yticks() if max(bottom, -90.0) <= tick <= min(top, 90.0)])


def highest_shade(autonomy: pd.Series) -> float:
    """Where the shades end: the most autonomy of all, rounded up to a tenth, so that what there is stands apart."""
    most = float(autonomy.max()) if autonomy.notna().any() else 1.0
    return min(1.0, math.ceil(10.0 * most - 1e-9) / 10.0) or 1.0


def _dots(axes: Axes, rows: pd.DataFrame, x: pd.Series, y: pd.Series, highest: float) -> PathCollection:
    allied, observed = rows["commitment"].notna(), _observed(rows)
    axes.scatter(x[observed], y[observed], s=(2.0 * (_radii(rows)[observed] + RING)) ** 2, facecolors="none",
                 edgecolors=VERMILION, linewidths=0.9, zorder=3)
    axes.scatter(x[~allied], y[~allied], s=HOLLOW, facecolors="white", edgecolors=GREY, linewidths=0.8, zorder=3)
    return axes.scatter(x[allied], y[allied], c=rows.loc[allied, "autonomy"], edgecolors=BLACK, linewidths=0.6,
                        s=LEAST_AREA + (MOST_AREA - LEAST_AREA) * rows.loc[allied, "commitment"], zorder=4,
                        cmap=COLOURS, norm=Normalize(0.0, highest))


def _observed(rows: pd.DataFrame) -> np.ndarray:
    """Which states were allies in the record; none where it does not say."""
    if "observed" not in rows:
        return np.zeros(len(rows), dtype=bool)
    observed: np.ndarray = rows["observed"].eq(True).to_numpy()
    return observed


def _radii(rows: pd.DataFrame) -> np.ndarray:
    """Radii of dots in points."""
    areas = np.where(rows["commitment"].notna(), LEAST_AREA + (MOST_AREA - LEAST_AREA) * rows["commitment"], HOLLOW)
    return np.sqrt(areas) / 2.0


def _places(axes: Axes, rows: pd.DataFrame, highest: float) -> PathCollection:
    draw_coastlines(axes)
    axes.plot(rows["power_longitude"], rows["power_latitude"], "*", color=VERMILION, markersize=STAR, zorder=5)
    axes.set(xlabel="Longitude (degrees)", ylabel="Latitude (degrees)")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    return _dots(axes, rows, rows["longitude"], rows["latitude"], highest)


def _name_allies(axes: Axes, rows: pd.DataFrame) -> None:
    """Codes beside the allies, predicted or observed."""
    allied = rows["commitment"].notna().to_numpy()
    radii = _radii(rows) + np.where(_observed(rows), RING, 0.0)
    # a code near another ally would be read as that one's
    rooms = radii + np.where(allied, NEAR, 0.0)
    home = rows[["power_longitude", "power_latitude"]].iloc[0].to_numpy()
    labels = CodeLabels(axes, rows[["longitude", "latitude"]].to_numpy(), radii, rooms, [(home, STAR / 2.0)])
    named = allied | _observed(rows)
    if named.sum() > MOST_NAMED:
        named = allied
    labels.write(rows["weak_state"].tolist(), np.flatnonzero(named).tolist(),
                 MOST_COVERED if _is_crowded(rows) else np.inf)


def _is_crowded(rows: pd.DataFrame) -> bool:
    """Whether there are more allies than have room for their codes."""
    return bool(rows["commitment"].notna().sum() > MOST_NAMED)


def _strip(axes: Axes, rows: pd.DataFrame, highest: float) -> PathCollection:
    rows = rows.sort_values("distance_km", kind="stable").reset_index(drop=True)
    axes.set_yticks(range(len(rows)), rows["weak_state"])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel("Distance (km)")
    axes.grid(axis="y", color=PALE, linewidth=0.4)
    return _dots(axes, rows, rows["distance_km"], pd.Series(range(len(rows)), dtype=float), highest)


def _frame(axes: Axes, rows: pd.DataFrame) -> None:
    """The neighbourhood that holds a power and its allies in all panels; a degree of longitude as short as there."""
    allied, middle = rows["commitment"].notna() | _observed(rows), float(rows["power_latitude"].iloc[0])
    for side, letter in (("longitude", "x"), ("latitude", "y")):
        places = pd.concat([rows.loc[allied, side], rows[f"power_{side}"]])
        spare = LEAST_FRAME if places.nunique() == 1 else 4.0
        # auto: the layout may widen the frame to keep the aspect
        getattr(axes, f"set_{letter}lim")(places.min() - spare, places.max() + spare, auto=True)
    axes.set_aspect(1.0 / max(LEAST_COSINE, math.cos(math.radians(middle))), adjustable="datalim")
