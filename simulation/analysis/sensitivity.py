"""How much each parameter of a box moves a measure: elementary effects (Morris) and shares of variance (Saltelli).

A point's value is the mean of the measure over its histories. All points share their luck, so the indices are of what
the parameters do to the same histories; they are not blurred by luck that differs from point to point.

Sources: Morris 1991, doi 10.1080/00401706.1991.10484804; Campolongo, Cariboni & Saltelli 2007 (mu*), doi
10.1016/j.envsoft.2006.10.004; Saltelli et al. 2010 (S1, ST), doi 10.1016/j.cpc.2009.09.018; Saltelli 2002 (S2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import Refusal, ResultsError
from simulation.history.measures import MEASURES
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.design import sensitivity_part
from simulation.study.histories import SUCCEEDED
from simulation.study.plan import Plan
from simulation.study.sampling import (
    SENSITIVITY,
    Morris,
    Saltelli,
    Sampled,
    axis_of,
    distinct,
    refuse_without_salib,
    rows_of,
    unit_cube,
)
from simulation.study.stopping import half_width

USUAL_MEASURES = ("number_of_pacts", "pacts_beyond_paper", "commitment_all_states", "autonomy_all_states")
"""They exist in every history, with pacts or without."""
CONFIDENCE = 0.95
RESAMPLES, RESAMPLING_SEED = 500, 1
COLUMNS = ("method", "measure", "major_power", "path", "with_path", "index", "value", "low", "high")
MAIN_INDEX = {"morris": "mu_star", "saltelli": "ST"}
"""The index by which parameters are ranked."""


class Index(NamedTuple):
    """One number: whose, of which pair if it is of one, and its interval if it has one (NaN if not)."""

    path: str
    with_path: str
    index: str  # type: ignore[assignment] # a column of the tables, so named before there was a method of tuples
    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass
class Sensitivity:
    """All indices of a sweep as a tidy table (`COLUMNS`), and what a reader must know of them."""

    method: str
    table: pd.DataFrame
    remarks: list[str] = field(default_factory=list)


def sensitivity(plan: Plan, runs: pd.DataFrame, measures: Iterable[str] = USUAL_MEASURES) -> Sensitivity:
    """The indices of every parameter, for each measure and major power.

    Parameters
    ----------
    plan : what was swept; its design is of kind morris or saltelli.
    runs : the table of a finished sweep.

    Raises `Refusal` for another design, an unknown measure, or one that does not exist at some point; `ResultsError`
    if the libraries installed here draw another sample than the one that was swept.
    """
    kind, design = refuse_other_design(plan)
    assert isinstance(design, Morris | Saltelli)
    rows = rows_of(kind, design)
    points = _places_of(plan, rows)
    found = Sensitivity(kind, pd.DataFrame(columns=list(COLUMNS)))
    entries: list[tuple[Any, ...]] = []
    for measure in measures:
        known = [*MEASURES, *plan.own_measures]
        if measure not in known:
            raise Refusal("unknown measure", found=shown(measure), allowed=listed(known),
                          suggestion=nearest(measure, known), file="--measure")
        for power in plan.scenario.major_powers:
            values = _means(runs, measure, power, len(plan.points), found.remarks)[points]
            indices = list(elementary_effects(design, rows, values) if isinstance(design, Morris) else
                           variance_shares(design, values))
            if any(math.isnan(index.value) for index in indices):
                found.remarks.append(f"{measure} of {power} varies too little for shares of its variance.")
            entries += [(kind, measure, power, *index) for index in indices]
    found.table = pd.DataFrame(entries, columns=list(COLUMNS))
    return found


def ranked(table: pd.DataFrame, measure: str, power: str) -> list[str]:
    """Paths by the main index of a measure, largest first; ties in the order of the design."""
    own = table[(table["measure"] == measure) & (table["major_power"] == power)]
    main = own[own["index"] == MAIN_INDEX[own["method"].iloc[0]]]
    return [str(path) for path in main.sort_values("value", ascending=False, kind="stable")["path"]]


# ---- indices from the values of a sample -----------------------------------------------------------------------------


def elementary_effects(design: Morris, rows: list[dict[str, Any]], values: np.ndarray) -> Iterator[Index]:
    """Per parameter mu_star, mu and sigma: mean size, mean and standard deviation of its elementary effects.

    An elementary effect is the change of the value over the change of one parameter, measured in lengths of its axis:
    on a logarithmic axis in ratios, between choices and whole numbers in steps. The interval of mu_star is Student's t
    over trajectories.

    Parameters
    ----------
    rows : values by path in every row of the sample. values : what came of each row, (rows,).
    """
    places = np.array([_along(design, row) for row in rows]).reshape(design.trajectories, -1, len(design.axes))
    moves = np.diff(places, axis=1)
    changes = np.diff(np.asarray(values, dtype=float).reshape(design.trajectories, -1), axis=1)
    for axis, path in enumerate(design.axes):
        # each trajectory moves each parameter once
        moved = moves[:, :, axis] != 0.0
        effects = changes[moved] / moves[:, :, axis][moved]
        size = float(np.abs(effects).mean())
        half = half_width(np.abs(effects), CONFIDENCE) if effects.size > 1 else math.nan
        low = size - half if math.isnan(half) else max(0.0, size - half)  # a mean size is never negative
        yield Index(path, "", "mu_star", size, low, size + half)
        yield Index(path, "", "mu", float(effects.mean()))
        yield Index(path, "", "sigma", float(np.std(effects, ddof=1)))


def variance_shares(design: Saltelli, values: np.ndarray) -> Iterator[Index]:
    """Per parameter S1 and ST, its share of the variance alone and with all its interactions; per pair S2 if designed.

    Intervals from a bootstrap over base points. NaN where the value does not vary between base points.

    Parameters
    ----------
    values : what came of each row of the sample, (rows,).
    """
    refuse_without_salib()
    from SALib.analyze import sobol  # noqa: PLC0415 - optional, and slow to import

    paths, values = list(design.axes), np.asarray(values, dtype=float)
    step = len(values) // design.base
    if np.ptp(np.concatenate([values[::step], values[step - 1::step]])) == 0.0:
        for path in paths:
            yield from (Index(path, "", name, math.nan) for name in ("ST", "S1"))
        return
    found = sobol.analyze(unit_cube(len(paths)), values, calc_second_order=design.second_order,
                          num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=RESAMPLING_SEED)
    for axis, path in enumerate(paths):
        yield from (_with_interval(path, "", name, found[name][axis], found[f"{name}_conf"][axis])
                    for name in ("ST", "S1"))
    if design.second_order:
        for one, path in enumerate(paths):
            for other in range(one + 1, len(paths)):
                yield _with_interval(path, paths[other], "S2", found["S2"][one, other], found["S2_conf"][one, other])


def _with_interval(path: str, with_path: str, name: str, value: float, half: float) -> Index:
    return Index(path, with_path, name, float(value), float(value - half), float(value + half))


def _along(design: Sampled, row: dict[str, Any]) -> list[float]:
    """Where a row lies along each axis, from 0 to 1."""
    return [axis_of(path, axis, (), None).place_of(row[path]) for path, axis in design.axes.items()]


# ---- from the table of runs to values --------------------------------------------------------------------------------


def refuse_other_design(plan: Plan, file: str = "") -> tuple[str, Sampled]:
    """Kind and part of a plan's design. Raises `Refusal`, naming the `file`, if it tells of no sensitivities."""
    found = sensitivity_part(plan.study.design)
    if found is None:
        given = [kind for kind, part in plan.study.design if part]
        raise Refusal("not a design for sensitivities", found=", ".join(given) or "no design",
                      allowed=" or ".join(SENSITIVITY), file=file)
    return found


def _places_of(plan: Plan, rows: list[dict[str, Any]]) -> list[int]:
    """The point of every row of the sample."""
    points, places = distinct(rows)
    if len(points) != len(plan.points) or not all(map(_agree, points, plan.points)):
        raise ResultsError(f"{plan.study.name}: SciPy and SALib, as they are installed here, draw another sample than"
                           " the one that was swept; install the versions that the manifest names")
    return places


def _agree(drawn: dict[str, Any], swept: dict[str, Any]) -> bool:
    """Whether a point is the one that was swept; a mapping is held by the scenario with its defaults filled in."""
    return all(isinstance(value, dict) or value == swept.get(path) for path, value in drawn.items())


def _means(runs: pd.DataFrame, measure: str, power: str, points: int, remarks: list[str]) -> np.ndarray:
    """The mean of a measure over the histories of every point. Raises `Refusal` if there is none at some point."""
    own = runs[(runs["major_power"] == power) & (runs["status"] == SUCCEEDED)]
    grouped = own.groupby("point_id")[measure]
    means: np.ndarray = grouped.mean().reindex(range(points)).to_numpy(dtype=float)
    without = int(np.isnan(means).sum())
    if without:
        failed = points - own["point_id"].nunique()
        told = f" ({failed} where every history failed)" if failed else ""
        raise Refusal("does not exist at some points", f"{measure} of {power}", f"{without} of {points} points{told}",
                      f"a measure that exists at all of them, such as {USUAL_MEASURES[-1]}; without those points the"
                      " indices would be of another set of parameters than the design's", file="--measure")
    partly = int((grouped.count() < grouped.size()).sum())
    if partly:
        remarks.append(f"{measure} of {power} exists in only some histories of {partly} of {points} points; its mean is"
                       " over those.")
    return means
