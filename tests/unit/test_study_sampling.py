"""Sampled designs and tables of points: where the points lie, what stays when more are asked for, what is refused."""

from __future__ import annotations

import gzip
import itertools
import logging
import sys

import numpy as np
import pytest
from scipy.stats import qmc

from simulation.errors import Refusal
from simulation.study.design import Design, points_of
from simulation.study.plan import load_plan
from simulation.study.sampling import SAMPLES, Axis, axis_of, distinct, rows_of
from tests.studies import STUDY, WAR_COST, tiny_plan, write_study

UNIT = {"from": 0, "to": 1}
SIZES = {"latin_hypercube": "points", "sobol": "points", "halton": "points", "morris": "trajectories",
         "saltelli": "base"}
GROWING = [kind for kind in SIZES if kind != "latin_hypercube"]


def design_of(kind: str, size: int, axes: dict | None = None, **more) -> Design:
    return Design(**{kind: {SIZES[kind]: size, "axes": axes or {"a": UNIT, "b": UNIT}} | more})


def values(design: Design) -> list[tuple]:
    return [tuple(setting.value for setting in point.values()) for point in points_of(design)]


def test_every_sample_is_tested_here():
    assert set(SIZES) == set(SAMPLES)


# ---- where the points lie --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SIZES)
def test_a_sample_follows_from_its_seed(kind):
    assert values(design_of(kind, 8)) == values(design_of(kind, 8, seed=1))
    assert values(design_of(kind, 8)) != values(design_of(kind, 8, seed=2))


@pytest.mark.parametrize("kind", GROWING)
def test_more_points_leave_the_first_ones_as_they_are(kind):
    few, many = values(design_of(kind, 8)), values(design_of(kind, 32))
    assert len(many) > len(few)
    assert many[:len(few)] == few


def test_a_sequence_is_cut_where_asked_and_not_at_a_power_of_two():
    assert values(design_of("sobol", 13)) == values(design_of("sobol", 16))[:13]
    assert len(values(design_of("sobol", 1))) == 1


def test_combined_with_a_grid_the_sample_varies_slowest_so_that_more_points_come_last():
    grid = {"c": [1, 2, 3]}
    few, many = (values(design_of("sobol", points).model_copy(update={"grid": grid})) for points in (4, 8))
    assert many[:12] == few
    assert [point[2] for point in few[:4]] == [1, 2, 3, 1]


def test_a_latin_hypercube_has_one_point_in_every_stretch_of_every_axis():
    points = np.array(values(design_of("latin_hypercube", 20)))
    assert (np.sort(np.floor(20 * points), axis=0) == np.arange(20)[:, None]).all()


@pytest.mark.parametrize(("points", "told"), [(10, "8 or 16"), (3, "2 or 4"), (16, None), (1, None)])
def test_a_cut_sobol_sequence_is_told_of(points, told, caplog):
    with caplog.at_level(logging.INFO, logger="simulation"):
        values(design_of("sobol", points))
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ([] if told is None else [
        f"design.sobol.points: {points} is not a power of 2, so the points are spread less evenly than {told} would"
        " be"])


@pytest.mark.parametrize("kind", ["sobol", "halton"])
def test_sequences_are_spread_more_evenly_than_chance_would(kind):
    points = np.array(values(design_of(kind, 256)))
    by_chance = np.random.default_rng(1).random((256, 2))
    assert qmc.discrepancy(points) < 0.2 * qmc.discrepancy(by_chance)


def test_a_trajectory_changes_one_parameter_at_a_time_by_two_thirds():
    rows = np.array([list(row.values()) for row in rows_of("morris", design_of("morris", 5).morris)])
    steps = np.abs(np.diff(rows.reshape(5, 3, 2), axis=1))
    assert np.sort(steps, axis=2).round(9).tolist() == [[[0.0, round(2 / 3, 9)]] * 2] * 5


@pytest.mark.parametrize(("second_order", "per_base_point"), [(False, 4), (True, 6)])
def test_a_saltelli_design_mixes_two_base_points(second_order, per_base_point):
    design = design_of("saltelli", 4, second_order=second_order)
    rows = np.array([list(row.values()) for row in rows_of("saltelli", design.saltelli)])
    one, mixed, other = rows[0], rows[1], rows[per_base_point - 1]
    assert len(rows) == 4 * per_base_point
    assert mixed.tolist() == [other[0], one[1]]


# ---- axes ------------------------------------------------------------------------------------------------------------


def places(number: int) -> list[float]:
    return [(place + 0.5) / number for place in range(number)]


@pytest.mark.parametrize(("axis", "expected"), [
    (Axis(first=0, last=10), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]),
    (Axis(first=1, last=5, is_whole=True), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
    (Axis(first=1, last=3, is_log=True, is_whole=True), [1] * 5 + [2] * 3 + [3] * 2),
    (Axis(choices=(True, False)), [True] * 5 + [False] * 5),
    (Axis(choices=("x", [], "z")), ["x"] * 3 + [[]] * 4 + ["z"] * 3),
])
def test_places_along_an_axis(axis, expected):
    found = [axis.at(place) for place in places(10)]
    assert found == expected
    assert list(map(type, found)) == list(map(type, expected))


def test_equal_ratios_on_a_logarithmic_axis():
    axis = Axis(first=0.01, last=100.0, is_log=True)
    assert [axis.at(place) for place in (0.0, 0.25, 0.5, 0.75, 1.0)] == [0.01, 0.1, 1.0, 10.0, 100.0]


@pytest.mark.parametrize("axis", [Axis(first=3, last=7.3), Axis(first=3, last=7, is_whole=True),
                                  Axis(first=0.3, last=7, is_log=True)])
def test_no_value_lies_beyond_the_ends(axis):
    assert (axis.at(0.0), axis.at(1.0)) == (axis.first, axis.last)


def test_levels_of_trajectories_meet_whole_numbers_and_choices_evenly():
    design = design_of("morris", 300, {"years": {"from": 1, "to": 4}, "b": ["p", "q"]})
    rows = rows_of("morris", design.morris)
    assert {row["years"] for row in rows} == {1, 2, 3, 4}
    moved = [(one["b"], other["b"]) for place, (one, other) in enumerate(itertools.pairwise(rows))
             if place % 3 < 2 and one["years"] == other["years"]]
    assert len(moved) == 300
    assert all(one != other for one, other in moved)


def test_a_rounding_error_in_a_level_does_not_reach_the_choice_below():
    design = design_of("morris", 50, {"a": list(range(17)), "b": UNIT}, levels=18)
    found = [row["a"] for row in rows_of("morris", design.morris)]
    places = [place[0] for place in SAMPLES["morris"](design.morris)]
    assert found == [min(round(17 * place), 16) for place in places]
    assert any(int(17 * place) < round(17 * place) for place in places), "no rounding error to be had"


def test_a_parameter_that_is_whole_gets_whole_numbers():
    assert axis_of("major_powers.P.attention", {"from": 1, "to": 3.0}, (), None).is_whole
    assert not axis_of("weak_states.*.votes", {"from": 1, "to": 3}, (), None).is_whole


def test_a_point_that_comes_twice_is_visited_once():
    switches = {"a": [True, False], "b": [1, 2]}
    assert sorted(values(design_of("sobol", 64, switches))) == [(False, 1), (False, 2), (True, 1), (True, 2)]
    assert distinct([{"a": 1}, {"a": 2}, {"a": 1}]) == ([{"a": 1}, {"a": 2}], [0, 1, 0])


# ---- tables ----------------------------------------------------------------------------------------------------------


TABLE_STUDY = STUDY.split("design:")[0] + "design: {table: points.csv}\nreplications: 1\nseed: 7\n"


def with_table(folder, text: str | bytes, study: str = TABLE_STUDY):
    path = write_study(folder, study)
    (folder / "points.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_table_gives_the_points_and_the_resolved_study_needs_no_table(tmp_path):
    text = f"\ufeff{WAR_COST}, assumptions.deterrence ,years\n0.1,true,3\n\n1e-1,false,4\n"
    plan = load_plan(with_table(tmp_path, text))
    assert plan.points == ({WAR_COST: 0.1, "assumptions.deterrence": True, "years": 3},
                           {WAR_COST: 0.1, "assumptions.deterrence": False, "years": 4})
    assert plan.resolved_study()["design"] == {"list": [dict(point) for point in plan.points]}


@pytest.mark.parametrize("text", [
    f"years;assumptions.deterrence;{WAR_COST}\r\n3;true;0,1\r\n4;false;1e-1\r\n",
    f"years\tassumptions.deterrence\t{WAR_COST}\n3\ttrue\t0.1\n4\tfalse\t0.1\n",
    f'"","years","assumptions.deterrence","{WAR_COST}"\n"1",3,TRUE,0.1\n"2",4,FALSE,0.1\n',
    f'"";"years";"assumptions.deterrence";"{WAR_COST}"\n"1";3;TRUE;0,1\n"2";4;FALSE;,1\n'])
def test_tables_as_spreadsheets_and_r_write_them(text, tmp_path):
    written = {"plain": text.encode(), "packed": gzip.compress(text.encode())}
    for name, content in written.items():
        plan = load_plan(with_table(tmp_path / name, content))
        assert plan.points == ({"years": 3, "assumptions.deterrence": True, WAR_COST: 0.1},
                               {"years": 4, "assumptions.deterrence": False, WAR_COST: 0.1})


@pytest.mark.parametrize(("text", "message"), [
    (f"{WAR_COST}\n0.1\n400\n", f"points.csv:3: {WAR_COST}: out of range; found 400; allowed: 0 to 100"),
    ("yeers\n3\n", "points.csv:2: yeers: path matches nothing; found 'yeers'"),
    ("years,years\n3,4\n", "points.csv:1: years: a column given twice"),
    ("years,\n3,4\n", "points.csv:1: a column without a heading; found column 2; allowed: a dotted path"),
    (f"years;{WAR_COST}\n3;0,1,2\n", f"points.csv:2: {WAR_COST}: not a number; found '0,1,2'; allowed: 0 to 100"),
    (f"years,{WAR_COST}\n3,0\n4\n", "points.csv:3: another number of columns than the heading; found 1; allowed: 2"),
    (f"years,{WAR_COST}\n3,\n", f"points.csv:2: {WAR_COST}: no value; allowed: a number"),
    ("years\nnull\n", "points.csv:2: years: null; found 'null'; allowed: a value"),
    ("years\n\n", "points.csv: no points; found 1 lines; allowed: a line of paths"),
    ('years\n"3\n', "points.csv:2: not CSV; found unexpected end of data"),
    (b"years\n\xff\n", "points.csv:2: not UTF-8; found the byte 0xff; allowed: text saved as UTF-8"),
    ("years\n3\n3\n", "points.csv:1: design.list: a point given twice; found years = 3"),
])
def test_tables_that_are_refused(text, message, tmp_path):
    with pytest.raises(Refusal) as refused:
        load_plan(with_table(tmp_path, text))
    assert str(refused.value).startswith(f"{tmp_path}/{message}")


@pytest.mark.parametrize(("design", "message"), [
    ("{table: other.csv}", "study.yaml:4: design.table: no such file; found {folder}/other.csv"),
    ("{table: points.csv, list: []}", "study.yaml:4: design.table: both a list and a table of points; allowed: one of"
                                      " them"),
    ("{table: 3}", "study.yaml:4: design.table: not text; found 3"),
])
def test_what_is_wrong_with_the_mention_of_a_table(design, message, tmp_path):
    with pytest.raises(Refusal) as refused:
        load_plan(with_table(tmp_path, "years\n3\n", TABLE_STUDY.replace("{table: points.csv}", design)))
    assert str(refused.value) == f"{tmp_path}/" + message.replace("{folder}", str(tmp_path))


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("parts", "message"), [
    ({"sobol": {"points": 4, "axes": {"a": 3}}},
     "design.sobol.axes.a: not a range or a list; found 3; allowed: {from, to, scale} or [choice, choice, ...]"),
    ({"sobol": {"points": 4, "axes": {"a": [1]}}},
     "design.sobol.axes.a: fewer than two choices; found a list of 1; allowed: {from, to, scale} or"
     " [choice, choice, ...]"),
    ({"sobol": {"points": 4, "axes": {"a": [1, None]}}}, "design.sobol.axes.a.1: null; allowed: a value"),
    ({"sobol": {"points": 4, "axes": {"a": [1, 2, 1]}}}, "design.sobol.axes.a.2: a choice given twice; found 1"),
    ({"halton": {"points": 4, "axes": {"a": {"from": 1, "to": 2, "steps": 3}}}},
     "design.halton.axes.a.steps: unknown key; allowed: from, to, scale"),
    ({"halton": {"points": 4, "axes": {"a": {"from": 2, "to": 1}}}},
     "design.halton.axes.a: ends the wrong way round; found 2 to 1; allowed: from below to"),
    ({"halton": {"points": 4, "axes": {"a": {"from": 0, "to": 1, "scale": "log"}}}},
     "design.halton.axes.a: out of range; found 0 to 1; allowed: above 0 on a log scale"),
    ({"halton": {"points": 4, "axes": {"years": {"from": 1.5, "to": 3}}}},
     "design.halton.axes.years: not whole numbers; found 1.5 to 3; allowed: whole numbers, as the parameter is one"),
    ({"morris": {"trajectories": 10_000, "axes": {str(axis): UNIT for axis in range(10)}}},
     "design.morris: too many points; found 110000; allowed: at most 100000"),
    ({"saltelli": {"base": 65_536, "axes": {"a": UNIT, "b": UNIT}}},
     "design.saltelli: too many points; found 262144; allowed: at most 100000"),
    ({"sobol": {"points": 4, "axes": {"a": UNIT}}, "halton": {"points": 4, "axes": {"b": UNIT}}},
     "design.halton: several samples; found sobol, halton; allowed: one; its axes may hold all paths"),
    ({"morris": {"trajectories": 4, "axes": {"a": UNIT}}, "grid": {"b": [1, 2]}},
     "design.morris: not alone; found grid, morris; allowed: no other part beside it"),
    ({"sobol": {"points": 4, "axes": {"a": UNIT}}, "grid": {"a": [1, 2]}},
     "design.grid.a.0: path varied twice; found a"),
    ({"table": "points.csv"}, "design.table: a table without a study file; found 'points.csv'; allowed: list, from"
                              " Python"),
])
def test_what_is_refused(parts, message):
    with pytest.raises(Refusal) as refused:
        points_of(Design(**parts))
    assert str(refused.value) == message


def sample_study(kind: str, keys: str, path: str = WAR_COST) -> str:
    """The tiny study with a sample of one axis in place of its grid."""
    return STUDY.split("  grid:")[0] + f"  {kind}:\n    {keys}\n    axes: {{ {path}: {{from: 0, to: 1}} }}\n"


@pytest.mark.parametrize(("kind", "keys", "path", "message"), [
    ("sobol", "points: 0", WAR_COST, "6: design.sobol.points: out of range; found 0; allowed: 1 to 100000"),
    ("sobol", "seed: 3", WAR_COST, "5: design.sobol.points: missing; allowed: 1 to 100000"),
    ("sobol", "point: 3", WAR_COST, "6: design.sobol.point: unknown key; allowed: seed, axes, points; did you mean"
                                    " points?"),
    ("sobol", "points: 4", "major_powers.P.costs.entrapment.war_costs",
     f"7: {WAR_COST}s: path matches nothing"),
    ("sobol", "points: 4", "assumptions.deterrence", "7: assumptions.deterrence: not true or false; found 0."),
])
def test_what_is_refused_of_a_study(kind, keys, path, message, tmp_path):
    study = sample_study(kind, keys, path)
    with pytest.raises(Refusal) as refused:
        tiny_plan(tmp_path, study)
    assert str(refused.value).startswith(f"{tmp_path}/study.yaml:{message}")


@pytest.mark.parametrize(("kind", "keys", "message"), [
    ("morris", "trajectories: 4\n    levels: 5",
     "design.morris: an odd number of levels; found 5; allowed: an even number from 4 to 100"),
    ("saltelli", "base: 100",
     "design.saltelli: base points not a power of 2; found 100; allowed: 64, 128 and so on"),
])
def test_numbers_that_would_spoil_an_arrangement(kind, keys, message, tmp_path):
    with pytest.raises(Refusal) as refused:
        tiny_plan(tmp_path, sample_study(kind, keys))
    assert str(refused.value).endswith(message)
    assert refused.value.line == 5


@pytest.mark.parametrize(("kind", "keys"), [("morris", "trajectories: 4"), ("saltelli", "base: 4")])
def test_without_salib_one_line_names_the_extra(kind, keys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(Refusal) as refused:
        tiny_plan(tmp_path, sample_study(kind, keys))
    assert str(refused.value) == (
        f"{tmp_path}/study.yaml:5: design.{kind}: SALib is not installed; allowed: pip install SALib,"
        " in the environment of the program, for the designs morris and saltelli")
