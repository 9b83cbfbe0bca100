"""Figures of the scope and of the multiverse of a proposition, from what their folders hold.

Called by the two commands when they end, and by `figures` and `report` afterwards.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from simulation.commands.equilibrium_tables import table_in
from simulation.errors import ResultsError
from simulation.figures.multiverse import universes_figure
from simulation.figures.scope import scope_figure
from simulation.propositions.results import (
    MULTIVERSE_FILE,
    PLACES_FILE,
    SCOPE_FILE,
    UNIVERSES_FILE,
    answer_in,
)
from simulation.study.manifest import SCOPE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AXES = 2
"""Parameters that a map of the scope shows: those that matter most."""


def figures_in(path: Path, kind: str) -> dict[str, Figure]:
    """The figures of a folder of `scope` or `multiverse`. Raises `ResultsError` if it is damaged."""
    table, answer = (PLACES_FILE, SCOPE_FILE) if kind == SCOPE else (UNIVERSES_FILE, MULTIVERSE_FILE)
    draw = scope_figures if kind == SCOPE else multiverse_figures
    try:
        return draw(table_in(path / table), answer_in(path / answer))
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ResultsError(f"{path / answer}: damaged (it is not {kind})") from None


def scope_figures(places: pd.DataFrame, told: dict[str, Any]) -> dict[str, Figure]:
    """The map of the scope over the parameters that matter most."""
    example = told["counterexample"]
    row = None if example is None else example["row"]
    figure = scope_figure(places, list(told["importance"])[:AXES], told["usual"], told["log"], row)
    return {f"scope-{told['proposition']}": figure}


def multiverse_figures(universes: pd.DataFrame, told: dict[str, Any]) -> dict[str, Figure]:
    """All universes by how clear the proposition is in them."""
    paths = list(told["places"][0]["settings"])
    return {f"multiverse-{told['proposition']}": universes_figure(universes, paths, told["own_row"])}
