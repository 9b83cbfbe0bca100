"""What the agents hold and decide: the portfolio, the review of pacts, and what signing does to them."""

from __future__ import annotations

import math

import pytest

from simulation.history import pairs, year
from simulation.history.agents import Pact
from simulation.history.crises import tire
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.theory import dyad
from simulation.theory.bargaining import Agreement, Ending
from tests.builders import one_power, state, two_powers
from tests.interpreted import interpret


def allied(**changes) -> AllianceModel:
    """One power with pacts with A (near, 2 votes) and B (a reach half distance away, A's rival), none with C."""
    states = {"A": state(votes=2.0, rivals=["B"], toward={"P": {"distance_km": 0.0}}),
              "B": state(toward={"P": {"distance_km": 1500.0}}), "C": state()}
    model = AllianceModel(one_power(states, **changes), rng=1, collect=False)
    model.year = 1
    model.update_rival_pull()
    model.state("A").pacts["P"] = Pact(0.5, 0.4, 1, 1)
    model.state("B").pacts["P"] = Pact(0.2, 0.6, 1, 1)
    for agent in (*model.states, *model.powers):
        agent.perceive()
    return model


# --- the portfolio ----------------------------------------------------------------------------------------------------

def test_a_portfolio_weighs_commitments_by_distance_and_autonomy_by_votes():
    """Burdens 1 and 2: 0.5 + 0.2 * 2; votes: 2 * 0.4 + 0.6; mean binding of 0.5 and 0.2."""
    assert allied().powers[0].portfolio() == pytest.approx((1.0, 0.9, 1.4, 0.35, 0.0, 2.0))


def test_a_state_joins_what_there_is_without_it():
    model = allied()
    power = model.powers[0]
    assert power.portfolio(model.state("A")) == pytest.approx((1.0, 0.4, 0.6, 0.2, 1.0, 1.0))
    assert power.portfolio(model.state("B")) == pytest.approx((1.0, 0.5, 0.8, 0.5, 1.0, 1.0))
    assert power.portfolio(model.state("C")) == pytest.approx((1.0, 0.9, 1.4, 0.35, 0.0, 2.0))


def test_a_portfolio_follows_the_assumptions_made():
    model = allied(assumptions={"legitimation_scales_with": "membership", "depth_binds": False})
    assert model.powers[0].portfolio() == pytest.approx((1.0, 0.9, 3.0, 1.0, 0.0, 2.0))


def test_a_tired_power_has_less_capacity_until_it_has_rested():
    model = allied()
    power = model.powers[0]
    power.tired_until = 2
    assert [power.portfolio().capacity for model.year in (1, 2, 3)] == pytest.approx([0.7, 0.7, 1.0])


@pytest.mark.parametrize(("wars", "years", "tired"), [
    ((2,), 3, (3, 4, 5)), ((2,), 1, (3,)), ((2,), 0, ()), ((2, 3), 3, (3, 4, 5, 6)), ((2, 2), 2, (3, 4)),
    ((1, 5), 2, (2, 3, 6, 7)), ((2, 4), 2, (3, 4, 5, 6)),
])
def test_an_intervention_tires_for_as_many_years_as_it_says_from_the_next_on(wars, years, tired):
    """The record of the year of the war itself is that of a power at rest, unless an earlier war still tires it."""
    model = allied()
    power, seen = model.powers[0], []
    for model.year in range(1, 9):
        for _ in range(wars.count(model.year)):
            tire(model.current.powers[0], model.year, years)
        if power.portfolio().capacity < 1.0:
            seen.append(model.year)
    assert tuple(seen) == tired


def test_without_allies_there_is_nothing_to_weigh():
    model = AllianceModel(one_power(), rng=1, collect=False)
    assert model.powers[0].portfolio() == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)


# --- review -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("gains", "left"), [
    ((-0.0049, -0.0049), None), ((0.3, -0.0051), Series.LEFT_BY_MAJOR_POWER),
    ((-0.0051, 0.3), Series.LEFT_BY_WEAK_STATE), ((-0.0051, -0.0051), Series.LEFT_BY_MAJOR_POWER)])
def test_a_side_leaves_when_staying_is_worse_than_leaving_costs(gains, left, monkeypatch):
    model = allied()
    power, row = model.powers[0], model.series[0]
    interpret(monkeypatch)
    monkeypatch.setattr(year, "perceived_gains", lambda world, current, power, ally: (0.1, 0.1) if ally else gains)
    power.review()
    assert ("P" in model.state("A").pacts) == (left is None)
    assert "P" in model.state("B").pacts
    assert row.sum() == (left is not None)
    assert left is None or row[left] == 1.0


def test_a_state_stays_only_for_more_than_it_is_offered_elsewhere(monkeypatch):
    model = allied(weak_states={"A": {"outside_option": 0.2}})
    interpret(monkeypatch)
    monkeypatch.setattr(year, "perceived_gains", lambda *pair: (0.19, 0.1))
    model.powers[0].review()
    assert "P" not in model.state("A").pacts
    assert "P" in model.state("B").pacts


# --- negotiations -----------------------------------------------------------------------------------------------------

def two_at_the_table(monkeypatch, agreement: Agreement, **assumptions) -> AllianceModel:
    """Two powers, C with a pact with Q since year 1, and whatever is bargained ends in `agreement`."""
    model = AllianceModel(two_powers(assumptions=assumptions), rng=1, collect=False)
    model.year = 1
    model.update_rival_pull()
    for agent in (*model.states, *model.powers):
        agent.perceive()
    model.state("C").pacts["Q"] = Pact(0.3, 0.3, 1, 1)
    model.year = 2
    interpret(monkeypatch)
    monkeypatch.setattr(dyad, "bargain", lambda *args: agreement)
    return model


AGREED = Agreement(0.7, 0.2, 0.1, 0.1, Ending.AGREED, 1)
FAILED = Agreement(0.0, 0.0, 0.0, 0.0, Ending.NO_GAIN, 1)


def counted(model, power) -> dict[str, float]:
    row = model.series[model.power(power).number]
    return {Series(place).name: row[place] for place in row.nonzero()[0]}


def test_signing_with_another_power_ends_the_pact_with_the_first(monkeypatch):
    model = two_at_the_table(monkeypatch, AGREED)
    model.power("P").negotiate_with(model.state("C"))
    assert model.state("C").pacts == {"P": Pact(0.7, 0.2, 2, 2)}
    assert counted(model, "P") == {"SIGNED": 1, "NEGOTIATIONS": 1, "AGREEMENTS": 1}
    assert counted(model, "Q") == {"SWITCHED": 1}


def test_without_exclusivity_pacts_add_up(monkeypatch):
    model = two_at_the_table(monkeypatch, AGREED, exclusivity=False)
    model.power("P").negotiate_with(model.state("C"))
    assert model.state("C").pacts == {"Q": Pact(0.3, 0.3, 1, 1), "P": Pact(0.7, 0.2, 2, 2)}
    assert counted(model, "Q") == {}


def test_a_renegotiated_pact_keeps_its_age(monkeypatch):
    model = two_at_the_table(monkeypatch, AGREED)
    model.power("Q").negotiate_with(model.state("C"))
    assert model.state("C").pacts == {"Q": Pact(0.7, 0.2, 1, 2)}
    assert counted(model, "Q") == {"NEGOTIATIONS": 1, "AGREEMENTS": 1}


def test_a_failed_negotiation_leaves_everything_as_it_was(monkeypatch):
    model = two_at_the_table(monkeypatch, FAILED)
    model.power("P").negotiate_with(model.state("C"))
    assert model.state("C").pacts == {"Q": Pact(0.3, 0.3, 1, 1)}
    assert counted(model, "P") == {"NEGOTIATIONS": 1}


def test_a_state_asks_for_what_it_has_and_what_leaving_costs(monkeypatch):
    """What C needs from P: its gain under Q and the cost of leaving, or Q's best offer to it, whichever is more."""
    model = two_at_the_table(monkeypatch, AGREED)
    p, q, weak = *model.powers, model.state("C")
    monkeypatch.setattr(dyad, "best_offer", lambda *args: 0.01)
    held = q.gains(weak)[0]
    assert held > 0.01
    assert p.outside_option(weak) == pytest.approx(held + 0.005)
    assert q.outside_option(weak) == pytest.approx(0.01)
    monkeypatch.setattr(dyad, "best_offer", lambda *args: 9.0)
    assert p.outside_option(weak) == 9.0
    loose = two_at_the_table(monkeypatch, AGREED, exclusivity=False)
    assert loose.power("P").outside_option(loose.state("C")) == 0.0


def test_a_power_guesses_what_a_state_will_ask_for(monkeypatch):
    """What C has under Q, or a rough idea of what Q could offer, whichever is more."""
    model = two_at_the_table(monkeypatch, AGREED)

    def demand(model, power):
        numbers = model.power(power).number, model.state("C").number
        view = pairs.seen_by_power(model.current, *numbers)
        return year.expected_demand(model.world, model.current, *numbers, view)

    monkeypatch.setattr(dyad, "expected_offer", lambda *args: 0.01)
    assert demand(model, "P") == pytest.approx(model.power("Q").gains(model.state("C"))[0])
    assert demand(model, "Q") == 0.01
    monkeypatch.setattr(dyad, "expected_offer", lambda *args: 9.0)
    assert demand(model, "P") == 9.0
    loose = two_at_the_table(monkeypatch, AGREED, exclusivity=False)
    assert demand(loose, "P") == 0.0


@pytest.mark.parametrize(("promise", "asked"), [
    ({"A": 0.1, "B": 0.4, "C": 0.3}, "BCA"), ({"A": 0.1, "B": -math.inf, "C": 0.3}, "CA"),
    ({"A": 0.2, "B": 0.2, "C": 0.2}, "CBA"), ({"A": 0.0, "B": -0.1, "C": -0.2}, "ABC")])
@pytest.mark.parametrize("is_limited", [True, False])
def test_the_most_promising_talks_come_first_then_new_partners_then_old_terms(is_limited, promise, asked, monkeypatch):
    model = allied(major_powers={"P": {"attention": 2}}, relaxations={"limited_attention": is_limited})
    model.state("A").pacts["P"] = Pact(0.5, 0.4, since=1, agreed=3)
    model.state("B").pacts["P"] = Pact(0.2, 0.6, since=2, agreed=2)
    power, found = model.powers[0], []
    monkeypatch.setattr(type(power), "prospect", lambda self, weak: promise[weak.code])
    monkeypatch.setattr(type(power), "negotiate_with", lambda self, weak: found.append(weak.code))
    power.negotiate()
    assert "".join(found) == (asked[:2] if is_limited else asked)
