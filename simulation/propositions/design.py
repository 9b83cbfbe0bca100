"""Trials: the histories that a proposition needs, as studies for the sweep engine.

A trial holds what one proposition compares on one scenario under one set of conditions, with or without a knock-out:
every setting once, however many predictions share it. `paired_effects` works out the effects in its histories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulation.errors import Refusal
from simulation.propositions.file import (
    SURVIVORS,
    Family,
    Prediction,
    Proposition,
    Settings,
    arms_of,
    weights_of,
)
from simulation.scenario.scenario import Scenario
from simulation.study.design import Design
from simulation.study.plan import SCENARIO_FILE, Plan, plan_of
from simulation.study.study_file import Recorded, Study

LONGEST_NAME = 24


class LinearContrast(NamedTuple):
    """How a prediction reads a trial: its name, the points it compares, their weights, what is subtracted, the measure
    and whose it is."""

    prediction: str
    points: tuple[int, ...]
    weights: tuple[float, ...]
    against: float
    measure: str
    major_power: str


@dataclass(frozen=True)
class Trial:
    """Histories that are run together.

    Attributes
    ----------
    proposition, knock_out : names; the second is empty for the proposition itself.
    place : number among the trials of the two, for names of folders.
    plan : the study, with one replication until it is told how many.
    contrasts : what its predictions read off it; their points are numbers of `arms`.
    scenario_file : the path of the scenario, as the file of propositions gives it.
    conditions : what is set at every point.
    arms : the settings that are compared; without a design beside them they are the points of the plan.
    """

    proposition: str
    knock_out: str
    place: int
    plan: Plan
    contrasts: tuple[LinearContrast, ...]
    scenario_file: str
    conditions: Settings
    arms: tuple[Settings, ...]

    @property
    def name(self) -> str:
        """Name of its folder."""
        parts = [self.proposition, *([self.knock_out] if self.knock_out else []), *([str(self.place)] if self.place
                                                                                     else [])]
        return "-".join(parts)


def trials_of(family: Family, code: str, knock_out: str = "", beside: Mapping[str, Any] | None = None,
              replications: int = 1) -> list[Trial]:
    """The trials of a proposition; with a knock-out, of the predictions that it bears on.

    beside : a part of a design, such as {"grid": ...}, with whose points everything that is compared is combined.
    """
    proposition = family.content.propositions[code]
    out = proposition.knock_outs[knock_out] if knock_out else None
    names = list(proposition.predictions) if out is None else [*out.removes, *out.reveals]
    groups: dict[tuple[str, str], list[str]] = {}
    for name in dict.fromkeys(names):
        prediction = proposition.predictions[name]
        conditions = proposition.set | prediction.set
        paths = sorted({path for arm in arms_of(prediction) for path in arm})
        key = family.scenario_name(proposition, prediction), json.dumps([paths, conditions], sort_keys=True)
        groups.setdefault(key, []).append(name)
    return [_trial(family, code, knock_out, place, members, beside or {}, replications)
            for place, members in enumerate(groups.values())]


def _trial(family: Family, code: str, knock_out: str, place: int, names: list[str], beside: Mapping[str, Any],
           replications: int) -> Trial:
    proposition = family.content.propositions[code]
    predictions = {name: proposition.predictions[name] for name in names}
    first = predictions[names[0]]
    scenario_file = family.scenario_name(proposition, first)
    conditions = proposition.set | first.set
    scenario = family.scenarios[scenario_file].replace_all(conditions)
    over = proposition.knock_outs[knock_out].set if knock_out else {}
    points, places = _points(scenario, predictions, over)
    used = {derived: family.content.measures[derived] for derived in family.content.measures
            if any(prediction.measure == derived for prediction in predictions.values())}
    study = Study(name=f"{code}-{place}"[:LONGEST_NAME], scenario=SCENARIO_FILE, seed=family.content.seed,
                  replications=replications, measures=used,
                  record=Recorded(pacts=any(p.measure in SURVIVORS for p in predictions.values())),
                  worlds=family.content.worlds if scenario.population else "same", title=proposition.statement,
                  design=Design.model_validate(({"list": points} if points[0] else {}) | dict(beside)))
    contrasts = tuple(LinearContrast(name, places[name], tuple(weights_of(prediction)), prediction.against,
                                     prediction.measure, power_of(proposition, prediction, scenario))
                      for name, prediction in predictions.items())
    return Trial(code, knock_out, place, plan_of(study, scenario), contrasts, scenario_file, conditions, tuple(points))


def power_of(proposition: Proposition, prediction: Prediction, scenario: Scenario) -> str:
    """Code of the major power whose measure a prediction is about."""
    return prediction.major_power or proposition.major_power or next(iter(scenario.major_powers))


def _points(scenario: Scenario, predictions: Mapping[str, Prediction],
            over: Settings) -> tuple[list[Settings], dict[str, tuple[int, ...]]]:
    """All different settings, each with the same paths, and which of them each prediction compares."""
    arms = {name: arms_of(prediction) for name, prediction in predictions.items()}
    paths = list(dict.fromkeys(path for settings in arms.values() for arm in settings for path in arm))
    usual = {path: _usual(scenario, path) for path in paths
             if any(path not in arm for settings in arms.values() for arm in settings)}
    points: list[Settings] = []
    known: dict[str, int] = {}
    places = {}
    for name, settings in arms.items():
        found = []
        for arm in settings:
            point = _canonical(scenario, {path: arm.get(path, usual.get(path)) for path in paths} | over)
            text = json.dumps(point, sort_keys=True)
            if text not in known:
                known[text] = len(points)
                points.append(point)
            found.append(known[text])
        places[name] = tuple(found)
    return points, places


def _canonical(scenario: Scenario, point: Settings) -> Settings:
    """The values as the scenario holds them, so that 1 and 1.0 are one point."""
    replaced = scenario.replace_all(point)
    held = {}
    for path, value in point.items():
        try:
            held[path] = replaced.value(path)
        except Refusal:  # a path for generated states only
            held[path] = value
    return held


def _usual(scenario: Scenario, path: str) -> Any:
    """The scenario's own value at a path that some settings leave alone. Raises `Refusal` if it has several."""
    value, is_one = None, False
    try:
        value = scenario.value(path)
        is_one = scenario.replace(path, value).fingerprint() == scenario.fingerprint()
    except Refusal:
        pass
    if not is_one:
        raise Refusal("a path with no single value in the scenario", path,
                      allowed="a value in every setting that is compared")
    return value
