"""The effects in the histories of a trial, one number for each replication.

Histories are paired by common chance, so an effect is worked out within each replication. Measures of survivors look at
the same pacts on all sides: those of states that are allies in every setting that is compared, under the same luck.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.history.measures import MEASURES
from simulation.propositions.design import LinearContrast, Trial
from simulation.propositions.file import SURVIVORS
from simulation.study.effects import Effect, effect_of
from simulation.study.histories import SUCCEEDED
from simulation.study.ranges import Range, range_of, weighted
from simulation.study.store import ResultsFolder
from simulation.study.yearly import PACTS


class PairedEffect(NamedTuple):
    """What a trial says of a prediction: the effect, its value in every replication (NaN where it does not exist), for
    each setting its mean over the pairs that count and their number, and whether several settings gave
    the same histories, in every measure: then nothing is left that could make an effect."""

    effect: Effect
    by_replication: np.ndarray
    arms: tuple[tuple[float, int], ...]
    is_same: bool = False


class Results:
    """The tables of a trial's first so many replications, read once for all its predictions."""

    def __init__(self, trial: Trial, folder: ResultsFolder, replications: int):
        self.trial, self.replications = trial, replications
        usual = [contrast.measure for contrast in trial.contrasts if contrast.measure not in SURVIVORS]
        runs = folder.table(["point_id", "replication", "major_power", "status", *dict.fromkeys([*usual, *MEASURES])])
        self.runs = runs[runs["replication"] < replications]
        self.pacts = self._final_pacts(folder) if len(usual) < len(trial.contrasts) else pd.DataFrame()

    def _final_pacts(self, folder: ResultsFolder) -> pd.DataFrame:
        """Pacts in the final years, over which the measures are taken."""
        columns = ["point_id", "replication", "major_power", "weak_state", "year", *SURVIVORS.values()]
        pacts, scenario = folder.yearly_table(PACTS, columns), self.trial.plan.scenario
        first = scenario.start_year + max(0, scenario.years - scenario.recording.window_years)
        return pacts[(pacts["year"] >= first) & (pacts["replication"] < self.replications)]

    def paired(self, contrast: LinearContrast, points: Sequence[int]) -> PairedEffect:
        """What these points of the plan, in the order of the prediction's arms, say of it."""
        arms = self._survivors(contrast, points) if contrast.measure in SURVIVORS else self._usual(contrast, points)
        by_replication = arms @ np.array(contrast.weights) - contrast.against
        seed = zlib.crc32(f"{self.trial.name}/{contrast.prediction}".encode())
        counted = arms[~np.isnan(by_replication)]  # the same histories on all sides
        means = counted.mean(axis=0) if len(counted) else np.full(arms.shape[1], np.nan)
        return PairedEffect(effect_of(by_replication, seed, bounds_of(self.trial, contrast, points)), by_replication,
                            tuple((float(mean), len(counted)) for mean in means),
                            self._are_same(contrast, points))

    def _are_same(self, contrast: LinearContrast, points: Sequence[int]) -> bool:
        """Whether these points are several and gave the same histories, as far as any measure tells."""
        own = self.runs[(self.runs["major_power"] == contrast.major_power) & (self.runs["status"] == SUCCEEDED)]
        first, *others = ([own.loc[own["point_id"] == point, ["replication", *MEASURES]].reset_index(drop=True)
                           for point in points])
        return bool(others) and all(first.equals(other) for other in others)

    def _usual(self, contrast: LinearContrast, points: Sequence[int]) -> np.ndarray:
        """A measure of histories: (replications, arms); NaN for a history that failed."""
        own = self.runs[self.runs["major_power"] == contrast.major_power]
        values = np.full((self.replications, len(self.trial.plan.points)), np.nan)
        values[own["replication"], own["point_id"]] = own[contrast.measure].where(own["status"] == SUCCEEDED)
        return values[:, list(points)]

    def _survivors(self, contrast: LinearContrast, points: Sequence[int]) -> np.ndarray:
        """A measure of the pacts with states that are allies at all these points: (replications, arms)."""
        own = self.pacts[(self.pacts["major_power"] == contrast.major_power) & self.pacts["point_id"].isin(points)]
        by_state = own.groupby(["replication", "weak_state", "point_id"])[SURVIVORS[contrast.measure]].mean().unstack()
        values = np.full((self.replications, len(points)), np.nan)
        if set(points) <= set(by_state.columns):
            shared = by_state[list(dict.fromkeys(points))].dropna().groupby(level="replication").mean()
            values[shared.index] = shared[list(points)]
        return values


def bounds_of(trial: Trial, contrast: LinearContrast, points: Sequence[int]) -> Range | None:
    """Between what every effect must lie; None where a measure has no range."""
    own = trial.plan.study.measures
    ranges = [range_of(contrast.measure, trial.plan.scenario.replace_all(trial.plan.points[point]), own)
              for point in points]
    ends = weighted(ranges, contrast.weights)
    return None if ends is None else (ends[0] - contrast.against, ends[1] - contrast.against)


def read(trial: Trial, folder: ResultsFolder, replications: int) -> dict[str, PairedEffect]:
    """The effects in the first so many replications of a trial's histories, by prediction."""
    results = Results(trial, folder, replications)
    return {contrast.prediction: results.paired(contrast, contrast.points) for contrast in trial.contrasts}
