"""The selection reversal on a page: pacts, autonomy given a pact and over all states against a cost, from the agents
and from the equilibria.

Takes the tables that `reversal` writes; computes nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simulation.figures.labels import measure_label, parameter_label
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ONE_COLUMN,
    SMALL,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)

COLOURS = {"number_of_pacts": BLUE, "autonomy_given_pact": VERMILION, "autonomy_all_states": GREEN}
FIXED, BEYOND_PAPER = "autonomy_of_survivors", "pacts_beyond_paper"
ROW = 1.6


def reversal_figure(agents: pd.DataFrame, equilibria: pd.DataFrame, path: str, histories: int,
                    width: float = ONE_COLUMN) -> Figure:
    """Three panels over each other.

    Parameters
    ----------
    agents : columns value, measure, mean, low, high, histories.
    equilibria : columns value and the three measures, a row per equilibrium; NaN where there is no pact.
    path : of the cost.
    histories : at each value.
    """
    refuse_unfit(agents, ("value", "measure", "mean", "low", "high", "histories"), "selection reversal")
    with printed():
        figure = new_figure(width, ROW * len(COLOURS) + 0.6)
        panels = list(figure.subplots(len(COLOURS), 1, sharex=True))
        for axes, (measure, colour) in zip(panels, COLOURS.items(), strict=True):
            _draw(axes, agents, equilibria, measure, colour)
            axes.set_ylabel(fitting(measure_label(measure), ROW * 0.9))
        panels[-1].set_xlabel(fitting(parameter_label(path), width))
        _key(figure)
    add_note(figure, f"Lines: mean and 95% interval over {histories} histories at each value (given a pact: over those"
                     " with pacts). Crosses: every equilibrium that was found. Dotted: the states that are allies of"
                     " the same history at all values, where selection can have done nothing.")
    return figure


def _draw(axes: Axes, agents: pd.DataFrame, equilibria: pd.DataFrame, measure: str, colour: str) -> None:
    own = agents[agents["measure"] == measure]
    place, mean = own["value"].to_numpy(float), own["mean"].to_numpy(float)
    if np.isnan(mean).all():
        say_why_empty(axes, "no pacts at any value")
    axes.plot(place, mean, color=colour, marker="o", markersize=3.2)
    axes.vlines(place, own["low"], own["high"], color=colour, linewidth=1.0)
    if measure in equilibria:
        axes.plot(equilibria["value"], equilibria[measure], "x", color=BLACK, markersize=4.0, markeredgewidth=0.8)
    if measure == "autonomy_given_pact":
        fixed = agents[agents["measure"] == FIXED]
        axes.plot(fixed["value"], fixed["mean"], ":", color=GREY, linewidth=1.2)
    if measure == "number_of_pacts":
        beyond = agents[agents["measure"] == BEYOND_PAPER]
        axes.plot(beyond["value"], beyond["mean"], "--", color=BLACK, linewidth=0.9)
    axes.set_ylim(bottom=0.0)


def _key(figure: Figure) -> None:
    handles = [Line2D([], [], color=BLUE, marker="o", markersize=3.2, label="agents"),
               Line2D([], [], color=BLACK, marker="x", linestyle="", markersize=4, label="equilibria"),
               Line2D([], [], color=BLACK, linestyle="--", linewidth=0.9, label="without paper pacts"),
               Line2D([], [], color=GREY, linestyle=":", label="the same allies")]
    figure.axes[0].legend(handles=handles, loc="upper right", fontsize=SMALL)
