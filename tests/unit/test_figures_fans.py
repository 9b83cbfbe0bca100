"""The figure over the years: its quantiles against counting, gaps, numbers of histories, and what is refused."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import StepPatch
from matplotlib.text import Text

from simulation.analysis.yearly_bands import LEVELS, SERIES_NEEDED, yearly_bands
from simulation.errors import Refusal
from simulation.figures.fans import MOST_CONDITIONS, MOST_PANELS, fans_figure, spread
from simulation.figures.registry import yearly_figures
from simulation.history.measures import MEASURES

pytestmark = pytest.mark.filterwarnings("error")
COST, REACH = "major_powers.P.costs.entrapment.war_cost", "major_powers.P.reach_half_distance_km"
YEARS = (2001, 2002, 2003)


def series(histories=9, costs=(0.1, 0.5), reaches=(600.0,), power="P") -> pd.DataFrame:
    """Yearly rows as a sweep keeps them: the history of number n has n pacts from its second year on, none before."""
    rows = []
    for run, (cost, reach, number) in enumerate(itertools.product(costs, reaches, range(histories))):
        rows += [{"run_id": run, "major_power": power, "year": year, COST: cost, REACH: reach,
                  "pacts": float(number) if year > YEARS[0] else 0.0,
                  "commitment": 0.5 * number, "autonomy": 0.01 * number * number} for year in YEARS]
    return pd.DataFrame(rows)


def runs(table: pd.DataFrame, failed: int = 0) -> pd.DataFrame:
    """The table of the same runs, of which the last failed."""
    found = table.drop_duplicates(["run_id", "major_power"])[["run_id", "major_power", COST, REACH]]
    status = ["ok"] * (len(found) - failed) + ["failed"] * failed
    return found.assign(status=status, **dict.fromkeys(MEASURES, 1.0))


def texts_in(figure) -> str:
    figure.draw_without_rendering()
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible()).split())


def test_quantiles_are_those_of_counting():
    bands = yearly_bands(series(histories=40), "P", COST).set_index(["condition", "measure", "year"])
    row = bands.loc[(0.1, "number_of_pacts", 2003)]
    for name, level in LEVELS.items():
        smallest = next(value for value in range(40) if (value + 1) / 40 >= level)
        assert row[name] == smallest
    assert (row["measured"], row["histories"]) == (40, 40)


def test_terms_are_means_over_the_pacts_of_histories_that_have_some():
    bands = yearly_bands(series(), "P", COST).set_index(["condition", "measure", "year"])
    row = bands.loc[(0.5, "autonomy_given_pact", 2002)]  # 0.01, 0.02 ... 0.08; the history without pacts has none
    assert (row["measured"], row["histories"]) == (8, 9)
    assert row["low_90"] == pytest.approx(0.01) and row["high_90"] == pytest.approx(0.08)
    first = bands.loc[(0.5, "autonomy_given_pact", 2001)]
    assert first["measured"] == 0 and math.isnan(first["median"])


def test_other_powers_are_left_out():
    both = pd.concat([series(), series(power="Q").assign(pacts=99.0)])
    assert yearly_bands(both, "P", COST)["high_90"].max() <= 8.0


def test_a_missing_column_is_named():
    for name in (*SERIES_NEEDED, COST):
        with pytest.raises(Refusal, match=name):
            yearly_bands(series().drop(columns=name), "P", COST)


def test_bands_are_drawn_where_the_table_has_them():
    bands = yearly_bands(series(), "P", COST)
    axes = fans_figure(bands, COST).axes[0]
    outer, inner, median = (patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch))
    own = bands[(bands["condition"] == 0.1) & (bands["measure"] == "number_of_pacts")]
    for drawn, low, high in ((outer, "low_90", "high_90"), (inner, "low_50", "high_50")):
        assert drawn.values.tolist() == own[high].tolist()
        assert np.asarray(drawn.baseline).tolist() == own[low].tolist()
    assert median.values.tolist() == own["median"].tolist()
    assert median.edges.tolist() == [2000.5, 2001.5, 2002.5, 2003.5]


def test_the_numbers_of_histories_are_told():
    words = texts_in(fans_figure(yearly_bands(series(), "P", COST), COST))
    assert "0.1 payoff n = 9" in words and "n = 0 to 8" in words
    assert "fewer than 20 histories all of them" in words
    assert "fewer than" not in texts_in(fans_figure(yearly_bands(series(25), "P", COST), COST))


def test_no_pact_ever_is_said_and_not_drawn():
    bands = yearly_bands(series().assign(pacts=0.0), "P", COST)
    assert "no history with pacts" in texts_in(fans_figure(bands, COST))


def test_of_many_conditions_some_are_shown_and_it_is_said():
    table = series(costs=tuple(0.1 * place for place in range(11)))
    words = texts_in(fans_figure(yearly_bands(table, "P", COST), COST))
    assert "Shown: 5 of 11 conditions" in words
    assert spread(range(11), MOST_CONDITIONS) == [0, 2, 5, 8, 10]


def test_a_sweep_gives_one_figure_or_one_for_each_measure_with_panels():
    table = series(reaches=(600.0, 1200.0))
    assert list(yearly_figures(table, runs(table), COST)) == ["years"]
    figures = yearly_figures(table, runs(table, failed=2), COST, REACH)
    assert list(figures) == ["years-number-of-pacts", "years-commitment-given-pact", "years-autonomy-given-pact"]
    words = texts_in(figures["years-number-of-pacts"])
    assert "2 of 36 histories failed" in words and "rows: P: distance at which" in words


def test_panels_of_one_measure_have_one_scale():
    table = series(reaches=(600.0, 1200.0))
    table.loc[table[REACH] == 1200.0, "pacts"] *= 10
    figure = yearly_figures(table, runs(table), COST, REACH)["years-number-of-pacts"]
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert figure.axes[0].get_ylim()[1] >= 80.0


def test_one_condition_one_year_and_two_powers():
    both = pd.concat([series(costs=(0.1,)), series(costs=(0.1,), power="Q")])
    both = both[both["year"] == YEARS[-1]]
    figures = yearly_figures(both, runs(both), None)
    assert list(figures) == ["years-P", "years-Q"]
    assert "n = 9" in texts_in(figures["years-P"])


def test_a_sweep_of_which_every_history_failed_has_none():
    table = series()
    assert yearly_figures(table.iloc[:0], runs(table, failed=18), COST) == {}


def test_too_many_panels_and_panels_of_several_measures_are_refused():
    table = series(reaches=tuple(100.0 * place for place in range(MOST_PANELS + 1)))
    bands = yearly_bands(table, "P", COST, REACH)
    with pytest.raises(Refusal, match="several measures"):
        fans_figure(bands, COST, REACH)
    with pytest.raises(Refusal, match="too many values"):
        fans_figure(bands[bands["measure"] == "number_of_pacts"], COST, REACH)


def test_bands_are_never_of_several_conditions_together():
    table = series(costs=(0.1, 0.5), reaches=(600.0, 900.0))
    words = texts_in(yearly_figures(table, runs(table), COST)["years"])
    assert "At P: distance at which half of the major power's strength arrives (km): 600." in words
    assert "n = 9" in words and "n = 18" not in words
    words = texts_in(yearly_figures(table, runs(table), COST, at={"reach_half_distance_km": 900})["years"])
    assert "arrives (km): 900." in words
