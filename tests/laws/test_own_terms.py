"""Laws of own terms: the theory's own terms written as formulas give the same numbers, and what weighs nothing is not
there."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from simulation.equilibrium.certificate import certify
from simulation.equilibrium.search import alliances_of, solve
from simulation.equilibrium.world import problem_at, world_of
from simulation.history import world as history_world
from simulation.history.measures import measured, measures_in
from simulation.history.simulate import simulate
from simulation.report.built_in_terms import BUILT_IN_TERMS, formula_in, path_of
from simulation.scenario.own_terms import BUILT_IN, own_columns
from simulation.theory.payoffs import TERMS, gains, own_amounts
from tests.builders import drawn_states, one_power, two_powers
from tests.own_terms import ROUGH, SMOOTH, as_data

LINEAR = [name for name, term in BUILT_IN_TERMS.items() if term.switch]
RICH = {"assumptions": {"membership_cost": 0.01}}
"""So that every linear term is there."""


def scenarios():
    own = {"benefits": {"own_security": 0.4}, "costs": {"opportunity": {"foreclosure": 0.05}}}
    yield two_powers(**RICH, major_powers={"P": own, "Q": own})
    yield drawn_states(7, **RICH, population={"count": 6}, major_powers={"P": own})


def as_own_terms(scenario, names):
    """The scenario with these terms of the theory switched off and written as own terms."""
    own, off = {}, {}
    for name in names:
        side, kind = ("weak" if name.startswith("weak_") else "major"), "benefit" if "benefit" in name else "cost"
        for place, power in enumerate(scenario.major_powers):
            own[f"{name[:20]}_{place}"] = {
                "side": side, "kind": kind, "formula": formula_in(scenario, power, name), "powers": [power]}
            off[path_of(power, BUILT_IN_TERMS[name].switch)] = BUILT_IN_TERMS[name].off
    return scenario.replace_all(off).replace("own_terms", own)


def problems(scenario):
    """Every pair while about half of the states are allied, and the same random terms for every scenario."""
    world, rng = world_of(scenario), np.random.default_rng(3)
    powers = list(scenario.major_powers)
    for _ in range(4):
        alliances = alliances_of(scenario, world, {})
        for place in range(len(scenario.states)):
            if rng.random() < 0.5:
                alliances.patron[place] = rng.integers(len(powers))
                alliances.commitment[place], alliances.autonomy[place] = rng.uniform(0.1, 1.0), rng.random()
        for number in range(len(powers)):
            for place in range(len(scenario.states)):
                yield problem_at(world, alliances, number, place, 0.3)


@pytest.mark.parametrize("names", [*([name] for name in LINEAR), LINEAR], ids=lambda names: "+".join(names))
def test_a_term_of_the_theory_written_as_a_formula_gives_the_same_numbers(names):
    counted = 0
    for scenario in scenarios():
        again = as_own_terms(scenario, names)
        for ours, theirs in zip(problems(scenario), problems(again), strict=True):
            for commitment, autonomy in ((0.1, 0.0), (0.35, 0.8), (1.0, 1.0), (0.77, 0.13)):
                np.testing.assert_allclose(gains(theirs, commitment, autonomy), gains(ours, commitment, autonomy),
                                           rtol=1e-12, atol=1e-12)
                amounts = np.zeros(len(again.own_terms))
                own_amounts(theirs, commitment, autonomy, amounts)
                counted += np.count_nonzero(amounts)
    assert counted > 8


def test_the_same_equilibria_and_histories_come_of_it():
    scenario = one_power(**RICH, major_powers={"P": {"fatigue": {"years": 0}}})  # the formula has rested capacity
    again = as_own_terms(scenario, LINEAR)
    ours, theirs = (solve(own).equilibria for own in (scenario, again))
    assert [set(own.pacts) for own in ours] == [set(own.pacts) for own in theirs]
    for one, other in zip(ours, theirs, strict=True):
        for code, pact in one.pacts.items():
            assert other.pacts[code].commitment == pytest.approx(pact.commitment, abs=1e-6)
            assert other.pacts[code].autonomy == pytest.approx(pact.autonomy, abs=1e-6)
        assert certify(again, other.pacts).regret < 1e-6
    first, second = (simulate(history_world.world_of(own), 5) for own in (scenario, again))
    np.testing.assert_array_equal(first.since, second.since)
    np.testing.assert_allclose(first.commitment, second.commitment, atol=1e-6)


@pytest.mark.parametrize("make", [one_power, two_powers, functools.partial(drawn_states, 3)])
def test_terms_of_weight_0_change_no_bit(make):
    terms = [(*term, 0.0) for term in SMOOTH + ROUGH]
    scenario = make(years=6)
    ours = simulate(history_world.world_of(scenario), 2)
    theirs = simulate(history_world.world_of(scenario.replace("own_terms", as_data(terms))), 2)
    series = ours.series.shape[2]
    assert theirs.series.shape[2] == series + len(terms)
    assert theirs.series[:, :, :series].tobytes() == ours.series.tobytes()
    assert not theirs.series[:, :, series:].any()
    for one, other in zip(ours[1:], theirs[1:], strict=True):
        assert one.tobytes() == other.tobytes()


def test_measures_say_what_the_terms_came_to():
    scenario = two_powers().replace("own_terms", {
        "fee": {"side": "major", "kind": "cost", "formula": 0.004, "powers": ["P"]},
        "fame": {"side": "major", "kind": "benefit", "formula": "0.02 * autonomy"},
        "joy": {"side": "weak", "kind": "benefit", "formula": "0.01 * commitment", "weight": 2}})
    assert list(own_columns(scenario)) == ["cost_fee", "benefit_fame", "weak_benefit_joy"]
    history = simulate(history_world.world_of(scenario), 3)
    for place, power in enumerate(scenario.major_powers):
        found = measured(history, place, 6, measures_in(scenario))
        pacts = found["number_of_pacts"]
        assert pacts > 0
        assert found["cost_fee"] == pytest.approx(0.004 * pacts if power == "P" else 0.0, abs=1e-12)
        assert found["benefit_fame"] == pytest.approx(0.02 * found["autonomy_given_pact"] * pacts)
        assert found["weak_benefit_joy"] == pytest.approx(0.02 * found["commitment_given_pact"] * pacts)
        benefits = sum(found[name] for name in found if name.startswith("benefit_"))
        costs = sum(found[name] for name in found if name.startswith("cost_"))
        assert found["major_payoff"] == pytest.approx(benefits - costs, abs=1e-12)
        assert found["weak_payoff"] == pytest.approx(
            found["weak_protection"] - found["weak_autonomy_cost"] - found["weak_membership_cost"]
            + found["weak_benefit_joy"], abs=1e-12)


@pytest.mark.parametrize("term", SMOOTH + ROUGH, ids=lambda term: term[2])
def test_equilibria_with_own_terms_have_their_certificate(term):
    scenario = one_power().replace("own_terms", as_data([(*term, 1.0)]))
    found = solve(scenario).equilibria
    assert found
    for own in found:
        assert certify(scenario, own.pacts).regret < 1e-5


def test_every_term_of_the_theory_is_there_as_a_formula():
    assert list(BUILT_IN_TERMS) == [name for name in TERMS if name in BUILT_IN]
    assert {*TERMS, "cost_entrapment"} == set(BUILT_IN)
