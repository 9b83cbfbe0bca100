"""Propositions put to the test from the command line, on histories of milliseconds."""

from __future__ import annotations

import json
import math
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.commands.progress import Bar
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.propositions.experiment import Experiment
from simulation.propositions.file import load_family
from simulation.propositions.progress import NoProgress
from simulation.study import histories
from tests.propositions import POWER, PROPOSITIONS, write_propositions
from tests.results import made
from tests.statuses import status_of


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_propositions(tmp_path)
    return Path("propositions.yaml")


TOLD: dict[tuple, str] = {}
"""What was said of tests that were made, by their file and options."""


def put_to_trial(file: Path, capsys, *options: object) -> dict:
    """What the command says, with its folder `out`: run once for the same file and options."""
    capsys.readouterr()
    made("test", file, "-j", "1", "--json", *options, out="out")
    told = TOLD.setdefault((file.read_text(), options), capsys.readouterr().out)
    return by_proposition(told)


def by_proposition(told: str) -> dict:
    return {entry["proposition"]: entry for entry in json.loads(told)["propositions"]}


def test_what_is_right_wrong_and_negligible_is_told_apart(file, capsys):
    found = put_to_trial(file, capsys)
    assert {code: (entry["verdict"], entry["identification"]) for code, entry in found.items()} == {
        "right": ("supported", "identified"), "wrong": ("contradicted", "not identified"),
        "nothing": ("negligible", "not tested")}
    forced, = found["right"]["knock_outs"]
    assert (forced["verdict"], forced["tested"], forced["is_same_setting"]) == ("vanished", True, False)
    assert found["wrong"]["knock_outs"][0]["verdict"] == "remained"
    counted, same = found["nothing"]["knock_outs"]
    assert (counted["verdict"], counted["tested"]) == ("appeared", True)
    assert (same["verdict"], same["tested"], same["is_same_setting"], same["pairs"]) == ("not tested", False, True, 10)
    unmoved, steep = found["nothing"]["predictions"]
    assert (unmoved["verdict"], unmoved["effect"], steep["verdict"]) == ("supported", 0.0, "negligible")
    assert found["right"]["predictions"][0]["direction_known"] and not unmoved["direction_known"]


def test_what_is_settled_beforehand_is_written_down_and_told(file, capsys):
    assert status_of("test", file, "-j", "1", "--out", "out", "--only", "right") == 0
    told = capsys.readouterr().err
    assert told.startswith("looks at 10, 20, 40, 80, 160 pairs for every comparison that is not"
                                              " decided; at most 640 histories\n")
    rule = json.loads(Path("out/manifest.json").read_text())["tested"]["rule"]
    assert rule == {"looks": {"right": [10, 20, 40, 80, 160]}, "alpha": 0.05,
                    "alpha_by_verdict": {"prediction": 0.05 / 7, "knock_out": 0.05 / 4}}
    assert re.search(r"\nit takes (about|under) .* if nothing is decided before the last look\n", told)
    table = pd.read_csv("out/verdicts.csv")
    assert table["pairs"].isin([10, 20, 40, 80, 160]).all()
    assert status_of("test", file, "-j", "1", "--out", "once", "--only", "right", "--replications", "7") == 0
    assert capsys.readouterr().err.startswith("one look, at 7 pairs for every comparison; ")
    assert set(pd.read_csv("once/verdicts.csv")["pairs"]) == {7}


def test_what_can_say_nothing_is_told_from_ten_pairs_before_the_long_run(file, capsys, monkeypatch):
    nowhere = """      nowhere:
        set: {major_powers.P.costs.direct.fixed: 9}
        removes: [steep]
"""
    text = PROPOSITIONS.replace("      one_vote_each:\n", f"{nowhere}      one_vote_each:\n").replace(
        "difference: {of: autonomy_all_states, less: commitment_all_states}",
        "difference: {of: autonomy_given_pact, less: commitment_given_pact}").replace("pilot: 10", "pilot: 40")
    file.write_text(text)
    lived = []
    sound = histories.rows_of
    monkeypatch.setattr(histories, "rows_of", lambda *arguments: lived.append(1) or sound(*arguments))
    told = {}
    monkeypatch.setattr(Bar, "say", lambda bar, line: told.setdefault(line, len(lived)))
    status_of("test", file, "-j", "1", "--out", "out", "--only", "nothing")
    for line in ("nothing, unmoved without one_vote_each: all settings give the same histories in 10 pairs",
                 "nothing, steep without nowhere: nothing to measure in any of 10 pairs"):
        assert line in told
        assert told[line] < 120  # histories: ten of each of 8 settings, and those of the forecast


def test_an_effect_is_that_of_the_agents_model_pair_by_pair(file, capsys):
    """Another way to every number: the scenario replaced, the agents' model run, sums written out."""
    found = put_to_trial(file, capsys, "--replications", "12")
    family = load_family(file)
    scenario = family.scenarios["tiny.yaml"]

    def pacts(settings: dict, replication: int, series: Series = Series.PACTS) -> float:
        model = AllianceModel(scenario.replace_all(settings), rng=3, replication=replication, collect=False)
        return model.run().series[1:, 0, series].mean()

    contrast = family.content.propositions["right"].predictions["fewer"].contrast
    differences = [pacts(contrast.to, number) - pacts(getattr(contrast, "from"), number) for number in range(12)]
    assert found["right"]["predictions"][0]["effect"] == pytest.approx(np.mean(differences), abs=1e-12)
    beyond = [pacts(contrast.to, number, Series.BEYOND_PAPER) - pacts(getattr(contrast, "from"), number,
                                                                       Series.BEYOND_PAPER) for number in range(12)]
    twin = found["right"]["predictions"][0]["beyond_paper"]
    assert (twin["effect"], twin["measure"]) == (pytest.approx(np.mean(beyond), abs=1e-12), "pacts_beyond_paper")
    row = pd.read_csv("out/verdicts.csv").iloc[0]
    assert (row["effect_beyond_paper"], row["verdict_beyond_paper"]) == (
        pytest.approx(np.mean(beyond), abs=1e-12), twin["verdict"])
    war_cost = f"{POWER}.costs.entrapment.war_cost"
    slopes = [np.polyfit([0, 2, 4], [pacts({war_cost: cost}, number) for cost in (0, 2, 4)], 1)[0]
              for number in range(12)]
    assert found["wrong"]["predictions"][0]["effect"] == pytest.approx(np.mean(slopes), abs=1e-12)
    assert found["wrong"]["predictions"][0]["agreeing"] == pytest.approx(np.mean(np.array(slopes) > 0))


def test_the_screen_tells_verdict_effect_interval_and_histories(file, capsys):
    assert status_of("test", file, "-j", "1", "--out", "out") == 0
    shown = capsys.readouterr().out
    assert "right: supported, identified. Without benefits there are fewer pacts." in shown
    assert "wrong: not identified (contradicted). War costs make pacts." in shown
    assert "without: something_else" in shown
    assert "p =" not in shown
    for name in ("verdicts.csv", "knock_outs.csv", "figures/propositions.png"):
        assert (Path("out") / name).is_file()


def test_the_file_and_its_hash_are_kept_and_another_file_is_another_test(file, capsys):
    put_to_trial(file, capsys)
    manifest = json.loads(Path("out/manifest.json").read_text())
    assert manifest["propositions_file"] == PROPOSITIONS
    assert manifest["propositions_hash"] == load_family(file).digest
    before = Path("out/verdicts.csv").read_bytes()
    file.write_text(PROPOSITIONS.replace("direction: positive", "direction: negative"))
    assert status_of("test", file, "-j", "1", "--out", "out") == 2
    assert capsys.readouterr().err == ("error: out: holds other results; remove the folder or give another with"
                                       " --out\n")
    assert Path("out/verdicts.csv").read_bytes() == before


def test_the_same_test_again_runs_nothing_and_says_the_same(file, capsys, monkeypatch):
    first = put_to_trial(file, capsys)
    before = Path("out/verdicts.csv").read_bytes()

    def nothing(*arguments):
        raise AssertionError("a history was run")

    monkeypatch.setattr(histories, "rows_of", nothing)
    assert status_of("test", file, "-j", "1", "--out", "out", "--json") == 0
    assert by_proposition(capsys.readouterr().out) == first
    assert Path("out/verdicts.csv").read_bytes() == before


def test_a_test_that_was_interrupted_ends_as_if_it_had_not_been(file, capsys, monkeypatch):
    whole = put_to_trial(file, capsys)
    verdicts = Path("out/verdicts.csv").read_bytes()
    sound, calls = histories.rows_of, iter(range(10**6))

    def interrupted(*arguments):
        if next(calls) == 70:
            raise KeyboardInterrupt
        return sound(*arguments)

    monkeypatch.setattr(histories, "rows_of", interrupted)
    assert status_of("test", file, "-j", "1", "--out", "again") == 130
    assert "to go on, give the same command again" in capsys.readouterr().err
    monkeypatch.setattr(histories, "rows_of", sound)
    assert status_of("test", file, "-j", "1", "--out", "again", "--json") == 0
    assert by_proposition(capsys.readouterr().out) == whole
    assert Path("again/verdicts.csv").read_bytes() == verdicts


def test_one_proposition_alone_is_decided_in_the_whole_family(file, capsys):
    every = put_to_trial(file, capsys)
    Path("out").rename("every")
    (one,) = put_to_trial(file, capsys, "--only", "right").values()
    assert one["predictions"][0]["effect"] == every["right"]["predictions"][0]["effect"]
    assert one["predictions"][0]["level"] == pytest.approx(1 - 0.05 / 7)


def test_another_seed_is_another_test(file, capsys):
    put_to_trial(file, capsys, "--only", "right")
    assert status_of("test", file, "-j", "1", "--out", "out", "--only", "right", "--seed", "4") == 2
    assert "holds other results" in capsys.readouterr().err


def test_looks_go_on_where_the_smallest_effect_of_interest_is_near(file, tmp_path):
    text = PROPOSITIONS.replace("smallest_effect: 0.2", "smallest_effect: 2.0")
    careful = load_family(write_propositions(tmp_path / "careful", text))
    found = Experiment(careful, ["right"], tmp_path / "careful-out", NoProgress(), 1).run()[0]
    loose = Experiment(load_family(file), ["right"], tmp_path / "loose-out", NoProgress(), 1).run()[0]
    assert found.tested[0].paired.effect.pairs > loose.tested[0].paired.effect.pairs
    few = loose.tested[0].paired.by_replication
    assert found.tested[0].paired.by_replication[:few.size] == pytest.approx(few)


def test_the_command_for_a_counterexample_runs(file, capsys):
    file.write_text(PROPOSITIONS.replace("direction: negative\n        smallest_effect: 0.2",
                                         "direction: positive\n        smallest_effect: 0.2"))
    put_to_trial(file, capsys, "--only", "right")
    command = pd.read_csv("out/verdicts.csv")["trace"][0]
    words = shlex.split(command)
    assert words[:2] == ["asymmetric-alliances", "trace"]
    assert status_of(*words[1:]) == 0
    assert "allies" in capsys.readouterr().out


def test_a_history_that_fails_is_left_out_and_the_exit_status_says_so(file, capsys, monkeypatch):
    sound = histories.history_of

    def failing(space, seed, replication):
        if replication == 2:
            raise ArithmeticError("out of luck")
        return sound(space, seed, replication)

    monkeypatch.setattr(histories, "history_of", failing)
    assert status_of("test", file, "-j", "1", "--out", "out", "--only", "right", "--json") == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["propositions"][0]["predictions"][0]["dropped"] == 1
    assert "histories failed; see failures.jsonl in the folders under out/sweeps" in captured.err
    assert captured.err.rstrip().endswith("; the first: ArithmeticError: out of luck")


def test_all_histories_of_one_arm_may_fail(file, capsys, monkeypatch):
    sound = histories.history_of

    def failing(space, seed, replication):
        if space.scenario.value(f"{POWER}.costs.direct.fixed") > 0.0:
            raise ArithmeticError("out of luck")
        return sound(space, seed, replication)

    monkeypatch.setattr(histories, "history_of", failing)
    assert status_of("test", file, "-j", "1", "--out", "out", "--only", "right", "--replications", "10") == 1
    told = capsys.readouterr()
    assert "10 pairs are left out, in which a history failed or the measure does not exist on both sides" in told.out
    assert "the first: ArithmeticError: out of luck" in told.err


def test_status_of_a_test_tells_what_it_is_and_how_to_go_on(file, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x", "test", str(file), "--out", "out"])
    assert status_of("test", file, "-j", "1", "--out", "out", "--only", "right", "--replications", "10") == 0
    capsys.readouterr()
    assert status_of("status", "out") == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.endswith(": a test of propositions, complete")
    assert second.startswith("histories: ") and second.endswith(" sweeps under out/sweeps")
    assert third == f"made by: asymmetric-alliances test {file} --out out"
    assert status_of("status", "out", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "complete" and sum(sweep["done"] for sweep in told["sweeps"]) == int(second.split()[1])


# ---- scope and multiverse ----------------------------------------------------------------------------------------


def test_scope_tells_where_a_proposition_holds(file, capsys):
    assert status_of("scope", file, "right", "--points", "12", "--replications", "8", "-j", "1", "--out", "s") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("right: Without benefits there are fewer pacts.\n12 places: ")
    table = pd.read_csv("s/places.csv")
    assert len(table) == 12
    assert table[f"{POWER}.costs.entrapment.war_cost"].between(0.05, 2).all()
    answer = json.loads(Path("s/scope.json").read_text())
    assert sum(answer["places"].values()) == 12
    assert math.isclose(sum(answer["importance"].values()), 1)
    assert Path("s/figures/scope-right.png").is_file()


@pytest.mark.parametrize(("command", "table"), [
    (["scope", "right", "--points", "8"], "places.csv"), (["multiverse", "right"], "universes.csv")])
def test_a_survey_that_is_interrupted_says_so_and_ends_as_if_it_had_not_been(file, capsys, monkeypatch, command, table):
    verb, *options = command
    asked = [verb, file, *options, "--replications", "5", "-j", "1", "--out"]
    assert status_of(*asked, "whole") == 0
    sound, calls = histories.rows_of, iter(range(10**6))

    def interrupted(*arguments):
        if next(calls) == 15:
            raise KeyboardInterrupt
        return sound(*arguments)

    monkeypatch.setattr(histories, "rows_of", interrupted)
    capsys.readouterr()
    assert status_of(*asked, "again") == 130
    assert re.search(r"interrupted after \d+ of \d+ histories; to go on, give the same command again\n",
                     capsys.readouterr().err)
    monkeypatch.setattr(histories, "rows_of", sound)
    assert status_of(*asked, "again") == 0
    assert Path("again", table).read_bytes() == Path("whole", table).read_bytes()


def test_a_place_of_a_scope_is_the_same_as_a_test_under_its_settings(file, capsys, tmp_path):
    status_of("scope", file, "right", "--points", "8", "--replications", "10", "-j", "1", "--out", "s")
    row = pd.read_csv("s/places.csv").iloc[3]
    settings = ", ".join(f"{path}: {float(row[path])!r}" for path in (
        f"{POWER}.costs.entrapment.war_cost", f"{POWER}.reach_half_distance_km"))
    text = PROPOSITIONS.replace("fewer pacts.\n    predictions:", f"fewer pacts.\n    set: {{{settings}}}\n"
                                "    predictions:")
    there = load_family(write_propositions(tmp_path / "there", text))
    found = Experiment(there, ["right"], tmp_path / "there-out", NoProgress(), 1, replications=10).run()[0]
    assert row["fewer.effect"] == pytest.approx(found.tested[0].paired.effect.mean, abs=1e-12)


def test_the_nearest_counterexample_can_be_traced(file, capsys):
    file.write_text(PROPOSITIONS.replace("direction: negative\n        smallest_effect: 0.2",
                                         "direction: positive\n        smallest_effect: 0.2"))
    status_of("scope", file, "right", "--points", "8", "--replications", "16", "-j", "1", "--out", "s")
    answer = json.loads(Path("s/scope.json").read_text())
    words = shlex.split(answer["counterexample"]["trace"])
    capsys.readouterr()
    assert status_of(*words[1:]) == 0


def test_multiverse_counts_the_universes(file, capsys):
    assert status_of("multiverse", file, "right", "--replications", "16", "-j", "1", "--out", "m") == 0
    shown = capsys.readouterr().out
    answer = json.loads(Path("m/multiverse.json").read_text())
    assert f"holds under {answer['holds']} of 4 combinations" in shown
    table = pd.read_csv("m/universes.csv")
    assert len(table) == 4
    assert (table["verdict"] == "supported").sum() == answer["holds"]
    own = table[table["assumptions.emboldenment"] & table["assumptions.deterrence"]]
    assert own["verdict"].tolist() == [answer["own"]]


def test_what_the_proposition_varies_is_left_out_of_the_region(file, capsys):
    status_of("scope", file, "wrong", "--points", "8", "--replications", "6", "-j", "1", "--out", "s")
    assert f"left out of the region, because the proposition varies it: {POWER}.costs.entrapment.war_cost" in (
        capsys.readouterr().out)
    assert f"{POWER}.costs.entrapment.war_cost" not in pd.read_csv("s/places.csv")


def test_validate_knows_files_of_propositions(file, capsys):
    assert status_of("validate", file) == 0
    assert capsys.readouterr().out == ("propositions.yaml: tiny-family, 3 propositions with 4 predictions\n")
    file.write_text(PROPOSITIONS.replace("direction: positive", "direction: upwards"))
    assert status_of("validate", file) == 2
