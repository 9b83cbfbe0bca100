"""Two settings side by side: what moved a pair, against cases where it is known beforehand."""

from __future__ import annotations

import math

import pytest

from simulation.equilibrium.accounts import accounts
from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.comparison import OFFER_OF, OUTSIDE_OPTION, Event, difference, nearest, shifts
from simulation.equilibrium.search import solve
from simulation.theory.payoffs import TERMS, is_of_weak_state, opportunity_cost, sign_of
from tests.builders import one_power, overlaid, state, two_powers

FIXED = "major_powers.P.costs.direct.fixed"


def pact(commitment=0.5, autonomy=0.2, power="P") -> Contract:
    return Contract(power, commitment, autonomy)


@pytest.fixture(scope="module")
def cheap():
    """One power, whose pacts cost nothing to have, with its equilibrium."""
    scenario = one_power(major_powers={"P": {"costs": {"direct": {"fixed": 0.0}}}})
    (equilibrium,) = solve(scenario).equilibria
    assert len(equilibrium.pacts) == 3
    return scenario, equilibrium


@pytest.fixture(scope="module")
def changed(cheap):
    """What becomes of it where every pact costs more than it could bring."""
    return shifts((cheap[0], cheap[1].pacts), (cheap[0].replace(FIXED, 1.0), {}))


def test_what_leaves_for_one_cost_is_moved_by_that_cost(cheap, changed):
    assert [shift.state for shift in changed] == list(cheap[1].pacts)
    for shift in changed:
        assert (shift.event, shift.after, shift.contract) == (Event.LEAVES, None, shift.before)
        assert (shift.refused_by, shift.mover.term) == (("major",), "cost_fixed")
        assert shift.mover.change == pytest.approx(-1.0)
        assert shift.mover.through_others == 0.0
        assert shift.between.major == pytest.approx(shift.first.major - 1.0)


def test_the_other_way_round_it_enters_on_the_terms_of_the_setting_with_the_pact(cheap):
    scenario, equilibrium = cheap
    for shift in shifts((scenario.replace(FIXED, 1.0), {}), (scenario, equilibrium.pacts)):
        assert (shift.event, shift.before, shift.contract) == (Event.ENTERS, None, equilibrium.pacts[shift.state])
        assert (shift.refused_by, shift.mover.term) == (("major",), "cost_fixed")
        assert shift.mover.change == pytest.approx(1.0)


def test_worths_are_those_of_the_accounts(cheap, changed):
    told = {account.state: account for account in accounts(*cheap)}
    for shift in changed:
        account = told[shift.state]
        assert shift.first.terms == account.terms
        assert shift.first.weak == pytest.approx(account.weak_gain, abs=1e-15)
        assert shift.first.major == pytest.approx(account.major_gain, abs=1e-15)


def test_changes_add_up_to_the_change_of_each_gain(changed):
    for shift in changed:
        for side in ("weak", "major"):
            change = math.fsum(sign_of(term) * (shift.second.terms[term] - shift.first.terms[term])
                               for term in TERMS if is_of_weak_state(term) == (side == "weak"))
            assert change == pytest.approx(getattr(shift.second, side) - getattr(shift.first, side), abs=1e-14)


def test_what_other_pacts_do_is_told_apart_from_what_the_assumptions_do():
    """Under a convex opportunity cost the price of A's pact falls with B's, and nothing else does."""
    scenario = one_power(major_powers={"P": {"costs": {"opportunity": {"weight": 0.03, "foreclosure": 0.0}}}})
    both, alone = {"A": pact(), "B": pact(0.8, 0.1)}, {"A": pact()}
    first, second = shifts((scenario, both), (scenario, alone))
    assert (first.state, first.event, second.state, second.event) == ("A", Event.STAYS, "B", Event.LEAVES)
    assert first.first == first.between
    saved = first.first.terms["cost_opportunity"] - first.second.terms["cost_opportunity"]
    assert first.mover.term == "cost_opportunity"
    assert first.mover.change == first.mover.through_others == pytest.approx(saved)
    problem = scenario.major_powers["P"].costs.opportunity
    reach = 2.0 ** -(300.0 / scenario.major_powers["P"].reach_half_distance_km)
    price = problem.dial * problem.weight / problem.capacity
    assert saved == pytest.approx(
        opportunity_cost(price, 0.8 / reach, 0.5) - opportunity_cost(price, 0.0, 0.5), rel=1e-12)


@pytest.fixture
def worthwhile():
    """A state under threat, and a power to which its autonomy is worth much."""
    return one_power({"A": state(toward={"P": {"distance_km": 0.0}})},
                     major_powers={"P": {"benefits": {"power_projection": 4.0}}})


def test_the_mover_is_of_the_side_that_refuses(worthwhile):
    """Autonomy has become so dear that the ally leaves, though the power's benefit changed by more."""
    after = worthwhile.replace_all({"weak_states.A.autonomy_value": 20.0,
                                    "major_powers.P.benefits.power_projection": 10.0})
    (shift,) = shifts((worthwhile, {"A": pact(0.5, 0.2)}), (after, {}))
    assert (shift.refused_by, shift.mover.term) == (("weak",), "weak_autonomy_cost")
    assert shift.mover.change == pytest.approx(-0.5 * (20.0 - worthwhile.states["A"].autonomy_value) * 0.2**2)
    assert abs(shift.second.major - shift.first.major) > abs(shift.mover.change)


def test_an_outside_option_that_rises_is_what_moves(worthwhile):
    after = worthwhile.replace("weak_states.A.outside_option", 3.0)
    (shift,) = shifts((worthwhile, {"A": pact(0.5, 0.1)}), (after, {}))
    assert (shift.first, shift.refused_by) == (shift.second, ("weak",))
    assert (shift.mover.term, shift.mover.change) == (OUTSIDE_OPTION, -3.0)


def test_a_change_of_patron_is_one_that_leaves_and_one_that_enters():
    scenario = two_powers()
    found = shifts((scenario, {"C": pact()}), (scenario, {"C": pact(power="Q")}))
    assert [(shift.power, shift.event) for shift in found] == [("P", Event.LEAVES), ("Q", Event.ENTERS)]
    assert all(shift.first is not None for shift in found)


def test_what_is_not_in_both_scenarios_has_no_mover():
    one, other = one_power({"A": state(), "B": state()}), one_power({"A": state()})
    _, gone = shifts((one, {"A": pact(), "B": pact()}), (other, {"A": pact()}))
    assert (gone.state, gone.event, gone.second, gone.between, gone.mover) == ("B", Event.LEAVES, None, None, None)
    (new,) = shifts((other, {}), (one, {"B": pact()}))
    assert (new.event, new.first, new.refused_by, new.mover) == (Event.ENTERS, None, (), None)


def test_where_nothing_differs_nothing_moved():
    scenario = one_power()
    (shift,) = shifts((scenario, {"A": pact()}), (scenario, {"A": pact()}))
    assert (shift.event, shift.mover) == (Event.STAYS, None)


def test_how_far_apart():
    assert difference({}, {}) == (0, 0.0)
    assert difference({"A": pact()}, {"A": pact(power="Q")}) == (1, 0.0)
    assert difference({"A": pact(0.5, 0.2), "B": pact()}, {"A": pact(0.4, 0.5)}) == (1, pytest.approx(0.3))


def test_the_nearest_equilibria_are_compared():
    none, some, many = {}, {"A": pact()}, {"A": pact(), "B": pact(), "C": pact()}
    assert nearest([[many, none], [some]]) == [1, 0]
    assert nearest([[many, none], [some, many | {"C": pact(0.4)}]]) == [0, 1]
    assert nearest([[some], [], [many, some]]) == [0, None, 1]
    assert nearest([[], [many, some]]) == [None, 0]
    assert nearest([[some, many], [many], [some, none, many]]) == [1, 0, 2]


def contested(**changes):
    """One weak state at the same distance from two powers, either of which would have it."""
    near = state(toward={"P": {"distance_km": 100.0}, "Q": {"distance_km": 100.0}})
    power = {"benefits": {"power_projection": 4.0}, "bargaining_weight": 0.1}
    return two_powers().model_validate(overlaid({
        "name": "contested", "years": 8, "major_powers": {"P": power, "Q": overlaid(power, {"capability": 0.03})},
        "weak_states": {"A": near}}, changes))


def moved(scenario, **values):
    """What becomes of the only pact of a scenario under other values, by their paths with two underscores for dots."""
    other = scenario.replace_all({path.replace("__", "."): value for path, value in values.items()})
    ends = [(own, solve(own).equilibria[0].pacts) for own in (scenario, other)]
    return shifts(*ends)


def test_another_powers_offer_that_falls_away_is_what_moved_the_terms():
    """Q's pacts become so dear that it offers nothing; P, who had to outbid it, now asks for more autonomy."""
    (shift,) = moved(contested(), major_powers__Q__costs__direct__fixed=1.0)
    assert (shift.power, shift.event, shift.mover.term) == ("P", Event.STAYS, f"{OFFER_OF}Q")
    assert shift.after.autonomy > shift.before.autonomy
    assert shift.mover.change > 0.0 and shift.mover.through_others == 0.0


def test_a_change_of_patron_for_a_rival_that_offers_less_is_told_as_such():
    """P, the patron, comes to offer nothing; Q gets the state on terms that it would not have taken before."""
    gone, come = moved(contested(), major_powers__P__costs__direct__fixed=1.0)
    assert (gone.power, gone.event, gone.mover.term) == ("P", Event.LEAVES, "cost_fixed")
    assert (come.power, come.event, come.refused_by) == ("Q", Event.ENTERS, ("weak",))
    assert come.mover.term == f"{OFFER_OF}P" and come.mover.change > 0.0


@pytest.mark.parametrize(("path", "value", "term"), [
    ("assumptions.bargaining_solution", "ultimatum", "bargaining_solution"),
    ("major_powers.P.bargaining_weight", 0.9, "bargaining_weight")])
def test_rules_of_the_bargain_are_what_moved_the_terms_of_the_same_gains(path, value, term):
    scenario = one_power({"A": state(toward={"P": {"distance_km": 0.0}})},
                         major_powers={"P": {"costs": {"direct": {"fixed": 0.0}}}})
    (shift,) = moved(scenario, **{path.replace(".", "__"): value})
    assert (shift.event, shift.mover.term) == (Event.STAYS, term)
    assert math.isnan(shift.mover.change)
    assert shift.after.autonomy != pytest.approx(shift.before.autonomy, abs=0.01)
