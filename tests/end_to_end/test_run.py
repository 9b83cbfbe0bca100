"""One history as a user runs it: what is printed, what the folder holds, how bad input ends, and figures made again."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from simulation.commands import command_line
from simulation.history.measures import MEASURES, measured
from simulation.history.model import AllianceModel
from simulation.history.tables import predictions, rank_agreement, tabulated
from simulation.scenario.file import load_scenario
from simulation.study.run_folder import SingleRun, open_run
from tests.builders import two_powers
from tests.manifests import change_manifest, renew_checksums
from tests.results import made
from tests.studies import SCENARIO, WAR_COST, write_study

# benefits large enough that there are pacts under any default
OBSERVED = SCENARIO
for line in (("P: {}", "P: {benefits: {power_projection: 1.0, denial: 0.5}}"),
             ("A: {", "A: {observed: {P: true}, "), ("C: {", "C: {observed: {P: false}, ")):
    OBSERVED = OBSERVED.replace(*line)


def outcome(capsys, *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return (left.value.code, *capsys.readouterr())


def ran(scenario: str, capsys) -> None:
    """Has the folder `mine` hold a run."""
    made("run", scenario, out="mine")
    capsys.readouterr()


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(OBSERVED)
    return "tiny.yaml"


def contents(folder: Path) -> dict[str, bytes]:
    """What is in the files of a folder; of a PDF file only that it is there, as its last decimals are not stable."""
    return {str(path): b"" if path.suffix == ".pdf" else path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_history_is_told_and_kept(scenario, capsys):
    status, out, err = outcome(capsys, "run", scenario, "--seed", 3)
    assert (status, err) == (0, "")
    folder, = Path("results").iterdir()
    assert folder.name.startswith("tiny-run-")
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "manifest.json", "scenario.resolved.yaml", "pacts.csv", "series.csv", "predicted.csv", "figures/history.png",
        "figures/predicted.png"}
    assert out.startswith("tiny; seed 3, replication 0; 4 years, 2000 to 2003\n")
    assert "P: pacts at the end of 2003" in out and "against observed (in 2000)" in out
    assert "hits: " in out and "without a record, not counted: 1 states" in out
    assert f"figure: {folder}/figures/history.png\n" in out


def test_the_document_holds_the_models_numbers(scenario, capsys):
    status, out, err = outcome(capsys, "run", scenario, "--json", "--replication", 2, "--set", f"{WAR_COST}=0.4")
    assert (status, err) == (0, "")
    data = json.loads(out)
    model = AllianceModel(load_scenario(scenario), rng=1, replication=2, collect=False, **{WAR_COST: 0.4})
    expected = measured(model.run(), 0, 3)
    own = data["major_powers"]["P"]
    assert list(own["measures"]) == list(MEASURES)
    assert {name: np.nan if value is None else value for name, value in own["measures"].items()} == pytest.approx(
        expected, rel=0, abs=0, nan_ok=True)
    allies = {state.code for state in model.states if state.pacts}
    assert allies and {pact["weak_state"] for pact in own["pacts"]} == allies
    assert data["settings"] == {WAR_COST: 0.4} and data["replication"] == 2


def test_no_pacts_are_no_fault(scenario, capsys):
    dear = ["--set", f"{WAR_COST}=100", "--set", "major_powers.P.costs.direct.fixed=5"]
    status, out, _ = outcome(capsys, "run", scenario, *dear)
    assert status == 0 and "P: no pacts at the end of 2003\nwhy not, of the nearest state: " in out
    why = out.partition("why not, of the nearest state: ")[2].splitlines()[0]
    told_why = outcome(capsys, *shlex.split(why)[1:], "--parameter", WAR_COST)
    assert told_why[0] == 0 and "has no ally" in told_why[1] and f"set: {WAR_COST} = 100" in told_why[1]
    status, out, _ = outcome(capsys, "run", scenario, "--json", *dear)
    own = json.loads(out)["major_powers"]["P"]
    assert (status, own["pacts"], own["measures"]["autonomy_given_pact"]) == (0, [], None)
    assert own["predicted_against_observed"]["miss"] == ["A"]


def test_the_manifest_suffices_to_repeat_the_run(scenario, capsys):
    assert outcome(capsys, "run", scenario, "--seed", 5, "--years", 3, "--set", "major_powers.P.attention=1")[0] == 0
    folder, = Path("results").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    assert manifest["status"] == "complete"
    assert manifest["settings"] == {"major_powers.P.attention": 1, "years": 3}
    resolved = folder / "scenario.resolved.yaml"
    assert load_scenario(resolved).resolved() == manifest["scenario"]
    out = ["--out", "twin", "--seed", manifest["seed"], "--replication", manifest["replication"]]
    assert outcome(capsys, "run", resolved, *out)[0] == 0
    assert {path.name: path.read_bytes() for path in Path("twin").glob("*.csv")} == before


def test_the_same_run_comes_back_to_the_same_folder(scenario, capsys):
    for _ in range(2):
        assert outcome(capsys, "run", scenario)[0] == 0
    assert outcome(capsys, "run", scenario, "--seed", 2)[0] == 0
    assert len(list(Path("results").iterdir())) == 2


def test_the_tables_tell_the_history(scenario):
    setting = two_powers()
    found = tabulated(setting, 4, 1)
    history = AllianceModel(setting, rng=4, replication=1, collect=False).run()
    for name in history._fields:
        np.testing.assert_array_equal(getattr(found.history, name), getattr(history, name))
    assert len(found.series) == 2 * setting.years
    assert len(found.pacts) == (history.since > 0).sum()


def test_a_folder_gives_its_history_back(scenario, capsys):
    assert outcome(capsys, "run", scenario)[0] == 0
    run, read = open_run(next(Path("results").iterdir()))
    assert run == SingleRun(load_scenario(scenario), 1, 0)
    found = tabulated(run.scenario, 1, 0)
    assert found.history.since.any()
    for name in found.history._fields:
        np.testing.assert_array_equal(getattr(read.history, name), getattr(found.history, name))


@pytest.mark.parametrize(("arguments", "message"), [
    (["--seed", "-1"], "--seed: out of range; found -1; allowed: 0 to 9223372036854775807"),
    (["--replication", "-1"], "--replication: out of range; found -1; allowed: 0 to 999999"),
    (["--years", "0"], "--years: out of range; found 0; allowed: 1 to 1000"),
    (["--years", "3", "--set", "years=4"], "--years: set twice; allowed: either --set years=3 or --years 3"),
    (["--set", "years"], "--set: not a setting; found 'years'; allowed: path=value"),
    (["--set", "major_power.P.attention=3"], "--set: major_power.P.attention: path matches nothing"),
    (["--set", f"{WAR_COST}=-1"], f"--set: {WAR_COST}: out of range; found -1"),
    (["--set", f"{WAR_COST}=high"], f"--set: {WAR_COST}: not a number; found 'high'"),
    (["--out", "full"], "full: holds other files, and no manifest.json; give an empty or a new folder"),
    (["--out", "tiny.yaml"], "tiny.yaml: not a folder"),
    (["--out", "tiny.yaml/below"], "tiny.yaml: not a folder, so that nothing can be below it"),
])
def test_bad_input_is_refused_in_a_line_and_nothing_is_written(arguments, message, scenario, capsys):
    Path("full").mkdir()
    Path("full/notes.txt").write_text("kept")
    before = contents(Path())
    status, out, err = outcome(capsys, "run", scenario, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}") and err.count("\n") == 1
    assert contents(Path()) == before


def test_a_folder_of_something_else_is_left_alone(scenario, capsys):
    ran(scenario, capsys)
    assert outcome(capsys, "sweep", write_study(Path("study")), "-j", 1, "--out", "swept")[0] == 0
    before = contents(Path())
    assert outcome(capsys, "run", scenario, "--out", "mine", "--seed", 2) == (
        2, "", "error: mine: holds another run; remove the folder or give another with --out\n")
    assert outcome(capsys, "run", scenario, "--out", "swept")[::2] == (
        2, "error: swept: holds a sweep, not a run; give another folder (asymmetric-alliances status FOLDER tells"
           " what one holds)\n")
    assert outcome(capsys, "resume", "mine")[::2] == (
        2, "error: mine: holds a run, not a sweep; give another folder (asymmetric-alliances status FOLDER tells"
           " what one holds)\n")
    assert contents(Path()) == before


# ---- figures ---------------------------------------------------------------------------------------------------------


def test_the_figures_of_a_run_are_made_again(scenario, capsys):
    ran(scenario, capsys)
    before = contents(Path("mine"))
    for path in Path("mine/figures").iterdir():
        path.unlink()
    assert outcome(capsys, "figures", "mine") == (
        0, "figure: mine/figures/history.png\nfigure: mine/figures/predicted.png\n", "")
    again = contents(Path("mine"))
    assert {name: bytes_ for name, bytes_ in again.items() if not name.endswith(".pdf")} == before
    assert sorted(again.keys() - before) == ["mine/figures/history.pdf", "mine/figures/predicted.pdf"]


def test_the_figures_of_a_sweep_are_made_from_its_table(scenario, capsys):
    assert outcome(capsys, "sweep", write_study(Path("study")), "-j", 1, "--out", "swept")[0] == 0
    assert outcome(capsys, "figures", "swept") == (
        0, "figure: swept/figures/number-of-pacts.png\nfigure: swept/figures/selection.png\n", "")
    before = contents(Path("swept/figures"))
    assert outcome(capsys, "figures", "swept", "--by", WAR_COST)[0] == 0
    assert contents(Path("swept/figures")) != before
    sorted(Path("swept/runs").iterdir())[-1].unlink()
    assert outcome(capsys, "figures", "swept", "--no-caption")[0] == 0


def test_whoever_reads_an_unfinished_folder_says_so(scenario, capsys):
    """In the terminal, and in the caption of every figure; of a sweep, and of any other folder."""
    assert outcome(capsys, "sweep", write_study(Path("study")), "-j", 1, "--out", "swept")[0] == 0
    ran(scenario, capsys)
    last = sorted(Path("swept/runs").iterdir())[-1]
    whole = pq.read_metadata(last).num_rows
    last.unlink()
    there = 12 - whole
    told = f"swept: unfinished: {there} of 12 histories are there.\n"
    asked = [["figures", "swept", "--no-caption"], ["figures", "swept", "--measure", "number_of_pacts", "--no-caption"]]
    for command in asked:
        status, out, err = outcome(capsys, *command)
        captions = [line for line in out.splitlines() if line.startswith("caption: ")]
        assert status == 0 and told in err and captions
        assert all(f"Unfinished: {there} of 12 histories are there." in line for line in captions)
    for command in (["figures", "swept", "--list"], ["report", "swept"],
                    ["export", "swept", "--format", "csv", "--partial"]):
        status, _, err = outcome(capsys, *command)
        assert (status, err) == (0, told)
    change_manifest("mine", status="begun")
    status, out, err = outcome(capsys, "figures", "mine", "--no-caption")
    assert (status, err) == (0, "mine: unfinished: the command for a run was ended before its end, or is at work.\n")
    assert out.count("Unfinished: the command for a run") == out.count("caption: ") == 2


def cut_off(folder: Path) -> None:
    lines = (folder / "series.csv").read_text().splitlines()
    (folder / "series.csv").write_text("\n".join(lines[:-1]))


def of_another_seed(folder: Path) -> None:
    change_manifest(folder, seed=9)


@pytest.mark.parametrize(("spoil", "arguments", "message"), [
    (None, ["nowhere"],
     "nowhere: no results of a sweep, a run, equilibria, propositions or the record (there is no manifest.json)"),
    (None, ["mine", "--within", "x"], "--by: missing"),
    (lambda folder: None, ["mine", "--by", "x"], "--by: not a sweep; found 'mine', a run; allowed: no --by"),
    (cut_off, ["mine"], "mine: pacts.csv and series.csv are not the tables of this run"),
    (lambda folder: (folder / "series.csv").write_text("\0"), ["mine"], "mine: pacts.csv and series.csv are not"),
    (lambda folder: (folder / "pacts.csv").write_text("year\nx\n"), ["mine"], "mine/pacts.csv: cannot be read"),
    (lambda folder: (folder / "series.csv").unlink(), ["mine"], "mine/series.csv: no such file; the run has to be run"),
    (of_another_seed, ["mine"], "mine/manifest.json: changed since it was written; its identity does not fit"),
])
def test_figures_that_cannot_be_made(spoil, arguments, message, scenario, capsys):
    if spoil:
        ran(scenario, capsys)
        spoil(Path("mine"))
        renew_checksums("mine")
    before = contents(Path())
    status, out, err = outcome(capsys, "figures", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}") and err.count("\n") == 1
    assert contents(Path()) == before


# ---- predicted against observed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shares", "observed", "expected"), [
    ([1.0, 0.9, 0.1, 0.0], [True, True, False, False], 1.0),
    ([1.0, 0.9, 0.1, 0.0], [False, False, True, True], 0.0),
    ([1.0, 0.0, 1.0, 0.0], [True, True, False, False], 0.5),
    ([1.0, 0.5, 0.5, 0.0], [True, False, True, False], 0.875),
    ([0.0, 0.0, 0.0, 0.0], [True, True, False, False], np.nan),
    ([1.0, 0.9, 0.1, 0.0], [True, True, None, None], np.nan),
])
def test_rank_agreement(shares, observed, expected):
    table = pd.DataFrame({"share_of_years": shares, "observed": pd.array(observed, "boolean")})
    assert rank_agreement(table) == pytest.approx(expected, nan_ok=True)


def test_a_pact_is_predicted_from_half_of_the_last_years_on(scenario):
    found = tabulated(load_scenario(scenario), 1, 0)
    found.history.since[:] = 0.0
    found.history.since[-2:, 0, 0] = found.history.since[-1, 0, 1] = 1.0
    table = predictions(found.history, load_scenario(scenario))
    assert table["share_of_years"].tolist() == pytest.approx([2 / 3, 1 / 3, 0.0])
    assert table["predicted"].tolist() == [True, False, False]
    assert table["outcome"].tolist() == ["hit", "no record", "correct rejection"]
