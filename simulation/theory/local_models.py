"""The top of a hill of the Nash product, by Newton steps on local models of both gains (theory, section 4).

A model is a quadratic through nine contracts around a place; the stencils get smaller until the top stands. Called by
`smooth_search`, which tells the hills.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled, inlined
from simulation.theory.contract_space import surveyed
from simulation.theory.solutions import threat_point

STENCIL_NODES = np.int64(3)
"""Nodes along each axis of a local model; a NumPy number, because the compiler makes a version of its own of a function
that is called with a literal."""

WIDTHS = (1.0 / 32.0, 2e-3, 2e-5)
"""Half widths of the stencils on which the local models stand; the error of the last is below 1e-9 in either term."""

SLIGHT = 1e-12
"""Expected rise of a logarithm with which a Newton step is the last: what it leaves, about the square of that, no
rounding could tell from nothing."""

MOST_MOVES = 6
MOST_STEPS = 30
MOST_HALVINGS = 30


class Model(NamedTuple):
    """Quadratic model of a function of two places: value, slopes and curvatures at its centre."""

    value: float
    x: float
    y: float
    xx: float
    xy: float
    yy: float


@inlined
def product(rules, weak, major):
    """Logarithm of the Nash product, minus infinity where a side has nothing to gain."""
    gained = weak - threat_point(rules)
    if gained <= 0.0 or major <= 0.0:
        return -math.inf
    return rules.weight * math.log(major) + (1.0 - rules.weight) * math.log(gained)


@compiled
def climb_hill(problem, rules, first, second, step):
    """The top of a hill: (place, place, whether it was reached, evaluations); step: between the nodes that show it."""
    used = 0
    for usual in WIDTHS:
        width = max(min(usual, 0.5 * step), WIDTHS[-1])
        moves = 0
        while True:
            weak, major, centre_first, centre_second = models(problem, first, second, width)
            used += 9
            moves += 1
            across = (first - centre_first, second - centre_second)
            x, y = model_top(rules, weak, major, across, bounds(centre_first, width), bounds(centre_second, width))
            first, second = centre_first + x, centre_second + y
            if is_within(x, centre_first, width) and is_within(y, centre_second, width):
                break
            if moves == MOST_MOVES:
                return first, second, False, used
    return min(max(first, 0.0), 1.0), min(max(second, 0.0), 1.0), True, used


@inlined
def bounds(centre, width):
    """How far from a centre a model is used: twice its stencil, within the unit interval."""
    return max(-2.0 * width, -centre), min(2.0 * width, 1.0 - centre)


@inlined
def is_within(x, centre, width):
    """Whether a model's top is not cut off by the width of its use; the ends of the unit interval do not count."""
    return abs(x) < 2.0 * width * (1.0 - 1e-9) or centre + x <= 1e-15 or centre + x >= 1.0 - 1e-15


@compiled
def models(problem, first, second, width):
    """Quadratic models of both gains around a place, from a stencil of nine contracts within the unit square: (of u, of
    v, the stencil's centre)."""
    first, second = min(max(first, width), 1.0 - width), min(max(second, width), 1.0 - width)
    weak, major = surveyed(problem, first - width, second - width, width, width, STENCIL_NODES)
    return model_of(weak, width), model_of(major, width), first, second


@compiled
def model_of(values, width):
    """The quadratic model through nine values, (3, 3), a width apart."""
    return Model(
        values[1, 1], (values[2, 1] - values[0, 1]) / (2.0 * width), (values[1, 2] - values[1, 0]) / (2.0 * width),
        (values[2, 1] - 2.0 * values[1, 1] + values[0, 1]) / (width * width),
        (values[2, 2] - values[2, 0] - values[0, 2] + values[0, 0]) / (4.0 * width * width),
        (values[1, 2] - 2.0 * values[1, 1] + values[1, 0]) / (width * width))


@inlined
def modelled(model, x, y):
    """Value of a quadratic model off its centre."""
    return (model.value + model.x * x + model.y * y + 0.5 * model.xx * x * x + model.xy * x * y
            + 0.5 * model.yy * y * y)


@inlined
def slopes(model, x, y):
    """Slopes of a quadratic model off its centre."""
    return model.x + model.xx * x + model.xy * y, model.y + model.xy * x + model.yy * y


@inlined
def modelled_product(rules, weak, major, x, y):
    """Logarithm of the Nash product of two models."""
    return product(rules, modelled(weak, x, y), modelled(major, x, y))


@compiled
def model_top(rules, weak, major, start, across, along):
    """Where the Nash product of two models is highest between bounds, climbing from a start: Newton steps, shortened
    until they lead higher; on a bound only along it."""
    x, y = min(max(start[0], across[0]), across[1]), min(max(start[1], along[0]), along[1])
    value = modelled_product(rules, weak, major, x, y)
    for _ in range(MOST_STEPS):
        step_x, step_y, rise = newton_step(rules, weak, major, x, y, across, along)
        if rise <= SLIGHT:
            return min(max(x + step_x, across[0]), across[1]), min(max(y + step_y, along[0]), along[1])
        length, moved = 1.0, False
        for _ in range(MOST_HALVINGS):
            new_x = min(max(x + length * step_x, across[0]), across[1])
            new_y = min(max(y + length * step_y, along[0]), along[1])
            if new_x == x and new_y == y:  # and so for every shorter step
                break
            new_value = modelled_product(rules, weak, major, new_x, new_y)
            if new_value > value:
                x, y, value, moved = new_x, new_y, new_value, True
                break
            length *= 0.5
        if not moved:
            break
    return x, y


@compiled
def newton_step(rules, weak, major, x, y, across, along):
    """The step to the top of the second-order expansion at a place, or uphill where that has no top: (step, step, twice
    the rise expected of a step to the top, else infinity)."""
    share_weak = (1.0 - rules.weight) / (modelled(weak, x, y) - threat_point(rules))
    share_major = rules.weight / modelled(major, x, y)
    (weak_x, weak_y), (major_x, major_y) = slopes(weak, x, y), slopes(major, x, y)
    slope_x, slope_y = share_weak * weak_x + share_major * major_x, share_weak * weak_y + share_major * major_y
    bend_weak, bend_major = share_weak / (1.0 - rules.weight) * share_weak, share_major / rules.weight * share_major
    xx = share_weak * weak.xx + share_major * major.xx - bend_weak * weak_x * weak_x - bend_major * major_x * major_x
    xy = share_weak * weak.xy + share_major * major.xy - bend_weak * weak_x * weak_y - bend_major * major_x * major_y
    yy = share_weak * weak.yy + share_major * major.yy - bend_weak * weak_y * weak_y - bend_major * major_y * major_y
    determinant = xx * yy - xy * xy
    if (x <= across[0] and slope_x <= 0.0) or (x >= across[1] and slope_x >= 0.0):
        step_x, step_y, has_top = 0.0, alone(slope_y, yy, along), yy < 0.0
    elif (y <= along[0] and slope_y <= 0.0) or (y >= along[1] and slope_y >= 0.0):
        step_x, step_y, has_top = alone(slope_x, xx, across), 0.0, xx < 0.0
    elif xx < 0.0 and determinant > 0.0:
        step_x, step_y = (xy * slope_y - yy * slope_x) / determinant, (xy * slope_x - xx * slope_y) / determinant
        has_top = True
    else:
        step_x, step_y = alone(slope_x, min(xx, 0.0), across), alone(slope_y, min(yy, 0.0), along)
        has_top = False
    return step_x, step_y, slope_x * step_x + slope_y * step_y if has_top else math.inf


@inlined
def alone(slope, bend, interval):
    """The step along one axis: to the top where there is one, else a quarter of the interval uphill."""
    if bend < 0.0:
        return -slope / bend
    return math.copysign(0.25 * (interval[1] - interval[0]), slope) if slope != 0.0 else 0.0

