"""What a pact and a portfolio add to a year's record, column by column, for the pair of `test_payoffs`."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.history.series import Series, tally_pact, tally_portfolio
from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.crisis import Audience
from simulation.theory.payoffs import itemised
from tests.builders import coin_pair

S, A, KM = 0.4, 0.5, 300.0

BY_HAND = {
    Series.PACTS: 1.0, Series.BEYOND_PAPER: 1.0, Series.COMMITMENT: 0.4, Series.AUTONOMY: 0.5, Series.DISTANCE: 300.0,
    Series.NEIGHBOURS_ALLIED: 1.0, Series.RELIABILITY: 0.5, Series.BELIEVED_RELIABILITY: 0.5,
    Series.EXPECTED_INTERVENTION: 0.4 * 3 / 32, Series.EXPECTED_RENEGING: 0.4 * 3 / 32 * 0.4 * 2.0,
    Series.EXPECTED_LOST_STAKE: 0.4 * (5 / 16 + 3 / 128 + 3 / 64) * 0.53,
    Series.POWER_PROJECTION: 0.1, Series.DENIAL: 0.04, Series.STABILISATION: 0.03, Series.OWN_SECURITY: 0.01,
    Series.FIXED: 0.04, Series.DEPLOYMENT: 0.08,
    Series.ENTRAPMENT: 0.3 * (3 / 32 - 1 / 8 + 3 / 32 * 0.8 + (5 / 16 + 3 / 128 + 3 / 64) * 0.53),
    Series.PROTECTION: 0.2 * (0.39375 - 0.4203125), Series.AUTONOMY_COST: 0.15,
    Series.MEMBERSHIP_COST: 0.0,
}
"""Rates as perceived 0.2 and 0.4: the record is of true values, which the caller gives on both sides."""


def empty() -> np.ndarray:
    return np.zeros(len(Series))


def test_a_pact_column_by_column():
    row = empty()
    tally_pact(row, *coin_pair(), S, A, KM, True)
    expected = empty()
    for series, number in BY_HAND.items():
        expected[series] = number
    assert row == pytest.approx(expected, rel=1e-12)


def test_a_pact_of_the_least_commitment_is_paper():
    least = bargaining_problem(*coin_pair()).minimum_commitment
    for commitment, is_paper in ((least, 1.0), (least + 9e-7, 1.0), (least + 2e-6, 0.0), (S, 0.0)):
        row = empty()
        tally_pact(row, *coin_pair(), commitment, A, KM, True)
        assert (row[Series.PAPER], row[Series.BEYOND_PAPER]) == (is_paper, 1.0 - is_paper)


def test_a_second_pact_is_added_and_a_far_one_is_no_neighbour():
    once, twice = empty(), empty()
    tally_pact(once, *coin_pair(), S, A, KM, False)
    assert once[Series.NEIGHBOURS_ALLIED] == 0.0
    for _ in range(2):
        tally_pact(twice, *coin_pair(), S, A, KM, False)
    assert twice == pytest.approx(2.0 * once, rel=1e-12)


def test_true_and_believed_reliability_are_told_apart():
    """Full reason, so that only a resolute power comes, and the ally gives it 0.7."""
    rules, power, state, relation, now, portfolio = coin_pair()
    rules = rules._replace(stakes=rules.stakes._replace(rationality=500.0))
    row = empty()
    now = now._replace(audience=Audience(own=0.0, resolute=9.0, irresolute=0.0, belief=0.7))
    power = power._replace(legitimation=0.0, power_projection=0.0)
    tally_pact(row, rules, power, state, relation, now, portfolio, S, A, KM, False)
    assert row[Series.RELIABILITY] == pytest.approx(0.0, abs=1e-9)
    assert row[Series.BELIEVED_RELIABILITY] == pytest.approx(0.7, abs=1e-9)


def test_a_portfolio_column_by_column():
    """Votes 3 at exponent 2: 0.05 * 9; price 3 * 0.01 / 2 on a burden of 4: 1/2 * 0.015 * 16; pairs: 2 * 3 * 0.03."""
    rules, power, *_, portfolio = coin_pair()
    row = empty()
    tally_portfolio(row, rules, power, portfolio, 2.0)
    expected = empty()
    expected[[Series.LEGITIMATION, Series.OPPORTUNITY, Series.FORECLOSURE]] = 0.45, 0.12, 0.18
    assert row == pytest.approx(expected, rel=1e-12)


def test_assumed_away_opportunity_costs_are_not_recorded():
    rules, power, *_, portfolio = coin_pair()
    row = empty()
    tally_portfolio(row, rules._replace(opportunity_cost=False, foreclosure=False), power, portfolio, 2.0)
    assert (row[Series.OPPORTUNITY], row[Series.FORECLOSURE]) == (0.0, 0.0)


def test_what_is_left_out_of_a_pact_belongs_to_the_portfolio():
    """Legitimation, O1 and O2 are not additive over pacts; the rest of the major power's gain is."""
    row = empty()
    tally_pact(row, *coin_pair(), S, A, KM, True)
    weak, major = itemised(bargaining_problem(*coin_pair()), S, A)
    assert row[Series.PROTECTION] == weak.protection
    dear = (coin_pair()[0]._replace(membership_cost=0.07), *coin_pair()[1:])
    twice = empty()
    for _ in range(2):
        tally_pact(twice, *dear, S, A, KM, True)
    assert twice[Series.MEMBERSHIP_COST] == pytest.approx(0.14, rel=1e-12)
    assert row[[Series.LEGITIMATION, Series.OPPORTUNITY, Series.FORECLOSURE]].tolist() == [0.0, 0.0, 0.0]
    assert row[Series.ENTRAPMENT] == pytest.approx(major.intervention + major.reneging + major.lost_stake, rel=1e-12)
