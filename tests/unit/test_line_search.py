"""The line search on maxima that are known: smooth, kinked, stepped, at an end, and where there is none."""

from __future__ import annotations

import math

import pytest

from simulation.theory.line_search import MOST_EVALUATIONS, ask, begin, is_over, tell

TOLERANCE = 1e-7


def searched(objective, low, high, start, tolerance=TOLERANCE):
    """The search run to its end, by the lines of the module's docstring, and all points that it tried."""
    search, tried = begin(low, high, start), []
    while not is_over(search, tolerance):
        search = ask(search, tolerance)
        assert len(tried) < MOST_EVALUATIONS
        tried.append(search.trial)
        search = tell(search, objective(search.trial))
    return search, tried


SMOOTH = {
    "parabola": (lambda x: -(x - 0.3) ** 2, 0.3),
    "flat top": (lambda x: -(x - 0.7) ** 4, 0.7),
    "lopsided": (lambda x: x * math.exp(-5.0 * x), 0.2),
    "Nash": (lambda x: (x - 0.1) ** 0.6 * (1.0 - x) ** 0.4 if x > 0.1 else x - 0.1, 0.64),
    "kink": (lambda x: min(2.0 * x, 1.0 - x), 1.0 / 3.0),
    "sharp kink": (lambda x: -abs(x - 0.123) ** 0.5, 0.123),
    "cliff": (lambda x: x if x <= 0.55 else -1.0, 0.55),
    "left end": (lambda x: -x, 0.0),
    "right end": (lambda x: math.exp(x), 1.0),
}


@pytest.mark.parametrize("start", [0.0, 0.4, 0.9, 1.0])
@pytest.mark.parametrize("name", SMOOTH)
def test_known_maxima(name, start):
    objective, where = SMOOTH[name]
    search, tried = searched(objective, 0.0, 1.0, start)
    assert search.x == pytest.approx(where, abs=2e-4 if name == "flat top" else 5.0 * TOLERANCE)
    assert search.value == objective(search.x) == max(map(objective, tried))
    assert min(tried) >= 0.0 and max(tried) <= 1.0
    assert search.evaluations == len(tried) <= MOST_EVALUATIONS


@pytest.mark.parametrize("high", [1.0, 1.0 / 16.0, 1e-4])
@pytest.mark.parametrize("tolerance", [1e-3, 1e-7])
@pytest.mark.parametrize("name", SMOOTH)
def test_nothing_is_tried_beyond_the_interval(name, tolerance, high):
    """However rough the search and short the interval: a formula need not be a number there."""
    for start in (0.0, 0.3 * high, high):
        tried = searched(SMOOTH[name][0], 0.0, high, start, tolerance)[1]
        assert min(tried) >= 0.0
        assert max(tried) <= high


@pytest.mark.parametrize("name", ["left end", "right end"])
def test_a_maximum_at_an_end_is_found_exactly_and_soon(name):
    objective, where = SMOOTH[name]
    search, tried = searched(objective, 0.0, 1.0, 0.5)
    assert search.x == where
    assert len(tried) < 15


def test_smooth_maxima_take_few_evaluations():
    for name in ("parabola", "lopsided", "Nash"):
        assert all(len(searched(SMOOTH[name][0], 0.0, 1.0, start)[1]) < 20 for start in (0.0, 0.4, 0.9))


def test_a_start_above_both_ends_is_not_lost():
    """Two peaks: the higher, narrow one is kept if the search starts on it."""
    def twin(x):
        return math.exp(-((x - 0.9) / 0.02) ** 2) + 0.5 * math.exp(-((x - 0.3) / 0.2) ** 2)
    assert searched(twin, 0.0, 1.0, 0.9)[0].x == pytest.approx(0.9, abs=1e-3)


def test_other_intervals():
    search, tried = searched(lambda x: -(x - 5.5) ** 2, 5.0, 7.0, 6.9)
    assert search.x == pytest.approx(5.5, abs=1e-6)
    assert min(tried) >= 5.0
    assert searched(lambda x: x, 0.4, 0.4, 0.4)[0].x == 0.4


def test_a_flat_line_ends():
    search, tried = searched(lambda x: 1.0, 0.0, 1.0, 0.5)
    assert search.value == 1.0
    assert len(tried) < 20


def test_a_search_that_is_never_sure_ends_all_the_same():
    """With no tolerance at all, on a kink at a number that floating point cannot hit exactly."""
    search, tried = searched(lambda x: -abs(x - math.pi / 10.0), 0.0, 1.0, 0.5, tolerance=0.0)
    assert search.x == pytest.approx(math.pi / 10.0, abs=1e-12)
    assert len(tried) == search.evaluations
