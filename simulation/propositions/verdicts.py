"""From effects to verdicts: by intervals against zero and against the smallest effect of interest.

A prediction is decided by where its interval lies; p-values are neither needed nor shown. Over a family of predictions
the intervals are those of Holm's procedure (Holm 1979): the widest first, and with each prediction that they decide,
the others' intervals get narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from simulation.study.effects import Effect, Interval


class Verdict(StrEnum):
    """What is said of a prediction or a proposition."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NEGLIGIBLE = "negligible"
    UNDECIDED = "undecided"
    NOTHING = "nothing to measure"


class Direction(StrEnum):
    """What is predicted of an effect: its sign, or that there is none to speak of."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NONE = "none"


class KnockOutVerdict(StrEnum):
    """What became of an effect when the mechanism that should make it was switched off."""

    VANISHED = "vanished"
    REMAINED = "remained"
    APPEARED = "appeared"
    STAYED_AWAY = "stayed away"
    UNDECIDED = "undecided"
    NOTHING = "nothing left to measure"


class Judged(NamedTuple):
    """A verdict with the interval by which it was reached."""

    verdict: Verdict
    interval: Interval


def verdict_of(interval: Interval, direction: Direction, smallest: float) -> Verdict:
    """What an interval says of a prediction.

    Inside the bounds of `smallest` on both sides of zero: negligible (supported, if no effect was predicted). Else, on
    one side of zero: supported or contradicted. An interval outside the bounds contradicts that there is no effect.
    """
    is_inside = -smallest < interval.low and interval.high < smallest
    if direction is Direction.NONE:
        if is_inside:
            return Verdict.SUPPORTED
        is_outside = interval.low >= smallest or interval.high <= -smallest
        return Verdict.CONTRADICTED if is_outside else Verdict.UNDECIDED
    if is_inside:
        return Verdict.NEGLIGIBLE
    if interval.low > 0.0:
        return Verdict.SUPPORTED if direction is Direction.POSITIVE else Verdict.CONTRADICTED
    if interval.high < 0.0:
        return Verdict.SUPPORTED if direction is Direction.NEGATIVE else Verdict.CONTRADICTED
    return Verdict.UNDECIDED


def judged[Name](family: Mapping[Name, tuple[Effect, Direction, float]], alpha: float,
                 others: int = 0) -> dict[Name, Judged]:
    """The verdict on each prediction of a family: (effect, direction, smallest effect of interest) by name.

    others : further predictions of the family that are not looked at now; they keep their share of `alpha`.

    The probability of any false decision in the family is at most `alpha`, as far as the intervals keep their level.
    """
    found: dict[Name, Judged] = {}
    open_ones = dict(family)
    while open_ones:
        level = 1 - alpha / (len(open_ones) + others)
        now = {name: _judged(*part, level) for name, part in open_ones.items()}
        decided = [name for name, judgement in now.items() if judgement.verdict is not Verdict.UNDECIDED]
        if not decided:
            return {name: (found | now)[name] for name in family}
        found |= {name: now[name] for name in decided}
        open_ones = {name: part for name, part in open_ones.items() if name not in decided}
    return {name: found[name] for name in family}


def _judged(effect: Effect, direction: Direction, smallest: float, level: float) -> Judged:
    interval = effect.interval(level)
    return Judged(verdict_of(interval, direction, smallest) if effect.pairs else Verdict.NOTHING, interval)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a proposition from those on its predictions: supported only if all are.

    One that is contradicted decides; else one that is undecided, or has nothing to measure, leaves it undecided; else
    one that is negligible makes it so.
    """
    verdicts = list(verdicts)
    if Verdict.CONTRADICTED in verdicts:
        return Verdict.CONTRADICTED
    if Verdict.UNDECIDED in verdicts or Verdict.NOTHING in verdicts:
        return Verdict.UNDECIDED
    return Verdict.NEGLIGIBLE if Verdict.NEGLIGIBLE in verdicts else Verdict.SUPPORTED


def knocked_out(effect: Effect, smallest: float, alpha: float, is_to_appear: bool) -> KnockOutVerdict:
    """What a knock-out did to an effect.

    It has vanished if its interval lies inside the bounds, and remained if that lies on one side of zero and not
    inside. Where an effect is to appear, it has if its interval lies outside the bounds, and has stayed away if inside.
    """
    if not effect.pairs:
        return KnockOutVerdict.NOTHING
    interval = effect.interval(1 - alpha)
    if -smallest < interval.low and interval.high < smallest:
        return KnockOutVerdict.STAYED_AWAY if is_to_appear else KnockOutVerdict.VANISHED
    if is_to_appear:
        is_outside = interval.low >= smallest or interval.high <= -smallest
        return KnockOutVerdict.APPEARED if is_outside else KnockOutVerdict.UNDECIDED
    is_off_zero = interval.low > 0.0 or interval.high < 0.0
    return KnockOutVerdict.REMAINED if is_off_zero else KnockOutVerdict.UNDECIDED
