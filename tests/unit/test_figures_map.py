"""Portfolios in space: allies are named and counted, missing coordinates give a strip, bad tables are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from simulation.analysis.locations import has_places, pacts_at_end, portfolio_places
from simulation.errors import Refusal
from simulation.figures.coastlines import coastlines
from simulation.figures.portfolio_map import COLUMNS, MOST_PANELS, highest_shade, portfolio_map
from simulation.figures.registry import run_figures, solve_figures
from simulation.history.series import empty_history
from simulation.scenario.file import load_scenario
from tests.builders import one_power, two_powers

pytestmark = pytest.mark.filterwarnings("error")
PACTS = pd.DataFrame([("RUS", "ARM", 0.5, 0.4)], columns=["power", "state", "commitment", "autonomy"])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return portfolio_places(load_scenario("scenarios/russia-2005.yaml"), PACTS)


def texts_in(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text)]


def test_allies_alone_are_named_on_a_map(table):
    said = texts_in(portfolio_map(table))
    assert "ARM" in said
    assert "LTU" not in said
    assert "Filled: 1 pact," in " ".join(said)


def test_allies_in_the_record_stand_in_a_ring_and_are_named(table):
    figure = portfolio_map(table)
    said = texts_in(figure)
    observed = table[table["observed"].eq(True)]
    assert {"ARM", "BLR", "UZB"} <= set(observed["weak_state"]) and set(observed["weak_state"]) <= set(said)
    assert "Ring: an ally in the record." in " ".join(said)
    rings = figure.axes[0].collections[1]
    assert rings.get_offsets().tolist() == observed[["longitude", "latitude"]].to_numpy().tolist()
    left, right = figure.axes[0].get_xlim()
    assert left < observed["longitude"].min() and observed["longitude"].max() < right
    assert "Ring" not in " ".join(texts_in(portfolio_map(table.assign(observed=None))))


def test_coastlines_are_those_of_the_earth():
    points = np.vstack(coastlines())
    assert np.abs(points).max(axis=0) == pytest.approx([180.0, 90.0], abs=8.0)
    lisbon, alexandria, singapore, cape_town = (-9.5, 38.7), (30.0, 31.2), (103.8, 1.3), (18.4, -34.0)
    for longitude, latitude in (lisbon, alexandria, singapore, cape_town):
        assert np.hypot(*(points - (longitude, latitude)).T).min() < 1.5
    along_the_edge = [line for line in coastlines() if (np.abs(line[:, 0]) > 179.9).all() and len(line) > 1]
    assert along_the_edge == []
    assert max(np.abs(np.diff(line[:, 0])).max() for line in coastlines()) < 90.0  # none goes round the earth


def test_without_coordinates_states_stand_by_distance(table):
    said = texts_in(portfolio_map(table.assign(latitude=np.nan)))
    assert "Distance (km)" in said
    assert "BLR" in said


def test_no_pact_and_one_state_are_drawn(table):
    alone = table.iloc[:1].assign(commitment=np.nan, autonomy=np.nan)
    assert "no pacts" in " ".join(texts_in(portfolio_map(alone, is_wide=True)))


def test_bad_tables_are_refused_in_words(table):
    crowd = pd.concat([table.assign(panel=number) for number in range(MOST_PANELS + 1)])
    for bad, words in ((table.drop(columns=COLUMNS[0]), "columns missing"), (table.iloc[:0], "no row"),
                       (crowd, "too many panels")):
        with pytest.raises(Refusal, match=words):
            portfolio_map(bad)


def overlaps(figure) -> list[tuple[str, str]]:
    """Codes of allies that cover each other, as drawn: capitals leave room above and beside them."""
    figure.draw_without_rendering()
    codes = [text for axes in figure.axes for text in axes.texts]
    boxes = [text.get_window_extent().expanded(0.95, 0.8) for text in codes]
    return [(codes[one].get_text(), codes[other].get_text()) for one in range(len(codes)) for other in range(one)
            if boxes[one].overlaps(boxes[other]) and codes[one].axes is codes[other].axes]


def test_codes_of_allies_close_to_each_other_can_be_told_apart(table):
    close = ["ARM", "GEO", "AZE", "BLR", "UKR", "LTU", "LVA", "EST"]
    pacts = pd.DataFrame([("RUS", code, 0.5, 0.4) for code in close], columns=PACTS.columns)
    assert set(close) <= set(table["weak_state"])
    figure = portfolio_map(portfolio_places(load_scenario("scenarios/russia-2005.yaml"), pacts))
    assert overlaps(figure) == []
    observed = set(table.loc[table["observed"].eq(True), "weak_state"])
    assert {text.get_text() for text in figure.axes[0].texts} == set(close) | observed


def test_no_code_covers_another_where_dots_leave_no_room():
    """On a map of the world Europe is all dots: ARM stood across GEO."""
    allies = ["CAN", "MEX", "HND", "COL", "PRT", "BEL", "DEU", "BIH", "TUR", "GEO", "ARM"]
    pacts = pd.DataFrame([("USA", code, 0.3, 0.1) for code in allies], columns=PACTS.columns)
    assert overlaps(portfolio_map(portfolio_places(load_scenario("scenarios/two-patrons-2005.yaml"), pacts))) == []


def test_of_many_allies_those_have_codes_for_whom_there_is_room():
    """Seventy codes lay on each other and on the dots."""
    scenario = load_scenario("scenarios/russia-2005-fitted.yaml")
    allies = list(scenario.states)
    pacts = pd.DataFrame([("RUS", code, 0.5, 0.1) for code in allies], columns=PACTS.columns)
    figure = portfolio_map(portfolio_places(scenario, pacts))
    assert overlaps(figure) == []
    named = [text.get_text() for text in figure.axes[0].texts]
    assert 10 < len(named) < 0.5 * len(allies)
    assert "Codes: where there is room." in " ".join(" ".join(texts_in(figure)).split())


@pytest.mark.parametrize(("autonomy", "highest"), [([0.31, 0.05], 0.4), ([0.4], 0.4), ([0.0], 1.0), ([1.0], 1.0),
                                                   ([np.nan], 1.0)])
def test_shades_end_at_the_tenth_above_the_most_autonomy(autonomy, highest):
    assert highest_shade(pd.Series(autonomy)) == pytest.approx(highest)


def test_panels_of_one_power_have_one_frame(table):
    both = pd.concat([table.assign(panel="one"), table.assign(panel="two", commitment=np.where(
        table["weak_state"] == "MNG", 0.5, np.nan), autonomy=0.1)])
    figure = portfolio_map(both, is_wide=True)
    figure.draw_without_rendering()
    assert figure.axes[0].get_xlim() == pytest.approx(figure.axes[1].get_xlim())


def test_a_history_is_mapped_by_the_pacts_of_its_last_year():
    scenario = load_scenario("scenarios/russia-2005.yaml")
    history = empty_history(scenario.years, np.full((1, len(scenario.states)), 100.0), 500.0)
    codes = list(scenario.states)
    history.since[:-1, 0, codes.index("LTU")] = 1.0  # had ended before
    history.since[-1, 0, codes.index("ARM")] = 3.0
    history.commitment[-1, 0, codes.index("ARM")], history.autonomy[-1, 0, codes.index("ARM")] = 0.6, 0.2
    assert pacts_at_end(scenario, history).to_numpy().tolist() == [["RUS", "ARM", 0.6, 0.2]]
    figures = run_figures(history, scenario)
    assert list(figures)[-1] == "map"
    said = texts_in(figures["map"])
    assert "ARM" in said and "LTU" not in said
    assert f"Pacts at the end of {scenario.start_year + scenario.years - 1}" in " ".join(said)


@pytest.mark.parametrize("scenario", [one_power(), two_powers()])
def test_without_the_capitals_of_all_there_is_no_map(scenario):
    assert not has_places(scenario)  # of the second, one state has a capital
    pacts = pd.DataFrame([(1, "P", "A", 0.5, 0.4)], columns=["equilibrium", *PACTS.columns])
    assert list(solve_figures(pacts, 1, "title", scenario)) == ["contracts"]


def test_of_many_equilibria_the_first_are_mapped_and_it_is_said():
    scenario = load_scenario("scenarios/russia-2005.yaml")
    pacts = pd.concat([PACTS.assign(equilibrium=number) for number in range(1, MOST_PANELS + 3)])
    said = texts_in(solve_figures(pacts, MOST_PANELS + 2, "title", scenario)["map"])
    assert f"Pacts in equilibrium, the first {MOST_PANELS} of {MOST_PANELS + 2}" in said
    assert f"Equilibrium {MOST_PANELS}" in said and f"Equilibrium {MOST_PANELS + 1}" not in said
    assert "map" not in solve_figures(pacts, 0, "title", scenario)


def test_with_several_powers_each_has_its_panel():
    scenario = load_scenario("scenarios/two-patrons-2005.yaml")
    said = texts_in(solve_figures(PACTS.assign(equilibrium=1), 1, "title", scenario)["map"])
    assert "Equilibrium 1: Russia" in said and "Equilibrium 1: United States" in said
