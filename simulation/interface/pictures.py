"""Figures of histories and sweeps, from what the other functions return."""

from __future__ import annotations

from matplotlib.figure import Figure

from simulation.figures.distribution import distribution_of
from simulation.figures.registry import run_figures
from simulation.figures.selection import selection_figure as selection_of
from simulation.history.tables import Tables
from simulation.interface.studies import Results


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


def distribution_figure(results: Results, measure: str, parameter: str) -> Figure:
    """How a measure is distributed at each value of a parameter, given by path. Raises `Refusal`."""
    return distribution_of(results.table, measure, parameter)


def selection_figure(results: Results, parameter: str) -> Figure:
    """Autonomy conceded given a pact and over all states, side by side, against a parameter. Raises `Refusal`."""
    return selection_of(results.table, parameter)
