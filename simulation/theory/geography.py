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
    chord = math.sin(half_phi) ** 2 + math.cos(phi_1) * math.cos(phi_2) * math.sin(half_lambda) ** 2
    return 2.0 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


@compiled
def decay(distance_km, half_distance_km):
    """Share left of something that halves with every half distance: 2 ** (-d / H)."""
    return 2.0 ** (-distance_km / half_distance_km)


@compiled
def reach(distance_km, half_distance_km):
    """Share of the major power's strength that arrives, in (0, 1] (loss-of-strength gradient, Boulding 1962)."""
    return decay(distance_km, half_distance_km)


@compiled
def burden(reached):
    """What one unit of commitment weighs at a given reach: its inverse (z in theory, section 5)."""
    return 1.0 / reached if reached > 0.0 else math.inf
