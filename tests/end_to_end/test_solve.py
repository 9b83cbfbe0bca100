"""``solve`` and ``confront`` as a user types them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.statuses import bare_surroundings, status_of

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


def typed(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """A command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "simulation", *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=300, check=False, env=bare_surroundings())


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


@pytest.fixture
def called(folder, capfd) -> Callable[..., subprocess.CompletedProcess]:
    """A command in this process, and what it wrote."""
    def answer(*arguments: str) -> subprocess.CompletedProcess:
        capfd.readouterr()
        status = status_of(*arguments)
        return subprocess.CompletedProcess(arguments, status, *capfd.readouterr())

    return answer


def test_solve_prints_pacts_terms_and_certificate_and_leaves_tables(folder):
    done = typed(folder, "solve", "small.yaml", "--solutions")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("Equilibria: one. All assignments were tried, each from several terms: no other was found.",
                  "Equilibrium 1: 2 pacts",
                  "largest violations", "autonomy", "kalai smorodinsky", "number of pacts"):
        assert words in done.stdout
    (path,) = folder.glob("results/small-solve-*")
    pacts, summary = pd.read_csv(path / "pacts.csv"), pd.read_csv(path / "equilibria.csv")
    assert pacts["state"].tolist() == ["A", "B"]
    assert summary["number_of_pacts"].tolist() == [2]
    benefits = pacts.filter(like="benefit_").sum(axis=1) - pacts.filter(like="cost_").sum(axis=1)
    assert benefits.tolist() == pytest.approx(pacts["major_gain"].tolist(), abs=1e-12)
    assert (pacts["weak_protection"] - pacts["weak_autonomy_cost"]).tolist() == pytest.approx(
        pacts["weak_gain"].tolist(), abs=1e-12)


def test_none_found_is_told_with_the_round_that_goes_on_for_ever(folder, called):
    done = called("solve", str(ROOT / "scenarios" / "no-rest.yaml"), "--out", "here")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Equilibria: none found. All assignments were tried" in done.stdout
    assert done.stdout.index("  no pacts\n  LARGE and PAT sign\n  SMALL and PAT sign\n  LARGE and PAT part\n"
                             "  SMALL and PAT part\n  and so on from the beginning\n")
    assert pd.read_csv(folder / "here" / "equilibria.csv").empty


def test_starts_that_go_round_are_told_beside_the_equilibria_that_others_reach(folder, called):
    """Take-it-or-leave-it offers and security that outsiders enjoy as well: from most starts nothing comes to rest."""
    asked = ("solve", str(ROOT / "scenarios" / "stylised.yaml"), "--set", "assumptions.excludability=0", "--set",
             "assumptions.bargaining_solution=ultimatum", "--out", "round")
    found = called(*asked)
    assert found.returncode == 0
    assert "Equilibria: several." in found.stdout
    told, = re.findall(r"From (\d+) of (\d+) starts best responses go round without rest, see below", found.stdout)
    assert found.stdout.count("best responses go round without rest:") >= 1
    assert len(json.loads(called(*asked, "--json").stdout)["cycles"]) == int(told[0]) < int(told[1])


def test_solve_as_json(folder, called):
    done = called("solve", "small.yaml", "--json", "--set", "major_powers.P.benefits.power_projection=0",
                 "--set", "major_powers.P.benefits.legitimation=0")
    found = json.loads(done.stdout)
    assert (done.returncode, found["outcome"], found["is_complete"]) == (0, "one", True)
    assert found["equilibria"][0]["pacts"] == []
    assert found["equilibria"][0]["measures"]["P"]["autonomy_given_pact"] is None


@pytest.mark.parametrize(("arguments", "message"), [
    (["--solution", "nsh"], "error: --solution: unknown bargaining solution; found nsh; allowed: nash,"
                            " kalai_smorodinsky, egalitarian, ultimatum; did you mean nash?\n"),
    (["--starts", "-1"], "error: --starts: out of range; found -1; allowed: 0 to 10000\n"),
    (["--set", "assumptions.exclusivity=false"], "error: assumptions.exclusivity: no equilibrium is defined for states"
                                                 " with several patrons; found false; allowed: true\n"),
])
def test_solve_refuses_in_one_line_and_writes_nothing(folder, called, arguments, message):
    done = called("solve", "small.yaml", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert not (folder / "results").exists()


def test_another_search_does_not_go_into_the_same_folder(folder, called):
    assert called("solve", "small.yaml", "--out", "here").returncode == 0
    again = called("solve", "small.yaml", "--out", "here", "--set", "years=7")
    assert again.returncode == 2
    assert again.stderr == "error: here: holds other results; remove the folder or give another with --out\n"


def test_confront_holds_histories_against_equilibria(folder, called):
    done = called("confront", "small.yaml", "--histories", "2", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert [setting["relaxations"] for setting in found["settings"]][::7] == ["as given", "all off"]
    assert len(found["settings"][0]["ends"]) == 2
    text = called("confront", "small.yaml", "--histories", "1", "--out", "confront.json").stdout
    kept = json.loads((folder / "confront.json").read_text(encoding="utf-8"))
    assert kept["settings"][0]["ends"] == found["settings"][0]["ends"][:1]
    assert "without limited attention" in text
    assert "equilibrium 1, 2 pacts: A, B" in text


@pytest.mark.parametrize(("arguments", "message"), [
    (["--histories", "0"], "error: --histories: out of range; found 0; allowed: 1 to 10000\n"),
    (["--epsilon", "2"], "error: --epsilon: out of range; found 2; allowed: 0 to 1\n"),
])
def test_confront_refuses_in_one_line(folder, called, arguments, message):
    done = called("confront", "small.yaml", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
