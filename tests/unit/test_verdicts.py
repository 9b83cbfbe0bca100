"""Verdicts: where an interval lies, what a family may get wrong at any number of pairs, and when a knock-out counts."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from simulation.propositions.experiment import (
    Identification,
    agreement_and_counterexample,
    identification_of,
    looks,
)
from simulation.propositions.verdicts import (
    Direction,
    KnockOutVerdict,
    Verdict,
    is_direction_known,
    knocked_out,
    prediction_verdict,
    proposition_verdict,
    verdict_of,
)
from simulation.study.effects import Interval, effect_of

UP, DOWN, NONE = Direction.POSITIVE, Direction.NEGATIVE, Direction.NONE
RANGE = (-10.0, 10.0)


@pytest.mark.parametrize(("low", "high", "direction", "verdict"), [
    (1.2, 3.0, UP, "supported"), (1.2, 3.0, DOWN, "contradicted"), (-3.0, -1.2, DOWN, "supported"),
    (-3.0, -1.2, UP, "contradicted"), (-0.2, 3.0, UP, "undecided"), (-0.5, 0.5, UP, "negligible"),
    (0.2, 3.0, UP, "undecided"), (-3.0, -0.2, UP, "undecided"), (1.0, 3.0, UP, "undecided"),
    (0.1, 0.9, UP, "negligible"), (0.1, 1.0, UP, "undecided"), (-1.0, 0.5, UP, "undecided"),
    (-0.9, 0.9, NONE, "supported"), (1.1, 3.0, NONE, "contradicted"), (-3.0, -1.1, NONE, "contradicted"),
    (1.0, 3.0, NONE, "undecided"), (0.5, 3.0, NONE, "undecided"), (-2.0, 2.0, NONE, "undecided"),
    (0.0, 0.0, UP, "negligible"), (math.nan, math.nan, UP, "undecided"), (math.nan, math.nan, NONE, "undecided"),
])
def test_where_an_interval_lies_decides(low, high, direction, verdict):
    assert verdict_of(Interval(low, high, 0.95), direction, 1.0) == verdict


@pytest.mark.parametrize("effect", [-2.0, -1.001, -0.999, 0.0, 0.5, 0.999, 1.001, 3.0])
def test_more_pairs_can_only_bring_about_the_one_verdict_of_a_true_effect(effect):
    """Intervals that narrow around the true effect never pass through another verdict than undecided."""
    for direction in (UP, DOWN, NONE):
        said = [verdict_of(Interval(effect - half, effect + half, 0.95), direction, 1.0)
                for half in (5.0, 2.0, 1.0, 0.5, 0.1, 1e-2, 1e-4, 1e-6)]
        first = next(place for place, verdict in enumerate(said) if verdict is not Verdict.UNDECIDED)
        assert len(set(said[first:])) == 1


def test_a_direction_is_known_where_zero_is_left_out():
    assert is_direction_known(Interval(0.1, 0.4, 0.9)) and is_direction_known(Interval(-2.0, -0.1, 0.9))
    assert not is_direction_known(Interval(0.0, 0.4, 0.9))
    assert not is_direction_known(Interval(math.nan, math.nan, 0.9))


@pytest.mark.parametrize("bounds", [None, RANGE])
def test_a_prediction_is_decided_by_its_interval_at_the_level_left_to_it(bounds):
    values = np.random.default_rng(3).normal(2.0, 0.5, 400)
    effect = effect_of(values, bounds=bounds)
    found = prediction_verdict(effect, UP, 1.0, 0.01)
    assert (found.verdict, found.interval) == (Verdict.SUPPORTED, effect.sequence(0.99))
    assert prediction_verdict(effect, DOWN, 1.0, 0.01).verdict is Verdict.CONTRADICTED
    assert prediction_verdict(effect, UP, 2.0, 0.01).verdict is Verdict.UNDECIDED
    assert prediction_verdict(effect, UP, 3.0, 0.01).verdict is Verdict.NEGLIGIBLE
    assert prediction_verdict(effect, NONE, 3.0, 0.01).verdict is Verdict.SUPPORTED


def test_few_pairs_that_all_agree_decide_nothing():
    """Twelve pairs of one opinion were once enough for any level."""
    for bounds in (None, RANGE):
        assert prediction_verdict(effect_of(np.full(12, 2.0), bounds=bounds), UP, 1.0, 0.0015).verdict is (
            Verdict.UNDECIDED)


@pytest.mark.parametrize("truth", [-0.5, 0.0, 0.5])
def test_a_family_that_is_looked_at_again_and_again_is_rarely_wrong(truth):
    """True effects within the bounds, mostly 0 and now and then large, as differences of pacts are; looked at six
    times, each of four predictions at its share. Any other verdict than negligible is wrong."""
    chance, wrong, families, alpha = np.random.default_rng(2), 0, 150, 0.2
    for _ in range(families):
        values = chance.choice([0.0, 20.0 * truth], p=[0.95, 0.05], size=(4, 480))
        verdicts = {prediction_verdict(effect_of(own[:number], bounds=RANGE), UP, 0.75, alpha / 4).verdict
                    for own in values for number in looks(15, 480)}
        wrong += bool(verdicts - {Verdict.NEGLIGIBLE, Verdict.UNDECIDED})
    assert wrong / families <= alpha + 3 * math.sqrt(alpha * (1 - alpha) / families)


def test_looks_are_at_doubling_numbers_and_end_at_the_most():
    assert looks(30, 1000) == [30, 60, 120, 240, 480, 1000]
    assert looks(30, 480) == [30, 60, 120, 240, 480]
    assert looks(30, 30) == [30]
    assert looks(10, 15) == [10, 15]


def test_an_effect_without_pairs_has_nothing_to_measure():
    assert prediction_verdict(effect_of(np.full(9, math.nan)), UP, 1.0, 0.05).verdict is Verdict.NOTHING


@pytest.mark.parametrize(("parts", "whole"), [
    (["supported", "supported"], "supported"), (["supported", "contradicted", "undecided"], "contradicted"),
    (["supported", "negligible"], "negligible"), (["negligible", "undecided"], "undecided"),
    (["supported", "nothing to measure"], "undecided"),
])
def test_a_proposition_is_as_good_as_its_predictions(parts, whole):
    assert proposition_verdict(map(Verdict, parts)) == whole


@pytest.mark.parametrize(("centre", "spread", "is_to_appear", "verdict"), [
    (0.0, 0.1, False, "vanished"), (3.0, 0.1, False, "remained"), (-3.0, 0.1, False, "remained"),
    (0.9, 1.0, False, "undecided"), (3.0, 0.1, True, "appeared"), (0.0, 0.1, True, "stayed away"),
    (1.0, 1.0, True, "undecided"),
])
def test_what_a_knock_out_does(centre, spread, is_to_appear, verdict):
    values = np.clip(centre + spread * np.random.default_rng(1).normal(0, 1, 300), *RANGE)
    found, interval = knocked_out(effect_of(values, bounds=RANGE), 1.0, 0.05, is_to_appear)
    assert found == verdict
    assert interval == effect_of(values, bounds=RANGE).sequence(0.95)


def outs(*verdicts: str) -> list[SimpleNamespace]:
    """Knock-outs of predictions one, two, ..., with these verdicts."""
    names = ("one", "two", "three")
    return [SimpleNamespace(prediction=name, verdict=KnockOutVerdict(verdict), is_tested=verdict != "not tested")
            for name, verdict in zip(names, verdicts, strict=False)]


@pytest.mark.parametrize(("predictions", "verdicts", "identification"), [
    (["one"], [], "not tested"), (["one"], ["vanished"], "identified"), (["one"], ["appeared"], "identified"),
    (["one"], ["not tested"], "not tested"), (["one", "two"], ["vanished"], "not tested"),
    (["one", "two"], ["vanished", "not tested"], "not tested"),
    (["one", "two"], ["vanished", "vanished"], "identified"),
    (["one", "two"], ["vanished", "remained"], "not identified"), (["one", "two"], ["stayed away"], "not identified"),
    (["one", "two"], ["vanished", "undecided"], "undecided"),
])
def test_identified_is_only_what_was_tested_in_every_prediction(predictions, verdicts, identification):
    supported = dict.fromkeys(predictions, Verdict.SUPPORTED)
    assert identification_of(supported, outs(*verdicts)) == Identification(identification)


@pytest.mark.parametrize(("verdict", "out", "identification"), [
    ("contradicted", "vanished", "identified"), ("negligible", "vanished", "not tested"),
    ("undecided", "vanished", "undecided"), ("negligible", "remained", "not identified"),
    ("undecided", "appeared", "identified"),
])
def test_what_is_not_there_cannot_vanish(verdict, out, identification):
    assert identification_of({"one": Verdict(verdict)}, outs(out)) == Identification(identification)


def test_the_history_that_speaks_most_against_a_prediction_is_found():
    effects_seen = np.array([0.5, math.nan, -0.2, 0.3, -0.7, 0.0])
    assert agreement_and_counterexample(effects_seen, UP) == (pytest.approx(2 / 5), 4)
    assert agreement_and_counterexample(effects_seen, DOWN) == (pytest.approx(2 / 5), 0)
    assert agreement_and_counterexample(np.array([1.0, 2.0]), UP) == (1.0, None)
    assert math.isnan(agreement_and_counterexample(effects_seen, NONE)[0])
