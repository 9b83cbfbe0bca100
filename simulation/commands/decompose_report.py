"""What a user sees of a decomposition, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import typer
from rich.table import Table

from simulation.analysis.decomposition import Decomposition, Part
from simulation.commands.console import add_columns, console, new_table, or_null
from simulation.commands.figures import saved
from simulation.figures.decomposition import decomposition_figure
from simulation.history.measures import MEASURES
from simulation.study.sweep import Outcome
from simulation.study.tables import write_text

TABLE_FILE = "decomposition.csv"


def tell(found: list[Decomposition], outcome: Outcome, power: str, as_json: bool) -> None:
    """Writes table and figures into the folder of the sweep, and prints them."""
    folder = outcome.folder.path
    table = table_of(found)
    write_text(folder / TABLE_FILE, table.to_csv(index=False, lineterminator="\n"))
    figures = saved({f"decomposition-{part.measure}": decomposition_figure(
        pd.DataFrame(part.parts), part.measure, part.nothing, part.everything, part.histories) for part in found},
        folder)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "major_power": power, "histories": outcome.histories,
                               "measures": [_entry(part) for part in found]}, indent=2))
        return
    screen = console()
    for part in found:
        screen.print(_grid(part, power))
        if part.absent:
            screen.print(f"0 in the scenario, and left out: {', '.join(part.absent)}", soft_wrap=True)
        screen.print("")
    screen.print(f"share: mean difference over all orders of adding (Shapley), 95% interval; alone: added to nothing;"
                 f" last: added to all others; {found[0].histories} histories each", soft_wrap=True)
    if outcome.failures:
        screen.print(f"{outcome.failures} histories failed; replications in which one did are left out")
    screen.print(f"table: {folder / TABLE_FILE}", soft_wrap=True)
    for path in figures:
        screen.print(f"figure: {path}", soft_wrap=True)


def table_of(found: list[Decomposition]) -> pd.DataFrame:
    """One row per measure and group."""
    return pd.DataFrame([{"measure": one.measure, "histories": one.histories, "all_off": one.nothing,
                          "all_on": one.everything, **part._asdict()} for one in found for part in one.parts],
                        columns=["measure", "histories", "all_off", "all_on", *Part._fields])


def _grid(found: Decomposition, power: str) -> Table:
    unit = MEASURES[found.measure].unit
    grid = new_table(f"{found.measure.replace('_', ' ')} of {power} ({unit}): {found.nothing:.3g} with all off,"
                     f" {found.everything:.3g} with all on")
    add_columns(grid, ("", "left"), ("share", "right"), ("interval", "left"), ("alone", "right"),
                          ("last", "right"))
    for part in sorted(found.parts, key=lambda part: -part.share):
        grid.add_row(part.group, f"{part.share:z.3g}", f"[{part.low:.3g}, {part.high:.3g}]", f"{part.alone:z.3g}",
                     f"{part.last:z.3g}")
    return grid


def _entry(found: Decomposition) -> dict[str, Any]:
    return {"measure": found.measure, "unit": MEASURES[found.measure].unit, "histories": found.histories,
            "all_off": found.nothing, "all_on": found.everything, "absent": found.absent,
            "parts": [{name: or_null(value) for name, value in part._asdict().items()} for part in found.parts]}
