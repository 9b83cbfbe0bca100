"""All contracts of one pair: what each side gains from any of them, and which ones it could come to.

No formula stands here: gains and bargains are the theory's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from simulation.analysis.pair import Pair
from simulation.theory.bargaining import Ending, bargain
from simulation.theory.own_terms import NotFiniteError
from simulation.theory.payoffs import gains
from simulation.theory.solutions import Solution

GRID, CURVE, OUTSIDE = "grid", "contract curve", "outside option"
SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "ultimatum")
COLUMNS = ("what", "commitment", "autonomy", "weak_gain", "major_gain")
NODES, CURVE_NODES = 61, 41


def contract_space(pair: Pair, nodes: int = NODES) -> pd.DataFrame:
    """The contracts of a pair as a tidy table with the columns `COLUMNS`; gains in payoff per year.

    what: ``grid``, nodes * nodes contracts of the unit square, gains NaN below the least commitment where an own term's
    formula is no number there; ``contract curve``, where neither side can gain without
    the other's loss, as the best that the major power can have at each gain of the weak state; the name of a bargaining
    solution, where it agrees; ``outside option``, one row with the weak state's gain elsewhere. Where no contract suits
    both, the table has no row of the curve and of any solution.
    """
    return pd.DataFrame([*_grid(pair.problem, nodes), *_curve(pair), *_solutions(pair),
                         (OUTSIDE, math.nan, math.nan, max(0.0, pair.outside_option), math.nan)], columns=COLUMNS)


def settled_by(pair: Pair, solution: Solution | None = None) -> tuple[float, float] | None:
    """Commitment and autonomy that a bargaining solution picks; the Nash bargain if none is named; None without one."""
    agreed = _agreement(pair, Solution.NASH if solution is None else solution, pair.outside_option, pair.shifts_threat)
    return (agreed[0], agreed[1]) if agreed else None


def _grid(problem: Any, nodes: int) -> Iterator[tuple[str, float, float, float, float]]:
    for commitment in np.linspace(0.0, 1.0, nodes):
        for autonomy in np.linspace(0.0, 1.0, nodes):
            yield (GRID, float(commitment), float(autonomy), *_gains(problem, float(commitment), float(autonomy)))


def _gains(problem: Any, commitment: float, autonomy: float) -> tuple[float, float]:
    """Both gains; NaN where an own term's formula is no number and no contract can be, below the least commitment."""
    try:
        found: tuple[float, float] = gains(problem, commitment, autonomy)
    except NotFiniteError:
        if commitment >= problem.minimum_commitment:
            raise
        return math.nan, math.nan
    return found


def _curve(pair: Pair) -> Iterator[tuple[str, float, float, float, float]]:
    most = _agreement(pair, Solution.BEST_FOR_WEAK_STATE, 0.0, False)
    if most is None:
        return
    for floor in np.linspace(0.0, most[2], CURVE_NODES):
        found = _agreement(pair, Solution.ULTIMATUM, float(floor), False)
        if found:
            yield (CURVE, *found)


def _solutions(pair: Pair) -> Iterator[tuple[str, float, float, float, float]]:
    for name in SOLUTIONS:
        found = _agreement(pair, Solution[name.upper()], pair.outside_option, pair.shifts_threat)
        if found:
            yield (name, *found)


def _agreement(pair: Pair, solution: Solution, option: float,
               shifts: bool) -> tuple[float, float, float, float] | None:
    found = bargain(pair.problem, int(solution), pair.weight, option, shifts)
    if found.ending == Ending.NO_GAIN:
        return None
    return found.commitment, found.autonomy, found.weak_gain, found.major_gain
