"""Refusals of files of propositions: one line with file and line, exit status 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.commands import command_line
from tests.propositions import POWER, PROPOSITIONS, write_propositions

WAR_COST = f"{POWER}.costs.entrapment.war_cost"
CASES: dict[str, tuple[str, str, str]] = {
    # what is replaced, by what, and the line that must come out
    "an unknown key": ("pilot: 10", "pilots: 10",
                       "2: pilots: unknown key; allowed: format, name, title, description, alpha, power, pilot,"
                       " at_most, seed, scenario, worlds, measures, region, multiverse, propositions; did you mean"
                       " pilot?"),
    "a measure that is not there": ("measure: steep", "measure: steeper",
                                    "51: propositions.nothing.predictions.steep.measure: unknown measure; found"
                                    " 'steeper'; allowed: {measures}; did you mean steep?"),
    "a path that matches nothing": (f"to: {{{POWER}.benefits.power_projection: 0,", f"to: {{{POWER}.benefit.power: 0,",
                                    "21: major_powers.P.benefit.power: path matches nothing; found 'benefit'; allowed:"
                                    " name, capability, capital, reach_half_distance_km, bargaining_weight, attention,"
                                    " benefits, costs, resolve, fatigue; did you mean"
                                    " major_powers.P.benefits.power?"),
    "a value out of range": ("values: [0, 2, 4]", "values: [0, 2, 400]",
                             f"34: {WAR_COST}: out of range; found 400.0; allowed: 0 to 100"),
    "one value of a slope": ("values: [0, 2, 4]", "values: [0]",
                             "34: propositions.wrong.predictions.more.slope.values: too few; found a list of 1;"
                             " allowed: at least 2"),
    "the same on both sides": (f"to: {{{POWER}.benefits.power_projection: 0, {POWER}.benefits.denial: 0}}",
                               f"to: {{{POWER}.benefits.power_projection: 0.5, {POWER}.benefits.denial: 0}}",
                               "20: propositions.right.predictions.fewer.contrast: nothing to compare; found the same"
                               " setting on both sides; allowed: two settings"),
    "a range the wrong way round": ("{from: 300, to: 3000}", "{from: 3000, to: 300}",
                                    f"10: region.{POWER}.reach_half_distance_km: ends the wrong way round; found 3000"
                                    " to 300; allowed: from below to"),
    "a logarithm of nothing": ("{from: 0.05, to: 2.0, scale: log}", "{from: 0, to: 2.0, scale: log}",
                               f"9: region.{WAR_COST}: out of range; found 0 to 2; allowed: above 0 on a log scale"),
    "a region of nothing": (f"{POWER}.reach_half_distance_km: {{from", f"{POWER}.reach: {{from",
                            f"10: {POWER}.reach: path matches nothing; found 'reach'; allowed: name, capability,"
                            " capital, reach_half_distance_km, bargaining_weight, attention, benefits, costs, resolve,"
                            " fatigue"),
    "an assumption that is not one": ("assumptions.deterrence: [true, false]", "assumptions.deterrence: [true, 3]",
                                      "13: assumptions.deterrence: not true or false; found 3"),
    "two ways to compare": ("at: {}", "at: {}\n        slope: {path: years, values: [1, 2]}",
                            "50: propositions.nothing.predictions.steep: not one comparison; found slope, at; allowed:"
                            " one of contrast, slope, at"),
    "no way to compare": ("        at: {}\n", "",
                          "50: propositions.nothing.predictions.steep: not one comparison; found none; allowed: one of"
                          " contrast, slope, at"),
    "a direction of one's own": ("direction: positive", "direction: up",
                                 "35: propositions.wrong.predictions.more.direction: unknown value; found 'up';"
                                 " allowed: positive, negative, none"),
    "no smallest effect": ("        smallest_effect: 0.01\n", "",
                           "32: propositions.wrong.predictions.more.smallest_effect: missing; allowed: above 0"),
    "a smallest effect of nothing": ("smallest_effect: 0.01", "smallest_effect: 0",
                                     "36: propositions.wrong.predictions.more.smallest_effect: out of range; found 0;"
                                     " allowed: above 0"),
    "a knock-out of what is not there": ("removes: [more]", "removes: [mor]",
                                         "40: propositions.wrong.knock_outs.something_else.removes.0: unknown"
                                         " prediction; found 'mor'; allowed: more; did you mean more?"),
    "a knock-out of nothing": ("        removes: [more]\n", "",
                               "38: propositions.wrong.knock_outs.something_else.removes: missing; allowed: one or more"
                               " of more"),
    "a knock-out that cannot be": (f"{{{POWER}.bargaining_weight: 0.5}}", f"{{{POWER}.bargaining_weight: 5}}",
                                   f"39: {POWER}.bargaining_weight: out of range; found 5; allowed: 0 to 1"),
    "a scenario that is not there": ("scenario: tiny.yaml", "scenario: tny.yaml",
                                     "5: scenario: no such file; found '{folder}/tny.yaml'"),
    "no scenario": ("scenario: tiny.yaml\n", "", "14: propositions.right.scenario: missing; allowed: a scenario file"),
    "a power that is not there": (f"set: {{{POWER}.benefits.legitimation: 0, {POWER}.benefits.power_projection: 0}}\n",
                                  "major_power: Q\n",
                                  "43: propositions.nothing.major_power: unknown major power; found 'Q'; allowed: P"),
    "more for the pilot than at most": ("at_most: 160", "at_most: 10\npower: 0.3",
                                        "4: power: out of range; found 0.3; allowed: 0.5 to 0.999"),
    "bounds the wrong way round": ("pilot: 10", "pilot: 400",
                                   "2: pilot: bounds the wrong way round; found pilot 400, at_most 160; allowed: pilot"
                                   " up to at_most"),
    "survivors of one setting": ("measure: steep", "measure: autonomy_of_survivors",
                                 "51: propositions.nothing.predictions.steep.measure: survivors of one setting; found"
                                 " autonomy_of_survivors; allowed: a contrast or a slope with this measure"),
    "held against a figure without at": ("measure: number_of_pacts\n        slope", "measure: number_of_pacts\n        "
                                         "against: 2\n        slope",
                                         "32: propositions.wrong.predictions.more: held against a figure; found against"
                                         " 2 without at; allowed: against beside at"),
    "a value twice": ("values: [0, 2, 4]", "values: [0, 2, 2]",
                      "34: propositions.wrong.predictions.more.slope: a value given twice; found a list of 3; allowed:"
                      " different values"),
    "no propositions": (PROPOSITIONS[PROPOSITIONS.index("propositions:"):], "propositions: {}\n",
                        "14: propositions: empty; allowed: at least one"),
}


@pytest.mark.parametrize(("old", "new", "line"), CASES.values(), ids=CASES)
def test_refused_in_one_line(old, new, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert old in PROPOSITIONS
    write_propositions(Path("in"), PROPOSITIONS.replace(old, new, 1))
    with pytest.raises(SystemExit) as left:
        command_line.main(["test", "in/propositions.yaml", "--out", "out"])
    error = capsys.readouterr().err
    expected = line.replace("{folder}", "in")
    if "{measures}" in expected:
        start, end = expected.split("{measures}")
        assert error.startswith(f"error: in/propositions.yaml:{start}")
        assert error.endswith(f"{end}\n")
    else:
        assert error == f"error: in/propositions.yaml:{expected}\n"
    assert left.value.code == 2
    assert not Path("out").exists()


@pytest.mark.parametrize(("arguments", "line"), [
    (["test", "in/propositions.yaml", "--only", "rihgt"],
     "--only: no such proposition; found 'rihgt'; allowed: right, wrong, nothing; did you mean right?"),
    (["scope", "in/propositions.yaml", "rigt"],
     "no such proposition; found 'rigt'; allowed: right, wrong, nothing; did you mean right?"),
    (["multiverse", "in/propositions.yaml", "P1"],
     "no such proposition; found 'P1'; allowed: right, wrong, nothing"),
    (["test", "nowhere.yaml"], "nowhere.yaml: no such file"),
    (["test", "in/propositions.yaml", "--seed", "-1"],
     "--seed: out of range; found -1; allowed: 0 to 9223372036854775807"),
])
def test_options_are_refused_in_one_line(arguments, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_propositions(Path("in"))
    with pytest.raises(SystemExit) as left:
        command_line.main([*arguments, "--out", "out"])
    assert capsys.readouterr().err == f"error: {line}\n"
    assert left.value.code == 2
    assert not Path("out").exists()


@pytest.mark.parametrize(("verb", "block", "line"), [
    ("scope", "region", "no region; allowed: ranges of parameters under region"),
    ("multiverse", "multiverse", "no multiverse; allowed: assumptions with their values under multiverse"),
])
def test_what_a_verb_needs_is_asked_for(verb, block, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    start = PROPOSITIONS.index(f"{block}:\n")
    rest = PROPOSITIONS[start:].splitlines(keepends=True)
    end = next(number for number, text in enumerate(rest[1:], 1) if not text.startswith(" "))
    write_propositions(Path("in"), PROPOSITIONS[:start] + "".join(rest[end:]))
    with pytest.raises(SystemExit) as left:
        command_line.main([verb, "in/propositions.yaml", "right", "--out", "out"])
    assert capsys.readouterr().err == f"error: in/propositions.yaml: {line}\n"
    assert left.value.code == 2
