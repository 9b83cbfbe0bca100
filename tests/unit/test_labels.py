"""Words for levels and counts, as figures and commands write them."""

from __future__ import annotations

import pytest

from simulation.figures.labels import level_label, measure_meaning, naming, value_label
from simulation.history.measures import MEASURES
from simulation.scenario.documentation import rounded, with_unit


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
    assert [name for name in MEASURES if "NaN" in measure_meaning(name)] == []


@pytest.mark.parametrize(("number", "digits", "told"), [
    (12_000.0, 4, "12000"), (12_345, 4, "12345"), (1644.7, 3, "1645"), (9999.9, 4, "10000"), (0.01234, 3, "0.0123"),
    (-30_000.0, 4, "-30000"), (2e7, 3, "2e+07"), (0.00001, 3, "1e-05"), (float("nan"), 3, "nan")])
def test_thousands_are_written_out_and_no_digit_is_made_up(number, digits, told):
    assert rounded(number, digits) == told


def test_a_distance_is_labelled_as_it_was_given():
    assert level_label("weak_states.ATO.toward.SEA.distance_km", 12_000.0) == "12000 km"
