"""``export``: the table of a sweep as one file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.errors import Refusal
from simulation.scenario.validation import nearest, shown

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder of a sweep.", show_default=False)]
Format = Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="csv, parquet, stata or netcdf.",
                                     show_default=False)]
Table = Annotated[str, typer.Option("--table", metavar="TABLE", help="runs, or series or pacts where they are kept.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE", help="File; without it: <study>-<hash> in the folder.", show_default=False)]
Package = Annotated[Path | None, typer.Option(
    "--package", metavar="FILE", help="Archive with all that repeats the sweep, in place of a table.",
    show_default=False)]
Partial = Annotated[bool, typer.Option("--partial", help="Export what is there of an unfinished sweep.")]


def export(folder: Folder, kind: Format = None, table: Table = "runs", out: Out = None, package: Package = None,
           partial: Partial = False) -> None:
    """The command; `command_line` holds its help."""
    # loads the compiler
    from simulation.study import export as exporting
    from simulation.study.package import write_package
    from simulation.study.store import open_results

    if package is not None:
        if kind is not None or out is not None or table != exporting.RUNS:
            raise Refusal("goes with none of --format, --table and --out", file="--package")
        typer.echo(f"{write_package(open_results(folder), package, partial)} histories: {package}")
        return
    if kind is None:
        raise Refusal("missing", allowed=f"{', '.join(exporting.FORMATS)}; or --package FILE", file="--format")
    if kind not in exporting.FORMATS:
        raise Refusal("unknown value", found=shown(kind), allowed=", ".join(exporting.FORMATS),
                      suggestion=nearest(kind, exporting.FORMATS), file="--format")
    results = open_results(folder)
    name = results.plan.folder_name + ("" if table == exporting.RUNS else f"-{table}")
    path = out or folder / f"{name}.{exporting.FORMATS[kind]}"
    histories = exporting.export(results, kind, path, partial, table)
    typer.echo(f"{histories} histories: {path}")
