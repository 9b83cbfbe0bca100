"""Points from a table: a CSV file beside the study, its columns headed by dotted paths, a point to a row.

A first column without a heading, in which R writes row numbers, is passed over.

It becomes the design's `list` when the study is read, so that a results folder needs no file besides its own; what is
refused of a value is placed at its line of the table.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulation.errors import Refusal
from simulation.scenario.file import parse_value
from simulation.scenario.validation import Locate, Location, placed, shown
from simulation.study.separated_text import read_separated, with_decimal_point

TABLE, LIST = ("design", "table"), ("design", "list")


def with_table_read(data: dict[str, Any], locate: Locate, folder: Path) -> tuple[dict[str, Any], Locate]:
    """A study as plain data with its table of points, if it has one, read into the list of points.

    Raises `Refusal` if there is no such table in `folder`, if it is none, or if the design lists points as well. What
    is not even the name of a file is left to whoever checks the study.
    """
    design = data.get("design")
    if not isinstance(design, dict) or not isinstance(design.get("table"), str):
        return data, locate
    if "list" in design:
        raise placed(Refusal("both a list and a table of points", allowed="one of them"), TABLE, locate=locate)
    path = os.path.normpath(folder / design["table"])
    if not os.path.isfile(path):
        raise placed(Refusal("no such file", found=path), TABLE, locate=locate)
    rows, lines = read_points(path)
    read = {kind: part for kind, part in design.items() if kind != "table"} | {"list": rows}

    def located(location: Location) -> tuple[str, int]:
        if location[:2] != LIST:
            return locate(location)
        return path, lines[int(location[2])] if len(location) > 2 else 1

    return data | {"design": read}, located


def read_points(path: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The points in a table, and the line that each is on. Raises `Refusal`, with file and line, for a bad table."""
    text, separator, has_decimal_commas = read_separated(Path(path))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = [(line, row) for line, row in _rows(reader, path) if any(row)]
    if len(rows) < 2:
        raise Refusal("no points", found=f"{len(rows)} lines",
                      allowed="a line of paths, then a line of values for each point", file=path)
    if len(rows[0][1]) > 1 and not rows[0][1][0]:
        rows = [(line, row[1:]) for line, row in rows]
    if has_decimal_commas:
        rows = [rows[0], *((line, [with_decimal_point(cell) for cell in row]) for line, row in rows[1:])]
    paths = _paths(path, *rows[0])
    return [_point(path, line, paths, row) for line, row in rows[1:]], [line for line, _ in rows[1:]]


def _rows(reader: Any, path: str) -> Iterator[tuple[int, list[str]]]:
    try:
        for row in reader:
            yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise Refusal("not CSV", found=str(error), file=path, line=reader.line_num) from None


def _paths(file: str, line: int, heading: list[str]) -> list[str]:
    for place, path in enumerate(heading):
        if not path:
            raise Refusal("a column without a heading", found=f"column {place + 1}", allowed="a dotted path",
                          file=file, line=line)
        if path in heading[:place]:
            raise Refusal("a column given twice", path, file=file, line=line)
    return heading


def _point(file: str, line: int, paths: list[str], row: list[str]) -> dict[str, Any]:
    if len(row) != len(paths):
        raise Refusal("another number of columns than the heading", found=str(len(row)), allowed=str(len(paths)),
                      file=file, line=line)
    return {path: _value(file, line, path, cell) for path, cell in zip(paths, row, strict=True)}


def _value(file: str, line: int, path: str, cell: str) -> Any:
    try:
        value = parse_value(cell)
    except Refusal as refusal:
        refusal.path, refusal.file, refusal.line = path, file, line
        raise
    if value is None:
        raise Refusal("null", path, shown(cell), "a value", file=file, line=line)
    return value
