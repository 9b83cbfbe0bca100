"""A sweep in parts, and results folders merged: the same table as in one go, or a refusal that names what differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulation.commands import command_line
from simulation.study import manifest as manifest_module
from simulation.study.lock import locked
from simulation.study.store import ResultsFolder
from tests.manifests import change_manifest
from tests.studies import STUDY, write_study

UNTIL = "replications: {until: {measure: number_of_pacts, half_width: 0.5, at_least: 4, at_most: 8, batch: 2}}"


def outcome(capsys, *arguments: object) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code, capsys.readouterr().err


def swept(out: str, *options: object) -> str:
    with pytest.raises(SystemExit) as left:
        command_line.main(["sweep", "study.yaml", "-j", "1", "--out", out, *map(str, options)])
    assert left.value.code == 0
    return out


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path)


@pytest.fixture
def parts(study) -> list[str]:
    return [swept(f"part{number}", "--replications", 6, "--part", f"{number}/3") for number in (1, 2, 3)]


def contents(folder: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def tampered(folder: str) -> Path:
    """Changes a measure of the last history of a folder's first shard by the least there is."""
    path = min(Path(folder, "runs").glob("*.parquet"))
    table = pq.read_table(path)
    values = table["number_of_pacts"].to_pylist()
    values[-1] += 0.5
    place = table.column_names.index("number_of_pacts")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(values)), path, write_page_checksum=True)
    return path


def test_the_parts_merged_are_the_whole(parts, capsys):
    swept("whole", "--replications", 6)
    assert outcome(capsys, "merge", *reversed(parts), "--out", "all") == (0, "")
    assert Path("all/runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()
    assert {path.name for path in Path("all/runs").iterdir()} == {path.name for path in Path("whole/runs").iterdir()}
    manifests = [json.loads(Path(name, "manifest.json").read_text()) for name in ("all", "part2")]
    assert [(manifest["part"], manifest["status"], manifest["histories"]) for manifest in manifests] == [
        (None, "complete", 24), ("2/3", "complete", 14)]


def test_what_is_missing_is_resumed(parts, capsys):
    swept("whole", "--replications", 6)
    shutil.rmtree("part1/runs")  # the machine was switched off
    Path("part1/runs").mkdir()
    assert outcome(capsys, "merge", *parts, "--out", "all")[0] == 0
    assert json.loads(Path("all/manifest.json").read_text())["status"] == "interrupted"
    assert outcome(capsys, "resume", "all", "-j", "1")[0] == 0
    assert Path("all/runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()


def test_folders_of_different_replications_give_the_union(study, capsys):
    swept("few", "--replications", 1)
    swept("more", "--replications", 5)
    assert outcome(capsys, "merge", "few", "more", "--out", "all") == (0, "")
    assert Path("all/runs.csv").read_bytes() == Path("more/runs.csv").read_bytes()


def test_a_history_that_differs_is_named(study, capsys):
    swept("one")
    shutil.copytree("one", "two")
    tampered("two")
    code, error = outcome(capsys, "merge", "one", "two", "--out", "all")
    assert code == 2
    assert error.startswith("error: two: run 1, P: number_of_pacts is ") and error.endswith(" in one\n")
    assert not Path("all").exists()


def test_other_sweeps_are_refused(study, capsys):
    swept("one")
    swept("two", "--seed", 8)
    assert outcome(capsys, "merge", "one", "two", "--out", "all") == (
        2, "error: two: holds another sweep: seed is 8 there and 7 in one\n")
    change_manifest("two", model_sources="x")
    assert outcome(capsys, "merge", "one", "two", "--out", "all")[1].startswith(
        "error: two: made by other sources of the program ('x', in one '")
    assert not Path("all").exists()


def test_folders_of_sources_that_gave_the_same_numbers_are_merged(study, capsys, monkeypatch):
    swept("one", "--part", "1/2")
    swept("two", "--part", "2/2")
    change_manifest("two", model_sources="earlier")
    assert outcome(capsys, "merge", "one", "two", "--out", "all")[0] == 2
    monkeypatch.setattr(manifest_module, "SAME_NUMBERS", frozenset({"earlier"}))
    assert outcome(capsys, "merge", "one", "two", "--out", "all")[0] == 0
    assert Path("all/runs.csv").exists()


def test_a_damaged_shard_and_a_folder_in_use_are_refused(parts, capsys):
    with locked(Path("part2")):
        assert outcome(capsys, "merge", *parts, "--out", "all")[1].startswith("error: part2: in use by another process")
    shard = min(Path("part2/runs").iterdir())
    shard.write_bytes(shard.read_bytes()[:-100])
    code, error = outcome(capsys, "merge", *parts, "--out", "all")
    assert code == 2 and error.startswith(f"error: {shard}: a damaged shard")
    assert not Path("all").exists()


def test_a_merging_that_was_killed_is_finished_by_the_same_command(parts, capsys, monkeypatch):
    swept("whole", "--replications", 6)
    store = ResultsFolder.store

    def killed(folder, first, last, *rest):
        if first >= 10:
            raise KeyboardInterrupt
        store(folder, first, last, *rest)

    monkeypatch.setattr(ResultsFolder, "store", killed)
    assert outcome(capsys, "merge", *parts, "--out", "all")[0] == 130
    assert len(list(Path("all/runs").iterdir())) == 2
    monkeypatch.setattr(ResultsFolder, "store", store)
    assert outcome(capsys, "merge", *parts, "--out", "all") == (0, "")
    assert Path("all/runs.csv").read_bytes() == Path("whole/runs.csv").read_bytes()


def test_sweeps_by_a_rule_have_no_parts_and_merge_where_one_holds_the_other(study, capsys):
    study.write_text(STUDY.replace("replications: 3", UNTIL))
    code, error = outcome(capsys, "sweep", "study.yaml", "--part", "1/2")
    assert (code, error.split(";")[0]) == (2, "error: --part: a study with replications.until has no parts")
    swept("one")
    shutil.copytree("one", "two")
    max(Path("two/runs").glob("*.parquet")).unlink()
    assert outcome(capsys, "merge", "two", "one", "--out", "all") == (0, "")
    assert Path("all/runs.csv").read_bytes() == Path("one/runs.csv").read_bytes()
    min(Path("one/runs").glob("*.parquet")).unlink()
    code, error = outcome(capsys, "merge", "one", "two", "--out", "other")
    assert code == 2 and "one folder has to hold all that the others hold" in error


@pytest.mark.parametrize("text", ["0/3", "4/3", "a/b", "1", "1/2/3", "-1/3", "1/1001", ""])
def test_what_is_no_part_is_refused(text, study, capsys):
    code, error = outcome(capsys, "sweep", "study.yaml", f"--part={text}")
    assert code == 2 and error.startswith("error: --part: not a part; found ") and error.count("\n") == 1
    assert not Path("results").exists()


def test_histories_of_one_cell_from_several_folders_come_out_in_order(study, capsys):
    swept("few")
    shutil.copytree("few", "more")
    swept("more", "--replications", 5)
    whole = Path("more/runs.csv").read_bytes()
    Path("more/runs/000010-000011.parquet").unlink()
    assert Path("more/runs/000012-000017.parquet").exists()
    assert outcome(capsys, "merge", "more", "few", "--out", "all") == (0, "")
    assert Path("all/runs.csv").read_bytes() == whole
