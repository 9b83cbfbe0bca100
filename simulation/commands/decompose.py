"""``decompose``: what each of three costs and four benefits adds to a portfolio or takes from it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.sweep import RESULTS, AsJson, Jobs, Out, Settings
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

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
    """The command; `cli` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked: dict[str, Any] = parse_settings(settings or [])
    found = replaced(load_scenario(scenario), asked, None)
    # what a mistyped option should not wait for
    from simulation.analysis.comparison import chosen_power, listed_plan, values_at  # noqa: PLC0415
    from simulation.analysis.decomposition import (  # noqa: PLC0415
        USUAL_MEASURES,
        combinations,
        decomposed,
        groups_of,
        refuse_measure,
    )
    from simulation.commands import decompose_report as report  # noqa: PLC0415
    from simulation.commands.sweep_report import watched_sweep  # noqa: PLC0415

    wanted = tuple(dict.fromkeys(measures or USUAL_MEASURES))
    for measure in wanted:
        refuse_measure(measure)
    power = chosen_power(found, major_power)
    groups = groups_of(found, power)
    plan = listed_plan(found, "factorial", combinations(groups), replications, seed, not same_world)
    outcome = watched_sweep(plan, out or RESULTS / plan.folder_name, jobs, is_part=True)
    parts = [decomposed(measure, values_at(outcome.folder, measure, power), groups) for measure in wanted]
    report.tell(parts, outcome, power, as_json)
    if outcome.failures:
        raise typer.Exit(1)
