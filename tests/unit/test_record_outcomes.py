"""Hits, misses and false alarms of held-out predictions, in a table and on the map."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.text import Text

from simulation.errors import Refusal
from simulation.figures.outcome_map import outcome_map
from simulation.record.capitals import capitals
from simulation.record.country_codes import cow_code
from simulation.record.cow_states import BY_CODE
from simulation.record.outcomes import COLUMNS, outcome_table
from simulation.scenario.file import load_scenario

pytestmark = pytest.mark.filterwarnings("error")
MODEL = "theory, three terms"
SEEN = [("USA", "CAN", 1, 0.9), ("USA", "FRN", 1, 0.5), ("USA", "PAK", 1, 0.1), ("USA", "MON", 0, 0.7),
        ("USA", "EGY", 0, 0.2), ("RUS", "BLR", 1, 0.8), ("RUS", "EGY", 0, 0.0)]


@pytest.fixture
def predictions() -> pd.DataFrame:
    rows = [{"power": power, "state": state, "year": year, "pact": pact, MODEL: probability}
            for power, state, pact, probability in SEEN for year in (2004, 2005)]
    return pd.DataFrame(rows)


def texts_in(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text)]


def test_every_state_is_a_hit_a_miss_a_false_alarm_or_a_correct_rejection(predictions):
    table = outcome_table(predictions, [MODEL], 2005)
    assert list(table.columns) == list(COLUMNS) and set(table["year"]) == {2005}
    own = table[table["power"] == "USA"]
    assert list(zip(own["name"], own["outcome"], strict=True)) == [
        ("Canada", "hit"), ("France", "hit"), ("Mongolia", "false alarm"), ("Pakistan", "miss"),
        ("Egypt", "correct rejection")]
    assert list(table.loc[table["power"] == "RUS", "outcome"]) == ["hit", "correct rejection"]
    with pytest.raises(Refusal, match="no such year"):
        outcome_table(predictions, [MODEL], 1815)


def test_every_state_of_the_list_has_a_capital_where_scenarios_have_it():
    places = capitals()
    assert set(places.index) == set(BY_CODE) and places.index.is_unique
    assert places["latitude"].between(-60, 75).all() and places["longitude"].between(-180, 180).all()
    two_capitals = {"MYA", "BOL"}  # Naypyidaw and Sucre here, Yangon and La Paz there
    for name in ("russia-2005", "united-states-2005"):
        for code, state in load_scenario(f"scenarios/{name}.yaml").states.items():
            own = cow_code(code, 2005, "ISO3 code")
            if own not in two_capitals:
                assert places.loc[own].tolist() == pytest.approx(
                    [state.capital.latitude, state.capital.longitude], abs=0.5), own


def test_the_map_names_hits_misses_and_false_alarms_and_counts_the_others(predictions):
    table = outcome_table(predictions, [MODEL], 2005)
    said = texts_in(outcome_map(table, "USA"))
    assert {"CAN", "FRN", "PAK", "MON"} <= set(said) and "EGY" not in said
    assert {"hit: 2", "miss: 1", "false alarm: 1", "correct rejection: 1"} <= set(said)
    note = " ".join(" ".join(said).split())
    assert "Misses: Pakistan (PAK)." in note and "False alarms: Mongolia (MON)." in note
    assert "Hits: Canada, France." in note
    lines = outcome_map(table, "USA").axes[0].lines
    longitude, latitude = capitals().loc["PAK", ["longitude", "latitude"]]
    assert [[longitude, latitude]] in [line.get_xydata().tolist() for line in lines]


def test_a_map_without_an_ally_or_with_a_state_of_unknown_place_says_so(predictions):
    alone = outcome_table(predictions[predictions["state"] == "EGY"], [MODEL], 2005)
    assert "Misses: none." in " ".join(texts_in(outcome_map(alone, "RUS")))
    unknown = outcome_table(predictions.assign(state="XYZ").drop_duplicates(["power", "year"]), [MODEL], 2005)
    said = " ".join(texts_in(outcome_map(unknown, "USA")))
    assert "Not drawn: 1 states whose capital is not known." in said and "no state whose place is known" in said
    with pytest.raises(Refusal, match="no prediction in the table"):
        outcome_map(alone, "CHN")
    with pytest.raises(Refusal, match="probability"):
        outcome_map(alone.drop(columns="probability"), "RUS")


def test_codes_on_a_crowded_map_do_not_cover_each_other():
    codes = ["BEL", "NTH", "LUX", "FRN", "GMY", "SWZ", "AUS", "SLV", "CRO", "HUN", "SLO", "CZR", "POL", "DEN", "BOS",
             "YUG", "MNG", "ALB", "MAC", "KOS", "BUL", "ROM", "GRC", "ITA", "JPN"]
    crowd = pd.DataFrame([{"power": "USA", "state": code, "year": 2005, "pact": 1, MODEL: 0.9} for code in codes])
    figure = outcome_map(outcome_table(crowd, [MODEL], 2005), "USA")
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert 5 < len(boxes) < 25
    for number, box in enumerate(boxes):
        for other in boxes[:number]:
            shared = max(0.0, min(box.x1, other.x1) - max(box.x0, other.x0)) * max(
                0.0, min(box.y1, other.y1) - max(box.y0, other.y0))
            assert shared < 0.5 * min(box.width * box.height, other.width * other.height)
