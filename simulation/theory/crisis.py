"""The crisis game: why a commitment is worth something, and what it risks (theory, section 2).

Challenger: stay or challenge; chance: the major power restrains its ally or not; weak state: concede or resist; major
power: abandon or intervene. Every choice is a logit quantal response, solved by backward induction: an agent quantal
response equilibrium (McKelvey & Palfrey 1998; Signorino 1999; Signorino & Tarar 2006).

Two opposite forces stay visible: backing deters (the challenge gets rarer) and emboldens (the resistance gets stiffer).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from simulation.compilation import compiled, inlined
from simulation.theory.logistic import logistic


class Stakes(NamedTuple):
    """What any crisis of the scenario is about; payoffs in units of the stake unless said.

    stake: tau; challenge_cost: chi; war_cost_weak: w_i; war_cost_challenger: w_c; contest_exponent: m;
    rationality: Lambda; restraint: mu; emboldenment, deterrence: the two forces, switched.
    """

    stake: float
    challenge_cost: float
    war_cost_weak: float
    war_cost_challenger: float
    contest_exponent: float
    rationality: float
    restraint: float
    emboldenment: bool
    deterrence: bool


class Audience(NamedTuple):
    """Audience costs of reneging on full commitment, and what is believed of them.

    resolute, irresolute: of the two types; own: of the major power's true type, one of these; belief: probability of
    the first.
    """

    own: float
    resolute: float
    irresolute: float
    belief: float


class Crisis(NamedTuple):
    """How a crisis would go: probabilities, each conditional on its node being reached.

    reliability: h of the major power's true type; believed_reliability: h as the others believe it;
    restrained: the ally is held back (mu * a); resistance: y, it resists if not held back; challenge: e.
    """

    reliability: float
    believed_reliability: float
    restrained: float
    resistance: float
    challenge: float


class CrisisSetting(NamedTuple):
    """All of a crisis that no contract changes: the players, the odds, and how it would go without a pact.

    alone: p0, the weak state's chance in war alone; joint: p1, with the major power; intervention_cost: K; without: how
    it would go without a pact, with nothing conceded and nobody to lose, also for forces that are switched off.
    """

    stakes: Stakes
    audience: Audience
    alone: float
    joint: float
    intervention_cost: float
    without: Crisis


NO_CRISIS = Crisis(0.0, 0.0, 0.0, 0.0, 0.0)

RELIABILITY, BELIEVED_RELIABILITY, RESISTANCE, CHALLENGE = range(4)
"""Rows of an array that holds the crises under many contracts; how far an ally is restrained follows from its
autonomy."""


class WeakLoss(NamedTuple):
    """Expected loss of the weak state once a crisis can open, by part (>= 0, in payoff)."""

    concession: float
    defeat: float
    fighting: float


class MajorLoss(NamedTuple):
    """Expected loss of the major power once a crisis can open, by part (>= 0, in payoff)."""

    intervention: float
    reneging: float
    lost_stake: float


@compiled
def contest(strength, opponent, exponent):
    """Chance of winning a war: strength^m / (strength^m + opponent^m) (Tullock 1980; Hirshleifer 1989)."""
    if strength <= 0.0:
        return 0.0 if exponent > 0.0 else 0.5
    odds = opponent / strength
    return 1.0 / (1.0 + (odds if exponent == 1.0 else odds**exponent))


@compiled
def cost_of_intervention(war_cost, joint, reached):
    """K = war_cost * (2 - p1) / r: far wars and hard wars cost more; at reach 0 there is no getting there."""
    if reached <= 0.0:
        return math.inf
    return war_cost * (2.0 - joint) / reached


@inlined
def binding(commitment, depth_binds):
    """How far a pact in force ties hands: as far as its commitment, or fully if depth does not matter."""
    return commitment if depth_binds else 1.0


@inlined
def intervention(crisis_setting, audience_cost, binding, value):
    """h: probability that a major power with this audience cost intervenes.

    binding: how far the pact ties hands, in [0, 1]; value: V, what it would lose with this ally.
    """
    if crisis_setting.intervention_cost == math.inf:
        return 0.0
    gain = binding * audience_cost + (crisis_setting.joint - crisis_setting.alone) * value
    return logistic(crisis_setting.stakes.rationality * (gain - crisis_setting.intervention_cost))


@inlined
def victory(crisis_setting, reliability):
    """W: the weak state's chance in war if the major power intervenes with the given probability."""
    return reliability * crisis_setting.joint + (1.0 - reliability) * crisis_setting.alone


@inlined
def resistance(crisis_setting, won):
    """y: probability that the weak state resists when it expects to win with probability `won`."""
    stakes = crisis_setting.stakes
    return logistic(stakes.rationality * (won * stakes.stake - stakes.war_cost_weak))


@inlined
def challenge(crisis_setting, resisted, won):
    """e: probability of a challenge when it is resisted with probability `resisted` and then lost with `won`."""
    stakes = crisis_setting.stakes
    war = (1.0 - won) * stakes.stake - stakes.war_cost_challenger
    return logistic(
        stakes.rationality * (resisted * war + (1.0 - resisted) * stakes.stake - stakes.challenge_cost))


@inlined
def restraint(crisis_setting, autonomy):
    """mu * a: probability that the ally is held back when it has conceded so much autonomy."""
    return crisis_setting.stakes.restraint * autonomy


@inlined
def crisis(crisis_setting, binding, autonomy, value):
    """The game solved by backward induction: a `Crisis`.

    binding: how far the pact ties hands; autonomy: a, conceded; value: V, what the major power would lose.
    """
    stakes = crisis_setting.stakes
    reliability, believed = reliabilities(crisis_setting, binding, value)
    won = victory(crisis_setting, believed)
    restrained = restraint(crisis_setting, autonomy)
    resisted = resistance(crisis_setting, won) if stakes.emboldenment else crisis_setting.without.resistance
    if stakes.deterrence:
        challenged = challenge(crisis_setting, (1.0 - restrained) * resisted, won)
    else:
        challenged = crisis_setting.without.challenge
    return Crisis(reliability, believed, restrained, resisted, challenged)


@inlined
def reliabilities(crisis_setting, binding, value):
    """(h of the true type, h as the others believe it: the mean over the two types of major power)."""
    audience = crisis_setting.audience
    resolute = intervention(crisis_setting, audience.resolute, binding, value)
    irresolute = intervention(crisis_setting, audience.irresolute, binding, value)
    own = resolute if audience.own == audience.resolute else irresolute
    return own, audience.belief * resolute + (1.0 - audience.belief) * irresolute


@compiled
def crisis_setting(stakes, audience, capability, challenger, major_capability, reached, war_cost, outsider_binding):
    """The players and their odds: a `CrisisSetting`.

    capability, challenger, major_capability: shares of world capability; reached: share of the major power's strength
    that arrives; outsider_binding: commitment that a state without a pact enjoys all the same (excludability below 1).
    """
    alone = contest(capability, challenger, stakes.contest_exponent)
    joint = contest(capability + reached * major_capability, challenger, stakes.contest_exponent)
    cost = cost_of_intervention(war_cost, joint, reached)
    bare = CrisisSetting(stakes, audience, alone, joint, cost, NO_CRISIS)
    reliability, believed = reliabilities(bare, outsider_binding, 0.0)
    won = victory(bare, believed)
    resisted = resistance(bare, won)
    without = Crisis(reliability, believed, 0.0, resisted, challenge(bare, resisted, won))
    return CrisisSetting(stakes, audience, alone, joint, cost, without)


@inlined
def weak_loss(crisis_setting, played):
    """Expected loss L of the weak state, as it believes: a `WeakLoss`."""
    stakes = crisis_setting.stakes
    resisted = (1.0 - played.restrained) * played.resistance
    won = victory(crisis_setting, played.believed_reliability)
    war = played.challenge * resisted
    return WeakLoss(
        played.challenge * (1.0 - resisted) * stakes.stake,
        war * (1.0 - won) * stakes.stake,
        war * stakes.war_cost_weak)


@inlined
def major_loss(crisis_setting, played, binding, value):
    """Expected loss M of the major power, of its true type: a `MajorLoss`. Parts that cannot occur are 0."""
    resisted = (1.0 - played.restrained) * played.resistance
    war = played.challenge * resisted
    helped, deserted = war * played.reliability, war * (1.0 - played.reliability)
    fought = helped * crisis_setting.intervention_cost if helped > 0.0 else 0.0
    lost = (played.challenge * (1.0 - resisted) + helped * (1.0 - crisis_setting.joint)
            + deserted * (1.0 - crisis_setting.alone))
    return MajorLoss(fought, deserted * binding * crisis_setting.audience.own, lost * value)


@inlined
def total(parts):
    """Sum of the three parts of a `WeakLoss` or `MajorLoss`."""
    return parts[0] + parts[1] + parts[2]
