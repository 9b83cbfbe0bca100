"""``statics``: all equilibria along a line, or over a plane, of parameters."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.errors import Refusal, ResultsError
from simulation.scenario.file import load_scenario, parse_value
from simulation.scenario.validation import shown

if TYPE_CHECKING:
    from simulation.equilibrium.statics import Axis, Grid

VARY = "--vary"
PARTS = "parts of the work"
IN_A_LINE, IN_A_PLANE, MOST_POINTS = 41, 21, 10_000
FORMS = "path=from:to, path=from:to:number, path=from:to:number:log or path=value,value,..."

ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenario file.", show_default=False)]
Vary = Annotated[list[str], typer.Option(
    VARY, metavar="PATH=VALUES", show_default=False,
    help="What to vary: from:to, from:to:number, from:to:number:log or a list a,b,c; twice for a plane.")]
Settings = Annotated[list[str] | None, typer.Option(
    "--set", metavar="PATH=VALUE", help="Value in place of the scenario's; may be repeated.", show_default=False)]
Starts = Annotated[int, typer.Option("--starts", metavar="N", help="Random starts at every point, beside the others.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the starts.")]
CertifyEvery = Annotated[int | None, typer.Option(
    "--certify-every", metavar="N", show_default=False,
    help="Certificates at every N-th point, 0 for none; without it: at as many as take reasonable time.")]
Jobs = Annotated[int | None, typer.Option("-j", "--jobs", metavar="N", min=1, show_default=False,
                                          help="Processes that share the work; without it: one a core.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<scenario>-statics-<hash>.",
    show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def statics(scenario: ScenarioFile, vary: Vary, settings: Settings = None, starts: Starts = 1, seed: Seed = 1,
            certify_every: CertifyEvery = None, jobs: Jobs = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--starts", starts, 1000)
    refuse_outside("--seed", seed, 2**63 - 1)
    refuse_outside("--certify-every", certify_every or 0, MOST_POINTS)
    asked: dict[str, Any] = parse_settings(settings or [])
    # what a mistyped option should not wait for
    from simulation.commands.sweep import RESULTS  # noqa: PLC0415
    from simulation.equilibrium.statics import Grid, survey  # noqa: PLC0415
    from simulation.study.manifest import command_line  # noqa: PLC0415

    grid = Grid(replaced(load_scenario(scenario), asked, None), _axes(vary, asked))
    refuse_bad_points(grid)
    from simulation.commands import statics_report as report  # noqa: PLC0415
    from simulation.study.store import refuse_other_identity  # noqa: PLC0415

    plan = report.Plan(grid, asked, starts, seed, certify_every)
    folder = out or RESULTS / plan.folder_name
    refuse_other_identity(folder, plan.identity)
    surveyed = at_work(jobs, grid.number_of_points,
                       lambda run: survey(grid, starts, seed, certify_every, run))
    told = report.written(folder, plan, surveyed, command_line())
    if as_json:
        typer.echo(report.document(told))
    else:
        report.show(told)


def refuse_bad_points(grid: Grid) -> None:
    """Raises `Refusal` for the first point that the scenario does not allow, before any work is done."""
    from simulation.equilibrium.world import world_of  # noqa: PLC0415

    if grid.number_of_points > MOST_POINTS:
        raise Refusal("too many points", found=str(grid.number_of_points), allowed=f"at most {MOST_POINTS}", file=VARY)
    for point in range(grid.number_of_points):
        try:
            grid.scenario_at(point)
        except Refusal as refusal:
            refusal.file = VARY
            raise
    world_of(grid.scenario_at(grid.number_of_points - 1))


def at_work[Answer](jobs: int | None, points: int, work: Callable[[Any], Answer]) -> Answer:
    """Work that is given a way to have tasks done, in this process or in several, with its progress on standard
    error."""
    from simulation.commands.progress import Bar  # noqa: PLC0415
    from simulation.study.executors import InProcess, LocalProcesses, one_thread_each  # noqa: PLC0415

    number, bar = min(jobs or os.cpu_count() or 1, points), Bar(PARTS)
    with one_thread_each():
        executor = InProcess() if number == 1 else LocalProcesses(number)

        def run(function: Callable[[Any], Any], tasks: Iterable[Any]) -> list[Any]:
            asked = list(tasks)
            if not bar.total:
                bar.begin(2 * len(asked), 0)  # to be searched, and to be measured; what is followed comes on top
            bar.reach(bar.done + len(asked))
            futures = [executor.submit(function, task) for task in asked]
            for future in as_completed(futures):
                future.result()
                bar.advance(1)
            return [future.result() for future in futures]

        try:
            answer = work(run)
        except BrokenExecutor:
            raise ResultsError("a worker was killed, perhaps for want of memory; use fewer workers (-j)") from None
        finally:
            bar.end()
            executor.shutdown(cancel_futures=True)
    return answer


# --- what to vary ---------------------------------------------------------------------------------------------------


def _axes(texts: list[str], asked: dict[str, Any]) -> tuple[Axis, ...]:
    if len(texts) > 2:
        raise Refusal("too many parameters", found=str(len(texts)), allowed="one for a line, two for a plane",
                      file=VARY)
    axes = tuple(parse_axis(text, IN_A_LINE if len(texts) == 1 else IN_A_PLANE) for text in texts)
    paths = [axis.path for axis in axes]
    for path in paths:
        if paths.count(path) > 1:
            raise Refusal("path varied twice", path, file=VARY)
        if path in asked:
            raise Refusal("both set and varied", path, file=VARY)
    return axes


def parse_axis(text: str, usual: int) -> Axis:
    """An axis from what the user typed; `usual` is the number of values where none is given. Raises `Refusal`."""
    from simulation.equilibrium.statics import Axis  # noqa: PLC0415
    from simulation.study.design import spaced  # noqa: PLC0415

    path, sign, rest = text.partition("=")
    path = path.strip()
    if not sign or not path or not rest.strip():
        raise Refusal("not an axis", found=shown(text), allowed=FORMS, file=VARY)
    if ":" not in rest:
        values = [_number(part, path) for part in rest.split(",")]
        return Axis(path, _rising(values, path))
    parts = [part.strip() for part in rest.split(":")]
    is_log = len(parts) == 4 and parts[3] == "log"
    if not 2 <= len(parts) <= 4 or (len(parts) == 4 and not is_log):
        raise Refusal("not an axis", path, shown(rest), FORMS, file=VARY)
    low, high = _number(parts[0], path), _number(parts[1], path)
    number = usual if len(parts) == 2 else _number(parts[2], path)
    if not isinstance(number, int) or number < 2:
        raise Refusal("not a number of values", path, shown(parts[2]), "a whole number from 2", file=VARY)
    if number > MOST_POINTS:
        raise Refusal("too many values", path, shown(parts[2]), f"at most {MOST_POINTS}", file=VARY)
    if is_log and not (low > 0 and high > 0):
        raise Refusal("out of range", path, f"{low:g} to {high:g}", "above 0 on a log scale", file=VARY)
    values = spaced(min(low, high), max(low, high), number, "log" if is_log else "linear")
    return Axis(path, _rising(values, path), is_log)


def _number(text: str, path: str) -> float:
    try:
        value = parse_value(text)
    except Refusal:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refusal("not a number", path, shown(text), FORMS, file=VARY)
    return value


def _rising(values: list[float], path: str) -> tuple[float, ...]:
    if len(values) < 2 or len(set(values)) < len(values):
        raise Refusal("not several values" if len(values) < 2 else "a value twice", path,
                      ",".join(f"{value:g}" for value in values), "at least two different values", file=VARY)
    return tuple(sorted(values))
