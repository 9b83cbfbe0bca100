"""``solve``: the alliance equilibria of a scenario, certified."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.figures import tell
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.run import AsJson, ScenarioFile, Settings
from simulation.commands.sweep import RESULTS
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import nearest

SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "ultimatum")
MOST_STARTS, LARGEST_SEED = 10_000, 2**63 - 1

Solution = Annotated[str | None, typer.Option(
    "--solution", metavar="NAME", show_default=False,
    help=f"Bargaining solution, in place of the scenario's: {', '.join(SOLUTIONS)}.")]
Exhaustive = Annotated[bool, typer.Option("--exhaustive", help="Try all assignments, or refuse if they are too many.")]
Starts = Annotated[int, typer.Option("--starts", metavar="N", help="Random starts, beside those from none, all and"
                                                                   " the observed pacts.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the starts.")]
AllSolutions = Annotated[bool, typer.Option(
    "--solutions", help="Add a table of where the bargaining solutions disagree about who is allied at what price.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<scenario>-solve-<hash>.",
    show_default=False)]


def solve(scenario: ScenarioFile, settings: Settings = None, solution: Solution = None, exhaustive: Exhaustive = False,
          starts: Starts = 8, seed: Seed = 1, solutions: AllSolutions = False, out: Out = None,
          as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--starts", starts, MOST_STARTS)
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked = parse_settings(settings or [])
    setting = under(replaced(load_scenario(scenario), asked, None), solution)
    # what a refused scenario should not wait for
    from simulation.commands import solve_report as report  # noqa: PLC0415
    from simulation.study.store import refuse_other_identity  # noqa: PLC0415

    plan = report.Plan(setting, asked, exhaustive or None, starts, seed)
    folder = out or RESULTS / plan.folder_name
    refuse_other_identity(folder, plan.identity)
    found = report.carry_out(plan, SOLUTIONS if solutions else ())
    figures = report.write(folder, plan, found)
    if as_json:
        typer.echo(report.document(found, folder, figures))
    else:
        report.show(found, folder)
        tell(figures)


def under(scenario: Scenario, solution: str | None) -> Scenario:
    """The scenario under a bargaining solution. Raises `Refusal` for an unknown name."""
    if solution is None:
        return scenario
    if solution not in SOLUTIONS:
        raise Refusal("unknown bargaining solution", found=solution, allowed=", ".join(SOLUTIONS),
                      suggestion=nearest(solution, SOLUTIONS), file="--solution")
    return scenario.replace("assumptions.bargaining_solution", solution)
