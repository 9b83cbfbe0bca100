"""At which value of one parameter a pair becomes allied, or ceases to be: in equilibrium, and in half of the histories.

One parameter moves at a time, from its value outwards through a grid of values to the first at which the answer is
another, and between the two by halving. A turn between two neighbours of the grid and back again goes unseen.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.search import rest_from, search_space_of
from simulation.errors import Refusal
from simulation.history.simulate import begun, go_on
from simulation.history.tables import PREDICTED_FROM, is_in_force
from simulation.history.world import world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.distances import distance_km
from simulation.scenario.parameters import MajorPower, Record, Relation, WeakState
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import walked

FURTHEST = 10.0
"""Values are looked for up to so many times the present one, and down to the like part of it and nothing."""
SMALLEST = 1e-4
"""Where a parameter is 0: the first value tried, as a share of the largest allowed; where it is not: the share of it
from which on less is as good as nothing."""
ROUNDED_BY = 0.01
"""Share of a value by which it is put farther away, so that it can be written in few digits."""
HALF = 0.5
MOST_PASSES, MOST_ROUNDS = 20, 25
"""From an equilibrium to the one beside it responses need few; where they go on, there may be none."""

Answer = Callable[[Scenario], float | None]
"""How far a pair is allied under a setting, from 0 to 1; None where that cannot be told."""


@dataclass(frozen=True)
class Precision:
    """How closely turns are looked for: values tried to either side, and the share of a value within which a turn is
    placed."""

    steps: int
    within: float


IN_EQUILIBRIUM, IN_HISTORIES = Precision(24, 1e-3), Precision(6, 2e-2)
"""How closely it is worth looking: of histories there are few, and each takes long."""


@dataclass(frozen=True)
class Turn:
    """A value at which the answer is another than at the present one, and the answer there."""

    value: float
    answer: float


@dataclass(frozen=True)
class Turning:
    """A parameter by path, its value, and where it turns the answer in equilibrium and in histories, if anywhere."""

    path: str
    value: float
    equilibrium: Turn | None
    histories: Turn | None


@dataclass(frozen=True)
class Question:
    """Whether a pair is allied, and what would turn that.

    pacts : of the equilibrium that is looked at; None where there is none; histories : whose share is looked at; 0:
    none; at_rest, lived : the answers in equilibrium and in histories at the present values; None where there is none.
    """

    scenario: Scenario
    pacts: dict[str, Contract] | None
    power: str
    state: str
    histories: int
    seed: int
    at_rest: float | None
    lived: float | None

    def turning(self, path: str) -> Turning:
        """Where a parameter turns the answers."""
        found: list[Turn | None] = [None, None]
        if self.pacts is not None and self.at_rest is not None:
            answer = in_equilibrium(self.pacts, self.power, self.state)
            found[0] = nearest_turn(self.scenario, path, answer, self.at_rest, IN_EQUILIBRIUM)
        if self.lived is not None:
            answer = in_histories(self.power, self.state, self.histories, self.seed, self.lived >= HALF)
            found[1] = nearest_turn(self.scenario, path, answer, self.lived, IN_HISTORIES)
        return Turning(path, present(self.scenario, path), *found)


def question(scenario: Scenario, pacts: dict[str, Contract] | None, power: str, state: str, histories: int,
             seed: int) -> Question:
    """The question, with its answers at the present values."""
    at_rest = None if pacts is None else in_equilibrium(pacts, power, state)(scenario)
    lived = in_histories(power, state, histories, seed)(scenario) if histories else None
    return Question(scenario, pacts, power, state, histories, seed, at_rest, lived)


def in_equilibrium(pacts: dict[str, Contract], power: str, state: str) -> Answer:
    """Whether the pair is allied where best responses lead from an equilibrium."""
    def answer(scenario: Scenario) -> float | None:
        found = rest_from(search_space_of(scenario), pacts, MOST_PASSES, MOST_ROUNDS)
        if found is None:
            return None
        return float(state in found and found[state].power == power)

    return answer


def in_histories(power: str, state: str, number: int, seed: int, is_usual: bool | None = None) -> Answer:
    """The share of histories, all under the same luck, that predict the pair to be allied; as `history.tables` does.

    is_usual : whether half of the histories predict so at the present value, if that is known. The same answer
    elsewhere then need only be right about that: histories that cannot change it are not run.
    """
    @tells_broken_terms
    def answer(scenario: Scenario) -> float:
        world = world_of(scenario)
        places = list(scenario.major_powers).index(power), list(scenario.states).index(state)
        window = min(scenario.recording.window_years, scenario.years)
        allied = 0
        for replication in range(number):
            current, history = begun(world, seed, replication)
            go_on(world, current, history, scenario.years)
            allied += bool(is_in_force(history, places[0])[-window:, places[1]].mean() >= PREDICTED_FROM)
            least, most = allied / number, (allied + number - replication - 1) / number
            if is_usual is not None and (least >= HALF if is_usual else most < HALF):
                return least if is_usual else most
        return allied / number

    return answer


def parameters_of(scenario: Scenario, power: str, state: str) -> list[str]:
    """Paths of all real numbers of a weak state, of its standing towards a major power, and of the power."""
    own = [] if state not in scenario.weak_states else [
        *_numbers(WeakState, f"weak_states.{state}"), *_numbers(Relation, f"weak_states.{state}.toward.{power}")]
    return [*own, *_numbers(MajorPower, f"major_powers.{power}")]


def nearest_turn(scenario: Scenario, path: str, answer: Answer, now: float, precision: Precision) -> Turn | None:
    """The nearest value of a parameter at which the answer lies on the other side of a half; None where none was found.

    now : the answer at the present value. Values that the scenario does not allow are not tried. Of two turns, one to
    either side, that with the smaller factor is the nearer.
    """
    value = present(scenario, path)
    found = [turn for side in _grid(scenario, path, value, precision.steps)
             if (turn := _turn(scenario, path, answer, now >= HALF, (value, *side), precision)) is not None]
    return min(found, key=lambda turn: factor(value, turn.value), default=None)


def present(scenario: Scenario, path: str) -> float:
    """The value of a parameter now; the distance that follows from capitals where none is given."""
    value = scenario.value(path)
    keys = path.split(".")
    return distance_km(scenario, keys[-2], keys[1]) if value is None else float(value)


def factor(value: float, other: float) -> float:
    """How many times the one is the other, from 1; infinity where one of them is 0."""
    return max(value / other, other / value) if value > 0.0 and other > 0.0 else math.inf


def _turn(scenario: Scenario, path: str, answer: Answer, is_allied: bool, values: tuple[float, ...],
          precision: Precision) -> Turn | None:
    """The first turn along values, of which the first is the present one; none beyond a value that tells nothing."""
    def told(value: float) -> Turn | None:
        """The value with its answer, if that is another than now."""
        found = answer(scenario.replace(path, value))
        if found is None:
            raise _Untold
        return None if (found >= HALF) == is_allied else Turn(value, found)

    here = values[0]
    try:
        for there in values[1:]:
            turn = told(there)
            if turn is not None:
                return _rounded(_halved(here, turn, told, precision.within, SMALLEST * values[0]), here, told)
            here = there
    except (Refusal, _Untold):  # a value that is not allowed beside the others, or from which responses do not rest
        pass
    return None


class _Untold(Exception):
    """An answer that cannot be told."""


def _halved(here: float, turn: Turn, told: Callable[[float], Turn | None], within: float, smallest: float) -> Turn:
    """The turn between a value and one beyond it; below the smallest that is told apart from nothing, at nothing."""
    while abs(turn.value - here) > within * max(turn.value, here, smallest):
        middle = (here + turn.value) / 2.0
        found = told(middle)
        if found is None:
            here = middle
        else:
            turn = found
    return turn


def _rounded(turn: Turn, here: float, told: Callable[[float], Turn | None]) -> Turn:
    """The turn at a number of few digits that lies beyond it, so that what is printed turns the answer as well."""
    for digits in (2, 3, 4, 5):
        unit = 10.0 ** (math.floor(math.log10(abs(turn.value))) - digits + 1) if turn.value else 1.0
        away = math.ceil if turn.value > here else math.floor
        value = float(f"{away(turn.value / unit) * unit:.{digits}g}")
        if abs(value - turn.value) <= ROUNDED_BY * abs(turn.value):
            with contextlib.suppress(Refusal, _Untold):
                if (found := told(value)) is not None:
                    return found
    return turn


def _grid(scenario: Scenario, path: str, value: float, steps: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values above the present one, and below it, each farther than the one before."""
    limits = {name: float(getattr(limit, name)) for limit in walked(type(scenario), tuple(path.split("."))).metadata
              for name in ("ge", "gt", "le", "lt") if hasattr(limit, name)}
    high, low = limits.get("le", limits.get("lt", math.inf)), limits.get("ge", limits.get("gt", 0.0))
    if value == 0.0:
        return tuple(high * SMALLEST ** (1.0 - step / steps) for step in range(steps + 1)), ()
    factors = [FURTHEST ** (step / steps) for step in range(1, steps + 1)]
    above = [value * times for times in factors if value * times < high]
    below = [value / times for times in factors if value / times > low]
    at_ends = [high] * (len(above) < steps and "le" in limits), [low] * ("ge" in limits)
    return (*above, *at_ends[0]), (*below, *at_ends[1])


def _numbers(record: type[Record], under: str) -> Iterator[str]:
    """Paths of the real numbers of a record and of the records in it, but for places on the globe."""
    for name, field in record.model_fields.items():
        annotation: Any = field.annotation
        if annotation in (float, float | None):
            yield f"{under}.{name}"
        elif isinstance(annotation, type) and issubclass(annotation, Record):
            yield from _numbers(annotation, f"{under}.{name}")
