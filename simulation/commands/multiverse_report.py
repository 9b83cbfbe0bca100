"""What a user sees of a proposition's multiverse, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from simulation.commands.console import console, new_table, or_null
from simulation.commands.figures import saved
from simulation.commands.progress import Bar, watched
from simulation.commands.scope_report import counted, places_table
from simulation.commands.survey_figures import multiverse_figures
from simulation.commands.sweep_report import short_names, value_text
from simulation.commands.test_report import number
from simulation.propositions.file import Family
from simulation.propositions.multiverse import Multiverse, multiverse_of
from simulation.propositions.region import Survey, survey
from simulation.propositions.results import MULTIVERSE_FILE, UNIVERSES_FILE, begin, complete
from simulation.study.manifest import KINDS, MULTIVERSE, command_line
from simulation.study.tables import write_text


def carry_out(family: Family, code: str, folder: Path, identity: str, jobs: int | None, replications: int,
              as_json: bool) -> int:
    """Runs all universes into a folder and prints what came of it; gives the number of histories that failed."""
    manifest = begin(folder, family, identity, KINDS[MULTIVERSE], command_line(), proposition=code,
                     replications=replications)
    bar = Bar()
    with watched(bar):
        surveyed = survey(family, code, "grid", family.content.multiverse, folder, bar, replications, jobs,
                          command_line())
    found = multiverse_of(surveyed.points, family.base(code))
    table = places_table(surveyed)
    write_text(folder / UNIVERSES_FILE, table.to_csv(index=False, lineterminator="\n"))
    told = document(family, surveyed, found)
    write_text(folder / MULTIVERSE_FILE, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    figures = saved(multiverse_figures(table, told), folder, has_pdf=False)
    complete(folder, manifest, failures=surveyed.failures)
    if as_json:
        typer.echo(json.dumps(told | {"folder": str(folder)}, indent=2, ensure_ascii=False))
    else:
        show(family, surveyed, found, folder, figures)
    if surveyed.failures:
        typer.echo(f"{surveyed.failures} histories failed; see failures.jsonl in the folders under"
                   f" {folder / 'sweeps'}", err=True)
    return surveyed.failures


def show(family: Family, surveyed: Survey, found: Multiverse, folder: Path, figures: list[Path]) -> None:
    """Prints in how many universes it holds, each universe, and what each switch does."""
    screen = console()
    paths = list(surveyed.points[0].settings)
    names = dict(zip(paths, short_names(paths), strict=True))

    def say(text: str) -> None:
        screen.print(text, soft_wrap=True, markup=False)

    say(f"{surveyed.code}: {family.content.propositions[surveyed.code].statement.strip()}")
    say(f"holds under {found.holds} of {found.universes} combinations ({_counts(surveyed)}; each at"
        f" {100 * (1 - family.content.alpha):g}%, for itself)")
    grid = new_table()
    for heading in (*names.values(), "verdict", "decided by", "effect", "interval"):
        grid.add_column(heading)
    for place in surveyed.points:
        answer = place.answers[place.worst]
        interval = f"[{number(answer.interval.low)}, {number(answer.interval.high)}]"
        mark = " (the scenario's own)" if place is found.own else ""
        grid.add_row(*(value_text(value) for value in place.settings.values()), f"{place.verdict}{mark}", place.worst,
                     number(answer.paired.effect.mean), interval)
    screen.print(grid)
    for switch in found.switches:
        told = ", ".join(f"{value.strip(chr(34))}: {holds} of {there}" for value, (holds, there) in
                         switch.counts.items())
        say(f"  {names[switch.path]}: {told}" + ("; changed alone, it breaks it" if switch.breaks else ""))
    if found.nearest_break:
        changes = ", ".join(f"{names[path]} {value_text(value)}" for path, value in found.nearest_break.items())
        say(f"least change after which it no longer holds: {changes}")
    elif found.own is not None and str(found.own.verdict) != "supported":
        say("it does not hold under the scenario's own assumptions")
    for path in surveyed.left_out:
        say(f"left out, because the proposition varies it: {path}")
    for table in (folder / UNIVERSES_FILE, folder / MULTIVERSE_FILE):
        say(f"table: {table}")
    for figure in figures:
        say(f"figure: {figure}")


def _counts(surveyed: Survey) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in counted(surveyed).items())


def document(family: Family, surveyed: Survey, found: Multiverse) -> dict[str, Any]:
    """The same as plain data; NaN is null."""
    return {
        "proposition": surveyed.code, "statement": family.content.propositions[surveyed.code].statement.strip(),
        "hash": family.digest, "holds": found.holds, "universes": found.universes, "left_out": surveyed.left_out,
        "own": None if found.own is None else str(found.own.verdict),
        "own_row": None if found.own is None else surveyed.points.index(found.own),
        "nearest_break": found.nearest_break,
        "switches": [{"path": switch.path, "breaks": switch.breaks, "counts": {
            value: {"holds": holds, "universes": there} for value, (holds, there) in switch.counts.items()}}
            for switch in found.switches],
        "places": [{"settings": place.settings, "verdict": str(place.verdict), "clearance": or_null(place.clearance),
                    "decided_by": place.worst} for place in surveyed.points]}
