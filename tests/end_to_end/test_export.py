"""The table of a sweep in other programs' formats, read back by readers that had no part in writing it."""

from __future__ import annotations

import builtins
import csv
import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray
from scipy.io import netcdf_file

from simulation.commands import command_line
from simulation.history.measures import MEASURES
from simulation.study import histories
from simulation.study.manifest import MANIFEST_FILE
from simulation.study.short_columns import short_columns
from tests.results import made
from tests.studies import REACH, SCENARIO, STUDY, WAR_COST, write_study

NAMED = "tiny-study-"


def status_of(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_study(tmp_path)


def sweep(study: Path, capsys) -> Path:
    assert status_of("sweep", study, "-j", "1", "--out", "swept") in (0, 1)
    capsys.readouterr()
    return Path("swept")


@pytest.fixture
def swept(study, capsys) -> Path:
    folder = made("sweep", study.name, "-j", "1", out="swept")
    capsys.readouterr()
    return folder


def exported(folder: Path, kind: str, *options: str) -> Path:
    assert status_of("export", folder, "--format", kind, "--out", f"x.{kind}", *options) == 0
    return Path(f"x.{kind}")


def stored(folder: Path) -> pd.DataFrame:
    return pq.read_table(sorted((folder / "runs").iterdir())).to_pandas()


def refusal(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    return captured.err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize(("kind", "ending"), [
    ("csv", "csv"), ("r", "r.csv"), ("parquet", "parquet"), ("stata", "dta"), ("netcdf", "nc")])
def test_a_file_goes_into_the_folder_under_the_name_of_the_sweep_and_is_never_written_over(
        kind, ending, swept, capsys):
    assert status_of("export", swept, "--format", kind) == 0
    path = next(swept.glob(f"{NAMED}*.{ending}"))
    assert capsys.readouterr().out == f"12 histories: {path}\n"
    before = path.read_bytes()
    assert status_of("export", swept, "--format", kind) == 2
    assert refusal(capsys) == f"{path}: is there already; remove it, or give another name with --out"
    assert path.read_bytes() == before
    assert not list(swept.glob(".*.tmp"))
    assert status_of("export", swept, "--format", kind, "--out", "again") == 0
    assert Path("again").read_bytes() == before


def test_csv_is_the_table_that_the_sweep_wrote(swept):
    assert exported(swept, "csv").read_bytes() == (swept / "runs.csv").read_bytes()


def test_parquet_is_one_file_with_all_rows_and_types(swept, monkeypatch):
    whole = pq.ParquetFile(exported(swept, "parquet"))
    texts = {"scenario": "category", "status": "category", "major_power": "category"}
    pd.testing.assert_frame_equal(whole.read().to_pandas(), stored(swept).astype(texts), check_exact=True)
    assert whole.num_row_groups == 1
    monkeypatch.setattr("simulation.study.export.ROWS_TOGETHER", 3)
    Path("x.parquet").unlink()
    in_parts = pq.ParquetFile(exported(swept, "parquet"))
    assert in_parts.num_row_groups == 2
    before = pq.read_schema(next((swept / "runs").iterdir()))
    assert in_parts.schema_arrow.metadata == before.metadata and in_parts.schema_arrow.names == before.names
    pd.testing.assert_frame_equal(in_parts.read().to_pandas(), stored(swept).astype(texts), check_exact=True)


WORDS = "assumptions.emboldenment: [true, false]\n    assumptions.bargaining_solution: [nash, egalitarian]"


@pytest.fixture
def swept_over_words(study, capsys) -> Path:
    """A sweep over a switch and over words, some of whose histories have no pacts."""
    study.write_text(STUDY.replace(f"{REACH}: [800, 1600]", WORDS).replace("[0, 0.4]", "[0, 60]"))
    return sweep(study, capsys)


def test_parquet_has_logicals_and_factors_in_the_order_of_the_design(swept_over_words):
    table = pq.read_table(exported(swept_over_words, "parquet", "--short-names"))
    assert pa.types.is_boolean(table.schema.field("emboldenment").type)
    assert pa.types.is_dictionary(table.schema.field("bargaining_solution").type)
    assert table.column("bargaining_solution").combine_chunks().dictionary.to_pylist() == ["nash", "egalitarian"]
    assert table["war_cost"].to_pylist() == stored(swept_over_words)[WAR_COST].tolist()


# ---- R ---------------------------------------------------------------------------------------------------------------


def test_a_table_for_r_has_its_words_for_what_is_missing_true_and_false(swept_over_words):
    text = exported(swept_over_words, "r").read_text()
    heading, *rows = csv.reader(text.splitlines())
    assert heading[7:10] == ["war_cost", "emboldenment", "bargaining_solution"]
    expected = stored(swept_over_words)
    assert expected["autonomy_given_pact"].isna().any()
    place = heading.index("autonomy_given_pact")
    assert [row[place] == "NA" for row in rows] == expected["autonomy_given_pact"].isna().tolist()
    assert [row[8] for row in rows] == [str(value).upper() for value in expected["assumptions.emboldenment"]]
    again = pd.read_csv("x.r", na_values=["NA"], float_precision="round_trip").set_axis(expected.columns, axis=1)
    pd.testing.assert_frame_equal(again, expected, check_exact=True, check_dtype=False)


def test_a_code_that_is_r_s_word_for_what_is_missing_is_told(study, capsys, caplog):
    study.write_text(STUDY.replace(WAR_COST, "major_powers.NA.costs.entrapment.war_cost").replace(
        REACH, "major_powers.NA.reach_half_distance_km").replace("powers.P.", "powers.NA."))
    (study.parent / "tiny.yaml").write_text(SCENARIO.replace("P:", "NA:"))
    text = exported(sweep(study, capsys), "r").read_text()
    assert 'read it with na.strings = ""' in capsys.readouterr().err
    table = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])
    assert set(table["major_power"]) == {"NA"}


def test_decimal_commas_and_semicolons(swept):
    plain = pd.read_csv(exported(swept, "r"), float_precision="round_trip")
    Path("x.r").unlink()
    expected = {"r": plain, "csv": stored(swept)}
    for kind, table in expected.items():
        text = exported(swept, kind, "--decimal-comma").read_text()
        assert "." not in text.split("\n", 1)[1]
        there = pd.read_csv(io.StringIO(text.replace(",", ".")), sep=";", float_precision="round_trip")
        pd.testing.assert_frame_equal(there, table, check_exact=True, check_dtype=False)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_numbers_logicals_and_what_is_missing(swept_over_words):
    path = exported(swept_over_words, "r")
    done = subprocess.run(["Rscript", "-e", f"""d <- read.csv("{path}")
        cat(class(d$emboldenment), class(d$bargaining_solution), sum(is.na(d$autonomy_given_pact)), "\n")
        cat(sprintf("%.17g", d$major_payoff))"""], capture_output=True, text=True, check=True)
    classes, numbers = done.stdout.split("\n", 1)
    expected = stored(swept_over_words)
    assert classes.split() == ["logical", "character", str(expected["autonomy_given_pact"].isna().sum())]
    assert [float(number) for number in numbers.split()] == expected["major_payoff"].tolist()


# ---- codebook --------------------------------------------------------------------------------------------------------


def test_a_codebook_tells_what_every_column_is(swept_over_words, capsys):
    path = exported(swept_over_words, "r", "--codebook")
    assert capsys.readouterr().out.endswith("codebook: x.r.codebook.csv\n")
    book = pd.read_csv("x.r.codebook.csv", keep_default_na=False).set_index("name")
    table, expected = pd.read_csv(path), stored(swept_over_words)
    assert book.index.tolist() == table.columns.tolist()
    assert book["column"].tolist() == expected.columns.tolist()
    assert book.loc["war_cost", ["kind", "unit", "values"]].tolist() == ["number", "payoff", "0.0 to 60.0"]
    assert book.loc["war_cost", "meaning"].startswith("P: Cost of an easy war next door")
    assert book.loc["emboldenment", ["kind", "values"]].tolist() == ["yes or no", "0 = false; 1 = true"]
    assert book.loc["bargaining_solution", "values"] == "nash; egalitarian"
    assert book.loc["wars", ["unit", "meaning"]].tolist() == ["wars per decade", "Challenges that an ally resisted."]
    assert book["missing"].tolist() == expected.isna().sum().tolist()
    assert (book["meaning"] != "").all()


# ---- Stata -----------------------------------------------------------------------------------------------------------


def test_stata_holds_the_numbers_under_names_and_labels_of_its_own(swept):
    with pd.io.stata.StataReader(exported(swept, "stata")) as reader:
        table, labels = reader.read(), reader.variable_labels()
    expected = stored(swept)
    assert table.columns.tolist() == [*expected.columns[:7], "war_cost", "reach_half_distance_km", *MEASURES]
    pd.testing.assert_frame_equal(table.set_axis(expected.columns, axis=1), expected, check_exact=True,
                                  check_dtype=False)
    assert labels["war_cost"] == "P: cost of an easy war next door (payoff)"
    assert labels["wars"] == "[wars per decade] Challenges that an ally resisted."
    assert all(len(label) <= 80 for label in labels.values())
    assert len(set(labels.values())) == len(labels)


def test_stata_gets_what_it_cannot_hold_as_text(study, capsys):
    axes = f"assumptions.emboldenment: [false, true]\n    major_powers.P.name: [{'o' * 10}, {'e' * 3000}]"
    study.write_text(STUDY.replace("seed: 7", f"seed: {2**53 + 1}").replace(f"{REACH}: [800, 1600]", axes))
    table = pd.read_stata(exported(sweep(study, capsys), "stata"))
    assert set(table["seed"]) == {str(2**53 + 1)}
    assert set(table["emboldenment"]) == {"false", "true"}
    assert set(table["name"]) == {"o" * 10, "e" * 3000}


def test_stata_has_words_for_switches_and_for_words_that_vary(swept_over_words):
    with pd.io.stata.StataReader(exported(swept_over_words, "stata")) as reader:
        table, values = reader.read(convert_categoricals=False), reader.value_labels()
    assert values == {"emboldenment": {0: "false", 1: "true"}, "bargaining_solution": {0: "nash", 1: "egalitarian"}}
    assert table["emboldenment"].tolist() == stored(swept_over_words)["assumptions.emboldenment"].astype(int).tolist()


def test_short_names_tell_paths_apart():
    names = short_columns(["scenario", "a.x.cost", "a.y.cost", "b.wars", "wars", "weak_states.*.rate", "c.in", "d.2nd",
                         "e." + "long_" * 8 + "name", "f." + "wrong_" * 8 + "long_long_long_long_long_name"])
    assert list(names.values())[:8] == ["scenario", "x_cost", "y_cost", "b_wars", "wars", "rate", "x_in", "x_2nd"]
    assert len(set(names.values())) == len(names)
    assert all(len(name) <= 32 and name.isidentifier() for name in names.values())
    alike = short_columns(["weak_benefit_resentment_of_neighbours", "weak_benefit_resentment_of_neighbourhoods"])
    assert list(alike.values()) == ["weak_benefit_resentm_of_neighbou", "weak_benefit_resentm_of_neighb_2"]


# ---- netCDF ----------------------------------------------------------------------------------------------------------


def test_netcdf_is_an_array_over_what_varies(swept):
    path = exported(swept, "netcdf")
    expected = stored(swept)
    with xarray.open_dataset(path, engine="scipy") as data:
        assert dict(data.sizes) == {WAR_COST: 2, REACH: 2, "replication": 3, "major_power": 1}
        for row in expected.to_dict("records"):
            place = {WAR_COST: row[WAR_COST], REACH: row[REACH], "replication": row["replication"], "major_power": "P"}
            cell = data.sel(place)
            assert [float(cell[name]) for name in MEASURES] == pytest.approx(
                [row[name] for name in MEASURES], rel=0, abs=0, nan_ok=True)
        assert data["wars"].attrs == {"units": "wars per decade", "long_name": "Challenges that an ally resisted."}
        assert data["status"].values.max() == 0
        assert data.attrs["identity"] == json.loads((swept / MANIFEST_FILE).read_text())["identity"]
    with netcdf_file(path, mmap=False) as plain:  # without xarray's conventions
        assert plain.variables["pact_stability"].dimensions == (WAR_COST, REACH, "replication", "major_power")


def test_netcdf_orders_numbers_and_keeps_words_and_switches(study, capsys):
    study.write_text(STUDY.replace(f"{REACH}: [800, 1600]", f"{REACH}: [1600, 800]\n    assumptions.emboldenment: "
                                   "[true, false]\n    major_powers.P.name: [one, other]"))
    folder = sweep(study, capsys)
    row = stored(folder).iloc[-1]
    with xarray.open_dataset(exported(folder, "netcdf"), engine="scipy") as data:
        assert data[REACH].values.tolist() == [800.0, 1600.0]
        assert data["assumptions.emboldenment"].values.tolist() in (["true", "false"], ["false", "true"])
        cell = data.sel({WAR_COST: row[WAR_COST], REACH: row[REACH], "major_powers.P.name": row["major_powers.P.name"],
                         "assumptions.emboldenment": str(bool(row["assumptions.emboldenment"])).lower()})
        assert float(cell["major_payoff"][2, 0]) == row["major_payoff"]


def test_a_study_of_one_point_is_a_grid(study, capsys):
    study.write_text(STUDY[:STUDY.index("design:")] + "replications: 3\nseed: 7\n")
    with xarray.open_dataset(exported(sweep(study, capsys), "netcdf"), engine="scipy") as data:
        assert dict(data.sizes) == {"replication": 3, "major_power": 1}


def test_a_design_that_is_no_full_grid_is_refused(study, capsys):
    study.write_text(STUDY.replace("  grid:", "  zip:"))
    folder = sweep(study, capsys)
    assert status_of("export", folder, "--format", "netcdf") == 2
    assert refusal(capsys) == ("--format: netcdf needs a full grid; found 2 points, where all combinations of their"
                               " values are 4; allowed: csv, parquet, stata")


def test_without_xarray_the_extra_is_named(swept, monkeypatch, capsys):
    known = builtins.__import__

    def without(name, *rest):
        if name == "xarray":
            raise ImportError
        return known(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert status_of("export", swept, "--format", "netcdf") == 2
    assert refusal(capsys) == ("xarray is not installed; allowed: pip install xarray, in the environment of the"
                               " program, for the format netcdf")
    assert not list(swept.glob(f"{NAMED}*"))


# ---- unfinished, failed and refused ----------------------------------------------------------------------------------


def test_an_unfinished_sweep_is_exported_only_when_that_is_wanted(swept, capsys):
    (swept / "runs" / "000010-000011.parquet").unlink()
    assert status_of("export", swept, "--format", "csv") == 2
    assert refusal(capsys) == ("swept: unfinished, 10 of 12 histories are there; go on with resume, or export what is"
                               " there with --partial")
    assert len(pd.read_csv(exported(swept, "csv", "--partial"))) == 10
    with xarray.open_dataset(exported(swept, "netcdf", "--partial"), engine="scipy") as data:
        assert (data["status"].values == -1).sum() == 2
        assert np.isnan(data["wars"].sel({WAR_COST: 0.4}).values[:, 2]).all()
    for path in (swept / "runs").iterdir():
        path.unlink()
    assert status_of("export", swept, "--format", "csv", "--partial") == 2


def test_failed_histories_are_exported_as_such(study, monkeypatch, capsys):
    sound = histories.history_of
    monkeypatch.setattr(histories, "history_of", lambda space, seed, replication: (
        1 / 0 if replication == 1 else sound(space, seed, replication)))
    folder = sweep(study, capsys)
    assert (pd.read_stata(exported(folder, "stata"))["status"] == "failed").sum() == 4
    with xarray.open_dataset(exported(folder, "netcdf"), engine="scipy") as data:
        assert (data["status"].sel(replication=1).values == 1).all()
        assert np.isnan(data["wars"].sel(replication=1).values).all()


@pytest.mark.parametrize(("options", "told"), [
    (("--format", "xlsx"), "--format: unknown value; found 'xlsx'; allowed: csv, r, parquet, stata, netcdf"),
    (("--format", "netcfd"), "--format: unknown value; found 'netcfd'; allowed: csv, r, parquet, stata, netcdf; did you"
                             " mean netcdf?"),
    ((), "--format: missing; allowed: csv, r, parquet, stata, netcdf; or --package FILE"),
    (("--format", "stata", "--decimal-comma"), "--decimal-comma: numbers of this format have no decimal signs; found"
                                              " stata; allowed: csv, r"),
    (("--format", "netcdf", "--short-names"), "--short-names: axes of this format go by their paths; found netcdf;"
                                              " allowed: csv, r, parquet, stata"),
    (("--format", "csv", "--out", "none/x.csv"), "none/x.csv: there is no folder none"),
    (("--format", "csv", "--out", "swept"), "swept: is there already; remove it, or give another name with --out"),
])
def test_what_export_refuses(options, told, swept, capsys):
    assert status_of("export", swept, *options) == 2
    assert refusal(capsys) == told


def test_a_damaged_shard_leaves_nothing_half_written(swept, capsys):
    path = swept / "runs" / "000010-000011.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    assert status_of("export", swept, "--format", "csv", "--out", "x.csv") == 2
    assert refusal(capsys).startswith(f"{path}: a damaged shard")
    assert not Path("x.csv").exists() and not list(Path().glob(".*.tmp"))
