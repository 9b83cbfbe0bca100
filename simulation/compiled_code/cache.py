"""The folder of compiled code, which cannot be stale.

numba's own cache looks only at the file of the function itself: a change in a function that it calls, in another file,
goes unnoticed. Here the folder carries a hash of the sources of all compiled modules and of what they import, so that
any change of any of them starts a new folder.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

KEPT_CACHES = 6
PACKAGE_FOLDER = Path(__file__).parents[1]
PACKAGE = __name__.split(".")[0]
MARKS = b"@compiled", b"@inlined"
DECORATORS = "compilation.py"
IMPORT = re.compile(rf"^[ \t]*from ({PACKAGE}(?:\.\w+)*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
"""An import as the style of the house writes it; parsing the sources would take ten times as long, at every start."""


@functools.cache
def cache_folder() -> Path:
    """Folder of the compiled code of exactly these sources; made if it is not there. Raises OSError where no folder
    can be made."""
    root = _cache_root()
    folder = root / sources_hash()
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    _forget_old(root, keep=folder)
    return folder


@functools.cache
def sources_hash() -> str:
    """Hash of the compiler's version and of `compiled_sources`."""
    digest = hashlib.blake2b(metadata.version("numba").encode(), digest_size=8)
    for path in compiled_sources():
        digest.update(str(path).encode() + b"\0" + (PACKAGE_FOLDER / path).read_bytes() + b"\0")
    return digest.hexdigest()


@functools.cache
def compiled_sources() -> tuple[Path, ...]:
    """Files, within the package, of all modules that hold compiled functions or are imported by one that does: a
    constant or a record's field is compiled in as well."""
    sources = {path.relative_to(PACKAGE_FOLDER): path.read_bytes() for path in PACKAGE_FOLDER.rglob("*.py")}
    asked = [path for path, source in sources.items()
             if any(mark in source for mark in MARKS) or path.name == DECORATORS]
    counted: set[Path] = set()
    while asked:
        path = asked.pop()
        if path not in counted:
            counted.add(path)
            asked += [other for other in _imported(sources[path]) if other in sources]
    return tuple(sorted(counted))


def _imported(source: bytes) -> Iterator[Path]:
    """Files, within the package, of the modules of ours that a source may import."""
    for module, names in IMPORT.findall(source.decode()):
        inner = Path(*module.split(".")[1:])
        yield from (inner.with_suffix(".py") if inner.name else inner / "__init__.py", inner / "__init__.py")
        yield from (inner / f"{name}.py" for name in re.findall(r"\w+", names))


def is_cold() -> bool:
    """Whether these sources have never been compiled here, so that the first call will take long."""
    return not any(cache_folder().rglob("*.nbi"))


def _cache_root() -> Path:
    """Where compiled code is kept: the user's cache folder, or a temporary one where that cannot be written."""
    base = os.environ.get("ASYMMETRIC_ALLIANCES_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    root = Path(base) / "asymmetric-alliances" / "compiled"
    try:
        root.mkdir(parents=True, exist_ok=True)
        if os.access(root, os.W_OK):
            return root
    except OSError:
        pass
    return Path(tempfile.gettempdir()) / f"asymmetric-alliances-{os.getuid()}" / "compiled"


def _forget_old(root: Path, keep: Path) -> None:
    """Removes all but the newest caches, so that years of edits do not fill the disk."""
    try:
        folders = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    except OSError:
        return
    for folder in folders[:-KEPT_CACHES]:
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)
