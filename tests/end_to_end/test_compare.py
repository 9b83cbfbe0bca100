"""``compare`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from simulation.commands.command_line import main

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = """\
name: small
years: 6
major_powers:
  P: {resolve: {type: resolute}}
weak_state_defaults: {capability: 0.0006, challenger_capability: 0.0013, crisis_rate: 0.6}
weak_states:
  A: {toward: {P: {distance_km: 0, basing: 1}}, observed: {P: true}}
  B: {toward: {P: {distance_km: 300, basing: 1}}}
  C: {toward: {P: {distance_km: 9000}}}
"""
FIXED = "major_powers.P.costs.direct.fixed"
FOLDER_FILES = ["figures", "manifest.json", "pacts.csv", "scenario-1.resolved.yaml", "scenario-2.resolved.yaml",
                "settings.csv", "shifts.csv", "terms.csv"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(SCENARIO.replace("small", "other").replace("  B:", "  D:"), encoding="utf-8")
    return tmp_path


def typed(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["compare", *arguments])
    said = capsys.readouterr()
    return left.value.code, said.out, said.err


def test_one_scenario_under_two_assumptions(folder, capsys):
    code, out, err = typed(capsys, "small.yaml", "--against", f"{FIXED}=2")
    assert (code, err) == (0, "")
    for words in ("2  small with major_powers.P.costs.direct.fixed=2", "as given", "fixed 2", "2 against 1: 0 enter",
                  "2 leave: A, B", "0 stay", "fixed cost", "Term by term"):
        assert words in out
    (path,) = folder.glob("results/small-compare-*")
    assert sorted(file.name for file in path.iterdir()) == FOLDER_FILES
    shifts, terms = pd.read_csv(path / "shifts.csv"), pd.read_csv(path / "terms.csv")
    assert shifts[["weak_state", "event", "moved_by"]].to_numpy().tolist() == [
        ["A", "leaves", "cost_fixed"], ["B", "leaves", "cost_fixed"]]
    changed = terms[terms["side"] == "major"].groupby("weak_state")["change_of_gain"].sum()
    assert changed.tolist() == pytest.approx((shifts["major_gain_second"] - shifts["major_gain_first"]).tolist())
    assert pd.read_csv(path / "settings.csv")["number_of_pacts"].tolist() == [2, 0]
    pacts = pd.read_csv(path / "pacts.csv")
    assert pacts[["setting", "weak_state"]].to_numpy().tolist() == [[1, "A"], [1, "B"]]
    assert pacts["commitment"].tolist() == shifts["commitment_before"].tolist()
    assert out.endswith(f"figure: {path.relative_to(folder)}/figures/contracts.png\n")
    manifest = json.loads((path / "manifest.json").read_text())
    assert [own["settings"] for own in manifest["compared"]] == [{}, {FIXED: 2}]


def test_the_other_way_round_and_two_columns_more_as_json(folder, capsys):
    code, out, _ = typed(capsys, "small.yaml", "--set", f"{FIXED}=2", "--json", "--against", f"{FIXED}=0.01",
                         "--against", f"{FIXED}=0.01,weak_states.B.crisis_rate=0", "--out", "here")
    found = json.loads(out)
    assert code == 0
    assert [own["set"] for own in found["settings"]] == [
        {FIXED: 2}, {FIXED: 0.01}, {FIXED: 0.01, "weak_states.B.crisis_rate": 0}]
    assert [[(shift["state"], shift["event"], shift["mover"]["term"]) for shift in pair["shifts"]]
            for pair in found["comparisons"]] == [
        [("A", "enters", "cost_fixed"), ("B", "enters", "cost_fixed")], [("A", "enters", "cost_fixed")]]
    assert found["settings"][0]["measures"]["P"]["commitment_given_pact"] is None


def test_settings_go_by_a_label_or_by_what_tells_them_apart(folder, capsys):
    dials = [f"major_powers.P.costs.{cost}.dial=0.5" for cost in ("direct", "opportunity", "entrapment")]
    asked = [part for dial in dials for part in ("--against", dial)]
    assert typed(capsys, "small.yaml", *asked, "--out", "here")[0] == 0
    assert pd.read_csv("here/settings.csv")["label"].tolist() == [
        "as given", "direct dial 0.5", "opportunity dial 0.5", "entrapment dial 0.5"]
    code, out, _ = typed(capsys, "small.yaml", "--against", f"dear pacts: {FIXED}=2", "--out", "other")
    assert code == 0 and "dear pacts" in out and "2  small with major_powers.P.costs.direct.fixed=2" in out
    assert pd.read_csv("other/settings.csv")["label"].tolist() == ["as given", "dear pacts"]


def test_an_order_that_there_is_not_is_refused_with_those_that_there_are(folder, capsys):
    code, _, error = typed(capsys, "small.yaml", "--states-by", "gian")
    assert code == 2 and error == ("error: --states-by: unknown value; found 'gian'; allowed: distance, name, gain; did"
                                   " you mean gain?\n")


@pytest.mark.parametrize(("order", "expected"), [([], "AB"), (["--states-by", "name"], "AB"),
                                                 (["--states-by", "distance"], "BA"), (["--states-by", "gain"], "BA")])
def test_states_stand_in_an_order_of_choice(folder, capsys, order, expected):
    """The nearer and more useful ally is B."""
    text = SCENARIO.replace("distance_km: 0, basing: 1", "distance_km: 400, basing: 0.8").replace("km: 300", "km: 100")
    (folder / "small.yaml").write_text(text, encoding="utf-8")
    code, out, _ = typed(capsys, "small.yaml", "--against", f"{FIXED}=0.001", *order, "--out", "here")
    assert code == 0 and f"2 stay: {', '.join(expected)}\n" in out
    states = [line.split()[0] for line in out.splitlines() if line[:2] in ("A ", "B ")]
    assert "".join(states) == 2 * expected
    assert list(dict.fromkeys(pd.read_csv("here/pacts.csv")["weak_state"])) == list(expected)


def test_files_go_by_labels_as_well(folder, capsys):
    code, out, _ = typed(capsys, "as it was: small.yaml", "revised: other.yaml", "--against", f"dear pacts: {FIXED}=2",
                         "--out", "here")
    assert code == 0 and "revised" in out
    table = pd.read_csv("here/settings.csv").drop_duplicates("setting")
    assert table["label"].tolist() == ["as it was", "revised", "dear pacts"]
    assert typed(capsys, "as it was: none.yaml", "small.yaml")[0] == 2
    Path("a: b.yaml").write_bytes(Path("small.yaml").read_bytes())  # a file is a file
    assert typed(capsys, "a: b.yaml", "other.yaml", "--out", "more")[0] == 0


def test_two_files_with_other_states(folder, capsys):
    code, out, err = typed(capsys, "small.yaml", "other.yaml", "--out", "here")
    assert (code, err) == (0, "")
    assert "1 enter: D" in out
    assert "1 leave: B" in out
    assert out.count("not in both scenarios") == 2
    assert "Term by term" not in out


def test_where_nobody_is_allied_in_any_setting(folder, capsys):
    code, out, err = typed(capsys, "small.yaml", "--set", f"{FIXED}=2", "--against", f"{FIXED}=3", "--out", "here")
    assert (code, err) == (0, "")
    assert "0 stay" in out
    assert list(pd.read_csv(folder / "here" / "shifts.csv")) == ["setting", "against", "major_power", "weak_state",
                                                                "event"]


def test_several_equilibria_are_told_and_the_nearest_compared(folder, capsys):
    """A critical mass: all or none where pacts cost little, none where they cost much."""
    scenario = str(ROOT / "scenarios" / "critical-mass.yaml")
    code, out, _ = typed(capsys, scenario, "--against", "major_powers.PAT.costs.direct.fixed=0.3")
    assert code == 0
    assert "of 2, number 2 is compared, nearest to those of the others" in out
    assert "not compared: number 1, 5 pacts: A, B, C, D, E\n" in out
    assert "0 leave" in out


@pytest.mark.parametrize(("arguments", "message"), [
    ([], "not so many settings can be compared; found 1; allowed: 2 to 12: a scenario file or an --against for each"),
    (["--against", "years"], "--against: not a setting; found 'years'; allowed: path=value"),
    (["--against", "years=7,years=8"], "--against: years: path set twice"),
    (["--against", f"{FIXED}=-1"], f"--against: {FIXED}: out of range; found -1; allowed: 0 to 10"),
    (["--set", f"{FIXED}=-1", "--against", "years=7"], f"--set: {FIXED}: out of range; found -1; allowed: 0 to 10"),
    (["--against", "years=6"], "nothing differs between two settings; found 'small.yaml' as settings 1 and 2; allowed:"
                               " different scenarios, or other values with --against"),
    (["nowhere.yaml"], "nowhere.yaml: no such file"),
    (["--against", "assumptions.exclusivity=false"], "assumptions.exclusivity: no equilibrium is defined for states"
                                                     " with several patrons; found false; allowed: true"),
    (["--against", "a: years=7", "--against", "a: years=8"], "--against: a label given twice; found 'a'; allowed:"
                                                             " different labels"),
    (["--against", "years=7", "--starts", "-1"], "--starts: out of range; found -1; allowed: 0 to 10000"),
])
def test_refused_in_one_line_and_nothing_written(folder, capsys, arguments, message):
    assert typed(capsys, "small.yaml", *arguments) == (2, "", f"error: {message}\n")
    assert not (folder / "results").exists()


def test_another_comparison_does_not_go_into_the_same_folder(folder, capsys):
    assert typed(capsys, "small.yaml", "other.yaml", "--out", "here")[0] == 0
    again = typed(capsys, "small.yaml", "--against", "years=7", "--out", "here")
    assert again == (2, "", "error: here: holds other results; remove the folder or give another with --out\n")
