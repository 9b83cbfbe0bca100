"""A history: major powers and weak states, year after year (theory, section 6).

`AllianceModel` is a plain Mesa model, so that any DataCollector works on it, and so does

    mesa.batch_run(AllianceModel, rng=[1, 2, 3], parameters={
        "scenario": "scenarios/russia-2005.yaml",
        "major_powers.RUS.costs.entrapment.war_cost": [0.1, 0.5]})
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mesa
import numpy as np

from simulation.history import agent_crises
from simulation.history.agents import MajorPower, Pact, WeakState
from simulation.history.chance import NOBODY, Decision, normal, uniform
from simulation.history.measures import MEASURES, measure
from simulation.history.series import SERIES, Series, tally_pact, tally_portfolio
from simulation.history.yearly_record import History, empty_history
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.scenario.traits import scenario_rules
from simulation.theory import meeting
from simulation.theory.pairing import ALONE, loss_without_pact
from simulation.theory.shocks import perceived

BEFORE_THE_FIRST_YEAR = 0


class Luck:
    """All chance of one history: addressed random numbers of a seed and a replication, in the current year."""

    def __init__(self, seed: int, replication: int):
        self._key = np.uint64(seed), np.uint64(replication)
        self.year = np.uint64(BEFORE_THE_FIRST_YEAR)

    def uniform(self, actor: np.uint64, decision: Decision, counterpart: np.uint64 = NOBODY) -> float:
        """A number in (0, 1) for an actor's decision this year."""
        return uniform(*self._key, self.year, actor, int(decision), counterpart)

    def normal(self, actor: np.uint64, decision: Decision, counterpart: np.uint64 = NOBODY) -> float:
        """A standard normal number for an actor's decision this year."""
        return normal(*self._key, self.year, actor, int(decision), counterpart)


class AllianceModel(mesa.Model):
    """One history of a scenario.

    Parameters
    ----------
    scenario : a `Scenario`, or the path of a scenario file.
    rng : the seed, an integer of 0 or more; a NumPy generator draws one; None takes one from the operating system.
    replication : number of the history under this seed; chance is a function of both.
    collect : whether `datacollector` collects every year (sweeps read `history` instead).
    replacements : values by dotted path, as in ``**{"weak_states.*.crisis_rate": 0.3}``.

    Raises
    ------
    Refusal : the scenario or a replacement is not allowed.
    """

    def __init__(self, scenario: Scenario | str | Path, *, rng: Any = None, replication: int = 0, collect: bool = True,
                 **replacements: Any):
        self.seed = seed_of(rng)
        super().__init__(rng=self.seed)
        loaded = scenario if isinstance(scenario, Scenario) else load_scenario(Path(scenario))
        self.setting = loaded.replace_all(replacements)
        self.replication = int(replication)
        self.luck = Luck(self.seed, self.replication)
        self.rules = scenario_rules(self.setting)
        self.year = BEFORE_THE_FIRST_YEAR
        self.powers = [MajorPower(self, code) for code in self.setting.major_powers]
        self._power_by_code = {power.code: power for power in self.powers}
        self.states = [WeakState(self, code) for code in self.setting.states]
        self._state_by_code = {state.code: state for state in self.states}
        distances = np.array([[state.distances[power.code] for state in self.states] for power in self.powers])
        self.history = empty_history(
            self.setting.years, distances, float(self.setting.recording.neighbour_distance_km))
        self.pull: dict[tuple[str, str], float] = {}
        relaxations, dynamics = self.setting.relaxations, self.setting.dynamics
        self.exit_cost = dynamics.exit_cost if relaxations.exit_friction else 0.0
        self.misperception = dynamics.misperception if relaxations.misperception else 0.0
        self.is_collecting = collect
        self.datacollector = mesa.DataCollector(model_reporters=model_reporters(self.setting) if collect else {})
        self._measured: tuple[int, dict[str, float]] = (-1, {})

    # --- the year ---------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One year: drift, review, negotiate, crises and wars, learning, record."""
        if self.year >= self.setting.years:
            self.running = False
            return
        self.year += 1
        self.luck.year = np.uint64(self.year)
        for agent in (*self.states, *self.powers):
            if self.setting.relaxations.drift and isinstance(agent, WeakState):
                agent.drift()
            agent.perceive()
        self.pull = self.rival_pulls()
        for power in self.activation():
            power.review()
        for power in self.activation():
            power.negotiate()
        tests = agent_crises.run_crises(self)
        if self.setting.relaxations.learning and self.setting.assumptions.information == "incomplete":
            agent_crises.learn(self, tests)
        for state in self.states:
            state.refresh()
        self.record()
        if self.is_collecting:
            self.datacollector.collect(self)
        self.running = self.year < self.setting.years

    def run(self) -> History:
        """All years that are left; returns the history."""
        while self.running:
            self.step()
        return self.history

    def activation(self) -> list[MajorPower]:
        """The major powers in the order in which they act this year."""
        order = self.setting.assumptions.activation
        if order == "random":
            return sorted(self.powers, key=lambda power: self.luck.uniform(power.address, Decision.ACTIVATION))
        if order == "strongest_first":
            return sorted(self.powers, key=lambda power: -power.record.capability)
        return self.powers

    def saw(self, phase: str, power: MajorPower, state: WeakState | None, outcome: str, **figures: float) -> None:
        """Told of every decision just before it takes effect; a tracing model keeps them, this one does not.

        phase: review, agenda, talks or crisis; figures: what was compared.
        """

    # --- what agents ask of the world -------------------------------------------------------------------------------

    def power(self, code: str) -> MajorPower:
        """The major power of this code."""
        return self._power_by_code[code]

    def is_resolute(self, power: MajorPower) -> bool:
        """The true type of a major power, drawn once a history where the scenario says so."""
        resolve = power.record.resolve
        if resolve.type == "drawn":
            return self.luck.uniform(power.address, Decision.TYPE) < resolve.prior
        return resolve.type == "resolute"

    def prior_belief(self, power: str) -> float:
        """What weak states believe at the start: the prior, or the truth where information is complete."""
        if self.setting.assumptions.information == "complete":
            return 1.0 if self.power(power).is_resolute else 0.0
        return self.setting.major_powers[power].resolve.prior

    def seen(self, state: WeakState, eye: np.uint64, rate: Decision, challenger: Decision) -> tuple[float, float]:
        """(crisis rate, challenger) of a state as somebody perceives them this year."""
        if self.misperception == 0.0:
            return state.crisis_rate, state.challenger
        return (perceived(state.crisis_rate, self.misperception, self.luck.normal(state.address, rate, eye), 1.0),
                perceived(state.challenger, self.misperception, self.luck.normal(state.address, challenger, eye), 1.0))

    def rival_pulls(self) -> dict[tuple[str, str], float]:
        """For every pair, the chance that a competitor takes the state if this power does not.

        Among several major powers: 1 if another one could agree with the state on grounds other than denial.
        """
        is_given = len(self.powers) == 1 or self.setting.assumptions.rival_pull == "given"
        given = {(power.code, state.code): float(state.record.toward[power.code].rival_pull)
                 for power in self.powers for state in self.states}
        if is_given:
            return given
        ready = {(power.code, state.code): self.is_ready(power, state)
                 for power in self.powers for state in self.states}
        return {(power.code, state.code): float(any(ready[other.code, state.code] for other in self.powers
                                                    if other is not power))
                for power in self.powers for state in self.states}

    def is_ready(self, power: MajorPower, state: WeakState) -> bool:
        """Whether the two could agree on a pact, denial left out."""
        true = (state.crisis_rate, state.challenger)
        return meeting.ready(*power.inputs(state, true, true, rival_pull=0.0))

    def other_loss(self, power: MajorPower, state: WeakState, view: tuple[float, float]) -> float:
        """The state's least expected loss without a pact with `power`: under another's pact or eyes."""
        losses = [ALONE]
        for other in self.powers:
            if other is power:
                continue
            portfolio = other.portfolio(state)
            now = other.circumstances(state, view, view, rival_pull=0.0)
            inputs = self.rules, other.traits, state.traits, state.relations[other.code], now, portfolio
            if other.code in state.pacts and not self.setting.assumptions.exclusivity:
                pact = state.pacts[other.code]
                losses.append(meeting.play(*inputs, True, pact.commitment, pact.autonomy).loss)
            else:
                losses.append(loss_without_pact(self.rules, other.traits, state.relations[other.code], now,
                                                portfolio.mean_binding))
        return min(losses)

    def outside_option(self, state: WeakState, power: MajorPower) -> float:
        """w: the best that the state could get without this power, by its own perception."""
        options = [self.standing_gain(state, power) + (self.exit_cost if self.has_another(state, power) else 0.0)]
        if self.setting.assumptions.exclusivity:
            options += [meeting.offer(*other.at_the_table(state)) for other in self.powers if other is not power]
        return max(options)

    def standing_gain(self, state: WeakState, power: MajorPower) -> float:
        """What the state has in hand without this power: its pact with another where pacts exclude, or an offer from
        outside the scenario."""
        gains = [float(state.record.outside_option)]
        if self.has_another(state, power):
            gains += [self.power(patron).appraise(state)[0] for patron in state.patrons()]
        return max(gains)

    def likely_floor(self, state: WeakState, power: MajorPower, view: tuple[float, float]) -> float:
        """What a major power expects that it must offer a state: the outside option at a glance, as it sees it."""
        options = [self.standing_gain(state, power)]
        if self.setting.assumptions.exclusivity:
            options += [meeting.glimpse(*other.inputs(state, view, view))
                        for other in self.powers if other is not power]
        return max(options)

    def has_another(self, state: WeakState, power: MajorPower) -> bool:
        """Whether a pact with this power would cost the state a pact with another."""
        return self.setting.assumptions.exclusivity and bool(state.pacts) and power.code not in state.pacts

    def play(self, power: MajorPower, state: WeakState) -> meeting.Play:
        """The crisis of a state as it would be played with this power in it, at true circumstances."""
        pact = state.pacts.get(power.code)
        terms = (pact.commitment, pact.autonomy) if pact else (0.0, 0.0)
        true = (state.crisis_rate, state.challenger)
        return meeting.play(*power.inputs(state, true, true), pact is not None, *terms)

    # --- the record -------------------------------------------------------------------------------------------------

    def row(self, power: MajorPower) -> np.ndarray:
        """This year's record of a major power, one number per `Series`."""
        return self.history.series[self.year - 1, self.powers.index(power)]

    def record(self) -> None:
        """Phase 7: what each major power's portfolio is and is worth, at true values."""
        for index, power in enumerate(self.powers):
            row = self.row(power)
            for place, state in enumerate(self.states):
                pact = state.pacts.get(power.code)
                row[Series.BELIEF] += state.beliefs[power.code] / len(self.states)
                if pact is not None:
                    self.record_pact(index, place, power, state, pact)
            pairs = sum(1.0 for ally in power.allies() for other in ally.rivals
                        if other > ally.code and power.code in self.state(other).pacts)
            tally_portfolio(row, self.rules, power.traits, power.portfolio(), pairs)

    def record_pact(self, index: int, place: int, power: MajorPower, state: WeakState, pact: Pact) -> None:
        """One pact of the year, in the arrays and in the power's row."""
        year = self.year - 1
        true = (state.crisis_rate, state.challenger)
        distance = state.distances[power.code]
        tally_pact(self.row(power), *power.inputs(state, true, true), pact.commitment, pact.autonomy, distance,
                   distance <= self.setting.recording.neighbour_distance_km)
        self.history.commitment[year, index, place] = pact.commitment
        self.history.autonomy[year, index, place] = pact.autonomy
        self.history.since[year, index, place] = pact.since
        if pact.since < self.year:
            self.row(power)[Series.PERSISTED] += 1.0

    def state(self, code: str) -> WeakState:
        """The weak state of this code."""
        return self._state_by_code[code]

    def measures(self) -> dict[str, float]:
        """All measures so far, by ``<power>.<measure>``; see `measures.MEASURES` for unit and definition."""
        if self._measured[0] != self.year:
            self._measured = self.year, {
                f"{power.code}.{name}": measure(name, self.history, index, self.year,
                self.setting.recording.window_years) for index, power in enumerate(self.powers) for name in MEASURES}
        return self._measured[1]


def seed_of(rng: Any) -> int:
    """The integer seed that an `rng` argument stands for."""
    if rng is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**31))
    return int(rng)


def model_reporters(scenario: Scenario) -> dict[str, Any]:
    """Reporters for Mesa's DataCollector: this year's series and the measures so far, by ``<power>.<name>``."""
    reporters: dict[str, Any] = {}
    for index, power in enumerate(scenario.major_powers):
        for series in SERIES:
            reporters[f"{power}.yearly.{series.name.lower()}"] = _series_reporter(index, series)
        for name in MEASURES:
            reporters[f"{power}.{name}"] = _measure_reporter(f"{power}.{name}")
    return reporters


def _series_reporter(index: int, series: Series) -> Any:
    return lambda model: float(model.history.series[model.year - 1, index, series])


def _measure_reporter(key: str) -> Any:
    return lambda model: model.measures()[key]
