"""What a user sees of sensitivities, and what is kept of them: a tidy table and a figure for each measure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.analysis.sensitivity import MAIN_INDEX, Sensitivity, ranked
from simulation.commands.console import console, new_table, or_null
from simulation.commands.figures import saved
from simulation.commands.sweep_report import short_names
from simulation.figures.sensitivity import sensitivity_figure
from simulation.history.measures import MEASURES
from simulation.study.plan import Plan
from simulation.study.tables import write_text

TABLE_FILE = "sensitivity.csv"
INDICES = {"morris": ("mu_star", "mu", "sigma"), "saltelli": ("ST", "S1")}
EXPLANATIONS = {
    "morris": "mu*: mean size of the change of the measure over the whole length of the parameter's axis, with its 95%"
              " interval; mu: the same with its sign; sigma: how much it differs with the other parameters",
    "saltelli": "ST: share of the measure's variance in which the parameter has a part; S1: share that it makes alone;"
                " S2: share that two make together beyond that; with 95% intervals",
}


def written(found: Sensitivity, folder: Path) -> list[Path]:
    """Writes the table and the figures into the results folder; gives their paths, the table first."""
    write_text(folder / TABLE_FILE, found.table.to_csv(index=False, lineterminator="\n"))
    return [folder / TABLE_FILE, *saved(figures(found.table), folder)]


def figures(table: pd.DataFrame) -> dict[str, Any]:
    """A figure for each measure and major power, by name."""
    pairs = list(dict.fromkeys(zip(table["measure"], table["major_power"], strict=True)))
    is_alone = len({power for _, power in pairs}) == 1
    return {f"sensitivity-{measure}" + ("" if is_alone else f"-{power}"): sensitivity_figure(table, measure, power)
            for measure, power in pairs}


def show(found: Sensitivity, plan: Plan, files: list[Path]) -> None:
    """Prints a table for each measure and major power, largest first, then what is to be known and where it all is."""
    screen = console()
    names = dict(zip(plan.paths, short_names(list(plan.paths)), strict=True))
    for (measure, power), own in found.table.groupby(["measure", "major_power"], sort=False):
        whose = "" if len(plan.scenario.major_powers) == 1 else f" of {power}"
        unit = f", {(MEASURES.get(measure) or plan.study.measures[measure]).unit}" if found.method == "morris" else ""
        title = f"{measure.replace('_', ' ')}{whose}{unit}"
        screen.print(_table(title, found.method, own, ranked(own, measure, power), names))
        if (own["index"] == "S2").any():
            screen.print(_pairs(own, names))
    screen.print(EXPLANATIONS[found.method], soft_wrap=True)
    for remark in found.remarks:
        screen.print(remark, soft_wrap=True)
    for place, path in enumerate(files):
        screen.print(f"{'figure' if place else 'table'}: {path}", soft_wrap=True)


def _table(title: str, method: str, own: pd.DataFrame, paths: list[str], names: dict[str, str]) -> Any:
    grid = new_table(title)
    grid.add_column("parameter")
    for index in INDICES[method]:
        grid.add_column(index.replace("mu_star", "mu*"), justify="right")
    cells = {(row.path, row.index): row for row in own.itertuples(index=False)}
    for path in paths:
        grid.add_row(names[path], *(_cell(cells[path, index]) for index in INDICES[method]))
    return grid


def _pairs(own: pd.DataFrame, names: dict[str, str]) -> Any:
    grid = new_table()
    grid.add_column("pair")
    grid.add_column("S2", justify="right")
    for row in own[own["index"] == "S2"].sort_values("value", ascending=False).itertuples(index=False):
        grid.add_row(f"{names[row.path]}, {names[row.with_path]}", _cell(row))
    return grid


def _cell(row: Any) -> str:
    if pd.isna(row.value):
        return "-"
    interval = "" if pd.isna(row.low) else f" [{row.low:z.3f}, {row.high:z.3f}]"
    return f"{row.value:z.3f}{interval}"


def document(found: Sensitivity, plan: Plan) -> str:
    """What was found as JSON; NaN is null."""
    entries = [{name: or_null(value) for name, value in row.items()} for row in found.table.to_dict("records")]
    return json.dumps({"study": plan.study.name, "method": found.method, "points": len(plan.points),
                       "replications": plan.replications, "ranked_by": MAIN_INDEX[found.method],
                       "indices": entries, "remarks": found.remarks}, indent=2)
