"""Which way a command goes where nothing is compiled yet, and what compiles beside it."""

from __future__ import annotations

import logging
import math
import os
import subprocess
import sys

import pytest

from simulation.commands import first_use
from simulation.commands.first_use import FIRST, MOST_SECONDS, VARIABLE, WHEN_NEEDED, decide, history_seconds, prepare
from simulation.compilation import COMPILING
from simulation.compiled_code import cache, parts
from simulation.compiled_code.parts import (
    BESIDE,
    EQUILIBRIA,
    HISTORIES,
    PAIRS,
    held,
    is_compiled,
    is_held,
    mark_compiled,
)
from simulation.errors import Refusal
from tests.builders import one_power, two_powers

HOLD = "import sys\nfrom simulation.compiled_code.parts import held\nwith held('beside'):\n    print(1, flush=True)\n" \
       "    sys.stdin.read()\n"


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty cache, and no word of the user's."""
    monkeypatch.setattr(parts, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    monkeypatch.delenv(VARIABLE)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    return tmp_path


@pytest.fixture
def begun(empty, monkeypatch):
    """What is begun instead of being done."""
    found: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(first_use, "compile_first", lambda missing: found.append(("first", list(missing))))
    monkeypatch.setattr(first_use, "compile_beside", lambda missing, _: found.append(("beside", list(missing))))
    return found


@pytest.mark.parametrize(("said", "seconds", "is_interpreted", "expected"), [
    ("", 1.0, True, [("beside", [HISTORIES])]), ("", MOST_SECONDS + 1.0, False, [("first", [HISTORIES])]),
    ("beside", 1.0, True, [("beside", [HISTORIES])]), (FIRST, 1.0, False, [("first", [HISTORIES])]),
    (WHEN_NEEDED, 1.0, True, []), (WHEN_NEEDED, math.inf, False, [("first", [HISTORIES])])])
def test_little_is_interpreted_and_much_is_compiled_first(begun, monkeypatch, said, seconds, is_interpreted, expected):
    monkeypatch.setenv(VARIABLE, said)
    assert decide([HISTORIES], seconds) is is_interpreted
    assert begun == expected


def test_what_is_compiled_is_used_and_only_what_is_missing_is_compiled(begun):
    mark_compiled(HISTORIES)
    assert not decide([HISTORIES], 1.0)
    assert begun == []
    assert decide([HISTORIES, EQUILIBRIA], 1.0)
    assert begun == [("beside", [EQUILIBRIA])]


def test_the_user_s_own_word_to_the_compiler_stands(begun, monkeypatch):
    for value in ("0", "1"):
        monkeypatch.setenv("NUMBA_DISABLE_JIT", value)
        assert not decide([HISTORIES], 1.0)
    assert begun == []


def test_a_process_that_has_the_compiler_goes_on_with_it(begun):
    assert "numba" in sys.modules or __import__("numba")
    assert not prepare([HISTORIES], 1.0)
    assert begun == [("first", [HISTORIES])]
    assert "NUMBA_DISABLE_JIT" not in os.environ


def test_another_way_is_refused(begun, monkeypatch):
    monkeypatch.setenv(VARIABLE, "later")
    with pytest.raises(Refusal, match=r"ASYMMETRIC_ALLIANCES_COMPILE: not a way to compile.*later.*beside, first"):
        decide([HISTORIES], 1.0)


def test_without_any_folder_for_compiled_code_what_is_short_is_interpreted(begun, monkeypatch):
    def nowhere():
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(parts, "cache_folder", nowhere)
    assert decide([HISTORIES], 1.0)
    assert begun == []
    with pytest.raises(OSError, match="Read-only"):
        decide([HISTORIES], math.inf)


def test_many_years_states_or_powers_take_longer_by_estimate():
    short = history_seconds(one_power(years=4))
    assert history_seconds(one_power(years=8)) == pytest.approx(2.0 * short)
    assert history_seconds(two_powers(years=4)) > 10.0 * short


def test_one_process_compiles_beside_and_is_out_of_reach_of_ctrl_c(empty, monkeypatch, capsys):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: started.append((command, options)))
    first_use.compile_beside([HISTORIES], "a few seconds")
    (command, options), = started
    assert command[-2:] == ["simulation.commands.compile_beside", HISTORIES]
    assert options["start_new_session"]
    assert {options[stream] for stream in ("stdin", "stdout", "stderr")} == {subprocess.DEVNULL}
    with held(BESIDE):
        first_use.compile_beside([HISTORIES], "a few seconds")
    assert len(started) == 1
    assert [line.split(",")[0] for line in capsys.readouterr().err.splitlines()] == [
        "nothing is compiled yet", "this is interpreted"]


def test_a_command_that_needs_more_than_is_compiled_says_so(empty, monkeypatch, capsys):
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: None)
    mark_compiled(HISTORIES)
    first_use.compile_beside([PAIRS], "a few seconds")
    assert capsys.readouterr().err.startswith("not all that this needs is compiled yet, so this is interpreted, ")
    monkeypatch.setenv(VARIABLE, WHEN_NEEDED)
    assert decide([PAIRS], 1.0)
    assert capsys.readouterr().err.startswith("not all that this needs is compiled, so this is interpreted, ")


def test_a_lock_is_free_again_once_its_holder_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "cache_folder", lambda: tmp_path)
    program = HOLD.replace("import held", f"import held\nimport pathlib\nfrom simulation.compiled_code import parts\n"
                                          f"parts.cache_folder = lambda: pathlib.Path({str(tmp_path)!r})")
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))})
    holder.stdout.readline()
    assert is_held(BESIDE)
    holder.kill()
    holder.communicate()
    assert not is_held(BESIDE)


def test_a_mark_is_of_these_sources_where_they_lie_and_of_this_processor(empty, monkeypatch):
    mark_compiled(HISTORIES)
    assert is_compiled(HISTORIES)
    assert not is_compiled(EQUILIBRIA)
    parts._place.cache_clear()
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert not is_compiled(HISTORIES)
    parts._place.cache_clear()


def test_what_an_earlier_command_has_begun_is_told_as_begun(empty, monkeypatch, capsys):
    monkeypatch.setattr("simulation.commands.compile.compile_parts", lambda _: None)
    first_use.compile_first([HISTORIES])
    with held(BESIDE):
        first_use.compile_first([HISTORIES])
    assert [line.partition(", once")[0] for line in capsys.readouterr().err.splitlines()] == [
        "compiling what this needs", "compiling what this needs, which an earlier command has begun"]


def test_the_compiler_s_own_word_speaks_of_what_is_left(empty, begun, caplog):
    mark_compiled(HISTORIES)
    log = logging.getLogger("simulation")
    try:
        assert not prepare([HISTORIES])
        with caplog.at_level(logging.INFO):
            log.info(COMPILING)
    finally:
        log.removeFilter(first_use._told_of_the_rest)
    assert caplog.messages == [
        "compiling a little more that this needs, once for each version of the program: some seconds"]


def test_functions_of_another_copy_are_not_counted(empty):
    own = parts.PACKAGE_FOLDER / "theory"
    for name in (parts._name_in_cache(own), "theory_of-another-copy"):
        (empty / name).mkdir()
        (empty / name / "a.f-1.py3.nbi").touch()
    assert parts.number_compiled() == 1
