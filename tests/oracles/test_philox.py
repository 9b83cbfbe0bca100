"""Addressed chance against NumPy's Philox 4x64-10, and the distribution of what is made of it.

NumPy raises the counter by one, with carry, before its first output, so it is given the counter before ours.
"""

from __future__ import annotations

import hashlib
import itertools
import math

import numpy as np
import pytest
from numpy.random import Philox
from scipy import stats

from simulation.compilation import compiled, upper_half
from simulation.history.chance import Decision, address, fill_normals, philox, uniform

TOP = 2**64 - 1
WORDS = (0, 1, 2**32 - 1, 2**32, 2**63, TOP)


def known(key: tuple[int, int], counter: tuple[int, int, int, int]) -> list[int]:
    number = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (number - 1) % 2**256
    return [int(word) for word in Philox(key=key[0] + (key[1] << 64), counter=before).random_raw(4)]


def ours(key, counter) -> list[int]:
    return [int(word) for word in philox(*(np.uint64(word) for word in (*key, *counter)))]


@pytest.mark.parametrize("counter", [
    (0, 0, 0, 0), (TOP, TOP, TOP, TOP), (0, 1, 0, 0), (0, 0, 0, 1), (TOP, 0, 0, 0), (0, TOP, TOP, TOP),
    (1, 2**32, 2**63, 17), (2**32 - 1, TOP, 1, 2**32)])
@pytest.mark.parametrize("key", list(itertools.product((0, 1, 2**63, TOP), repeat=2)))
def test_known_answers_at_the_edges(key, counter):
    assert ours(key, counter) == known(key, counter)


def test_known_answers_at_random():
    words = np.random.default_rng(1).integers(0, 2**64, size=(500, 6), dtype=np.uint64)
    for row in words:
        key, counter = tuple(int(word) for word in row[:2]), tuple(int(word) for word in row[2:])
        assert ours(key, counter) == known(key, counter)


@compiled
def product_above(a, b):
    return upper_half(a, b)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(WORDS, repeat=2)))
def test_upper_half_of_a_product(a, b):
    assert int(product_above(np.uint64(a), np.uint64(b))) == (a * b) >> 64


def test_a_uniform_number_is_the_middle_of_its_cell():
    found = uniform(np.uint64(3), np.uint64(5), np.uint64(7), np.uint64(11), int(Decision.CRISIS), np.uint64(13))
    word = known((3, 5), (7, 11, int(Decision.CRISIS), 13))[0]
    assert found == ((word >> 11) + 0.5) / 2**53


def test_a_normal_number_is_box_and_muller_of_two_words():
    decision = int(Decision.DRIFT_CAPABILITY)
    found = normal(np.uint64(3), np.uint64(5), np.uint64(7), np.uint64(11), decision, np.uint64(0))
    first, second = (((word >> 11) + 0.5) / 2**53 for word in known((3, 5), (7, 11, decision, 0))[:2])
    assert found == pytest.approx(math.sqrt(-2 * math.log(first)) * math.cos(2 * math.pi * second), rel=1e-14)


def normal(seed, replication, year, actor, decision, counterpart) -> float:
    found = np.empty(1)
    fill_normals(seed, replication, year, np.array([actor]), decision, np.array([counterpart]), found)
    return float(found[0])


@pytest.mark.parametrize("number", [2, 9, 20, 83])
def test_normal_numbers_of_many_are_those_of_each(number):
    """To the last bit, however many are asked for at once."""
    rng = np.random.default_rng(number)
    actors, others = rng.integers(0, TOP, (2, number), np.uint64)
    luck, decision = (np.uint64(3), np.uint64(5), np.uint64(7)), int(Decision.DRIFT_PREFERENCE)
    found = np.empty(number)
    fill_normals(*luck, actors, decision, others, found)
    each = [normal(*luck, actor, decision, other) for actor, other in zip(actors, others, strict=True)]
    assert found.tolist() == each


def drawn(draw, number=20_000):
    actor, nobody = address("BLR"), np.uint64(0)
    return np.array([draw(np.uint64(1), np.uint64(2), np.uint64(year), actor, int(Decision.WAR), nobody)
                     for year in range(number)])


def test_uniform_numbers_are_uniform_over_the_years():
    numbers = drawn(uniform)
    assert numbers.min() > 0.0 and numbers.max() < 1.0
    assert stats.kstest(numbers, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.02


def test_normal_numbers_are_normal_over_the_years():
    numbers = drawn(normal)
    assert stats.kstest(numbers, "norm").pvalue > 0.01
    assert abs(numbers.mean()) < 0.02
    assert abs(numbers.std() - 1.0) < 0.02
    assert abs(stats.skew(numbers)) < 0.05
    assert abs(stats.kurtosis(numbers)) < 0.1
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.02


@pytest.mark.parametrize("word", range(6))
def test_every_part_of_the_address_counts(word):
    base = [1, 2, 3, 4, int(Decision.CRISIS), 5]
    other = list(base)
    other[word] += 1
    first, second = ([np.uint64(part) for part in parts] for parts in (base, other))
    assert uniform(*first) != uniform(*second)
    assert normal(*first) != normal(*second)


def test_addresses_of_actors_are_hashes_of_their_codes():
    # part of every result, so stated here once more
    assert int(address("BLR")) == int.from_bytes(hashlib.blake2b(b"BLR", digest_size=8).digest(), "little")
    codes = [f"S{number:04d}" for number in range(2_000)]
    assert len({int(address(code)) for code in codes}) == len(codes)


def test_decisions_keep_their_numbers():
    """Part of every result: others may be appended, but none of these may change its number or share another's."""
    assert list(Decision.__members__)[:16] == [
        "TYPE", "DRIFT_CAPABILITY", "DRIFT_CHALLENGER", "DRIFT_CRISIS_RATE", "DRIFT_PREFERENCE",
        "POWER_MISPERCEIVES_RATE", "POWER_MISPERCEIVES_CHALLENGER", "STATE_MISPERCEIVES_RATE",
        "STATE_MISPERCEIVES_CHALLENGER", "ACTIVATION", "CRISIS", "CHALLENGE", "RESTRAINT", "RESISTANCE",
        "INTERVENTION", "WAR"]
    numbers = [int(decision) for decision in Decision.__members__.values()]
    assert numbers == list(range(1, len(numbers) + 1))
