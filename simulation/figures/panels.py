"""What a kind of figure draws on one pair of axes, and what the kinds share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from simulation.figures.conditions import ALL, Comparison, Mark
from simulation.figures.intervals import limits
from simulation.figures.labels import measured_with, value_label
from simulation.figures.looks import scale
from simulation.figures.style import GREY, say_why_empty
from simulation.figures.tick_labels import label_places

MOST_SERIES = 7
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1)),
                           (0, (6, 1, 1, 1, 1, 1)), (0, (2, 2)))
COLOUR_MAP, DARKEST, LIGHTEST = "viridis", 0.0, 0.78
"""Colours whose lightness rises from the first to the last, so that they can be told apart in grey."""
WIDE = 0.053
"""Inches of a sign in small type."""
EDGE = 0.6
"""Room left and right of the first and last of conditions that stand one beside the other, which are 1 apart."""


@dataclass(frozen=True)
class Panel:
    """One panel of a figure: the marks of one value of `within`.

    compared: all that the figure shows; measure: its name; value: that of the panel; every: the marks of all panels, to
    whose scale this one is drawn; against: a second measure.
    """

    compared: Comparison
    measure: str
    value: Any
    every: tuple[Mark, ...]
    against: str = ""

    @cached_property
    def marks(self) -> list[Mark]:
        """What stands at each condition."""
        return self.compared.marks(self.measure, self.value)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Ends of the axis of the measure."""
        return limits(self.every)

    @property
    def words(self) -> list[str]:
        """The conditions as labels."""
        return ["" if condition == ALL else value_label(condition) for condition in self.compared.conditions]

    def is_empty(self, axes: Axes, marks: Sequence[Mark] | None = None, needs_mean: bool = False) -> bool:
        """Whether there is no number to draw, or no mean; the axes then say why. marks: if not those of the panel."""
        marks = self.marks if marks is None else marks
        if needs_mean and any(mark.existing for mark in marks) and all(np.isnan(mark.found.mean) for mark in marks):
            say_why_empty(axes, f"no mean: everywhere some cell has\nno history {measured_with(self.measure)}")
            return True
        if any(mark.existing for mark in marks):
            return False
        say_why_empty(axes, f"no history {measured_with(self.measure)}" if any(mark.histories for mark in marks)
                      else "no history")
        return True


def unit(marks: Sequence[Mark]) -> str:
    """What is spread at the places of a figure."""
    return "cells (the mean of each)" if any(mark.cells > 1 for mark in marks) else "histories"


def label_side_by_side(axes: Axes, panel: Panel, inches: float) -> None:
    """Labels conditions one beside the other, and the numbers of histories under them where these differ."""
    number = len(panel.compared.conditions)
    told = numbers_below(panel)
    is_level = label_places(axes, np.arange(number), panel.words, inches)
    if is_level and told and max(map(len, told)) * WIDE * scale() <= inches / number:
        words = [text.get_text() + f"\n{own}" for text, own in zip(axes.get_xticklabels(), told, strict=True)]
        axes.set_xticks(range(number), words, linespacing=1.2)


def numbers_below(panel: Panel) -> list[str]:
    """Numbers of histories to stand at the conditions; none where all of the figure are the same."""
    if len({(mark.histories, mark.existing) for mark in panel.every}) == 1:
        return []
    has_all = all(mark.existing == mark.histories for mark in panel.every)
    return [f"{mark.histories}" if has_all else f"{mark.existing} of {mark.histories}" for mark in panel.marks]


def numbers_told(panel: Panel) -> str:
    """How many histories a mark stands for, for the caption."""
    def span(numbers: Sequence[int]) -> str:
        return f"{min(numbers)}" if min(numbers) == max(numbers) else f"{min(numbers)} to {max(numbers)}"

    marks = [mark for mark in panel.every if mark.histories]
    if not marks:
        return ""
    told = f"Histories at each mark: {span([mark.histories for mark in marks])}"
    if any(mark.existing < mark.histories for mark in marks):
        told += f", {span([mark.existing for mark in marks])} of them {measured_with(panel.measure)}"
    return told + "."


def series_styles(values: Sequence[Any], has_markers: bool = True) -> list[dict[str, Any]]:
    """How lines of several conditions are drawn, so that they can be told apart in grey."""
    shades = np.linspace(DARKEST, LIGHTEST, len(values)) if len(values) > 1 else [0.25]
    return [{"color": mpl.colormaps[COLOUR_MAP](shade), "linestyle": DASHES[place % MOST_SERIES],
             **({"marker": MARKERS[place % MOST_SERIES], "markersize": 4.0, "markeredgewidth": 0} if has_markers
                else {})} for place, shade in enumerate(shades)]


def series_handles(values: Sequence[Any], has_markers: bool = True) -> list[Line2D]:
    """The key of lines of several conditions."""
    return [Line2D([], [], label=value_label(value), **style)
            for value, style in zip(values, series_styles(values, has_markers), strict=True)]


def no_ticks(axes: Axes) -> None:
    """An axis on which rows stand: without its line."""
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def annotate_n(axes: Axes, words: str, row: float, size: float) -> None:
    """The number of histories at the right end of a row."""
    axes.annotate(words, (1.0, row), (3, 2), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                  fontsize=size, color=GREY, annotation_clip=False)
