"""Histories, one after the other, and the rows of the table that come of them.

`run_chunk` is all that an executor is asked to do; what goes in and what comes out can travel between processes.
"""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from simulation.history.measures import measures_in
from simulation.history.series import History
from simulation.history.simulate import measures_of, simulate
from simulation.history.world import World, world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.scenario import Scenario
from simulation.study.derived_measures import Derived
from simulation.study.derived_values import derived_values
from simulation.study.plan import Plan, Run
from simulation.study.yearly import Recorder, recorded, yearly_schema

SUCCEEDED = "ok"
FAILED = "failed"


@dataclass(frozen=True)
class Chunk:
    """Histories that are run, sent and stored together, numbered `first` to `last`.

    `identity` is the sweep's, `measures` are those of its study's own, `yearly` the columns of the yearly tables that
    it keeps.
    """

    scenario: Scenario
    seed: int
    runs: tuple[Run, ...]
    identity: str
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


@dataclass
class ChunkResult:
    """Rows of the table, histories that failed, seconds that each history took, and yearly tables by kind."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    yearly: dict[str, pa.Table] = field(default_factory=dict)


def chunk_of(plan: Plan, first: int, last: int) -> Chunk:
    """The histories numbered `first` to `last` of a plan."""
    return chunk_with(plan, range(first, last + 1))


def chunk_with(plan: Plan, numbers: Iterable[int]) -> Chunk:
    """The histories with these numbers, which rise."""
    return Chunk(plan.scenario, plan.study.seed, tuple(plan.run(number) for number in numbers), plan.identity,
                 plan.study.measures, {kind: yearly_schema(plan, kind) for kind in recorded(plan)})


def run_chunk(chunk: Chunk) -> ChunkResult:
    """Runs the histories of a chunk. One that raises is recorded and does not stop the others."""
    result, recorder = ChunkResult(), Recorder(chunk.yearly, chunk.seed)
    for run in chunk.runs:
        start = time.perf_counter()
        try:
            result.rows += rows_of(chunk, run, recorder)
        except Exception as error:  # noqa: BLE001 - whatever a history dies of, the others go on
            result.rows += failed_rows(chunk, run)
            result.failures.append(failure(chunk.seed, run, error))
        result.seconds.append(time.perf_counter() - start)
    result.yearly = recorder.tables()
    return result


@dataclass(frozen=True)
class PreparedScenario:
    """A point made ready for histories: its scenario, and that as arrays."""

    scenario: Scenario
    world: World


class PreparedScenarios:
    """The points of one sweep that were visited last: to make one ready takes as long as a history or two."""

    def __init__(self, most: int = 1000):
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
            self.known[place] = PreparedScenario(replaced, world_of(replaced))
        return self.known[place]


PREPARED = PreparedScenarios()


@tells_broken_terms
def history_of(prepared: PreparedScenario, seed: int, replication: int) -> History:
    """One history."""
    return simulate(prepared.world, seed, replication)


def rows_of(chunk: Chunk, run: Run, recorder: Recorder) -> list[dict[str, Any]]:
    """Runs one history of a chunk; gives one row per major power, and its years to the recorder."""
    prepared = PREPARED.at(chunk.scenario, chunk.identity, run)
    history = history_of(prepared, chunk.seed, run.replication)
    table = measures_of(history, prepared.scenario.recording.window_years).tolist()
    rows = []
    for place, (power, numbers) in enumerate(zip(prepared.scenario.major_powers, table, strict=True)):
        values = dict(zip(measures_in(prepared.scenario), numbers, strict=True))
        values |= derived_values(chunk.measures, prepared.scenario, history, place, values)
        rows.append(_row(prepared.scenario, chunk.seed, run, SUCCEEDED, power, values))
    recorder.take(run, prepared.scenario, history)
    return rows


def failed_rows(chunk: Chunk, run: Run) -> list[dict[str, Any]]:
    """The rows of a history that failed: measures are NaN."""
    nothing = dict.fromkeys([*measures_in(chunk.scenario), *chunk.measures], math.nan)
    return [_row(chunk.scenario, chunk.seed, run, FAILED, power, nothing) for power in chunk.scenario.major_powers]


def failure(seed: int, run: Run, error: Exception) -> dict[str, Any]:
    """What there is to know about a history that failed, enough to repeat it."""
    return {"run_id": run.run_id, "point_id": run.point_id, "replication": run.replication, "seed": seed,
            "parameters": run.replacements, "error": f"{type(error).__name__}: {error}",
            "traceback": "".join(traceback.format_exception(error))}


def _row(scenario: Scenario, seed: int, run: Run, status: str, power: str, values: dict[str, float]) -> dict[str, Any]:
    address = {"scenario": scenario.name, "point_id": run.point_id, "replication": run.replication,
               "run_id": run.run_id, "seed": seed, "status": status, "major_power": power}
    return address | run.columns | values
