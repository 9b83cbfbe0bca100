"""The sliders of the explorer: which parameters of a major power they move, and how far."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulation.errors import Refusal
from simulation.figures.labels import parameter_label
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, nearest, shown, walked

GROUPS = {
    "Costs": ("costs.entrapment.war_cost", "costs.direct.deployment", "costs.opportunity.weight"),
    "Benefits": ("benefits.power_projection", "benefits.legitimation", "benefits.denial", "benefits.stabilisation"),
    "Reach and bargaining": ("reach_half_distance_km", "bargaining_weight"),
}
OWN = "own_terms."
WIDTH = 4.0
"""A slider goes up to so many times the larger of the scenario's value and the default, within the record's range: the
records allow far more than is of interest."""


@dataclass(frozen=True)
class Dial:
    """A slider: key under ``major_powers.<code>``, or the path of an own term's weight; its group and words, least and
    largest value, and the scenario's."""

    key: str
    group: str
    label: str
    low: float
    high: float
    value: float


def dials(scenario: Scenario, power: str) -> list[Dial]:
    """All sliders of a major power, in the order of the page."""
    return [_dial(scenario, power, group, key) for group, keys in groups_of(scenario, power).items() for key in keys]


def groups_of(scenario: Scenario, power: str) -> dict[str, tuple[str, ...]]:
    """Keys of a major power's sliders by group; last come the weights of the scenario's own terms that it has."""
    own = tuple(f"{OWN}{name}.weight" for name, term in scenario.own_terms.items()
                if not term.powers or power in term.powers)
    return GROUPS | ({"Own terms": own} if own else {})


def path_of(power: str, key: str) -> str:
    """The whole path of the parameter that a slider moves."""
    return key if key.startswith(OWN) else f"major_powers.{power}.{key}"


def setting_of(scenario: Scenario, power: str, asked: Mapping[str, str]) -> Scenario:
    """The scenario with the sliders where they are asked to be; those not named stay. Raises `Refusal`."""
    keys = [key for keys in groups_of(scenario, power).values() for key in keys]
    return scenario.replace_all({path_of(power, key): _number(key, text, keys) for key, text in asked.items()})


def _number(key: str, text: str, keys: list[str]) -> float:
    if key not in keys:
        raise Refusal("no such slider", key, allowed=listed(keys), suggestion=nearest(key, keys))
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Refusal("not a number", key, shown(text))
    return number


def _dial(scenario: Scenario, power: str, group: str, key: str) -> Dial:
    path = path_of(power, key)
    value = float(scenario.value(path))
    field = walked(Scenario, tuple(path.split("."))).field(key.split(".")[-1])
    low, high = _bound(field, ("ge", "gt"), 0.0), _bound(field, ("le", "lt"), math.inf)
    default = field.default if isinstance(field.default, int | float) else value
    label = parameter_label(path).removeprefix(f"{power}: ")
    high = max(value, min(high, WIDTH * max(value, default)))
    return Dial(key, group, label[:1].upper() + label[1:], low, high, value)


def _bound(field: Any, names: tuple[str, ...], otherwise: float) -> float:
    found = [getattr(limit, name) for limit in field.metadata for name in names if hasattr(limit, name)]
    return float(found[0]) if found else otherwise
