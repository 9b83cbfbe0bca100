"""The most that a major power and a weak state would gain alike, for many pairs at once, from observables.

Compiled; called by `structural` once for every likelihood.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simulation.compilation import by_reference, compiled, compiled_for_threads
from simulation.scenario.traits import power_at
from simulation.theory.bargaining_problem import (
    ALONE,
    Circumstances,
    Portfolio,
    RelationTraits,
    Rules,
    StateTraits,
    bargaining_problem,
)
from simulation.theory.contract_space import surveyed
from simulation.theory.crisis import Audience
from simulation.theory.geography import decay

NODES, FEW_NODES = np.int64(9), np.int64(5)
"""Contracts along either term, of which the best is taken, and while a search looks round; NumPy's, because the
compiler makes a version of its own of a function that is called with a literal."""


class Pairs(NamedTuple):
    """R rows, P major powers.

    rules: `Rules`; audience: `Audience`; powers: (P, `POWER_NUMBERS`), numbers of each; half_distances: (P,), km;
    neighbourhood: half distance of stabilisation, km; state: autonomy value, preference weight and latent threat, the
    same for all; ideal_points: what one counts beside a full regime gap; power: (R,), numbers of major powers; inputs:
    (R, 13), in the order of `observables.INPUTS`.
    """

    rules: Rules
    audience: Audience
    powers: np.ndarray
    half_distances: np.ndarray
    neighbourhood: float
    state: tuple[float, float, float]
    ideal_points: float
    power: np.ndarray
    inputs: np.ndarray


@compiled_for_threads
def shared_gains(pairs, nodes, smoothing, found):
    """Fills `found`, (R,), with the most that both sides of each pair would gain alike, payoff per year; nodes,
    smoothing: as `shared_gain` is told."""
    for row in range(found.size):
        found[row] = shared_gain(by_reference(problem_of(pairs, pairs.power[row], pairs.inputs[row])), nodes, smoothing)


@compiled
def problem_of(pairs, power, seen):
    """What a pair brings to the table, with nobody else allied: a `BargainingProblem`."""
    pairs.powers[power, 0] = seen[0]
    value, weight, latent = pairs.state
    distance, competitor = seen[6] + pairs.ideal_points * seen[8], seen[7] + pairs.ideal_points * seen[9]
    now = Circumstances(seen[1], distance, seen[11], pairs.audience, seen[3], seen[2], seen[3], seen[2], ALONE)
    return bargaining_problem(
        pairs.rules, power_at(pairs, power), StateTraits(value, weight, 1.0, seen[12], latent),
        RelationTraits(decay(seen[5], pairs.half_distances[power]), decay(seen[5], pairs.neighbourhood), seen[10],
                       competitor, seen[4], seen[5]),
        now, Portfolio(1.0, 0.0, 0.0, 0.0, 0.0, 0.0))


@compiled
def shared_gain(problem, nodes, smoothing):
    """g: the largest gain that leaves neither side less, of so many contracts along either term.

    smoothing: payoff per year, above 0 for a soft maximum, the logarithm of the sum of exponentials, to which contracts
    add the less the further they are from the best.
    """
    weak, major = surveyed(problem, 0.0, 0.0, 1.0 / (nodes - 1), 1.0 / (nodes - 1), nodes)
    alike = np.minimum(weak, major)
    best = alike.max()
    return best + smoothing * math.log(np.exp((alike - best) / smoothing).sum()) if smoothing > 0.0 else best
