"""Means over several cells of a design, each cell with the same weight, and intervals that are right for them.

A cell is a point of the design: one value of everything that varies. Histories of different cells are neither draws
from one distribution nor independent of each other: the cells differ, and a replication lives all of them under the
same luck. So the interval of a mean over cells is not that of all their histories put together. What is independent is
a replication with all that it holds, and from replication to replication the interval is taken: where every cell has
every replication it is Student's t of the replications' means over the cells.

Where some are missing (a measure that does not exist in a history, points that stopped early) it is the cluster-robust
interval CR2 with the degrees of freedom of Bell & McCaffrey 2002 (Survey Methodology 28, 169-181; see Pustejovsky &
Tipton 2018, doi 10.1080/07350015.2016.1247004): the same where nothing is missing, and Student's t for a single cell.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.study.ranges import Range
from simulation.study.summary import CONFIDENCE, Estimate


def marginal_mean(values: np.ndarray, cells: np.ndarray, replications: np.ndarray,
                  within: Range | None = None) -> Estimate:
    """The mean of the cells' means, with its 95% interval.

    Parameters
    ----------
    values : a number per history; NaN where the measure does not exist.
    cells, replications : the cell and the replication of each history, as whole numbers.
    within : the range of what is measured, which the interval does not leave.

    There is no mean (NaN) where a cell has no history with the measure, since the mean of the others would be of other
    conditions; and no interval where a cell has only one. `histories` counts those with the measure.
    """
    _, cells = np.unique(cells, return_inverse=True)
    number = int(cells.max()) + 1 if cells.size else 0
    exists = ~np.isnan(values)
    values, cells = values[exists], cells[exists]
    counts = np.bincount(cells, minlength=number)
    if not number or counts.min() == 0:
        return Estimate(math.nan, math.nan, math.nan, values.size)
    means = np.bincount(cells, values) / counts
    mean = float(means.mean())
    if counts.min() == 1:
        return Estimate(mean, math.nan, math.nan, values.size)
    _, clusters = np.unique(replications[exists], return_inverse=True)
    half = _half_width(values - means[cells], cells, clusters, counts)
    least, most = within or (-math.inf, math.inf)
    return Estimate(mean, max(mean - half, least), min(mean + half, most), values.size)


def _half_width(deviations: np.ndarray, cells: np.ndarray, clusters: np.ndarray, counts: np.ndarray) -> float:
    """Half the length of the interval: deviations from the cells' means, `counts` histories in each cell.

    With a_c = sqrt(n_c / (n_c - 1)) / (K n_c) for K cells of n_c histories, a replication's share of the error is the
    sum of its deviations times a_c; the variance is the sum of the squares of those shares.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - slow to import, for what a single history never asks

    number = counts.size
    adjusted = np.sqrt(counts / (counts - 1.0)) / (number * counts)
    shares = np.bincount(clusters, deviations * adjusted[cells])
    variances = np.bincount(cells, deviations**2) / (counts - 1.0)
    if not shares.any():
        return 0.0
    weights = np.zeros((shares.size, number))  # (replications, cells)
    np.add.at(weights, (clusters, cells), adjusted[cells])
    freedom = _degrees_of_freedom(weights, variances, counts)
    return float(stdtrit(freedom, (1.0 + CONFIDENCE) / 2.0) * math.sqrt(shares @ shares))


def _degrees_of_freedom(weights: np.ndarray, variances: np.ndarray, counts: np.ndarray) -> float:
    """Squared trace over trace of the square of the matrix D - W V W', whose quadratic form the variance is.

    weights: W, (replications, cells); V: the diagonal of the cells' variances over their counts; D: the diagonal of the
    sums over cells of variance times squared weight. The square's trace is found from the smaller of W V W' and its
    cell-by-cell twin, so that no large matrix is made.
    """
    diagonal = weights**2 @ variances
    scaled = weights * np.sqrt(variances / counts)
    inner = scaled @ scaled.T if scaled.shape[0] < scaled.shape[1] else scaled.T @ scaled
    squares = np.sum(scaled**2, axis=1)
    trace = diagonal.sum() - squares.sum()
    of_square = np.sum(diagonal**2) - 2.0 * np.sum(diagonal * squares) + np.sum(inner**2)
    return float(trace**2 / of_square)
