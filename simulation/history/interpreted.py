"""The same histories without the compiler: the one account of a year, run by Python itself in a process of its own.

Compiled and interpreted numbers agree to the last bit, so a difference shows a fault of the compiler, of its cache or
of what was stored. Called by `verify` and by tests.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from simulation.compiled_code.processes import own_program
from simulation.history.series import History
from simulation.scenario.scenario import Scenario

WITHOUT_COMPILER = {"NUMBA_DISABLE_JIT": "1"}
"""Read by the compiler when it is imported, so that it takes a fresh process."""
SECONDS_BETWEEN_LOOKS = 0.1
"""How often who waits for an answer can give it up."""


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

    It raises what that function raises, and RuntimeError if the process ends early. A question can be given up, by an
    exception raised in this thread: it ends the process, and another one answers what is asked next.
    """
    process = _Process()
    try:
        yield process.ask
    finally:
        process.end()


class _Process:
    """A process that interprets; begun anew by the question after one that was given up."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begins it, in a session of its own, where Ctrl-C is not heard."""
        self.process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=os.environ | own_program() | WITHOUT_COMPILER, start_new_session=True)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.to, self.back = self.process.stdin, self.process.stdout
        self.reader = ThreadPoolExecutor(1)
        self.is_given_up = False

    def ask(self, *question: Any) -> Any:
        """The answer to a question."""
        if self.is_given_up:
            self.begin()
        try:
            pickle.dump(question, self.to)
            self.to.flush()
            answer = self._waited_for(self.reader.submit(pickle.load, self.back))
        except (EOFError, BrokenPipeError):
            raise RuntimeError("the process that interprets ended") from None
        except BaseException:  # what it answers would be taken for the answer to the next question
            self.is_given_up = True
            self.end()
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _waited_for(self, answer: Future[Any]) -> Any:
        while not _is_there(answer):
            pass
        return answer.result()

    def end(self) -> None:
        """Ends it, whatever it is at."""
        self.process.kill()
        self.process.wait()
        self.reader.shutdown()
        self.back.close()
        with contextlib.suppress(BrokenPipeError):  # of what was not read
            self.to.close()


def _is_there(answer: Future[Any]) -> bool:
    """Whether an answer has come: a function, as those who ask may look at every call whether to give up."""
    return bool(wait([answer], SECONDS_BETWEEN_LOOKS).done)


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
