"""Names in figures: as the scenario has them where a font here has their letters, else by code."""

from __future__ import annotations

from simulation.figures.fonts import legible
from simulation.scenario.scenario import Scenario


def power_name(scenario: Scenario, code: str) -> str:
    """The name of a major power."""
    return legible(scenario.major_powers[code].name or code, code)


def pair_name(scenario: Scenario, power: str, state: str) -> str:
    """The names of a major power and a weak state."""
    return f"{power_name(scenario, power)} and {legible(scenario.states[state].name or state, state)}"


def scenario_title(scenario: Scenario) -> str:
    """The title of a scenario."""
    return legible(scenario.title or scenario.name, scenario.name)
