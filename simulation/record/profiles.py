"""Profiles: the log likelihood along a parameter, all others fitted anew. What is flat, the record does not tell.

Of the additive form every point is a maximum, for its likelihood is concave. Of the theory's own functions a point is
what a search reaches from the point beside it, so that a profile may lie below the true one, and above the fit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from simulation.record.additive import SLOPE, TERMS, AdditiveFit
from simulation.record.profile_shape import CUTOFF, place_and_root
from simulation.record.structural import StructuralFit, parameter_named

LEAST_WIDTH = 1.0
"""A parameter is followed at least this far on either side of its estimate, log odds per unit."""
SPAN = 30.0
"""A parameter of the theory's own functions is followed to so many times its estimate, and to one part in so many."""
EVALUATIONS = 1500
"""Most likelihoods of a search for a point of such a profile."""


def profiles(fit: AdditiveFit, rows: pd.DataFrame, names: Iterable[str], points: int) -> pd.DataFrame:
    """The log likelihood along each of some parameters: columns parameter, value, log_likelihood.

    Each is followed from its estimate by as much as its own size, and at least by `LEAST_WIDTH`, on either side, as far
    as the sign that the theory demands allows; its estimate is among the values.
    """
    found = []
    for name in names:
        estimate = fit.parameters[name]
        width = max(LEAST_WIDTH, abs(estimate))
        low, high = _allowed(fit, name)
        values = np.union1d(np.linspace(max(estimate - width, low), min(estimate + width, high), points), [estimate])
        for value in map(float, values):
            held = fit.model.fit(rows, {name: value}, fit.parameters)
            found.append({"parameter": name, "value": value, "log_likelihood": held.log_likelihood})
    return pd.DataFrame(found)


def _allowed(fit: AdditiveFit, name: str) -> tuple[float, float]:
    sign = 1 if name.startswith(SLOPE) else TERMS[name].sign if name in TERMS and fit.model.has_signs else 0
    return (0.0 if sign > 0 else -np.inf), (0.0 if sign < 0 else np.inf)


def structural_profiles(fit: StructuralFit, rows: pd.DataFrame, names: Iterable[str], points: int,
                        done: Callable[[], None]) -> pd.DataFrame:
    """The same of the theory's own functions, with the column unit; values lie evenly by their logarithm.

    From the estimate outward to `SPAN` times and one part in `SPAN` of it, within the range that is searched; each
    search begins where that of the value before it ended. done : told after every search, `points` - 1 a parameter.
    """
    model = dataclasses.replace(fit.model, evaluations=min(EVALUATIONS, fit.model.evaluations or EVALUATIONS))
    found = []
    for name in names:
        estimate, unit = fit.parameters[name], parameter_named(name).unit
        own = {estimate: fit.log_likelihood}
        for side in _sides(name, estimate, points):
            near = fit.parameters
            for value in side:
                reached = model.fit(rows, {name: value}, near | {name: value})
                near, own[value] = reached.parameters, reached.log_likelihood
                done()
        found += [{"parameter": name, "value": value, "log_likelihood": height, "unit": unit}
                  for value, height in sorted(own.items())]
    return pd.DataFrame(found)


def _sides(name: str, estimate: float, points: int) -> Iterator[list[float]]:
    """The values below an estimate and those above, each from it outward; none where it is at the end of its range."""
    entry = parameter_named(name)
    ends = max(entry.least, estimate / SPAN), min(entry.most, estimate * SPAN)
    for end, number in zip(ends, ((points - 1) // 2, points - 1 - (points - 1) // 2), strict=True):
        yield [float(value) for value in np.geomspace(estimate, end, number + 1)[1:]] if end != estimate else []


def summary(table: pd.DataFrame, fit: AdditiveFit | StructuralFit) -> pd.DataFrame:
    """For every parameter its estimate, the least and largest value within `CUTOFF` of the maximum, and whether the
    profile is still above it at the end of what was followed; rise: by how much the profile's maximum lies above the
    likelihood of the fit.

    Between values as `profile_shape` says; where the table has the column unit, along the logarithm of the parameter.
    """
    rows = []
    for name, own in table.groupby("parameter", sort=False):
        value, height = own["value"].to_numpy(), own["log_likelihood"].to_numpy()
        place, signed = place_and_root(value, height, "unit" in table)
        root = np.abs(signed)
        is_in = np.flatnonzero(root <= np.sqrt(CUTOFF))
        first, last = int(is_in[0]), int(is_in[-1])
        ends = np.array([_crossing(place, root, first, first - 1), _crossing(place, root, last, last + 1)])
        low, high = np.exp(ends) if "unit" in table else ends
        low, high = (value[0] if first == 0 else low), (value[-1] if last == len(value) - 1 else high)
        rows.append({"parameter": name, "estimate": fit.parameters[str(name)], "low": float(low), "high": float(high),
                     "is_open_low": first == 0, "is_open_high": last == len(value) - 1,
                     "rise": float(height.max() - fit.log_likelihood)})
    return pd.DataFrame(rows)


def _crossing(place: np.ndarray, root: np.ndarray, inside: int, outside: int) -> float:
    """Where the line between a value inside and its neighbour outside meets the cut-off; the value itself at an end."""
    if not 0 <= outside < place.size:
        return float(place[inside])
    share = (np.sqrt(CUTOFF) - root[inside]) / (root[outside] - root[inside])
    return float(place[inside] + share * (place[outside] - place[inside]))
