"""Distance and what it does to strength (theory, section 1)."""

from __future__ import annotations

import math

from simulation.compilation import compiled


@compiled
def decay(distance_km, half_distance_km):
    """Share left of something that halves with every half distance: 2 ** (-d / H)."""
    return math.exp2(-distance_km / half_distance_km)  # as the compiler reads 2 ** x, which Python rounds otherwise


@compiled
def reach(distance_km, half_distance_km):
    """Share of the major power's strength that arrives, in (0, 1] (loss-of-strength gradient, Boulding 1962)."""
    return decay(distance_km, half_distance_km)


@compiled
def burden(reached):
    """What one unit of commitment weighs at a given reach: its inverse (z in theory, section 5)."""
    return 1.0 / reached if reached > 0.0 else math.inf
