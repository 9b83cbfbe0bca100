"""Profiles: the log likelihood along a parameter, all others fitted anew. What is flat, the record does not tell."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from simulation.record.additive import SLOPE, TERMS, AdditiveFit

CUTOFF = 1.92
"""Half of the 95% quantile of chi-squared with one degree of freedom."""
LEAST_WIDTH = 1.0
"""A parameter is followed at least this far on either side of its estimate, log odds per unit."""


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


def summary(table: pd.DataFrame, fit: AdditiveFit) -> pd.DataFrame:
    """For every parameter its estimate, the least and largest value within `CUTOFF` of the maximum (interpolated
    between values), and whether the profile is still above it at the end of what was followed."""
    rows = []
    for name, own in table.groupby("parameter", sort=False):
        value, height = own["value"].to_numpy(), own["log_likelihood"].to_numpy()
        above = height - height.max() + CUTOFF
        is_in = np.flatnonzero(above >= 0.0)
        first, last = int(is_in[0]), int(is_in[-1])
        rows.append({"parameter": name, "estimate": fit.parameters[str(name)],
                     "low": _crossing(value, above, first, first - 1), "high": _crossing(value, above, last, last + 1),
                     "is_open_low": first == 0, "is_open_high": last == len(value) - 1})
    return pd.DataFrame(rows)


def _crossing(value: np.ndarray, above: np.ndarray, inside: int, outside: int) -> float:
    """Where the line between a value inside and its neighbour outside meets the cut-off; the value itself at an end."""
    if not 0 <= outside < value.size:
        return float(value[inside])
    share = above[inside] / (above[inside] - above[outside])
    return float(value[inside] + share * (value[outside] - value[inside]))
