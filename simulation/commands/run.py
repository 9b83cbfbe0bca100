"""``run``: one history, told in tables and a figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.sweep import RESULTS
from simulation.scenario.file import load_scenario
from simulation.study.stopping_rule import MOST_REPLICATIONS
from simulation.study.study_file import LARGEST_SEED

ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenario file.", show_default=False)]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of all chance.")]
Replication = Annotated[int, typer.Option(
    "--replication", metavar="N", help="Number of the history under this seed.")]
Settings = Annotated[list[str] | None, typer.Option(
    "--set", metavar="PATH=VALUE", help="Value in place of the scenario's; may be repeated.", show_default=False)]
Years = Annotated[int | None, typer.Option(
    "--years", metavar="N", help="Length of the history, in place of the scenario's.", show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<scenario>-run-<hash>.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def run(scenario: ScenarioFile, seed: Seed = 1, replication: Replication = 0, settings: Settings = None,
        years: Years = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    refuse_outside("--replication", replication, MOST_REPLICATIONS - 1)
    asked: dict[str, Any] = parse_settings(settings or [])
    setting = replaced(load_scenario(scenario), asked, years)
    # what a refused scenario should not wait for
    from simulation.commands.figures import saved  # noqa: PLC0415
    from simulation.commands.run_report import Report, document, show  # noqa: PLC0415
    from simulation.figures.registry import run_figures  # noqa: PLC0415
    from simulation.history.tables import tabulated  # noqa: PLC0415
    from simulation.study.manifest import command_line  # noqa: PLC0415
    from simulation.study.run_folder import SingleRun, refuse_other_results, write_run  # noqa: PLC0415

    single = SingleRun(setting, seed, replication, asked | ({} if years is None else {"years": years}))
    folder = out or RESULTS / single.folder_name
    refuse_other_results(folder, single)
    tables = tabulated(setting, seed, replication)
    write_run(folder, single, tables, command_line())
    report = Report(single, tables, folder, saved(run_figures(tables.history, setting), folder, has_pdf=False))
    if as_json:
        typer.echo(document(report))
    else:
        show(report)
