"""Portfolios in space: allies are named and counted, missing coordinates give a strip, bad tables are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from simulation.analysis.places import portfolio_places
from simulation.errors import Refusal
from simulation.figures.portfolio_map import COLUMNS, MOST_PANELS, portfolio_map
from simulation.scenario_file import load_scenario

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
    assert "BLR" not in said
    assert "Filled: 1 pact," in " ".join(said)


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
