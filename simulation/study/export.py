"""A table of a sweep as one file for other programs, written under another name and renamed when it is whole.

CSV and Parquet are written shard by shard, so that a table larger than memory goes through; Stata's format and netCDF
need the whole table at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.errors import Refusal, ResultsError
from simulation.scenario.validation import nearest, shown
from simulation.study.export_netcdf import refuse_what_is_no_grid, refuse_without_xarray, write_netcdf
from simulation.study.export_stata import write_stata
from simulation.study.output_place import refuse_place
from simulation.study.store import ResultsFolder, shard_name
from simulation.study.tables import read_shard, write_whole
from simulation.study.yearly import YEARLY

RUNS = "runs"
ROWS_TOGETHER = 65_536
"""Rows of a row group of a Parquet file: many enough to be read fast, few enough to be held in memory."""


def export(folder: ResultsFolder, kind: str, path: Path, is_partial: bool = False, table: str = RUNS) -> int:
    """Writes a table of a sweep to `path` in one of `FORMATS`; gives the number of histories in it.

    table : that of the runs, or one of the yearly tables that the sweep keeps.
    is_partial : whether what is there of an unfinished sweep is enough.

    Raises `ResultsError` if there is a file at `path`, no folder for it, a history missing or a shard damaged, and
    `Refusal` where the format needs a full grid or a library that is not there.
    """
    refuse_place(path)
    refuse_table(folder, table, kind)
    histories = refuse_unfinished(folder, is_partial)
    if kind == NETCDF:
        refuse_what_is_no_grid(folder.plan)
        refuse_without_xarray()
    source = Source(folder, table)
    write_whole(path, lambda file: WRITERS[kind](source, file))
    return histories


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

    def parts(self) -> Iterator[pa.Table]:
        """The table shard by shard, in the order of the runs. Raises `ResultsError` for a damaged one."""
        for span in self.folder.spans:
            yield read_shard(self.folder.path / self.name / shard_name(*span), self.schema)

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


def write_csv(source: Source, file: IO[bytes]) -> None:
    """The table as text, byte for byte as a sweep writes `runs.csv`."""
    for place, part in enumerate(source.parts()):
        part.to_pandas().to_csv(file, index=False, header=place == 0, lineterminator="\n", encoding="utf-8")


def write_parquet(source: Source, file: IO[bytes]) -> None:
    """The table as one Parquet file, with the identity of the sweep and checksums."""
    with pq.ParquetWriter(file, source.schema, compression="zstd", write_page_checksum=True) as writer:
        waiting: list[pa.Table] = []
        for part in source.parts():
            waiting.append(part)
            if sum(table.num_rows for table in waiting) >= ROWS_TOGETHER:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


CSV, PARQUET, STATA, NETCDF = "csv", "parquet", "stata", "netcdf"
FORMATS = {CSV: "csv", PARQUET: "parquet", STATA: "dta", NETCDF: "nc"}
"""Formats, each with the ending of its files."""

WRITERS: dict[str, Callable[[Source, IO[bytes]], None]] = {
    CSV: write_csv, PARQUET: write_parquet,
    STATA: lambda source, file: write_stata(source.folder, source.frame(), file),
    NETCDF: lambda source, file: write_netcdf(source.folder, file),
}
