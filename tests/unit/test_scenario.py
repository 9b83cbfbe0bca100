"""Scenarios as frozen values: replacement by path, wildcards, and what does not fit together."""

from __future__ import annotations

import json

import pydantic
import pytest

from simulation.errors import Refusal
from simulation.scenario.scenario import Scenario

STATE = {"capability": 0.002, "challenger_capability": 0.003,
         "toward": {"RUS": {"distance_km": 100.0}, "USA": {"distance_km": 5000.0}}}
POPULATION = {"count": 2, "capability": {"uniform": {"low": 0.001, "high": 0.002}}, "challenger_capability": 0.003,
              "toward": {"RUS": {"distance_km": 10}, "USA": {"distance_km": 20}}}


def scenario(**changes) -> Scenario:
    data = {"name": "test", "major_powers": {"RUS": {}, "USA": {}}, "weak_states": {"BLR": STATE, "NO": STATE}}
    return Scenario.model_validate(data | changes)


def refusal(call, *arguments) -> str:
    with pytest.raises(Refusal) as refused:
        call(*arguments)
    return str(refused.value)


def test_replace_gives_a_new_scenario_and_leaves_the_old_one():
    before = scenario()
    after = before.replace("major_powers.RUS.costs.entrapment.war_cost", 0.4)
    assert after.major_powers["RUS"].costs.entrapment.war_cost == 0.4
    assert after.major_powers["USA"].costs.entrapment.war_cost == 0.3
    assert before == scenario()


def test_replacing_a_value_by_itself_changes_nothing():
    before = scenario(population=POPULATION)
    path = "major_powers.RUS.costs.entrapment.war_cost"
    assert before.replace(path, before.value(path)) == before
    assert before.replace_all({}) is before


def test_a_star_stands_for_every_key():
    after = scenario().replace("weak_states.*.crisis_rate", 0.7)
    assert [state.crisis_rate for state in after.weak_states.values()] == [0.7, 0.7]
    after = scenario().replace("weak_states.BLR.toward.*.basing", 0.9)
    assert [relation.basing for relation in after.weak_states["BLR"].toward.values()] == [0.9, 0.9]
    assert all(relation.basing == 0.5 for relation in after.weak_states["NO"].toward.values())
    after = scenario().replace("*.*.capability", 0.5)
    assert {member.capability for member in (*after.major_powers.values(), *after.weak_states.values())} == {0.5}


def test_a_star_over_the_states_reaches_those_generated():
    after = scenario(population=POPULATION).replace("weak_states.*.crisis_rate", 0.7)
    assert {state.crisis_rate for state in after.states.values()} == {0.7}
    assert len(after.states) == 4


def test_replacements_follow_one_another():
    after = scenario().replace_all({"weak_states.*.votes": 2.0, "weak_states.NO.votes": 3.0})
    assert [state.votes for state in after.weak_states.values()] == [2.0, 3.0]


def test_a_whole_group_can_be_replaced():
    after = scenario().replace("weak_states.BLR.rivals", ["NO"])
    assert after.weak_states["BLR"].rivals == ["NO"]
    assert scenario(population=POPULATION).replace("population", None).population is None


def test_value_finds_what_replace_put_there():
    after = scenario().replace("dynamics.drift.persistence", 0.25)
    assert after.value("dynamics.drift.persistence") == 0.25
    assert after.value("weak_states.*.votes") == 1.0


@pytest.mark.parametrize(("path", "value", "message"), [
    ("weak_states.*.crisis_rate", 2, "weak_states.*.crisis_rate: out of range; found 2; allowed: 0 to 1"),
    ("weak_states.NO.crisis_rate", "x", "weak_states.NO.crisis_rate: not a number; found 'x'; allowed: 0 to 1"),
    ("weak_states.*.toward.*.basing", True, "weak_states.*.toward.*.basing: not a number; found true; allowed: 0 to 1"),
    ("years", None, "years: null where a whole number is needed; allowed: 1 to 1000"),
    ("crisis.stake", float("nan"), "crisis.stake: not a finite number; found nan; allowed: 0 to 10"),
    ("relaxations.drift", "off", "relaxations.drift: not true or false; found 'off'; did you mean false?"),
    ("assumptions.information", "full",
     "assumptions.information: unknown value; found 'full'; allowed: complete, incomplete"),
    ("major_powers.RUS.costs", {"direct": {"dail": 1}},
     "major_powers.RUS.costs.direct.dail: unknown key; allowed: dial, fixed, deployment; did you mean dial?"),
    ("major_powers.*.costs", {"direct": {"dail": 1}},
     "major_powers.*.costs.direct.dail: unknown key; allowed: dial, fixed, deployment; did you mean dial?"),
    ("weak_states.NO", {"capability": 0.1},
     "weak_states.NO.challenger_capability: missing; allowed: above 0, at most 1"),
    ("weak_states.NO.rivals", ["SWE"],
     "weak_states.NO.rivals: unknown rival; found SWE; allowed: codes of weak states in this scenario"),
    ("weak_states.NO.toward", {}, "weak_states.NO.toward.RUS: missing; allowed: how NO stands towards RUS"),
    ("crisis.stakes", 1, "crisis.stakes: path matches nothing; found 'stakes'; allowed: stake, challenge_cost,"
                         " war_cost_weak, war_cost_challenger, contest_exponent, rationality; did you mean"
                         " crisis.stake?"),
    ("weak_states.NOR.votes", 1, "weak_states.NOR.votes: path matches nothing; found 'NOR'; allowed: BLR, NO; did you"
                                 " mean weak_states.NO.votes?"),
    ("years.x", 1, "years.x: path matches nothing; found 'x'; allowed: no further key"),
])
def test_refused_replacements(path, value, message):
    assert refusal(scenario().replace, path, value) == message


def test_a_refused_draw_is_named_as_the_user_wrote_it():
    generated = scenario(population=POPULATION, weak_states={})
    assert refusal(generated.replace, "weak_states.*.crisis_rate", "x") == (
        "weak_states.*.crisis_rate: not a number or a distribution; found 'x'; allowed: a number or a mapping with keys"
        " uniform, lognormal, beta, choice")


def test_a_wildcard_reaches_listed_states_where_drawn_ones_lack_the_field():
    mixed = scenario(population=POPULATION).replace("weak_states.*.rivals", [])
    assert all(state.rivals == [] for state in mixed.weak_states.values())


def test_a_wildcard_that_matches_no_drawn_state_is_named_as_the_user_wrote_it():
    generated = scenario(population=POPULATION, weak_states={})
    assert refusal(generated.replace, "weak_states.*.crisis_rat", 0.1) == (
        "weak_states.*.crisis_rat: path matches nothing; found 'crisis_rat'; allowed: capability,"
        " challenger_capability, crisis_rate, latent_threat, autonomy_value, preference_weight, votes, instability,"
        " outside_option and 1 more; did you mean weak_states.*.crisis_rate?")


def test_only_the_replacement_at_fault_is_named():
    message = refusal(scenario().replace_all, {"weak_states.*.votes": 2, "weak_states.NO.crisis_rate": 3})
    assert message.startswith("weak_states.NO.crisis_rate: out of range")


def test_a_scenario_is_frozen():
    with pytest.raises(pydantic.ValidationError):
        scenario().years = 3


def test_the_fingerprint_follows_numbers_and_not_titles():
    plain = scenario()
    assert plain.replace("title", "Another title").fingerprint() == plain.fingerprint()
    assert plain.replace("years", 31).fingerprint() != plain.fingerprint()


def test_resolved_is_plain_and_sufficient():
    original = scenario(population=POPULATION, years=31)
    assert Scenario.model_validate(json.loads(json.dumps(original.resolved()))) == original
