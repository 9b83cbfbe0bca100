"""A working folder laid out by `init`, and what `examples` tells."""

from __future__ import annotations

import errno
import json
import shlex
from pathlib import Path

import pytest

from tests.statuses import status_of

ROOT = Path(__file__).resolve().parents[2]


def commands(text: str) -> list[list[str]]:
    return [shlex.split(line, comments=True)[1:] for line in text.splitlines() if line.startswith("asymmetric-all")]


@pytest.fixture
def told(tmp_path, monkeypatch, capsys) -> str:
    monkeypatch.chdir(tmp_path)
    assert status_of("init", "my work") == 0
    return capsys.readouterr().out


@pytest.fixture
def folder(told, tmp_path) -> Path:
    return tmp_path / "my work"


def test_the_folder_holds_what_comes_with_the_program(folder):
    def files(place):
        return {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}

    assert files(folder) == {Path("scenarios") / name: content for name, content in files(ROOT / "scenarios").items()}


def test_what_is_told_next_can_be_typed(told, folder, monkeypatch):
    assert "\ncd 'my work'\n" in told
    monkeypatch.chdir(folder)
    run, sweep, examples = commands(told)
    assert status_of(*run, "--years", "2") == 0
    assert status_of("plan", *sweep[1:], "--years", "2", "--replications", "2") == 0
    assert status_of("validate", *sweep[1:]) == 0
    assert status_of(*examples) == 0


def test_nothing_is_written_over(folder, capsys):
    changed = folder / "scenarios" / "my-region.yaml"
    changed.write_text("name: mine\n", encoding="utf-8")
    assert status_of("init", folder.name) == 2
    told = capsys.readouterr().err
    assert told == "error: my work/scenarios: is there already; allowed: a folder without scenarios\n"
    assert changed.read_text(encoding="utf-8") == "name: mine\n"
    assert status_of("init", changed) == 2
    assert capsys.readouterr().err.startswith(f"error: {changed}: is there already")


def test_a_folder_with_other_things_is_welcome(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").touch()
    assert status_of("init", ".") == 0
    assert "\ncd" not in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "scenarios"}


def test_examples_are_listed_and_printed(capsys):
    assert status_of("examples", "--json") == 0
    found = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    kinds = {name: found[name]["kind"] for name in ("base.yaml", "stylised.yaml", "propositions.yaml",
                                                    "studies/my-study.yaml")}
    assert list(kinds.values()) == ["base", "scenario", "propositions", "study"]
    for name in found:
        assert status_of("examples", name) == 0
        assert capsys.readouterr().out == (ROOT / "scenarios" / name).read_text(encoding="utf-8")
    assert status_of("examples", "nothing.yaml") == 2
    assert "comes not with the program" in capsys.readouterr().err


def test_the_page_shows_the_scenario_that_is_copied():
    page = (ROOT / "docs" / "how-to" / "a-scenario-of-your-own.md").read_text(encoding="utf-8")
    assert f"```yaml\n{(ROOT / 'scenarios' / 'my-region.yaml').read_text(encoding='utf-8')}```" in page


def test_a_file_that_cannot_be_written_is_told_and_nothing_stays(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
    assert status_of("init", "work") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: work/.scenarios.unfinished/")
    assert told.err.count("\n") == 1
    assert list(Path("work").iterdir()) == []
