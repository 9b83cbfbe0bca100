"""Reading and writing YAML: the 1.2 core rules, overlays, defaults, and where a value came from."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import Refusal
from simulation.scenario import yaml_text
from simulation.scenario.file import (
    check_file,
    dump_yaml,
    load_document,
    load_scenario,
    load_yaml,
    parse_value,
    read_mapping,
)
from simulation.scenario.parameters import MajorPower, Record, WeakState
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import allowed_range, dotted, walked
from simulation.theory.further_costs import FURTHER_COSTS
from tests.refusals.cases import SOUND, UNREADABLE

SCENARIOS = Path(__file__).parents[2] / "scenarios"
MEMBER = "{capability: 0.1, challenger_capability: 0.1, toward: {RUS: {distance_km: 0}}}"


def write(folder: Path, **files: str) -> Path:
    """Writes files, `name="text"` as name.yaml; gives the path of the first."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.yaml"


# ---- YAML 1.2 core -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [
    ("NO", "NO"), ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("y", "y"),
    ("true", True), ("True", True), ("FALSE", False), ("tRUE", "tRUE"),
    ("~", None), ("null", None), ("NULL", None), ("nUll", "nUll"),
    ("12", 12), ("+12", 12), ("-3", -3), ("017", 17), ("0o17", 15), ("0x1F", 31), ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("1e-3", 0.001), ("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-.5E+2", -50.0), ("1.5e3", 1500.0), (".", "."),
    ("12:30:45", "12:30:45"), ("12:30", "12:30"), ("2005-01-01", "2005-01-01"), ("1.2.3", "1.2.3"), ("=", "="),
    (".inf", math.inf), ("+.Inf", math.inf), ("-.INF", -math.inf), ("inf", "inf"), ("nan", "nan"),
    ("'1'", "1"), ('"true"', "true"), ("''", ""), ("[NO, 1e-3]", ["NO", 0.001]), ("{NO: NO}", {"NO": "NO"}),
])
def test_core_schema(text, value):
    found = parse_value(text)
    assert found == value
    assert type(found) is type(value)


def test_nan_is_a_number():
    assert all(math.isnan(parse_value(text)) for text in (".nan", ".NaN", ".NAN"))


def test_norway_is_a_key_and_a_value_without_quotes(tmp_path):
    path = write(tmp_path, a=f"{SOUND}    rivals: [NO]\n  NO: {MEMBER}\n")
    scenario = load_scenario(path)
    assert list(scenario.weak_states) == ["BLR", "NO"]
    assert scenario.weak_states["BLR"].rivals == ["NO"]


def test_order_of_keys_is_that_of_the_file(tmp_path):
    codes = ["ZWE", "BLR", "NO", "AFG"]
    text = "name: x\nmajor_powers: {RUS: {}}\nweak_states:\n" + "".join(f"  {code}: {MEMBER}\n" for code in codes)
    assert list(load_scenario(write(tmp_path, a=text)).weak_states) == codes


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    (tmp_path / "b.yaml").write_text(SOUND)
    assert load_scenario(tmp_path / "a.yaml") == load_scenario(tmp_path / "b.yaml")


@pytest.mark.parametrize("case", [name for name, (text, _) in UNREADABLE.items() if isinstance(text, str)])
def test_both_parsers_of_pyyaml_say_the_same(case, monkeypatch):
    text = UNREADABLE[case][0]
    answers = []
    for parser in (yaml.CSafeLoader, yaml.SafeLoader):
        monkeypatch.setattr(yaml_text, "Parser", parser)
        try:
            answers.append(repr(yaml_text.parsed(text, "bad.yaml")))
        except Refusal as refusal:
            answers.append(str(refusal))
    assert answers[0] == answers[1]


@given(st.text(st.sampled_from("ab:-[]{}'\"\n\t #&*!|>%@`,?1.~<=\\\x85\ufeff"), max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        answer = yaml_text.parsed(text, "x.yaml")
    except Refusal as refusal:
        answer = refusal
    assert answer is None or answer.line >= 1
    assert isinstance(answer, yaml_text.Node | None) or "\n" not in str(answer)


# ---- the command line's values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "message"), [
    ("", "no value"), ("  ", "no value"), ("# x", "no value"),
    ("a: b", "not a value; found 'a: b'"), ("- a", "not a value; found '- a'"), ("@x", "not a value; found '@x'"),
    ("'x", 'not a value, because of a quotation mark that is never closed; found "\'x"'),
    ("[1, 2", "not a value, because of a bracket that is never closed, or a comma missing; found '[1, 2'"),
    ("{a: 1, a: 2}", "not a value, because of key given twice, first on line 1; found '{a: 1, a: 2}'"),
    ("!!python/name:os.system", "not a value, because of a tag; found '!!python/name:os.system'"),
    ("*x", "not a value, because of an alias; found '*x'"),
])
def test_what_is_no_value(text, message):
    with pytest.raises(Refusal) as refused:
        parse_value(text)
    allowed = "a number, true, false, text, [a, b] or {key: value}; text with a special character needs quotes"
    assert str(refused.value) == f"{message}; allowed: {allowed}"


# ---- overlays ------------------------------------------------------------------------------------------------------


def test_a_mapping_merges_and_anything_else_replaces(tmp_path):
    path = write(tmp_path,
                 a="name: a\nextends: b.yaml\nyears: 7\ncrisis: {stake: 3}\n"
                   "weak_states: {BLR: {rivals: [UKR], capability: 0.5}, UKR: {rivals: []}}\n",
                 b="name: b\nyears: 5\ntitle: Base\ncrisis: {stake: 2, rationality: 4}\nstart_year: 1990\n"
                   "major_powers: {RUS: {capability: 0.1}}\n"
                   f"weak_states:\n  BLR: {MEMBER[:-1]}, rivals: [UKR, BLR]}}\n  UKR: {MEMBER}\n")
    scenario = load_scenario(path)
    assert (scenario.name, scenario.title, scenario.years, scenario.start_year) == ("a", "", 7, 1990)
    assert (scenario.crisis.stake, scenario.crisis.rationality) == (3, 4)
    belarus = scenario.weak_states["BLR"]
    assert (belarus.rivals, belarus.capability, belarus.challenger_capability) == (["UKR"], 0.5, 0.1)


def test_a_chain_of_files_in_several_folders(tmp_path):
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", b="extends: ../c.yaml\nyears: 8\n")
    path = write(tmp_path, a="name: a\nextends: sub/b.yaml\n", c=SOUND)
    scenario = load_scenario(path)
    assert (scenario.name, scenario.years) == ("a", 8)


def test_one_base_extended_twice_is_no_loop(tmp_path):
    write(tmp_path, b="extends: c.yaml\n", c=SOUND)
    assert load_scenario(write(tmp_path, a="name: a\nextends: ./b.yaml\n")).years == 5


def test_a_distribution_replaces_one_of_another_kind_and_merges_with_its_own(tmp_path):
    base = ("name: b\nmajor_powers: {RUS: {}}\n"
            "population:\n  count: 3\n  capability: {uniform: {low: 0.1, high: 0.2}}\n"
            "  challenger_capability: {beta: {a: 2, b: 2}}\n  toward: {RUS: {distance_km: 5}}\n")
    top = ("name: a\nextends: b.yaml\npopulation:\n  capability: {lognormal: {median: 0.1, sigma: 0}}\n"
           "  challenger_capability: {beta: {a: 3}}\n")
    population = load_scenario(write(tmp_path, a=top, b=base)).population
    assert population.capability.uniform is None
    assert population.capability.lognormal.median == 0.1
    assert (population.challenger_capability.beta.a, population.challenger_capability.beta.b) == (3, 2)


def test_states_named_like_distributions_merge(tmp_path):
    base = f"name: b\nmajor_powers: {{RUS: {{}}}}\nweak_states: {{alpha: {MEMBER}, beta: {MEMBER}}}\n"
    path = write(tmp_path, a="name: a\nextends: b.yaml\nweak_states: {beta: {votes: 2}}\n", b=base)
    assert list(load_scenario(path).weak_states) == ["alpha", "beta"]


# ---- defaults ------------------------------------------------------------------------------------------------------

WITH_DEFAULTS = """\
name: a
extends: b.yaml
weak_state_defaults:
  capability: 0.01
  challenger_capability: 0.02
  toward:
    '*': {distance_km: 100, basing: 0.1}
    USA: {distance_km: 9000}
major_powers:
  USA: {}
weak_states:
  BLR: {toward: {RUS: {basing: 0.9}}}
  UKR: {capability: 0.03}
"""
BASE = """\
name: b
major_power_defaults: {attention: 7, costs: {direct: {fixed: 0.5}}}
major_powers: {RUS: {attention: 2}}
"""


def test_defaults_lie_under_everything_that_is_listed(tmp_path):
    scenario = load_scenario(write(tmp_path, a=WITH_DEFAULTS, b=BASE))
    assert {code: power.attention for code, power in scenario.major_powers.items()} == {"RUS": 2, "USA": 7}
    assert all(power.costs.direct.fixed == 0.5 for power in scenario.major_powers.values())
    belarus, ukraine = scenario.weak_states.values()
    assert (belarus.capability, ukraine.capability) == (0.01, 0.03)
    assert (belarus.toward["RUS"].basing, belarus.toward["RUS"].distance_km) == (0.9, 100)
    assert (ukraine.toward["USA"].basing, ukraine.toward["USA"].distance_km) == (0.1, 9000)
    assert list(ukraine.toward) == ["RUS", "USA"]


def test_where_a_value_came_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, a=WITH_DEFAULTS, b=BASE)
    root = load_yaml("a.yaml")
    assert root.locate(("major_powers", "RUS", "attention")) == ("b.yaml", 3)
    assert root.locate(("major_powers", "USA", "attention")) == ("b.yaml", 2)
    assert root.locate(("major_powers", "USA", "nothing", "deeper")) == ("a.yaml", 10)
    assert root.locate(("weak_states", "BLR", "toward", "RUS", "distance_km")) == ("a.yaml", 7)
    assert root.locate(("weak_states", "BLR", "toward", "USA", "distance_km")) == ("a.yaml", 8)
    assert root.locate(("weak_states", "BLR", "toward", "RUS", "basing")) == ("a.yaml", 12)
    assert root.locate(("weak_states", "UKR", "challenger_capability")) == ("a.yaml", 5)
    assert "weak_state_defaults" not in root.value


def test_a_base_is_sound_without_powers_and_states(tmp_path):
    assert check_file(write(tmp_path, b="weak_state_defaults: {crisis_rate: 0.1}\n")) is None
    assert check_file(write(tmp_path, a=SOUND)) == load_scenario(tmp_path / "a.yaml")


def test_load_document_reads_other_files(tmp_path):
    path = write(tmp_path, study="scenario: russia.yaml\nvary:\n  years: [10,\n    20]\n  weak_states.*.votes: [1]\n")
    data, locate = load_document(path)
    assert data == {"scenario": "russia.yaml", "vary": {"years": [10, 20], "weak_states.*.votes": [1]}}
    assert locate(("vary", "years", 1)) == (str(path), 4)
    assert locate(("vary", "weak_states.*.votes")) == (str(path), 5)


# ---- base.yaml -----------------------------------------------------------------------------------------------------


def defaults_of(record: Record) -> dict:
    """As base.yaml has to hold them; prices of further costs, which are 0, need not stand there."""
    data = {key: value for key, value in record.model_dump().items() if value is not None}
    if isinstance(record, MajorPower):
        for cost in FURTHER_COSTS.values():
            _, group, name = cost.price.split(".")
            assert data["costs"][group].pop(name) == 0.0
    return data


def leaves(data: dict, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in data.items():
        found += leaves(value, (*path, key)) if isinstance(value, dict) and value else [(*path, key)]
    return found


def test_base_yaml_holds_every_default():
    data, _ = load_document(SCENARIOS / "base.yaml")
    needed = {"capability": 0.5, "challenger_capability": 0.5}
    assert data.pop("major_power_defaults") == defaults_of(MajorPower())
    assert data.pop("weak_state_defaults") | needed | {"toward": {}} == defaults_of(WeakState(**needed))
    scenario = Scenario.model_construct(name="x", major_powers={})
    difference = {"name", "title", "description", "sources", "major_powers", "weak_states", "population"}
    assert data == {key: value for key, value in scenario.model_dump(warnings=False).items() if key not in difference}


def test_base_yaml_says_unit_and_range_of_every_number():
    root = read_mapping(SCENARIOS / "base.yaml")
    lines = (SCENARIOS / "base.yaml").read_text().splitlines()
    records = {"major_power_defaults": MajorPower, "weak_state_defaults": WeakState}
    checked = 0
    for path in leaves(root.plain()):
        spot = walked(records.get(path[0], Scenario), path[1:] if path[0] in records else path)
        if not allowed_range(spot.metadata):
            continue
        end = root.locate(path)[1] - 1
        start = end
        while lines[start - 1].strip().startswith("# "):
            start -= 1
        comment = " ".join(line.strip(" #") for line in lines[start:end])
        unit = spot.holder.model_fields[path[-1]].json_schema_extra["unit"]
        assert f"({unit}, {allowed_range(spot.metadata)}" in comment, dotted(path)
        checked += 1
    assert checked > 50


def test_the_population_shown_in_base_yaml_works(tmp_path):
    text = (SCENARIOS / "base.yaml").read_text(encoding="utf-8")
    block = text[text.index("# population:"):]
    shown = "".join(line.removeprefix("# ") for line in block.splitlines(keepends=True))
    population = load_scenario(write(tmp_path, a="name: a\nmajor_powers: {RUS: {}}\n" + shown)).population
    assert population.count == 40
    assert population.model_fields_set == set(type(population).model_fields)


def test_shipped_scenarios_are_sound():
    for path in sorted(set(SCENARIOS.glob("*.yaml")) - set(SCENARIOS.glob("propositions*.yaml"))):
        check_file(path)


# ---- writing -------------------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t :#-'\"\x85\u2028"), max_size=20)
traps = st.sampled_from(["NO", "on", "1e3", "0o17", "017", "~", "null", "12:30", ".5", "1_000", "", "<<", "- a", "=",
                         "y", "2001-01-01", ".nan", "0x1f", "1.", "True", "a: b", "a #b", "*a", "&a", "!a", "%a", "@a"])
scalars = words | traps | st.integers() | st.floats(allow_nan=False) | st.booleans()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | traps, inner, max_size=4),
    max_leaves=10)


@given(st.dictionaries(words | traps, values, max_size=5))
def test_what_is_written_is_read_back_exactly(data):
    assert repr(yaml_text.parsed(dump_yaml(data)).plain()) == repr(data)


def test_other_readers_understand_what_is_written():
    data = {"NO": "NO", "rate": 1e-05, "large": 1e16, "time": "12:30", "number": "1e3", "octal": "017",
            "list": ["on", 0.1]}
    assert yaml.safe_load(dump_yaml(data)) == data


@pytest.mark.parametrize("name", ["russia-2005", "two-patrons-2005"])
def test_a_resolved_scenario_is_the_scenario(name, tmp_path):
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    path = write(tmp_path, resolved=dump_yaml(scenario.resolved()))
    again = load_scenario(path)
    assert again == scenario
    assert again.fingerprint() == scenario.fingerprint()
    assert dump_yaml(again.resolved()) == path.read_text(encoding="utf-8")
