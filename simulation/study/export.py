"""The table of a sweep as one file for other programs, written under another name and renamed when it is whole.

CSV and Parquet are written shard by shard, so that a table larger than memory goes through; Stata's format and netCDF
need the whole table at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from simulation.errors import ResultsError
from simulation.study.export_netcdf import refuse_what_is_no_grid, refuse_without_xarray, write_netcdf
from simulation.study.export_stata import write_stata
from simulation.study.store import ResultsFolder, shard_name
from simulation.study.tables import read_shard, write_whole

ROWS_TOGETHER = 65_536
"""Rows of a row group of a Parquet file: many enough to be read fast, few enough to be held in memory."""


def export(folder: ResultsFolder, kind: str, path: Path, is_partial: bool = False) -> int:
    """Writes the table of a sweep to `path` in one of `FORMATS`; gives the number of histories in it.

    is_partial : whether what is there of an unfinished sweep is enough.

    Raises `ResultsError` if there is a file at `path`, no folder for it, a history missing or a shard damaged, and
    `Refusal` where the format needs a full grid or a library that is not there.
    """
    if path.exists() or path.is_symlink():
        raise ResultsError(f"{path}: is there already; remove it, or give another name with --out")
    if not path.parent.is_dir():
        raise ResultsError(f"{path}: there is no folder {path.parent}")
    histories, wanted = folder.covered(), folder.wanted()
    if histories < wanted and not is_partial:
        at_most = "at most " if folder.plan.rule else ""
        raise ResultsError(f"{folder.path}: unfinished, {histories} of {at_most}{wanted} histories are there; go on"
                           " with resume, or export what is there with --partial")
    if histories == 0:
        raise ResultsError(f"{folder.path}: no histories to export")
    if kind == NETCDF:
        refuse_what_is_no_grid(folder.plan)
        refuse_without_xarray()
    write_whole(path, lambda file: WRITERS[kind](folder, file))
    return histories


def shards(folder: ResultsFolder) -> Iterator[pa.Table]:
    """The table in parts, in the order of the runs. Raises `ResultsError` for a damaged one."""
    for span in folder.spans:
        yield read_shard(folder.path / "runs" / shard_name(*span), folder.schema)


def write_csv(folder: ResultsFolder, file: IO[bytes]) -> None:
    """The table as text, byte for byte as a sweep writes `runs.csv`."""
    for place, part in enumerate(shards(folder)):
        part.to_pandas().to_csv(file, index=False, header=place == 0, lineterminator="\n", encoding="utf-8")


def write_parquet(folder: ResultsFolder, file: IO[bytes]) -> None:
    """The table as one Parquet file, with the identity of the sweep and checksums."""
    with pq.ParquetWriter(file, folder.schema, compression="zstd", write_page_checksum=True) as writer:
        waiting: list[pa.Table] = []
        for part in shards(folder):
            waiting.append(part)
            if sum(table.num_rows for table in waiting) >= ROWS_TOGETHER:
                writer.write_table(pa.concat_tables(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


CSV, PARQUET, STATA, NETCDF = "csv", "parquet", "stata", "netcdf"
FORMATS = {CSV: "csv", PARQUET: "parquet", STATA: "dta", NETCDF: "nc"}
"""Formats, each with the ending of its files."""

WRITERS: dict[str, Callable[[ResultsFolder, IO[bytes]], None]] = {
    CSV: write_csv, PARQUET: write_parquet, STATA: write_stata, NETCDF: write_netcdf,
}
