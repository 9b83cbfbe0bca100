"""``scope``: where in a region of parameters a proposition holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.console import console, new_table, or_null
from simulation.commands.formatting import number, value_text
from simulation.commands.options import Jobs, refuse_outside
from simulation.commands.saving import show_files
from simulation.commands.surveys import Asked, carry_out, counted
from simulation.commands.sweep import RESULTS, Seed
from simulation.commands.test import AsJson, Out, PropositionFile
from simulation.errors import Refusal
from simulation.scenario.short_names import short_names
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:

    from simulation.propositions.file import Family
    from simulation.propositions.region import Survey
    from simulation.propositions.scope import Counterexample, Scope


Name = Annotated[str, typer.Argument(metavar="NAME", help="Proposition.", show_default=False)]
Points = Annotated[int, typer.Option("--points", metavar="N", min=8, max=10_000, help="Places in the region.")]
Replications = Annotated[int, typer.Option("--replications", metavar="N", min=5, max=100_000,
                                           help="Pairs of histories at every place.")]


def scope(file: PropositionFile, name: Name, points: Points = 64, replications: Replications = 60, seed: Seed = None,
          jobs: Jobs = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.propositions.file import load_family

    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    family = load_family(file).with_seed(seed)
    refuse_unknown(name, family.content.propositions)
    if not family.region(name):
        raise Refusal("no region", allowed="ranges of parameters under region", file=file)
    # what a refused file should not wait for
    from simulation.propositions.results import folder_name, identity_of
    from simulation.propositions.scope import scope_of
    from simulation.study.manifest import SCOPE

    identity = identity_of(family, ["scope", name, points, replications])
    folder = out or RESULTS / folder_name(family, identity, f"scope-{name}")
    region = family.region(name)
    axes = {path: span.model_dump() for path, span in region.items()}
    asked = Asked(family, name, folder, identity, replications, jobs, as_json)
    carry_out(asked, SCOPE, "sobol", axes, lambda found: scope_of(found.points, region, family.base(name)), document,
              show, points=points)


def refuse_unknown(name: str, names: Mapping[str, object]) -> None:
    """Raises `Refusal` for a proposition that is not in the file."""
    if name not in names:
        raise Refusal("no such proposition", found=shown(name), allowed=listed(names), suggestion=nearest(name, names))


def show(family: Family, surveyed: Survey, found: Scope, folder: Path, figures: list[Path]) -> None:
    """Prints how often it holds, where, what matters, and the nearest counterexample."""
    from simulation.propositions.results import PLACES_FILE, SCOPE_FILE

    screen = console()
    names = dict(zip(found.importance, short_names(list(found.importance)), strict=True))

    def say(text: str) -> None:
        screen.print(text, soft_wrap=True, markup=False)

    say(f"{surveyed.code}: {family.content.propositions[surveyed.code].statement.strip()}")
    say(f"{len(surveyed.points)} places: " + ", ".join(f"{count} {verdict}" for verdict, count in counted(
        surveyed).items()) + f" (each at {100 * (1 - family.content.alpha):g}%, for itself)")
    grid = new_table("what moves it")
    for heading in ("parameter", "share", "path"):
        grid.add_column(heading, justify="right" if heading == "share" else "left")
    for path, share in found.importance.items():
        grid.add_row(names[path], f"{share:.2f}", path)
    screen.print(grid)
    for line in [*rule_lines(found, names), *counterexample_lines(family, surveyed, found.counterexample, names)]:
        say(line)
    for path in surveyed.left_out:
        say(f"left out of the region, because the proposition varies it: {path}")
    show_files(screen, (folder / PLACES_FILE, folder / SCOPE_FILE), figures)


def rule_lines(found: Scope, names: dict[str, str]) -> list[str]:
    """The rule, and how good such rules are."""
    from simulation.propositions.scope import sentence

    lines = [f"  {sentence(leaf, names.get)}" for leaf in found.rule.leaves]
    if found.rule.right is not None:
        lines.append(f"  such rules told {found.rule.right} of {found.rule.judged} places rightly that they were not"
                     " made from")
    elif not lines:
        lines.append("  too few places are decided to tell a rule; more --replications decide more")
    return lines


def counterexample_lines(family: Family, surveyed: Survey, example: Counterexample | None,
                         names: dict[str, str]) -> list[str]:
    """What there is to say of the nearest place where it fails, with a command that shows why."""
    if example is None:
        return ["no place was found where it fails"]
    settings = ", ".join(f"{names[path]} {value_text(value)}" for path, value in example.place.settings.items())
    worst = example.place.worst
    answer = example.place.answers[worst]
    lines = [f"nearest counterexample: {settings}",
             f"  {worst}: {answer.prediction.measure} {number(answer.paired.effect.mean)}"
             f" [{number(answer.interval.low)}, {number(answer.interval.high)}], predicted"
             f" {answer.prediction.direction}"]
    command = counterexample_trace(family, surveyed, example)
    return [*lines, f"  {command}"] if command else lines


def counterexample_trace(family: Family, surveyed: Survey, example: Counterexample) -> str:
    """The command that shows one pair of histories there; empty for a prediction that compares no two settings."""
    from simulation.propositions.region import worst_replication
    from simulation.propositions.results import trace_of

    worst = example.place.worst
    answer = example.place.answers[worst]
    replication = worst_replication(answer)
    if replication is None or answer.prediction.contrast is None:
        return ""
    trial = next(trial for trial in surveyed.trials
                 if any(contrast.prediction == worst for contrast in trial.contrasts))
    world = trial.plan.run(replication * len(trial.plan.points)).world
    return trace_of(family, trial.scenario_file, trial.conditions | example.place.settings, answer.prediction,
                    replication, world)


def document(family: Family, surveyed: Survey, found: Scope) -> dict[str, Any]:
    """The same as plain data; NaN is null."""
    region = family.region(surveyed.code)
    example = found.counterexample
    return {
        "proposition": surveyed.code, "statement": family.content.propositions[surveyed.code].statement.strip(),
        "hash": family.digest, "places": counted(surveyed), "importance": found.importance,
        "usual": found.usual, "log": [path for path in found.importance if region[path].scale == "log"],
        "left_out": surveyed.left_out,
        "rule": [{"holds": leaf.holds, "right": leaf.right, "places": leaf.points,
                  "bounds": {path: list(bound) for path, bound in leaf.bounds.items()}} for leaf in found.rule.leaves],
        "told_rightly": found.rule.right, "judged": found.rule.judged,
        "counterexample": None if example is None else {
            "row": surveyed.points.index(example.place), "settings": example.place.settings,
            "distance": or_null(example.distance), "prediction": example.place.worst,
            "trace": counterexample_trace(family, surveyed, example)}}
