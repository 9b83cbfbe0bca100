"""The rule by which points stop: when, for which reason, and that it looks at nothing but the histories."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulation.errors import Refusal
from simulation.scenario.validation import validated
from simulation.study.stopping import LIMIT, NARROW, NOTHING, Stopping, half_width
from simulation.study.stopping_rule import Replications, Until, refuse_foreign_rule
from simulation.study.study_file import Study
from tests.builders import one_power, two_powers


def rule(**changes) -> Until:
    usual = {"measure": "number_of_pacts", "half_width": 0.5, "at_least": 4, "at_most": 20, "batch": 3}
    return Until(**(usual | changes))


def lived(stopping: Stopping, value) -> list[list[int]]:
    """Points that are open in each batch, told of `value(replication, point)` until all have stopped."""
    open_points = []
    while batch := stopping.batch():
        open_points.append(stopping.open_points())
        stopping.decide([(replication, point, value(replication, point))
                         for replication in batch for point in stopping.open_points()])
    return open_points


def noise(spread: float):
    """Normal numbers of a spread that rises from point to point, from none at the first."""
    drawn = np.random.default_rng(1).normal(size=(100, 10))
    return lambda replication, point: spread * point * float(drawn[replication, point])


def test_the_half_width_is_that_of_students_t():
    values = np.array([1.0, 2.0, 4.0, 4.0])
    low, high = stats.t.interval(0.9, 3, loc=values.mean(), scale=stats.sem(values))
    assert half_width(values, 0.9) == pytest.approx((high - low) / 2)


def test_batches_begin_with_at_least_and_end_at_at_most():
    stopping = Stopping(rule(half_width=1e-9), 2)
    batches = []
    while batch := stopping.batch():
        batches.append(batch)
        stopping.decide([(replication, point, float(replication)) for replication in batch for point in (0, 1)])
    assert batches == [range(4), range(4, 7), range(7, 10), range(10, 13), range(13, 16), range(16, 19), range(19, 20)]
    assert set(stopping.ends.values()) == {(20, LIMIT)}


def test_points_stop_when_their_interval_is_narrow_and_the_others_go_on():
    stopping, value = Stopping(rule(), 4), noise(0.5)
    opened = lived(stopping, value)
    assert opened[0] == [0, 1, 2, 3]
    assert stopping.ends[0] == (4, NARROW)
    assert stopping.ends[2].replications > 4
    for point, end in stopping.ends.items():
        values = np.array([value(replication, point) for replication in range(end.replications)])
        assert (half_width(values, 0.95) <= 0.5) == (end.reason == NARROW)
        if end.replications > 4:
            assert half_width(values[:-1 if end.replications == 20 else -3], 0.95) > 0.5


def test_only_histories_in_which_the_measure_exists_count():
    stopping = Stopping(rule(), 1)
    lived(stopping, lambda replication, point: 1.0 if replication % 3 == 0 else math.nan)
    assert stopping.ends[0] == (10, NARROW)
    assert stopping.values[0] == [1.0] * 4


def test_a_point_without_anything_to_measure_stops_at_once():
    stopping = Stopping(rule(), 2)
    opened = lived(stopping, lambda replication, point: math.nan if point or replication < 4 else 1.0)
    assert stopping.ends == {0: (4, NOTHING), 1: (4, NOTHING)}
    assert opened == [[0, 1]]


def test_too_few_histories_with_the_measure_end_at_the_limit():
    stopping = Stopping(rule(), 1)
    lived(stopping, lambda replication, point: 1.0 if replication < 2 else math.nan)
    assert stopping.ends[0] == (20, LIMIT)


def test_the_order_in_which_histories_come_does_not_matter():
    one, other, value = Stopping(rule(), 3), Stopping(rule(), 3), noise(1.0)
    lived(one, value)
    while batch := other.batch():
        histories = [(replication, point, value(replication, point)) for replication in batch
                     for point in other.open_points()]
        other.decide(reversed(histories))
    assert other == one


@pytest.mark.parametrize("histories", [[], [(0, 0, 1.0)], [(replication, 0, 1.0) for replication in range(5)]])
def test_only_the_next_batch_is_decided_on(histories):
    with pytest.raises(ValueError, match="not the histories of the next batch"):
        Stopping(rule(), 1).decide(histories)


def test_groups_are_the_numbers_of_what_goes_on_a_small_one_first():
    stopping = Stopping(rule(), 3)
    assert list(stopping.groups(5)) == [(0, 1), (2, 3, 4, 5, 6), (7, 8, 9, 10, 11)]
    stopping.decide([(replication, point, float(replication * point))
                     for replication in range(4) for point in range(3)])
    assert list(stopping.groups(4)) == [(13, 14, 16, 17), (19, 20)]


def test_intervals_cover_nearly_as_often_as_they_say():
    """A thousand points of normal histories: the mean lies in 95% of intervals, or a few per cent less, as is known."""
    drawn = np.random.default_rng(3).normal(size=(200, 1000))
    stopping = Stopping(rule(half_width=0.4, at_least=10, at_most=200, batch=5), 1000)
    lived(stopping, lambda replication, point: float(drawn[replication, point]))
    covered = [abs(np.mean(stopping.values[point])) <= half_width(np.array(stopping.values[point]), 0.95)
               for point in range(1000)]
    assert 0.90 < np.mean(covered) < 0.96


@pytest.mark.parametrize(("changes", "message"), [
    ({"half_width": 0}, "replications.until.half_width: out of range; found 0; allowed: above 0"),
    ({"halfwidth": 1}, "replications.until.halfwidth: unknown key; allowed: measure, half_width, confidence, at_least,"
                       " at_most, batch, major_power; did you mean half_width?"),
    ({"at_least": 2}, "replications.until.at_least: out of range; found 2; allowed: 3 to 1000000"),
    ({"at_least": 30}, "replications.until: bounds the wrong way round; found at_least 30, at_most 20; allowed:"
                       " at_least up to at_most"),
    ({"confidence": 1}, "replications.until.confidence: out of range; found 1; allowed: 0.5 to 0.9999"),
])
def test_rules_that_are_refused(changes, message):
    data = {"name": "x", "scenario": "y", "replications": {"until": rule().model_dump() | changes}}
    with pytest.raises(Refusal) as refused:
        validated(Study, data)
    assert str(refused.value) == message


@pytest.mark.parametrize(("changes", "scenario", "message"), [
    ({"measure": "number_of_pact"}, one_power, "replications.until.measure: unknown measure; found 'number_of_pact';"),
    ({"major_power": "X"}, one_power, "replications.until.major_power: unknown major power; found 'X'; allowed: P"),
    ({}, two_powers, "replications.until.major_power: missing; allowed: one of P, Q"),
])
def test_rules_that_do_not_fit_the_scenario(changes, scenario, message):
    with pytest.raises(Refusal) as refused:
        refuse_foreign_rule(rule(**changes), scenario())
    assert str(refused.value).startswith(message)


def test_a_study_may_give_either_a_number_or_a_rule():
    assert Study(name="x", scenario="y", replications=3).replications == 3
    assert Study(name="x", scenario="y", replications={"until": rule()}).replications == Replications(until=rule())
