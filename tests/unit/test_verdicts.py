"""Verdicts: where an interval lies, Holm's procedure against its textbook form, and what a family may get wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulation.propositions.experiment import Identification, agreement_and_counterexample, identification_of
from simulation.propositions.verdicts import (
    Direction,
    KnockOutVerdict,
    Verdict,
    judged,
    knocked_out,
    together,
    verdict_of,
)
from simulation.study import effects
from simulation.study.effects import Interval, effect_of

UP, DOWN, NONE = Direction.POSITIVE, Direction.NEGATIVE, Direction.NONE


@pytest.mark.parametrize(("low", "high", "direction", "verdict"), [
    (0.2, 3.0, UP, "supported"), (0.2, 3.0, DOWN, "contradicted"), (-3.0, -0.2, DOWN, "supported"),
    (-3.0, -0.2, UP, "contradicted"), (-0.2, 3.0, UP, "undecided"), (-0.5, 0.5, UP, "negligible"),
    (0.1, 0.9, UP, "negligible"), (0.1, 1.0, UP, "supported"), (0.0, 2.0, UP, "undecided"),
    (-0.9, 0.9, NONE, "supported"), (1.0, 3.0, NONE, "contradicted"), (-3.0, -1.0, NONE, "contradicted"),
    (0.5, 3.0, NONE, "undecided"), (-2.0, 2.0, NONE, "undecided"), (0.0, 0.0, UP, "negligible"),
    (math.nan, math.nan, UP, "undecided"), (math.nan, math.nan, NONE, "undecided"),
])
def test_where_an_interval_lies_decides(low, high, direction, verdict):
    assert verdict_of(Interval(low, high, 0.95), direction, 1.0) == verdict


class Normal:
    """An effect whose interval is that of a normal estimate with standard error 1."""

    pairs = 100

    def __init__(self, estimate: float):
        self.estimate = estimate

    def interval(self, level: float) -> Interval:
        half = stats.norm.ppf((1 + level) / 2)
        return Interval(self.estimate - half, self.estimate + half, level)


def holm(p: np.ndarray, alpha: float) -> set[int]:
    """The step-down procedure as it stands in Holm 1979."""
    rejected: set[int] = set()
    for step, place in enumerate(np.argsort(p)):
        if p[place] > alpha / (p.size - step):
            break
        rejected.add(int(place))
    return rejected


def test_a_family_is_decided_as_by_holm():
    chance = np.random.default_rng(6)
    for _ in range(200):
        estimates = chance.normal(1.5, 1.5, 8)
        family = {place: (Normal(value), UP, 1e-9) for place, value in enumerate(estimates)}
        found = judged(family, 0.05)
        decided = {place for place, judgement in found.items() if judgement.verdict is not Verdict.UNDECIDED}
        assert decided == holm(2 * stats.norm.sf(np.abs(estimates)), 0.05)


def test_predictions_that_are_not_looked_at_keep_their_share():
    family = {"one": (Normal(2.3), UP, 1e-9)}  # decided alone, not among ten
    assert judged(family, 0.05)["one"].verdict is Verdict.SUPPORTED
    assert judged(family, 0.05, others=9)["one"].verdict is Verdict.UNDECIDED
    assert judged(family, 0.05, others=9)["one"].interval.level == pytest.approx(0.995)


def test_a_family_of_null_effects_is_rarely_decided(monkeypatch):
    """False positives: the share of families in which any null effect gets a sign stays at or below alpha."""
    monkeypatch.setattr(effects, "RESAMPLES", 1999)
    chance, wrong, families = np.random.default_rng(2), 0, 200
    for number in range(families):
        family = {name: (effect_of(chance.normal(0, 1, 80), 10 * number + name), UP, 1e-6) for name in range(4)}
        wrong += any(judgement.verdict is not Verdict.UNDECIDED for judgement in judged(family, 0.05).values())
    assert wrong / families <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / families)


def test_a_planted_effect_within_the_bounds_is_negligible():
    values = np.random.default_rng(3).normal(0.05, 0.5, 400)
    assert judged({"small": (effect_of(values), UP, 0.2)}, 0.05)["small"].verdict is Verdict.NEGLIGIBLE
    assert judged({"none": (effect_of(values), NONE, 0.2)}, 0.05)["none"].verdict is Verdict.SUPPORTED


def test_an_effect_without_pairs_has_nothing_to_measure():
    assert judged({"gone": (effect_of(np.full(9, math.nan)), UP, 1.0)}, 0.05)["gone"].verdict is Verdict.NOTHING


@pytest.mark.parametrize(("parts", "whole"), [
    (["supported", "supported"], "supported"), (["supported", "contradicted", "undecided"], "contradicted"),
    (["supported", "negligible"], "negligible"), (["negligible", "undecided"], "undecided"),
    (["supported", "nothing to measure"], "undecided"),
])
def test_a_proposition_is_as_good_as_its_predictions(parts, whole):
    assert together(map(Verdict, parts)) == whole


@pytest.mark.parametrize(("centre", "spread", "is_to_appear", "verdict"), [
    (0.0, 0.1, False, "vanished"), (3.0, 0.1, False, "remained"), (0.5, 5.0, False, "undecided"),
    (3.0, 0.1, True, "appeared"), (0.0, 0.1, True, "stayed away"), (1.0, 3.0, True, "undecided"),
])
def test_what_a_knock_out_does(centre, spread, is_to_appear, verdict):
    values = centre + spread * np.random.default_rng(1).normal(0, 1, 50)
    assert knocked_out(effect_of(values), 1.0, 0.05, is_to_appear) == verdict


def test_a_knock_out_that_leaves_nothing_says_so():
    assert knocked_out(effect_of(np.full(9, math.nan)), 1.0, 0.05, False) is KnockOutVerdict.NOTHING


@pytest.mark.parametrize(("verdicts", "identification"), [
    ([], "no knock-out"), (["vanished", "nothing left to measure", "appeared"], "identified"),
    (["vanished", "remained"], "not identified"), (["stayed away", "undecided"], "not identified"),
    (["vanished", "undecided"], "undecided"),
])
def test_one_knock_out_that_fails_is_enough(verdicts, identification):
    assert identification_of(map(KnockOutVerdict, verdicts)) == Identification(identification)


def test_the_history_that_speaks_most_against_a_prediction_is_found():
    effects_seen = np.array([0.5, math.nan, -0.2, 0.3, -0.7, 0.0])
    assert agreement_and_counterexample(effects_seen, UP) == (pytest.approx(2 / 5), 4)
    assert agreement_and_counterexample(effects_seen, DOWN) == (pytest.approx(2 / 5), 0)
    assert agreement_and_counterexample(np.array([1.0, 2.0]), UP) == (1.0, None)
    assert math.isnan(agreement_and_counterexample(effects_seen, NONE)[0])
