"""``compile``: what it leaves is all that the commands need."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.commands.compile import TASKS, compile_parts, small_world
from simulation.compiled_code import parts
from simulation.compiled_code.dispatchers import Entry

ROOT = Path(__file__).resolve().parents[2]
MARKS = {"compiled", "compiled_apart", "compiled_for_threads", "inlined"}
COMMANDS = (
    ["run", "scenarios/stylised.yaml", "--years", "2"], ["solve", "scenarios/critical-mass.yaml"],
    ["trace", "scenarios/stylised.yaml", "--against", "crisis.stake=2"],
    ["picture", "scenarios/russia-2005.yaml", "--state", "ARM"],
    ["why", "scenarios/russia-2005.yaml", "ARM", "--histories", "1", "--parameter", "weak_states.ARM.votes"],
    ["compare", "scenarios/critical-mass.yaml", "--against", "crisis.stake=2"],
)


def typed(*command: str, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({} if cache is None else {"ASYMMETRIC_ALLIANCES_CACHE": str(cache)})
    return subprocess.run([sys.executable, "-m", "simulation", *command], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)


def compiled_functions(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.nbi")}


def test_the_program_says_where_compiled_code_lies():
    ended = typed("compile", "-j", "1")
    assert (ended.returncode, ended.stdout.count("\n")) == (0, 1)
    assert ended.stdout.startswith("compiled in ")
    folder = Path(ended.stdout.rstrip().rpartition(": ")[2])
    assert {name.split("-")[0] for name in compiled_functions(folder)} >= {
        "simulate.run_years", "response.best_responses", "year.review_pact"}
    assert "once for each version" in ended.stderr


def test_a_share_of_the_functions_is_told(tmp_path):
    """What is there is counted by the files that the compiler leaves, and what there is by the marks in the sources."""
    program = ("from simulation.compilation import compiled; from simulation.compiled_code import cache;"
               " from simulation.commands.compile import _counted;"
               " from simulation.theory.elementary import ratio_of_exponential;"
               " told = _counted(); print(told()); ratio_of_exponential(0.5); print(told())")
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
                           env=os.environ | {"ASYMMETRIC_ALLIANCES_CACHE": str(tmp_path)})
    before, after = ended.stdout.splitlines()
    number = int(before.split()[-2])
    assert (before, after) == (f"0 of at most {number} functions", f"1 of at most {number} functions")
    assert number > 200


def test_what_the_compiler_left_in_the_middle_of_a_write_goes_away(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "cache_folder", lambda: tmp_path)
    left, written = tmp_path / "crisis.odds.nbi.tmp.0123", tmp_path / "crisis.odds.nbc.tmp.4567"
    for path in (left, written):
        path.touch()
    os.utime(left, (0, 0))
    monkeypatch.setitem(TASKS, "nothing", lambda: None)
    compile_parts(["nothing"], 1)
    assert (left.exists(), written.exists()) == (False, True)


def test_parts_can_be_compiled_in_another_process():
    assert set(TASKS) == {"histories", "equilibria", "agents", "pairs"}
    assert len(small_world().states) == 2


def called_by_python() -> dict[str, str]:
    """Compiled functions that the sources name outside compiled functions, as the compiler names their files, and a
    module that does; but for fits to the record, which compile what they need on their way."""
    found = {}
    for path in sorted((ROOT / "simulation").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.endswith("__main__") or name.startswith("simulation.record."):
            continue
        module = importlib.import_module(name)
        for function in (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.FunctionDef)):
            if {getattr(mark, "id", "") for mark in function.decorator_list} & MARKS:
                continue
            named = [getattr(module, node.id, None) if isinstance(node, ast.Name)
                     else getattr(getattr(module, getattr(node.value, "id", ""), None), node.attr, None)
                     for node in ast.walk(function) if isinstance(node, ast.Name | ast.Attribute)]
            found |= {f"{entry.py_func.__module__.rpartition('.')[2]}.{entry.py_func.__name__}": name
                      for entry in named if isinstance(entry, Entry)}
    return found


@pytest.mark.slow
def test_nothing_is_left_to_be_compiled(tmp_path):
    assert typed("compile", "-j", "2", cache=tmp_path / "cache").returncode == 0
    before = compiled_functions(tmp_path / "cache")
    called, there = called_by_python(), {name.partition("-")[0] for name in before}
    assert len(called) > 50
    assert {name: caller for name, caller in called.items() if name not in there} == {}
    for command in COMMANDS:
        out = [] if command[0] == "trace" else ["--out", str(tmp_path / command[0])]
        assert typed(*command, *out, cache=tmp_path / "cache").returncode == 0
    assert compiled_functions(tmp_path / "cache") - before == set()
