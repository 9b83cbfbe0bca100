"""`record moments` as a user types it: sweeps of two scenarios made from invented dyads, and what the page shows."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from simulation.record.moments import out_of_reach
from tests.record import dyads
from tests.statuses import status_of

STUDY = """format: 1
name: {name}
title: Places for moments
scenario: {scenario}
set: {{years: 6, recording.window_years: 5, major_powers.*.benefits.legitimation: 2, weak_states.*.latent_threat: 2,
      major_powers.*.costs.opportunity.dial: 0}}
design:
  {design}
replications: {replications}
seed: 1
"""
DESIGN = "sobol: {points: 8, axes: {major_powers.*.costs.direct.fixed: {from: 0.01, to: 5, scale: log}}}"


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    """A folder with the data, both scenarios, a sweep of each and some that do not go together."""
    folder = tmp_path_factory.mktemp("moments")
    dyads(states=30, years=range(1996, 2005)).to_csv(folder / "dyads.csv", index=False)
    for code in ("RUS", "USA"):
        assert status_of("record", "scenario", "--power", code, "--year", "2000", "--data", folder / "dyads.csv", "-o",
                         folder / f"{code}.yaml") == 0
    studies = {"rus": ("RUS", DESIGN), "usa": ("USA", DESIGN),
               "other": ("USA", "grid: {major_powers.*.costs.direct.fixed: [0.1, 0.2]}"),
               "switch": ("USA", "grid: {assumptions.emboldenment: [true, false]}"), "one": ("USA", "grid: {}")}
    for name, (code, design) in studies.items():
        (folder / f"{name}-study.yaml").write_text(STUDY.format(
            name=name, scenario=f"{code}.yaml", design=design, replications=3), encoding="utf-8")
        if name != "one":
            assert status_of("sweep", folder / f"{name}-study.yaml", "-j", 1, "--out", folder / name) == 0
    return folder


@pytest.fixture
def here(swept, tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return swept


def test_moments_of_two_sweeps_are_held_against_the_record(here, capsys):
    asked = ("record", "moments", here / "rus", here / "usa", "--data", here / "dyads.csv", "--years", "1996-2004",
             "--out", "out")
    assert status_of(*asked) == 0
    shown = capsys.readouterr().out
    for words in ("parameters by the moments of histories", "the record, and histories at the likeliest place",
                  "8 places, as good as", "so few that intervals are coarse", "number of pacts"):
        assert words in shown
    estimates, moments, places = (pd.read_csv(f"out/{name}.csv") for name in ("estimates", "moments", "places"))
    assert list(estimates["parameter"]) == ["major_powers.*.costs.direct.fixed"] and len(places) == 8
    assert places["weight"].sum() == pytest.approx(1.0) and set(moments["power"]) == {"RUS", "USA"}
    table = pd.read_csv(here / "usa" / "runs.csv")
    best = places.loc[places["log_likelihood"].idxmax()]
    own = table[table["point_id"] == best["point_id"]]
    told = moments[(moments["power"] == "USA") & (moments["moment"] == "number_of_pacts")]["histories"].item()
    assert told == pytest.approx(own["number_of_pacts"].mean())
    data = pd.read_csv(here / "dyads.csv").query("patron == 'USA'")
    record = moments[(moments["power"] == "USA") & (moments["moment"] == "number_of_pacts")]["record"].item()
    assert record == pytest.approx(data.groupby("year")["atop_defense"].sum().mean())
    assert Path("out/figures/places.png").stat().st_size > 10_000
    assert status_of(*asked, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["effective_places"] > 0.99
    assert told["warning"] == out_of_reach(moments) and (told["warning"] in shown.replace("\n", " ") or
                                                         not told["warning"])
    assert status_of("report", "out") == 0
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "Parameters by the moments of histories" in page and "major_powers.*.costs.direct.fixed" in page
    assert not told["warning"] or "estimates are those of a wrong model" in page
    assert status_of("figures", "out") == 0 and status_of("verify", "out") == 0


def test_moments_that_no_place_has_are_warned_of():
    near = pd.DataFrame({"power": "USA", "moment": ["number_of_pacts", "ally_distance_q90"],
                         "away": [2.9, float("nan")]})
    assert out_of_reach(near) == ""
    assert "in USA ally distance q90. Places" in out_of_reach(near.assign(away=[2.9, -3.1]))


@pytest.mark.parametrize(("folders", "line"), [
    (("rus", "other"), "sweeps of different places"),
    (("switch",), "assumptions.emboldenment is not a number"),
    (("rus-study.yaml",), "rus-study.yaml")])
def test_what_cannot_be_told_is_refused_in_one_line(folders, line, here, capsys):
    assert status_of("record", "moments", *(here / name for name in folders), "--data", here / "dyads.csv", "--years",
                     "1996-2004", "--out", "out") == 2
    told = capsys.readouterr().err
    assert line in told and told.count("\n") == 1 and not Path("out").exists()


def test_a_power_or_years_that_the_record_lacks_are_refused(here, capsys):
    data = pd.read_csv(here / "dyads.csv")
    data.assign(patron=data["patron"].replace("RUS", "CHN")).to_csv("others.csv", index=False)
    for words in (("--data", "others.csv"), ("--data", here / "dyads.csv", "--years", "1950-1960")):
        assert status_of("record", "moments", here / "rus", *words, "--out", "out") == 2
        assert "no two years of the record; found RUS with the weak states of the sweep" in capsys.readouterr().err
