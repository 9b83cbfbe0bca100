"""A table of a sweep as one file for other programs, written under another name and renamed when it is whole.

CSV and Parquet are written shard by shard, so that a table larger than memory goes through; Stata's format and netCDF
need the whole table at once. A table for R is a CSV file with R's words for what is missing, true and false.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulation.errors import Refusal, ResultsError
from simulation.scenario.validation import nearest, shown
from simulation.study.codebook import codebook, written_codebook
from simulation.study.export_netcdf import refuse_what_is_no_grid, refuse_without_xarray, write_netcdf
from simulation.study.export_stata import write_stata
from simulation.study.output_place import refuse_place
from simulation.study.short_columns import short_columns
from simulation.study.store import ResultsFolder, shard_name
from simulation.study.tables import read_shard, write_text, write_whole
from simulation.study.yearly import YEARLY

RUNS = "runs"
ROWS_TOGETHER = 65_536
"""Rows of a row group of a Parquet file: many enough to be read fast, few enough to be held in memory."""
CODEBOOK = ".codebook.csv"
"""What the file of a codebook is called, behind the name of the table's."""
NOT_AVAILABLE = "NA"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """How a table is written.

    Attributes
    ----------
    has_short_names : whether columns go by the last keys of their paths (for Stata and R they always do).
    has_decimal_commas : whether numbers have decimal commas, and semicolons stand between the columns.
    has_codebook : whether a second file tells what the columns are.
    """

    has_short_names: bool = False
    has_decimal_commas: bool = False
    has_codebook: bool = False

    @property
    def separator(self) -> str:
        """What stands between the columns of a CSV file."""
        return ";" if self.has_decimal_commas else ","


PLAIN = Form()


def export(folder: ResultsFolder, kind: str, path: Path, is_partial: bool = False, table: str = RUNS,
           form: Form = PLAIN) -> int:
    """Writes a table of a sweep to `path` in one of `FORMATS`; gives the number of histories in it.

    table : that of the runs, or one of the yearly tables that the sweep keeps.
    is_partial : whether what is there of an unfinished sweep is enough.

    Raises `ResultsError` if there is a file at `path`, no folder for it, a history missing or a shard damaged, and
    `Refusal` where the format needs a full grid or a library that is not there.
    """
    for place in [path, *([codebook_of(path)] if form.has_codebook else [])]:
        refuse_place(place)
    refuse_form(kind, form)
    refuse_table(folder, table, kind)
    histories = refuse_unfinished(folder, is_partial)
    if kind == NETCDF:
        refuse_what_is_no_grid(folder.plan)
        refuse_without_xarray()
    source = Source(folder, table)
    write_whole(path, lambda file: WRITERS[kind](source, form, file))
    if form.has_codebook:
        names = source.names(form.has_short_names or kind in ALWAYS_SHORT)
        entries = codebook(source.schema, source.parts(), names, folder.plan.own_measures)
        write_text(codebook_of(path), written_codebook(entries, form.separator))
    return histories


def codebook_of(path: Path) -> Path:
    """Where the codebook of a table lies."""
    return path.with_name(path.name + CODEBOOK)


def refuse_form(kind: str, form: Form) -> None:
    """Raises `Refusal` for a form that a format does not have."""
    if form.has_decimal_commas and kind not in (CSV, R):
        raise Refusal("numbers of this format have no decimal signs", found=kind, allowed=f"{CSV}, {R}",
                      file="--decimal-comma")
    if form.has_short_names and kind == NETCDF:
        raise Refusal("axes of this format go by their paths", found=kind, allowed=f"{CSV}, {R}, {PARQUET}, {STATA}",
                      file="--short-names")


def refuse_unfinished(folder: ResultsFolder, is_partial: bool) -> int:
    """The number of histories in a folder. Raises `ResultsError` if none is there, or one is missing."""
    histories, wanted = folder.covered(), folder.wanted()
    if histories < wanted and not is_partial:
        at_most = "at most " if folder.plan.rule else ""
        raise ResultsError(f"{folder.path}: unfinished, {histories} of {at_most}{wanted} histories are there; go on"
                           " with resume, or export what is there with --partial")
    if histories == 0:
        raise ResultsError(f"{folder.path}: no histories to export")
    return histories


@dataclass(frozen=True)
class Source:
    """A table of a sweep, as the writers see it: the runs, or one of its yearly tables."""

    folder: ResultsFolder
    name: str = RUNS

    @property
    def schema(self) -> pa.Schema:
        """Its columns."""
        return self.folder.schema if self.name == RUNS else self.folder.yearly[self.name]

    def parts(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """The table shard by shard, in the order of the runs. Raises `ResultsError` for a damaged one."""
        for span in self.folder.spans:
            yield read_shard(self.folder.path / self.name / shard_name(*span), self.schema, columns)

    def names(self, are_short: bool) -> dict[str, str]:
        """What the columns are called in the file, by column."""
        return short_columns(self.schema.names) if are_short else {name: name for name in self.schema.names}

    def texts(self) -> dict[str, pa.Array]:
        """Of every column of texts each text once, in the order in which they come."""
        columns = [field.name for field in self.schema if pa.types.is_string(field.type)]
        found: dict[str, list[pa.Array]] = {column: [] for column in columns}
        for part in self.parts(columns):
            for column in columns:
                found[column].append(pc.unique(part.column(column)).drop_null())
        return {column: pc.unique(pa.concat_arrays([pa.array([], pa.string()), *texts]))
                for column, texts in found.items()}

    def frame(self) -> pd.DataFrame:
        """The whole table."""
        return self.folder.table() if self.name == RUNS else self.folder.yearly_table(self.name)


def refuse_table(folder: ResultsFolder, table: str, kind: str) -> None:
    """Raises `Refusal` for a table that the sweep does not keep, or that a format is not made for."""
    known = [RUNS, *folder.yearly]
    if table not in known:
        missing = f"; {table} is kept where the study, or the option --{table}, says so" if table in YEARLY else ""
        raise Refusal("no such table in the folder" + missing, found=shown(table), allowed=", ".join(known),
                      suggestion=nearest(table, known), file="--table")
    if kind == NETCDF and table != RUNS:
        raise Refusal("not a grid", found=table, allowed=f"{RUNS} in this format, or another format", file="--table")


def write_csv(source: Source, form: Form, file: IO[bytes], missing: str = "") -> None:
    """The table as text; without a form of its own byte for byte as a sweep writes `runs.csv`."""
    names = source.names(form.has_short_names)
    for place, part in enumerate(source.parts()):
        _written_frame(part.to_pandas().rename(columns=names), form, file, place == 0, missing)


def write_for_r(source: Source, form: Form, file: IO[bytes]) -> None:
    """The table as `read.csv` of R takes it (`read.csv2`, with decimal commas): TRUE, FALSE and NA are R's own."""
    is_code = any(NOT_AVAILABLE in texts.to_pylist() for texts in source.texts().values())
    if is_code:
        log.info('%s is a text of this table, so missing numbers are left empty: read it with na.strings = ""',
                 NOT_AVAILABLE)
    names = source.names(are_short=True)
    for place, part in enumerate(source.parts()):
        table = part.to_pandas()
        for field in source.schema:
            if pa.types.is_boolean(field.type):
                table[field.name] = table[field.name].map({True: "TRUE", False: "FALSE"})
        _written_frame(table.rename(columns=names), form, file, place == 0, "" if is_code else NOT_AVAILABLE)


def _written_frame(table: pd.DataFrame, form: Form, file: IO[bytes], has_heading: bool, missing: str) -> None:
    table.to_csv(file, index=False, header=has_heading, lineterminator="\n", encoding="utf-8", sep=form.separator,
                 decimal="," if form.has_decimal_commas else ".", na_rep=missing)


def write_parquet(source: Source, form: Form, file: IO[bytes]) -> None:
    """The table as one Parquet file, with the identity of the sweep and checksums; texts are kept as factors."""
    texts = source.texts()
    names = source.names(form.has_short_names)
    schema = pa.schema([pa.field(names[field.name], FACTOR if field.name in texts else field.type)
                        for field in source.schema], metadata=source.schema.metadata)
    with pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True) as writer:
        waiting: list[pa.Table] = []
        for part in source.parts():
            waiting.append(_with_factors(part, texts, schema))
            if sum(table.num_rows for table in waiting) >= ROWS_TOGETHER:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


def _with_factors(part: pa.Table, texts: dict[str, pa.Array], schema: pa.Schema) -> pa.Table:
    columns = [pa.DictionaryArray.from_arrays(
        pc.index_in(part.column(name).combine_chunks(), value_set=texts[name]), texts[name])
        if name in texts else part.column(name) for name in part.column_names]
    return pa.Table.from_arrays(columns, schema=schema)


FACTOR = pa.dictionary(pa.int32(), pa.string())
CSV, R, PARQUET, STATA, NETCDF = "csv", "r", "parquet", "stata", "netcdf"
FORMATS = {CSV: "csv", R: "r.csv", PARQUET: "parquet", STATA: "dta", NETCDF: "nc"}
"""Formats, each with the ending of its files."""
ALWAYS_SHORT = (R, STATA)

WRITERS: dict[str, Callable[[Source, Form, IO[bytes]], None]] = {
    CSV: write_csv, R: write_for_r, PARQUET: write_parquet,
    STATA: lambda source, _form, file: write_stata(source.folder, source.frame(), file),
    NETCDF: lambda source, _form, file: write_netcdf(source.folder, file),
}
