"""The logistic function of a quantal response, called by `crisis` for every choice in the game."""

from __future__ import annotations

from simulation.compilation import inlined
from simulation.theory.elementary import ratio_of_exponential


@inlined
def logistic(x):
    """1 / (1 + e**-x), without overflow, and without a fork, which a processor would guess wrong half the time."""
    above, below = ratio_of_exponential(-abs(x))
    return (below if x >= 0.0 else above) / (below + above)
