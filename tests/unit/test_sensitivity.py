"""Sensitivities against closed forms and another program, and what is refused or remarked."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as library

from simulation.analysis.sensitivity import (
    COLUMNS,
    USUAL_MEASURES,
    elementary_effects,
    ranked,
    refuse_other_design,
    sensitivity,
    variance_shares,
)
from simulation.commands import command_line
from simulation.errors import Refusal, ResultsError
from simulation.figures.sensitivity import sensitivity_figure
from simulation.study.design import Design
from simulation.study.plan import Plan
from simulation.study.sampling import distinct, rows_of, unit_cube
from simulation.study.study_file import Study
from simulation.study.sweep import sweep
from tests.builders import one_power, two_powers
from tests.studies import STUDY, WAR_COST, tiny_plan, write_study

PATHS = ("crisis.stake", "major_powers.P.costs.direct.fixed", "major_powers.P.costs.opportunity.weight")
UNIT = {"from": 0, "to": 1}


def plan_of(kind: str, scenario=None, axes: dict | None = None, **keys) -> Plan:
    """A plan whose points are those of a sample, not held against the scenario."""
    design = Design(**{kind: keys | {"axes": axes or dict.fromkeys(PATHS, UNIT)}})
    points = distinct(rows_of(kind, getattr(design, kind)))[0]
    return Plan(Study(name="x", scenario="in Python", design=design), scenario or one_power(), tuple(points))


def runs_of(plan: Plan, function, replications: int = 1) -> pd.DataFrame:
    """The table of a sweep in which every measure is `function(point, replication)`."""
    rows = [{"point_id": number, "replication": replication, "status": "ok", "major_power": power}
            | dict.fromkeys([*USUAL_MEASURES, "autonomy_given_pact"], function(point, replication))
            for replication in range(replications) for number, point in enumerate(plan.points)
            for power in plan.scenario.major_powers]
    return pd.DataFrame(rows)


def ishigami(point: dict, replication: int = 0) -> float:
    """Ishigami & Homma 1990, with luck that is the same at every point."""
    one, two, three = (math.pi * (2 * value - 1) for value in point.values())
    return math.sin(one) + 7 * math.sin(two) ** 2 + 0.1 * three**4 * math.sin(one) + 100 * replication


def of(table: pd.DataFrame, index: str) -> np.ndarray:
    own = table[(table["index"] == index) & (table["measure"] == "number_of_pacts")]
    return own[["value", "low", "high"]].to_numpy()


def test_shares_of_variance_are_those_of_ishigamis_closed_form():
    a, b = 7.0, 0.1
    alone = [(1 + b * math.pi**4 / 5) ** 2 / 2, a**2 / 8, 0.0]
    pair = 8 * b**2 * math.pi**8 / 225
    whole = sum(alone) + pair
    plan = plan_of("saltelli", base=2048, second_order=True)
    found = sensitivity(plan, runs_of(plan, ishigami), ["number_of_pacts"]).table
    expected = {"S1": np.array(alone) / whole, "S2": np.array([0, pair, 0]) / whole,
                "ST": np.array([alone[0] + pair, alone[1], alone[2] + pair]) / whole}
    for index, values in expected.items():
        estimates = of(found, index)
        assert estimates[:, 0] == pytest.approx(values, abs=0.03)
        assert (estimates[:, 1] <= values + 0.01).all() and (values - 0.01 <= estimates[:, 2]).all()
    pairs = found[found["index"] == "S2"]
    assert list(zip(pairs["path"], pairs["with_path"], strict=True)) == [
        (PATHS[0], PATHS[1]), (PATHS[0], PATHS[2]), (PATHS[1], PATHS[2])]


def test_luck_that_all_points_share_moves_no_index():
    plan = plan_of("saltelli", base=64)
    tables = [sensitivity(plan, runs_of(plan, ishigami, replications)).table for replications in (1, 3)]
    pd.testing.assert_frame_equal(*tables)


def test_elementary_effects_are_those_of_another_program():
    plan = plan_of("morris", trajectories=20)
    design, rows = plan.study.design.morris, rows_of("morris", plan.study.design.morris)
    values = np.array([ishigami(row) for row in rows])
    theirs = library.analyze(unit_cube(3), np.array([list(row.values()) for row in rows]), values, num_levels=4)
    ours = {(index.path, index.index): index.value for index in elementary_effects(design, rows, values)}
    for axis, path in enumerate(PATHS):
        assert [ours[path, name] for name in ("mu_star", "mu", "sigma")] == pytest.approx(
            [theirs["mu_star"][axis], theirs["mu"][axis], theirs["sigma"][axis]], rel=1e-9)


def test_effects_are_per_length_of_an_axis_whatever_its_kind():
    axes = {"a": {"from": 10, "to": 30}, "b": {"from": 1, "to": 100, "scale": "log"}, "c": [False, True],
            "years": {"from": 1, "to": 4}, "d": ["p", "q", "r"]}

    def function(point, _):
        return (point["a"] / 20 + 2 * math.log10(point["b"]) / 2 + 3 * point["c"] - 4 * (point["years"] - 1) / 3
                + 5 * "pqr".index(point["d"]) / 2)

    plan = plan_of("morris", axes=axes, trajectories=10)
    table = sensitivity(plan, runs_of(plan, function), ["number_of_pacts"]).table
    assert of(table, "mu")[:, 0] == pytest.approx([1, 2, 3, -4, 5])
    assert of(table, "mu_star")[:, 0] == pytest.approx([1, 2, 3, 4, 5])
    assert of(table, "sigma")[:, 0] == pytest.approx([0] * 5, abs=1e-9)
    assert ranked(table, "number_of_pacts", "P") == ["d", "years", "c", "b", "a"]


def test_intervals_of_effects_hold_the_mean_and_never_reach_below_nothing():
    plan = plan_of("morris", trajectories=4)
    table = sensitivity(plan, runs_of(plan, ishigami), ["number_of_pacts"]).table
    estimates = of(table, "mu_star")
    assert (estimates[:, 1] >= 0).all() and (estimates[:, 1] <= estimates[:, 0]).all()
    assert (estimates[:, 0] <= estimates[:, 2]).all()
    assert np.isnan(of(table, "sigma")[:, 1:]).all()


def test_the_table_is_tidy_for_every_measure_and_major_power():
    plan = plan_of("morris", two_powers(), trajectories=3)
    table = sensitivity(plan, runs_of(plan, ishigami)).table
    assert tuple(table.columns) == COLUMNS
    assert len(table) == len(USUAL_MEASURES) * 2 * 3 * 3
    assert not table.duplicated(["measure", "major_power", "path", "index"]).any()


# ---- nothing to measure ----------------------------------------------------------------------------------------------


def test_a_measure_that_does_not_exist_at_some_points_is_refused_with_their_number():
    plan = plan_of("saltelli", base=8)
    runs = runs_of(plan, lambda point, _: math.nan if point[PATHS[0]] < 0.5 else 1.0)
    without = sum(point[PATHS[0]] < 0.5 for point in plan.points)
    with pytest.raises(Refusal) as refused:
        sensitivity(plan, runs, ["autonomy_given_pact"])
    assert 0 < without < len(plan.points)
    assert str(refused.value) == (
        f"--measure: autonomy_given_pact of P: does not exist at some points; found {without} of {len(plan.points)}"
        " points; allowed: a measure that exists at all of them, such as autonomy_all_states; without those points the"
        " indices would be of another set of parameters than the design's")


def test_points_where_every_history_failed_are_told():
    plan = plan_of("saltelli", base=2)
    runs = runs_of(plan, ishigami)
    runs.loc[runs["point_id"] == 3, "status"] = "failed"
    with pytest.raises(Refusal, match=r"found 1 of 10 points \(1 where every history failed\)"):
        sensitivity(plan, runs, ["number_of_pacts"])


def test_a_mean_over_some_histories_is_remarked():
    plan = plan_of("morris", trajectories=3)
    runs = runs_of(plan, ishigami, replications=2)
    runs.loc[(runs["point_id"] < 2) & (runs["replication"] == 0), "autonomy_given_pact"] = np.nan
    found = sensitivity(plan, runs, ["autonomy_given_pact"])
    assert found.remarks == ["autonomy_given_pact of P exists in only some histories of 2 of"
                             f" {len(plan.points)} points; its mean is over those."]


def test_a_measure_that_does_not_vary_has_no_shares_and_says_so():
    plan = plan_of("saltelli", base=8)
    found = sensitivity(plan, runs_of(plan, lambda *_: 3.0), ["number_of_pacts"])
    assert found.table["value"].isna().all()
    assert found.remarks == ["number_of_pacts of P varies too little for shares of its variance."]
    assert list(found.table["index"]) == ["ST", "S1"] * 3
    effects = sensitivity(*(lambda plan: (plan, runs_of(plan, lambda *_: 3.0)))(plan_of("morris", trajectories=3)))
    assert (effects.table["value"] == 0).all()


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_other_designs_are_refused(tmp_path):
    with pytest.raises(Refusal) as refused:
        refuse_other_design(tiny_plan(tmp_path), "folder")
    assert str(refused.value) == "folder: not a design for sensitivities; found grid; allowed: morris or saltelli"


def test_an_unknown_measure_is_refused():
    plan = plan_of("morris", trajectories=3)
    with pytest.raises(Refusal, match=r"--measure: unknown measure; found 'pacts'"):
        sensitivity(plan, runs_of(plan, ishigami), ["pacts"])


def test_a_sample_that_is_drawn_otherwise_here_is_no_ground_for_indices():
    plan = plan_of("morris", trajectories=3)
    moved = Plan(plan.study, plan.scenario, (plan.points[0] | {PATHS[0]: 0.123}, *plan.points[1:]))
    with pytest.raises(ResultsError, match="draw another sample"):
        sensitivity(moved, runs_of(plan, ishigami))


# ---- the command -----------------------------------------------------------------------------------------------------


AXES = f"    axes:\n      {WAR_COST}: {{from: 0, to: 0.6}}\n      assumptions.deterrence: [true, false]\n"
SCREENING = STUDY.split("  grid:")[0] + f"  morris:\n    trajectories: 4\n{AXES}replications: 2\nseed: 7\n"


def status_of(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code


def test_the_command_leaves_a_table_and_figures(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path, SCREENING)
    assert status_of("sweep", "study.yaml", "-j", "1", "--out", "done") == 0
    capsys.readouterr()
    assert status_of("sensitivity", "done") == 0
    shown = capsys.readouterr().out
    assert "mu*" in shown and "war cost" in shown and "deterrence" in shown and "table: done/sensitivity.csv" in shown
    assert set(pd.read_csv("done/sensitivity.csv")["measure"]) == set(USUAL_MEASURES)
    assert {path.name for path in (tmp_path / "done" / "figures").glob("*.png")} == {
        f"sensitivity-{measure}.png" for measure in USUAL_MEASURES}
    assert status_of("sensitivity", "done", "--measure", "wars", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["method"], {entry["measure"] for entry in document["indices"]}) == ("morris", {"wars"})


def test_an_unfinished_sweep_is_refused_and_nothing_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    outcome = sweep(tiny_plan(tmp_path, SCREENING), tmp_path / "done", jobs=1)
    next((tmp_path / "done" / "runs").iterdir()).unlink()
    assert status_of("sensitivity", "done") == 2
    refused = capsys.readouterr().err
    assert refused.startswith("error: done: the sweep is not complete; found ")
    assert refused.endswith(f" of {outcome.histories} histories; allowed: a finished sweep; asymmetric-alliances resume"
                            " done\n")
    assert not (tmp_path / "done" / "sensitivity.csv").exists()


# ---- the figure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "keys", "bars"), [("morris", {"trajectories": 5}, 3), ("saltelli", {"base": 16}, 6)])
def test_a_bar_is_as_long_as_its_index(kind, keys, bars):
    plan = plan_of(kind, **keys)
    table = sensitivity(plan, runs_of(plan, ishigami), ["number_of_pacts"]).table
    figure = sensitivity_figure(table, "number_of_pacts", "P")
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    names = ("mu_star",) if kind == "morris" else ("ST", "S1")
    assert len(widths) == bars
    assert sorted(widths) == pytest.approx(sorted(table[table["index"].isin(names)]["value"]))
    assert widths[0] == max(widths[:3])


def test_a_figure_of_nothing_says_why():
    plan = plan_of("saltelli", base=8)
    table = sensitivity(plan, runs_of(plan, lambda *_: 3.0), ["number_of_pacts"]).table
    figure = sensitivity_figure(table, "number_of_pacts", "P")
    assert "the measure varies too little for shares of its variance" in [text.get_text() for text in
                                                                         figure.axes[0].texts]
    with pytest.raises(Refusal, match="no such measure and major power"):
        sensitivity_figure(table, "number_of_pacts", "Q")


def test_the_values_of_a_sample_are_taken_row_by_row():
    """A share of a function of one parameter alone is 1 there and 0 elsewhere."""
    plan = plan_of("saltelli", base=64)
    rows = rows_of("saltelli", plan.study.design.saltelli)
    shares = {(index.path, index.index): index.value for index in variance_shares(
        plan.study.design.saltelli, np.array([row[PATHS[1]] for row in rows]))}
    assert shares[PATHS[1], "ST"] == pytest.approx(1, abs=0.1)
    assert [shares[path, "ST"] for path in (PATHS[0], PATHS[2])] == [0, 0]
