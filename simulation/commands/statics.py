"""``statics``: all equilibria along a line, or over a plane, of parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.console import console, new_table, or_null
from simulation.commands.options import (
    IN_A_LINE,
    MOST_POINTS,
    VARY,
    Jobs,
    parse_axis,
    parse_settings,
    refuse_outside,
    replaced,
    tell_settings,
)
from simulation.commands.progress import at_work
from simulation.commands.saving import saved
from simulation.errors import Refusal
from simulation.scenario.documentation import rounded
from simulation.scenario.file import load_scenario

if TYPE_CHECKING:
    import pandas as pd

    from simulation.analysis.statics_tables import Plan
    from simulation.equilibrium.branches import Branches
    from simulation.equilibrium.statics import Axis, Grid, StaticsResult


IN_A_PLANE = 21

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
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<scenario>-statics-<hash>.",
    show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def statics(scenario: ScenarioFile, vary: Vary, settings: Settings = None, starts: Starts = 1, seed: Seed = 1,
            certify_every: CertifyEvery = None, jobs: Jobs = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.equilibrium.statics import Grid

    refuse_outside("--starts", starts, 1000)
    refuse_outside("--seed", seed, 2**63 - 1)
    refuse_outside("--certify-every", certify_every or 0, MOST_POINTS)
    asked: dict[str, Any] = parse_settings(settings or [])
    # what a mistyped option should not wait for
    from simulation.commands.sweep import RESULTS
    from simulation.equilibrium.statics import survey
    from simulation.study.manifest import command_line

    original = load_scenario(scenario)
    grid = Grid(replaced(original, asked, None), _axes(vary, asked))
    refuse_bad_points(grid)
    from simulation.analysis.statics_tables import Plan
    from simulation.study.store import refuse_other_identity

    plan = Plan(grid, asked, starts, seed, certify_every)
    folder = out or RESULTS / plan.folder_name
    refuse_other_identity(folder, plan.identity)
    surveyed = at_work(jobs, grid.number_of_points,
                       lambda run: survey(grid, starts, seed, certify_every, run))
    found = written(folder, plan, surveyed, command_line())
    if as_json:
        typer.echo(document(found))
    else:
        tell_settings(original, asked)
        show(found)


def refuse_bad_points(grid: Grid) -> None:
    """Raises `Refusal` for the first point that the scenario does not allow, before any work is done."""
    from simulation.equilibrium.world import world_of

    if grid.number_of_points > MOST_POINTS:
        raise Refusal("too many points", found=str(grid.number_of_points), allowed=f"at most {MOST_POINTS}", file=VARY)
    for point in range(grid.number_of_points):
        try:
            grid.scenario_at(point)
        except Refusal as refusal:
            refusal.file = VARY
            raise
    world_of(grid.scenario_at(grid.number_of_points - 1))


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


SHOWN = {"number_of_pacts": ("pacts", 0), "pacts_beyond_paper": ("beyond\npaper", 0),
         "commitment_given_pact": ("commitment\ngiven pact", 3),
         "autonomy_given_pact": ("autonomy\ngiven pact", 3), "autonomy_all_states": ("autonomy\nall states", 3),
         "major_gain_per_pact": ("major power's\ngain per pact", 3), "weak_gain_per_pact": ("ally's gain\nper pact", 3)}
"""Heading of a measure and the digits after the point."""
TOLERANCE = 1e-6
"""Regret from which a certificate is said to be violated."""
MOST_LINES = 30


@dataclass(frozen=True)
class Report:
    """What was asked and found; its table, a row per point, equilibrium and major power; for a line its branches."""

    plan: Plan
    surveyed: StaticsResult
    table: pd.DataFrame
    branches: Branches | None
    folder: Path
    figures: list[Path]


def written(folder: Path, plan: Plan, surveyed: StaticsResult, command: list[str]) -> Report:
    """Writes tables, figures and a manifest into the folder."""
    from simulation.analysis.statics_tables import FOLDS_FILE, TABLE_FILE, writing
    from simulation.equilibrium.branches import branches_of
    from simulation.figures.registry import statics_figures

    branches = branches_of(surveyed) if len(plan.grid.axes) == 1 else None
    axes = [(axis.path, axis.is_log) for axis in plan.grid.axes]
    with writing(folder, plan, surveyed, branches, command) as tables:
        figures = saved(statics_figures(plan.grid.scenario, axes, tables[TABLE_FILE], tables.get(FOLDS_FILE)), folder,
                        has_pdf=False)
    return Report(plan, surveyed, tables[TABLE_FILE], branches, folder, figures)


# --- screen ---------------------------------------------------------------------------------------------------------


def show(report: Report) -> None:
    """Prints what was found."""
    screen, scenario = console(), report.plan.grid.scenario
    title = f": {scenario.title}" if scenario.title else ""
    axes = " and ".join(f"{axis.path} from {axis.values[0]:g} to {axis.values[-1]:g}, {len(axis.values)} values"
                        for axis in report.plan.grid.axes)
    screen.print(f"{scenario.name}{title}; {axes}", markup=False, soft_wrap=True)
    for line in _findings(report):
        screen.print(line, markup=False, soft_wrap=True)
    for power in scenario.major_powers:
        screen.print()
        (_show_regions if report.branches is None else _show_branches)(screen, report, power)
    if report.branches is not None:
        _show_turns(screen, report.branches)
    screen.print()
    screen.print(f"tables: {report.folder}", markup=False, soft_wrap=True)
    for path in report.figures:
        screen.print(f"figure: {path}", markup=False, soft_wrap=True)


def _findings(report: Report) -> list[str]:
    """How many equilibria, how sure that is, and what the certificates say."""
    from collections import Counter

    surveyed = report.surveyed
    numbers = Counter(len(found) for found in surveyed.found)
    lines = ["equilibria: " + ", ".join(f"{count or 'none found'} at {points}" for count, points in
                                        sorted(numbers.items())) + " points"]
    exhaustive = sum(surveyed.is_exhaustive)
    lines.append(f"search: all assignments tried at {exhaustive} of {len(surveyed.found)} points"
                 + ("" if exhaustive == len(surveyed.found) else "; elsewhere several starts: there may be others")
                 + "; every equilibrium followed to the points beside it")
    if sum(surveyed.cycles):
        lines.append(f"starts that did not come to rest: {sum(surveyed.cycles)}")
    if not surveyed.certified:
        return [*lines, "certificates: none computed"]
    lines.append(f"certificates at {len(surveyed.certified)} of {len(surveyed.found)} points: largest regret"
                 f" {surveyed.largest_regret:.2g}")
    broken = [one for point in surveyed.certified for one in surveyed.found[point]
              if one.certificate.regret > TOLERANCE]
    return lines + [f"VIOLATED at {_place(report, one.point)}: {one.certificate.worst}" for one in broken]


def _place(report: Report, point: int) -> str:
    return ", ".join(f"{path}={value:g}" for path, value in report.plan.grid.settings(point).items())


def _show_branches(screen: Console, report: Report, power: str) -> None:
    """A line per branch: from where to where, and its measures at both ends."""
    path = report.plan.grid.axes[0].path
    own = report.table[(report.table["major_power"] == power) & (report.table["branch"] > 0)]
    if own.empty:
        screen.print(f"{power}: no equilibrium found", markup=False)
        return
    screen.print(f"{power}: branches, each at its first and last value", markup=False)
    grid = new_table()
    for heading in ("branch", "at", *(heading for heading, _ in SHOWN.values()), "allies"):
        grid.add_column(heading, justify="left" if heading == "allies" else "right")
    for branch, rows in list(own.groupby("branch"))[:MOST_LINES]:
        ends = [rows.iloc[0]] + [rows.iloc[-1]] * (len(rows) > 1)
        for place, row in enumerate(ends):
            grid.add_row("" if place else str(branch), rounded(row[path], 4), *_cells(row), row["allies"])
    screen.print(grid)


def _cells(row: pd.Series) -> list[str]:
    import pandas as pd

    return ["-" if pd.isna(row[name]) else f"{row[name] + 0.0:.{digits}f}" for name, (_, digits) in SHOWN.items()]


def _show_turns(screen: Console, branches: Branches) -> None:
    """Folds, then steps."""
    from simulation.analysis.statics_tables import FOLDS_FILE, STEPS_FILE

    screen.print()
    if not branches.folds:
        screen.print("folds: none", markup=False)
    for fold in branches.folds[:MOST_LINES]:
        leads = f"branch {fold.leads_to}" if fold.leads_to else "no rest point"
        screen.print(f"fold between {rounded(fold.low, 4)} and {rounded(fold.high, 4)}: branch {fold.branch}"
                     f" {'begins' if fold.is_begin else 'ends'}; responses from it lead to {leads} beyond",
                     markup=False, soft_wrap=True)
    for step in branches.steps[:MOST_LINES]:
        changes = [f"{word} {', '.join(map('-'.join, pairs))}" for word, pairs in
                   (("gains", step.gained), ("loses", step.lost)) if pairs]
        screen.print(f"step between {rounded(step.low, 4)} and {rounded(step.high, 4)}: branch {step.branch}"
                     f" {' and '.join(changes)}",
                     markup=False, soft_wrap=True)
    for what, all_of, file in (("folds", branches.folds, FOLDS_FILE), ("steps", branches.steps, STEPS_FILE)):
        if len(all_of) > MOST_LINES:
            screen.print(f"{len(all_of) - MOST_LINES} more {what} in {file}", markup=False)


def _show_regions(screen: Console, report: Report, power: str) -> None:
    """How many points of the plane have which numbers of pacts and of equilibria."""
    from collections import Counter

    screen.print(f"{power}: points of the plane by numbers of pacts and of equilibria", markup=False)
    own = report.table[(report.table["major_power"] == power) & (report.table["equilibrium"] > 0)]
    grid = new_table()
    for heading in ("pacts", "equilibria", "points"):
        grid.add_column(heading, justify="right")
    regions = Counter((tuple(sorted({int(number) for number in rows["number_of_pacts"]})), len(rows))
                      for _, rows in own.groupby("point"))
    for (pacts, equilibria), points in sorted(regions.items())[:MOST_LINES]:
        grid.add_row(" or ".join(map(str, pacts)), str(equilibria), str(points))
    missing = report.plan.grid.number_of_points - own["point"].nunique()
    if missing:
        grid.add_row("-", "none found", str(missing))
    screen.print(grid)


# --- JSON -----------------------------------------------------------------------------------------------------------


def document(report: Report) -> str:
    """All that was found as one JSON document; NaN is null."""
    from simulation.analysis.statics_tables import axis_entries, folds_table, steps_table

    surveyed, plan = report.surveyed, report.plan
    turns = {} if report.branches is None else {
        "folds": folds_table(report.branches).to_dict("records"),
        "steps": steps_table(report.branches).to_dict("records")}
    return json.dumps({
        "scenario": plan.grid.scenario.name, "title": plan.grid.scenario.title, "settings": plan.settings,
        "vary": axis_entries(plan.grid), "starts": plan.starts, "seed": plan.seed,
        "all_assignments_at": [point for point, tried in enumerate(surveyed.is_exhaustive) if tried],
        "certified_at": list(surveyed.certified), "largest_regret": or_null(surveyed.largest_regret),
        "violations": [line for line in _findings(report) if line.startswith("VIOLATED")],
        "equilibria": [{name: or_null(value) for name, value in row.items()}
                       for row in report.table.to_dict("records")],
        **turns, "folder": str(report.folder), "figures": [str(path) for path in report.figures],
    }, indent=2, ensure_ascii=False)
