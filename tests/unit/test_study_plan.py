"""Plans: numbers of the histories, identity, and what the study and the command line set."""

from __future__ import annotations

import pytest

from simulation.errors import Refusal
from simulation.scenario.file import dump_yaml
from simulation.study.design import Design
from simulation.study.plan import load_plan, plan_of
from simulation.study.study_file import Study
from tests.builders import drawn_states, one_power
from tests.studies import REACH, SCENARIO, STUDY, WAR_COST, tiny_plan, write_study


def test_histories_are_numbered_replication_by_replication(tmp_path):
    plan = tiny_plan(tmp_path)
    runs = [plan.run(number) for number in range(plan.number_of_runs)]
    assert plan.number_of_runs == 12
    assert [run.replication for run in runs] == [0] * 4 + [1] * 4 + [2] * 4
    assert [run.point_id for run in runs] == [0, 1, 2, 3] * 3
    assert runs[6].settings == {WAR_COST: 0.4, REACH: 800.0}


def test_more_replications_renumber_nothing_and_keep_the_identity(tmp_path):
    few, many = tiny_plan(tmp_path), tiny_plan(tmp_path, replications=9)
    assert few.identity == many.identity
    assert [few.run(number) for number in range(12)] == [many.run(number) for number in range(12)]


@pytest.mark.parametrize(("old", "new"), [
    ("[0, 0.4]", "[0, 0.5]"), ("seed: 7", "seed: 8"), ("attention: 2", "attention: 3"), ("[0, 0.4]", "[0.4, 0]")])
def test_what_moves_numbers_changes_the_identity(old, new, tmp_path):
    assert tiny_plan(tmp_path).identity != tiny_plan(tmp_path, STUDY.replace(old, new)).identity


def test_words_do_not_change_the_identity(tmp_path):
    assert tiny_plan(tmp_path).identity == tiny_plan(tmp_path, STUDY + "title: Words\n").identity


def test_values_are_those_that_the_scenario_holds(tmp_path):
    plan = tiny_plan(tmp_path)
    assert [type(value) for value in plan.points[0].values()] == [float, float]
    assert tiny_plan(tmp_path, STUDY.replace("[0, 0.4]", "[0.0, 0.4]")).identity == plan.identity


def test_the_study_sets_and_the_command_line_sets_over_it(tmp_path):
    plan = tiny_plan(tmp_path)
    assert plan.scenario.major_powers["P"].attention == 2
    plan = tiny_plan(tmp_path, settings={"major_powers.P.attention": 5, "years": 6}, seed=11, replications=1)
    assert (plan.scenario.major_powers["P"].attention, plan.scenario.years) == (5, 6)
    assert (plan.study.seed, plan.replications) == (11, 1)


def test_the_resolved_study_repeats_the_plan(tmp_path):
    plan = tiny_plan(tmp_path)
    (tmp_path / "scenario.resolved.yaml").write_text(dump_yaml(plan.scenario.resolved()))
    (tmp_path / "again.yaml").write_text(dump_yaml(plan.resolved_study()))
    again = load_plan(tmp_path / "again.yaml")
    assert again.identity == plan.identity
    assert again.folder_name == plan.folder_name


def test_a_plan_without_files():
    study = Study(name="x", scenario="in Python", design=Design(grid={"crisis.stake": [1, 2]}))
    assert plan_of(study, one_power()).points == ({"crisis.stake": 1.0}, {"crisis.stake": 2.0})


def test_generated_states_can_be_varied():
    study = Study(name="x", scenario="in Python", design=Design(grid={"weak_states.*.crisis_rate": [0.1, 0.2]}))
    assert plan_of(study, drawn_states(1)).points[1] == {"weak_states.*.crisis_rate": 0.2}


def test_values_that_do_not_fit_each_other_are_refused_although_each_is_fine(tmp_path):
    study = STUDY.replace(f"    {REACH}: [800, 1600]", "    weak_states.A.capital: [{latitude: 1, longitude: 1}]\n"
                          "    weak_states.A.rivals: [[B], [Z]]")
    with pytest.raises(Refusal) as refused:
        load_plan(write_study(tmp_path, study, SCENARIO))
    assert str(refused.value).startswith(f"{tmp_path}/study.yaml:8: weak_states.A.rivals: unknown rival; found Z")
