"""Why a pair is allied or not: held against every contract of a fine grid, valued by the public payoff functions."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from simulation.analysis import turning_values
from simulation.analysis.pair import pair_of
from simulation.analysis.reasons import reasons, signatures
from simulation.analysis.turning_values import (
    Precision,
    Turn,
    in_equilibrium,
    in_histories,
    nearest_turn,
    parameters_of,
)
from simulation.equilibrium.search import solve
from simulation.history.simulate import begun
from simulation.history.tables import tabulated
from simulation.scenario.file import load_scenario
from simulation.scenario.parameters import WeakState
from simulation.theory.many_contracts import gains_of_all
from simulation.theory.payoffs import gains
from tests.builders import one_power

RUSSIA = load_scenario(Path(__file__).parents[2] / "scenarios" / "russia-2005.yaml")
HIT, MISS, FALSE_ALARM = "ARM", "UZB", "MDA"
NODES = 301
EXACT = Precision(24, 1e-3)


@pytest.fixture(scope="module")
def pacts():
    return solve(RUSSIA).equilibria[0].pacts


@pytest.fixture(scope="module", params=[HIT, MISS, FALSE_ALARM])
def case(request, pacts):
    """A state, what is told of it, and both sides' gains from every contract of a grid."""
    problem = pair_of(RUSSIA, request.param, "RUS", pacts).problem
    terms = np.array(list(itertools.product(np.linspace(0.1, 1.0, NODES), np.linspace(0.0, 1.0, NODES)))).T.copy()
    worth = np.empty_like(terms)
    gains_of_all(problem, *terms, *worth)
    assert tuple(worth[:, 777]) == pytest.approx(gains(problem, *terms[:, 777]))
    return request.param, reasons(RUSSIA, pacts, request.param), worth


def test_what_each_side_could_gain_is_what_a_grid_of_contracts_gives(case):
    _, told, (weak, major) = case
    assert weak.max() <= told.most_weak + 1e-12 and told.most_weak - weak.max() < 1e-4
    assert major.max() <= told.most_major + 1e-12 and told.most_major - major.max() < 1e-4


def test_signatures_are_told_of_every_pair_that_is_or_was_allied(pacts):
    table = signatures(RUSSIA, pacts).set_index("state")
    observed = {code for code, state in RUSSIA.states.items() if state.observed["RUS"]}
    assert set(table.index) == set(pacts) | observed
    for code, came_to in table["outcome"].items():
        assert came_to == ("miss" if code not in pacts else "hit" if code in observed else "false alarm")
    for code in (HIT, MISS, FALSE_ALARM):
        told, row = reasons(RUSSIA, pacts, code), table.loc[code]
        assert (row["commitment"], row["weak_gain"], row["major_gain"], row["elsewhere"]) == (
            told.contract.commitment, told.contract.weak_gain, told.contract.major_gain, told.elsewhere)
        assert row["refused_by"] == " ".join({"weak": code, "major": "RUS"}[side] for side in told.refused_by)
        assert {name: row[name] for name in told.contract.terms} == told.contract.terms
    silent = RUSSIA.replace("weak_states.*.observed", {})
    assert signatures(silent, pacts).empty


def test_what_the_other_would_sign_is_what_a_grid_of_contracts_gives(case):
    _, told, (weak, major) = case
    for own, value, other, floor in ((weak, told.weak_if_major_signs, major, 0.0),
                                     (major, told.major_if_weak_signs, weak, told.elsewhere)):
        signed = own[other >= floor]
        if value is None:
            assert signed.size == 0
        else:
            assert signed.max() <= value + 1e-7 and value - signed.max() < 1e-3


def test_the_contract_is_that_of_the_equilibrium_or_the_nearest_to_one(case, pacts):
    state, told, (weak, major) = case
    own = told.contract
    if told.is_allied:
        assert (own.commitment, own.autonomy) == (pacts[state].commitment, pacts[state].autonomy)
        assert told.refused_by == ()
    else:
        short = np.minimum(weak - told.elsewhere, major).max()
        found = min(own.weak_gain - told.elsewhere, own.major_gain)
        assert short <= found + 1e-12 and found - short < 1e-4
        assert told.refused_by and found < 0.0


def test_the_terms_add_up_to_the_gains(case):
    _, told, _ = case
    own = told.contract
    signed = {name: -value if "cost" in name else value for name, value in own.terms.items()}
    weak = math.fsum(value for name, value in signed.items() if name.startswith("weak_"))
    assert weak == pytest.approx(own.weak_gain, abs=1e-12)
    assert math.fsum(signed.values()) - weak == pytest.approx(own.major_gain, abs=1e-12)


def test_an_outside_option_turns_it_where_it_exceeds_what_the_other_would_sign(pacts):
    """Found by moving the parameter through the whole equilibrium, and by looking at one pair's contracts."""
    for state in (HIT, FALSE_ALARM):
        path = f"weak_states.{state}.outside_option"
        turn = nearest_turn(RUSSIA, path, in_equilibrium(pacts, "RUS", state), 1.0, EXACT)
        assert turn.value == pytest.approx(reasons(RUSSIA, pacts, state).weak_if_major_signs, rel=0.01)


@pytest.mark.parametrize(("state", "path", "now"), [
    (MISS, "major_powers.RUS.benefits.denial", 0.0), (FALSE_ALARM, "weak_states.MDA.toward.RUS.rival_pull", 1.0)])
def test_the_answer_is_another_at_the_value_told_and_the_present_one_a_little_before(pacts, state, path, now):
    answer = in_equilibrium(pacts, "RUS", state)
    turn = nearest_turn(RUSSIA, path, answer, now, EXACT)
    here = RUSSIA.value(path)
    before = turn.value + 0.02 * (here - turn.value) / abs(here - turn.value) * turn.value
    assert turn.answer == answer(RUSSIA.replace(path, turn.value)) == 1.0 - now
    assert answer(RUSSIA.replace(path, before)) == now


def test_the_share_of_histories_is_that_of_their_predictions():
    setting, state = RUSSIA.replace("years", 12), "AZE"
    predicted = [tabulated(setting, 3, number).predictions().set_index("weak_state")["predicted"][state]
                 for number in range(4)]
    assert in_histories("RUS", state, 4, 3)(setting) == np.mean(predicted)


@pytest.mark.parametrize("entrapment", [0.0, 2.1, 2.2, 2.3, 4.0])
def test_histories_that_cannot_change_the_answer_are_not_run(entrapment, monkeypatch):
    """Where the answer is as usual only its side of a half is told; where it is not, all of it."""
    lived = []
    monkeypatch.setattr(turning_values, "begun", lambda world, seed, replication: lived.append(replication) or begun(
        world, seed, replication))
    setting = RUSSIA.replace_all({"years": 12, "major_powers.RUS.costs.entrapment.dial": entrapment})
    exact = in_histories("RUS", "GEO", 6, 1)(setting)
    for is_usual in (True, False):
        lived.clear()
        told = in_histories("RUS", "GEO", 6, 1, is_usual)(setting)
        assert (told >= 0.5) == (exact >= 0.5)
        if (exact >= 0.5) == is_usual:
            assert len(lived) < 6 or exact in (0.5, 1 / 3)
        else:
            assert told == exact and len(lived) == 6


def turned_at(edge: float, above: bool):
    def answer(scenario):
        value = scenario.value("weak_states.A.crisis_rate")
        return float((value >= edge) == above)
    return answer


@pytest.mark.parametrize(("edge", "above", "told"), [(0.25, True, 0.25), (0.12, False, 0.12), (0.0, False, None)])
def test_a_turn_is_found_to_either_side_and_placed(edge, above, told):
    scenario = one_power().replace("weak_states.A.crisis_rate", 0.2)
    found = nearest_turn(scenario, "weak_states.A.crisis_rate", turned_at(edge, above), float((edge <= 0.2) == above),
                         EXACT)
    assert (found and found.value) == (told if told is None else pytest.approx(told, rel=0.011))


def test_of_two_turns_the_nearer_by_factor_is_told():
    scenario = one_power().replace("weak_states.A.crisis_rate", 0.2)

    def answer(setting):
        return float(0.12 <= setting.value("weak_states.A.crisis_rate") < 0.25)

    found = nearest_turn(scenario, "weak_states.A.crisis_rate", answer, 1.0, EXACT)
    assert found.value == pytest.approx(0.25, rel=0.011) and found.answer == 0.0


def test_a_parameter_of_nothing_is_tried_up_to_the_most_and_a_place_without_an_answer_ends_the_search():
    scenario = one_power().replace("weak_states.A.instability", 0.0)
    path = "weak_states.A.instability"
    assert nearest_turn(scenario, path, lambda setting: float(setting.value(path) >= 1.0), 0.0, EXACT) == Turn(1.0, 1.0)
    assert nearest_turn(scenario, path, lambda setting: None, 0.0, EXACT) is None


def test_every_number_of_the_state_and_of_the_power_is_looked_at():
    found = parameters_of(RUSSIA, "RUS", "ARM")
    assert {"weak_states.ARM.capability", "weak_states.ARM.toward.RUS.distance_km",
            "major_powers.RUS.costs.entrapment.war_cost"} <= set(found)
    assert not [path for path in found if "latitude" in path or "fatigue.years" in path]
    own = [name for name, field in WeakState.model_fields.items() if field.annotation is float]
    assert [path for path in found if path.count(".") == 2 and path.startswith("weak_states")] == [
        f"weak_states.ARM.{name}" for name in own]
