"""What commands leave in a folder, and where they say that it is: tables as CSV, figures as pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.console import or_null
from simulation.errors import Refusal, ResultsError
from simulation.scenario.state_order import StateOrder

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


PACTS_FILE, GAIN = "pacts.csv", "major_gain"
DocumentFile = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE", help="File for the JSON document, beside what is printed.", show_default=False)]


def refuse_document_file(path: Path | None) -> None:
    """Raises `ResultsError` if there is a file at `path`, or no folder for it: before anything is computed."""
    from simulation.study.output_place import refuse_place

    if path is not None:
        refuse_place(path)


def keep_document(path: Path | None, document: str) -> None:
    """Writes a document to a file, whole or not at all, if one is asked for."""
    from simulation.study.tables import write_text

    if path is not None:
        write_text(path, document + "\n")


def saved(figures: Mapping[str, Figure], results: Path, has_pdf: bool = True, folder: Path | None = None,
          kinds: Sequence[str] = ()) -> list[Path]:
    """Saves figures into the results folder, or another `folder`; gives the paths of the first kind of each.

    has_pdf : whether for print as well, which takes as long again; not needed of what `figures` can draw anew.
    kinds : of files, if others than PNG and PDF are wanted.
    """
    from simulation.figures.registry import FOLDER
    from simulation.figures.style import save

    wanted = kinds or (("png", "pdf") if has_pdf else ("png",))
    return [save(figure, folder or results / FOLDER, name, wanted)[0] for name, figure in figures.items()]


def tell_unfinished(folders: Sequence[Path]) -> tuple[str, ...]:
    """Says on standard error which results folders are not complete; gives the sentences for captions. What is none is
    left to whoever opens it."""
    from simulation.study.status import unfinished

    found = []
    for folder in folders:
        with contextlib.suppress(ResultsError):
            if words := unfinished(folder):
                typer.echo(f"{folder}: {words[0].lower()}{words[1:]}", err=True)
                found.append(words)
    return tuple(found)


def tell(figures: Iterable[Path]) -> None:
    """Says where figures are."""
    for path in figures:
        typer.echo(f"figure: {path}")


def show_files(screen: Console, tables: Iterable[Path], figures: Iterable[Path]) -> None:
    """Says where tables and figures are, below what was printed of them."""
    for kind, paths in (("table", tables), ("figure", figures)):
        for path in paths:
            screen.print(f"{kind}: {path}", soft_wrap=True, markup=False)


def gains_in(folder: Path, order: StateOrder | None) -> dict[tuple[str, str], float]:
    """What each major power gains of each ally, by power and state, if states are to be listed by it. Raises `Refusal`
    where the folder does not tell."""
    from simulation.study.csv_tables import csv_table

    if order is not StateOrder.GAIN:
        return {}
    table = csv_table(folder / PACTS_FILE) if (folder / PACTS_FILE).is_file() else None
    if table is None or GAIN not in table:
        raise Refusal("the folder does not tell what powers gain of single pacts", found=str(folder),
                      allowed="distance, name, or a folder of run or solve", file="--states-by")
    power, state = (name if name in table else name.partition("_")[2] for name in ("major_power", "weak_state"))
    last = table.drop_duplicates([power, state], keep="last" if "year" in table else "first")
    return dict(zip(zip(last[power], last[state], strict=True), last[GAIN], strict=True))


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as JSON can hold it: NaN is null."""
    return [{key: or_null(value) for key, value in row.items()} for row in table.to_dict("records")]
