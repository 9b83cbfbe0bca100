"""Labels under an axis that never run into each other: level, else broken, else upright, else only some of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.looks import scale
from simulation.figures.style import LINE_SPACING, MEAN_WIDTH_OF_A_SIGN, POINTS_PER_INCH, type_size
from simulation.figures.style import broken as broken_at

MOST_LINES = 3
LONGEST_UPRIGHT = 30
"""Signs of an upright label; of a longer one the end is cut."""
UPRIGHT = 90.0
BETWEEN = 0.06
"""Inches between two labels, at least."""


def label_places(axes: Axes, places: np.ndarray, words: Sequence[str], inches: float) -> bool:
    """Labels places along the lower axis, which is `inches` long and has its limits; gives whether they are level."""
    left, right = axes.get_xlim()
    where = (np.asarray(places, dtype=float) - left) / ((right - left) or 1.0) * inches
    room = float(np.diff(where).min()) if len(where) > 1 else inches
    size = type_size("xtick.labelsize") * scale()
    wide = size * MEAN_WIDTH_OF_A_SIGN / POINTS_PER_INCH
    if max(map(len, words), default=0) * wide + BETWEEN <= room:
        axes.set_xticks(places, words)
        return True
    characters = max(1, int((room - BETWEEN) / wide))
    broken = [broken_at(word, characters) for word in words]
    if all(_fits(word, room - BETWEEN, wide) for word in broken):
        lines = max(word.count("\n") for word in broken)
        axes.set_xticks(places, [word + "\n" * (lines - word.count("\n")) for word in broken])
        return True
    high = size * LINE_SPACING / POINTS_PER_INCH
    shown, end = list(map(_cut, words)), -np.inf
    for number, place in enumerate(where):
        if place - end < high:
            shown[number] = ""
        else:
            end = place
    axes.set_xticks(places, shown, rotation=UPRIGHT)
    return False


def upright_inches(axes: Axes) -> float:
    """What labels along the lower axis take beyond a line, where they stand upright."""
    labels = axes.get_xticklabels()
    if not labels or labels[0].get_rotation() != UPRIGHT:
        return 0.0
    size = type_size("xtick.labelsize") * scale() / POINTS_PER_INCH
    return max(0.0, max(len(label.get_text()) for label in labels) * MEAN_WIDTH_OF_A_SIGN - LINE_SPACING) * size


def _fits(word: str, room: float, wide: float) -> bool:
    lines = word.split("\n")
    return len(lines) <= MOST_LINES and max(map(len, lines)) * wide <= room


def _cut(word: str) -> str:
    return word if len(word) <= LONGEST_UPRIGHT else word[: LONGEST_UPRIGHT - 1] + "…"
