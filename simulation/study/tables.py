"""The tidy table of a sweep: its columns and types, and its shards on disk.

A shard is one Parquet file with the histories of a range of numbers. It is written under another name, flushed to the
disk and renamed, so it is there whole or not at all; it carries the identity of its sweep and checksums of its pages.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulation.errors import ResultsError
from simulation.history.measures import MEASURES
from simulation.study.lock import is_alive
from simulation.study.plan import WORLD, Plan

ADDRESS: dict[str, pa.DataType] = {
    "scenario": pa.string(), "point_id": pa.int64(), "replication": pa.int64(), "run_id": pa.int64(),
    "seed": pa.int64(), "status": pa.string(), "major_power": pa.string(),
}
IDENTITY = b"identity"
UNFINISHED = ".tmp"
"""How the name of a file ends that is being written; before that stands the number of the process that does."""
BEGUN_BY = re.compile(rf"\.([1-9]\d{{0,18}}){re.escape(UNFINISHED)}$")


def schema_of(plan: Plan) -> pa.Schema:
    """Columns of the table: address of the run, what varies by path, measures."""
    measures = [(name, pa.float64()) for name in (*MEASURES, *plan.own_measures)]
    columns = [*ADDRESS.items(), *varied_fields(plan), *measures]
    return pa.schema(columns, metadata={IDENTITY: plan.identity})


def varied_fields(plan: Plan) -> list[tuple[str, pa.DataType]]:
    """Columns of what distinguishes the histories' scenarios: the world if it is drawn, then what varies by path."""
    world = [(WORLD, pa.int64())] if plan.draws_worlds else []
    return world + [(path, varied_type([point[path] for point in plan.points])) for path in plan.paths]


def varied_type(values: Iterable[Any]) -> pa.DataType:
    """The type of a column that holds these values; mappings and lists are kept as JSON text."""
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds <= {int, float} else pa.string()


def table_of(columns: Mapping[str, Sequence[Any] | np.ndarray], schema: pa.Schema) -> pa.Table:
    """Columns by name as a table of the given columns."""
    return pa.Table.from_arrays([column_of(columns[field.name], field.type) for field in schema], schema=schema)


def column_of(values: Sequence[Any] | np.ndarray, kind: pa.DataType) -> pa.Array:
    """Plain values as a column; mappings and lists in a column of texts as JSON."""
    if pa.types.is_string(kind):
        values = [value if isinstance(value, str) else json.dumps(value, sort_keys=True) for value in values]
    elif pa.types.is_floating(kind):
        values = np.array(values, float)
    return pa.array(values, kind)


def write_shard(path: Path, table: pa.Table) -> None:
    """Writes a shard whole."""
    write_whole(path, lambda file: write_parquet(table, file))


def write_parquet(table: pa.Table, file: IO[bytes]) -> None:
    """Writes a table as a shard holds it. Only texts repeat themselves enough for a dictionary."""
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pq.write_table(table, file, compression="zstd", write_page_checksum=True, use_dictionary=texts)


def read_shard(path: Path, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """A shard, checked. Raises `ResultsError` if it is damaged or of another sweep."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        table = file.read(columns)
    except (pa.ArrowException, OSError) as error:
        raise ResultsError(f"{path}: a damaged shard ({str(error).splitlines()[0]})") from None
    if (file.schema_arrow.metadata or {}).get(IDENTITY) != schema.metadata[IDENTITY]:
        raise ResultsError(f"{path}: a shard of another sweep")
    if not file.schema_arrow.equals(schema):
        raise ResultsError(f"{path}: a shard with other columns")
    return table


def ends_of_shard(path: Path) -> tuple[int, int] | None:
    """First and last number of the histories in a shard, from its statistics; None where these cannot be read."""
    try:
        file = pq.ParquetFile(path)
        place = file.schema_arrow.names.index("run_id")
        found = [file.metadata.row_group(number).column(place).statistics for number in range(file.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError):
        return None
    if not found or any(part is None or not part.has_min_max for part in found):
        return None
    return min(part.min for part in found), max(part.max for part in found)


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Writes a file under another name, flushes it and renames it. What cannot be finished is removed.

    Raises `OSError` that names `path`.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")  # two processes may write the same file
    try:
        with naming(path):
            with open(unfinished, "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Has an `OSError`, such as of a full disk, name the file that could not be written."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def remove_unfinished(folder: Path) -> None:
    """Removes what processes that were killed had begun to write into a folder."""
    for path in folder.glob(f".*{UNFINISHED}"):
        match = BEGUN_BY.search(path.name)
        if match is None or not is_alive(int(match[1])):
            with contextlib.suppress(OSError):  # somebody else's, or gone already
                path.unlink()


def write_text(path: Path, text: str) -> None:
    """Writes a text file whole."""
    write_whole(path, lambda file: file.write(text.encode()))


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Writes tables as CSV by the names of their files, each whole or not at all."""
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))


def _flush_folder(folder: Path) -> None:
    """Makes a renaming last; not every system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
