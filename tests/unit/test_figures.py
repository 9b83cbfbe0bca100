"""Figures: what they say of the numbers of histories, degenerate tables, refusals, and files that can be made again."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures import distribution, intervals
from simulation.figures.conditions import Choice, Mark
from simulation.figures.history import MOST_ROWS, history_figure
from simulation.figures.labels import measure_label, parameter_label
from simulation.figures.outcomes import outcome_figure
from simulation.figures.predicted import predicted_against_observed
from simulation.figures.registry import axes_of, constant, run_figures, study_figures
from simulation.figures.selection import selection_figure
from simulation.figures.style import ONE_COLUMN, PNG_DOTS_PER_INCH, add_note, new_figure, save
from simulation.history.measures import MEASURES
from simulation.history.series import History, Series, empty_history
from simulation.history.tables import predictions
from simulation.scenario.scenario import Scenario
from simulation.study.summary import estimate
from tests.builders import one_power, state, two_powers

pytestmark = pytest.mark.filterwarnings("error")  # matplotlib only warns where a layout fails

COST, REACH = "major_powers.P.costs.entrapment.war_cost", "major_powers.P.reach_half_distance_km"
PACTS, GIVEN, ALL = "number_of_pacts", "autonomy_given_pact", "autonomy_all_states"


def sweep_table(costs=(0.0, 0.2, 0.8), reaches=(600.0, 1200.0), replications=5, powers=("P",)) -> pd.DataFrame:
    """A table as a sweep writes it; at the dearest cost only the first two histories have pacts."""
    rng, rows = np.random.default_rng(1), []
    for replication, (reach, cost), power in itertools.product(
            range(replications), itertools.product(reaches, costs), powers):
        has_pacts = cost < max(costs) or replication < 2
        given = 0.2 + 0.1 * cost + 0.01 * rng.normal() if has_pacts else np.nan
        rows.append({"scenario": "made-up", "replication": replication, "status": "ok", "major_power": power,
                     REACH: reach, COST: cost} | dict.fromkeys(MEASURES, 1.0)
                    | {PACTS: float(rng.integers(3, 9)) if has_pacts else 0.0, GIVEN: given,
                       ALL: 0.1 if has_pacts else 0.0})
    return pd.DataFrame(rows)


def distribution_of(table, measure, by=None, within=None, power=None) -> Figure:
    return outcome_figure(table, measure, Choice(by, within, power), "dots")


def texts_in(figure: Figure) -> str:
    """All that can be read in a figure."""
    figure.draw_without_rendering()
    found = [artist.get_text() for artist in figure.findobj(lambda artist: hasattr(artist, "get_text"))
             if artist.get_visible()]
    return " ".join(" ".join(found).split())


def dots_in(figure: Figure) -> list[float]:
    """Heights of all dots that stand for histories."""
    lines = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    return [float(height) for line in lines for height in line.get_ydata()]


# ---- distribution ----------------------------------------------------------------------------------------------------


def test_every_history_is_a_dot_at_its_value():
    table = sweep_table()
    found = dots_in(distribution_of(table, GIVEN, COST, within=REACH))
    assert sorted(found) == sorted(table[GIVEN].dropna())


def test_the_numbers_of_histories_stand_under_the_conditions():
    figure = distribution_of(sweep_table(), GIVEN, COST, within=REACH)
    ticks = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert ticks == ["0\n5 of 5", "0.2\n5 of 5", "0.8\n2 of 5"]
    assert "Histories at each mark: 5, 2 to 5 of them with pacts." in texts_in(figure)


def test_failed_histories_are_left_out_and_counted():
    table = sweep_table()
    table.loc[:2, ["status", PACTS]] = ["failed", np.nan]
    figure = distribution_of(table, PACTS, COST, within=REACH)
    assert "3 of 30 histories failed" in texts_in(figure)
    assert len(dots_in(figure)) == 27


def test_what_is_averaged_over_is_said_and_its_dots_are_cells():
    table = sweep_table()
    figure = distribution_of(table, PACTS, COST)
    words = texts_in(figure)
    assert "Averaged over 2 cells, each with the same weight: P: distance at which" in words
    assert "Dots: cells (the mean of each); diamonds: mean over the cells" in words
    assert sorted(dots_in(figure)) == pytest.approx(sorted(table.groupby([COST, REACH])[PACTS].mean()))
    assert "Averaged" not in texts_in(distribution_of(table, PACTS, COST, within=REACH))


def test_labels_come_from_the_records():
    words = texts_in(distribution_of(sweep_table(), "ally_distance", COST))
    assert parameter_label(COST) in words and measure_label("ally_distance") == "Ally distance (km)"
    assert "Ally distance (km)" in words


def test_many_histories_become_quartiles(monkeypatch):
    monkeypatch.setattr(distribution, "MOST_DOTS", 3)
    assert "Bars: quartiles" in texts_in(distribution_of(sweep_table(), PACTS, COST, within=REACH))


@pytest.mark.parametrize(("low", "high", "is_cut"), [(0.0, 1.0, True), (-5.0, 6.0, False)])
def test_an_interval_that_leaves_the_panel_is_announced(low, high, is_cut):
    sample = np.array([0.2, 0.8])
    mark = Mark(sample, estimate(sample), 1, 2, 2)
    assert mark.found.high > 4.0
    assert bool(intervals.cut_remark([mark], low, high)) == is_cut


# ---- selection -------------------------------------------------------------------------------------------------------


def test_a_mean_over_some_histories_says_over_how_many():
    figure = selection_figure(sweep_table(), COST, within=REACH)
    words = texts_in(figure)
    assert "over histories with pacts, 2 to 5 per condition" in words
    assert "dots: histories; 5 histories per condition" in words
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["2", "2"]


def test_the_three_measures_stand_one_below_the_other_to_scale():
    table = sweep_table()
    figure = selection_figure(table, COST)
    assert [axes.get_ylabel().replace("\n", " ") for axes in figure.axes] == list(map(measure_label,
                                                                                      (PACTS, GIVEN, ALL)))
    joined = next(line for line in figure.axes[0].lines if line.get_linewidth() == 0.9)
    assert joined.get_xdata().tolist() == [0.0, 0.2, 0.8]
    assert joined.get_ydata().tolist() == pytest.approx(table.groupby(COST)[PACTS].mean().tolist())


# ---- degenerate tables and refusals ----------------------------------------------------------------------------------


def no_pacts(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{PACTS: 0.0, GIVEN: np.nan, ALL: 0.0})


def all_failed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(status="failed", **{PACTS: np.nan, GIVEN: np.nan, ALL: np.nan})


@pytest.mark.parametrize("draw", [lambda table: distribution_of(table, GIVEN, COST),
                                  lambda table: selection_figure(table, COST)])
@pytest.mark.parametrize(("change", "words"), [
    (no_pacts, "no history with pacts"), (all_failed, "no history"), (lambda table: table[:1], "0.2"),
    (lambda table: table.assign(**{PACTS: 3.0, GIVEN: 0.5, ALL: 0.5}), "0.5"),
    (lambda table: table.assign(**{COST: [str(cost) for cost in table[COST]]}), "0.2"),
    (lambda table: table.assign(**{COST: table[COST] > 0.1}), "false"),
])
def test_odd_tables_give_a_picture(draw, change, words, tmp_path):
    figure = draw(change(sweep_table()))
    assert words in texts_in(figure)
    assert save(figure, tmp_path, "odd")[0].stat().st_size > 1000


@pytest.mark.parametrize(("draw", "message"), [
    (lambda table: distribution_of(table[:0], PACTS, COST), "no history in the table"),
    (lambda table: distribution_of(table.drop(columns=PACTS), PACTS, COST), "no such column in the table; found"),
    (lambda table: selection_figure(table.drop(columns=GIVEN), COST), "no such column in the table; found"),
    (lambda table: distribution_of(table, PACTS, "coast"), "by: no such column in the table; found 'coast'"),
    (lambda table: distribution_of(table, PACTS, COST, within=COST), "the same column twice"),
    (lambda table: distribution_of(table.assign(**{PACTS: "many"}), PACTS, COST), "not a column of numbers"),
    (lambda table: distribution_of(table, PACTS, COST, power="Q"), "no such major power in the table; found 'Q'"),
    (lambda table: selection_figure(sweep_table(powers=("P", "Q")), COST), "several major powers in the table"),
    (lambda table: distribution_of(sweep_table(costs=range(41)).astype({COST: str}), PACTS, COST),
     "too many values to tell apart"),
    (lambda table: selection_figure(sweep_table(reaches=range(7)).astype({REACH: str}), COST, REACH),
     "too many values to tell apart"),
    (lambda table: predicted_against_observed(table), "no such column in the table; found 'weak_state'"),
])
def test_what_cannot_be_shown_is_refused(draw, message):
    with pytest.raises(Refusal) as refused:
        draw(sweep_table())
    assert message in str(refused.value)


# ---- which figures a folder gets -------------------------------------------------------------------------------------


def test_what_varies_most_goes_along_the_axis():
    assert axes_of(sweep_table()) == (COST, REACH)
    assert axes_of(sweep_table(costs=(0.1,))) == (REACH, None)
    assert axes_of(sweep_table(costs=(0.1,), reaches=(600.0,))) == (None, None)
    assert axes_of(sweep_table(costs=range(9), reaches=range(8))) == (COST, None)


def test_a_study_gets_its_figures_for_every_power():
    one, two = (table.assign(pacts_beyond_paper=table[PACTS] / 2.0) for table in (
        sweep_table(), sweep_table(powers=("P", "Q"))))
    assert list(study_figures(one, COST, REACH)) == ["number-of-pacts", "pacts-beyond-paper", "selection"]
    assert list(study_figures(one.assign(paper_pacts=0.0), COST)) == ["number-of-pacts", "selection"]
    assert list(study_figures(two, COST)) == [
        "number-of-pacts-P", "pacts-beyond-paper-P", "selection-P", "number-of-pacts-Q", "pacts-beyond-paper-Q",
        "selection-Q"]
    assert list(study_figures(sweep_table(costs=(0.1, 0.8), reaches=(600.0,)), None)) == ["number-of-pacts"]


# ---- one history -----------------------------------------------------------------------------------------------------


def made_up_history(scenario: Scenario) -> History:
    """Every state an ally of the first power from the third year on, with a war that it fights and one it does not."""
    powers, states = len(scenario.major_powers), len(scenario.states)
    history = empty_history(scenario.years, np.arange(powers * states, dtype=float).reshape(powers, states) * 100, 250)
    history.commitment[2:, 0], history.autonomy[2:, 0], history.since[2:, 0] = 0.5, 0.25, 3.0
    own = history.series[2:, 0]
    own[:, [Series.PACTS, Series.COMMITMENT, Series.AUTONOMY]] = states, 0.5 * states, 0.25 * states
    own[0, Series.INTERVENTIONS] = own[1, Series.ABANDONMENTS] = 1.0
    return history


def test_a_history_shows_terms_only_where_there_are_pacts():
    scenario = one_power()
    figure = history_figure(made_up_history(scenario), scenario, "P")
    commitment = figure.axes[1].lines[0].get_ydata()
    assert np.isnan(commitment[:2]).all() and commitment[2:].tolist() == [0.5] * 6
    assert [bar.get_height() for bar in figure.axes[2].patches if bar.get_height()] == [1.0, 1.0]
    words = texts_in(figure)
    assert "A 0 km" in words and "the 3 of 3 states" in words


def test_a_history_of_nothing_says_so():
    scenario = two_powers()
    words = texts_in(history_figure(made_up_history(scenario), scenario, "Q"))
    for line in ("no pact in any year", "no ally was challenged", "no state was ever an ally"):
        assert line in words


def test_more_allies_than_fit_are_cut_and_counted():
    states = {f"S{number}": state() for number in range(MOST_ROWS + 6)}
    scenario = one_power(states)
    figure = history_figure(made_up_history(scenario), scenario, "P")
    assert len(figure.axes[3].get_yticks()) == MOST_ROWS
    assert f"of which the {MOST_ROWS} that were longest are shown" in texts_in(figure)


def test_a_history_of_something_else_is_refused():
    scenario = one_power()
    with pytest.raises(Refusal, match="no such major power"):
        history_figure(made_up_history(scenario), scenario, "Q")
    with pytest.raises(Refusal, match="not a history of this scenario"):
        history_figure(made_up_history(two_powers()), scenario, "P")


def observed_scenario() -> Scenario:
    """Two allies in the record, one state that was none, and one of which the record says nothing."""
    states = {code: state(observed={} if was is None else {"P": was})
              for code, was in (("A", True), ("B", False), ("C", True), ("D", None))}
    return one_power(states, recording={"window_years": 4})


def test_predicted_against_observed_counts_every_state():
    scenario = observed_scenario()
    history = made_up_history(scenario)
    history.since[:, 0, 2] = 0.0
    table = predictions(history, scenario)
    assert table["outcome"].tolist() == ["hit", "false alarm", "miss", "no record"]
    words = texts_in(predicted_against_observed(table))
    assert "Hit: 1, false alarm: 1, miss: 1, no record: 1; of 4 states" in words
    nothing = table.assign(share_of_years=0.0, observed=pd.array([False] * 4, "boolean"), outcome="correct rejection")
    assert "Not drawn: 4 states" in texts_in(predicted_against_observed(nothing))
    with pytest.raises(Refusal, match="no prediction in the table for Q"):
        predicted_against_observed(table, "Q")


def test_a_run_gets_a_prediction_only_where_there_is_a_record():
    scenario = two_powers()
    assert list(run_figures(made_up_history(scenario), scenario)) == ["history-P", "history-Q"]
    scenario = observed_scenario()
    assert list(run_figures(made_up_history(scenario), scenario)) == ["history", "predicted"]


# ---- files -----------------------------------------------------------------------------------------------------------


def test_the_same_figure_is_the_same_picture(tmp_path):
    first, second = (save(selection_figure(sweep_table(), COST), tmp_path / place, "s") for place in ("a", "b"))
    assert [path.name for path in first] == ["s.png", "s.pdf"]
    assert first[0].read_bytes() == second[0].read_bytes()
    for word in (b"CreationDate", b"Producer", b"Software", b"matplotlib"):
        assert word not in first[0].read_bytes() + first[1].read_bytes()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden"])
def test_a_name_that_is_none_is_refused(name, tmp_path):
    with pytest.raises(Refusal, match="not a name for a file"):
        save(Figure(), tmp_path, name)


HISTORY = made_up_history(observed_scenario()), observed_scenario()


@pytest.mark.parametrize("draw", [
    lambda: distribution_of(sweep_table(), GIVEN, COST, within=REACH),
    lambda: distribution_of(no_pacts(sweep_table()), GIVEN, COST),
    lambda: selection_figure(sweep_table(), COST, within=REACH), lambda: selection_figure(sweep_table(), COST),
    lambda: selection_figure(all_failed(sweep_table()), COST), lambda: history_figure(*HISTORY, "P"),
    lambda: predicted_against_observed(predictions(*HISTORY)),
])
def test_nothing_runs_over_the_page_or_into_the_note(draw):
    figure = draw()
    figure.set_dpi(PNG_DOTS_PER_INCH)
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    page = figure.get_tightbbox(renderer)
    assert page.x0 >= 0 and page.y0 >= 0
    assert page.x1 <= figure.get_figwidth() and page.y1 <= figure.get_figheight()
    note = figure.texts[-1].get_window_extent(renderer)
    labels = [text for text in figure.texts[:-1] if text.get_text() == figure.get_supxlabel()]
    above = [axes.get_tightbbox(renderer) for axes in figure.axes] + [
        text.get_window_extent(renderer) for text in labels]
    assert min(box.y0 for box in above) >= note.y1


def test_a_note_of_wide_letters_stays_on_the_page():
    figure = new_figure(ONE_COLUMN, 2.0)
    figure.subplots().set_title("P")
    add_note(figure, "WWWW MMMM " * 30)
    figure.set_dpi(PNG_DOTS_PER_INCH)
    page = figure.get_tightbbox(figure.canvas.get_renderer())
    assert page.x1 <= figure.get_figwidth() and page.y1 <= figure.get_figheight()


def test_what_is_the_same_in_all_histories_has_no_figure_and_is_told():
    table = sweep_table().assign(number_of_pacts=3.0, pacts_beyond_paper=3.0, paper_pacts=0.0)
    assert list(study_figures(table, COST, REACH)) == ["selection"]
    assert constant(table) == {"number_of_pacts": 3.0, "pacts_beyond_paper": 3.0}
    nobody = table.assign(number_of_pacts=0.0, autonomy_given_pact=np.nan, autonomy_all_states=0.0)
    assert study_figures(nobody, COST) == {}
    assert math.isnan(constant(nobody)["autonomy_given_pact"])
    assert constant(nobody.iloc[:1]) == {}  # of one history nothing can be the same
