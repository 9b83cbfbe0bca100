"""What parameters are called in figures, tables and files: meaning, unit, and whose they are, from their records."""

from __future__ import annotations

import re
from typing import Any

from pydantic.fields import FieldInfo

from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import walked

UNITS_NOT_SHOWN = ("switch", "name", "channel", "text", "number", "factor", "as the field")
REFERENCE = "See "
LARGEST = 1e7
"""Numbers from here on are written with a power of ten."""


def described(path: str) -> str:
    """Meaning and unit of the parameter at a dotted path, and whose it is: ``RUS: cost of an easy war (payoff)``.

    A path that leads nowhere is given back as it is.
    """
    keys = tuple(path.split("."))
    meaning, unit = documentation(keys)
    if not meaning:
        return path
    if keys[0] == "own_terms":
        return f"{keys[-1].capitalize()} of {keys[1].replace('_', ' ')}{in_brackets(unit)}"
    meaning = re.split(r"[;:(]", meaning)[0].strip()
    owner = owner_of(keys)
    return (f"{owner}: {meaning[:1].lower()}{meaning[1:]}" if owner else meaning) + in_brackets(unit)


def documentation(keys: tuple[str, ...]) -> tuple[str, str]:
    """Meaning and unit of what a path leads to, through a reference to another path if it is one."""
    spot = walked(Scenario, keys)
    field = spot.holder.model_fields.get(keys[-1]) if spot.holder else None
    if field is None:
        return "", ""
    meaning, extra = field.description or "", field.json_schema_extra
    if meaning.startswith(REFERENCE):
        return documentation(tuple(meaning.removeprefix(REFERENCE).split(".")))
    return meaning, str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def value_where_not_given(field: FieldInfo) -> Any:
    """What a field that is not required has where no file gives it. The oldest Pydantic that is allowed takes a factory
    for one that needs the other fields, so that the factory is called here."""
    factory: Any = field.default_factory
    return field.default if factory is None else factory()


def owner_of(keys: tuple[str, ...]) -> str:
    """Whose parameter it is: a major power, a weak state, one towards the other, generated states; empty for all."""
    whose = [keys[1]] if keys[0] in ("major_powers", "weak_states") and len(keys) > 2 else []
    named = [code for code in whose if code != "*"]
    if keys[0] == "population" and len(keys) > 2 and keys[1] != "toward":
        named = [keys[1].replace("_", " ")]
    if "toward" in keys[:-1]:
        power = keys[keys.index("toward") + 1]
        named += [f"towards {power}"] if power != "*" else []
    return " ".join(named)


def with_unit(number: float, unit: str, text: str = "") -> str:
    """A number, as it stands or as a text, with its unit or what it counts: ``600 km``, ``2 years``, ``1 history``."""
    what, per, rest = unit.partition(" per ")
    if number == 1:
        what = f"{what[:-3]}y" if what.endswith("ies") else what.removesuffix("s")
    return f"{text or f'{number:g}'} {what}{per}{rest}"


def rounded(number: float, digits: int) -> str:
    """So many digits, or all that stand before the point: 12000 and 1645, not 1.2e+04 and 1.64e+03.

    From `LARGEST` on, and below a ten-thousandth, with a power of ten.
    """
    text = f"{number:.{digits}g}"
    return f"{number:.0f}" if "e+" in text and abs(number) < LARGEST else text


def in_brackets(unit: str) -> str:
    """A unit behind a name; nothing for units that say nothing there."""
    return f" ({unit})" if unit and unit not in UNITS_NOT_SHOWN else ""
