"""Forest plot of propositions: every predicted effect with its interval, in units of the smallest effect of interest.

Takes the tables that `test` writes; computes nothing but the common scale.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from simulation.errors import Refusal
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SMALL,
    TALLEST,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    new_figure,
    printed,
)

COLUMNS = ("proposition", "prediction", "prediction_verdict", "measure", "predicted", "smallest_effect", "effect",
           "low", "high", "pairs")
COLOURS = {"supported": BLUE, "contradicted": VERMILION, "negligible": GREEN, "undecided": ORANGE,
           "nothing to measure": GREY}
MARKERS = {"supported": "o", "contradicted": "X", "negligible": "s", "undecided": "D", "nothing to measure": "."}
SIGNS = {"positive": "+", "negative": "\N{MINUS SIGN}", "none": "0"}
ROW, FRAME = 0.17, 0.75
BEYOND_PAPER = "effect_beyond_paper"
LINEAR = 1.0
"""Up to the smallest effect of interest the axis is linear, beyond it logarithmic: effects span orders of magnitude."""


def forest_figure(verdicts: pd.DataFrame, knock_outs: pd.DataFrame | None = None, width: float = TWO_COLUMNS) -> Figure:
    """Every prediction as a row: its effect and interval; hollow beside it, the same effect under its knock-outs.

    Parameters
    ----------
    verdicts, knock_outs : as `test` writes them to verdicts.csv and knock_outs.csv.
    width : in inches.

    Raises `Refusal` if a column is missing or there is no row.
    """
    for name in COLUMNS:
        if name not in verdicts:
            raise Refusal("no such column in the table of verdicts", found=", ".join(map(str, verdicts.columns[:8])),
                          allowed=", ".join(COLUMNS))
    if verdicts.empty:
        raise Refusal("a table of verdicts without rows", allowed="one prediction or more")
    with printed():
        figure = new_figure(width, min(TALLEST, FRAME + ROW * (len(verdicts) + verdicts["proposition"].nunique())))
        axes = figure.add_subplot()
        _draw(axes, verdicts, knock_outs)
        _legend(axes, verdicts)
    add_note(figure, "Effect over the smallest effect of interest; shaded: negligible; the axis is logarithmic beyond."
             " Bars: confidence sequences, the family's alpha in equal shares. Hollow: the same effect with a mechanism"
             " switched off. n: pairs of histories.")
    return figure


def _draw(axes: Axes, verdicts: pd.DataFrame, knock_outs: pd.DataFrame | None) -> None:
    places, labels, height = [], [], 0.0
    previous = None
    for row in verdicts.itertuples(index=False):
        if previous not in (None, row.proposition):
            height += 0.7
            axes.axhline(height - 0.35, color=PALE, linewidth=0.5)
        previous = row.proposition
        _draw_effect(axes, height, row)
        if knock_outs is not None:
            _draw_knock_outs(axes, height, row, knock_outs)
        places.append(height)
        words = row.prediction.replace("_", " ")
        labels.append(f"{row.proposition}  {words} ({SIGNS[row.predicted]}), n = {row.pairs}")
        height += 1.0
    axes.set_yticks(places, labels, fontsize=SMALL)
    axes.set_ylim(height - 0.3, -0.7)
    axes.set_xscale("symlog", linthresh=LINEAR, linscale=0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.axvspan(-1, 1, color=PALE, alpha=0.5, linewidth=0)
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.set_xlabel("effect in units of the smallest effect of interest")
    axes.tick_params(axis="y", length=0)


def _draw_effect(axes: Axes, height: float, row: Any) -> None:
    colour = COLOURS[row.prediction_verdict]
    if math.isnan(row.effect):
        axes.text(0, height, "nothing to measure", ha="center", va="center", fontsize=SMALL, color=GREY)
        return
    scale = row.smallest_effect
    if not math.isnan(row.low):
        axes.plot([row.low / scale, row.high / scale], [height, height], color=colour, linewidth=1.4,
                  solid_capstyle="butt")
    axes.plot(row.effect / scale, height, MARKERS[row.prediction_verdict], color=colour, markersize=4.0)
    without = getattr(row, BEYOND_PAPER, math.nan)  # tables of earlier versions do not have it
    if not pd.isna(without):
        axes.plot(float(without) / scale, height, "|", color=BLACK, markersize=6.0, markeredgewidth=1.0)


def _draw_knock_outs(axes: Axes, height: float, row: Any, knock_outs: pd.DataFrame) -> None:
    own = knock_outs[(knock_outs["proposition"] == row.proposition) & (knock_outs["prediction"] == row.prediction)]
    if "tested" in own:  # tables of earlier versions do not say
        own = own[own["tested"].astype(bool)]  # a column without rows has no type of its own
    for effect in own["effect"].dropna():
        axes.plot(effect / row.smallest_effect, height + 0.28, "o", color=GREY, markersize=3.2, markerfacecolor="white",
                  markeredgewidth=0.7)


def _legend(axes: Axes, verdicts: pd.DataFrame) -> None:
    there = [verdict for verdict in COLOURS if (verdicts["prediction_verdict"] == verdict).any()]
    handles = [Line2D([], [], color=COLOURS[verdict], marker=MARKERS[verdict], markersize=4, label=verdict)
               for verdict in there]
    handles.append(Line2D([], [], color=GREY, marker="o", markersize=3.2, markerfacecolor="white", linestyle="",
                          label="knocked out"))
    if BEYOND_PAPER in verdicts and verdicts[BEYOND_PAPER].notna().any():
        handles.append(Line2D([], [], color=BLACK, marker="|", markersize=6, linestyle="", label="without paper pacts"))
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=len(handles), fontsize=SMALL,
                handlelength=1.2, columnspacing=1.0)
