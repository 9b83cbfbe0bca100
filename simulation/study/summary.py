"""The main measures of a sweep, point by point: mean, interval, and over how many histories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulation.study.histories import SUCCEEDED
from simulation.study.ranges import Range, range_of
from simulation.study.stopping import half_width
from simulation.study.store import ResultsFolder

MAIN_MEASURES = ("number_of_pacts", "pacts_beyond_paper", "autonomy_given_pact", "autonomy_all_states",
                 "commitment_given_pact")
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """Mean over histories with its 95% interval (Student's t); NaN where there is nothing to average.

    `histories` counts those in which the measure exists: autonomy given a pact does not exist without pacts.
    """

    mean: float
    low: float
    high: float
    histories: int


@dataclass(frozen=True)
class Line:
    """One point and major power: what varies, histories that succeeded, and the estimates by measure."""

    point_id: int
    major_power: str
    settings: dict[str, Any]
    histories: int
    estimates: dict[str, Estimate]


def estimate(values: np.ndarray, within: Range | None = None) -> Estimate:
    """The estimate from one number per history, NaN left out and not counted.

    within : the range of what is measured, which the interval does not leave.
    """
    values = values[~np.isnan(values)]
    number = values.size
    if number == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = float(np.mean(values))
    if number == 1:
        return Estimate(mean, math.nan, math.nan, 1)
    half = half_width(values, CONFIDENCE)
    least, most = within or (-math.inf, math.inf)
    return Estimate(mean, max(mean - half, least), min(mean + half, most), number)


def summary(folder: ResultsFolder) -> list[Line]:
    """One line per point and major power, in the order of the points."""
    table = folder.table(["point_id", "major_power", "status", *MAIN_MEASURES])
    powers = {power: place for place, power in enumerate(folder.plan.scenario.major_powers)}
    groups: dict[Any, pd.DataFrame] = dict(iter(table.groupby(["point_id", "major_power"], sort=False)))
    order = sorted(groups, key=lambda group: (group[0], powers.get(group[1], len(powers))))
    return [_line(folder, int(point_id), str(power), groups[point_id, power]) for point_id, power in order]


def _line(folder: ResultsFolder, point_id: int, power: str, rows: pd.DataFrame) -> Line:
    succeeded = rows[rows["status"] == SUCCEEDED]
    estimates = {name: estimate(succeeded[name].to_numpy(), range_of(name)) for name in MAIN_MEASURES}
    return Line(point_id, power, folder.plan.points[point_id], len(succeeded), estimates)
