"""The table of a sweep over a full grid as a netCDF file: an array of each measure by what varies.

Every varied path is a dimension under its own name, followed by `replication` and `major_power`. Measures are NaN where
there is nothing to measure, where a history failed and where there is none; the variable `status` tells these apart.
"""

from __future__ import annotations

import json
import math
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.history.measures import MEASURES
from simulation.study.histories import FAILED, SUCCEEDED
from simulation.study.plan import Plan
from simulation.study.store import ResultsFolder

if TYPE_CHECKING:
    import xarray

STATUSES = {SUCCEEDED: 0, FAILED: 1}
MISSING, NO_STATUS = "missing", -1
LARGEST_WHOLE = 2**31 - 1
"""The format has no integers of 64 bits."""


def write_netcdf(folder: ResultsFolder, file: IO[bytes]) -> None:
    """The whole table as arrays; the design has to be a full grid, and xarray to be there."""
    file.write(dataset_of(folder).to_netcdf(engine="scipy"))


def refuse_without_xarray() -> None:
    """Raises `Refusal` where xarray is not installed."""
    try:
        import xarray  # noqa: F401, PLC0415 - optional
    except ImportError:
        raise Refusal("xarray is not installed", allowed="pip install xarray, in the environment of the program, for"
                                                         " the format netcdf") from None


def axes_of(plan: Plan) -> dict[str, list[Any]]:
    """The values of each varied path, numbers in rising order, others as they come."""
    axes = {}
    for path in plan.paths:
        values = list({_key(point[path]): point[path] for point in plan.points}.values())
        axes[path] = sorted(values) if all(isinstance(value, int | float) for value in values) else values
    return axes


def refuse_what_is_no_grid(plan: Plan) -> None:
    """Raises `Refusal` unless the points of a plan are all combinations of the values of its paths."""
    numbers = [len(values) for values in axes_of(plan).values()]
    if math.prod(numbers) != len(plan.points):
        found = f"{len(plan.points)} points, where all combinations of their values are {math.prod(numbers)}"
        raise Refusal("netcdf needs a full grid", found=found, allowed="csv, parquet, stata", file="--format")


def dataset_of(folder: ResultsFolder) -> xarray.Dataset:
    """The table as arrays over varied paths, replications and major powers."""
    import xarray  # noqa: PLC0415 - optional, and slow to import

    plan, table, axes = folder.plan, folder.table(), axes_of(folder.plan)
    powers = list(plan.scenario.major_powers)
    replications = int(table["replication"].max()) + 1
    shape = *map(len, axes.values()), replications, len(powers)
    cells = _cells_of(plan, table, axes, shape, powers)
    dimensions = *axes, "replication", "major_power"
    described: dict[str, Any] = {**MEASURES, **plan.own_measures}
    variables = {name: (dimensions, _placed(table[name].to_numpy(), cells, shape, np.nan),
                        {"units": found.unit, "long_name": found.meaning})
                 for name, found in described.items()}
    codes = table["status"].map(STATUSES).to_numpy("int8")
    variables["status"] = dimensions[:-1], _placed(codes, cells, shape, NO_STATUS)[..., 0], {
        "long_name": "How the history ended", "flag_values": np.array([*STATUSES.values(), NO_STATUS], "int8"),
        "flag_meanings": " ".join([*STATUSES, MISSING])}
    coordinates: dict[str, Any] = {
        path: (path, _coordinate(values), {"long_name": path}) for path, values in axes.items()}
    coordinates |= {"replication": np.arange(replications, dtype="int32"), "major_power": powers}
    return xarray.Dataset(variables, coordinates, {
        "title": plan.study.title or plan.study.name, "study": plan.study.name, "scenario": plan.scenario.name,
        "identity": plan.identity, "seed": str(plan.study.seed), "program_version": str(folder.manifest["version"])})


def _cells_of(plan: Plan, table: pd.DataFrame, axes: dict[str, list[Any]], shape: tuple[int, ...],
              powers: list[str]) -> np.ndarray:
    """For every row of the table its place in the flattened array."""
    places = {path: {_key(value): place for place, value in enumerate(values)} for path, values in axes.items()}
    by_point = np.array([[places[path][_key(point[path])] for path in plan.paths] for point in plan.points], dtype=int)
    points = by_point.reshape(len(plan.points), len(axes))[table["point_id"].to_numpy()].T
    power = table["major_power"].map({code: place for place, code in enumerate(powers)}).to_numpy(int)
    return np.asarray(np.ravel_multi_index((*points, table["replication"].to_numpy(), power), shape))


def _placed(values: np.ndarray, cells: np.ndarray, shape: tuple[int, ...], otherwise: float) -> np.ndarray:
    array = np.full(math.prod(shape), otherwise, dtype=values.dtype)
    array[cells] = values
    return array.reshape(shape)


def _coordinate(values: list[Any]) -> np.ndarray:
    """Values along an axis as the format can hold them; what is no number is text, as in the table."""
    if any(isinstance(value, bool) for value in values) or not all(isinstance(value, int | float) for value in values):
        return np.array([value if isinstance(value, str) else json.dumps(value, sort_keys=True) for value in values])
    fits = all(isinstance(value, int) and abs(value) <= LARGEST_WHOLE for value in values)
    return np.array(values, dtype="int32" if fits else "float64")


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
