"""Mesa's agents: the arrays of a history seen one actor at a time.

Properties read and write the arrays (`state`); methods make this actor's decision by the compiled function that makes
it in a sweep (`year`). So a subclass that overrides a decision in plain Python gets a history with that behaviour:

    class CautiousPower(MajorPower):
        def negotiate(self):
            if len(self.allies()) < 3:
                super().negotiate()

    AllianceModel("scenarios/russia-2005.yaml", rng=1, power_class=CautiousPower).run()
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from simulation.history import pairs, year
from simulation.history.series import Series
from simulation.history.state import (
    NO_STATE,
    PairColumn,
    PowerColumn,
    StateColumn,
    is_ally,
    leave,
    refresh,
    update_portfolio_sums,
)
from simulation.history.world import PairParameter
from simulation.scenario.parameters import MajorPower as PowerRecord
from simulation.scenario.parameters import WeakState as StateRecord
from simulation.theory import dyad
from simulation.theory.bargaining_problem import Inputs, Portfolio

if TYPE_CHECKING:
    from simulation.history.model import AllianceModel


@dataclass(frozen=True)
class Pact:
    """A contract in force: commitment and autonomy conceded in [0, 1], and the years of the history, from 1, in which
    the pact began and in which it was last agreed on."""

    commitment: float
    autonomy: float
    since: int
    agreed: int


class View(NamedTuple):
    """How somebody perceives a state: crisis rate per year and challenger's capability."""

    crisis_rate: float
    challenger: float


class Column(MutableMapping[str, float]):
    """A column of the arrays by code, such as beliefs by major power; reading and writing go to the arrays."""

    def __init__(self, codes: list[str], values: np.ndarray):
        self._places = {code: place for place, code in enumerate(codes)}
        self._values = values

    def __getitem__(self, code: str) -> float:
        return float(self._values[self._places[code]])

    def __setitem__(self, code: str, value: float) -> None:
        self._values[self._places[code]] = value

    def __delitem__(self, code: str) -> None:
        raise TypeError(f"{code}: every pair has a value")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Pacts(MutableMapping[str, Pact]):
    """The pacts of one actor by the other's code: signing and ending them go to the arrays."""

    def __init__(self, actor: Actor):
        self._actor = actor

    def _pair(self, code: str) -> tuple[int, int]:
        model, actor = self._actor.model, self._actor
        if isinstance(actor, WeakState):
            return model.power(code).number, actor.number
        return actor.number, model.state(code).number

    def __getitem__(self, code: str) -> Pact:
        row = self._actor.model.current.pairs[self._pair(code)]
        if row[PairColumn.SINCE] == 0.0:
            raise KeyError(code)
        return Pact(float(row[PairColumn.COMMITMENT]), float(row[PairColumn.AUTONOMY]), int(row[PairColumn.SINCE]),
                    int(row[PairColumn.AGREED]))

    def __setitem__(self, code: str, pact: Pact) -> None:
        model, (power, state) = self._actor.model, self._pair(code)
        row = model.current.pairs[power, state]
        row[PairColumn.COMMITMENT], row[PairColumn.AUTONOMY] = pact.commitment, pact.autonomy
        row[PairColumn.SINCE], row[PairColumn.AGREED] = pact.since, pact.agreed
        update_portfolio_sums(model.world, model.current, power)

    def __delitem__(self, code: str) -> None:
        self[code]  # a KeyError where there is none
        leave(self._actor.model.world, self._actor.model.current, *self._pair(code))

    def __iter__(self) -> Iterator[str]:
        others = self._actor.model.powers if isinstance(self._actor, WeakState) else self._actor.model.states
        return (other.code for other in others
                if is_ally(self._actor.model.current, *self._pair(other.code)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Actor(mesa.Agent):  # type: ignore[misc] # Mesa has no types
    """What major powers and weak states share: a code, a number in the scenario's order, and pacts."""

    model: AllianceModel

    def __init__(self, model: AllianceModel, code: str, number: int):
        super().__init__(model)
        self.code = code
        self.number = number
        self.pacts = Pacts(self)


def _in_states(column: StateColumn, meaning: str) -> property:
    """A property that reads and writes a column of the weak states' array."""
    def read(agent: WeakState) -> float:
        return float(agent.model.current.states[agent.number, column])

    def write(agent: WeakState, value: float) -> None:
        agent.model.current.states[agent.number, column] = value

    return property(read, write, doc=meaning)


class WeakState(Actor):
    """A weak state: what surrounds it, what it perceives and believes, and its pacts by major power."""

    capability = _in_states(StateColumn.CAPABILITY, "Share of world capability.")
    challenger = _in_states(StateColumn.CHALLENGER, "Capability of its challenger, share of world capability.")
    crisis_rate = _in_states(StateColumn.RATE, "Openings of crises per year.")
    capability_deviation = _in_states(StateColumn.CAPABILITY_DEVIATION, "Drift of capability, log points.")
    challenger_deviation = _in_states(StateColumn.CHALLENGER_DEVIATION, "Drift of the challenger, log points.")
    rate_deviation = _in_states(StateColumn.RATE_DEVIATION, "Drift of the crisis rate, log points.")
    seen_rate = _in_states(StateColumn.SEEN_RATE, "Crisis rate as it perceives it.")
    seen_challenger = _in_states(StateColumn.SEEN_CHALLENGER, "Challenger's capability as it perceives it.")

    @property
    def record(self) -> StateRecord:
        """Its parameters in the scenario."""
        return self.model.setting.states[self.code]

    @property
    def distances(self) -> dict[str, float]:
        """Distance to every major power in km."""
        return {power.code: float(self.model.world.relations[power.number, self.number, PairParameter.DISTANCE_KM])
                for power in self.model.powers}

    @property
    def beliefs(self) -> Column:
        """Its belief that each major power is resolute, a probability by code."""
        return self._by_power(PairColumn.BELIEF)

    @property
    def preference_distances(self) -> Column:
        """Distance of preferences to each major power, in ideal points, by code."""
        return self._by_power(PairColumn.PREFERENCE)

    @property
    def preference_deviations(self) -> Column:
        """Drift of the distance of preferences, log points, by code."""
        return self._by_power(PairColumn.PREFERENCE_DEVIATION)

    def _by_power(self, column: PairColumn) -> Column:
        codes = [power.code for power in self.model.powers]
        return Column(codes, self.model.current.pairs[:, self.number, column])

    def refresh(self) -> None:
        """Takes the levels of its surroundings from their deviations."""
        refresh(self.model.world, self.model.current, self.number, self.number + 1)

    def drift(self) -> None:
        """Phase 1: its surroundings move by small persistent shocks."""
        year.drift(self.model.world, self.model.current, self.number, self.number + 1)

    def perceive(self) -> None:
        """Perceives its crisis rate and its challenger, with this year's error."""
        year.perceive_as_states(self.model.world, self.model.current, self.number, self.number + 1)

    def patrons(self) -> list[str]:
        """Codes of the major powers with which it has a pact, in the scenario's order."""
        return list(self.pacts)

    def leave(self, power: str) -> None:
        """Ends the pact with a major power, by its code. Raises KeyError if there is none."""
        del self.pacts[power]


class MajorPower(Actor):
    """A major power: its type, its fatigue, its pacts, and how it perceives the weak states this year."""

    @property
    def record(self) -> PowerRecord:
        """Its parameters in the scenario."""
        return self.model.setting.major_powers[self.code]

    @property
    def is_resolute(self) -> bool:
        """Whether it is of the resolute type."""
        return bool(self._row[PowerColumn.IS_RESOLUTE])

    @property
    def audience_cost(self) -> float:
        """What breaking a full commitment costs it, payoff."""
        return float(self._row[PowerColumn.AUDIENCE_COST])

    @audience_cost.setter
    def audience_cost(self, value: float) -> None:
        self._row[PowerColumn.AUDIENCE_COST] = value

    @property
    def tired_until(self) -> int:
        """Last year of the history in which an intervention still weighs on its capacity; 0 if there was none."""
        return int(self._row[PowerColumn.TIRED_UNTIL])

    @tired_until.setter
    def tired_until(self, last: int) -> None:
        self._row[PowerColumn.TIRED_UNTIL] = last

    @property
    def _row(self) -> np.ndarray:
        row: np.ndarray = self.model.current.powers[self.number]
        return row

    @property
    def seen(self) -> dict[str, View]:
        """How it perceives every state this year, by code; `see` writes."""
        return {state.code: View(*map(float, pairs.seen_by_power(self.model.current, self.number, state.number)))
                for state in self.model.states}

    def see(self, state: WeakState, crisis_rate: float, challenger: float) -> None:
        """Perceives a state this year by these figures."""
        row = self.model.current.pairs[self.number, state.number]
        row[PairColumn.SEEN_RATE], row[PairColumn.SEEN_CHALLENGER] = crisis_rate, challenger

    def perceive(self) -> None:
        """Perceives every state's crisis rate and challenger, with this year's errors."""
        year.perceive_as_power(self.model.world, self.model.current, self.number)

    def allies(self) -> list[WeakState]:
        """The states with which it has a pact, in the scenario's order."""
        return [self.model.state(code) for code in self.pacts]

    def portfolio(self, state: WeakState | None = None) -> Portfolio:
        """Its pacts, less that with `state`, as this state would join them."""
        found: Portfolio = pairs.portfolio_at(
            self.model.world, self.model.current, self.number, NO_STATE if state is None else state.number)
        return found

    def true_inputs(self, state: WeakState) -> Inputs:
        """The six inputs of `theory.dyad` for this power and a state, at true circumstances."""
        found: Inputs = pairs.true_inputs(self.model.world, self.model.current, self.number, state.number)
        return found

    def perceived_inputs(self, state: WeakState) -> Inputs:
        """The six inputs of `theory.dyad`, with each side's own perception."""
        found: Inputs = pairs.perceived_inputs(self.model.world, self.model.current, self.number, state.number)
        return found

    def gains(self, state: WeakState) -> tuple[float, float]:
        """(weak state's, major power's) gain from the pact in force, payoff per year, each by its own perception.

        Raises KeyError if there is no pact.
        """
        pact = self.pacts[state.code]
        found: tuple[float, float] = dyad.gains(*self.perceived_inputs(state), pact.commitment, pact.autonomy)
        return found

    def crisis_outcome(self, state: WeakState) -> dyad.CrisisOutcome:
        """The crisis of a state as it would go with this power in it, at true circumstances."""
        pact = self.pacts.get(state.code)
        terms = (pact.commitment, pact.autonomy) if pact else (0.0, 0.0)
        found: dyad.CrisisOutcome = dyad.crisis_outcome(*self.true_inputs(state), pact is not None, *terms)
        return found

    # --- decisions ----------------------------------------------------------------------------------------------------

    def review(self) -> None:
        """Phase 2: each of its pacts is compared with its absence by both sides."""
        for state in self.allies():
            self.review_pact(state)

    def review_pact(self, state: WeakState) -> None:
        """One pact compared with its absence; a side for which it does not pay leaves."""
        year.review_pact(self.model.world, self.model.current, self.model.series, self.number, state.number)

    def negotiate(self) -> None:
        """Phase 3: opens as many negotiations as it has attention for, the most promising first."""
        for state in self.agenda():
            self.negotiate_with(state)

    def agenda(self) -> list[WeakState]:
        """Whom it talks to this year, in order."""
        states = self.model.states
        prospects, asked = np.array([self.prospect(state) for state in states]), np.empty(len(states), np.int64)
        number = year.agenda(self.model.world, self.model.current, self.number, prospects,
                             np.zeros(len(states), np.bool_), asked)
        return [states[place] for place in asked[:number]]

    def prospect(self, state: WeakState) -> float:
        """What it expects of talks with a state, payoff per year, by its own perception of both sides, beyond what it
        has; minus infinity where talks cannot lead anywhere."""
        return float(year.prospect(self.model.world, self.model.current, self.number, state.number))

    def outside_option(self, state: WeakState) -> float:
        """The best that the state could get without this power, payoff per year, by the state's own perception."""
        return float(year.outside_option(self.model.world, self.model.current, self.number, state.number))

    def negotiate_with(self, state: WeakState) -> None:
        """Bargains with a state; an agreement replaces any pact between the two, and where pacts are exclusive any
        other."""
        year.negotiate_with(self.model.world, self.model.current, self.model.series, self.number, state.number)

    def count(self, series: Series, amount: float = 1.0) -> None:
        """Adds to this year's record."""
        self.model.series[self.number, series] += amount
