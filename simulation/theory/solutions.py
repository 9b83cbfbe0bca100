"""Bargaining solutions, each stated as one score over contracts to be maximised (theory, section 4).

A solution picks a contract from {(s, a): u > 0, u >= w, v > 0}, where w is the weak state's outside option: neither
side signs for nothing, and gains up to `NEGLIGIBLE_GAIN` are nothing. Called by `contract_search`, which looks for the
highest score, and by `bargaining`.

Nash: v^beta u^(1-beta) (Nash 1950, Kalai 1977 for the weights). Kalai & Smorodinsky 1975 and the egalitarian solution
(Kalai 1977): the largest equal share, weighted by beta, of the ideal gains or of one payoff unit; on sets that are not
convex this is the lexicographic reading of Conley & Wilkie 1991. Ultimatum: the major power proposes, once.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

from simulation.compilation import compiled, inlined

NEGLIGIBLE_GAIN = 1e-9
"""Gains up to this size, payoff per year, are rounding: neither side signs for them, and nobody talks again about
them."""


class Solution(IntEnum):
    """Rules for splitting the gains; the last serves to find the weak state's best offer."""

    NASH = 0
    KALAI_SMORODINSKY = 1
    EGALITARIAN = 2
    ULTIMATUM = 3
    BEST_FOR_WEAK_STATE = 4


class BargainingRules(NamedTuple):
    """The rules at the table.

    solution: a `Solution`; weight: beta, on the major power; outside_option: w; shifts_threat: whether w is the weak
    state's threat point instead of a constraint; ideal_weak, ideal_major: largest gains of each side, for
    Kalai-Smorodinsky.
    """

    solution: int
    weight: float
    outside_option: float
    shifts_threat: bool
    ideal_weak: float
    ideal_major: float


@inlined
def weighted_share(gain, weight):
    """A gain per unit of bargaining weight; without weight it does not limit."""
    return gain / weight if weight > 0.0 else math.inf


@inlined
def score(rules, weak_gain, major_gain):
    """The number that the solution maximises; below 0: by how much the contract fails to be feasible."""
    slack = min(weak_gain - max(NEGLIGIBLE_GAIN, rules.outside_option), major_gain - NEGLIGIBLE_GAIN)
    return slack if slack < 0.0 else worth(rules, weak_gain, major_gain)


@inlined
def threat_point(rules):
    """What the weak state's gain is counted from: its outside option where that shifts the threat point."""
    return max(0.0, rules.outside_option) if rules.shifts_threat else 0.0


@inlined
def worth(rules, weak_gain, major_gain):
    """The number that the solution maximises, of a contract that both would sign."""
    threat = threat_point(rules)
    gained = weak_gain - threat
    weight = rules.weight
    if rules.solution == Solution.NASH:
        return major_gain**weight * gained ** (1.0 - weight)
    if rules.solution == Solution.ULTIMATUM:
        return major_gain
    if rules.solution == Solution.BEST_FOR_WEAK_STATE:
        return weak_gain
    if rules.solution == Solution.KALAI_SMORODINSKY:
        gained, major_gain = gained / (rules.ideal_weak - threat), major_gain / rules.ideal_major
    return min(weighted_share(major_gain, weight), weighted_share(gained, 1.0 - weight))


@inlined
def refusing_side(rules, weak_gain, major_gain):
    """Who would not sign: 0 nobody, 1 the weak state, 2 the major power; if both, who falls short by more."""
    weak, major = weak_gain - max(NEGLIGIBLE_GAIN, rules.outside_option), major_gain - NEGLIGIBLE_GAIN
    if min(weak, major) >= 0.0:
        return 0
    return 1 if weak < major else 2


@compiled
def bargaining_rules(solution, weight, outside_option, shifts_threat):
    """A `BargainingRules` whose ideal gains are not known yet."""
    return BargainingRules(solution, weight, outside_option, shifts_threat, 1.0, 1.0)
