"""Scope and multiverse on planted places, where the answer is known."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from simulation.propositions.file import Prediction, Span
from simulation.propositions.multiverse import multiverse_of
from simulation.propositions.paired_effects import PairedEffect
from simulation.propositions.region import Answer, SurveyedPoint
from simulation.propositions.scope import position, scope_of, sentence, value_at
from simulation.propositions.verdicts import Verdict
from simulation.study.effects import Interval, effect_of
from tests.builders import one_power

WAR_COST = "major_powers.P.costs.entrapment.war_cost"
REACH = "major_powers.P.reach_half_distance_km"
WEIGHT = "major_powers.P.bargaining_weight"
PREDICTION = Prediction(measure="number_of_pacts", at={}, direction="positive", smallest_effect=1.0)


def planted(settings: dict, effect: float, verdict: str) -> SurveyedPoint:
    """A place with one prediction, whose effect and verdict are given."""
    paired = PairedEffect(effect_of(np.full(9, effect)), np.full(9, effect), ((effect, 9),))
    answer = Answer(PREDICTION, paired, Interval(effect - 0.1, effect + 0.1, 0.95), Verdict(verdict), effect)
    return SurveyedPoint(settings, {"only": answer})


def region() -> dict[str, Span]:
    spans = {WAR_COST: {"from": 0.1, "to": 1.0, "scale": "log"}, REACH: {"from": 500.0, "to": 4500.0},
             WEIGHT: {"from": 0.2, "to": 0.9}}
    return {path: Span.model_validate(span) for path, span in spans.items()}


def places_with(sign_of, number: int = 80) -> list[SurveyedPoint]:
    """Places all over the region; `sign_of` gives the planted effect at one."""
    chance, spans = np.random.default_rng(4), region()
    found = []
    for spot in chance.random((number, 3)):
        settings = {path: value_at(span, place) for (path, span), place in zip(spans.items(), spot, strict=True)}
        effect = sign_of(settings)
        found.append(planted(settings, effect, "supported" if effect > 0 else "contradicted"))
    return found


def test_the_border_where_a_planted_effect_changes_its_sign_is_found():
    found = scope_of(places_with(lambda settings: 3.0 if settings[WAR_COST] < 0.4 else -3.0), region(), one_power())
    assert next(iter(found.importance)) == WAR_COST
    assert found.importance[WAR_COST] > 0.8
    assert {tuple(leaf.bounds) for leaf in found.rule.leaves} == {(WAR_COST,)}
    borders = [bound for leaf in found.rule.leaves for bound in leaf.bounds[WAR_COST] if bound is not None]
    assert borders == pytest.approx([0.4, 0.4], rel=0.1)
    assert [leaf.holds for leaf in found.rule.leaves] == [True, False]
    assert all(leaf.right == leaf.points for leaf in found.rule.leaves)
    assert found.rule.right >= 0.95 * found.rule.judged


def test_a_rule_of_two_parameters_is_found():
    found = scope_of(places_with(lambda settings: 2.0 if settings[WAR_COST] < 0.4 and settings[REACH] > 2000 else -2.0,
                                 200), region(), one_power())
    assert set(list(found.importance)[:2]) == {WAR_COST, REACH}
    holding = [leaf for leaf in found.rule.leaves if leaf.holds]
    assert len(holding) == 1
    assert holding[0].bounds[WAR_COST] == (None, pytest.approx(0.4, rel=0.1))
    assert holding[0].bounds[REACH] == (pytest.approx(2000, rel=0.1), None)


def test_the_nearest_failure_is_nearest_to_the_scenarios_own_values():
    scenario = one_power()  # war cost 0.3, reach 1,500 km, weight 0.6
    near = planted({WAR_COST: 0.32, REACH: 1600.0, WEIGHT: 0.62}, -1.0, "negligible")
    far = planted({WAR_COST: 0.9, REACH: 4000.0, WEIGHT: 0.3}, -9.0, "contradicted")
    held = planted({WAR_COST: 0.3, REACH: 1500.0, WEIGHT: 0.6}, 2.0, "supported")
    found = scope_of([far, held, near], region(), scenario)
    assert found.counterexample.place is near
    assert found.counterexample.distance == pytest.approx(math.dist(
        [position(region()[path], near.settings[path]) for path in region()],
        [position(region()[path], held.settings[path]) for path in region()]))
    assert scope_of([held], region(), scenario).counterexample is None


def test_one_kind_of_places_makes_a_rule_without_bounds_and_undecided_ones_none():
    everywhere = scope_of(places_with(lambda _: 1.5), region(), one_power()).rule
    assert [sentence(leaf) for leaf in everywhere.leaves] == ["holds everywhere it is decided (80 of 80 places)"]
    nowhere = [planted(place.settings, 0.1, "undecided") for place in places_with(lambda _: 1.0, 20)]
    assert scope_of(nowhere, region(), one_power()).rule.leaves == []


def test_noise_makes_no_rule_that_tells_other_places():
    chance = np.random.default_rng(9)
    found = scope_of(places_with(lambda _: chance.choice([-1.0, 1.0]), 100), region(), one_power())
    assert found.rule.right < 0.7 * found.rule.judged


def test_positions_go_there_and_back():
    for span in region().values():
        for place in (0.0, 0.3, 1.0):
            assert position(span, value_at(span, place)) == pytest.approx(place, abs=1e-12)


EMBOLDENMENT, DETERRENCE, INFORMATION = (f"assumptions.{name}" for name in (
    "emboldenment", "deterrence", "information"))


def universes(does_hold) -> list[SurveyedPoint]:
    return [planted({EMBOLDENMENT: one, DETERRENCE: other, INFORMATION: third}, 1.0,
                    "supported" if does_hold(one, other, third) else "undecided")
            for one, other, third in product([True, False], [True, False], ["incomplete", "complete"])]


def test_the_switch_that_breaks_a_proposition_is_found():
    found = multiverse_of(universes(lambda one, other, third: other), one_power())
    assert (found.holds, found.universes) == (4, 8)
    assert {switch.path: switch.breaks for switch in found.switches} == {
        EMBOLDENMENT: False, DETERRENCE: True, INFORMATION: False}
    assert found.switches[1].counts == {"true": (4, 4), "false": (0, 4)}
    assert found.nearest_break == {DETERRENCE: False}


def test_two_switches_that_break_it_only_together_are_found():
    found = multiverse_of(universes(lambda one, other, third: one or third == "incomplete"), one_power())
    assert found.holds == 6
    assert [switch.breaks for switch in found.switches] == [False, False, False]
    assert found.nearest_break == {EMBOLDENMENT: False, INFORMATION: "complete"}


def test_a_proposition_that_does_not_hold_at_home_cannot_break():
    found = multiverse_of(universes(lambda one, other, third: not one), one_power())
    assert found.own.verdict is Verdict.UNDECIDED
    assert found.nearest_break is None
    assert [switch.breaks for switch in found.switches] == [None, None, None]
