"""The logistic function of a quantal response, called by `crisis` for every choice in the game."""

from __future__ import annotations

from simulation.compilation import inlined
from simulation.theory.elementary import exponential


@inlined
def logistic(x):
    """Logistic function, without overflow, and without a fork, which a processor would guess wrong half the time."""
    shrunk = exponential(-abs(x))
    return (1.0 if x >= 0.0 else shrunk) / (1.0 + shrunk)
