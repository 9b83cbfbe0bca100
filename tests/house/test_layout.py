"""The layout of the house: few files in the hall, none too long, and public names that lead somewhere."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import simulation

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "simulation"
MOST_LINES, MOST_LINES_OF_A_FUNCTION, MOST_IN_THE_HALL = 400, 45, 5
HEAVY = ("numpy", "numba", "pandas", "mesa", "scipy", "matplotlib", "pydantic", "yaml")
SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_the_hall_is_small():
    files = [path.name for path in PACKAGE.iterdir() if path.is_file()]
    assert len(files) <= MOST_IN_THE_HALL, files
    assert "py.typed" in files


def test_no_file_is_too_long():
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
               for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_function_is_too_long():
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION:
                long.append(f"{path.name}: {node.name}")
    assert long == []


def test_every_package_says_what_it_is_for():
    for path in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize("name", simulation.__all__)
def test_every_public_name_is_there_and_documented(name):
    found = getattr(simulation, name)
    assert isinstance(found, str) if name == "__version__" else found.__doc__


def test_names_are_in_order_and_others_are_refused():
    assert sorted(simulation.__all__) == sorted(set(simulation.__all__)) == dir(simulation)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = simulation.lode


def test_importing_the_package_loads_nothing():
    """Before anything is used: what takes long is not there."""
    ask = f"import sys, simulation; print([name for name in {HEAVY} if name in sys.modules], len(simulation.__all__))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split("]")[0] == "["
