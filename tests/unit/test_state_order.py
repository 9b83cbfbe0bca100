"""The order in which states are listed, as it is asked for."""

from __future__ import annotations

import pandas as pd
import pytest

from simulation.scenario.state_order import StateOrder, arranged, arranged_table, listing_states, order_in_words

PAIRS = [("P", "B", 300.0), ("P", "A", 500.0), ("P", "C", 100.0), ("P", "D", 50.0)]
GAINS = {("P", "A"): 2.0, ("P", "B"): 3.0}


def codes(order, usual=None):
    with listing_states(order, GAINS):
        return "".join(PAIRS[place][1] for place in arranged(PAIRS, usual))


@pytest.mark.parametrize(("order", "usual", "found"), [
    (None, None, "BACD"), (None, StateOrder.DISTANCE, "DCBA"), (StateOrder.NAME, StateOrder.DISTANCE, "ABCD"),
    (StateOrder.GAIN, None, "BADC"), (StateOrder.DISTANCE, StateOrder.NAME, "DCBA")])
def test_states_stand_in_the_order_that_is_asked_for_or_the_usual_one(order, usual, found):
    assert codes(order, usual) == found


def test_a_table_is_arranged_and_its_caption_says_how():
    table = pd.DataFrame(PAIRS, columns=["major_power", "weak_state", "distance_km"])
    assert list(arranged_table(table, StateOrder.DISTANCE)["weak_state"]) == ["D", "C", "B", "A"]
    assert order_in_words(StateOrder.DISTANCE) == "nearest first"
    with listing_states(StateOrder.NAME):
        assert order_in_words(StateOrder.DISTANCE) == "by name"
        assert list(arranged_table(table, StateOrder.DISTANCE)["weak_state"]) == ["A", "B", "C", "D"]
    assert arranged_table(table[:0], StateOrder.DISTANCE).empty
