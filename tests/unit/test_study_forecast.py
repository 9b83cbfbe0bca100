"""What a sweep will cost: the arithmetic, from a probe whose times are given."""

from __future__ import annotations

import time

import pytest

from simulation.commands.formatting import duration_text, size_text
from simulation.study import histories
from simulation.study.estimate import Probe, cost_of, probe, seconds_in, warm_up
from tests.studies import tiny_plan

READY, HISTORY = 3.0, 2.0


@pytest.fixture
def plan(tmp_path):
    return tiny_plan(tmp_path)


@pytest.fixture
def probed(plan) -> Probe:
    warm_up(plan)
    return Probe((0,), READY, HISTORY, probe(plan).result)


def test_a_point_is_made_ready_once_in_each_process(plan, probed):
    assert seconds_in(plan, probed, 12, 1) == 12 * HISTORY + 4 * READY
    assert seconds_in(plan, probed, 12, 2) == 6 * HISTORY + 4 * READY
    assert seconds_in(plan, probed, 3, 2) == 2 * HISTORY + 2 * READY


def test_where_there_are_more_points_than_are_kept_each_history_makes_its_point_ready(plan, probed, monkeypatch):
    monkeypatch.setattr("simulation.study.estimate.PREPARED.most", 3)
    assert seconds_in(plan, probed, 12, 1) == 12 * (HISTORY + READY)


def test_workers_are_counted_with_their_start_and_only_where_they_save_time(plan, probed):
    assert cost_of(plan, probed, 12, 2).seconds == {1: 36.0, 2: 26.5}
    assert cost_of(plan, probed, 4, 2).seconds == {1: 20.0, 2: 4.0 + 6.0 + 2.5}
    assert cost_of(plan, probed, 1, 2).seconds == {1: 5.0, 2: 5.0}
    assert cost_of(plan, probed, 12, 1).seconds == {1: 36.0}


def test_a_probe_spreads_over_the_points_and_times_what_is_ready_apart(plan, monkeypatch):
    warm_up(plan)
    sound, made_ready = histories.world_of, []

    def world_of(scenario):
        made_ready.append(scenario)
        time.sleep(0.2)
        return sound(scenario)

    monkeypatch.setattr(histories, "world_of", world_of)
    found = probe(plan)
    assert len(made_ready) == 4  # the first point, too, is made ready anew
    assert found.points == (0, 1, 2, 3)
    assert (len(found.result.seconds), found.result.table.num_rows, found.result.failures) == (12, 12, [])
    assert found.seconds_ready > 0.1 > found.seconds_history > 0


def test_of_many_points_five_are_probed(tmp_path, plan):
    text = (tmp_path / "study.yaml").read_text().replace("[0, 0.4]", "{from: 0, to: 1, steps: 101}")
    found = probe(tiny_plan(tmp_path, text, replications=1))
    assert found.points == (0, 50, 100, 151, 201)  # by halves to even
    assert found.seconds_ready == 0.0  # one history each: nothing to tell the two apart


def test_without_the_text_a_large_table_is_its_shards_alone(plan, probed, monkeypatch):
    with_text = cost_of(plan, probed, 12, 1).size
    monkeypatch.setattr("simulation.study.estimate.LARGEST_TABLE", 11)
    assert cost_of(plan, probed, 12, 1).size < with_text


@pytest.mark.parametrize(("seconds", "text"), [
    (0.2, "under 1 s"), (1.4, "1 s"), (119, "119 s"), (150, "2.5 min"), (720, "12 min"), (7200, "2 h"),
    (100_000, "28 h"), (200_000, "2.3 days")])
def test_durations_in_words(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("size", "text"), [(999, "999 bytes"), (12_345, "12 kB"), (3_400_000, "3.4 MB"),
                                            (1_000_000_000, "1 GB")])
def test_sizes_in_words(size, text):
    assert size_text(size) == text
