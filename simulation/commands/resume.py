"""``resume``: go on with a sweep that stopped, from what its folder says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import Jobs
from simulation.commands.sweep import (
    LOCAL,
    AsJson,
    ExecutorName,
    FailFast,
    Scheduler,
    carry_out,
    engine_of,
    leave,
    tell_next,
)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder of a sweep.", show_default=False)]
Replications = Annotated[int | None, typer.Option(
    "--replications", metavar="N", min=1, help="More histories at every point than before.", show_default=False)]


def resume(folder: Folder, jobs: Jobs = None, replications: Replications = None,
           executor: ExecutorName = LOCAL, scheduler: Scheduler = None, fail_fast: FailFast = False,
           as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    # the manifest's reader knows the compiler, which is slow to import
    from simulation.study.manifest import plan_in, read_manifest

    plan = plan_in(read_manifest(folder), folder)
    engine = engine_of(executor, scheduler, jobs)
    plan = plan.with_replications(replications or plan.replications)
    outcome = carry_out(plan, folder, jobs, as_json, fail_fast, engine)
    if not as_json:
        tell_next(outcome)
    leave(outcome)
