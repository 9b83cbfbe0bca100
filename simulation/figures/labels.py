"""Words for axes: from the records of parameters and the table of measures, so that all texts say the same.

A path or measure that the program does not know is shown as it is written. Users may give words of their own, by
`naming`.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from simulation.history.measures import MEASURES, Kind
from simulation.history.series import PAYOFF, Series
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import walked

UNITS_NOT_SHOWN = ("switch", "name", "channel", "text", "number", "factor", "as the field")
REFERENCE = "See "
NOT_PARAMETERS = {"major_power": "Major power", "scenario": "Scenario", "folder": "Results folder"}
"""Columns beside parameters that tell conditions apart."""

NONE: Mapping[str, str] = MappingProxyType({})
_NAMES: ContextVar[Mapping[str, str]] = ContextVar("names", default=NONE)
_MEANINGS: ContextVar[Mapping[str, str]] = ContextVar("meanings", default=NONE)


@contextlib.contextmanager
def naming(names: Mapping[str, str], meanings: Mapping[str, str] | None = None) -> Iterator[None]:
    """Has these words stand for paths, measures and values in all labels that are made inside.

    names : words by path, name of a measure, or value as it is usually written; meanings: of measures, by name.
    """
    tokens = _NAMES.set({**_NAMES.get(), **names}), _MEANINGS.set({**_MEANINGS.get(), **(meanings or {})})
    try:
        yield
    finally:
        _NAMES.reset(tokens[0])
        _MEANINGS.reset(tokens[1])


def parameter_label(path: str) -> str:
    """Meaning and unit of the parameter at a dotted path, and whose it is: ``RUS: cost of an easy war (payoff)``."""
    if path in _NAMES.get():
        return _NAMES.get()[path]
    keys = tuple(path.split("."))
    if path in NOT_PARAMETERS:
        return NOT_PARAMETERS[path]
    meaning, unit = documentation(keys)
    if not meaning:
        return path
    meaning = re.split(r"[;:(]", meaning)[0].strip()
    owner = _owner(keys)
    text = f"{owner}: {meaning[:1].lower()}{meaning[1:]}" if owner else meaning
    return text + _in_brackets(unit)


def short_name(path: str) -> str:
    """The last key of a path, as words."""
    return path.split(".")[-1].replace("_", " ")


def measure_label(name: str) -> str:
    """Name and unit of a measure: ``Autonomy given pact (share)``."""
    if name in _NAMES.get():
        return _NAMES.get()[name]
    words = name.replace("_", " ")
    words = words[:1].upper() + words[1:]
    is_of_own_term = name.removeprefix("weak_").startswith(("cost_", "benefit_"))
    unit = MEASURES[name].unit if name in MEASURES else PAYOFF if is_of_own_term else ""
    return words if unit and unit in words.lower().split() else words + _in_brackets(unit)


def measure_meaning(name: str) -> str:
    """The sentence that defines a measure; empty for an unknown one."""
    return MEASURES[name].meaning if name in MEASURES else _MEANINGS.get().get(name, "")


def measured_with(name: str) -> str:
    """What a history must have for a measure to exist in it: ``with pacts``, ``with wars``."""
    found = MEASURES.get(name)
    if found is None:
        return "measured"
    if found.kind == Kind.TESTED:
        return "with wars"
    if found.kind == Kind.SHARE_OF_NEIGHBOURS:
        return "with neighbours"
    if found.kind == Kind.RATIO and found.over == Series.NEGOTIATIONS:
        return "with negotiations"
    return "with pacts"


def value_label(value: Any) -> str:
    """A value of a parameter, as short as it can be told apart."""
    text = _value_text(value)
    return _NAMES.get().get(text, text)


def level_label(path: str, value: Any) -> str:
    """A level of a parameter with its unit, as it stands at the head of a panel: ``600 km``."""
    text = value_label(value)
    unit = documentation(tuple(path.split(".")))[1] if path and path not in NOT_PARAMETERS else ""
    is_renamed = text != _value_text(value)
    return text if is_renamed or isinstance(value, str | bool) or unit in ("", *UNITS_NOT_SHOWN) else f"{text} {unit}"


def _value_text(value: Any) -> str:
    if value is True or value is False or type(value).__name__ == "bool":
        return str(bool(value)).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return f"{value:.4g}"
    try:
        return json.dumps(value)
    except TypeError:
        return str(value)


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


def _owner(keys: tuple[str, ...]) -> str:
    """Whose parameter it is: a major power, a weak state, one towards the other, generated states; empty for all."""
    whose = [keys[1]] if keys[0] in ("major_powers", "weak_states") and len(keys) > 2 else []
    named = [code for code in whose if code != "*"]
    if keys[0] == "population" and len(keys) > 2 and keys[1] != "toward":
        named = [keys[1].replace("_", " ")]
    if "toward" in keys[:-1]:
        power = keys[keys.index("toward") + 1]
        named += [f"towards {power}"] if power != "*" else []
    return " ".join(named)


def _in_brackets(unit: str) -> str:
    return f" ({unit})" if unit and unit not in UNITS_NOT_SHOWN else ""
