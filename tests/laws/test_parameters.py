"""No dead parameter: every number, switch and choice of a rich scenario moves something that is recorded.

Each leaf of two scenarios, one with two powers and one with a drawn population, is replaced by another allowed value in
turn. The scenario is taken as it is, but for the few leaves of `CONDITIONS`, which apply under another assumption or
concern a pair that is far from a pact here; what makes them count is said there, and that they rest without it is
tested. What is recorded is what happened: the distances that a history carries along do not count.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
from typing import Any, Literal, get_args, get_origin

import pytest

from simulation.errors import Refusal
from simulation.history.model import AllianceModel
from simulation.scenario.parameters import Assumptions, Resolve
from simulation.scenario.scenario import Scenario
from tests.builders import drawn_states, two_powers

METADATA = {"format", "name", "title", "description", "sources", "start_year", "observed", "rivals", "prefix"}
"""Labels, sources and the record to be held against; rivals and the prefix are tried on their own below."""

GIVEN = {"assumptions.rival_pull": "given", "major_powers.*.benefits.denial": 0.3}
"""With several powers a rival's pull is its own readiness to sign, and the figure given is not read, unless the
scenario says so; it then scales denial, which is dear enough here that every pair comes near a pact."""

NEAR_A_PACT = {"assumptions.outside_option": "threat_point", "assumptions.excludability": 0.6,
               "relaxations.limited_attention": False}
"""Everybody is talked to, and every offer shifts what is agreed with another."""

BESIDE = {"assumptions.autonomy_price": "relative"}
"""The distance to the competitor counts where autonomy is priced beside it."""

CONDITIONS: dict[str, dict[str, Any]] = {
    "assumptions.autonomy_price": {"weak_states.*.toward.*.competitor_preference_distance": 2.0},
    "weak_states.?.toward.?.competitor_preference_distance": BESIDE | NEAR_A_PACT,
    "population.toward.P.competitor_preference_distance": BESIDE,
    "weak_states.?.toward.?.rival_pull": GIVEN,
    "weak_states.B.outside_option": NEAR_A_PACT,
    "weak_states.B.toward.Q.preference_distance": NEAR_A_PACT,
    "weak_states.E.toward.P.preference_distance": NEAR_A_PACT,
}
SEEDS = (1, 2)
LENGTHS = (2, 8)
"""Years of the histories: most parameters show at once, and the others get time."""


def leaves(data: Any, path: str = "") -> dict[str, Any]:
    """Numbers, switches and choices of a scenario by dotted path."""
    found = {}
    for key, value in data.items():
        if key in METADATA or value is None or isinstance(value, list):
            continue
        here = f"{path}.{key}" if path else key
        found |= leaves(value, here) if isinstance(value, dict) else {here: value}
    return found


def annotation(path: str) -> Any:
    """The type of an assumption or of a resolve's type, which alone are chosen by name."""
    record = Resolve if ".resolve." in path else Assumptions
    return record.model_fields[path.split(".")[-1]].annotation


def others(path: str, value: Any) -> list[Any]:
    """Other values to try, nearest first; a list is one of them already."""
    if isinstance(value, list):
        return value
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        kind = annotation(path)
        assert get_origin(kind) is Literal
        return [name for name in get_args(kind) if name != value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [value * 1.5, value * 0.5, value + 0.3, value + 60.0]


def condition(build: str, path: str) -> str:
    """The entry of `CONDITIONS` that a leaf falls under, or nothing."""
    found = [pattern for pattern in CONDITIONS if fnmatch.fnmatchcase(path, pattern)]
    return found[0] if found and (build == "two powers" or found[0].startswith("population.")) else ""


@functools.cache
def baseline(build: str, pattern: str, seed: int, years: int) -> tuple[Scenario, tuple]:
    """The scenario under a condition, if there is one, and its record."""
    scenario = BUILDERS[build]().replace_all(CONDITIONS.get(pattern, {}) | {"years": years})
    return scenario, recorded(scenario, seed)


def recorded(scenario: Scenario, seed: int) -> tuple:
    """Everything that a history leaves behind, and its measures."""
    model = AllianceModel(scenario, rng=seed, collect=False)
    history = model.run()
    happened = history.series, history.commitment, history.autonomy, history.since
    return (*(array.tobytes() for array in happened), repr(sorted(model.measures().items())))


def moves(build: str, path: str, value: Any, pattern: str) -> bool:
    """Whether some other value at the path leaves another record for some seed."""
    for years, seed in itertools.product(LENGTHS, SEEDS):
        scenario, before = baseline(build, pattern, seed, years)
        for other in others(path, value):
            try:
                changed = scenario.replace(path, other)
            except Refusal:
                continue
            if recorded(changed, seed) != before:
                return True
    return False


BUILDERS = {"two powers": two_powers, "drawn": lambda: drawn_states(5)}
LEAVES = [(build, path, value) for build, make in BUILDERS.items()
          for path, value in leaves(make().model_dump()).items()
          if build == "two powers" or path.startswith("population.")]


def test_the_scenario_is_rich():
    paths = {path for _, path, _ in LEAVES}
    assert len(paths) > 190
    assert {"crisis.stake", "dynamics.drift.persistence", "major_powers.P.costs.entrapment.war_cost",
            "weak_states.C.capital.latitude", "population.capability.lognormal.sigma"} <= paths


@pytest.mark.parametrize(("build", "path", "value"), LEAVES, ids=[f"{path}" for _, path, _ in LEAVES])
def test_moves_something(build, path, value):
    assert moves(build, path, value, condition(build, path))


@pytest.mark.parametrize("pattern", CONDITIONS)
def test_rests_where_it_does_not_apply(pattern):
    """A condition that is not needed would hide a parameter that is only half read."""
    found = [leaf for leaf in LEAVES if condition(*leaf[:2]) == pattern]
    assert found
    for leaf in found[:3]:
        assert not moves(*leaf, "")


def test_rivals_move_something():
    data = two_powers().model_dump()
    for weak in data["weak_states"].values():
        weak["rivals"] = []
    assert any(recorded(Scenario.model_validate(data), seed) != recorded(two_powers(), seed) for seed in SEEDS)


@pytest.mark.parametrize(("path", "value"), [
    ("population.prefix", "T"), ("population.votes.choice.values", [1.0, 3.0]),
    ("population.votes.choice.weights", [1.0, 9.0])])
def test_names_and_lists_of_a_population_move_something(path, value):
    assert moves("drawn", path, [value], "")


def test_labels_move_nothing():
    scenario = two_powers()
    renamed = scenario.replace_all({"name": "other", "title": "T", "start_year": 1900, "major_powers.P.name": "x"})
    assert recorded(renamed, 1) == recorded(scenario, 1)
