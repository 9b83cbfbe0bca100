"""What `scope` and `multiverse` share: a proposition run at every point of a design, its table, and its figures.

The figures are drawn by the two commands when they end, and by `figures` and `report` from what the folders hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from simulation.commands.progress import Bar, watched
from simulation.commands.saving import saved
from simulation.errors import ResultsError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.propositions.file import Family
    from simulation.propositions.region import Survey

FIXED_OPTIONS = {"sobol": {"seed": 1}}
"""What is not the user's to choose of a design: its points are the same under every seed of the histories."""
AXES = 2
"""Parameters that a map of the scope shows: those that matter most."""


@dataclass(frozen=True)
class Asked:
    """What a user asked for: the proposition `code` of a family, into a folder, with so many pairs at every point."""

    family: Family
    code: str
    folder: Path
    identity: str
    replications: int
    jobs: int | None
    as_json: bool


def carry_out[Found](asked: Asked, kind: str, design: str, axes: Mapping[str, Any],
                     summed_up: Callable[[Survey], Found],
                     document: Callable[[Family, Survey, Found], dict[str, Any]],
                     show: Callable[[Family, Survey, Found, Path, list[Path]], None], **options: Any) -> None:
    """Runs a proposition over a design into its folder and prints what came of it; exit status 1 if a history failed.

    kind : of the folder, `SCOPE` or `MULTIVERSE`; design, axes, options : kind, axes and what else there is of a
    study's design; summed_up, document, show : what the points say together, as plain data, and on the screen.
    """
    from simulation.propositions.region import survey
    from simulation.propositions.results import begin, complete
    from simulation.study.completion import held, told_of
    from simulation.study.manifest import KINDS, command_line
    from simulation.study.store import first_error
    from simulation.study.tables import write_tables, write_text

    family, folder, bar = asked.family, asked.folder, Bar()
    with held(folder, asked.identity), told_of(folder):
        manifest = begin(folder, family, asked.identity, KINDS[kind], command_line(), proposition=asked.code,
                         replications=asked.replications, **options)
        with watched(bar):
            surveyed = survey(family, asked.code, design, axes, folder, bar, asked.replications, asked.jobs,
                              command_line(), **options | FIXED_OPTIONS.get(design, {}))
        found = summed_up(surveyed)
        table_file, answer_file, draw = files_of(kind)
        table, told = places_table(surveyed), document(family, surveyed, found)
        write_tables(folder, {table_file: table})
        write_text(folder / answer_file, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        figures = saved(draw(table, told), folder, has_pdf=False)
        complete(folder, manifest, failures=surveyed.failures)
    if asked.as_json:
        typer.echo(json.dumps(told | {"folder": str(folder)}, indent=2, ensure_ascii=False))
    else:
        show(family, surveyed, found, folder, figures)
    if surveyed.failures:
        typer.echo(f"{surveyed.failures} histories failed; see failures.jsonl in the folders under"
                   f" {folder / 'sweeps'}; the first: {first_error(folder / 'sweeps')}", err=True)
        raise typer.Exit(1)


def files_of(kind: str) -> tuple[str, str, Callable[[pd.DataFrame, dict[str, Any]], dict[str, Figure]]]:
    """Of a folder of this kind: the file of its table, that of its answer, and what draws its figures."""
    from simulation.propositions.results import MULTIVERSE_FILE, PLACES_FILE, SCOPE_FILE, UNIVERSES_FILE
    from simulation.study.manifest import SCOPE

    return ((PLACES_FILE, SCOPE_FILE, scope_figures) if kind == SCOPE
            else (UNIVERSES_FILE, MULTIVERSE_FILE, multiverse_figures))


def places_table(surveyed: Survey) -> pd.DataFrame:
    """One row per place: settings, verdict, clearance, and every prediction's effect with its interval."""
    import pandas as pd

    rows = []
    for place in surveyed.points:
        row: dict[str, Any] = dict(place.settings)
        row |= {"verdict": str(place.verdict), "clearance": place.clearance, "worst": place.worst}
        for name, answer in place.answers.items():
            row |= {f"{name}.effect": answer.paired.effect.mean, f"{name}.low": answer.interval.low,
                    f"{name}.high": answer.interval.high, f"{name}.pairs": answer.paired.effect.pairs,
                    f"{name}.verdict": str(answer.verdict)}
        rows.append(row)
    return pd.DataFrame(rows)


def counted(surveyed: Survey) -> dict[str, int]:
    """Places by verdict."""
    from simulation.propositions.verdicts import Verdict

    verdicts = [place.verdict for place in surveyed.points]
    return {str(verdict): verdicts.count(verdict) for verdict in Verdict if verdict in verdicts}


def figures_in(path: Path, kind: str) -> dict[str, Figure]:
    """The figures of a folder of `scope` or `multiverse`. Raises `ResultsError` if it is damaged."""
    from simulation.propositions.results import answer_in
    from simulation.study.csv_tables import csv_table

    table, answer, draw = files_of(kind)
    try:
        return draw(csv_table(path / table), answer_in(path / answer))
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ResultsError(f"{path / answer}: damaged (it is not {kind})") from None


def scope_figures(places: pd.DataFrame, told: dict[str, Any]) -> dict[str, Figure]:
    """The map of the scope over the parameters that matter most."""
    from simulation.figures.scope import scope_figure

    example = told["counterexample"]
    row = None if example is None else example["row"]
    figure = scope_figure(places, list(told["importance"])[:AXES], told["usual"], told["log"], row)
    return {f"scope-{told['proposition']}": figure}


def multiverse_figures(universes: pd.DataFrame, told: dict[str, Any]) -> dict[str, Figure]:
    """All universes by how clear the proposition is in them."""
    from simulation.figures.multiverse import universes_figure

    paths = list(told["places"][0]["settings"])
    return {f"multiverse-{told['proposition']}": universes_figure(universes, paths, told["own_row"])}
