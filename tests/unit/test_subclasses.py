"""Agents of one's own: a decision overridden in plain Python changes the history, and nothing else does."""

from __future__ import annotations

import mesa
import numpy as np

from simulation.history.agents import MajorPower, WeakState
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.history.simulate import simulate
from simulation.history.world import world_of
from tests.builders import one_power, two_powers


class CautiousPower(MajorPower):
    """Talks to nobody once it has an ally."""

    def negotiate(self) -> None:
        if not self.allies():
            for state in self.agenda()[:1]:
                self.negotiate_with(state)


class LoyalPower(MajorPower):
    """Never reviews."""

    def review(self) -> None:
        pass


class AnxiousState(WeakState):
    """Sees twice the crises that there are."""

    def perceive(self) -> None:
        super().perceive()
        self.seen_rate = min(1.0, 2.0 * self.seen_rate)


def ran(scenario, **classes) -> AllianceModel:
    model = AllianceModel(scenario, rng=2, collect=False, **classes)
    model.run()
    return model


def test_a_cautious_power_has_one_ally_and_no_more_talks_than_that():
    plain, cautious = ran(one_power()), ran(one_power(), power_class=CautiousPower)
    assert plain.history.series[:, 0, Series.PACTS].max() > 1.0
    assert cautious.history.series[:, 0, Series.PACTS].max() == 1.0
    assert cautious.history.series[:, 0, Series.NEGOTIATIONS].sum() < plain.history.series[
        :, 0, Series.NEGOTIATIONS].sum()


def test_a_power_that_never_reviews_loses_no_ally_by_review():
    scenario = two_powers(dynamics={"misperception": 0.8})
    lost = (Series.LEFT_BY_MAJOR_POWER, Series.LEFT_BY_WEAK_STATE)
    assert sum(ran(scenario).history.series[:, :, column].sum() for column in lost) > 0.0
    assert sum(ran(scenario, power_class=LoyalPower).history.series[:, :, column].sum() for column in lost) == 0.0


def test_a_state_that_fears_more_concedes_more():
    scenario = one_power(relaxations={"drift": False, "misperception": False})
    plain, anxious = ran(scenario), ran(scenario, state_class=AnxiousState)
    assert anxious.history.autonomy[0, 0, 0] > plain.history.autonomy[0, 0, 0] > 0.0


def test_a_subclass_that_changes_nothing_gives_the_same_bits():
    class Unchanged(MajorPower):
        def negotiate(self) -> None:
            super().negotiate()

    scenario = two_powers()
    again = ran(scenario, power_class=Unchanged).history
    assert [one.tobytes() for one in again] == [other.tobytes() for other in simulate(world_of(scenario), 2)]


def test_classes_travel_through_batch_run():
    rows = mesa.batch_run(AllianceModel, rng=[2], number_processes=1, display_progress=False, parameters={
        "scenario": one_power(), "power_class": CautiousPower})
    assert rows[-1]["P.number_of_pacts"] <= 1.0


def test_agents_are_the_arrays():
    """What is read and written through an agent is read and written in the arrays, and back."""
    model = AllianceModel(two_powers(), rng=1, collect=False)
    model.step()
    weak, power = model.state("B"), model.power("Q")
    weak.beliefs["Q"], weak.crisis_rate = 0.25, 0.125
    assert weak.beliefs == {"P": weak.beliefs["P"], "Q": 0.25}
    assert (weak.number, power.number) == (1, 1)
    assert model.current.states[1, 5] == 0.125
    power.see(weak, 0.5, 0.01)
    assert power.seen["B"] == (0.5, 0.01)
    assert {code: ally.pacts["Q"] for code, ally in ((ally.code, ally) for ally in power.allies())} == dict(power.pacts)
    for code in list(power.pacts):
        del power.pacts[code]
    assert power.portfolio()[1:] == (0.0, 0.0, 0.0, 0.0, 0.0)
    assert np.all(model.current.pairs[1, :, 6:] == 0.0)


def test_every_decision_can_be_kept():
    model = AllianceModel(two_powers(), rng=3, collect=False, log_decisions=True)
    model.run()
    talks = [one for one in model.decisions() if one.phase == "talks"]
    assert len(talks) == model.history.series[:, :, Series.NEGOTIATIONS].sum() > 0
    assert ran(two_powers()).decisions() == []
