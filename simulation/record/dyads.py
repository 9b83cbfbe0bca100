"""Tables of dyad-years: one file, or a folder of public files joined by state and year.

Whatever a table calls its columns and states (`record.columns` has the names, `record.country_codes` the codes), what
is read has the same columns, COW abbreviations, and NaN where a figure is missing. What cannot be right is refused in
one line with file, line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from simulation.errors import Refusal
from simulation.record.columns import CODE, COLUMNS, KEYS, PAIRS_BY_NUMBER, TEXT
from simulation.record.country_codes import cow_code
from simulation.record.event_figures import with_events
from simulation.record.events import Events, events_in, kind_of_events
from simulation.record.joining import joined, mirrored
from simulation.record.reading import read_text
from simulation.record.values import Part, dyad_part, is_of_dyads, state_part
from simulation.scenario.validation import listed

NAMES_IN_A_FOLDER = ("dyads.csv", "dyads.csv.gz")
KEY = list(KEYS)


@dataclass(frozen=True)
class Dyads:
    """Real dyads by year, as read; every column of `columns.COLUMNS` is there.

    Attributes
    ----------
    table : a row for each dyad-year, sorted by patron, protege and year. `patron`, `protege` and `protege_rival` are
        COW abbreviations, `year` is a whole number, figures are floats with NaN where missing; shares 0 to 1,
        distances in km.
    missing : number of missing values by column; nothing is imputed.
    source : the file or folder.
    code_way : how the table names states, such as "COW abbreviation"; several, where files differ.
    unread : columns of the files that have no meaning here.
    notes : what was derived, in sentences.
    """

    table: pd.DataFrame
    missing: Mapping[str, int]
    source: str
    code_way: str
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def patrons(self) -> tuple[str, ...]:
        """COW abbreviations of the major powers, in alphabetical order."""
        return tuple(sorted(self.table["patron"].unique()))

    def years_of(self, power: str) -> tuple[int, ...]:
        """Years in which the table has dyads of a major power, rising."""
        return tuple(sorted({int(year) for year in self.table.loc[self.table["patron"] == power, "year"]}))

    def of(self, power: str, year: int) -> pd.DataFrame:
        """Rows of a major power in a year, by the COW abbreviation of the other state.

        power : in any spelling that `cow_code` knows. Raises `Refusal` for a power or year that is not there.
        """
        code = cow_code(power, year)
        if code not in self.patrons:
            raise Refusal("a power without dyads", found=code, allowed=listed(self.patrons), file=self.source)
        years = self.years_of(code)
        if year not in years:
            raise Refusal("a year without dyads", found=str(year), allowed=f"{years[0]} to {years[-1]}, of {code}",
                          file=self.source)
        rows = self.table[(self.table["patron"] == code) & (self.table["year"] == year)]
        return rows.set_index("protege")


def read_dyads(path: str | Path) -> Dyads:
    """The dyad-years in a file (CSV, plain or gzip) or a folder.

    A folder holds `dyads.csv` or `dyads.csv.gz`, which is then all that is read, or any number of CSV files: tables of
    dyad-years, joined by both states and the year; tables of state-years, whose figures go to the patron and to the
    protege; files of disputes, conflicts and rivalries, from which figures are counted. Raises `Refusal`, with file,
    line and column, for the first thing that is wrong.
    """
    parts, events = _read(_files(Path(path)))
    of_dyads = [part for part in parts if part.is_of_dyads]
    if not of_dyads:
        raise Refusal("no table of dyads", allowed="a table with patron, protege and year", file=str(path))
    table = joined(of_dyads, [part for part in parts if not part.is_of_dyads])
    notes = [note for part in of_dyads for note in part.notes]
    if any(part.header["patron"].casefold() in PAIRS_BY_NUMBER for part in of_dyads):
        table, note = mirrored(table)
        notes += note
    table, counted = with_events(table.reset_index(drop=True), events)
    notes += counted
    table, derived = _with_derived(_in_order(table))
    missing = {name: int(table[name].isna().sum()) for name in table.columns}
    return Dyads(table, missing, str(path), ", ".join(dict.fromkeys(part.code_way for part in parts)),
                 tuple(dict.fromkeys(name for part in parts for name in part.unread)), (*notes, *derived))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    for name in NAMES_IN_A_FOLDER:
        if (path / name).is_file():
            return [path / name]
    files = sorted([*path.glob("*.csv"), *path.glob("*.csv.gz")])
    if not files:
        raise Refusal("a folder without a table", allowed=f"{NAMES_IN_A_FOLDER[0]}, or several CSV files",
                      file=str(path))
    return files


def _read(files: list[Path]) -> tuple[list[Part], list[Events]]:
    """Tables of dyad-years and state-years, and files of events."""
    parts, events = [], []
    for path in files:
        text = read_text(path)
        if kind := kind_of_events(text):
            events.append(events_in(text, kind))
        else:
            parts.append(dyad_part(text) if is_of_dyads(text) else state_part(text))
    return parts, events


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """All canonical columns in their order, typed, those that no file has filled with NaN."""
    made = {}
    for name, column in COLUMNS.items():
        values = table[name] if name in table else pd.Series(None, index=table.index, dtype=object)
        made[name] = values.astype(object) if column.kind in (CODE, TEXT) else values.astype(float)
    whole = pd.DataFrame(made).astype({"year": int})
    return whole.sort_values(KEY, ignore_index=True)


def _with_derived(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Figures that follow from others, put in where they are missing; and what was done, in sentences."""
    derived = {
        "cap_ratio": table["patron_cinc"] / table["protege_cinc"].where(table["protege_cinc"] > 0),
        "contig_land": (table["contiguity"] == 1).astype(float).where(table["contiguity"].notna()),
        "protege_rival_any": table["protege_rival"].notna().astype(float).where(table["protege_rival"].notna()),
    }
    notes = []
    for name, values in derived.items():
        filled = int((table[name].isna() & values.notna()).sum())
        if filled:
            notes.append(f"{name} derived from other columns in {filled} rows.")
    return table.assign(**{name: table[name].fillna(values) for name, values in derived.items()}), notes
