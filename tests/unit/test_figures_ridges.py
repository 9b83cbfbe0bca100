"""Histograms above each other: nothing is smoothed, grids stay grids, n stands at each row, and crowds are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import StepPatch
from matplotlib.text import Text

from simulation.errors import Refusal
from simulation.figures.conditions import Choice
from simulation.figures.outcomes import KINDS, MOST_BESIDE, outcome_figure
from simulation.figures.registry import study_figures
from simulation.figures.ridges import BINS, TALLEST_BAR, counted_at, shares_of
from simulation.history.measures import MEASURES

pytestmark = pytest.mark.filterwarnings("error")
COST, REACH = "major_powers.P.costs.entrapment.war_cost", "major_powers.P.reach_half_distance_km"
PACTS, GIVEN = "number_of_pacts", "autonomy_given_pact"
MOST_CONDITIONS, MOST_PANELS = KINDS["ridge"].most


def ridges_of(rows, measure, by, within=None):
    return outcome_figure(rows, measure, Choice(by, within, bins=0), "ridge")


def table(conditions=8, histories=10, panels=1) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame([{"major_power": "P", "status": "ok", "replication": number, COST: 0.1 * cost,
                          REACH: 600.0 + panel, **dict.fromkeys(MEASURES, 1.0), PACTS: float(rng.integers(3, 7)),
                          GIVEN: rng.uniform()} for panel in range(panels) for cost in range(conditions)
                         for number in range(histories)])


def texts_in(figure) -> str:
    figure.draw_without_rendering()
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible()).split())


def test_counts_have_a_bar_at_each_value_and_none_between():
    rows = table()
    axes = ridges_of(rows, PACTS, COST).axes[0]
    bars = [np.array(line.get_segments()) for line in axes.collections if isinstance(line, LineCollection)]
    assert len(bars) == 8
    tallest = rows.groupby(COST)[PACTS].agg(lambda found: found.value_counts().max()).max()
    for row, (drawn, (_, own)) in enumerate(zip(bars, rows.groupby(COST), strict=True)):
        counted = own[PACTS].value_counts().sort_index()
        assert drawn[:, 0, 0].tolist() == counted.index.tolist()
        heights = (row - drawn[:, 1, 1]) / TALLEST_BAR * tallest
        assert heights.round(6).tolist() == counted.tolist()


@pytest.mark.parametrize(("values", "are_edges"), [
    (np.arange(60) / 10.0, False), (np.array([0.1, 0.7, 0.11]), False), (np.zeros(0), False), (np.full(9, 2.0), False),
    (np.random.default_rng(1).uniform(size=60), True)])
def test_only_what_lies_on_no_grid_is_put_into_bins(values, are_edges):
    places, found = counted_at([values])
    assert found == are_edges
    if are_edges:
        assert len(places) == BINS + 1
    else:
        assert places.tolist() == sorted(set(values.round(9)))
    assert shares_of(values, places, found).sum() == pytest.approx(1.0 if values.size else 0.0)


def test_a_measure_off_the_grid_is_told_to_be_binned():
    figure = ridges_of(table(), GIVEN, COST)
    assert "Histograms in 30 bins, nothing smoothed" in texts_in(figure)
    drawn = [patch.get_data() for patch in figure.axes[0].patches if isinstance(patch, StepPatch)]
    assert [len(one.values) for one in drawn] == [BINS] * 8
    assert "at each value, nothing smoothed" in texts_in(ridges_of(table(), PACTS, COST))


def test_n_stands_at_each_row_and_says_how_many_have_the_measure():
    rows = table()
    rows.loc[rows[COST] == 0.0, GIVEN] = [np.nan] * 7 + [0.1, 0.2, 0.3]
    rows.loc[rows.index[-1], "status"] = "failed"
    figure = ridges_of(rows, GIVEN, COST)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert words == ["3 of 10", *["10"] * 6, "9", "n"]
    assert "1 of 80 histories failed" in texts_in(figure)


def test_a_sweep_with_many_conditions_gets_ridges_and_one_with_few_dots():
    many, few = (study_figures(table(number), COST)["number-of-pacts"] for number in (MOST_BESIDE + 1, MOST_BESIDE))
    assert "nothing smoothed" in texts_in(many)
    assert "Dots: histories" in texts_in(few)
    with pytest.raises(Refusal, match="no such column"):
        study_figures(table(), "coast")


def test_panels_without_the_measure_say_so():
    rows = table(panels=3)
    rows.loc[rows[REACH] == 602.0, GIVEN] = np.nan
    assert "no history with pacts" in texts_in(ridges_of(rows, GIVEN, COST, REACH))


@pytest.mark.parametrize("crowd", [{"conditions": MOST_CONDITIONS + 1, "histories": 1},
                                   {"panels": MOST_PANELS + 1, "histories": 1}])
def test_crowds_are_refused(crowd):
    with pytest.raises(Refusal, match="too many values to tell apart"):
        ridges_of(table(**crowd), PACTS, COST, REACH)
