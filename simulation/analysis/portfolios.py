"""Portfolios that each benefit sustains alone: who is in them, what they select, and whether they differ.

Two portfolios differ if they differ by more than the luck of histories does: the Jaccard distance between the sets of
allies under two benefits and the same luck, less the mean distance between histories of one benefit under other luck.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.analysis.comparison import final_pacts
from simulation.propositions.verdicts import Direction, Verdict, prediction_verdict
from simulation.scenario.scenario import Scenario
from simulation.study.derived_values import attribute
from simulation.study.effects import effect_of
from simulation.study.store import ResultsFolder

CHANNELS = ("power_projection", "legitimation", "denial", "stabilisation")
NONE, ALL = "none", "all"
SELECTED_ON = ("distance_km", "basing", "votes", "rival_pull", "instability", "crisis_rate")
ALLIED_FROM = 0.5
"""Share of the final years with a pact from which on a state counts as an ally of a history."""
SMALLEST, ALPHA = 0.05, 0.05
WORDS = {Verdict.SUPPORTED: "differ", Verdict.NEGLIGIBLE: "the same", Verdict.UNDECIDED: "undecided",
         Verdict.CONTRADICTED: "the same"}


class Pair(NamedTuple):
    """Two benefits: distance between their portfolios, how far it exceeds that of luck alone, and what that says."""

    one: str
    other: str
    distance: float
    excess: float
    low: float
    high: float
    says: str


def settings_of(scenario: Scenario, power: str, size: float | None) -> dict[str, dict[str, float]]:
    """Settings by name: no benefit, each alone, all; at one size, or None for each at the scenario's own."""
    paths = {channel: f"major_powers.{power}.benefits.{channel}" for channel in CHANNELS}
    sizes = {channel: float(scenario.value(path)) if size is None else size for channel, path in paths.items()}
    off = dict.fromkeys(paths.values(), 0.0)
    alone = {channel: off | {paths[channel]: sizes[channel]} for channel in CHANNELS if sizes[channel] > 0}
    return {NONE: off, **alone, ALL: {paths[channel]: sizes[channel] for channel in CHANNELS}}


def shares_allied(folder: ResultsFolder, power: str) -> np.ndarray:
    """Share of the final years with a pact: (points, replications, states); NaN for a history that failed."""
    scenario = folder.plan.scenario
    places = {code: place for place, code in enumerate(scenario.states)}
    pacts = final_pacts(folder, power, [])
    found = np.zeros((len(folder.plan.points), folder.plan.replications, len(places)))
    np.add.at(found, (pacts["point_id"], pacts["replication"], pacts["weak_state"].map(places)), 1.0)
    for entry in folder.failures():
        found[entry["point_id"], entry["replication"]] = np.nan
    return found / min(scenario.years, scenario.recording.window_years)


def states_table(folder: ResultsFolder, power: str, names: list[str]) -> pd.DataFrame:
    """A row per setting and state: share of histories and years with a pact, and mean terms in them; NaN where every
    history failed."""
    scenario = folder.plan.scenario
    terms = final_pacts(folder, power, ["commitment", "autonomy"]).groupby(["point_id", "weak_state"])[
        ["commitment", "autonomy"]].mean()
    shares, distances = _mean_of_histories(shares_allied(folder, power)), attribute(scenario, power, "distance_km")
    rows = []
    for point, name in enumerate(names):
        for place, code in enumerate(scenario.states):
            there = (point, code) in terms.index
            commitment, autonomy = terms.loc[(point, code)] if there else (np.nan, np.nan)
            rows.append({"setting": name, "weak_state": code, "distance_km": distances[place],
                         "share_of_years": shares[point, place], "commitment": commitment, "autonomy": autonomy})
    return pd.DataFrame(rows)


def _mean_of_histories(shares: np.ndarray) -> np.ndarray:
    """Mean over the histories that came to their end: (points, states)."""
    counts = (~np.isnan(shares)).sum(axis=1)
    found: np.ndarray = np.divide(np.nansum(shares, axis=1), counts, out=np.full(counts.shape, np.nan),
                                  where=counts > 0)
    return found


def selection_table(folder: ResultsFolder, power: str, names: list[str]) -> pd.DataFrame:
    """A row per setting and attribute: mean over pact-years less that over all states, with its 95% interval."""
    shares, rows = shares_allied(folder, power), []
    for point, name in enumerate(names):
        for attribute_name in SELECTED_ON:
            figures = attribute(folder.plan.scenario, power, attribute_name)
            weights = shares[point]
            sums = weights.sum(axis=1)
            means = np.divide(weights @ figures, sums, out=np.full(sums.size, np.nan), where=sums > 0)
            effect = effect_of(means - figures.mean())
            interval = effect.interval(0.95)
            rows.append({"setting": name, "attribute": attribute_name, "selected": effect.mean, "low": interval.low,
                         "high": interval.high, "histories": effect.pairs})
    return pd.DataFrame(rows)


def pairs_of(folder: ResultsFolder, power: str, names: list[str]) -> list[Pair]:
    """Every two of the benefits alone, with whether their portfolios differ; each decided at its share of `ALPHA`."""
    shares = shares_allied(folder, power)
    allies, sound = shares >= ALLIED_FROM, ~np.isnan(shares).any(axis=2)
    alone = [(place, name) for place, name in enumerate(names) if name in CHANNELS]
    luck = {name: _luck(allies[place], sound[place]) for place, name in alone}
    found = []
    several = list(combinations(alone, 2))
    for (first, one), (second, other) in several:
        distance = np.where(sound[first] & sound[second], jaccard(allies[first], allies[second]), np.nan)
        excess = effect_of(distance - (luck[one] + luck[other]) / 2, bounds=(-1.0, 1.0))
        verdict, interval = prediction_verdict(excess, Direction.POSITIVE, SMALLEST, ALPHA / len(several))
        found.append(Pair(one, other, effect_of(distance).mean, excess.mean, interval.low, interval.high,
                          WORDS.get(verdict, "undecided")))
    return found


def _luck(allies: np.ndarray, sound: np.ndarray) -> np.ndarray:
    """Distance of every history's allies from those of the one before it that came to its end: (histories,); NaN for
    one that failed."""
    found = np.full(sound.size, np.nan)
    found[sound] = jaccard(allies[sound], np.roll(allies[sound], 1, axis=0))
    return found


def jaccard(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Jaccard distance between sets of states, history by history: (histories,); 0 where both are empty."""
    union = (one | other).sum(axis=1)
    shared = (one & other).sum(axis=1)
    alike: np.ndarray = np.divide(shared, union, out=np.ones(union.size), where=union > 0)
    return 1.0 - alike
