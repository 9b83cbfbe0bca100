"""Where histories are run: in this process, or in local processes.

Both have the shape of `concurrent.futures`, so that another engine is one more class. What is asked of an executor must
not depend on which one it is, or on the order in which answers come.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import Any, Protocol

from simulation.compiled_code.processes import own_program
from simulation.errors import WorkFailedError

MOST_DEATHS = 3
SECONDS_TO_BEGIN = 5.0
"""How long an interrupted executor waits for workers that are being started."""
SECONDS_TO_START_WORKERS = 2.5
"""Two took 2.1 on the machine of docs/performance.md."""
SECONDS_TO_LEAVE = 2.0
"""How long workers whose driver has had enough may take to leave."""
PRELOADED = ("simulation.study.histories",)
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
              "VECLIB_MAXIMUM_THREADS")


STANDARD_ERROR = 2
SHOW_FAULTS = "ASYMMETRIC_ALLIANCES_FAULTS"
"""As of `command_line`, which does not wait until this is loaded."""


class Executor(Protocol):
    """What an engine must be able to do; `concurrent.futures.Executor` is one."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Starts a call and gives its future."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the executor."""


class InProcess:
    """Runs a call when it is submitted, in this process."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """The finished future of a call; interruption is not caught."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:  # noqa: BLE001 - the future carries it to whoever asks for the result
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is left running."""


class LocalProcesses(ProcessPoolExecutor):
    """Worker processes on this machine, one thread each, that leave when this process does, however it ends.

    Each worker watches a pipe whose other end only this process holds. When that closes, because this process was
    killed or has had enough, the worker leaves at once.
    """

    def __init__(self, workers: int):
        context = multiprocessing.get_context(_start_method())
        self._has_server = context.get_start_method() == "forkserver"
        if self._has_server:
            context.set_forkserver_preload(list(PRELOADED))
            from multiprocessing import forkserver, resource_tracker  # noqa: PLC0415 - not on every system

            with _without_messages():
                resource_tracker.ensure_running()  # which else would be started on the way, and let interruptions in
            with _interruption_put_off(), environment(own_program()), _without_messages():
                forkserver.ensure_running()
        self._watched, self._leash = context.Pipe(duplex=False)
        self._begun, telling = context.Pipe(duplex=False)
        self._pipes = self._watched, self._leash, self._begun, telling
        super().__init__(workers, mp_context=context, initializer=_begin_worker, initargs=(self._watched, telling))

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Starts a call and gives its future; no interruption falls between a worker's start and its being known."""
        with _interruption_put_off() if self._has_server else contextlib.nullcontext():
            return super().submit(function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the workers; with `cancel_futures` at once, in the middle of their work."""
        if cancel_futures:
            self._wait_for_beginners()
            self._leash.close()
            self._kill_who_stays()
        super().shutdown(wait, cancel_futures=cancel_futures)
        for pipe in self._pipes:
            pipe.close()

    def _kill_who_stays(self) -> None:
        """A worker that hangs, or was stopped, does not leave of itself."""
        deadline = time.monotonic() + SECONDS_TO_LEAVE
        for worker in list((self._processes or {}).values()):
            worker.join(max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                worker.kill()

    def _wait_for_beginners(self) -> None:
        """A worker that is just being started would complain of what is gone by then."""
        deadline = time.monotonic() + SECONDS_TO_BEGIN
        for _ in range(len(self._processes or ())):
            if self._begun.closed or not self._begun.poll(max(0.0, deadline - time.monotonic())):
                return
            self._begun.recv_bytes()


@contextlib.contextmanager
def _without_messages() -> Iterator[None]:
    """Those that are started inside have nowhere to complain: what workers die of the driver tells in a line, and who
    clears up after a driver that was killed need not say so."""
    if SHOW_FAULTS in os.environ:
        yield
        return
    kept, nowhere = os.dup(STANDARD_ERROR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STANDARD_ERROR)
    try:
        yield
    finally:
        os.dup2(kept, STANDARD_ERROR)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def _interruption_put_off() -> Iterator[None]:
    """An interruption from the keyboard is heard when this is over, and never by a process that is started inside.

    The server of workers imports for some seconds before it would ignore one by itself. Masking alone would not do: any
    other thread may receive the signal. Outside the main thread, which alone is interrupted, nothing is put off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler or signal.default_int_handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


def _start_method() -> str:
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def _begin_worker(watched: Connection, telling: Connection) -> None:
    """A worker leaves an interruption from the keyboard to the driver, and leaves with the driver."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    telling.send_bytes(b".")
    threading.Thread(target=_leave_with_the_driver, args=(watched,), daemon=True).start()


def _leave_with_the_driver(watched: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        watched.recv()
    os._exit(1)


@contextlib.contextmanager
def one_thread_each() -> Iterator[None]:
    """Lets processes that are started inside use one thread for linear algebra, unless the user has said otherwise."""
    with environment({name: "1" for name in ONE_THREAD if name not in os.environ}):
        yield


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Lets processes that are started inside have these variables in their environment."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ |= variables
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def workers_worth_starting(seconds: float, pieces: int, jobs: int) -> int:
    """How many of at most so many processes finish soonest what takes one so long and comes in so many pieces; 1 where
    starting workers takes longer than they save."""
    workers = min(jobs, pieces)
    if workers <= 1 or seconds / workers + SECONDS_TO_START_WORKERS > seconds:
        return 1
    return workers


def completed[Task, Result](open_executor: Callable[[], Executor], function: Callable[[Task], Result],
                            tasks: Iterable[Task], ahead: int) -> Generator[tuple[Task, Result]]:
    """Every task with its result, as they come; at most `ahead` tasks are under way at a time.

    Where a worker is killed, what was under way is asked again of a new executor. Raises `WorkFailedError` if workers
    die again and again without finishing anything.
    """
    source, deaths = iter(tasks), 0
    lost: list[Task] = []
    while True:
        executor = open_executor()
        under_way: dict[Future[Any], Task] = {}
        is_finished = False
        try:
            for task, result in _answers(executor, function, chain(lost, source), under_way, ahead):
                deaths = 0
                yield task, result
            is_finished = True
            return
        except BrokenExecutor:
            deaths += 1
            if deaths > MOST_DEATHS:
                raise WorkFailedError(f"workers were killed {deaths} times in a row, perhaps for want of memory; what"
                                      " is done is kept: go on with fewer workers (-j)") from None
        finally:
            executor.shutdown(cancel_futures=not is_finished)
        lost = list(under_way.values())


def _answers[Task, Result](executor: Executor, function: Callable[[Task], Result], tasks: Iterator[Task],
                           under_way: dict[Future[Any], Task], ahead: int) -> Iterator[tuple[Task, Result]]:
    """Tasks with their results as they come; `under_way` holds what was asked and has not come."""
    while True:
        for task in islice(tasks, ahead - len(under_way)):
            under_way[_asked(executor, function, task)] = task
        if not under_way:
            return
        broken = None
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            if isinstance(future.exception(), BrokenExecutor):
                broken = future.exception()
            else:
                yield under_way.pop(future), future.result()
        if broken is not None:
            raise broken


def _asked(executor: Executor, function: Callable[..., Any], task: Any) -> Future[Any]:
    """The future of a call; a broken executor answers with a future too, so that no task is dropped."""
    try:
        return executor.submit(function, task)
    except BrokenExecutor as error:
        future: Future[Any] = Future()
        future.set_exception(error)
        return future
