"""Fits that were made, kept in a file, so that a study of the record that was interrupted goes on where it stopped.

Called by `structural`. A line a fit, appended as soon as it is made; a line that an interruption cut off is passed
over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.compiled_code.cache import sources_hash
from simulation.study.tables import naming


@dataclass
class FitCache:
    """Fits by the hash of their rows, of what was asked and of the compiled sources. file: where they are kept; without
    it they last as long as this object."""

    file: Path | None = None
    known: dict[str, list[dict[str, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            for line in self.file.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self.known[entry["fit"]] = entry["found"]
                except (ValueError, KeyError, TypeError):
                    continue

    def find(self, rows: pd.DataFrame, asked: Mapping[str, Any]) -> list[dict[str, float]] | None:
        """What was found for these rows, or None."""
        return self.known.get(_key(rows, asked))

    def add(self, rows: pd.DataFrame, asked: Mapping[str, Any], found: list[dict[str, float]]) -> None:
        """Keeps a fit."""
        self.known[_key(rows, asked)] = found
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with naming(self.file), self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"fit": _key(rows, asked), "found": found}) + "\n")


def _key(rows: pd.DataFrame, asked: Mapping[str, Any]) -> str:
    digest = hashlib.blake2b(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes(), digest_size=16)
    digest.update(json.dumps([dict(asked), sources_hash()], sort_keys=True).encode())
    return digest.hexdigest()
