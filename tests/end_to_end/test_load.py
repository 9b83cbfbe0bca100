"""What large sweeps and large scenarios cost grows no faster than they do.

Counted, not timed: calls of Python's and of C's functions, and the most memory that Python holds at a time; files and
their bytes. Three sizes, each twice the one before: what does not grow cancels out of the differences, of which the
second is twice the first where the growth is linear, and four times where it goes by the square.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from tests.statuses import status_of
from tests.studies import REACH, SCENARIO, STUDY, WAR_COST, write_study

pytestmark = [pytest.mark.slow]
MOST = 2.7
"""Times the first difference that the second may be: 2 for what is linear, 2.2 with a sort, 4 for a square."""
SMALL = 0.1
"""Share of the whole below which a difference says nothing: figures differ by the numbers that they show."""
SMALL_OF_MEMORY = 0.5
"""The same of memory, which is that of the step that takes most, of large sweeps another than of small."""
STEPS, POINTS_A_STEP = (42, 84, 168), 3
"""So that figures of all sizes are of one shape: the first factor in bins, a panel for each level of the second."""
WITH_RULE = "{until: {measure: number_of_pacts, half_width: 0.3, at_most: 20, batch: 5}}"


def points(steps: int, replications: object = 2) -> str:
    """A study of `POINTS_A_STEP` a step."""
    return STUDY[:STUDY.index("design:")] + f"""design:
  grid:
    {WAR_COST}: {{from: 0.0, to: 2.0, steps: {steps}}}
    {REACH}: {{from: 300.0, to: 3000.0, steps: {POINTS_A_STEP}}}
replications: {replications}
"""


def calls(words: list[str]) -> int:
    """Calls of functions while a command runs."""
    count = 0

    def look(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(look)
    try:
        status = status_of(*words)
    finally:
        sys.setprofile(None)
    assert status == 0, words
    return count


def memory(words: list[str]) -> int:
    """Most bytes of Python's and NumPy's at a time while a command runs."""
    gc.collect()
    tracemalloc.start()
    try:
        assert status_of(*words) == 0, words
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def files(folder: Path) -> list[int]:
    """Number of files and of bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return [len(sizes), sum(sizes)]


def grows(what: str, small: int, middle: int, large: int, least: float = SMALL) -> None:
    """Fails where something grows faster than what it is made of."""
    first, second = middle - small, large - middle
    print(f"{what}: {small:,} {middle:,} {large:,}")
    assert second <= MOST * max(first, least * middle), f"{what}: {small:,}, {middle:,}, {large:,}"


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    write_study(tmp_path)
    yield tmp_path
    plt.close("all")


READERS = ("status {name}", "report {name}", "export {name} --format csv --out {name}.csv",
           "export {name} --package {name}.zip", "resume {name} -j 1")
"""What is done with folders of results; `report` draws all that `figures` does."""
HEAVY = READERS[1:3]
"""What holds whole tables."""


def measured(command: str, names: list[str], count: Callable[[list[str]], int]) -> list[int]:
    """What a command takes of each; the first time what is loaded once is counted too, and is left out."""
    found = []
    for name in names[:1] + names:
        found.append(count(command.format(name=name).split()))
        for made in (f"{name}.csv", f"{name}.zip"):
            Path(made).unlink(missing_ok=True)
    return found[1:]


def read(names: list[str]) -> None:
    for command in READERS:
        grows(f"calls, {command}", *measured(command, names, calls))
    for command in HEAVY:
        grows(f"memory, {command}", *measured(command, names, memory), SMALL_OF_MEMORY)


@pytest.mark.parametrize("replications", ["2", WITH_RULE], ids=["points", "points by a rule"])
def test_sweeps_of_many_points(replications, here):
    names = []
    for steps in STEPS:
        names.append(f"p{steps}")
        (here / f"p{steps}.yaml").write_text(points(steps, replications))
    status_of("sweep", "study.yaml", "-j", 1, "--out", "first")
    grows("calls, sweep", *(calls(["sweep", f"{name}.yaml", "-j", "1", "--out", name]) for name in names))
    for place, what in enumerate(("files", "bytes")):
        grows(what, *(files(here / name)[place] for name in names))
    read(names)


def test_sweeps_of_many_histories(here):
    names = ["h500", "h1000", "h2000"]
    status_of("sweep", "study.yaml", "-j", 1, "--out", "first")
    grows("calls, sweep", *(calls(["sweep", "study.yaml", "-j", "1", "--replications", name[1:], "--out", name])
                            for name in names))
    for place, what in enumerate(("files", "bytes")):
        grows(what, *(files(here / name)[place] for name in names))
    read(names)


def test_scenarios_of_many_states(here):
    names = ["s100", "s200", "s400"]
    for name in names:
        states = "".join(f"  S{number}: {{toward: {{P: {{distance_km: {5_000 * number / int(name[1:])}}}}}}}\n"
                         for number in range(int(name[1:])))
        (here / f"{name}.yaml").write_text(SCENARIO[:SCENARIO.index("  A:")] + states)
    for command in ("validate {name}.yaml", "run {name}.yaml --out {name}", "report {name}",
                    "solve {name}.yaml --out {name}-solved", "report {name}-solved"):
        grows(f"calls, {command}", *measured(command, names, calls))
