"""Means over cells and their intervals: against numpy, against the matrices of the literature, and by how often they
hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, stats

from simulation.study.marginal_means import marginal_mean
from simulation.study.summary import estimate


def arranged(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, cells and replications of a table of (replications, cells)."""
    replications, cells = np.indices(values.shape)
    return values.ravel(), cells.ravel(), replications.ravel()


def test_of_one_cell_it_is_student_s_t():
    values = np.random.default_rng(1).normal(size=12)
    values[3] = np.nan
    found = marginal_mean(values, np.zeros(12, int), np.arange(12))
    assert (found.mean, found.low, found.high) == pytest.approx((estimate(values).mean, estimate(values).low,
                                                                 estimate(values).high))
    assert found.histories == 11


def test_of_a_full_table_it_is_student_s_t_of_the_replications_means():
    values = np.random.default_rng(2).normal(size=(9, 6)) * np.arange(1, 7)
    found, means = marginal_mean(*arranged(values)), values.mean(axis=1)
    low, high = stats.t.interval(0.95, 8, means.mean(), stats.sem(means))
    assert (found.mean, found.low, found.high) == pytest.approx((values.mean(), low, high))


def by_matrices(values: np.ndarray) -> tuple[float, float, float]:
    """CR2 with the degrees of freedom of Bell & McCaffrey, by the matrices of a regression on the cells' dummies."""
    numbers, cells, replications = arranged(values)
    exists = ~np.isnan(numbers)
    numbers, cells, replications = numbers[exists], cells[exists], replications[exists]
    design = (cells[:, None] == np.unique(cells)).astype(float)
    bread = np.linalg.inv(design.T @ design)
    weights = np.full(design.shape[1], 1.0 / design.shape[1])
    means = bread @ design.T @ numbers
    hat = design @ bread @ design.T
    residuals, rest = numbers - design @ means, np.eye(len(numbers)) - hat
    columns, variance = [], 0.0
    for own in (replications == one for one in np.unique(replications)):
        adjusted = linalg.sqrtm(np.linalg.inv(rest[np.ix_(own, own)])).real @ design[own] @ bread @ weights
        variance += float(residuals[own] @ adjusted) ** 2
        columns.append(rest[:, own] @ adjusted)
    spread = np.array([numbers[cells == cell].var(ddof=1) for cell in cells])
    inner = np.array(columns) @ (spread[:, None] * np.array(columns).T)
    freedom = np.trace(inner) ** 2 / np.sum(inner**2)
    half = stats.t.ppf(0.975, freedom) * np.sqrt(variance)
    return means.mean(), means.mean() - half, means.mean() + half


@pytest.mark.parametrize("shape", [(8, 3), (4, 9)])
def test_where_histories_are_missing_it_is_that_of_the_literature(shape):
    rng = np.random.default_rng(3)
    values = rng.normal(size=shape) + rng.normal(size=(shape[0], 1))
    values[0, 0] = values[1, 0] = values[2, -1] = np.nan
    found = marginal_mean(*arranged(values))
    assert (found.mean, found.low, found.high) == pytest.approx(by_matrices(values))
    assert found.histories == values.size - 3


def test_without_a_cell_there_is_no_mean_and_with_one_history_no_interval():
    values = np.ones((4, 2))
    values[:, 1] = np.nan
    assert np.isnan(marginal_mean(*arranged(values)).mean)
    values[2, 1] = 3.0
    found = marginal_mean(*arranged(values))
    assert found.mean == 2.0 and np.isnan(found.low)
    assert np.isnan(marginal_mean(np.zeros(0), np.zeros(0, int), np.zeros(0, int)).mean)


def test_cells_weigh_the_same_however_many_histories_they_have():
    values = np.array([[0.0, 10.0], [0.0, np.nan], [0.0, np.nan], [0.0, 12.0]])
    assert marginal_mean(*arranged(values)).mean == 5.5
    assert marginal_mean(*arranged(np.full((3, 2), 0.5)), (0.0, 1.0)).high == 0.5


def test_it_stays_within_the_range_of_what_is_measured():
    found = marginal_mean(*arranged(np.array([[0.0, 0.1], [0.9, 1.0]])), (0.0, 1.0))
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize(("replications", "cells", "shared", "missing"), [
    (12, 4, 0.8, 0.0), (12, 4, 0.0, 0.0), (5, 6, 0.8, 0.0), (12, 4, 0.8, 0.5)])
def test_it_holds_the_truth_as_often_as_it_says_and_that_of_all_put_together_does_not(
        replications, cells, shared, missing):
    rng, trials = np.random.default_rng(4), 1500
    true, kept = np.arange(cells) / cells, np.linspace(1.0, 1.0 - missing, cells)
    held = pooled = 0
    for _ in range(trials):
        luck = np.sqrt(shared) * rng.normal(size=(replications, 1))
        values = true + (1 + np.arange(cells)) * (luck + np.sqrt(1 - shared) * rng.normal(size=(replications, cells)))
        values = np.where(rng.uniform(size=values.shape) < kept, values, np.nan)
        found, put_together = marginal_mean(*arranged(values)), estimate(values.ravel())
        held += found.low <= true.mean() <= found.high or np.isnan(found.low)
        pooled += put_together.low <= true.mean() <= put_together.high
    assert abs(held / trials - 0.95) < 0.02  # three and a half standard errors
    assert pooled / trials < 0.85 or not shared
