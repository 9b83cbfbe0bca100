"""Verdicts as Markdown, between two marks of a page: for documentation that says what the program found."""

from __future__ import annotations

from pathlib import Path

from simulation.commands.test_report import SIGNS, headline, number
from simulation.errors import Refusal
from simulation.propositions.experiment import Finding, Tested
from simulation.propositions.file import Family
from simulation.scenario.validation import shown
from simulation.study.tables import write_text

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
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    write_text(page, f"{before}{BEGIN}\n{markdown(family, findings)}\n{END}{after}")


def markdown(family: Family, findings: list[Finding]) -> str:
    """A table of verdicts, and for each proposition one of its predictions and one of its knock-outs."""
    lines = [f"File `{family.file.as_posix()}`, hash `{family.digest}`, seed {family.content.seed};"
             f" {family.content.size} predictions decided together at {family.content.alpha:g}.", "",
             "| | verdict | knock-outs | pairs of histories |", "|---|---|---|---|"]
    for finding in findings:
        most = max(tested.paired.by_replication.size for tested in finding.tested)
        lines.append(f"| {finding.code} | {finding.verdict} | {finding.identification} | {most} |")
    for finding in findings:
        lines += ["", f"**{headline(finding)}**", "",
                  "| prediction | measure | effect | interval | pairs | before | after | verdict |",
                  "|---|---|---|---|---|---|---|---|", *(_prediction(tested) for tested in finding.tested)]
        if finding.knock_outs:
            lines += ["", "| without | prediction | effect | interval | pairs | |", "|---|---|---|---|---|---|"]
            for out in finding.knock_outs:
                same = ", both settings being the same" if out.is_same_setting else ""
                interval = f"{number(out.interval.low)} to {number(out.interval.high)}" if out.effect.pairs else "-"
                lines.append(f"| {out.name} | {out.prediction} | {number(out.effect.mean)} | {interval} |"
                             f" {out.effect.pairs} | {out.verdict}{same} |")
    return "\n".join(lines)


def _prediction(tested: Tested) -> str:
    means = [mean for mean, _ in tested.paired.arms]
    after = number(means[-1]) if len(means) > 1 else ""
    return (f"| {tested.name} ({SIGNS[tested.prediction.direction]}) | `{tested.prediction.measure}` |"
            f" {number(tested.paired.effect.mean)} | {number(tested.interval.low)} to {number(tested.interval.high)} |"
            f" {tested.paired.effect.pairs} | {number(means[0])} | {after} | {tested.verdict} |")
