"""One results folder of several of the same sweep: its parts, or what several machines ran of it.

What more than one folder holds has to be the same bit for bit. All folders are checked before anything is written;
then shards are written along the grid of the sweep, one cell at a time, as a sweep writes them, so that a merging
that was killed is finished by the same command. Memory holds the histories of two cells.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types

from simulation.errors import ResultsError
from simulation.scenario.validation import shown
from simulation.study.cells import Span, cell_around, cell_size
from simulation.study.lock import locked
from simulation.study.manifest import (
    MANIFEST_FILE,
    Manifest,
    difference_in_words,
    invocation,
    is_same_program,
    is_same_sweep,
)
from simulation.study.store import ResultsFolder, open_results, refuse_strange_folder, shard_name
from simulation.study.sweep import finish
from simulation.study.tables import read_shard


@dataclass(frozen=True)
class Merged:
    """The folder that came of a merging; how many histories are in it and how many it is for; how many failed."""

    folder: ResultsFolder
    histories: int
    wanted: int
    failures: int


def merge(paths: list[Path], out: Path, command: list[str] | None = None) -> Merged:
    """Makes one results folder at `out` of those at `paths`, which are left as they are.

    Raises `ResultsError` if a folder is in use, damaged or of another sweep, if two of them differ in a history, and
    for a sweep by a rule if none of them holds all that the others hold. Nothing is written then.
    """
    _refuse_places(paths, out)
    with contextlib.ExitStack() as held:
        sources = [_opened(path, held) for path in paths]
        there = [_opened(out, held)] if (out / MANIFEST_FILE).exists() else []
        for other in [*sources[1:], *there]:
            _refuse_other_sweep(sources[0], other)
        _check([*there, *sources])
        if not there:
            out.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(out))
        return _write(sources, out, command or [])


def _refuse_places(paths: list[Path], out: Path) -> None:
    refuse_strange_folder(out)
    places = [path.resolve() for path in paths]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise ResultsError(f"{paths[number]}: given twice")
        if place == out.resolve():
            raise ResultsError(f"{out}: both a folder to merge and the folder for the result")


def _opened(path: Path, held: contextlib.ExitStack) -> ResultsFolder:
    """A folder, held so that nobody writes to it, every shard of it read once."""
    folder = open_results(path)
    held.enter_context(locked(path))
    size = cell_size(folder.plan)
    folder.spans = sorted(folder.checked_span(shard, size) for shard in (path / "runs").glob("*.parquet"))
    return folder


def _refuse_other_sweep(first: ResultsFolder, other: ResultsFolder) -> None:
    there, here = other.manifest, first.manifest
    for name, words in (("version", "another version"), ("model_sources", "other sources")):
        if not is_same_program(name, there.get(name), here.get(name)):
            raise ResultsError(f"{other.path}: made by {words} of the program ({shown(there.get(name))}, in"
                               f" {first.path} {shown(here.get(name))})")
    if set(other.yearly) != set(first.yearly):
        raise ResultsError(f"{other.path}: keeps {' and '.join(other.yearly) or 'no yearly tables'}, and {first.path}"
                           f" {' and '.join(first.yearly) or 'none'}")
    if not is_same_sweep(there, here):
        raise ResultsError(f"{other.path}: holds another sweep{difference_in_words(there, here, f'in {first.path}')}")


def _check(folders: list[ResultsFolder]) -> None:
    """Raises `ResultsError` unless the folders fit together."""
    if folders[0].stopping is not None:
        _refuse_without_largest(folders)
    for cell in _cells(folders):
        if sum(bool(_within(folder, cell)) for folder in folders) > 1:
            _united(folders, cell)


def _refuse_without_largest(folders: list[ResultsFolder]) -> None:
    largest = max(folders, key=lambda folder: len(folder.spans))
    for folder in folders:
        if not set(folder.spans) <= set(largest.spans):
            raise ResultsError(f"{folder.path}: holds histories that {largest.path} does not; of a sweep with"
                               " replications.until one folder has to hold all that the others hold")


def _cells(folders: list[ResultsFolder]) -> list[Span]:
    """First and last number of every cell of which there is something; by a rule, of every shard."""
    spans = {span for folder in folders for span in folder.spans}
    if folders[0].stopping is not None:
        return sorted(spans)
    size = cell_size(folders[0].plan)
    return sorted({(first, end - 1) for first, end in (cell_around(span[0], size) for span in spans)})


def _within(folder: ResultsFolder, cell: Span) -> list[Span]:
    return [span for span in folder.spans if cell[0] <= span[0] and span[1] <= cell[1]]


def _united(folders: list[ResultsFolder], cell: Span) -> pa.Table:
    """The histories of a cell that any folder holds, in order. Raises `ResultsError` where two folders differ."""
    table = folders[0].schema.empty_table()
    holders: dict[int, Path] = {}
    for folder in folders:
        for span in _within(folder, cell):
            more = read_shard(folder.path / "runs" / shard_name(*span), folder.schema)
            is_known = pc.is_in(more["run_id"], value_set=table["run_id"].combine_chunks())
            known = more.filter(is_known)
            if known.num_rows:
                same = table.filter(pc.is_in(table["run_id"], value_set=known["run_id"].combine_chunks()))
                _refuse_different(same, known, folder, holders)
            fresh = more.filter(pc.invert(is_known))
            holders |= dict.fromkeys(fresh["run_id"].to_pylist(), folder.path)
            table = pa.concat_tables([table, fresh])
            order = np.argsort(table["run_id"].to_numpy(), kind="stable")  # rows of a history stay in their order
            table = table.take(pa.array(order))
    return table


def _refuse_different(one: pa.Table, other: pa.Table, folder: ResultsFolder, holders: dict[int, Path]) -> None:
    if one["run_id"].to_pylist() != other["run_id"].to_pylist():
        number = other["run_id"][0].as_py()
        raise ResultsError(f"{folder.path}: run {number} or one after it has another number of rows than in"
                           f" {holders[number]}")
    for name in one.column_names:
        differs = np.flatnonzero(_bits(one[name]) != _bits(other[name]))
        if differs.size:
            place = int(differs[0])
            number, power = other["run_id"][place].as_py(), other["major_power"][place].as_py()
            raise ResultsError(f"{folder.path}: run {number}, {power}: {name} is {other[name][place].as_py()!r} there"
                               f" and {one[name][place].as_py()!r} in {holders[number]}")


def _bits(column: pa.ChunkedArray) -> np.ndarray:
    """Values that are equal where those of a column are the same: numbers bit for bit, NaN like any NaN."""
    if not pyarrow.types.is_floating(column.type):
        return np.array(column.to_pylist(), dtype=object)
    values = column.to_numpy()
    return np.where(np.isnan(values), np.nan, values).view("int64")


def _write(sources: list[ResultsFolder], out: Path, command: list[str]) -> Merged:
    folder = ResultsFolder.of_manifest(out, _manifest(sources, out))
    folder.update(invocations=[*folder.manifest["invocations"], invocation(command)], status="interrupted")
    failures = {entry["run_id"]: entry for source in sources for entry in source.failures()}
    for cell in _cells(sources):
        _fill(folder, sources, cell, failures)
    if not folder.pending():
        finish(folder)
    return Merged(folder, folder.covered(), folder.wanted(), len(folder.failures()))


def _manifest(sources: list[ResultsFolder], out: Path) -> Manifest:
    """That of the first folder, for as many replications as any was asked for, and for the whole unless all are of one
    part; invocations of all."""
    if (out / MANIFEST_FILE).exists():
        there = [open_results(out)]
        merged = dict(there[0].manifest)
    else:
        there = []
        merged = {name: value for name, value in sources[0].manifest.items()
                  if name not in ("completed_utc", "histories", "failures", "stopped")}
        merged["invocations"] = [entry for source in sources for entry in source.manifest.get("invocations", [])]
    folders = [*there, *sources]
    parts = {folder.manifest.get("part") for folder in folders}
    replications = max(folder.plan.replications for folder in folders)
    return merged | {"replications": replications, "part": parts.pop() if len(parts) == 1 else None}


def _fill(folder: ResultsFolder, sources: list[ResultsFolder], cell: Span, failures: dict[int, dict[str, Any]]) -> None:
    """Stores what the folder does not hold of a cell, a shard for all that follows each other without a gap."""
    held = _within(folder, cell)
    if folder.stopping is not None and held:
        return
    table = _united(sources, cell)
    numbers = [number for number in dict.fromkeys(table["run_id"].to_pylist())
               if not any(first <= number <= last for first, last in held)]
    runs = [numbers] if folder.stopping is not None else _in_a_row(numbers)
    for run in runs:
        part = table.filter(pc.is_in(table["run_id"], value_set=pa.array(run)))
        yearly = {kind: _yearly(sources, kind, cell, run) for kind in folder.yearly}
        folder.store(run[0], run[-1], part, [failures[number] for number in run if number in failures], yearly)


def _yearly(sources: list[ResultsFolder], kind: str, cell: Span, run: list[int]) -> pa.Table:
    """The rows of a yearly table of these histories, each from the first folder that holds it."""
    wanted, found = set(run), [sources[0].yearly[kind].empty_table()]
    for source in sources:
        for span in _within(source, cell):
            own = wanted & set(range(span[0], span[1] + 1))
            if own:
                table = read_shard(source.path / kind / shard_name(*span), source.yearly[kind])
                found.append(table.filter(pc.is_in(table["run_id"], value_set=pa.array(sorted(own)))))
                wanted -= own
    table = pa.concat_tables(found)
    return table.take(pa.array(np.argsort(table["run_id"].to_numpy(), kind="stable"))).combine_chunks()


def _in_a_row(numbers: list[int]) -> Iterator[list[int]]:
    """Rising numbers, cut where one is missing."""
    start = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            yield numbers[start:place]
            start = place
