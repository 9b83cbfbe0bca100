"""``reversal``: pacts, autonomy given a pact and autonomy over all states against a cost, on one page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.console import console, new_table, or_null
from simulation.commands.formatting import number
from simulation.commands.options import IN_A_LINE, parse_axis, parse_settings, refuse_outside, replaced
from simulation.commands.progress import at_work
from simulation.commands.saving import rows_of, saved, show_files, write_tables
from simulation.commands.sweep import RESULTS, AsJson, Jobs, Out, Settings
from simulation.commands.sweeping import MajorPower, Replications, ScenarioFile, Seed
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    import pandas as pd

    from simulation.analysis.reversal import Turn
    from simulation.equilibrium.statics import Axis, Surveyed
    from simulation.study.sweep import Outcome


USUAL = "0,0.1,0.2,0.3,0.4,0.6,0.8,1.2"
Vary = Annotated[str | None, typer.Option(
    "--vary", metavar="PATH=VALUES", show_default=False,
    help=f"The cost: from:to, from:to:number, from:to:number:log or a list; without it: war cost at {USUAL}.")]


def reversal(scenario: ScenarioFile, vary: Vary = None, major_power: MajorPower = None,
             replications: Replications = 40, seed: Seed = 1, settings: Settings = None, jobs: Jobs = None,
             out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked: dict[str, Any] = parse_settings(settings or [])
    found = replaced(load_scenario(scenario), asked, None)
    # what a mistyped option should not wait for
    from simulation.analysis.comparison import chosen_power, listed_plan
    from simulation.commands.progress import watched_sweep
    from simulation.equilibrium.statics import Grid, survey

    power = chosen_power(found, major_power)
    axis = parse_axis(vary or f"major_powers.{power}.costs.entrapment.war_cost={USUAL}", IN_A_LINE)
    if len(axis.values) < 3:
        raise Refusal("too few values", found=str(len(axis.values)), allowed="three or more", file="--vary")
    plan = listed_plan(found, "reversal", [{axis.path: value} for value in axis.values], replications, seed,
                       keeps_pacts=True)
    outcome = watched_sweep(plan, out or RESULTS / plan.folder_name, jobs, is_part=True)
    grid = Grid(found, (axis,))
    surveyed = at_work(jobs, grid.number_of_points, lambda run: survey(grid, 1, seed, 0, run))
    tell(outcome, surveyed, power, axis, as_json)
    if outcome.failures:
        raise typer.Exit(1)


AGENTS_FILE, EQUILIBRIA_FILE = "reversal.csv", "equilibria.csv"


def tell(outcome: Outcome, surveyed: Surveyed, power: str, axis: Axis, as_json: bool) -> None:
    """Writes tables and figure into the folder of the sweep, and prints them."""
    from simulation.analysis.reversal import FIXED, SHOWN, agents_table, pattern
    from simulation.figures.reversal import reversal_figure

    folder, results = outcome.folder.path, outcome.folder
    agents, equilibria = agents_table(results, power, axis.values), equilibria_table(surveyed, power, axis)
    turns = pattern(results, power, axis.values)
    write_tables(folder, {AGENTS_FILE: agents, EQUILIBRIA_FILE: equilibria})
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
    show_files(screen, [folder / AGENTS_FILE, folder / EQUILIBRIA_FILE], figures)


def equilibria_table(surveyed: Surveyed, power: str, axis: Axis) -> pd.DataFrame:
    """A row per value and equilibrium: the three measures."""
    import pandas as pd

    from simulation.analysis.reversal import SHOWN

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
    return {"folder": str(outcome.folder.path), "histories": outcome.histories, "agents": rows_of(agents),
            "equilibria": rows_of(equilibria),
            "pattern": [{"says": turn.says, "from": turn.first, "to": turn.last, "effect": or_null(turn.effect.mean),
                         "low": or_null(turn.low), "high": or_null(turn.high), "pairs": turn.effect.pairs,
                         "is_there": turn.is_there} for turn in turns]}
