"""Functions that are compiled with what they call, once, and not at every remove.

numba makes machine code of every function by itself, with a copy of all that it calls, which it optimises again. Most
functions are only ever part of others. So a function is two: what compiled code calls, a `Callee`, stays in the
compiler's intermediate language; what Python calls, an `Entry`, is joined with all that it calls, optimised as a whole
and made machine code. Large functions that many entries need are each a `SharedCallee`: machine code by themselves,
which others call without a copy. All are kept in the compiler's cache, each in files of its own.

This leans on how numba 0.68 is built inside, to which the program's requirements hold it.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import importlib
import inspect
import operator
import pickle
from collections.abc import Iterable, Iterator
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core import caching, compiler, dispatcher
from numba.core.compiler_lock import global_compiler_lock
from numba.core.environment import Environment, lookup_environment
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from simulation.compiled_code.cache import cache_folder
from simulation.compiled_code.joining import Intermediate, Joined, bitcode_of, copied, loaded_once, shared
from simulation.compiled_code.parts import CALLEE, SHARED

CONFIG: Any = numba.config  # filled by numba at import, which a type checker cannot see

ENVIRONMENT = "_ZN08NumbaEnv"
"""How the names of variables begin that refer to an environment: what a function needs of Python where it raises."""

OWN = llvm.Linkage.internal, llvm.Linkage.private
"""How what a module defines is linked where no other module can refer to it."""

DISPATCHER: Any = CPUDispatcher
COMPILER: Any = compiler.Compiler
CACHE: Any = caching.FunctionCache
FOLDER: Any = caching.UserProvidedCacheLocator
FUNCTION_COMPILER: Any = vars(dispatcher)["_FunctionCompiler"]


# --- the two sides of a function --------------------------------------------------------------------------------------


class Callee(DISPATCHER):  # type: ignore[misc]
    """A function as compiled code calls it."""

    pipeline: Any
    cache: Any

    def __init__(self, function: Any, options: dict[str, Any]) -> None:
        super().__init__(function, targetoptions=options, pipeline_class=self.pipeline)
        self._compiler = _CalleeCompiler(function, self.targetdescr, options, {}, self.pipeline)

    def enable_caching(self) -> None:
        """Keeps what is compiled on disk."""
        with contextlib.suppress(RuntimeError):  # where there is no room for a file, what is compiled is not kept
            self._cache = self.cache(self.py_func)

    def add_overload(self, result: Any) -> None:
        """Nothing that Python could call."""
        self.overloads[tuple(result.signature.args)] = result


class Entry(DISPATCHER):  # type: ignore[misc]
    """A function as Python calls it; compiled code that names it calls its `callee`.

    Only what is called is made ready for that: most functions of a program that is compiled never are.
    """

    def __init__(self, function: Any, options: dict[str, Any], is_shared: bool) -> None:
        super().__init__(function, targetoptions=options, pipeline_class=_ToMachineCode)
        self._compiler = _EntryCompiler(function, self.targetdescr, options, {}, _ToMachineCode)
        self._compiler.entry = self
        self._is_shared, self._is_ready = is_shared, False

    @functools.cached_property
    def callee(self) -> Callee:
        """The function for compiled code."""
        callee = (SharedCallee if self._is_shared else IntermediateCallee)(self.py_func, self.targetoptions)
        callee.enable_caching()
        return callee

    @property
    def _numba_type_(self) -> Any:
        return self.callee._numba_type_

    def __reduce__(self) -> tuple[Any, ...]:
        return _entry_named, (self.py_func.__module__, self.py_func.__qualname__)

    def compile(self, signature: Any) -> Any:
        """What Python calls with arguments of these types, from the cache or made now."""
        with global_compiler_lock:
            if not self._is_ready:
                self.enable_caching()
            return super().compile(signature)

    def enable_caching(self) -> None:
        """Keeps what is compiled on disk."""
        with contextlib.suppress(RuntimeError):
            self._cache = _EntryCache(self.py_func)
        self._is_ready = True


def _entry_named(module: str, name: str) -> Any:
    """A compiled function by where it stands."""
    return operator.attrgetter(name)(importlib.import_module(module))


class _ToIntermediate(COMPILER):  # type: ignore[misc]
    def __init__(self, typing_context: Any, target_context: Any, library: Any, *rest: Any) -> None:
        super().__init__(typing_context, target_context, library or _library(Intermediate, target_context), *rest)


class _ToMachineCode(COMPILER):  # type: ignore[misc]
    def __init__(self, typing_context: Any, target_context: Any, library: Any, *rest: Any) -> None:
        super().__init__(typing_context, target_context, library or _library(Joined, target_context), *rest)


def _library(kind: type, target_context: Any) -> Any:
    library = kind(target_context.codegen(), kind.__name__)
    library.enable_object_caching()
    return library


class _ToSharedCode(_ToMachineCode):
    def _compile_core(self) -> Any:
        function = self.state.func_id
        function.unique_id = 0  # of which the name is made that others call it by, in whichever process
        result = super()._compile_core()
        result.library.known_as = function.modname, function.func_qualname, tuple(self.state.args)
        return result


class _CalleeCompiler(FUNCTION_COMPILER):  # type: ignore[misc]
    def _customize_flags(self, flags: Any) -> Any:
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        return flags

    def _compile_core(self, *asked: Any) -> Any:
        result = super()._compile_core(*asked)._replace(entry_point=object())
        # the compiler finds a function's code by its entry point, which here is an object that stands for it
        result.target_context.insert_user_function(result.entry_point, result.fndesc, [result.library])
        _finish(result)
        return result


class _EntryCompiler(FUNCTION_COMPILER):  # type: ignore[misc]
    entry: Any = None

    def _get_implementation(self, *asked: Any) -> Any:
        """Of shared code nothing but a call, for its machine code is there already, or will be needed elsewhere."""
        return calling(self.entry.callee) if self.entry._is_shared else super()._get_implementation(*asked)

    def _compile_core(self, *asked: Any) -> Any:
        with _garbage_kept():
            result = super()._compile_core(*asked)
        _finish(result)
        return result


def calling(callee: Callee) -> Any:
    """A function of the same name and arguments that calls another and does nothing else."""
    function = callee.py_func
    arguments = ", ".join(inspect.signature(function).parameters)
    names: dict[str, Any] = {"callee": callee, "__name__": function.__module__}
    exec(f"def {function.__name__}({arguments}):\n    return callee({arguments})", names)
    caller = names[function.__name__]
    caller.__qualname__, caller.__defaults__ = function.__qualname__, function.__defaults__
    return caller


@contextlib.contextmanager
def _garbage_kept() -> Iterator[None]:
    """Compiling makes objects by the million, most of which stay; to look for garbage among them takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _finish(result: Any) -> None:
    """Makes machine code of what shall be, if it has not been made, and tells it its environments."""
    result.library._ensure_finalized()
    if isinstance(result.library, Joined):
        _tell(result.library.codegen, _environments([result.library]))


def _tell(codegen: Any, environments: Iterable[Any]) -> None:
    for environment in environments:
        if codegen._engine.get_global_value_address(environment.env_name):  # the optimiser may have dropped it
            codegen.set_env(environment.env_name, environment)


def _environments(libraries: list[Any]) -> Iterator[Any]:
    """Environments that the code of libraries refers to."""
    names = {variable.name for library in libraries for variable in library._final_module.global_variables}
    for name in sorted(name for name in names if name.startswith(ENVIRONMENT)):
        if (environment := lookup_environment(name)) is not None and environment.can_cache():
            yield environment


def _environment(name: str, constants: list[Any], module: str) -> Any:
    """The environment of this name, with no more of its module than what that is called, by which whatever keeps it
    would load it again: what is compiled reads only constants."""
    if (environment := lookup_environment(name)) is None:
        environment = Environment({"__name__": module})
        environment.env_name, environment.consts[:] = name, constants
        Environment._memo[name] = environment
    return environment


# --- in the cache -----------------------------------------------------------------------------------------------------

class _Folder(FOLDER):  # type: ignore[misc]
    """The folder of exactly these sources, whatever numba is told elsewhere."""

    def __init__(self, function: Any, file: str) -> None:
        self._py_file, self._lineno = file, function.__code__.co_firstlineno
        self._cache_path = str(cache_folder() / self.get_suitable_cache_subpath(file))

    @classmethod
    def from_function(cls, function: Any, file: str) -> _Folder | None:
        found: _Folder | None = super(FOLDER, cls).from_function(function, file)
        return found


class _DamagedError(Exception):
    """A file of compiled code is not as it was written."""


class _Files(caching.CompileResultCacheImpl):
    """What of a result of compilation is kept, and how it is made good again."""

    _locator_classes = [_Folder]  # noqa: RUF012 - as numba has it
    prefix = ""

    def get_filename_base(self, fullname: str, abiflags: str) -> str:
        return self.prefix + str(super().get_filename_base(fullname, abiflags))

    def reduce(self, result: Any) -> Any:
        libraries = [result.library, *copied(result.library)]
        environments = [(environment.env_name, environment.consts, environment.globals["__name__"])
                        for environment in _environments(libraries)]
        result.fndesc.typemap = result.fndesc.calltypes = None  # which need not be kept, and may not be fit to be
        reload_init = list({function: None for library in libraries for function in library._reload_init})
        described = (result.fndesc, result.environment, result.signature, str(result.type_annotation), reload_init,
                     environments)
        names = [library.known_as for library in shared(result.library)]
        written = dumps((names, self.kept(libraries), described))
        return hashlib.blake2b(written).digest(), written

    def rebuild(self, target_context: Any, kept_as: Any) -> Any:
        digest, written = kept_as
        if hashlib.blake2b(written).digest() != digest:
            raise _DamagedError
        names, kept, (description, environment, signature, annotation, reload_init, told) = pickle.loads(written)
        environments = [_environment(*each) for each in told]
        for function in reload_init:
            function()
        library = self.loaded(target_context.codegen(), kept, [_shared_library(*name) for name in names])
        library._reload_init.update(reload_init)
        result = compiler.compile_result(
            target_context=target_context, typing_context=target_context.typing_context, library=library,
            environment=environment, entry_point=self.entry_point(target_context, library, description, environment),
            fndesc=description, type_annotation=annotation, signature=signature, objectmode=False, lifted=(),
            reload_init=reload_init, referenced_envs=environments)
        if isinstance(library, Joined):
            _tell(library.codegen, environments)
        return result

    def kept(self, libraries: list[Any]) -> Any:
        """Machine code, with how it is known and what it defines."""
        library = libraries[0]
        module = library._final_module
        defined = [part.name for part in (*module.functions, *module.global_variables)
                   if not part.is_declaration and part.linkage not in OWN]
        bitcode = library.bitcode if library.known_as else b""
        return library.name, library.known_as, library._get_compiled_object(), bitcode, defined

    def loaded(self, codegen: Any, kept: Any, called: list[Any]) -> Any:
        name, known_as, machine_code, bitcode, defined = kept
        library = Joined(codegen, name)
        library.known_as, library.bitcode = known_as, bitcode
        library.enable_object_caching()
        library._set_compiled_object(machine_code)
        library._finalize_final_module()
        library._linking_libraries = called
        codegen._engine._defined_symbols |= set(defined)
        return library

    def entry_point(self, *_: Any) -> Any:
        return object()


class _EntryFiles(_Files):
    def entry_point(self, target_context: Any, library: Any, description: Any, environment: Any) -> Any:
        return target_context.get_executable(library, description, environment)


class _SharedFiles(_Files):
    prefix = SHARED


class _IntermediateFiles(_Files):
    prefix = CALLEE

    def kept(self, libraries: list[Any]) -> Any:
        return [(library.name, bitcode_of(library)) for library in libraries]

    def loaded(self, codegen: Any, kept: Any, called: list[Any]) -> Any:
        library, *callees = [loaded_once(codegen, *piece) for piece in kept]
        library._linking_libraries = [*callees, *called]
        return library


class _Cache(CACHE):  # type: ignore[misc]
    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """From the cache; what lies there needs nothing of what the compiler knows, which takes long to load. What is
        damaged counts as missing, and is written again."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            try:
                return self._load_overload(signature, target_context)
            except OSError:
                raise
            except Exception:  # noqa: BLE001 - rubbish that is unpickled can raise whatever it likes
                self._cache_file.flush()
                return None


class _EntryCache(_Cache):
    _impl_class = _EntryFiles


class _SharedCache(_Cache):
    _impl_class = _SharedFiles


class _IntermediateCache(_Cache):
    _impl_class = _IntermediateFiles


def _shared_library(module: str, name: str, arguments: tuple[Any, ...]) -> Any:
    """The machine code of a shared callee for arguments of these types."""
    callee = _entry_named(module, name).callee
    callee.compile(arguments)
    return callee.overloads[arguments].library


class IntermediateCallee(Callee):
    """A function whose code becomes part of whatever calls it."""

    pipeline, cache = _ToIntermediate, _IntermediateCache


class SharedCallee(Callee):
    """A function whose machine code all share that call it."""

    pipeline, cache = _ToSharedCode, _SharedCache
