"""A scenario: everything that a history depends on, apart from its seed.

Built by `scenario.file` from YAML or in Python from records; changed only by `replace`, which the command line, sweeps,
notebooks and tests all use. A scenario is frozen: replacing gives a new one.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, Literal, NoReturn, Self

from pydantic import Field, model_validator

from simulation.errors import Refusal
from simulation.scenario.distributions import Population
from simulation.scenario.own_terms import problems_of_own_terms
from simulation.scenario.parameters import (
    Assumptions,
    Code,
    ContractParameters,
    CrisisParameters,
    Dynamics,
    MajorPower,
    OwnTerm,
    Record,
    Recording,
    Relaxations,
    WeakState,
    parameter,
)
from simulation.scenario.population import generate
from simulation.scenario.validation import listed, nearest, shown, validated

FORMAT = 1


class Scenario(Record):
    """A named set of parameters (theory, sections 1-8)."""

    format: Literal[1] = Field(1, description="Version of this format")
    name: Code = Field(..., description="Name in tables, files and folders")
    title: str = Field("", description="Title in figures and reports")
    description: str = Field("", description="What the scenario is about, what is data and what is judgement")
    sources: dict[str, str] = Field(default_factory=dict, description="Where the figures come from, field by field")
    start_year: int = parameter(2000, "First year of the histories", "year", "the scenario", ge=-10_000, le=10_000)
    years: int = parameter(30, "Length of a history", "years", "the scenario", ge=1, le=1000)
    assumptions: Assumptions = Field(default_factory=Assumptions)
    crisis: CrisisParameters = Field(default_factory=CrisisParameters)
    contract: ContractParameters = Field(default_factory=ContractParameters)
    dynamics: Dynamics = Field(default_factory=Dynamics)
    relaxations: Relaxations = Field(default_factory=Relaxations)
    recording: Recording = Field(default_factory=Recording)
    own_terms: dict[Code, OwnTerm] = Field(
        default_factory=dict, description="Further costs and benefits by name, each a formula")
    major_powers: dict[Code, MajorPower] = Field(..., min_length=1, description="The major powers by code")
    weak_states: dict[Code, WeakState] = Field(default_factory=dict, description="The listed weak states by code")
    population: Population | None = Field(None, description="Generated weak states, beside those listed")

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        for problem in incoherences(self):
            raise problem
        return self

    def __iter__(self) -> NoReturn:
        """A scenario is one value, not many: Mesa's batch runner and others must not unpack it."""
        raise TypeError("a scenario cannot be iterated over")

    @functools.cached_property
    def states(self) -> dict[str, WeakState]:
        """All weak states by code, those listed first, then those generated, in a fixed order."""
        return self.weak_states | self.generated

    @functools.cached_property
    def generated(self) -> dict[str, WeakState]:
        """The weak states that are drawn for this scenario, by code."""
        return generate(self.population) if self.population else {}

    def rivals_of(self, code: str) -> frozenset[str]:
        """Codes of the states that count this one as a rival, or that it counts as one."""
        own = self.states[code].rivals
        return frozenset(own) | {other for other, state in self.states.items() if code in state.rivals}

    def replace(self, path: str, value: Any) -> Scenario:
        """This scenario with the value at a dotted path replaced.

        `*` stands for every key: ``weak_states.*.crisis_rate``. Raises `Refusal` if the path matches nothing or the
        value is not allowed there.
        """
        return self.replace_all({path: value})

    def replace_all(self, replacements: Mapping[str, Any]) -> Scenario:
        """This scenario with several values replaced, in the order given; see `replace`."""
        if not replacements:
            return self
        data = self.model_dump()
        for path, value in replacements.items():
            for location in _replaced_locations(data, path):
                _put(data, location, value)
        return validated(Scenario, data, origin=replacements)

    def value(self, path: str) -> Any:
        """The value at a dotted path; the first match if the path has wildcards. Raises `Refusal` if none."""
        first = path.partition(".")[0]
        # most of a scenario are its states, and most paths lead elsewhere
        data: Any = self.model_dump(include={first} if first in type(self).model_fields else None)
        for key in _matches(data, path)[0]:
            data = data[key]
        return data

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain data, defaults filled in: it suffices to repeat every history."""
        return _without_empty(self.model_dump(mode="json"))

    def fingerprint(self) -> str:
        """Canonical text of everything that moves numbers, for hashing; titles and sources are left out."""
        data = _without_empty(self.model_dump(mode="json", exclude={"title", "description", "sources"}))
        for term in data.get("own_terms", {}).values():
            del term["says"], term["source"]
        return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """Plain data without own terms where there are none: as before there were any."""
    return data if data["own_terms"] else {key: value for key, value in data.items() if key != "own_terms"}


def incoherences(scenario: Scenario) -> list[Refusal]:
    """What is wrong between fields that are each fine alone."""
    problems = []
    powers = scenario.major_powers
    if not scenario.weak_states and (scenario.population is None or scenario.population.count == 0):
        problems.append(Refusal("no weak state", "weak_states", allowed="states listed here, or a population"))
    for code in scenario.weak_states:
        if code in powers:
            problems.append(Refusal("a state named twice", f"weak_states.{code}", f"{code} is a major power as well"))
    for code, state in scenario.weak_states.items():
        problems += _relation_problems(scenario, code, state)
        for rival in state.rivals:
            if rival not in scenario.weak_states:
                problems.append(Refusal("unknown rival", f"weak_states.{code}.rivals", rival,
                                        "codes of weak states in this scenario", nearest(rival, scenario.weak_states)))
            if rival == code:
                problems.append(Refusal("a state cannot be its own rival", f"weak_states.{code}.rivals", rival))
    if scenario.population:
        problems += _population_problems(scenario)
    return problems or list(problems_of_own_terms(scenario))


def _relation_problems(scenario: Scenario, code: str, state: WeakState) -> list[Refusal]:
    problems = []
    for group in ("toward", "observed"):
        for power in getattr(state, group):
            if power not in scenario.major_powers:
                problems.append(Refusal("unknown major power", f"weak_states.{code}.{group}.{power}", power,
                                        listed(scenario.major_powers), nearest(power, scenario.major_powers)))
    if (threats := _threats(state)) > 1.0:
        problems.append(_too_many_crises(f"weak_states.{code}.toward", threats))
    for power, record in scenario.major_powers.items():
        relation = state.toward.get(power)
        if relation is None:
            problems.append(Refusal("missing", f"weak_states.{code}.toward.{power}",
                                    allowed=f"how {code} stands towards {power}"))
        elif relation.distance_km is None and (state.capital is None or record.capital is None):
            problems.append(Refusal("missing", f"weak_states.{code}.toward.{power}.distance_km",
                                    allowed="0 to 20040 km, or the capitals of both"))
    return problems


def _threats(state: WeakState) -> float:
    """Share of a state's crises that major powers open themselves, rounding forgiven."""
    return round(sum(relation.patron_threat for relation in state.toward.values()), 12)


def _too_many_crises(path: str, threats: float) -> Refusal:
    return Refusal("more crises than there are", path, f"patron_threat that sums to {threats:g}",
                   "at most 1 over the major powers")


def _population_problems(scenario: Scenario) -> list[Refusal]:
    population = scenario.population
    problems: list[Refusal] = []
    if population is None:
        return problems
    for power in population.toward:
        if power not in scenario.major_powers:
            problems.append(Refusal("unknown major power", f"population.toward.{power}", power,
                                    listed(scenario.major_powers), nearest(power, scenario.major_powers)))
    for power in scenario.major_powers:
        if power not in population.toward:
            problems.append(Refusal("missing", f"population.toward.{power}",
                                    allowed=f"how generated states stand towards {power}"))
    if problems:
        return problems
    if (threats := max(map(_threats, scenario.generated.values()), default=0.0)) > 1.0:
        problems.append(_too_many_crises("population.toward", threats))
    for code in scenario.generated:
        if code in scenario.weak_states or code in scenario.major_powers:
            problems.append(Refusal("a state named twice", "population.prefix", shown(population.prefix),
                                    f"a prefix under which no listed code falls ({code} is taken)"))
            break
    return problems


def _replaced_locations(data: Any, path: str) -> list[tuple[str, ...]]:
    """Locations to replace. `weak_states.*` means generated states too: there the number replaces the distribution.

    What only listed states have, such as rivals, is replaced in them.
    """
    keys = path.split(".")
    if keys[:2] != ["weak_states", "*"] or data.get("population") is None:
        return _matches(data, path)
    listed_ones = _matches(data, path) if data["weak_states"] else []
    try:
        return _matches(data, ".".join(["population", *keys[2:]])) + listed_ones
    except Refusal as refusal:
        if listed_ones:
            return listed_ones
        refusal.allowed = refusal.allowed.removeprefix("count, seed, prefix, ")  # of the population, not of its states
        refusal.path, refusal.suggestion = path, refusal.suggestion.replace("population.", "weak_states.*.", 1)
        raise


def _matches(data: Any, path: str) -> list[tuple[str, ...]]:
    """Locations that a dotted path matches. Raises `Refusal` if there is none."""
    keys = path.split(".")
    locations: list[tuple[str, ...]] = [()]
    for depth, key in enumerate(keys):
        step = []
        for location in locations:
            node = _get(data, location)
            if isinstance(node, dict):
                step += [(*location, name) for name in (node if key == "*" else [key] if key in node else [])]
        if not step:
            options = _options(data, locations)
            near = nearest(key, options)
            suggestion = ".".join([*keys[:depth], near, *keys[depth + 1:]]) if near else ""
            raise Refusal("path matches nothing", path, shown(key), listed(options) or "no further key", suggestion)
        locations = step
    return locations


def _options(data: Any, locations: list[tuple[str, ...]]) -> list[str]:
    nodes = [_get(data, location) for location in locations]
    return list(dict.fromkeys(str(name) for node in nodes if isinstance(node, dict) for name in node))


def _get(data: Any, location: tuple[str, ...]) -> Any:
    for key in location:
        data = data[key]
    return data


def _put(data: Any, location: tuple[str, ...], value: Any) -> None:
    _get(data, location[:-1])[location[-1]] = value
