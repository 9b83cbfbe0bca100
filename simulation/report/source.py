"""What a report is about: a results folder, opened once for all sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.errors import Refusal, ResultsError
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import validated
from simulation.study.checksums import known_checksums
from simulation.study.completion import refuse_changed
from simulation.study.csv_tables import csv_table
from simulation.study.manifest import ANY, MANIFEST_FILE, Manifest, kind_of, read_manifest
from simulation.study.status import SweepStatus, sweep_status_of


@dataclass(frozen=True)
class Shown:
    """A figure as it stands in the page: its name, its data address, what it shows in words, its width in inches."""

    name: str
    address: str
    words: str
    inches: float


@dataclass(frozen=True)
class Subject:
    """A results folder with its figures.

    path : the folder.
    manifest : what the folder says of itself.
    figures : what belongs to it, drawn already.
    no_figures : why there is none; empty where there are some.
    """

    path: Path
    manifest: Manifest
    figures: tuple[Shown, ...] = ()
    no_figures: str = ""

    @property
    def kind(self) -> str:
        """What the folder is of, one of `manifest.KINDS`."""
        return kind_of(self.manifest) or ANY

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios that the manifest holds: one, several for a comparison, none for propositions.

        Raises `ResultsError` for one that is damaged.
        """
        held = [own["scenario"] for own in self.manifest.get("compared", [])]
        held += [self.manifest["scenario"]] if isinstance(self.manifest.get("scenario"), dict) else []
        try:
            return tuple(validated(Scenario, data) for data in held)
        except (Refusal, TypeError) as error:
            raise ResultsError(f"{self.path / MANIFEST_FILE}: damaged ({error})") from None

    @cached_property
    def sweep_status(self) -> SweepStatus:
        """How far the sweep has come."""
        return sweep_status_of(self.path)

    def has(self, name: str) -> bool:
        """Whether a table belongs to the folder, there or gone: one that has gone is not passed over."""
        return name in known_checksums(self.manifest) or (self.path / name).is_file()

    def table(self, name: str) -> pd.DataFrame:
        """A table of the folder. Raises `ResultsError` if there is none that can be read."""
        return csv_table(self.path / name)

    def invocations(self) -> Iterator[dict[str, Any]]:
        """When and how the folder was begun and continued."""
        yield from self.manifest.get("invocations", [])


def subject_of(path: Path) -> Subject:
    """The folder at `path`, without figures yet. Raises `ResultsError` if it is none, or not as it was written."""
    manifest = read_manifest(path, ANY)
    refuse_changed(path, manifest)
    return Subject(path, manifest)
