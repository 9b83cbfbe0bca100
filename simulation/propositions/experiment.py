"""A family of propositions put to the test: pilots, plans, histories, verdicts.

First every trial gets the histories of a pilot; from their spread follows how many a decision needs; then all get
theirs through the sweep engine, and the family is decided together. The pilot's histories count as well: from them
comes the spread only, and the bias of that is small (Wittes & Brittain 1990, doi 10.1002/sim.4780090113).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from simulation.propositions.design import Trial, trials_of
from simulation.propositions.file import Family, KnockOut, Prediction, Proposition
from simulation.propositions.paired_effects import PairedEffect, read
from simulation.propositions.progress import ProgressListener, TrialProgress
from simulation.propositions.verdicts import Direction, KnockOutVerdict, Verdict, judged, knocked_out, together
from simulation.study.effects import FEWEST, Effect, Interval, pairs_needed, power_at
from simulation.study.manifest import MANIFEST_FILE, read_manifest
from simulation.study.sweep import sweep

SWEEPS = "sweeps"


class Identification(StrEnum):
    """Whether the knock-outs removed the effect, so that the mechanism named is the one that makes it."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not identified"
    UNDECIDED = "undecided"
    NONE = "no knock-out"


@dataclass(frozen=True)
class Tested:
    """A prediction with what came of it.

    Attributes
    ----------
    paired : the effect, and the means of what was compared.
    power : probability that so many pairs decide whatever the effect is of zero and the smallest of interest.
    agreeing : share of the pairs whose own effect has the predicted sign; NaN where none is predicted.
    counterexample : the replication with the largest effect of the other sign; None if there is none.
    trial : the trial that it was read off.
    """

    name: str
    prediction: Prediction
    paired: PairedEffect
    verdict: Verdict
    interval: Interval
    power: float
    agreeing: float
    counterexample: int | None
    trial: Trial


@dataclass(frozen=True)
class KnockedOut:
    """What a knock-out did to one prediction."""

    name: str
    knock_out: KnockOut
    prediction: str
    effect: Effect
    interval: Interval
    verdict: KnockOutVerdict
    is_same_setting: bool


@dataclass(frozen=True)
class Finding:
    """A proposition with all that came of it."""

    code: str
    proposition: Proposition
    tested: tuple[Tested, ...]
    knock_outs: tuple[KnockedOut, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict on the proposition as a whole."""
        return together(part.verdict for part in self.tested)

    @property
    def identification(self) -> Identification:
        """Whether its knock-outs removed the effect."""
        return identification_of(part.verdict for part in self.knock_outs)

    @property
    def histories(self) -> int:
        """Histories that the predictions were read off; those of knock-outs are left out."""
        trials = {part.trial.name: len(part.trial.plan.points) * part.paired.by_replication.size
                  for part in self.tested}
        return sum(trials.values())


def identification_of(verdicts: Iterator[KnockOutVerdict] | Any) -> Identification:
    """From the knock-outs of a proposition to what is said of it."""
    verdicts = list(verdicts)
    if not verdicts:
        return Identification.NONE
    if KnockOutVerdict.REMAINED in verdicts or KnockOutVerdict.STAYED_AWAY in verdicts:
        return Identification.NOT_IDENTIFIED
    return Identification.UNDECIDED if KnockOutVerdict.UNDECIDED in verdicts else Identification.IDENTIFIED


@dataclass
class Experiment:
    """Trials of some propositions of a family, run into the folders under `root`/sweeps.

    Attributes
    ----------
    codes : the propositions that are put to the test; the family that they are decided in is the whole file.
    jobs : processes; None for one a core.
    replications : pairs for every trial, in place of planning; None to plan.
    progress : hears of every history that is run.
    failures : histories that failed, by trial.
    """

    family: Family
    codes: list[str]
    root: Path
    progress: ProgressListener
    jobs: int | None = None
    replications: int | None = None
    command: list[str] | None = None
    failures: dict[str, int] = field(default_factory=dict)
    _parts: dict[str, TrialProgress] = field(default_factory=dict)

    def run(self) -> list[Finding]:
        """Runs all histories and gives the findings, in the order of the file."""
        trials = [*self._trials()]
        pilot = self.replications or self.family.content.pilot
        self.progress.begin(sum(len(trial.plan.points) * pilot for trial in trials), 0)
        paired_effects = {trial.name: self._read(trial, pilot) for trial in trials}
        if self.replications is None:
            wanted = {trial.name: self.pairs_for(trial, paired_effects[trial.name]) for trial in trials}
            self.progress.reach(sum(len(trial.plan.points) * wanted[trial.name] for trial in trials))
            for trial in trials:
                if wanted[trial.name] > pilot:
                    paired_effects[trial.name] = self._read(trial, wanted[trial.name])
        return self._findings(trials, paired_effects)

    def _trials(self) -> Iterator[Trial]:
        for code in self.codes:
            yield from trials_of(self.family, code)
            for knock_out in self.family.content.propositions[code].knock_outs:
                yield from trials_of(self.family, code, knock_out)

    def _read(self, trial: Trial, replications: int) -> dict[str, PairedEffect]:
        """The effects in the first so many histories of a trial; those that are there are not run again."""
        path = self.root / SWEEPS / trial.name
        part = self._parts.setdefault(trial.name, TrialProgress(self.progress))
        wanted = max(replications, replications_recorded(path))
        outcome = sweep(trial.plan.with_replications(wanted), path, self.jobs, self.command, part)
        self.failures[trial.name] = outcome.failures
        return read(trial, outcome.folder, replications)

    @property
    def knock_out_alpha(self) -> float:
        """Probability of a false word on one knock-out: the family's, shared equally over all checks in the file."""
        checks = sum(len(out.removes) + len(out.reveals) for proposition in self.family.content.propositions.values()
                     for out in proposition.knock_outs.values())
        return self.family.content.alpha / max(1, checks)

    def alpha_for(self, trial: Trial) -> float:
        """The strictest level at which a reading of a trial may have to be decided."""
        return self.knock_out_alpha if trial.knock_out else self.family.content.alpha / self.family.content.size

    def pairs_for(self, trial: Trial, paired_effects: dict[str, PairedEffect]) -> int:
        """Pairs that a trial needs, by its pilot, within the bound of the file."""
        content, proposition = self.family.content, self.family.content.propositions[trial.proposition]
        needed = [pairs_needed(found.effect, proposition.predictions[name].smallest_effect, self.alpha_for(trial),
                               content.power) for name, found in paired_effects.items() if found.effect.pairs >= FEWEST]
        return max(content.pilot, min(proposition.at_most or content.at_most, max([content.pilot, *needed])))

    def _findings(self, trials: list[Trial], paired_effects: dict[str, dict[str, PairedEffect]]) -> list[Finding]:
        mains = {(trial.proposition, contrast.prediction): trial for trial in trials if not trial.knock_out
                 for contrast in trial.contrasts}
        family = {}
        for (code, name), trial in mains.items():
            prediction = self.family.content.propositions[code].predictions[name]
            effect = paired_effects[trial.name][name].effect
            family[code, name] = (effect, prediction.predicted, prediction.smallest_effect)
        verdicts = judged(family, self.family.content.alpha, self.family.content.size - len(family))
        findings = []
        for code in self.codes:
            proposition = self.family.content.propositions[code]
            tested = tuple(self._tested(mains[code, name], name, paired_effects[mains[code, name].name][name],
                                        verdicts[code, name]) for name in proposition.predictions)
            outs = tuple(self._knocked_out(trial, contrast.prediction, paired_effects[trial.name][contrast.prediction])
                         for trial in trials if trial.proposition == code and trial.knock_out
                         for contrast in trial.contrasts)
            findings.append(Finding(code, proposition, tested, outs))
        return findings

    def _tested(self, trial: Trial, name: str, found: PairedEffect, judgement: Any) -> Tested:
        prediction = self.family.content.propositions[trial.proposition].predictions[name]
        pairs = found.by_replication.size
        power = power_at(found.effect, prediction.smallest_effect, self.alpha_for(trial), pairs)
        agreeing, counterexample = agreement_and_counterexample(found.by_replication, prediction.predicted)
        return Tested(name, prediction, found, judgement.verdict, judgement.interval, power, agreeing, counterexample,
                      trial)

    def _knocked_out(self, trial: Trial, name: str, found: PairedEffect) -> KnockedOut:
        proposition = self.family.content.propositions[trial.proposition]
        out, prediction = proposition.knock_outs[trial.knock_out], proposition.predictions[name]
        contrast = next(contrast for contrast in trial.contrasts if contrast.prediction == name)
        verdict = knocked_out(found.effect, prediction.smallest_effect, self.knock_out_alpha, name in out.reveals)
        return KnockedOut(trial.knock_out, out, name, found.effect, found.effect.interval(1 - self.knock_out_alpha),
                          verdict, len(contrast.points) > 1 and len(set(contrast.points)) == 1)


def replications_recorded(path: Path) -> int:
    """Replications that a folder was asked for before; 0 where there is none."""
    return read_manifest(path)["replications"] if (path / MANIFEST_FILE).exists() else 0


def agreement_and_counterexample(effects: np.ndarray, direction: Direction) -> tuple[float, int | None]:
    """Share of the effects with the predicted sign, and the place of the one that speaks most against it."""
    exists = effects[~np.isnan(effects)]
    if direction is Direction.NONE or not exists.size:
        return float("nan"), None
    sign = 1.0 if direction is Direction.POSITIVE else -1.0
    place = int(np.nanargmin(sign * effects))
    return float(np.mean(sign * exists > 0.0)), place if sign * effects[place] < 0.0 else None
