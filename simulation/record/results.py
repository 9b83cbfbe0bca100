"""The results folder of a study of the record: its manifest and its tables.

What it keeps of the data is the hash of the table that was read, how many values are missing, and, of `score`, every
prediction beside the status that was observed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.study.completion import being_written
from simulation.study.manifest import FORMAT, KINDS, RECORD, invocation, model_sources, version
from simulation.study.plan import HASH_DIGITS
from simulation.study.tables import write_tables

FIT, SCORE, PROFILE, MOMENTS = "fit", "score", "profile", "moments"
PARAMETERS_FILE, SCORES_FILE, PREDICTIONS_FILE = "parameters.csv", "scores.csv", "predictions.csv"
FITS_FILE = ".fits.jsonl"
"""Fits of the theory's own functions, a line each; hidden, so that a folder without a manifest counts
as empty still."""
PAIRS_FILE = "pairs.csv"
TERMS_FILE, OUTCOMES_FILE, PROFILES_FILE = "terms.csv", "outcomes.csv", "profiles.csv"
ESTIMATES_FILE, MOMENTS_FILE, PLACES_FILE = "estimates.csv", "moments.csv", "places.csv"


def hash_of(table: pd.DataFrame) -> str:
    """A hash of a table as it was read: the same data, the same hash."""
    text = table.to_csv(index=False, lineterminator="\n")
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def identity_of(what: str, data: str, asked: Mapping[str, Any]) -> str:
    """Hash over what is done, the data and all that was asked."""
    return hashlib.blake2b(json.dumps([what, data, asked], sort_keys=True).encode(), digest_size=16).hexdigest()


def folder_name(what: str, identity: str) -> str:
    """Name of the results folder."""
    return f"record-{what}-{identity[:HASH_DIGITS]}"


@contextmanager
def writing(folder: Path, what: str, data: str, asked: Mapping[str, Any], missing: Mapping[str, int],
            tables: Mapping[str, pd.DataFrame], command: list[str]) -> Iterator[None]:
    """Writes the manifest and the tables, then lets figures be added; the folder is complete when these are there."""
    manifest = {
        "format": FORMAT, "name": f"record-{what}", "identity": identity_of(what, data, asked), "version": version(),
        "model_sources": model_sources(), KINDS[RECORD]: {
            "what": what, "data_hash": data, "missing": dict(missing), **asked}, "invocations": [invocation(command)]}
    with being_written(folder, manifest, tables):
        write_tables(folder, tables)
        yield
