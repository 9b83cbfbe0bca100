"""How well probabilities tell pacts: log score, Brier score, area under the ROC curve, with intervals over weak states.

Log score first: it is the only one of the three that a wrong level moves as much as a wrong order. Intervals are of a
bootstrap over weak states, all their rows together, with the predictions as they are; a score that does not exist in a
sample (no pact in it) is left out of its quantiles.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from simulation.study.effects import Interval

NEAR = 1.0
"""Within this distance, in 1,000 km, states count as near: where distance alone tells little."""
SMALLEST_PROBABILITY = 1e-6
"""Probabilities are kept this far from 0 and 1, so that one surprise does not make a log score infinite."""
DRAWS = 1000
CONFIDENCE = 0.95
SCORES = ("log_score", "brier", "area", "area_near")
"""Names of the scores; the first two are losses, better where smaller."""


class Score(NamedTuple):
    """A score with its interval; NaN where it does not exist."""

    value: float
    interval: Interval


def log_score(pact: np.ndarray, probability: np.ndarray) -> float:
    """Mean of minus the log of the probability of what happened, in nats; 0 is perfect."""
    kept = np.clip(probability, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
    return float(-np.mean(np.where(pact > 0.5, np.log(kept), np.log1p(-kept)))) if pact.size else math.nan


def brier(pact: np.ndarray, probability: np.ndarray) -> float:
    """Mean squared difference of probability and outcome; 0 is perfect."""
    return float(np.mean((probability - pact) ** 2)) if pact.size else math.nan


def area(pact: np.ndarray, probability: np.ndarray) -> float:
    """Area under the ROC curve: the chance that a row with a pact has the higher probability, ties by halves.

    NaN where all rows have a pact, or none.
    """
    with_pact = int(np.sum(pact > 0.5))
    without = pact.size - with_pact
    if not with_pact or not without:
        return math.nan
    ranks = rankdata(probability)
    return float((ranks[pact > 0.5].sum() - with_pact * (with_pact + 1) / 2) / (with_pact * without))


def all_scores(pact: np.ndarray, probability: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """The scores in the order of `SCORES`."""
    near = distance < NEAR
    return np.array([log_score(pact, probability), brier(pact, probability), area(pact, probability),
                     area(pact[near], probability[near])])


def scored(rows: pd.DataFrame, probability: np.ndarray, draws: int = DRAWS, seed: int = 0) -> dict[str, Score]:
    """All scores of predictions, with their intervals; rows: as `features.features_of` gives them."""
    samples = np.array([all_scores(*sample) for sample in _resampled(rows, [probability], draws, seed)])
    values = all_scores(rows["pact"].to_numpy(float), probability, rows["distance"].to_numpy(float))
    return {name: Score(float(value), _interval(samples[:, place]))
            for place, (name, value) in enumerate(zip(SCORES, values, strict=True))}


def gain_over(rows: pd.DataFrame, probability: np.ndarray, other: np.ndarray, draws: int = DRAWS,
              seed: int = 0) -> Score:
    """By how much the log score of `other` is worse, in nats a dyad-year, in the same weak states: above 0, the first
    tells better."""
    samples = np.array([log_score(pact, theirs) - log_score(pact, own)
                        for pact, own, theirs, _ in _resampled(rows, [probability, other], draws, seed)])
    pact = rows["pact"].to_numpy(float)
    return Score(log_score(pact, other) - log_score(pact, probability), _interval(samples))


def _resampled(rows: pd.DataFrame, predictions: list[np.ndarray], draws: int,
               seed: int) -> list[tuple[np.ndarray, ...]]:
    """Samples of weak states: (pact, predictions ..., distance) of their rows."""
    pact, distance = rows["pact"].to_numpy(float), rows["distance"].to_numpy(float)
    places = list(rows.reset_index(drop=True).groupby("state", sort=True).indices.values())
    chance, found = np.random.default_rng(seed), []
    for _ in range(draws):
        drawn = np.concatenate([places[place] for place in chance.integers(0, len(places), len(places))])
        found.append((pact[drawn], *(each[drawn] for each in predictions), distance[drawn]))
    return found


def _interval(samples: np.ndarray) -> Interval:
    there = samples[~np.isnan(samples)]
    if there.size < 2:
        return Interval(math.nan, math.nan, CONFIDENCE)
    low, high = np.quantile(there, [(1.0 - CONFIDENCE) / 2, (1.0 + CONFIDENCE) / 2])
    return Interval(float(low), float(high), CONFIDENCE)


def calibration(pact: np.ndarray, probability: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Shares with a pact where so much was predicted: columns predicted, observed, rows, a row per bin of equally many
    dyad-years; equal predictions stay together."""
    order = np.argsort(probability, kind="stable")
    edges = np.unique(np.quantile(probability[order], np.linspace(0.0, 1.0, bins + 1)))
    place = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, max(0, len(edges) - 2))
    frame = pd.DataFrame({"predicted": probability, "observed": pact, "bin": place}).groupby("bin")
    means = frame[["predicted", "observed"]].mean()
    return means.assign(rows=frame.size()).reset_index(drop=True)
