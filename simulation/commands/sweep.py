"""``sweep``: a study, run over its points and replications into a results folder."""

from __future__ import annotations

import json
import math
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from simulation.commands.command_line import PROGRAM
from simulation.commands.console import console, new_table, or_null, print_whole
from simulation.commands.formatting import value_text
from simulation.commands.options import Jobs, naming_years, parse_settings, tell_own_terms, with_years
from simulation.errors import Refusal
from simulation.scenario.short_names import short_names
from simulation.scenario.validation import nearest, shown
from simulation.study.parts import part_in
from simulation.study.plan import Plan, load_plan

if TYPE_CHECKING:
    from simulation.study.summary import Estimate, Line
    from simulation.study.sweep import Engine, Outcome


RESULTS = Path("results")

StudyFile = Annotated[str, typer.Argument(metavar="STUDY", help="Study file.", show_default=False)]
Replications = Annotated[int | None, typer.Option(
    "--replications", metavar="N", help="Histories at every point, in place of the study's.", show_default=False)]
Seed = Annotated[int | None, typer.Option(
    "--seed", metavar="N", help="Seed, in place of the study's.", show_default=False)]
Settings = Annotated[list[str] | None, typer.Option(
    "--set", metavar="PATH=VALUE", help="Value at every point; may be repeated.", show_default=False)]
Years = Annotated[int | None, typer.Option(
    "--years", metavar="N", help="Length of the histories, in place of the scenario's.", show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<study>-<hash>.", show_default=False)]
KeepSeries = Annotated[bool, typer.Option("--series", help="Keep the yearly series of every history.")]
KeepPacts = Annotated[bool, typer.Option("--pacts", help="Keep every pact in every year.")]
PartOf = Annotated[str | None, typer.Option(
    "--part", metavar="K/N", help="Part K of N of the histories only, to be merged with the others.",
    show_default=False)]
LOCAL, DASK = "local", "dask"
ExecutorName = Annotated[str, typer.Option("--executor", metavar="NAME",
                                           help="local: processes here; dask: a cluster.")]
Scheduler = Annotated[str | None, typer.Option(
    "--scheduler", metavar="ADDRESS", help="Of the dask cluster, such as tcp://host:8786.", show_default=False)]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Stop at the first history that fails.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]


def sweep(study: StudyFile, jobs: Jobs = None, replications: Replications = None, seed: Seed = None,
          settings: Settings = None, years: Years = None, series: KeepSeries = False, pacts: KeepPacts = False,
          out: Out = None, part: PartOf = None, executor: ExecutorName = LOCAL, scheduler: Scheduler = None,
          fail_fast: FailFast = False, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    asked = with_years(parse_settings(settings or []), years)
    asked_part = None if part is None else part_in(part)
    with naming_years(years):
        plan = load_plan(study, asked, replications, seed).keeping(series, pacts)
        tell_own_terms(plan.scenario)
    if asked_part:
        from simulation.study.cells import part_of

        plan = part_of(plan, asked_part)
    engine = engine_of(executor, scheduler, jobs)
    outcome = carry_out(plan, out or RESULTS / plan.folder_name, jobs, as_json, fail_fast, engine)
    if not as_json:
        tell_next(outcome)
    leave(outcome)


def tell_next(outcome: Outcome) -> None:
    """Says how the histories are drawn and made into a page."""
    folder = quote(str(outcome.folder.path))
    typer.echo(f"figures: {PROGRAM} figures {folder}; a page: {PROGRAM} report {folder}")


def engine_of(executor: str, scheduler: str | None, jobs: int | None) -> Engine | None:
    """Where chunks are run: None for processes here. Raises `Refusal` for options that do not go together."""
    if executor not in (LOCAL, DASK):
        raise Refusal("unknown value", found=shown(executor), allowed=f"{LOCAL}, {DASK}", file="--executor",
                      suggestion=nearest(executor, (LOCAL, DASK)))
    if executor == LOCAL:
        if scheduler is not None:
            raise Refusal("a scheduler without a cluster", found=shown(scheduler), allowed=f"--executor {DASK} with it",
                          file="--scheduler")
        return None
    if scheduler is None:
        raise Refusal("missing", allowed="the address of a dask scheduler, such as tcp://host:8786", file="--scheduler")
    if jobs is not None:
        raise Refusal("processes here, beside a cluster", found=str(jobs), allowed=f"no -j with --executor {DASK}",
                      file="-j")
    # the program is loaded by workers as well as by the driver, and only where a cluster is asked for
    from simulation.study.distributed import Cluster

    return Cluster(scheduler)


def carry_out(plan: Plan, path: Path, jobs: int | None, as_json: bool, fail_fast: bool = False,
              engine: Engine | None = None, is_part: bool = False) -> Outcome:
    """Runs a plan into a folder with its progress on standard error, then prints what came of it; `is_part` if more
    comes into the folder."""
    # what a refused study should not wait for
    from simulation.commands.progress import watched_sweep

    outcome = watched_sweep(plan, path, jobs, fail_fast, engine, is_part)
    ending(outcome, as_json)
    return outcome


def leave(outcome: Outcome) -> None:
    """Leaves with status 1 if a history failed."""
    if outcome.failures:
        raise typer.Exit(1)


MOST_LINES = 40
DIGITS = {"pacts": 1, "share": 3}


def ending(outcome: Outcome, as_json: bool) -> None:
    """Prints what came of a sweep: a table or one JSON document, and a line for histories that failed."""
    from simulation.study.store import first_error
    from simulation.study.summary import summary

    lines = summary(outcome.folder)
    if as_json:
        typer.echo(json.dumps(document(outcome, lines), indent=2, ensure_ascii=False))
    else:
        screen = console()
        print_whole(screen, table(lines[:MOST_LINES]))
        if len(lines) > MOST_LINES:
            screen.print(f"and {len(lines) - MOST_LINES} lines more: all runs are in the table below")
        screen.print(f"{outcome.histories} histories: {where(outcome)}", soft_wrap=True)
    if outcome.failures:
        path = outcome.folder.path
        typer.echo(f"{outcome.failures} of {outcome.histories} histories failed; see {path / 'failures.jsonl'}; the"
                   f" first: {first_error(path)}", err=True)


def where(outcome: Outcome) -> Path:
    """The whole table: one file, or the folder of its shards where it is too large for a text."""
    from simulation.study.store import TABLE_FILE

    return outcome.folder.path / (TABLE_FILE if outcome.folder.has_text() else "runs")


def table(lines: list[Line]) -> Table:
    """The main measures by point, each as its mean and 95% interval."""
    from simulation.history.measures import MEASURES
    from simulation.study.summary import MAIN_MEASURES

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


def document(outcome: Outcome, lines: list[Line]) -> dict[str, Any]:
    """What came of a sweep as plain data; NaN is null."""
    from simulation.history.measures import MEASURES
    from simulation.study.summary import MAIN_MEASURES

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
