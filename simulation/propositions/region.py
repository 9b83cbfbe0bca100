"""A proposition over many settings: what `scope` and `multiverse` have in common.

Everything that the proposition compares is run at every place of a design, all under the same luck; at each place its
predictions are then read and decided as in a test, but one place at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulation.propositions.design import Trial, trials_of
from simulation.propositions.experiment import SWEEPS, agreement_and_counterexample
from simulation.propositions.file import Family, Prediction, Settings, arms_of
from simulation.propositions.paired_effects import PairedEffect, Results
from simulation.propositions.progress import ProgressListener, TrialProgress
from simulation.propositions.verdicts import Direction, Verdict, prediction_verdict, proposition_verdict
from simulation.study.effects import Interval
from simulation.study.store import ResultsFolder
from simulation.study.sweep import sweep


@dataclass(frozen=True)
class Answer:
    """A prediction at one place: the effect, its interval, the verdict, and how clear the effect is.

    `clearance` is the effect in the predicted direction over the smallest effect of interest; where no effect is
    predicted, one less the size of the effect over the smallest of interest. Above 0 it speaks for the prediction.
    """

    prediction: Prediction
    paired: PairedEffect
    interval: Interval
    verdict: Verdict
    clearance: float


@dataclass(frozen=True)
class SurveyedPoint:
    """One place of the design.

    Attributes
    ----------
    settings : values by path.
    answers : the predictions there, by name.
    """

    settings: Settings
    answers: dict[str, Answer]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the proposition at this place."""
        return proposition_verdict(answer.verdict for answer in self.answers.values())

    @property
    def clearance(self) -> float:
        """That of the prediction which does worst; NaN where one has nothing to measure."""
        return float(np.min([answer.clearance for answer in self.answers.values()]))

    @property
    def worst(self) -> str:
        """The prediction that does worst: one that is contradicted, or else the least clear."""
        def badness(name: str) -> tuple[int, float]:
            answer = self.answers[name]
            return (BADNESS.index(answer.verdict), -answer.clearance if answer.paired.effect.pairs else np.inf)

        return max(self.answers, key=badness)


BADNESS = (Verdict.SUPPORTED, Verdict.NEGLIGIBLE, Verdict.UNDECIDED, Verdict.NOTHING, Verdict.CONTRADICTED)


@dataclass(frozen=True)
class Survey:
    """A proposition over a design.

    Attributes
    ----------
    code : the proposition.
    points : in the order of the design.
    left_out : paths of the design that the proposition varies itself.
    failures : histories that failed.
    trials : what was run.
    """

    code: str
    points: list[SurveyedPoint]
    left_out: list[str]
    failures: int
    trials: list[Trial]

    def holds(self) -> int:
        """Number of places where the proposition is supported."""
        return sum(place.verdict is Verdict.SUPPORTED for place in self.points)


def survey(family: Family, code: str, kind: str, axes: Mapping[str, Any], root: Path, progress: ProgressListener,
           replications: int, jobs: int | None = None, command: list[str] | None = None, **options: Any) -> Survey:
    """Runs a proposition over a design and reads it at every place.

    kind, axes, options : the part of a design that is beside what the proposition compares: its kind, its axes, and
    what else that kind takes.
    """
    predictions = family.content.propositions[code].predictions
    varied = {path for prediction in predictions.values() for arm in arms_of(prediction) for path in arm}
    axes = {path: axis for path, axis in axes.items() if path not in varied}
    part = axes if kind == "grid" else {"axes": axes, **options}
    trials = trials_of(family, code, beside={kind: part} if axes else {}, replications=replications)
    progress.begin(sum(trial.plan.number_of_runs for trial in trials), 0)
    found: dict[str, tuple[Settings, dict[str, Answer]]] = {}
    failures = 0
    for trial in trials:
        outcome = sweep(trial.plan, root / SWEEPS / trial.name, jobs, command, TrialProgress(progress))
        failures += outcome.failures
        for settings, paired_effects in paired_effects_by_point(trial, outcome.folder, list(axes)):
            text = json.dumps(settings, sort_keys=True)
            answers = found.setdefault(text, (settings, {}))[1]
            answers |= {name: _answer(family, code, name, one) for name, one in paired_effects.items()}
    points = [SurveyedPoint(settings, {name: answers[name] for name in predictions})
              for settings, answers in found.values()]
    over = set(family.content.multiverse if kind == "grid" else family.region(code))
    return Survey(code, points, sorted(varied & over), failures, trials)


def paired_effects_by_point(trial: Trial, folder: ResultsFolder,
                            paths: list[str]) -> list[tuple[Settings, dict[str, PairedEffect]]]:
    """The effects of a trial at every place of the design beside it."""
    by_settings: dict[str, tuple[Settings, dict[str, int]]] = {}
    for number, point in enumerate(trial.plan.points):
        settings = {path: point[path] for path in paths}
        arm = {path: value for path, value in point.items() if path not in settings}
        arms = by_settings.setdefault(json.dumps(settings, sort_keys=True), (settings, {}))[1]
        arms[json.dumps(arm, sort_keys=True)] = number
    results = Results(trial, folder, trial.plan.replications)
    found = []
    for settings, arms in by_settings.values():
        points = [arms[json.dumps(arm, sort_keys=True)] for arm in trial.arms]
        effects = {contrast.prediction: results.paired(contrast, [points[place] for place in contrast.points])
                   for contrast in trial.contrasts}
        found.append((settings, effects))
    return found


def _answer(family: Family, code: str, name: str, found: PairedEffect) -> Answer:
    """The verdict on a prediction at one place, at the level of the file, for this place alone."""
    prediction = family.content.propositions[code].predictions[name]
    verdict, interval = prediction_verdict(found.effect, prediction.predicted, prediction.smallest_effect,
                                           family.content.alpha)
    scaled = found.effect.mean / prediction.smallest_effect
    clearance = {Direction.POSITIVE: scaled, Direction.NEGATIVE: -scaled, Direction.NONE: 1 - abs(scaled)}
    return Answer(prediction, found, interval, verdict, clearance[prediction.predicted])


def worst_replication(answer: Answer) -> int | None:
    """The replication that speaks most against a prediction of a sign; None where none does."""
    return agreement_and_counterexample(answer.paired.by_replication, answer.prediction.predicted)[1]
