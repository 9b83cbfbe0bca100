"""``export``: the table of a sweep as one file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.saving import tell_unfinished
from simulation.errors import Refusal
from simulation.scenario.validation import nearest, shown

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder of a sweep.", show_default=False)]
Format = Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="csv, r, parquet, stata or netcdf.",
                                     show_default=False)]
Table = Annotated[str, typer.Option("--table", metavar="TABLE", help="runs, or series or pacts where they are kept.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE", help="File; without it: <study>-<hash> in the folder.", show_default=False)]
Package = Annotated[Path | None, typer.Option(
    "--package", metavar="FILE", help="Archive with all that repeats the sweep, in place of a table.",
    show_default=False)]
Short = Annotated[bool, typer.Option(
    "--short-names", help="Columns by the last keys of their paths, as always for R and Stata.")]
Comma = Annotated[bool, typer.Option("--decimal-comma", help="Decimal commas, and semicolons between the columns.")]
Codebook = Annotated[bool, typer.Option(
    "--codebook", help="A second file tells what the columns mean: unit, meaning, values, how many are missing.")]
Partial = Annotated[bool, typer.Option("--partial", help="Export what is there of an unfinished sweep.")]


def export(folder: Folder, kind: Format = None, table: Table = "runs", out: Out = None, package: Package = None,
           short_names: Short = False, decimal_comma: Comma = False, codebook: Codebook = False,
           partial: Partial = False) -> None:
    """The command; `command_line` holds its help."""
    # loads the compiler
    from simulation.study import export as exporting
    from simulation.study.package import write_package
    from simulation.study.store import open_results

    if package is not None:
        if any((kind, out, table != exporting.RUNS, short_names, decimal_comma, codebook)):
            raise Refusal("goes with --partial alone", file="--package")
        if partial:
            tell_unfinished([folder])
        typer.echo(f"{write_package(open_results(folder), package, partial)} histories: {package}")
        return
    if kind is None:
        raise Refusal("missing", allowed=f"{', '.join(exporting.FORMATS)}; or --package FILE", file="--format")
    if kind not in exporting.FORMATS:
        raise Refusal("unknown value", found=shown(kind), allowed=", ".join(exporting.FORMATS),
                      suggestion=nearest(kind, exporting.FORMATS), file="--format")
    results = open_results(folder)
    if partial:
        tell_unfinished([folder])
    name = results.plan.folder_name + ("" if table == exporting.RUNS else f"-{table}")
    path = out or folder / f"{name}.{exporting.FORMATS[kind]}"
    form = exporting.Form(short_names, decimal_comma, codebook)
    histories = exporting.export(results, kind, path, partial, table, form)
    typer.echo(f"{histories} histories: {path}")
    if codebook:
        typer.echo(f"codebook: {exporting.codebook_of(path)}")
