"""``reversal``: pacts, autonomy given a pact and autonomy over all states against a cost, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.console import new_table, or_null
from simulation.commands.formatting import number
from simulation.commands.options import IN_A_LINE, Jobs, parse_axis
from simulation.commands.progress import at_work
from simulation.commands.saving import rows_of
from simulation.commands.sweep import AsJson, Out, Settings
from simulation.commands.sweeping import MajorPower, Replications, ScenarioFile, Seed, scenario_of, swept, tell
from simulation.errors import Refusal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.analysis.reversal import Turn, TurningPoint
    from simulation.equilibrium.statics import Axis
    from simulation.study.sweep import Outcome


USUAL = "0,0.1,0.2,0.3,0.4,0.6,0.8,1.2"
Vary = Annotated[str | None, typer.Option(
    "--vary", metavar="PATH=VALUES", show_default=False,
    help=f"The cost: from:to, from:to:number, from:to:number:log or a list; without it: war cost at {USUAL}.")]
AGENTS_FILE, EQUILIBRIA_FILE = "reversal.csv", "equilibria.csv"


def reversal(scenario: ScenarioFile, vary: Vary = None, major_power: MajorPower = None,
             replications: Replications = 40, seed: Seed = 1, settings: Settings = None, jobs: Jobs = None,
             out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    found = scenario_of(scenario, settings, seed)
    # what a mistyped option should not wait for
    from simulation.analysis.comparison import chosen_power, listed_plan
    from simulation.analysis.reversal import agents_table, equilibria_table, pattern, turning_points
    from simulation.equilibrium.statics import Grid, survey

    power = chosen_power(found, major_power)
    axis = parse_axis(vary or f"major_powers.{power}.costs.entrapment.war_cost={USUAL}", IN_A_LINE)
    if len(axis.values) < 3:
        raise Refusal("too few values", found=str(len(axis.values)), allowed="three or more", file="--vary")
    plan = listed_plan(found, "reversal", [{axis.path: value} for value in axis.values], replications, seed,
                       keeps_pacts=True)
    outcome = swept(plan, out, jobs)
    grid = Grid(found, (axis,))
    surveyed = at_work(jobs, grid.number_of_points, lambda run: survey(grid, 1, seed, 0, run))
    agents, equilibria = agents_table(outcome.folder, power, axis.values), equilibria_table(surveyed, power)
    turns = pattern(outcome.folder, power, axis.values)
    points = turning_points(outcome.folder, power, axis.values)
    tell(outcome, {AGENTS_FILE: agents, EQUILIBRIA_FILE: equilibria},
         lambda: _figures(outcome, axis, agents, equilibria),
         lambda: _document(outcome, agents, equilibria, turns, points),
         lambda screen: _show(screen, outcome, axis, agents, equilibria, turns, points), as_json)


def _figures(outcome: Outcome, axis: Axis, agents: pd.DataFrame, equilibria: pd.DataFrame) -> dict[str, Figure]:
    from simulation.figures.reversal import reversal_figure

    return {"reversal": reversal_figure(agents, equilibria, axis.path, outcome.folder.plan.replications)}


def _show(screen: Console, outcome: Outcome, axis: Axis, agents: pd.DataFrame, equilibria: pd.DataFrame,
          turns: list[Turn], points: list[TurningPoint]) -> None:
    from simulation.analysis.reversal import FIXED, SHOWN

    grid = new_table(f"{axis.path}: mean and 95% interval over {outcome.folder.plan.replications} histories;"
                     " equilibria in brackets")
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
    for point in points:
        at_end = point.value in (axis.values[0], axis.values[-1])
        screen.print(f"  {point.measure.replace('_', ' ')}: highest at {point.value:g}, {point.low:g} to {point.high:g}"
                     f" in 95% of bootstrap samples{', an end of the range' if at_end else ''}", markup=False)


def _cell(agents: pd.DataFrame, equilibria: pd.DataFrame, value: float, measure: str) -> str:
    row = agents[(agents["value"] == value) & (agents["measure"] == measure)].iloc[0]
    told = f"{number(row['mean'])} [{number(row['low'])}, {number(row['high'])}]"
    if measure not in equilibria:
        return told
    there = equilibria.loc[equilibria["value"] == value, measure].dropna()
    return f"{told} ({', '.join(number(one) for one in there) or '-'})"


def _document(outcome: Outcome, agents: pd.DataFrame, equilibria: pd.DataFrame, turns: list[Turn],
              points: list[TurningPoint]) -> dict[str, Any]:
    return {"folder": str(outcome.folder.path), "histories": outcome.histories, "agents": rows_of(agents),
            "equilibria": rows_of(equilibria), "turning_points": [point._asdict() for point in points],
            "pattern": [{"says": turn.says, "from": turn.first, "to": turn.last, "effect": or_null(turn.effect.mean),
                         "low": or_null(turn.low), "high": or_null(turn.high), "pairs": turn.effect.pairs,
                         "is_there": turn.is_there} for turn in turns]}
