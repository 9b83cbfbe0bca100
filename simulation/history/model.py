"""A history as a Mesa model: the same arrays and decisions as in a sweep, with an agent for every actor.

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

from simulation.history import crises, year
from simulation.history.agents import MajorPower, WeakState
from simulation.history.decisions import LoggedDecision, decisions_in, room_for
from simulation.history.measures import evaluated, measures_in, series_names
from simulation.history.series import History
from simulation.history.simulate import blank_history
from simulation.history.state import NO_LOG, PairColumn, new_state
from simulation.history.world import world_of
from simulation.scenario.broken_terms import broken_term
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.theory.own_terms import NotFiniteError


class AllianceModel(mesa.Model):  # type: ignore[misc] # Mesa has no types
    """One history of a scenario.

    Parameters
    ----------
    scenario : a `Scenario`, or the path of a scenario file.
    rng : the seed, an integer of 0 or more; a NumPy generator draws one; None takes one from the operating system.
    replication : number of the history under this seed; chance is a function of both.
    collect : whether `datacollector` collects every year (sweeps read `history` instead).
    power_class, state_class : classes of the agents, subclasses of `MajorPower` and `WeakState`.
    log_decisions : whether every decision is kept, for `decisions`.
    replacements : values by dotted path, as in ``**{"weak_states.*.crisis_rate": 0.3}``.

    Attributes
    ----------
    setting : the scenario, replacements made. powers, states : the agents, in the scenario's order.
    history : the record so far, as arrays. world, current : what no history changes, and what this one does.

    Raises
    ------
    Refusal : the scenario or a replacement is not allowed.
    """

    def __init__(self, scenario: Scenario | str | Path, *, rng: Any = None, replication: int = 0, collect: bool = True,
                 power_class: type[MajorPower] = MajorPower, state_class: type[WeakState] = WeakState,
                 log_decisions: bool = False, **replacements: Any):
        self.seed = seed_of(rng)
        super().__init__(rng=self.seed)
        loaded = scenario if isinstance(scenario, Scenario) else load_scenario(Path(scenario))
        self.setting = loaded.replace_all(replacements)
        self.replication = int(replication)
        self.world = world_of(self.setting)
        self.current = new_state(
            self.world, self.seed, self.replication, room_for(self.world) if log_decisions else NO_LOG)
        self.history: History = blank_history(self.world)
        self._tested, self._evidence = crises.no_tests(len(self.setting.states))
        self.powers = [power_class(self, code, number) for number, code in enumerate(self.setting.major_powers)]
        self.states = [state_class(self, code, number) for number, code in enumerate(self.setting.states)]
        self._power_by_code = {power.code: power for power in self.powers}
        self._state_by_code = {state.code: state for state in self.states}
        self.is_collecting = collect
        self.datacollector = mesa.DataCollector(model_reporters=model_reporters(self.setting) if collect else {})
        self._measured: tuple[int, dict[str, float]] = (-1, {})

    # --- the year -----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One year: drift, review, negotiate, crises and wars, learning, record.

        Raises `Refusal` where a formula of the scenario stops being a number.
        """
        if self.year >= self.setting.years:
            self.running = False
            return
        self.year += 1
        try:
            self._live()
        except NotFiniteError as error:
            error.year = self.year
            raise broken_term(self.setting, error) from None
        if self.is_collecting:
            self.datacollector.collect(self)
        self.running = self.year < self.setting.years

    def _live(self) -> None:
        for state in self.states:
            if self.setting.relaxations.drift:
                state.drift()
            state.perceive()
        for power in self.powers:
            power.perceive()
        self.update_rival_pull()
        for power in self.activation():
            power.review()
        for power in self.activation():
            power.negotiate()
        self.play_crises()
        if self.world.switches.learns:
            self.learn()
        for state in self.states:
            state.refresh()
        self.record()

    def run(self) -> History:
        """All years that are left; returns the history."""
        while self.running:
            self.step()
        return self.history

    def activation(self) -> list[MajorPower]:
        """The major powers in the order in which they act this year."""
        return [self.powers[number] for number in year.activation(self.world, self.current)]

    def update_rival_pull(self) -> None:
        """For every pair, the chance that a competitor takes the state if this power does not."""
        year.update_rival_pull(self.world, self.current)

    def play_crises(self) -> None:
        """Phases 4 and 5: all crises and wars of the year, in the scenario's order."""
        crises.play_crises(self.world, self.current, self.series, self._tested, self._evidence)

    def learn(self) -> None:
        """Phase 6: every state updates what it believes."""
        crises.learn(self.world, self.current, self._tested, self._evidence)

    def record(self) -> None:
        """Phase 7: what each major power's portfolio is and is worth, at true values."""
        crises.record_year(self.world, self.current, self.history)

    # --- what there is to read ----------------------------------------------------------------------------------------

    @property
    def year(self) -> int:
        """The year of the history: 0 before the first."""
        return int(self.current.year[0])

    @year.setter
    def year(self, number: int) -> None:
        self.current.year[0] = number

    @property
    def series(self) -> np.ndarray:
        """This year's record: (P, K), a row per major power, one number per `Series`."""
        row: np.ndarray = self.history.series[self.year - 1]
        return row

    def power(self, code: str) -> MajorPower:
        """The major power of this code. Raises KeyError if there is none."""
        return self._power_by_code[code]

    def state(self, code: str) -> WeakState:
        """The weak state of this code. Raises KeyError if there is none."""
        return self._state_by_code[code]

    def rival_pull(self, power: MajorPower, state: WeakState) -> float:
        """The chance that a competitor takes the state if this power does not, this year."""
        return float(self.current.pairs[power.number, state.number, PairColumn.PULL])

    def decisions(self) -> list[LoggedDecision]:
        """Every decision so far, in order; empty without `log_decisions`."""
        return decisions_in(self.current, list(self.setting.major_powers), list(self.setting.states))

    def measures(self) -> dict[str, float]:
        """All measures so far, by ``<power>.<measure>``; see `measures.MEASURES` for unit and definition."""
        if self._measured[0] != self.year:
            self._measured = self.year, {
                f"{power.code}.{name}": evaluated(wanted, self.history, power.number, self.year,
                                                  self.setting.recording.window_years)
                for power in self.powers for name, wanted in measures_in(self.setting).items()}
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
        for place, series in enumerate(series_names(scenario)):
            if series:
                reporters[f"{power}.yearly.{series}"] = _series_reporter(index, place)
        for name in measures_in(scenario):
            reporters[f"{power}.{name}"] = _measure_reporter(f"{power}.{name}")
    return reporters


def _series_reporter(index: int, series: int) -> Any:
    return lambda model: float(model.history.series[model.year - 1, index, series])


def _measure_reporter(key: str) -> Any:
    return lambda model: model.measures()[key]
