"""Points of a design: the values by path that a study gives at each, and where it gives them."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulation.errors import Refusal
from simulation.scenario.validation import Locate, Location, placed

MOST_POINTS = 100_000
SIGNIFICANT_DIGITS = 12


class Setting(NamedTuple):
    """A value of a parameter at one point, and where the study says so."""

    value: Any
    location: Location


Point = dict[str, Setting]


def setting_of(value: Any, location: Location, locate: Locate | None) -> Setting:
    """A value as it is written in a study. Raises `Refusal` for null."""
    if value is None:
        raise placed(Refusal("null", allowed="a value"), location, locate=locate)
    return Setting(value, location)


def refuse_too_many(number: int, location: Location, locate: Locate | None) -> None:
    """Raises `Refusal` for more points than a study may have."""
    if number > MOST_POINTS:
        raise placed(Refusal("too many points", found=str(number), allowed=f"at most {MOST_POINTS}"), location,
                     locate=locate)


def rounded(value: float) -> float:
    """A number to 12 digits, so that a table shows 0.1 and not 0.09999999999999999."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
