"""Drift, misperception and the aftermath of war (theory, section 6, phases 1, 3 and 5)."""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import compiled, compiled_apart
from simulation.theory.elementary import exponentials


@compiled
def drifted(deviation, persistence, sigma, shock):
    """Next year's deviation in log points: a share persists and a shock of size sigma is added."""
    return persistence * deviation + sigma * shock


@compiled_apart
def fill_levels(bases, deviations, sigma, ceiling, levels):
    """Fills `levels` with quantities at deviations from what they are based on: base * exp(sigma * deviation), at most
    `ceiling`; all arrays (n,).

    With sigma 1 quantities that drift; with the size of an error and a standard normal shock what somebody perceives,
    whose median is the truth.
    """
    factors = np.empty(levels.size)
    for place in range(levels.size):
        factors[place] = sigma * deviations[place]
    exponentials(factors)
    for place in range(levels.size):
        levels[place] = min(bases[place] * factors[place], ceiling)


@compiled
def beaten(deviation, loss):
    """Deviation of capability after a lost war that costs the given share of it."""
    return deviation + math.log1p(-loss)


@compiled
def rested_capacity(capacity, loss, is_tired):
    """Opportunity capacity: a share of it is lost while the major power is tired of an intervention."""
    return capacity * (1.0 - loss) if is_tired else capacity
