"""Code as the compiler has it before it is machine code, and what it is joined with.

For `dispatchers`, which says what becomes of which function. Leans on how numba 0.68 is built inside.
"""

from __future__ import annotations

import functools
from typing import Any

import llvmlite.binding as llvm
from numba.core import codegen, config

CODEGEN: Any = codegen
CONFIG: Any = config
LIBRARY: Any = CODEGEN.JITCodeLibrary
LONGEST_VECTOR = 64
"""Bytes of a processor's longest registers."""


class _Aligned(LIBRARY):  # type: ignore[misc]
    def add_ir_module(self, ir_module: Any) -> None:
        """As in numba, but that its functions align their stack as long vectors need it: else payoffs take a fifth
        longer in half of all processes, as the system happens to place theirs."""
        for function in ir_module.functions:
            if function.blocks:
                set.add(function.attributes, f"alignstack({LONGEST_VECTOR})")  # which llvmlite knows and never writes
        super().add_ir_module(ir_module)


class Intermediate(_Aligned):
    """Code of one function, neither joined with what it calls nor made machine code."""

    def finalize(self) -> None:
        """Leaves the code as it is."""
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True

    def alone(self) -> Any:
        """The module of this function, of which whoever links it takes a copy."""
        return super()._get_module_for_linking()

    @functools.cached_property
    def bitcode(self) -> bytes:
        """That module as the cache keeps it."""
        return bytes(self.alone().as_bitcode())

    def _get_module_for_linking(self) -> Any:
        """The module with all that it calls, for whoever does not know of intermediate code."""
        return _with(self.alone().clone(), callers_first(self))


class Joined(_Aligned):
    """Machine code of a function and of all that it calls, but for what is shared."""

    known_as: tuple[str, str, tuple[Any, ...]] | None = None
    """Of a shared callee: its module, its name and the types of its arguments."""

    def finalize(self) -> None:
        """Joins, optimises and makes machine code."""
        called = shared(self)
        for library in copied(self):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(module_of(library), preserve=True)
        for function in self._final_module.functions:
            if function.linkage is llvm.Linkage.linkonce_odr:
                function.linkage = llvm.Linkage.internal
        self._linking_libraries = []
        super().finalize()
        self._linking_libraries = called  # kept for as long as it is called

    def _optimize_final_module(self) -> None:
        """As in numba, but that no loop is written out for several rounds at once: most of ours have few."""
        owner = self._codegen
        passes, builder = owner._module_pass_manager(
            loop_vectorize=owner._loopvect, slp_vectorize=False, opt=owner._opt_level, cost="cheap")
        passes.run(self._final_module, builder)
        options = llvm.create_pipeline_tuning_options(CONFIG.OPT)
        options.loop_vectorization, options.slp_vectorization = CONFIG.LOOP_VECTORIZE, CONFIG.SLP_VECTORIZE
        options.loop_interleaving = False
        builder = llvm.create_pass_builder(owner._tm, options)
        passes = builder.getModulePassManager()
        passes.add_refprune_pass(CODEGEN._parse_refprune_flags())
        passes.run(self._final_module, builder)

    @functools.cached_property
    def bitcode(self) -> bytes:
        """What the machine code is made of, as the cache keeps it."""
        return bytes(super()._get_module_for_linking().as_bitcode())

    def _get_module_for_linking(self) -> Any:
        """The same with all that it calls elsewhere, for whoever does not know of shared code."""
        return _with(llvm.parse_bitcode(self.bitcode), self._linking_libraries)


def _with(module: Any, libraries: list[Any]) -> Any:
    """A module joined with others."""
    for library in libraries:
        module.link_in(module_of(library), preserve=True)
    return module


def copied(library: Any) -> list[Any]:
    """What becomes part of a library's machine code."""
    return [callee for callee in callers_first(library) if not isinstance(callee, Joined)]


def shared(library: Any) -> list[Any]:
    """What a library's machine code calls elsewhere: libraries of shared callees."""
    return [callee for callee in callers_first(library) if isinstance(callee, Joined)]


def callers_first(library: Any) -> list[Any]:
    """All that a library calls, at whatever remove, each before what it calls itself: the linker takes of a module what
    has been asked for by then."""
    seen: set[int] = set()
    found: list[Any] = []

    def visit(caller: Any) -> None:
        for callee in reversed(caller._linking_libraries):
            if id(callee) not in seen:
                seen.add(id(callee))
                if isinstance(callee, Intermediate):
                    visit(callee)
                found.append(callee)

    visit(library)
    return found[::-1]


def module_of(library: Any) -> Any:
    """What whoever links a library takes a copy of."""
    return library.alone() if isinstance(library, Intermediate) else library._get_module_for_linking()


def bitcode_of(library: Any) -> bytes:
    """The same as the cache keeps it."""
    return library.bitcode if isinstance(library, Intermediate) else bytes(module_of(library).as_bitcode())


_LOADED: dict[tuple[str, bytes], Intermediate] = {}


def loaded_once(codegen: Any, name: str, bitcode: bytes) -> Intermediate:
    """Intermediate code from the cache, which is there once, whoever calls it."""
    known = _LOADED.get((name, bitcode))
    if known is None:
        known = _LOADED[name, bitcode] = Intermediate(codegen, name)
        known._final_module = known._shared_module = llvm.parse_bitcode(bitcode)
        known.bitcode = bitcode
        known._finalize_dynamic_globals()
        known._finalized = True
    return known
