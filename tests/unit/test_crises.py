"""One crisis with a scripted luck: every way through the game, what it leaves in the record, and what it teaches."""

from __future__ import annotations

import math

import pytest

from simulation.history import agent_crises
from simulation.history.agents import Pact
from simulation.history.chance import Decision
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.theory.meeting import Play
from tests.builders import one_power, two_powers

GAME = agent_crises.meeting.Crisis(
    reliability=0.5, believed_reliability=0.5, restrained=0.5, resistance=0.5, challenge=0.5)
PLAY = Play(GAME, alone=0.25, joint=0.75, intervention_cost=7.0, reneging_cost=3.0, value=0.5, if_resolute=0.9,
            if_irresolute=0.2, loss=1.0)
YES, NO = 0.49, 0.51


class Script:
    """Luck that is told by decision: a number each, and whose decision it was."""

    year = 1

    def __init__(self, **numbers: float):
        self.numbers = numbers

    def uniform(self, actor, decision, counterpart=None):
        return self.numbers[decision.name]


def played(is_ally: bool = True, relaxed: bool = True, **numbers: float):
    """(record of the year, test, state, power) of a crisis of A with this luck."""
    model = AllianceModel(one_power(relaxations={"war_aftermath": relaxed}), rng=1, collect=False)
    (power,), state = model.powers, model.states[0]
    model.year = 1
    if is_ally:
        state.pacts["P"] = Pact(0.5, 0.5, 1, 1)
    model.luck = Script(**numbers)
    test = agent_crises.run_crisis(model, state, power, PLAY)
    row = model.row(power)
    return {Series(place).name: row[place] for place in row.nonzero()[0]}, test, state, power


NO_RESTRAINT = {"CHALLENGE": YES, "RESTRAINT": NO}
WAR = NO_RESTRAINT | {"RESISTANCE": YES}
HELPED, DESERTED = WAR | {"INTERVENTION": YES}, WAR | {"INTERVENTION": NO}
FOUGHT = {"CHALLENGES": 1, "WARS": 1}
CONCEDED = {"CHALLENGES": 1, "CONCESSIONS": 1, "REALISED_LOST_STAKE": 0.5}
PATHS = {
    "no challenge": ({"CHALLENGE": NO}, {}),
    "restrained": ({"CHALLENGE": YES, "RESTRAINT": YES}, CONCEDED),
    "gives way": (NO_RESTRAINT | {"RESISTANCE": NO}, CONCEDED),
    "helped, wins": (HELPED | {"WAR": 0.74}, FOUGHT | {"INTERVENTIONS": 1, "REALISED_INTERVENTION": 7.0}),
    "helped, loses": (HELPED | {"WAR": 0.76}, FOUGHT | {
        "INTERVENTIONS": 1, "REALISED_INTERVENTION": 7.0, "DEFEATS": 1, "REALISED_LOST_STAKE": 0.5}),
    "deserted, wins": (DESERTED | {"WAR": 0.24}, FOUGHT | {"ABANDONMENTS": 1, "REALISED_RENEGING": 3.0}),
    "deserted, loses": (DESERTED | {"WAR": 0.26}, FOUGHT | {
        "ABANDONMENTS": 1, "REALISED_RENEGING": 3.0, "DEFEATS": 1, "REALISED_LOST_STAKE": 0.5}),
}


@pytest.mark.parametrize("path", PATHS)
def test_every_way_through_an_allys_crisis(path):
    luck, record = PATHS[path]
    found, test, state, power = played(**luck)
    assert found == record
    assert (test is not None) == ("WARS" in record)
    assert state.capability_deviation == (pytest.approx(math.log(0.8)) if "DEFEATS" in record else 0.0)
    assert power.tired_until == (1 + 3 if "INTERVENTIONS" in record else 0)


@pytest.mark.parametrize(("luck", "record"), [
    ({"CHALLENGE": NO}, {}),
    (NO_RESTRAINT | {"RESISTANCE": NO}, {"OUTSIDE_CHALLENGES": 1}),
    (HELPED | {"WAR": 0.76}, {"OUTSIDE_CHALLENGES": 1, "OUTSIDE_WARS": 1, "OUTSIDE_INTERVENTIONS": 1}),
    (DESERTED | {"WAR": 0.24}, {"OUTSIDE_CHALLENGES": 1, "OUTSIDE_WARS": 1}),
])
def test_a_crisis_without_a_pact_tests_no_pledge(luck, record):
    found, test, *_ = played(is_ally=False, **luck)
    assert (found, test) == (record, None)


def test_without_aftermath_a_war_leaves_nothing_behind():
    _, _, state, power = played(relaxed=False, **HELPED, WAR=0.76)
    assert (state.capability_deviation, power.tired_until) == (0.0, 0)


def test_what_is_seen_is_as_likely_as_it_is_for_either_type():
    assert played(**HELPED, WAR=0.1)[1][2:] == (0.9, 0.2)
    assert played(**DESERTED, WAR=0.1)[1][2:] == pytest.approx((0.1, 0.8))


def test_own_experience_counts_in_full_and_that_of_others_less():
    """Prior 0.7, likelihoods 0.9 and 0.2: 0.63 / 0.69; with observability 1/2 their square roots."""
    scenario = one_power(dynamics={"observability": 0.5})
    model = AllianceModel(scenario, rng=1, collect=False)
    agent_crises.learn(model, [agent_crises.Test(model.powers[0], model.states[0], 0.9, 0.2)])
    own, *others = [state.beliefs["P"] for state in model.states]
    assert own == pytest.approx(0.63 / 0.69, rel=1e-12)
    discounted = 0.7 * math.sqrt(0.9) / (0.7 * math.sqrt(0.9) + 0.3 * math.sqrt(0.2))
    assert others == pytest.approx([discounted, discounted], rel=1e-12)


def test_nature_opens_crises_at_their_rate():
    model = AllianceModel(one_power(weak_states={"A": {"crisis_rate": 0.49}, "B": {"crisis_rate": 0.51},
                                                 "C": {"crisis_rate": 0.0}}), rng=1, collect=False)
    seen = []
    model.luck.uniform = lambda actor, decision, counterpart=None: seen.append((actor, decision)) or 0.5
    model.pull = model.rival_pulls()
    agent_crises.run_crises(model)
    opened = [state.code for state in model.states if (state.address, Decision.CHALLENGE) in seen]
    assert opened == ["B"]


def test_the_patron_answers_and_else_the_likeliest_helper():
    """Q is much nearer to E and P to A; a pact puts whoever signed it in their place, even for little."""
    model = AllianceModel(two_powers(), rng=1, collect=False)
    model.pull = model.rival_pulls()
    nearest, farthest = model.state("E"), model.state("A")
    assert agent_crises.crisis_of(model, nearest)[0].code == "Q"
    assert agent_crises.crisis_of(model, farthest)[0].code == "P"
    nearest.pacts["P"] = Pact(0.1, 0.0, 1, 1)
    power, play = agent_crises.crisis_of(model, nearest)
    assert power.code == "P"
    assert play == model.play(power, nearest)
    assert play.value > 0.0
    assert play.loss > model.play(model.power("Q"), nearest).loss
