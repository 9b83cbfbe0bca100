"""Between what measures lie: every value of every history is inside, and what is worked out from them as well."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.history.measures import MEASURES
from simulation.history.simulate import measures
from simulation.history.world import world_of
from simulation.scenario.parameters import EARTH_HALF_CIRCUMFERENCE_KM
from simulation.study.derived_measures import Derived
from simulation.study.ranges import difference, range_of, weighted
from simulation.study.summary import estimate
from tests.builders import one_power, two_powers

OWN = {
    "far": Derived.model_validate({"share": {"on": "distance_km", "above": 500.0}}),
    "picks": Derived.model_validate({"selection": {"on": "basing"}}),
    "picks_votes": Derived.model_validate({"selection": {"on": "votes"}}),
    "picks_wide": Derived.model_validate({"selection": {"on": "crisis_rate"}}),
    "slope": Derived.model_validate({"slope": {"of": "pact", "on": "distance_km"}}),
    "less": Derived.model_validate({"difference": {"of": "number_of_pacts", "less": "autonomy_all_states"}}),
    "no_range": Derived.model_validate({"difference": {"of": "major_payoff", "less": "autonomy_all_states"}}),
}


@pytest.mark.parametrize("scenario", [one_power(), two_powers()], ids=["one", "two"])
def test_no_history_leaves_a_range(scenario):
    found = measures(world_of(scenario), 3, range(40)).reshape(-1, len(MEASURES))
    bounded = [name for name in MEASURES if range_of(name, scenario)]
    assert {"number_of_pacts", "paper_pacts", "autonomy_given_pact", "ally_distance_q90", "belief_in_resolve"} <= {
        *bounded}
    assert not {"major_payoff", "wars", "pact_duration"} & {*bounded}
    for name in bounded:
        least, most = range_of(name, scenario)
        values = found[:, list(MEASURES).index(name)]
        values = values[~np.isnan(values)]
        assert values.size and (values >= least).all() and (values <= most).all(), name


@pytest.mark.parametrize(("name", "expected"), [
    ("far", (0.0, 1.0)), ("picks", (-1.0, 1.0)), ("picks_votes", (-1000.0, 1000.0)), ("picks_wide", (-1.0, 1.0)),
    ("slope", None), ("less", (-1.0, 3.0)), ("no_range", None), ("autonomy_of_survivors", (0.0, 1.0)),
    ("nothing_known", None), ("ally_distance", (0.0, EARTH_HALF_CIRCUMFERENCE_KM)), ("number_of_pacts", (0.0, 3.0)),
])
def test_measures_of_ones_own_have_the_range_of_what_they_are_made_of(name, expected):
    assert range_of(name, one_power(), OWN) == expected


def test_ranges_of_sums_and_differences():
    assert weighted([(0.0, 1.0), (0.0, 44.0)], [-1.0, 2.0]) == (-1.0, 88.0)
    assert weighted([(0.0, 1.0), None], [1.0, 1.0]) is None
    assert difference((0.0, 1.0), (0.0, 44.0)) == (-44.0, 1.0)
    assert difference(None, (0.0, 1.0)) is None
    assert range_of("number_of_pacts") == (0.0, math.inf)


def test_the_interval_of_an_estimate_stays_within_the_range():
    values = np.array([0.0, 0.0, 0.0, 1.0])
    free, kept = estimate(values), estimate(values, (0.0, 0.9))
    assert free.low < 0.0 < free.high
    assert (kept.mean, kept.low, kept.high) == (free.mean, 0.0, min(free.high, 0.9))
