"""Designs: the points of each kind, and how parts are combined."""

from __future__ import annotations

import pytest

from simulation.errors import Refusal
from simulation.study.design import KINDS, Design, points_of, spaced


def points(**parts):
    return [{path: setting.value for path, setting in point.items()} for point in points_of(Design(**parts))]


def test_a_grid_has_all_combinations_the_first_path_varying_slowest():
    assert points(grid={"a": [1, 2], "b": ["x", "y"]}) == [
        {"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_zip_takes_the_values_side_by_side():
    assert points(zip={"a": [1, 2], "b": {"from": 10, "to": 20, "steps": 2}}) == [{"a": 1, "b": 10}, {"a": 2, "b": 20}]


def test_a_list_is_taken_as_it_stands_with_the_paths_in_the_order_of_the_first():
    assert points(list=[{"a": 1, "b": 2}, {"b": 4, "a": 3}]) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_parts_are_combined():
    assert points(grid={"a": [1, 2]}, list=[{"b": 3}, {"b": 4}]) == [
        {"a": 1, "b": 3}, {"a": 1, "b": 4}, {"a": 2, "b": 3}, {"a": 2, "b": 4}]


def test_an_empty_design_is_one_point():
    assert points() == [{}]


def test_every_kind_of_design_has_a_field():
    assert set(KINDS) | {"table"} == set(Design.model_fields)  # a table is read into the list


@pytest.mark.parametrize(("arguments", "values"), [
    ((0, 1, 5, "linear"), [0, 0.25, 0.5, 0.75, 1]),
    ((0.0, 0.3, 4, "linear"), [0.0, 0.1, 0.2, 0.3]),
    ((1, 100, 3, "log"), [1, 10, 100]),
    ((0.01, 1.0, 3, "log"), [0.01, 0.1, 1.0]),
    ((3, 1, 3, "linear"), [3, 2, 1]),
])
def test_ranges(arguments, values):
    assert spaced(*arguments) == values


def test_ranges_of_whole_numbers_stay_whole_where_they_can():
    assert [type(value) for value in spaced(1, 3, 3, "linear")] == [int, int, int]
    assert [type(value) for value in spaced(1, 2, 3, "linear")] == [int, float, int]


@pytest.mark.parametrize(("parts", "message"), [
    ({"grid": {"a": []}}, "design.grid.a: empty; allowed: [value, ...] or {from, to, steps, scale}"),
    ({"grid": {"a": 3}}, "design.grid.a: not a list of values; found 3; allowed: [value, ...] or"
                         " {from, to, steps, scale}"),
    ({"grid": {"a": [1, None]}}, "design.grid.a.1: null; allowed: a value"),
    ({"grid": {"a": {"from": 1, "to": 2, "steps": 1}}},
     "design.grid.a.steps: out of range; found 1; allowed: 2 to 10000"),
    ({"grid": {"a": {"from": 1, "to": 2, "step": 3}}},
     "design.grid.a.step: unknown key; allowed: from, to, steps, scale; did you mean steps?"),
    ({"grid": {"a": {"from": 0, "to": 2, "steps": 3, "scale": "log"}}},
     "design.grid.a: out of range; found 0 to 2; allowed: above 0 on a log scale"),
    ({"grid": {"a": {"from": 1, "to": 2, "steps": 1000}, "b": {"from": 1, "to": 2, "steps": 1000}}},
     "design.grid: too many points; found 1000000; allowed: at most 100000"),
    ({"grid": {"a": {"from": 1, "to": 2, "steps": 1000}}, "zip": {"b": {"from": 1, "to": 2, "steps": 1000}}},
     "design: too many points; found 1000000; allowed: at most 100000"),
    ({"zip": {"a": [1, 2], "b": [1]}},
     "design.zip.b: lists of different lengths; found 2 at a, 1 at b; allowed: as many values for every path"),
    ({"list": [{"a": 1}, {"b": 1}]}, "design.list.1: not the paths of the first point; found b; allowed: a"),
    ({"list": [{}]}, "design.list.0: empty; allowed: at least one path"),
    ({"grid": {"a": [1]}, "zip": {"a": [1]}}, "design.zip.a.0: path varied twice; found a"),
])
def test_what_is_refused(parts, message):
    with pytest.raises(Refusal) as refused:
        points(**parts)
    assert str(refused.value) == message
