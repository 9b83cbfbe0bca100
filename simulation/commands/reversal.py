"""``reversal``: pacts, autonomy given a pact and autonomy over all states against a cost, on one page."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.commands.decompose import MajorPower, Replications, ScenarioFile, Seed
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.statics import IN_A_LINE, at_work, parse_axis
from simulation.commands.sweep import RESULTS, AsJson, Jobs, Out, Settings
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

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
    from simulation.analysis.comparison import chosen_power, listed_plan  # noqa: PLC0415
    from simulation.commands import reversal_report as report  # noqa: PLC0415
    from simulation.commands.sweep_report import watched_sweep  # noqa: PLC0415
    from simulation.equilibrium.statics import Grid, survey  # noqa: PLC0415

    power = chosen_power(found, major_power)
    axis = parse_axis(vary or f"major_powers.{power}.costs.entrapment.war_cost={USUAL}", IN_A_LINE)
    if len(axis.values) < 3:
        raise Refusal("too few values", found=str(len(axis.values)), allowed="three or more", file="--vary")
    plan = listed_plan(found, "reversal", [{axis.path: value} for value in axis.values], replications, seed,
                       keeps_pacts=True)
    outcome = watched_sweep(plan, out or RESULTS / plan.folder_name, jobs, is_part=True)
    grid = Grid(found, (axis,))
    surveyed = at_work(jobs, grid.number_of_points, lambda run: survey(grid, 1, seed, 0, run))
    report.tell(outcome, surveyed, power, axis, as_json)
    if outcome.failures:
        raise typer.Exit(1)
