"""Measures that a study defines for itself, from the final years of each history.

Each is one of four kinds: how contracts vary across the weak states (`slope`), what kind of states the allies are
(`selection`), how many of them are of a kind (`share`), and the difference between two measures (`difference`). The
measures that every sweep has stand in `simulation.history.measures`. Attributes of weak states are those of the
scenario, at which histories begin. `derived_values` works them out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from simulation.errors import Refusal
from simulation.scenario.own_terms import column_of, own_columns
from simulation.scenario.parameters import Record, incoherent, parameter
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import Locate, Location, listed, nearest, placed, shown

PAIR_ATTRIBUTES = ("preference_distance", "competitor_preference_distance", "patron_threat", "basing", "rival_pull")
Attribute = Literal[
    "distance_km", "capability", "challenger_capability", "crisis_rate", "autonomy_value", "votes", "instability",
    "outside_option", "preference_distance", "competitor_preference_distance", "patron_threat", "basing", "rival_pull"]
SOURCE = "the study"


class Slope(Record):
    """Least-squares slope across weak states within a history; missing for fewer than three, or where all are alike."""

    of: Literal["pact", "commitment", "autonomy"] = parameter(
        ..., "Share of the years with a pact, or mean commitment or autonomy conceded", "name", SOURCE)
    on: Attribute = parameter(..., "Attribute of the weak states", "name", SOURCE)
    per: float = parameter(1.0, "Units of the attribute that the slope is told for", "as the attribute", SOURCE, gt=0)
    among: Literal["allies", "states"] = parameter(
        "states", "Allies by their years with a pact, or all weak states, at 0 in years without one", "name", SOURCE)


class Selection(Record):
    """Mean of an attribute over the pact-years less that over all weak states; missing without pacts."""

    on: Attribute = parameter(..., "Attribute of the weak states", "name", SOURCE)


class Share(Record):
    """Share of the pact-years with states whose attribute is above a bound; missing without pacts."""

    on: Attribute = parameter(..., "Attribute of the weak states", "name", SOURCE)
    above: float = parameter(..., "The bound", "as the attribute", SOURCE)


class Difference(Record):
    """One measure less another; missing where either is."""

    of: str = parameter(..., "Measure", "name", SOURCE)
    less: str = parameter(..., "Measure that is subtracted", "name", SOURCE)


class Derived(Record):
    """A measure defined by a study: one of the kinds, with its unit and meaning for tables and axes."""

    meaning: str = Field("", description="What it says, in a sentence")
    unit: str = Field("", description="Its unit, for tables and axes")
    slope: Slope | None = Field(None, description="How contracts vary across the weak states of a history")
    selection: Selection | None = Field(None, description="How the allies differ from all weak states")
    share: Share | None = Field(None, description="How many of the pact-years are with states of a kind")
    difference: Difference | None = Field(None, description="One measure less another")

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise incoherent("not one kind of measure", ", ".join(given) or "none", f"one of {', '.join(KINDS)}")
        return self


def measures_of_own_terms(scenario: Scenario, varied: Collection[str] = ()) -> dict[str, Any]:
    """The measures of a scenario's own terms by name, each with its unit and meaning; of a formula that is among the
    paths that are `varied` it is said where it stands."""
    if not scenario.own_terms:
        return {}
    from simulation.history.measures import own_measures  # noqa: PLC0415 - it knows the compiler, slow to import

    found: dict[str, Any] = dict(own_measures(scenario))
    for name, term in scenario.own_terms.items():
        path, column = f"own_terms.{name}.formula", column_of(name, term)
        if path in varied:
            words = term.says.removesuffix(".") or f"{term.kind.capitalize()} in the scenario's own words"
            meaning = f"{words}, by the formula that {path} holds, summed over the pacts."
            found[column] = found[column]._replace(meaning=meaning)
    return found


def refuse_taken_names(measures: Mapping[str, Derived], scenario: Scenario, locate: Locate | None = None) -> None:
    """Raises `Refusal` for a measure that bears the name of one of the scenario's own terms."""
    for name in measures:
        if name in own_columns(scenario):
            raise placed(Refusal("a measure that the scenario's own terms have already", found=name),
                         ("measures", name), locate=locate)


KINDS = ("slope", "selection", "share", "difference")


def refuse_foreign_measures(measures: Mapping[str, Derived], locate: Locate | None = None,
                            location: Location = ("measures",)) -> None:
    """Raises `Refusal` for a name that is taken, or a difference of measures that are not there."""
    if not measures:
        return
    from simulation.history.measures import MEASURES  # noqa: PLC0415 - it knows the compiler, which is slow to import

    for name, derived in measures.items():
        if name in MEASURES:
            raise placed(Refusal("a measure that there is already", found=name), (*location, name), locate=locate)
        if derived.difference:
            for key, other in derived.difference:
                if other not in MEASURES:
                    raise placed(Refusal("unknown measure", found=shown(other), allowed=listed(MEASURES),
                                         suggestion=nearest(other, MEASURES)),
                                 (*location, name, "difference", key), locate=locate)
