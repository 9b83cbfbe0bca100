"""What several commands read from their options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from simulation.errors import Refusal
from simulation.scenario.file import parse_value
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import shown

SET, YEARS = "--set", "--years"


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Values by dotted path from texts ``path=value``. Raises `Refusal` for one that is not of this form."""
    found: dict[str, Any] = {}
    for text in settings:
        path, sign, value = text.partition("=")
        path = path.strip()
        if not sign or not path:
            raise Refusal("not a setting", found=shown(text), allowed="path=value", file=SET)
        if path in found:
            raise Refusal("path set twice", path, file=SET)
        try:
            found[path] = parse_value(value)
        except Refusal as refusal:
            refusal.path, refusal.file, refusal.line = path, SET, 0
            raise
    return found


def with_years(settings: dict[str, Any], years: int | None) -> dict[str, Any]:
    """The values of `--set` with the length of `--years`, if given. Raises `Refusal` if it is set by both."""
    if years is None:
        return settings
    if "years" in settings:
        raise Refusal("set twice", allowed=f"either {SET} years={years} or {YEARS} {years}", file=YEARS)
    return settings | {"years": years}


@contextmanager
def naming_years(years: int | None) -> Iterator[None]:
    """Has a refusal of the length name the option by which it was given."""
    try:
        yield
    except Refusal as refusal:
        if years is not None and (refusal.file, refusal.path) == (SET, "years"):
            refusal.path, refusal.file = "", YEARS
        raise


def refuse_outside(option: str, value: int, most: int) -> None:
    """Raises `Refusal` for a whole number that is not from 0 to `most`."""
    if not 0 <= value <= most:
        raise Refusal("out of range", found=shown(value), allowed=f"0 to {most}", file=option)


def replaced(scenario: Scenario, settings: Mapping[str, Any], years: int | None) -> Scenario:
    """The scenario with the values of `--set` and, if given, the length of `--years`. Raises `Refusal`."""
    asked = with_years(dict(settings), years)
    with naming_years(years):
        try:
            return scenario.replace_all(asked)
        except Refusal as refusal:
            refusal.file = SET
            raise
