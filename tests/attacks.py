"""How sound files are hurt, as structures, as texts and as bytes; and what it is that a door is closed."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.errors import AllianceError

SOME, ALL = 40, 2_000
"""Cases of `make test` and of `make test-reliability`, of each kind."""

words = st.one_of(st.text(max_size=12), st.sampled_from(
    ["", "P", "A", "*", "a.b", "weak_states.*.votes", "nan", "1e999", "!!python/x", "name"]))
numbers = st.one_of(st.sampled_from([0, -1, 1, 2**63, -2**70, 10**400, 1e308, 5e-324, math.nan, math.inf, -math.inf]),
                    st.integers(), st.floats())
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)), max_leaves=6)
CHANGES = ("replace", "remove", "add", "rename", "wrap", "double", "empty")


def places(data: Any, path: tuple = ()) -> list[tuple]:
    """Paths of all that lies in plain data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def mutants(draw: Callable, data: Any) -> Any:
    """The data after one to three changes of its structure."""
    data = copy.deepcopy(data)
    for _ in range(draw(st.integers(1, 3))):
        data = changed(draw, data)
    return data


def changed(draw: Callable, data: Any) -> Any:
    path, what = draw(st.sampled_from(places(data))), draw(st.sampled_from(CHANGES))
    if not path:
        return draw(junk) if what == "empty" else data
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    key, value = path[-1], holder[path[-1]]
    if what == "remove":
        del holder[key]
    elif what == "rename" and isinstance(holder, dict):
        holder[draw(words)] = holder.pop(key)
    elif what == "add" and isinstance(value, dict):
        value[draw(words)] = draw(junk)
    elif what == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(value))
    elif what in ("wrap", "empty"):
        holder[key] = [value] if what == "wrap" else {}
    else:
        holder[key] = draw(junk)
    return data


@st.composite
def torn(draw: Callable, content: bytes) -> bytes:
    """Bytes of which some are others, gone, or cut off."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(found) - 1)))
        how = draw(st.sampled_from(["flip", "cut", "remove", "insert"]))
        if how == "cut":
            del found[place:]
        elif how == "remove":
            del found[place:place + draw(st.integers(1, 40))]
        elif how == "insert":
            found[place:place] = draw(st.binary(min_size=1, max_size=8))
        elif found:
            found[place] ^= draw(st.integers(1, 255))
    return bytes(found)


def attacked(strategy: st.SearchStrategy, check: Callable[[Any], None], examples: int) -> None:
    @settings(max_examples=examples, derandomize=examples != ALL)  # some, the same each time
    @given(strategy)
    def tried(case: Any) -> None:
        check(case)

    tried()


def is_refused(door: Callable[[], Any]) -> bool:
    """Whether a door is closed: by an exception of the program's own, whose message is one line."""
    said = ""
    try:
        door()
    except AllianceError as error:
        said = str(error)
    assert "\n" not in said
    return bool(said)


HOW_MANY = pytest.mark.parametrize("examples", [
    pytest.param(SOME, id="some"), pytest.param(ALL, id="all", marks=[pytest.mark.slow, pytest.mark.reliability])])
