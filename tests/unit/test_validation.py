"""From pydantic's complaints to one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import Refusal
from simulation.scenario.parameters import CrisisParameters, MajorPower, OpportunityCosts, WeakState
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import (
    allowed_range,
    dotted,
    listed,
    nearest,
    noun_of,
    paths_of,
    shown,
    validated,
    walked,
)


@pytest.mark.parametrize(("word", "words", "found"), [
    ("warcost", ["war_cost", "dial"], "war_cost"), ("NASH", ["nash", "ultimatum"], "nash"), ("zzz", ["nash"], ""),
    ("nash", [], ""), ("", ["nash"], ""),
])
def test_nearest(word, words, found):
    assert nearest(word, words) == found


def test_listed_says_how_many_were_left_out():
    assert listed("abc") == "a, b, c"
    assert listed("abcde", most=3) == "a, b, c and 2 more"


@pytest.mark.parametrize(("value", "text"), [
    (None, "null"), (True, "true"), (1.5, "1.5"), ("a\nb", r"'a\nb'"), ([], "an empty list"), ([1, 2], "a list of 2"),
    ({}, "an empty mapping"), ({"a": 1}, "a mapping (a)"), (dict.fromkeys("abcde"), "a mapping (a, b, c and 2 more)"),
    ("x" * 100, "'" + "x" * 56 + "..."), (10**60, "a whole number of more than 50 digits"), (np.int64(3), "3 (int64)"),
])
def test_shown(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(("record", "name", "text"), [
    (CrisisParameters, "stake", "0 to 10"), (OpportunityCosts, "capacity", "above 0, at most 1000"),
    (MajorPower, "name", ""),
])
def test_allowed_range(record, name, text):
    assert allowed_range(record.model_fields[name].metadata) == text


def test_dotted_quotes_what_cannot_be_read():
    assert dotted(("a", 0, "b c", "\x1b[2J")) == "a.0.'b c'.'\\x1b[2J'"


def test_walked_gives_the_field_of_a_path():
    spot = walked(Scenario, ("weak_states", "NO", "toward", "RUS", "basing"))
    assert (noun_of(spot.annotation), allowed_range(spot.metadata)) == ("a number", "0 to 1")
    assert walked(Scenario, ("weak_states", "NO", "colour")).annotation is None
    assert walked(Scenario, ("weak_states", "NO", "colour")).holder is WeakState


def test_paths_of_names_every_parameter_once():
    paths = list(paths_of(Scenario))
    assert len(paths) == len(set(paths))
    assert "major_powers.*.costs.entrapment.war_cost" in paths
    assert "weak_states.*.toward.*.basing" in paths
    assert "population.capability.uniform.low" in paths


def test_unknown_keys_come_before_what_they_leave_missing():
    with pytest.raises(Refusal) as refused:
        validated(WeakState, {"capability": 0.1, "chalenger_capability": 0.1})
    assert refused.value.problem == "unknown key"
    assert refused.value.suggestion == "challenger_capability"


def test_the_place_comes_from_the_callback():
    with pytest.raises(Refusal) as refused:
        validated(CrisisParameters, {"stake": -1}, locate=lambda location: (f"{location[0]}.yaml", 7))
    assert str(refused.value) == "stake.yaml:7: stake: out of range; found -1; allowed: 0 to 10"


def test_a_numpy_integer_is_told_from_a_whole_number():
    with pytest.raises(Refusal, match=r"years: not a whole number; found 3 \(int64\)"):
        validated(Scenario, {"name": "x", "years": np.int64(3)})


keys = st.sampled_from([path.split(".")[-1] for path in paths_of(Scenario)]) | st.text(max_size=5) | st.integers(0, 3)
leaves = (st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400)
          | st.dates() | st.binary(max_size=3) | st.just(3j) | st.just(("a",)) | st.just(np.float32(1)))
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
                        max_leaves=15)
SKELETON = {"name": "x", "major_powers": {"RUS": {}}, "weak_states": {
    "NO": {"capability": 0.1, "challenger_capability": 0.1, "toward": {"RUS": {"distance_km": 1}}}}}
PLACES = [path.replace("major_powers.*", "major_powers.RUS").replace("weak_states.*", "weak_states.NO")
          .replace("toward.*", "toward.RUS").split(".") for path in paths_of(Scenario)]


def put(data: dict, path: list[str], value: object) -> dict:
    """`data` with a value at a path; mappings on the way are made where there are none."""
    inner = data.get(path[0])
    below = value if len(path) == 1 else put(inner if isinstance(inner, dict) else {}, path[1:], value)
    return data | {path[0]: below}


@given(st.sampled_from(PLACES), anything)
def test_anything_anywhere_is_accepted_or_refused_in_one_plain_line(path, value):
    try:
        validated(Scenario, put(SKELETON, path, value))
    except Refusal as refusal:
        text, path_shown = str(refusal), refusal.path
    else:
        return
    assert "\n" not in text
    assert path_shown
    assert text.startswith(path_shown)
    for internal in ("pydantic", "Input should", "validator", "function-", "[key]", "Distribution", "type="):
        assert internal not in text


@given(anything)
def test_anything_at_all_is_accepted_or_refused(value):
    with pytest.raises(Refusal) as refused:
        validated(Scenario, value)
    assert "Input should" not in str(refused.value)
