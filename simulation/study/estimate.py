"""What a sweep will cost in time and on the disk, from a few of its histories; nothing is stored."""

from __future__ import annotations

import io
import math
import statistics
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from simulation.study.cells import cell_size, gaps
from simulation.study.executors import SECONDS_TO_START_WORKERS
from simulation.study.histories import PREPARED, ChunkResult, chunk_with, run_chunk
from simulation.study.plan import Plan
from simulation.study.store import LARGEST_TABLE
from simulation.study.tables import write_parquet

MOST_PROBED = 5
AGAIN = 3
"""Histories at each point that is probed, where the study asks for as many: the first makes the point ready."""


@dataclass(frozen=True)
class Probe:
    """Histories that were run to see what they cost.

    Attributes
    ----------
    points : numbers of the points, spread evenly over the design.
    seconds_ready : mean time to make a point ready, once for each process that visits it.
    seconds_history : mean time of a history where the point is ready.
    result : table and failures of the histories.
    """

    points: tuple[int, ...]
    seconds_ready: float
    seconds_history: float
    result: ChunkResult


@dataclass(frozen=True)
class Cost:
    """What so many histories cost: bytes on the disk, those of yearly tables by kind, and seconds by number of
    processes."""

    histories: int
    size: int
    seconds: dict[int, float]
    yearly: dict[str, int]


def warm_up(plan: Plan) -> None:
    """Runs one history, whose time is that of compiling or loading the compiled theory."""
    run_chunk(chunk_with(plan, [0]))


def probe(plan: Plan) -> Probe:
    """Runs a few histories at up to five points. The theory should be compiled by then: `warm_up`."""
    number = len(plan.points)
    points = tuple(sorted({round(place * (number - 1) / (MOST_PROBED - 1)) for place in range(MOST_PROBED)}))
    PREPARED.known.clear()  # so that making the first point ready, which the warming up did, is timed as well
    parts = [run_chunk(chunk_with(plan, [again * number + point for again in range(min(AGAIN, plan.replications))]))
             for point in points]
    firsts = [part.seconds[0] for part in parts]
    laters = [seconds for part in parts for seconds in part.seconds[1:]]
    history = statistics.fmean(laters or firsts)
    ready = max(0.0, statistics.fmean(firsts) - history)
    result = ChunkResult(pa.concat_tables([part.table for part in parts]).combine_chunks(),
                         [failure for part in parts for failure in part.failures],
                         [seconds for part in parts for seconds in part.seconds],
                         {kind: pa.concat_tables([part.yearly[kind] for part in parts]) for kind in parts[0].yearly})
    return Probe(points, ready, history, result)


def cost_of(plan: Plan, probed: Probe, histories: int, jobs: int) -> Cost:
    """What the first `histories` of a plan cost, in one process and, if there are more, in `jobs`."""
    alone = seconds_in(plan, probed, histories, 1)
    # as a sweep starts workers only where they save time
    seconds = {1: alone} | {number: min(alone, seconds_in(plan, probed, histories, number) + SECONDS_TO_START_WORKERS)
                            for number in {jobs} - {1}}
    return Cost(histories, size_of(plan, probed, histories), seconds, yearly_sizes(probed, histories))


def seconds_in(plan: Plan, probed: Probe, histories: int, processes: int) -> float:
    """Seconds that each of several processes is busy with its share of the histories."""
    share = math.ceil(histories / processes)
    keeps = len(plan.points) <= PREPARED.most
    visits = min(share, len(plan.points)) if keeps else share
    return share * probed.seconds_history + visits * probed.seconds_ready


def size_of(plan: Plan, probed: Probe, histories: int) -> int:
    """Bytes of the shards, and of the table as text where it is written of its own accord."""
    table = probed.result.table
    whole, empty = _shard_size(table), _shard_size(table.slice(0, 1))
    per_row = (whole - empty) / (table.num_rows - 1) if table.num_rows > 1 else 0.0
    rows = histories * len(plan.scenario.major_powers)
    shards = sum(1 for _ in gaps([], histories, cell_size(plan)))
    text = rows * _text_size(table.to_pandas()) if rows <= LARGEST_TABLE else 0.0
    yearly = sum(yearly_sizes(probed, histories).values())
    return round(shards * (empty - per_row) + rows * per_row + text) + yearly


def yearly_sizes(probed: Probe, histories: int) -> dict[str, int]:
    """Bytes of the yearly tables that are kept, by kind."""
    tried = max(1, len(probed.result.seconds))
    return {kind: round(_shard_size(table) * histories / tried) for kind, table in probed.result.yearly.items()}


def _shard_size(table: pa.Table) -> int:
    file = io.BytesIO()
    write_parquet(table, file)
    return file.tell()


def _text_size(table: pd.DataFrame) -> float:
    """Bytes of a line."""
    return len(table.to_csv(index=False, header=False, lineterminator="\n").encode()) / len(table)
