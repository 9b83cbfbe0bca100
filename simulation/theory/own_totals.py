"""What the own terms of a pair come to under a contract, or under many, with the crisis that formulas may read.

Called by `payoffs`, of whose gains they are part.
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
    crisis,
    restraint,
)
from simulation.theory.own_terms import ASKED, Block, Segment, has, steps_of, take_steps, take_steps_once


@inlined
def own_total(problem, segment, commitment, autonomy, value):
    """What a segment of the own terms comes to under one contract, payoff per year; value: V of the ally."""
    return own_total_and_amounts(
        problem, segment, commitment, autonomy, value, problem.own.programs[:0]) if has(problem, segment) else 0.0


@compiled
def own_total_and_amounts(problem, segment, commitment, autonomy, value, amounts):
    """The same, and fills `amounts` as `own_terms.take_steps_once` does."""
    if not has(problem, segment):
        return 0.0
    asked = (commitment, autonomy, 0.0, 0.0, 0.0, 0.0)
    if reads_crisis(problem, segment):
        played = foreseen(problem, segment, commitment, autonomy, value)
        asked = (commitment, autonomy, played.challenge, played.restrained, played.resistance, played.reliability)
    return take_steps_once(problem, segment, asked, amounts)


@inlined
def reads_crisis(problem, segment):
    """Whether a formula of a segment may read the crisis that would come."""
    return segment != Segment.BENEFITS and problem.own.programs[problem.own.block + Block.READS_CRISIS] > 0.0


@inlined
def foreseen(problem, segment, commitment, autonomy, value):
    """The crisis under a contract as the side of a segment foresees it, the major power as reliable as it believes."""
    tied = binding(commitment, problem.depth_binds)
    if segment != Segment.WEAK:
        return crisis(problem.major_view, tied, autonomy, value)
    played = crisis(problem.weak_view, tied, autonomy, value)
    return Crisis(played.believed_reliability, played.believed_reliability, played.restrained, played.resistance,
                  played.challenge)


@compiled_apart
def own_totals(problem, segment, commitments, autonomies, played):
    """What a segment of the own terms comes to under many contracts, payoff per year; played: (4, contracts), the
    crises that the side of the segment foresees, as `many_contracts.crises` fills it in; benefits read none."""
    totals = np.zeros(commitments.size)
    rows = np.empty((ASKED + steps_of(problem, segment)[2], commitments.size))
    reads = reads_crisis(problem, segment)
    reliability = BELIEVED_RELIABILITY if segment == Segment.WEAK else RELIABILITY
    for number in range(commitments.size):
        rows[0, number], rows[1, number] = commitments[number], autonomies[number]
        if reads:
            rows[2, number], rows[3, number] = played[CHALLENGE, number], restraint(
                problem.weak_view, autonomies[number])
            rows[4, number], rows[5, number] = played[RESISTANCE, number], played[reliability, number]
    take_steps(problem, segment, rows, totals)
    return totals
