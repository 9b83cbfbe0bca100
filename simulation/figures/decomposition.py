"""What each cost and benefit adds to a measure: bars of Shapley's shares with their intervals.

Takes the table that `decompose` writes; computes nothing but where bars stand.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from simulation.figures.labels import measure_label
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import BLACK, BLUE, GREY, ONE_COLUMN, SMALL, VERMILION, add_note, new_figure, printed
from simulation.scenario.documentation import rounded

COLUMNS = ("group", "kind", "share", "low", "high", "alone", "last")
COLOURS = {"benefit": BLUE, "cost": VERMILION}
ROW, FRAME = 0.26, 0.85


def decomposition_figure(parts: pd.DataFrame, measure: str, nothing: float, everything: float, histories: int,
                         width: float = ONE_COLUMN) -> Figure:
    """Shares of all groups, those that add most first.

    Parameters
    ----------
    parts : as `decompose` writes it, of one measure.
    nothing, everything : the measure with all groups off and on.
    histories : under each combination.
    """
    refuse_unfit(parts, COLUMNS, "decomposition")
    parts = parts.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    with printed():
        figure = new_figure(width, FRAME + ROW * len(parts))
        axes = figure.add_subplot()
        axes.axvline(0.0, color=GREY, linewidth=0.6)
        for place, row in enumerate(parts.itertuples(index=False)):
            axes.barh(place, row.share, color=COLOURS[row.kind], height=0.62)
            axes.plot([row.low, row.high], [place, place], color=BLACK, linewidth=0.9, solid_capstyle="butt")
            axes.plot(row.alone, place - 0.42, "v", color=BLACK, markersize=2.6, clip_on=False)
            axes.plot(row.last, place + 0.42, "^", color=BLACK, markersize=2.6, clip_on=False)
        axes.set_yticks(range(len(parts)), parts["group"], fontsize=SMALL)
        axes.set_ylim(len(parts) - 0.3, -0.7)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"Share in {measure_label(measure).lower()}")
        axes.legend(handles=[Patch(color=COLOURS[kind], label=f"{kind}s") for kind in COLOURS
                             if (parts["kind"] == kind).any()], loc="lower right", fontsize=SMALL)
    add_note(figure, f"From {rounded(nothing, 3)} with all off to {rounded(everything, 3)} with all on. Bars: mean"
                     f" difference over all orders of adding (Shapley), with 95% intervals over {histories} histories"
                     " each. Triangles: to nothing else (down), to all others (up).")
    return figure
