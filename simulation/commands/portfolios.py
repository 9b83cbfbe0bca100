"""``portfolios``: the portfolio that each benefit sustains alone, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from simulation.commands.console import new_table, or_null
from simulation.commands.formatting import number
from simulation.commands.options import Jobs
from simulation.commands.saving import rows_of
from simulation.commands.sweep import AsJson, Out, Settings
from simulation.commands.sweeping import MajorPower, Replications, ScenarioFile, Seed, scenario_of, swept, tell

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.study.summary import Estimate
    from simulation.study.sweep import Outcome


Size = Annotated[float | None, typer.Option(
    "--size", metavar="PAYOFF", min=0.000001, max=10, show_default=False,
    help="Size of every benefit, alone and together; without it: the largest of the scenario's four.")]
STATES_FILE, SELECTION_FILE, PAIRS_FILE = "states.csv", "selection.csv", "pairs.csv"


def portfolios(scenario: ScenarioFile, size: Size = None, major_power: MajorPower = None,
               replications: Replications = 40, seed: Seed = 1, settings: Settings = None, jobs: Jobs = None,
               out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    found = scenario_of(scenario, settings, seed)
    # what a mistyped option should not wait for
    import pandas as pd

    from simulation.analysis.comparison import chosen_power, listed_plan, values_at
    from simulation.analysis.portfolios import CHANNELS, Pair, pairs_of, selection_table, settings_of, states_table
    from simulation.study.ranges import range_of
    from simulation.study.summary import estimate

    power = chosen_power(found, major_power)
    largest = max(float(found.value(f"major_powers.{power}.benefits.{channel}")) for channel in CHANNELS)
    each = size or largest or None
    points = settings_of(found, power, each)
    names = list(points)
    outcome = swept(listed_plan(found, "portfolios", list(points.values()), replications, seed, keeps_pacts=True), out,
                    jobs)
    results = outcome.folder
    tables = {STATES_FILE: states_table(results, power, names), SELECTION_FILE: selection_table(results, power, names),
              PAIRS_FILE: pd.DataFrame(pairs_of(results, power, names), columns=Pair._fields)}
    pacts = [estimate(column, range_of("number_of_pacts")) for column in values_at(results, "number_of_pacts", power).T]
    tell(outcome, tables, lambda: _figures(outcome, tables[STATES_FILE]),
         lambda: _document(outcome, power, names, each, tables, [found.mean for found in pacts]),
         lambda screen: _show(screen, power, names, each, tables, pacts), as_json)


def _figures(outcome: Outcome, states: pd.DataFrame) -> dict[str, Figure]:
    from simulation.figures.portfolio_strips import strips_figure

    return {"portfolios": strips_figure(states, outcome.folder.plan.replications)}


def _show(screen: Console, power: str, names: list[str], size: float | None, tables: dict[str, pd.DataFrame],
          pacts: list[Estimate]) -> None:
    sizes = "" if size is None else f", each benefit at {size:g} payoff per year"
    screen.print(_selection(tables[SELECTION_FILE], names, pacts, f"what {power} selects by each benefit alone{sizes}:"
                            " mean over pact-years less that of all states, and half its 95% interval"))
    pairs = new_table("do their portfolios differ? Jaccard distance under the same luck, and its excess over that of"
                      " luck alone")
    for heading in ("", "", "distance", "excess", "interval", ""):
        pairs.add_column(heading)
    for pair in tables[PAIRS_FILE].itertuples():
        pairs.add_row(pair.one.replace("_", " "), pair.other.replace("_", " "), f"{pair.distance:.2f}",
                      f"{pair.excess:.2f}", f"[{number(pair.low)}, {number(pair.high)}]", pair.says)
    screen.print(pairs)


def _selection(table: pd.DataFrame, names: list[str], pacts: list[Estimate], title: str) -> Table:
    """Attributes by settings; the number of pacts first."""
    grid = new_table(title)
    grid.add_column("")
    for name in names:
        grid.add_column(name.replace("_", " "), justify="right")
    grid.add_row("pacts", *(f"{found.mean:.1f} ±{(found.high - found.low) / 2:.1f}" for found in pacts))
    for attribute in dict.fromkeys(table["attribute"]):
        cells = []
        for name in names:
            row = table[(table["setting"] == name) & (table["attribute"] == attribute)].iloc[0]
            cells.append(f"{number(row['selected'])} ±{number((row['high'] - row['low']) / 2)}" if row["histories"]
                         else "-")
        grid.add_row(attribute.replace("_", " "), *cells)
    return grid


def _document(outcome: Outcome, power: str, names: list[str], size: float | None, tables: dict[str, pd.DataFrame],
              pacts: list[float]) -> dict[str, Any]:
    return {"folder": str(outcome.folder.path), "major_power": power, "size": size, "histories": outcome.histories,
            "number_of_pacts": dict(zip(names, map(or_null, pacts), strict=True)),
            "selection": rows_of(tables[SELECTION_FILE]), "pairs": rows_of(tables[PAIRS_FILE])}
