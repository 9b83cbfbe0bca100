"""The record of one history, as arrays, and nothing else.

Filled by the model year by year (and by the ensemble); read by `measures`, tables and figures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulation.history.series import Series


class History(NamedTuple):
    """One history. Y years, P major powers, N weak states, K yearly series.

    series: (Y, P, K), see `series.SERIES`; commitment, autonomy: (Y, P, N), 0 where there is no pact; since: (Y, P, N),
    the year of the history, from 1, in which the pact in force was signed, 0 where there is none; distance_km: (P, N);
    is_neighbour: (P, N), 1 or 0.
    """

    series: np.ndarray
    commitment: np.ndarray
    autonomy: np.ndarray
    since: np.ndarray
    distance_km: np.ndarray
    is_neighbour: np.ndarray


def empty_history(years: int, distance_km: np.ndarray, neighbour_km: float) -> History:
    """A history of which nothing has happened yet; `distance_km`: (P, N); neighbours are within `neighbour_km`."""
    powers, states = distance_km.shape
    return History(np.zeros((years, powers, len(Series))), np.zeros((years, powers, states)),
                   np.zeros((years, powers, states)), np.zeros((years, powers, states)), distance_km,
                   (distance_km <= neighbour_km).astype(float))
