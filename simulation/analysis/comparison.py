"""A scenario under a list of settings, as a plan for the sweep engine: for `decompose`, `portfolios` and `reversal`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.design import Design
from simulation.study.histories import SUCCEEDED
from simulation.study.plan import SCENARIO_FILE, Plan, plan_of
from simulation.study.store import ResultsFolder
from simulation.study.study_file import Recorded, Study
from simulation.study.yearly import PACTS

LONGEST_NAME = 24


def listed_plan(scenario: Scenario, word: str, points: Sequence[dict[str, Any]], replications: int, seed: int,
                are_worlds_drawn: bool = False, keeps_pacts: bool = False) -> Plan:
    """A plan that visits these points in this order; `word` ends the name of the study."""
    name = f"{scenario.name[:LONGEST_NAME - 1 - len(word)]}-{word}"
    study = Study(name=name, scenario=SCENARIO_FILE, replications=replications, seed=seed,
                  worlds="drawn" if are_worlds_drawn and scenario.population else "same",
                  record=Recorded(pacts=keeps_pacts), design=Design(list=list(points)))
    return plan_of(study, scenario)


def chosen_power(scenario: Scenario, power: str | None) -> str:
    """The major power that is asked for, or the only one. Raises `Refusal`."""
    powers = list(scenario.major_powers)
    if power is None and len(powers) > 1:
        raise Refusal("missing", allowed=f"one of {listed(powers)}", file="--major-power")
    if power is not None and power not in powers:
        raise Refusal("unknown major power", found=shown(power), allowed=listed(powers),
                      suggestion=nearest(power, powers), file="--major-power")
    return power or powers[0]


def values_at(folder: ResultsFolder, measure: str, power: str) -> np.ndarray:
    """A measure of every history: (replications, points); NaN for a history that failed."""
    table = folder.table(["point_id", "replication", "major_power", "status", measure])
    own = table[table["major_power"] == power]
    values = np.full((folder.plan.replications, len(folder.plan.points)), np.nan)
    values[own["replication"], own["point_id"]] = own[measure].where(own["status"] == SUCCEEDED)
    return values


def final_pacts(folder: ResultsFolder, power: str, columns: Sequence[str]) -> pd.DataFrame:
    """Pacts of a power in the years over which the measures are taken, a row for each year; the columns beside
    point_id, replication and weak_state."""
    scenario = folder.plan.scenario
    table = folder.yearly_table(PACTS, ["point_id", "replication", "major_power", "weak_state", "year", *columns])
    first = scenario.start_year + max(0, scenario.years - scenario.recording.window_years)
    return table[(table["major_power"] == power) & (table["year"] >= first)]
