"""Own terms against Python's own reading of the formulas, and their bargains against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.theory.bargaining import Ending, bargain, is_hopeless
from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.contract_space import surveyed
from simulation.theory.own_term_bounds import bounds_of
from simulation.theory.own_terms import Segment
from simulation.theory.payoffs import account_of, gain_in, gains, own_amounts
from tests.builders import random_pair
from tests.oracles import reference
from tests.own_terms import ROUGH, SMOOTH, some_terms, with_terms

SHARES = np.linspace(0.0, 1.0, 9)
NAMES = [f"cost_{place}" for place in range(len(SMOOTH + ROUGH))]


def pairs(seed: int, number: int):
    """Pairs whose major power has some of the terms."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        inputs = random_pair(rng)
        portfolio = inputs[-1]._replace(allies=float(rng.integers(0, 6)))
        yield with_terms((*inputs[:-1], portfolio), some_terms(rng, 5))


def contracts(inputs):
    least = inputs[0].minimum_commitment
    return (least + (1.0 - least) * SHARES)[:, None], SHARES[None, :]


def test_gains_are_those_of_the_second_statement():
    seen = 0
    for inputs in pairs(1, 400):
        problem, (s, a) = bargaining_problem(*inputs), contracts(inputs)
        u, v = np.broadcast_arrays(*reference.gains(inputs, s, a))
        found = np.array([[gains(problem, one, other) for other in SHARES] for one in s.ravel()])
        np.testing.assert_allclose(found[..., 0], u, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(found[..., 1], v, rtol=1e-9, atol=1e-11)
        seen += found.size
    assert seen > 50_000


@pytest.mark.parametrize("term", SMOOTH + ROUGH, ids=lambda term: term[2])
def test_each_term_alone_is_what_its_formula_says(term):
    rng = np.random.default_rng(2)
    for _ in range(30):
        bare = random_pair(rng)
        inputs = with_terms(bare, [(*term, 0.7)])
        problem, (s, a) = bargaining_problem(*inputs), contracts(inputs)
        plain = bargaining_problem(*bare)
        for one, other in ((s[2, 0], a[0, 3]), (s[8, 0], a[0, 8]), (s[0, 0], a[0, 0])):
            amounts = np.zeros(1)
            weak, major, gained = own_amounts(problem, one, other, amounts)
            with_it, without = gains(problem, one, other), gains(plain, one, other)
            if term[:2] != ("major", "benefit"):  # which enters the crisis as well
                np.testing.assert_allclose(with_it, np.add(without, (weak, major)), rtol=1e-9, atol=1e-12)
                assert gained == 0.0
            side, sign = (weak, major)[term[0] == "major"], -1.0 if term[1] == "cost" else 1.0
            assert side == pytest.approx(sign * amounts[0], rel=1e-12, abs=1e-15)
            account = account_of(problem, one, other, [f"{'weak_' if term[0] == 'weak' else ''}{term[1]}_x"])
            assert gain_in(account, True) == pytest.approx(with_it[0], rel=1e-9, abs=1e-12)
            assert gain_in(account, False) == pytest.approx(with_it[1], rel=1e-9, abs=1e-12)


def test_many_contracts_at_once_are_bit_for_bit_one_by_one():
    for inputs in pairs(3, 150):
        problem = bargaining_problem(*inputs)
        weak, major = surveyed(problem, 0.0, 0.0, 0.25, 0.25, np.int64(5))
        least = problem.minimum_commitment
        for row in range(5):
            for column in range(5):
                one = gains(problem, least + (1.0 - least) * (0.25 * row), problem.most_autonomy * (0.25 * column))
                assert one == (weak[row, column], major[row, column])


def test_bounds_hold_every_value():
    tight = 0
    for inputs in pairs(4, 300):
        problem, (s, a) = bargaining_problem(*inputs), contracts(inputs)
        for segment, key in ((Segment.BENEFITS, 2), (Segment.COSTS, None), (Segment.WEAK, 0)):
            low, high = bounds_of(problem, segment.value)
            for one in s.ravel():
                for other in a.ravel():
                    found = own_amounts(problem, one, other, np.zeros(8))
                    value = found[2] - found[1] if key is None else found[key]
                    assert low <= value <= high
            tight += np.isfinite([low, high]).all()
    assert tight > 800


def test_who_is_given_up_on_could_not_agree():
    given_up = 0
    for inputs in pairs(5, 600):
        problem, (s, a) = bargaining_problem(*inputs), contracts(inputs)
        u, v = reference.gains(inputs, s, a)
        if is_hopeless(problem, 0.0):
            given_up += 1
            assert not ((u > 1e-9) & (v > 1e-9)).any()
        elif ((u > 0.0) & (v > 0.0)).any():
            at = np.unravel_index(np.argmax((u > 0.0) & (v > 0.0)), np.broadcast_shapes(u.shape, v.shape))
            assert a[0, at[1]] <= problem.most_autonomy + 1e-12  # or the search would not come there
    assert given_up > 50


@pytest.mark.parametrize("seed", [6, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(100, 110)]])
def test_the_best_contract_is_no_worse_than_brute_force(seed):
    rng, missed, agreed = np.random.default_rng(seed), 0, 0
    for inputs in pairs(seed, 60):
        weight = float(rng.uniform(0.1, 0.9))
        found = bargain(bargaining_problem(*inputs), reference.NASH, weight, 0.0, False)
        best = reference.brute_force(inputs, reference.NASH, weight, 0.0, False)
        if found.ending == Ending.NO_GAIN:
            assert best.score < 1e-7
            continue
        agreed += 1
        own = found.major_gain**weight * found.weak_gain ** (1.0 - weight)
        missed += own < best.score * (1.0 - 1e-5)
    assert agreed > 15
    assert missed == 0
