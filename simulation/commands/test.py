"""``test``: propositions of a file put to the test, each with its knock-outs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.console import add_columns, console, new_table, or_null
from simulation.commands.formatting import number
from simulation.commands.options import Jobs, refuse_outside
from simulation.commands.progress import Bar, watched
from simulation.commands.saving import saved
from simulation.commands.sweep import RESULTS, Seed
from simulation.errors import Refusal
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.propositions.experiment import Experiment, Finding, KnockedOut, Tested
    from simulation.propositions.file import Family


PropositionFile = Annotated[str, typer.Argument(metavar="FILE", help="File of propositions.", show_default=False)]
Only = Annotated[list[str] | None, typer.Option(
    "--only", metavar="NAME", show_default=False,
    help="Proposition to test; may be repeated. The family that it is decided in stays the whole file.")]
Replications = Annotated[int | None, typer.Option(
    "--replications", metavar="N", min=1, show_default=False,
    help="Pairs of histories for every comparison, looked at once, in place of going on until decided.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<name>-test-<hash>.", show_default=False)]
Page = Annotated[Path | None, typer.Option(
    "--page", metavar="FILE", show_default=False, help="Put the verdicts into a Markdown page, between its marks.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def test(file: PropositionFile, only: Only = None, replications: Replications = None, seed: Seed = None,
         jobs: Jobs = None, out: Out = None, page: Page = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.propositions.file import load_family

    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    family = load_family(file).with_seed(seed)
    codes = chosen(family.content.propositions, only)
    # what a refused file should not wait for
    from simulation.propositions.results import folder_name, identity_of

    if page is not None:
        refuse_page(page)
    identity = identity_of(family)
    folder = out or RESULTS / folder_name(family, identity)
    findings, failures = carry_out(family, codes, folder, identity, jobs, replications, as_json)
    if page is not None:
        write_page(page, family, findings)
    if failures:
        raise typer.Exit(1)


def chosen(names: Mapping[str, object], only: list[str] | None) -> list[str]:
    """The propositions that are asked for, in the order of the file. Raises `Refusal` for one that is not there."""
    for name in only or []:
        if name not in names:
            raise Refusal("no such proposition", found=shown(name), allowed=listed(names), file="--only",
                          suggestion=nearest(name, names))
    return [name for name in names if not only or name in only]


SIGNS = {"positive": "+", "negative": "-", "none": "0"}


def carry_out(family: Family, codes: list[str], folder: Path, identity: str, jobs: int | None,
              replications: int | None, as_json: bool) -> tuple[list[Finding], int]:
    """Runs the test into a folder and prints what came of it; gives the findings, and how many histories failed."""
    from simulation.propositions.experiment import Experiment
    from simulation.study.completion import held, told_of
    from simulation.study.manifest import command_line
    from simulation.study.store import first_error

    with held(folder, identity):
        bar = Bar()
        experiment = Experiment(family, codes, folder, bar, jobs, replications, command_line())
        with told_of(folder):
            findings, figures, failed = _tested(experiment, bar, family, codes, folder, identity)
    if as_json:
        typer.echo(json.dumps(document(family, findings, folder), indent=2, ensure_ascii=False))
    else:
        show(family, findings, folder, figures)
    if failed:
        typer.echo(f"{failed} histories failed; see failures.jsonl in the folders under"
                   f" {folder / 'sweeps'}; the first: {first_error(folder / 'sweeps')}", err=True)
    return findings, failed


def _tested(experiment: Experiment, bar: Bar, family: Family, codes: list[str], folder: Path,
            identity: str) -> tuple[list[Finding], list[Path], int]:
    """Findings, paths of figures and number of failed histories, all of which are in the folder."""
    from simulation.figures.forest import forest_figure
    from simulation.propositions.experiment import SWEEPS
    from simulation.propositions.results import begin, complete, write_findings
    from simulation.study.manifest import KINDS, TEST, command_line

    is_new = not (folder / SWEEPS).exists()
    manifest = begin(folder, family, identity, KINDS[TEST], command_line(), propositions=codes, rule=experiment.rule())
    for line in announcement(experiment):
        bar.say(line)
    with watched(bar):
        if is_new:
            bar.say(forecast(experiment))
        findings = experiment.run()
    verdicts, outs = write_findings(folder, family, findings)
    figures = saved({"propositions": forest_figure(verdicts, outs)}, folder, has_pdf=False)
    failed = sum(experiment.failures.values())
    complete(folder, manifest, failures=failed)
    return findings, figures, failed


def announcement(experiment: Experiment) -> list[str]:
    """What a user should know before the first history: at which numbers of pairs is looked, and what is the most."""
    looks, most = list(experiment.rule()["looks"].values()), experiment.most_histories
    if experiment.replications is not None:
        return [f"one look, at {experiment.replications} pairs for every comparison; what that leaves undecided may be"
                " looked at again at more pairs: the intervals hold at any number"]
    several = "; fewer for propositions that say so" if len({tuple(own) for own in looks}) > 1 else ""
    return [f"looks at {', '.join(map(str, max(looks, key=max)))} pairs for every comparison that is not decided"
            f"{several}; at most {most:,} histories"]


def forecast(experiment: Experiment) -> str:
    """How long it takes at the longest, from a few histories."""
    from simulation.commands.formatting import duration_text

    seconds = duration_text(experiment.longest_case())
    early = "" if experiment.replications is not None else " if nothing is decided before the last look"
    return f"it takes {'' if seconds.startswith('under') else 'about '}{seconds}{early}"


def show(family: Family, findings: list[Finding], folder: Path, figures: list[Path]) -> None:
    """Prints every proposition with its predictions and knock-outs, then where it all is."""
    from simulation.propositions.results import KNOCK_OUTS_FILE, VERDICTS_FILE

    screen = console()
    for finding in findings:
        screen.print(headline(finding), soft_wrap=True, markup=False)
        grid = new_table()
        add_columns(grid, ("", "left"), ("", "left"), ("effect", "right"), ("interval", "left"), ("pairs", "right"),
                              ("before", "right"), ("after", "right"), ("", "left"))
        for tested in finding.tested:
            grid.add_row(*_cells(tested))
            if tested.beyond_paper is not None:
                grid.add_row(*_cells(tested.beyond_paper, WITHOUT_PAPER))
        for out in finding.knock_outs:
            grid.add_row(*_out_cells(out))
        screen.print(grid)
        for tested in finding.tested:
            for remark in remarks(tested):
                screen.print(f"  {tested.name}: {remark}", soft_wrap=True, markup=False)
        screen.print("")
    screen.print(f"Intervals: confidence sequences, which hold at every number of pairs; a family of"
                 f" {family.content.size} verdicts, in equal shares of {family.content.alpha:g}. +, -, 0: predicted."
                 " Supported: the whole interval is beyond the smallest effect of interest.", soft_wrap=True,
                 markup=False)
    screen.print(f"tables: {folder / VERDICTS_FILE}, {folder / KNOCK_OUTS_FILE}", soft_wrap=True, markup=False)
    for path in figures:
        screen.print(f"figure: {path}", soft_wrap=True, markup=False)


def headline(finding: Finding) -> str:
    """``P1: supported, identified. Security is ...``; not being identified comes first, whatever the verdict."""
    from simulation.propositions.experiment import Identification

    verdict = str(finding.verdict)
    if finding.identification is Identification.NOT_IDENTIFIED:
        told = f"not identified ({verdict})"
    else:
        told = f"{verdict}, {IDENTIFIED[str(finding.identification)]}"
    if finding.verdict_beyond_paper not in (None, finding.verdict):
        told += f", without paper pacts {finding.verdict_beyond_paper}"
    return f"{finding.code}: {told}. {finding.proposition.statement.strip()}"


IDENTIFIED = {"identified": "identified", "undecided": "identification undecided", "not tested": "mechanism not tested"}


WITHOUT_PAPER = "without paper"


def _cells(tested: Tested, words: str = "") -> list[str]:
    prediction, effect = tested.prediction, tested.paired.effect
    means = [mean for mean, _ in tested.paired.arms]
    level = f"{100 * tested.interval.level:.4g}%"
    return [f"    {words}" if words else f"  {tested.name}", f"{prediction.measure} ({SIGNS[prediction.direction]})",
            number(effect.mean), f"[{number(tested.interval.low)}, {number(tested.interval.high)}] {level}",
            str(effect.pairs), number(means[0]), number(means[-1]) if len(means) > 1 else "", str(tested.verdict)]


def _out_cells(out: KnockedOut) -> list[str]:
    interval = "" if math.isnan(out.interval.low) else f"[{number(out.interval.low)}, {number(out.interval.high)}]"
    told = f"{out.verdict}, both settings give the same histories" if out.is_same_setting else str(out.verdict)
    return [f"  without: {out.name}", out.prediction, number(out.effect.mean), interval, str(out.effect.pairs), "", "",
            told]


def remarks(tested: Tested) -> list[str]:
    """What a reader should know of a prediction beside its numbers."""
    from simulation.propositions.verdicts import is_direction_known

    found = []
    effect, prediction, verdict = tested.paired.effect, tested.prediction, str(tested.verdict)
    if effect.dropped:
        pairs = "1 pair is" if effect.dropped == 1 else f"{effect.dropped} pairs are"
        found.append(f"{pairs} left out, in which a history failed or the measure does not exist on both sides")
    if is_direction_known(tested.interval) and verdict in ("undecided", "negligible"):
        sign = "positive" if effect.mean > 0 else "negative"
        found.append(f"{sign}, " + ("but smaller than" if verdict == "negligible" else "whether beyond")
                     + f" {prediction.smallest_effect:g}, the smallest effect of interest"
                     + ("" if verdict == "negligible" else ", is open"))
    if verdict == "undecided" and math.isnan(tested.more_pairs):
        found.append(f"too few pairs for an interval; {MORE_PAIRS}")
    elif verdict == "undecided" and effect.pairs < FEW_PAIRS:
        found.append(f"too few pairs to tell how many decide; {MORE_PAIRS}")
    elif verdict == "undecided":
        pairs = (f"about {_rounded(tested.more_pairs):,} pairs decide, if the effect is what it seems"
                 if tested.more_pairs < MOST_PAIRS else "no number of pairs within reason decides")
        found.append(f"{pairs}; {MORE_PAIRS}")
    return found


MOST_PAIRS, FEW_PAIRS = 1e7, 10
MORE_PAIRS = "more pairs: --replications, into the same folder; at_most in the file makes another test, with its own"


def _rounded(pairs: float) -> int:
    """Upwards to two digits: it is an estimate."""
    unit = 10 ** max(0, math.floor(math.log10(pairs)) - 1)
    return int(math.ceil(pairs / unit) * unit)


def document(family: Family, findings: list[Finding], folder: Path) -> dict[str, Any]:
    """The same as plain data; NaN is null."""
    return {"name": family.content.name, "hash": family.digest, "alpha": family.content.alpha, "folder": str(folder),
            "propositions": [_entry(family, finding) for finding in findings]}


def _entry(family: Family, finding: Finding) -> dict[str, Any]:
    return {"proposition": finding.code, "statement": finding.proposition.statement.strip(),
            "verdict": str(finding.verdict), "identification": str(finding.identification),
            "verdict_beyond_paper": finding.verdict_beyond_paper and str(finding.verdict_beyond_paper),
            "histories": finding.histories,
            "predictions": [_prediction_entry(family, tested) for tested in finding.tested],
            "knock_outs": [{"knock_out": out.name, "prediction": out.prediction, "verdict": str(out.verdict),
                            "tested": out.is_tested, "is_same_setting": out.is_same_setting,
                            **_numbers(out.effect, out.interval)}
                           for out in finding.knock_outs]}


def _prediction_entry(family: Family, tested: Tested) -> dict[str, Any]:
    from simulation.propositions.results import unit_of_effect
    from simulation.propositions.verdicts import is_direction_known

    return {"prediction": tested.name, "measure": tested.prediction.measure,
            "unit": unit_of_effect(family, tested.prediction), "predicted": tested.prediction.direction,
            "smallest_effect": tested.prediction.smallest_effect, "verdict": str(tested.verdict),
            "direction_known": is_direction_known(tested.interval), "power": or_null(tested.power),
            "agreeing": or_null(tested.agreeing),
            "counterexample": tested.counterexample,
            "means": [or_null(mean) for mean, _ in tested.paired.arms],
            **_numbers(tested.paired.effect, tested.interval),
            "beyond_paper": None if tested.beyond_paper is None else _prediction_entry(family, tested.beyond_paper)}


def _numbers(effect: Any, interval: Any) -> dict[str, Any]:
    return {"effect": or_null(effect.mean), "low": or_null(interval.low), "high": or_null(interval.high),
            "level": interval.level, "pairs": effect.pairs, "dropped": effect.dropped}


BEGIN, END = "<!-- verdicts: made by `test --page` -->", "<!-- end of verdicts -->"


def refuse_page(page: Path) -> None:
    """Raises `Refusal` if there is no page with both marks."""
    try:
        text = page.read_text(encoding="utf-8")
    except OSError:
        raise Refusal("no such file", found=shown(str(page)), file="--page") from None
    if text.find(BEGIN) < 0 or text.find(END) < text.find(BEGIN):
        raise Refusal("no place for verdicts", found=shown(str(page)), allowed=f"a page with {BEGIN} and {END}",
                      file="--page")


def write_page(page: Path, family: Family, findings: list[Finding]) -> None:
    """Puts the verdicts between the marks, in place of what is there."""
    from simulation.study.tables import write_text

    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    write_text(page, f"{before}{BEGIN}\n{markdown(family, findings)}\n{END}{after}")


def markdown(family: Family, findings: list[Finding]) -> str:
    """A table of verdicts, and for each proposition one of its predictions and one of its knock-outs."""
    lines = [f"File `{family.file.as_posix()}`, hash `{family.digest}`, seed {family.content.seed};"
             f" {family.content.size} verdicts decided together at {family.content.alpha:g}.", "",
             "| | verdict | without paper pacts | knock-outs | pairs of histories |", "|---|---|---|---|---|"]
    for finding in findings:
        most = max(tested.paired.by_replication.size for tested in finding.tested)
        beyond = "" if finding.verdict_beyond_paper is None else str(finding.verdict_beyond_paper)
        lines.append(f"| {finding.code} | {finding.verdict} | {beyond} | {finding.identification} | {most} |")
    for finding in findings:
        lines += ["", f"**{headline(finding)}**", "",
                  "| prediction | measure | effect | interval | pairs | before | after | verdict |",
                  "|---|---|---|---|---|---|---|---|", *(row for tested in finding.tested for row in _rows(tested))]
        if finding.knock_outs:
            lines += ["", "| without | prediction | effect | interval | pairs | |", "|---|---|---|---|---|---|"]
            for out in finding.knock_outs:
                same = ", both settings give the same histories" if out.is_same_setting else ""
                interval = f"{number(out.interval.low)} to {number(out.interval.high)}" if out.effect.pairs else "-"
                lines.append(f"| {out.name} | {out.prediction} | {number(out.effect.mean)} | {interval} |"
                             f" {out.effect.pairs} | {out.verdict}{same} |")
    return "\n".join(lines)


def _rows(tested: Tested) -> list[str]:
    beyond = tested.beyond_paper
    return [_prediction(tested, tested.name), *([] if beyond is None else [_prediction(beyond, WITHOUT_PAPER)])]


def _prediction(tested: Tested, name: str) -> str:
    means = [mean for mean, _ in tested.paired.arms]
    after = number(means[-1]) if len(means) > 1 else ""
    return (f"| {name} ({SIGNS[tested.prediction.direction]}) | `{tested.prediction.measure}` |"
            f" {number(tested.paired.effect.mean)} | {number(tested.interval.low)} to {number(tested.interval.high)} |"
            f" {tested.paired.effect.pairs} | {number(means[0])} | {after} | {tested.verdict} |")
