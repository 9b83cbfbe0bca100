"""A replication package, unpacked elsewhere and repeated."""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path

import pytest

from tests.statuses import status_of
from tests.studies import STUDY, write_study


def repeat(page: str) -> None:
    """The second of the two commands on the page, typed."""
    command = next(line for line in page.splitlines() if line.startswith("asymmetric-alliances sweep"))
    assert status_of(*shlex.split(command)[1:], "-j", "1") == 0


@pytest.fixture
def swept(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert status_of("sweep", write_study(tmp_path), "-j", "1", "--replications", "2", "--out", "swept") == 0
    return Path("swept")


def test_a_package_unpacked_elsewhere_repeats_its_sweep_to_the_last_bit(swept, tmp_path_factory, monkeypatch):
    assert status_of("export", swept, "--package", "one.zip") == 0
    stored = (swept / "runs.csv").read_bytes()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile("one.zip") as archive:
        archive.extractall(elsewhere)
    monkeypatch.chdir(elsewhere)
    page = Path("README.md").read_text(encoding="utf-8")
    repeat(page)
    assert Path("runs.csv").read_bytes() == stored
    assert Path("repeated/runs.csv").read_bytes() == stored


def test_the_same_folder_gives_the_same_archive_in_a_fixed_order(swept):
    for name in ("one.zip", "two.zip"):
        assert status_of("export", swept, "--package", name) == 0
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()
    with zipfile.ZipFile("one.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "numpy==" in archive.read("requirements.txt").decode()


def test_a_rule_and_yearly_tables_are_repeated_too(tmp_path, monkeypatch):
    rule = "replications: {until: {measure: number_of_pacts, half_width: 0.5, at_least: 3, at_most: 9, batch: 3}}"
    monkeypatch.chdir(tmp_path)
    study = write_study(tmp_path, STUDY.replace("replications: 3", f"{rule}\nrecord: {{series: true}}"))
    assert status_of("sweep", study, "-j", "1", "--out", "swept") == 0
    assert status_of("export", "swept", "--package", "one.zip") == 0
    with zipfile.ZipFile("one.zip") as archive:
        archive.extractall("elsewhere")
    monkeypatch.chdir("elsewhere")
    repeat(Path("README.md").read_text(encoding="utf-8"))
    for kind in ("runs", "series"):
        assert sorted(path.name for path in Path(kind).iterdir()) == sorted(
            path.name for path in Path("repeated", kind).iterdir())
        for path in Path(kind).iterdir():
            assert path.read_bytes() == Path("repeated", kind, path.name).read_bytes()


def test_what_is_unfinished_is_packed_only_when_asked(swept, capsys):
    next((swept / "runs").iterdir()).unlink()
    capsys.readouterr()
    assert status_of("export", swept, "--package", "x.zip") == 2
    assert "unfinished, " in capsys.readouterr().err and not Path("x.zip").exists()
    assert status_of("export", swept, "--package", "x.zip", "--partial") == 0
    with zipfile.ZipFile("x.zip") as archive:
        assert "The sweep was not finished" in archive.read("README.md").decode()
    assert status_of("export", swept, "--package", "x.zip", "--partial") == 2
    assert capsys.readouterr().err.endswith(
        "error: x.zip: is there already; remove it, or give another name with --package\n")


@pytest.mark.parametrize(("options", "words"), [
    (["--package", "x.zip", "--format", "csv"], "--package: goes with --partial alone"),
    (["--package", "nowhere/x.zip"], "nowhere/x.zip: there is no folder nowhere"),
    ([], "--format: missing; allowed: csv, r, parquet, stata, netcdf; or --package FILE"),
])
def test_what_cannot_be_packed_is_refused_in_one_line(options, words, swept, capsys):
    capsys.readouterr()
    assert status_of("export", swept, *options) == 2
    assert capsys.readouterr().err == f"error: {words}\n"
    assert not Path("x.zip").exists()
