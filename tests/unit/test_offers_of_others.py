"""What other major powers would offer a state: looked at only where it may matter, to the same decisions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simulation.history import year
from simulation.history.model import AllianceModel
from simulation.theory import dyad
from simulation.theory.bargaining import Ending
from tests.builders import two_powers


@pytest.mark.parametrize("shifts", ["constraint", "threat_point"])
@pytest.mark.parametrize("solution", ["nash", "kalai_smorodinsky", "egalitarian", "ultimatum"])
def test_offers_of_others_count_although_they_are_looked_at_last(solution, shifts):
    """A bargain is the one under the full outside option, whatever the others' offers were asked for."""
    agreed = failed = bettered = 0
    for seed in range(12):
        assumptions = {"bargaining_solution": solution, "outside_option": shifts}
        model = AllianceModel(two_powers(assumptions=assumptions, years=3), rng=seed, collect=False)
        model.run()
        for power, state in itertools.product(model.powers, model.states):
            found = year.bargain_with(model.world, model.current, power.number, state.number)
            terms, weight = power.perceived_inputs(state), power.record.bargaining_weight
            play, outside = model.world.switches, power.outside_option(state)
            full = dyad.bargain(terms, play.solution, weight, outside, play.shifts_threat)
            assert found.ending == full.ending
            assert found[:4] == pytest.approx(full[:4], rel=1e-6, abs=1e-8)
            agreed += found.ending == Ending.AGREED
            failed += found.ending == Ending.NO_GAIN
            alone = dyad.bargain(terms, play.solution, weight, 0.0, play.shifts_threat)
            bettered += alone[:2] != pytest.approx(full[:2], abs=1e-4)
    assert min(agreed, failed, bettered) > 5


def test_whom_to_talk_to_is_the_same_though_others_offers_are_asked_of_few():
    """The order in which a sweep's power would talk to all, from bounds, is that of prospects that are all known."""
    replaced = 0
    for seed in range(12):
        model = AllianceModel(two_powers(years=4), rng=seed, collect=False)
        model.run()
        world, current = model.world, model.current
        for power in model.powers:
            known = np.array([power.prospect(state) for state in model.states])
            bounds = np.array([year.prospect_at(world, current, power.number, state.number, year.present_gain(
                world, current, power.number, state.number)) for state in model.states])
            assert np.all(bounds >= known)
            replaced += int(np.sum(bounds > known))
            orders = []
            for prospects, is_bound in ((known, False), (bounds, True)):
                asked = np.empty(known.size, np.int64)
                number = year.agenda(world, current, power.number, prospects.copy(), np.full(known.size, is_bound),
                                     asked)
                orders.append(asked[:number].tolist())
            assert orders[0] == orders[1]
    assert replaced > 5
