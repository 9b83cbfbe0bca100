"""``init``: a working folder, with the scenarios, studies and propositions that come with the program."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.command_line import PROGRAM
from simulation.errors import Refusal
from simulation.scenario.shipped import SCENARIOS, shipped

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to work; made if it is not there.",
                                        show_default=False)]
NEXT = f"""\
{PROGRAM} run scenarios/my-region.yaml           # one history of an invented region
{PROGRAM} sweep scenarios/studies/my-study.yaml  # many, under five costs of war
{PROGRAM} examples                               # what else there is"""


def init(folder: Folder) -> None:
    """The command; `command_line` holds its help."""
    target = folder / SCENARIOS
    if target.exists() or (folder.exists() and not folder.is_dir()):
        there = target if target.exists() else folder
        raise Refusal("is there already", allowed=f"a folder without {SCENARIOS}", file=str(there))
    written = target.with_name(f".{SCENARIOS}.unfinished")
    shutil.rmtree(written, ignore_errors=True)
    try:
        _copy(shipped(SCENARIOS), written)
        written.rename(target)
    except BaseException:
        shutil.rmtree(written, ignore_errors=True)
        raise
    typer.echo(f"{target}: copies to read, run and change; next:\n")
    here = [] if folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    typer.echo("\n".join([*here, NEXT]))


def _copy(source: Path, target: Path) -> None:
    """A folder with all below it; the first file that fails is told, where `shutil.copytree` goes on and tells all."""
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        try:
            copied.write_bytes(path.read_bytes())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(copied)) from None
