"""From text to figures: columns by their canonical names, states by COW abbreviations, numbers within their ranges.

Called by `record.dyads` for every file. Each check refuses the first value that fails, with its file, line and column.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from simulation.errors import Refusal
from simulation.record.columns import (
    CODE,
    COLUMNS,
    FIGURES,
    KEYS,
    MISSING,
    POLITY,
    RANGES,
    STATE_KEYS,
    TEXT,
    YEAR,
    Column,
)
from simulation.record.country_codes import cow_codes, way_of
from simulation.record.reading import HEADER, Text
from simulation.scenario.validation import listed, nearest, shown

IDEAL_POINT = "IdealPointAll"
POLITY_LEAST, POLITY_MOST = -10, 10


class Part(NamedTuple):
    """What one file gives: a table of dyad-years or of state-years.

    header : names in the file by canonical name. code_way : how states are named. unread : names without a meaning.
    """

    table: pd.DataFrame
    file: str
    is_of_dyads: bool
    header: Mapping[str, str]
    code_way: str
    unread: tuple[str, ...]
    notes: tuple[str, ...] = ()


def is_of_dyads(text: Text) -> bool:
    """Whether a file is a table of dyad-years, or to be refused as one; else it is one of state-years."""
    names = {name.casefold() for name in text.cells.columns}
    has_state = any(name.casefold() in names for name in STATE_KEYS)
    return not has_state or any(name in _header(text) for name in ("patron", "protege"))


def dyad_part(text: Text) -> Part:
    """A table of dyad-years: keys checked, every figure that is there a number within its range."""
    header = _header(text)
    for name in KEYS:
        if name not in header:
            raise _missing_column(text, name, (name, *KEYS[name].aliases), header.values())
    cells = text.cells
    years = year_column(text, header["year"])
    codes = [name for name in header if COLUMNS[name].kind == CODE]
    way = way_of(code for name in codes for code in cells[header[name]].dropna())
    made = {name: state_column(text, header[name], years, way, name in KEYS) for name in codes}
    made["year"] = years
    for name in [name for name in header if name not in made]:
        is_text = COLUMNS[name].kind == TEXT
        made[name] = cells[header[name]] if is_text else numbers(text, header[name], COLUMNS[name])
    polity, notes = _polity(text, header)
    table = pd.DataFrame(made | polity)
    _refuse_twins(table, text)
    known = {*header.values(), *(found for name in POLITY if (found := found_column(text, name)))}
    return Part(table, text.file, True, header, way, tuple(name for name in cells if name not in known), notes)


def state_part(text: Text) -> Part:
    """A table of state-years: `state`, `year` and those figures that some column of a dyad takes from a state."""
    state = next(found for name in STATE_KEYS if (found := found_column(text, name)))
    year = found_column(text, "year")
    if not year:
        raise _missing_column(text, "year", ("year",), [state])
    years = year_column(text, year)
    way = way_of(text.cells[state].dropna())
    made = {"state": state_column(text, state, years, way, True), "year": years}
    for column in FIGURES.values():
        for name in column.names_of_state:
            if found := found_column(text, name):
                made[name] = numbers(text, found, column)
    if ideal := found_column(text, IDEAL_POINT):
        made[IDEAL_POINT] = _parsed(text, ideal)
    table = pd.DataFrame(made)
    _refuse_twins(table, text)
    known = {state, year, *(found_column(text, name) for name in made)}
    return Part(table, text.file, False, {}, way, tuple(name for name in text.cells if name not in known))


def numbers(text: Text, name: str, column: Column) -> pd.Series:
    """A column of numbers by line, NaN where missing. Raises `Refusal` for text, or a number outside the range."""
    values = _parsed(text, name)
    limits = RANGES[column.kind]
    present = values.dropna()
    wrong = present[(present < limits.least) | (present > limits.most) | (limits.is_whole & (present % 1 != 0))]
    if len(wrong):
        line = int(wrong.index[0])
        raise Refusal("out of range", name, shown(text.cells[name][line]), limits.allowed, file=text.file, line=line)
    return values


def _parsed(text: Text, name: str) -> pd.Series:
    """A column as numbers; decimal commas are read where semicolons separate the columns."""
    cells = text.cells[name]
    plain = cells.replace({"TRUE": "1", "FALSE": "0"})
    if text.has_decimal_commas:
        plain = plain.str.replace(",", ".", n=1, regex=False)
    values = pd.to_numeric(plain, errors="coerce").astype(float)
    wrong = cells[cells.notna() & ~values.map(math.isfinite)]
    if len(wrong):
        line = int(wrong.index[0])
        raise Refusal("not a number", name, shown(wrong.iloc[0]), f"a number, or missing: {listed(_missing_words())}",
                      file=text.file, line=line)
    return values


def _missing_words() -> list[str]:
    return ["nothing", *(word for word in MISSING if word)]


def year_column(text: Text, name: str) -> pd.Series:
    """A column of years, by line, none missing. Raises `Refusal` for anything else."""
    refuse_gaps(text, name)
    return numbers(text, name, KEYS[YEAR])


def state_column(text: Text, name: str, years: pd.Series, way: str, is_key: bool) -> pd.Series:
    """A column of states as COW abbreviations, by line; is_key: none may be missing."""
    if is_key:
        refuse_gaps(text, name)
    return cow_codes(text.cells[name], years, way, name, text.file)


def refuse_gaps(text: Text, name: str) -> None:
    """Raises `Refusal` with the first line in which a column has no value."""
    gaps = text.cells.index[text.cells[name].isna()]
    if len(gaps):
        raise Refusal("missing", name, allowed="a value in every row", file=text.file, line=int(gaps[0]))


def _refuse_twins(table: pd.DataFrame, text: Text) -> None:
    """Refuses a key that comes twice, and a state paired with itself; the table is by line."""
    key = [name for name in ("patron", "protege", "state", "year") if name in table]
    twins = table.index[table.duplicated(key)]
    if len(twins):
        row = table.loc[twins[0], key]
        first = int(table.index[(table[key] == row).all(axis="columns")][0])
        raise Refusal("a row for the same states and year twice", found=_told(row),
                      allowed=f"one; the first is in line {first}", file=text.file, line=int(twins[0]))
    if "patron" in table:
        alone = table.index[table["patron"] == table["protege"]]
        if len(alone):
            raise Refusal("a state paired with itself", found=_told(table.loc[alone[0], key]),
                          allowed="two different states", file=text.file, line=int(alone[0]))


def _told(row: pd.Series) -> str:
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in row)


def _polity(text: Text, header: Mapping[str, str]) -> tuple[dict[str, pd.Series], tuple[str, ...]]:
    """Democracy from Polity scores, (score + 10) / 20, where the table has no index of electoral democracy."""
    made, notes = {}, []
    for name, target in POLITY.items():
        found = found_column(text, name)
        if found and target not in header:
            scores = _parsed(text, found)
            made[target] = ((scores - POLITY_LEAST) / (POLITY_MOST - POLITY_LEAST)).where(
                scores.between(POLITY_LEAST, POLITY_MOST))
            notes.append(f"{target} is {found} rescaled, (score + 10) / 20: another measure than electoral democracy.")
    return made, tuple(notes)


def _header(text: Text) -> dict[str, str]:
    """Names in the file by canonical name. Raises `Refusal` where two columns have one meaning."""
    header = {}
    for canonical, column in COLUMNS.items():
        found = [name for alias in (canonical, *column.aliases) if (name := found_column(text, alias))]
        found = list(dict.fromkeys(found))
        if len(found) > 1 and found[0] != canonical and canonical not in KEYS:
            raise Refusal("two columns with one meaning", found[0], found[1], f"one, for {canonical}", file=text.file,
                          line=HEADER)
        if found:
            header[canonical] = found[0]
    return header


def found_column(text: Text, name: str) -> str:
    """The column of this name in the file, whatever the case of its letters; empty if there is none."""
    return next((column for column in text.cells if column.casefold() == name.casefold()), "")


def _missing_column(text: Text, name: str, known: Iterable[str], taken: Iterable[str]) -> Refusal:
    """A required column that is not there, with the column of the file that was probably meant."""
    taken = set(taken)
    free = [column for column in text.cells if column not in taken]
    meant = nearest(name, free)
    return Refusal("missing column", name, listed(free), f"a column {' or '.join(known)}",
                   f"{name} for {meant}" if meant else "", file=text.file, line=HEADER)
