"""Any measure of a sweep by any of its factors, in several kinds of figure, on a page or on a user's own axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.conditions import ALL, Choice, Comparison, comparison, refuse_crowds
from simulation.figures.curves import draw_cumulative, draw_histograms, key_of_cumulative, key_of_histograms
from simulation.figures.distribution import (
    PANEL_HEIGHT,
    draw_boxes,
    draw_dots,
    draw_violins,
    key_of_boxes,
    key_of_dots,
    key_of_violins,
)
from simulation.figures.heat_map import MOST_LEVELS, draw_heat, key_of_heat, label_heat
from simulation.figures.intervals import cut_remark, missing_remarks
from simulation.figures.labels import level_label, measure_label, measure_meaning, parameter_label, value_label
from simulation.figures.levels import POWER, distinct
from simulation.figures.lines import draw_lines, key_of_lines, label_lines
from simulation.figures.looks import looks_now, scale, stretch
from simulation.figures.panels import (
    MOST_SERIES,
    WIDE,
    Panel,
    label_side_by_side,
    numbers_told,
    series_handles,
)
from simulation.figures.ridges import LEAST_ROW, ROW, draw_ridges, key_of_ridges
from simulation.figures.scatter import both_or_neither, draw_scatter, key_of_scatter
from simulation.figures.style import (
    MEAN_WIDTH_OF_A_SIGN,
    ONE_COLUMN,
    POINTS_PER_INCH,
    TALLEST,
    TWO_COLUMNS,
    add_note,
    broken,
    fitting,
    new_figure,
    printed,
    settled,
    type_size,
)
from simulation.figures.tick_labels import upright_inches
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.joined_tables import FOLDER

MOST_BESIDE = 6
"""Of more conditions the distributions stand above each other."""
MOST_LEVEL = 12
"""Signs of a label that stands level."""
MARGIN = 0.6
"""Inches left of a panel that its axis takes."""


@dataclass(frozen=True)
class Kind:
    """A kind of figure.

    Attributes
    ----------
    draw : onto axes; what it gives back, if anything, is the image that a bar of colours explains.
    label : labels the lower axis once its length in inches is known; None where it is an axis of numbers.
    key : the sentence that says what the marks are.
    measure_on : the axis of the measure, or none of them (as a colour).
    most : conditions, and panels or lines, that can be told apart.
    in_a_row : panels beside each other; 0 where levels of `within` are drawn in the one panel that there is.
    has_series : whether conditions are told apart by a key instead of by their place.
    slot : inches that a condition takes along the lower axis, at least.
    """

    draw: Callable[[Axes, Panel], Any]
    label: Callable[[Axes, Panel, float], None] | None
    key: Callable[[Panel], str]
    measure_on: str
    most: tuple[int, int]
    in_a_row: int
    has_series: bool = False
    slot: float = 0.0


KINDS = {
    "dots": Kind(draw_dots, label_side_by_side, key_of_dots, "y", (40, 12), 4, slot=0.16),
    "box": Kind(draw_boxes, label_side_by_side, key_of_boxes, "y", (40, 12), 4, slot=0.16),
    "violin": Kind(draw_violins, label_side_by_side, key_of_violins, "y", (40, 12), 4, slot=0.16),
    "ecdf": Kind(draw_cumulative, None, key_of_cumulative, "x", (MOST_SERIES, 12), 3, has_series=True),
    "histogram": Kind(draw_histograms, None, key_of_histograms, "x", (MOST_SERIES, 12), 3, has_series=True),
    "ridge": Kind(draw_ridges, None, key_of_ridges, "x", (40, 6), 3),
    "line": Kind(draw_lines, label_lines, key_of_lines, "y", (200, MOST_SERIES), 0),
    "heat": Kind(draw_heat, label_heat, key_of_heat, "", (MOST_LEVELS, MOST_LEVELS), 0),
    "scatter": Kind(draw_scatter, None, key_of_scatter, "both", (MOST_SERIES, 12), 3, has_series=True),
}


def outcome_figure(table: pd.DataFrame, measure: str, choice: Choice | None = None, kind: str | None = None,
                   against: str = "") -> Figure:
    """A measure by condition, as a page of its own.

    Parameters
    ----------
    table : the table of a sweep, a row per history and major power.
    choice : by which factors, at which levels, and of which major power; several powers stand in panels of their own
        where nothing else does.
    kind : a name in `KINDS`; None: dots for few conditions, ridges for many.
    against : a second measure, for a scatter of the first against it.

    Where a mark holds several cells of the design, each cell has the same weight, and the interval of the mean is taken
    over replications (`study.marginal_means`). Raises `Refusal` if there is nothing to show or too much to tell apart.
    """
    with printed():
        compared, own = _asked(table, measure, choice or Choice(), kind, against)
        return _drawn(compared, measure, own, against)


def draw_outcome(axes: Axes, table: pd.DataFrame, measure: str, choice: Choice | None = None, kind: str | None = None,
                 against: str = "") -> list[str]:
    """The same on axes of the user's own, in their style; gives the sentences of the caption.

    Raises `Refusal` as `outcome_figure`, and where it takes several panels.
    """
    compared, own = _asked(table, measure, choice or Choice(), kind, against)
    if own.in_a_row and compared.within:
        raise Refusal("several panels", found=compared.within, allowed="no `within` on one pair of axes, unless as line"
                                                                       " or heat; a level can be chosen with `at`")
    panel = next(_panels(compared, measure, own, against))
    image = own.draw(axes, panel)
    if own.label:
        own.label(axes, panel, _inches(axes))
    _label(axes, own, compared, measure, against)
    if image is not None:
        axes.get_figure().colorbar(image, ax=axes, label=measure_label(measure))  # type: ignore[union-attr]
    handles = _handles(compared, own)
    if handles:
        signs = int(0.8 * _inches(axes) * POINTS_PER_INCH / (MEAN_WIDTH_OF_A_SIGN * type_size("font.size")))
        axes.legend(handles=handles, title=broken(_series(compared, own), max(8, signs)))
    return _caption(compared, measure, own, panel)


def _asked(table: pd.DataFrame, measure: str, choice: Choice, kind: str | None,
           against: str) -> tuple[Comparison, Kind]:
    """What is to be shown, and how."""
    if kind is not None and kind not in KINDS:
        raise Refusal("no such kind of figure", found=shown(kind), allowed=listed(KINDS),
                      suggestion=nearest(kind, KINDS), file="kind")
    if bool(against) != (kind == "scatter") and kind is not None:
        raise Refusal("not a kind for one measure" if kind == "scatter" else "not a kind for two measures",
                      found=kind, allowed="scatter with a second measure, any other without", file="kind")
    choice = _with_panels(table, choice, kind)
    own = KINDS["scatter" if against else kind or "dots"]
    measures = [measure, *([against] if against else [])]
    if against and all(name in table for name in measures):
        table = both_or_neither(table, measure, against)
    compared = comparison(table, measures, replace(choice, most_levels=own.most))
    if kind is None and not against and len(compared.conditions) > MOST_BESIDE:
        own = KINDS["ridge"]
        compared = comparison(table, measures, replace(choice, most_levels=own.most))
    if own is KINDS["heat"] and not (compared.by and compared.within):
        raise Refusal("missing", allowed="two factors, by and within, for a heat map", file="kind")
    refuse_crowds(compared, *own.most)
    return compared, own


def _with_panels(table: pd.DataFrame, choice: Choice, kind: str | None) -> Choice:
    """Several folders or major powers in panels of their own, where nothing else is."""
    if kind == "heat" or choice.within:
        return choice
    for name, is_chosen in ((FOLDER, FOLDER in choice.at), (POWER, choice.power is not None)):
        if name in table and name != choice.by and not is_chosen and len(distinct(table[name])) > 1:
            return replace(choice, within=name)
    return choice


def _panels(compared: Comparison, measure: str, own: Kind, against: str) -> Iterator[Panel]:
    every = tuple(mark for value in compared.panels for mark in compared.marks(measure, value))
    for value in compared.panels if own.in_a_row else compared.panels[:1]:
        yield Panel(compared, measure, value, every, against)


def _drawn(compared: Comparison, measure: str, own: Kind, against: str) -> Figure:
    number = len(compared.panels) if own.in_a_row else 1
    conditions = len(compared.conditions)
    fitting_in = int((looks_now().width or TWO_COLUMNS) / (own.slot * conditions + MARGIN))
    columns = max(1, min(number, own.in_a_row, fitting_in))
    rows = math.ceil(number / columns)
    width = _width(own, compared, number)
    figure = new_figure(width, _panel_height(own, compared, rows) * rows + 0.5)
    grid = figure.subplots(rows, columns, sharex=own.measure_on in ("x", "both"), sharey=own.measure_on != "",
                           squeeze=False)
    panels = list(_panels(compared, measure, own, against))
    for axes, panel in zip(grid.flat, panels, strict=False):
        image = own.draw(axes, panel)
        if compared.within and own.in_a_row:
            axes.set_title(fitting(level_label(compared.within, panel.value), (width - MARGIN) / columns), pad=3)
        if image is not None:
            figure.colorbar(image, ax=axes, label=fitting(measure_label(measure), PANEL_HEIGHT))
    for axes in grid.flat[number:]:
        axes.set_axis_off()
    _label_page(figure, grid, own, compared, measure, against)
    if own.label:  # beside what is drawn, which has to have its place
        settled(figure)
        for axes, panel in zip(grid.flat, panels, strict=False):
            own.label(axes, panel, _inches(axes))
        figure.set_figheight(figure.get_figheight() + rows * upright_inches(grid.flat[0]))
    add_note(figure, *_caption(compared, measure, own, panels[0]))
    return figure


def _width(own: Kind, compared: Comparison, panels: int) -> float:
    """One column of a page where that is enough for a panel and its labels."""
    longest = max(len(value_label(condition)) for condition in compared.conditions)
    needed = len(compared.conditions) * (min(longest, MOST_LEVEL) * WIDE + 0.1)
    return ONE_COLUMN if panels == 1 and (own.measure_on == "x" or needed <= ONE_COLUMN - MARGIN) else TWO_COLUMNS


def _inches(axes: Axes) -> float:
    """How long the lower axis is."""
    figure: Any = axes.get_figure(root=True)
    return float(axes.get_position().width * figure.get_figwidth())


def _panel_height(own: Kind, compared: Comparison, rows: int) -> float:
    number = len(compared.conditions)
    if own is KINDS["ridge"]:
        return max(LEAST_ROW, min(ROW, (TALLEST - 2.0) / rows / number)) * number + 0.5
    if own is KINDS["heat"]:
        return min(TALLEST - 2.0, max(PANEL_HEIGHT, 0.2 * len(compared.panels)))
    return PANEL_HEIGHT


def _axis_words(own: Kind, compared: Comparison, measure: str, against: str) -> tuple[str, str]:
    """What stands along the lower and the left axis."""
    by, words = (parameter_label(compared.by) if compared.by else ""), measure_label(measure)
    share = "Share"
    return {"dots": (by, words), "box": (by, words), "violin": (by, words), "line": (by, words),
            "ecdf": (words, share), "histogram": (words, share), "ridge": (words, by),
            "heat": (by, parameter_label(compared.within) if compared.within else ""),
            "scatter": (measure_label(against) if against else "", words)}[_name(own)]


def _name(own: Kind) -> str:
    return next(name for name, kind in KINDS.items() if kind is own)


def _label(axes: Axes, own: Kind, compared: Comparison, measure: str, against: str) -> None:
    """The words at axes of the user's own."""
    below, left = _axis_words(own, compared, measure, against)
    axes.set_xlabel(below)
    axes.set_ylabel(left)


def _label_page(figure: Figure, grid: np.ndarray, own: Kind, compared: Comparison, measure: str, against: str) -> None:
    below, left = _axis_words(own, compared, measure, against)
    width, height = figure.get_figwidth() / stretch(), figure.get_figheight() / grid.shape[0]
    for axes in grid[:, 0]:
        axes.set_ylabel(fitting(left, max(0.8, height - 0.6) / stretch()))
    figure.supxlabel(fitting(below, width))
    handles = _handles(compared, own)
    panels = parameter_label(compared.within) if compared.within and own.in_a_row else ""
    if handles:
        lines = [*([f"Panels: {panels}"] if panels else []), _series(compared, own)]
        title = "\n".join(fitting(line, width) for line in lines)
        longest = max(len(str(handle.get_label())) for handle in handles)
        fitting_in = int(figure.get_figwidth() / (scale() * (WIDE * longest + 0.5)))
        figure.legend(handles=handles, loc="outside upper left", title=title, alignment="left",
                      ncols=max(1, min(len(handles), fitting_in)), handlelength=2.4)
    elif panels:
        figure.suptitle(fitting(panels, width), ha="left", x=0.01)


def _series(compared: Comparison, own: Kind) -> str:
    """What the lines that a key explains are told apart by."""
    name = compared.by if own.has_series else compared.within
    return parameter_label(name) if name else ""


def _handles(compared: Comparison, own: Kind) -> list[Any]:
    if own.has_series and compared.conditions != [ALL]:
        return series_handles(compared.conditions, has_markers=own is KINDS["scatter"])
    if own is KINDS["line"] and compared.panels != [ALL]:
        return series_handles(compared.panels)
    return []


def _caption(compared: Comparison, measure: str, own: Kind, panel: Panel) -> list[str]:
    """What a reader must know to read the figure."""
    told = [(name, measure_meaning(name)) for name in (measure, panel.against) if name]
    has_means = own.measure_on != "x" or own is KINDS["ridge"]
    cut = cut_remark(panel.every, *panel.ends) if has_means and own.measure_on else ""
    found = [*(f"{measure_label(name).split(' (')[0]}: {meaning}" for name, meaning in told if meaning), own.key(panel),
             numbers_told(panel), cut, *(missing_remarks(panel.every) if has_means else []), *compared.remarks]
    return [sentence for sentence in found if sentence]
