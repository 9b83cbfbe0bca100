"""``figures``: the figures of a results folder, made from its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.saving import saved, tell
from simulation.errors import Refusal, ResultsError
from simulation.scenario.validation import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.study.store import ResultsFolder

MOST_YEARLY_ROWS = 10_000_000
"""Rows of a yearly table that are read for a figure; more would take gigabytes of memory."""

Folder = Annotated[Path, typer.Argument(
    metavar="FOLDER", help="Results folder of a sweep, run, test, scope, multiverse, solve, statics or compare.",
    show_default=False)]
By = Annotated[str | None, typer.Option(
    "--by", metavar="PATH", help="Along the axis, for a sweep; without it: what has most values.", show_default=False)]
Within = Annotated[str | None, typer.Option(
    "--within", metavar="PATH", help="In panels, for a sweep that is given --by.", show_default=False)]


def figures(folder: Folder, by: By = None, within: Within = None) -> None:
    """The command; `command_line` holds its help."""
    if within and not by:
        raise Refusal("missing", allowed="what to put along the axis, where --within is given", file="--by")
    # slow to import
    from simulation.study.manifest import ANY, SWEEP, kind_of, read_manifest

    manifest = read_manifest(folder, ANY)
    kind = kind_of(manifest)
    if kind == SWEEP:
        tell(saved(_of_sweep(folder, by, within), folder))
    elif by:
        raise Refusal("not a sweep", found=f"{shown(str(folder))}, {kind}", allowed="no --by", file="--by")
    else:
        made = saved(figures_of(folder, manifest), folder)
        tell(made)
        if not made:
            typer.echo("no equilibrium was found, so there is no figure")


def _of_sweep(path: Path, by: str | None, within: str | None) -> dict[str, Figure]:
    from simulation.figures.registry import axes_of, study_figures
    from simulation.study.plan import WORLD
    from simulation.study.store import open_results

    folder = open_results(path)
    there, wanted = folder.covered(), folder.wanted()
    if there < wanted:
        typer.echo(f"the sweep is not complete: {there} of {wanted} histories are there", err=True)
    own = [*folder.plan.study.measures, *([WORLD] if folder.plan.draws_worlds else [])]  # neither conditions nor usual
    table = folder.table().drop(columns=own)
    axes = (by, within) if by else axes_of(table)
    return study_figures(table, *axes) | _over_years(folder, table, *axes)


def _over_years(folder: ResultsFolder, table: pd.DataFrame, by: str | None, within: str | None) -> dict[str, Figure]:
    """The figures over the years, of a sweep that kept its yearly series."""
    from simulation.analysis.yearly_bands import SERIES_NEEDED
    from simulation.figures.registry import yearly_figures
    from simulation.study.yearly import SERIES

    if SERIES not in folder.yearly:
        return {}
    rows = len(table) * folder.plan.scenario.years
    axes = [name for name in (by, within) if name]
    unknown = [name for name in axes if name not in folder.yearly[SERIES].names]
    if unknown or rows > MOST_YEARLY_ROWS:
        why = f"{unknown[0]} is no column of the yearly table" if unknown else f"{rows:,} rows are too many"
        typer.echo(f"no figure over the years: {why}", err=True)
        return {}
    return yearly_figures(folder.yearly_table(SERIES, list(dict.fromkeys([*SERIES_NEEDED, *axes]))), table, by, within)


def figures_of(path: Path, manifest: dict[str, Any]) -> dict[str, Figure]:
    """The figures of a results folder of any kind that has some, as they are usually drawn.

    Raises `ResultsError` where a table holds something else than the command wrote.
    """
    from simulation.study.manifest import SWEEP, kind_of

    if kind_of(manifest) == SWEEP:
        return _of_sweep(path, None, None)
    try:
        return _of_others(path, manifest)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        raise ResultsError(f"{path}: its tables do not hold what its figures are drawn from ({what}); they were"
                           " changed, or written by another version: run the command again") from error


def _of_others(path: Path, manifest: dict[str, Any]) -> dict[str, Figure]:
    from simulation.study.manifest import MULTIVERSE, RECORD, RUN, SCOPE, TEST, kind_of

    kind = kind_of(manifest)
    if kind == RUN:
        return _of_run(path)
    if kind == TEST:
        return _of_test(path)
    if kind == RECORD:
        from simulation.commands.record_data import figures_in as figures_of_record

        return figures_of_record(path, manifest)
    if kind in (SCOPE, MULTIVERSE):
        from simulation.commands.surveys import figures_in

        return figures_in(path, kind)
    from simulation.commands import equilibrium_figures

    return equilibrium_figures.figures_of(path, manifest)


def _of_test(path: Path) -> dict[str, Figure]:
    from simulation.figures.forest import forest_figure
    from simulation.propositions.results import KNOCK_OUTS_FILE, VERDICTS_FILE
    from simulation.study.csv_tables import csv_table

    return {"propositions": forest_figure(*(csv_table(path / name) for name in (VERDICTS_FILE, KNOCK_OUTS_FILE)))}


def _of_run(path: Path) -> dict[str, Figure]:
    from simulation.figures.registry import run_figures
    from simulation.study.run_folder import open_run

    run, told = open_run(path)
    return run_figures(told.history, run.scenario)
