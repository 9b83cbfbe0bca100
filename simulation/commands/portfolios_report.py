"""What a user sees of portfolios that one benefit sustains, and what is kept of them."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import typer
from rich.table import Table

from simulation.analysis.comparison import values_at
from simulation.analysis.portfolios import Pair, pairs_of, selection_table, states_table
from simulation.commands.console import console, new_table, or_null
from simulation.commands.figures import saved
from simulation.commands.test_report import number
from simulation.figures.portfolio_strips import strips_figure
from simulation.study.summary import Estimate, estimate
from simulation.study.sweep import Outcome
from simulation.study.tables import write_text

STATES_FILE, SELECTION_FILE, PAIRS_FILE = "states.csv", "selection.csv", "pairs.csv"


def tell(outcome: Outcome, power: str, names: list[str], size: float | None, as_json: bool) -> None:
    """Writes tables and figure into the folder of the sweep, and prints them."""
    folder, results = outcome.folder.path, outcome.folder
    tables = {STATES_FILE: states_table(results, power, names), SELECTION_FILE: selection_table(results, power, names),
              PAIRS_FILE: pd.DataFrame(pairs_of(results, power, names), columns=Pair._fields)}
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    figures = saved({"portfolios": strips_figure(tables[STATES_FILE], results.plan.replications)}, folder)
    pacts = [estimate(column) for column in values_at(results, "number_of_pacts", power).T]
    if as_json:
        typer.echo(json.dumps(document(outcome, power, names, size, tables, [found.mean for found in pacts]), indent=2))
        return
    screen = console()
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
    for name in tables:
        screen.print(f"table: {folder / name}", soft_wrap=True)
    for path in figures:
        screen.print(f"figure: {path}", soft_wrap=True)


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


def document(outcome: Outcome, power: str, names: list[str], size: float | None, tables: dict[str, pd.DataFrame],
             pacts: list[float]) -> dict[str, Any]:
    """The same as plain data; NaN is null."""
    def rows(name: str) -> list[dict[str, Any]]:
        return [{key: or_null(value) for key, value in row.items()} for row in tables[name].to_dict("records")]

    return {"folder": str(outcome.folder.path), "major_power": power, "size": size, "histories": outcome.histories,
            "number_of_pacts": dict(zip(names, pacts, strict=True)), "selection": rows(SELECTION_FILE),
            "pairs": rows(PAIRS_FILE)}
