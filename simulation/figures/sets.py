"""Which figures belong to a results folder, by name."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from simulation.figures.conditions import distinct, varied
from simulation.figures.distribution import distribution_of
from simulation.figures.history import history_figure
from simulation.figures.predicted import predicted_against_observed
from simulation.figures.selection import MOST_PANELS, selection_figure
from simulation.history import History
from simulation.scenario import Scenario
from simulation.tables import predictions

FOLDER = "figures"
"""Where in a results folder the figures are."""


def study_figures(table: pd.DataFrame, by: str | None, within: str | None = None) -> dict[str, Figure]:
    """The figures of a sweep: how the number of pacts is distributed, and selection, for every major power.

    `by` and `within` are columns of the table; where `by` is None nothing varies, and there is no selection to show.
    Raises `Refusal` if the table cannot be shown.
    """
    powers = distinct(table["major_power"]) if "major_power" in table else []
    figures = {}
    for power in powers or [None]:
        suffix = f"-{power}" if len(powers) > 1 else ""
        figures[f"number-of-pacts{suffix}"] = distribution_of(table, "number_of_pacts", by, within, power)
        if by:
            figures[f"selection{suffix}"] = selection_figure(table, by, within, power)
    return figures


def axes_of(table: pd.DataFrame) -> tuple[str | None, str | None]:
    """What to compare in a sweep: along the axis what has most values, in panels what has most of the rest.

    Of several that vary equally the last is taken, as it varies fastest; panels only where they are few enough.
    """
    numbers = {name: len(distinct(table[name])) for name in reversed(varied(table))}
    by, *others = [*sorted(numbers, key=lambda name: -numbers[name]), None]
    return by, next((name for name in others if name and numbers[name] <= MOST_PANELS), None)


def run_figures(history: History, scenario: Scenario) -> dict[str, Figure]:
    """The figures of a history: year by year, and predicted against observed where the scenario has a record."""
    table = predictions(history, scenario)
    figures = {}
    for power in scenario.major_powers:
        suffix = f"-{power}" if len(scenario.major_powers) > 1 else ""
        figures[f"history{suffix}"] = history_figure(history, scenario, power)
        if table.loc[table["major_power"] == power, "observed"].notna().any():
            figures[f"predicted{suffix}"] = predicted_against_observed(table, power)
    return figures
