"""A results folder: which histories it holds, and how more are added.

Histories are stored in shards along a fixed grid of numbers (`cells`). Where a sweep stops inside a cell, because it
was asked for no more, the cell gets a second shard when replications are added; what is there is never written again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Set
from itertools import chain
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa

from simulation.errors import ResultsError
from simulation.scenario.file import dump_yaml
from simulation.study.cells import (
    GROWN_CELL,
    SMALLEST_CELL,
    Span,
    cell_around,
    cell_number,
    cell_size,
    gaps,
    number_in,
)
from simulation.study.checksums import changed_files, known_checksums
from simulation.study.histories import Chunk, ChunkResult, chunk_of, chunk_with
from simulation.study.manifest import (
    MANIFEST_FILE,
    Manifest,
    new_manifest,
    plan_in,
    read_manifest,
    refuse_difference,
    write_manifest,
)
from simulation.study.plan import SCENARIO_FILE, Plan
from simulation.study.stopping import Stopping
from simulation.study.tables import (
    ends_of_shard,
    naming,
    read_shard,
    remove_unfinished,
    schema_of,
    write_shard,
    write_text,
    write_whole,
)
from simulation.study.yearly import recorded, yearly_schema

SHARD = re.compile(r"(\d{6,})-(\d{6,})\.parquet")
STUDY_FILE = "study.resolved.yaml"
FAILURES_FILE = "failures.jsonl"
TABLE_FILE = "runs.csv"
LONGEST_CHUNK_SECONDS = 10.0
LARGEST_TABLE = 200_000
"""Rows up to which the whole table is written as text of its own accord."""


class ResultsFolder:
    """The folder of one sweep; whoever writes to it holds its lock (`lock.locked`).

    Attributes
    ----------
    path : the folder.
    plan : what the folder is for.
    manifest : the manifest as it stands on disk.
    spans : first and last number of the histories in each shard that is sound, in order.
    stops_at_failure : whether whoever fills the folder stops at the first history that fails.
    set_aside : shards that were found unusable when the folder was opened, with the reason; they are run again.
    """

    def __init__(self, path: Path, plan: Plan, manifest: Manifest):
        self.path = path
        self.plan = plan
        self.manifest = manifest
        self.schema = schema_of(plan)
        self.yearly = {kind: yearly_schema(plan, kind) for kind in recorded(plan)}
        self.stopping = Stopping(plan.rule, len(plan.points)) if plan.rule else None
        self._groups: dict[Span, tuple[int, ...]] = {}
        self.spans: list[Span] = []
        self.set_aside: list[str] = []
        self.stops_at_failure = False

    @classmethod
    def opened(cls, path: Path, plan: Plan) -> ResultsFolder:
        """The folder at `path`, begun or continued; at least as many replications as it was ever asked for.

        Raises `ResultsError` if it holds something else.
        """
        refuse_strange_folder(path)
        if (path / MANIFEST_FILE).exists():
            manifest = read_manifest(path)
            refuse_difference(manifest, plan, path)
            there = plan_in(manifest, path)
            refuse_other_record(there, plan, path)
            plan = there.with_replications(max(plan.replications, there.replications))
        else:
            manifest = new_manifest(plan)
        folder = cls(path, plan, manifest)
        folder._begin()
        return folder

    @classmethod
    def of_manifest(cls, path: Path, manifest: Manifest) -> ResultsFolder:
        """The folder at `path`, begun or continued with this manifest in place of its own."""
        folder = cls(path, plan_in(manifest, path), manifest)
        folder.update()
        folder._begin()
        return folder

    def _begin(self) -> None:
        if not (self.path / MANIFEST_FILE).exists():
            self.update()
        for name in ("runs", "figures", *self.yearly):
            (self.path / name).mkdir(exist_ok=True)
        write_text(self.path / SCENARIO_FILE, dump_yaml(self.plan.scenario.resolved()))
        write_text(self.path / STUDY_FILE, dump_yaml(self.plan.resolved_study()))
        for folder in (self.path, *(self.path / name for name in ("runs", *self.yearly))):
            remove_unfinished(folder)
        damaged = {name for name, _ in changed_files(self.path, known_checksums(self.manifest))}
        self.spans = list(self._sound_spans(damaged))
        self._remove_strays()
        self.keep_failures_of_what_is_there()
        if self.pending() or damaged or (self.has_text() and not (self.path / TABLE_FILE).exists()):
            self.update(replications=self.plan.replications, status="begun")

    def update(self, **entries: Any) -> None:
        """Changes entries of the manifest."""
        self.manifest |= entries
        write_manifest(self.path, self.manifest)

    def covered(self) -> int:
        """Number of histories that are there."""
        if self.stopping is not None:  # between the numbers of a shard there are those of points that have stopped
            rows = sum(int(self._shard(span, ["run_id"]).num_rows) for span in self.spans)
            return rows // len(self.plan.scenario.major_powers)
        return sum(last - first + 1 for first, last in self.spans)

    def wanted(self) -> int:
        """Number of histories that there will be in the end; by a rule, the most that there can be as things stand."""
        if self.stopping is None:
            return number_in(self.plan)
        self.pending()
        ends = self.stopping.ends.values()
        return int(sum(end.replications for end in ends)) + (len(self.plan.points) - len(ends)) * self.plan.replications

    def pending(self) -> list[Span]:
        """What is still to be run, cell by cell, as first and last numbers."""
        if self.stopping is not None:
            self._groups = self._groups_to_run()
            return list(self._groups)
        size = cell_size(self.plan)
        missing = gaps(self.spans, self.plan.number_of_runs, size, self._most_together())
        part = self.plan.part
        return [span for span in missing if part is None or part.holds(cell_number(span[0], size))]

    def _most_together(self) -> int:
        """Histories that are run and stored together at most, so that slow ones are shared out and not lost."""
        seconds = self.manifest.get("seconds_per_history", 0.0)
        return max(SMALLEST_CELL, int(LONGEST_CHUNK_SECONDS / seconds)) if seconds > 0 else GROWN_CELL

    def chunk(self, first: int, last: int) -> Chunk:
        """What is to be run of a span that is pending."""
        if self.stopping is None:
            return chunk_of(self.plan, first, last)
        return chunk_with(self.plan, self._groups[first, last])

    def _groups_to_run(self) -> dict[Span, tuple[int, ...]]:
        """By a rule: what is missing of the first batch that is not all there; those before it are decided on."""
        held = set(self.spans)
        assert self.stopping is not None
        while groups := {(group[0], group[-1]): group for group in self.stopping.groups(cell_size(self.plan))}:
            missing = {span: group for span, group in groups.items() if span not in held}
            if missing:
                return missing
            self.stopping.decide(chain.from_iterable(self._decisive(span) for span in groups))
        return {}

    def _decisive(self, span: Span) -> Iterator[tuple[int, int, float]]:
        """Replication, point and value of the measure by which points stop, of the histories in a shard."""
        assert self.stopping is not None
        measure = self.stopping.rule.measure
        power = self.stopping.rule.major_power or next(iter(self.plan.scenario.major_powers))
        columns = self._shard(span, ["replication", "point_id", "major_power", measure]).to_pydict()
        for replication, point, whose, value in zip(*columns.values(), strict=True):
            if whose == power:
                yield replication, point, value

    def save(self, first: int, last: int, result: ChunkResult) -> None:
        """Stores the histories of one chunk."""
        self.store(first, last, result.table, result.failures, result.yearly)

    def store(self, first: int, last: int, table: pa.Table, failures: list[dict[str, Any]],
              yearly: Mapping[str, pa.Table]) -> None:
        """Stores histories and the failures among them; the runs last, because their shard says that all is there.

        yearly : the yearly tables that the sweep keeps, by kind.
        """
        if failures:
            path = self.path / FAILURES_FILE
            with naming(path), open(path, "a", encoding="utf-8") as file:
                file.write("".join(json.dumps(entry) + "\n" for entry in failures))
                _flush(file)
        for kind in self.yearly:
            write_shard(self.path / kind / shard_name(first, last), yearly[kind])
        write_shard(self.path / "runs" / shard_name(first, last), table)
        self.spans = sorted([*self.spans, (first, last)])

    def failures(self) -> list[dict[str, Any]]:
        """Histories that failed, in the order of their numbers."""
        found = {entry["run_id"]: entry for entry in _json_lines(self.path / FAILURES_FILE)}
        return [found[number] for number in sorted(found)]

    def has_text(self) -> bool:
        """Whether the whole table is small enough to be written as text of its own accord."""
        return self.wanted() * len(self.plan.scenario.major_powers) <= LARGEST_TABLE

    def write_table(self) -> Path:
        """Writes `runs.csv`, the whole table in the order of the runs, and gives its path."""
        path = self.path / TABLE_FILE

        def write(file: IO[bytes]) -> None:
            for place, span in enumerate(self.spans):
                frame = self._shard(span).to_pandas()
                frame.to_csv(file, index=False, header=place == 0, lineterminator="\n", encoding="utf-8")

        write_whole(path, write)
        return path

    def table(self, columns: list[str] | None = None) -> pd.DataFrame:
        """The table, or some of its columns, in the order of the runs."""
        parts = [self._shard(span, columns) for span in self.spans]
        schema = self.schema if columns is None else pa.schema([self.schema.field(name) for name in columns])
        found: pd.DataFrame = pa.concat_tables([schema.empty_table(), *parts]).to_pandas()
        return found

    def yearly_table(self, kind: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A yearly table that the sweep keeps, or some of its columns, in the order of the runs."""
        schema = self.yearly[kind]
        parts = [read_shard(self.path / kind / shard_name(*span), schema, columns) for span in self.spans]
        wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
        found: pd.DataFrame = pa.concat_tables([wanted.empty_table(), *parts]).to_pandas()
        return found

    def _shard(self, span: Span, columns: list[str] | None = None) -> pa.Table:
        return read_shard(self.path / "runs" / shard_name(*span), self.schema, columns)

    def files(self) -> list[str]:
        """Files that the folder lives on beside its manifest, as paths in it."""
        shards = [f"{kind}/{shard_name(*span)}" for kind in ("runs", *self.yearly) for span in self.spans]
        return [SCENARIO_FILE, STUDY_FILE, TABLE_FILE, FAILURES_FILE, *shards]

    def _sound_spans(self, damaged: Set[str]) -> Iterator[Span]:
        """Shards that can be used; the others are renamed and noted. damaged: files, by their path in the folder, that
        have changed since they were written."""
        size, end = cell_size(self.plan), -1
        for path in sorted((self.path / "runs").glob("*.parquet"), key=lambda path: (len(path.name), path.name)):
            try:
                span = self.checked_span(path, size)
                if span[0] <= end:
                    raise ResultsError(f"{path}: histories that another shard holds")
                for kind, schema in self.yearly.items():
                    read_shard(self.path / kind / path.name, schema)
                for kind in ("runs", *self.yearly):
                    if f"{kind}/{path.name}" in damaged:
                        raise ResultsError(f"{self.path / kind / path.name}: changed since it was written")
                end = span[1]
                yield span
            except ResultsError as error:
                path.rename(path.with_name(f"{path.name}.unusable"))
                self.set_aside.append(str(error))

    def _remove_strays(self) -> None:
        """Removes yearly shards whose runs were never stored: those histories are run again."""
        known = {shard_name(*span) for span in self.spans}
        for kind in self.yearly:
            for path in (self.path / kind).glob("*.parquet"):
                if path.name not in known:
                    path.unlink()

    def checked_span(self, path: Path, size: int) -> Span:
        """First and last number of a shard, read whole. Raises `ResultsError` if it cannot be used."""
        match = SHARD.fullmatch(path.name)
        first, last = (int(match[1]), int(match[2])) if match else (1, 0)
        is_by_rule = self.stopping is not None
        if first > last or path.name != shard_name(first, last) or (
                cell_around(first, size) != cell_around(last, size) and not is_by_rule):
            raise ResultsError(f"{path}: not the name of a shard")
        numbers = sorted(set(read_shard(path, self.schema).column("run_id").to_pylist()))
        is_whole = (numbers[0], numbers[-1]) == (first, last) if is_by_rule else numbers == list(range(first, last + 1))
        if not is_whole:
            raise ResultsError(f"{path}: a shard of other histories than its name says")
        return first, last

    def keep_failures_of_what_is_there(self) -> None:
        """Puts failures in the order of their histories, whoever ran which; drops those whose shard was never written,
        and a line that was cut off: those histories are run again."""
        path = self.path / FAILURES_FILE
        if not path.exists():
            return
        kept = [entry for entry in self.failures()
                if any(first <= entry["run_id"] <= last for first, last in self.spans)]
        write_text(path, "".join(json.dumps(entry) + "\n" for entry in kept))


def open_results(path: Path) -> ResultsFolder:
    """A results folder for reading. Raises `ResultsError` if it is none, if a shard holds other histories than its name
    says or some that another holds, and when a damaged shard is read."""
    manifest = read_manifest(path)
    folder = ResultsFolder(path, plan_in(manifest, path), manifest)
    names = (SHARD.fullmatch(entry.name) for entry in (path / "runs").glob("*.parquet"))
    folder.spans = sorted((int(match[1]), int(match[2])) for match in names if match)
    refuse_other_histories(path, folder.spans)
    return folder


def refuse_other_histories(path: Path, spans: list[Span]) -> None:
    """Raises `ResultsError` for a shard that repeats histories of another, or holds others than its name says."""
    for place, span in enumerate(spans):
        shard = path / "runs" / shard_name(*span)
        if place and span[0] <= spans[place - 1][1]:
            raise ResultsError(f"{shard}: histories that another shard holds; to set it aside: resume {path}")
        held = ends_of_shard(shard)
        if held is not None and held != span:
            raise ResultsError(f"{shard}: a shard of other histories than its name says; to run those again: resume"
                               f" {path}")


def refuse_strange_folder(path: Path) -> None:
    """Raises `ResultsError` if there is something at `path` that is not the beginning of a results folder."""
    for above in path.parents:
        if above.exists() and not above.is_dir():
            raise ResultsError(f"{above}: not a folder, so that nothing can be below it")
    if not path.exists() or (path / MANIFEST_FILE).exists():
        return
    if not path.is_dir():
        raise ResultsError(f"{path}: not a folder")
    if any(not entry.name.startswith(".") for entry in path.iterdir()):
        raise ResultsError(f"{path}: holds other files, and no {MANIFEST_FILE}; give an empty or a new folder")


def refuse_other_record(there: Plan, asked: Plan, path: Path) -> None:
    """Raises `ResultsError` if a folder is asked for yearly tables that it was begun without."""
    missing = [kind for kind in recorded(asked) if kind not in recorded(there)]
    if missing:
        raise ResultsError(f"{path}: was begun without {' and '.join(missing)}; remove the folder or give another with"
                           " --out")


def refuse_other_identity(folder: Path, identity: str) -> None:
    """Raises `ResultsError` if there is something at `folder` that is not the results folder of this identity."""
    refuse_strange_folder(folder)
    try:
        there = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        there = {}
    if not isinstance(there, dict) or there.get("identity") != identity:
        raise ResultsError(f"{folder}: holds other results; remove the folder or give another with --out")


def shard_name(first: int, last: int) -> str:
    """Name of the file that holds the histories from `first` to `last`."""
    return f"{first:06d}-{last:06d}.parquet"


def first_error(root: Path) -> str:
    """What the first history that failed died of, in the sweep in this folder or in those below it; empty if none
    did."""
    return next((str(entry["error"]) for path in sorted(root.rglob(FAILURES_FILE)) for entry in _json_lines(path)), "")


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "run_id" in entry:
            yield entry


def _flush(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())
