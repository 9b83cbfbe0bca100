"""``export``: the table of a sweep as one file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.errors import Refusal
from simulation.validation import nearest, shown

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder of a sweep.", show_default=False)]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help="csv, parquet, stata or netcdf.",
                                     show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE", help="File; without it: <study>-<hash> in the folder.", show_default=False)]
Partial = Annotated[bool, typer.Option("--partial", help="Export what is there of an unfinished sweep.")]


def export(folder: Folder, kind: Format, out: Out = None, partial: Partial = False) -> None:
    """The command; `cli` holds its help."""
    # loads the compiler
    from simulation.study import export as exporting  # noqa: PLC0415
    from simulation.study.store import open_results  # noqa: PLC0415

    if kind not in exporting.FORMATS:
        raise Refusal("unknown value", found=shown(kind), allowed=", ".join(exporting.FORMATS),
                      suggestion=nearest(kind, exporting.FORMATS), file="--format")
    results = open_results(folder)
    path = out or folder / f"{results.plan.folder_name}.{exporting.FORMATS[kind]}"
    histories = exporting.export(results, kind, path, partial)
    typer.echo(f"{histories} histories: {path}")
