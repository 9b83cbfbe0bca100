"""The command ``record``, as a user types it. All rows are invented."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from simulation.commands.command_line import main
from simulation.record.dyads import read_dyads
from simulation.record.scenario_text import scenario_text
from simulation.scenario.file import load_scenario

COLUMNS = ("patron", "protege", "year", "patron_cinc", "protege_cinc", "min_distance_km", "capital_distance_km",
           "protege_rival_any", "protege_rival", "protege_rival_cinc", "mids_targeted_nonpatron_10y",
           "civil_conflict_years_10y", "idealpoint_distance", "atop_defense", "us_troops", "rus_presence_hc")
ROW = {"patron": "RUS", "year": 1971, "patron_cinc": 0.2, "protege_cinc": 0.01, "min_distance_km": 100,
       "capital_distance_km": 1500, "protege_rival_any": 0, "mids_targeted_nonpatron_10y": 2,
       "civil_conflict_years_10y": 3, "idealpoint_distance": 1.25, "atop_defense": 0, "us_troops": 5}
STATES = (
    {"protege": "FIN", "min_distance_km": 0},
    {"protege": "GDR", "protege_cinc": 0.02, "protege_rival_any": 1, "protege_rival": "GFR", "atop_defense": 1,
     "protege_rival_cinc": 0.03, "min_distance_km": 250.5},
    {"protege": "GFR", "protege_cinc": 0.03, "min_distance_km": "", "mids_targeted_nonpatron_10y": 9},
    {"protege": "JPN", "protege_cinc": 0.25},
    {"protege": "CHN", "protege_cinc": 0.15, "protege_rival_any": 1, "protege_rival": "RUS", "protege_rival_cinc": 0.2},
    {"protege": "KOR", "idealpoint_distance": "", "civil_conflict_years_10y": "NA"},
)


def table(folder, *states, **changed):
    rows = [ROW | state | changed for state in states or STATES]
    lines = [",".join(COLUMNS), *(",".join(str(row.get(name, "")) for name in COLUMNS) for row in rows)]
    (folder / "dyads.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "dyads.csv"


def status_of(*words) -> int:
    with pytest.raises(SystemExit) as leaving:
        main(["record", *map(str, words)])
    return leaving.value.code


def written(folder, *options, year=1971):
    """The scenario that the command writes from the table of the test."""
    path = folder / "made.yaml"
    assert status_of("scenario", "--power", "RUS", "--year", year, "--data", folder, "-o", path, *options) == 0
    return load_scenario(path)


def test_a_scenario_is_written_with_the_figures_of_the_record(tmp_path, capsys):
    table(tmp_path)
    scenario = written(tmp_path)
    assert (scenario.name, scenario.start_year) == ("rus-1971", 1971)
    assert scenario.major_powers["RUS"].name == "Soviet Union" and scenario.major_powers["RUS"].capability == 0.2
    assert list(scenario.weak_states) == ["FIN", "CHN", "GDR", "GFR"]
    east = scenario.weak_states["GDR"]
    assert (east.name, east.capability, east.challenger_capability) == ("German Democratic Republic", 0.02, 0.03)
    assert (east.crisis_rate, east.instability) == (pytest.approx(2.5 / 11, abs=1e-3), 0.3)
    assert (east.toward["RUS"].distance_km, east.toward["RUS"].preference_distance) == (250.5, 1.25)
    assert east.observed == {"RUS": True} and scenario.weak_states["FIN"].observed == {"RUS": False}
    assert scenario.weak_states["GFR"].crisis_rate == 0.5
    assert "4 weak states, 1 with a recorded defence pact, 1 left out" in capsys.readouterr().out


def test_a_stronger_state_is_not_a_weak_one(tmp_path):
    table(tmp_path)
    assert "JPN" not in written(tmp_path, "--impute").weak_states


def test_rivals_are_symmetric_and_the_major_power_is_no_challenger(tmp_path):
    table(tmp_path)
    states = written(tmp_path).weak_states
    assert (states["GDR"].rivals, states["GFR"].rivals) == (["GFR"], ["GDR"])
    assert states["CHN"].challenger_capability == 0.15 and states["CHN"].rivals == []


def test_every_figure_has_a_source(tmp_path):
    table(tmp_path)
    sources = written(tmp_path).sources
    for field in ("capability", "challenger_capability", "crisis_rate", "instability", "distance_km",
                  "preference_distance", "rivals", "observed", "basing", "rival_pull", "reach_half_distance_km"):
        assert len(sources[field]) > 20, field
    assert "(d + 0.5) / 11" in sources["crisis_rate"] and "never an input" in sources["observed"]


def test_a_distance_between_capitals_is_marked(tmp_path):
    table(tmp_path)
    scenario = written(tmp_path)
    assert scenario.weak_states["GFR"].toward["RUS"].distance_km == 1500
    assert scenario.sources["distance_km of GFR"].startswith("Capital to capital")
    assert "distance_km of FIN" not in scenario.sources


def test_states_without_a_figure_are_left_out_and_named(tmp_path, capsys):
    table(tmp_path)
    written(tmp_path)
    assert "left out: KOR, without civil_conflict_years_10y, idealpoint_distance\n" in capsys.readouterr().err


def test_missing_figures_are_imputed_when_asked(tmp_path, capsys):
    states = (STATES[0], STATES[1] | {"idealpoint_distance": 2.5}, STATES[4] | {"idealpoint_distance": 0.5}, STATES[5])
    table(tmp_path, *states)
    scenario = written(tmp_path, "--impute")
    assert scenario.weak_states["KOR"].toward["RUS"].preference_distance == 1.25
    assert scenario.weak_states["KOR"].instability == 0.3
    told = scenario.sources["preference_distance of KOR"]
    assert "Imputed" in told and "median of the 3 weak states with a record in 1971" in told
    assert "preference_distance of GDR" not in scenario.sources
    assert "0 left out, 1 with imputed figures" in capsys.readouterr().out


def test_a_figure_that_no_state_has_is_imputed_by_the_default(tmp_path, capsys):
    table(tmp_path, mids_targeted_nonpatron_10y="", protege_rival_any="", protege_rival="")
    scenario = written(tmp_path, "--impute")
    assert scenario.weak_states["FIN"].crisis_rate == 0.2
    assert scenario.sources["crisis_rate of FIN"].endswith("the default.")
    assert scenario.weak_states["FIN"].challenger_capability == 0.01
    told = capsys.readouterr().err
    assert ("invented, not recorded: no state has a figure in mids_targeted_nonpatron_10y: crisis_rate is 0.2, the"
            " default, for all\n") in told
    assert "no state has a figure in protege_rival_cinc: challenger_capability is each state's own capability\n" in told


def test_a_misnamed_column_is_told_what_it_was_meant_to_be(tmp_path, capsys):
    table(tmp_path)
    file = tmp_path / "dyads.csv"
    file.write_text(file.read_text().replace("_years_10y", "_year_10y").replace("us_troops", "mood"))
    written(tmp_path, "--impute")
    told = capsys.readouterr().err
    assert "civil_conflict_year_10y (did you mean civil_conflict_years_10y?)" in told
    assert "mood" in told and "mood (did" not in told


def test_nothing_that_follows_from_pacts_is_an_input(tmp_path):
    """Pacts, troops and bases changed for every state: nothing but `observed` is another."""
    made = []
    for changed in ({"atop_defense": 0, "us_troops": 0, "rus_presence_hc": 0},
                    {"atop_defense": 1, "us_troops": 9000, "rus_presence_hc": 1}):
        made.append(scenario_text(read_dyads(table(tmp_path, **changed)), "RUS", 1971))
    assert (made[0].pacts, made[1].pacts) == (0, 4)
    assert made[0].text.replace("RUS: false", "RUS: true") == made[1].text
    assert "basing: 0.5" in made[0].text and "rival_pull: 0.0" in made[0].text


def test_a_pact_that_is_not_recorded_is_not_observed(tmp_path):
    table(tmp_path, atop_defense="")
    assert written(tmp_path).weak_states["FIN"].observed == {}


@pytest.mark.parametrize(("words", "changed", "line"), [
    (("--power", "RUS", "--year", 1972), {}, "dyads.csv: a year without dyads; found 1972; allowed: 1971 to 1971"),
    (("--power", "USA", "--year", 1971), {}, "dyads.csv: a power without dyads; found USA; allowed: RUS"),
    (("--power", "Ruritania", "--year", 1971), {}, "--power: not a state; found 'Ruritania'"),
    (("--power", "RUS", "--year", 1971), {"protege_cinc": 2}, "dyads.csv:2: protege_cinc: out of range; found '2'"),
    (("--power", "RUS", "--year", 1971), {"patron_cinc": ""}, "patron_cinc: missing"),
    (("--power", "RUS", "--year", 1971), {"idealpoint_distance": ""},
     "no weak state with all figures; found missing: idealpoint_distance of 5 states"),
    (("--year", 1971), {}, "missing option '--power'"),
])
def test_refusals(words, changed, line, tmp_path, capsys):
    table(tmp_path, **changed)
    assert status_of("scenario", "--data", tmp_path / "dyads.csv", "-o", tmp_path / "made.yaml", *words) == 2
    told = capsys.readouterr().err
    assert line in told and told.count("\n") == 1
    assert not (tmp_path / "made.yaml").exists()


def test_an_unknown_command_of_the_group_is_refused_with_the_nearest(capsys):
    assert status_of("scenarios") == 2
    assert ("no such command: scenarios; allowed: scenario, fit, score, profile, moments; did you mean scenario?"
            in capsys.readouterr().err)


def test_the_scenario_is_valid_and_runs(tmp_path):
    table(tmp_path)
    written(tmp_path)
    for words in (["validate", "made.yaml"], ["run", "made.yaml", "--years", "1", "--out", "out"]):
        done = subprocess.run(
            [sys.executable, "-m", "simulation", *words], cwd=tmp_path, capture_output=True, text=True,
            env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(sys.path)})
        assert done.returncode == 0, done.stderr
