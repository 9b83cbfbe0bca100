"""What a user sees of the scope of a proposition, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from simulation.commands.console import console, new_table, or_null
from simulation.commands.figures import saved
from simulation.commands.progress import Bar, watched
from simulation.commands.survey_figures import scope_figures
from simulation.commands.sweep_report import short_names, value_text
from simulation.commands.test_report import number
from simulation.propositions.file import Family
from simulation.propositions.region import Survey, survey, worst_replication
from simulation.propositions.results import PLACES_FILE, SCOPE_FILE, begin, complete, trace_of
from simulation.propositions.scope import Counterexample, Scope, scope_of, sentence
from simulation.propositions.verdicts import Verdict
from simulation.study.manifest import KINDS, SCOPE, command_line
from simulation.study.tables import write_text

SEED_OF_THE_DESIGN = 1


def carry_out(family: Family, code: str, folder: Path, identity: str, jobs: int | None, points: int,
              replications: int, as_json: bool) -> int:
    """Runs the survey into a folder and prints what came of it; gives the number of histories that failed."""
    manifest = begin(folder, family, identity, KINDS[SCOPE], command_line(), proposition=code, points=points,
                     replications=replications)
    region = family.region(code)
    axes = {path: span.model_dump() for path, span in region.items()}
    bar = Bar()
    with watched(bar):
        surveyed = survey(family, code, "sobol", axes, folder, bar, replications, jobs, command_line(), points=points,
                          seed=SEED_OF_THE_DESIGN)
    found = scope_of(surveyed.points, region, family.base(code))
    table = places_table(surveyed)
    write_text(folder / PLACES_FILE, table.to_csv(index=False, lineterminator="\n"))
    told = document(family, surveyed, found)
    write_text(folder / SCOPE_FILE, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    figures = saved(scope_figures(table, told), folder, has_pdf=False)
    complete(folder, manifest, failures=surveyed.failures)
    if as_json:
        typer.echo(json.dumps(told | {"folder": str(folder)}, indent=2, ensure_ascii=False))
    else:
        show(family, surveyed, found, folder, figures)
    if surveyed.failures:
        typer.echo(f"{surveyed.failures} histories failed; see failures.jsonl in the folders under"
                   f" {folder / 'sweeps'}", err=True)
    return surveyed.failures


def places_table(surveyed: Survey) -> pd.DataFrame:
    """One row per place: settings, verdict, clearance, and every prediction's effect with its interval."""
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
    verdicts = [place.verdict for place in surveyed.points]
    return {str(verdict): verdicts.count(verdict) for verdict in Verdict if verdict in verdicts}


def show(family: Family, surveyed: Survey, found: Scope, folder: Path, figures: list[Path]) -> None:
    """Prints how often it holds, where, what matters, and the nearest counterexample."""
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
    for table in (folder / PLACES_FILE, folder / SCOPE_FILE):
        say(f"table: {table}")
    for figure in figures:
        say(f"figure: {figure}")


def rule_lines(found: Scope, names: dict[str, str]) -> list[str]:
    """The rule, and how good such rules are."""
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
