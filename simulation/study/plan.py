"""A plan: a study made definite. Every point is checked, every history has its number, and the whole has a name.

Histories are numbered replication by replication (all points of replication 0, then of replication 1, and so on), so
that a sweep that stops early is balanced, and replications can be added without renumbering.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from simulation.errors import Refusal
from simulation.scenario.file import PathLike, load_scenario
from simulation.scenario.path_hints import suggest_path
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import Locate, placed, validated
from simulation.study.derived_measures import measures_of_own_terms, refuse_foreign_measures, refuse_taken_names
from simulation.study.design import points_of, varied_paths
from simulation.study.parts import Part
from simulation.study.points import Point
from simulation.study.stopping_rule import Replications, Until, refuse_foreign_rule
from simulation.study.study_file import Study, load_study

SCENARIO_FILE = "scenario.resolved.yaml"
HASH_DIGITS = 8
POPULATION_SEED = "population.seed"


WORLD = "world"
"""Column of the seed of the population, where every replication draws its own."""


class Run(NamedTuple):
    """One history of a sweep.

    Its number, its point, its replication, the values by path at its point, and the seed of its population where every
    replication draws its own.
    """

    run_id: int
    point_id: int
    replication: int
    settings: dict[str, Any]
    world: int | None = None

    @property
    def replacements(self) -> dict[str, Any]:
        """All that distinguishes its scenario from the study's, by dotted path."""
        return self.settings if self.world is None else self.settings | {POPULATION_SEED: self.world}

    @property
    def columns(self) -> dict[str, Any]:
        """The same as columns of the table."""
        return self.settings if self.world is None else {WORLD: self.world} | self.settings


@dataclass(frozen=True)
class Plan:
    """A study made definite.

    Attributes
    ----------
    study : the study with replications and seed as asked for; what it sets is in the scenario already.
    scenario : the scenario of all points, before what varies is replaced.
    points : for every point the values by dotted path; all points have the same paths.
    text : the study as its author wrote it.
    part : the part of the sweep that is to be run; None for the whole.
    """

    study: Study
    scenario: Scenario
    points: tuple[dict[str, Any], ...]
    text: str = ""
    part: Part | None = None

    @property
    def rule(self) -> Until | None:
        """When a point has histories enough; None where all points get the same number."""
        return None if isinstance(self.study.replications, int) else self.study.replications.until

    @property
    def replications(self) -> int:
        """Histories at every point; by a rule, the most that it allows."""
        own = self.study.replications
        return own if isinstance(own, int) else own.until.at_most

    @property
    def paths(self) -> tuple[str, ...]:
        """What varies, by dotted path."""
        return tuple(self.points[0])

    @cached_property
    def own_measures(self) -> dict[str, Any]:
        """Measures that not every sweep has, by name, with unit and meaning: those of the scenario's own terms,
        then those that the study defines."""
        return measures_of_own_terms(self.scenario, self.paths) | self.study.measures

    @property
    def number_of_runs(self) -> int:
        """Points times replications, of all parts; by a rule, the most that there can be."""
        return len(self.points) * self.replications

    @cached_property
    def identity(self) -> str:
        """Hash over scenario, points and seed, and the rule, own measures and drawn worlds if there are any.

        More replications leave it as it is.
        """
        parts: list[Any] = [self.scenario.fingerprint(), self.points, self.study.seed]
        parts += [self.rule.model_dump()] if self.rule else []
        parts += [{name: own.model_dump() for name, own in self.study.measures.items()}] if self.study.measures else []
        parts += [self.study.worlds] if self.draws_worlds else []
        text = json.dumps(parts, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def folder_name(self) -> str:
        """Name of the results folder."""
        return f"{self.study.name}-{self.identity[:HASH_DIGITS]}" + (self.part.ending if self.part else "")

    def run(self, run_id: int) -> Run:
        """The history of a number."""
        replication, point_id = divmod(run_id, len(self.points))
        return Run(run_id, point_id, replication, self.points[point_id],
                   self.scenario.population.seed + replication
                   if self.draws_worlds and self.scenario.population is not None else None)

    @property
    def draws_worlds(self) -> bool:
        """Whether every replication draws its own population, the same at all points."""
        return self.study.worlds == "drawn"

    def with_replications(self, replications: int) -> Plan:
        """The same plan with another number of replications, in place of a rule if there is one."""
        if replications == self.replications:
            return self
        return replace(self, study=self.study.model_copy(update={"replications": replications}))

    def keeping(self, series: bool, pacts: bool) -> Plan:
        """The same plan, with yearly tables kept that are asked for beside the study's own."""
        record = self.study.record
        record = record.model_copy(update={"series": record.series or series, "pacts": record.pacts or pacts})
        return replace(self, study=self.study.model_copy(update={"record": record}))

    def resolved_study(self) -> dict[str, Any]:
        """The study as plain data, with the resolved scenario beside it: as a study file it repeats the sweep."""
        data = self.study.model_dump(mode="json", exclude={"set"})
        data["design"] = {kind: part for kind, part in data["design"].items() if part}
        return data | {"scenario": SCENARIO_FILE}


def load_plan(path: PathLike, settings: Mapping[str, Any] | None = None, replications: int | None = None,
              seed: int | None = None) -> Plan:
    """The plan of a study file.

    Parameters
    ----------
    settings : values by dotted path that replace those of the scenario and of the study's `set`.
    replications, seed : in place of the study's own.

    Raises `Refusal` if the study, its scenario, or any value of the design is not allowed.
    """
    study, locate, scenario_path = load_study(path)
    asked = {"replications": replications, "seed": seed}
    for name, value in asked.items():
        if value is not None:
            study = _changed(study, name, value)
    scenario = _set(load_scenario(scenario_path), study, locate, settings or {})
    refuse_taken_names(study.measures, scenario, locate)
    refuse_foreign_rule(study.replications.until if isinstance(study.replications, Replications) else None, scenario,
                        locate, [*measures_of_own_terms(scenario), *study.measures])
    refuse_no_population(study, scenario, locate)
    refuse_other_terms(study)
    points = checked_points(scenario, points_of(study.design, locate), locate)
    return Plan(study, scenario, points, Path(path).read_text(encoding="utf-8-sig"))


def plan_of(study: Study, scenario: Scenario) -> Plan:
    """The plan of a study on a scenario at hand; the study's own `scenario` and `set` are not looked at."""
    refuse_foreign_measures(study.measures)
    refuse_taken_names(study.measures, scenario)
    refuse_no_population(study, scenario)
    refuse_other_terms(study)
    plan = Plan(study, scenario, checked_points(scenario, points_of(study.design)))
    refuse_foreign_rule(plan.rule, scenario, own=plan.own_measures)
    return plan


def refuse_other_terms(study: Study) -> None:
    """Raises `Refusal` if points would have own terms of other names, which name columns, the same for all."""
    for path in varied_paths(study.design):
        keys = path.split(".")
        if keys[0] == "own_terms" and (len(keys) < 3 or keys[-1] in ("side", "kind")):
            raise Refusal("cannot differ between the points of a study, because terms name columns of its table", path,
                          allowed="weight, formula or powers of a term; a term of weight 0 is as good as none")


def refuse_no_population(study: Study, scenario: Scenario, locate: Locate | None = None) -> None:
    """Raises `Refusal` if worlds are to be drawn where none can be, or where the design gives their seed."""
    if study.worlds == "same":
        return
    if scenario.population is None:
        raise placed(Refusal("no population to draw", found=study.worlds,
                             allowed="same, or a scenario with a population"), ("worlds",), locate=locate)
    if POPULATION_SEED in varied_paths(study.design):
        raise placed(Refusal("seed of the population given twice", found=study.worlds,
                             allowed=f"same, or a design without {POPULATION_SEED}"), ("worlds",), locate=locate)


def checked_points(scenario: Scenario, points: Iterable[Point],
                   locate: Locate | None = None) -> tuple[dict[str, Any], ...]:
    """The values of all points as the scenario holds them. Raises `Refusal` at the place of the first bad one."""
    found: dict[str, dict[str, Any]] = {}
    for point in points:
        values = _checked(scenario, point, locate)
        text = json.dumps(values, sort_keys=True)
        if text in found:
            place = next(iter(point.values())).location[:2]
            told = ", ".join(f"{path} = {value}" for path, value in values.items())
            raise placed(Refusal("a point given twice", found=told), place, locate=locate)
        found[text] = values
    return tuple(found.values())


def _checked(scenario: Scenario, point: Point, locate: Locate | None) -> dict[str, Any]:
    """One point's values, checked together, because values that are fine alone may not fit each other."""
    settings = {path: setting.value for path, setting in point.items()}
    try:
        replaced = scenario.replace_all(settings)
    except Refusal as refusal:
        suggest_path(refusal, scenario)
        if locate is not None:
            refusal.file, refusal.line = locate(_culprit(point, refusal.path))
        raise
    return {path: _held(replaced, path, value) for path, value in settings.items()}


def _culprit(point: Point, refused: str) -> tuple[str | int, ...]:
    """Where the study gives the value that was refused; the design as a whole if no single one is at fault."""
    for path, setting in point.items():
        if refused == path or refused.startswith(f"{path}."):
            return setting.location
    return ("design",)


def _held(scenario: Scenario, path: str, value: Any) -> Any:
    """A value as the scenario holds it: a whole number becomes a float where the parameter is one."""
    try:
        return scenario.value(path)
    except Refusal:  # a path for generated states only
        return value


def _changed(study: Study, option: str, value: int) -> Study:
    """The study with an option of the command line in place of its own value. Raises `Refusal`."""
    try:
        return validated(Study, study.model_dump() | {option: value})
    except Refusal as refusal:
        refusal.path, refusal.file = "", f"--{option}"
        raise


def _set(scenario: Scenario, study: Study, locate: Locate, settings: Mapping[str, Any]) -> Scenario:
    """The scenario with what the study sets and, over it, what the command line sets."""
    varied = varied_paths(study.design)
    for path in study.set:
        if path in varied:
            raise placed(Refusal("path both set and varied", found=path), ("set", path), locate=locate)
    try:
        scenario = scenario.replace_all(study.set)
    except Refusal as refusal:
        suggest_path(refusal, scenario)
        culprit = next((path for path in study.set if refusal.path == path or refusal.path.startswith(f"{path}.")), "")
        refusal.file, refusal.line = locate(("set", culprit) if culprit else ("set",))
        raise
    for path in settings:
        if path in varied:
            raise Refusal("path varied by the study", path, allowed="a path that the design leaves alone", file="--set")
    try:
        return scenario.replace_all(settings)
    except Refusal as refusal:
        suggest_path(refusal, scenario)
        refusal.file = "--set"
        raise
