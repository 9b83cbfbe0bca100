"""A results folder from its first file to its last: `complete` is what its manifest says when all is there, and not
before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from simulation.errors import ResultsError
from simulation.study.checksums import CHECKSUMS, GONE, changed_files, checksums_of, known_checksums
from simulation.study.lock import locked
from simulation.study.manifest import ANY, Manifest, now, read_manifest, write_manifest
from simulation.study.store import refuse_other_identity
from simulation.study.tables import remove_unfinished, write_tables

FIGURES = "figures"
AGAIN = "is marked as unfinished; to go on, give the same command again"


@contextmanager
def being_written(folder: Path, manifest: Manifest, files: Iterable[str]) -> Iterator[None]:
    """Makes the folder, holds it while what is inside writes tables and figures, and says at the end that all is there.

    manifest : what the folder is of; files : names of those whose checksums it is to keep. Raises `ResultsError` if the
    folder is in use or holds something else. Where what
    is inside is ended before its end, the folder says so, and how to go on.
    """
    with held(folder, str(manifest["identity"])):
        manifest = manifest | {"status": "begun", "created_utc": now()}
        write_manifest(folder, manifest)
        with told_of(folder):
            yield
        write_manifest(folder, manifest | {"status": "complete", "completed_utc": now(),
                                           CHECKSUMS: checksums_of(folder, files)})


@contextmanager
def held(folder: Path, identity: str) -> Iterator[None]:
    """Makes the folder and holds it; what processes that were killed had begun to write is removed. Raises
    `ResultsError` if the folder is in use, or is not that of this identity."""
    refuse_other_identity(folder, identity)
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        refuse_other_identity(folder, identity)  # it may have been begun meanwhile
        for place in (folder, folder / FIGURES):
            remove_unfinished(place)
        yield


@contextmanager
def completing(folder: Path, tables: Mapping[str, pd.DataFrame]) -> Iterator[None]:
    """Adds tables to the folder of a sweep that is part of more, holds it while what is inside adds figures, and says
    at the end that all is there. Raises `ResultsError` if it is in use."""
    with locked(folder), told_of(folder):
        write_manifest(folder, read_manifest(folder) | {"status": "running"})
        remove_unfinished(folder / FIGURES)
        write_tables(folder, tables)
        yield
        _note(folder, tables, status="complete", completed_utc=now())


def keep_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Adds tables to a results folder that is complete, with their checksums. Raises `ResultsError` if it is in use."""
    with locked(folder):
        write_tables(folder, tables)
        _note(folder, tables)


def _note(folder: Path, tables: Iterable[str], **entries: str) -> None:
    """Adds the checksums of tables, and other entries, to a manifest."""
    manifest = read_manifest(folder, ANY)
    known = known_checksums(manifest) | checksums_of(folder, tables)
    write_manifest(folder, manifest | entries | {CHECKSUMS: known})


def refuse_changed(folder: Path, manifest: Manifest) -> None:
    """Raises `ResultsError` for a file of the folder that is not as it was written; whoever needs one that has gone
    says so."""
    for name, problem in changed_files(folder, known_checksums(manifest)):
        if problem == GONE:
            continue
        raise ResultsError(f"{folder / name}: {problem}; it is no result of this program as it stands: run the command"
                           f" again, or resume a sweep ({folder})")


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Has an interruption say that the folder is marked as unfinished."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        if not getattr(interruption, "__notes__", None):
            interruption.add_note(f"interrupted; {folder} {AGAIN}")
        raise
