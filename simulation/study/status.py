"""How far a sweep has come: read from its folder while others write there; nothing is locked or changed."""

from __future__ import annotations

import os
import time
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from simulation.study.lock import holder
from simulation.study.manifest import ANY, MANIFEST_FILE, SWEEP, kind_of, read_manifest
from simulation.study.store import ResultsFolder, open_results, shard_name

MARK = b"PAR1"
"""At the end of every Parquet file."""
LEAST_SHARDS = 3
"""Shards of this time from which on they tell how fast a sweep is; the first two are of its beginning."""


class State(StrEnum):
    """What a sweep is doing."""

    COMPLETE = "complete"
    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True)
class SweepStatus:
    """How far a sweep has come.

    Attributes
    ----------
    state : complete, running or stopped.
    process : number of the process that runs it; None if it does not run.
    wanted : histories that there will be in the end; by a rule, the most that there can be as things stand.
    done, failed : histories that are there, and how many of those failed.
    seconds_left : estimate, in as many processes as run it, or else in one; None where nothing tells.
    damaged : shards that are cut off or empty, as far as their ends tell; their histories count as not done.
    """

    folder: ResultsFolder
    state: State
    process: int | None
    wanted: int
    done: int
    failed: int
    seconds_left: float | None
    damaged: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Histories that are still to be run."""
        return self.wanted - self.done


@dataclass(frozen=True)
class FolderStatus:
    """How far a results folder has come that is not of a sweep.

    Attributes
    ----------
    kind : what it is of, see `manifest.KINDS`; state, process : as of a sweep.
    sweeps : those in it, as a test of propositions has; command : what was typed last, to go on with or to repeat it.
    """

    path: Path
    name: str
    kind: str
    state: State
    process: int | None
    sweeps: tuple[SweepStatus, ...]
    command: tuple[str, ...]


def status_of(path: Path) -> SweepStatus | FolderStatus:
    """How far the work in a results folder of any kind has come. Raises `ResultsError` if there is none."""
    manifest = read_manifest(path, ANY)
    kind = kind_of(manifest) or ANY
    if kind == SWEEP:
        return sweep_status_of(path)
    is_complete = manifest.get("status") == "complete"
    process = None if is_complete else holder(path)
    state = State.COMPLETE if is_complete else State.RUNNING if process else State.STOPPED
    invocations = manifest.get("invocations") or [{}]
    return FolderStatus(path, str(manifest.get("name", path.name)), kind, state, process, tuple(
        sweep_status_of(inner.parent) for inner in sorted(path.glob(f"*/*/{MANIFEST_FILE}"))),
        tuple(map(str, invocations[-1].get("command", ()))))


def unfinished(path: Path) -> str:
    """What a reader of a results folder must know while not all of it is there, as a sentence; empty where all is.

    Raises `ResultsError` if there is no results folder.
    """
    manifest = read_manifest(path, ANY)
    kind = kind_of(manifest)
    if kind == SWEEP:
        return unfinished_sweep(open_results(path))
    return "" if manifest.get("status") == "complete" else (
        f"Unfinished: the command for {kind} was ended before its end, or is at work.")


def unfinished_sweep(folder: ResultsFolder) -> str:
    """The same of a sweep."""
    there, wanted = folder.covered(), folder.wanted()
    at_most = "at most " if folder.plan.rule else ""
    return f"Unfinished: {there} of {at_most}{wanted} histories are there." if there < wanted else ""


def sweep_status_of(path: Path) -> SweepStatus:
    """How far the sweep in a folder has come. Raises `ResultsError` if there is none."""
    folder = open_results(path)
    process = holder(path) if folder.manifest.get("status") in ("begun", "running") else None
    wanted, cut = folder.wanted(), [span for span in folder.spans if _is_cut_off(folder, *span)]
    done = folder.covered() - sum(last - first + 1 for first, last in cut)
    if process is not None:
        state = State.RUNNING
    else:
        state = State.COMPLETE if folder.manifest.get("status") == "complete" and done == wanted else State.STOPPED
    return SweepStatus(folder, state, process, wanted, done, _failures(folder),
                       _seconds_left(folder, wanted - done, state), tuple(shard_name(*span) for span in cut))


def _is_cut_off(folder: ResultsFolder, first: int, last: int) -> bool:
    """Whether a shard lacks the mark at its end; what else may be wrong shows when it is read."""
    path = folder.path / "runs" / shard_name(first, last)
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - len(MARK)))
        return file.read() != MARK


def _failures(folder: ResultsFolder) -> int:
    """Histories that failed and are there; a line whose shard was never written is of one that is run again."""
    firsts = [first for first, _ in folder.spans]
    found = 0
    for entry in folder.failures():
        place = bisect_right(firsts, entry["run_id"]) - 1
        found += place >= 0 and entry["run_id"] <= folder.spans[place][1]
    return found


def _seconds_left(folder: ResultsFolder, left: int, state: State) -> float | None:
    if left == 0:
        return 0.0
    magnitudes = _seconds_between_histories(folder) if state is State.RUNNING else None
    magnitudes = folder.manifest.get("seconds_per_history") if magnitudes is None else magnitudes
    return None if magnitudes is None else left * magnitudes


def _seconds_between_histories(folder: ResultsFolder) -> float | None:
    """Seconds for each history that was stored since the sweep was begun or continued; None while there are few."""
    if not folder.manifest.get("invocations"):
        return None
    begun = datetime.fromisoformat(folder.manifest["invocations"][-1]["utc"]).timestamp()
    stored = sorted((written, last - first + 1) for first, last in folder.spans
                    if (written := _written(folder, first, last)) >= begun)
    if len(stored) < LEAST_SHARDS:
        return None
    # up to now, so that a sweep that hangs is seen to take longer and longer
    return (time.time() - stored[0][0]) / sum(histories for _, histories in stored[1:])


def _written(folder: ResultsFolder, first: int, last: int) -> float:
    return (folder.path / "runs" / shard_name(first, last)).stat().st_mtime
