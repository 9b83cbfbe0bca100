"""Compilation of the formulae, with a cache that cannot be stale.

numba's own cache looks only at the file of the function itself: a change in a function that it calls, in another file,
goes unnoticed. Here the cache folder carries a hash of the sources of all compiled modules and of what they import, so
that any change of any of them starts a new folder.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core import event, types
from numba.extending import intrinsic

KEPT_CACHES = 6
CONFIG: Any = numba.config  # filled by numba at import, which a type checker cannot see
PACKAGE = __name__.split(".")[0]
MARKS = b"@compiled", b"@inlined", b"@inlined_early"


COMPILING = "compiling the theory, once for each version of the program: one to three minutes"


class _Teller(event.Listener):
    """Says so, once a process, when something is compiled that no cache holds; the command line shows it."""

    def __init__(self) -> None:
        self.has_told = False

    def on_start(self, _: Any) -> None:
        if not self.has_told:
            self.has_told = True
            logging.getLogger(PACKAGE).info(COMPILING)

    def on_end(self, _: Any) -> None:
        pass


event.register("numba:compile", _Teller())


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """`function` compiled by numba on first call, cached on disk; callable from Python and from compiled code.

    No fast-math: a number must not depend on who asks for it.
    """
    return _compiled(function)


def inlined[Function: Callable[..., Any]](function: Function) -> Function:
    """The same for a small formula, which the compiler is told to write into whatever calls it.

    The records that formulae hand to each other are long, and handing them over takes longer than the formula.
    """
    return _compiled(function, forceinline=True)


def inlined_early[Function: Callable[..., Any]](function: Function) -> Function:
    """The same for a function with one caller: its body becomes part of the caller's before anything is compiled.

    A function that is compiled on its own is compiled again within each that calls it, at every remove.
    """
    return _compiled(function, inline="always")


@intrinsic
def _unowned(_: Any, array: Any) -> Any:
    def view(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = context.make_array(signature.return_type)(context, builder, arguments[0])
        found.meminfo = context.get_constant_null(types.MemInfoPointer(types.voidptr))
        found.parent = context.get_constant_null(types.pyobject)
        return found._getvalue()

    return array(array), view


def _itself(array: Any) -> Any:
    return array


unowned = _itself if CONFIG.DISABLE_JIT else _unowned
"""unowned(array): the array, used without being counted as used; whoever hands it on must hold it meanwhile.

Compiled code counts, with a locked instruction, whenever a function hands an array to another. Interpreted: the array.
"""


def _compiled[Function: Callable[..., Any]](function: Function, **options: bool | str) -> Function:
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = str(cache_folder())
    try:
        compiler: Any = numba.njit  # whose annotations lack some of its options
        done: Function = compiler(cache=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
        return done
    finally:
        CONFIG.CACHE_DIR = before


@functools.cache
def cache_folder() -> Path:
    """Folder of the compiled code of exactly these sources; made if it is not there."""
    root = _cache_root()
    folder = root / sources_hash()
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    _forget_old(root, keep=folder)
    return folder


@functools.cache
def sources_hash() -> str:
    """Hash of the compiler's version and of the sources of all modules that hold compiled functions or are imported by
    one that does: a constant or a record's field is compiled in as well."""
    package = Path(__file__).parent
    sources = {path.relative_to(package): path.read_bytes() for path in package.rglob("*.py")}
    asked = [path for path, source in sources.items()
             if any(mark in source for mark in MARKS) or path.name == Path(__file__).name]
    counted: set[Path] = set()
    while asked:
        path = asked.pop()
        if path not in counted:
            counted.add(path)
            asked += [other for other in _imported(sources[path]) if other in sources]
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(counted):
        digest.update(str(path).encode() + b"\0" + sources[path] + b"\0")
    return digest.hexdigest()


def _imported(source: bytes) -> Iterator[Path]:
    """Files, within the package, of the modules of ours that a source may import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            inner = Path(*node.module.split(".")[1:])
            yield from (inner.with_suffix(".py") if inner.name else inner / "__init__.py", inner / "__init__.py")
            yield from (inner / f"{name.name}.py" for name in node.names)


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
