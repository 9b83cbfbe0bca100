"""Signals are raised where Python can bear them, and are not lost where it cannot; each in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT = "interrupted; what was under way is left as it is; to go on, give the same command again\n"
BEFORE = "interrupted before it had begun; give the same command again"
BEGUN = """
import os, signal, subprocess, sys, time
from simulation.commands import endings
endings.heed(sys.argv[1:])
endings.begin()

def soon(seconds=0.3, number=signal.SIGINT):
    subprocess.Popen(["sh", "-c", f"sleep {seconds}; kill -{int(number)} {os.getpid()}"])

def ends(work, *delays, number=signal.SIGINT):
    try:
        for seconds in delays or [0.3]:
            soon(seconds, number)
        work()
    except endings.Ended as end:
        print(end.number, endings.words_of(end))
    endings.finish()
"""
RECORD = """
from typing import NamedTuple
import numba, numpy as np

class Record(NamedTuple):
    first: np.ndarray
    second: np.ndarray

@numba.njit
def record(number):
    total = 0.0
    for step in range(number):
        total += np.sin(step)
    return Record(np.full(3, total), np.full(4, total))

def is_still_counting():
    while True:
        record(30_000_000)

record(1)
"""
REMOVED = """
class Slow:
    def __del__(self):
        time.sleep(1.0)

def swallowed():
    while True:
        Slow()
        time.sleep(0.1)
"""


def run(code: str, *arguments: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *options, "-c", BEGUN + code, *arguments],
                          capture_output=True, text=True, timeout=120,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def test_it_is_not_raised_in_the_constructor_of_a_record_that_compiled_code_hands_back():
    """Where nothing but compiled calls follow each other there is no place to raise it, and the process ends."""
    done = run(RECORD + "ends(is_still_counting)")
    assert (done.returncode, done.stdout, done.stderr) in ((0, "2 interrupted\n", ""), (130, "", LEFT)), done


COMPILED = """
import gc
from llvmlite.binding import linker
from numba.core import codegen
from simulation.compilation import compiled

class Instead:
    def __init__(self, of, **others):
        self.of = of
        vars(self).update(others)
    def __getattr__(self, name):
        return getattr(self.of, name)

def handed_over(module, code):
    os.kill(os.getpid(), signal.SIGINT)
    return over(module, code)

def joined(*modules):
    failed = join(*modules)
    os.kill(os.getpid(), signal.SIGINT)
    return failed

over, join = codegen.JITCodeLibrary._object_compiled_hook, linker.ffi.lib.LLVMPY_LinkModules
if sys.argv[1] == "handed over":
    codegen.JITCodeLibrary._object_compiled_hook = handed_over
else:
    linker.ffi = Instead(linker.ffi, lib=Instead(linker.ffi.lib, LLVMPY_LinkModules=joined))
endings.SECONDS_BETWEEN_TRIES = 1.0

@compiled
def half(value):
    return 0.5 * value

@compiled
def more(value):
    return half(value) + 1.0

try:
    more(3.0)
    print(len(next(iter(more.overloads.values())).library._get_compiled_object()) > 0)
    time.sleep(20)
except endings.Ended as end:
    print(end.number, endings.words_of(end))
gc.collect()
endings.finish()
"""


@pytest.mark.parametrize("where", ["handed over", "joined"])
def test_the_compiler_finishes_what_it_has_begun_before_it_is_interrupted(where):
    """Raised where machine code is handed over, it was swallowed, and what was to be kept was not there; raised where
    code is joined, the process crashed later."""
    done = run(COMPILED, where)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n2 interrupted\n", "")


def test_it_is_raised_between_compiled_calls():
    done = run(RECORD + "def work():\n    while True:\n        record(3_000_000); time.sleep(0.05)\nends(work)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 interrupted\n", "")


def test_what_is_swallowed_while_an_object_is_removed_is_raised_again():
    done = run(REMOVED + "ends(swallowed, number=signal.SIGTERM)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "15 ended by SIGTERM\n", "")


@pytest.mark.parametrize("before", ["assert 'importlib' not in sys.modules", "import importlib"])
def test_an_import_is_waited_for(tmp_path, before):
    """The module that imports has another name once `importlib` is there, which some environments import at start."""
    (tmp_path / "half.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\n"
                                      "time.sleep(0.2)\nprint('whole')\n")
    # an import is waited for so long and no longer: on a busy machine this one takes more than the usual 0.3 s
    done = run(f"{before}\nsys.path.insert(0, {str(tmp_path)!r})\nendings.SECONDS_OF_IMPORT = 60\n"
               "try:\n    import half\n    time.sleep(5)\nexcept endings.Ended as end:\n"
               "    print(end.number, endings.words_of(end))\nendings.finish()", options=("-S",))
    assert (done.returncode, done.stdout, done.stderr) == (0, "whole\n2 interrupted\n", "")


def test_a_library_that_is_being_loaded_is_waited_for_however_long_it_takes():
    """Raised where such a library imports something itself, it would be printed as a traceback by that library."""
    done = run("""
import _imp
load = _imp.exec_dynamic

def loading(module):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.5)
    print("loaded")
    _imp.exec_dynamic = load
    return load(module)

_imp.exec_dynamic = loading
endings.SECONDS_OF_IMPORT = 0.0
try:
    import numpy
    time.sleep(5)
except endings.Ended as end:
    print(end.number, endings.words_of(end))
endings.finish()
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "loaded\n2 interrupted\n", "")


def test_an_import_is_waited_for_by_the_time_of_the_processor(tmp_path):
    """On a busy machine one that takes 0.1 s takes seconds."""
    (tmp_path / "half.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\n"
                                      "time.sleep(1.0)\nprint('whole')\n")
    done = run(f"sys.path.insert(0, {str(tmp_path)!r})\ntry:\n    import half\n    time.sleep(5)\n"
               "except endings.Ended as end:\n    print(end.number, endings.words_of(end))\nendings.finish()")
    assert (done.returncode, done.stdout, done.stderr) == (0, "whole\n2 interrupted\n", "")


def test_a_second_signal_is_the_same_and_a_late_one_ends_the_process():
    puts_away = "\ndef work():\n    try:\n        time.sleep(9)\n    finally:\n        time.sleep(%s)\n"
    twice = run(puts_away % 0.5 + "ends(work, 0.3, 0.5)")
    assert (twice.returncode, twice.stdout) == (0, "2 interrupted\n")
    late = run(puts_away % 30 + "ends(work, 0.3, 2.7)")
    assert (late.returncode, late.stdout, late.stderr) == (130, "", LEFT)


@pytest.mark.parametrize(("arguments", "document"), [
    ([], ""), (["--json"], {"error": {"status": 130, "message": BEFORE}})])
def test_before_a_command_has_begun_the_process_just_ends(arguments, document):
    done = run("endings._State.has_begun = False; soon(); time.sleep(9)", *arguments)
    assert (done.returncode, done.stderr) == (130, BEFORE + "\n")
    assert (json.loads(done.stdout) if arguments else done.stdout) == document


NOBODY_WAITS_FOR = """
import atexit, threading
class Held:
    def __del__(self):
        print("taken apart", flush=True)
held = Held()
endings.leave_at_once()
atexit.register(print, "told")
threading.Thread(target=lambda: (time.sleep(0.2), print("waited for"))).start()
"""


@pytest.mark.parametrize(("ending", "status", "said"), [
    ("endings.finish(3)", 3, ""), ("endings.finish()", 0, "taken apart\n"), ("raise ValueError", 1, "taken apart\n")])
def test_a_finished_command_ends_at_once_after_all_that_waits_for_its_end(ending, status, said):
    done = run(NOBODY_WAITS_FOR + ending)
    assert (done.returncode, done.stdout) == (status, "waited for\ntold\n" + said)


def test_what_is_ignored_stays_ignored():
    done = subprocess.run(["sh", "-c", "trap '' INT; exec \"$0\" -c \"$1\"", sys.executable,
                           BEGUN + "ends(lambda: time.sleep(1)); print('done')"],
                          capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_until_signals_are_heard_nothing_is_imported_that_the_interpreter_has_not_loaded():
    """What is imported before is a time in which a signal shows Python's own traceback."""
    code = "import sys; before = set(sys.modules); import simulation.__main__; print(*sorted({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert [name for name in done.stdout.split() if name.split(".")[0] not in ("simulation", "__future__")] == []
