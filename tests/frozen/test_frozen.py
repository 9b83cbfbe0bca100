"""The numbers of today: what is only rearranged moves none of them; see `freeze`."""

from __future__ import annotations

import hashlib
import json

import pytest

from simulation.history.interpreted import interpreter
from simulation.history.simulate import simulate
from simulation.history.world import world_of
from simulation.study.manifest import SAME_NUMBERS
from tests.frozen.freeze import NUMBERS, SHIPPED, WORLDS, cases, fingerprint, numbers, world_named

KNOWN = json.loads(NUMBERS.read_text(encoding="utf-8"))
QUICK = ("stylised:5", "stylised:20", "stylised-two:5", "critical-mass", "no-rest", "russia-2005")


@pytest.mark.parametrize("world", QUICK)
def test_histories_are_those_written_down(world):
    found = numbers((world,))
    assert {name: found[name] for name in found if found[name] != KNOWN[name]} == {}
    assert len(found) >= 24


@pytest.mark.slow
@pytest.mark.parametrize("world", [name for name in WORLDS if name not in QUICK])
def test_larger_histories_are_those_written_down(world):
    found = numbers((world,))
    assert {name: found[name] for name in found if found[name] != KNOWN[name]} == {}


def test_earlier_sources_count_as_the_same_only_while_no_number_moves():
    """Whoever writes `numbers.json` anew empties `SAME_NUMBERS`, and puts the new hash here."""
    digest = hashlib.blake2b(NUMBERS.read_bytes(), digest_size=8).hexdigest()
    assert digest == "3ef8dde6e4db092e" or frozenset() == SAME_NUMBERS


def test_everything_that_is_written_down_is_compared():
    assert {name for name, *_ in cases()} == set(KNOWN)


def test_another_history_has_another_fingerprint():
    scenario = world_named("russia-2005")
    assert fingerprint(scenario, 1) != fingerprint(scenario.replace("crisis.stake", 1.0 + 1e-9), 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_interpreted_give_the_same_bits(name):
    scenario = world_named(name).replace("years", 2)
    with interpreter() as interpreted:
        again = interpreted(scenario, 3, 0)
    assert [one.tobytes() for one in again] == [other.tobytes() for other in simulate(world_of(scenario), 3)]
