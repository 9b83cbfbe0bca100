"""Which sections a report has, by what its folder is of. Another kind of folder is added here."""

from __future__ import annotations

from collections.abc import Callable

from simulation.errors import ResultsError
from simulation.report import equilibria, provenance, record, runs, surveys, sweeps, trials
from simulation.report.parts import Section, Words
from simulation.report.source import Subject
from simulation.study.manifest import COMPARISON, MULTIVERSE, RECORD, RUN, SCOPE, SOLVE, STATICS, SWEEP, TEST

Maker = Callable[[Subject], Section]

LAST = (provenance.made, provenance.cited)
SECTIONS: dict[str, tuple[Maker, ...]] = {
    SWEEP: (sweeps.question, sweeps.results, provenance.figures, sweeps.varied, provenance.scenario, *LAST),
    RUN: (runs.question, runs.results, provenance.figures, provenance.scenario, *LAST),
    TEST: (trials.question, provenance.figures, trials.results, *LAST),
    SCOPE: (surveys.question, provenance.figures, surveys.results_of_scope, *LAST),
    MULTIVERSE: (surveys.question, provenance.figures, surveys.results_of_multiverse, *LAST),
    SOLVE: (equilibria.question_of_solve, equilibria.results_of_solve, provenance.figures, provenance.scenario, *LAST),
    STATICS: (equilibria.question_of_statics, provenance.figures, equilibria.results_of_statics, provenance.scenario,
              *LAST),
    RECORD: (record.question, provenance.figures, record.results, *LAST),
    COMPARISON: (equilibria.question_of_comparison, provenance.figures, equilibria.results_of_comparison,
                 provenance.scenario, *LAST),
}
"""What a reader asks first comes first; how it was made comes last."""


def refuse_kind(subject: Subject) -> None:
    """Raises `ResultsError` for a folder of a kind that has no report."""
    if subject.kind not in SECTIONS:
        allowed = ", ".join(SECTIONS)
        raise ResultsError(f"{subject.path}: no report for {subject.kind}; there is one for {allowed}")


def sections_of(subject: Subject) -> list[Section]:
    """The sections of a report, in order."""
    return [make(subject) for make in SECTIONS[subject.kind]]


def remarks_of(subject: Subject) -> tuple[Words, ...]:
    """What a reader must know before anything else: what is missing, what failed."""
    if subject.kind == SWEEP:
        return sweeps.remarks(subject)
    found = []
    if subject.manifest.get("status") != "complete":
        found.append(Words(f"This is not complete: the folder says '{subject.manifest.get('status')}'. Give its command"
                           " again to complete it.", "warning"))
    if subject.manifest.get("failures"):
        found.append(Words(f"{subject.manifest['failures']} histories failed and are left out.", "warning"))
    return tuple(found)
