"""The crisis game where its answer is known without solving it: no reason, full reason, no reach; and distances."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from simulation.scenario.distances import great_circle_km
from simulation.theory import dyad
from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.crisis import Audience, Stakes, crisis, crisis_setting, major_loss, total, weak_loss
from simulation.theory.dyad import bargain
from simulation.theory.geography import reach
from simulation.theory.payoffs import gains
from tests.builders import random_pair

FULL_REASON = 1e7


class Drawn(NamedTuple):
    """A crisis drawn at random, with the terms of a pact."""

    stakes: Stakes
    audience_cost: float
    own: float
    enemy: float
    major: float
    reached: float
    war_cost: float
    commitment: float
    autonomy: float
    value: float

    def faced(self):
        cost = self.audience_cost
        return crisis_setting(self.stakes, Audience(cost, cost, cost, 1.0), self.own, self.enemy, self.major,
        self.reached, self.war_cost, 0.0)

    def played(self):
        return crisis(self.faced(), self.commitment, self.autonomy, self.value)


def drawn(rng: np.random.Generator, rationality: float, reached: float | None = None) -> Drawn:
    stakes = Stakes(rng.uniform(0.2, 2), rng.uniform(0, 0.8), rng.uniform(0, 0.6), rng.uniform(0, 0.8),
                    float(rng.choice([0.5, 1, 2])), rationality, rng.uniform(0, 1), True, True)
    return Drawn(stakes, rng.uniform(0, 2), 10 ** rng.uniform(-4, -2), 10 ** rng.uniform(-4, -2), rng.uniform(0.01,
    0.2), rng.uniform(0.1, 1) if reached is None else reached, rng.uniform(0, 1), rng.uniform(), rng.uniform(),
    rng.uniform(0, 0.5))


def test_without_reason_every_choice_is_a_coin():
    rng = np.random.default_rng(1)
    for _ in range(50):
        played = drawn(rng, 0.0).played()
        assert (played.reliability, played.believed_reliability, played.resistance, played.challenge) == (0.5,) * 4


def test_the_coin_is_approached():
    rng = np.random.default_rng(2)
    for _ in range(50):
        played = drawn(rng, 1e-9).played()
        assert (played.reliability, played.resistance, played.challenge) == pytest.approx((0.5,) * 3, abs=1e-7)


class Choice(NamedTuple):
    """The game in pure strategies: what each mover does, by how much it prefers that, and what weak and major
    expect."""

    intervenes: bool
    resists: bool
    challenges: bool
    margin: float
    weak: float
    major: float


def backward_induction(x: Drawn) -> Choice:
    """The theory's payoff table walked from its leaves: (challenger, weak state, major power) at each end."""
    tau, chi, wi, wc = x.stakes.stake, x.stakes.challenge_cost, x.stakes.war_cost_weak, x.stakes.war_cost_challenger
    m, helped = x.stakes.contest_exponent, x.own + x.reached * x.major
    p0, p1 = x.own**m / (x.own**m + x.enemy**m), helped**m / (helped**m + x.enemy**m)
    K, V = x.war_cost * (2 - p1) / x.reached, x.value
    stay, concede = (0.0, 0.0, 0.0), (tau - chi, -tau, -V)
    abandon = ((1 - p0) * tau - wc - chi, -(1 - p0) * tau - wi, -x.commitment * x.audience_cost - (1 - p0) * V)
    joint = ((1 - p1) * tau - wc - chi, -(1 - p1) * tau - wi, -K - (1 - p1) * V)
    war = joint if joint[2] > abandon[2] else abandon
    free = war if war[1] > concede[1] else concede
    held = x.stakes.restraint * x.autonomy
    opened = tuple(held * a + (1 - held) * b for a, b in zip(concede, free, strict=True))
    outcome = opened if opened[0] > stay[0] else stay
    margin = min(abs(joint[2] - abandon[2]), abs(war[1] - concede[1]), abs(opened[0]))
    return Choice(war is joint, free is war, outcome is opened, margin, outcome[1], outcome[2])


def test_with_full_reason_the_choice_is_subgame_perfect():
    rng, kinds, tried = np.random.default_rng(3), set(), 0
    while tried < 300:
        x = drawn(rng, FULL_REASON)
        choice = backward_induction(x)
        if choice.margin < 1e-4:
            continue
        tried += 1
        kinds.add(choice[:3])
        played = x.played()
        assert (played.reliability, played.resistance, played.challenge) == pytest.approx(
            tuple(float(does) for does in choice[:3]), abs=1e-12)
        assert total(weak_loss(x.faced(), played)) == pytest.approx(-choice.weak, abs=1e-9)
        assert total(major_loss(x.faced(), played, x.commitment, x.value)) == pytest.approx(-choice.major, abs=1e-9)
    assert len(kinds) == 8


@pytest.mark.parametrize("reached", [0.0, reach(20_000.0, 50.0)])
def test_beyond_reach_the_major_power_makes_no_difference(reached):
    """Restraint is its one remaining hand in the crisis, so none is conceded here."""
    rng = np.random.default_rng(4)
    for _ in range(50):
        x = drawn(rng, 5.0, reached)._replace(autonomy=0.0)
        alone = x._replace(commitment=0.0, value=0.0, major=1e-12, audience_cost=0.0)
        with_pact, without = x.played(), alone.played()
        assert with_pact.reliability == 0.0
        assert with_pact.resistance == pytest.approx(without.resistance, abs=1e-12)
        assert with_pact.challenge == pytest.approx(without.challenge, abs=1e-12)
        assert weak_loss(x.faced(), with_pact) == pytest.approx(weak_loss(alone.faced(), without), abs=1e-12)


@pytest.mark.parametrize("reached", [0.0, reach(20_000.0, 50.0)])
def test_beyond_reach_nobody_gains_and_nothing_is_signed(reached):
    rng = np.random.default_rng(5)
    for _ in range(50):
        rules, power, state, relation, now, portfolio = random_pair(rng)
        now = now._replace(other_loss=math.inf)
        rules = rules._replace(excludability=1.0, minimum_commitment=0.1)
        inputs = rules, power._replace(deployment=0.1), state, relation._replace(reach=reached), now, portfolio
        for s, a in rng.uniform(0.1, 1, size=(5, 2)):
            u, v = dyad.gains(*inputs, s, a)
            assert u <= 1e-12
            assert v < 0.0
        assert gains(bargaining_problem(*inputs), 0.5, 0.0)[0] == pytest.approx(0.0, abs=1e-12)
        assert bargain(inputs, 0, 0.5, 0.0, False).commitment == 0.0


LONDON, PARIS, NEW_YORK, MOSCOW, WASHINGTON = (
    (51.5074, -0.1278), (48.8566, 2.3522), (40.7128, -74.0060), (55.7558, 37.6173), (38.9072, -77.0369))
TOKYO, SYDNEY, QUITO, NORTH, SOUTH = (
    (35.6762, 139.6503), (-33.8688, 151.2093), (-0.1807, -78.4678), (90.0, 0.0), (-90.0, 77.0))


@pytest.mark.parametrize(("start", "end", "km"), [
    (LONDON, PARIS, 344), (LONDON, NEW_YORK, 5_570), (MOSCOW, WASHINGTON, 7_820), (TOKYO, SYDNEY, 7_820),
    (LONDON, SYDNEY, 16_990), (NORTH, SOUTH, 20_015), (NORTH, (0.0, 123.0), 10_008), (QUITO, QUITO, 0),
])
def test_known_distances(start, end, km):
    assert great_circle_km(*start, *end) == pytest.approx(km, rel=0.004, abs=1e-9)
    assert great_circle_km(*end, *start) == pytest.approx(great_circle_km(*start, *end), abs=1e-9)


def test_distances_by_vectors():
    """The angle between two unit vectors, a formula of its own; across the date line and the poles as well."""
    rng = np.random.default_rng(6)
    for _ in range(200):
        phi, lam = rng.uniform(-90, 90, 2), rng.uniform(-180, 180, 2)
        p, q = (np.array([math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)])
                for a, b in zip(np.radians(phi), np.radians(lam), strict=True))
        angle = math.atan2(float(np.linalg.norm(np.cross(p, q))), float(p @ q))
        assert great_circle_km(phi[0], lam[0], phi[1], lam[1]) == pytest.approx(6371.0088 * angle, rel=1e-9, abs=1e-6)
