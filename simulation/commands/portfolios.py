"""``portfolios``: the portfolio that each benefit sustains alone, beside each other."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.commands.decompose import MajorPower, Replications, ScenarioFile, Seed
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.sweep import RESULTS, AsJson, Jobs, Out, Settings
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

Size = Annotated[float | None, typer.Option(
    "--size", metavar="PAYOFF", min=0.000001, max=10, show_default=False,
    help="Size of every benefit, alone and together; without it: the largest of the scenario's four.")]


def portfolios(scenario: ScenarioFile, size: Size = None, major_power: MajorPower = None,
               replications: Replications = 40, seed: Seed = 1, settings: Settings = None, jobs: Jobs = None,
               out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked: dict[str, Any] = parse_settings(settings or [])
    found = replaced(load_scenario(scenario), asked, None)
    # what a mistyped option should not wait for
    from simulation.analysis.comparison import chosen_power, listed_plan  # noqa: PLC0415
    from simulation.analysis.portfolios import CHANNELS, settings_of  # noqa: PLC0415
    from simulation.commands import portfolios_report as report  # noqa: PLC0415
    from simulation.commands.sweep_report import watched_sweep  # noqa: PLC0415

    power = chosen_power(found, major_power)
    largest = max(float(found.value(f"major_powers.{power}.benefits.{channel}")) for channel in CHANNELS)
    each = size or largest or None
    points = settings_of(found, power, each)
    plan = listed_plan(found, "portfolios", list(points.values()), replications, seed, keeps_pacts=True)
    outcome = watched_sweep(plan, out or RESULTS / plan.folder_name, jobs, is_part=True)
    report.tell(outcome, power, list(points), each, as_json)
    if outcome.failures:
        raise typer.Exit(1)
