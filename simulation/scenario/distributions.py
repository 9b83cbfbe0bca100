"""Records of stylised populations: weak states drawn from distributions instead of listed.

They say what is drawn; `population` draws. Read from the `population` block of a scenario file.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulation.scenario.parameters import Code, Record, incoherent, parameter


class Uniform(Record):
    """Every value between two bounds is equally likely."""

    low: float = parameter(..., "Lower bound", "as the field", "the scenario")
    high: float = parameter(..., "Upper bound", "as the field", "the scenario")

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.low > self.high:
            raise incoherent("bounds the wrong way round", f"low {self.low:g}, high {self.high:g}", "low <= high")
        return self


class Lognormal(Record):
    """Positive, with a long right tail; drawn values above the field's upper bound are set to it."""

    median: float = parameter(..., "Median", "as the field", "the scenario", gt=0)
    sigma: float = parameter(..., "Standard deviation of the logarithm", "log points", "the scenario", ge=0, le=10)


class Beta(Record):
    """Between 0 and 1."""

    a: float = parameter(..., "First shape", "number", "the scenario", gt=0, le=1000)
    b: float = parameter(..., "Second shape", "number", "the scenario", gt=0, le=1000)


class Choice(Record):
    """One of several values."""

    values: list[float] = Field(..., min_length=1, description="The values")
    weights: list[Annotated[float, Field(ge=0)]] = Field(
        default_factory=list, description="Their weights; none: equal")

    @model_validator(mode="after")
    def _has_weights_that_fit(self) -> Self:
        count = len(self.weights)
        if self.weights and (count != len(self.values) or not any(self.weights)):
            found = f"{len(self.values)} values, {count} weights" if any(self.weights) else "all weights 0"
            raise incoherent("weights do not fit the values", found, "one weight for each value, not all 0; or none")
        return self


class Distribution(Record):
    """Exactly one of the distributions below."""

    uniform: Uniform | None = None
    lognormal: Lognormal | None = None
    beta: Beta | None = None
    choice: Choice | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        given = [kind for kind in type(self).model_fields if getattr(self, kind) is not None]
        if len(given) != 1:
            raise incoherent("not one distribution", " and ".join(given) or "none",
                             f"exactly one of {', '.join(type(self).model_fields)}")
        return self


Draw = float | Distribution


class RelationDraw(Record):
    """How generated states stand towards one major power: numbers or distributions."""

    distance_km: Draw = Field(..., description="See weak_states.*.toward.*.distance_km")
    preference_distance: Draw = Field(0.0, description="See weak_states.*.toward.*.preference_distance")
    competitor_preference_distance: Draw = Field(
        0.0, description="See weak_states.*.toward.*.competitor_preference_distance")
    patron_threat: Draw = Field(0.0, description="See weak_states.*.toward.*.patron_threat")
    basing: Draw = Field(0.5, description="See weak_states.*.toward.*.basing")
    rival_pull: Draw = Field(0.0, description="See weak_states.*.toward.*.rival_pull")


class Population(Record):
    """Stylised weak states drawn from distributions; they join the states that are listed.

    Each figure of each state is drawn by its address (seed, state, field), so that more states leave the others alone.
    """

    count: int = parameter(..., "Number of generated states", "states", "the scenario", ge=0, le=10_000)
    seed: int = parameter(1, "Seed of the population; not of the histories", "number", "the scenario", ge=0, le=2**63)
    prefix: Code = parameter("S", "Codes are this and a number, S001, S002 ...", "text", "the scenario")
    capability: Draw = Field(..., description="See weak_states.*.capability")
    challenger_capability: Draw = Field(..., description="See weak_states.*.challenger_capability")
    crisis_rate: Draw = Field(0.2, description="See weak_states.*.crisis_rate")
    latent_threat: Draw = Field(0.0, description="See weak_states.*.latent_threat")
    autonomy_value: Draw = Field(0.6, description="See weak_states.*.autonomy_value")
    preference_weight: Draw = Field(0.5, description="See weak_states.*.preference_weight")
    votes: Draw = Field(1.0, description="See weak_states.*.votes")
    instability: Draw = Field(0.0, description="See weak_states.*.instability")
    outside_option: Draw = Field(0.0, description="See weak_states.*.outside_option")
    toward: dict[Code, RelationDraw] = Field(default_factory=dict, description="Standing towards each major power")
