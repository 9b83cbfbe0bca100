"""How time and memory of sweeps grow: with histories, years, states, major powers, processes and workers of a cluster.

    python benchmarks/growth.py [--quick] [--figure docs/figures/growth.png]
    python benchmarks/growth.py --histories 1000000 --processes 2

Every row is a sweep in a process of its own, into a folder that is thrown away: seconds by the clock from the first
history to the complete table, start-up left out; memory: the most that the process that leads the sweep had at once.
All in one run on one machine: growth is what to compare, not the seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib.figure
import numba
from distributed import LocalCluster
from matplotlib.ticker import MaxNLocator

import simulation as aa
from simulation.study.distributed import Cluster
from simulation.study.plan import SCENARIO_FILE, plan_of
from simulation.study.study_file import Study
from simulation.study.sweep import sweep

ROOT = Path(__file__).parents[1]
MEGABYTE = 1024.0
USUAL = {"histories": 1000, "years": 30, "states": 20, "powers": 1, "processes": 1, "workers": 0}
"""What the other axes have while one grows."""
AXES: dict[str, tuple[int, ...]] = {
    "histories": (1000, 2000, 4000, 8000, 16_000), "years": (15, 30, 60, 120), "states": (20, 50, 100, 200, 400),
    "powers": (1, 2, 3, 4, 5), "processes": (1, 2), "workers": (1, 2)}
HISTORIES = {"states": 100, "powers": 40, "processes": 8000, "workers": 8000}
"""Histories of axes on which one history takes long, and of those on which processes have to be started first."""


class Cost(NamedTuple):
    """Seconds of a sweep, peak memory in MB of the leading process and of the largest other, size of the table in MB,
    and seconds to read it."""

    seconds: float
    leader: float
    other: float
    table: float
    reading: float


def world(years: int, states: int, powers: int) -> aa.Scenario:
    """The stylised world with so many years, states and major powers; each further power is a copy elsewhere."""
    scenario = aa.load(ROOT / "scenarios" / "stylised.yaml")
    data = scenario.resolved() | {"years": years}
    data["population"]["count"] = states
    (code, first), = data["major_powers"].items()
    toward = data["population"]["toward"][code]
    for number in range(1, powers):
        data["major_powers"][f"P{number}"] = first
        data["population"]["toward"][f"P{number}"] = toward
    return aa.Scenario.model_validate(data)


@contextlib.contextmanager
def engine(workers: int) -> Iterator[Cluster | None]:
    """A dask cluster on this machine with so many workers, which are there before anything is timed; None for none."""
    if not workers:
        yield None
        return
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
        yield Cluster(cluster.scheduler_address)


def measured(histories: int, years: int, states: int, powers: int, processes: int, workers: int) -> Cost:
    """A sweep in this process, which is new."""
    study = {"name": "growth", "scenario": SCENARIO_FILE, "seed": 1}
    scenario = world(years, states, powers)
    few, many = (plan_of(Study.model_validate(study | {"replications": each}), scenario) for each in (2, histories))
    with tempfile.TemporaryDirectory() as folder, engine(workers) as cluster:
        sweep(few, Path(folder) / "first", engine=cluster)
        start = time.perf_counter()
        done = sweep(many, Path(folder) / "sweep", processes, engine=cluster).folder
        seconds = time.perf_counter() - start
        size = sum(file.stat().st_size for file in done.path.rglob("*.parquet")) / 2**20
        leader, other = (resource.getrusage(who).ru_maxrss / MEGABYTE
                         for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        start = time.perf_counter()
        assert len(done.table()) == histories * powers
        reading = time.perf_counter() - start
    return Cost(seconds, leader, other, size, reading)


def elsewhere(asked: dict[str, int]) -> Cost:
    """The same in a new process."""
    done = subprocess.run([sys.executable, __file__, "--one", json.dumps(asked)], capture_output=True, text=True,
                          check=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return Cost(*json.loads(done.stdout))


def rows(is_quick: bool) -> Iterator[tuple[str, int, int, Cost]]:
    """(axis, value, histories, cost), told as they come."""
    for axis, values in AXES.items():
        for value in values[: 2 if is_quick else None]:
            usual = HISTORIES.get(axis, USUAL["histories"]) // (10 if is_quick else 1)
            asked = USUAL | {"histories": usual} | {axis: value}
            if is_quick and axis == "histories":
                asked["histories"] = value // 10
            cost = elsewhere(asked)
            each = 1e3 * cost.seconds / asked["histories"]
            print(f"| {axis} | {asked[axis]:,} | {asked['histories']:,} | {cost.seconds:.2f} | {each:.2f} |"
                  f" {cost.leader:.0f} | {cost.table:.1f} |", flush=True)
            yield axis, asked[axis], asked["histories"], cost


def drawn(found: list[tuple[str, int, int, Cost]]) -> matplotlib.figure.Figure:
    """Milliseconds a history, and memory of the leading process, along each axis."""
    figure = matplotlib.figure.Figure(figsize=(9.0, 4.2), layout="constrained")
    axes = figure.subplots(2, len(AXES), squeeze=False)
    for column, name in enumerate(AXES):
        own = [(value, 1e3 * cost.seconds / histories, cost.leader) for axis, value, histories, cost in found
               if axis == name]
        places, times, memory = zip(*own, strict=True)
        for row, numbers in enumerate((times, memory)):
            panel = axes[row][column]
            panel.plot(places, numbers, "o-", color="#0072B2", markersize=3.5)
            panel.set_ylim(0.0, 1.15 * max(numbers))
            panel.spines[["top", "right"]].set_visible(False)
            panel.tick_params(labelsize=7)
            panel.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            panel.xaxis.set_major_formatter("{x:,.0f}")
        axes[1][column].set_xlabel(name, fontsize=8)
    axes[0][0].set_ylabel("ms a history", fontsize=8)
    axes[1][0].set_ylabel("peak memory, MB", fontsize=8)
    return figure


def main() -> None:
    """Prints the machine and the table; draws it where a file is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two values an axis, a tenth of the histories")
    parser.add_argument("--figure", type=Path, help="picture to draw")
    parser.add_argument("--histories", type=int, help="one sweep of so many histories in place of all axes")
    parser.add_argument("--processes", type=int, default=1, help="processes of that sweep")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measured(**json.loads(chosen.one))))
        return
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()},"
          f" numba {numba.__version__}")
    if chosen.histories:
        cost = elsewhere(USUAL | {"histories": chosen.histories, "processes": chosen.processes})
        print(f"{chosen.histories:,} histories, {chosen.processes} processes: {cost.seconds:.0f} s,"
              f" {1e3 * cost.seconds / chosen.histories:.2f} ms a history; peak memory {cost.leader:.0f} MB of the"
              f" leading process, {cost.other:.0f} MB of the largest other; table {cost.table:.0f} MB, read in"
              f" {cost.reading:.1f} s")
        return
    print("| what grows | to | histories | s | ms a history | memory, MB | table, MB |\n"
          "| --- | --- | --- | --- | --- | --- | --- |")
    found = list(rows(chosen.quick))
    if chosen.figure:
        drawn(found).savefig(chosen.figure, dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
