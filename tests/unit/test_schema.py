"""The JSON schema of scenario files."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from simulation.scenario.file import load_document
from simulation.scenario.scenario import Scenario
from simulation.scenario.schema import json_schema, schema_text
from simulation.scenario.validation import paths_of

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHECK = jsonschema.Draft202012Validator(json_schema())


def faults(data: object) -> list[str]:
    return [error.message for error in CHECK.iter_errors(data)]


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_file_is_current():
    written = (SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8")
    same = json.loads(written) == json.loads(schema_text())  # older libraries write 1.0 as 1
    assert same, "write it anew: python -m simulation schema --out scenarios/scenario.schema.json"


def test_editors_find_it_from_base_yaml():
    first = (SCENARIOS / "base.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"


@pytest.mark.parametrize("path", sorted(set(SCENARIOS.glob("*.yaml")) - set(SCENARIOS.glob("propositions*.yaml"))),
                         ids=lambda path: path.stem)
def test_shipped_scenarios_satisfy_it(path):
    data, _ = load_document(path)
    assert faults(data) == []


@pytest.mark.parametrize("data", [
    {"crisys": {}}, {"crisis": {"stakes": 1}}, {"major_power_defaults": {"costs": {"direkt": {}}}},
    {"weak_states": {"NO": {"toward": {"RUS": {"basin": 1}}}}}, {"weak_states": {"N O": {}}},
    {"weak_states": {"NO": {"toward": {"*": {}}}}}, {"crisis": {"stake": 11}}, {"crisis": {"stake": None}},
    {"crisis": None}, {"years": 1.5}, {"assumptions": {"information": "full"}}, {"format": 2}, {"extends": ""},
    {"population": {"capability": {}}}, {"population": {"capability": {"uniform": {}, "beta": {}}}},
    {"weak_states": {"NO": {"capital": None}}}, {"population": None}, {"relaxations": {"drift": "yes"}},
], ids=json.dumps)
def test_what_it_does_not_let_through(data):
    assert faults(data)


@pytest.mark.parametrize("data", [
    {}, {"extends": "base.yaml"}, {"weak_state_defaults": {"toward": {"*": {"basing": 1}, "RUS": {}}}},
    {"weak_states": {"NO": {"votes": 2}}}, {"population": {"capability": {"uniform": {"low": 0}}}},
    {"major_powers": {"RUS": {"capital": {"latitude": 3}}}},
], ids=json.dumps)
def test_parts_of_scenarios_are_let_through(data):
    assert faults(data) == []


def test_every_parameter_is_described():
    text = schema_text()
    assert '"title": "' in text.splitlines()[2]
    names = {path.split(".")[-1] for path in paths_of(Scenario)}
    assert all(f'"{name}": {{' in text for name in names)
    assert "Unit: payoff per year." in text
