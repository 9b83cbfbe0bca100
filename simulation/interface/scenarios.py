"""What is done with a scenario, loaded or given by the path of its file: a history, equilibria, two histories."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

from simulation.analysis.trace import Trace
from simulation.analysis.trace import trace as traced
from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.search import RANDOM_STARTS, Solved
from simulation.equilibrium.search import solve as solved
from simulation.errors import Refusal
from simulation.history.tables import Tables, tabulated
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import shown

type AnyScenario = Scenario | str | Path


def scenario_of(given: Any) -> Scenario:
    """The scenario itself, or that in the file of this path. Raises `Refusal` for anything else."""
    if isinstance(given, Scenario):
        return given
    if isinstance(given, str | PathLike):
        return load_scenario(Path(given))
    raise Refusal("not a scenario", found=shown(given), allowed="what load gives, or the path of a scenario file")


def simulate(scenario: AnyScenario, seed: int = 1, replication: int = 0) -> Tables:
    """Runs a history and tells it in tables. seed, replication: of all its chance; both are 0 or more.

    Raises `Refusal` for a file that holds no scenario.
    """
    return tabulated(scenario_of(scenario), seed, replication)


def solve(scenario: AnyScenario, exhaustive: bool | None = None, random_starts: int = RANDOM_STARTS, seed: int = 1,
          starts: Iterable[dict[str, Contract]] = ()) -> Solved:
    """All equilibria that can be found.

    exhaustive: over all assignments; None: where their number is small; random_starts: number of random assignments to
    start from; seed: of their draws; starts: further assignments to start from. Raises `Refusal` for an exhaustive
    search over too many assignments and where states may have several patrons.
    """
    return solved(scenario_of(scenario), exhaustive, random_starts, seed, starts)


def trace(first: AnyScenario, second: AnyScenario, seed: int, replication: int = 0) -> Trace:
    """Runs both scenarios under the luck of a seed and a replication, and compares decision by decision.

    Raises `Refusal` for a file that holds no scenario.
    """
    return traced(scenario_of(first), scenario_of(second), seed, replication)
