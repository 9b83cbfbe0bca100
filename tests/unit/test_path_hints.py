"""What is told of a path that matches nothing: which paths of the scenario end so, wherever the path was given."""

from __future__ import annotations

import pytest

from simulation.errors import Refusal
from simulation.scenario.file import load_scenario
from simulation.scenario.path_hints import suggest_path
from simulation.scenario.shipped import example
from tests.builders import one_power, two_powers
from tests.statuses import status_of

WAR_COST = "major_powers.POW.costs.entrapment.war_cost"
REGION = example("my-region.yaml")


def suggested(path, scenario):
    with pytest.raises(Refusal) as refused:
        scenario.replace(path, 1.0)
    suggest_path(refused.value, scenario)
    return refused.value.suggestion


@pytest.mark.parametrize(("path", "meant"), [
    ("war_cost", WAR_COST), ("warcost", WAR_COST), ("reach", "major_powers.POW.reach_half_distance_km"),
    ("major_powers.POW.costs.war_cost", WAR_COST), ("major_powers.POW.cost.war_cost", WAR_COST),
    ("major_powers.POW.costs.entrapment.warcost", WAR_COST), ("votes", "weak_states.*.votes"),
    ("weak_states.NEA.basing", "weak_states.NEA.toward.POW.basing"), ("basing", "weak_states.*.toward.POW.basing"),
    ("costs.dial", "major_powers.POW.costs.direct.dial, major_powers.POW.costs.opportunity.dial,"
                   " major_powers.POW.costs.entrapment.dial"), ("nonsense", "")])
def test_a_path_that_was_cut_short_is_told_whole(path, meant):
    assert suggested(path, load_scenario(REGION)) == meant


def test_what_is_told_can_be_set():
    for scenario in (one_power(), two_powers(), load_scenario(example("stylised.yaml"))):
        for path in ("war_cost", "votes", "crisis_rate", "distance_km"):
            for told in suggested(path, scenario).split(", "):
                scenario.replace(told, 0.5)


@pytest.mark.parametrize("words", [
    ("run", REGION, "--set", "war_cost=1"),
    ("why", REGION, "NEA", "--parameter", "war_cost"),
    ("sweep", example("studies/my-study.yaml"), "--set", "war_cost=1")])
def test_commands_tell_it(words, capsys):
    assert status_of(*words) == 2
    assert f"; did you mean {WAR_COST}?" in capsys.readouterr().err


def test_a_study_tells_it_with_its_line(tmp_path, capsys):
    study = tmp_path / "study.yaml"
    study.write_text(f"format: 1\nname: s\nscenario: {REGION}\ndesign:\n  grid:\n    war_cost: [1]\n", encoding="utf-8")
    assert status_of("validate", study) == 2
    told = capsys.readouterr().err
    assert "study.yaml:6: war_cost: path matches nothing" in told and f"; did you mean {WAR_COST}?" in told
