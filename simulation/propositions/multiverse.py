"""A proposition under every combination of named assumptions: how often it holds, and which switch breaks it.

After Steegen, Tuerlinckx, Gelman & Vanpaemel 2016 (doi 10.1177/1745691616658637): what is reported is all universes,
not the one that the author would have chosen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulation.propositions.file import Settings
from simulation.propositions.region import SurveyedPoint
from simulation.propositions.verdicts import Verdict
from simulation.scenario.scenario import Scenario


@dataclass(frozen=True)
class Switch:
    """An assumption: for each of its values, in how many of the universes with it the proposition holds.

    `breaks` : whether to change it alone, away from the scenario's own universe, makes a proposition that holds there
    hold no longer; None where it does not hold there, or the scenario's own universe is not among them.
    """

    path: str
    counts: dict[str, tuple[int, int]]
    breaks: bool | None


@dataclass(frozen=True)
class Multiverse:
    """What is said of all universes.

    Attributes
    ----------
    holds, universes : in how many of how many it is supported.
    own : the scenario's own universe; None if it is not among them.
    switches : the assumptions.
    nearest_break : what to change, least things first, for it to hold no longer; None if it always holds, or the
        scenario's own universe is not among them or not one where it holds.
    """

    holds: int
    universes: int
    own: SurveyedPoint | None
    switches: list[Switch]
    nearest_break: Settings | None


def multiverse_of(points: list[SurveyedPoint], scenario: Scenario) -> Multiverse:
    """What the universes say together."""
    own_values = {path: scenario.value(path) for path in points[0].settings}
    own = next((place for place in points if place.settings == own_values), None)
    holds = [place for place in points if place.verdict is Verdict.SUPPORTED]
    does_own_hold = own is not None and own.verdict is Verdict.SUPPORTED
    broken = [place for place in points if place.verdict is not Verdict.SUPPORTED] if does_own_hold else []
    changes = sorted((changed(place, own_values) for place in broken), key=len)
    switches = [_switch(path, points, own_values, does_own_hold) for path in own_values]
    return Multiverse(len(holds), len(points), own, switches, changes[0] if changes else None)


def changed(place: SurveyedPoint, own_values: Mapping[str, Any]) -> Settings:
    """What a universe has other than the scenario."""
    return {path: value for path, value in place.settings.items() if value != own_values[path]}


def _switch(path: str, points: list[SurveyedPoint], own_values: Mapping[str, Any], does_own_hold: bool) -> Switch:
    counts: dict[str, tuple[int, int]] = {}
    for place in points:
        text = json.dumps(place.settings[path])
        holding, there = counts.get(text, (0, 0))
        counts[text] = holding + (place.verdict is Verdict.SUPPORTED), there + 1
    alone = [place for place in points if list(changed(place, own_values)) == [path]]
    breaks = any(place.verdict is not Verdict.SUPPORTED for place in alone) if does_own_hold else None
    return Switch(path, counts, breaks)
