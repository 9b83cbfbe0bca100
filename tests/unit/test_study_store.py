"""Results folders: cells, gaps, shards that cannot be used, failures, locks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from simulation.errors import ResultsError
from simulation.study.cells import GROWN_CELL, cell_around, gaps
from simulation.study.lock import locked
from simulation.study.store import open_results, shard_name
from simulation.study.sweep import finish, sweep
from simulation.study.tables import read_shard, schema_of
from tests.studies import STUDY, tiny_plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    sweep(tiny_plan(folder), folder / "results", jobs=1)
    return folder


@pytest.fixture
def results(finished, tmp_path) -> Path:
    """A complete results folder of one's own."""
    shutil.copytree(finished / "results", tmp_path / "results")
    return tmp_path / "results"


def shards(results: Path) -> list[str]:
    return sorted(path.name for path in (results / "runs").iterdir())


@pytest.mark.parametrize(("spans", "total", "expected"), [
    ([], 0, []),
    ([], 1, [(0, 0)]),
    ([], 12, [(0, 1), (2, 9), (10, 11)]),
    ([(0, 1), (2, 9), (10, 11)], 12, []),
    ([(0, 1), (2, 9), (10, 11)], 24, [(12, 17), (18, 23)]),
    ([(2, 9)], 12, [(0, 1), (10, 11)]),
    ([(0, 0), (4, 5)], 12, [(1, 1), (2, 3), (6, 9), (10, 11)]),
    ([(0, 1), (2, 9), (10, 17)], 5, []),
])
def test_gaps_are_cut_at_the_borders_of_cells(spans, total, expected):
    assert list(gaps(spans, total, 8)) == expected


def test_cells_follow_each_other_and_grow():
    borders, number = [], 0
    while number < 20_000:
        first, end = cell_around(number, 17)
        assert first == number
        assert all(cell_around(inner, 17) == (first, end) for inner in (first, (first + end) // 2, end - 1))
        borders.append(end - first)
        number = end
    assert borders[0] == 2
    assert set(borders[1:65]) == {17}
    assert set(borders[65:]) == {GROWN_CELL}


def test_every_gap_lies_in_one_cell_and_together_they_are_everything():
    found = list(gaps([(40, 41)], 500, 17))
    assert sorted(number for first, last in found for number in range(first, last + 1)) == [
        number for number in range(500) if number not in (40, 41)]
    assert all(cell_around(first, 17) == cell_around(last, 17) for first, last in found)


def test_shards_tell_what_they_hold(results):
    assert shards(results) == ["000000-000001.parquet", "000002-000009.parquet", "000010-000011.parquet"]
    table = pq.read_table(results / "runs" / "000002-000009.parquet").to_pandas()
    assert table["run_id"].tolist() == list(range(2, 10))
    assert table.columns[:9].tolist() == [
        "scenario", "point_id", "replication", "run_id", "seed", "status", "major_power",
        "major_powers.P.costs.entrapment.war_cost", "major_powers.P.reach_half_distance_km"]


def unusable(results: Path, plan) -> list[str]:
    return sweep(plan, results, jobs=1).folder.set_aside


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    """Changes one byte in the data of the first column's page."""
    data = bytearray(path.read_bytes())
    offset = pq.ParquetFile(path).metadata.row_group(0).column(12).data_page_offset
    size = pq.ParquetFile(path).metadata.row_group(0).column(12).total_compressed_size
    data[offset + size // 2 + 10] ^= 0xFF
    path.write_bytes(bytes(data))


def rename(path: Path) -> None:
    path.rename(path.with_name("000003-000009.parquet"))


def overlap(path: Path) -> None:
    shutil.copy(path, path.with_name("000002-000009x.parquet"))
    table = pq.read_table(path)
    part = table.filter([number < 5 for number in table["run_id"].to_pylist()])
    pq.write_table(part, path.with_name("000002-000004.parquet"))


@pytest.mark.parametrize("harm", [truncate, empty, flip, rename, overlap])
def test_a_shard_that_cannot_be_used_is_set_aside_and_run_again(harm, results, finished, tmp_path):
    before = (results / "runs.csv").read_bytes()
    harm(results / "runs" / "000002-000009.parquet")
    assert len(unusable(results, tiny_plan(tmp_path))) >= 1
    assert (results / "runs.csv").read_bytes() == before
    assert unusable(results, tiny_plan(tmp_path)) == []


def test_a_shard_of_another_sweep_is_set_aside(results, tmp_path):
    before = (results / "runs.csv").read_bytes()
    other = tiny_plan(tmp_path / "other", STUDY.replace("seed: 7", "seed: 8"))
    sweep(other, tmp_path / "other" / "results", jobs=1)
    shutil.copy(tmp_path / "other" / "results" / "runs" / "000002-000009.parquet", results / "runs")
    problems = unusable(results, tiny_plan(tmp_path))
    assert problems == [f"{results}/runs/000002-000009.parquet: a shard of another sweep"]
    assert (results / "runs.csv").read_bytes() == before


def test_sound_shards_are_left_alone(results, tmp_path):
    truncate(results / "runs" / "000010-000011.parquet")
    before = {name: (results / "runs" / name).stat().st_mtime_ns for name in shards(results)[:2]}
    unusable(results, tiny_plan(tmp_path))
    assert {name: (results / "runs" / name).stat().st_mtime_ns for name in before} == before


def test_unfinished_files_are_swept_away(results, tmp_path):
    (results / "runs" / ".000099-000100.parquet.tmp").write_bytes(b"half")
    unusable(results, tiny_plan(tmp_path))
    assert not list((results / "runs").glob(".*"))


def test_failures_without_their_shard_and_torn_lines_are_dropped(results, tmp_path):
    lines = [json.dumps({"run_id": 3}), json.dumps({"run_id": 99}), '{"run_id": 4, "er']
    (results / "failures.jsonl").write_text("\n".join(lines))
    outcome = sweep(tiny_plan(tmp_path), results, jobs=1)
    assert [entry["run_id"] for entry in outcome.folder.failures()] == [3]
    assert (results / "failures.jsonl").read_text() == lines[0] + "\n"


def test_failures_of_a_complete_folder_stand_in_order_whoever_was_first(results):
    """As if one process had told of a later history before another of an earlier one."""
    lines = [json.dumps({"run_id": number}) + "\n" for number in (3, 5, 10)]
    (results / "failures.jsonl").write_text("".join(reversed(lines)))
    finish(open_results(results))
    assert (results / "failures.jsonl").read_text() == "".join(lines)


def test_a_damaged_shard_is_named_when_the_table_is_read(results, tmp_path):
    truncate(results / "runs" / "000002-000009.parquet")
    with pytest.raises(ResultsError, match=r"000002-000009.parquet: a damaged shard"):
        open_results(results).table()


def test_the_table_is_in_the_order_of_the_runs(results):
    assert open_results(results).table(["run_id"])["run_id"].tolist() == list(range(12))


def test_text_columns_and_switches_keep_their_type(tmp_path):
    study = STUDY.replace("    major_powers.P.reach", "    assumptions.deterrence: [true, false]\n"
                          "    weak_states.A.rivals: [[B], []]\n    major_powers.P.reach")
    outcome = sweep(tiny_plan(tmp_path, study, replications=1), tmp_path / "results", jobs=1)
    table = outcome.folder.table()
    assert table["assumptions.deterrence"].dtype == bool
    assert sorted(set(table["weak_states.A.rivals"])) == ['["B"]', "[]"]


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    code = "import sys; from pathlib import Path; from simulation.study.lock import locked\n" \
           "with locked(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ResultsError) as refused, locked(tmp_path):
            pass
        assert str(refused.value) == f"{tmp_path}: in use by another process (process {holder.pid})"
    finally:
        holder.kill()
        holder.wait()
    with locked(tmp_path):
        pass


def test_names_of_shards_sort_as_numbers():
    assert shard_name(2, 9) == "000002-000009.parquet"
    assert shard_name(1_000_000, 1_000_063) == "1000000-1000063.parquet"


def test_reading_a_shard_of_another_program_is_refused(results, tmp_path):
    path = results / "runs" / "000002-000009.parquet"
    schema = schema_of(tiny_plan(tmp_path))
    pq.write_table(pq.read_table(path).drop_columns(["number_of_pacts"]), path)
    with pytest.raises(ResultsError, match="a shard with other columns"):
        read_shard(path, schema)
