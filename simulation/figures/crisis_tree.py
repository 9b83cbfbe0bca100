"""The crisis game of one pair as a tree: who moves, how likely each move is, and what the ends are worth."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.analysis.crisis_tree import COLUMNS
from simulation.errors import Refusal
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import BLACK, BLUE, DARK, NARROW, SMALL, WIDE, add_note, fitting, new_figure, printed

MOST_WIDTH, LEAST_WIDTH = 3.0, 0.5
"""Widths of a branch that is always and never reached, in points."""


def crisis_tree_figure(table: pd.DataFrame, title: str = "", is_wide: bool = True) -> Figure:
    """The tree of the game from left to right; the wider a branch, the more often the game comes through it.

    table: as `analysis.crisis_tree` gives it; is_wide: two columns (175 mm) instead of one (85 mm), where the moves
    have shorter room. Raises `Refusal` if the table lacks columns or rows, or is no tree.
    """
    refuse_unfit(table, COLUMNS, "crisis tree")
    children = {parent: list(own) for parent, own in table.groupby("parent", sort=False)["node"]}
    roots = [parent for parent in children if parent not in set(table["node"])]
    if len(roots) != 1 or table["node"].duplicated().any():
        raise Refusal("crisis tree: not one tree", found=f"roots {', '.join(map(str, roots)) or 'none'}",
                      allowed="one root, every node with one parent")
    places: dict[str, tuple[float, float]] = {}
    _place(roots[0], 0, children, places)
    with printed():
        width = WIDE if is_wide else NARROW
        ends = len(table) + 1 - len(children)
        figure = new_figure(width, (0.5 if is_wide else 0.68) * ends + 0.3)
        axes = figure.subplots()
        axes.set_axis_off()
        deep = max(x for x, _ in places.values())
        axes.set(xlim=(-0.35, deep + (0.75 if is_wide else 1.25)), ylim=(ends - 0.45, -0.6))
        for row in table.to_dict("records"):
            _branch(axes, row, places, is_wide)
        for parent, mover in dict(zip(table["parent"], table["mover"], strict=True)).items():
            _mover(axes, places[parent], mover)
        if title:
            figure.suptitle(fitting(title, width), ha="left", x=0.01)
        add_note(figure, "On branches: probability of the move; the wider, the more often it is reached. At ends:"
                 " probability of the path once a crisis can open; payoffs of weak state | major power.",
                 "The major power moves by its true type.")
    return figure


def _place(node: str, depth: int, children: dict[str, list[str]], places: dict[str, tuple[float, float]]) -> float:
    """Ends one below the other, inner nodes amid their children; gives the height."""
    own = children.get(node, [])
    if own:
        height = sum(_place(child, depth + 1, children, places) for child in own) / len(own)
    else:
        height = float(sum(name not in children for name in places))
    places[node] = (float(depth), height)
    return height


def _branch(axes: Axes, row: dict[str, Any], places: dict[str, tuple[float, float]], is_wide: bool) -> None:
    (x0, y0), (x1, y1) = places[row["parent"]], places[row["node"]]
    bend = x0 + 0.12
    axes.plot([x0, bend, x1], [y0, y1, y1], color=BLUE, solid_joinstyle="round", zorder=1,
              linewidth=LEAST_WIDTH + (MOST_WIDTH - LEAST_WIDTH) * row["reached"])
    gap = " " if is_wide else "\n"
    axes.annotate(f"{row['move']}{gap}{row['probability']:.2f}", (bend, y1), (2, 3), textcoords="offset points",
                  ha="left", va="bottom", fontsize=SMALL if is_wide else SMALL - 1.5, color=BLACK, linespacing=1.0)
    if not math.isnan(row["weak_payoff"]):
        axes.annotate(f"{row['reached']:.1%}\n{_payoff(row['weak_payoff'])} | {_payoff(row['major_payoff'])}", (x1, y1),
                      (4, 0), textcoords="offset points", ha="left", va="center", fontsize=SMALL if is_wide else 6,
                      color=DARK, linespacing=1.15)


def _mover(axes: Axes, place: tuple[float, float], mover: str) -> None:
    axes.plot(*place, "o", color=BLACK, markersize=3.5, zorder=3)
    axes.annotate(mover.replace(" ", "\n"), place, (-2, -4), textcoords="offset points", ha="right", va="top",
                  fontsize=6, color=DARK, style="italic", linespacing=1.0)


def _payoff(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}") if math.isfinite(value) else "\N{MINUS SIGN}\N{INFINITY}"
