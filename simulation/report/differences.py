"""How a scenario differs from the base: every parameter whose value is not the default of its record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from simulation.report.parts import NOTHING, Cell, Table, cell, frame_table
from simulation.scenario.documentation import documentation, value_where_not_given
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import walked

NOT_COMPARED = ("format", "name", "title", "description", "sources", "weak_states", "population")
OF_A_PLACE = ("name", "capital", "observed", "rivals")
"""Of major powers and weak states: what names or places them, and is no parameter."""


class Difference(NamedTuple):
    """A parameter by its dotted path, with its value in the base (None where it has none) and here."""

    path: str
    base: Any
    here: Any


def differences(scenario: Scenario) -> list[Difference]:
    """What differs from the base, the weak states left out."""
    data = {key: value for key, value in scenario.resolved().items() if key not in NOT_COMPARED}
    return [found for found in _leaves(data, ()) if found.base != found.here]


def _leaves(data: dict[str, Any], path: tuple[str, ...]) -> Iterator[Difference]:
    for key, value in data.items():
        if key in OF_A_PLACE:
            continue
        here = (*path, key)
        if isinstance(value, dict):
            yield from _leaves(value, here)
        else:
            yield Difference(".".join(here), default_of(here), value)


def default_of(path: tuple[str, ...]) -> Any:
    """The value that a parameter has where no file gives one; None where one must be given."""
    holder = walked(Scenario, path).holder
    field = holder.model_fields.get(path[-1]) if holder else None
    return None if field is None or field.is_required() else value_where_not_given(field)


def difference_table(scenario: Scenario) -> Table:
    """The differences, each with meaning and unit."""
    rows = tuple((cell(found.path), cell(documentation(tuple(found.path.split(".")))[0]), cell(found.base),
                  cell(found.here), cell(_unit(found.path))) for found in differences(scenario))
    return Table("What differs from the base scenario", ("parameter", "meaning", "base", "here", "unit"), rows,
                 "" if rows else "Nothing: every parameter has the value of the base scenario.", "differences")


def state_table(scenario: Scenario) -> Table | None:
    """How the listed weak states differ from the base: per quantity the least, median and largest value.

    None for a scenario that lists no weak state.
    """
    values: dict[str, list[Any]] = {}
    for state in scenario.resolved()["weak_states"].values():
        for leaf in _leaves(state, ()):
            values.setdefault(leaf.path, []).append(leaf.here)
    rows = []
    for path, found in values.items():
        numbers = pd.Series([value for value in found if isinstance(value, int | float)], dtype=float)
        keys = ("weak_states", "*", *path.split("."))
        base = default_of(keys)
        others = sum(value != base for value in found)
        if others and len(numbers):
            rows.append({"path": ".".join(keys), "base": NOTHING if base is None else base, "least": numbers.min(),
                         "median": numbers.median(), "largest": numbers.max(), "others": others,
                         "unit": _unit(".".join(keys))})
    if not rows:
        return None
    return frame_table(pd.DataFrame(rows), f"The {len(scenario.weak_states)} weak states that are listed", {
        "path": "quantity", "base": "base", "least": "least", "median": "median", "largest": "largest",
        "others": "states that differ from the base", "unit": "unit"},
        "The value of every state is in the scenario, as the folder holds it.", "states")


def population_table(scenario: Scenario) -> Table | None:
    """What generated weak states are drawn from; None where there are none."""
    if scenario.population is None:
        return None
    data = _without_gaps(scenario.resolved()["population"])
    rows = tuple((cell(path), Cell(cell(value).text)) for path, value in _entries(data, ("population",)))
    return Table("Weak states that are generated", ("quantity", "drawn from"), rows, name="population")


def _entries(data: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict) and (key == "toward" or path[-1] == "toward"):
            yield from _entries(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def _without_gaps(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {key: _without_gaps(value) for key, value in data.items() if value is not None}


def _unit(path: str) -> str:
    return documentation(tuple(path.split(".")))[1]
