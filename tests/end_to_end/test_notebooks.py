"""The course: every notebook runs from top to bottom in a real kernel, defines nothing, and shows what it says."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SHOWN = {"1-one-bargain": {"image/png": 2, "text/html": 0},
         "2-a-portfolio-and-its-equilibria": {"image/png": 3, "text/html": 1},
         "3-a-sweep-and-its-distributions": {"image/png": 2, "text/html": 1},
         "4-a-proposition-on-trial": {"image/png": 0, "text/html": 4},
         "5-costs-in-your-own-words": {"image/png": 1, "text/html": 1}}
"""How many pictures and tables each notebook shows."""
MISSING = [name for name in ("nbclient", "nbformat", "ipykernel") if importlib.util.find_spec(name) is None]
needs_a_kernel = pytest.mark.skipif(bool(MISSING), reason=f"no Jupyter kernel: {', '.join(MISSING)} not installed")
TABLES = """
from IPython.display import display
display({"application/json": [value.to_json() for value in Out.values() if hasattr(value, "to_json")]}, raw=True)
"""
"""A last cell that hands out what was shown as a table, with all its digits."""


def code_of(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def outputs_of(cells: list[str], folder: Path, monkeypatch) -> list[list[dict]]:
    """What a kernel, started in a folder, answers to each cell: the data of its outputs by type."""
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place).execute()
    return [[output.get("data", {}) for output in cell.outputs] for cell in notebook.cells]


def number_of(kind: str, outputs: list[list[dict]]) -> int:
    return sum(kind in data for cell in outputs for data in cell)


def test_the_course_is_there():
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)


@needs_a_kernel
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_its_pictures_and_tables(notebook, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    *outputs, (handed_out,) = outputs_of([*code_of(notebook), TABLES], folder, monkeypatch)
    assert {kind: number_of(kind, outputs) for kind in SHOWN[notebook.stem]} == SHOWN[notebook.stem]
    if notebook.stem.startswith("4"):
        frames = [pd.read_json(io.StringIO(text)) for text in handed_out["application/json"]]
        usual, scaled = (frame.set_index("prediction")["effect"] for frame in frames if "prediction_verdict" in frame)
        assert 0.1 < usual["vanished"] < 0.5  # what its prose says
        assert abs(usual["deeper"]) < 0.05 and scaled["deeper"] > 0.2
        assert scaled["vanished"] == 0.0


@needs_a_kernel
def test_a_figure_is_shown_once_with_pyplot_and_without(tmp_path, monkeypatch):
    figure = "from simulation.figures.style import new_figure\nfigure = new_figure(2, 1)\nfigure.add_subplot()\nfigure"
    outputs = outputs_of([figure, "import matplotlib.pyplot\nfigure"], tmp_path, monkeypatch)
    assert [number_of("image/png", [cell]) for cell in outputs] == [1, 1]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing_and_holds_no_output(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for text in code_of(notebook):
        defined = [node for node in ast.walk(ast.parse(text))
                   if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
        assert all("aa.term(" in ast.unparse(node) for node in defined), "but for own terms, which are functions"
        assert "simulation." not in text and "from simulation" not in text, "the course uses the public interface alone"
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


def test_what_notebooks_write_is_not_for_the_repository():
    assert "/notebooks/results/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
