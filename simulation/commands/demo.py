"""``demo``: a small study from end to end, for a first look and as a check of an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.saving import saved, tell
from simulation.commands.sweep import RESULTS, Jobs, carry_out, leave
from simulation.scenario.shipped import example
from simulation.study.plan import load_plan

STUDY = "studies/russia-entrapment.yaml"
WAR_COST = "major_powers.RUS.costs.entrapment.war_cost"
REACH = "major_powers.RUS.reach_half_distance_km"

Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<study>-<hash>.", show_default=False)]


def demo(jobs: Jobs = None, out: Out = None) -> None:
    """The command; `command_line` holds its help."""
    plan = load_plan(example(STUDY))
    outcome = carry_out(plan, out or RESULTS / plan.folder_name, jobs, as_json=False)
    # matplotlib is slow to import
    from simulation.figures.registry import study_figures

    tell(saved(study_figures(outcome.folder.table(), by=WAR_COST, within=REACH), outcome.folder.path, has_pdf=False))
    leave(outcome)
