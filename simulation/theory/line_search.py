"""Maximisation along a line (Brent 1973, chapter 5, as a maximiser), one point at a time.

Called by `bargaining`, one search within another, on objectives that are smooth in places and kinked in others:
parabolic steps are fast where the objective is smooth, golden sections sure where it is not. The search asks for a
point and is told its value, so that the same few lines serve any objective without passing functions about:

    search = begin(low, high, start)
    while not is_over(search, tolerance):
        search = ask(search, tolerance)
        search = tell(search, objective(search.trial))
"""

from __future__ import annotations

import math
from typing import NamedTuple

from simulation.compilation import inlined

GOLDEN = 0.5 * (3.0 - math.sqrt(5.0))
MOST_EVALUATIONS = 90
LOOK = 100.0
"""Tolerances that the look inwards from an end goes, or half of the bracket where that is less: far enough for the
objective to differ by more than rounding."""


class LineSearch(NamedTuple):
    """State of a search: bracket (left, right), the best three points with values, last steps, and the next trial.

    Both ends of the interval are tried first, so that a maximum at an end is found exactly, then `start`: a search that
    starts from a point higher than both ends cannot lose it.
    """

    left: float
    right: float
    x: float
    second: float
    third: float
    value: float
    second_value: float
    third_value: float
    step: float
    previous_step: float
    trial: float
    start: float
    evaluations: int


@inlined
def begin(low, high, start):
    """A search between low and high, from a point `start` between them; at one of them: from the golden section."""
    inner = start if low < start < high else low + GOLDEN * (high - low)
    return LineSearch(low, high, low, low, low, -math.inf, -math.inf, -math.inf, 0.0, 0.0, low, inner, 0)


@inlined
def is_over(search, tolerance):
    """Whether the maximum is known to within the tolerance, or the evaluations are used up."""
    if search.evaluations < 3:
        return search.evaluations > 0 and search.right <= search.left
    middle = 0.5 * (search.left + search.right)
    close = abs(search.x - middle) <= 2.0 * tolerance - 0.5 * (search.right - search.left)
    return close or search.evaluations >= MOST_EVALUATIONS


@inlined
def ask(search, tolerance):
    """The search with its next `trial` chosen: the two ends, the start, a look inwards from an end that is best so
    far (enough to settle that the maximum is there), then Brent's steps."""
    if search.evaluations == 0:
        return search
    if search.evaluations == 1:
        return with_trial(search, search.right, 0.0, 0.0)
    if search.evaluations == 2:
        return with_trial(search, search.start, 0.0, 0.0)
    middle = 0.5 * (search.left + search.right)
    if search.evaluations == 3 and (search.x == search.left or search.x == search.right):
        look = min(LOOK * tolerance, 0.5 * (search.right - search.left))
        inwards = look if search.x == search.left else -look
        return with_trial(search, search.x + inwards, inwards, 0.0)
    step, previous = parabolic_step(search, tolerance)
    if previous == 0.0:
        previous = (search.right if search.x < middle else search.left) - search.x
        step = GOLDEN * previous
    if abs(step) < tolerance:
        step = tolerance if step > 0.0 or (step == 0.0 and search.x < middle) else -tolerance
    return with_trial(search, search.x + step, step, previous)


@inlined
def with_trial(search, trial, step, previous_step):
    """The search about to try `trial`."""
    return LineSearch(search.left, search.right, search.x, search.second, search.third, search.value,
                      search.second_value, search.third_value, step, previous_step, trial, search.start,
                      search.evaluations)


@inlined
def parabolic_step(search, tolerance):
    """Step to the vertex of the parabola through the best three points, and the step before; (0, 0) if unfit."""
    if search.third_value == -math.inf or abs(search.previous_step) <= tolerance:
        return 0.0, 0.0
    first = (search.x - search.second) * (search.value - search.third_value)
    second = (search.x - search.third) * (search.value - search.second_value)
    numerator = (search.x - search.third) * second - (search.x - search.second) * first
    denominator = 2.0 * (second - first)
    if denominator > 0.0:
        numerator = -numerator
    denominator = abs(denominator)
    if not (abs(numerator) < abs(0.5 * denominator * search.previous_step)
            and numerator > denominator * (search.left - search.x)
            and numerator < denominator * (search.right - search.x)):
        return 0.0, 0.0
    step = numerator / denominator
    trial = search.x + step
    if trial - search.left < 2.0 * tolerance or search.right - trial < 2.0 * tolerance:
        step = tolerance if search.x < 0.5 * (search.left + search.right) else -tolerance
    return step, search.step if search.step != 0.0 else search.previous_step


@inlined
def tell(search, value):
    """The search after its trial turned out to have this value."""
    trial, left, right = search.trial, search.left, search.right
    if value > search.value or search.evaluations == 0:
        if search.evaluations >= 2:
            left, right = (search.x, right) if trial >= search.x else (left, search.x)
        return LineSearch(left, right, trial, search.x, search.second, value, search.value, search.second_value,
                          search.step, search.previous_step, trial, search.start, search.evaluations + 1)
    if search.evaluations >= 2:
        left, right = (trial, right) if trial < search.x else (left, trial)
    second, third, second_value, third_value = (
        search.second, search.third, search.second_value, search.third_value)
    if value >= second_value or second == search.x:
        second, third, second_value, third_value = trial, second, value, second_value
    elif value >= third_value or third == search.x or third == second:
        third, third_value = trial, value
    return LineSearch(left, right, search.x, second, third, search.value, second_value, third_value,
                      search.step, search.previous_step, trial, search.start, search.evaluations + 1)
