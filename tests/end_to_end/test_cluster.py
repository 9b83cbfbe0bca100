"""Sweeps on a dask cluster on loopback: the same bytes, also where a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.study import distributed
from simulation.study.distributed import Cluster
from simulation.study.plan import load_plan
from simulation.study.sweep import sweep
from tests.faults import processes
from tests.statuses import status_of
from tests.studies import STUDY, write_study

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
WORKER = ("-m", "distributed.cli.dask_worker")
MOST_TRIES = 200


def started(folder: Path, *words: object, **environment: str) -> subprocess.Popen:
    with open(folder / "cluster.log", "ab") as log:
        return subprocess.Popen([sys.executable, *map(str, words)], cwd=folder, env=ENVIRONMENT | environment,
                                stdout=log, stderr=log, start_new_session=True)


def ended(process: subprocess.Popen) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


class Loopback:
    """A scheduler and some workers of one thread each; with nannies, a worker that dies is started again."""

    def __init__(self, folder: Path, nanny: str = "--no-nanny", workers: int = 2, **environment: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.address = folder, f"tcp://127.0.0.1:{self.port}"
        self.nanny, self.environment = nanny, environment
        self.begin(workers)

    def begin(self, workers: int) -> None:
        """The scheduler, and workers that find it."""
        self.scheduler = started(self.folder, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port",
                                 self.port, "--no-dashboard", "--dashboard-address", ":0", **self.environment)
        self.workers = [self.worker() for _ in range(workers)]
        self.wait_for(workers)

    def worker(self) -> subprocess.Popen:
        return started(self.folder, *WORKER, self.address, "--nthreads", 1, self.nanny, "--no-dashboard",
                       "--host", "127.0.0.1")

    def wait_for(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=300, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=600)

    def kill_all_workers(self) -> int:
        """Kills the processes that work, and not their nannies; gives their number."""
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            found = list(client.run(os.getpid).values())
        for process in found:
            os.kill(process, signal.SIGKILL)
        return len(found)

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            ended(process)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Loopback]:
    found = Loopback(tmp_path_factory.mktemp("cluster"))
    yield found
    found.close()


def test_a_sweep_on_a_cluster_gives_the_same_bytes_and_a_killed_worker_costs_no_history(cluster, tmp_path):
    plan = load_plan(write_study(tmp_path, STUDY.replace("replications: 3", "replications: 60")))
    here = sweep(plan, tmp_path / "here", jobs=1).folder
    killed = []

    class Killer:
        """Kills one of the two workers when a third of the histories are there."""

        def begin(self, total: int, done: int) -> None:
            self.left = total // 3

        def advance(self, histories: int) -> None:
            self.left -= histories
            if self.left < 0 and not killed:
                killed.append(cluster.workers[0].pid)
                os.kill(cluster.workers[0].pid, signal.SIGKILL)

        def say(self, line: str) -> None:
            """Nothing."""

    there = sweep(plan, tmp_path / "there", engine=Cluster(cluster.address), listener=Killer()).folder
    assert killed
    assert (there.path / "runs.csv").read_bytes() == (here.path / "runs.csv").read_bytes()
    assert there.manifest["status"] == "complete"
    assert there.table().equals(here.table())
    cluster.workers[0].wait(10)
    cluster.workers[0] = cluster.worker()
    cluster.wait_for(2)


def test_workers_that_die_twice_and_are_started_again_cost_no_history(tmp_path):
    """The scheduler gives a chunk up at the first worker that dies of it; the driver then asks again."""
    own = Loopback(tmp_path, "--nanny", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    plan = load_plan(write_study(tmp_path, STUDY.replace("replications: 3", "replications: 60")))
    killed = []

    class Killer:
        def begin(self, total: int, done: int) -> None:
            self.total, self.done = total, done

        def advance(self, histories: int) -> None:
            self.done += histories
            if len(killed) < 2 and self.done > self.total * (1 + len(killed)) / 4:
                killed.append(own.kill_all_workers())

        def say(self, line: str) -> None:
            """Nothing."""

    try:
        there = sweep(plan, tmp_path / "there", engine=Cluster(own.address), listener=Killer()).folder
    finally:
        own.close()
    assert len(killed) == 2 and killed[0] == 2
    assert there.manifest["status"] == "complete"
    assert (there.path / "runs.csv").read_bytes() == (
        sweep(plan, tmp_path / "here", jobs=1).folder.path / "runs.csv").read_bytes()


def test_a_scheduler_that_goes_away_leaves_what_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(distributed, "SECONDS_TO_ANSWER", 2)
    own = Loopback(tmp_path)
    plan = load_plan(write_study(tmp_path, STUDY.replace("replications: 3", "replications: 60")))

    class Killer:
        def begin(self, total: int, done: int) -> None:
            self.left = total // 3

        def advance(self, histories: int) -> None:
            self.left -= histories
            if self.left < 0:
                own.close()

        def say(self, line: str) -> None:
            """Nothing."""

    with pytest.raises(distributed.WorkFailedError, match="what is done is kept, and resume with the same options"):
        sweep(plan, tmp_path / "out", engine=Cluster(own.address), listener=Killer())
    there = sweep(plan, tmp_path / "out", jobs=1).folder
    assert (there.path / "runs.csv").read_bytes() == (
        sweep(plan, tmp_path / "here", jobs=1).folder.path / "runs.csv").read_bytes()


class Disturbed(threading.Thread):
    """Kills a worker and starts another whenever a further eighth of the histories is there, and kills the scheduler
    and starts it again when half of them are: as often on a busy machine as on another."""

    def __init__(self, cluster: Loopback, folder: Path, histories: int):
        super().__init__()
        self.cluster, self.folder, self.histories = cluster, folder, histories
        self.is_over, self.killed, self.restarted = threading.Event(), 0, 0

    def run(self) -> None:
        for eighth in range(1, 8):
            while self.stored() < eighth * self.histories / 8:
                if self.is_over.wait(0.2):
                    return
            workers = self.cluster.workers
            if eighth == 4:
                os.killpg(self.cluster.scheduler.pid, signal.SIGKILL)
                self.cluster.close()
                self.cluster.begin(len(workers))
                self.restarted += 1
            else:
                os.killpg(workers[eighth % 4].pid, signal.SIGKILL)
                workers[eighth % 4].wait()
                workers[eighth % 4] = self.cluster.worker()
                self.killed += 1
            self.cluster.wait_for(len(workers))

    def stored(self) -> int:
        """Histories that are there, by the names of their files."""
        spans = (path.stem.split("-") for path in (self.folder / "runs").glob("*.parquet"))
        return sum(int(last) - int(first) + 1 for first, last in spans)


@pytest.mark.slow
@pytest.mark.reliability
def test_four_workers_of_which_one_after_the_other_is_killed_and_a_scheduler_restarted_once(tmp_path):
    """The same table; or a line, and the same table after the same command."""
    study = write_study(tmp_path, STUDY.replace("replications: 3", "replications: 1000").replace(
        "attention: 2}", "attention: 2, years: 60}"))
    own = Loopback(tmp_path, workers=4)
    words = ["sweep", "study.yaml", "--out", "there", "--executor", "dask", "--scheduler", own.address]
    disturbed, ends = Disturbed(own, tmp_path / "there", 4_000), []
    disturbed.start()
    try:
        for _ in range(MOST_TRIES):
            done = processes.typed(words, tmp_path)
            ends.append((done.returncode, done.stderr.strip().splitlines()[-1:]))
            assert "Traceback" not in done.stderr, done.stderr
            if done.returncode == 0:
                break
            assert done.returncode in (1, 2), ends
            time.sleep(1.0)
    finally:
        disturbed.is_over.set()
        disturbed.join()
        own.close()
    print(f"killed {disturbed.killed}, restarted {disturbed.restarted}, {ends}")
    assert ends[-1][0] == 0 and disturbed.restarted == 1 and disturbed.killed >= 4, ends
    assert status_of("sweep", study, "-j", 1, "--out", tmp_path / "here") == 0
    assert (tmp_path / "there" / "runs.csv").read_bytes() == (tmp_path / "here" / "runs.csv").read_bytes()


def test_from_the_command_line_and_resumed(cluster, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    study = write_study(tmp_path)
    options = ("--executor", "dask", "--scheduler", cluster.address)
    assert status_of("sweep", study, *options, "--out", "there") == 0
    assert status_of("resume", "there", "--replications", "5", *options) == 0
    assert status_of("sweep", study, "--replications", "5", "-j", "1", "--out", "here") == 0
    assert Path("there/runs.csv").read_bytes() == Path("here/runs.csv").read_bytes()


def test_a_worker_with_other_sources_is_refused(cluster, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(distributed, "model_sources", lambda: "0123456789abcdef")
    assert status_of("sweep", write_study(tmp_path), "--executor", "dask", "--scheduler", cluster.address,
                     "--out", "out") == 2
    error = capsys.readouterr().err
    assert "a worker with another program (version " in error
    assert "0123456789abcdef); install the same on all machines" in error
    assert error.count("\n") == 1
    assert not Path("out").exists()


def test_a_worker_that_has_changed_since_refuses_its_chunk(cluster):
    executor = Cluster(cluster.address).open()
    future = executor._client.submit(distributed.run_if_same, "other", abs, -1)
    with pytest.raises(distributed.ResultsError, match=r"tcp://127.*: a worker with other sources of the program"):
        future.result(30)
    assert executor.submit(abs, -1).result(30) == 1
    executor.shutdown()


def test_clusters_that_are_left_in_the_middle_do_not_keep_the_results_of_the_next(cluster):
    """Results are on their way while a driver leaves, which it does whenever a worker dies."""
    for _ in range(20):
        left = Cluster(cluster.address).open()
        asked = [left.submit(abs, -number) for number in range(20)]
        asked[0].result(60)
        left.shutdown(cancel_futures=True)
    following = Cluster(cluster.address).open()
    try:
        assert following.submit(abs, -2).result(60) == 2
    finally:
        following.shutdown(cancel_futures=True)


@pytest.mark.parametrize(("options", "line"), [
    (["--executor", "dusk"], "--executor: unknown value; found 'dusk'; allowed: local, dask; did you mean dask?"),
    (["--executor", "dask"], "--scheduler: missing; allowed: the address of a dask scheduler, such as tcp://host:8786"),
    (["--scheduler", "tcp://127.0.0.1:1"],
     "--scheduler: a scheduler without a cluster; found 'tcp://127.0.0.1:1'; allowed: --executor dask with it"),
    (["--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", "-j", "2"],
     "-j: processes here, beside a cluster; found 2; allowed: no -j with --executor dask"),
])
def test_options_that_do_not_go_together_are_refused(options, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert status_of("sweep", write_study(tmp_path), *options, "--out", "out") == 2
    assert capsys.readouterr().err == f"error: {line}\n"
    assert not Path("out").exists()


def test_a_scheduler_that_does_not_answer_and_a_missing_library_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(distributed, "SECONDS_TO_ANSWER", 1)
    options = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", "--out", "out")
    start = time.monotonic()
    assert status_of("sweep", write_study(tmp_path), *options) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: --scheduler: no dask scheduler answers; found 'tcp://127.0.0.1:1'; allowed: the")
    assert error.count("\n") == 1
    assert time.monotonic() - start < 30
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert status_of("sweep", write_study(tmp_path), *options) == 2
    assert capsys.readouterr().err == ("error: --executor dask: the library distributed is not there; allowed: pip"
                                       " install distributed, in the environment of the program\n")
    assert not Path("out").exists()
