"""Which pacts a history predicts, beside those that were observed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulation.errors import Refusal
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREY,
    ONE_COLUMN,
    ORANGE,
    PALE,
    SMALL,
    TALLEST,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)
from simulation.history.tables import FALSE_ALARM, HIT, MISS, NO_RECORD, OUTCOMES, PREDICTED_FROM, REJECTION
from simulation.scenario.state_order import StateOrder, arranged_table, order_in_words
from simulation.scenario.validation import listed, shown

COLUMNS = ("major_power", "weak_state", "distance_km", "share_of_years", "observed", "outcome")
COLOURS = {HIT: BLUE, FALSE_ALARM: ORANGE, MISS: VERMILION, REJECTION: PALE, NO_RECORD: GREY}
ROWS_IN_A_COLUMN = 40
ROW_HEIGHT = 0.14
OBSERVED_AT = 1.06
"""Where the marks of observed pacts stand, beyond the shares from 0 to 1."""


def predicted_against_observed(table: pd.DataFrame, power: str | None = None) -> Figure:
    """Share of years with a pact, state by state, and whether there was a pact in the record.

    Parameters
    ----------
    table : as `simulation.history.tables.predictions` gives it.
    power : code of the major power; needed where the table has several.

    States that never had a pact, predicted or observed, are counted and not drawn. Raises `Refusal` if the table lacks
    a column or has no row for the major power.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise Refusal("no such column in the table", found=shown(missing[0]), allowed=listed(table.columns))
    powers = list(dict.fromkeys(table["major_power"]))
    if power is None and len(powers) > 1:
        raise Refusal("several major powers in the table", allowed=f"one of {listed(powers)}")
    rows = table if power is None else table[table["major_power"] == power]
    if rows.empty:
        raise Refusal("no prediction in the table" + (f" for {power}" if power else ""))
    with printed():
        return _drawn(rows)


def _drawn(rows: pd.DataFrame) -> Figure:
    observed = rows["observed"].fillna(False).to_numpy(dtype=bool)
    drawn = arranged_table(rows[(rows["share_of_years"] > 0) | observed], StateOrder.DISTANCE)
    drawn, left_out = drawn[:2 * ROWS_IN_A_COLUMN], drawn[2 * ROWS_IN_A_COLUMN:]
    columns = 1 if len(drawn) <= ROWS_IN_A_COLUMN else 2
    deep = math.ceil(len(drawn) / columns)
    figure = new_figure(ONE_COLUMN if columns == 1 else TWO_COLUMNS, min(TALLEST, ROW_HEIGHT * max(deep, 4) + 0.9))
    grid = figure.subplots(1, columns, squeeze=False)[0]
    for place, axes in enumerate(grid):
        _draw(axes, drawn[place * deep:(place + 1) * deep], deep)
    power = rows["major_power"].iloc[0]
    handles: list[Artist] = [Patch(color=COLOURS[kind], label=kind) for kind in OUTCOMES
                             if kind in set(drawn["outcome"])]
    handles.append(Line2D([], [], color=BLACK, marker="o", linestyle="", markersize=3, label="observed"))
    figure.legend(handles=handles, loc="outside upper left", ncols=3 if columns == 1 else 6, handlelength=1.0,
                  columnspacing=1.2, title=f"{power}: pacts predicted and observed", alignment="left",
                  title_fontsize=SMALL + 1)
    figure.supxlabel(fitting("Share of the history's last years with a pact", figure.get_figwidth()))
    add_note(figure, *_notes(rows, drawn, left_out))
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, deep: int) -> None:
    places = np.arange(len(rows))
    axes.set_xlim(0, OBSERVED_AT + 0.04)
    axes.set_xticks([0, 0.5, 1])
    axes.set_ylim(deep - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    if rows.empty:
        axes.set_yticks([])
        say_why_empty(axes, "no pact, predicted or observed")
        return
    axes.axvline(PREDICTED_FROM, color=GREY, linewidth=0.6, linestyle=(0, (3, 2)), zorder=0)
    axes.barh(places, rows["share_of_years"], height=0.7, linewidth=0,
              color=[COLOURS[outcome] for outcome in rows["outcome"]])
    is_ally = rows["observed"].fillna(False).to_numpy(dtype=bool)
    axes.plot(np.full(is_ally.sum(), OBSERVED_AT), places[is_ally], "o", color=BLACK, markersize=3)
    words = [f"{code}  {distance:,.0f} km" for code, distance in
             zip(rows["weak_state"], rows["distance_km"], strict=True)]
    axes.set_yticks(places, words, fontsize=SMALL - 0.5)
    for label, outcome in zip(axes.get_yticklabels(), rows["outcome"], strict=True):
        label.set_color(VERMILION if outcome == MISS else BLACK)


def _notes(rows: pd.DataFrame, drawn: pd.DataFrame, left_out: pd.DataFrame) -> list[str]:
    counts = rows["outcome"].value_counts()
    told = ", ".join(f"{kind}: {counts[kind]}" for kind in OUTCOMES if kind in counts)
    sentences = [f"{told[:1].upper()}{told[1:]}; of {len(rows)} states, {order_in_words(StateOrder.DISTANCE)}.",
                 "Predicted: a pact in half of the last years or more."]
    unseen = len(rows) - len(drawn) - len(left_out)
    if unseen:
        sentences.append(f"Not drawn: {unseen} states without a pact, predicted or observed.")
    if len(left_out):
        sentences.append(f"Not drawn for want of room: the {len(left_out)} farthest others.")
    return sentences
