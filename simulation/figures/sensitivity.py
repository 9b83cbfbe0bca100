"""Which parameters move a measure: a bar for each, longest first, with its interval."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from simulation.analysis.sensitivity import MAIN_INDEX, ranked
from simulation.errors import Refusal
from simulation.figures.labels import measure_label, parameter_label
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREY,
    SKY,
    SMALL,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)

MOST_BARS = 20
ROW_HEIGHT, LABEL_WIDTH = 0.34, 2.6
RISES, FALLS, BOTH = "raises the measure", "lowers it", "either, or neither"
DIRECTIONS = {RISES: BLUE, FALLS: VERMILION, BOTH: GREY}
SHARES = {"ST": ("with its interactions (ST)", SKY), "S1": ("alone (S1)", BLUE)}
AXES = {"mu_star": "change over the length of an axis (mu*)", "ST": "share of the variance"}
NOTES = {
    "mu_star": ["Bars: mean size of elementary effects (mu*), 95% interval over trajectories (Student's t).",
                "Triangles, below the bars: their standard deviation (sigma), large where the effect"
                " hangs on other parameters."],
    "ST": ["95% intervals from a bootstrap over base points. What ST has beyond S1 is interaction."],
}


COLUMNS = ("method", "measure", "major_power", "path", "with_path", "index", "value", "low", "high")
EFFECTS = ("mu", "mu_star", "sigma")


def sensitivity_figure(table: pd.DataFrame, measure: str, power: str) -> Figure:
    """The indices of one measure of one major power.

    Parameters
    ----------
    table : columns method, measure, major_power, path, with_path, index, value, low, high, as
        `analysis.sensitivity` makes it.

    Raises `Refusal` if the table lacks a column or an index, or has no such rows.
    """
    refuse_unfit(table, COLUMNS, "sensitivity")
    own = table[(table["measure"] == measure) & (table["major_power"] == power)]
    if own.empty:
        raise Refusal("no such measure and major power in the table", found=f"{measure} of {power}")
    main = MAIN_INDEX[own["method"].iloc[0]]
    needed = SHARES if main == "ST" else EFFECTS
    if missing := [index for index in needed if index not in set(own["index"])]:
        raise Refusal("sensitivity: indices missing", found=", ".join(dict.fromkeys(own["index"])),
                      allowed=f"a table with {', '.join(missing)}")
    paths = ranked(own, measure, power)
    values = own[own["with_path"] == ""].pivot(index="path", columns="index", values=["value", "low", "high"])
    with printed():
        return _drawn(values.loc[paths[:MOST_BARS]], main, measure, power, len(paths))


def _drawn(values: pd.DataFrame, main: str, measure: str, power: str, number: int) -> Figure:
    figure = new_figure(TWO_COLUMNS, ROW_HEIGHT * len(values) + 0.9)
    axes = figure.subplots()
    places = np.arange(len(values))[::-1]
    if values["value", main].isna().all():
        say_why_empty(axes, "the measure varies too little for shares of its variance")
    elif main == "ST":
        _draw_shares(axes, values, places)
    else:
        _draw_effects(axes, values, places)
    axes.set_yticks(places, [fitting(parameter_label(path), LABEL_WIDTH) for path in values.index])
    axes.set_ylim(-0.7, len(values) - 0.4)
    axes.axvline(0.0, color=BLACK, linewidth=0.6)
    label = measure_label(measure) if main == "mu_star" else measure_label(measure).split(" (")[0]
    axes.set_xlabel(f"{label} of {power}: {AXES[main]}")
    left_out = f"The {len(values)} of {number} parameters that matter most." if number > len(values) else ""
    add_note(figure, *NOTES[main], left_out)
    return figure


def _draw_effects(axes: Axes, values: pd.DataFrame, places: np.ndarray) -> None:
    directions = [_direction(row) for row in values["value"].itertuples()]
    _bars(axes, values, places, "mu_star", [DIRECTIONS[direction] for direction in directions], 0.62)
    axes.plot(values["value", "sigma"], places - 0.38, "^", color=BLACK, markersize=3.4, markeredgewidth=0)
    axes.legend(handles=[Patch(color=colour, label=direction) for direction, colour in DIRECTIONS.items()
                         if direction in directions], title="A higher value, or a later choice:",
                alignment="left", title_fontsize=SMALL, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3,
                handlelength=1.0, borderaxespad=0.2, columnspacing=1.2)


def _direction(row: Any) -> str:
    """Which way a parameter moves the measure: one way in all trajectories, or not."""
    if not row.mu_star or not math.isclose(abs(row.mu), row.mu_star, rel_tol=1e-9):
        return BOTH
    return RISES if row.mu > 0 else FALLS


def _draw_shares(axes: Axes, values: pd.DataFrame, places: np.ndarray) -> None:
    for (index, (_, colour)), shift in zip(SHARES.items(), (0.17, -0.17), strict=True):
        _bars(axes, values, places + shift, index, [colour] * len(values), 0.3)
    axes.legend(handles=[Patch(color=colour, label=words) for words, colour in SHARES.values()], loc="lower left",
                bbox_to_anchor=(0.0, 1.0), ncols=2, handlelength=1.0, borderaxespad=0.2, columnspacing=1.2)


def _bars(axes: Axes, values: pd.DataFrame, places: np.ndarray, index: str, colours: list[str], height: float) -> None:
    axes.barh(places, values["value", index], height=height, color=colours, linewidth=0)
    for place, low, high in zip(places, values["low", index], values["high", index], strict=True):
        axes.plot([low, high], [place, place], color=BLACK, linewidth=0.9, solid_capstyle="butt")
