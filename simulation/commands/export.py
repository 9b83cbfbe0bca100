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
Table = Annotated[str, typer.Option("--table", metavar="TABLE", help="runs, or series or pacts where they are kept.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE", help="File; without it: <study>-<hash> in the folder.", show_default=False)]
Partial = Annotated[bool, typer.Option("--partial", help="Export what is there of an unfinished sweep.")]


def export(folder: Folder, kind: Format, table: Table = "runs", out: Out = None, partial: Partial = False) -> None:
    """The command; `cli` holds its help."""
    # loads the compiler
    from simulation.study import export as exporting  # noqa: PLC0415
    from simulation.study.store import open_results  # noqa: PLC0415

    if kind not in exporting.FORMATS:
        raise Refusal("unknown value", found=shown(kind), allowed=", ".join(exporting.FORMATS),
                      suggestion=nearest(kind, exporting.FORMATS), file="--format")
    results = open_results(folder)
    name = results.plan.folder_name + ("" if table == exporting.RUNS else f"-{table}")
    path = out or folder / f"{name}.{exporting.FORMATS[kind]}"
    histories = exporting.export(results, kind, path, partial, table)
    typer.echo(f"{histories} histories: {path}")
