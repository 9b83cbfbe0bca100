"""Every refusal: one line, the right file and line, exit status 2, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.commands.command_line import main
from tests.refusals.cases import ONE_FILE, SEVERAL_FILES, SOUND

ROOT = Path(__file__).parents[2]


def outcome(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    captured = capsys.readouterr()
    return left.value.code, captured.out, captured.err


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", ONE_FILE)
def test_one_bad_file(case, folder, capsys):
    text, message = ONE_FILE[case]
    (folder / "bad.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    before = contents(folder)
    assert outcome(["validate", "bad.yaml"], capsys) == (2, "", f"error: {message}\n")
    assert contents(folder) == before


@pytest.mark.parametrize("case", SEVERAL_FILES)
def test_several_files(case, folder, capsys):
    files, message = SEVERAL_FILES[case]
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    before = contents(folder)
    assert outcome(["validate", "bad.yaml"], capsys) == (2, "", f"error: {message}\n")
    assert contents(folder) == before


def test_the_scenario_that_the_cases_start_from_is_sound(folder, capsys):
    (folder / "good.yaml").write_text(SOUND)
    line = "good.yaml: sound, 1 major power, 1 weak state, 5 years from 2000\n"
    assert outcome(["validate", "good.yaml"], capsys) == (0, line, "")


@pytest.mark.parametrize(("name", "message"), [
    ("nowhere.yaml", "nowhere.yaml: no such file"),
    ("folder", "folder: a folder, not a file"),
    ("good.yaml/x", "good.yaml/x: no such file"),
    ("a\0b", "a\\x00b: not readable"),
])
def test_what_is_not_a_file(name, message, folder, capsys):
    (folder / "folder").mkdir()
    (folder / "good.yaml").write_text(SOUND)
    assert outcome(["validate", name], capsys) == (2, "", f"error: {message}\n")


def test_a_file_that_may_not_be_read(folder, capsys, monkeypatch):
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (folder / "good.yaml").write_text(SOUND)
    monkeypatch.setattr(Path, "read_bytes", refuse)  # not by its mode: root may read everything
    assert outcome(["validate", "good.yaml"], capsys) == (2, "", "error: good.yaml: not readable\n")


def test_every_bad_file_has_its_line_and_good_ones_are_still_reported(folder, capsys):
    (folder / "good.yaml").write_text(SOUND)
    (folder / "bad.yaml").write_text("")
    status, out, err = outcome(["validate", "bad.yaml", "good.yaml", "none.yaml"], capsys)
    assert status == 2
    assert out == "good.yaml: sound, 1 major power, 1 weak state, 5 years from 2000\n"
    assert err.splitlines() == ["error: bad.yaml: an empty file; allowed: a mapping, lines of 'key: value'",
                                "error: none.yaml: no such file"]


@pytest.mark.parametrize(("arguments", "message"), [
    (["validat", "x.yaml"], "no such command: validat; allowed: "),
    (["validate", "--jsn", "x.yaml"], "no such option: --jsn; did you mean --json?"),
    (["validate", "--colour", "x.yaml"], "no such option: --colour"),
    (["--verbos"], "no such option: --verbos"),
    (["validate"], "missing argument 'FILE'"),
    (["validate", "--json=1", "x.yaml"], "option '--json' does not take a value"),
    (["schema", "--out"], "option '--out' requires an argument"),
    (["schema", "--out", "nowhere/x.json"], "nowhere/x.json: No such file or directory"),
    (["schema", "more"], "got unexpected extra argument"),
])
def test_wrong_usage(arguments, message, folder, capsys):
    status, out, err = outcome(arguments, capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1
    assert contents(folder) == {}


def test_a_misspelt_command_is_recognised(folder, capsys):
    assert outcome(["validat"], capsys)[2].endswith("; did you mean validate?\n")


def test_in_a_process_of_its_own(folder):
    (folder / "bad.yaml").write_text(SOUND + "years: 6\n")
    done = subprocess.run([sys.executable, "-m", "simulation", "validate", "bad.yaml"], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: bad.yaml:12: years: key given twice, first on line 2\n"
    assert list(contents(folder)) == ["bad.yaml"]
