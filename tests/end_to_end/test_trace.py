"""The command ``trace``, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.commands.command_line import main

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "stylised.yaml")
WAR_COST = "major_powers.PAT.costs.entrapment.war_cost"


def status_of(*words) -> int:
    with pytest.raises(SystemExit) as leaving:
        main(["trace", *map(str, words)])
    return leaving.value.code


def test_two_settings_under_one_seed(capsys):
    assert status_of(SCENARIO, "--set", "years=4", "--against", f"{WAR_COST}=0.9", "--lines", 3) == 0
    told = capsys.readouterr().out
    for part in ("the same luck in both: seed 1, replication 0", "Terms part in 2000, talks, PAT and",
                 "Courses part in ", "A's contract in A", "B's contract in A", "cost intervention",
                 "what else goes differently, 3 of ", "allies at the end"):
        assert part in told


def test_two_files_and_one_document(tmp_path, capsys):
    other = tmp_path / "other.yaml"
    other.write_text(f"format: 1\nname: other\nextends: {SCENARIO}\nmajor_powers: {{PAT: {{attention: 1}}}}\n")
    assert status_of(SCENARIO, other, "--set", "years=3", "--json", "--seed", 4) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["parting"]["phase"] == "agenda"
    assert document["parting"]["first"].count(",") == 2
    assert document["parting"]["second"].count(",") == 0
    assert [entry["year"] for entry in document["allies"]] == [2000, 2001, 2002]


def test_histories_that_do_not_differ_say_so(capsys):
    assert status_of(SCENARIO, "--set", "years=2", "--against", "recording.window_years=1") == 0
    assert "The two histories are the same" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "line"), [
    ((), "error: missing argument"),
    ((SCENARIO,), "error: not two histories; found 1; allowed: two scenario files, or one and --against"),
    ((SCENARIO, "--against", "years=30"), "nothing differs between the two settings"),
    ((SCENARIO, "--against", f"{WAR_COST}=-1"), "--against: major_powers.PAT.costs.entrapment.war_cost: out of range"),
    ((SCENARIO, "--against", f"{WAR_COST}=1", "--lines", -1), "--lines: out of range; found -1; allowed: 0 to 1000"),
])
def test_refusals(words, line, capsys):
    assert status_of(*words) == 2
    assert line in capsys.readouterr().err


def test_the_document_is_kept_in_a_file_and_none_is_written_over(tmp_path, capsys):
    file = tmp_path / "trace.json"
    asked = (SCENARIO, "--set", "years=2", "--against", f"{WAR_COST}=0.9", "--out", file)
    assert status_of(*asked) == 0
    assert "the same luck in both" in capsys.readouterr().out
    assert json.loads(file.read_text(encoding="utf-8"))["seed"] == 1
    assert status_of(*asked) == 2
    assert "trace.json: is there already; remove it, or give another name with --out" in capsys.readouterr().err
