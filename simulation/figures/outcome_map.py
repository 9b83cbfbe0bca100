"""Hits, misses and false alarms on the map: the weak states of one major power at their capitals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simulation.errors import Refusal
from simulation.figures.coastlines import draw_coastlines
from simulation.figures.place_names import CodeLabels
from simulation.figures.predicted import COLOURS
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import BLACK, GREY, SMALL, WIDE, add_note, fitting, new_figure, printed, say_why_empty
from simulation.history.tables import FALSE_ALARM, HIT, MISS, REJECTION
from simulation.record.capitals import capitals
from simulation.record.outcomes import LIKELY

COLUMNS = ("model", "power", "state", "name", "year", "pact", "probability", "outcome")
TOLD = (HIT, MISS, FALSE_ALARM)
"""Outcomes that are named, in the order of the note; those that were wrong have the first room for their codes."""
FILLS = COLOURS | {REJECTION: GREY}
MARKERS = {HIT: "o", MISS: "s", FALSE_ALARM: "^", REJECTION: "o"}
SIZE, SMALL_DOT, STAR = 4.6, 2.0, 9.0
MOST_COVERED = 0.15
"""Share of a code that may be covered; where it would be more, the state is named in the note alone."""
WEST, EAST, SOUTH, NORTH, SPARE = -180.0, 180.0, -58.0, 82.0, 7.0
"""Degrees: the part of the earth on which states lie, and what is shown beyond the farthest state."""
ACROSS, LOWEST, HIGHEST = 6.7, 2.8, 4.2
"""Inches: width of the map, and its least and largest height."""
Frame = tuple[float, float, float, float]
"""West, east, south and north, degrees."""


def outcome_map(table: pd.DataFrame, power: str, is_held_out: bool = True) -> Figure:
    """Whom a model takes for an ally, and who was one on record: hits, misses and false alarms named on the map.

    table : rows of one year and one model, with the columns `COLUMNS`, as `record.outcomes.outcome_table` gives them.
    power : whose. is_held_out : whether the fit has not seen the states, which the note says either way. Raises
    `Refusal` if columns are missing, or rows of that power. States of which the place is not known are counted in the
    note.
    """
    refuse_unfit(table, COLUMNS, "map of outcomes")
    own = table[table["power"] == power].reset_index(drop=True)
    if own.empty:
        raise Refusal("no prediction in the table for", found=power)
    places = capitals()
    known = own[own["state"].isin(places.index)].reset_index(drop=True)
    degrees = places.loc[known["state"], ["longitude", "latitude"]].to_numpy(float)
    home = places.loc[places.index == power, ["longitude", "latitude"]].to_numpy(float)
    frame = _frame(np.vstack([degrees[known["outcome"].isin(TOLD)], home]))
    with printed():
        figure = new_figure(WIDE, ACROSS * (frame[3] - frame[2]) / (frame[1] - frame[0]) + 0.5)
        axes = figure.add_subplot()
        _draw(axes, known, degrees, home, frame)
        figure.legend(handles=_handles(own), loc="outside upper left", ncols=4, handlelength=1.0, alignment="left",
                      title=fitting(f"{power} {own['year'].iloc[0]}: pacts predicted and on record", WIDE),
                      title_fontsize=SMALL + 1)
        add_note(figure, *_note(own, len(own) - len(known), is_held_out))
        _name(axes, known, degrees)  # now that the layout stands
    return figure


def _frame(places: np.ndarray) -> Frame:
    """What holds these places, as wide as to leave a map neither too low nor too high; places: (n, 2), degrees."""
    if not len(places):
        return WEST, EAST, SOUTH, NORTH
    (west, south), (east, north) = places.min(axis=0) - SPARE, places.max(axis=0) + SPARE
    west, east = _widened(west, east, (north - south) * ACROSS / HIGHEST, WEST, EAST)
    south, north = _widened(south, north, (east - west) * LOWEST / ACROSS, SOUTH, NORTH)
    return west, east, south, north


def _widened(low: float, high: float, extent: float, least: float, most: float) -> tuple[float, float]:
    """A range made as wide as `extent` about its middle, within the limits as far as they are wide enough."""
    extent = min(max(extent, high - low), most - least)
    low = min(max((low + high - extent) / 2.0, least), most - extent)
    return float(low), float(low + extent)


def _draw(axes: Axes, known: pd.DataFrame, degrees: np.ndarray, home: np.ndarray, frame: Frame) -> None:
    draw_coastlines(axes)
    axes.set(xticks=[], yticks=[], xlim=frame[:2], ylim=frame[2:])
    axes.spines[:].set_visible(False)
    axes.set_aspect("equal")
    axes.plot(*home.T, "*", color=BLACK, markersize=STAR, zorder=5)
    for kind in (REJECTION, *TOLD):
        is_kind = (known["outcome"] == kind).to_numpy()
        axes.plot(*degrees[is_kind].T, linestyle="", **_mark(kind), zorder=4)
    if known.empty:
        say_why_empty(axes, "no state whose place is known")


def _name(axes: Axes, known: pd.DataFrame, degrees: np.ndarray) -> None:
    """The codes of those that are told, the wrong ones first, as far as there is room."""
    is_told = known["outcome"].isin(TOLD).to_numpy()
    radii = np.where(is_told, SIZE, SMALL_DOT) / 2.0
    labels = CodeLabels(axes, degrees, radii, np.where(is_told, radii, 0.0))
    turn = sorted(np.flatnonzero(is_told).tolist(), key=lambda number: known["outcome"][number] == HIT)
    labels.write(known["state"].tolist(), turn, MOST_COVERED,
                 [FILLS[outcome] for outcome in known["outcome"]])


def _handles(own: pd.DataFrame) -> list[Artist]:
    counts = own["outcome"].value_counts()
    return [Line2D([], [], linestyle="", **_mark(kind), label=f"{kind}: {counts.get(kind, 0)}")
            for kind in (*TOLD, REJECTION)]


def _mark(kind: str) -> dict[str, Any]:
    return {"color": FILLS[kind], "marker": MARKERS[kind], "markeredgewidth": 0,
            "markersize": SMALL_DOT if kind == REJECTION else SIZE}


def _note(own: pd.DataFrame, unplaced: int, is_held_out: bool) -> list[str]:
    model, seen = str(own["model"].iloc[0]), "has not seen" if is_held_out else "has seen"
    sentences = [f"{model[:1].upper()}{model[1:]}; weak states that the fit {seen}. Predicted: a probability of"
                 f" {LIKELY:g} or more."]
    for kind, words in ((MISS, "Misses"), (FALSE_ALARM, "False alarms"), (HIT, "Hits")):
        rows = own[own["outcome"] == kind]
        named = ", ".join(f"{name} ({code})" if kind != HIT else str(name) for name, code in zip(
            rows["name"], rows["state"], strict=True))
        sentences.append(f"{words}: {named or 'none'}.")
    sentences.append("Marks: capitals; star: the power's own. A code that would cover another is left out."
                     " Coastlines: Natural Earth.")
    if unplaced:
        sentences.append(f"Not drawn: {unplaced} states whose capital is not known.")
    return sentences
