"""Scenario files: YAML in and out, with file and line in every refusal.

A file may start from another (`extends`). Overlay: a mapping over a mapping merges key by key, anything else replaces;
a distribution replaces one of another kind. `name`, `title` and `description` are each file's own and are not taken
over. Last of all, `major_power_defaults` and `weak_state_defaults` are put under every major power and weak state
listed; there `toward` may have the key ``*`` for every major power. The defaults blocks live in files only: a
`Scenario` knows nothing of them. A key without a value is refused everywhere, because null could be read as "none",
"the default" or a slip.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from simulation.errors import Refusal
from simulation.scenario.distributions import Distribution
from simulation.scenario.own_terms import formula_problem
from simulation.scenario.parameters import Code, MajorPower, WeakState
from simulation.scenario.scenario import FORMAT, Scenario
from simulation.scenario.shipped import beside_or_shipped, examples
from simulation.scenario.validation import (
    Locate,
    Location,
    Spot,
    allowed_at,
    noun_of,
    placed,
    problems,
    shown,
    unknown_key,
    validated,
    walked,
)
from simulation.scenario.yaml_text import Node, dumped, parsed

PathLike = str | os.PathLike[str]

OWN = ("name", "title", "description")
DEFAULTS: dict[str, tuple[str, type[BaseModel]]] = {
    "major_power_defaults": ("major_powers", MajorPower),
    "weak_state_defaults": ("weak_states", WeakState),
}
FILE_KEYS = ("extends", *DEFAULTS)
STAND_IN = "ANY"
PROPOSITIONS, A_STUDY, A_SCENARIO = "a file of propositions", "a study", "a scenario"
KINDS_OF_FILES = {
    PROPOSITIONS: ("propositions",),
    A_STUDY: ("design", "replications", "scenario"),
    A_SCENARIO: ("extends", "major_powers", "weak_states", "population", *DEFAULTS),
}
"""Kinds of files with keys that tell them; where several fit, the first is meant."""
UNREADABLE = {"FileNotFoundError": "no such file", "NotADirectoryError": "no such file",
              "IsADirectoryError": "a folder, not a file"}


class ScenarioBase(Scenario):
    """A file that others extend: it may lack a name, major powers and weak states."""

    name: Code = "base"
    major_powers: dict[Code, MajorPower] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        for name, term in self.own_terms.items():
            if (problem := formula_problem(name, term)) is not None:
                raise problem
        return self


def load_scenario(path: PathLike) -> Scenario:
    """The scenario in a file. Raises `Refusal`, with file and line, for the first thing that is wrong."""
    refuse_other_kind(keys_of(path), A_SCENARIO, str(path))
    return _scenario(load_yaml(path), Scenario)


def check_file(path: PathLike) -> Scenario | None:
    """As `load_scenario`; None where the file is sound but lists no major power: a base for others to extend."""
    root = load_yaml(path)
    if "major_powers" in root.value or "weak_states" in root.value or "population" in root.value:
        return _scenario(root, Scenario)
    _scenario(root, ScenarioBase)
    return None


def keys_of(path: PathLike) -> list[str]:
    """The outermost keys of any YAML file: they tell what kind of file it is."""
    return list(read_mapping(path).value)


def refuse_other_kind(keys: Container[str], wanted: str, file: str) -> None:
    """Raises `Refusal` for a file whose keys are those of another kind than `wanted`, one of `KINDS_OF_FILES`."""
    kinds = [kind for kind, marks in KINDS_OF_FILES.items() if any(key in keys for key in marks)]
    if not kinds or kinds[0] == wanted or (wanted == A_SCENARIO and wanted in kinds):
        return
    raise Refusal(f"{kinds[0]}, and not {wanted}", allowed=f"{wanted}, with {' or '.join(KINDS_OF_FILES[wanted])}",
                  file=file)


def load_document(path: PathLike) -> tuple[dict[str, Any], Locate]:
    """The mapping in any YAML file, as plain data, and what gives file and line of a location in it.

    For files that are not scenarios, such as studies: `extends` and the defaults blocks mean nothing here.
    """
    root = read_mapping(path)
    return root.plain(), root.locate


def parse_value(text: str) -> Any:
    """A value as a user types it on the command line: a number, true, false, text, ``[a, b]`` or ``{key: value}``."""
    allowed = "a number, true, false, text, [a, b] or {key: value}; text with a special character needs quotes"
    try:
        node = parsed(text)
    except Refusal as refusal:
        reason = "" if refusal.problem == "not YAML" else f", because of {refusal.problem}"
        raise Refusal(f"not a value{reason}", found=shown(text), allowed=allowed) from None
    if node is None or (node.value is None and not text.strip()):
        raise Refusal("no value", allowed=allowed)
    if isinstance(node.value, dict | list) and text.strip()[:1] not in ("{", "["):
        raise Refusal("not a value", found=shown(text), allowed=allowed)
    return node.plain()


def dump_yaml(data: Any) -> str:
    """Plain data, such as `Scenario.resolved`, as YAML text that this module reads back exactly; None is left out."""
    return dumped(data)


def load_yaml(path: PathLike) -> Node:
    """A scenario file with all that it extends and its defaults put in, every value with its file and line."""
    root = _extended(str(path), ())
    for block, (_, record) in DEFAULTS.items():
        if block in root.value:
            _check_defaults(root.value[block], block, record)
    return _with_defaults(root)


# ---- reading one file ------------------------------------------------------------------------------------------------


def read_mapping(path: PathLike, asked_by: Refusal | None = None) -> Node:
    """The mapping in one file. Raises `Refusal` if there is none, at the place in `asked_by` if a file asked for it."""
    text = _text(str(path), asked_by)
    root = parsed(text, str(path))
    if root is None or root.value is None:
        raise Refusal("an empty file", allowed="a mapping, lines of 'key: value'", file=str(path))
    if not isinstance(root.value, dict):
        raise Refusal("not a mapping", found=shown(root.plain()), allowed="lines of 'key: value'", file=root.file,
                      line=root.line)
    return root


def _text(path: str, asked_by: Refusal | None) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[:error.start].count(b"\n") + 1
        found = f"the byte 0x{error.object[error.start]:02x}"
        raise Refusal("not UTF-8", found=found, allowed="text saved as UTF-8", file=path, line=line) from None
    except (OSError, ValueError) as error:
        problem = UNREADABLE.get(type(error).__name__, "not readable")
        if asked_by is not None:
            asked_by.problem, asked_by.found = problem, path
            raise asked_by from None
        raise Refusal(problem, file=path, allowed=_where_to_find(path)) from None


def _where_to_find(path: str) -> str:
    """What to do about a missing file that comes with the program; empty for others."""
    names = {Path(found.name).name for found in examples()}
    if Path(path).name not in names or Path(path).exists():
        return ""
    return "a file that is there; 'asymmetric-alliances init FOLDER' copies those that come with the program"


def _extended(path: str, chain: tuple[str, ...], asked_by: Refusal | None = None) -> Node:
    """A file laid over all that it extends, the defaults blocks still apart."""
    root = read_mapping(path, asked_by)
    for problem in _file_problems(root):
        raise problem
    extends = root.value.get("extends")
    if extends is None:
        return root
    parent = os.path.normpath(beside_or_shipped(Path(os.path.dirname(path)), extends.value))
    files = (*chain, path)
    asked = Refusal("", "extends", file=extends.file, line=extends.line)
    if os.path.realpath(parent) in [os.path.realpath(file) for file in files]:
        asked.problem, asked.found = "a loop", " -> ".join((*files, parent))
        raise asked
    base = _extended(parent, files, asked)
    kept = {key: node for key, node in base.value.items() if key not in OWN}
    own = {key: node for key, node in root.value.items() if key != "extends"}
    return overlay(Node(kept, base.file, base.line), Node(own, root.file, root.line))


def _file_problems(root: Node) -> Iterator[Refusal]:
    """What can be wrong with one file before it is laid over another."""
    known = (*FILE_KEYS, *Scenario.model_fields)
    for key in root.value:
        if key not in known:
            yield placed(unknown_key(key, known, Scenario), (key,), locate=root.locate)
    extends, version = root.value.get("extends"), root.value.get("format")
    if extends is not None and (not isinstance(extends.value, str) or not extends.value):
        refusal = Refusal("not a path", found=shown(extends.plain()), allowed="a path from this file's folder")
        yield placed(refusal, ("extends",), locate=root.locate)
    if version is not None and (type(version.value) is not int or version.value != FORMAT):
        refusal = Refusal("unknown format", found=shown(version.plain()), allowed=str(FORMAT))
        yield placed(refusal, ("format",), locate=root.locate)
    for path, node in _nodes(root, ()):
        if node.value is None:
            yield placed(_null(path), path, locate=root.locate)
    for key in [name for block, (group, _) in DEFAULTS.items() for name in (block, group) if name in root.value]:
        if not isinstance(root.value[key].value, dict):
            refusal = Refusal("not a mapping", found=shown(root.value[key].plain()), allowed=allowed_at(_spot((key,))))
            yield placed(refusal, (key,), locate=root.locate)


def _nodes(node: Node, path: Location) -> Iterator[tuple[Location, Node]]:
    yield path, node
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            yield from _nodes(inner, (*path, key))
    elif isinstance(node.value, list):
        for index, inner in enumerate(node.value):
            yield from _nodes(inner, (*path, index))


def _null(path: Location) -> Refusal:
    """A key without a value; an unknown key is told as such."""
    spot = _spot(path)
    if spot.annotation is None and spot.holder is not None:
        return unknown_key(str(path[-1]), spot.holder.model_fields, Scenario, spot.holder)
    if spot.annotation is None:
        return Refusal("null", allowed="a value; or leave the key out")
    is_required = spot.holder is not None and spot.holder.model_fields[str(path[-1])].is_required()
    return Refusal(f"null where {noun_of(spot.annotation)} is needed",
                   allowed=allowed_at(spot) + ("" if is_required else "; or leave the key out"))


def _spot(path: Location) -> Spot:
    """What the records say about a path in a file, in a defaults block too."""
    record, path = (DEFAULTS[str(path[0])][1], path[1:]) if path[0] in DEFAULTS else (Scenario, path)
    return walked(record, path)


# ---- overlays and defaults -------------------------------------------------------------------------------------------


def overlay(base: Node, top: Node, path: Location = ()) -> Node:
    """`top` laid over `base`: a mapping over a mapping merges, anything else replaces."""
    if not (isinstance(base.value, dict) and isinstance(top.value, dict)):
        return top
    merged = dict(base.value)
    if path[:1] == ("population",) and set(top.value) & set(Distribution.model_fields):
        merged = {key: node for key, node in merged.items() if key in top.value}
    for key, node in top.value.items():
        merged[key] = overlay(merged[key], node, (*path, key)) if key in merged else node
    return Node(merged, top.file, top.line)


def _with_defaults(root: Node) -> Node:
    """The scenario with the defaults blocks put under what is listed, and the blocks gone."""
    data = {key: node for key, node in root.value.items() if key not in FILE_KEYS}
    powers = list(data["major_powers"].value) if "major_powers" in data else []
    for block, (group, _) in DEFAULTS.items():
        if block in root.value and group in data:
            defaults = _for_each_power(root.value[block], powers)
            listed_nodes = data[group]
            members = {code: overlay(defaults, node) for code, node in listed_nodes.value.items()}
            data[group] = Node(members, listed_nodes.file, listed_nodes.line)
    return Node(data, root.file, root.line)


def _for_each_power(defaults: Node, powers: list[str]) -> Node:
    """The defaults block with ``toward.*`` written out for every major power."""
    toward = defaults.value.get("toward")
    if toward is None or not isinstance(toward.value, dict) or "*" not in toward.value:
        return defaults
    for_all = Node(dict.fromkeys(powers, toward.value["*"]), toward.file, toward.line)
    named = {power: node for power, node in toward.value.items() if power != "*"}
    written_out = overlay(for_all, Node(named, toward.file, toward.line))
    return Node(defaults.value | {"toward": written_out}, defaults.file, defaults.line)


def _check_defaults(block: Node, name: str, record: type[BaseModel]) -> None:
    """Refuses what no major power or weak state could have, where it is written, even if none is listed."""
    written_out = _for_each_power(block, [STAND_IN])
    try:
        record.model_validate(written_out.plain())
    except ValidationError as error:
        for location, refusal in problems(record, written_out.plain(), error):
            if refusal.problem != "missing":
                path = (name, *("*" if key == STAND_IN else key for key in location))
                placed(refusal, path)
                refusal.file, refusal.line = written_out.locate(location)
                raise refusal from None


def _scenario(root: Node, record: type[Scenario]) -> Scenario:
    return validated(record, root.plain(), locate=root.locate)
