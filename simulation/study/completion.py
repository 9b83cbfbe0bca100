"""A results folder from its first file to its last: `complete` is what its manifest says when all is there, and not
before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulation.study.lock import locked
from simulation.study.manifest import Manifest, now, write_manifest
from simulation.study.store import refuse_other_identity
from simulation.study.tables import remove_unfinished

FIGURES = "figures"
AGAIN = "is marked as unfinished; to go on, give the same command again"


@contextmanager
def being_written(folder: Path, manifest: Manifest) -> Iterator[None]:
    """Makes the folder, holds it while what is inside writes tables and figures, and says at the end that all is there.

    manifest : what the folder is of. Raises `ResultsError` if the folder is in use or holds something else. Where what
    is inside is ended before its end, the folder says so, and how to go on.
    """
    with held(folder, str(manifest["identity"])):
        manifest = manifest | {"status": "begun", "created_utc": now()}
        write_manifest(folder, manifest)
        with told_of(folder):
            yield
        write_manifest(folder, manifest | {"status": "complete", "completed_utc": now()})


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
def told_of(folder: Path) -> Iterator[None]:
    """Has an interruption say that the folder is marked as unfinished."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        if not getattr(interruption, "__notes__", None):
            interruption.add_note(f"interrupted; {folder} {AGAIN}")
        raise
