"""The public interface: what its functions return is what the commands print."""

from __future__ import annotations

import math

import matplotlib.figure
import numpy as np
import pytest

import simulation as aa
from simulation.scenario.file import dump_yaml
from tests.builders import AT_REST, one_power, two_powers

WAR_COST = "major_powers.P.costs.entrapment.war_cost"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_history_and_its_tables(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(dump_yaml(two_powers().resolved()), encoding="utf-8")
    scenario = aa.load(path)
    found = aa.simulate(scenario, seed=3)
    model = aa.AllianceModel(scenario, rng=3, collect=False)
    assert [one.tobytes() for one in model.run()] == [other.tobytes() for other in found.history]
    last = found.final_pacts("Q")
    assert set(last["weak_state"]) == {state.code for state in model.power("Q").allies()}
    assert len(found.predictions()) == 10
    assert all(isinstance(figure, matplotlib.figure.Figure) for figure in aa.history_figures(found).values())


def test_a_sweep_of_a_scenario_and_its_folder():
    results = aa.sweep(one_power(years=3), {WAR_COST: [0.1, 0.6]}, replications=3, seed=5)
    assert results.path.parent.name == "results"
    assert len(results.table) == 6
    again = aa.load_results(results.path).table
    assert again.equals(results.table)
    direct = aa.AllianceModel(one_power(years=3), rng=5, replication=2, collect=False, **{WAR_COST: 0.6})
    direct.run()
    row = results.table[(results.table[WAR_COST] == 0.6) & (results.table["replication"] == 2)].iloc[0]
    assert row["number_of_pacts"] == direct.measures()["P.number_of_pacts"]
    assert isinstance(aa.distribution_figure(results, "number_of_pacts", WAR_COST), matplotlib.figure.Figure)
    assert isinstance(aa.selection_figure(results, WAR_COST), matplotlib.figure.Figure)


def test_any_outcome_as_a_figure_or_on_axes():
    results, other = (aa.sweep(one_power(years=3), {WAR_COST: [0.1, 0.6]}, replications=3, seed=seed)
                      for seed in (5, 6))
    figure = aa.outcome_figure([results, other], "wars", "war_cost", kind="box", labels={"war_cost": "Dear wars"})
    assert figure.get_supxlabel() == "Dear wars" and len(figure.axes) == 2
    axes = matplotlib.figure.Figure().subplots()
    assert "Wars: Challenges that an ally resisted." in aa.draw_outcome(axes, results, "wars", at={"war_cost": 0.1})
    with pytest.raises(aa.Refusal, match="by: no such column in the table; found 'war'"):
        aa.outcome_figure(results, "wars", "war")


def in_a_file(scenario, path):
    path.write_text(dump_yaml(scenario.resolved()), encoding="utf-8")
    return str(path)


def test_a_path_stands_for_a_scenario_and_for_results(tmp_path):
    scenario = one_power(years=3, relaxations=AT_REST)
    path = in_a_file(scenario, tmp_path / "one.yaml")
    assert aa.simulate(path, seed=3).series.equals(aa.simulate(scenario, seed=3).series)
    assert [found.pacts for found in aa.solve(path).equilibria] == [
        found.pacts for found in aa.solve(scenario).equilibria]
    assert aa.compare(path, tmp_path / "one.yaml")["event"].eq("stays").all()
    assert aa.trace(path, scenario, seed=1).parting is None
    state = next(iter(scenario.states))
    assert aa.nash_bargain(path, state) == aa.nash_bargain(scenario, state)
    results = aa.sweep(path, {WAR_COST: np.array([0.1, 0.6])}, replications=2)
    assert len(results.table) == 4
    for given in (results.path, str(results.path)):
        assert isinstance(aa.outcome_figure(given, "wars", "war_cost"), matplotlib.figure.Figure)
        assert isinstance(aa.selection_figure(given, WAR_COST), matplotlib.figure.Figure)


def test_a_grid_is_not_passed_over_where_a_study_is_given(tmp_path):
    in_a_file(one_power(years=3), tmp_path / "one.yaml")
    study = tmp_path / "study.yaml"
    study.write_text("format: 1\nname: s\nscenario: one.yaml\nreplications: 1\n"
                     f"design: {{grid: {{{WAR_COST}: [1]}}}}\n", encoding="utf-8")
    assert len(aa.sweep(study).table) == 1
    with pytest.raises(aa.Refusal, match=r"study\.yaml: a study, and not a scenario"):
        aa.sweep(study, {WAR_COST: [0.1, 0.6]})


@pytest.mark.parametrize(("ask", "told"), [
    (lambda: aa.sweep(one_power(), replications=0), "replications: out of range; found 0"),
    (lambda: aa.sweep(one_power(), {WAR_COST: 0.1}), f"design.grid.{WAR_COST}: not a list of values; found 0.1"),
    (lambda: aa.sweep(one_power(), {"assumptions.bargaining_solution": "nash"}), "not a list of values; found 'nash'"),
    (lambda: aa.simulate(7), "not a scenario; found 7; allowed: what load gives, or the path of a scenario file"),
    (lambda: aa.simulate("nowhere.yaml"), "nowhere.yaml: no such file"),
    (lambda: aa.outcome_figure(7, "wars"), "no results of a sweep; found 7"),
    (lambda: aa.outcome_figure([7], "wars"), "no results of a sweep; found 7")])
def test_what_is_of_another_kind_is_refused(ask, told):
    with pytest.raises(aa.Refusal) as refusal:
        ask()
    assert told in str(refusal.value)


def test_a_study_made_in_python_is_refused_in_plain_words():
    with pytest.raises(aa.Refusal, match="replications: out of range; found -1"):
        aa.sweep(one_power(), replications=-1)


def test_what_is_not_allowed_is_refused():
    with pytest.raises(aa.Refusal, match="path matches nothing"):
        aa.sweep(one_power(), {"crisis.stakes": [1.0]})
    with pytest.raises(aa.Refusal, match="not in the scenario"):
        aa.nash_bargain(one_power(), "X")


def test_equilibria_side_by_side():
    first = one_power(relaxations=AT_REST)
    second = first.replace(WAR_COST, 3.0)
    found = aa.compare(first, second).set_index("weak_state")
    before = aa.solve(first).equilibria[0].pacts
    for state, row in found.iterrows():
        assert row["commitment_before"] == before[state].commitment
        assert (row["event"] == "leaves") == math.isnan(row["commitment_after"])
    assert set(found["event"]) <= {"leaves", "stays", "enters"}


def test_a_pair_from_close_by():
    terms = aa.nash_bargain(one_power(), "A")
    assert np.all((np.array(terms) > 0.0) & (np.array(terms) <= 1.0))
    for figure in (aa.contract_figure(one_power(), "A"), aa.crisis_figure(one_power(), "A")):
        assert isinstance(figure, matplotlib.figure.Figure)


def test_a_reversal_has_every_measure_at_every_value():
    found = aa.reversal(one_power(years=3), WAR_COST, [0.1, 0.6], replications=2)
    assert len(found) == 10
    assert set(found["value"]) == {0.1, 0.6}
