"""Distance and what it does to strength (theory, section 1)."""

from __future__ import annotations

import math

from simulation.compilation import compiled

EARTH_RADIUS_KM = 6371.0088


@compiled
def great_circle_km(latitude_1, longitude_1, latitude_2, longitude_2):
    """Distance on the globe between two points in degrees, in km (haversine formula)."""
    phi_1, phi_2 = math.radians(latitude_1), math.radians(latitude_2)
    half_phi = (phi_2 - phi_1) / 2.0
    half_lambda = math.radians(longitude_2 - longitude_1) / 2.0
    # products, not squares: Python's own power of 2 is now and then off in the last bit, the compiler's is a product
    along, across = math.sin(half_phi), math.sin(half_lambda)
    chord = along * along + math.cos(phi_1) * math.cos(phi_2) * (across * across)
    return 2.0 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


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
