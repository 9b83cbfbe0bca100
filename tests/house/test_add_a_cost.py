"""The page on adding a cost, followed in a copy of the tree: the function, the field, the entry and the test do it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.history.simulate import simulate
from simulation.history.world import world_of
from tests.builders import one_power

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "add-a-cost.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"In `(?P<file>[^`]+)`, (?P<side>above|below) `(?P<line>[^`]+)`:\n\n```python\n(?P<text>.*?)```", re.DOTALL)
WHOLE = re.compile(r"As `(?P<file>[^`]+)`:\n\n```python\n(?P<text>.*?)```", re.DOTALL)
PRICE = "major_powers.P.costs.entrapment.abandonment"
ASK = """
import hashlib
import numpy as np
from simulation.history.measures import MEASURES
from simulation.history.simulate import measures_of, simulate
from simulation.history.world import world_of
from tests.builders import one_power

np.seterr(over="ignore")
KNOWN = %d
for price in (0.0, 5.0):
    scenario = one_power(years=3).replace("%s", price)
    history = simulate(world_of(scenario), 1)
    parts = (history.series[:, :, :KNOWN], history.commitment, history.autonomy, history.since)
    print(hashlib.blake2b(b"".join(part.tobytes() for part in parts), digest_size=8).hexdigest())
    print(dict(zip(MEASURES, measures_of(history, 3)[0]))["cost_abandonment"])
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The tree with the page's blocks in it."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("simulation", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests" / "unit").mkdir(parents=True)
    for name in ("pyproject.toml", "tests/builders.py"):
        shutil.copy(ROOT / name, folder / name)
    for block in BLOCK.finditer(PAGE):
        path = folder / block["file"]
        text = path.read_text(encoding="utf-8")
        line = block["line"] + "\n"
        assert text.count(line) == 1, f"{block['line']} stands {text.count(line)} times in {block['file']}"
        added = block["text"] + line if block["side"] == "above" else line + block["text"]
        path.write_text(text.replace(line, added), encoding="utf-8")
    for block in WHOLE.finditer(PAGE):
        (folder / block["file"]).write_text(block["text"], encoding="utf-8")
    return folder


def run(copy: Path, *words: str) -> subprocess.CompletedProcess:
    """Python in the copy, interpreted: compiling it would take half a minute to two."""
    return subprocess.run([sys.executable, *words], cwd=copy, capture_output=True, text=True, check=False, timeout=300,
                          env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(copy)})


def test_it_takes_one_function_one_field_one_entry_and_one_test():
    files = [block["file"] for block in BLOCK.finditer(PAGE)]
    assert sorted(files) == ["simulation/scenario/parameters.py", *["simulation/theory/further_costs.py"] * 2]
    assert len(WHOLE.findall(PAGE)) == 1


def test_the_pages_test_passes_and_fails_without_the_term(copy):
    (name,) = (block["file"] for block in WHOLE.finditer(PAGE))
    done = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", name)
    assert done.returncode == 0, done.stdout
    shutil.copy(copy / "simulation/theory/further_costs.py", copy / "kept.py")
    text = (copy / "kept.py").read_text(encoding="utf-8")
    broken = text.replace("(1.0 - played.reliability) * autonomy", "played.reliability * autonomy * autonomy")
    assert broken != text
    (copy / "simulation/theory/further_costs.py").write_text(broken, encoding="utf-8")
    try:
        assert run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", name).returncode == 1
    finally:
        shutil.copy(copy / "kept.py", copy / "simulation/theory/further_costs.py")


def test_at_price_0_no_number_moves_and_above_it_the_measure_says_what_it_costs(copy):
    history = simulate(world_of(one_power(years=3)), 1)
    done = run(copy, "-c", ASK % (history.series.shape[2], PRICE))
    assert done.returncode == 0, done.stderr
    at_nothing, free, dear, cost = done.stdout.split()
    parts = (history.series, history.commitment, history.autonomy, history.since)
    assert at_nothing == hashlib.blake2b(b"".join(part.tobytes() for part in parts), digest_size=8).hexdigest()
    assert dear != at_nothing
    assert float(free) == 0.0 < float(cost)


def test_commands_know_it(copy):
    described = run(copy, "-m", "simulation", "describe", "abandonment")
    assert "costs.entrapment.abandonment" in described.stdout, described.stderr
    refused = run(copy, "-m", "simulation", "run", "scenarios/stylised.yaml", "--set",
                  "major_powers.PAT.costs.entrapment.abandonment=-1")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "abandonment" in refused.stderr
