"""``merge``: one results folder of several of the same sweep."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from simulation.errors import Refusal

Folders = Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Results folders of one sweep or its parts.",
                                               show_default=False)]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for all of them together.",
                                   show_default=False)]


def merge(folders: Folders, out: Out) -> None:
    """The command; `command_line` holds its help."""
    if len(folders) < 2:
        raise Refusal("one folder only", found=str(folders[0]), allowed="two results folders or more", file="merge")
    # loads the compiler
    from simulation.commands.command_line import PROGRAM
    from simulation.study import merging
    from simulation.study.manifest import command_line

    merged = merging.merge(folders, out, command_line())
    at_most = "at most " if merged.folder.plan.rule else ""
    missing = merged.wanted - merged.histories
    failed = f", {merged.failures} of them failed" if merged.failures else ""
    typer.echo(f"{merged.histories} histories{failed}: {out}")
    if missing:
        typer.echo(f"{at_most}{missing} are missing; to run them: {PROGRAM} resume {quote(str(out))}")
