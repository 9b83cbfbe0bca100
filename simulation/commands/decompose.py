"""``decompose``: what each of three costs and four benefits adds to a portfolio or takes from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from simulation.commands.console import add_columns, console, new_table, or_null
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.saving import saved, show_files, write_tables
from simulation.commands.sweep import RESULTS, AsJson, Jobs, Out, Settings
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    import pandas as pd

    from simulation.analysis.decomposition import Decomposition
    from simulation.study.sweep import Outcome


ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenario file.", show_default=False)]
Measures = Annotated[list[str] | None, typer.Option(
    "--measure", metavar="NAME", show_default=False,
    help="Measure; may be repeated. Without it: pacts and autonomy over all states.")]
MajorPower = Annotated[str | None, typer.Option(
    "--major-power", metavar="CODE", help="Whose; needed where there are several.", show_default=False)]
Replications = Annotated[int, typer.Option("--replications", metavar="N", min=5, max=1_000_000,
                                           help="Histories under every setting.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of all chance.")]
SameWorld = Annotated[bool, typer.Option(
    "--same-world", help="All histories in the scenario's own population, in place of one drawn for each.")]


def decompose(scenario: ScenarioFile, measures: Measures = None, major_power: MajorPower = None,
              replications: Replications = 40, seed: Seed = 1, settings: Settings = None, jobs: Jobs = None,
              same_world: SameWorld = False, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked: dict[str, Any] = parse_settings(settings or [])
    found = replaced(load_scenario(scenario), asked, None)
    # what a mistyped option should not wait for
    from simulation.analysis.comparison import chosen_power, listed_plan, values_at
    from simulation.analysis.decomposition import (
        USUAL_MEASURES,
        combinations,
        decomposed,
        groups_of,
        refuse_measure,
    )
    from simulation.commands.progress import watched_sweep

    wanted = tuple(dict.fromkeys(measures or USUAL_MEASURES))
    for measure in wanted:
        refuse_measure(measure)
    power = chosen_power(found, major_power)
    groups = groups_of(found, power)
    plan = listed_plan(found, "factorial", combinations(groups), replications, seed, not same_world)
    outcome = watched_sweep(plan, out or RESULTS / plan.folder_name, jobs, is_part=True)
    parts = [decomposed(measure, values_at(outcome.folder, measure, power), groups) for measure in wanted]
    tell(parts, outcome, power, as_json)
    if outcome.failures:
        raise typer.Exit(1)


TABLE_FILE = "decomposition.csv"


def tell(found: list[Decomposition], outcome: Outcome, power: str, as_json: bool) -> None:
    """Writes table and figures into the folder of the sweep, and prints them."""
    import pandas as pd

    from simulation.figures.decomposition import decomposition_figure

    folder = outcome.folder.path
    table = table_of(found)
    write_tables(folder, {TABLE_FILE: table})
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
    show_files(screen, [folder / TABLE_FILE], figures)


def table_of(found: list[Decomposition]) -> pd.DataFrame:
    """One row per measure and group."""
    import pandas as pd

    from simulation.analysis.decomposition import Part

    return pd.DataFrame([{"measure": one.measure, "histories": one.histories, "all_off": one.nothing,
                          "all_on": one.everything, **part._asdict()} for one in found for part in one.parts],
                        columns=["measure", "histories", "all_off", "all_on", *Part._fields])


def _grid(found: Decomposition, power: str) -> Table:
    from simulation.history.measures import MEASURES

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
    from simulation.history.measures import MEASURES

    return {"measure": found.measure, "unit": MEASURES[found.measure].unit, "histories": found.histories,
            "all_off": found.nothing, "all_on": found.everything, "absent": found.absent,
            "parts": [{name: or_null(value) for name, value in part._asdict().items()} for part in found.parts]}
