"""Histories, one after the other, and the rows of the table that come of them.

`run_chunk` is all that an executor is asked to do; what goes in and what comes out can travel between processes.
"""

from __future__ import annotations

import math
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from simulation.history import History
from simulation.measures import MEASURES, measured
from simulation.model import AllianceModel
from simulation.scenario import Scenario
from simulation.study.plan import Plan, Run

SUCCEEDED = "ok"
FAILED = "failed"


@dataclass(frozen=True)
class Chunk:
    """Histories that are run, sent and stored together, numbered `first` to `last`."""

    scenario: Scenario
    seed: int
    runs: tuple[Run, ...]

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
    """Rows of the table, histories that failed, and seconds that each history took."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def chunk_of(plan: Plan, first: int, last: int) -> Chunk:
    """The histories numbered `first` to `last` of a plan."""
    return Chunk(plan.scenario, plan.study.seed, tuple(plan.run(number) for number in range(first, last + 1)))


def run_chunk(chunk: Chunk) -> ChunkResult:
    """Runs the histories of a chunk. One that raises is recorded and does not stop the others."""
    result = ChunkResult()
    for run in chunk.runs:
        start = time.perf_counter()
        try:
            result.rows += rows_of(chunk.scenario, chunk.seed, run)
        except Exception as error:  # noqa: BLE001 - whatever a history dies of, the others go on
            result.rows += failed_rows(chunk.scenario, chunk.seed, run)
            result.failures.append(failure(chunk.seed, run, error))
        result.seconds.append(time.perf_counter() - start)
    return result


def history_of(scenario: Scenario, seed: int, replication: int) -> History:
    """One history by the agents' model."""
    return AllianceModel(scenario, rng=seed, replication=replication, collect=False).run()


def rows_of(scenario: Scenario, seed: int, run: Run) -> list[dict[str, Any]]:
    """Runs one history; gives one row per major power."""
    replaced = scenario.replace_all(run.settings)
    history = history_of(replaced, seed, run.replication)
    window = replaced.recording.window_years
    return [_row(replaced, seed, run, SUCCEEDED, power, measured(history, index, window))
            for index, power in enumerate(replaced.major_powers)]


def failed_rows(scenario: Scenario, seed: int, run: Run) -> list[dict[str, Any]]:
    """The rows of a history that failed: measures are NaN."""
    nothing = dict.fromkeys(MEASURES, math.nan)
    return [_row(scenario, seed, run, FAILED, power, nothing) for power in scenario.major_powers]


def failure(seed: int, run: Run, error: Exception) -> dict[str, Any]:
    """What there is to know about a history that failed, enough to repeat it."""
    return {"run_id": run.run_id, "point_id": run.point_id, "replication": run.replication, "seed": seed,
            "parameters": run.settings, "error": f"{type(error).__name__}: {error}",
            "traceback": "".join(traceback.format_exception(error))}


def _row(scenario: Scenario, seed: int, run: Run, status: str, power: str, values: dict[str, float]) -> dict[str, Any]:
    address = {"scenario": scenario.name, "point_id": run.point_id, "replication": run.replication,
               "run_id": run.run_id, "seed": seed, "status": status, "major_power": power}
    return address | run.settings | values
