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
