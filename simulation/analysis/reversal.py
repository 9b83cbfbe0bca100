"""The selection reversal: what a cost does to the number of pacts, to autonomy given a pact, and over all states.

From the agents, with intervals over histories, and with the composition held fixed: over the states that are allies of
the same history at every value of the cost, selection can have done nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.analysis.comparison import final_pacts, values_at
from simulation.equilibrium.statics import StaticsResult
from simulation.study.effects import Effect, effect_of
from simulation.study.ranges import range_of
from simulation.study.store import ResultsFolder
from simulation.study.summary import estimate

SHOWN = ("number_of_pacts", "autonomy_given_pact", "autonomy_all_states")
FIXED, BEYOND_PAPER = "autonomy_of_survivors", "pacts_beyond_paper"
CONFIDENCE = 0.95
RESAMPLES = 1999


class Turn(NamedTuple):
    """A part of the pattern: what is compared, at which values, the effect and its 95% interval, and what was
    expected: +1 or -1."""

    says: str
    first: float
    last: float
    effect: Effect
    low: float
    high: float
    expected: int

    @property
    def is_there(self) -> bool:
        """Whether the interval lies on the expected side of zero."""
        return self.low > 0.0 if self.expected > 0 else self.high < 0.0


class TurningPoint(NamedTuple):
    """Where along the cost a measure is highest: the value, and the least and largest value at which it was highest in
    95% of the bootstrap samples of histories; between the values that were run nothing is known."""

    measure: str
    value: float
    low: float
    high: float


def turning_points(folder: ResultsFolder, power: str, values: Sequence[float]) -> list[TurningPoint]:
    """Where each measure is highest, with the doubt about it; a measure that is highest at an end does not turn."""
    found = []
    for measure in SHOWN:
        table = values_at(folder, measure, power)
        highest = int(np.argmax(estimates(table)))
        chance = np.random.default_rng(0)
        places = np.array([np.argmax(estimates(table[chance.integers(0, len(table), len(table))]))
                           for _ in range(RESAMPLES)])
        low, high = np.quantile(places, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], method="inverted_cdf")
        found.append(TurningPoint(measure, values[highest], values[int(low)], values[int(high)]))
    return found


def agents_table(folder: ResultsFolder, power: str, values: Sequence[float]) -> pd.DataFrame:
    """A row per value of the cost and measure: mean, 95% interval, histories in which it exists."""
    rows = []
    for measure in (*SHOWN, BEYOND_PAPER, FIXED):
        table = survivors(folder, power) if measure == FIXED else values_at(folder, measure, power)
        for point, value in enumerate(values):
            found = estimate(table[:, point], range_of(measure))
            rows.append({"value": value, "measure": measure, "mean": found.mean, "low": found.low, "high": found.high,
                         "histories": found.histories})
    return pd.DataFrame(rows)


def equilibria_table(surveyed: StaticsResult, power: str) -> pd.DataFrame:
    """A row per value of the cost and equilibrium: the three measures, and pacts beyond paper."""
    values = surveyed.grid.axes[0].values
    return pd.DataFrame([{"value": values[found.point], "equilibrium": found.number,
                          **{name: found.measures[power][name] for name in (*SHOWN, BEYOND_PAPER)}}
                         for at_point in surveyed.found for found in at_point],
                        columns=["value", "equilibrium", *SHOWN, BEYOND_PAPER])


def survivors(folder: ResultsFolder, power: str) -> np.ndarray:
    """Mean autonomy of the states that are allies at all points of the same history: (replications, points)."""
    points = len(folder.plan.points)
    found = np.full((folder.plan.replications, points), np.nan)
    by_state = final_pacts(folder, power, ["autonomy"]).groupby(["replication", "weak_state", "point_id"])[
        "autonomy"].mean().unstack()
    if by_state.shape[1] == points:
        shared = by_state.dropna().groupby(level="replication").mean()
        found[shared.index] = shared.to_numpy()
    return found


def pattern(folder: ResultsFolder, power: str, values: Sequence[float]) -> list[Turn]:
    """The parts of the pattern. Where autonomy is highest was seen before it is compared: those intervals flatter."""
    pacts, given, over_all = (values_at(folder, measure, power) for measure in SHOWN)
    last = len(values) - 1
    top, dearest = int(np.argmax(estimates(over_all))), int(np.argmax(estimates(given)))
    return [_turn("fewer pacts", pacts, 0, last, values, -1),
            _turn("dearer given a pact", given, 0, last, values, 1),
            _turn("dearer given a pact, up to its highest", given, 0, dearest, values, 1),
            _turn("over all states, up to its highest", over_all, 0, top, values, 1),
            _turn("over all states, from there on", over_all, top, last, values, -1)]


def estimates(table: np.ndarray) -> np.ndarray:
    """Means over the histories in which a measure exists: (points,); -1 where it does in none."""
    counts = (~np.isnan(table)).sum(axis=0)
    found: np.ndarray = np.divide(np.nansum(table, axis=0), counts, out=np.full(counts.size, -1.0), where=counts > 0)
    return found


def _turn(says: str, table: np.ndarray, first: int, last: int, values: Sequence[float], expected: int) -> Turn:
    effect = effect_of(table[:, last] - table[:, first])
    interval = effect.interval(CONFIDENCE)
    return Turn(says, values[first], values[last], effect, interval.low, interval.high, expected)
