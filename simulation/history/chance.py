"""Random numbers with an address.

Every random number of a history is a pure function of (seed, replication, year, actor, decision, counterpart): it does
not matter who asks first, what else runs, or how many processes share the work. So one history of luck can be replayed
under another cost assumption, and runs, states and measures can be added without changing old ones.

The function is Philox 4x64-10, the counter-based generator of Salmon, Moraes, Dror & Shaw (2011): the key is (seed,
replication), the counter is (year, actor, decision, counterpart). Actors are addressed by a hash of their code, not by
their place in a list, so that adding a state leaves the luck of the others alone.
"""

from __future__ import annotations

import hashlib
import math
from enum import IntEnum

import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined, upper_half
from simulation.theory.elementary import cosine_of_turn, logarithm


class Decision(IntEnum):
    """What a random number is for. Numbers are part of every result: never renumber, only append."""

    TYPE = 1
    DRIFT_CAPABILITY = 2
    DRIFT_CHALLENGER = 3
    DRIFT_CRISIS_RATE = 4
    DRIFT_PREFERENCE = 5
    POWER_MISPERCEIVES_RATE = 6
    POWER_MISPERCEIVES_CHALLENGER = 7
    STATE_MISPERCEIVES_RATE = 8
    STATE_MISPERCEIVES_CHALLENGER = 9
    ACTIVATION = 10
    CRISIS = 11
    CHALLENGE = 12
    RESTRAINT = 13
    RESISTANCE = 14
    INTERVENTION = 15
    WAR = 16
    POPULATION = 17
    OPENER = 18


NOBODY = np.uint64(0)
MULTIPLIER_0 = np.uint64(0xD2E7470EE14C6C93)
MULTIPLIER_1 = np.uint64(0xCA5A826395121157)
WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
ROUNDS = 10
UNIT = 2.0**-53
DROPPED_BITS = np.uint64(11)


def address(code: str) -> np.uint64:
    """The 64-bit address of an actor: a hash of its code, the same on every machine."""
    return np.uint64(int.from_bytes(hashlib.blake2b(code.encode(), digest_size=8).digest(), "little"))


@compiled
def philox(key_0, key_1, counter_0, counter_1, counter_2, counter_3):
    """Four unsigned 64-bit words for a key of two words and a counter of four (Philox 4x64-10)."""
    for _ in range(ROUNDS):
        high_0, low_0 = upper_half(MULTIPLIER_0, counter_0), MULTIPLIER_0 * counter_0
        high_1, low_1 = upper_half(MULTIPLIER_1, counter_2), MULTIPLIER_1 * counter_2
        counter_0, counter_1, counter_2, counter_3 = (
            high_1 ^ counter_1 ^ key_0, low_1, high_0 ^ counter_3 ^ key_1, low_0)
        key_0 += WEYL_0
        key_1 += WEYL_1
    return counter_0, counter_1, counter_2, counter_3


@inlined
def between_0_and_1(word):
    """The number between 0 and 1 that the upper 53 bits of a word tell: never 0, and 1 once in 2**53 times, by
    rounding."""
    return (np.float64(word >> DROPPED_BITS) + 0.5) * UNIT


@compiled
def uniform(seed, replication, year, actor, decision, counterpart):
    """A number in (0, 1], uniform; all arguments are unsigned 64-bit integers."""
    word, _, _, _ = philox(seed, replication, year, actor, np.uint64(decision), counterpart)
    return between_0_and_1(word)


@compiled_apart
def fill_normals(seed, replication, year, actors, decision, counterparts, found):
    """Fills `found` with a standard normal number for each actor and its counterpart (Box & Muller 1958).

    actors, counterparts: addresses, found: numbers, all (n,); the other arguments are unsigned 64-bit integers.
    """
    turns = np.empty(found.size)
    for place in range(found.size):
        first, second, _, _ = philox(
            seed, replication, year, actors[place], np.uint64(decision), counterparts[place])
        found[place], turns[place] = between_0_and_1(first), between_0_and_1(second)
    for place in range(found.size):
        found[place] = math.sqrt(-2.0 * logarithm(found[place])) * cosine_of_turn(turns[place])
