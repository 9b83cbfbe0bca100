"""Compiled code is never stale: each run of a copied package is a process of its own with a cache of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.compilation import COMPILING

PACKAGE = Path(__file__).resolve().parents[2] / "simulation"
CALLEE = """\
from simulation.compilation import compiled


@compiled
def price(x):
    return 2.0 * x
"""
CALLER = """\
from simulation.compilation import compiled
from simulation.callee import price
from simulation.shape import BASE


@compiled
def bill(pair):
    return BASE + price(pair.first) + 100.0 * pair.second
"""
SHAPE = """\
from typing import NamedTuple

from simulation.units import BASE  # noqa: F401


class Pair(NamedTuple):
    first: float
    second: float
"""
UNITS = """\
BASE = 2.0
"""
ASK = """\
from simulation import caller
from simulation.compiled_code import cache
from simulation.shape import Pair

cold = cache.is_cold()
number = caller.bill(Pair(first=3.0, second=0.5))
hits = sum(sum(f.stats.cache_hits.values()) for f in (caller.bill, caller.price))
print(cold, cache.is_cold(), number, hits, cache.cache_folder())
"""


class Copy:
    """A package of four small modules beside copies of `compilation` and `compiled_code`, run in fresh processes."""

    def __init__(self, folder: Path):
        self.folder, self.cache = folder, folder / "cache"
        (folder / "simulation").mkdir()
        (folder / "simulation" / "__init__.py").touch()
        shutil.copy(PACKAGE / "compilation.py", folder / "simulation")
        shutil.copytree(PACKAGE / "compiled_code", folder / "simulation" / "compiled_code")
        for name, text in (("callee", CALLEE), ("caller", CALLER), ("shape", SHAPE), ("units", UNITS)):
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.folder / "simulation" / f"{name}.py").write_text(text, encoding="utf-8")

    def ask(self, cache: Path | None = None) -> tuple[str, str, float, int, Path]:
        """(cold before, cold after, the number, functions taken from the cache, cache folder) of a fresh process."""
        cold, after, number, hits, folder = self._asked(ASK, cache).stdout.split()
        return cold, after, float(number), int(hits), Path(folder)

    def told(self) -> list[str]:
        """What a fresh process logs."""
        return self._asked("import logging; logging.basicConfig(level=logging.INFO)\n" + ASK, None).stderr.splitlines()

    def _asked(self, program: str, cache: Path | None) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"ASYMMETRIC_ALLIANCES_CACHE": str(cache or self.cache),
                                    "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment,
                              cwd=self.folder, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture
def copy(tmp_path) -> Copy:
    return Copy(tmp_path)


def test_compilation_is_told_once_and_only_where_there_is_some(copy):
    assert copy.told() == [f"INFO:simulation:{COMPILING}"]
    assert copy.told() == []


def test_a_changed_callee_in_another_file_changes_the_number(copy):
    assert copy.ask()[:3] == ("True", "False", 58.0)
    copy.write("callee", CALLEE.replace("2.0", "5.0"))
    assert copy.ask()[:3] == ("True", "False", 67.0)


@pytest.mark.parametrize(("module", "text", "number"), [
    ("shape", SHAPE.replace("first", "x").replace("second", "first").replace("x", "second"), 58.0),
    ("units", UNITS.replace("2.0", "9.0"), 65.0),
], ids=["record", "constant"])
def test_a_changed_file_without_compiled_code_changes_the_number(copy, module, text, number):
    """The fields of a record and the constants of a module are compiled in, at whatever remove they are imported."""
    assert copy.ask()[2] == 58.0
    copy.write(module, text)
    assert copy.ask()[2] == number


def test_what_is_compiled_serves_the_next_process_and_other_files_do_not_matter(copy):
    first = copy.ask()
    copy.write("other", "NOTHING = 0\n")
    second = copy.ask()
    assert (first[0], first[3]) == ("True", 0)
    assert (second[0], second[3]) == ("False", 1)
    assert second[4] == first[4]


def test_old_caches_are_forgotten(copy):
    folders = []
    for number in range(8):
        copy.write("callee", CALLEE + f"# {number}\n")
        folder = copy.cache / "asymmetric-alliances" / "compiled" / f"old{number}"
        folder.mkdir(parents=True)
        os.utime(folder, (number, number))
        folders.append(folder)
    kept = copy.ask()[4]
    assert [folder.name for folder in folders if folder.exists()] == ["old3", "old4", "old5", "old6", "old7"]
    assert kept.exists()


def test_a_cache_folder_that_cannot_be_made_is_replaced(copy):
    blocked = copy.folder / "file"
    blocked.touch()
    *_, number, _, folder = copy.ask(cache=blocked)
    assert number == 58.0
    assert copy.folder not in folder.parents
    shutil.rmtree(folder)
