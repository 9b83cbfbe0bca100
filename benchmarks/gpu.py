"""What a graphics processor reaches in the phase that histories wait for most: surveys of contracts.

    python benchmarks/gpu.py [--problems 1000000]

Needs a CUDA device and numba's target for it. A survey is of 25 contracts of one bargaining problem, of which the one
with the highest Nash product is kept; the formulas are the theory's own, the same functions compiled for the device.
Beside it the same surveys on one core. Problems are those of the first years of a shipped scenario, over and over. The
largest difference between the two tells whether they compute the same.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numba
import numpy as np
from numba import cuda
from run import SCENARIOS, bargaining_problem, ready_model

from simulation.compilation import by_reference
from simulation.scenario.file import load_scenario
from simulation.theory.contract_space import contract_at, surveyed
from simulation.theory.crisis import binding, crisis
from simulation.theory.payoffs import BargainingProblem, benefits, gains_as_seen, value_of_ally

NODES = 5
THREADS = 128
WEIGHT = 0.6
"""The major power's bargaining weight, as in the shipped scenario."""
REPEATS = 5


def leaves(record: Any) -> list[float]:
    """The numbers of a record of records, in order."""
    return [number for part in record for number in leaves(part)] if isinstance(record, tuple) else [float(record)]


def written(record: Any, place: int, names: dict[str, type]) -> tuple[str, int]:
    """Source that makes such a record of a row of numbers, from a place on, and the place behind it."""
    if not isinstance(record, tuple):
        return (f"row[{place}] != 0.0" if isinstance(record, bool | np.bool_) else f"row[{place}]"), place + 1
    parts = []
    for part in record:
        text, place = written(part, place, names)
        parts.append(text)
    if hasattr(record, "_fields"):
        names[type(record).__name__] = type(record)
        return f"{type(record).__name__}({', '.join(parts)})", place
    return f"({', '.join(parts)}{',' if parts else ''})", place


def maker(problem: BargainingProblem) -> Any:
    """A function of (a row of numbers, what stands for own terms) that makes such a problem."""
    names: dict[str, Any] = {}
    text = ", ".join(f"{name}={written_from(problem, name, names)}" for name in problem._fields if name != "own")
    names["BargainingProblem"] = BargainingProblem
    exec(f"def made(row, own): return BargainingProblem({text}, own=own)", names)
    return names["made"]


def written_from(problem: BargainingProblem, name: str, names: dict[str, type]) -> str:
    """Source of one part of a problem, whose numbers stand behind those of the parts before it."""
    place = problem._fields.index(name)
    return written(problem[place], len(leaves(tuple(problem[:place]))), names)[0]


def kernel_of(made: Any) -> Any:
    """The survey as a kernel: a thread a problem."""
    made = cuda.jit(device=True)(made)

    @cuda.jit
    def best_contracts(numbers: Any, best: Any) -> None:
        place = cuda.grid(1)
        if place < numbers.shape[1]:
            problem = made(numbers[:, place], 0.0)
            highest = 0.0
            for node in range(NODES * NODES):
                commitment, autonomy = contract_at(problem, node // NODES / (NODES - 1), node % NODES / (NODES - 1))
                value = value_of_ally(benefits(problem.benefits, autonomy))
                by_weak = crisis(problem.weak_view, binding(commitment, problem.depth_binds), autonomy, value)
                by_major = crisis(problem.major_view, binding(commitment, problem.depth_binds), autonomy, value)
                weak, major = gains_as_seen(problem, by_weak, by_major, commitment, autonomy, value)
                product = max(weak, 0.0) ** (1.0 - WEIGHT) * max(major, 0.0) ** WEIGHT
                highest = max(highest, product)
            best[place] = highest

    return best_contracts


def on_a_core(made: Any, own: Any) -> Any:
    """The same surveys one after the other, as histories make them."""
    made = numba.njit(made)
    step = 1.0 / (NODES - 1)

    @numba.njit(error_model="numpy")
    def best_contracts(numbers: Any, own: Any, best: Any) -> None:
        for place in range(numbers.shape[0]):
            problem = by_reference(made(numbers[place], own))
            weak, major = surveyed(problem, 0.0, 0.0, step, step, NODES)
            highest = 0.0
            for row in range(NODES):
                for column in range(NODES):
                    product = (max(weak[row, column], 0.0) ** (1.0 - WEIGHT)
                               * max(major[row, column], 0.0) ** WEIGHT)
                    highest = max(highest, product)
            best[place] = highest

    return lambda numbers, best: best_contracts(numbers, own, best)


def quickest(work: Any) -> float:
    """Seconds of the quickest of some tries, after one that is not counted."""
    taken = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken[1:])


def problems_of(name: str) -> list[BargainingProblem]:
    """Every bargaining problem of a scenario's major powers, after some years."""
    model = ready_model(load_scenario(SCENARIOS / f"{name}.yaml"))
    return [bargaining_problem(*power.perceived_inputs(state)) for power in model.powers for state in model.states]


def main() -> None:
    """Prints surveys and evaluations a second on the device and on a core."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=1_000_000, help="surveys at once")
    asked = parser.parse_args().problems
    problems = problems_of("russia-2005")
    rows = np.array([leaves(tuple(problem[:-1])) for problem in problems])
    some = rows[np.arange(min(asked, 20_000)) % len(rows)]
    made = maker(problems[0])
    by_core, work = np.empty(len(some)), on_a_core(made, problems[0].own)
    core = quickest(lambda: work(some, by_core)) / len(some)
    if not cuda.is_available():
        print(f"one core: {1e-6 / core:.3f} million surveys a second; no device is available")
        return
    numbers = cuda.to_device(np.ascontiguousarray(rows[np.arange(asked) % len(rows)].T))
    best, kernel, blocks = cuda.device_array(asked), kernel_of(made), (asked + THREADS - 1) // THREADS

    def on_device() -> None:
        kernel[blocks, THREADS](numbers, best)
        cuda.synchronize()

    device = quickest(on_device) / asked
    difference = np.abs(best.copy_to_host()[: len(by_core)] - by_core[:asked]).max()
    print(f"{cuda.get_current_device().name}, {len(problems)} problems of {rows.shape[1]} numbers")
    for name, each in (("one core", core), ("the device", device)):
        print(f"  {name:10} {1e-6 / each:10.3f} million surveys a second, {1e9 * each / NODES**2:8.3f} ns a contract")
    print(f"  {core / device:.0f} times one core; largest difference of the best products {difference:.1e},"
          f" of {np.abs(by_core).max():.3g}")


if __name__ == "__main__":
    main()
