"""Moments of histories against those of the record: counted by hand, against SciPy, on parameters that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from simulation.errors import Refusal
from simulation.history.measures import MEASURES
from simulation.record.moments import (
    MOMENTS,
    Status,
    effective_places,
    estimates_table,
    log_likelihood,
    moments_table,
    observed,
    places_table,
    simulated,
    status_of,
    uncertainty,
    weighted_quantiles,
)

NAN = float("nan")


def test_moments_of_the_record_are_those_counted_by_hand():
    pacts = np.array([[1, 0, 0, NAN], [1, 1, 0, 0], [0, 1, 0, 0]], float)
    found = dict(zip(MOMENTS, observed(Status(pacts, np.tile([100.0, 900.0, 50.0, 7.0], (3, 1)))), strict=True))
    assert found["number_of_pacts"] == pytest.approx(4 / 3)
    assert found["ally_distance_median"] == 500.0 and found["ally_distance_q90"] == pytest.approx(900.0)
    assert (found["pacts_signed"], found["pacts_ended"]) == (5.0, 5.0)  # one each in two years


def test_a_record_without_pacts_has_no_distances_and_a_year_that_is_missing_counts_for_nothing():
    found = observed(Status(np.array([[0.0, 0.0], [NAN, NAN], [0.0, 0.0]]), np.ones((3, 2))))
    assert found[0] == 0.0 and np.isnan(found[1:4]).all() and not found[4:].any()


def test_a_year_without_rows_is_no_change_of_status():
    rows = pd.DataFrame([("USA", "CAN", year, pact, 10.0, 20.0) for year, pact in ((2000, 1.0), (2002, 0.0))], columns=[
        "patron", "protege", "year", "atop_defense", "min_distance_km", "capital_distance_km"])
    status = status_of(rows, "USA", ["CAN"], (1999, 2005), "atop_defense")
    assert status.pacts.shape == (3, 1) and observed(status)[5] == 0.0
    with pytest.raises(Refusal, match="no two years of the record"):
        status_of(rows, "USA", ["CAN"], (2002, 2005), "atop_defense")


def test_the_capital_stands_in_where_the_border_is_missing():
    rows = pd.DataFrame([("USA", "CAN", year, 1.0, NAN, 700.0) for year in (2000, 2001)], columns=[
        "patron", "protege", "year", "atop_defense", "min_distance_km", "capital_distance_km"])
    assert observed(status_of(rows, "USA", ["CAN"], (2000, 2001), "atop_defense"))[2] == 700.0


def test_every_measure_of_a_moment_is_one_of_a_history():
    assert {name for moment in MOMENTS.values() for name in moment.measures} <= set(MEASURES)


def runs_of(numbers: np.ndarray, point_ids: np.ndarray) -> pd.DataFrame:
    """Histories whose measures are these numbers of pacts, the ends of pacts by three ways."""
    measures = {name for moment in MOMENTS.values() for name in moment.measures}
    return pd.DataFrame({"point_id": point_ids} | dict.fromkeys(sorted(measures), numbers))


def test_the_likelihood_of_a_place_is_that_of_normal_moments():
    runs = runs_of(np.array([1.0, 3.0, 4.0, 5.0, 5.5, 9.0]), np.array([0, 0, 0, 1, 1, 1]))
    means, variances = simulated(runs)
    assert means.loc[0, "pacts_ended"] == pytest.approx(8.0)  # the sum of three ways
    record, deviation = np.array([2.0, NAN, NAN, NAN, NAN, NAN]), np.full(6, 0.5)
    found = log_likelihood(record, deviation, means, variances, runs.groupby("point_id").size())
    for place, values in ((0, [1.0, 3.0, 4.0]), (1, [5.0, 5.5, 9.0])):
        spread = (np.var(values, ddof=1) * (1 + 1 / 3) + 0.25) ** 0.5
        told = norm.logpdf(2.0, np.mean(values), spread) + 0.5 * np.log(2 * np.pi)
        assert found[place] == pytest.approx(told)


def test_a_place_whose_histories_lack_a_moment_of_the_record_has_no_weight():
    runs = runs_of(np.array([1.0, 2.0, 3.0, 2.0]), np.array([0, 0, 1, 1]))
    runs.loc[runs["point_id"] == 0, "ally_distance_median"] = NAN
    means, variances = simulated(runs)
    found = log_likelihood(np.full(6, 2.0), np.ones(6), means, variances, runs.groupby("point_id").size())
    places = places_table([{"x": 1.0}, {"x": 2.0}], [found])
    assert list(places["weight"]) == [0.0, 1.0] and effective_places(places) == 1.0
    with pytest.raises(Refusal, match="no place of the sweep"):
        places_table([{"x": 1.0}], [found.loc[[0]]])


def test_weighted_quantiles_are_those_of_repeated_values():
    values, weights = np.array([5.0, 1.0, 3.0]), np.array([0.25, 0.5, 0.25])
    repeated = np.repeat(values, [1, 2, 1])
    for share in (0.1, 0.5, 0.6, 0.9):
        assert weighted_quantiles(values, weights, [share]) == [np.quantile(repeated, share, method="inverted_cdf")]


def test_intervals_hold_a_known_parameter_as_often_as_they_say():
    """Moments that rise with one parameter and know nothing of another, 12 histories a place: of 300 records drawn at
    known places about 95% have it within; four standard errors of a share are 5 points."""
    chance = np.random.default_rng(11)
    places = chance.random((400, 2))
    slopes, noise = np.array([8.0, 300.0, 900.0, 1500.0, 6.0, 4.0]), np.array([1.0, 90.0, 200.0, 400.0, 1.5, 1.2])

    def drawn(place: float, number: int) -> np.ndarray:
        return slopes * place + chance.normal(0.0, noise, (number, 6))

    histories = np.array([drawn(place, 12) for place, _ in places])
    index = pd.Index(range(len(places)))
    means = pd.DataFrame(histories.mean(axis=1), index, list(MOMENTS))
    variances = pd.DataFrame(histories.var(axis=1, ddof=1), index, list(MOMENTS))
    count, held, within = pd.Series(12, index), 0, []
    for _ in range(300):
        truth = chance.random()
        found = log_likelihood(drawn(truth, 1)[0], np.zeros(6), means, variances, count)
        table = estimates_table(places_table([{"x": x, "y": y} for x, y in places], [found]), ["x", "y"])
        held += bool(table.loc[0, "low"] <= truth <= table.loc[0, "high"])
        within.append(table["share_within"].to_numpy())
    assert abs(held / 300 - 0.95) < 0.05
    told, untold = np.mean(within, axis=0)
    assert told < 0.6 < 0.85 < untold


def test_the_record_is_never_told_more_precisely_than_one_event():
    status = Status(np.ones((15, 4)), np.full((15, 4), 100.0))
    assert list(uncertainty(status, 50, 0)[[0, 4, 5]]) == pytest.approx([1 / 15, 10 / 14, 10 / 14])
    spread = uncertainty(Status(np.tile([1.0, 0.0, 0.0, 1.0], (15, 1)), np.full((15, 4), 100.0)), 400, 0)
    assert spread[0] == pytest.approx(1.0, rel=0.15)  # a binomial of 4 states, a half of which are allied


def test_the_table_says_by_how_many_deviations_histories_are_away():
    index = list(MOMENTS)
    table = moments_table("RUS", np.full(6, 3.0), np.full(6, 3.0), pd.Series(13.0, index), pd.Series(16.0, index))
    assert list(table["away"]) == pytest.approx([2.0] * 6) and list(table["moment"]) == index
