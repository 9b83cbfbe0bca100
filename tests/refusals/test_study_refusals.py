"""Refusals of studies, of options of a sweep, and of results folders: one line, exit status 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.commands import command_line
from simulation.study import manifest as manifest_module
from simulation.study.lock import locked
from tests.manifests import change_manifest
from tests.studies import REACH, STUDY, WAR_COST, write_study

GRID = f"    {WAR_COST}: [0, 0.4]\n"
WAYS = "[value, ...] or {from, to, steps, scale}"
DESIGNS = "grid, zip, list, table, latin_hypercube, sobol, halton, morris, saltelli"
STUDY_KEYS = ("format, name, title, description, scenario, set, design, worlds, measures, record, replications, seed")

CASES: dict[str, tuple[str, str, str]] = {
    # what is replaced in the study, by what, and the line that must come out
    "unknown key": ("seed: 7", "sed: 7", f"9: sed: unknown key; allowed: {STUDY_KEYS}; did you mean seed?"),
    "no name": ("name: tiny-study\n", "", "1: name: missing; allowed: a letter, then letters, digits, _ or -, at most"
                                          " 24 in all"),
    "no scenario": ("scenario: tiny.yaml\n", "", "1: scenario: missing; allowed: text"),
    "a scenario that is not there": ("tiny.yaml", "tny.yaml", "2: scenario: no such file; found {folder}/tny.yaml"),
    "replications out of range": ("replications: 3", "replications: 0",
                                  "8: replications: out of range; found 0; allowed: 1 to 1000000"),
    "replications not whole": ("replications: 3", "replications: 2.5",
                               "8: replications: not a whole number; found 2.5; allowed: 1 to 1000000, or"
                               " {until: {measure, half_width, ...}}"),
    "a negative seed": ("seed: 7", "seed: -1",
                        "9: seed: out of range; found -1; allowed: 0 to 9223372036854775807"),
    "another format": ("seed: 7", "format: 2", "9: format: unknown value; found 2; allowed: 1"),
    "an unknown design": ("  grid:", "  gird:", f"5: design.gird: unknown key; allowed: {DESIGNS}; did you mean grid?"),
    "a design that is a list": ("design:\n  grid:\n" + GRID + f"    {REACH}: [800, 1600]\n", "design: [1]\n",
                                f"4: design: not a mapping; found a list of 1; allowed: a mapping with keys {DESIGNS}"),
    "a misspelt path": ("entrapment.war_cost", "entrapment.war_costs",
                        f"6: {WAR_COST}s: path matches nothing; found 'war_costs'; allowed: dial, war_cost,"
                        f" risk_weight; did you mean {WAR_COST}?"),
    "a value out of range": ("[0, 0.4]", "[0, 400]", f"6: {WAR_COST}: out of range; found 400; allowed: 0 to 100"),
    "a value of another type": ("[0, 0.4]", "[0, high]", f"6: {WAR_COST}: not a number; found 'high'; allowed: 0 to"
                                                         " 100"),
    "a value on a line of its own": ("[0, 0.4]", "\n      - 0\n      - 400",
                                     f"8: {WAR_COST}: out of range; found 400; allowed: 0 to 100"),
    "a null among the values": ("[0, 0.4]", "[0, null]", f"6: design.grid.{WAR_COST}.1: null; allowed: a value"),
    "no values": ("[0, 0.4]", "[]", f"6: design.grid.{WAR_COST}: empty; allowed: {WAYS}"),
    "one value": ("[0, 0.4]", "0.4", f"6: design.grid.{WAR_COST}: not a list of values; found 0.4; allowed: {WAYS}"),
    "a range without an end": ("[0, 0.4]", "{from: 0, steps: 3}",
                               f"6: design.grid.{WAR_COST}.to: missing; allowed: a number"),
    "a range that ends out of range": ("[0, 0.4]", "{from: 0, to: 200, steps: 3}",
                                       f"6: {WAR_COST}: out of range; found 200; allowed: 0 to 100"),
    "a logarithmic range from 0": ("[0, 0.4]", "{from: 0, to: 1, steps: 3, scale: log}",
                                   f"6: design.grid.{WAR_COST}: out of range; found 0 to 1; allowed: above 0 on a log"
                                   " scale"),
    "an unknown scale": ("[0, 0.4]", "{from: 1, to: 2, steps: 3, scale: logs}",
                         f"6: design.grid.{WAR_COST}.scale: unknown value; found 'logs'; allowed: linear, log; did you"
                         " mean log?"),
    "a value twice": ("[0, 0.4]", "[0.4, 0.4]",
                      f"5: design.grid: a point given twice; found {WAR_COST} = 0.4, {REACH} = 800.0"),
    "a path set and varied": ("attention: 2", f"attention: 2, {WAR_COST}: 1",
                              f"3: set.{WAR_COST}: path both set and varied; found {WAR_COST}"),
    "a path to set that is not there": ("attention: 2", "atention: 2",
                                        "3: major_powers.P.atention: path matches nothing; found 'atention'; allowed:"
                                        " name, capability, capital, reach_half_distance_km, bargaining_weight,"
                                        " attention, benefits, costs, resolve, fatigue; did you mean"
                                        " major_powers.P.attention?"),
    "a value to set out of range": ("attention: 2", "attention: -2",
                                    "3: major_powers.P.attention: out of range; found -2; allowed: 0 to 1000"),
    "a key twice": ("seed: 7", "seed: 7\nseed: 8", "10: seed: key given twice, first on line 9"),
}


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        command_line.main(arguments)
    captured = capsys.readouterr()
    return left.value.code, captured.out, captured.err


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path)
    return tmp_path


@pytest.fixture
def finished(folder, capsys) -> Path:
    assert outcome(["sweep", "study.yaml", "-j", "1", "--replications", "1", "--out", "done"], capsys)[0] == 0
    return folder


@pytest.mark.parametrize("case", CASES)
def test_studies(case, folder, capsys):
    old, new, message = CASES[case]
    assert old in STUDY
    (folder / "study.yaml").write_text(STUDY.replace(old, new, 1))
    before = contents(folder)
    line = f"error: {folder}/study.yaml:{message.format(folder=folder) if '{folder}' in message else message}\n"
    assert outcome(["sweep", f"{folder}/study.yaml"], capsys) == (2, "", line)
    assert contents(folder) == before


@pytest.mark.parametrize(("options", "message"), [
    (["--set", "years"], "--set: not a setting; found 'years'; allowed: path=value"),
    (["--set", "years=0"], "--set: years: out of range; found 0; allowed: 1 to 1000"),
    (["--set", "yers=3"], "--set: yers: path matches nothing; found 'yers'"),
    (["--set", "years=3", "--set", "years=4"], "--set: years: path set twice"),
    (["--set", "years="], "--set: years: no value"),
    (["--set", f"{REACH}=500"], f"--set: {REACH}: path varied by the study; allowed: a path that the design leaves"
                                " alone"),
    (["--years", "0"], "--years: out of range; found 0; allowed: 1 to 1000"),
    (["--replications", "0"], "--replications: out of range; found 0; allowed: 1 to 1000000"),
    (["--seed", "-1"], "--seed: out of range; found -1; allowed: 0 to 9223372036854775807"),
    (["--out", "tiny.yaml"], "tiny.yaml: not a folder"),
    (["--out", "tiny.yaml/below"], "tiny.yaml: not a folder, so that nothing can be below it"),
    (["--out", "."], ".: holds other files, and no manifest.json; give an empty or a new folder"),
])
def test_options_of_a_sweep(options, message, folder, capsys):
    before = contents(folder)
    status, out, err = outcome(["sweep", "study.yaml", *options], capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1
    assert contents(folder) == before


@pytest.mark.parametrize(("old", "new", "message"), [
    ("seed: 7", "seed: 8", "seed is 7 there and 8 here"),
    ("name: tiny-study", "name: other", "name is 'tiny-study' there and 'other' here"),
    ("[0, 0.4]", "[0, 0.5]", f"points.2.{WAR_COST} is 0.4 there and 0.5 here"),
    ("[0, 0.4]", "[0]", "points is a list of 4 there and a list of 2 here"),
    ("attention: 2", "attention: 3", "scenario.major_powers.P.attention is 2 there and 3 here"),
])
def test_a_folder_of_another_study(old, new, message, finished, capsys):
    (finished / "study.yaml").write_text(STUDY.replace(old, new, 1))
    before = contents(finished)
    assert outcome(["sweep", "study.yaml", "--out", "done"], capsys) == (
        2, "", f"error: done: holds another sweep: {message}\n")
    assert contents(finished) == before


def test_a_folder_of_earlier_sources_that_gave_the_same_numbers_is_gone_on_with(finished, capsys, monkeypatch):
    monkeypatch.setattr(manifest_module, "SAME_NUMBERS", frozenset({"earlier"}))
    change_manifest("done", model_sources="earlier")
    assert outcome(["sweep", "study.yaml", "--out", "done"], capsys)[0] == 0


@pytest.mark.parametrize(("entry", "value", "message"), [
    ("version", "0.0.1", "done: made by another version of the program ('0.0.1', now "),
    ("model_sources", "x", "done: made by other sources of the program ('x', now "),
    ("model_sources", ["x"], "done: made by other sources of the program (a list of 1, now "),
])
def test_a_folder_of_another_program(entry, value, message, finished, capsys):
    change_manifest("done", **{entry: value})
    before = contents(finished)
    for command in (["sweep", "study.yaml", "--out", "done"], ["resume", "done"]):
        status, out, err = outcome(command, capsys)
        assert (status, out) == (2, "")
        assert err.startswith(f"error: {message}")
        assert err.endswith("remove the folder or give another with --out\n")
    assert contents(finished) == before


def test_a_folder_in_use(finished, capsys):
    with locked(Path("done")):
        status, out, err = outcome(["resume", "done"], capsys)
    assert (status, out) == (2, "")
    assert err.startswith("error: done: in use by another process")


@pytest.mark.parametrize(("text", "message"), [
    ("{", "done/manifest.json: cannot be read"),
    ("[]", "done/manifest.json: not what this program writes, so damaged, or of another version of it; run the command"
           " again that made the folder, into another"),
    ('{"format": 2, "points": []}', "done/manifest.json: not what this program writes, so damaged, or of another"
                                    " version of it; run the command again that made the folder, into another"),
])
def test_a_manifest_that_is_none(text, message, finished, capsys):
    Path("done/manifest.json").write_text(text)
    assert outcome(["resume", "done"], capsys) == (2, "", f"error: {message}\n")


@pytest.mark.parametrize(("change", "message"), [
    ({"seed": 8, "study": None}, "done/manifest.json: damaged ("),
    ({"identity": "0"}, "done/manifest.json: changed since it was written; its identity does not fit"),
    ({"points": [{}]}, "done/manifest.json: changed since it was written; its identity does not fit"),
])
def test_a_manifest_that_was_changed(change, message, finished, capsys):
    change_manifest("done", **change)
    status, out, err = outcome(["resume", "done"], capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}")


@pytest.mark.parametrize("name", ["nowhere", "study.yaml"])
def test_nothing_to_resume(name, folder, capsys):
    assert outcome(["resume", name], capsys) == (
        2, "", f"error: {name}: no results of a sweep (there is no manifest.json)\n")


@pytest.mark.parametrize("words", [["figures", "."], ["resume", "."], ["report", "."]])
def test_a_folder_above_results_names_them(words, finished, capsys):
    status, _, err = outcome(words, capsys)
    assert status == 2 and err.endswith("(there is no manifest.json; there is one in done below it)\n")


@pytest.mark.parametrize(("arguments", "message"), [
    (["merge", "done", "--out", "all"], "merge: one folder only; found done; allowed: two results folders or more"),
    (["merge", "done", "done", "--out", "all"], "done: given twice"),
    (["merge", "done", "none", "--out", "all"], "none: no results of a sweep (there is no manifest.json)"),
    (["merge", "done", "none", "--out", "done"], "done: both a folder to merge and the folder for the result"),
    (["merge", "done", "none", "--out", "."],
     ".: holds other files, and no manifest.json; give an empty or a new folder"),
])
def test_merging(arguments, message, finished, capsys):
    before = contents(finished)
    assert outcome(arguments, capsys) == (2, "", f"error: {message}\n")
    assert contents(finished) == before
