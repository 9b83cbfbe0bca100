"""``sensitivity``: how much each parameter moves a measure, from a finished sweep of a Morris or Saltelli design."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.console import console, new_table, or_null
from simulation.commands.saving import saved
from simulation.errors import Refusal
from simulation.scenario.short_names import short_names
from simulation.study.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

    from simulation.analysis.sensitivity import Sensitivity


Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder of a sweep of a morris or saltelli"
                                                               " design.", show_default=False)]
Measures = Annotated[list[str] | None, typer.Option(
    "--measure", metavar="NAME", show_default=False,
    help="Measure; may be repeated. Without it: pacts, commitment and autonomy over all states.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def sensitivity(folder: Folder, measures: Measures = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    # slow to import
    from simulation.analysis.sensitivity import USUAL_MEASURES, refuse_other_design
    from simulation.analysis.sensitivity import sensitivity as worked_out
    from simulation.study.store import open_results

    results = open_results(folder)
    refuse_other_design(results.plan, str(folder))
    there, wanted = results.covered(), results.wanted()
    if there < wanted:
        raise Refusal("the sweep is not complete", found=f"{there} of {wanted} histories", allowed="a finished sweep;"
                      f" asymmetric-alliances resume {quote(str(folder))}", file=str(folder))
    found = worked_out(results.plan, results.table(), tuple(dict.fromkeys(measures or USUAL_MEASURES)))
    files = written(found, folder)
    if as_json:
        typer.echo(document(found, results.plan))
    else:
        show(found, results.plan, files)


TABLE_FILE = "sensitivity.csv"
INDICES = {"morris": ("mu_star", "mu", "sigma"), "saltelli": ("ST", "S1")}
EXPLANATIONS = {
    "morris": "mu*: mean size of the change of the measure over the whole length of the parameter's axis, with its 95%"
              " interval; mu: the same with its sign; sigma: how much it differs with the other parameters",
    "saltelli": "ST: share of the measure's variance in which the parameter has a part; S1: share that it makes alone;"
                " S2: share that two make together beyond that; with 95% intervals",
}


def written(found: Sensitivity, folder: Path) -> list[Path]:
    """Writes the figures and the table into the results folder, and then into its manifest that the table is there;
    gives their paths, the table first."""
    from simulation.study.completion import keep_tables

    drawn = saved(figures(found.table), folder)
    keep_tables(folder, {TABLE_FILE: found.table})
    return [folder / TABLE_FILE, *drawn]


def figures(table: pd.DataFrame) -> dict[str, Any]:
    """A figure for each measure and major power, by name; none for a measure that no parameter moves."""
    from simulation.figures.sensitivity import sensitivity_figure

    pairs = list(dict.fromkeys(zip(table["measure"], table["major_power"], strict=True)))
    is_alone = len({power for _, power in pairs}) == 1
    moved = set(zip(*(table.loc[table["value"].fillna(0.0) != 0.0, name] for name in ("measure", "major_power")),
                    strict=True))
    for measure, power in [pair for pair in pairs if pair not in moved]:
        typer.echo(f"nothing to draw: {measure}{'' if is_alone else f' of {power}'}: no parameter moves it", err=True)
    return {f"sensitivity-{measure}" + ("" if is_alone else f"-{power}"): sensitivity_figure(table, measure, power)
            for measure, power in pairs if (measure, power) in moved}


def show(found: Sensitivity, plan: Plan, files: list[Path]) -> None:
    """Prints a table for each measure and major power, largest first, then what is to be known and where it all is."""
    from simulation.analysis.sensitivity import ranked
    from simulation.history.measures import MEASURES

    screen = console()
    names = dict(zip(plan.paths, short_names(list(plan.paths)), strict=True))
    for (measure, power), own in found.table.groupby(["measure", "major_power"], sort=False):
        whose = "" if len(plan.scenario.major_powers) == 1 else f" of {power}"
        unit = f", {(MEASURES.get(measure) or plan.own_measures[measure]).unit}" if found.method == "morris" else ""
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
    import pandas as pd

    if pd.isna(row.value):
        return "-"
    interval = "" if pd.isna(row.low) else f" [{row.low:z.3f}, {row.high:z.3f}]"
    return f"{row.value:z.3f}{interval}"


def document(found: Sensitivity, plan: Plan) -> str:
    """What was found as JSON; NaN is null."""
    from simulation.analysis.sensitivity import MAIN_INDEX

    entries = [{name: or_null(value) for name, value in row.items()} for row in found.table.to_dict("records")]
    return json.dumps({"study": plan.study.name, "method": found.method, "points": len(plan.points),
                       "replications": plan.replications, "ranked_by": MAIN_INDEX[found.method],
                       "indices": entries, "remarks": found.remarks}, indent=2)
