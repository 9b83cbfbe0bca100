"""Propositions as a theorist writes them: what is predicted, of which contrast, and what must make it vanish.

Read by the commands ``test``, ``scope`` and ``multiverse``. What a file says is checked here, down to the names of
measures and the paths of parameters, before any history is run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, create_model, model_validator

from simulation.errors import Refusal
from simulation.propositions.verdicts import Direction
from simulation.scenario.file import PROPOSITIONS, PathLike, load_document, load_scenario, refuse_other_kind
from simulation.scenario.own_terms import own_columns
from simulation.scenario.parameters import Code, Record, incoherent, parameter
from simulation.scenario.scenario import Scenario
from simulation.scenario.shipped import beside_or_shipped
from simulation.scenario.validation import Locate, Location, listed, nearest, placed, shown, validated
from simulation.study.derived_measures import Derived, refuse_foreign_measures
from simulation.study.sampling import axis_of
from simulation.study.stopping_rule import MOST_REPLICATIONS
from simulation.study.study_file import LARGEST_SEED

SOURCE = "the proposition"
SURVIVORS = {"commitment_of_survivors": "commitment", "autonomy_of_survivors": "autonomy"}
"""Measures over the states that are allies in all settings that are compared, each with what it is the mean of."""

BEYOND_PAPER = {"number_of_pacts": "pacts_beyond_paper"}
"""Measures that count paper pacts, each with the one that does not: predictions about the first are decided by both."""

Settings = dict[str, Any]

if TYPE_CHECKING:
    class Contrast(Record):
        """As below, for type checkers; its first field, "from", is got by getattr."""

        to: Settings
else:
    Contrast = create_model(
        "Contrast", __base__=Record, __doc__="Two settings, by dotted path; the effect is the second less the first.",
        **{
            "from": (Settings, Field(default_factory=dict,
                                     description="Values before; none: as the scenario has them")),
            "to": (Settings, Field(..., min_length=1, description="Values after")),
        })


class Slope(Record):
    """Several values of one parameter; the effect is the slope through them, per unit of the parameter."""

    path: str = parameter(..., "Path of the parameter", "path", SOURCE)
    values: list[float] = Field(..., min_length=2, description="Values at which histories are run")

    @model_validator(mode="after")
    def _has_different_values(self) -> Self:
        if len(set(self.values)) < len(self.values):
            raise incoherent("a value given twice", shown(self.values), "different values")
        return self


class Prediction(Record):
    """One effect with its predicted direction."""

    says: str = Field("", description="What is predicted, in a sentence")
    measure: str = parameter(..., "Measure in which the effect is told", "name", SOURCE)
    contrast: Contrast | None = Field(None, description="Two settings")
    slope: Slope | None = Field(None, description="Several values of a parameter")
    at: Settings | None = Field(None, description="One setting; the effect is the measure itself, less `against`")
    against: float = parameter(0.0, "What the measure is held against, with `at`", "as the measure", SOURCE)
    direction: Literal["positive", "negative", "none"] = parameter(..., "Sign of the effect", "name", SOURCE)
    smallest_effect: float = parameter(
        ..., "Smallest effect of interest: what lies within plus and minus this is negligible", "as the measure",
        SOURCE, gt=0)
    scenario: str = Field("", description="In place of the proposition's")
    set: Settings = Field(default_factory=dict, description="Conditions beside the proposition's")
    major_power: str = parameter("", "Whose measure; may be left out where there is one major power", "code", SOURCE)

    @model_validator(mode="after")
    def _compares_in_one_way(self) -> Self:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if len(given) != 1:
            raise incoherent("not one comparison", ", ".join(given) or "none", f"one of {', '.join(WAYS)}")
        if self.against and self.at is None:
            raise incoherent("held against a figure", f"against {self.against:g} without at", "against beside at")
        return self

    @property
    def predicted(self) -> Direction:
        """The direction, typed."""
        return Direction(self.direction)


WAYS = ("contrast", "slope", "at")


class KnockOut(Record):
    """Settings under which a mechanism is off, and which predictions must vanish with it, or appear."""

    says: str = Field("", description="Which mechanism is off, in a sentence")
    set: Settings = Field(..., min_length=1, description="Values by dotted path, over all others")
    removes: list[str] = Field(default_factory=list, description="Predictions whose effect must vanish")
    reveals: list[str] = Field(default_factory=list, description="Predictions of no effect that must show one now")


if TYPE_CHECKING:
    class Span(Record):
        """As below, for type checkers; its first field, "from", is got by getattr."""

        to: float
        scale: Literal["linear", "log"]
else:
    Span = create_model(
        "Span", __base__=Record, __doc__="From where to where a parameter goes in a region.",
        **{
            "from": (float, parameter(..., "Least value", "as the parameter", SOURCE)),
            "to": (float, parameter(..., "Largest value", "as the parameter", SOURCE)),
            "scale": (Literal["linear", "log"], parameter("linear", "Whether differences or ratios count alike", "name",
                                                          SOURCE)),
        })


class Proposition(Record):
    """A statement with its predictions and its knock-outs."""

    statement: str = Field(..., min_length=1, description="What the theory says")
    source: str = Field("", description="Who says so")
    scenario: str = Field("", description="Scenario file, as a path from this file's folder")
    set: Settings = Field(default_factory=dict, description="Conditions, by dotted path")
    major_power: str = parameter("", "Whose measures; may be left out where there is one major power", "code", SOURCE)
    at_most: int | None = Field(None, ge=10, le=MOST_REPLICATIONS, description="Pairs of histories at most, in place of"
                                                                              " the file's")
    predictions: dict[Code, Prediction] = Field(..., min_length=1, description="Effects by name")
    knock_outs: dict[Code, KnockOut] = Field(default_factory=dict, description="Mechanisms switched off, by name")
    region: dict[str, Span] = Field(default_factory=dict, description="Parameters over which `scope` looks")


class Propositions(Record):
    """A file of propositions: one family, decided together."""

    format: Literal[1] = Field(1, description="Version of this format")
    name: Code = Field(..., description="Name in tables, files and folders")
    title: str = Field("", description="Title in reports")
    description: str = Field("", description="What the family is about")
    alpha: float = parameter(0.05, "Probability of any false decision in the family", "probability", SOURCE, gt=0,
                             le=0.5)
    power: float = parameter(0.9, "Probability with which the pairs that are told to be needed decide",
                             "probability", SOURCE, ge=0.5, le=0.999)
    pilot: int = parameter(30, "Pairs of histories at the first look", "histories", SOURCE, ge=10, le=MOST_REPLICATIONS)
    at_most: int = parameter(1000, "Pairs of histories at the last look", "histories", SOURCE, ge=10,
                             le=MOST_REPLICATIONS)
    seed: int = parameter(1, "Seed of all chance", "number", SOURCE, ge=0, le=LARGEST_SEED)
    scenario: str = Field("", description="Scenario of the propositions that name none")
    worlds: Literal["drawn", "same"] = parameter(
        "drawn", "Whether every pair of histories has a population of its own, where the scenario has one", "name",
        SOURCE)
    measures: dict[Code, Derived] = Field(default_factory=dict, description="Measures of the propositions' own")
    region: dict[str, Span] = Field(default_factory=dict, description="Region of the propositions that have none")
    multiverse: dict[str, list[Any]] = Field(
        default_factory=dict, description="Assumptions with the values that are combined, the scenario's among them")
    propositions: dict[Code, Proposition] = Field(..., min_length=1, description="The propositions by name")

    @property
    def size(self) -> int:
        """Verdicts in all: the size of the family. Predictions about numbers of pacts have two, with and without those
        on paper."""
        measures = [prediction.measure for proposition in self.propositions.values()
                    for prediction in proposition.predictions.values()]
        return len(measures) + sum(measure in BEYOND_PAPER for measure in measures)

    @model_validator(mode="after")
    def _pilot_is_within_bounds(self) -> Self:
        if self.pilot > self.at_most:
            raise incoherent("bounds the wrong way round", f"pilot {self.pilot}, at_most {self.at_most}",
                             "pilot up to at_most", key="pilot" if "pilot" in self.model_fields_set else "at_most")
        return self


@dataclass(frozen=True)
class Family:
    """A file of propositions, read and checked.

    Attributes
    ----------
    content : what the file says.
    text : the file as its author wrote it.
    scenarios : every scenario it names, by the path that it gives.
    file : the path of the file.
    """

    content: Propositions
    text: str
    scenarios: dict[str, Scenario]
    file: Path

    @property
    def digest(self) -> str:
        """Hash of the file and of its scenarios: what was known before the first history."""
        parts = [self.text, *(f"{name}\n{scenario.fingerprint()}" for name, scenario in sorted(self.scenarios.items()))]
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()

    def with_seed(self, seed: int | None) -> Family:
        """The same family under another seed; None leaves it as it is."""
        return self if seed is None else replace(self, content=self.content.model_copy(update={"seed": seed}))

    def scenario_name(self, proposition: Proposition, prediction: Prediction) -> str:
        """The path, as the file gives it, of the scenario of a prediction."""
        return prediction.scenario or proposition.scenario or self.content.scenario

    def region(self, code: str) -> dict[str, Span]:
        """The region over which the scope of a proposition is looked for."""
        return self.content.propositions[code].region or self.content.region

    def base(self, code: str) -> Scenario:
        """The scenario of a proposition's first prediction, under its conditions."""
        proposition = self.content.propositions[code]
        first = next(iter(proposition.predictions.values()))
        return self.scenarios[self.scenario_name(proposition, first)].replace_all(proposition.set | first.set)

    def measures(self, scenario: Scenario) -> list[str]:
        """Names of all measures that a prediction about a scenario may name."""
        from simulation.history.measures import MEASURES  # noqa: PLC0415 - it knows the compiler, which is slow to import

        return [*MEASURES, *own_columns(scenario), *SURVIVORS, *self.content.measures]


def load_family(path: PathLike) -> Family:
    """The propositions in a file. Raises `Refusal`, with file and line, for the first thing that is wrong."""
    data, locate = load_document(path)
    refuse_other_kind(data, PROPOSITIONS, str(path))
    content = validated(Propositions, data, locate=locate)
    refuse_foreign_measures(content.measures, locate)
    family = Family(content, Path(path).read_text(encoding="utf-8-sig"), {}, Path(path))
    for name, place in _scenario_names(content, locate):
        if name not in family.scenarios:
            family.scenarios[name] = _scenario(beside_or_shipped(family.file.parent, name), place)
    for code, proposition in content.propositions.items():
        _check(family, code, proposition, locate)
    _check_common(family, locate)
    return family


def _check_common(family: Family, locate: Locate) -> None:
    """Refuses a region or a multiverse of the whole file that is none, or of which no scenario knows a path."""
    _check_ends(family.content.region, ("region",), locate)
    tried: list[tuple[Settings, Location]] = [
        ({path: getattr(span, "from")}, ("region", path)) for path, span in family.content.region.items()]
    tried += [({path: value}, ("multiverse", path, number)) for path, values in family.content.multiverse.items()
              for number, value in enumerate(values)]
    bases = [family.base(code) for code in family.content.propositions]
    for settings, place in tried:
        refusals = [refusal for base in bases if (refusal := _refused(base, settings, place, locate))]
        if len(refusals) == len(bases):
            raise refusals[0]


def _refused(scenario: Scenario, settings: Settings, place: Location, locate: Locate) -> Refusal | None:
    """Why a scenario does not take settings; None if it does."""
    try:
        _replaced(scenario, settings, place, locate)
    except Refusal as refusal:
        return refusal
    return None


def _check_ends(region: Mapping[str, Span], place: Location, locate: Locate) -> None:
    """Refuses a range that is none, as a study's design does."""
    for path, span in region.items():
        axis_of(path, span.model_dump(), (*place, path), locate)


def _scenario_names(content: Propositions, locate: Locate) -> Iterator[tuple[str, tuple[str, int]]]:
    """Every scenario that is named, with file and line; refuses a prediction without one."""
    for code, proposition in content.propositions.items():
        for name, prediction in proposition.predictions.items():
            place: Location = ("propositions", code)
            if prediction.scenario:
                yield prediction.scenario, locate((*place, "predictions", name, "scenario"))
            elif proposition.scenario:
                yield proposition.scenario, locate((*place, "scenario"))
            elif content.scenario:
                yield content.scenario, locate(("scenario",))
            else:
                raise placed(Refusal("missing", allowed="a scenario file"), (*place, "scenario"), locate=locate)


def _scenario(path: Path, place: tuple[str, int]) -> Scenario:
    if not path.is_file():
        raise Refusal("no such file", "scenario", shown(str(path)), file=place[0], line=place[1])
    return load_scenario(path)


def _check(family: Family, code: str, proposition: Proposition, locate: Locate) -> None:
    """Refuses what a proposition names and nothing has: measures, major powers, predictions, paths."""
    place: Location = ("propositions", code)
    for name, prediction in proposition.predictions.items():
        here = (*place, "predictions", name)
        scenario = family.scenarios[family.scenario_name(proposition, prediction)]
        measures = family.measures(scenario)
        if prediction.measure not in measures:
            raise placed(Refusal("unknown measure", found=shown(prediction.measure), allowed=listed(measures),
                                 suggestion=nearest(prediction.measure, measures)), (*here, "measure"), locate=locate)
        if prediction.measure in SURVIVORS and prediction.at is not None:
            raise placed(Refusal("survivors of one setting", found=prediction.measure,
                                 allowed="a contrast or a slope with this measure"), (*here, "measure"), locate=locate)
        _check_power(prediction.major_power or proposition.major_power, scenario,
                     here if prediction.major_power else place, locate)
        base = _replaced(scenario, proposition.set, (*place, "set"), locate)
        base = _replaced(base, prediction.set, (*here, "set"), locate)
        arms = [_replaced(base, settings, (*here, *where), locate) for where, settings in arms_with_places(prediction)]
        if prediction.contrast is not None and arms[0].fingerprint() == arms[1].fingerprint():
            raise placed(Refusal("nothing to compare", found="the same setting on both sides", allowed="two settings"),
                         (*here, "contrast"), locate=locate)
    for name, knock_out in proposition.knock_outs.items():
        _check_knock_out(family, proposition, knock_out, (*place, "knock_outs", name), locate)
    _check_ends(proposition.region, (*place, "region"), locate)
    for path in proposition.region:
        first = next(iter(proposition.predictions.values()))
        scenario = family.scenarios[family.scenario_name(proposition, first)]
        _replaced(scenario, {path: getattr(proposition.region[path], "from")}, (*place, "region"), locate)


def _check_power(power: str, scenario: Scenario, place: Location, locate: Locate) -> None:
    powers = list(scenario.major_powers)
    if power and power not in powers:
        raise placed(Refusal("unknown major power", found=shown(power), allowed=listed(powers),
                             suggestion=nearest(power, powers)), (*place, "major_power"), locate=locate)
    if not power and len(powers) > 1:
        raise placed(Refusal("missing", allowed=f"one of {listed(powers)}"), (*place, "major_power"), locate=locate)


def _check_knock_out(family: Family, proposition: Proposition, knock_out: KnockOut, place: Location,
                     locate: Locate) -> None:
    names = list(proposition.predictions)
    for key in ("removes", "reveals"):
        for number, name in enumerate(getattr(knock_out, key)):
            if name not in names:
                raise placed(Refusal("unknown prediction", found=shown(name), allowed=listed(names),
                                     suggestion=nearest(name, names)), (*place, key, number), locate=locate)
    if not knock_out.removes and not knock_out.reveals:
        raise placed(Refusal("missing", allowed=f"one or more of {listed(names)}"), (*place, "removes"), locate=locate)
    for name in [*knock_out.removes, *knock_out.reveals]:
        prediction = proposition.predictions[name]
        scenario = family.scenarios[family.scenario_name(proposition, prediction)]
        for settings in arms_of(prediction):
            _replaced(scenario, proposition.set | prediction.set | settings | knock_out.set, (*place, "set"), locate)


def arms_of(prediction: Prediction) -> list[Settings]:
    """The settings that a prediction compares, in order."""
    return [settings for _, settings in arms_with_places(prediction)]


def arms_with_places(prediction: Prediction) -> list[tuple[Location, Settings]]:
    """The settings that a prediction compares, each with where in the prediction it stands."""
    if prediction.contrast is not None:
        return [(("contrast", way), getattr(prediction.contrast, way)) for way in ("from", "to")]
    if prediction.slope is not None:
        return [(("slope", "values", number), {prediction.slope.path: value})
                for number, value in enumerate(prediction.slope.values)]
    return [(("at",), prediction.at or {})]


def weights_of(prediction: Prediction) -> list[float]:
    """How the arms add up to the effect: minus one and one, the weights of a least-squares slope, or one."""
    if prediction.contrast is not None:
        return [-1.0, 1.0]
    if prediction.slope is None:
        return [1.0]
    values = prediction.slope.values
    middle = sum(values) / len(values)
    spread = sum((value - middle) ** 2 for value in values)
    return [(value - middle) / spread for value in values]


def _replaced(scenario: Scenario, settings: Mapping[str, Any], place: Location, locate: Locate) -> Scenario:
    """The scenario with these settings; a refusal says where in the file."""
    try:
        return scenario.replace_all(settings)
    except Refusal as refusal:
        culprit = next((path for path in settings if refusal.path == path or refusal.path.startswith(f"{path}.")), "")
        spot = (*place, culprit) if culprit and place[-1] in ("set", "from", "to", "at", "region") else place
        refusal.file, refusal.line = locate(spot)
        raise
