"""A second estimate of the theory's parameters: from how many pacts histories of agents have, how far away, and how
often they begin and end.

A sweep has simulated the moments at many places, combinations of parameters; the record has the same moments. The
likelihood of a place is a synthetic one (Wood 2010): moments are taken as normal, with the mean of its histories, and
as independent of each other. Places are weighed by it, so that what they were spread by is the distribution before.
Called by the command ``moments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.record.resampling import DRAWN
from simulation.record.treaties import Outcome
from simulation.scenario.validation import listed

DECADE = 10.0
FAR_AWAY = 3.0
"""Standard deviations beyond which histories do not have a moment of the record."""
DRAWS = 200
"""Samples of weak states by which the variance of the record's moments is found."""


class Moment(NamedTuple):
    """A moment: unit, one sentence, and the measures of a history whose sum it is."""

    unit: str
    meaning: str
    measures: tuple[str, ...]


MOMENTS = {
    "number_of_pacts": Moment("pacts", "Pacts in force, mean over the years", ("number_of_pacts",)),
    "ally_distance_q10": Moment("km", "Tenth percentile of allies' distances", ("ally_distance_q10",)),
    "ally_distance_median": Moment("km", "Median of allies' distances", ("ally_distance_median",)),
    "ally_distance_q90": Moment("km", "Ninetieth percentile of allies' distances", ("ally_distance_q90",)),
    "pacts_signed": Moment("pacts per decade", "Pacts that began", ("pacts_signed",)),
    "pacts_ended": Moment("pacts per decade", "Pacts that ended", (
        "ended_by_weak_state", "ended_by_major_power", "ended_by_switch"))}
"""Moments in order. Stability is not among them: it is the rate of ending over the number of pacts."""


class Status(NamedTuple):
    """A major power and its weak states. pacts: (years, states), 1, 0 or NaN; distances: the same, km."""

    pacts: np.ndarray
    distances: np.ndarray


def status_of(table: pd.DataFrame, power: str, states: Sequence[str], years: tuple[int, int],
              outcome: Outcome) -> Status:
    """What the record has of these states, from the first of the years to the last.

    table : dyad-years with distances and the outcome. Raises `Refusal` if it has no pair of them in two years.
    """
    own = table[(table["patron"] == power) & table["protege"].isin(states) & table["year"].between(*years)]
    if own["year"].nunique() < 2:
        raise Refusal("no two years of the record", found=f"{power} with the weak states of the sweep,"
                      f" {years[0]} to {years[1]}: {own['year'].nunique()} years",
                      allowed=f"patrons {listed(sorted(table['patron'].unique()))}, and years of the table",
                      file="--years")
    distance = own["min_distance_km"].fillna(own["capital_distance_km"])
    shape = {"index": "year", "columns": "protege"}
    pacts = own.assign(value=own[outcome].astype(float)).pivot(**shape, values="value")
    whole = pd.RangeIndex(int(own["year"].min()), int(own["year"].max()) + 1)
    distances = own.assign(value=distance).pivot(**shape, values="value")
    return Status(pacts.reindex(whole).to_numpy(), distances.reindex(whole).to_numpy())


def observed(status: Status) -> np.ndarray:
    """The moments of the record, in the order of `MOMENTS`; distances are NaN where there is no pact."""
    pacts, change = status.pacts, np.diff(status.pacts, axis=0)
    told = ~np.isnan(pacts).all(axis=1)
    away = status.distances[pacts == 1.0]
    away = away[~np.isnan(away)]
    quantiles = np.quantile(away, (0.1, 0.5, 0.9)) if away.size else np.full(3, np.nan)
    decades = len(change) / DECADE
    return np.array([np.nansum(pacts[told], axis=1).mean(), *quantiles, np.sum(change == 1.0) / decades,
                     np.sum(change == -1.0) / decades])


def uncertainty(status: Status, draws: int, seed: int) -> np.ndarray:
    """Standard deviations of the record's moments between samples of weak states, all years of a state together; of
    rates at least that of one event in the years of the record, of the number of pacts of one pact-year."""
    chance, number = np.random.default_rng(seed), status.pacts.shape[1]
    found = [observed(Status(*(each[:, drawn] for each in status)))
             for drawn in chance.integers(0, number, (draws, number))]
    spread, years = pd.DataFrame(found).std(ddof=0).fillna(0.0), len(status.pacts)
    return np.asarray(np.maximum(spread, [1.0 / years, 1.0, 1.0, 1.0, *[DECADE / (years - 1)] * 2]))


def simulated(runs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(means, variances) of the moments over the histories of each place: a row a place, a column a moment.

    runs : histories of one major power, columns point_id and measures. A moment that fewer than two histories of a
    place have is NaN.
    """
    own = pd.DataFrame({"point_id": runs["point_id"]} | {
        name: runs[list(moment.measures)].sum(axis=1, skipna=False) for name, moment in MOMENTS.items()})
    places = own.groupby("point_id")
    return places.mean().where(places.count() > 1), places.var(ddof=1)


def log_likelihood(record: np.ndarray, deviation: np.ndarray, means: pd.DataFrame, variances: pd.DataFrame,
                   histories: pd.Series) -> pd.Series:
    """The synthetic log likelihood of each place, up to a constant; minus infinity where its histories lack a moment
    that the record has.

    The record is one history, and one sample of states: the variance of its moments is that between histories and that
    between samples, that of the mean of the histories comes on top.
    """
    there = ~np.isnan(record)
    variance = variances.to_numpy()[:, there] * (1.0 + 1.0 / histories.to_numpy()[:, None]) + deviation[there] ** 2
    square = (means.to_numpy()[:, there] - record[there]) ** 2 / variance
    found = -0.5 * np.sum(square + np.log(variance), axis=1)
    return pd.Series(np.where(np.isnan(found), -np.inf, found), index=means.index)


def places_table(points: Sequence[Mapping[str, float]], likelihoods: Sequence[pd.Series]) -> pd.DataFrame:
    """A row a place: point_id, its parameters, log_likelihood over all major powers, and weight, which sum to 1.

    Raises `Refusal` if no place has every moment of the record.
    """
    total = sum(likelihoods[1:], likelihoods[0])
    highest = total.max()
    if not np.isfinite(highest):
        raise Refusal("no place of the sweep with every moment of the record", allowed="a sweep some of whose"
                      " histories have pacts at every place that is to be weighed, and two histories a place or more")
    weight = np.exp(total - highest)
    table = pd.DataFrame([{"point_id": place, **points[place]} for place in total.index])
    return table.assign(log_likelihood=total.to_numpy(), weight=(weight / weight.sum()).to_numpy())


def effective_places(places: pd.DataFrame) -> float:
    """How many places of equal weight would tell as much (Kish 1965)."""
    return float(1.0 / (places["weight"] ** 2).sum())


def estimates_table(places: pd.DataFrame, paths: Sequence[str]) -> pd.DataFrame:
    """A row a parameter: least and most of the places; value at the likeliest place; low, median and high, weighted
    quantiles between which lie 95%; share_within, of the places between low and high: near 0.95 nothing was told."""
    best, rows = places.loc[places["log_likelihood"].idxmax()], []
    for path in paths:
        values = places[path].to_numpy(float)
        low, median, high = weighted_quantiles(values, places["weight"].to_numpy(), (
            0.5 - DRAWN / 2, 0.5, 0.5 + DRAWN / 2))
        rows.append({"parameter": path, "least": values.min(), "most": values.max(), "likeliest": float(best[path]),
                     "low": low, "median": median, "high": high,
                     "share_within": float(np.mean((values >= low) & (values <= high)))})
    return pd.DataFrame(rows)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> list[float]:
    """The least values at which so much of the weight is reached."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return [float(values[order][min(int(np.searchsorted(reached, share * reached[-1])), len(order) - 1)])
            for share in shares]


def moments_table(power: str, record: np.ndarray, deviation: np.ndarray, mean: pd.Series,
                  variance: pd.Series) -> pd.DataFrame:
    """What the record has beside what histories have at the likeliest place: a row a moment; away: the difference in
    standard deviations."""
    spread = np.sqrt(variance.to_numpy() + deviation**2)
    return pd.DataFrame({
        "power": power, "moment": list(MOMENTS), "unit": [moment.unit for moment in MOMENTS.values()],
        "record": record, "record_deviation": deviation, "histories": mean.to_numpy(),
        "histories_deviation": np.sqrt(variance.to_numpy()), "away": (mean.to_numpy() - record) / spread})


def out_of_reach(compared: pd.DataFrame) -> str:
    """A warning if even the likeliest place does not have the record's moments, empty if it does."""
    far = compared[compared["away"].abs() > FAR_AWAY]
    if far.empty:
        return ""
    names = ", ".join(f"{row['power']} {row['moment'].replace('_', ' ')}" for row in far.to_dict("records"))
    return (f"No place has the moments of the record: the likeliest is more than {FAR_AWAY:g} standard deviations away"
            f" in {names}. Places are then told apart by which is least wrong, and the estimates are those of a wrong"
            " model.")
