"""How often verdicts are wrong, and how many pairs they take: the rule of today against the one before it.

    python benchmarks/verdicts.py [--repetitions N] [--before N] [--only KIND] [--write docs/verdicts.md]

Effects are drawn, not simulated: true effects of -2d, -d/2, 0, d/2, d and 2d, where d is the smallest effect of
interest and the direction predicted is positive, in pairs whose differences are normal, bounded, skewed, or 95% zeros.
Every prediction is looked at from 30 pairs on, twice as many each time, up to 2,000, at its share of alpha = 0.05 in a
family of 1 or of 34. The rule before this one is the bootstrap interval (BCa) at the same share, from as many pairs as
a pilot of 30 says are needed (1,000 at most), with support for whatever is on one side of zero and not within d.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from simulation.propositions.experiment import looks
from simulation.propositions.verdicts import Direction, Verdict, prediction_verdict
from simulation.report.reference import renewed
from simulation.study.effects import Effect, effect_of

D, ALPHA, FIRST, MOST = 1.0, 0.05, 30, 2000
EFFECTS = (-2.0, -0.5, 0.0, 0.5, 1.0, 2.0)
FAMILIES = (1, 34)
RANGE = (-60.0, 60.0)
NARROW = (-10.0, 10.0)
RIGHT = {-2.0: {Verdict.CONTRADICTED}, -0.5: {Verdict.NEGLIGIBLE}, 0.0: {Verdict.NEGLIGIBLE}, 0.5: {Verdict.NEGLIGIBLE},
         1.0: set(), 2.0: {Verdict.SUPPORTED}}
"""The verdict that is right of each true effect; of one of exactly d none is."""


class Kind(NamedTuple):
    """A way in which differences are scattered, drawn around a true effect, and between what they lie."""

    draw: Callable[[np.random.Generator, float, int], np.ndarray]
    bounds: tuple[float, float] | None


def normal(chance: np.random.Generator, effect: float, pairs: int) -> np.ndarray:
    """Standard deviation 3 d."""
    return effect + 3.0 * chance.normal(size=pairs)


def bounded(chance: np.random.Generator, effect: float, pairs: int) -> np.ndarray:
    """Beta-distributed over the narrow range, standard deviation about 2.2 d."""
    share, strength = (effect - NARROW[0]) / (NARROW[1] - NARROW[0]), 20.0
    return NARROW[0] + (NARROW[1] - NARROW[0]) * chance.beta(share * strength, (1 - share) * strength, pairs)


def skewed(chance: np.random.Generator, effect: float, pairs: int) -> np.ndarray:
    """Log-normal (sigma 1), shifted to the effect, standard deviation 3 d: skewness 6."""
    width = math.sqrt((math.e - 1.0) * math.e)
    return effect + 3.0 / width * (chance.lognormal(0.0, 1.0, pairs) - math.exp(0.5))


def zeros(chance: np.random.Generator, effect: float, pairs: int) -> np.ndarray:
    """95% of the pairs differ by 0, the others by twenty times the effect and a uniform scatter of 5 d either way."""
    return np.where(chance.uniform(size=pairs) < 0.05, 20.0 * effect + chance.uniform(-5.0, 5.0, pairs), 0.0)


KINDS = {"normal": Kind(normal, None), "bounded": Kind(bounded, NARROW), "skewed": Kind(skewed, None),
         "95% zeros": Kind(zeros, RANGE)}


def decided(values: np.ndarray, bounds: tuple[float, float] | None, alpha: float) -> tuple[Verdict, int]:
    """The verdict at the first look that decides, and the pairs of that look."""
    for pairs in looks(FIRST, MOST):
        verdict = prediction_verdict(effect_of(values[:pairs], bounds=bounds), Direction.POSITIVE, D, alpha).verdict
        if verdict is not Verdict.UNDECIDED:
            break
    return verdict, pairs


def decided_before(values: np.ndarray, seed: int, alpha: float) -> tuple[Verdict, int]:
    """The same by the rule before this one."""
    spread = float(np.std(values[:FIRST], ddof=1))
    bound = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(0.95)
    pairs = int(min(1000, max(FIRST, math.ceil((bound * spread / D) ** 2))))
    interval = Effect(values[:pairs], seed=seed).interval(1 - alpha)
    if interval.low > -D and interval.high < D:
        return Verdict.NEGLIGIBLE, pairs
    if interval.low > 0.0:
        return Verdict.SUPPORTED, pairs
    return (Verdict.CONTRADICTED if interval.high < 0.0 else Verdict.UNDECIDED), pairs


class Row(NamedTuple):
    """What came of one kind, family and true effect."""

    kind: str
    family: int
    effect: float
    rule: str
    repetitions: int
    shares: Counter[Verdict]
    wrong: int
    median_pairs: float


def measured(kind: str, family: int, effect: float, repetitions: int, is_before: bool) -> Row:
    """Repeats one case; the same draws under both rules."""
    chance, shares, wrong, pairs = np.random.default_rng([EFFECTS.index(effect), family]), Counter[Verdict](), 0, []
    for repetition in range(repetitions):
        values = KINDS[kind].draw(chance, effect, MOST)
        verdict, used = (decided_before(values, repetition, ALPHA / family) if is_before
                         else decided(values, KINDS[kind].bounds, ALPHA / family))
        shares[verdict] += 1
        wrong += verdict is not Verdict.UNDECIDED and verdict not in RIGHT[effect]
        pairs.append(used)
    return Row(kind, family, effect, "before" if is_before else "now", repetitions, shares, wrong,
               float(np.median(pairs)))


def line(row: Row) -> str:
    """A row of the table; wrong ones with the interval of their share (Clopper & Pearson, 95%)."""
    told = [f"{100 * row.shares[verdict] / row.repetitions:.1f}" for verdict in (
        Verdict.SUPPORTED, Verdict.NEGLIGIBLE, Verdict.CONTRADICTED, Verdict.UNDECIDED)]
    interval = stats.binomtest(row.wrong, row.repetitions).proportion_ci()
    limit = 100 * ALPHA / row.family
    return (f"| {row.kind} | {row.family} | {row.effect:+g} d | {row.rule} | {' | '.join(told)} |"
            f" {100 * row.wrong / row.repetitions:.2f} ({100 * interval.low:.2f} to {100 * interval.high:.2f}) |"
            f" {limit:.2f} | {row.median_pairs:.0f} |")


HEAD = ("| differences | family | true effect | rule | supported | negligible | contradicted | undecided | wrong (95%"
        " interval) | allowed | pairs |\n|---|---|---|---|---|---|---|---|---|---|---|")


def main(arguments: list[str]) -> int:
    """Measures, prints the table, and puts it into a page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=2000)
    parser.add_argument("--before", type=int, default=200, help="repetitions of the rule before, which takes long")
    parser.add_argument("--only", choices=list(KINDS), help="one way in which differences are scattered")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args(arguments)
    start, lines = time.perf_counter(), [HEAD]
    print(HEAD, flush=True)
    for kind in [asked.only] if asked.only else list(KINDS):
        for family in FAMILIES:
            for effect in EFFECTS:
                for is_before, number in ((False, asked.repetitions), (True, asked.before)):
                    if number:
                        lines.append(line(measured(kind, family, effect, number, is_before)))
                        print(lines[-1], flush=True)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    if asked.write:
        text = asked.write.read_text(encoding="utf-8")
        made = renewed(text, str(asked.write), {"verdicts": lambda: "\n".join(lines)})
        asked.write.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
