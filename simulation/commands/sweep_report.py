"""What a user sees of a sweep: a bar while it runs, a table when it has ended."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from simulation.commands.command_line import PROGRAM
from simulation.commands.console import console, new_table, or_null
from simulation.commands.progress import SAME_COMMAND, Bar, watched
from simulation.errors import HistoryFailedError
from simulation.history.measures import MEASURES
from simulation.study.manifest import command_line
from simulation.study.plan import Plan
from simulation.study.store import TABLE_FILE
from simulation.study.summary import MAIN_MEASURES, Estimate, Line, summary
from simulation.study.sweep import Engine, Outcome, sweep

MOST_LINES = 40
DIGITS = {"pacts": 1, "share": 3}


def watched_sweep(plan: Plan, path: Path, jobs: int | None, fail_fast: bool = False, engine: Engine | None = None,
                  is_part: bool = False) -> Outcome:
    """Runs a sweep under a bar; an interruption, or a failure that is to stop it, says how to go on: by `resume`, or,
    if the sweep `is_part` of what a command does, by that command."""
    bar = Bar()
    try:
        with watched(bar, SAME_COMMAND if is_part else f": {PROGRAM} resume {path}"):
            return sweep(plan, path, jobs, command_line(), bar, fail_fast, engine)
    except HistoryFailedError as error:
        bar.say(f"{error}; stopped after {bar.done} of {bar.total} histories; the traceback is in"
                f" {path / 'failures.jsonl'}; to go on with the others: {PROGRAM} resume {path}")
        raise typer.Exit(1) from None


def ending(outcome: Outcome, as_json: bool) -> None:
    """Prints what came of a sweep: a table or one JSON document, and a line for histories that failed."""
    lines = summary(outcome.folder)
    if as_json:
        typer.echo(json.dumps(document(outcome, lines), indent=2, ensure_ascii=False))
    else:
        screen = console()
        screen.print(table(lines[:MOST_LINES]))
        if len(lines) > MOST_LINES:
            screen.print(f"and {len(lines) - MOST_LINES} lines more: all runs are in the table below")
        screen.print(f"{outcome.histories} histories: {where(outcome)}", soft_wrap=True)
    if outcome.failures:
        typer.echo(f"{outcome.failures} of {outcome.histories} histories failed; see"
                   f" {outcome.folder.path / 'failures.jsonl'}", err=True)


def where(outcome: Outcome) -> Path:
    """The whole table: one file, or the folder of its shards where it is too large for a text."""
    return outcome.folder.path / (TABLE_FILE if outcome.folder.has_text() else "runs")


def table(lines: list[Line]) -> Table:
    """The main measures by point, each as its mean and 95% interval."""
    paths = list(lines[0].settings) if lines else []
    is_alone = len({line.major_power for line in lines}) < 2
    grid = new_table("mean and 95% interval over histories; (n): over the n that had pacts")
    for heading in short_names(paths):
        grid.add_column(heading, justify="right")
    if not is_alone:
        grid.add_column("major power")
    grid.add_column("histories", justify="right")
    for name in MAIN_MEASURES:
        grid.add_column(name.replace("_", " "), justify="right")
    for line in lines:
        settings = [value_text(line.settings[path]) for path in paths]
        power = [] if is_alone else [line.major_power]
        estimates = [estimate_text(line.estimates[name], line.histories, DIGITS[MEASURES[name].unit])
                     for name in MAIN_MEASURES]
        grid.add_row(*settings, *power, str(line.histories), *estimates)
    return grid


def estimate_text(estimate: Estimate, histories: int, digits: int) -> str:
    """``0.21 [0.19, 0.23]`` to so many digits after the point.

    With the number of histories where not all count; ``-`` where none does.
    """
    count = "" if estimate.histories == histories else f" ({estimate.histories})"
    if math.isnan(estimate.mean):
        return f"-{count}"
    interval = "" if math.isnan(estimate.low) else f" [{estimate.low:z.{digits}f}, {estimate.high:z.{digits}f}]"
    return f"{estimate.mean:z.{digits}f}{interval}{count}"


def short_names(paths: list[str]) -> list[str]:
    """The last key of each path, or as many of the last keys as tell the paths apart, blanks for underscores."""
    keys = [path.split(".") for path in paths]
    shortest = []
    for own in keys:
        depth = next(depth for depth in range(1, len(own) + 1)
                     if depth == len(own) or sum(other[-depth:] == own[-depth:] for other in keys) == 1)
        shortest.append(".".join(own[-depth:]).replace("_", " "))
    return shortest


def value_text(value: Any) -> str:
    """A value that varies, as a user wrote it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else value if isinstance(value, str) else json.dumps(value)


def document(outcome: Outcome, lines: list[Line]) -> dict[str, Any]:
    """What came of a sweep as plain data; NaN is null."""
    plan = outcome.folder.plan
    return {
        "study": plan.study.name, "scenario": plan.scenario.name, "folder": str(outcome.folder.path),
        "table": str(where(outcome)), "points": len(plan.points), "replications": plan.replications,
        "seed": plan.study.seed, "histories": outcome.histories, "failures": outcome.failures,
        "units": {name: MEASURES[name].unit for name in MAIN_MEASURES},
        "summary": [{"point_id": line.point_id, "major_power": line.major_power, "settings": line.settings,
                     "histories": line.histories,
                     "measures": {name: _plain(line.estimates[name]) for name in MAIN_MEASURES}} for line in lines],
    }


def _plain(estimate: Estimate) -> dict[str, float | int | None]:
    numbers = {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}
    return {name: or_null(value) for name, value in numbers.items()} | {"histories": estimate.histories}
