"""What both sides gain from many contracts, worked out together (theory, sections 2 and 3).

Bit for bit what `crisis.crisis` and `payoffs.gains` say of one contract, but move by move for all: a processor works on
many such short steps at once, and waits within a long one. Of a gain of nothing the sign may differ. Called by
`contract_space`.
"""

from __future__ import annotations

import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined
from simulation.theory.crisis import (
    BELIEVED_RELIABILITY,
    CHALLENGE,
    RELIABILITY,
    RESISTANCE,
    Crisis,
    binding,
    challenge,
    reliabilities,
    resistance,
    restraint,
    victory,
)
from simulation.theory.own_terms import Segment, has
from simulation.theory.own_totals import own_totals
from simulation.theory.payoffs import benefits, less, major_costs, value_of_ally, weak_gain, weak_total


@compiled
def crises(crisis_setting, depth_binds, commitments, autonomies, values, played):
    """Fills `played`, (4, contracts), with the crises under many contracts, in the rows that `crisis` names."""
    stakes, reliability, believed = crisis_setting.stakes, played[RELIABILITY], played[BELIEVED_RELIABILITY]
    resisted, challenged = played[RESISTANCE], played[CHALLENGE]
    for number in range(values.size):
        reliability[number], believed[number] = reliabilities(
            crisis_setting, binding(commitments[number], depth_binds), values[number])
    if stakes.emboldenment:
        for number in range(values.size):
            resisted[number] = resistance(crisis_setting, victory(crisis_setting, believed[number]))
    else:
        resisted[:] = crisis_setting.without.resistance
    if stakes.deterrence:
        for number in range(values.size):
            restrained = restraint(crisis_setting, autonomies[number])
            challenged[number] = challenge(
                crisis_setting, (1.0 - restrained) * resisted[number], victory(crisis_setting, believed[number]))
    else:
        challenged[:] = crisis_setting.without.challenge


@inlined
def crisis_of(crisis_setting, played, number, autonomy):
    """One of the crises that `crises` has played: a `Crisis`."""
    return Crisis(played[RELIABILITY, number], played[BELIEVED_RELIABILITY, number],
                  restraint(crisis_setting, autonomy), played[RESISTANCE, number], played[CHALLENGE, number])


@compiled_apart
def gains_of_all(problem, commitments, autonomies, weak, major):
    """Fills `weak` and `major` with the gains from many contracts, four arrays of the same length; bit for bit what
    `gains` says of each."""
    values, by_weak = np.empty(weak.size), np.empty((4, weak.size))
    for number in range(values.size):
        values[number] = value_of_ally(benefits(problem.benefits, autonomies[number]))
    if has(problem, Segment.BENEFITS.value):
        values += own_totals(problem, Segment.BENEFITS.value, commitments, autonomies, by_weak)
    crises(problem.weak_view, problem.depth_binds, commitments, autonomies, values, by_weak)
    by_major = by_weak
    if not problem.seen_alike:
        by_major = np.empty((4, weak.size))
        crises(problem.major_view, problem.depth_binds, commitments, autonomies, values, by_major)
    for number in range(values.size):
        played = crisis_of(problem.weak_view, by_weak, number, autonomies[number])
        weak[number] = weak_total(weak_gain(problem, played, autonomies[number]))
    for number in range(values.size):
        commitment, autonomy, value = commitments[number], autonomies[number], values[number]
        played = crisis_of(problem.major_view, by_major, number, autonomy)
        major[number] = less(value, major_costs(problem, played, commitment, autonomy, value))
    if has(problem, Segment.WEAK.value):
        weak += own_totals(problem, Segment.WEAK.value, commitments, autonomies, by_weak)
    if has(problem, Segment.COSTS.value):
        major -= own_totals(problem, Segment.COSTS.value, commitments, autonomies, by_major)
