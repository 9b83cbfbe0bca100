"""Crises and wars of a year, and what is learnt from them (theory, section 6, phases 4 to 6).

Called by `model`. Nature opens a crisis or not; the three movers choose with the probabilities of the crisis game, at
the reliability that the weak state believes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulation.history.chance import Decision
from simulation.history.series import Series
from simulation.theory import meeting
from simulation.theory.beliefs import posterior
from simulation.theory.shocks import beaten

if TYPE_CHECKING:
    from simulation.history.agents import MajorPower, WeakState
    from simulation.history.model import AllianceModel


class Test(NamedTuple):
    """A pledge that was tested: whose, by which state's crisis, and how likely what was seen is for either type."""

    power: MajorPower
    state: WeakState
    if_resolute: float
    if_irresolute: float


def run_crises(model: AllianceModel) -> list[Test]:
    """Phases 4 and 5: all crises of the year, in the scenario's order; returns the pledges that were tested."""
    opened = [state for state in model.states
              if model.luck.uniform(state.address, Decision.CRISIS) < state.crisis_rate]
    plays = [(state, *crisis_of(model, state)) for state in opened]
    tests = []
    for state, power, play in plays:
        tested = run_crisis(model, state, power, play)
        if tested is not None:
            tests.append(tested)
    return tests


def crisis_of(model: AllianceModel, state: WeakState) -> tuple[MajorPower, meeting.Play]:
    """Who would answer for the state, and the crisis as it would be played.

    The protector is the patron, or bystander where there is none, that leaves the state the smallest expected loss.
    """
    candidates = [model.power(code) for code in state.patrons()] or model.powers
    plays = [(power, model.play(power, state)) for power in candidates]
    return min(plays, key=lambda pair: pair[1].loss)


def run_crisis(model: AllianceModel, state: WeakState, power: MajorPower, play: meeting.Play) -> Test | None:
    """One crisis, from challenge to war; returns the test of a pledge if it came to one."""
    luck, is_ally = model.luck.uniform, power.code in state.pacts
    odds = {"challenge": play.game.challenge, "restrained": play.game.restrained, "resistance": play.game.resistance,
            "intervention": play.game.reliability}
    if luck(state.address, Decision.CHALLENGE) >= play.game.challenge:
        model.saw("crisis", power, state, "no challenge", **odds)
        return None
    power.count(Series.CHALLENGES if is_ally else Series.OUTSIDE_CHALLENGES)
    is_restrained = luck(state.address, Decision.RESTRAINT) < play.game.restrained
    if is_restrained or luck(state.address, Decision.RESISTANCE) >= play.game.resistance:
        model.saw("crisis", power, state, "challenged, held back" if is_restrained else "challenged, gives way", **odds)
        if is_ally:
            power.count(Series.CONCESSIONS)
            power.count(Series.REALISED_LOST_STAKE, play.value)
        return None
    intervenes = luck(state.address, Decision.INTERVENTION, power.address) < play.game.reliability
    model.saw("crisis", power, state, f"war, the major power {'fights' if intervenes else 'stays away'}", **odds)
    run_war(model, state, power, play, intervenes)
    if not is_ally:
        return None
    if intervenes:
        return Test(power, state, play.if_resolute, play.if_irresolute)
    return Test(power, state, 1.0 - play.if_resolute, 1.0 - play.if_irresolute)


def run_war(model: AllianceModel, state: WeakState, power: MajorPower, play: meeting.Play, intervenes: bool) -> None:
    """A war: who wins, what it costs, and what it leaves behind."""
    is_ally = power.code in state.pacts
    wins = model.luck.uniform(state.address, Decision.WAR) < (play.joint if intervenes else play.alone)
    if is_ally:
        power.count(Series.WARS)
        power.count(Series.INTERVENTIONS if intervenes else Series.ABANDONMENTS)
        if intervenes:
            power.count(Series.REALISED_INTERVENTION, play.intervention_cost)
        else:
            power.count(Series.REALISED_RENEGING, play.reneging_cost)
        if not wins:
            power.count(Series.DEFEATS)
            power.count(Series.REALISED_LOST_STAKE, play.value)
    else:
        power.count(Series.OUTSIDE_WARS)
        if intervenes:
            power.count(Series.OUTSIDE_INTERVENTIONS)
    if not model.setting.relaxations.war_aftermath:
        return
    if not wins:
        state.capability_deviation = beaten(state.capability_deviation, model.setting.dynamics.capability_loss)
    if intervenes:
        power.tired_until = model.year + power.record.fatigue.years


def learn(model: AllianceModel, tests: list[Test]) -> None:
    """Phase 6: every state updates what it believes, its own experience in full and that of others discounted."""
    observability = model.setting.dynamics.observability
    for test in tests:
        for state in model.states:
            weight = 1.0 if state is test.state else observability
            state.beliefs[test.power.code] = posterior(
                state.beliefs[test.power.code], test.if_resolute, test.if_irresolute, weight)
