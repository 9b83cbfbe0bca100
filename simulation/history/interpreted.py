"""The same histories without the compiler: the one account of a year, run by Python itself in a process of its own.

Compiled and interpreted numbers agree to the last bit, so a difference shows a fault of the compiler, of its cache or
of what was stored. Called by `verify` and by tests.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from simulation.compiled_code.processes import own_program
from simulation.history.series import History
from simulation.scenario.scenario import Scenario

WITHOUT_COMPILER = {"NUMBA_DISABLE_JIT": "1"}
"""Read by the compiler when it is imported, so that it takes a fresh process."""


@contextmanager
def interpreter() -> Iterator[Callable[[Scenario, int, int], History]]:
    """A function from scenario, seed and replication to the history, which takes seconds.

    It raises what the history raises, and RuntimeError if its process ends early.
    """
    with interpreting() as ask:
        yield lambda scenario, seed, replication: ask(_simulated, scenario, seed, replication)


def _simulated(scenario: Scenario, seed: int, replication: int) -> History:
    from simulation.history.simulate import simulate  # noqa: PLC0415 - the other side has no use for it
    from simulation.history.world import world_of  # noqa: PLC0415

    return simulate(world_of(scenario), seed, replication)


@contextmanager
def interpreting() -> Iterator[Callable[..., Any]]:
    """A function that calls a function of a module, with arguments, in a process without the compiler.

    It raises what that function raises, and RuntimeError if the process ends early.
    """
    # in a session of its own, where Ctrl-C is not heard
    process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=os.environ | own_program() | WITHOUT_COMPILER, start_new_session=True)
    assert process.stdin is not None and process.stdout is not None
    to, back = process.stdin, process.stdout
    try:
        yield lambda *question: _asked(to, back, question)
    finally:
        to.close()
        back.close()
        process.terminate()
        process.wait()


def _asked(to: Any, back: Any, question: tuple[Any, ...]) -> Any:
    try:
        pickle.dump(question, to)
        to.flush()
        answer: Any = pickle.load(back)
    except (EOFError, BrokenPipeError):
        raise RuntimeError("the process that interprets ended") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def answer(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers questions until there are no more."""
    while True:
        try:
            function, *arguments = pickle.load(questions)
        except EOFError:
            return
        try:
            # as silent as compiled code: chance, for one, counts modulo 2 ** 64
            with np.errstate(all="ignore"):
                found = function(*arguments)
        except Exception as error:  # noqa: BLE001 - handed to who asked
            found = error
        pickle.dump(found, answers)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked decides
    answer(sys.stdin.buffer, sys.stdout.buffer)
