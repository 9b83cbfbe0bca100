"""What compiled code calls is kept for whatever calls it, and joined once: in this process and from the cache."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np
import pytest

from simulation.compilation import CONFIG, compiled, compiled_apart
from simulation.compiled_code.cache import cache_folder
from simulation.compiled_code.joining import LONGEST_VECTOR, Joined, shared

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(CONFIG.DISABLE_JIT, reason="nothing is compiled")

PROGRAM = """\
import numpy as np

from simulation.compilation import compiled, compiled_apart, inlined


@inlined
def half(x):
    return 0.5 * x


@compiled_apart
def norm(values):
    if values.size == 0:
        raise ValueError("values", values)
    total = 0.0
    for value in values:
        total += value * half(value)
    return total


@compiled_apart
def scaled(values, factor):
    return factor * norm(values)


@compiled
def checked(values):
    if values.size == 0:
        raise ValueError("values", values)
    return values


@compiled
def both(values):
    copy = np.empty(values.size)
    copy[:] = checked(values)
    return scaled(copy, 2.0) + scaled(copy, 3.0)


@compiled
def doubled(values):
    return 2.0 * both(values)


@compiled
def tripled(values):
    return 3.0 * both(values)
"""
ASK = """\
from numba.core import event
from program import both, doubled, norm, np, tripled

compiled = []


class Compiled(event.Listener):
    def on_start(self, told):
        compiled.append(told.data["dispatcher"].py_func.__name__)

    def on_end(self, told):
        pass


event.register("numba:compile", Compiled())
found = [function(np.array([1.0, 2.0])) for function in ASKED]
for function in ASKED:
    try:
        function(np.empty(0))
    except ValueError as refused:
        found.append(str((refused.args[0], refused.args[1].size)))
print(*sorted(set(compiled) & {"half", "norm", "scaled", "both", "doubled", "tripled"}), found, sep=" ")
"""


REFUSED = repr(str(("values", 0)))
"""What a function raises whose arguments are known only when it runs, an array among them."""


class Program:
    """Some functions in a file, called in fresh processes with a cache of their own."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder, self.cache = folder, cache

    def ask(self, *functions: str) -> str:
        """What was compiled in a process that calls these functions, and what they gave."""
        return self.run("-c", ASK.replace("ASKED", f"({', '.join(functions)},)"))

    def run(self, *words: str) -> str:
        """What Python prints in a fresh process that may import the program."""
        environment = os.environ | {"ASYMMETRIC_ALLIANCES_CACHE": str(self.cache), "PYTHONPATH": os.pathsep.join(
            [str(ROOT), str(self.folder)]), "NUMBA_CACHE_DIR": str(self.cache / "own")}
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environment, check=False,
                              timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def forget(self, names: str) -> None:
        """Removes files of compiled code."""
        for path in (found := list(self.cache.rglob(names))):
            path.unlink()
        assert found


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Program:
    """The program once `both` has been called."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    program = Program(folder, folder / "cache")
    assert program.ask("both") == f"both half norm scaled [12.5, {REFUSED}]"
    return program


@pytest.fixture
def program(made, tmp_path) -> Program:
    """The same with a copy of the cache."""
    shutil.copytree(made.cache, tmp_path / "cache")
    return Program(made.folder, tmp_path / "cache")


def test_the_next_process_takes_all_from_the_cache(program):
    assert program.ask("both") == f"[12.5, {REFUSED}]"


def test_another_caller_takes_what_it_calls_from_the_cache(program):
    assert program.ask("doubled") == f"both doubled [25.0, {REFUSED}]"
    for compiled_now in ("tripled ", ""):
        assert program.ask("tripled") == f"{compiled_now}[37.5, {REFUSED}]"
    assert program.ask("doubled", "both") == f"[25.0, 12.5, {REFUSED}, {REFUSED}]"


def test_python_calls_what_only_compiled_code_called(program):
    assert program.ask("norm", "both") == f"norm [2.5, 12.5, {REFUSED}, {REFUSED}]"


@pytest.mark.parametrize(("names", "again"), [
    ("shared-program.norm*", "norm"), ("shared-program.scaled*", "scaled"), ("shared-*.nbc", "norm scaled"),
    ("callee-program.half*", ""), ("program.both*", "both"),
])
def test_what_has_gone_from_the_cache_is_compiled_again(program, names, again):
    """Also where the code of what calls it has stayed: it is found under the same name."""
    program.forget(names)
    assert program.ask("both") == f"{again} [12.5, {REFUSED}]".lstrip()


@pytest.mark.parametrize(("names", "damage"), [
    ("program.both*.nbc", lambda text: text[:len(text) // 2]), ("program.both*.nbc", lambda _: b""),
    ("program.both*.nbc", lambda text: text[:-200] + bytes(byte ^ 1 for byte in text[-200:])),
    ("*.nb*", lambda _: b"rubbish"),
], ids=["half", "empty", "flipped", "rubbish"])
def test_what_is_damaged_is_compiled_again(program, names, damage):
    for path in program.cache.rglob(names):
        path.write_bytes(damage(path.read_bytes()))
    assert program.ask("both").endswith(f"[12.5, {REFUSED}]")
    assert program.ask("both") == f"[12.5, {REFUSED}]"


OWN = """\
import numba
import numpy as np
from program import scaled


@numba.njit(cache=True)
def own(values):
    return scaled(values, 4.0)


print(own(np.array([1.0, 2.0])))
"""


def test_a_users_own_function_calls_shared_code_from_the_cache(program):
    """And is kept in a cache of its own with all that it calls."""
    (program.folder / "own.py").write_text(OWN, encoding="utf-8")
    for _ in range(2):
        assert program.run(str(program.folder / "own.py")) == "10.0"


@compiled_apart
def cube(x):
    return x * x * x


@compiled
def shifted(x):
    return cube(x) + 1.0


@compiled
def summed(values):
    total = 0.0
    for value in values:
        total += shifted(value)
    return total


def test_shared_code_is_called_and_everything_else_is_joined():
    assert summed(np.array([1.0, 2.0])) == 11.0
    library = summed.overloads[summed.signatures[0]].library
    assert isinstance(library, Joined)
    assert [callee.known_as[1] for callee in shared(library)] == ["cube"]
    assert not shifted.overloads, "what Python did not call is no machine code"
    assert list(cache_folder().rglob("callee-test_joining.shifted*.nbi"))


def test_a_function_of_a_users_own_can_call_ours():
    @numba.njit
    def twice(x):
        return 2.0 * shifted(x)

    assert twice(2.0) == 18.0


def test_a_function_is_pickled_by_its_name():
    assert pickle.loads(pickle.dumps(shifted)) is shifted


def test_threads_that_call_at_once_get_the_same():
    @compiled
    def doubled(x):
        return 2.0 * shifted(x)

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(doubled, [2.0] * 8)) == {18.0}


def test_functions_align_their_stack_for_long_vectors(tmp_path, monkeypatch):
    """Else vectors that are kept there lie across cache lines, in some processes and not in others."""
    monkeypatch.setenv("ASYMMETRIC_ALLIANCES_CACHE", str(tmp_path))  # of what is in a cache there is no text

    @compiled
    def halved(value):
        return 0.5 * value

    assert halved(3.0) == 1.5
    library = next(iter(halved.overloads.values())).library
    assert re.search(rf"alignstack\W{LONGEST_VECTOR}\b", library.get_llvm_str())
