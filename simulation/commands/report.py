"""``report``: a results folder as one page that can be read, printed, sent and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.options import StatesBy
from simulation.commands.saving import gains_in, tell_unfinished
from simulation.errors import Refusal
from simulation.scenario.state_order import listing_states

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulation.report.source import Subject

REPORT_FILE = "report.html"

Folder = Annotated[Path, typer.Argument(
    metavar="FOLDER", help="Results folder of a sweep, run, test, scope, multiverse, solve, statics or compare.",
    show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE", help="File; without it: report.html in the folder.", show_default=False)]


def report(folder: Folder, out: Out = None, states_by: StatesBy = None) -> None:
    """The command; `command_line` holds its help."""
    # loads the compiler
    from simulation.figures.looks import Looks, looking
    from simulation.report.page import page_of
    from simulation.report.sections import refuse_kind
    from simulation.report.source import subject_of
    from simulation.study.tables import write_text

    subject = subject_of(folder)
    refuse_kind(subject)
    path = out or folder / REPORT_FILE
    _refuse_no_file(path)
    with listing_states(states_by, gains_in(folder, states_by)), looking(Looks(remarks=tell_unfinished([folder]))):
        text = page_of(_with_figures(subject))
    write_text(path, text)
    typer.echo(f"report: {path}")


def _refuse_no_file(path: Path) -> None:
    """Raises `Refusal` where no file can be written."""
    if path.is_dir() or not path.parent.is_dir():
        raise Refusal("not a place for a file", found=str(path), allowed="a file in a folder that is there",
                      file="--out")
    if path.exists() and path.suffix.lower() not in (".html", ".htm"):
        raise Refusal("would be written over", found=str(path), allowed="a new file, or a page in its place",
                      file="--out")


def _with_figures(subject: Subject) -> Subject:
    """The subject with its figures drawn, or with the reason why they cannot be."""
    from simulation.figures.embedded import data_address, in_words
    from simulation.report.source import Shown

    try:
        drawn = _figures(subject)
    except Refusal as refusal:
        return replace(subject, no_figures=f"There is no figure: {refusal}.")
    return replace(subject, figures=tuple(
        Shown(name, data_address(figure), in_words(figure), figure.get_figwidth()) for name, figure in drawn.items()))


def _figures(subject: Subject) -> dict[str, Figure]:
    from simulation.commands.figures import figures_of

    return figures_of(subject.path, subject.manifest)
