"""The rule by which points of a study get histories until an estimate is narrow enough; `stopping` follows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator

from simulation.errors import Refusal
from simulation.scenario.parameters import Record, incoherent, parameter
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import Locate, listed, nearest, placed, shown

MOST_REPLICATIONS = 1_000_000
ALLOWED = f"1 to {MOST_REPLICATIONS}"
WAYS = f"{ALLOWED}, or {{until: {{measure, half_width, ...}}}}"


class Until(Record):
    """When a point has histories enough."""

    measure: str = parameter(..., "Measure whose mean is estimated", "name", "the study")
    half_width: float = parameter(..., "Half the length of its interval at which a point stops", "as the measure",
                                  "the study", gt=0)
    confidence: float = parameter(0.95, "Confidence of the interval (Student's t)", "share", "the study", ge=0.5,
                                  le=0.9999)
    at_least: int = parameter(10, "Histories in which the measure exists before a point may stop", "histories",
                              "the study", ge=3, le=MOST_REPLICATIONS)
    at_most: int = parameter(1000, "Histories after which it stops in any case", "histories", "the study", ge=3,
                             le=MOST_REPLICATIONS)
    batch: int = parameter(10, "Histories that a point gets at a time, after the first `at_least`", "histories",
                           "the study", ge=1, le=MOST_REPLICATIONS)
    major_power: str = parameter("", "Whose measure; may be left out where there is one major power", "code",
                                 "the study")

    @model_validator(mode="after")
    def _has_bounds_in_order(self) -> Self:
        if self.at_least > self.at_most:
            raise incoherent("bounds the wrong way round", f"at_least {self.at_least}, at_most {self.at_most}",
                             "at_least up to at_most")
        return self


class Replications(Record):
    """Replications by a rule in place of a number."""

    until: Until


def _in_range(value: int | Replications) -> int | Replications:
    if isinstance(value, int) and not 1 <= value <= MOST_REPLICATIONS:
        raise incoherent("out of range", shown(value), ALLOWED)
    return value


NumberOrRule = Annotated[int | Replications, AfterValidator(_in_range)]


def refuse_no_replications(data: dict[str, Any], locate: Locate) -> None:
    """Raises `Refusal` where the replications of a study, as plain data, are neither a number nor a rule."""
    value = data.get("replications", 1)
    if isinstance(value, dict):
        return
    if isinstance(value, bool) or not isinstance(value, int):
        problem = "null where a whole number is needed" if value is None else "not a whole number"
        found = "" if value is None else shown(value)
        raise placed(Refusal(problem, found=found, allowed=WAYS), ("replications",), locate=locate)


def refuse_foreign_rule(rule: Until | None, scenario: Scenario, locate: Locate | None = None,
                        own: Iterable[str] = ()) -> None:
    """Raises `Refusal` if a rule names a measure or a major power that is not there, or none of several.

    own : names of the measures of the study's own.
    """
    if rule is None:
        return
    from simulation.history.measures import MEASURES  # noqa: PLC0415 - it knows the compiler, which is slow to import

    powers, measures = list(scenario.major_powers), [*MEASURES, *own]
    place = ("replications", "until")
    if rule.measure not in measures:
        raise placed(Refusal("unknown measure", found=shown(rule.measure), allowed=listed(measures),
                             suggestion=nearest(rule.measure, measures)), (*place, "measure"), locate=locate)
    if rule.major_power and rule.major_power not in powers:
        raise placed(Refusal("unknown major power", found=shown(rule.major_power), allowed=listed(powers),
                             suggestion=nearest(rule.major_power, powers)), (*place, "major_power"), locate=locate)
    if not rule.major_power and len(powers) > 1:
        raise placed(Refusal("missing", allowed=f"one of {listed(powers)}"), (*place, "major_power"), locate=locate)
