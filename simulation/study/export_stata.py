"""The table of a sweep as a Stata file (format 118, of Stata 14 and newer)."""

from __future__ import annotations

from datetime import datetime
from typing import IO

import pandas as pd

from simulation.study.codebook import label_of
from simulation.study.short_columns import short_columns
from simulation.study.store import ResultsFolder

LONGEST_LABEL, LONGEST_TEXT = 80, 2045
EXACT = 2**53
"""Stata has no integers of 64 bits; up to here its numbers of double precision hold each."""
SWITCH = {0: "false", 1: "true"}


def write_stata(folder: ResultsFolder, table: pd.DataFrame, file: IO[bytes]) -> None:
    """A whole table; what varies goes by the last keys of its path, labels say what it is; words are value labels."""
    names = short_columns(table.columns)
    columns = [str(column) for column in table]
    switches = [column for column in columns if pd.api.types.is_bool_dtype(table[column])]
    for column in columns:
        table[column] = _storable(table[column], column in folder.plan.paths)
    texts = [names[column] for column in columns if table[column].dtype == object
             and table[column].str.len().max() > LONGEST_TEXT]
    own = folder.plan.own_measures
    table.rename(columns=names).to_stata(
        file, write_index=False, version=118, convert_strl=texts, data_label=folder.plan.study.name,
        time_stamp=datetime.fromisoformat(folder.manifest["created_utc"]).replace(tzinfo=None),
        value_labels={names[column]: SWITCH for column in switches},
        variable_labels={names[column]: _short(label_of(column, own)) for column in columns})


def _storable(values: pd.Series, is_varied: bool) -> pd.Series:
    """Numbers and texts as Stata can hold them: integers that it would round become texts, words that vary numbers with
    labels, in the order in which they come first."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype("int8")
    if pd.api.types.is_integer_dtype(values):
        return values.astype(str).astype(object) if values.abs().max() > EXACT else values
    if pd.api.types.is_numeric_dtype(values):
        return values
    words = values.dropna().astype(object).unique()
    is_short = all(len(word) <= LONGEST_TEXT for word in words)
    return values.astype(pd.CategoricalDtype(words)) if is_varied and is_short else values.astype(object)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[:LONGEST_LABEL - 1].rstrip() + "…"
