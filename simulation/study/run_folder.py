"""The results folder of a single history: its tables, and a manifest that suffices to repeat it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.errors import Refusal, ResultsError
from simulation.history.tables import Tables, history_in, predictions
from simulation.scenario.file import dump_yaml
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import validated
from simulation.study.completion import being_written
from simulation.study.manifest import (
    FORMAT,
    MANIFEST_FILE,
    RUN,
    invocation,
    model_sources,
    read_manifest,
    version,
)
from simulation.study.plan import HASH_DIGITS, SCENARIO_FILE
from simulation.study.store import refuse_strange_folder
from simulation.study.tables import write_tables, write_text

PACTS_FILE, SERIES_FILE, PREDICTED_FILE = "pacts.csv", "series.csv", "predicted.csv"
TEXTS, WHOLE_NUMBERS = ("scenario", "major_power", "weak_state"), ("replication", "seed", "year", "since")


@dataclass(frozen=True)
class SingleRun:
    """What one history follows from; `settings` are the values by path that its user set, for the manifest."""

    scenario: Scenario
    seed: int
    replication: int
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name in files and folders."""
        return f"{self.scenario.name}-run"

    @property
    def identity(self) -> str:
        """Hash over all that moves numbers."""
        text = json.dumps([self.scenario.fingerprint(), self.seed, self.replication], separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def folder_name(self) -> str:
        """Name of the results folder."""
        return f"{self.name}-{self.identity[:HASH_DIGITS]}"


def refuse_other_results(path: Path, run: SingleRun) -> None:
    """Raises `ResultsError` if there is something at `path` that is not the folder of this run."""
    refuse_strange_folder(path)
    if (path / MANIFEST_FILE).exists() and read_manifest(path, RUN).get("identity") != run.identity:
        raise ResultsError(f"{path}: holds another run; remove the folder or give another with --out")


@contextmanager
def writing_run(path: Path, run: SingleRun, told: Tables, command: list[str]) -> Iterator[None]:
    """Writes the folder of a run, or writes it anew, then lets figures be added; it is complete when these are there.

    command : what the user typed.
    """
    refuse_other_results(path, run)
    manifest = {
        "format": FORMAT, "name": run.name, "identity": run.identity, "version": version(),
        "model_sources": model_sources(), "seed": run.seed,
        "replication": run.replication, "settings": run.settings, "scenario": run.scenario.resolved(),
        "invocations": [invocation(command)],
    }
    tables = {PACTS_FILE: told.pacts, SERIES_FILE: told.series, PREDICTED_FILE: predictions(told.history, run.scenario)}
    with being_written(path, manifest, [SCENARIO_FILE, *tables]):
        write_text(path / SCENARIO_FILE, dump_yaml(run.scenario.resolved()))
        write_tables(path, tables)
        yield


def open_run(path: Path) -> tuple[SingleRun, Tables]:
    """The run in a results folder. Raises `ResultsError` if there is none, or if it is damaged."""
    manifest = read_manifest(path, RUN)
    try:
        run = SingleRun(validated(Scenario, manifest["scenario"]), manifest["seed"], manifest["replication"],
                        manifest["settings"])
        if run.identity != manifest["identity"]:
            raise ResultsError(f"{path / MANIFEST_FILE}: changed since it was written; its identity does not fit")
    except (Refusal, KeyError, TypeError) as error:
        raise ResultsError(f"{path / MANIFEST_FILE}: damaged ({error})") from None
    pacts, series = (_table(path / name) for name in (PACTS_FILE, SERIES_FILE))
    try:
        return run, Tables(run.scenario, history_in(run.scenario, pacts, series), pacts, series)
    except (KeyError, ValueError, IndexError, TypeError):
        raise ResultsError(f"{path}: {PACTS_FILE} and {SERIES_FILE} are not the tables of this run") from None


def _table(path: Path) -> pd.DataFrame:
    try:
        # by way of texts: no code such as NA is taken for a gap, and numbers come back to the last bit
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        return table.astype({name: int if name in WHOLE_NUMBERS else float for name in table if name not in TEXTS})
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; the run has to be run again") from None
    except (OSError, ValueError):
        raise ResultsError(f"{path}: cannot be read") from None
