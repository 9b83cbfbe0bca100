"""The table of a sweep as a Stata file (format 118, of Stata 14 and newer)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any

import pandas as pd

from simulation.history.measures import MEASURES
from simulation.history.series import SERIES
from simulation.history.tables import PACT_COLUMNS
from simulation.study.store import ResultsFolder

LONGEST_NAME, LONGEST_LABEL, LONGEST_TEXT = 32, 80, 2045
EXACT = 2**53
"""Stata has no integers of 64 bits; up to here its numbers of double precision hold each."""

YEARLY_COLUMNS = {series.name.lower(): column for series, column in SERIES.items()} | PACT_COLUMNS
RESERVED = {"_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_N", "_pi",
            "_pred", "_rc", "_skip", "strL", "using", "with"}
ADDRESS_LABELS = {
    "scenario": "Scenario", "point_id": "Number of the point of the design",
    "replication": "Number of the replication: the same luck at every point", "run_id": "Number of the history",
    "seed": "Seed of all chance", "status": "Whether the history succeeded", "major_power": "Code of the major power",
}


def write_stata(folder: ResultsFolder, table: pd.DataFrame, file: IO[bytes]) -> None:
    """A whole table; what varies goes by the last keys of its path, and its label is the path."""
    names = stata_names(table.columns)
    columns = [str(column) for column in table]
    for column in columns:
        table[column] = _storable(table[column])
    texts = [names[column] for column in columns if table[column].dtype == object
             and table[column].str.len().max() > LONGEST_TEXT]
    own = folder.plan.own_measures
    table.rename(columns=names).to_stata(
        file, write_index=False, version=118, convert_strl=texts, data_label=folder.plan.study.name,
        time_stamp=datetime.fromisoformat(folder.manifest["created_utc"]).replace(tzinfo=None),
        variable_labels={names[column]: label_of(column, own) for column in columns})


def _storable(values: pd.Series) -> pd.Series:
    """Numbers and texts as Stata can hold them: integers that it would round become texts."""
    if pd.api.types.is_integer_dtype(values):
        return values.astype(str).astype(object) if values.abs().max() > EXACT else values
    if pd.api.types.is_bool_dtype(values):
        return values.astype("int8")
    return values if pd.api.types.is_numeric_dtype(values) else values.astype(object)


def stata_names(columns: Iterable[str]) -> dict[str, str]:
    """Names that Stata allows, each once: of a dotted path its last key, or as many keys as tell the paths apart."""
    columns = list(columns)
    names: dict[str, str] = {}
    taken = {column for column in columns if "." not in column}  # they are names already, and stay as they are
    for column in columns:
        keys = column.split(".")
        candidates = [_allowed("_".join(keys[-depth:])) for depth in range(1, len(keys) + 1)]
        short = [len([other for other in columns if _ends_with(other, keys[-depth:])]) == 1
                 for depth in range(1, len(keys) + 1)]
        wanted = [name for name, is_own in zip(candidates, short, strict=True) if is_own] or candidates[-1:]
        names[column] = _unique(wanted[0], taken - ({column} if "." not in column else set()))
        taken.add(names[column])
    return names


def _ends_with(column: str, keys: list[str]) -> bool:
    return column.split(".")[-len(keys):] == keys


def _allowed(text: str) -> str:
    """Letters, digits and underscores, no digit first, no word of Stata's own, at most 32 signs, the last ones kept."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", text.replace("*", "all"))
    if not re.match(r"[A-Za-z_]", name) or name in RESERVED or re.fullmatch(r"str\d+", name):
        name = f"_{name}"
    return name if len(name) <= LONGEST_NAME else "_" + name[1 - LONGEST_NAME:].lstrip("_")


def _unique(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found = f"{name[:LONGEST_NAME - 1 - len(str(number))]}_{number}"
        number += 1
    return found


def label_of(column: str, own: Mapping[str, Any] = MappingProxyType({})) -> str:
    """What a column is: of a measure unit and meaning, of what varies the path; cut to what Stata holds.

    own : the measures that not every sweep has.
    """
    found = MEASURES.get(column) or own.get(column) or YEARLY_COLUMNS.get(column)
    if found:
        text = f"[{found.unit}] {found.meaning}"
        return text if len(text) <= LONGEST_LABEL else text[:LONGEST_LABEL - 1].rstrip() + "…"
    text = ADDRESS_LABELS.get(column, column)
    return text if len(text) <= LONGEST_LABEL else "…" + text[1 - LONGEST_LABEL:]
