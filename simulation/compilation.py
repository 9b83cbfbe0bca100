"""Compilation of the formulae, into the cache of `compiled_code`.

Where numba is told to compile nothing (NUMBA_DISABLE_JIT=1, before it is imported) the same functions are interpreted,
to the same numbers, bit for bit, and no cache is looked for.

Long records go from one compiled function to the next by reference. The compiler hands a named tuple over as so many
arguments as it has numbers, and an array as five to eleven more: a `World` with the state of a history as 160. Writing
them down for every call takes longer than most of what is called, to run and to compile. A class marked
`passed_by_reference` goes as one address of where its fields stand.

    @passed_by_reference
    class World(NamedTuple): ...        # handed over by reference whenever Python calls a compiled function with one

    problem = by_reference(bargaining_problem(...))     # the same for a record that compiled code has made itself

The fields are read as before, `world.powers`, and cannot be changed; what stands in an array can. A reference is good
as long as the function that made it has not returned, so that no function returns one: compiling one that does fails.
Nobody counts who uses an array that is reached by reference, which would take a locked instruction each time; whoever
made the reference holds it meanwhile: a record that compiled code makes may only hold arrays that were handed to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, errors, event, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, intrinsic, typeof_impl, unbox

from simulation.compiled_code.cache import PACKAGE
from simulation.compiled_code.dispatchers import CONFIG, Entry

COMPILING = "compiling the theory, once for each version of the program: half a minute to two"


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


def compiled_apart[Function: Callable[..., Any]](function: Function) -> Function:
    """The same for a large function with several callers, who share its machine code."""
    return _compiled(function, is_shared=True)


def compiled_for_threads[Function: Callable[..., Any]](function: Function) -> Function:
    """The same for a function that takes milliseconds, meanwhile other threads of Python go on."""
    return _compiled(function, nogil=True)


def inlined[Function: Callable[..., Any]](function: Function) -> Function:
    """The same for a small formula, which the compiler is told to write into whatever calls it.

    The records that formulae hand to each other are long, and handing them over takes longer than the formula.
    """
    return _compiled(function, forceinline=True)


@intrinsic
def _upper_half(_: Any, first: Any, second: Any) -> Any:  # noqa: ARG001 - their types are known
    def product(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        whole = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        return builder.trunc(builder.lshr(whole, wide(64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), product


def _upper_half_interpreted(first: np.uint64, second: np.uint64) -> np.uint64:
    return np.uint64(int(first) * int(second) >> 64)


upper_half = _upper_half_interpreted if CONFIG.DISABLE_JIT else _upper_half
"""upper_half(a, b): upper 64 bits of the 128-bit product of two unsigned 64-bit integers, one instruction."""


def _compiled[Function: Callable[..., Any]](function: Function, is_shared: bool = False, **options: bool) -> Function:
    if CONFIG.DISABLE_JIT:
        return function
    asked = {"nopython": True, "boundscheck": None, "error_model": "numpy", "no_cfunc_wrapper": True, **options}
    return cast(Function, Entry(function, asked, is_shared))


# --- records by reference ---------------------------------------------------------------------------------------------

TUPLE: Any = types.BaseTuple


class Reference(types.Type):
    """The compiler's type of a reference to a record, a named tuple of the type `record`."""

    def __init__(self, record: Any) -> None:
        self.record = record
        super().__init__(name=f"Reference({record})")


@register_default(Reference)
class _ReferenceModel(models.PrimitiveModel):
    """An address."""

    def __init__(self, manager: Any, reference: Reference) -> None:
        super().__init__(manager, reference, manager.lookup(reference.record).get_value_type().as_pointer())

    def as_return(self, *_: Any) -> Any:
        raise errors.UnsupportedError("a reference to a record cannot be returned: what it refers to would be gone")


@infer_getattr
class _ReferenceAttribute(AttributeTemplate):
    """Types of the fields of a referenced record."""

    key = Reference

    def generic_resolve(self, value: Any, attr: Any) -> Any:  # type: ignore[override]
        fields = value.record.fields
        return value.record[fields.index(attr)] if attr in fields else None


@lower_getattr_generic(Reference)  # type: ignore[untyped-decorator]
def _field(context: Any, builder: Any, reference: Reference, address: Any, name: str) -> Any:
    place = reference.record.fields.index(name)
    kind = reference.record[place]
    value = _loaded(context, builder, kind, cgutils.gep_inbounds(builder, address, 0, place))
    return impl_ret_borrowed(context, builder, kind, value)


def _loaded(context: Any, builder: Any, kind: Any, address: Any) -> Any:
    """The value at an address, number by number, so that those which are not used need not be loaded."""
    if isinstance(kind, TUPLE):
        parts = [_loaded(context, builder, part, cgutils.gep_inbounds(builder, address, 0, place))
                 for place, part in enumerate(kind)]
        return context.make_tuple(builder, kind, parts)
    if isinstance(kind, types.Array):
        return _uncounted(context, builder, kind, builder.load(address))
    return builder.load(address)


def _uncounted(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """An array of which nobody counts who uses it."""
    array = context.make_array(kind)(context, builder, value)
    array.meminfo = context.get_constant_null(types.MemInfoPointer(types.voidptr))
    array.parent = context.get_constant_null(types.pyobject)
    return array._getvalue()


@unbox(Reference)  # type: ignore[untyped-decorator]
def _unboxed(reference: Reference, record: Any, c: Any) -> NativeValue:
    """Where Python calls: the record's fields, which the caller holds, written down where compiled code finds them."""
    native = c.unbox(reference.record, record)
    address = cgutils.alloca_once_value(c.builder, native.value)

    def release() -> None:
        if native.cleanup:
            native.cleanup()
        c.context.nrt.decref(c.builder, reference.record, native.value)

    return NativeValue(address, is_error=native.is_error, cleanup=release)


@intrinsic
def _by_reference(_: Any, record: Any) -> Any:
    if isinstance(record, Reference):
        return record(record), _first

    if not _is_plain(record):
        raise errors.TypingError("only a record of numbers and arrays can be handed over by reference")

    def written(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return cgutils.alloca_once_value(builder, arguments[0])

    return Reference(record)(record), written


def _is_plain(kind: Any) -> bool:
    """Whether a record holds numbers, and arrays, which whoever asks for the reference must have been given."""
    if isinstance(kind, TUPLE):
        return all(_is_plain(part) for part in kind)
    return isinstance(kind, types.Number | types.Boolean | types.Array)


def _first(_: Any, __: Any, ___: Any, arguments: Any) -> Any:
    return arguments[0]


def _itself(record: Any) -> Any:
    return record


@intrinsic
def _number_in(_: Any, record: Any, path: Any, place: Any) -> Any:
    if not (isinstance(record, Reference) and isinstance(path, types.StringLiteral)):
        raise errors.TypingError("numbers are read from a record that is reached by reference, at a fixed path")

    def read(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        address, kind = arguments[0], record.record
        for name in path.literal_value.split("."):
            number = kind.fields.index(name)
            address, kind = cgutils.gep_inbounds(builder, address, 0, number), kind[number]
        return builder.load(builder.gep(address, [ir.IntType(32)(0), arguments[2]]))

    return types.float64(record, path, place), read


def _number_in_interpreted(record: Any, path: str, place: int) -> Any:
    for name in path.split("."):
        record = getattr(record, name)
    return record[place]


number_in = _number_in_interpreted if CONFIG.DISABLE_JIT else _number_in
"""number_in(record, path, place): of a tuple of numbers, at a dotted path in a record that is reached by reference, the
number at a place; the compiler itself would load all of them."""
by_reference = _itself if CONFIG.DISABLE_JIT else _by_reference
"""by_reference(record): a reference to a named tuple, good until the function that asks for it returns. Interpreted:
the record itself."""


def passed_by_reference[Record: type](record: Record) -> Record:
    """Marks a class of named tuples: compiled functions that Python calls with one receive a reference to it."""

    @typeof_impl.register(record)
    def reference(value: Any, context: Any) -> Reference:
        parts = [typeof_impl(part, context) for part in value]
        return Reference(types.BaseTuple.from_types(parts, record))

    return record
