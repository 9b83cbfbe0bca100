"""Figures of histories and sweeps, from what the other functions return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.figures.of_sweeps import Outcome, draw_of_sweeps, figure_of_sweeps
from simulation.figures.registry import run_figures
from simulation.figures.selection import selection_figure as selection_of
from simulation.history.tables import Tables
from simulation.interface.studies import AnyResults, results_of
from simulation.study.store import ResultsFolder


class Figures(dict[str, Figure]):
    """Figures by name, all of which a notebook shows."""

    def _ipython_display_(self) -> None:
        """Shows every figure; IPython calls it by this name."""
        from IPython.display import display  # noqa: PLC0415 - there wherever this is called, and nowhere needed else

        for figure in self.values():
            display(figure)


def history_figures(tables: Tables) -> Figures:
    """The figures of one history, by name. tables: what `simulate` returned."""
    return Figures(run_figures(tables.history, tables.scenario))


def outcome_figure(results: AnyResults | Sequence[AnyResults], measure: str, by: str | None = None,
                   within: str | None = None, *, kind: str | None = None, at: Mapping[str, Any] | None = None,
                   against: str = "", power: str | None = None, bins: int = 10,
                   labels: Mapping[str, str] | None = None) -> Figure:
    """Any measure of one sweep, or of several side by side, by any of its factors.

    Parameters
    ----------
    results : of `sweep` or `load_results`, or the path of a results folder.
    by, within : factors: the path of what varies or its last keys, `major_power`, or `folder`.
    kind : dots, box, violin, ecdf, histogram, ridge, line or heat; None: dots, or ridge for many conditions.
    at : levels by factor at which alone histories are taken; a pair (low, high) is all from one to the other. Factors
        that are neither shown nor held so are averaged over, with an interval over replications.
    against : a second measure, along the lower axis.
    power : one of several major powers; without it they stand in panels.
    bins : into how many a factor is put that has more numbers than can be shown one by one; 0: none.
    labels : words for factors, measures, and levels as the figure writes them.

    Raises `Refusal` for what is not there or cannot be told apart.
    """
    return figure_of_sweeps(_folders(results), Outcome(
        measure, by, within, kind, against, at or {}, power, bins, labels or {}))


def draw_outcome(axes: Axes, results: AnyResults | Sequence[AnyResults], measure: str, by: str | None = None,
                 within: str | None = None, *, kind: str | None = None, at: Mapping[str, Any] | None = None,
                 against: str = "", power: str | None = None, bins: int = 10,
                 labels: Mapping[str, str] | None = None) -> list[str]:
    """The same on Matplotlib axes of your own, in your own style; gives the sentences of a caption.

    `within` only as the lines of a line figure or upwards in a heat map, as there is one panel. Raises `Refusal`.
    """
    return draw_of_sweeps(axes, _folders(results), Outcome(
        measure, by, within, kind, against, at or {}, power, bins, labels or {}))


def distribution_figure(results: AnyResults, measure: str, parameter: str) -> Figure:
    """How a measure is distributed at each value of a parameter, given by path. Raises `Refusal`."""
    return outcome_figure(results, measure, parameter, kind="dots")


def selection_figure(results: AnyResults, parameter: str) -> Figure:
    """Autonomy conceded given a pact and over all states, side by side, against a parameter. Raises `Refusal`."""
    return selection_of(results_of(results).table, parameter)


def _folders(results: AnyResults | Sequence[AnyResults]) -> list[ResultsFolder]:
    several = results if isinstance(results, Sequence) and not isinstance(results, str) else [results]
    return [results_of(one).folder for one in several]
