"""The quick search for the highest Nash product against the long one, which shares only the gains with it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.contract_search import maximise_score_anywhere
from simulation.theory.interpolation import between, doubled
from simulation.theory.smooth_search import COARSE_NODES, Box, Finding, is_gentle, smooth_summit, surveyed_summit
from simulation.theory.solutions import Solution, bargaining_rules
from tests.builders import random_pair

PAIRS = 4000
ROUNDING = 1e-9
"""Scores from gains of no more than rounding are not compared."""


def random_tables(seed: int, number: int):
    """Gentle pairs, most of which have nothing to share, each with rules of the Nash solution."""
    rng = np.random.default_rng(seed)
    while number:
        problem = bargaining_problem(*random_pair(rng))
        most = problem.weak.crisis_rate * problem.weak.loss_without
        outside = float(rng.choice([0.0, rng.uniform(0.0, 0.5) * most]))
        if is_gentle(problem):
            number -= 1
            yield problem, bargaining_rules(
                int(Solution.NASH), rng.uniform(0.05, 0.95), outside, bool(rng.random() < 0.5))


@pytest.mark.parametrize("batch", range(2))
def test_whatever_the_quick_search_says_the_long_one_says_too(batch):
    said: Counter = Counter()
    for problem, table in random_tables(batch, PAIRS // 2):
        summit = smooth_summit(problem, table)
        said[summit.finding] += 1
        if summit.finding == Finding.NOTHING_SAID:
            continue
        peak = maximise_score_anywhere(problem, table, 0)
        if summit.finding == Finding.NONE_SUITS_BOTH:
            assert peak.score < 0.0
        else:
            assert summit.score >= peak.score * (1.0 - 1e-6) - ROUNDING
    assert said[Finding.FOUND] > 200
    assert said[Finding.NONE_SUITS_BOTH] > 500


@pytest.mark.parametrize("solution", [Solution.KALAI_SMORODINSKY, Solution.EGALITARIAN, Solution.ULTIMATUM,
                                      Solution.BEST_FOR_WEAK_STATE])
def test_of_other_solutions_it_says_at_most_that_none_suits_both(solution):
    said: Counter = Counter()
    for problem, nash in random_tables(10 + solution, 300):
        table = nash._replace(solution=int(solution))
        summit = smooth_summit(problem, table)
        said[summit.finding] += 1
        if summit.finding == Finding.NONE_SUITS_BOTH:
            assert maximise_score_anywhere(problem, table, 0).score < 0.0
    assert said[Finding.FOUND] == 0
    assert said[Finding.NOTHING_SAID] > 30
    assert said[Finding.NONE_SUITS_BOTH] > 100


def test_what_a_survey_leaves_open_is_found_by_surveys_of_its_part():
    whole = Box(0.0, 0.0, 1.0, 1.0)
    opened = settled = 0
    for problem, table in random_tables(21, 3000):
        summit, left = surveyed_summit(problem, table, whole, COARSE_NODES, 0)
        if summit.finding == Finding.NOTHING_SAID and left.height > 0.0:
            opened += 1
            assert left.height <= 1.0
            assert 0.0 < left.width <= 1.0
            settled += smooth_summit(problem, table).finding != Finding.NOTHING_SAID
    assert opened > 50
    assert settled > 0.6 * opened


def test_a_part_that_is_left_holds_the_best_contract():
    whole = Box(0.0, 0.0, 1.0, 1.0)
    checked = 0
    for problem, table in random_tables(22, 1500):
        summit, left = surveyed_summit(problem, table, whole, COARSE_NODES, 0)
        if summit.finding != Finding.NOTHING_SAID or not left.height > 0.0:
            continue
        peak = maximise_score_anywhere(problem, table, 0)
        if peak.score > ROUNDING:
            checked += 1
            first = (peak.commitment - problem.minimum_commitment) / (1.0 - problem.minimum_commitment)
            second = peak.autonomy / problem.most_autonomy
            assert left.first - 1e-6 <= first <= left.first + left.height + 1e-6
            assert left.second - 1e-6 <= second <= left.second + left.width + 1e-6
    assert checked > 10


def test_it_takes_few_evaluations():
    used = [smooth_summit(problem, table) for problem, table in random_tables(7, 600)]
    found = [summit.evaluations for summit in used if summit.finding == Finding.FOUND]
    assert np.median(found) < 200


def test_nothing_is_said_of_what_a_survey_could_step_over():
    rng = np.random.default_rng(3)
    sharp = edged = 0
    for _ in range(400):
        rules, power, *others = random_pair(rng)
        stakes = rules.stakes._replace(rationality=40.0, stake=1.0)
        table = bargaining_rules(int(Solution.NASH), 0.5, 0.0, False)
        sharp += smooth_summit(bargaining_problem(rules._replace(stakes=stakes), power, *others), table).finding
        edge = rules._replace(legitimation_by_autonomy=True), power._replace(
            legitimation=0.1, legitimation_exponent=0.5)
        edged += smooth_summit(bargaining_problem(*edge, *others), table).finding
    assert sharp == edged == Finding.NOTHING_SAID


def test_interpolation_is_exact_for_cubics():
    places = np.linspace(0.0, 1.0, 9)
    grid = np.array([[1.0 + x - 2.0 * x**2 + x**3 * y**2 - y**3 for y in places] for x in places])
    fine = np.linspace(0.0, 1.0, 17)
    expected = np.array([[1.0 + x - 2.0 * x**2 + x**3 * y**2 - y**3 for y in fine] for x in fine])
    np.testing.assert_allclose(doubled(grid), expected, atol=1e-14)
    line = np.zeros(9)
    line[::2] = [0.0, 1.0, 16.0, 81.0, 256.0]
    between(line)
    assert line[3] == 4.5  # (9 (1 + 16) - 0 - 81) / 16, where the quartic itself is 5.0625
