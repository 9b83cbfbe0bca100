"""The JSON schema of scenario files, for editors that complete and check while one types.

Made from the records, so that it cannot say something else than they do, and turned into a schema of *files*: there are
`extends` and the defaults blocks, nothing is required (another file may hold it), and null stands nowhere.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from simulation.scenario.scenario import Scenario

ADDRESS = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of scenario files as plain data (JSON Schema, draft 2020-12)."""
    schema: dict[str, Any] = _as_file(Scenario.model_json_schema())
    records = schema["$defs"]
    records["WeakStateDefaults"] = copy.deepcopy(records["WeakState"])
    records["WeakStateDefaults"]["description"] = "Any field of a weak state; * under toward is every major power."
    toward = records["WeakStateDefaults"]["properties"]["toward"]["patternProperties"]
    toward[r"^\*$"] = copy.deepcopy(next(iter(toward.values())))
    records["Distribution"] |= {"minProperties": 1, "maxProperties": 1}
    schema["properties"] = {
        "extends": {"type": "string", "minLength": 1,
                    "description": "The scenario file that this one is laid over; a path from this file's folder"},
        "major_power_defaults": {"$ref": "#/$defs/MajorPower",
                                 "description": "What every major power listed starts from"},
        "weak_state_defaults": {"$ref": "#/$defs/WeakStateDefaults",
                                "description": "What every weak state listed starts from"},
    } | schema["properties"]
    schema["properties"]["major_powers"].pop("minProperties")
    return {"$schema": ADDRESS, "title": "Scenario of asymmetric alliances"} | schema


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _as_file(part: Any) -> Any:
    """A part of the records' schema, without what holds for records only."""
    if isinstance(part, list):
        return [_as_file(item) for item in part]
    if not isinstance(part, dict):
        return part
    arms = [arm for arm in part.get("anyOf", []) if arm != {"type": "null"}]
    if len(arms) == 1:
        part = {key: value for key, value in part.items() if key != "anyOf"} | arms[0]
    if "patternProperties" in part:
        part = part | {"additionalProperties": False}
    properties = {name: _as_file(field) for name, field in part.get("properties", {}).items()}
    dropped = {"properties", "required", "unit", "source", "title"}
    if part.get("default") is None:
        dropped.add("default")
    kept = {key: _as_file(value) for key, value in part.items() if key not in dropped}
    if "description" in part:
        kept["description"] = _described(part)
    return kept | ({"properties": properties} if "properties" in part else {})


def _described(part: dict[str, Any]) -> str:
    """Meaning, unit and source in one text, which editors show beside the key."""
    parts = [" ".join(part["description"].split()).removesuffix(".")]
    parts += [f"{name.capitalize()}: {part[name]}" for name in ("unit", "source") if name in part]
    return ". ".join(parts)
