"""Distances between major powers and weak states, in km. Plain Python: asked once for every pair."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.scenario.scenario import Scenario

EARTH_RADIUS_KM = 6371.0088


def great_circle_km(latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float) -> float:
    """Distance on the globe between two points in degrees, in km (haversine formula)."""
    phi_1, phi_2 = math.radians(latitude_1), math.radians(latitude_2)
    half_phi = (phi_2 - phi_1) / 2.0
    half_lambda = math.radians(longitude_2 - longitude_1) / 2.0
    # products, not squares: Python's own power of 2 is now and then off in the last bit
    along, across = math.sin(half_phi), math.sin(half_lambda)
    chord = along * along + math.cos(phi_1) * math.cos(phi_2) * (across * across)
    return 2.0 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


def distance_km(scenario: Scenario, power: str, state: str) -> float:
    """Distance from a major power to a weak state in km: as given, else great circle between capitals."""
    weak = scenario.states[state]
    given = weak.toward[power].distance_km
    if given is not None:
        return float(given)
    start, end = scenario.major_powers[power].capital, weak.capital
    assert start is not None and end is not None, "a scenario without distance and capitals is refused"
    return great_circle_km(float(start.latitude), float(start.longitude), float(end.latitude), float(end.longitude))
