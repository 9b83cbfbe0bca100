"""In which order weak states are listed: nearest first, by name, or those first of which the major power gains most.

The order is asked for once, by a command, and holds for all tables and figures that are made inside `listing_states`;
without it each list has its own usual order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

Pair = tuple[str, str]
"""Codes of a major power and of a weak state."""


class StateOrder(StrEnum):
    """An order of weak states, for each major power."""

    DISTANCE = "distance"
    NAME = "name"
    GAIN = "gain"


WORDS = {StateOrder.DISTANCE: "nearest first", StateOrder.NAME: "by name",
         StateOrder.GAIN: "those first of which the power gains most"}


class _Asked(NamedTuple):
    """The order that was asked for, if any, and what each major power gains of its pacts, payoff per year."""

    order: StateOrder | None = None
    gains: Mapping[Pair, float] = MappingProxyType({})


USUAL = _Asked()
_ASKED: ContextVar[_Asked] = ContextVar("order of states", default=USUAL)


@contextmanager
def listing_states(order: StateOrder | None, gains: Mapping[Pair, float] | None = None) -> Iterator[None]:
    """Has states be listed in this order inside; None: in the usual ones.

    gains : of the major power, by pair; states without one come last, nearest first.
    """
    token = _ASKED.set(_Asked(order, gains or {}))
    try:
        yield
    finally:
        _ASKED.reset(token)


def order_in_words(usual: StateOrder) -> str:
    """The order, as it stands in a caption."""
    return WORDS[_ASKED.get().order or usual]


def arranged(pairs: Iterable[tuple[str, str, float]], usual: StateOrder | None = None) -> list[int]:
    """Places of pairs (power, state, distance in km) in the order that was asked for, or else in the usual one; None:
    as they come."""
    pairs, asked = list(pairs), _ASKED.get()
    order = asked.order or usual

    def rank(place: int) -> tuple[Any, ...]:
        power, state, distance = pairs[place]
        if order is StateOrder.NAME:
            return (state, distance)
        gain = asked.gains.get((power, state), float("-inf")) if order is StateOrder.GAIN else 0.0
        return -gain, distance, state

    return list(range(len(pairs))) if order is None else sorted(range(len(pairs)), key=rank)


def arranged_table(table: Any, usual: StateOrder | None = None, power: str = "major_power", state: str = "weak_state",
                   distance: str = "distance_km") -> Any:
    """The rows of a data frame in that order; power, state, distance : its columns."""
    return table.iloc[arranged(zip(table[power], table[state], table[distance], strict=True), usual)]
