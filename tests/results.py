"""Results that many tests look at: made once by the command itself, and copied for each that asks for the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.statuses import status_of

_KEPT: dict[tuple[str, ...], Path] = {}
_PLACE = tempfile.TemporaryDirectory(prefix="results-")


def made(*words: object, out: str) -> Path:
    """The folder `out` that a command makes in the current folder. With another word, or other files beside it, it is
    made anew."""
    files = [path for path in sorted(Path().iterdir()) if path.is_file()]
    asked = *map(str, words), out, *(part for path in files for part in (path.name, path.read_bytes().hex()))
    if asked in _KEPT:
        shutil.copytree(_KEPT[asked], out)
    else:
        assert status_of(*words, "--out", out) == 0
        _KEPT[asked] = Path(shutil.copytree(out, Path(_PLACE.name) / str(len(_KEPT))))
    return Path(out)
