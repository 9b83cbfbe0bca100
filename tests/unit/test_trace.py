"""Two histories under the same luck: where they part, what was compared there, and what came of it."""

from __future__ import annotations

import pytest

from simulation.analysis.trace import NOTHING, PHASES, contract_in, course_of, trace
from simulation.history.model import AllianceModel
from simulation.history.simulate import simulate
from simulation.history.world import world_of
from simulation.theory.payoffs import TERMS
from tests.builders import AT_REST, one_power, two_powers

WAR_COST = "major_powers.P.costs.entrapment.war_cost"


def gain(account: dict, prefix: str) -> float:
    """A side's gain from its terms, summed here: benefits less costs."""
    own = {name: value for name, value in account.items() if name.startswith("weak_") == (prefix == "weak")}
    return sum(-value if "cost" in name else value for name, value in own.items())


def test_a_log_leaves_the_history_as_it_is():
    scenario = two_powers()
    plain = simulate(world_of(scenario), 3)
    for name, one, other in zip(plain._fields, course_of(scenario, 3, 0).history, plain, strict=True):
        assert one.tobytes() == other.tobytes(), name


def test_every_decision_of_a_history_is_told_once():
    history, choices = course_of(two_powers().replace("weak_states.*.toward.P.patron_threat", 0.3), 3, 0)
    phases = [address.phase for address in choices]
    assert set(phases) == set(PHASES) == set(NOTHING)
    talks = [choice for address, choice in choices.items() if address.phase == "talks"]
    negotiations, agreements, signed, left = (history.series[:, :, column].sum() for column in (12, 13, 8, 9))
    assert len(talks) == negotiations
    assert sum(contract_in(choice) is not None for choice in talks) == agreements
    assert sum(choice.outcome == "a pact" for choice in talks) == signed
    assert sum(choice.outcome == "the weak state leaves" for choice in choices.values()) == left
    wars = sum(choice.outcome.startswith("war") for choice in choices.values())
    assert wars == history.series[:, :, [16, 21]].sum()


def test_what_stands_in_an_account_is_what_the_sides_bargained_over():
    one = one_power(relaxations=AT_REST)
    found = trace(one.replace(WAR_COST, 0.2), one, 1)
    assert found.terms is not None
    for name, place in (("first", 0), ("second", 1)):
        contract, *accounts = found.accounts[name]
        choice = (found.terms.first, found.terms.second)[place]
        assert contract == contract_in(choice)
        assert set(accounts[place]) == set(TERMS)
        assert gain(accounts[place], "weak") == pytest.approx(choice.figures["weak_gain"], abs=1e-12)
        assert gain(accounts[place], "major") == pytest.approx(choice.figures["major_gain"], abs=1e-12)
    # what is dearer for the major power in the second world is nothing but its wars
    first, second = found.accounts["first"][1:]
    assert second["cost_intervention"] > first["cost_intervention"]
    assert first["cost_deployment"] == second["cost_deployment"]


def test_the_parting_is_the_first_decision_with_another_outcome():
    scenario = two_powers()
    other = scenario.replace(WAR_COST, 1.5)
    found = trace(scenario, other, 2)
    histories = [course_of(each, 2, 0) for each in (scenario, other)]
    address = found.parting.address
    first, second = found.parting.outcomes()
    assert first != second
    for history, outcome in zip(histories, (first, second), strict=True):
        choice = history.choices.get(address)
        assert outcome == (choice.outcome if choice else NOTHING[address.phase])
    before = [{key: choice.outcome for key, choice in history.choices.items()
               if (key.year, PHASES.index(key.phase)) < (address.year, PHASES.index(address.phase))}
              for history in histories]
    assert before[0] == before[1]
    assert all(difference.address.year >= address.year for difference in found.chain)
    models = [AllianceModel(each, rng=2, collect=False) for each in (scenario, other)]
    for model in models:
        model.run()
    ends = [{power.code: {ally.code for ally in power.allies()} for power in model.powers} for model in models]
    assert found.pacts[-1] == {power: (ends[0][power], ends[1][power]) for power in ends[0]}


def test_what_does_not_matter_parts_nothing():
    scenario = one_power()
    found = trace(scenario, scenario.replace("recording.window_years", 3), 1)
    assert (found.terms, found.parting, found.chain, found.accounts) == (None, None, [], {})
    assert all(one == other for year in found.pacts for one, other in year.values())
