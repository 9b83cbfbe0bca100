"""Replications until an estimate is narrow enough, point by point.

All points get `at_least` histories; then, batch by batch, those go on whose interval for one measure is wider than
asked. A batch is decided on when all of it is there, from the histories in the order of their replications: which
histories a point gets follows from the study alone, and not from time, processes or interruptions.

The half-width is estimated from the very histories that decide when to stop, so an interval at the end covers a little
less often than it says (Chow & Robbins 1965, doi 10.1214/aoms/1177700156, show that it is right in the limit of narrow
intervals); `at_least` guards against stopping on a few histories that happen to be alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, NamedTuple

import numpy as np

from simulation.study.stopping_rule import Until

FIRST_GROUP = 2
"""The first group of histories is small: its time tells whether workers are worth starting."""


def half_width(values: np.ndarray, confidence: float) -> float:
    """Half the length of the interval of a mean (Student's t), for at least two numbers without NaN."""
    from scipy.special import stdtrit  # noqa: PLC0415 - slow to import, for what most commands never ask

    number = values.size
    return float(stdtrit(number - 1, (1 + confidence) / 2) * np.std(values, ddof=1) / math.sqrt(number))


class Ending(NamedTuple):
    """After how many replications a point stopped, and why."""

    replications: int
    reason: str


NARROW, NOTHING, LIMIT = "narrow enough", "nothing to measure", "at_most reached"


@dataclass
class Stopping:
    """Which points still get histories; told of one batch of replications after the other.

    Attributes
    ----------
    rule : when a point has enough.
    points : number of points.
    decided : replications that have been decided on; the batch that comes next begins there.
    ends : points that have stopped.
    values : for each point the numbers that count, in the order of the replications.
    """

    rule: Until
    points: int
    decided: int = 0
    ends: dict[int, Ending] = field(default_factory=dict)
    values: dict[int, list[float]] = field(default_factory=dict)

    def open_points(self) -> list[int]:
        """Points that go on."""
        return [point for point in range(self.points) if point not in self.ends]

    def batch(self) -> range:
        """Replications that come next; none when all points have stopped."""
        if not self.open_points():
            return range(0)
        size = self.rule.batch if self.decided else self.rule.at_least
        return range(self.decided, min(self.decided + size, self.rule.at_most))

    def groups(self, size: int) -> Iterator[tuple[int, ...]]:
        """Numbers of the histories of the next batch, in groups of up to `size` that are run and stored together."""
        going_on = self.open_points()
        numbers = [replication * self.points + point for replication in self.batch() for point in going_on]
        first = min(FIRST_GROUP, size) if self.decided == 0 else 0
        if first:
            yield tuple(numbers[:first])
        yield from batched(numbers[first:], size)

    def decide(self, histories: Iterable[tuple[int, int, float]]) -> None:
        """Takes in a whole batch, as (replication, point, value); NaN where the measure does not exist.

        Raises ValueError if it is not the batch that comes next.
        """
        found = {(replication, point): value for replication, point, value in histories}
        batch, going_on = self.batch(), self.open_points()
        if set(found) != {(replication, point) for replication in batch for point in going_on}:
            raise ValueError("not the histories of the next batch")
        self.decided = batch.stop
        for point in going_on:
            own = self.values.setdefault(point, [])
            own += [value for replication in batch if not math.isnan(value := found[replication, point])]
            reason = self._reason(own)
            if reason:
                self.ends[point] = Ending(self.decided, reason)

    def _reason(self, values: list[float]) -> str:
        if not values:
            return NOTHING
        if len(values) >= self.rule.at_least and half_width(np.array(values), self.rule.confidence
                                                            ) <= self.rule.half_width:
            return NARROW
        return LIMIT if self.decided >= self.rule.at_most else ""

    def told(self) -> list[dict[str, Any]]:
        """Points that have stopped, as plain data."""
        return [{"point_id": point, "replications": end.replications, "reason": end.reason}
                for point, end in sorted(self.ends.items())]

    def sentence(self) -> str:
        """How many points stopped for which reason, in a line."""
        reasons = [end.reason for end in self.ends.values()]
        numbers = ", ".join(f"{reasons.count(reason)} {reason}" for reason in (NARROW, NOTHING, LIMIT)
                            if reason in reasons)
        return f"points stopped: {numbers}" if numbers else "no point has stopped"
