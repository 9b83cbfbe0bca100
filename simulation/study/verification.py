"""Stored rows against the interpreter: what a sweep has stored, worked out again without the compiler.

Histories drawn at random are run again by Python itself, in a process of its own (`history.interpreted`); every column
of their rows has to come out the same, numbers bit for bit. So neither the compiler, nor its cache, nor storage, nor
other processes can have moved a number.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types

from simulation.errors import ResultsError
from simulation.history.interpreted import interpreter
from simulation.history.measures import measured, measures_in
from simulation.history.series import History
from simulation.scenario.scenario import Scenario
from simulation.study.cells import Span
from simulation.study.derived_values import derived_values
from simulation.study.histories import SUCCEEDED
from simulation.study.plan import Plan, Run
from simulation.study.store import ResultsFolder, shard_name
from simulation.study.tables import read_shard, table_of

ROWS, STATUS = "number of rows", "status"
HistoryOf = Callable[[Scenario, int, int], History]


class Difference(NamedTuple):
    """Where a stored row and the model part: history, major power, column, what is stored and what came out again."""

    run_id: int
    point_id: int
    replication: int
    major_power: str
    measure: str
    stored: Any
    again: Any

    def sentence(self) -> str:
        """The difference in a line."""
        whose = f", {self.major_power}" if self.major_power else ""
        return (f"run {self.run_id} (point {self.point_id}, replication {self.replication}){whose}: {self.measure} is"
                f" {self.stored!r} in the folder and {self.again!r} when run again")


@dataclass(frozen=True)
class Verification:
    """Numbers of the histories that were run again, how many could have been, how many had failed in the sweep and
    cannot be compared, and the first difference; None where there is none."""

    checked: tuple[int, ...]
    there: int
    failed: int
    difference: Difference | None


def _nothing(histories: int) -> None:
    """Listens to nothing."""


def verify_rows(folder: ResultsFolder, number: int, seed: int,
                advance: Callable[[int], object] = _nothing) -> Verification:
    """Runs `number` of the histories of a folder again, all if it holds fewer, up to the first difference.

    seed : of the draw among the histories; it has nothing to do with their own luck.
    advance : told after each history.

    Raises `ResultsError` if the folder holds no history that succeeded, or a damaged shard.
    """
    known = _histories(folder)
    succeeded = [(run_id, span) for run_id, (span, has_succeeded) in known.items() if has_succeeded]
    if not succeeded:
        raise ResultsError(f"{folder.path}: no histories to verify")
    drawn = sorted(random.Random(seed).sample(succeeded, min(number, len(succeeded))))
    checked, difference = [], None
    with interpreter() as interpreted:
        for run_id, span in drawn:
            checked.append(run_id)
            difference = _first_difference(folder, span, folder.plan.run(run_id), interpreted)
            advance(1)
            if difference:
                break
    return Verification(tuple(checked), len(succeeded), len(known) - len(succeeded), difference)


def _histories(folder: ResultsFolder) -> dict[int, tuple[Span, bool]]:
    """For every history that is there: its shard, and whether it succeeded."""
    found: dict[int, tuple[Span, bool]] = {}
    for span in folder.spans:
        columns = _shard(folder, span, ["run_id", STATUS]).to_pydict()
        found |= {run_id: (span, status == SUCCEEDED) for run_id, status in zip(*columns.values(), strict=True)}
    return found


def _shard(folder: ResultsFolder, span: Span, columns: list[str] | None = None) -> pa.Table:
    return read_shard(folder.path / "runs" / shard_name(*span), folder.schema, columns)


def _first_difference(folder: ResultsFolder, span: Span, run: Run, history_of: HistoryOf) -> Difference | None:
    stored = _shard(folder, span)
    stored = stored.filter(pc.equal(stored["run_id"], run.run_id))
    address = run.run_id, run.point_id, run.replication
    try:
        rows = rows_again(folder.plan, run, history_of)
        again = table_of({name: [row[name] for row in rows] for name in folder.schema.names}, folder.schema)
    except Exception as error:  # noqa: BLE001 - whatever the model dies of, the sweep says that it did not
        return Difference(*address, "", STATUS, SUCCEEDED, f"{type(error).__name__}: {error}")
    if stored.num_rows != again.num_rows:
        return Difference(*address, "", ROWS, stored.num_rows, again.num_rows)
    powers = list(folder.plan.scenario.major_powers)
    for place, power in enumerate(powers):
        for name in folder.schema.names:
            pair = stored[name][place], again[name][place]
            if not _is_same(*pair):
                return Difference(*address, power, name, pair[0].as_py(), pair[1].as_py())
    return None


def rows_again(plan: Plan, run: Run, history_of: HistoryOf) -> list[dict[str, Any]]:
    """The rows of one history, told again: one per major power."""
    scenario = plan.scenario.replace_all(run.replacements)
    history = history_of(scenario, plan.study.seed, run.replication)
    address = {"scenario": scenario.name, "point_id": run.point_id, "replication": run.replication,
               "run_id": run.run_id, "seed": plan.study.seed, STATUS: SUCCEEDED}
    rows = []
    for place, power in enumerate(scenario.major_powers):
        values = measured(history, place, scenario.recording.window_years, measures_in(scenario))
        values |= derived_values(plan.study.measures, scenario, history, place, values)
        rows.append(address | {"major_power": power} | run.columns | values)
    return rows


def _is_same(stored: pa.Scalar, again: pa.Scalar) -> bool:
    """Whether two values of a column are the same: numbers bit for bit, NaN like any NaN."""
    one, other = stored.as_py(), again.as_py()
    if pyarrow.types.is_floating(stored.type) and one is not None and other is not None:
        return bool(one.hex() == other.hex())  # tells 0.0 from -0.0; every NaN is 'nan'
    return bool(one == other)
