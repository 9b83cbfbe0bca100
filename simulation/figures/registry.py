"""Which figures belong to a results folder, by name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from simulation.analysis.locations import has_places, pacts_at_end, portfolio_places
from simulation.analysis.yearly_bands import yearly_bands
from simulation.figures.branches import branches_figure
from simulation.figures.conditions import Choice, comparison, is_crossed
from simulation.figures.fans import fans_figure
from simulation.figures.history import history_figure
from simulation.figures.labels import value_label
from simulation.figures.levels import at_levels, distinct, factor_named, varied
from simulation.figures.names import power_name, scenario_title
from simulation.figures.outcomes import outcome_figure
from simulation.figures.portfolio_map import MOST_PANELS as MOST_MAPS
from simulation.figures.portfolio_map import portfolio_map
from simulation.figures.predicted import predicted_against_observed
from simulation.figures.regions import regions_figure
from simulation.figures.selection import MOST_PANELS, selection_figure
from simulation.figures.side_by_side import contracts_figure
from simulation.history.series import History
from simulation.history.tables import predictions
from simulation.scenario.distances import distance_km
from simulation.scenario.scenario import Scenario
from simulation.scenario.state_order import arranged_table

FOLDER = "figures"
"""Where in a results folder the figures are."""
BEYOND_PAPER = "pacts_beyond_paper"
SELECTED = ("autonomy_given_pact", "autonomy_all_states")
USUAL = ("number_of_pacts", BEYOND_PAPER, *SELECTED)
"""Measures of the figures that a sweep is usually given."""


def study_figures(table: pd.DataFrame, by: str | None, within: str | None = None,
                  at: Mapping[str, Any] | None = None) -> dict[str, Figure]:
    """The figures of a sweep: how the number of pacts is distributed, and selection, for every major power.

    `by` and `within` are columns of the table; where `by` is None nothing varies, and there is no selection to show.
    at: levels of other columns at which alone histories are taken. What is the same in all histories has no figure;
    `constant` tells of it. Raises `Refusal` if the table cannot be shown.
    """
    powers = distinct(table["major_power"]) if "major_power" in table else []
    figures = {}
    asked: list[str | None] = [*powers] or [None]
    for power in asked:
        suffix, same = f"-{power}" if len(powers) > 1 else "", constant(table, power)
        for measure in ("number_of_pacts", *([BEYOND_PAPER] if has_paper(table, power) else [])):
            if measure not in same:
                name = f"{measure.replace('_', '-')}{suffix}"
                figures[name] = outcome_figure(table, measure, Choice(by, within, power, at or {}))
        if by and not all(measure in same for measure in SELECTED):
            figures[f"selection{suffix}"] = selection_figure(table, by, within, power, at)
    return figures


def constant(table: pd.DataFrame, power: str | None = None) -> dict[str, float]:
    """Of the measures of the usual figures those that are the same in all of several histories of a major power, with
    their value; NaN where no history has one."""
    own = table if power is None else table[table["major_power"] == power]
    values = {name: own[name].dropna() for name in USUAL if name in own and len(own) > 1}
    return {name: float(found.iloc[0]) if len(found) else math.nan
            for name, found in values.items() if found.nunique() < 2}


def has_paper(table: pd.DataFrame, power: str | None) -> bool:
    """Whether some history of a major power has pacts on paper, so that its pacts are shown without them as well."""
    own = table if power is None else table[table["major_power"] == power]
    return "paper_pacts" in own and BEYOND_PAPER in own and bool((own["paper_pacts"] > 0.0).any())


def held_levels(table: pd.DataFrame, keys: Sequence[str], at: Mapping[str, Any]) -> dict[str, Any]:
    """Levels at which histories can be shown that must not be put together: of every factor that is not among the keys
    the one that is asked for, or the first; none where the design does not cross it with the keys."""
    factors = varied(table)
    asked = {factor_named(name, table, factors, "at"): level for name, level in at.items()}
    rows = at_levels(table, asked)
    rest = [name for name in varied(rows) if name not in (*keys, *asked)]
    if not is_crossed(rows, list(keys), rest):
        return asked
    return asked | {name: rows[name].iloc[0] for name in rest}


def yearly_figures(series: pd.DataFrame, table: pd.DataFrame, by: str | None, within: str | None = None,
                   at: Mapping[str, Any] | None = None) -> dict[str, Figure]:
    """The figures of a sweep that kept its yearly series, for every major power: how histories spread over the years.

    series, table: the yearly table and that of the runs; by, within: columns of both; at: levels of others at which
    alone histories are taken, the first of each that is not given: bands of several conditions together would be of
    none. One figure, or with `within` one for each measure. Raises `Refusal` if the tables cannot
    be shown.
    """
    powers, figures = distinct(table["major_power"]), {}
    levels = held_levels(table, [name for name in (by, within) if name], at or {})
    series = at_levels(series, levels)
    for power in powers:
        bands = yearly_bands(series, power, by, within)
        if bands.empty:  # every history failed
            continue
        suffix = f"-{power}" if len(powers) > 1 else ""
        remarks = comparison(table, [], Choice(by, within, power, levels, bins=0)).remarks
        of_measures = {f"-{name.replace('_', '-')}": rows for name, rows in bands.groupby("measure", sort=False)}
        for name, rows in (of_measures if within else {"": bands}).items():
            figures[f"years{name}{suffix}"] = fans_figure(rows, by, within, remarks)
    return figures


def axes_of(table: pd.DataFrame, at: Mapping[str, Any] | None = None) -> tuple[str | None, str | None]:
    """What to compare in a sweep: along the axis what has most values, in panels what has most of the rest.

    Of several that vary equally the last is taken, as it varies fastest; panels only where they are few enough. at:
    levels of columns at which alone histories are taken.
    """
    factors = varied(table)
    table = at_levels(table, {factor_named(name, table, factors, "at"): level for name, level in (at or {}).items()})
    numbers = {name: len(distinct(table[name])) for name in reversed(varied(table))}
    names = sorted(numbers, key=lambda name: -numbers[name])
    return (names[0] if names else None), next((name for name in names[1:] if numbers[name] <= MOST_PANELS), None)


def run_figures(history: History, scenario: Scenario) -> dict[str, Figure]:
    """The figures of a history: year by year, and predicted against observed where the scenario has a record."""
    table = predictions(history, scenario)
    figures = {}
    for power in scenario.major_powers:
        suffix = f"-{power}" if len(scenario.major_powers) > 1 else ""
        figures[f"history{suffix}"] = history_figure(history, scenario, power)
        if table.loc[table["major_power"] == power, "observed"].notna().any():
            figures[f"predicted{suffix}"] = predicted_against_observed(table, power)
    end = scenario.start_year + scenario.years - 1
    return figures | _maps(scenario, {"": pacts_at_end(scenario, history)}, f"Pacts at the end of {end}")


def _maps(scenario: Scenario, portfolios: dict[str, pd.DataFrame], title: str) -> dict[str, Figure]:
    """The map of portfolios, a panel for each and every major power; none where a capital is not given.

    portfolios: pacts by name; the power's stands behind it where there are several, and alone where it is empty. Of
    more panels than fit the first are shown, and the title says so.
    """
    fitting_in = MOST_MAPS // len(scenario.major_powers)
    if not fitting_in or not has_places(scenario):
        return {}
    shown = dict(list(portfolios.items())[:fitting_in])
    names = {power.name: power_name(scenario, code) for code, power in scenario.major_powers.items() if power.name}
    tables = []
    for name, pacts in shown.items():
        places = portfolio_places(scenario, pacts)
        places["panel"] = places["panel"].replace(names)
        if name:
            several = len(scenario.major_powers) > 1
            places["panel"] = f"{name}: " + places["panel"] if several else name
        tables.append(places)
    table = pd.concat(tables, ignore_index=True)
    if len(shown) < len(portfolios):
        title += f", the first {len(shown)} of {len(portfolios)}"
    return {"map": portfolio_map(table, title, is_wide=table["panel"].nunique() > 1)}


def solve_figures(pacts: pd.DataFrame, number: int, title: str, scenario: Scenario) -> dict[str, Figure]:
    """The figures of a search for equilibria: the contracts of each, and where they lie; none where none was found.

    pacts: columns equilibrium (from 1), power, state, commitment and autonomy; number: of equilibria.
    """
    if not number:
        return {}
    table = pacts.rename(columns={"equilibrium": "setting", "power": "major_power", "state": "weak_state"})
    table = in_order(table, [scenario])
    counts = {place: int((table["setting"] == place).sum()) for place in range(1, number + 1)}
    labels = {place: f"equilibrium with {count or 'no'} pact{'s' * (count != 1)}" for place, count in counts.items()}
    of_each = {f"Equilibrium {place}": pacts[pacts["equilibrium"] == place] for place in counts}
    return {"contracts": contracts_figure(table, labels, title)} | _maps(scenario, of_each, "Pacts in equilibrium")


def in_order(pacts: pd.DataFrame, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Pacts, with columns major_power and weak_state, in the order of states that is asked for; distances are those of
    the first scenario that has the pair, none where no scenario has it."""
    distances = [next((distance_km(own, power, state) for own in scenarios
                       if power in own.major_powers and state in own.states), math.nan)
                 for power, state in zip(pacts["major_power"], pacts["weak_state"], strict=True)]
    found: pd.DataFrame = arranged_table(pacts.assign(distance_km=distances))
    return found


def comparison_figures(pacts: pd.DataFrame, settings: pd.DataFrame, title: str) -> dict[str, Figure]:
    """The figure of a comparison: the contracts in each setting.

    pacts: columns setting, major_power, weak_state, commitment and autonomy; settings: columns setting, label and
    number_of_equilibria.
    """
    columns = (settings[name] for name in ("setting", "label", "number_of_equilibria"))
    labels = {number: value_label(str(label)) + ("" if found else ": no equilibrium found")
              for number, label, found in zip(*columns, strict=True)}
    return {"contracts": contracts_figure(pacts, labels, title)}


def statics_figures(scenario: Scenario, axes: Sequence[tuple[str, bool]], table: pd.DataFrame,
                    folds: pd.DataFrame | None) -> dict[str, Figure]:
    """The figures of comparative statics, for every major power: branches along a line, regions of a plane.

    axes: of each parameter its path and whether its scale is logarithmic; table: as `branches_figure` and
    `regions_figure` take it; folds: of a line.
    """
    figures, scales = {}, tuple(is_log for _, is_log in axes)
    first, second = axes[0][0], axes[-1][0]
    for code in scenario.major_powers:
        suffix = f"-{code}" if len(scenario.major_powers) > 1 else ""
        title = f"{power_name(scenario, code)}: {scenario_title(scenario)}"
        if folds is None:
            figures[f"regions{suffix}"] = regions_figure(table, first, second, code, title, scales)
        else:
            figures[f"branches{suffix}"] = branches_figure(table, folds, first, code, title, scales[0])
    return figures
