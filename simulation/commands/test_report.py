"""What a user sees of a test of propositions, and what is kept of it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import typer

from simulation.commands.console import add_columns, console, new_table, or_null
from simulation.commands.figures import saved
from simulation.commands.progress import Bar, watched
from simulation.figures.forest import forest_figure
from simulation.propositions.experiment import Experiment, Finding, Identification, KnockedOut, Tested
from simulation.propositions.file import Family
from simulation.propositions.results import (
    KNOCK_OUTS_FILE,
    VERDICTS_FILE,
    begin,
    complete,
    unit_of_effect,
    write_findings,
)
from simulation.study.manifest import KINDS, TEST, command_line

ROUNDING = 1e-12
SIGNS = {"positive": "+", "negative": "-", "none": "0"}


def carry_out(family: Family, codes: list[str], folder: Path, identity: str, jobs: int | None,
              replications: int | None, as_json: bool) -> tuple[list[Finding], int]:
    """Runs the test into a folder and prints what came of it; gives the findings, and how many histories failed."""
    manifest = begin(folder, family, identity, KINDS[TEST], command_line(), propositions=codes)
    bar = Bar()
    experiment = Experiment(family, codes, folder, bar, jobs, replications, command_line())
    with watched(bar):
        findings = experiment.run()
    verdicts, outs = write_findings(folder, family, findings)
    figures = saved({"propositions": forest_figure(verdicts, outs)}, folder, has_pdf=False)
    failed = sum(experiment.failures.values())
    complete(folder, manifest, failures=failed)
    if as_json:
        typer.echo(json.dumps(document(family, findings, folder), indent=2, ensure_ascii=False))
    else:
        show(family, findings, folder, figures)
    if failed:
        typer.echo(f"{failed} histories failed; see failures.jsonl in the folders under"
                   f" {folder / 'sweeps'}", err=True)
    return findings, failed


def show(family: Family, findings: list[Finding], folder: Path, figures: list[Path]) -> None:
    """Prints every proposition with its predictions and knock-outs, then where it all is."""
    screen = console()
    for finding in findings:
        screen.print(headline(finding), soft_wrap=True, markup=False)
        grid = new_table()
        add_columns(grid, ("", "left"), ("", "left"), ("effect", "right"), ("interval", "left"), ("pairs", "right"),
                              ("before", "right"), ("after", "right"), ("", "left"))
        for tested in finding.tested:
            grid.add_row(*_cells(tested))
        for out in finding.knock_outs:
            grid.add_row(*_out_cells(out))
        screen.print(grid)
        for tested in finding.tested:
            for remark in remarks(tested):
                screen.print(f"  {tested.name}: {remark}", soft_wrap=True, markup=False)
        screen.print("")
    screen.print(f"Intervals: bootstrap (BCa); a family of {family.content.size} predictions, decided together at"
                 f" {family.content.alpha:g} by Holm's procedure. +, -, 0: predicted.", soft_wrap=True, markup=False)
    screen.print(f"tables: {folder / VERDICTS_FILE}, {folder / KNOCK_OUTS_FILE}", soft_wrap=True, markup=False)
    for path in figures:
        screen.print(f"figure: {path}", soft_wrap=True, markup=False)


def headline(finding: Finding) -> str:
    """``P1: supported, identified. Security is ...``; not being identified comes first, whatever the verdict."""
    verdict = str(finding.verdict)
    if finding.identification is Identification.NOT_IDENTIFIED:
        told = f"not identified ({verdict})"
    else:
        told = f"{verdict}, {IDENTIFIED[finding.identification]}"
    return f"{finding.code}: {told}. {finding.proposition.statement.strip()}"


IDENTIFIED = {Identification.IDENTIFIED: "identified", Identification.UNDECIDED: "identification undecided",
              Identification.NONE: "no knock-out"}


def _cells(tested: Tested) -> list[str]:
    prediction, effect = tested.prediction, tested.paired.effect
    means = [mean for mean, _ in tested.paired.arms]
    level = f"{100 * tested.interval.level:.4g}%"
    return [f"  {tested.name}", f"{prediction.measure} ({SIGNS[prediction.direction]})",
            number(effect.mean), f"[{number(tested.interval.low)}, {number(tested.interval.high)}] {level}",
            str(effect.pairs), number(means[0]), number(means[-1]) if len(means) > 1 else "", str(tested.verdict)]


def _out_cells(out: KnockedOut) -> list[str]:
    interval = "" if math.isnan(out.interval.low) else f"[{number(out.interval.low)}, {number(out.interval.high)}]"
    told = f"{out.verdict}, both settings being the same" if out.is_same_setting else str(out.verdict)
    return [f"  without: {out.name}", out.prediction, number(out.effect.mean), interval, str(out.effect.pairs), "", "",
            told]


def remarks(tested: Tested) -> list[str]:
    """What a reader should know of a prediction beside its numbers."""
    found = []
    effect = tested.paired.effect
    if effect.dropped:
        found.append(f"{effect.dropped} pairs are left out, in which the measure does not exist on both sides")
    if str(tested.verdict) == "undecided" and effect.pairs:
        found.append(f"so many pairs decide with probability {tested.power:.2g}; more pairs: at_most in the file, or"
                     " --replications" if effect.pairs > 1 else "one pair has no interval")
    return found


def number(value: float) -> str:
    """A number to three digits; rounding errors are 0, NaN a dash."""
    return "-" if math.isnan(value) else "0" if abs(value) < ROUNDING else f"{value:.3g}"


def document(family: Family, findings: list[Finding], folder: Path) -> dict[str, Any]:
    """The same as plain data; NaN is null."""
    return {"name": family.content.name, "hash": family.digest, "alpha": family.content.alpha, "folder": str(folder),
            "propositions": [_entry(family, finding) for finding in findings]}


def _entry(family: Family, finding: Finding) -> dict[str, Any]:
    return {"proposition": finding.code, "statement": finding.proposition.statement.strip(),
            "verdict": str(finding.verdict), "identification": str(finding.identification),
            "histories": finding.histories,
            "predictions": [_prediction(family, tested) for tested in finding.tested],
            "knock_outs": [{"knock_out": out.name, "prediction": out.prediction, "verdict": str(out.verdict),
                            "is_same_setting": out.is_same_setting, **_numbers(out.effect, out.interval)}
                           for out in finding.knock_outs]}


def _prediction(family: Family, tested: Tested) -> dict[str, Any]:
    return {"prediction": tested.name, "measure": tested.prediction.measure,
            "unit": unit_of_effect(family, tested.prediction), "predicted": tested.prediction.direction,
            "smallest_effect": tested.prediction.smallest_effect, "verdict": str(tested.verdict),
            "power": or_null(tested.power), "agreeing": or_null(tested.agreeing),
            "counterexample": tested.counterexample,
            "means": [or_null(mean) for mean, _ in tested.paired.arms],
            **_numbers(tested.paired.effect, tested.interval)}


def _numbers(effect: Any, interval: Any) -> dict[str, Any]:
    return {"effect": or_null(effect.mean), "low": or_null(interval.low), "high": or_null(interval.high),
            "level": interval.level, "pairs": effect.pairs, "dropped": effect.dropped}


