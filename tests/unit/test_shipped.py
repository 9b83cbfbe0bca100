"""What comes with the program is found where it is needed, and never in place of a user's own file."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pandas as pd
import pytest

import simulation as aa
from simulation.errors import Refusal
from simulation.propositions.file import load_family
from simulation.record.country_codes import cow_code
from simulation.scenario import shipped
from simulation.scenario.file import load_scenario
from simulation.study.plan import load_plan
from tests.record import dyads

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path, text: str, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_extends_what_comes_with_the_program(tmp_path):
    own = load_scenario(write(tmp_path, "name: own\nextends: russia-2005.yaml\n"))
    assert own.replace("name", "russia-2005").states == load_scenario(aa.example("russia-2005.yaml")).states


def test_what_lies_beside_comes_first(tmp_path):
    write(tmp_path, "name: other\nextends: base.yaml\nyears: 7\n", "russia-2005.yaml")
    own = "name: own\nextends: russia-2005.yaml\nmajor_powers: {P: {capability: 0.1, reach_half_distance_km: 1000}}\n" \
          "weak_states: {A: {capability: 0.01, challenger_capability: 0.01, crisis_rate: 0.1," \
          " toward: {P: {distance_km: 1}}}}\n"
    found = load_scenario(write(tmp_path, own))
    assert (found.years, list(found.states)) == (7, ["A"])


def test_a_study_and_propositions_find_it_too(tmp_path):
    study = write(tmp_path, "name: own\nscenario: stylised.yaml\n")
    assert load_plan(study).scenario.name == "stylised"
    text = aa.example("studies/my-propositions.yaml").read_text(encoding="utf-8")
    assert "../stylised.yaml" in text
    family = load_family(write(tmp_path, text.replace("../stylised.yaml", "stylised.yaml")))
    assert family.scenarios["stylised.yaml"].name == "stylised"


def test_it_is_said_where_it_is_used_but_for_the_base(tmp_path, caplog):
    with caplog.at_level(logging.INFO, logger="simulation"):
        load_scenario(write(tmp_path, "name: own\nextends: stylised.yaml\n"))
    assert [record.getMessage() for record in caplog.records] == [
        "stylised.yaml: not beside the file that names it; taken from what comes with the program"]


@pytest.mark.parametrize("name", ["../russia-2005.yaml", "studies/../russia-2005.yaml", "russia-2006.yaml"])
def test_only_a_bare_name_can_mean_it(tmp_path, name):
    with pytest.raises(Refusal, match=r"own\.yaml:2: extends: no such file"):
        load_scenario(write(tmp_path, f"name: own\nextends: {name}\n"))


def test_a_missing_file_that_comes_with_the_program_is_refused_with_the_way_to_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal) as refused:
        load_scenario("scenarios/russia-2005.yaml")
    assert str(refused.value) == (
        "scenarios/russia-2005.yaml: no such file; allowed: a file that is there;"
        " 'asymmetric-alliances init FOLDER' copies those that come with the program")
    with pytest.raises(Refusal, match=r"^elsewhere.yaml: no such file$"):
        load_scenario("elsewhere.yaml")


def test_every_example_has_a_title_and_a_name_of_its_own():
    found = shipped.examples()
    assert len({own.name for own in found}) == len(found) > 15
    assert [own.name for own in found if not own.title] == []
    assert found[0].name == "base.yaml" and found[-1].name.startswith("studies/")


def test_another_name_is_refused_with_the_nearest():
    with pytest.raises(Refusal, match=r"comes not with the program; found 'rusia.*did you mean russia-2005.yaml"):
        aa.example("rusia-2005.yaml")


def test_what_an_installation_brings_is_looked_for_in_it_first(tmp_path, monkeypatch):
    (tmp_path / "shipped").mkdir()
    write(tmp_path / "shipped", "", "LICENSE")
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path)
    assert shipped.shipped("LICENSE") == tmp_path / "shipped" / "LICENSE"
    assert shipped.shipped("CITATION.cff") == tmp_path.parent / "CITATION.cff"


@pytest.mark.parametrize(("judged", "power"), [("russia-2005", "RUS"), ("united-states-2005", "USA")])
def test_judgements_over_a_fitted_scenario_are_those_of_the_judged_one_and_nothing_else(judged, power):
    fitted, overlay = (load_scenario(aa.example(f"{judged}-fitted{end}.yaml")) for end in ("", "-judged"))
    told = {cow_code(code, 2005, "ISO3 code"): state for code, state in load_scenario(
        aa.example(f"{judged}.yaml")).states.items()}
    changed = 0
    for code, state in overlay.states.items():
        own, was = state.toward[power], fitted.states[code].toward[power]
        if code in told:
            theirs = told[code].toward[power]
            assert (own.basing, own.rival_pull) == (theirs.basing, theirs.rival_pull)
        judgement = {"basing": was.basing, "rival_pull": was.rival_pull}
        assert state.model_copy(update={"toward": {power: own.model_copy(update=judgement)}}) == fitted.states[code]
        changed += own != was
    assert changed > 70 and overlay.major_powers == fitted.major_powers


def test_what_is_exchanged_is_what_was_fitted():
    """README, propositions and record.md write the other power's reach and fixed cost out; one reach is flat."""
    own = {code: load_scenario(aa.example(f"{name}-2005-fitted.yaml")).major_powers[code] for code, name in (
        ("RUS", "russia"), ("USA", "united-states"))}
    written = re.compile(r"major_powers\.\S+\.(reach_half_distance_km|fixed)(?:=|: )([\d.]+\d)")
    fitted = {("reach_half_distance_km", power.reach_half_distance_km) for power in own.values()} | {
        ("fixed", power.costs.direct.fixed) for power in own.values()} | {("reach_half_distance_km", 1e5)}
    for name in ("README.md", "docs/record.md", "scenarios/propositions-fitted.yaml"):
        told = {(found[1], float(found[2])) for found in written.finditer((ROOT / name).read_text(encoding="utf-8"))}
        assert told and told <= fitted, name
    family = load_family(ROOT / "scenarios" / "propositions-fitted.yaml")
    assert {family.scenarios[name].name for name in family.scenarios} == {"rus-2005-fitted", "usa-2005-fitted"}


def test_the_table_to_practise_on_is_invented():
    table = pd.read_csv(ROOT / "scenarios" / "studies" / "invented-dyads.csv")
    drawn = dyads(states=60, years=range(2000, 2006))
    assert (table["atop_defense"] == drawn["atop_defense"]).all() and len(table) == len(drawn)
    assert ((table["min_distance_km"] - drawn["min_distance_km"]).abs() <= 0.5).all()
