"""What a major power expects of talks, against a look at the same 25 contracts one by one."""

from __future__ import annotations

import math

import numpy as np

from simulation.theory.bargaining import (
    Ending,
    bargain,
    can_agree,
    expected_offer,
    is_hopeless,
    prospect,
    renewal_prospect,
)
from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.payoffs import gains
from simulation.theory.solutions import NEGLIGIBLE_GAIN, Solution
from tests.builders import random_pair

SHARES = np.linspace(0.0, 1.0, 5)


def problems(seed: int, number: int):
    rng = np.random.default_rng(seed)
    for _ in range(number):
        problem = bargaining_problem(*random_pair(rng))
        yield problem, float(rng.choice([0.0, 0.01]))


def looked_at(problem) -> list[tuple[float, float]]:
    least = problem.minimum_commitment
    return [gains(problem, least + (1.0 - least) * s, problem.most_autonomy * a) for s in SHARES for a in SHARES]


def test_a_new_pact_promises_the_highest_joint_gain_or_the_nearest_miss():
    promising = missing = 0
    for problem, floor in problems(1, 600):
        found = prospect(problem, floor)
        least = max(floor, NEGLIGIBLE_GAIN)
        suiting = [u + v for u, v in looked_at(problem) if u >= least and v >= NEGLIGIBLE_GAIN]
        if is_hopeless(problem, floor):
            assert found == -math.inf
        elif suiting:
            promising += 1
            assert found == max(suiting)
        else:
            missing += 1
            assert found == max(min(u - least, v - NEGLIGIBLE_GAIN) for u, v in looked_at(problem))
    assert promising > 20
    assert missing > 50


def test_a_glance_at_offers_and_readiness():
    ready = offered = 0
    for problem, _ in problems(2, 600):
        offers = [u for u, v in looked_at(problem) if v >= 0.0]
        offered += bool(offers)
        assert expected_offer(problem) == (0.0 if is_hopeless(problem, 0.0) else max([0.0, *offers]))
        # held against another solution, whose search shares only the survey with the one behind it
        agreed = bargain(problem, int(Solution.ULTIMATUM), 0.5, 0.0, False).ending != Ending.NO_GAIN
        ready += agreed
        assert can_agree(problem) == agreed
    assert 20 < ready < 580
    assert offered > 50


def test_terms_that_cannot_be_bettered_promise_nothing_and_bad_ones_what_they_lack():
    rested = bettered = 0
    for problem, floor in problems(3, 800):
        agreed = bargain(problem, int(Solution.NASH), 0.6, 0.0, False)
        if agreed.ending == Ending.NO_GAIN:
            continue
        for commitment, autonomy in ((agreed.commitment, agreed.autonomy), (1.0, 0.0),
                                     (agreed.commitment, 0.5 * agreed.autonomy)):
            u, v = gains(problem, commitment, autonomy)
            better = [x + y for x, y in looked_at(problem) if x >= max(u, floor) and y >= max(v, 0.0)]
            more = max(better) - u - v if better else 0.0
            assert renewal_prospect(problem, floor, commitment, autonomy) == (more if more > NEGLIGIBLE_GAIN else 0.0)
            rested += more <= 0.0
            bettered += more > 0.0
    assert rested > 50
    assert bettered > 5


def test_a_change_that_is_rounding_promises_nothing():
    """Terms less than a billionth off one of the 25 contracts, which is the best of those that suit both."""
    near = 0
    for problem, _ in problems(4, 600):
        least = problem.minimum_commitment
        for step in (-1e-12, 1e-12):
            commitment, autonomy = least + (1.0 - least) * 0.75 + step, problem.most_autonomy * 0.25
            u, v = gains(problem, commitment, autonomy)
            better = [x + y - u - v for x, y in looked_at(problem) if x >= max(u, 0.0) and y >= max(v, 0.0)]
            if better and 0.0 < max(better) < NEGLIGIBLE_GAIN:
                near += 1
                assert renewal_prospect(problem, 0.0, commitment, autonomy) == 0.0
    assert near > 5
