"""How fast histories are: against a plain Mesa model, against the bare cost of their payoffs, and as they grow.

    python benchmarks/ensemble.py [--cold]

All in one run on one machine: the ratios are what to compare. `--cold` compiles everything anew first, in another
process, and tells how long that takes.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mesa
import numpy as np
from peer import PeerModel
from run import bargains_of, ready_model

from simulation.history.model import AllianceModel
from simulation.history.simulate import measures, simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.study.executors import LocalProcesses, one_thread_each
from simulation.theory import dyad
from simulation.theory.bargaining import COARSE_NODES

SCENARIOS = Path(__file__).parents[1] / "scenarios"
PEERS, OWN, MANY = 2, 5, 200
COLD = """
import time
from simulation.history.simulate import measures, simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
world, start = world_of(load_scenario("scenarios/stylised.yaml").replace("years", 1)), time.perf_counter()
measures(world, 1, [0])
print(time.perf_counter() - start)
"""


def small_world(states: int = 20, years: int = 30) -> Scenario:
    """The stylised world with so many states and years."""
    return load_scenario(SCENARIOS / "stylised.yaml").replace_all({"population.count": states, "years": years})


def seconds(work, *arguments) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def batch(model: type[mesa.Model], scenario: Scenario, histories: int) -> float:
    """Seconds a history by `mesa.batch_run` in one process, measures collected once at the end."""
    parameters = {"scenario": scenario, "replication": list(range(histories))}
    return seconds(lambda: mesa.batch_run(model, parameters, rng=[1], max_steps=scenario.years, display_progress=False,
                                          data_collection_period=-1)) / histories


def some_histories(scenario: Scenario, first: int, number: int) -> np.ndarray:
    """Measures of so many histories; what a worker is asked to do."""
    return measures(world_of(scenario), 1, range(first, first + number))


def in_two_processes(scenario: Scenario, histories: int) -> float:
    """Seconds a history with two processes that are running already."""
    with one_thread_each():
        workers = LocalProcesses(2)
    try:
        for future in [workers.submit(some_histories, scenario, 0, 2) for _ in range(4)]:
            future.result()
        start = time.perf_counter()
        parts = [workers.submit(some_histories, scenario, part * histories // 8, histories // 8) for part in range(8)]
        for part in parts:
            part.result()
        return (time.perf_counter() - start) / histories
    finally:
        workers.shutdown()


COUNTED = {"bargain": ("bargains", lambda agreement: agreement.evaluations),
           "prospect": ("prospects", lambda found: COARSE_NODES**2 if found > -math.inf else 0),
           "renewal_prospect": ("prospects", lambda found: COARSE_NODES**2 + 1),
           "gains": ("reviews", lambda found: 1), "crisis_outcome": ("crises and record", lambda found: 1)}
"""Functions of `meeting` in which payoffs are evaluated: what for, and how often, from what they return."""


def evaluations_of(scenario: Scenario, replication: int) -> dict[str, int]:
    """Payoff evaluations that a history needs, counted where Python itself runs it: in a process without compiler."""
    counts = dict.fromkeys([kind for kind, _ in COUNTED.values()], 0)

    def counted(name):
        function, (kind, number) = getattr(dyad, name), COUNTED[name]

        def wrapped(*arguments):
            result = function(*arguments)
            counts[kind] += int(number(result))
            return result

        return wrapped

    for name in COUNTED:
        setattr(dyad, name, counted(name))
    with np.errstate(over="ignore"):  # chance counts modulo 2 ** 64
        history = simulate(world_of(scenario), 1, replication)
    counts["crises and record"] += int(history.since.astype(bool).sum()) * 2
    return counts


def counted_elsewhere(replication: int) -> dict[str, int]:
    """The same of the small world, from a process without compiler."""
    done = subprocess.run([sys.executable, __file__, "--count", str(replication)], capture_output=True, text=True,
                          check=True, env=os.environ | {"NUMBA_DISABLE_JIT": "1"})
    return json.loads(done.stdout)


def against_the_peer(scenario: Scenario) -> None:
    """One history by three ways."""
    world = world_of(scenario)
    measures(world, 1, [0])
    batch(AllianceModel, scenario, 1)
    peer, ours = batch(PeerModel, scenario, PEERS), batch(AllianceModel, scenario, OWN)
    alone = seconds(measures, world, 1, range(MANY)) / MANY
    both = in_two_processes(scenario, 2 * MANY)
    print(f"a history of {len(scenario.states)} states over {scenario.years} years")
    print(f"  plain Mesa, scipy, batch_run   {1e3 * peer:10.2f} ms         1")
    print(f"  our model, batch_run           {1e3 * ours:10.2f} ms  {peer / ours:8.0f} times faster")
    print(f"  a sweep's, one process         {1e3 * alone:10.2f} ms  {peer / alone:8.0f}")
    print(f"  a sweep's, two processes       {1e3 * both:10.2f} ms  {peer / both:8.0f}   "
          f"({alone / both:.2f} times one process)")
    print(f"  a million histories with two processes: about {1e6 * both / 60:.0f} minutes")


def against_the_limit(scenario: Scenario) -> None:
    """What a history takes beside the bare cost of its payoff evaluations."""
    world = world_of(scenario)
    counts = [counted_elsewhere(replication) for replication in range(3)]
    mean = {kind: sum(count[kind] for count in counts) / len(counts) for kind in counts[0]}
    bare, _, _ = bargains_of(ready_model(scenario))
    taken = min(seconds(measures, world, 1, range(3)) / 3 for _ in range(10))
    needed = sum(mean.values())
    print("the limit: payoff evaluations")
    print("  a history needs", ", ".join(f"{number:,.0f} for {kind}" for kind, number in mean.items()))
    print(f"  {needed:,.0f} of {1e9 * bare:.0f} ns each are {1e3 * needed * bare:.2f} ms;"
          f" it takes {1e3 * taken:.2f} ms, {taken / needed / bare:.2f} times that")


def growth() -> None:
    """Seconds as histories, years and states double."""
    print("growth: time over time per unit of the first")
    for name, sizes, make in (
            ("histories", (25, 50, 100), lambda size: (small_world(), size)),
            ("years", (15, 30, 60, 120), lambda size: (small_world(years=size), 25)),
            ("states", (20, 40, 80, 160), lambda size: (small_world(states=size), 25))):
        taken = []
        for size in sizes:
            scenario, histories = make(size)
            world = world_of(scenario)
            simulate(world, 1)
            taken.append(min(seconds(measures, world, 1, range(histories)) for _ in range(3)) / size)
        print(f"  {name:10}", ", ".join(
            f"{size}: {each / taken[0]:.2f}" for size, each in zip(sizes, taken, strict=True)))


def cold() -> None:
    """Compiles everything anew, in another process and cache."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", COLD], capture_output=True, text=True, check=True, cwd=SCENARIOS.parent,
            env=os.environ | {"ASYMMETRIC_ALLIANCES_CACHE": folder, "PYTHONPATH": str(SCENARIOS.parent)})
    print(f"compilation, once: {float(done.stdout):.0f} s")


if __name__ == "__main__":
    if "--count" in sys.argv[1:]:
        print(json.dumps(evaluations_of(small_world(), int(sys.argv[-1]))))
        sys.exit()
    if "--cold" in sys.argv[1:]:
        cold()
    against_the_peer(small_world())
    against_the_limit(small_world())
    growth()
