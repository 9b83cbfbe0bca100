"""``decompose``: what each of three costs and four benefits adds to a portfolio or takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from simulation.commands.console import add_columns, new_table, or_null
from simulation.commands.options import Jobs
from simulation.commands.sweep import AsJson, Out, Settings
from simulation.commands.sweeping import MajorPower, Replications, ScenarioFile, Seed, scenario_of, swept, tell
from simulation.scenario.documentation import rounded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.analysis.decomposition import Decomposition
    from simulation.study.sweep import Outcome


Measures = Annotated[list[str] | None, typer.Option(
    "--measure", metavar="NAME", show_default=False,
    help="Measure; may be repeated. Without it: pacts and autonomy over all states.")]
SameWorld = Annotated[bool, typer.Option(
    "--same-world", help="All histories in the scenario's own population, in place of one drawn for each.")]
TABLE_FILE = "decomposition.csv"


def decompose(scenario: ScenarioFile, measures: Measures = None, major_power: MajorPower = None,
              replications: Replications = 40, seed: Seed = 1, settings: Settings = None, jobs: Jobs = None,
              same_world: SameWorld = False, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    found = scenario_of(scenario, settings, seed)
    # what a mistyped option should not wait for
    from simulation.analysis.comparison import chosen_power, listed_plan, values_at
    from simulation.analysis.decomposition import (
        USUAL_MEASURES,
        combinations,
        decomposed,
        groups_of,
        parts_table,
        refuse_measure,
    )

    wanted = tuple(dict.fromkeys(measures or USUAL_MEASURES))
    for measure in wanted:
        refuse_measure(measure, found)
    power = chosen_power(found, major_power)
    groups = groups_of(found, power)
    outcome = swept(listed_plan(found, "factorial", combinations(groups), replications, seed, not same_world), out,
                    jobs)
    parts = [decomposed(measure, values_at(outcome.folder, measure, power), groups) for measure in wanted]
    tell(outcome, {TABLE_FILE: parts_table(parts)}, lambda: _figures(parts), lambda: _document(parts, outcome, power),
         lambda screen: _show(screen, parts, outcome, power), as_json)


def _figures(found: list[Decomposition]) -> dict[str, Figure]:
    import pandas as pd

    from simulation.figures.decomposition import decomposition_figure

    return {f"decomposition-{part.measure}": decomposition_figure(
        pd.DataFrame(part.parts), part.measure, part.nothing, part.everything, part.histories) for part in found}


def _show(screen: Console, found: list[Decomposition], outcome: Outcome, power: str) -> None:
    units = _units(outcome)
    for part in found:
        screen.print(_grid(part, power, units[part.measure]))
        if part.absent:
            screen.print(f"0 in the scenario, and left out: {', '.join(part.absent)}", soft_wrap=True)
        screen.print("")
    screen.print(f"share: mean difference over all orders of adding (Shapley), 95% interval; alone: added to nothing;"
                 f" last: added to all others; {found[0].histories} histories each", soft_wrap=True)
    if outcome.failures:
        screen.print(f"{outcome.failures} histories failed; replications in which one did are left out")


def _grid(found: Decomposition, power: str, unit: str) -> Table:
    grid = new_table(f"{found.measure.replace('_', ' ')} of {power} ({unit}): {rounded(found.nothing, 3)} with all off,"
                     f" {rounded(found.everything, 3)} with all on")
    add_columns(grid, ("", "left"), ("share", "right"), ("interval", "left"), ("alone", "right"),
                          ("last", "right"))
    for part in sorted(found.parts, key=lambda part: -part.share):
        grid.add_row(part.group, f"{part.share:z.3g}", f"[{part.low:.3g}, {part.high:.3g}]", f"{part.alone:z.3g}",
                     f"{part.last:z.3g}")
    return grid


def _document(found: list[Decomposition], outcome: Outcome, power: str) -> dict[str, Any]:
    units = _units(outcome)
    return {"folder": str(outcome.folder.path), "major_power": power, "histories": outcome.histories,
            "measures": [_entry(part, units[part.measure]) for part in found]}


def _units(outcome: Outcome) -> dict[str, str]:
    """Units of all measures that the histories have, by name."""
    from simulation.history.measures import measures_in

    return {name: measure.unit for name, measure in measures_in(outcome.folder.plan.scenario).items()}


def _entry(found: Decomposition, unit: str) -> dict[str, Any]:
    return {"measure": found.measure, "unit": unit, "histories": found.histories,
            "all_off": found.nothing, "all_on": found.everything, "absent": found.absent,
            "parts": [{name: or_null(value) for name, value in part._asdict().items()} for part in found.parts]}
