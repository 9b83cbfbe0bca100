"""Comparative statics along a line: every branch of equilibria against the parameter, with its folds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from simulation.errors import Refusal
from simulation.figures.intervals import isolated
from simulation.figures.labels import parameter_label, value_label
from simulation.figures.required_columns import refuse_unfit, refuse_without
from simulation.figures.style import (
    BLACK,
    BLUE,
    DARK,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)

PANELS = {"number_of_pacts": "Number of pacts", "commitment_given_pact": "Commitment given pact (share)",
          "autonomy_given_pact": "Autonomy given pact (share)", "autonomy_all_states": "Autonomy all states (share)",
          "gains": "Gain per pact (payoff a year)"}
GAINS: dict[str, tuple[str, Any]] = {
    "major_gain_per_pact": ("the major power's", "-"), "weak_gain_per_pact": ("the ally's", (0, (1.2, 1.2)))}
"""Measures of the last panel: whose gain, and the dashes of its line."""
ALONE: dict[bool, dict[str, Any]] = {
    True: {"marker": "o", "markersize": 3.0, "markeredgewidth": 0},
    False: {"marker": "o", "markersize": 4.0, "markeredgewidth": 0.8, "markerfacecolor": "white"}}
"""Marks of values to which no line leads: of a full line, and hollow of a dashed one."""
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
WIDTHS = (2.6, 1.4, 0.7)
"""Of lines in turn, the widest below, so that branches that coincide are all seen."""
PANEL_HEIGHT, WIDTH = 1.15, 5.2
MOST_DOTS = 45
MOST_IN_KEY, IN_A_ROW = 14, 4


def branches_figure(table: pd.DataFrame, folds: pd.DataFrame, path: str, power: str, title: str = "",
                    is_log: bool = False) -> Figure:
    """Number of pacts, their terms, and gains on every branch, against a parameter.

    Parameters
    ----------
    table : rows per point, equilibrium and major power, with columns `path`, equilibria, equilibrium, branch,
        major_power and the measures; equilibrium 0 where none was found.
    folds : branch, kind (begins or ends), low, high: between which values.
    path : column of the parameter, along the axis.
    power : code of the major power.

    Raises `Refusal` if the table lacks a column, or has no row of this major power.
    """
    terms = [name for name in PANELS if name != "gains"]
    refuse_unfit(table, (path, "point", "equilibria", "branch", "major_power", *terms, *GAINS), "branches")
    refuse_without(folds, ("low", "high"), "folds of branches")
    own = table[table["major_power"] == power]
    if own.empty:
        raise Refusal("no such major power in the table", found=power)
    with printed():
        return _drawn(own, folds, path, title, is_log)


def _drawn(own: pd.DataFrame, folds: pd.DataFrame, path: str, title: str, is_log: bool) -> Figure:
    figure = new_figure(WIDTH, PANEL_HEIGHT * len(PANELS) + 0.7)
    panels = dict(zip(PANELS, figure.subplots(len(PANELS), 1, sharex=True), strict=True))
    branches = sorted(set(own["branch"]) - {0})
    values = np.unique(own[path].to_numpy(dtype=float))
    if is_log:
        panels["gains"].set_xscale("log")
        say_plainly(panels["gains"].xaxis)
    for measure, axes in panels.items():
        _draw_panel(axes, own, branches, path, measure, len(values) <= MOST_DOTS)
        _mark(axes, own, folds, path)
        axes.set_ylabel(fitting(PANELS[measure], PANEL_HEIGHT * 0.8))
    panels["gains"].set_xlim(*_ends(values, is_log))
    figure.align_ylabels(list(panels.values()))
    panels["gains"].set_xlabel(fitting(parameter_label(path), WIDTH - 0.8))
    _draw_key(figure, branches, bool(len(folds)), title)
    add_note(figure, *_notes(own, folds, branches))
    return figure


def say_plainly(axis: Axis) -> None:
    """Ticks of a logarithmic axis as plain numbers, 1, 3, 10 and so on."""
    axis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: value_label(float(value))))
    axis.set_minor_formatter(NullFormatter())


def _ends(values: np.ndarray, is_log: bool) -> tuple[float, float]:
    low, high = float(values[0]), float(values[-1])
    if is_log:
        margin = (high / low) ** 0.02 if high > low else 1.1
        return low / margin, high * margin
    margin = 0.02 * (high - low) or 0.1 * abs(high) or 0.1
    return low - margin, high + margin


def _style(branch: int) -> dict[str, Any]:
    return {"color": COLOURS[(branch - 1) % len(COLOURS)], "linewidth": WIDTHS[(branch - 1) % len(WIDTHS)],
            "zorder": 2 + 0.1 * ((branch - 1) % len(WIDTHS))}


def _draw_panel(axes: Axes, own: pd.DataFrame, branches: list[int], path: str, measure: str, dotted: bool) -> None:
    shown = GAINS if measure == "gains" else {measure: ("", "-")}
    is_count = measure == "number_of_pacts"
    for branch in branches:
        rows = own[own["branch"] == branch].sort_values(path)
        for name, (_, dashes) in shown.items():
            heights = rows[name].to_numpy(dtype=float)
            axes.plot(rows[path], heights, linestyle=dashes, drawstyle="steps-mid" if is_count else "default",
                      marker="o" if dotted and dashes == "-" else "", markersize=2.0, markeredgewidth=0,
                      **_style(branch))
            alone = isolated(heights)
            if alone.any():  # unclipped nothing would lie at the corner of the page
                axes.plot(rows[path][alone], heights[alone], linestyle="", **ALONE[dashes == "-"] | _style(branch))
    heights = own[list(shown)].to_numpy(dtype=float)
    if not np.isfinite(heights).any():
        say_why_empty(axes, "no pact in any equilibrium" if branches else "no equilibrium found")
        axes.set_ylim(0, 1)
        return
    highest, lowest = np.nanmax(heights), min(0.0, np.nanmin(heights))
    spread = (highest - lowest) or 1.0
    axes.set_ylim(lowest - 0.05 * spread, lowest + 1.12 * spread)
    axes.yaxis.set_major_locator(MaxNLocator(integer=is_count, nbins=4))


def _mark(axes: Axes, own: pd.DataFrame, folds: pd.DataFrame, path: str) -> None:
    """Folds, as the gap between two values in which they lie, and values at which no equilibrium was found."""
    for low, high in sorted(set(zip(folds["low"], folds["high"], strict=True))):
        axes.axvspan(low, high, facecolor=PALE, edgecolor="white", linewidth=0.8, zorder=0.5)
    nothing = own.loc[own["equilibria"] == 0, path]
    if len(nothing):  # unclipped nothing would lie at the corner of the page, and the layout make room for it
        axes.plot(nothing, np.zeros(len(nothing)), "x", color=GREY, markersize=3.5, markeredgewidth=0.8,
                  transform=axes.get_xaxis_transform(), clip_on=False)


def _draw_key(figure: Figure, branches: list[int], has_folds: bool, title: str) -> None:
    """Branches by colour and width above the panels, whose gain by dashes in the last one."""
    handles = [Line2D([], [], label=f"branch {branch}", **_style(branch)) for branch in branches[:MOST_IN_KEY]]
    if has_folds:
        handles.append(Line2D([], [], color=PALE, linewidth=6, label="fold"))
    if title:
        figure.suptitle(fitting(title, WIDTH), ha="left", x=0.01)
    if handles:
        figure.axes[0].legend(handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2,
                              ncols=min(IN_A_ROW, len(handles)), handlelength=2.0, columnspacing=1.2)
    if branches:
        has_marks = any(line.get_linestyle() == "None" for line in figure.axes[-1].lines if line.get_marker() == "o")
        gains = [Line2D([], [], color=DARK, linewidth=1.0, linestyle=dashes, label=whose,
                        **(ALONE[dashes == "-"] if has_marks else {})) for whose, dashes in GAINS.values()]
        figure.axes[-1].legend(handles=gains, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, handlelength=2.0,
                               borderaxespad=0.0)


def _notes(own: pd.DataFrame, folds: pd.DataFrame, branches: list[int]) -> list[str]:
    counts = own.drop_duplicates("point")["equilibria"]
    missing = int((counts == 0).sum())
    told = {0: "No equilibrium was found at any value.", 1: "One branch of equilibria was found."}.get(
        len(branches), f"{len(branches)} branches of equilibria; at most {counts.max()} at one value.")
    if len(branches) > MOST_IN_KEY:
        told += f" The key names the first {MOST_IN_KEY}; colours and widths repeat."
    elif len(branches) > math.lcm(len(COLOURS), len(WIDTHS)):
        told += " Colours and widths repeat."
    return [
        told,
        "Folds: shaded, between the two values where a branch begins or ends." if len(folds) else "",
        f"Crosses: the {missing} values at which none was found." if missing and branches else "",
        "Gains: means over pacts of the difference that a pact makes. Lines of several widths so that branches that"
        " coincide are seen." if len(branches) > 1 else
        "Gains: means over pacts of the difference that a pact makes." if branches else ""]
