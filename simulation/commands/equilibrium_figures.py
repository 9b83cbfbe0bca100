"""The figures of what `solve`, `statics` and `compare` left, from their tables alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.analysis.compared_settings import SETTINGS_FILE
from simulation.analysis.solve_tables import PACTS_FILE, SUMMARY_FILE
from simulation.analysis.statics_tables import FOLDS_FILE, TABLE_FILE
from simulation.errors import Refusal, ResultsError
from simulation.figures.registry import comparison_figures, in_order, solve_figures, statics_figures
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import validated
from simulation.study.csv_tables import csv_table
from simulation.study.manifest import COMPARISON, MANIFEST_FILE, SOLVE, STATICS, Manifest, kind_of
from simulation.theory.further_costs import FURTHER_COSTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = {
    "weak_protection": "protection", "weak_autonomy_cost": "autonomy\ncost",
    "weak_membership_cost": "member-\nship cost", "benefit_power_projection": "power\nproj.",
    "benefit_legitimation": "legit.", "benefit_denial": "denial", "benefit_stabilisation": "stabil.",
    "benefit_own_security": "own\nsecurity", "cost_fixed": "fixed", "cost_deployment": "deploy-\nment",
    "cost_opportunity": "oppor-\ntunity", "cost_foreclosure": "fore-\nclosure",
    "cost_intervention": "inter-\nvening", "cost_reneging": "re-\nneging", "cost_lost_stake": "lost\nstake",
    **{f"cost_{name}": cost.heading for name, cost in FURTHER_COSTS.items()},
}
"""Headings of the theory's terms, each short enough for all to stand side by side."""


def short_heading(term: str) -> str:
    """A term's heading; an own term's name, a word to a line."""
    side = "ally's\n" if term.startswith("weak_") else ""
    name = term.removeprefix("weak_").removeprefix("cost_").removeprefix("benefit_")
    return SHORT.get(term) or side + name.replace("_", "\n")


def figures_of(folder: Path, manifest: Manifest) -> dict[str, Figure]:
    """The figures by name. Raises `ResultsError` for tables or a manifest that cannot be read."""
    kind = kind_of(manifest)
    try:
        return {SOLVE: _of_solve, STATICS: _of_statics, COMPARISON: _of_comparison}[str(kind)](folder, manifest)
    except (Refusal, KeyError, ValueError, TypeError) as error:
        raise ResultsError(f"{folder}: {MANIFEST_FILE} and the tables are not those of {kind} ({error})") from None


def title_of(scenario: Scenario) -> str:
    """What stands above a figure of one scenario."""
    from simulation.figures.names import scenario_title

    return scenario_title(scenario)


def comparison_title(scenarios: list[Scenario]) -> str:
    """What stands above a figure of several."""
    return " · ".join(dict.fromkeys(map(title_of, scenarios)))


def _of_solve(folder: Path, manifest: Manifest) -> dict[str, Figure]:
    number = csv_table(folder / SUMMARY_FILE)["equilibrium"].nunique()
    scenario = _scenario(manifest)
    return solve_figures(csv_table(folder / PACTS_FILE), number, title_of(scenario), scenario)


def _of_statics(folder: Path, manifest: Manifest) -> dict[str, Figure]:
    axes = [(axis["path"], axis["scale"] == "log") for axis in manifest["vary"]]
    folds = csv_table(folder / FOLDS_FILE) if len(axes) == 1 else None
    return statics_figures(_scenario(manifest), axes, csv_table(folder / TABLE_FILE), folds)


def _of_comparison(folder: Path, manifest: Manifest) -> dict[str, Figure]:
    scenarios = [_scenario(own) for own in manifest["compared"]]
    settings = csv_table(folder / SETTINGS_FILE).drop_duplicates("setting")
    pacts = in_order(csv_table(folder / PACTS_FILE), scenarios)
    return comparison_figures(pacts, settings, comparison_title(scenarios))


def _scenario(of: dict[str, Any]) -> Scenario:
    return validated(Scenario, of["scenario"])
