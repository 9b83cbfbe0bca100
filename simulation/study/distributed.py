"""Histories on the workers of a dask.distributed cluster.

One more executor of the shape of `concurrent.futures`: chunks go to the scheduler, rows come back, and only the driver
writes to the results folder. A worker that dies costs the chunks that it was at, which the scheduler gives to others.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from concurrent.futures import wait as wait_for
from typing import Any

from simulation.errors import Refusal, ResultsError, WorkFailedError
from simulation.scenario.validation import shown
from simulation.study.manifest import model_sources, version

SECONDS_TO_ANSWER = 10
ONE_AT_A_TIME = threading.Lock()
"""A worker with several threads runs one chunk at a time: what it knows of points is shared by them."""

LIBRARY = "distributed"


class Cluster:
    """The cluster behind a scheduler, checked once; `open` gives an executor on it.

    Raises `Refusal` if the library is not there, and `ResultsError` if no scheduler answers at `address`, no worker is
    there, or a worker has another version of the program.
    """

    def __init__(self, address: str):
        self.address = address
        with _client(address) as client:
            self.threads = _checked(client, address)

    def open(self) -> DaskWorkers:
        """A new executor on the cluster. Raises `WorkFailedError` if it has gone since it was checked."""
        try:
            return DaskWorkers(self.address)
        except Refusal:
            raise WorkFailedError(f"{self.address}: the scheduler does not answer any more; what is done is kept, and"
                                  " resume with the same options goes on") from None


class DaskWorkers:
    """An executor on a cluster; a broken one says so with `BrokenExecutor`, as local processes do."""

    def __init__(self, address: str):
        self.address = address
        self._client = _client(address)
        self._under_way: dict[Future[Any], Any] = {}

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Sends a call to the cluster and gives its future; a worker with other sources refuses it."""
        here: Future[Any] = Future()
        # not by the library's own executor, whose futures never end where a result was lost on its way; a call that
        # looks like another is one of its own, unless it is called impure
        try:
            there = self._client.submit(run_if_same, model_sources(), function, *arguments, pure=False)
        except Exception as error:
            if _is_the_clusters(error):
                raise BrokenExecutor(f"{type(error).__name__}: {error}") from None
            raise
        self._under_way[here] = there  # what nobody holds is given up
        here.add_done_callback(lambda done: self._under_way.pop(done, None))
        self._client.loop.add_callback(_hand_over, self._client, there, here)
        return here

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leaves the cluster; with `cancel_futures` what is under way is given up, else it is waited for."""
        if wait and not cancel_futures:
            wait_for(list(self._under_way))
        self._under_way.clear()
        self._client.close(timeout=SECONDS_TO_ANSWER)


def run_if_same(sources: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """On a worker: makes a call, if the program there is the driver's. Raises `ResultsError` if not."""
    if model_sources() != sources:
        raise ResultsError(f"{_own_address()}: a worker with other sources of the program ({model_sources()}, here"
                           f" {sources}); install the same version on all machines")
    with ONE_AT_A_TIME:
        return function(*arguments)


def _own_address() -> str:
    from distributed import get_worker  # noqa: PLC0415 - optional; a worker has it loaded

    try:
        return str(get_worker().address)
    except ValueError:  # not on a worker
        return "here"


async def _hand_over(client: Any, there: Any, here: Future[Any]) -> None:
    """The outcome of a call, in the terms of local processes: what broke on the way can be asked again.

    Waits in the client's own loop, and goes with it. The library's callbacks all come from one thread of the process:
    there, one that waits for a result of a client that has been closed would keep those of every later one.
    """
    try:
        found = await client.gather(there, asynchronous=True)
    except BaseException as error:  # noqa: BLE001 - whoever asked is told; a cancellation may be of either library
        is_broken = isinstance(error, (CancelledError, asyncio.CancelledError)) or _is_the_clusters(error)
        here.set_exception(BrokenExecutor(f"{type(error).__name__}: {error}") if is_broken else error)
    else:
        here.set_result(found)


def _is_the_clusters(error: BaseException) -> bool:
    """Whether an error is one of the library's, by its kind or by where it was raised.

    Where a scheduler goes away at the wrong moment, the library fails with a TypeError of its own.
    """
    names = [type(error).__module__]
    trace = error.__traceback__
    while trace is not None:
        names[1:] = [str(trace.tb_frame.f_globals.get("__name__", ""))]  # the last frame is where it was raised
        trace = trace.tb_next
    return any(name.split(".")[0] == LIBRARY for name in names)


def _client(address: str) -> Any:
    """A client of the scheduler at an address. Raises `Refusal` or `ResultsError`."""
    try:
        from distributed import Client  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        raise Refusal(f"the library {LIBRARY} is not there", file="--executor dask",
                      allowed=f"pip install {LIBRARY}, in the environment of the program") from None
    _silence()
    try:
        return Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Refusal("no dask scheduler answers", found=shown(address), allowed=f"the address of one ({reason})",
                      file="--scheduler") from None


def _silence() -> None:
    """Whatever goes wrong is said in a line of our own; the library sets the level of some of its parts by itself, and
    stands on others."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in (LIBRARY, "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _checked(client: Any, address: str) -> int:
    """Threads of all workers. Raises `ResultsError` where there is none, or one with another program."""
    own = version(), model_sources()
    try:
        programs = client.run(_program)
    except Exception as error:  # noqa: BLE001 - a worker without the program fails in its own way
        if isinstance(error, OSError) and _is_the_clusters(error):
            raise ResultsError(f"{address}: the scheduler, or a worker, went away while it was asked"
                               f" ({type(error).__name__}); give the same command again") from None
        raise ResultsError(f"{address}: a worker cannot run the program ({type(error).__name__}: {error}); install the"
                           " same version on all machines") from None
    if not programs:
        raise ResultsError(f"{address}: the scheduler has no workers")
    for worker, program in programs.items():
        if program != own:
            raise ResultsError(f"{worker}: a worker with another program (version {program[0]}, sources {program[1]};"
                               f" here {own[0]}, {own[1]}); install the same on all machines")
    return sum(client.nthreads().values())


def _program() -> tuple[str, str]:
    return version(), model_sources()
