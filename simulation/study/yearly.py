"""Tables that a sweep keeps on request: every year of a history (`series`), and every pact in every year (`pacts`).

A row of `pacts` is a pact in force at the end of a year, in the shape of the dyad-year data of the field's regressions.
Both are made from the arrays of a history, and stored in shards beside those of the runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from simulation.history.measures import series_names
from simulation.history.series import History
from simulation.scenario.scenario import Scenario
from simulation.study.plan import Plan, Run
from simulation.study.tables import IDENTITY, column_of, varied_fields

SERIES, PACTS = "series", "pacts"
YEARLY = (SERIES, PACTS)
PACT_COLUMNS: dict[str, pa.DataType] = {
    "distance_km": pa.float64(), "is_neighbour": pa.bool_(), "commitment": pa.float64(), "autonomy": pa.float64(),
    "since": pa.int64(), "age": pa.int64(),
}
"""Of a pact in a year: distance and whether the ally is a neighbour; terms in force; calendar year of signature, and
years since then, 0 in the first."""


def recorded(plan: Plan) -> list[str]:
    """What is kept beside the runs."""
    return [kind for kind in YEARLY if getattr(plan.study.record, kind)]


def yearly_schema(plan: Plan, kind: str) -> pa.Schema:
    """Columns of a yearly table: address, what varies by path, then what it is about."""
    address = [("scenario", pa.string()), ("point_id", pa.int64()), ("replication", pa.int64()), ("run_id", pa.int64()),
               ("seed", pa.int64()), ("year", pa.int64()), ("major_power", pa.string())]
    if kind == PACTS:
        address.append(("weak_state", pa.string()))
    series = [(name, pa.float64()) for name in series_names(plan.scenario) if name]
    own = list(PACT_COLUMNS.items()) if kind == PACTS else series
    return pa.schema([*address, *varied_fields(plan), *own], metadata={IDENTITY: plan.identity})


class Recorder:
    """Takes in the histories of a chunk and gives their tables.

    schemas : of the tables that are wanted, by kind.
    """

    def __init__(self, schemas: dict[str, pa.Schema], seed: int):
        self.schemas, self.seed = schemas, seed
        self.parts: dict[str, list[pa.Table]] = {kind: [] for kind in schemas}

    def take(self, run: Run, scenario: Scenario, history: History) -> None:
        """The rows of one history."""
        for kind, schema in self.schemas.items():
            columns = (pact_columns if kind == PACTS else series_columns)(scenario, history)
            rows = len(columns["year"])
            fixed = {"scenario": scenario.name, "point_id": run.point_id, "replication": run.replication,
                     "run_id": run.run_id, "seed": self.seed} | run.columns
            arrays = [column_of([fixed[field.name]] * rows, field.type) if field.name in fixed
                      else pa.array(columns[field.name], field.type) for field in schema]
            self.parts[kind].append(pa.Table.from_arrays(arrays, schema=schema))

    def tables(self) -> dict[str, pa.Table]:
        """The tables of all histories taken in, in their order."""
        return {kind: pa.concat_tables([schema.empty_table(), *self.parts[kind]]).combine_chunks()
                for kind, schema in self.schemas.items()}


def series_columns(scenario: Scenario, history: History) -> dict[str, Any]:
    """Columns of `series` of one history: a row per year and major power."""
    years, powers, _ = history.series.shape
    flat = history.series.reshape(years * powers, -1)
    return {"year": np.repeat(np.arange(years) + scenario.start_year, powers),
            "major_power": list(scenario.major_powers) * years,
            **{name: flat[:, place] for place, name in enumerate(series_names(scenario)) if name}}


def pact_columns(scenario: Scenario, history: History) -> dict[str, Any]:
    """Columns of `pacts` of one history: a row per year, major power and ally."""
    year, power, state = np.nonzero(history.since > 0.0)
    powers, states = np.array(list(scenario.major_powers)), np.array(list(scenario.states))
    since = history.since[year, power, state].astype(np.int64)
    return {"year": year + scenario.start_year, "major_power": powers[power], "weak_state": states[state],
            "distance_km": history.distance_km[power, state],
            "is_neighbour": history.is_neighbour[power, state] > 0.0,
            "commitment": history.commitment[year, power, state], "autonomy": history.autonomy[year, power, state],
            "since": since + scenario.start_year - 1, "age": year + 1 - since}
