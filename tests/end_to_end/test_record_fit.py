"""`record fit`, `score` and `profile` as a user types them, on invented dyads."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pandas as pd
import pytest

from simulation.scenario.file import load_scenario
from tests.record import dyads
from tests.statuses import status_of


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("data") / "dyads.csv"
    dyads(states=60, years=range(1996, 2009)).to_csv(path, index=False)
    return path


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    """Searches of a few steps and few folds of states, so that a test ends."""
    from simulation.record import holdouts, structural

    monkeypatch.setattr(holdouts, "FOLDS", 3)
    monkeypatch.setattr(structural, "STARTS", 1)
    monkeypatch.setattr(structural, "EVALUATIONS", 30)
    monkeypatch.setattr(structural, "SCREENED", 8)


def test_fit_prints_and_keeps_every_parameter_with_its_interval(data, here, capsys):
    asked = ("record", "fit", "--data", data, "--years", "1998-2002", "--terms", "core", "--draws", 20, "--out", "out")
    assert status_of(*asked) == 0
    shown = capsys.readouterr().out
    assert "of 60 weak states" in shown and "regime" in shown
    kept = pd.read_csv("out/parameters.csv")
    assert list(kept["parameter"]) == ["level.RUS", "slope.RUS", "level.USA", "slope.USA", "regime",
                                       "threat_from_power", "threat_from_major"]
    assert (kept["low"] <= kept["high"]).all()
    assert Path("out/figures/parameters.png").stat().st_size > 10_000
    before = Path("out/parameters.csv").read_bytes()
    assert status_of(*asked, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["parameter"] for row in told["parameters"]] == list(kept["parameter"])
    assert Path("out/parameters.csv").read_bytes() == before  # the same question, the same answer
    assert status_of(*asked, "--seed", 7) == 2
    assert "holds other results" in capsys.readouterr().err


def test_score_keeps_tables_and_figures_and_the_page_shows_them(data, here, quick, capsys):
    assert status_of("record", "score", "--data", data, "--years", "1996-2003", "--until", 2006, "--structural",
                     "--draws", 20, "--out", "out") == 0
    shown = capsys.readouterr().out
    for words in ("held out: weak states, with all their years", "held out: regions", "theory, three terms",
                  "what each term adds", "theory, three terms, states held out:", "  misses: ", "  false alarms: "):
        assert words in shown
    scores, predictions = pd.read_csv("out/scores.csv"), pd.read_csv("out/predictions.csv")
    assert {"states", "regions", "powers"} <= set(scores["held_out"])
    own = scores[scores["model"] == "theory, its own functions"]
    assert {"states", "states and years", "regions", "powers", "powers, refitted"} <= set(own["held_out"])
    assert own["log_score"].notna().all()
    assert predictions["theory, three terms"].between(0, 1).all()
    for name in ("roc", "calibration", "terms", "map-RUS", "map-USA"):
        picture = Path(f"out/figures/{name}.png")
        assert picture.stat().st_size > 10_000
        picture.unlink()
    assert status_of("figures", "out") == 0
    assert Path("out/figures/roc.png").is_file() and Path("out/figures/roc.pdf").is_file()
    assert status_of("report", "out") == 0
    page = next(Path("out").glob("*.html")).read_text(encoding="utf-8")
    assert "How well the theory tells who is allied" in page and "theory, three terms" in page
    outcomes = pd.read_csv("out/outcomes.csv")
    assert set(outcomes["year"]) == {2003} and len(outcomes) == 2 * 2 * 60  # models, powers, states
    assert "false alarm" in page and page.count("<img") == 3 + 2 * 2  # and a map for each model and power


def test_profile_keeps_its_table_and_figure(data, here, capsys):
    assert status_of("record", "profile", "--data", data, "--years", "1998-2002", "--terms", "core", "--parameter",
                     "regime", "--points", 5, "--out", "out", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    (row,) = told["parameters"]
    assert row["parameter"] == "regime" and row["low"] <= row["estimate"] <= row["high"]
    assert Path("out/profiles.csv").is_file() and Path("out/figures/profiles.png").is_file()


@pytest.mark.parametrize(("words", "line"), [
    (("--years", "2005"), "--years: not years; found '2005'; allowed: FIRST-LAST, such as 1992-2005"),
    (("--years", "1815-1820"), "--years: no dyad-year in these years; found 1815 to 1820; allowed: 1996 to 2008"),
    (("--power", "CHN"), "--power: no such major power in the table; found 'CHN'; allowed: RUS, USA"),
    (("--terms", "regim"), "--terms: no such term; found 'regim'; allowed: all, core, none, or regime"),
    (("--without-region", "Est"), "--without-region: no such region in the table; found 'Est'; allowed: West, East"),
])
def test_what_cannot_be_fitted_is_refused_in_one_line(words, line, data, here, capsys):
    assert status_of("record", "fit", "--data", data, *words) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith(f"error: {line}"), error
    assert not Path("results").exists()


def test_a_table_without_a_feature_is_refused_with_its_name(data, here, capsys):
    table = pd.read_csv(data).drop(columns="protege_polyarchy")
    table.to_csv("less.csv", index=False)
    assert status_of("record", "fit", "--data", "less.csv") == 2
    error = capsys.readouterr().err
    assert error.startswith("error: less.csv: no dyad-year with every feature; ")
    assert "found rows without regime distance " in error and " for want of protege_polyarchy" in error


def test_a_feature_that_is_missing_here_and_there_is_reported_and_nothing_is_filled_in(data, here, capsys):
    table = pd.read_csv(data)
    table.loc[table["protege"] == "CAN", "idealpoint_distance"] = None
    table.to_csv("holes.csv", index=False, na_rep="NA")
    assert status_of("record", "fit", "--data", "holes.csv", "--years", "1998-2002", "--draws", 20, "--terms",
                     "core") == 0
    assert ("26 dyad-years of weaker states lack something and are left out (preference distance 26 for want of"
            " idealpoint_distance); nothing is filled in") in capsys.readouterr().out


def test_columns_that_mean_nothing_are_named_with_what_was_probably_meant(data, here, capsys):
    pd.read_csv(data).assign(note=1, defense_traety=0).to_csv("more.csv", index=False)
    assert status_of("record", "fit", "--data", "more.csv", "--years", "1998-2002", "--draws", 20, "--terms",
                     "core") == 0
    assert "columns not read: note, defense_traety (did you mean defense_treaty?)\n" in capsys.readouterr().out


def test_a_region_can_be_left_out(data, here, capsys):
    assert status_of("record", "fit", "--data", data, "--years", "1998-2002", "--draws", 20, "--terms", "core",
                     "--without-region", "West", "--out", "east") == 0
    assert "of 40 weak states" in capsys.readouterr().out


# ---- the theory's own functions --------------------------------------------------------------------------------------


def test_a_structural_fit_is_kept_shown_and_made_into_a_scenario(data, here, quick, capsys):
    words = ("record", "fit", "--data", data, "--form", "structural", "--draws", "20", "--starts", "2", "--out",
             "fitted")
    assert status_of(*words) == 0
    told = capsys.readouterr()
    assert "reached from 2 starts" in told.out and "half of its strength arrives" in told.out
    table = pd.read_csv("fitted/parameters.csv")
    assert list(table.columns) == ["parameter", "unit", "least", "most", "estimate", "low", "high", "meaning"]
    assert Path("fitted/figures/parameters.png").stat().st_size > 10_000
    pairs = pd.read_csv("fitted/pairs.csv")
    assert set(pairs["year"]) == {2005} and len(pairs) == 2 * 60 and pairs["probability"].between(0, 1).all()
    assert (pairs["gain"] == pairs[["weak_gain", "major_gain"]].min(axis=1)).all()
    assert "15 likeliest allies" in told.out
    for name in ("map-RUS", "map-USA"):
        Path(f"fitted/figures/{name}.png").unlink()
    assert status_of("figures", "fitted") == 0 and Path("fitted/figures/map-RUS.png").is_file()
    assert status_of("report", "fitted") == 0
    page = html.unescape(Path("fitted/report.html").read_text(encoding="utf-8"))
    assert "fitted to real dyads: Russia and United States of America, 1992 to 2005</h1>" in page
    assert page.index("Russia in 2005, state by state") < page.index("United States of America in 2005, state by state")
    assert all(name in page for name in pairs["name"]) and page.count("<img") == 3 and "Map RUS" in page
    assert "Log odds" not in page
    assert status_of("record", "scenario", "--power", "RUS", "--year", "2000", "--data", data, "--fit", "fitted",
                     "-o", "russia.yaml") == 0
    scenario = load_scenario(Path("russia.yaml"))
    assert scenario.assumptions.autonomy_price == "relative" and scenario.name == "rus-2000-fitted"
    reached = table.set_index("parameter").loc["reach.RUS", "estimate"]
    assert scenario.major_powers["RUS"].reach_half_distance_km == pytest.approx(reached, rel=1e-3)
    text = Path("russia.yaml").read_text(encoding="utf-8")
    assert "record fit --data DATA --out FIT" in text and "--power RUS --power USA --draws 20 --starts 2" in text
    assert (scenario.major_powers["RUS"].capital.latitude, scenario.states["CAN"].capital.longitude) == (55.75, -75.7)


@pytest.mark.parametrize("words", [("--terms", "core"), ("--free-signs",), ("--choice",)])
def test_the_structural_form_refuses_choices_of_the_additive_one(words, data, here, capsys):
    assert status_of("record", "fit", "--data", data, "--form", "structural", *words) == 2
    assert capsys.readouterr().err.startswith(f"error: {words[0]}: ")


def interrupted_at_the_fourth(monkeypatch) -> list[int]:
    """Interrupts before the fourth fit is kept; the list grows by one with each that was made."""
    from simulation.record.fit_cache import FitCache

    add, made = FitCache.add, []

    def interrupted(self, *arguments):
        made.append(1)
        if len(made) == 4:
            raise KeyboardInterrupt
        add(self, *arguments)

    monkeypatch.setattr(FitCache, "add", interrupted)
    return made


def test_a_structural_fit_that_is_interrupted_goes_on_with_the_same_command(data, here, quick, monkeypatch, capsys):
    words = ("record", "fit", "--data", data, "--form", "structural", "--draws", "20", "--out", "fitted")
    made = interrupted_at_the_fourth(monkeypatch)
    assert status_of(*words) == 130
    assert "interrupted after 3 of 21 fits; to go on, give the same command again" in capsys.readouterr().err
    assert not Path("fitted/manifest.json").exists()
    assert status_of(*words) == 0
    assert len(made) == 4 + 18
    assert status_of(*words[:-1], "whole") == 0
    assert Path("whole/parameters.csv").read_bytes() == Path("fitted/parameters.csv").read_bytes()


def test_structural_profiles_go_on_after_an_interruption_and_are_drawn_by_logarithm(data, here, quick, monkeypatch,
                                                                                   capsys):
    from simulation.record import profiles

    monkeypatch.setattr(profiles, "EVALUATIONS", 15)
    words = ("record", "profile", "--data", data, "--form", "structural", "--parameter", "noise", "--parameter",
             "reach.RUS", "--points", "5", "--out", "profiled")
    made = interrupted_at_the_fourth(monkeypatch)
    assert status_of(*words) == 130
    assert "interrupted after 3 of 9 fits; to go on, give the same command again" in capsys.readouterr().err
    assert status_of(*words) == 0
    assert len(made) == 4 + 6
    assert "reach.RUS" in capsys.readouterr().out
    table = pd.read_csv("profiled/profiles.csv")
    assert list(table.columns) == ["parameter", "value", "log_likelihood", "unit"]
    assert set(table["parameter"]) == {"noise", "reach.RUS"}
    for _, own in table.groupby("parameter"):
        assert own["value"].is_monotonic_increasing and (own["value"] > 0).all() and len(own) <= 5
    assert Path("profiled/figures/profiles.png").stat().st_size > 10_000
    assert status_of("report", "profiled") == 0
    capsys.readouterr()
    assert status_of(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)["parameters"]
    assert [row["parameter"] for row in told] == ["noise", "reach.RUS"] and all(row["rise"] >= 0 for row in told)


@pytest.mark.parametrize("words", [("--terms", "core"), ("--free-signs",), ("--choice",), ("--parameter", "reach.USB")])
def test_a_structural_profile_refuses_what_it_does_not_know(words, data, here, capsys):
    assert status_of("record", "profile", "--data", data, "--form", "structural", *words) == 2
    assert capsys.readouterr().err.startswith(f"error: {words[0]}: ")
    assert not Path("results").exists()


@pytest.mark.parametrize("words", [("fit",), ("profile",), ("score",)])
def test_starts_of_a_form_that_has_one_maximum_are_refused(words, data, here, capsys):
    assert status_of("record", *words, "--data", data, "--starts", "2") == 2
    assert capsys.readouterr().err.startswith("error: --starts: starts of ")
    assert not Path("results").exists()
