"""``trace``: two scenarios, or one under two settings, lived under the same luck: where they part, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.commands.compare import AGAINST, assumptions_of, setting_of
from simulation.commands.options import parse_settings, refuse_outside
from simulation.commands.run import AsJson, Replication, Seed, Settings
from simulation.errors import Refusal
from simulation.study.stopping_rule import MOST_REPLICATIONS
from simulation.study.study_file import LARGEST_SEED

MOST_LINES = 1000

Scenarios = Annotated[list[str], typer.Argument(
    metavar="SCENARIO...", help="One scenario file with --against, or two.", show_default=False)]
Against = Annotated[str | None, typer.Option(
    AGAINST, metavar="PATH=VALUE[,PATH=VALUE...]", show_default=False,
    help="The second history: the first scenario, as --set has it, with these values on top.")]
Lines = Annotated[int, typer.Option("--lines", metavar="N", help="Later differences to print.")]


def trace(scenarios: Scenarios, settings: Settings = None, against: Against = None, seed: Seed = 1,
          replication: Replication = 0, lines: Lines = 15, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    refuse_outside("--replication", replication, MOST_REPLICATIONS - 1)
    refuse_outside("--lines", lines, MOST_LINES)
    number = len(scenarios) + (against is not None)
    if number != 2:
        raise Refusal("not two histories", found=str(number), allowed=f"two scenario files, or one and {AGAINST}")
    common = parse_settings(settings or [])
    first = setting_of(scenarios[0], common, False)
    if against is None:
        second = setting_of(scenarios[1], common, False)
    else:
        second = setting_of(scenarios[0], common | assumptions_of(against), True)
    if first.fingerprint() == second.fingerprint():
        raise Refusal("nothing differs between the two settings",
                      allowed=f"other scenarios, or other values with {AGAINST}")
    # what a refused scenario should not wait for
    from simulation.analysis.trace import trace as traced  # noqa: PLC0415
    from simulation.commands.trace_report import Report, document, show  # noqa: PLC0415

    own = " ".join([scenarios[0], *(f"--set {text}" for text in settings or [])])
    names = [own, scenarios[1] if against is None else f"{own} {AGAINST} {against}"]
    report = Report(names, (first, second), seed, replication, traced(first, second, seed, replication))
    if as_json:
        typer.echo(document(report))
    else:
        show(report, lines)
