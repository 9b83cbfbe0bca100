"""One crisis with a scripted luck: every way through the game, what it leaves in the record, and what it teaches."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.history import crises
from simulation.history.agents import Pact
from simulation.history.chance import Decision
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.theory.crisis import Crisis
from simulation.theory.dyad import CrisisOutcome
from tests.builders import one_power, two_powers
from tests.interpreted import interpret

GAME = Crisis(reliability=0.5, believed_reliability=0.5, restrained=0.5, resistance=0.5, challenge=0.5)
ODDS = CrisisOutcome(GAME, alone=0.25, joint=0.75, intervention_cost=7.0, reneging_cost=3.0, value=0.5,
                     if_resolute=0.9, if_irresolute=0.2, loss=1.0)
YES, NO = 0.49, 0.51


@pytest.fixture
def played(monkeypatch):
    """(record of the year, evidence of a test or None, state, power) of a crisis of A with this luck, by decision."""
    def play(is_ally: bool = True, relaxed: bool = True, **numbers: float):
        model = AllianceModel(one_power(relaxations={"war_aftermath": relaxed}), rng=1, collect=False)
        (power,), state = model.powers, model.states[0]
        model.year = 1
        if is_ally:
            state.pacts["P"] = Pact(0.5, 0.5, 1, 1)
        interpret(monkeypatch, crises)
        monkeypatch.setattr(crises, "uniform_draw",
                            lambda current, actor, decision, counterpart: numbers[decision.name])
        row, (tested, evidence) = np.empty(11), crises.no_tests(3)
        crises.keep_odds(row, ODDS)
        crises.run_crisis(model.world, model.current, model.series, 0, 0, row, tested, evidence)
        found = model.series[0]
        test = tuple(evidence[0]) if tested[0] == 0 else None
        return {Series(place).name: found[place] for place in found.nonzero()[0]}, test, state, power

    return play


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
def test_every_way_through_an_allys_crisis(path, played):
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
def test_a_crisis_without_a_pact_tests_no_pledge(luck, record, played):
    found, test, *_ = played(is_ally=False, **luck)
    assert (found, test) == (record, None)


def test_without_aftermath_a_war_leaves_nothing_behind(played):
    _, _, state, power = played(relaxed=False, **HELPED, WAR=0.76)
    assert (state.capability_deviation, power.tired_until) == (0.0, 0)


def test_what_is_seen_is_as_likely_as_it_is_for_either_type(played):
    assert played(**HELPED, WAR=0.1)[1] == (0.9, 0.2)
    assert played(**DESERTED, WAR=0.1)[1] == pytest.approx((0.1, 0.8))


def test_own_experience_counts_in_full_and_that_of_others_less():
    """Prior 0.7, likelihoods 0.9 and 0.2: 0.63 / 0.69; with observability 1/2 their square roots."""
    model = AllianceModel(one_power(dynamics={"observability": 0.5}), rng=1, collect=False)
    tested, evidence = crises.no_tests(3)
    tested[0], evidence[0] = 0, (0.9, 0.2)
    crises.learn(model.world, model.current, tested, evidence)
    own, *others = [state.beliefs["P"] for state in model.states]
    assert own == pytest.approx(0.63 / 0.69, rel=1e-12)
    discounted = 0.7 * math.sqrt(0.9) / (0.7 * math.sqrt(0.9) + 0.3 * math.sqrt(0.2))
    assert others == pytest.approx([discounted, discounted], rel=1e-12)


def test_nature_opens_crises_at_their_rate(monkeypatch):
    model = AllianceModel(one_power(weak_states={"A": {"crisis_rate": 0.49}, "B": {"crisis_rate": 0.51},
                                                 "C": {"crisis_rate": 0.0}}), rng=1, collect=False)
    seen = []
    interpret(monkeypatch, crises)
    monkeypatch.setattr(crises, "uniform_draw", lambda current, actor, decision, counterpart: seen.append(
        (actor, decision)) or 0.5)
    model.year = 1
    model.play_crises()
    opened = [code for code, actor in zip("ABC", model.world.state_addresses, strict=True)
              if (actor, Decision.CHALLENGE) in seen]
    assert opened == ["B"]


def test_the_patron_answers_and_else_the_likeliest_helper():
    """Q is much nearer to E and P to A; a pact puts whoever signed it in their place, even for little."""
    model = AllianceModel(two_powers(), rng=1, collect=False)
    model.update_rival_pull()
    nearest, farthest = model.state("E"), model.state("A")

    def protector(state) -> tuple[str, np.ndarray]:
        row = np.empty(11)
        return model.powers[crises.protector_and_odds(
            model.world, model.current, state.number, crises.OUTSIDER, row)].code, row

    assert protector(nearest)[0] == "Q"
    assert protector(farthest)[0] == "P"
    nearest.pacts["P"] = Pact(0.1, 0.0, 1, 1)
    code, row = protector(nearest)
    outcome = model.power("P").crisis_outcome(nearest)
    assert code == "P"
    assert (row[crises.VALUE], row[crises.CHALLENGE]) == (outcome.value, outcome.game.challenge)
    assert outcome.value > 0.0
    assert outcome.loss > model.power("Q").crisis_outcome(nearest).loss
