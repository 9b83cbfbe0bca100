"""``status``: how far the work in a results folder has come, whether it runs, and how long it will take."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import join, quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simulation.study.status import FolderStatus, SweepStatus

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def status(folder: Folder, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    # loads the compiler
    from simulation.study.status import SweepStatus, status_of

    found = status_of(folder)
    if isinstance(found, SweepStatus):
        text, document = _text(found), _document(found)
    else:
        text, document = _text_of_other(found), _document_of_other(found)
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False) if as_json else text)


def _text_of_other(found: FolderStatus) -> str:
    """What a user reads of a folder that is of no sweep."""
    lines = [f"{found.name}: {found.kind}, {found.state}" + (f" (process {found.process})" if found.process else "")]
    if found.sweeps:
        done, failed = sum(one.done for one in found.sweeps), sum(one.failed for one in found.sweeps)
        number = len(found.sweeps)
        lines.append(f"histories: {done} done, {failed} of them failed, in {number} "
                     f"{'sweep' if number == 1 else 'sweeps'} under {found.sweeps[0].folder.path.parent}")
    if found.command:
        lines.append(f"{'to go on' if found.state == 'stopped' else 'made by'}: {join(found.command)}")
    return "\n".join(lines)


def _document_of_other(found: FolderStatus) -> dict[str, Any]:
    """The same as plain data."""
    return {"name": found.name, "folder": str(found.path), "kind": found.kind, "state": str(found.state),
            "process": found.process, "command": list(found.command),
            "sweeps": [_document(one) for one in found.sweeps]}


def _text(found: SweepStatus) -> str:
    """What a user reads."""
    from simulation.commands.command_line import PROGRAM

    plan = found.folder.plan
    at_most = "at most " if plan.rule and found.left else ""
    lines = [f"{plan.study.name}: {found.state}" + (f" (process {found.process})" if found.process else ""),
             f"histories: {found.done} done, {found.failed} of them failed, {at_most}{found.left} left"]
    if found.damaged:
        number = len(found.damaged)
        lines.append(f"damaged: {number} {'file' if number == 1 else 'files'} of histories, {found.damaged[0]}"
                     f"{' and others' if number > 1 else ''}; their histories are run again")
    if found.seconds_left:
        lines.append(f"time left: {at_most}{_time_left(found)}")
    if found.state == "stopped":
        lines.append(f"to go on: {PROGRAM} resume {quote(str(found.folder.path))}")
    return "\n".join(lines)


def _time_left(found: SweepStatus) -> str:
    from simulation.commands.formatting import duration_text

    text = duration_text(found.seconds_left or 0.0)
    return text if found.process else f"{text}, in one process"


def _document(found: SweepStatus) -> dict[str, Any]:
    """The same as plain data."""
    plan = found.folder.plan
    return {"study": plan.study.name, "folder": str(found.folder.path), "state": str(found.state),
            "process": found.process, "points": len(plan.points), "replications": plan.replications,
            "wanted": found.wanted, "done": found.done, "failed": found.failed, "left": found.left,
            "seconds_left": found.seconds_left, "damaged": list(found.damaged)}
