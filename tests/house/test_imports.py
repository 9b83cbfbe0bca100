"""Imports point one way: every module has a room, and a room looks only into the rooms listed for it.

Functions that import late to start fast, and imports for type checkers alone, are held to it as well.
"""

from __future__ import annotations

import ast
import functools
import graphlib
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "simulation"

ROOMS = {name: {name, f"{name}.*"} for name in (
    "errors", "compiled_code", "compilation", "theory", "scenario", "history", "equilibrium", "study", "propositions",
    "analysis", "record", "figures", "report", "explorer", "interface", "commands")}
ROOMS["commands"].add("__main__")

BELOW_THEORY = {"compilation"}
WORLDS = {"errors", "compiled_code", "compilation", "theory", "scenario"}
RESULTS = WORLDS | {"history", "equilibrium", "study"}
SURVEYS = RESULTS | {"propositions", "analysis"}
LOOKS_INTO = {
    "errors": set(),
    "compiled_code": set(),
    "compilation": {"compiled_code"},
    "theory": BELOW_THEORY,
    "scenario": WORLDS,
    "history": WORLDS,
    "equilibrium": WORLDS,
    "study": RESULTS,
    "propositions": RESULTS,
    "analysis": RESULTS | {"propositions"},
    "record": RESULTS,
    "figures": SURVEYS | {"record"},
    "report": SURVEYS | {"record", "figures"},
    "explorer": SURVEYS | {"figures"},
    "interface": SURVEYS | {"record", "figures"},
    "commands": SURVEYS | {"record", "figures", "report", "explorer"},
}
LOOKS_INTO = {room: below - {room} for room, below in LOOKS_INTO.items()}
"""The rooms that a room may look into, besides itself."""

ONLY_IN = {
    "numba": {"compilation", "compiled_code"},
    "llvmlite": {"compilation", "compiled_code"},
    "mesa": {"history"},
    "yaml": {"scenario"},
    "pydantic": {"scenario", "study", "propositions"},
    "typer": {"commands"},
    "rich": {"commands"},
    "matplotlib": {"figures", "interface"},
    "IPython": {"interface"},
    "jinja2": {"report"},
    "pandas": {"history", "study", "propositions", "analysis", "record", "figures", "report", "interface",
               "commands"},
    "country": {"record"},
    "cma": {"record"},
    "pyarrow": {"study"},
    "SALib": {"study", "analysis"},
    "sklearn": {"analysis", "propositions", "record"},
    "threadpoolctl": {"record"},
    "distributed": {"study"},
    "xarray": {"study"},
    "scipy": {"equilibrium", "study", "propositions", "analysis", "record"},
    "numpy": set(ROOMS) - {"errors"},
}
"""Every library that is not Python's own, and the rooms that may know it."""


class Import(NamedTuple):
    """An import as it stands in a file: the module, and whether only type checkers see it."""

    module: str
    is_for_types: bool


@functools.cache
def modules() -> dict[str, Path]:
    """All modules of the package by name, without the package's own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


@functools.cache
def imports_of(module: str) -> list[Import]:
    """All imports of a module, wherever they stand; names of submodules are resolved."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    typed = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and _asks_for_types(node.test)
             for statement in node.body for inner in ast.walk(statement)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [Import(name.name, id(node) in typed) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found += [Import(_resolved(node.module, name.name), id(node) in typed) for name in node.names]
    return found


def _asks_for_types(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _resolved(module: str, name: str) -> str:
    inner = f"{module}.{name}".removeprefix("simulation.")
    return f"simulation.{inner}" if module.startswith("simulation") and inner in modules() else module


def own(found: Import) -> str | None:
    """The module of ours that is imported, without the package's name; None for others."""
    return found.module.removeprefix("simulation.") if found.module.split(".")[0] == "simulation" else None


def room_of(module: str) -> str:
    rooms = [room for room, names in ROOMS.items()
             if module in names or (module.split(".")[0] + ".*" in names and "." in module)]
    assert len(rooms) == 1, f"{module} has no room of its own: name it in ROOMS"
    return rooms[0]


OWN = [module for module in modules() if module]


def test_rooms_form_no_circle():
    graph = {room: LOOKS_INTO[room] for room in ROOMS}
    assert set(graphlib.TopologicalSorter(graph).static_order()) == set(ROOMS)


def test_the_package_itself_imports_nothing_but_python_s_own():
    assert {found.module.split(".")[0] for found in imports_of("")} <= sys.stdlib_module_names | {"__future__"}


@pytest.mark.parametrize("module", OWN)
def test_looks_only_into_the_rooms_below(module):
    room = room_of(module)
    wrong = [found.module for found in imports_of(module) if own(found) not in (None, "simulation")
             and room_of(own(found)) not in LOOKS_INTO[room] | {room}]
    assert wrong == []


@pytest.mark.parametrize("module", OWN)
def test_knows_only_the_libraries_of_its_room(module):
    room = room_of(module)
    libraries = {(found.module.split(".")[0], found.is_for_types) for found in imports_of(module) if own(found) is None}
    foreign = {(name, typed) for name, typed in libraries if name not in sys.stdlib_module_names | {"__future__"}}
    assert {name.split("_")[0] for name, _ in foreign} <= set(ONLY_IN), "a library that ONLY_IN does not know"
    assert [name for name, typed in foreign if not typed and room not in ONLY_IN[name.split("_")[0]]] == []


def test_no_module_waits_for_itself():
    """Circles by imports at run time; those for type checkers are no circles."""
    graph = {module: {own(found) for found in imports_of(module) if own(found) and not found.is_for_types}
             for module in OWN}
    tuple(graphlib.TopologicalSorter(graph).static_order())
