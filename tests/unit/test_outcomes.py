"""Any measure by any factor: what each kind draws, held against pandas; levels, bins, powers, folders, labels."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from matplotlib.text import Text

from simulation.errors import Refusal
from simulation.figures.conditions import Choice, comparison
from simulation.figures.labels import naming
from simulation.figures.levels import Bin
from simulation.figures.outcomes import KINDS, draw_outcome, outcome_figure
from simulation.figures.style import PNG_DOTS_PER_INCH
from simulation.study.summary import estimate

pytestmark = pytest.mark.filterwarnings("error")
COST, REACH, SWITCH = "major_powers.P.costs.entrapment.war_cost", "major_powers.P.reach_half_distance_km", "years"
PACTS, GIVEN = "number_of_pacts", "autonomy_given_pact"


def table(costs=(0.0, 0.2, 0.8), reaches=(600.0, 1200.0), switches=(3, 5), replications=8, powers=("P",)):
    """A full grid whose histories share the luck of their replication."""
    rng, rows = np.random.default_rng(5), []
    luck = rng.normal(size=replications)
    for replication, cost, reach, switch, power in itertools.product(
            range(replications), costs, reaches, switches, powers):
        place = costs.index(cost) if isinstance(cost, str) else cost
        pacts = 5.0 - 2 * place + reach / 600 + switch + luck[replication] + rng.normal() / 3
        rows.append({"replication": replication, "status": "ok", "major_power": power, COST: cost, REACH: reach,
                     SWITCH: switch, PACTS: pacts, GIVEN: rng.uniform()})
    return pd.DataFrame(rows)


ONE = {REACH: 600.0, SWITCH: 3}


def texts_in(figure: Figure) -> str:
    figure.draw_without_rendering()
    return " ".join(" ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible()).split())


def values_of(rows: pd.DataFrame, measure: str = PACTS) -> list[np.ndarray]:
    one = rows[(rows[REACH] == 600.0) & (rows[SWITCH] == 3)]
    return [own[measure].to_numpy() for _, own in one.groupby(COST)]


# ---- what each kind draws --------------------------------------------------------------------------------------------


def test_boxes_are_the_quartiles():
    rows = table()
    axes = outcome_figure(rows, PACTS, Choice(COST, at=ONE), "box").axes[0]
    found = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in axes.patches]
    assert found == [pytest.approx(tuple(np.quantile(own, [0.25, 0.75]))) for own in values_of(rows)]


def test_violins_end_at_the_smallest_and_largest():
    rows = table(replications=12)
    axes = outcome_figure(rows, PACTS, Choice(COST, at=ONE), "violin").axes[0]
    ends = [(body.get_paths()[0].vertices[:, 1].min(), body.get_paths()[0].vertices[:, 1].max())
            for body in axes.collections]
    assert ends == [pytest.approx((own.min(), own.max())) for own in values_of(rows)]


def test_cumulative_shares_rise_by_one_history_at_its_value():
    rows = table()
    axes = outcome_figure(rows, PACTS, Choice(COST, at=ONE), "ecdf").axes[0]
    for line, own in zip(axes.lines, values_of(rows), strict=True):
        assert line.get_xdata()[1:].tolist() == pytest.approx(sorted(own))
        assert line.get_ydata().tolist() == pytest.approx(np.arange(9) / 8)


def test_outlines_of_histograms_hold_every_history():
    rows = table()
    axes = outcome_figure(rows, GIVEN, Choice(COST, at=ONE), "histogram").axes[0]
    drawn = [patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)]
    for data, own in zip(drawn, values_of(rows, GIVEN), strict=True):
        assert data.values.tolist() == pytest.approx((np.histogram(own.round(9), data.edges)[0] / len(own)).tolist())


def test_bars_at_values_are_equally_wide_and_stand_at_them():
    rows = table()
    rows[GIVEN] = rows[GIVEN].map(lambda value: 0.1 if value < 0.4 else 0.2 if value < 0.7 else 0.9)
    axes = outcome_figure(rows, GIVEN, Choice(COST, at=ONE), "histogram").axes[0]
    drawn = [patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)]
    assert drawn[0].edges.tolist() == pytest.approx([0.05, 0.15, 0.25, 0.85, 0.95])
    for data, own in zip(drawn, values_of(rows, GIVEN), strict=True):
        shares = [np.mean(own == value) for value in (0.1, 0.2, 0.9)]
        assert data.values.tolist() == pytest.approx([*shares[:2], 0.0, shares[2]])


def test_lines_are_means_and_their_bars_the_intervals():
    rows = table()
    axes = outcome_figure(rows, PACTS, Choice(COST, REACH, at={SWITCH: 3}), "line").axes[0]
    own = rows[rows[SWITCH] == 3]
    for line, bars, (_, level) in zip(axes.lines, axes.collections, own.groupby(REACH), strict=True):
        found = [estimate(cell[PACTS].to_numpy()) for _, cell in level.groupby(COST)]
        assert line.get_ydata().tolist() == pytest.approx([one.mean for one in found])
        drawn = [tuple(bar[:, 1]) for bar in bars.get_segments()]
        assert drawn == [pytest.approx((one.low, one.high)) for one in found]


@pytest.mark.parametrize("kind", ["dots", "box", "violin", "line", "ridge"])
def test_one_history_is_not_said_to_have_an_interval(kind):
    one = table(replications=1)
    told = texts_in(outcome_figure(one, PACTS, Choice(COST, at=ONE), kind))
    assert "what the one history there came to, without an interval" in told and "95% interval" not in told
    several = table(replications=2)
    some = several[(several["replication"] == 0) | (several[COST] > 0.5)]
    told = texts_in(outcome_figure(some, PACTS, Choice(COST, at=ONE), kind))
    assert "mean and 95% interval (Student's t) over histories, none where there is one history" in told


def test_a_factor_with_one_level_is_shown_by_its_last_keys_as_well():
    told = texts_in(outcome_figure(table(costs=(0.2,)), PACTS, Choice("war_cost", at=ONE)))
    assert "cost of an easy war next door" in told


def test_a_heat_map_of_thousands_writes_no_powers_of_ten():
    rows = table(reaches=(12_000.0, 24_000.0))
    rows[PACTS] = 1644.7 + rows["replication"] * 10.0 + (rows[REACH] > 12_000.0) * 20_000.0
    told = texts_in(outcome_figure(rows, PACTS, Choice(COST, REACH, at={SWITCH: 3}), "heat"))
    assert "e+" not in told
    for word in ("12000", "24000", "1680", "21680"):
        assert word in told


def test_a_heat_map_holds_the_means_and_writes_them():
    rows = table()
    figure = outcome_figure(rows, PACTS, Choice(COST, REACH), "heat")
    means = rows.groupby([REACH, COST])[PACTS].mean().unstack().to_numpy()
    assert np.ma.filled(figure.axes[0].images[0].get_array()) == pytest.approx(means)
    assert [text.get_text() for text in figure.axes[0].texts] == [f"{mean:.3g}" for mean in means.flat]


def test_a_scatter_shows_only_histories_with_both_measures():
    rows = table()
    rows.loc[rows.index[::3], GIVEN] = np.nan
    axes = outcome_figure(rows, PACTS, Choice(COST, at=ONE), "scatter", against=GIVEN).axes[0]
    own = rows[(rows[REACH] == 600.0) & (rows[SWITCH] == 3)].dropna(subset=[GIVEN])
    small = [line for line in axes.lines if line.get_markersize() < 3 and line.get_marker() != "None"]
    assert sum(len(line.get_xdata()) for line in small) == len(own)
    assert set(np.concatenate([line.get_ydata() for line in small])) == set(own[PACTS])


# ---- no interval over a mixture --------------------------------------------------------------------------------------


def test_factors_left_out_are_averaged_over_with_an_interval_over_replications():
    rows = table()
    compared = comparison(rows, [PACTS], Choice(COST))
    for mark, (_, own) in zip(compared.marks(PACTS, compared.panels[0]), rows.groupby(COST), strict=True):
        means = estimate(own.groupby("replication")[PACTS].mean().to_numpy())
        assert (mark.found.mean, mark.found.low, mark.found.high) == pytest.approx((means.mean, means.low, means.high))
        assert sorted(mark.values) == pytest.approx(sorted(own.groupby([REACH, SWITCH])[PACTS].mean()))
        put_together = estimate(own[PACTS].to_numpy())
        assert abs(put_together.high - put_together.low - (mark.found.high - mark.found.low)) > 0.05


def test_a_level_leaves_one_cell_whose_histories_are_shown():
    rows = table()
    figure = outcome_figure(rows, PACTS, Choice(COST, at={"reach_half_distance_km": 600, "years": 3}), "dots")
    words = texts_in(figure)
    assert "Dots: histories; diamonds: mean and 95% interval (Student's t)" in words and "Averaged" not in words
    assert "At P: distance at which half of the major power's strength arrives (km): 600; " in words
    span = comparison(rows, [PACTS], Choice(COST, at={REACH: (500.0, 700.0)}))
    assert span.rows[REACH].unique().tolist() == [600.0] and span.most_cells == 2


def test_a_cell_without_the_measure_leaves_no_mean_and_says_so():
    rows = table()
    rows.loc[(rows[COST] == 0.8) & (rows[REACH] == 600.0) & (rows[SWITCH] == 3), GIVEN] = np.nan
    figure = outcome_figure(rows, GIVEN, Choice(COST), "line")
    assert np.isnan(figure.axes[0].lines[0].get_ydata()).tolist() == [False, False, True]
    assert "No mean where a cell has no history with the measure." in texts_in(figure)


def test_what_a_design_does_not_cross_is_said():
    rows = table(replications=3)
    rows[REACH] = 600.0 + 100 * rows[COST]
    words = texts_in(outcome_figure(rows, PACTS, Choice(COST, SWITCH), "line"))
    assert "The design does not cross what is shown with what is not" in words


# ---- many levels -----------------------------------------------------------------------------------------------------


def test_a_hundred_values_are_put_into_bins_of_cells():
    rows = table(costs=tuple(np.arange(100) / 100), reaches=(600.0,), switches=(3,), replications=3)
    figure = outcome_figure(rows, PACTS, Choice(COST), "box")
    assert "100 values in 10 bins of 10, averaged with the same weight" in texts_in(figure)
    compared = comparison(rows, [PACTS], Choice(COST))
    assert compared.conditions[0] == Bin(0.0, 0.09) and [mark.cells for mark in compared.marks(PACTS, "all histories")
                                                         ] == [10] * 10
    assert len(outcome_figure(rows, PACTS, Choice(COST), "line").axes[0].lines[0].get_xdata()) == 100


def test_a_sample_is_put_into_bins_for_every_kind():
    rng, number = np.random.default_rng(6), 60
    points = pd.DataFrame({COST: rng.uniform(size=number), REACH: rng.uniform(300, 900, size=number)})
    rows = pd.concat([points.assign(status="ok", major_power="P", replication=replication, **{
        PACTS: rng.normal(size=number)}) for replication in range(2)])
    figure = outcome_figure(rows, PACTS, Choice(COST, bins=6), "line")
    assert len(figure.axes[0].lines[0].get_xdata()) == 6
    assert "60 values in 6 bins of 10" in texts_in(figure) and "intervals are of luck alone" in texts_in(figure)


@pytest.mark.parametrize("kind", ["dots", "box", "violin", "line", "heat", "ridge"])
@pytest.mark.parametrize("word", ["{}", "a level of a long name {}"])
@pytest.mark.parametrize("number", [7, 40])
def test_labels_never_run_into_each_other(kind, word, number):
    rows = table(costs=tuple(word.format(place) for place in range(number)), switches=(3,), replications=2)
    figure = outcome_figure(rows, PACTS, Choice(COST, REACH), kind)
    figure.set_dpi(PNG_DOTS_PER_INCH)
    figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
            boxes = [label.get_window_extent() for label in labels if label.get_visible() and label.get_text()]
            assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))


# ---- powers, folders, words, own axes --------------------------------------------------------------------------------


def test_several_powers_stand_side_by_side():
    rows = table(powers=("P", "Q"))
    assert [axes.get_title() for axes in outcome_figure(rows, PACTS, Choice(COST)).axes] == ["P", "Q"]
    by_power = outcome_figure(rows, PACTS, Choice("major_power", COST, at=ONE), "dots")
    assert [label.get_text() for label in by_power.axes[0].get_xticklabels()] == ["P", "Q"]
    with pytest.raises(Refusal, match="several major powers in the table; allowed: one of P, Q"):
        outcome_figure(rows, PACTS, Choice(COST, REACH))


def test_folders_are_never_averaged_over():
    rows = pd.concat([table().assign(folder=name) for name in ("one", "two")])
    assert [axes.get_title() for axes in outcome_figure(rows, PACTS, Choice(COST)).axes] == ["one", "two"]
    with pytest.raises(Refusal, match="several folders in the table; allowed: folder as a factor"):
        outcome_figure(rows, PACTS, Choice(COST, REACH))


def test_users_give_words():
    with naming({COST: "How dear wars are", PACTS: "Allies", "0.8": "ruinous"}):
        words = texts_in(outcome_figure(table(), PACTS, Choice(COST), "dots"))
    assert "How dear wars are" in words and "Allies" in words and "ruinous" in words
    assert "How dear wars are" not in texts_in(outcome_figure(table(), PACTS, Choice(COST), "dots"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("heat", "scatter")])
def test_on_axes_of_the_user_s_own(kind):
    figure = Figure(figsize=(5, 3))
    axes = figure.subplots()
    caption = draw_outcome(axes, table(), PACTS, Choice(COST, at=ONE), kind)
    assert axes.get_xlabel() and axes.has_data()
    assert any("At P: " in sentence for sentence in caption) and not figure.texts


def test_on_axes_of_the_user_s_own_there_is_one_panel():
    axes = Figure().subplots()
    assert draw_outcome(axes, table(), PACTS, Choice(COST, REACH), "heat")
    with pytest.raises(Refusal, match="several panels"):
        draw_outcome(axes, table(), PACTS, Choice(COST, REACH), "box")


@pytest.mark.parametrize(("choice", "kind", "against", "message"), [
    (Choice(COST), "boxes", "", "kind: no such kind of figure; found 'boxes'; allowed: dots, box"),
    (Choice(COST), "heat", "", "kind: missing; allowed: two factors"),
    (Choice(COST), "box", GIVEN, "kind: not a kind for two measures; found box"),
    (Choice(COST), "scatter", "", "kind: not a kind for one measure; found scatter"),
    (Choice("cost"), None, "", "by: no such column in the table; found 'cost'"),
    (Choice("war_costs"), None, "", "did you mean war_cost?"),
    (Choice(COST, at={"years": 4}), None, "", "at: years: no history at this level; found 4; allowed: 3, 5"),
    (Choice(COST, at={"years": "x"}), None, "", "at: years: no history at this level; found 'x'"),
])
def test_what_cannot_be_drawn_is_refused_in_one_line(choice, kind, against, message):
    with pytest.raises(Refusal) as refused:
        outcome_figure(table(), PACTS, choice, kind, against)
    assert message in str(refused.value)


def test_few_numbers_are_called_dots_where_the_measure_exists_in_few_cells():
    """Eight cells with the measure in two of them are two dots, not a box."""
    rows = table(switches=tuple(range(8)), costs=(0.0,), reaches=(600.0,))
    rows.loc[rows[SWITCH] > 1, GIVEN] = np.nan
    assert "Fewer than 5 are drawn as dots." in texts_in(outcome_figure(rows, GIVEN, Choice(COST), "box"))
    assert "drawn as dots" not in texts_in(outcome_figure(rows, PACTS, Choice(COST), "box"))


def test_words_at_the_left_axis_fit_it_over_upright_labels():
    """Labels that stand upright made the panel lower than the words beside it, which ran into the key."""
    costs = tuple(f"a-rather-long-level-{number}" for number in range(12))
    figure = outcome_figure(table(costs=costs), GIVEN, Choice(COST, REACH), "line")
    figure.set_dpi(PNG_DOTS_PER_INCH)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    words, panel = axes.yaxis.label.get_window_extent(), axes.get_window_extent()
    assert axes.get_xticklabels()[0].get_rotation() == 90.0
    assert words.y1 < panel.y1 + 10.0


def test_fields_of_a_heat_map_have_no_power_of_ten():
    rows = table()
    rows[PACTS] = 1430.0 + 300.0 * rows["replication"]
    words = texts_in(outcome_figure(rows, PACTS, Choice(COST, REACH), "heat"))
    assert "2480" in words and "interval is 614 at most" in words


@pytest.mark.parametrize("kind", ["line", "ecdf"])
def test_on_axes_of_the_user_s_own_the_key_fits_them(kind):
    """The words of its head stood over the axis and its label."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots(1, 2)[0]
    chosen = Choice(COST, REACH) if kind == "line" else Choice(REACH, None)
    draw_outcome(axes, table(), PACTS, chosen, kind)
    figure.draw_without_rendering()
    key, panel = axes.get_legend().get_window_extent(), axes.get_window_extent()
    assert key.x0 > panel.x0 and key.x1 < panel.x1
