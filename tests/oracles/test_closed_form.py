"""Bargains with a known answer, and the table of the theory's section 11.

The theory's section 4 has a closed form for `s` fixed, protection S, autonomy cost theta * t, gain b * t and cost C
of the major power. The program's own payoffs take exactly this form, so that the solver is tried and nothing stands
in for it:

* `s` is fixed by minimum_commitment = 1;
* the audience cost is so large beside everything else that h = 1 without rounding: protection no longer depends on what
  the ally is worth, and the restraint mu = 0 takes the last dependence on autonomy away, so S is a constant;
* what the major power loses with the ally is then a share of V, the same for any V, so that v = b t - C with the risks
  in both b and C;
* the autonomy cost is 1/2 alpha a^2. With legitimation at exponent 2 the benefit is in a^2 as well: in t = a^2 both are
  linear, theta = alpha / 2, and the theory's formula holds as it stands.

With power projection the benefit is linear in a and the autonomy cost quadratic. Setting the derivative of
beta log(b a - C) + (1 - beta) log(S - w - 1/2 alpha a^2) to 0 gives (1 - beta/2) alpha b a^2 - (1 - beta) alpha C a -
beta b (S - w) = 0, whose positive root is the answer; w is 0 here where it merely constrains, and a is then at most
sqrt(2 (S - w) / alpha).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from simulation.theory import dyad
from simulation.theory.bargaining import Ending, Solution, bargain
from simulation.theory.bargaining_problem import (
    ALONE,
    Circumstances,
    Portfolio,
    PowerTraits,
    RelationTraits,
    Rules,
    StateTraits,
    bargaining_problem,
)
from simulation.theory.crisis import Audience, Stakes
from simulation.theory.dyad import crisis_outcome
from simulation.theory.geography import reach
from tests.oracles.reference import logistic

EMPTY = Portfolio(1.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Known:
    """A bargain of the closed form: the inputs, and S, b, C and alpha by hand."""

    inputs: tuple
    protection: float
    benefit: float
    cost: float
    alpha: float


def known(rng: np.random.Generator, *, by_votes: bool) -> Known:
    """A random bargain of the closed form; `by_votes`: benefit in a^2 (legitimation), else in a (power projection)."""
    stakes = Stakes(rng.uniform(0.5, 2), rng.uniform(0, 0.5), rng.uniform(0, 0.4), rng.uniform(0, 0.5), 1.0,
                    rng.uniform(3, 12), 0.0, True, True)
    size, fixed, deployment = rng.uniform(0.1, 0.6), rng.uniform(0, 0.05), rng.uniform(0, 0.05)
    war_cost, risk, alpha, r = rng.uniform(0.1, 0.5), rng.uniform(0, 1), rng.uniform(0.05, 0.6), rng.uniform(0.6, 1)
    own, enemy, major, rho = rng.uniform(0.0003, 0.002), rng.uniform(0.0005, 0.003), 0.05, rng.uniform(0.2, 0.6)
    rules = Rules(stakes, True, 1.0, 1.0, True, True, False, False, True, True)
    power = PowerTraits(major, 0.0 if by_votes else size, size if by_votes else 0.0, 2.0, 0.0, 0.0, 0.0, 1.0, fixed,
                        deployment, 1.0, 0.0, 0.0, 1.0, war_cost, risk)
    now = Circumstances(own, 0.0, 0.0, Audience(1e4, 1e4, 1e4, 1.0), rho, enemy, rho, enemy, ALONE)
    inputs = rules, power, StateTraits(alpha, 0.0, 1.0, 0.0), RelationTraits(r, 1.0, 1.0), now, EMPTY

    alone, joint = own / (own + enemy), (own + r * major) / (own + r * major + enemy)
    K = war_cost * (2 - joint) / r
    h0 = logistic(-stakes.rationality * K)
    loss0, e0, y0, _ = expected_loss(stakes, h0 * joint + (1 - h0) * alone)
    loss1, e1, y1, lost = expected_loss(stakes, joint)
    benefit = size * (1 - risk * rho * lost)
    cost = fixed + deployment / r + risk * rho * (e1 * y1 - e0 * y0 * h0) * K
    return Known(inputs, float(rho * (loss0 - loss1)), float(benefit), float(cost), alpha)


def expected_loss(stakes: Stakes, won: float) -> tuple[float, float, float, float]:
    """(L, e, y, chance that the stake is lost) when the weak state would win a war with this chance."""
    y = logistic(stakes.rationality * (won * stakes.stake - stakes.war_cost_weak))
    war = (1 - won) * stakes.stake - stakes.war_cost_challenger
    e = logistic(stakes.rationality * (y * war + (1 - y) * stakes.stake - stakes.challenge_cost))
    lost = e * (1 - y + y * (1 - won))
    return lost * stakes.stake + e * y * stakes.war_cost_weak, e, y, lost


def pact_of(x: Known, solution: Solution, beta: float, w: float, shifts_threat: bool):
    return bargain(bargaining_problem(*x.inputs), int(solution), beta, w, shifts_threat)


def linear_answer(x: Known, solution: Solution, beta: float, w: float, shifts_threat: bool) -> float | None:
    """t* = a*^2 where everything is linear in t, or None where there is no pact."""
    S, b, C, theta = x.protection, x.benefit, x.cost, 0.5 * x.alpha
    most = min((S - w) / theta, 1.0)
    if most < C / b:
        return None
    T = S - w if shifts_threat else S
    if solution == Solution.NASH:
        found = beta * T / theta + (1 - beta) * C / b
    elif solution == Solution.ULTIMATUM:
        found = most
    else:
        weak, major = 1.0, 1.0
        if solution == Solution.KALAI_SMORODINSKY:
            least = max(C / b, 0.0)
            weak, major = T - theta * least, b * most - C
        found = (beta * T / weak + (1 - beta) * C / major) / (beta * theta / weak + (1 - beta) * b / major)
    return min(max(found, 0.0), most)


@pytest.mark.parametrize("shifts_threat", [False, True])
@pytest.mark.parametrize("solution", [
    Solution.NASH, Solution.ULTIMATUM, Solution.EGALITARIAN, Solution.KALAI_SMORODINSKY])
def test_where_all_is_linear(solution, shifts_threat):
    rng, pacts, bound = np.random.default_rng(int(solution)), 0, 0
    for _ in range(120):
        x, beta = known(rng, by_votes=True), rng.uniform(0.1, 0.9)
        w = float(rng.choice([0.0, rng.uniform(0, 1) * max(x.protection, 0.0)]))
        answer = linear_answer(x, solution, beta, w, shifts_threat)
        agreed = pact_of(x, solution, beta, w, shifts_threat)
        if answer is None:
            assert agreed.ending == Ending.NO_GAIN
            continue
        pacts, bound = pacts + 1, bound + (answer == min((x.protection - w) / (0.5 * x.alpha), 1.0))
        assert agreed.commitment == 1.0
        assert agreed.autonomy**2 == pytest.approx(answer, abs=1e-6)
        assert agreed.weak_gain == pytest.approx(x.protection - 0.5 * x.alpha * answer, abs=1e-6)
        assert agreed.major_gain == pytest.approx(x.benefit * answer - x.cost, abs=1e-6)
    assert pacts > 40
    assert bound > 5


@pytest.mark.parametrize("shifts_threat", [False, True])
def test_nash_where_autonomy_costs_its_square(shifts_threat):
    rng, pacts, bound = np.random.default_rng(7), 0, 0
    for _ in range(300):
        x, beta = known(rng, by_votes=False), rng.uniform(0.1, 0.9)
        w = float(rng.choice([0.0, rng.uniform(0, 1) * max(x.protection, 0.0)]))
        S, b, C, alpha = x.protection, x.benefit, x.cost, x.alpha
        most = min(math.sqrt(max(2 * (S - w) / alpha, 0.0)), 1.0)
        agreed = pact_of(x, Solution.NASH, beta, w, shifts_threat)
        if b * most <= C:
            assert agreed.ending == Ending.NO_GAIN
            continue
        T = S - w if shifts_threat else S
        square, line, flat = (1 - beta / 2) * alpha * b, (1 - beta) * alpha * C, beta * b * T
        answer = min((line + math.sqrt(line**2 + 4 * square * flat)) / (2 * square), most)
        pacts, bound = pacts + 1, bound + (answer == most)
        assert agreed.autonomy == pytest.approx(answer, abs=1e-6)
        assert agreed.weak_gain == pytest.approx(S - 0.5 * alpha * answer**2, abs=1e-6)
    assert pacts > 100
    assert bound > 20


# --- section 11: a first orientation, from a grid of 1/60 -------------------------------------------------------------

GRID = 0.02
LEAST = 1.0 / 60.0


def oriented(*, minimum=LEAST, km=113.0, H=1500.0, war_cost=0.3, price=0.0, deployment=0.05, challenger=0.0013,
             alpha=0.6, B_a=0.25, B_m=0.03) -> tuple:
    """The setting of section 11.

    `price` is that of a unit of commitment, burden included, and does not change with one pact more: a portfolio that
    is large beside it, at a small weight.
    """
    rules = Rules(Stakes(1.0, 0.3, 0.2, 0.3, 1.0, 5.0, 0.5, True, True), True, minimum, 1.0, True, True, False, False,
                  True, True)
    weight = 1e-9 if price else 0.0
    power = PowerTraits(0.05, B_a, 0.0, 1.0, B_m, 0.0, 0.0, 1.0, 0.02, deployment, 1.0, weight, 0.0, 1.0, war_cost, 1.0)
    now = Circumstances(0.0006, 0.0, 1.0, Audience(1.0, 1.0, 1.0, 1.0), 0.2, challenger, 0.2, challenger, ALONE)
    portfolio = Portfolio(1.0, price / weight if price else 0.0, 0.0, 0.0, 0.0)
    return rules, power, StateTraits(alpha, 0.0, 1.0, 0.0), RelationTraits(reach(km, H), 1.0, 1.0), now, portfolio


def nash(**changes):
    return dyad.bargain(oriented(**changes), int(Solution.NASH), 0.6, 0.0, False)


ORIENTATION = [
    ({}, (0.63, 0.37)),
    ({"km": 0.0}, (0.63, 0.37)), ({"km": 500.0}, (0.67, 0.40)), ({"km": 1000.0}, (0.73, 0.45)), ({"km": 2000.0}, None),
    ({"war_cost": 0.0}, (0.33, 0.18)), ({"war_cost": 0.1}, (0.43, 0.27)), ({"war_cost": 0.6}, (1.00, 0.47)),
    ({"war_cost": 1.0}, None),
    ({"price": 0.03}, (0.53, 0.38)), ({"price": 0.1}, (0.38, 0.38)), ({"price": 0.3}, (0.05, 0.13)),
    ({"deployment": 0.0}, (1.00, 0.33)), ({"deployment": 0.1}, (0.48, 0.38)), ({"deployment": 0.2}, (0.27, 0.35)),
    ({"challenger": 0.0001}, (0.05, 0.00)), ({"challenger": 0.003}, (0.68, 0.45)), ({"challenger": 0.01}, (0.77, 0.47)),
    ({"alpha": 0.2}, (0.72, 0.55)), ({"alpha": 1.2}, (0.60, 0.28)), ({"alpha": 3.0}, (0.55, 0.20)),
    ({"B_a": 0.0, "B_m": 0.0}, None),
    ({"km": 3000.0, "H": 500.0}, None), ({"km": 3000.0, "H": 1500.0}, None),
    ({"km": 3000.0, "H": 4000.0}, (0.75, 0.47)),
]


@pytest.mark.parametrize(("changes", "contract"), ORIENTATION, ids=lambda x: str(x))
def test_orientation(changes, contract):
    if contract is None:  # no pact worth the name: at most the least commitment, and none where that is 0.1
        assert nash(**changes).commitment <= LEAST + 1e-9
        assert nash(**changes, minimum=0.1).ending == Ending.NO_GAIN
        return
    agreed = nash(**changes)
    assert agreed.ending == Ending.AGREED
    assert (agreed.commitment, agreed.autonomy) == pytest.approx(contract, abs=GRID)


def test_orientation_of_the_crisis_with_and_without_the_pact():
    without = crisis_outcome(*oriented(), False, 0.0, 0.0).game
    assert without.challenge == pytest.approx(0.68, abs=0.005)
    assert without.challenge * without.resistance == pytest.approx(0.52, abs=0.005)
    agreed = nash()
    game = crisis_outcome(*oriented(), True, agreed.commitment, agreed.autonomy).game
    assert game.reliability == pytest.approx(0.88, abs=GRID)
    assert game.challenge == pytest.approx(0.23, abs=GRID)
    assert game.challenge * (1 - game.restrained) * game.resistance == pytest.approx(0.18, abs=GRID)
