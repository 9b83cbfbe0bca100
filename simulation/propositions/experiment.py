"""A family of propositions put to the test: looks at more and more pairs of histories, until each is decided.

Ten pairs of everything are lived first, so that what can say nothing is told before the long run.

The numbers of pairs at which is looked are written down before the first history: `pilot`, twice as many, and so on up
to `at_most`. At each look every trial whose predictions are not all decided gets its further histories through the
sweep engine. A prediction is decided at the first look at which its interval decides it, and is told from the pairs of
that look; its confidence sequence holds at all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from simulation.propositions.design import LinearContrast, Trial, trials_of
from simulation.propositions.file import BEYOND_PAPER, Family, KnockOut, Prediction, Proposition
from simulation.propositions.paired_effects import PairedEffect, read
from simulation.propositions.progress import ProgressListener, TrialProgress
from simulation.propositions.verdicts import (
    OPEN,
    Direction,
    Judged,
    KnockOutVerdict,
    Verdict,
    knocked_out,
    prediction_verdict,
    proposition_verdict,
)
from simulation.study.effects import Effect, Interval, pairs_that_decide, power_at
from simulation.study.estimate import cost_of, probe, warm_up
from simulation.study.manifest import MANIFEST_FILE, read_manifest
from simulation.study.sweep import sweep

SWEEPS = "sweeps"
TRIED = 10
"""Pairs that are lived before the first look, to see whether there is anything to measure."""
WITHOUT_PAPER = " without paper"
"""Ends the names of predictions that are told a second time, without the pacts on paper."""


class Identification(StrEnum):
    """Whether the knock-outs removed the effects, so that the mechanisms named are those that make them."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not identified"
    NOT_TESTED = "not tested"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Tested:
    """A prediction with what came of it.

    Attributes
    ----------
    paired : the effect, and the means of what was compared, at the look that decided, or at the last.
    power : probability that so many pairs decide, see `study.effects.power_at`.
    more_pairs : about how many pairs decide with the probability of the file, if the effect is what it seems.
    agreeing : share of the pairs whose own effect has the predicted sign; NaN where none is predicted.
    counterexample : the replication with the largest effect of the other sign; None if there is none.
    trial : the trial that it was read off.
    beyond_paper : the same without the pacts that are on paper, where the measure counts such; else None.
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
    more_pairs: float
    beyond_paper: Tested | None = None


@dataclass(frozen=True)
class KnockedOut:
    """What a knock-out did to one prediction.

    It counts only where the effect is still measured in as many pairs as a first look has, and where something is left
    that could make one: else, as where it compares a setting with itself, its verdict is that it was not tested.
    """

    name: str
    knock_out: KnockOut
    prediction: str
    effect: Effect
    interval: Interval
    verdict: KnockOutVerdict
    is_same_setting: bool

    @property
    def is_tested(self) -> bool:
        """Whether it counts."""
        return self.verdict is not KnockOutVerdict.NOT_TESTED


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
        return proposition_verdict(part.verdict for part in self.tested)

    @property
    def verdict_beyond_paper(self) -> Verdict | None:
        """The same where no pact on paper counts; None if no prediction is about numbers of pacts."""
        if all(part.beyond_paper is None for part in self.tested):
            return None
        return proposition_verdict((part.beyond_paper or part).verdict for part in self.tested)

    @property
    def identification(self) -> Identification:
        """Whether its knock-outs removed the effects."""
        return identification_of({part.name: part.verdict for part in self.tested}, self.knock_outs)

    @property
    def histories(self) -> int:
        """Histories that the predictions were read off; those of knock-outs are left out."""
        trials = {part.trial.name: len(part.trial.plan.points) * part.paired.by_replication.size
                  for part in self.tested}
        return sum(trials.values())


def identification_of(predictions: Mapping[str, Verdict], knock_outs: Iterable[KnockedOut]) -> Identification:
    """From the knock-outs of a proposition to what is said of it.

    Not identified if one that was tested left the effect there, or did not bring it about; not tested if some
    prediction has none that was tested; identified only if every prediction has one that did what it must. What was
    negligible beforehand cannot vanish, so that such a knock-out was no test; where it is open whether there is an
    effect, it is open whether it vanished.

    predictions : their verdicts, by name.
    """
    outs = [out for out in knock_outs if out.is_tested and not _had_nothing_to_remove(predictions, out)]
    verdicts = {out.verdict for out in outs}
    if verdicts & {KnockOutVerdict.REMAINED, KnockOutVerdict.STAYED_AWAY}:
        return Identification.NOT_IDENTIFIED
    if set(predictions) - {out.prediction for out in outs}:
        return Identification.NOT_TESTED
    is_open = any(out.verdict is KnockOutVerdict.UNDECIDED or (
        out.verdict is KnockOutVerdict.VANISHED and predictions[out.prediction] in OPEN) for out in outs)
    return Identification.UNDECIDED if is_open else Identification.IDENTIFIED


def _had_nothing_to_remove(predictions: Mapping[str, Verdict], out: KnockedOut) -> bool:
    return out.verdict is KnockOutVerdict.VANISHED and predictions[out.prediction] is Verdict.NEGLIGIBLE


def looks(first: int, most: int) -> list[int]:
    """Numbers of pairs at which is looked: from the first on twice as many each time, and at last `most`, which is at
    least twice as many as at the look before where there are several."""
    found = [first]
    while 4 * found[-1] <= most:
        found.append(2 * found[-1])
    return found if found[-1] >= most else [*found, most]


@dataclass
class Seen:
    """What one prediction, or one knock-out of it, came to so far."""

    paired: PairedEffect
    interval: Interval
    verdict: Verdict | KnockOutVerdict

    @property
    def is_decided(self) -> bool:
        """Whether no further look is needed."""
        return self.verdict not in OPEN and self.verdict is not KnockOutVerdict.UNDECIDED


@dataclass
class Experiment:
    """Trials of some propositions of a family, run into the folders under `root`/sweeps.

    Attributes
    ----------
    codes : the propositions that are put to the test; the family that they are decided in is the whole file.
    jobs : processes; None for one a core.
    replications : pairs for every trial, looked at once, in place of going on; None to go on.
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
        seen: dict[tuple[str, str], Seen] = {}
        self.progress.begin(sum(len(trial.plan.points) * self.looks_at(trial)[0] for trial in trials), 0)
        self._try(trials)
        for number in range(max(len(self.looks_at(trial)) for trial in trials)):
            going_on = [trial for trial in trials if number < len(self.looks_at(trial)) and not (number and all(
                seen[trial.name, contrast.prediction].is_decided for contrast in trial.contrasts))]
            self._look(going_on, number, seen)
            self._tell(trials, number, seen)
        return self._findings(trials, seen)

    def rule(self) -> dict[str, Any]:
        """What is settled before the first history, for the manifest: the looks by proposition, and with which
        probability one verdict may be wrong."""
        trials = [*self._trials()]
        shares = {("knock_out" if trial.knock_out else "prediction"): self.alpha_for(trial) for trial in trials}
        return {"looks": {code: next(self.looks_at(trial) for trial in trials if trial.proposition == code)
                          for code in self.codes}, "alpha": self.family.content.alpha, "alpha_by_verdict": shares}

    def _trials(self) -> Iterator[Trial]:
        for code in self.codes:
            yield from map(told_twice, trials_of(self.family, code))
            for knock_out in self.family.content.propositions[code].knock_outs:
                yield from trials_of(self.family, code, knock_out)

    def looks_at(self, trial: Trial) -> list[int]:
        """Numbers of pairs at which a trial is looked at."""
        if self.replications is not None:
            return [self.replications]
        content = self.family.content
        most = content.propositions[trial.proposition].at_most or content.at_most
        return looks(min(content.pilot, most), most)

    @property
    def most_histories(self) -> int:
        """Histories in all, if nothing is decided before the last look."""
        return sum(len(trial.plan.points) * self.looks_at(trial)[-1] for trial in self._trials())

    def longest_case(self) -> float:
        """Seconds that all looks take if nothing is decided before the last, from a few histories of every trial, which
        are not kept; the compiled theory should be there."""
        trials, jobs = [*self._trials()], self.jobs or os.cpu_count() or 1
        warm_up(trials[0].plan)
        seconds = 0.0
        for trial in trials:
            plan = trial.plan.with_replications(self.looks_at(trial)[-1])
            seconds += cost_of(plan, probe(plan), len(plan.points) * plan.replications, jobs).seconds[jobs]
        return seconds

    def _try(self, trials: list[Trial]) -> None:
        """Says, from the first few pairs, what nothing can be said of."""
        for trial in trials:
            pairs = min(TRIED, self.looks_at(trial)[0])
            without = f" without {trial.knock_out}" if trial.knock_out else ""
            for name, paired in self._read(trial, pairs).items():
                if not paired.effect.pairs:
                    self.progress.say(f"{trial.proposition}, {name}{without}: nothing to measure in any of {pairs}"
                                      " pairs")
                elif paired.is_same:
                    self.progress.say(f"{trial.proposition}, {name}{without}: all settings give the same histories in"
                                      f" {pairs} pairs")

    def _look(self, trials: list[Trial], number: int, seen: dict[tuple[str, str], Seen]) -> None:
        """Looks for the `number`-th time at trials; what was decided before stays as it is."""
        if number:
            before = [self.looks_at(trial)[number - 1] for trial in trials]
            self.progress.reach(self._counted() + sum(
                len(trial.plan.points) * (self.looks_at(trial)[number] - had)
                for trial, had in zip(trials, before, strict=True)))
        for trial in trials:
            for name, paired in self._read(trial, self.looks_at(trial)[number]).items():
                if not ((trial.name, name) in seen and seen[trial.name, name].is_decided):
                    seen[trial.name, name] = self._seen(trial, name, paired)

    def _counted(self) -> int:
        return sum(part.counted for part in self._parts.values())

    def _tell(self, trials: list[Trial], number: int, seen: dict[tuple[str, str], Seen]) -> None:
        """Says, after a look that is not the last, how much is decided."""
        further = [trial for trial in trials if number + 1 < len(self.looks_at(trial)) and not all(
            seen[trial.name, contrast.prediction].is_decided for contrast in trial.contrasts)]
        if further:
            decided = sum(one.is_decided for one in seen.values())
            self.progress.say(f"look {number + 1}: {decided} of {len(seen)} predictions and knock-outs are decided;"
                              f" going on with {len(further)} of {len(trials)} comparisons")

    def _read(self, trial: Trial, replications: int) -> dict[str, PairedEffect]:
        """The effects in the first so many histories of a trial; those that are there are not run again."""
        path = self.root / SWEEPS / trial.name
        part = self._parts.setdefault(trial.name, TrialProgress(self.progress))
        wanted = max(replications, replications_recorded(path))
        outcome = sweep(trial.plan.with_replications(wanted), path, self.jobs, self.command, part)
        self.failures[trial.name] = outcome.failures
        return read(trial, outcome.folder, replications)

    def alpha_for(self, trial: Trial) -> float:
        """Probability with which one verdict of a trial may be wrong: the family's, in equal shares over its
        predictions, and over its checks by knock-outs."""
        content = self.family.content
        if not trial.knock_out:
            return content.alpha / content.size
        checks = sum(len(out.removes) + len(out.reveals) for proposition in content.propositions.values()
                     for out in proposition.knock_outs.values())
        return content.alpha / max(1, checks)

    def _seen(self, trial: Trial, name: str, paired: PairedEffect) -> Seen:
        proposition = self.family.content.propositions[trial.proposition]
        prediction, alpha = proposition.predictions[name.removesuffix(WITHOUT_PAPER)], self.alpha_for(trial)
        if not trial.knock_out:
            found: Judged = prediction_verdict(paired.effect, prediction.predicted, prediction.smallest_effect, alpha)
            return Seen(paired, found.interval, found.verdict)
        is_to_appear = name in proposition.knock_outs[trial.knock_out].reveals
        verdict, interval = knocked_out(paired.effect, prediction.smallest_effect, alpha, is_to_appear)
        if paired.is_same or not paired.effect.pairs:
            verdict = KnockOutVerdict.NOT_TESTED
        elif paired.effect.pairs < self.looks_at(trial)[0]:
            verdict = KnockOutVerdict.UNDECIDED
        return Seen(paired, interval, verdict)

    def _findings(self, trials: list[Trial], seen: dict[tuple[str, str], Seen]) -> list[Finding]:
        findings = []
        for code in self.codes:
            proposition, own = self.family.content.propositions[code], [
                (trial, contrast.prediction) for trial in trials if trial.proposition == code
                for contrast in trial.contrasts]
            mains = {name: self._tested(trial, name, seen[trial.name, name]) for trial, name in own
                     if not trial.knock_out}
            tested = tuple(replace(mains[name], beyond_paper=mains.get(name + WITHOUT_PAPER))
                           for name in proposition.predictions)
            outs = tuple(self._knocked_out(trial, name, seen[trial.name, name]) for trial, name in own
                         if trial.knock_out)
            findings.append(Finding(code, proposition, tested, outs))
        return findings

    def _tested(self, trial: Trial, name: str, found: Seen) -> Tested:
        prediction = self.family.content.propositions[trial.proposition].predictions[name.removesuffix(WITHOUT_PAPER)]
        if name.endswith(WITHOUT_PAPER):
            prediction = prediction.model_copy(update={"measure": BEYOND_PAPER[prediction.measure]})
        effects = found.paired.by_replication
        power = power_at(found.paired.effect, prediction.smallest_effect, found.interval)
        agreeing, counterexample = agreement_and_counterexample(effects, prediction.predicted)
        return Tested(name, prediction, found.paired, Verdict(found.verdict), found.interval, power, agreeing,
                      counterexample, trial, pairs_that_decide(found.paired.effect, prediction.smallest_effect,
                                                               found.interval, self.family.content.power))

    def _knocked_out(self, trial: Trial, name: str, found: Seen) -> KnockedOut:
        out = self.family.content.propositions[trial.proposition].knock_outs[trial.knock_out]
        is_measured = found.paired.effect.pairs >= self.looks_at(trial)[0]
        verdict = KnockOutVerdict(found.verdict) if is_measured else KnockOutVerdict.NOT_TESTED
        return KnockedOut(trial.knock_out, out, name, found.paired.effect, found.interval, verdict,
                          found.paired.is_same)


def told_twice(trial: Trial) -> Trial:
    """A trial off which predictions about numbers of pacts are read a second time, without those on paper."""
    twins = [LinearContrast(contrast.prediction + WITHOUT_PAPER, contrast.points, contrast.weights, contrast.against,
                            BEYOND_PAPER[contrast.measure], contrast.major_power)
             for contrast in trial.contrasts if contrast.measure in BEYOND_PAPER]
    return replace(trial, contrasts=(*trial.contrasts, *twins))


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
