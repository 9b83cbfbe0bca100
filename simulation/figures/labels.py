"""Words for axes: from the records of parameters and the table of measures, so that all texts say the same.

A path or measure that the program does not know is shown as it is written. Users may give words of their own, by
`naming`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from simulation.history.measures import MEASURES, Kind
from simulation.history.series import PAYOFF, Series
from simulation.scenario.documentation import UNITS_NOT_SHOWN, described, documentation, in_brackets, rounded, with_unit

NOT_PARAMETERS = {"major_power": "Major power", "scenario": "Scenario", "folder": "Results folder"}
"""Columns beside parameters that tell conditions apart."""

IN_WORDS = {"kalai_smorodinsky": "Kalai-Smorodinsky", "threat_point": "threat point",
            "strongest_first": "strongest first", "nash": "Nash"}
"""Values that are names, where words are another."""

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
    return NOT_PARAMETERS.get(path) or described(path)


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
    return words if unit and unit in words.lower().split() else words + in_brackets(unit)


def measure_meaning(name: str) -> str:
    """The sentence that defines a measure; empty for an unknown one."""
    return in_plain_words(MEASURES[name].meaning if name in MEASURES else _MEANINGS.get().get(name, ""))


def in_plain_words(meaning: str) -> str:
    """What a measure means, for readers who see no file: where it does not exist, there is none."""
    return meaning.replace("NaN ", "none ")


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
    """A value of a parameter, as short as it can be told apart; users' words may stand for it as it is typed, or as it
    is shown."""
    text = _value_text(value)
    told = IN_WORDS.get(text, text)
    return _NAMES.get().get(text, _NAMES.get().get(told, told))


def level_label(path: str, value: Any) -> str:
    """A level of a parameter with its unit, as it stands at the head of a panel: ``600 km``."""
    text = value_label(value)
    unit = documentation(tuple(path.split(".")))[1] if path and path not in NOT_PARAMETERS else ""
    is_renamed = text != _value_text(value)
    is_plain = is_renamed or isinstance(value, str | bool) or unit in ("", *UNITS_NOT_SHOWN)
    return text if is_plain else with_unit(value, unit, text)


def _value_text(value: Any) -> str:
    if value is True or value is False or type(value).__name__ == "bool":
        return str(bool(value)).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return rounded(value, 4)
    try:
        return json.dumps(value)
    except TypeError:
        return str(value)
