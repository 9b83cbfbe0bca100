"""The command line as such: help, exit status, what it imports."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.commands import command_line, endings
from simulation.errors import ResultsError, WorkFailedError
from tests.refusals.cases import SOUND

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
HEAVY = {"mesa", "numba", "pandas", "matplotlib", "scipy", "pyarrow", "networkx", "rich"}


def status_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        command_line.main(list(arguments))
    return left.value.code


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)


@pytest.fixture
def good(tmp_path) -> str:
    (tmp_path / "good.yaml").write_text(SOUND)
    return str(tmp_path / "good.yaml")


@pytest.mark.parametrize("name", command_line.COMMANDS)
def test_every_command_of_the_table_is_there_and_has_help(name, capsys):
    assert callable(getattr(importlib.import_module(f"simulation.commands.{name}"), name))
    assert status_of(name, "--help") == 0
    assert command_line.COMMANDS[name] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_the_commands(arguments, capsys):
    assert status_of(*arguments) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in command_line.COMMANDS)
    assert "╭" not in out


def test_validate_as_json(good, tmp_path, capsys):
    bad = str(tmp_path / "bad.yaml")
    assert status_of("validate", good, bad, "--json") == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out) == [
        {"file": good, "valid": True, "name": "sound", "major_powers": 1, "weak_states": 1,
         "start_year": 2000, "years": 5},
        {"file": bad, "valid": False, "error": f"{bad}: no such file"},
    ]
    assert captured.err == f"error: {bad}: no such file\n"


@pytest.mark.parametrize(("name", "told"), [
    ("russia-entrapment", "russia-entrapment, a study of russia-2005: 15 points, 20 replications"),
    ("patron-precision", "patron-precision, a study of stylised: ")])
def test_validate_knows_studies(name, told, capsys):
    study = ROOT / "scenarios" / "studies" / f"{name}.yaml"
    assert status_of("validate", str(study)) == 0
    assert capsys.readouterr().out.startswith(f"{study}: {told}")


def test_validate_refuses_a_study_by_line(tmp_path, capsys):
    study = tmp_path / "study.yaml"
    study.write_text("format: 1\nname: bad\nscenario: nowhere.yaml\nreplications: 3\n")
    assert status_of("validate", str(study)) == 2
    assert f"error: {study}:3: scenario: " in capsys.readouterr().err


@pytest.mark.parametrize(("verb", "name", "told"), [
    ("run", "studies/russia-entrapment", "a study, and not a scenario; allowed: a scenario, with extends or"),
    ("run", "propositions", "a file of propositions, and not a scenario"),
    ("sweep", "stylised", "a scenario, and not a study; allowed: a study, with design or replications or scenario"),
    ("sweep", "propositions", "a file of propositions, and not a study"),
    ("test", "studies/russia-entrapment", "a study, and not a file of propositions; allowed: a file of"
                                          " propositions, with propositions"),
    ("test", "base", "a scenario, and not a file of propositions")])
def test_a_file_of_another_kind_is_told_by_its_kind(verb, name, told, tmp_path, capsys):
    file = ROOT / "scenarios" / f"{name}.yaml"
    assert status_of(verb, str(file), "--out", str(tmp_path / "out")) == 2
    assert capsys.readouterr().err.startswith(f"error: {file}: {told}")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("verb", ["sweep", "plan"])
def test_the_option_for_years_is_named(verb, capsys):
    study = str(ROOT / "scenarios" / "studies" / "russia-entrapment.yaml")
    assert status_of(verb, study, "--years", "5000") == 2
    assert capsys.readouterr().err == "error: --years: out of range; found 5000; allowed: 1 to 1000\n"
    assert status_of(verb, study, "--years", "5", "--set", "years=6") == 2
    assert capsys.readouterr().err == "error: --years: set twice; allowed: either --set years=5 or --years 5\n"


def test_validate_tells_a_base_from_a_scenario(capsys):
    base = str(ROOT / "scenarios" / "base.yaml")
    assert status_of("validate", base) == 0
    assert capsys.readouterr().out == f"{base}: a base for other scenarios\n"


def test_schema_is_written_where_asked(tmp_path, capsys):
    assert status_of("schema") == 0
    printed = capsys.readouterr().out
    assert status_of("schema", "--out", str(tmp_path / "x.json")) == 0
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == printed
    assert json.loads(printed)["title"]


@pytest.mark.parametrize(("error", "status", "line"), [
    (ResultsError("results/x: damaged"), 2, "error: results/x: damaged\n"),
    (OSError(28, "No space left on device", "x.parquet"), 1, "error: x.parquet: No space left on device;"
     " what is whole is kept: make room, and give the same command again\n"),
    (OSError(28, "No space left on device"), 1, "error: standard output: No space left on device;"
     " what is whole is kept: make room, and give the same command again\n"),
    (OSError(24, "Too many open files"), 1, "error: Too many open files; what is whole is kept: give the same command"
     " again with fewer processes (-j), or where the system allows more\n"),
    (OSError(13, "Permission denied", "x.parquet"), 2, "error: x.parquet: Permission denied\n"),
    (KeyboardInterrupt(), 130, "interrupted before the end; to go on, give the same command again\n"),
    (endings.Ended(15), 143, "ended by SIGTERM before the end; to go on, give the same command again\n"),
    (WorkFailedError("workers were killed"), 1, "error: workers were killed\n"),
])
def test_how_a_command_that_fails_ends(error, status, line, good, monkeypatch, capsys):
    def fails(file: str) -> None:
        raise error

    monkeypatch.setattr("simulation.commands.validate.check_file", fails)
    assert status_of("validate", good) == status
    assert capsys.readouterr().err == line


def test_with_json_a_document_says_how_a_command_ended(good, monkeypatch, capsys):
    assert status_of("run", good, "--set", "years=5000", "--json") == 2
    told = capsys.readouterr()
    assert json.loads(told.out)["error"] == {
        "status": 2, "message": told.err.removeprefix("error: ").rstrip("\n"), "problem": "out of range",
        "path": "years", "found": "5000", "allowed": "1 to 1000", "file": "--set"}
    assert status_of("run", good, "--wrong", "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["message"].startswith("no such option: --wrong")

    def ended(*_: object) -> None:
        raise endings.Ended(15)

    monkeypatch.setattr("simulation.commands.run.parse_settings", ended)
    assert status_of("run", good, "--json") == 143
    assert json.loads(capsys.readouterr().out)["error"]["status"] == 143


def test_a_fault_of_the_program_is_told_in_a_line_and_shown_on_request(good, monkeypatch, capsys):
    def fails(file: str) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("simulation.commands.validate.check_file", fails)
    assert status_of("validate", good) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: a fault of the program: ZeroDivisionError: by zero (test_cli.py, line")
    assert told.count("\n") == 1
    monkeypatch.setenv("ASYMMETRIC_ALLIANCES_FAULTS", "1")
    with pytest.raises(ZeroDivisionError):
        command_line.main(["validate", good])


def test_checking_a_scenario_loads_nothing_heavy(good):
    code = ("import sys; from simulation.commands.command_line import main\n"
            "try: main(['validate', sys.argv[1]])\n"
            "except SystemExit: print(*sorted({name.split('.')[0] for name in sys.modules}))")
    done = run([sys.executable, "-c", code, good])
    assert done.stderr == ""
    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["validate", "--json"]])
def test_a_closed_pipe_is_no_fault(arguments, good):
    paired, writing = os.pipe()
    os.close(paired)
    files = [good] if arguments[0] == "validate" else []
    done = subprocess.run([sys.executable, "-m", "simulation", *arguments, *files], stdout=writing,
                          stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_table_too_wide_for_the_screen_is_neither_broken_nor_cut(capsys):
    from rich.console import Console

    from simulation.commands.console import new_table, print_whole

    grid = new_table()
    for heading in ("PAT reach half distance km", "RIV reach half distance km", "number of pacts"):
        grid.add_column(heading, justify="right")
    grid.add_row("1500", "500", "12.0 [11.7, 12.2]")
    print_whole(Console(width=30, highlight=False), grid)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["1500", "500", "12.0", "[11.7,", "12.2]"]
    assert sum(line.count("distance") for line in lines) == 2 and "…" not in "".join(lines)
