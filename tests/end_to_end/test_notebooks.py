"""The course: every notebook runs from top to bottom, defines nothing, and shows what it says that it shows."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SHOWN = {"1-one-bargain": {tuple: 1, Figure: 2, dict: 1}, "2-a-portfolio-and-its-equilibria": {dict: 1, Figure: 1},
         "3-a-sweep-and-its-distributions": {Figure: 2, pd.DataFrame: 1, int: 1},
         "4-a-proposition-on-trial": {pd.DataFrame: 4}}
"""What each notebook shows, at least, by type."""


def code_of(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_the_course_is_there():
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    names: dict = {}
    shown = []
    for text in code_of(notebook):
        tree = ast.parse(text)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, notebook.name, "exec"), names)
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), notebook.name, "eval"), names))
    for kind, number in SHOWN[notebook.stem].items():
        assert sum(isinstance(value, kind) for value in shown) >= number, kind
    if notebook.stem.startswith("4"):
        verdicts = [value for value in shown if "prediction_verdict" in value]
        usual, scaled = (frame.set_index("prediction")["effect"] for frame in verdicts)
        assert 0.1 < usual["vanished"] < 0.5  # what its prose says
        assert abs(usual["deeper"]) < 0.05 and scaled["deeper"] > 0.2
        assert scaled["vanished"] == 0.0


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing_and_holds_no_output(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for text in code_of(notebook):
        kinds = {type(node) for node in ast.walk(ast.parse(text))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.Lambda}
        assert "simulation." not in text and "from simulation" not in text, "the course uses the public interface alone"
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
