"""Equilibria of a scenario as they are kept: what was asked, tables and a manifest. Called by the command `solve`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.analysis.reasons import signatures
from simulation.equilibrium.accounts import PactAccount, accounts, portfolio_measures
from simulation.equilibrium.search import Equilibrium, Solved, solve
from simulation.scenario.file import dump_yaml
from simulation.scenario.scenario import Scenario
from simulation.scenario.traits import terms_in
from simulation.study.completion import being_written
from simulation.study.manifest import FORMAT, invocation, model_sources, version
from simulation.study.plan import HASH_DIGITS, SCENARIO_FILE
from simulation.study.tables import write_tables, write_text

PACTS_FILE, SUMMARY_FILE, SIGNATURES_FILE = "pacts.csv", "equilibria.csv", "signatures.csv"


@dataclass(frozen=True)
class Plan:
    """What is asked: all that moves a number of the answer, and `settings`, what the user set, for the manifest."""

    scenario: Scenario
    settings: dict[str, Any]
    exhaustive: bool | None
    starts: int
    seed: int

    @property
    def identity(self) -> str:
        """Hash over all that moves numbers."""
        text = json.dumps([self.scenario.fingerprint(), self.exhaustive, self.starts, self.seed], separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def folder_name(self) -> str:
        """Name of the results folder."""
        return f"{self.scenario.name}-solve-{self.identity[:HASH_DIGITS]}"


@dataclass(frozen=True)
class Found:
    """The equilibria of a scenario with the accounts of each, and those under other bargaining solutions by name."""

    solved: Solved
    accounts: tuple[list[PactAccount], ...]
    others: dict[str, Solved]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was solved."""
        return self.solved.scenario


def carry_out(plan: Plan, solutions: tuple[str, ...]) -> Found:
    """The search, and those under other bargaining solutions."""
    def search(scenario: Scenario) -> Solved:
        return solve(scenario, plan.exhaustive, plan.starts, plan.seed)

    solved = search(plan.scenario)
    present = plan.scenario.assumptions.bargaining_solution
    others = {name: solved if name == present else search(plan.scenario.replace(
        "assumptions.bargaining_solution", name)) for name in solutions}
    return Found(solved, tuple(accounts(plan.scenario, equilibrium) for equilibrium in solved.equilibria), others)


@contextmanager
def writing(folder: Path, plan: Plan, found: Found, command: list[str]) -> Iterator[dict[str, pd.DataFrame]]:
    """Writes the manifest, the scenario and the tidy tables into the folder, gives the tables by name, and lets figures
    be added; the folder is complete when these are there."""
    manifest = {
        "format": FORMAT, "name": f"{plan.scenario.name}-solve", "identity": plan.identity, "version": version(),
        "model_sources": model_sources(), "settings": plan.settings, "exhaustive": plan.exhaustive,
        "starts": plan.starts, "seed": plan.seed, "scenario": plan.scenario.resolved(),
        "invocations": [invocation(command)]}
    tables = {PACTS_FILE: pacts_table(found), SUMMARY_FILE: summary_table(found)}
    if found.solved.equilibria:
        told = signatures(plan.scenario, found.solved.equilibria[0].pacts)
        tables |= {} if told.empty else {SIGNATURES_FILE: told}
    with being_written(folder, manifest, [SCENARIO_FILE, *tables]):
        write_text(folder / SCENARIO_FILE, dump_yaml(plan.scenario.resolved()))
        write_tables(folder, tables)
        yield tables


def pacts_table(found: Found) -> pd.DataFrame:
    """A row per equilibrium and pact, with all terms."""
    rows = [{"scenario": found.scenario.name, "equilibrium": number,
             **{name: value for name, value in asdict(account).items() if name != "terms"}, **account.terms}
            for number, own in enumerate(found.accounts, start=1) for account in own]
    named = [name for name in PactAccount.__dataclass_fields__ if name != "terms"]
    return pd.DataFrame(rows, columns=["scenario", "equilibrium", *named, *terms_in(found.scenario)])


def summary_table(found: Found) -> pd.DataFrame:
    """A row per equilibrium and major power: measures, certificate and how it was reached."""
    rows = [
        {"scenario": found.scenario.name, "equilibrium": number, "major_power": power,
         **portfolio_measures(found.scenario, equilibrium, power), **violations(equilibrium),
         "reached_from": "; ".join(equilibrium.reached_from), "basin": equilibrium.basin}
        for number, equilibrium in enumerate(found.solved.equilibria, start=1)
        for power in found.scenario.major_powers]
    return pd.DataFrame(rows, columns=None if rows else ["scenario", "equilibrium", "major_power"])


def violations(equilibrium: Equilibrium) -> dict[str, float]:
    """The largest of each kind in the certificate."""
    certificate = equilibrium.certificate
    return {"violation_contract": certificate.contract, "violation_drop": certificate.drop,
            "violation_new_pact": certificate.new_pact}
