"""The notebooks as pages: run in a kernel, with the tables and pictures that they show."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter

from website.pages import ROOT
from website.pictures import width_of

NOTEBOOKS = ROOT / "notebooks"


def write_course(pages: Path, work: Path) -> None:
    """Runs every notebook in the folder `notebooks` beside the scenarios, and writes it as a page."""
    os.environ["PYTHONPATH"] = str(ROOT)
    folder, place = work / "notebooks", pages / "notebooks"
    for made in (folder, place):
        made.mkdir(parents=True, exist_ok=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(path.name, flush=True)
        notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
        text, resources = MarkdownExporter().from_notebook_node(
            notebook, resources={"output_files_dir": f"{path.stem}-pictures"})
        for name, picture in resources["outputs"].items():
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_bytes(picture)
            text = text.replace(f"({name})", f"({name}){width_of(picture)}")
        (place / f"{path.stem}.md").write_text(text, encoding="utf-8")
