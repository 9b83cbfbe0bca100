"""Comparative statics as they are kept: what was asked, tables and a manifest. Called by the command `statics`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.equilibrium.branches import Branches
from simulation.equilibrium.statics import Grid, StaticsResult
from simulation.scenario.file import dump_yaml
from simulation.study.completion import being_written
from simulation.study.manifest import FORMAT, invocation, model_sources, version
from simulation.study.plan import HASH_DIGITS, SCENARIO_FILE
from simulation.study.tables import write_tables, write_text

TABLE_FILE, FOLDS_FILE, STEPS_FILE = "equilibria.csv", "folds.csv", "steps.csv"
MEASURES = ("number_of_pacts", "pacts_beyond_paper", "commitment_given_pact", "autonomy_given_pact",
            "autonomy_all_states", "major_gain_per_pact", "weak_gain_per_pact")
"""Columns of the table where no equilibrium was found to tell them."""


@dataclass(frozen=True)
class Plan:
    """What is asked: all that moves a number of the answer, and `settings`, what the user set, for the manifest."""

    grid: Grid
    settings: dict[str, Any]
    starts: int
    seed: int
    certify_every: int | None

    @property
    def identity(self) -> str:
        """Hash over all that moves numbers."""
        text = json.dumps([self.grid.scenario.fingerprint(), self.grid.axes, self.starts, self.seed,
                           self.certify_every], separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def folder_name(self) -> str:
        """Name of the results folder."""
        return f"{self.grid.scenario.name}-statics-{self.identity[:HASH_DIGITS]}"


@contextmanager
def writing(folder: Path, plan: Plan, surveyed: StaticsResult, branches: Branches | None,
            command: list[str]) -> Iterator[dict[str, pd.DataFrame]]:
    """Writes the manifest, the scenario and the tables into the folder, gives the tables by name, and lets figures be
    added; the folder is complete when these are there."""
    tables = {TABLE_FILE: table_of(surveyed, branches)}
    scenario = plan.grid.scenario
    manifest = {
        "format": FORMAT, "name": f"{scenario.name}-statics", "identity": plan.identity, "version": version(),
        "model_sources": model_sources(), "settings": plan.settings,
        "vary": axis_entries(plan.grid), "starts": plan.starts, "seed": plan.seed, "certify_every": plan.certify_every,
        "certified_points": list(surveyed.certified), "scenario": scenario.resolved(),
        "invocations": [invocation(command)]}
    if branches is not None:
        tables |= {FOLDS_FILE: folds_table(branches), STEPS_FILE: steps_table(branches)}
    with being_written(folder, manifest, [SCENARIO_FILE, *tables]):
        write_text(folder / SCENARIO_FILE, dump_yaml(scenario.resolved()))
        write_tables(folder, tables)
        yield tables


def axis_entries(grid: Grid) -> list[dict[str, Any]]:
    """What varies, as the manifest and the JSON document tell it."""
    return [{"path": axis.path, "scale": "log" if axis.is_log else "linear", "values": list(axis.values)}
            for axis in grid.axes]


def table_of(surveyed: StaticsResult, branches: Branches | None) -> pd.DataFrame:
    """A row per point, equilibrium and major power; where none was found a row without measures, equilibrium 0.

    Columns: the values by path, point, equilibria (how many there are at the point), equilibrium (its number there from
    1), branch (on a line), major_power, measures, regret (NaN without a certificate), allies.
    """
    rows = []
    for point, found in enumerate(surveyed.found):
        address = {**surveyed.grid.settings(point), "point": point, "equilibria": len(found)}
        for power in surveyed.grid.scenario.major_powers:
            if not found:
                rows.append(address | {"equilibrium": 0, "branch": 0, "major_power": power, "allies": ""})
            for place, one in enumerate(found):
                allies = " ".join(state for patron, state in one.allies if patron == power)
                branch = branches.of[point][place] if branches else 0
                rows.append(address | {"equilibrium": place + 1, "branch": branch, "major_power": power}
                            | one.measures[power] | {"regret": one.certificate.regret, "allies": allies})
    table = pd.DataFrame(rows, columns=_columns(surveyed))
    return table if branches else table.drop(columns="branch")


def _columns(surveyed: StaticsResult) -> list[str]:
    measures = next((list(measures) for found in surveyed.found for one in found for measures in one.measures.values()),
                    list(MEASURES))
    paths = [axis.path for axis in surveyed.grid.axes]
    return [*paths, "point", "equilibria", "equilibrium", "branch", "major_power", *measures, "regret", "allies"]


def folds_table(branches: Branches) -> pd.DataFrame:
    """A row per fold; `leads_to` is 0 where responses do not come to rest."""
    rows = [(fold.branch, "begins" if fold.is_begin else "ends", fold.low, fold.high, fold.leads_to or 0)
            for fold in branches.folds]
    return pd.DataFrame(rows, columns=["branch", "kind", "low", "high", "leads_to"])


def steps_table(branches: Branches) -> pd.DataFrame:
    """A row per step; pairs as ``POWER-STATE``, parted by blanks."""
    rows = [(step.branch, step.low, step.high, *(" ".join(map("-".join, pairs)) for pairs in (step.gained, step.lost)))
            for step in branches.steps]
    return pd.DataFrame(rows, columns=["branch", "low", "high", "gained", "lost"])
