"""Sweeps from Python: a study file or a scenario with a grid, and what a results folder holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.analysis.comparison import chosen_power, listed_plan
from simulation.analysis.reversal import agents_table
from simulation.errors import Refusal
from simulation.interface.scenarios import AnyScenario, scenario_of
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import shown, validated
from simulation.study.plan import SCENARIO_FILE, Plan, load_plan, plan_of
from simulation.study.store import ResultsFolder, open_results
from simulation.study.study_file import Study
from simulation.study.sweep import sweep as run_sweep

RESULTS = Path("results")


@dataclass(frozen=True)
class Results:
    """A results folder of a sweep.

    Attributes
    ----------
    path : the folder.
    table : a row per history and major power: scenario, point_id, replication, run_id, seed, status, major_power, the
        varied parameters by path, then the measures.
    """

    folder: ResultsFolder

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per history and major power, in the order of the histories."""
        return self.folder.table()


type AnyResults = Results | str | Path


def results_of(given: Any) -> Results:
    """The results themselves, or those in the folder of this path. Raises `Refusal` for anything else."""
    if isinstance(given, Results):
        return given
    if isinstance(given, str | Path):
        return load_results(given)
    raise Refusal("no results of a sweep", found=shown(given), allowed="what sweep or load_results gives, or a path")


def sweep(study: Scenario | str | Path, grid: Mapping[str, Sequence[Any]] | None = None, *, name: str = "",
          replications: int | None = None, seed: int | None = None, drawn_worlds: bool = False,
          settings: Mapping[str, Any] | None = None, out: str | Path | None = None,
          processes: int | None = 1) -> Results:
    """Runs a study, or a scenario over a grid, into a results folder; what is there already is not run again.

    Parameters
    ----------
    study : the path of a study file, or a scenario to be varied over `grid`: loaded or, with a grid, by its path.
    grid : values by dotted path, every combination of which is a point; for a scenario only.
    name : of the study, for a scenario; its own name if empty.
    replications : histories at every point: the study's own, or 20; seed : of all chance: the study's own, or 1.
    drawn_worlds : whether every replication draws the scenario's population anew; for a scenario only.
    settings : values by dotted path, the same at every point.
    out : the results folder; None: results/<name>-<hash>.
    processes : that share the work; None: one a core. No number depends on it.

    Raises `Refusal` for a study that is not allowed, and `ResultsError` if the folder is in use or holds another sweep.
    """
    plan = _plan(study, grid, name, replications, seed, drawn_worlds, settings or {})
    path = Path(out) if out is not None else RESULTS / plan.folder_name
    return Results(run_sweep(plan, path, processes).folder)


def _plan(study: Scenario | str | Path, grid: Mapping[str, Sequence[Any]] | None, name: str, replications: int | None,
          seed: int | None, drawn_worlds: bool, settings: Mapping[str, Any]) -> Plan:
    if not isinstance(study, Scenario) and not (grid or name or drawn_worlds):
        return load_plan(study, settings, replications, seed)
    study = scenario_of(study)  # what only a scenario takes refuses a study, whose own design would win unseen
    asked = {"name": name or study.name, "scenario": SCENARIO_FILE,
             "replications": 20 if replications is None else replications,
             "seed": 1 if seed is None else seed, "worlds": "drawn" if drawn_worlds else "same",
             "design": {"grid": {path: _values(given) for path, given in grid.items()}} if grid else {}}
    return plan_of(validated(Study, asked), study.replace_all(dict(settings)))


def _values(given: Any) -> Any:
    """Values as a list; what holds none, such as a number or a text, as it is: the study refuses it by its path."""
    listed = given.tolist() if hasattr(given, "tolist") else given  # of NumPy and pandas
    return listed if isinstance(listed, str | Mapping) or not isinstance(listed, Iterable) else list(listed)


def load_results(folder: str | Path) -> Results:
    """The results of a sweep, finished or not. Raises `ResultsError` if the folder holds none."""
    return Results(open_results(Path(folder)))


def reversal(scenario: AnyScenario, parameter: str, values: Sequence[float], *, power: str | None = None,
             replications: int = 20, seed: int = 1, out: str | Path | None = None,
             processes: int | None = 1) -> pd.DataFrame:
    """Pacts, autonomy given a pact, over all states and of the allies that stay, against a parameter.

    Returns a row per `value` of the parameter, given by path, and `measure`, with the `mean` over the histories and its
    interval. power: may be left out where there is only one. Raises `Refusal`.
    """
    scenario = scenario_of(scenario)
    chosen = chosen_power(scenario, power)
    plan = listed_plan(scenario, "reversal", [{parameter: value} for value in values], replications, seed,
                       keeps_pacts=True)
    outcome = run_sweep(plan, Path(out) if out is not None else RESULTS / plan.folder_name, processes)
    return agents_table(outcome.folder, chosen, list(values))
