"""Stylised weak states drawn from distributions, for work on the theory rather than on a region.

Called by `Scenario.states`. Each figure of each state has an address of its own (seed, state, field), so that a larger
population holds the smaller one unchanged.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import itertools
import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from simulation.errors import Refusal
from simulation.scenario.distributions import Distribution, Draw, Population, RelationDraw
from simulation.scenario.parameters import Record, Relation, WeakState

if TYPE_CHECKING:
    from numpy.random import Generator

STANDARD_NORMAL = NormalDist()
NAMES = {"count", "seed", "prefix", "toward"}


class _Luck:
    """The streams of random numbers of a population, by address: one generator, which is set to the beginning of each,
    for to make one takes longer than to draw from it."""

    def __init__(self, seed: int):
        # NumPy is slow to import, and few scenarios draw their states
        import numpy as np  # noqa: PLC0415

        self.generator = np.random.Generator(np.random.Philox(key=np.array([seed, 0], dtype=np.uint64)))
        self.start = self.generator.bit_generator.state

    def at(self, address: str) -> Generator:
        """The generator at the beginning of the stream with this address."""
        self.start["state"]["key"][1] = int.from_bytes(
            hashlib.blake2b(address.encode(), digest_size=8).digest(), "little")
        self.generator.bit_generator.state = self.start
        return self.generator


@dataclass(frozen=True)
class _Asked:
    """A population by all that is drawn from, so that equal ones are drawn once."""

    text: str
    population: Population = field(compare=False)


def generate(population: Population) -> dict[str, WeakState]:
    """The generated states by code: S001, S002 and so on. Raises `Refusal` if a drawn figure is out of its range."""
    kept = _generated(_Asked(population.model_dump_json(), population))
    return {code: state.model_copy(update={"toward": dict(state.toward), "rivals": list(state.rivals),
                                           "observed": dict(state.observed)}) for code, state in kept.items()}


@functools.lru_cache(4)
def _generated(asked: _Asked) -> dict[str, WeakState]:
    """Those that were asked for last are kept: a sweep draws the same at many settings one after the other, and to draw
    them takes longer than their history."""
    population = asked.population
    width = max(3, len(str(population.count)))
    codes = [f"{population.prefix}{number:0{width}d}" for number in range(1, population.count + 1)]
    luck = _Luck(population.seed)
    return {code: _state(population, luck, code) for code in codes}


def _state(population: Population, luck: _Luck, code: str) -> WeakState:
    figures = {name: _drawn(luck, code, name, getattr(population, name), WeakState)
               for name in type(population).model_fields if name not in NAMES}
    toward = {power: _relation(luck, code, power, draws) for power, draws in population.toward.items()}
    given: dict[str, Any] = figures | {"name": code, "toward": toward}
    return WeakState(**given)


def _relation(luck: _Luck, code: str, power: str, draws: RelationDraw) -> Relation:
    return Relation(**{name: _drawn(luck, code, name, getattr(draws, name), Relation, f"toward.{power}.")
                       for name in RelationDraw.model_fields})


def _drawn(luck: _Luck, code: str, name: str, draw: Draw, record: type[Record], prefix: str = "") -> float:
    """The figure of one state: a number as it stands, or drawn by its address and held to the field's range."""
    low, high, is_open = _range(record, name)
    path = prefix + name
    value = draw if not isinstance(draw, Distribution) else _sample(luck, f"{code}.{path}", draw)
    if isinstance(draw, Distribution) and draw.lognormal is not None:
        value = min(value, high)
    if not low <= value <= high or (is_open and value == low):
        bounds = f"{'above ' if is_open else ''}{low:g} to {high:g}"
        raise Refusal("out of range", f"population.{path}", f"{value:g} (drawn for {code})", bounds)
    return value


@functools.cache
def _range(record: type[Record], name: str) -> tuple[float, float, bool]:
    """Lowest and highest value of a field, and whether the lowest itself is excluded."""
    low, high, is_open = -math.inf, math.inf, False
    for limit in record.model_fields[name].metadata:
        if getattr(limit, "gt", None) is not None:
            low, is_open = limit.gt, True
        low = limit.ge if getattr(limit, "ge", None) is not None else low
        high = limit.le if getattr(limit, "le", None) is not None else high
    return low, high, is_open


def _sample(luck: _Luck, address: str, draw: Distribution) -> float:
    """One number from a distribution, a pure function of seed and address."""
    generator = luck.at(address)
    share = float(generator.random())
    if draw.uniform is not None:
        return draw.uniform.low + (draw.uniform.high - draw.uniform.low) * share
    if draw.lognormal is not None:
        return draw.lognormal.median * math.exp(draw.lognormal.sigma * STANDARD_NORMAL.inv_cdf(max(share, 2.0**-54)))
    if draw.choice is not None:
        weights = draw.choice.weights or [1.0] * len(draw.choice.values)
        place = bisect.bisect_right(list(itertools.accumulate(weights)), share * sum(weights))
        return draw.choice.values[min(place, len(draw.choice.values) - 1)]
    assert draw.beta is not None, "the one distribution that is left"
    return float(generator.beta(draw.beta.a, draw.beta.b))
