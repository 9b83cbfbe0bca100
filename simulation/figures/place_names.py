"""Codes beside the dots of a map, each where it covers least of other dots and codes. Called by both kinds of map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes

from simulation.figures.style import POINTS_PER_INCH, SMALL

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""
CODE, WIDTH_OF_A_CAPITAL = SMALL - 1.0, 0.72
"""Type size of codes in points, and how wide a capital is in units of it."""
OVER_WRITING = 4.0
"""How much worse it is to cover another code, which makes both illegible, than a dot."""
GAP = 1.5
"""Points from a dot to its own code."""


class CodeLabels:
    """The codes on a map.

    places : (n, 2), degrees east and north; radii : (n,), of the dots in points; rooms : (n,), half of what a dot keeps
    free of others' codes; taken : places and half sizes of what else is to be kept free.
    """

    def __init__(self, axes: Axes, places: np.ndarray, radii: np.ndarray, rooms: np.ndarray,
                 taken: Iterable[tuple[np.ndarray, float]] = ()):
        self.axes, self.places, self.radii = axes, places, radii
        self.scale = POINTS_PER_INCH / axes.figure.dpi
        self.points = axes.transData.transform(places) * self.scale
        self.dots = [_square(place, room) for place, room in zip(self.points, rooms, strict=True)]
        self.taken = [_square(axes.transData.transform(place) * self.scale, half) for place, half in taken]
        left, bottom, right, top = (float(edge) * self.scale for edge in axes.get_window_extent().extents)
        self.frame = left, bottom, right, top

    def write(self, codes: Sequence[str], numbers: Iterable[int], most_covered: float = np.inf,
              colours: Sequence[str] | None = None) -> list[int]:
        """Writes the codes of these dots in turn, and gives the numbers of those for which there was no room:
        that would cover more than `most_covered`, as a share of a code, of other dots and codes."""
        left_out = []
        for number in numbers:
            width = WIDTH_OF_A_CAPITAL * CODE * len(str(codes[number]))
            best, covered = self._best(number, width)
            if covered > most_covered * width * CODE:
                left_out.append(number)
                continue
            self.taken.append(best)
            place = self.points[number]
            self.axes.annotate(codes[number], tuple(self.places[number]),
                               ((best[0] + best[2]) / 2.0 - place[0], (best[1] + best[3]) / 2.0 - place[1]),
                               textcoords="offset points", ha="center", va="center_baseline", fontsize=CODE, zorder=6,
                               color=colours[number] if colours is not None else None)
        return left_out

    def _best(self, number: int, width: float) -> tuple[Box, float]:
        """Where a code covers least, and how much it covers there, square points."""
        others = [*self.dots[:number], *self.dots[number + 1:], *self.taken]
        boxes = _beside(self.points[number], self.radii[number], width)
        covered = [sum(_overlap(box, other) for other in others) + width * CODE - _overlap(box, self.frame)
                   for box in boxes]
        written = [sum(_overlap(box, other) for other in self.taken) for box in boxes]
        best = int(np.argmin([dots + OVER_WRITING * codes for dots, codes in zip(covered, written, strict=True)]))
        return boxes[best], covered[best]


def _square(place: np.ndarray, half: float) -> Box:
    return place[0] - half, place[1] - half, place[0] + half, place[1] + half


def _beside(place: np.ndarray, radius: float, width: float) -> list[Box]:
    """Boxes for a code about a dot, the usual side first, all in points."""
    away, half = radius + GAP, CODE / 2.0
    found = []
    for right, up in ((1, 1), (1, 0), (1, -1), (-1, 1), (-1, 0), (-1, -1), (0, 1), (0, -1)):
        x = place[0] + right * (width / 2.0 + (away if up == 0 else 0.7 * away))
        y = place[1] + up * (half + (away if right == 0 else 0.3 * away))
        found.append((x - width / 2.0, y - half, x + width / 2.0, y + half))
    return found


def _overlap(one: Box, other: Box) -> float:
    """Area that two boxes share, in square points."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(
        0.0, min(one[3], other[3]) - max(one[1], other[1]))
