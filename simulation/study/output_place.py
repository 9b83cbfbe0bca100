"""Where a command may write a file: called before anything is computed, so it imports nothing that takes long."""

from __future__ import annotations

from pathlib import Path

from simulation.errors import ResultsError


def refuse_place(path: Path, option: str = "--out") -> None:
    """Raises `ResultsError` if there is a file at `path`, or no folder for it. option: where another can be named."""
    if path.exists() or path.is_symlink():
        raise ResultsError(f"{path}: is there already; remove it, or give another name with {option}")
    if not path.parent.is_dir():
        raise ResultsError(f"{path}: there is no folder {path.parent}")
