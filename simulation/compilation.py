"""Compilation of the formulae, into the cache of `compiled_code`.

Where numba is told to compile nothing (NUMBA_DISABLE_JIT=1, before it is imported) the same functions are interpreted,
to the same numbers, bit for bit, and no cache is looked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numba
from numba.core import event, types
from numba.extending import intrinsic

from simulation.compiled_code.cache import PACKAGE, cache_folder

CONFIG: Any = numba.config  # filled by numba at import, which a type checker cannot see

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
    if CONFIG.DISABLE_JIT:
        return function
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = str(cache_folder())
    try:
        compiler: Any = numba.njit  # whose annotations lack some of its options
        done: Function = compiler(cache=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
        return done
    finally:
        CONFIG.CACHE_DIR = before
