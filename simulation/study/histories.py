"""Histories, one after the other, and the table that comes of them.

`run_chunk` is all that an executor is asked to do; what goes in and what comes out can travel between processes.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from simulation.history.measures import measures_in
from simulation.history.series import History
from simulation.history.simulate import begin_again, begun, go_on, measures_of
from simulation.history.state import HistoryState
from simulation.history.world import World, world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.scenario import Scenario
from simulation.study.derived_measures import Derived
from simulation.study.derived_values import derived_values
from simulation.study.plan import Plan, Run
from simulation.study.tables import schema_of, table_of
from simulation.study.yearly import Recorder, recorded, yearly_schema

SUCCEEDED = "ok"
FAILED = "failed"


@dataclass(frozen=True)
class Chunk:
    """Histories that are run, sent and stored together, numbered `first` to `last`.

    `identity` is the sweep's, `schema` the columns of its table, `measures` are those of its study's own, `yearly` the
    columns of the yearly tables that it keeps.
    """

    scenario: Scenario
    seed: int
    runs: tuple[Run, ...]
    identity: str
    schema: pa.Schema
    measures: dict[str, Derived] = field(default_factory=dict)
    yearly: dict[str, pa.Schema] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """Number of the first history."""
        return self.runs[0].run_id

    @property
    def last(self) -> int:
        """Number of the last history."""
        return self.runs[-1].run_id

    @property
    def names(self) -> list[str]:
        """The measures of a history, in the order of `rows_of`."""
        return [*measures_in(self.scenario), *self.measures]


@dataclass
class ChunkResult:
    """The histories' part of the table, a row for each and major power; histories that failed, seconds that each
    history took, and yearly tables by kind."""

    table: pa.Table
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    yearly: dict[str, pa.Table] = field(default_factory=dict)


def chunk_of(plan: Plan, first: int, last: int) -> Chunk:
    """The histories numbered `first` to `last` of a plan."""
    return chunk_with(plan, range(first, last + 1))


def chunk_with(plan: Plan, numbers: Iterable[int]) -> Chunk:
    """The histories with these numbers, which rise."""
    return Chunk(plan.scenario, plan.study.seed, tuple(plan.run(number) for number in numbers), plan.identity,
                 schema_of(plan), plan.study.measures, {kind: yearly_schema(plan, kind) for kind in recorded(plan)})


def run_chunk(chunk: Chunk) -> ChunkResult:
    """Runs the histories of a chunk. One that raises is recorded and does not stop the others: its measures are NaN."""
    recorder, failures, seconds = Recorder(chunk.yearly, chunk.seed), [], []
    rows = np.full((len(chunk.runs), len(chunk.scenario.major_powers), len(chunk.names)), np.nan)
    for place, run in enumerate(chunk.runs):
        start = time.perf_counter()
        try:
            rows[place] = rows_of(chunk, run, recorder)
        except Exception as error:  # noqa: BLE001 - whatever a history dies of, the others go on
            failures.append(failure(chunk.seed, run, error))
        seconds.append(time.perf_counter() - start)
    table = table_of(columns_of(chunk, rows, {entry["run_id"] for entry in failures}), chunk.schema)
    return ChunkResult(table, failures, seconds, recorder.tables())


@dataclass(frozen=True)
class PreparedScenario:
    """A point made ready for histories: its scenario, that as arrays, and the arrays of the history that was last lived
    there, which the next one takes."""

    scenario: Scenario
    world: World
    current: HistoryState
    history: History


class PreparedScenarios(threading.local):
    """The points of one sweep that a thread visited last: to make one ready takes as long as a history or two."""

    def __init__(self, most: int = 1000):
        super().__init__()
        self.most = most
        self.identity = ""
        self.known: dict[tuple[int, int | None], PreparedScenario] = {}

    def at(self, scenario: Scenario, identity: str, run: Run) -> PreparedScenario:
        """The point of a run, of the sweep with this identity."""
        if identity != self.identity:
            self.identity, self.known = identity, {}
        place = run.point_id, run.world
        if place not in self.known:
            if len(self.known) >= self.most:
                self.known.pop(next(iter(self.known)))
            replaced = scenario.replace_all(run.replacements)
            world = world_of(replaced)
            self.known[place] = PreparedScenario(replaced, world, *begun(world, 0, 0))
        return self.known[place]


PREPARED = PreparedScenarios()


@tells_broken_terms
def history_of(prepared: PreparedScenario, seed: int, replication: int) -> History:
    """One history, until the next one takes its arrays."""
    begin_again(prepared.current, prepared.history, seed, replication)
    go_on(prepared.world, prepared.current, prepared.history, prepared.world.magnitudes.years)
    return prepared.history


def rows_of(chunk: Chunk, run: Run, recorder: Recorder) -> np.ndarray:
    """Runs one history of a chunk; gives all its measures, (P, measures), and its years to the recorder."""
    prepared = PREPARED.at(chunk.scenario, chunk.identity, run)
    history = history_of(prepared, chunk.seed, run.replication)
    rows = measures_of(history, prepared.scenario.recording.window_years)
    if chunk.measures:
        names = measures_in(prepared.scenario)
        own = [derived_values(chunk.measures, prepared.scenario, history, place,
                              dict(zip(names, row.tolist(), strict=True))) for place, row in enumerate(rows)]
        rows = np.hstack([rows, [list(values.values()) for values in own]])
    recorder.take(run, prepared.scenario, history)
    return rows


def columns_of(chunk: Chunk, rows: np.ndarray, failed: set[int]) -> dict[str, Any]:
    """Columns of a chunk's table by name; rows: (histories, P, measures); failed: numbers of histories that did."""
    powers, runs = list(chunk.scenario.major_powers), chunk.runs
    told: dict[str, list[Any]] = {
        "point_id": [run.point_id for run in runs], "replication": [run.replication for run in runs],
        "run_id": [run.run_id for run in runs],
        "status": [FAILED if run.run_id in failed else SUCCEEDED for run in runs],
        **{name: [run.columns[name] for run in runs] for name in runs[0].columns}}
    number = len(runs) * len(powers)
    return {"scenario": [chunk.scenario.name] * number, "seed": [chunk.seed] * number,
            "major_power": powers * len(runs),
            **{name: [value for value in values for _ in powers] for name, values in told.items()},
            **{name: rows[:, :, place].ravel() for place, name in enumerate(chunk.names)}}


def failure(seed: int, run: Run, error: Exception) -> dict[str, Any]:
    """What there is to know about a history that failed, enough to repeat it."""
    return {"run_id": run.run_id, "point_id": run.point_id, "replication": run.replication, "seed": seed,
            "parameters": run.replacements, "error": f"{type(error).__name__}: {error}",
            "traceback": "".join(traceback.format_exception(error))}
