"""``confront``: where the agents' histories end beside the equilibria of the same scenario."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.run import ScenarioFile, Seed, Settings, Years
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

MOST_HISTORIES = 10_000

Histories = Annotated[int, typer.Option("--histories", metavar="N", help="Histories for each setting.")]
Epsilon = Annotated[float, typer.Option(
    "--epsilon", metavar="X", help="Difference in commitment or autonomy up to which terms count as the same.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def confront(scenario: ScenarioFile, histories: Histories = 10, seed: Seed = 1, settings: Settings = None,
             years: Years = None, epsilon: Epsilon = 0.05, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    if not 1 <= histories <= MOST_HISTORIES:
        raise Refusal("out of range", found=str(histories), allowed=f"1 to {MOST_HISTORIES}", file="--histories")
    if not 0.0 <= epsilon <= 1.0:
        raise Refusal("out of range", found=f"{epsilon:g}", allowed="0 to 1", file="--epsilon")
    setting = replaced(load_scenario(scenario), parse_settings(settings or []), years)
    # what a refused scenario should not wait for
    from simulation.commands.confront_report import document, progress, show  # noqa: PLC0415
    from simulation.study.confrontation import confront as held_against  # noqa: PLC0415

    with progress() as told:
        found = held_against(setting, histories, seed, epsilon, told)
    if as_json:
        typer.echo(document(found, histories, seed, epsilon))
    else:
        show(found, histories, seed, epsilon)
