"""Checksums of what a results folder holds, kept in its manifest: a byte that has changed since is told, and not taken
for a result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

CHECKSUMS, OWN = "checksums", "checksum"
"""Entries of a manifest: of files by their path in the folder, and of all the rest of the manifest."""
DIGEST_BYTES = 16
GONE = "gone"


def checksums_of(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Checksums of the files of these names, paths in the folder, that are there."""
    return {name: checksum((folder / name).read_bytes()) for name in names if (folder / name).is_file()}


def changed_files(folder: Path, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Files that are not as they were when their checksums were taken, and what became of each."""
    for name, expected in known.items():
        path = folder / name
        try:
            if checksum(path.read_bytes()) != expected:
                yield name, "changed since it was written"
        except FileNotFoundError:
            yield name, GONE
        except OSError as error:
            yield name, error.strerror or "cannot be read"


def checksum(content: bytes) -> str:
    """The checksum of a content."""
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).hexdigest()


def manifest_checksum(manifest: dict[str, Any]) -> str:
    """The checksum of a manifest, its own left out."""
    rest = {name: value for name, value in manifest.items() if name != OWN}
    return checksum(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode())


def known_checksums(manifest: dict[str, Any]) -> dict[str, str]:
    """The checksums of files in a manifest; none in one that an earlier version wrote."""
    known = manifest.get(CHECKSUMS)
    return dict(known) if isinstance(known, dict) else {}
