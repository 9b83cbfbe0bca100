"""Settings side by side: their equilibria, what became of every pair, and what is kept of it: tables and a manifest.

Called by the command `compare` and by `interface`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.equilibrium.accounts import accounts, portfolio_measures
from simulation.equilibrium.comparison import PairChange, Valuation, nearest, shifts
from simulation.equilibrium.search import Equilibrium, Solved, solve
from simulation.scenario.distances import distance_km
from simulation.scenario.file import dump_yaml
from simulation.scenario.scenario import Scenario
from simulation.scenario.short_names import short_names
from simulation.scenario.state_order import arranged
from simulation.study.completion import being_written
from simulation.study.manifest import FORMAT, invocation, model_sources, version
from simulation.study.plan import HASH_DIGITS
from simulation.study.tables import write_tables, write_text
from simulation.theory.payoffs import TERMS, is_of_weak_state, sign_of

PACTS_FILE, SETTINGS_FILE, SHIFTS_FILE, TERMS_FILE = "pacts.csv", "settings.csv", "shifts.csv", "terms.csv"


@dataclass(frozen=True)
class Setting:
    """One column: the scenario's file, the values that the user set, the scenario that follows, the user's label."""

    file: str
    settings: dict[str, Any]
    scenario: Scenario
    label: str = ""


@dataclass(frozen=True)
class Plan:
    """What is asked: all that moves a number of the answer."""

    settings: tuple[Setting, ...]
    starts: int
    seed: int

    @property
    def identity(self) -> str:
        """Hash over all that moves numbers."""
        text = json.dumps([[own.scenario.fingerprint() for own in self.settings], self.starts, self.seed],
                          separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def name(self) -> str:
        """Name of the comparison, after its first scenario."""
        return f"{self.settings[0].scenario.name}-compare"

    @property
    def folder_name(self) -> str:
        """Name of the results folder."""
        return f"{self.name}-{self.identity[:HASH_DIGITS]}"

    @property
    def labels(self) -> list[str]:
        """What sets each column apart: the user's label; or the name of the scenario where they differ, and the values
        that differ, with as much of their paths as tells them apart."""
        names = [own.scenario.name for own in self.settings]
        shared = {path for path, value in self.settings[0].settings.items()
                  if all(path in own.settings and own.settings[path] == value for own in self.settings)}
        differing = list(dict.fromkeys(path for own in self.settings for path in own.settings if path not in shared))
        words, found = dict(zip(differing, short_names(differing), strict=True)), []
        for name, own in zip(names, self.settings, strict=True):
            parts = [name] if len(set(names)) > 1 else []
            parts += [f"{words[path]} {plain(value)}" for path, value in own.settings.items() if path in words]
            found.append(own.label or "\n".join(parts) or "as given")
        return found


@dataclass(frozen=True)
class Compared:
    """The settings solved.

    places: which equilibrium of each is compared, None where there is none; shifts: what becomes of every pair from the
    first setting to another, by the place of the other.
    """

    plan: Plan
    solved: tuple[Solved, ...]
    places: tuple[int | None, ...]
    shifts: dict[int, list[PairChange]]

    @property
    def shown(self) -> list[Equilibrium | None]:
        """The equilibrium of each setting that is compared."""
        return [None if place is None else own.equilibria[place]
                for own, place in zip(self.solved, self.places, strict=True)]

    @property
    def powers(self) -> list[str]:
        """Major powers of any setting."""
        return list(dict.fromkeys(code for own in self.plan.settings for code in own.scenario.major_powers))

    @property
    def states(self) -> list[str]:
        """Weak states of any setting, in the order that is asked for, or else as they come."""
        codes = list(dict.fromkeys(code for own in self.plan.settings for code in own.scenario.states))
        return [codes[place] for place in arranged(map(self._pair, codes))]

    def _pair(self, code: str) -> tuple[str, str, float]:
        """A state, the major power that first has it as an ally, or else the first one, and their distance in km."""
        found = [(own.scenario, shown.pacts[code].power) for own, _, shown in columns(self)
                 if shown is not None and code in shown.pacts]
        found += [(own.scenario, power) for own in self.plan.settings if code in own.scenario.states
                  for power in own.scenario.major_powers]
        scenario, power = found[0]
        return power, code, distance_km(scenario, power, code)

    @property
    def gains(self) -> dict[tuple[str, str], float]:
        """What each major power gains of each ally, payoff per year, by power and state: in the first setting that has
        the pact."""
        gains: dict[tuple[str, str], float] = {}
        for own, _, shown in columns(self):
            for pact in accounts(own.scenario, shown) if shown is not None else ():
                gains.setdefault((pact.power, pact.state), pact.major_gain)
        return gains

    def in_order(self, found: Iterable[PairChange]) -> list[PairChange]:
        """What became of pairs, in the order of their states."""
        places = {code: place for place, code in enumerate(self.states)}
        return sorted(found, key=lambda shift: places[shift.state])


def carry_out(plan: Plan, advance: Callable[[int], None] = lambda _: None) -> Compared:
    """Solves every setting, telling `advance` of each that is solved, and holds each against the first."""
    solved = tuple(_solved(plan, advance))
    places = tuple(nearest([[equilibrium.pacts for equilibrium in own.equilibria] for own in solved]))
    ends = [None if place is None else (own.scenario, own.equilibria[place].pacts)
            for own, place in zip(solved, places, strict=True)]
    found = {number: shifts(ends[0], end) for number, end in enumerate(ends[1:], start=1) if ends[0] and end}
    return Compared(plan, solved, places, found)


def _solved(plan: Plan, advance: Callable[[int], None]) -> Iterator[Solved]:
    for own in plan.settings:
        yield solve(own.scenario, random_starts=plan.starts, seed=plan.seed)
        advance(1)


# --- what is kept ---------------------------------------------------------------------------------------------------


@contextmanager
def writing(folder: Path, compared: Compared, command: list[str]) -> Iterator[dict[str, pd.DataFrame]]:
    """Writes the manifest, the scenarios and the tidy tables into the folder, gives the tables by name, and lets
    figures be added; the folder is complete when these are there."""
    plan = compared.plan
    manifest = {
        "format": FORMAT, "name": plan.name, "identity": plan.identity, "version": version(),
        "model_sources": model_sources(), "starts": plan.starts,
        "seed": plan.seed, "compared": [{"file": own.file, "label": own.label, "settings": own.settings,
                                         "scenario": own.scenario.resolved()} for own in plan.settings],
        "invocations": [invocation(command)]}
    tables = {name: pd.DataFrame(found, columns=None if found else COLUMNS[name]) for name, found in (
        (SETTINGS_FILE, list(settings_rows(compared))), (PACTS_FILE, list(pacts_rows(compared))),
        (SHIFTS_FILE, list(shifts_rows(compared))), (TERMS_FILE, list(terms_rows(compared))))}
    scenarios = {f"scenario-{number}.resolved.yaml": own.scenario for number, own in enumerate(plan.settings, start=1)}
    with being_written(folder, manifest, [*scenarios, *tables]):
        for name, scenario in scenarios.items():
            write_text(folder / name, dump_yaml(scenario.resolved()))
        write_tables(folder, tables)
        yield tables


COLUMNS = {
    PACTS_FILE: ["setting", "scenario", "major_power", "weak_state", "commitment", "autonomy"],
    SHIFTS_FILE: ["setting", "against", "major_power", "weak_state", "event"],
    TERMS_FILE: ["setting", "against", "major_power", "weak_state", "event", "term"],
}
"""Heads of the tables that may have no row."""


def pacts_rows(compared: Compared) -> Iterator[dict[str, Any]]:
    """A row per setting and pact of the equilibrium compared, the states in the scenarios' order."""
    for code in compared.states:
        for number, (own, _, shown) in enumerate(columns(compared), start=1):
            if shown is not None and code in shown.pacts:
                pact = shown.pacts[code]
                yield {"setting": number, "scenario": own.scenario.name, "major_power": pact.power, "weak_state": code,
                       "commitment": pact.commitment, "autonomy": pact.autonomy}


def settings_rows(compared: Compared) -> Iterator[dict[str, Any]]:
    """A row per setting and major power: the search, the equilibrium compared, its measures."""
    for number, label, (own, solved, shown) in zip(count(1), compared.plan.labels, columns(compared), strict=False):
        for power in own.scenario.major_powers:
            measures = {} if shown is None else portfolio_measures(own.scenario, shown, power)
            yield {"setting": number, "scenario": own.scenario.name, "label": label.replace("\n", ", "),
                   "set": set_text(own), "major_power": power,
                   "search": str(solved.search), "tried": solved.tried, "number_of_equilibria": len(solved.equilibria),
                   "equilibrium": math.nan if shown is None else 1 + solved.equilibria.index(shown),
                   "largest_violation": math.nan if shown is None else shown.certificate.regret, **measures}


def shifts_rows(compared: Compared) -> Iterator[dict[str, Any]]:
    """A row per setting held against the first and pair allied in either."""
    for number, found in compared.shifts.items():
        for shift in found:
            row = _key(number, shift)
            for name, pact in (("before", shift.before), ("after", shift.after)):
                row[f"commitment_{name}"] = math.nan if pact is None else pact.commitment
                row[f"autonomy_{name}"] = math.nan if pact is None else pact.autonomy
            row |= {"contract_commitment": shift.contract.commitment, "contract_autonomy": shift.contract.autonomy}
            for name, worth in _worths(shift):
                row |= {f"major_gain_{name}": math.nan if worth is None else worth.major,
                        f"weak_gain_{name}": math.nan if worth is None else worth.weak}
            mover = shift.mover
            yield row | {"refused_by": " ".join(shift.refused_by), "moved_by": mover.term if mover else "",
                         "moved_gain_by": mover.change if mover else math.nan,
                         "of_which_through_others": mover.through_others if mover else math.nan}


def terms_rows(compared: Compared) -> Iterator[dict[str, Any]]:
    """A row per setting held against the first, pair and term: the term of the contract held fixed, three times."""
    for number, found in compared.shifts.items():
        for shift in found:
            for term in terms_of(shift):
                values = {name: math.nan if worth is None else worth.term(term) for name, worth in _worths(shift)}
                yield _key(number, shift) | {
                    "term": term, "side": "weak" if is_of_weak_state(term) else "major", **values,
                    "change_of_gain": sign_of(term) * (values["second"] - values["first"])}


def terms_of(shift: PairChange) -> list[str]:
    """Names of all terms that the pair's contract has in either setting, own ones last."""
    own = [name for _, worth in _worths(shift) if worth is not None for name in worth.terms]
    return list(dict.fromkeys([*TERMS, *own]))


def _key(number: int, shift: PairChange) -> dict[str, Any]:
    return {"setting": number + 1, "against": 1, "major_power": shift.power, "weak_state": shift.state,
            "event": str(shift.event)}


def _worths(shift: PairChange) -> Iterable[tuple[str, Valuation | None]]:
    return ("first", shift.first), ("between", shift.between), ("second", shift.second)


def columns(compared: Compared) -> Iterator[tuple[Setting, Solved, Equilibrium | None]]:
    """Every setting with what was found and the equilibrium that is compared."""
    return zip(compared.plan.settings, compared.solved, compared.shown, strict=True)


def set_text(own: Setting) -> str:
    """The values that the user set."""
    return ", ".join(f"{path}={plain(value)}" for path, value in own.settings.items())


def plain(value: Any) -> str:
    """A value as it would be typed."""
    return json.dumps(value) if not isinstance(value, str) else value
