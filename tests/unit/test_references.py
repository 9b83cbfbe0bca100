"""Records handed over by reference: what is read and written through them, and what cannot be done with them."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numba
import numpy as np
import pytest

from simulation.compilation import CONFIG, Reference, by_reference, compiled, passed_by_reference
from simulation.history.world import World, world_of
from simulation.scenario.file import load_scenario

needs_compiler = pytest.mark.skipif(CONFIG.DISABLE_JIT, reason="interpreted code knows no references")


class Weights(NamedTuple):
    first: float
    is_first: bool
    second: int


@passed_by_reference
class Record(NamedTuple):
    sums: np.ndarray
    weights: Weights
    scale: float


def a_record() -> Record:
    return Record(np.arange(4.0), Weights(0.5, True, 3), 2.0)


@compiled
def weight_of(record):
    weights = record.weights
    return record.scale * (weights.first if weights.is_first else float(weights.second))


@compiled
def add_weight(record, place):
    record.sums[place] += weight_of(record)


@compiled
def weight_of_weights(weights):
    return weights.first + weights.second


@compiled
def sum_of_weights(number):
    total = 0.0
    for place in range(number):
        total += weight_of_weights(by_reference(Weights(float(place), False, place)))
    return total


def test_fields_are_read_and_arrays_are_written_through_a_reference():
    record = a_record()
    add_weight(record, 1)
    assert record.sums.tolist() == [0.0, 2.0, 2.0, 3.0]
    assert weight_of(record._replace(weights=Weights(0.5, False, 3))) == 6.0


def test_an_array_that_is_reached_by_reference_is_not_counted():
    record = a_record()
    add_weight(record, 0)
    before = sys.getrefcount(record.sums)
    for _ in range(9):
        add_weight(record, 0)
    after = sys.getrefcount(record.sums)  # before an assertion looks at it, and so uses it
    assert after == before
    assert record.sums[0] == 10.0


def test_a_record_made_by_compiled_code_is_handed_over_by_reference():
    assert sum_of_weights(5) == 20.0
    assert weight_of_weights(Weights(1.0, True, 2)) == 3.0


@needs_compiler
def test_marked_classes_are_known_as_references_and_others_are_not():
    world = world_of(load_scenario("scenarios/stylised.yaml"))
    assert isinstance(numba.typeof(world), Reference)
    assert numba.typeof(world).record.instance_class is World
    assert not isinstance(numba.typeof(world.rules), Reference)


@needs_compiler
def test_an_unknown_field_is_refused():
    @numba.njit
    def unknown(record):
        return record.weight

    with pytest.raises(numba.TypingError, match="Unknown attribute 'weight'"):
        unknown(a_record())


@needs_compiler
def test_a_reference_cannot_outlive_what_it_refers_to():
    @numba.njit
    def returned(number):
        return by_reference(Weights(number, True, 1))

    @numba.njit
    def made_with_an_array(given):
        return by_reference(Record(given, Weights(1.0, True, 1), 1.0)).sums[0]

    with pytest.raises(numba.core.errors.UnsupportedError, match="cannot be returned"):
        returned(1.0)
    assert made_with_an_array(np.arange(3.0)) == 0.0
