"""Executors: every task is answered once, whatever happens to workers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path

import pytest

from simulation.errors import WorkFailedError
from simulation.study.distributed import _hand_over
from simulation.study.executors import InProcess, LocalProcesses, completed, one_thread_each

ROOT = Path(__file__).parents[2]


def double(number: int) -> int:
    return 2 * number


def die_once(task: tuple[int, str]) -> int:
    """Kills its worker the first time that it is asked for task 3."""
    number, marker = task
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


class Unreadable:
    """What no worker can take in, as where it lacks the memory for it."""

    def __reduce__(self) -> tuple:
        return fail, ()


def fail() -> None:
    raise SystemError("returned NULL without setting an exception")


def is_interruption_ignored(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def threads(_: int) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")


def sleep(_: int) -> None:
    time.sleep(60)


def program(_: int) -> str:
    import simulation

    return simulation.__file__


def two_workers() -> LocalProcesses:
    return LocalProcesses(2)


@pytest.mark.parametrize("opened", [InProcess, two_workers])
def test_every_task_is_answered_once(opened):
    answers = list(completed(opened, double, range(9), 3))
    assert sorted(answers) == [(number, 2 * number) for number in range(9)]


def test_in_process_tasks_are_answered_one_by_one():
    asked = []
    answers = completed(InProcess, asked.append, range(5), 1)
    next(answers)
    assert asked == [0]


@pytest.mark.parametrize("opened", [InProcess, two_workers])
def test_an_error_of_a_task_reaches_whoever_waits(opened):
    with pytest.raises(TypeError):
        list(completed(opened, len, [1], 1))


def test_what_workers_die_of_is_told_in_a_line_and_not_by_each_of_them(capfd):
    with pytest.raises(WorkFailedError, match="workers were killed 4 times in a row"):
        list(completed(two_workers, double, [Unreadable()], 1))
    assert capfd.readouterr().err == ""


def test_what_a_killed_worker_had_is_asked_again(tmp_path):
    tasks = [(number, str(tmp_path / "died")) for number in range(8)]
    answers = list(completed(two_workers, die_once, tasks, 4))
    assert (tmp_path / "died").exists()
    assert sorted(result for _, result in answers) == list(range(8))


def test_workers_that_always_die_are_given_up():
    with pytest.raises(WorkFailedError, match="workers were killed 4 times in a row"):
        list(completed(two_workers, die, [1], 1))


def test_workers_leave_interruptions_to_the_driver():
    assert [answer for _, answer in completed(two_workers, is_interruption_ignored, [1], 1)] == [True]


def test_workers_are_ended_in_the_middle_of_their_work():
    executor = LocalProcesses(1)
    running = executor.submit(sleep, 1)
    while not running.running():
        time.sleep(0.01)
    workers = list(executor._processes.values())
    start = time.monotonic()
    executor.shutdown(cancel_futures=True)
    assert time.monotonic() - start < 30
    assert not any(worker.is_alive() for worker in workers)


def test_one_thread_each_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    with one_thread_each():
        assert os.environ["OMP_NUM_THREADS"] == "1"
        assert os.environ["MKL_NUM_THREADS"] == "3"
    assert "OMP_NUM_THREADS" not in os.environ


class FailingCluster:
    """A client whose results fail on their way."""

    def __init__(self, error: BaseException):
        self.error = error

    async def gather(self, there: object, asynchronous: bool) -> None:
        raise self.error


def outcome_of(error: BaseException) -> BaseException | None:
    here = Future()
    asyncio.run(_hand_over(FailingCluster(error), object(), here))
    return here.exception()


@pytest.mark.parametrize(("raised_in", "expected"), [("distributed.cfexecutor", BrokenExecutor),
                                                     ("simulation.theory", TypeError)])
def test_what_fails_within_the_clusters_own_code_can_be_asked_again(raised_in, expected):
    """As where its scheduler goes away while a result is under way; an error of the program's own is handed on."""
    try:
        exec("raise TypeError('cannot unpack')", {"__name__": raised_in})
    except TypeError as error:
        raised = error
    assert type(outcome_of(raised)) is expected


def test_a_result_that_was_lost_on_its_way_can_be_asked_again():
    """The library says so by an error of its own where the call itself has ended well."""
    assert isinstance(outcome_of(asyncio.CancelledError("cancelled for reason: unknown")), BrokenExecutor)


def test_workers_run_this_program_and_not_one_that_lies_in_the_current_folder(tmp_path):
    (tmp_path / "simulation").mkdir()
    (tmp_path / "simulation" / "__init__.py").write_text("raise RuntimeError('another program')\n")
    (tmp_path / "run.py").write_text(
        "from tests.unit.test_study_executors import completed, program, two_workers\n"
        "if __name__ == '__main__':\n"
        "    print({answer for _, answer in completed(two_workers, program, range(4), 4)})\n")
    root = Path(__file__).parents[2]
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run.py").rename(tmp_path / "elsewhere" / "run.py")
    done = subprocess.run([sys.executable, "elsewhere/run.py"], cwd=tmp_path, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(root)}, timeout=120, check=False)
    assert (done.stdout, done.stderr) == (f"{ {str(root / 'simulation' / '__init__.py')} }\n", "")


def stop(_: int) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def test_a_worker_that_hangs_goes_with_the_executor():
    executor = two_workers()
    executor.submit(stop, 1)
    time.sleep(0.5)
    workers = list(executor._processes.values())
    executor.shutdown(cancel_futures=True)
    assert not any(worker.is_alive() for worker in workers)


def test_what_clears_up_after_a_killed_driver_says_nothing(tmp_path):
    code = ("import os, signal; from simulation.study.executors import LocalProcesses\n"
            "workers = LocalProcesses(2); workers.submit(abs, -1).result(); os.kill(os.getpid(), signal.SIGKILL)")
    with open(tmp_path / "told", "w") as told:
        subprocess.run([sys.executable, "-c", code], stderr=told, check=False,
                       env=os.environ | {"PYTHONPATH": str(ROOT)})
        time.sleep(2.0)  # it has to notice first
    assert (tmp_path / "told").read_text() == ""
