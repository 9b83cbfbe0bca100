"""The summary of a sweep: means, intervals, and how it says that there is nothing to average."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulation.commands.formatting import value_text
from simulation.commands.sweep import estimate_text
from simulation.scenario.short_names import short_names
from simulation.study.summary import Estimate, estimate, summary
from simulation.study.sweep import sweep
from tests.studies import REACH, WAR_COST, tiny_plan


def test_an_estimate_is_the_mean_with_students_interval():
    values = np.array([1.0, 2.0, 4.0, math.nan, 5.0])
    low, high = stats.t.interval(0.95, 3, loc=3.0, scale=stats.sem([1.0, 2.0, 4.0, 5.0]))
    found = estimate(values)
    assert (found.mean, found.histories) == (3.0, 4)
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(("values", "text"), [
    ([0.2, 0.2, 0.2], "0.20 [0.20, 0.20]"),
    ([0.2, math.nan, 0.2], "0.20 [0.20, 0.20] (2)"),
    ([0.2, math.nan, math.nan], "0.20 (1)"),
    ([math.nan] * 3, "- (0)"),
])
def test_what_is_missing_is_said(values, text):
    assert estimate_text(estimate(np.array(values)), 3, 2) == text


def test_a_point_at_which_all_histories_failed():
    assert estimate_text(Estimate(math.nan, math.nan, math.nan, 0), 0, 2) == "-"


@pytest.mark.parametrize(("paths", "names"), [
    (["major_powers.P.costs.entrapment.war_cost"], ["war cost"]),
    (["a.costs.dial", "b.costs.dial", "a.other.dial"], ["a.costs.dial", "b dial", "other dial"]),
    (["years", "x.years"], ["years", "x years"]),
    (["major_powers.RUS.costs.entrapment.war_cost", "major_powers.USA.costs.entrapment.war_cost", "years"],
     ["RUS war cost", "USA war cost", "years"]),
])
def test_headings_are_as_short_as_tells_them_apart(paths, names):
    assert short_names(paths) == names


def test_values_are_shown_as_they_are_written():
    assert [value_text(value) for value in (True, 0.30, 3, "nash", ["B"])] == ["true", "0.3", "3", "nash", '["B"]']


def test_there_is_one_line_a_point_and_it_agrees_with_the_table(tmp_path):
    folder = sweep(tiny_plan(tmp_path), tmp_path / "results", jobs=1).folder
    lines = summary(folder)
    assert [line.settings for line in lines] == [
        {WAR_COST: war_cost, REACH: reach} for war_cost in (0.0, 0.4) for reach in (800.0, 1600.0)]
    table = folder.table()
    pacts = table[table["point_id"] == 2]["number_of_pacts"]
    assert lines[2].estimates["number_of_pacts"].mean == pytest.approx(pacts.mean())
    assert lines[2].histories == 3
