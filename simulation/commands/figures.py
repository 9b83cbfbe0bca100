"""``figures``: the figures of a results folder, or any measure of sweeps by any of their factors, from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.options import StatesBy
from simulation.commands.outcome_figures import (
    AT,
    LABEL,
    kinds_of,
    levels_of,
    name_of,
    naming_options,
    opened,
    size_of,
    words_of,
)
from simulation.commands.saving import gains_in, saved, tell, tell_unfinished
from simulation.errors import Refusal, ResultsError
from simulation.scenario.documentation import rounded
from simulation.scenario.state_order import listing_states
from simulation.scenario.validation import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.study.store import ResultsFolder

MOST_YEARLY_ROWS = 10_000_000
"""Rows of a yearly table that are read for a figure; more would take gigabytes of memory."""

SMALLEST_TYPE, LARGEST_TYPE = 4.0, 40.0

Folders = Annotated[list[Path], typer.Argument(
    metavar="FOLDER...", help="Results folder of a sweep, run, test, scope, multiverse, solve, statics or compare; of"
    " several sweeps with --measure, to show them side by side.", show_default=False)]
Measure = Annotated[str | None, typer.Option(
    "--measure", metavar="MEASURE", help="One measure of sweeps; without it: the usual figures.", show_default=False)]
By = Annotated[str | None, typer.Option(
    "--by", metavar="FACTOR", help="What of a sweep to compare: a path or its last keys, major_power or folder; without"
    " it: nothing, and in the usual figures what has most values.", show_default=False)]
Within = Annotated[str | None, typer.Option(
    "--within", metavar="FACTOR", help="A second factor: in panels; as lines of a line figure; upwards in a heat map.",
    show_default=False)]
Kind = Annotated[str | None, typer.Option(
    "--kind", metavar="KIND", help="dots, box, violin, ecdf, histogram, ridge, line or heat; without it: dots, or ridge"
    " for many conditions.", show_default=False)]
Against = Annotated[str | None, typer.Option(
    "--against-measure", metavar="MEASURE", help="A second measure along the lower axis.", show_default=False)]
At = Annotated[list[str] | None, typer.Option(
    AT, metavar="FACTOR=LEVEL", help="Only histories at this level, or from LOW:HIGH; may be repeated. Factors that are"
    " neither shown nor held so are averaged over.", show_default=False)]
Power = Annotated[str | None, typer.Option(
    "--major-power", metavar="CODE", help="One of several major powers; without it they stand in panels.",
    show_default=False)]
Bins = Annotated[int, typer.Option(
    "--bins", metavar="NUMBER", help="Bins for a factor with more numbers than can be shown one by one; 0 for none.")]
Label = Annotated[list[str] | None, typer.Option(
    LABEL, metavar="NAME=WORDS", help="Words for a factor, a measure, or a level as the figure writes it; may be"
    " repeated.", show_default=False)]
Name = Annotated[str | None, typer.Option(
    "--name", metavar="NAME", help="Name of the file, with --measure; without it: made of what is asked.",
    show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Where the figures go; without it: into the first results folder.",
    show_default=False)]
Size = Annotated[str | None, typer.Option(
    "--size", metavar="SIZE", help="Width, or width x height, in inches, mm or cm: 7.2, 85mm, 18x10cm; the caption"
    " included.", show_default=False)]
Type = Annotated[float, typer.Option("--font-size", metavar="POINTS", help="Size of the labels.")]
Title = Annotated[str | None, typer.Option("--title", metavar="WORDS", help="Above the figure.", show_default=False)]
NoCaption = Annotated[bool, typer.Option("--no-caption", help="Print the caption instead of drawing it.")]
Style = Annotated[str | None, typer.Option(
    "--style", metavar="STYLE", help="A Matplotlib style file, or the name of one of its styles.", show_default=False)]
Format = Annotated[str, typer.Option(
    "--format", metavar="KIND[,KIND]", help="Of the files: png, pdf and svg.")]
Listed = Annotated[bool, typer.Option("--list", help="Tell the factors, measures and kinds that there are, and leave.")]


def figures(folders: Folders, measure: Measure = None, by: By = None, within: Within = None, kind: Kind = None,
            against: Against = None, at: At = None, power: Power = None, bins: Bins = 10, label: Label = None,
            name: Name = None, out: Out = None, size: Size = None, type_size: Type = 8.0, title: Title = None,
            has_no_caption: NoCaption = False, style: Style = None, kinds: Format = "png,pdf",
            states_by: StatesBy = None, is_list_asked: Listed = False) -> None:
    """The command; `command_line` holds its help."""
    if is_list_asked:
        tell_unfinished(folders)
        _list(folders)
        return
    levels, labels, files = levels_of(at or []), words_of(label or []), kinds_of(kinds)
    width, height = size_of(size)
    _refuse_type_size(type_size)
    if measure is None:
        _refuse_without_measure(folders, {"--kind": kind, "--against-measure": against, "--major-power": power,
                                          "--name": name})
    # slow to import
    from simulation.figures.looks import Looks, looking
    from simulation.figures.of_sweeps import Outcome, figure_of_sweeps

    looks = Looks(width, height, type_size, not has_no_caption, title or "", style or "",
                  remarks=tell_unfinished(folders))
    _refuse_illegible({"--title": title or "", **{f"{LABEL} {key}": words for key, words in labels.items()}})
    with naming_options(), looking(looks), listing_states(states_by, gains_in(folders[0], states_by)):
        if measure is None:
            made = _usual(folders[0], by, within, levels, labels)
        else:
            asked = Outcome(measure, by, within, kind, against or "", levels, power, bins, labels)
            made = {name or name_of(asked): figure_of_sweeps(opened(folders), asked)}
        tell(saved(made, folders[0], folder=out, kinds=files))
    for caption in looks.captions if has_no_caption else []:
        typer.echo(f"caption: {caption}")
    if not made:
        typer.echo("no figure: nothing that it would show was found, or varies")


def _list(folders: list[Path]) -> None:
    """Tells what sweeps can draw, and of another folder the names of its figures."""
    from simulation.commands.outcome_figures import show_list
    from simulation.study.manifest import ANY, SWEEP, kind_of, read_manifest

    manifest = read_manifest(folders[0], ANY)
    if len(folders) > 1 or kind_of(manifest) == SWEEP:
        show_list(opened(folders))
        return
    made = figures_of(folders[0], manifest)
    typer.echo(f"figures of {kind_of(manifest)}: {', '.join(made) or 'none'}")


def _refuse_without_measure(folders: list[Path], options: dict[str, str | None]) -> None:
    given = [option for option, value in options.items() if value is not None]
    if given or len(folders) > 1:
        raise Refusal("missing", allowed="a measure, where " + (f"{given[0]} is given" if given else
                                                                "several folders are to be shown side by side"),
                      file="--measure")


def _usual(folder: Path, by: str | None, within: str | None, at: dict[str, Any],
           labels: dict[str, str]) -> dict[str, Figure]:
    """The figures that a results folder of its kind is usually given."""
    if within and not by:
        raise Refusal("missing", allowed="what to put along the axis, where --within is given", file="--by")
    # slow to import
    from simulation.figures.labels import naming
    from simulation.study.completion import refuse_changed
    from simulation.study.manifest import ANY, SWEEP, kind_of, read_manifest

    manifest = read_manifest(folder, ANY)
    refuse_changed(folder, manifest)
    kind = kind_of(manifest)
    with naming(labels):
        if kind == SWEEP:
            return _of_sweep(folder, by, within, at)
        if by or at:
            option = "--by" if by else AT
            raise Refusal("not a sweep", found=f"{shown(str(folder))}, {kind}", allowed=f"no {option}", file=option)
        return figures_of(folder, manifest)


def _refuse_illegible(words: dict[str, str]) -> None:
    """Raises `Refusal` for words whose letters no font has: there is nothing else to write for them."""
    from simulation.figures.fonts import letters_without_font

    for option, text in words.items():
        missing = letters_without_font(text)
        if missing:
            raise Refusal("letters that no font here has", found=missing, file=option,
                          allowed="other words, or a font that has them, such as Noto Sans, installed")


def _refuse_type_size(points: float) -> None:
    if not SMALLEST_TYPE <= points <= LARGEST_TYPE:
        raise Refusal("out of range", found=f"{points:g}", allowed=f"{SMALLEST_TYPE:g} to {LARGEST_TYPE:g}",
                      file="--font-size")


def _of_sweep(path: Path, by: str | None, within: str | None, at: dict[str, Any]) -> dict[str, Figure]:
    from simulation.figures.levels import factor_named, varied
    from simulation.figures.registry import axes_of, study_figures
    from simulation.study.plan import WORLD

    (folder,) = opened([path])
    own = [*folder.plan.own_measures, *([WORLD] if folder.plan.draws_worlds else [])]  # neither conditions nor usual
    table = folder.table().drop(columns=own)
    factors = varied(table)
    if by:
        by = factor_named(by, table, factors, "by")
        within = factor_named(within, table, factors, "within") if within else None
    else:
        by, within = axes_of(table, at)
    _tell_constant(table)
    return study_figures(table, by, within, at) | _over_years(folder, table, by, within, at)


def _tell_constant(table: pd.DataFrame) -> None:
    """Says which of the usual figures there are not, because there is nothing to see."""
    from simulation.figures.labels import measure_label
    from simulation.figures.levels import distinct
    from simulation.figures.registry import constant

    powers = distinct(table["major_power"])
    for power in powers:
        whose = f" of {power}" if len(powers) > 1 else ""
        for name, value in constant(table, power).items():
            what = f"{rounded(value, 4)} in all histories" if value == value else "in no history"
            typer.echo(f"nothing to draw: {measure_label(name)}{whose}: {what}", err=True)


def _over_years(folder: ResultsFolder, table: pd.DataFrame, by: str | None, within: str | None,
                at: dict[str, Any]) -> dict[str, Figure]:
    """The figures over the years, of a sweep that kept its yearly series."""
    from simulation.analysis.yearly_bands import SERIES_NEEDED
    from simulation.figures.registry import held_levels, yearly_figures
    from simulation.study.yearly import SERIES

    if SERIES not in folder.yearly:
        return {}
    rows = len(table) * folder.plan.scenario.years
    levels = held_levels(table, [name for name in (by, within) if name], at)
    columns = [name for name in (by, within, *levels) if name]
    unknown = [name for name in columns if name not in folder.yearly[SERIES].names]
    if unknown or rows > MOST_YEARLY_ROWS:
        why = f"{unknown[0]} is no column of the yearly table" if unknown else f"{rows:,} rows are too many"
        typer.echo(f"no figure over the years: {why}", err=True)
        return {}
    series = folder.yearly_table(SERIES, list(dict.fromkeys([*SERIES_NEEDED, *columns])))
    return yearly_figures(series, table, by, within, at)


def figures_of(path: Path, manifest: dict[str, Any]) -> dict[str, Figure]:
    """The figures of a results folder of any kind that has some, as they are usually drawn.

    Raises `ResultsError` where a table holds something else than the command wrote.
    """
    from simulation.study.manifest import SWEEP, kind_of

    if kind_of(manifest) == SWEEP:
        return _of_sweep(path, None, None, {})
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
