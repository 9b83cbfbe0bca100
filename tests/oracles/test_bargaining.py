"""The solver of the bargain against brute force over the whole contract space, on the independent statement of the
payoffs.

Brute force gives a lower bound of the true maximum, so the solver may be better but never worse. That it is no idle
bound is checked too: nearly always the two agree.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from simulation.theory.bargaining import Ending, bargain, bargaining_rules, best_contract
from simulation.theory.bargaining_problem import bargaining_problem
from tests.builders import random_pair
from tests.oracles import reference
from tests.oracles.reference import BEST_FOR_WEAK_STATE, EGALITARIAN, KALAI_SMORODINSKY, NASH, ULTIMATUM

TOLERANCE = 1e-6
ROUNDING = 1e-9
SLACK = 1e-12

KINDS = [
    (NASH, False), (NASH, True), (KALAI_SMORODINSKY, False), (KALAI_SMORODINSKY, True), (EGALITARIAN, False),
    (EGALITARIAN, True), (ULTIMATUM, False), (ULTIMATUM, True), (BEST_FOR_WEAK_STATE, False)]
"""Solution, and reading of the outside option (True: threat point)."""
CASES = [(*kind, 80) for kind in KINDS] + [pytest.param(*kind, 450, marks=pytest.mark.slow) for kind in KINDS]
"""The same with a number of bargains."""


def random_bargains(seed: int, count: int, sharp_from: float = 15.0,
                    every: int = 2) -> Iterator[tuple[tuple, float, float]]:
    """Pairs with something to bargain over, with weight and outside option. Where the most that the weak state could
    gain is of the size of rounding, which contract gives it that is rounding as well; such pairs are drawn again.
    Every other pair, or every one, is of the sharply rational kind, whose bargains often have several peaks: with a
    rationality from `sharp_from` to 40. Every third fears more crises than open, some of them of the major
    power's own making, and prices autonomy beside a competitor."""
    rng, added = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    while count > 0:
        inputs, weight = random_pair(rng), float(rng.uniform(0.05, 0.95))
        if every == 1 or count % every:
            stakes = inputs[0].stakes._replace(rationality=float(rng.uniform(sharp_from, 40)))
            inputs = inputs[0]._replace(stakes=stakes), *inputs[1:]
        if count % 3 == 0:
            rules, power, state, relation, *others = inputs
            inputs = (rules, power, state._replace(latent_threat=float(added.uniform(0, 1))),
                      relation._replace(competitor_distance=float(added.uniform(0, 3)),
                                        patron_threat=float(added.uniform(0, 0.8))), *others)
        u, v = reference.gains(inputs, np.linspace(inputs[0].minimum_commitment, 1, 31)[:, None], np.linspace(0, 1, 31))
        most = float(np.where(v > 0.0, u, -1.0).max())
        if most > 1e-6:
            yield inputs, weight, most * float(rng.choice([0.0, 0.0, rng.uniform(-0.2, 0.9)]))
            count -= 1


def settled(inputs, solution, weight, w, shifts_threat):
    problem = bargaining_problem(*inputs)
    if solution == BEST_FOR_WEAK_STATE:
        return best_contract(problem, bargaining_rules(solution, weight, w, shifts_threat))
    return bargain(problem, solution, weight, w, shifts_threat)


def ideal_gains(inputs, w):
    """The solver's own ideal gains; how good they are is checked by the cases of those two solutions."""
    problem = bargaining_problem(*inputs)
    for_weak = best_contract(problem, bargaining_rules(BEST_FOR_WEAK_STATE, 0.5, w, False))
    return for_weak.weak_gain, best_contract(problem, bargaining_rules(ULTIMATUM, 0.5, w, False)).major_gain


def score_of(agreement, inputs, solution, weight, w, shifts_threat, ideal):
    """The agreed contract's score by the independent payoffs; 0 where there is no agreement."""
    if agreement.ending == Ending.NO_GAIN:
        return 0.0
    u, v = reference.gains(inputs, np.float64(agreement.commitment), np.float64(agreement.autonomy))
    return float(reference.score(solution, weight, w, shifts_threat, u, v, ideal, SLACK))


@pytest.mark.parametrize(("solution", "shifts_threat", "count"), CASES)
def test_never_worse_than_brute_force(solution, shifts_threat, count):
    worse, agree, peaked = [], 0, 0
    for number, (inputs, weight, w) in enumerate(random_bargains(100 + 2 * solution + shifts_threat, count)):
        ideal = ideal_gains(inputs, w) if solution == KALAI_SMORODINSKY else None
        agreement = settled(inputs, solution, weight, w, shifts_threat)
        assert agreement.ending != Ending.LIMIT_REACHED
        best = reference.brute_force(inputs, solution, weight, w, shifts_threat, ideal)
        found = score_of(agreement, inputs, solution, weight, w, shifts_threat, ideal)
        if best.score - found > TOLERANCE * best.score + ROUNDING:
            worse.append((number, best, found, agreement))
        agree += abs(best.score - found) <= 1e-3 * best.score + ROUNDING
        peaked += best.peaks > 1
    assert peaked >= 0.02 * count or solution == BEST_FOR_WEAK_STATE  # else the draws would be too plain to tell
    assert worse == []
    assert agree >= 0.95 * count


SHARP_KINDS = [kind for kind in KINDS if kind[0] != BEST_FOR_WEAK_STATE]
SHARP_CASES = [(*kind, 60) for kind in SHARP_KINDS] + [
    pytest.param(*kind, 3000, marks=pytest.mark.slow) for kind in SHARP_KINDS]
MOST_MISSES, LARGEST_MISS = 3, 0.01
"""Of 3,000 bargains, and of the best score: docs/model.md, section 7.4, promises a little less."""


@pytest.mark.parametrize(("solution", "shifts_threat", "count"), SHARP_CASES)
def test_sharply_rational_bargains_miss_the_best_contract_hardly_ever(solution, shifts_threat, count):
    """Two peaks within one step of the survey are taken for one: seen in 2 of 3,000, by up to 0.2% of the score."""
    missed = []
    for inputs, weight, w in random_bargains(2027, count, 10.0, 1):
        ideal = ideal_gains(inputs, w) if solution == KALAI_SMORODINSKY else None
        agreement = settled(inputs, solution, weight, w, shifts_threat)
        best = reference.brute_force(inputs, solution, weight, w, shifts_threat, ideal)
        found = score_of(agreement, inputs, solution, weight, w, shifts_threat, ideal)
        if best.score - found > TOLERANCE * best.score + ROUNDING:
            missed.append((best.score - found) / best.score)
    assert len(missed) <= (MOST_MISSES if count == 3000 else 1)
    assert max(missed, default=0.0) <= LARGEST_MISS
