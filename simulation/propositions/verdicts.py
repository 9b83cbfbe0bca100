"""From effects to verdicts, by one rule: where an interval lies against plus and minus the smallest effect of interest.

Turned so that the predicted direction is positive, the interval reaches from l to u; d is the smallest effect of
interest. Supported if l > d; negligible if -d < l and u < d; contradicted if u < -d; else undecided. Where no effect
is predicted: supported if -d < l and u < d, contradicted if l > d or u < -d. So every true effect but exactly plus or
minus d has one verdict, and more histories can only bring it about. That an interval leaves out 0 is told beside the
verdict, and is none.

Each of the predictions of a family is decided at its equal share of `alpha` (Bonferroni). A step-down procedure such
as Holm's gains nothing: of every prediction some verdict would be wrong, whatever is decided of the others, so that as
many wrong ones remain possible as there are predictions (Shaffer 1986, doi 10.1080/01621459.1986.10478341).
The intervals are those of confidence sequences, so that the shares hold at every number of pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
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


OPEN = (Verdict.UNDECIDED, Verdict.NOTHING)
"""What more pairs may still change."""


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
    NOT_TESTED = "not tested"


class Judged(NamedTuple):
    """A verdict with the interval by which it was reached."""

    verdict: Verdict
    interval: Interval


def verdict_of(interval: Interval, direction: Direction, smallest: float) -> Verdict:
    """What an interval says of a prediction, by the rule above; an interval of NaN leaves it undecided."""
    is_inside = -smallest < interval.low and interval.high < smallest
    is_above, is_below = interval.low > smallest, interval.high < -smallest
    if direction is Direction.NONE:
        return (Verdict.SUPPORTED if is_inside else Verdict.CONTRADICTED if is_above or is_below
                else Verdict.UNDECIDED)
    if is_inside:
        return Verdict.NEGLIGIBLE
    as_predicted, against = (is_above, is_below) if direction is Direction.POSITIVE else (is_below, is_above)
    return Verdict.SUPPORTED if as_predicted else Verdict.CONTRADICTED if against else Verdict.UNDECIDED


def is_direction_known(interval: Interval) -> bool:
    """Whether the interval leaves out 0."""
    return interval.low > 0.0 or interval.high < 0.0


def prediction_verdict(effect: Effect, direction: Direction, smallest: float, alpha: float) -> Judged:
    """The verdict on a prediction that may be wrong with probability `alpha`, at whatever number of pairs it is
    asked for."""
    interval = effect.sequence(1.0 - alpha)
    return Judged(verdict_of(interval, direction, smallest) if effect.pairs else Verdict.NOTHING, interval)


def proposition_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a proposition from those on its predictions: supported only if all are.

    One that is contradicted decides; else one that is undecided, or has nothing to measure, leaves it undecided; else
    one that is negligible makes it so.
    """
    verdicts = list(verdicts)
    if Verdict.CONTRADICTED in verdicts:
        return Verdict.CONTRADICTED
    if any(verdict in OPEN for verdict in verdicts):
        return Verdict.UNDECIDED
    return Verdict.NEGLIGIBLE if Verdict.NEGLIGIBLE in verdicts else Verdict.SUPPORTED


def knocked_out(effect: Effect, smallest: float, alpha: float, is_to_appear: bool) -> tuple[KnockOutVerdict, Interval]:
    """What a knock-out did to an effect, and by which interval.

    An effect that is to vanish has if its interval lies inside the bounds, and remained if outside of them, on either
    side. One that is to appear has if outside, and has stayed away if inside.
    """
    interval = effect.sequence(1.0 - alpha)
    if -smallest < interval.low and interval.high < smallest:
        return KnockOutVerdict.STAYED_AWAY if is_to_appear else KnockOutVerdict.VANISHED, interval
    if interval.low > smallest or interval.high < -smallest:
        return KnockOutVerdict.APPEARED if is_to_appear else KnockOutVerdict.REMAINED, interval
    return KnockOutVerdict.UNDECIDED, interval
