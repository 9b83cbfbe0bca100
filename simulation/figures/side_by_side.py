"""Contracts side by side: who is allied in which setting, or in which of several equilibria, and on what terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simulation.figures.required_columns import refuse_without
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    MEAN_WIDTH_OF_A_SIGN,
    ORANGE,
    PALE,
    POINTS_PER_INCH,
    PURPLE,
    SKY,
    SMALL,
    TALLEST,
    TEXT,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)

TERMS = {"commitment": "Commitment (share)", "autonomy": "Autonomy conceded (share)"}
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LARGEST, SMALLEST = 5.0, 2.6
"""Sizes of marks, the first setting's the largest and lowest, so that marks that coincide are all seen."""
ROW_HEIGHT, MOST_ROWS = 0.15, 52
IN_A_ROW = 3


def contracts_figure(pacts: pd.DataFrame, labels: Mapping[int, str], title: str = "") -> Figure:
    """For every pair allied in some setting: in which ones, its commitment, and the autonomy that it concedes.

    Parameters
    ----------
    pacts : a row per setting and pact, with columns setting, major_power, weak_state, commitment and autonomy (shares).
    labels : what sets each setting apart, by its number; also of those without a pact.
    title : above the figure.

    Raises `Refusal` if a column is missing.
    """
    refuse_without(pacts, ("setting", "major_power", "weak_state", *TERMS), "contracts side by side")
    with printed():
        return _drawn(pacts, labels, title)


def _drawn(pacts: pd.DataFrame, labels: Mapping[int, str], title: str) -> Figure:
    pairs = list(dict.fromkeys(zip(pacts["major_power"], pacts["weak_state"], strict=True)))
    shown = pairs[:MOST_ROWS]
    several = len({power for power, _ in pairs}) > 1
    inches = min(TALLEST, ROW_HEIGHT * max(len(shown), 4) + 1.2 + 0.16 * -(-len(labels) // IN_A_ROW))
    figure = new_figure(TWO_COLUMNS, inches)
    allied, *panels = figure.subplots(1, 1 + len(TERMS), sharey=True, width_ratios=[_width(labels), 3.0, 3.0])
    where = {pair: place for place, pair in enumerate(shown)}
    _draw_allied(allied, pacts, labels, where)
    for axes, (term, words) in zip(panels, TERMS.items(), strict=True):
        _draw_terms(axes, pacts, labels, where, term)
        axes.set_xlabel(fitting(words, 2.8))
    if shown:
        names = [f"{state} ({power})" if several else state for power, state in shown]
        allied.set_yticks(range(len(shown)), names, fontsize=SMALL - 0.5)
        allied.set_ylim(len(shown) - 0.4, -0.6)
    else:
        allied.set_yticks([])
        for axes in panels:
            say_why_empty(axes, "no pact")
    _draw_key(figure, labels, title)
    add_note(figure, *_notes(pairs, shown))
    return figure


def _width(labels: Mapping[int, str]) -> float:
    return 0.35 + 0.18 * len(labels)


def _style(place: int, number: int) -> dict[str, Any]:
    size = LARGEST if number == 1 else LARGEST - (LARGEST - SMALLEST) * place / (number - 1)
    return {"color": COLOURS[place % len(COLOURS)], "marker": MARKERS[place % len(MARKERS)], "markersize": size,
            "markeredgewidth": 0, "linestyle": "", "zorder": 3 + 0.1 * place}


def _draw_allied(axes: Axes, pacts: pd.DataFrame, labels: Mapping[int, str], where: dict[Any, int]) -> None:
    """A column per setting: a mark where the pair is allied, a small ring where it is not."""
    for place, number in enumerate(labels):
        rows = _places(pacts[pacts["setting"] == number], where)
        others = sorted(set(range(len(where))) - set(rows))
        axes.plot(np.full(len(rows), place), rows, **_style(place, 2) | {"markersize": 3.6})
        axes.plot(np.full(len(others), place), others, "o", color=PALE, markerfacecolor="white", markersize=2.4,
                  markeredgewidth=0.6)
    axes.set_xlim(-0.7, len(labels) - 0.3)
    axes.set_xticks(range(len(labels)), [str(number) for number in labels])
    axes.set_xlabel("Allied in")
    axes.tick_params(length=0)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _draw_terms(axes: Axes, pacts: pd.DataFrame, labels: Mapping[int, str], where: dict[Any, int], term: str) -> None:
    """The term of every pact, joined over the settings of one pair."""
    for pair, rows in pacts.groupby(["major_power", "weak_state"], sort=False):
        if pair in where:
            axes.plot([rows[term].min(), rows[term].max()], [where[pair]] * 2, color=GREY, linewidth=0.7, zorder=2)
    for place, number in enumerate(labels):
        rows = pacts[pacts["setting"] == number]
        is_shown = [pair in where for pair in zip(rows["major_power"], rows["weak_state"], strict=True)]
        rows = rows.loc[np.array(is_shown, dtype=bool)]
        if len(rows):  # unclipped nothing would lie at the corner of the page, and the layout make room for it
            axes.plot(rows[term], _places(rows, where), **_style(place, len(labels)), clip_on=False)
    for place in range(len(where)):
        axes.axhline(place, color=PALE, linewidth=0.3, zorder=0)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _places(rows: pd.DataFrame, where: dict[Any, int]) -> list[int]:
    pairs = zip(rows["major_power"], rows["weak_state"], strict=True)
    return [where[pair] for pair in pairs if pair in where]


def _draw_key(figure: Figure, labels: Mapping[int, str], title: str) -> None:
    columns = min(IN_A_ROW, len(labels))
    room = int((TWO_COLUMNS / columns - 0.4) * POINTS_PER_INCH / (MEAN_WIDTH_OF_A_SIGN * SMALL))
    handles = [Line2D([], [], label=_cut(f"{number}  {label}", room), **_style(place, 2) | {"markersize": 4})
               for place, (number, label) in enumerate(labels.items())]
    figure.legend(handles=handles, loc="outside upper left", ncols=columns, handlelength=1.0, columnspacing=1.2,
                  title=fitting(title, TWO_COLUMNS) or None, alignment="left", title_fontsize=TEXT)


def _cut(text: str, characters: int) -> str:
    """A label short enough for its place."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _notes(pairs: list[Any], shown: list[Any]) -> list[str]:
    return ["Left: filled where there is a pact, a ring where there is none. Right: terms of the pacts, in the marks of"
            " the left; a grey line joins those of one ally." if shown else "",
            f"Not drawn for want of room: {len(pairs) - len(shown)} allies more." if len(pairs) > len(shown) else ""]
