"""The command `why`, on a hit, a miss and a false alarm of Russia in 2005."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.commands import waiting
from tests.statuses import status_of

RUSSIA = str(Path(__file__).resolve().parents[2] / "scenarios" / "russia-2005.yaml")
DENIAL = "major_powers.RUS.benefits.denial"


def told(capsys, *words: object) -> str:
    assert status_of("why", RUSSIA, *words, "--parameter", DENIAL) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("state", "lines"), [
    ("ARM", ["ARM is allied with RUS", "in the record: allied", "their contract: commitment 0.", "in 100%"]),
    ("MDA", ["MDA is allied with RUS", "in the record: not allied", "Denial of rivals"]),
    ("UZB", ["UZB has no ally", "in the record: allied", "is refused by UZB and RUS", "rivals that are allies"]),
])
def test_a_hit_a_false_alarm_and_a_miss_are_explained(state, lines, capsys):
    out = told(capsys, state, "--histories", "2")
    assert [line for line in lines if line not in out] == []
    assert ("in 2 histories (seed 1): predicted allied" in out) and DENIAL in out


def test_the_document_says_what_the_table_says(capsys, tmp_path):
    file = tmp_path / "why.json"
    out = told(capsys, "UZB", "--histories", "0", "--json", "--out", file)
    found = json.loads(out)
    assert file.read_text(encoding="utf-8") == out
    assert (found["is_allied"], found["observed"], found["share_of_histories"]) == (False, True, None)
    (turning,) = found["turning"]
    assert turning["now"] == 0.05 < turning["in_equilibrium"] < 0.2 and turning["in_histories"] is None
    assert found["contract"]["terms"]["cost_foreclosure"] == pytest.approx(0.06)


def test_where_there_is_no_terminal_it_says_how_far_it_has_come(capsys, monkeypatch):
    monkeypatch.setattr(waiting, "SECONDS_BETWEEN_LINES", 0.02)
    assert status_of("why", RUSSIA, "UZB", "--histories", "2", "--parameter", DENIAL) == 0
    assert ", 0 of 1 parameter, usually a quarter of a minute to some minutes\n" in capsys.readouterr().err


def test_in_several_processes_it_says_the_same(capsys, monkeypatch):
    monkeypatch.setattr("simulation.study.executors.SECONDS_TO_START_WORKERS", -1e9)
    asked = [word for path in (DENIAL, "weak_states.GEO.outside_option", "weak_states.GEO.votes")
             for word in ("--parameter", path)]
    found = []
    for jobs in (1, 2):
        assert status_of("why", RUSSIA, "GEO", "--years", 10, "--histories", 2, "--json", "-j", jobs, *asked) == 0
        found.append(capsys.readouterr().out)
    assert found[0] == found[1]
    assert [one["parameter"] for one in json.loads(found[0])["turning"]] == asked[1::2]
    assert json.loads(found[0])["turning"][1]["in_histories"] > 0.0


def test_without_a_turn_it_says_so(capsys):
    assert status_of("why", RUSSIA, "UZB", "--histories", "0", "--parameter", "weak_states.UZB.votes") == 0
    assert "nor 0, was found to turn it for: weak_states.UZB.votes" in " ".join(capsys.readouterr().out.split())


def test_where_no_equilibrium_is_found_nobody_else_is_allied(capsys):
    world = Path(RUSSIA).parent / "no-rest.yaml"
    assert status_of("why", world, "LARGE", "--histories", "1", "--parameter", "weak_states.LARGE.votes") == 0
    out = capsys.readouterr().out
    assert "no equilibrium was found: looked at while nobody else is allied" in out
    assert "a contract would suit both" in out


def test_of_a_generated_state_the_power_s_numbers_are_looked_at(capsys):
    world = Path(RUSSIA).parent / "stylised.yaml"
    assert status_of("why", world, "S001", "--histories", "0", "--set", "population.count=3", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {turning["parameter"].split(".")[0] for turning in found["turning"]} == {"major_powers"}


def test_a_state_and_a_power_go_by_their_names_as_well(capsys):
    told = []
    for asked in (["UZB"], ["Uzbekistan"], ["uzb", "--power", "russia"]):
        assert status_of("why", RUSSIA, *asked, "--histories", "0", "--parameter", "weak_states.UZB.votes") == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] == told[2] and "russia-2005: RUS and UZB" in told[0]


@pytest.mark.parametrize(("words", "message"), [
    (["Uzbekhistan"], "; did you mean UZB (Uzbekistan)?"), (["XYZ"], "allowed: a code or a name: AZE, BLR, "),
    (["XYZ"], " and 71 more\n"),
    (["XYZ"], "STATE: not in the scenario; found XYZ"),
    (["ARM", "--power", "USA"], "--power: not in the scenario; found USA"),
    (["ARM", "--equilibrium", "9"], "--equilibrium: no such equilibrium; found 9; allowed: 1 to 2"),
    (["ARM", "--parameter", "weak_states.*.votes"], "--parameter: not the path of one number"),
    (["ARM", "--parameter", "name"], "--parameter: not the path of one number; found name"),
    (["ARM", "--histories", "-1"], "--histories"),
])
def test_what_cannot_be_asked_is_refused_in_one_line(words, message, capsys):
    assert status_of("why", RUSSIA, *words) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and message in err


def test_what_set_changed_is_said_and_a_column_of_nothing_is_not_shown(capsys):
    out = told(capsys, "UZB", "--histories", "0", "--years", "10", "--set", "crisis.stake=1.5",
               "--set", "crisis.war_cost_weak=0.2")
    assert out.splitlines()[:3] == [
        "set: crisis.stake = 1.5, in place of 1.0", "set: crisis.war_cost_weak = 0.2, as in the file",
        "set: years = 10, in place of 30"]
    assert "in equilibrium" in out and "in half of the histories" not in out


def test_an_unknown_parameter_is_told_with_its_option(capsys):
    assert status_of("why", RUSSIA, "UZB", "--parameter", "nope") == 2
    assert capsys.readouterr().err.startswith("error: --parameter: nope: path matches nothing")


@pytest.mark.parametrize("words", [
    ("why", RUSSIA, "UZB", "--parameter", "own_terms.pride.weight"),
    ("why", RUSSIA, "UZB", "--set", "own_terms.pride.weight=2"),
    ("compare", RUSSIA, "--against", "own_terms.pride.weight=2")])
def test_a_path_to_own_terms_where_there_are_none_is_told_so(words, capsys):
    assert status_of(*words) == 2
    assert "allowed: another path: russia-2005 states no own_terms (asym" in capsys.readouterr().err
