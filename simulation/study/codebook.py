"""What the columns of a table mean: labels of one line, and a codebook with unit, meaning and values of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from simulation.history.measures import MEASURES
from simulation.history.series import SERIES
from simulation.history.tables import PACT_COLUMNS
from simulation.scenario.documentation import described, documentation, owner_of

YEARLY_COLUMNS = {series.name.lower(): column for series, column in SERIES.items()} | PACT_COLUMNS
ADDRESS_LABELS = {
    "scenario": "Scenario", "point_id": "Number of the point of the design",
    "replication": "Number of the replication: the same luck at every point", "run_id": "Number of the history",
    "seed": "Seed of all chance", "status": "Whether the history succeeded", "major_power": "Code of the major power",
    "world": "Number of the drawn world", "weak_state": "Code of the weak state", "year": "Calendar year",
}
MOST_VALUES = 40
"""Texts of a column that a codebook lists; of more it tells how many there are."""


class Entry(NamedTuple):
    """A column: its name in the file and in the folder, kind, unit, meaning, values, and how many are missing."""

    name: str
    column: str
    kind: str
    unit: str
    meaning: str
    values: str
    missing: int


def label_of(column: str, own: Mapping[str, Any] = MappingProxyType({})) -> str:
    """What a column is, in a line: of a measure unit and meaning, of what varies whose it is, meaning and unit.

    own : the measures that not every sweep has.
    """
    found = MEASURES.get(column) or own.get(column) or YEARLY_COLUMNS.get(column)
    if found:
        return f"[{found.unit}] {found.meaning}"
    return ADDRESS_LABELS.get(column) or described(column)


def codebook(schema: pa.Schema, parts: Iterator[pa.Table], names: Mapping[str, str],
             own: Mapping[str, Any]) -> list[Entry]:
    """An entry for each column of a table that comes in parts. names: in the file, by column."""
    seen: dict[str, list[pa.Array]] = {column: [] for column in schema.names}
    missing = dict.fromkeys(schema.names, 0)
    for part in parts:
        for column in schema.names:
            values = part.column(column)
            present = values.filter(pc.invert(pc.is_null(values, nan_is_null=True)))
            missing[column] += len(values) - len(present)
            seen[column].append(_summary(present))
    return [Entry(names[field.name], field.name, _kind(field.type), *_meaning(field.name, own),
                  _values(pa.concat_arrays(seen[field.name]), field.type), missing[field.name]) for field in schema]


def written_codebook(entries: list[Entry], separator: str = ",") -> str:
    """A codebook as the text of a CSV file."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=separator, lineterminator="\n")
    rows.writerow(Entry._fields)
    rows.writerows(entries)
    return text.getvalue()


def _summary(values: pa.ChunkedArray) -> pa.Array:
    """Of numbers the least and the most, of all else each value once."""
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        least_and_most: dict[str, Any] = pc.min_max(values).as_py()
        return pa.array([value for value in least_and_most.values() if value is not None], values.type)
    return pc.unique(values)


def _kind(found: pa.DataType) -> str:
    if pa.types.is_boolean(found):
        return "yes or no"
    if pa.types.is_string(found):
        return "text"
    return "whole number" if pa.types.is_integer(found) else "number"


def _meaning(column: str, own: Mapping[str, Any]) -> tuple[str, str]:
    """Unit and meaning."""
    found = MEASURES.get(column) or own.get(column) or YEARLY_COLUMNS.get(column)
    if found:
        return found.unit, found.meaning
    if column in ADDRESS_LABELS:
        return "", ADDRESS_LABELS[column]
    keys = tuple(column.split("."))
    meaning, unit = documentation(keys)
    owner = owner_of(keys) if meaning else ""
    return unit, f"{owner}: {meaning}" if owner else meaning


def _values(found: pa.Array, kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "0 = false; 1 = true"
    if pa.types.is_string(kind):
        texts = pc.unique(found).to_pylist()
        return "; ".join(texts) if len(texts) <= MOST_VALUES else f"{len(texts)} texts"
    numbers = found.to_pylist()
    return f"{min(numbers)!r} to {max(numbers)!r}" if numbers else ""
