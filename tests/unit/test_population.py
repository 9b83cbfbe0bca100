"""Generated states: every figure is drawn by its own address, from the distribution that is asked for."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from simulation.errors import Refusal
from simulation.scenario.distributions import Population
from simulation.scenario.population import generate
from tests.builders import overlaid

PLAIN = {"count": 3, "seed": 7, "capability": 0.001, "challenger_capability": 0.002,
         "crisis_rate": {"uniform": {"low": 0.2, "high": 0.6}},
         "autonomy_value": {"uniform": {"low": 0.2, "high": 0.6}},
         "toward": {"P": {"distance_km": {"uniform": {"low": 100.0, "high": 900.0}}}}}


def states(**changes):
    return generate(Population.model_validate(overlaid(PLAIN, changes)))


def drawn(distribution, count=800, seed=7):
    """Instabilities of a large population: figures between 0 and 1."""
    found = states(count=count, seed=seed, instability=distribution)
    return [state.instability for state in found.values()]


# --- addresses --------------------------------------------------------------------------------------------------------

def test_codes_are_a_prefix_and_a_number():
    assert list(states()) == ["S001", "S002", "S003"]
    assert list(states(prefix="N", count=1)) == ["N001"]
    assert states()["S002"].name == "S002"


def test_what_is_done_to_a_state_is_not_done_to_those_drawn_next():
    before = {code: state.model_dump() for code, state in states().items()}
    found = states()
    found["S001"].rivals.append("S002")
    found["S002"].toward.clear()
    found["S003"].observed["P"] = True
    del found["S001"]
    assert {code: state.model_dump() for code, state in states().items()} == before


def test_a_larger_population_holds_the_smaller_one():
    few, many = states(), states(count=40)
    assert {code: many[code] for code in few} == few


def test_another_field_drawn_leaves_the_others_alone():
    before, after = states(), states(votes={"uniform": {"low": 1.0, "high": 2.0}})
    assert [state.votes for state in after.values()] != [1.0, 1.0, 1.0]
    assert {code: state.model_copy(update={"votes": 1.0}) for code, state in after.items()} == before


def test_another_power_leaves_the_standing_towards_the_first_alone():
    more = states(toward={"Q": {"distance_km": {"uniform": {"low": 100.0, "high": 900.0}}}})
    for code, state in states().items():
        assert more[code].toward["P"] == state.toward["P"]
        assert more[code].toward["Q"] != state.toward["P"]


def test_fields_states_and_seeds_have_luck_of_their_own():
    one = states()["S001"]
    assert one.crisis_rate != one.autonomy_value
    assert len({state.crisis_rate for seed in range(20) for state in states(seed=seed).values()}) == 60


# --- distributions ----------------------------------------------------------------------------------------------------

def test_a_number_stands_as_it_is():
    assert set(drawn(0.25, count=5)) == {0.25}


@pytest.mark.parametrize(("distribution", "expected"), [
    ({"uniform": {"low": 0.2, "high": 0.6}}, stats.uniform(0.2, 0.4)),
    ({"lognormal": {"median": 0.01, "sigma": 0.8}}, stats.lognorm(0.8, scale=0.01)),
    ({"beta": {"a": 2.0, "b": 5.0}}, stats.beta(2.0, 5.0)),
], ids=lambda x: next(iter(x)) if isinstance(x, dict) else "")
def test_figures_follow_the_distribution(distribution, expected):
    assert stats.kstest(drawn(distribution), expected.cdf).pvalue > 0.01


@pytest.mark.parametrize(("weights", "shares"), [([], (1 / 3, 1 / 3, 1 / 3)), ([1.0, 0.0, 3.0], (0.25, 0.0, 0.75))])
def test_choices_follow_their_weights(weights, shares):
    found = drawn({"choice": {"values": [0.1, 0.2, 0.3], "weights": weights}})
    for value, share in zip((0.1, 0.2, 0.3), shares, strict=True):
        spread = math.sqrt(share * (1 - share) / len(found))
        assert found.count(value) / len(found) == pytest.approx(share, abs=3.5 * spread)


def test_a_long_tail_ends_at_the_upper_bound_of_the_field():
    found = drawn({"lognormal": {"median": 0.9, "sigma": 1.0}})
    assert max(found) == 1.0
    assert 0.4 < found.count(1.0) / len(found) < 0.6


def test_other_figures_beyond_the_range_are_refused():
    with pytest.raises(Refusal) as refused:
        drawn({"uniform": {"low": 1.5, "high": 2.0}})
    assert str(refused.value).startswith("population.instability: out of range; found 1.")
    assert str(refused.value).endswith("(drawn for S001); allowed: 0 to 1")
    with pytest.raises(Refusal, match=r"population\.capability: out of range.*allowed: above 0 to 1"):
        states(capability={"uniform": {"low": 0.0, "high": 0.0}})
