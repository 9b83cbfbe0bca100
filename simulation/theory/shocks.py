"""Drift, misperception and the aftermath of war (theory, section 6, phases 1, 3 and 5)."""

from __future__ import annotations

import math

from simulation.compilation import compiled


@compiled
def drifted(deviation, persistence, sigma, shock):
    """Next year's deviation in log points: a share persists and a shock of size sigma is added."""
    return persistence * deviation + sigma * shock


@compiled
def level(base, deviation, ceiling):
    """The quantity at a deviation: base * exp(deviation), at most `ceiling`."""
    return min(base * math.exp(deviation), ceiling)


@compiled
def perceived(true_value, sigma, shock, ceiling):
    """A quantity as one side sees it: log-normal error with median 1; at most `ceiling`."""
    return min(true_value * math.exp(sigma * shock), ceiling)


@compiled
def beaten(deviation, loss):
    """Deviation of capability after a lost war that costs the given share of it."""
    return deviation + math.log1p(-loss)


@compiled
def rested_capacity(capacity, loss, is_tired):
    """Opportunity capacity: a share of it is lost while the major power is tired of an intervention."""
    return capacity * (1.0 - loss) if is_tired else capacity
