"""What a user sees of the selection reversal, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import typer

from simulation.analysis.reversal import FIXED, SHOWN, Turn, agents_table, pattern
from simulation.commands.console import console, new_table, or_null
from simulation.commands.figures import saved
from simulation.commands.test_report import number
from simulation.equilibrium.statics import Axis, Surveyed
from simulation.figures.reversal import reversal_figure
from simulation.study.sweep import Outcome
from simulation.study.tables import write_text

AGENTS_FILE, EQUILIBRIA_FILE = "reversal.csv", "equilibria.csv"


def tell(outcome: Outcome, surveyed: Surveyed, power: str, axis: Axis, as_json: bool) -> None:
    """Writes tables and figure into the folder of the sweep, and prints them."""
    folder, results = outcome.folder.path, outcome.folder
    agents, equilibria = agents_table(results, power, axis.values), equilibria_table(surveyed, power, axis)
    turns = pattern(results, power, axis.values)
    for name, table in ((AGENTS_FILE, agents), (EQUILIBRIA_FILE, equilibria)):
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    figures = saved({"reversal": reversal_figure(agents, equilibria, axis.path, results.plan.replications)}, folder)
    if as_json:
        typer.echo(json.dumps(document(outcome, agents, equilibria, turns), indent=2))
        return
    screen = console()
    grid = new_table(f"{axis.path}: mean and 95% interval over {results.plan.replications} histories; equilibria in"
                     " brackets")
    names = [*SHOWN, FIXED]
    for heading in ("value", *(name.replace("_", " ") for name in names)):
        grid.add_column(heading, justify="right")
    for value in axis.values:
        grid.add_row(f"{value:g}", *(_cell(agents, equilibria, value, name) for name in names))
    screen.print(grid)
    for turn in turns:
        screen.print(f"  {turn.says}: {number(turn.effect.mean)} [{number(turn.low)}, {number(turn.high)}] from"
                     f" {turn.first:g} to {turn.last:g}, {turn.effect.pairs} pairs:"
                     f" {'as expected' if turn.is_there else 'not there'}", soft_wrap=True, markup=False)
    screen.print("  (where autonomy is highest was seen before it was compared)", markup=False)
    for name in (AGENTS_FILE, EQUILIBRIA_FILE):
        screen.print(f"table: {folder / name}", soft_wrap=True)
    for path in figures:
        screen.print(f"figure: {path}", soft_wrap=True)


def equilibria_table(surveyed: Surveyed, power: str, axis: Axis) -> pd.DataFrame:
    """A row per value and equilibrium: the three measures."""
    return pd.DataFrame([{"value": axis.values[found.point], "equilibrium": found.number,
                          **{name: found.measures[power][name] for name in SHOWN}}
                         for at_point in surveyed.found for found in at_point],
                        columns=["value", "equilibrium", *SHOWN])


def _cell(agents: pd.DataFrame, equilibria: pd.DataFrame, value: float, measure: str) -> str:
    row = agents[(agents["value"] == value) & (agents["measure"] == measure)].iloc[0]
    told = f"{number(row['mean'])} [{number(row['low'])}, {number(row['high'])}]"
    if measure not in equilibria:
        return told
    there = equilibria.loc[equilibria["value"] == value, measure].dropna()
    return f"{told} ({', '.join(number(one) for one in there) or '-'})"


def document(outcome: Outcome, agents: pd.DataFrame, equilibria: pd.DataFrame, turns: list[Turn]) -> dict[str, Any]:
    """The same as plain data; NaN is null."""
    def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
        return [{key: or_null(value) for key, value in row.items()} for row in table.to_dict("records")]

    return {"folder": str(outcome.folder.path), "histories": outcome.histories, "agents": rows(agents),
            "equilibria": rows(equilibria),
            "pattern": [{"says": turn.says, "from": turn.first, "to": turn.last, "effect": or_null(turn.effect.mean),
                         "low": or_null(turn.low), "high": or_null(turn.high), "pairs": turn.effect.pairs,
                         "is_there": turn.is_there} for turn in turns]}
