"""Portfolios beside each other: who is an ally under each setting, states ranked by distance.

Takes the table that `portfolios` writes; computes nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    SMALL,
    TALLEST,
    TWO_COLUMNS,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)
from simulation.scenario.state_order import StateOrder, arranged_table

COLUMNS = ("setting", "weak_state", "distance_km", "share_of_years", "autonomy")
ROW, FRAME = 0.115, 1.2
MOST_AREA = 42.0
COLOURS = "viridis"


def strips_figure(states: pd.DataFrame, histories: int, width: float = TWO_COLUMNS) -> Figure:
    """A column for every setting: dots as large as the share of years with a pact, filled by autonomy conceded."""
    refuse_unfit(states, COLUMNS, "portfolios")
    settings = list(dict.fromkeys(states["setting"]))
    order = arranged_table(states.drop_duplicates("weak_state").assign(major_power=""), StateOrder.DISTANCE)[
        "weak_state"].tolist()
    places = {code: place for place, code in enumerate(order)}
    with printed():
        figure = new_figure(width, min(TALLEST - 0.8, FRAME + ROW * len(order)))
        all_axes = figure.subplots(1, len(settings), sharey=True, squeeze=False)[0]
        most = float(np.nanmax(states["autonomy"])) if states["autonomy"].notna().any() else 1.0
        drawn: Any = None
        for axes, setting in zip(all_axes, settings, strict=True):
            own = states[(states["setting"] == setting)]
            heights = own["weak_state"].map(places)
            axes.scatter(own["distance_km"], heights, s=2.0, color=BLACK, linewidths=0, alpha=0.35)
            allied = (own["share_of_years"] > 0).to_numpy()
            drawn = axes.scatter(own["distance_km"][allied], heights[allied], c=own["autonomy"][allied],
                                 s=MOST_AREA * own["share_of_years"][allied], edgecolors=BLACK, linewidths=0.4,
                                 cmap=COLOURS, norm=Normalize(0.0, most))
            if own["share_of_years"].isna().all():
                say_why_empty(axes, "every history failed")
            axes.set_title(fitting(setting.replace("_", " "), width / len(settings)), pad=3)
            axes.locator_params(axis="x", nbins=3)
            axes.set_xlabel("Distance (km)", fontsize=SMALL)
        all_axes[0].set_yticks(range(len(order)), order, fontsize=min(SMALL, 72 * ROW * 0.62))
        all_axes[0].set_ylim(len(order) - 0.4, -0.6)
        figure.colorbar(drawn, ax=list(all_axes), location="bottom", shrink=0.5, aspect=40, pad=0.02).set_label(
            "Autonomy conceded (share)")
    add_note(figure, "One benefit at a time, none, and all. Area of a dot: share of the final years with a pact, over"
                     f" {histories} histories; small dots: never an ally.")
    return figure
