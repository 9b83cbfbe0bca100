"""Results folders that were damaged or confused by hand: told in one line, never taken for sound, never drawn wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.manifests import renew_checksums
from tests.propositions import write_propositions
from tests.results import made
from tests.statuses import status_of
from tests.studies import WAR_COST, write_study


def refusal(capsys, *arguments: object) -> str:
    """The one line with which a command refuses."""
    capsys.readouterr()
    assert status_of(*arguments) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1), told
    assert "Traceback" not in told.err
    return told.err


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path)
    write_propositions(tmp_path)
    return tmp_path


@pytest.fixture
def tested(folder) -> Path:
    return made("test", "propositions.yaml", "--replications", 10, "-j", "1", out="t")


@pytest.fixture
def swept(folder) -> Path:
    return made("sweep", "study.yaml", "-j", "1", out="s")


@pytest.mark.parametrize("command", ["figures", "report"])
def test_a_row_with_a_cell_too_many_is_refused_by_line(command, tested, capsys):
    path = tested / "verdicts.csv"
    heading, first, *others = path.read_text().splitlines()
    path.write_text("\n".join([heading, first.replace(",", ",,,", 1), *others]) + "\n")
    renew_checksums(tested)
    told = refusal(capsys, command, tested)
    assert "verdicts.csv, line 2: a row of another length" in told and "allowed:" in told


@pytest.mark.parametrize("command", ["figures", "report"])
def test_a_word_where_a_verdict_or_a_number_belongs_is_refused(command, tested, capsys):
    path = tested / "verdicts.csv"
    for found, changed in (("undecided", "foo"), ("supported", "foo")):
        path.write_text(path.read_text().replace(found, changed))
    renew_checksums(tested)
    assert "foo" in refusal(capsys, command, tested)


def test_a_family_without_numbers_of_pacts_is_drawn(folder):
    text = (folder / "propositions.yaml").read_text()
    (folder / "one.yaml").write_text(text.replace("measure: number_of_pacts", "measure: autonomy_all_states"))
    assert status_of("test", "one.yaml", "--replications", 10, "-j", "1", "--out", "o") == 0
    assert Path("o/figures/propositions.png").exists()


@pytest.mark.parametrize("command", ["status", "figures", "report", "export", "verify"])
def test_a_sweep_with_doubled_histories_is_not_taken_for_sound(command, swept, capsys):
    shards = sorted(Path("s/runs").glob("*.parquet"))
    whole = shards[0]
    stray = whole.with_name("000000-000000.parquet")
    shutil.copy(whole, stray)
    options = ("--format", "csv") if command == "export" else ()
    told = refusal(capsys, command, "s", *options)
    assert "resume s" in told
    assert status_of("resume", "s", "-j", "1") == 0
    assert status_of("status", "s") == 0


def test_a_report_never_replaces_what_a_folder_lives_on(swept, capsys):
    before = Path("s/manifest.json").read_text()
    assert "would be written over" in refusal(capsys, "report", "s", "--out", "s/manifest.json")
    assert Path("s/manifest.json").read_text() == before
    assert [status_of("report", "s", "--out", "page.html") for _ in range(2)] == [0, 0]


def test_pictures_of_other_settings_do_not_replace_each_other(folder):
    assert status_of("picture", "tiny.yaml", "--state", "A") == 0
    before = {path: path.read_bytes() for path in Path("results").rglob("*.png")}
    assert status_of("picture", "tiny.yaml", "--state", "A", "--set", f"{WAR_COST}=2") == 0
    assert status_of("picture", "tiny.yaml", "--state", "A", "--commitment", 1, "--autonomy", 0) == 0
    assert {path: path.read_bytes() for path in before} == before
    assert len(list(Path("results").iterdir())) == 3


@pytest.mark.parametrize("command", ["figures", "report"])
def test_a_table_with_a_changed_byte_is_told_by_verify_and_taken_for_sound_by_none(command, tested, capsys):
    path = tested / "verdicts.csv"
    sound = path.read_bytes()
    path.write_bytes(sound.replace(b"0.", b"1.", 1))
    assert "t/verdicts.csv: changed since it was written" in refusal(capsys, command, tested)
    assert status_of("verify", tested) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("2 of 3 files are as they were written\n",
                                    "difference: t/verdicts.csv: changed since it was written\n")
    path.write_bytes(sound)
    assert status_of("verify", tested) == 0


def test_resume_writes_a_damaged_table_anew(swept, capsys):
    sound = Path("s/runs.csv").read_bytes()
    Path("s/runs.csv").write_bytes(sound.replace(b"0.0", b"9.0", 1))
    assert status_of("verify", "s") == 1
    assert status_of("resume", "s", "-j", "1") == 0
    assert Path("s/runs.csv").read_bytes() == sound
    assert status_of("verify", "s", "-k", 1) == 0


def test_a_shard_with_a_changed_byte_is_run_again(swept, capsys):
    shard = sorted(Path("s/runs").glob("*.parquet"))[-1]
    sound, content = Path("s/runs.csv").read_bytes(), bytearray(shard.read_bytes())
    content[-20] ^= 1  # in the footer, of which the library keeps no checksum
    shard.write_bytes(content)
    assert status_of("verify", "s") == 1
    assert status_of("resume", "s", "-j", "1") == 0
    assert "set aside and run again" in capsys.readouterr().err
    assert Path("s/runs.csv").read_bytes() == sound


def test_a_manifest_that_was_edited_is_refused(swept, capsys):
    path = Path("s/manifest.json")
    path.write_text(path.read_text().replace('"histories": 12', '"histories": 13'))
    for command in ("status", "verify", "report", "figures", "resume"):
        assert "s/manifest.json: changed since it was written" in refusal(capsys, command, "s")
