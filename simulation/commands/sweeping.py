"""What `decompose`, `portfolios` and `reversal` share: options, a sweep over a list of settings, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.console import console
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.saving import saved, show_files
from simulation.commands.sweep import RESULTS, leave
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.study.plan import Plan
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.study.sweep import Outcome


ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenario file.", show_default=False)]
MajorPower = Annotated[str | None, typer.Option(
    "--major-power", metavar="CODE", help="Whose; needed where there are several.", show_default=False)]
Replications = Annotated[int, typer.Option("--replications", metavar="N", min=5, max=1_000_000,
                                           help="Histories under every setting.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of all chance.")]


def scenario_of(file: str, settings: list[str] | None, seed: int) -> Scenario:
    """The scenario in a file with the values of `--set`. Raises `Refusal`, for a seed out of range as well."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked = parse_settings(settings or [])
    return replaced(load_scenario(file), asked, None)


def swept(plan: Plan, out: Path | None, jobs: int | None) -> Outcome:
    """Runs the sweep that is a part of a command, into the folder that is asked for or one named by the plan."""
    # what a refused scenario should not wait for
    from simulation.commands.progress import watched_sweep

    return watched_sweep(plan, out or RESULTS / plan.folder_name, jobs, is_part=True)


def tell(outcome: Outcome, tables: Mapping[str, pd.DataFrame], draw: Callable[[], Mapping[str, Figure]],
         document: Callable[[], dict[str, Any]], show: Callable[[Console], None], as_json: bool) -> None:
    """Writes tables and figures into the folder of the sweep and prints what came of it; exit status 1 if a history
    failed.

    tables : by name of their files; draw : the figures by name; document, show : the same as plain data, and on the
    screen, above the lines that say where tables and figures are.
    """
    from simulation.study.completion import completing

    folder = outcome.folder.path
    with completing(folder, tables):
        figures = saved(draw(), folder)
    if as_json:
        typer.echo(json.dumps(document(), indent=2))
    else:
        screen = console()
        show(screen)
        show_files(screen, [folder / name for name in tables], figures)
    leave(outcome)
