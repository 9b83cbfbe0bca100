"""Numbers, values and names as text: as exact as they deserve."""

from __future__ import annotations

import json
import math
from typing import Any

from simulation.scenario.documentation import rounded

UNITS_OF_TIME = ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"))
UNITS_OF_SIZE = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
ROUNDING = 1e-12
ENOUGH = 2.0
"""A larger unit is taken from so many of it on: 90 s, but 2 min."""


def duration_text(seconds: float) -> str:
    """``under 1 s``, ``40 s``, ``3 min``, ``2.5 h``, ``4 days``."""
    if seconds < 1:
        return "under 1 s"
    for length, unit in UNITS_OF_TIME:
        if seconds >= ENOUGH * length:
            return f"{_two_digits(seconds / length)} {unit}"
    return f"{seconds:.0f} s"


def size_text(size: float) -> str:
    """``800 bytes``, ``12 kB``, ``3.4 MB``, ``1.1 GB``; a kB is 1000 bytes."""
    for length, unit in UNITS_OF_SIZE:
        if size >= length:
            return f"{_two_digits(size / length)} {unit}"
    return f"{size:.0f} bytes"


def _two_digits(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number < 10 else f"{number:.0f}"


def number(value: float) -> str:
    """A number to three digits; rounding errors are 0, NaN a dash."""
    return "-" if math.isnan(value) else "0" if abs(value) < ROUNDING else rounded(value, 3)


def value_text(value: Any) -> str:
    """A value that varies, as a user wrote it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)
