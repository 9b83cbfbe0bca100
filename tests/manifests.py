"""Manifests that tests change on purpose, as a version of the program would have written them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulation.study.checksums import CHECKSUMS, checksums_of
from simulation.study.manifest import write_manifest


def change_manifest(folder: Path | str, **entries: Any) -> None:
    """Changes entries of a folder's manifest; its checksum fits."""
    folder = Path(folder)
    write_manifest(folder, json.loads((folder / "manifest.json").read_text()) | entries)


def renew_checksums(folder: Path | str) -> None:
    """Has a folder's checksums fit what is in it now, so that what reads it has to look for itself."""
    folder = Path(folder)
    if (folder / "manifest.json").is_file():
        known = json.loads((folder / "manifest.json").read_text()).get(CHECKSUMS, {})
        change_manifest(folder, **{CHECKSUMS: checksums_of(folder, known)})
