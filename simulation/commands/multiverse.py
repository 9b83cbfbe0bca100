"""``multiverse``: a proposition under every combination of named assumptions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.console import console, new_table, or_null
from simulation.commands.formatting import number, value_text
from simulation.commands.options import Jobs, refuse_outside
from simulation.commands.saving import show_files
from simulation.commands.scope import Name, refuse_unknown
from simulation.commands.surveys import Asked, carry_out, counted
from simulation.commands.sweep import RESULTS, Seed
from simulation.commands.test import AsJson, Out, PropositionFile
from simulation.errors import Refusal
from simulation.scenario.short_names import short_names
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.propositions.file import Family
    from simulation.propositions.multiverse import Multiverse
    from simulation.propositions.region import Survey


Replications = Annotated[int, typer.Option("--replications", metavar="N", min=5, max=100_000,
                                           help="Pairs of histories in every universe.")]


def multiverse(file: PropositionFile, name: Name, replications: Replications = 100, seed: Seed = None,
               jobs: Jobs = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.propositions.file import load_family

    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    family = load_family(file).with_seed(seed)
    refuse_unknown(name, family.content.propositions)
    if not family.content.multiverse:
        raise Refusal("no multiverse", allowed="assumptions with their values under multiverse", file=file)
    # what a refused file should not wait for
    from simulation.propositions.multiverse import multiverse_of
    from simulation.propositions.results import folder_name, identity_of
    from simulation.study.manifest import MULTIVERSE

    identity = identity_of(family, ["multiverse", name, replications])
    folder = out or RESULTS / folder_name(family, identity, f"multiverse-{name}")
    asked = Asked(family, name, folder, identity, replications, jobs, as_json)
    carry_out(asked, MULTIVERSE, "grid", family.content.multiverse,
              lambda found: multiverse_of(found.points, family.base(name)), document, show)


def show(family: Family, surveyed: Survey, found: Multiverse, folder: Path, figures: list[Path]) -> None:
    """Prints in how many universes it holds, each universe, and what each switch does."""
    from simulation.propositions.results import MULTIVERSE_FILE, UNIVERSES_FILE

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
    show_files(screen, (folder / UNIVERSES_FILE, folder / MULTIVERSE_FILE), figures)


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
