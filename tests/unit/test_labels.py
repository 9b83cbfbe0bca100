"""Words for levels and counts, as figures and commands write them."""

from __future__ import annotations

import pytest

from simulation.figures.labels import level_label, measure_meaning, naming, value_label
from simulation.scenario.documentation import with_unit


@pytest.mark.parametrize(("number", "unit", "told"), [
    (1, "years", "1 year"), (2, "years", "2 years"), (1, "histories", "1 history"), (600, "km", "600 km"),
    (1, "km", "1 km"), (1, "negotiations per year", "1 negotiation per year"), (0, "pacts", "0 pacts")])
def test_one_is_told_in_the_singular(number, unit, told):
    assert with_unit(number, unit) == told


def test_levels_have_their_unit_and_names_are_words():
    assert level_label("recording.window_years", 1) == "1 year"
    assert level_label("recording.window_years", 5) == "5 years"
    assert value_label("kalai_smorodinsky") == "Kalai-Smorodinsky"
    for typed in ("kalai_smorodinsky", "Kalai-Smorodinsky"):
        with naming({typed: "KS"}):
            assert value_label("kalai_smorodinsky") == "KS"


def test_what_a_measure_is_is_told_without_the_computer_s_words():
    assert measure_meaning("autonomy_given_pact") == "Mean autonomy conceded over pact-years; none without pacts."
