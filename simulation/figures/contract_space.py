"""The contracts of one pair: who gains what from each, which ones both prefer to no pact, and which they would sign."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from simulation.analysis.contract_space import COLUMNS, CURVE, GRID, OUTSIDE
from simulation.errors import Refusal
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    BLUE,
    NARROW,
    ORANGE,
    PALE,
    SMALL,
    VERMILION,
    WIDE,
    add_note,
    fitting,
    new_figure,
    printed,
)
from simulation.scenario.documentation import rounded

MARKS = {"nash": ("Nash", "o"), "kalai_smorodinsky": ("Kalai-Smorodinsky", "s"), "egalitarian": ("egalitarian", "^"),
         "ultimatum": ("ultimatum", "D")}
LEVELS, NEAR = 6, 1e-9
MARGIN = 0.07
"""Share of the square along its edges in which no line has its number written."""


def contract_space_figure(table: pd.DataFrame, title: str = "", is_wide: bool = False) -> Figure:
    """The square of commitment and autonomy: contours of both sides' gains, contracts that both prefer to no pact, the
    contract curve, the bargaining solutions, and the weak state's outside option.

    table: as `analysis.contract_space` gives it; is_wide: two columns (175 mm) instead of one (85 mm). Raises `Refusal`
    if the table lacks columns or rows, or is no grid.
    """
    refuse_unfit(table, COLUMNS, "contract space")
    grid = table[table["what"] == GRID]
    weak, major = (grid.pivot_table(index="autonomy", columns="commitment", values=name, dropna=False)
                   for name in ("weak_gain", "major_gain"))
    if min(weak.shape, major.shape) < (2, 2):
        raise Refusal("contract space: not a grid", found=f"{len(grid)} rows {GRID!r}",
                      allowed="at least 2 commitments and 2 autonomies")
    with printed():
        width = WIDE if is_wide else NARROW
        figure = new_figure(width, 3.4 if is_wide else 4.3)
        axes, key = (figure.subplots(1, 2, width_ratios=[1.9, 1.0]) if is_wide
                     else figure.subplots(2, 1, height_ratios=[3.2, 1.0]))
        key.set_axis_off()
        option = table.loc[table["what"] == OUTSIDE, "weak_gain"].max()
        option = 0.0 if pd.isna(option) else float(option)
        _contours(axes, weak, VERMILION, option)
        _contours(axes, major, BLUE, None)
        both = np.ma.masked_invalid(np.minimum(weak.to_numpy() - option, major.to_numpy()))
        if both.count() and both.max() >= 0.0 > both.min():
            axes.contourf(weak.columns, weak.index, both, levels=[0.0, both.max()], colors=[PALE], zorder=0)
        handles = _marked(axes, table, weak, option)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="Commitment (share)", ylabel="Autonomy conceded (share)")
        if title:
            figure.suptitle(fitting(title, width), ha="left", x=0.01)
        key.legend(handles=handles, loc="upper left", ncols=1 if is_wide else 2, handlelength=1.6, columnspacing=1.0,
                   borderaxespad=0.0)
        agreed, is_whole = table["what"].isin(MARKS).any(), not grid["weak_gain"].isna().any()
        add_note(figure, "Gains in payoff per year over no pact, no other pact standing.",
                 "" if agreed else "No contract suits both sides: no contract curve and no solution.",
                 "" if is_whole else "Blank, below the least commitment: there a formula is no number.")
    return figure


def _contours(axes: Axes, gain: pd.DataFrame, colour: str, left_out: float | None) -> None:
    """Lines of equal gain, but for one that is drawn otherwise; none of a gain that is the same everywhere."""
    values = np.ma.masked_where(gain.isna(), gain.to_numpy())
    if not values.count() or np.ptp(values) <= 0.0 or not np.isfinite(values.compressed()).all():
        return
    levels = [level for level in MaxNLocator(LEVELS).tick_values(values.min(), values.max())
              if values.min() < level < values.max() and (left_out is None or abs(level - left_out) > NEAR)]
    if not levels:
        return
    drawn = axes.contour(gain.columns, gain.index, values, levels=levels, colors=colour, linewidths=0.7,
                         linestyles="-")
    for label in axes.clabel(drawn, fontsize=SMALL - 1.5, fmt="%.2g", inline=False):  # inline leaves gaps in the lines
        label.set_path_effects([withStroke(linewidth=3.5, foreground="white")])
        if not all(MARGIN < place < 1.0 - MARGIN for place in label.get_position()):
            label.remove()  # the frame would cut it, and a lost minus sign makes another number


def _marked(axes: Axes, table: pd.DataFrame, weak: pd.DataFrame, option: float) -> list[Line2D | Patch]:
    """Curve, outside option and solutions; gives the key."""
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=VERMILION, linewidth=0.7, label="weak state's gain"),
        Line2D([], [], color=BLUE, linewidth=0.7, label="major power's gain"),
        Patch(color=PALE, label="both prefer a pact")]
    curve = table[table["what"] == CURVE]
    if not curve.empty:
        handles += axes.plot(curve["commitment"], curve["autonomy"], color=BLACK, linewidth=1.8, label="contract curve")
    values = np.ma.masked_where(weak.isna(), weak.to_numpy())
    if values.count() and values.min() < option < values.max():
        axes.contour(weak.columns, weak.index, values, levels=[option], colors=VERMILION, linewidths=1.3,
                     linestyles="--")
        handles.append(Line2D([], [], color=VERMILION, linewidth=1.3, linestyle="--",
                              label=f"outside option ({rounded(option, 2)})"))
    for name, (label, mark) in MARKS.items():
        found = table[table["what"] == name]
        if not found.empty:
            handles += axes.plot(
                found["commitment"], found["autonomy"], mark, markerfacecolor="none", markeredgecolor=ORANGE,
                markeredgewidth=1.1, markersize=6.5, linestyle="", label=label, zorder=5, clip_on=False)
    return handles
