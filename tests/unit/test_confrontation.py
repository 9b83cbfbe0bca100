"""Theory against simulation: distances, settings, and ends that must be equilibria."""

from __future__ import annotations

import math

import pytest

from simulation.equilibrium.certificate import Contract
from simulation.study.confrontation import ALL_OFF, AS_GIVEN, Distance, confront, distance, relaxed
from tests.builders import one_power, state

PACTS = {"A": Contract("P", 0.5, 0.2), "B": Contract("P", 0.4, 0.1)}


@pytest.mark.parametrize(("other", "expected"), [
    (PACTS, Distance(0, 0.0)),
    ({"A": Contract("P", 0.5, 0.2)}, Distance(1, 0.0)),
    (PACTS | {"C": Contract("P", 1.0, 0.0)}, Distance(1, 0.0)),
    (PACTS | {"B": Contract("Q", 0.4, 0.1)}, Distance(1, 0.0)),
    (PACTS | {"B": Contract("P", 0.4, 0.4)}, Distance(0, pytest.approx(0.3))),
    (PACTS | {"A": Contract("P", 0.1, 0.2)}, Distance(0, pytest.approx(0.4))),
])
def test_distance_counts_states_and_measures_terms(other, expected):
    assert distance(PACTS, other) == expected
    assert distance(other, PACTS) == expected


def test_assignments_that_share_no_pact_have_no_terms_to_compare():
    difference = distance(PACTS, {"C": Contract("P", 0.5, 0.2)})
    assert difference.members == 3
    assert math.isnan(difference.terms)


def test_settings_switch_one_relaxation_off_each_and_then_all():
    scenario = one_power(relaxations={"learning": False})
    settings = relaxed(scenario)
    assert list(settings) == [AS_GIVEN, "without drift", "without misperception", "without limited attention",
                              "without exit friction", "without war aftermath", ALL_OFF]
    assert settings[AS_GIVEN] == scenario
    assert not settings["without drift"].relaxations.drift and settings["without drift"].relaxations.misperception
    assert not any(settings[ALL_OFF].relaxations.model_dump().values())
    assert list(relaxed(settings[ALL_OFF])) == [AS_GIVEN]


@pytest.fixture(scope="module")
def found():
    power = {"resolve": {"type": "drawn", "prior": 0.5}, "costs": {"entrapment": {"war_cost": 0.1}}}
    scenario = one_power({"A": state(), "B": state(toward={"P": {"distance_km": 700.0}})}, years=25,
                         crisis={"rationality": 6.0}, dynamics={"misperception": 0.8}, major_powers={"P": power})
    return confront(scenario, histories=4, seed=3, epsilon=0.01)


def test_without_relaxations_all_histories_end_at_an_equilibrium_of_their_types(found):
    line = found.lines[-1]
    assert line.name == ALL_OFF
    assert {end.types for end in line.ends} == set(found.solved) == {("resolute",), ("irresolute",)}
    assert (line.share_at_any, line.members) == (1.0, 0.0)
    assert line.terms <= 1e-6 or math.isnan(line.terms)
    for types, solved in found.solved.items():
        assert sum(line.share_at(types, place) for place in range(len(solved.equilibria))) == pytest.approx(1.0)


def test_with_them_histories_end_elsewhere(found):
    line = found.lines[0]
    assert line.name == AS_GIVEN
    assert line.share_at_any < 1.0
    assert line.terms > 0.01 or line.members > 0.0
