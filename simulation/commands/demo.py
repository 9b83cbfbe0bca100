"""``demo``: a small study from end to end, for a first look and as a check of an installation."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.command_line import PROGRAM
from simulation.commands.options import Jobs
from simulation.commands.saving import saved, tell
from simulation.commands.sweep import RESULTS, carry_out, leave
from simulation.scenario.shipped import example
from simulation.study.plan import load_plan

STUDY = "studies/russia-entrapment.yaml"
WAR_COST = "major_powers.RUS.costs.entrapment.war_cost"
REACH = "major_powers.RUS.reach_half_distance_km"
HISTORY, FITTED = "scenarios/russia-2005.yaml", "scenarios/russia-2005-fitted.yaml"
SAYS = """
Look at {picture}
Each dot is a history of 20 years. From left to right wars for allies get dearer, from panel to panel Russia's strength
reaches farther. Dear wars leave fewer pacts than free ones, and most of these are on paper alone: next to no commitment
for next to no autonomy (pacts-beyond-paper.png). Next:
"""

Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<study>-<hash>.", show_default=False)]


def demo(jobs: Jobs = None, out: Out = None) -> None:
    """The command; `command_line` holds its help."""
    plan = load_plan(example(STUDY))
    outcome = carry_out(plan, out or RESULTS / plan.folder_name, jobs, as_json=False, is_part=True)
    # matplotlib is slow to import
    from simulation.figures.registry import study_figures
    from simulation.study.completion import completing

    with completing(outcome.folder.path, {}):
        made = study_figures(outcome.folder.table(), by=WAR_COST, within=REACH)
        paths = saved(made, outcome.folder.path, has_pdf=False)
    tell(paths)
    typer.echo(SAYS.format(picture=paths[0]) + "\n".join(next_steps(Path.cwd())))
    leave(outcome)


def next_steps(folder: Path) -> list[str]:
    """What to type next in a folder: where scenarios lie there, a history; else what lays them out."""
    environment = Path(sys.prefix)
    near = environment.relative_to(folder) if environment.is_relative_to(folder) else environment
    activate = [] if shutil.which(PROGRAM) else [f"  source {shlex.quote(str(near / 'bin' / 'activate'))}"]
    if (folder / HISTORY).exists():
        return [*activate, f"  {PROGRAM} run {HISTORY} --seed 1  # one history, year by year; its inputs are judged",
                f"  {PROGRAM} run {FITTED} --seed 1  # the same where they are from real dyads"]
    return [*activate, f"  {PROGRAM} init my-work  # a folder with scenarios to run and change"]
