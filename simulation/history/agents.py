"""The agents: they hold state and decide by comparing the theory's values; they contain no formulae.

A `WeakState` drifts, perceives, believes and holds pacts; a `MajorPower` reviews its pacts and negotiates new ones.
Crises are in `crises`, the order of a year in `model`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa

from simulation.history.chance import Decision, address
from simulation.history.series import Series
from simulation.scenario.traits import distance_km, power_traits, relation_traits, state_traits
from simulation.theory import meeting
from simulation.theory.bargaining import NEGLIGIBLE_GAIN, Ending, Solution
from simulation.theory.crisis import Audience
from simulation.theory.geography import burden
from simulation.theory.pairing import ALONE, Circumstances, Portfolio
from simulation.theory.payoffs import binding, channelled
from simulation.theory.shocks import drifted, level, rested_capacity

if TYPE_CHECKING:
    from simulation.history.model import AllianceModel


@dataclass(frozen=True)
class Pact:
    """A contract in force: commitment and autonomy conceded in [0, 1], and the years in which the pact began and in
    which it was last agreed on."""

    commitment: float
    autonomy: float
    since: int
    agreed: int


class WeakState(mesa.Agent):
    """A weak state: what surrounds it, what it believes, and its pacts by major power."""

    def __init__(self, model: AllianceModel, code: str):
        super().__init__(model)
        scenario = model.setting
        self.code = code
        self.address = address(code)
        self.record = scenario.states[code]
        self.traits = state_traits(self.record)
        self.relations = {power: relation_traits(scenario, power, code) for power in scenario.major_powers}
        self.burdens = {power: burden(relation.reach) for power, relation in self.relations.items()}
        self.distances = {power: distance_km(scenario, power, code) for power in scenario.major_powers}
        self.rivals = scenario.rivals_of(code)
        self.capability_deviation = self.challenger_deviation = self.rate_deviation = 0.0
        self.preference_deviations = dict.fromkeys(scenario.major_powers, 0.0)
        self.beliefs = {power: model.prior_belief(power) for power in scenario.major_powers}
        self.pacts: dict[str, Pact] = {}
        self.refresh()

    def refresh(self) -> None:
        """Takes the levels of its surroundings from their deviations."""
        record = self.record
        self.capability = level(record.capability, self.capability_deviation, 1.0)
        self.challenger = level(record.challenger_capability, self.challenger_deviation, 1.0)
        self.crisis_rate = level(record.crisis_rate, self.rate_deviation, 1.0)
        self.preference_distances = {
            power: level(record.toward[power].preference_distance, deviation, math.inf)
            for power, deviation in self.preference_deviations.items()}

    def drift(self) -> None:
        """Phase 1: its surroundings move by small persistent shocks."""
        drift, shock = self.model.setting.dynamics.drift, self.model.luck.normal
        keep = drift.persistence
        self.capability_deviation = drifted(
            self.capability_deviation, keep, drift.capability, shock(self.address, Decision.DRIFT_CAPABILITY))
        self.challenger_deviation = drifted(
            self.challenger_deviation, keep, drift.challenger, shock(self.address, Decision.DRIFT_CHALLENGER))
        self.rate_deviation = drifted(
            self.rate_deviation, keep, drift.crisis_rate, shock(self.address, Decision.DRIFT_CRISIS_RATE))
        for power in self.model.powers:
            self.preference_deviations[power.code] = drifted(
                self.preference_deviations[power.code], keep, drift.preference,
                shock(self.address, Decision.DRIFT_PREFERENCE, power.address))
        self.refresh()

    def perceive(self) -> None:
        """Sees the crisis rate and its challenger, with this year's error."""
        self.seen_rate, self.seen_challenger = self.model.seen(
            self, self.address, Decision.STATE_MISPERCEIVES_RATE, Decision.STATE_MISPERCEIVES_CHALLENGER)

    def patrons(self) -> list[str]:
        """Codes of the major powers with which it has a pact, in the scenario's order."""
        return [power.code for power in self.model.powers if power.code in self.pacts]

    def leave(self, power: str) -> None:
        """Ends the pact with a major power."""
        del self.pacts[power]


class MajorPower(mesa.Agent):
    """A major power: its type, its tiredness, and how it sees the weak states this year."""

    def __init__(self, model: AllianceModel, code: str):
        super().__init__(model)
        self.code = code
        self.address = address(code)
        self.record = model.setting.major_powers[code]
        self.traits = power_traits(self.record)
        self.is_resolute = model.is_resolute(self)
        resolve = self.record.resolve
        self.audience_cost = (
            resolve.audience_cost_resolute if self.is_resolute else resolve.audience_cost_irresolute)
        self.tired_until = 0
        self.seen: dict[str, tuple[float, float]] = {}

    def perceive(self) -> None:
        """Sees every state's crisis rate and challenger, with this year's errors."""
        self.seen = {state.code: self.model.seen(state, self.address, Decision.POWER_MISPERCEIVES_RATE,
                                                 Decision.POWER_MISPERCEIVES_CHALLENGER)
                     for state in self.model.states}

    def allies(self) -> list[WeakState]:
        """The states with which it has a pact, in the scenario's order."""
        return [state for state in self.model.states if self.code in state.pacts]

    def is_tired(self) -> bool:
        """Whether an intervention still weighs on it."""
        return 0 < self.model.year <= self.tired_until

    def portfolio(self, state: WeakState | None = None) -> Portfolio:
        """Its pacts, less that with `state`, as this state would join them."""
        rules = self.model.rules
        pledged = legitimated = bound = allied_rivals = 0.0
        others = [ally for ally in self.allies() if ally is not state]
        for ally in others:
            pact = ally.pacts[self.code]
            pledged += pact.commitment * ally.burdens[self.code]
            legitimated += channelled(ally.traits.votes, pact.autonomy, rules.legitimation_by_autonomy)
            bound += binding(pact.commitment, rules.depth_binds)
            if state is not None and ally.code in state.rivals:
                allied_rivals += 1.0
        capacity = rested_capacity(
            self.record.costs.opportunity.capacity, self.record.fatigue.loss, self.is_tired())
        return Portfolio(capacity, pledged, legitimated, bound / len(others) if others else 0.0, allied_rivals)

    def circumstances(self, state: WeakState, weak: tuple[float, float], major: tuple[float, float],
                      other_loss: float = ALONE, rival_pull: float | None = None) -> Circumstances:
        """Circumstances in which it meets a state; `weak` and `major`: (crisis rate, challenger) as each side sees
        them."""
        resolve = self.record.resolve
        audience = Audience(self.audience_cost, resolve.audience_cost_resolute, resolve.audience_cost_irresolute,
                            state.beliefs[self.code])
        pull = self.model.pull[self.code, state.code] if rival_pull is None else rival_pull
        return Circumstances(state.capability, state.preference_distances[self.code], pull, audience,
                             weak[0], weak[1], major[0], major[1], other_loss)

    def inputs(self, state: WeakState, weak: tuple[float, float], major: tuple[float, float],
               rival_pull: float | None = None) -> tuple:
        """The six inputs of `theory.meeting` for this power and a state."""
        other_loss = self.model.other_loss(self, state, weak)
        return (self.model.rules, self.traits, state.traits, state.relations[self.code],
                self.circumstances(state, weak, major, other_loss, rival_pull), self.portfolio(state))

    def at_the_table(self, state: WeakState) -> tuple:
        """Inputs with each side's own perception."""
        return self.inputs(state, (state.seen_rate, state.seen_challenger), self.seen[state.code])

    def appraise(self, state: WeakState) -> tuple[float, float]:
        """(u, v) of the pact in force with a state, each side by its own perception."""
        pact = state.pacts[self.code]
        return meeting.appraise(*self.at_the_table(state), pact.commitment, pact.autonomy)

    def review(self) -> None:
        """Phase 2: each pact is compared with its absence by both sides; a side for which it does not pay leaves."""
        friction = self.model.exit_cost + NEGLIGIBLE_GAIN
        for state in self.allies():
            weak, major = self.appraise(state)
            if major < -friction:
                self.model.saw("review", self, state, "the major power leaves", weak_gain=weak, major_gain=major)
                state.leave(self.code)
                self.count(Series.LEFT_BY_MAJOR_POWER)
            elif weak < state.record.outside_option - friction:
                self.model.saw("review", self, state, "the weak state leaves", weak_gain=weak, major_gain=major)
                state.leave(self.code)
                self.count(Series.LEFT_BY_WEAK_STATE)
            else:
                self.model.saw("review", self, state, "both stay", weak_gain=weak, major_gain=major)

    def negotiate(self) -> None:
        """Phase 3: it opens as many negotiations as it has attention for, the most promising first.

        Among equals come new partners, then the pacts whose terms are oldest; talks that cannot lead anywhere are not
        opened.
        """
        ranks = []
        for place, state in enumerate(self.model.states):
            prospect = self.prospect(state)
            if prospect > -math.inf:
                agreed = state.pacts[self.code].agreed if self.code in state.pacts else 0
                ranks.append((-prospect, agreed, place))
        ranks.sort()
        prospects = {self.model.states[place].code: -rank for rank, _, place in ranks}
        if self.model.setting.relaxations.limited_attention:
            ranks = ranks[: self.record.attention]
        asked = sorted(self.model.states[place].code for *_, place in ranks)
        self.model.saw("agenda", self, None, f"talks with {', '.join(asked) or 'nobody'}", **prospects)
        for _, _, place in ranks:
            self.negotiate_with(self.model.states[place])

    def prospect(self, state: WeakState) -> float:
        """What it expects of talks with a state, by its own perception of both sides, beyond what it has."""
        view = self.seen[state.code]
        inputs = self.inputs(state, view, view)
        floor = self.model.likely_floor(state, self, view)
        if self.code not in state.pacts:
            return meeting.glance(*inputs, floor)
        pact = state.pacts[self.code]
        return meeting.glance_again(*inputs, floor, pact.commitment, pact.autonomy)

    def negotiate_with(self, state: WeakState) -> None:
        """Bargains with a state; an agreement replaces any pact between the two, and where pacts are exclusive any
        other."""
        assumptions = self.model.setting.assumptions
        agreement = meeting.settle(
            *self.at_the_table(state), Solution[assumptions.bargaining_solution.upper()].value,
            self.record.bargaining_weight, self.model.outside_option(state, self),
            assumptions.outside_option == "threat_point")
        self.count(Series.NEGOTIATIONS)
        if agreement.ending == Ending.NO_GAIN:
            self.model.saw("talks", self, state, "no contract")
            return
        outcome = "a pact" if self.code not in state.pacts else "new terms"
        self.model.saw("talks", self, state, outcome, commitment=agreement.commitment, autonomy=agreement.autonomy,
                       weak_gain=agreement.weak_gain, major_gain=agreement.major_gain)
        self.count(Series.AGREEMENTS)
        if self.code not in state.pacts:
            self.count(Series.SIGNED)
            if assumptions.exclusivity:
                for patron in state.patrons():
                    state.leave(patron)
                    self.model.power(patron).count(Series.SWITCHED)
        since = state.pacts[self.code].since if self.code in state.pacts else self.model.year
        state.pacts[self.code] = Pact(agreement.commitment, agreement.autonomy, since, self.model.year)

    def count(self, series: Series, amount: float = 1.0) -> None:
        """Adds to this year's record."""
        self.model.row(self)[series] += amount
