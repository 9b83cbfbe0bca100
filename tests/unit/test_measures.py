"""Every measure against its definition, written a second time in NumPy, on a history that is made up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.history.measures import MEASURES, Kind, measure, measured
from simulation.history.series import SERIES, History, Series, empty_history

YEARS, WINDOW, POWERS, STATES = 9, 4, 2, 5
DISTANCES = np.array([[0.0, 90.0, 250.0, 600.0, 1200.0], [3000.0, 80.0, 100.0, 101.0, 50.0]])


def made_up(seed: int = 1) -> History:
    """Series that have nothing to do with one another, so that no measure can be right by reading another's."""
    rng = np.random.default_rng(seed)
    history = empty_history(YEARS, DISTANCES, 100.0)
    history.series[:] = rng.uniform(0.5, 4.0, history.series.shape)
    signed = rng.random(history.commitment.shape) < 0.5
    history.commitment[:] = signed * rng.uniform(0.1, 1.0, signed.shape)
    history.autonomy[:] = signed * rng.random(signed.shape)
    history.since[:] = signed
    history.commitment[-1, :, 0] = history.autonomy[-1, :, 0] = 0.0
    history.since[-1, :, 0] = 1.0  # a pact of nothing is a pact
    return history


def over(years: History, power: int) -> dict[str, float]:
    """All measures of a power over the years given (a slice of a history), by their definitions."""
    row = {series.name: years.series[:, power, series] for series in Series}
    mean = {name: values.mean() for name, values in row.items()}
    summed = {name: values.sum() for name, values in row.items()}
    allied = years.since[:, power] > 0
    km = np.tile(years.distance_km[power], (len(allied), 1))[allied]
    benefits = ("POWER_PROJECTION", "LEGITIMATION", "DENIAL", "STABILISATION", "OWN_SECURITY")
    costs = ("FIXED", "DEPLOYMENT", "OPPORTUNITY", "FORECLOSURE", "ENTRAPMENT")
    losses = ("INTERVENTION", "RENEGING", "LOST_STAKE")
    return {
        "number_of_pacts": mean["PACTS"],
        "paper_pacts": mean["PAPER"],
        "pacts_beyond_paper": mean["BEYOND_PAPER"],
        "commitment_given_pact": summed["COMMITMENT"] / summed["PACTS"],
        "autonomy_given_pact": summed["AUTONOMY"] / summed["PACTS"],
        "commitment_all_states": mean["COMMITMENT"] / STATES,
        "autonomy_all_states": mean["AUTONOMY"] / STATES,
        "ally_distance": summed["DISTANCE"] / summed["PACTS"],
        "ally_distance_q10": np.quantile(km, 0.1),
        "ally_distance_median": np.median(km),
        "ally_distance_q90": np.quantile(km, 0.9),
        "neighbours_allied": mean["NEIGHBOURS_ALLIED"] / (DISTANCES[power] <= 100.0).sum(),
        "pacts_signed": 10 * mean["SIGNED"],
        "ended_by_weak_state": 10 * mean["LEFT_BY_WEAK_STATE"],
        "ended_by_major_power": 10 * mean["LEFT_BY_MAJOR_POWER"],
        "ended_by_switch": 10 * mean["SWITCHED"],
        "negotiations": 10 * mean["NEGOTIATIONS"],
        "negotiations_successful": summed["AGREEMENTS"] / summed["NEGOTIATIONS"],
        "challenges": 10 * mean["CHALLENGES"],
        "concessions": 10 * mean["CONCESSIONS"],
        "wars": 10 * mean["WARS"],
        "interventions": 10 * mean["INTERVENTIONS"],
        "abandonments": 10 * mean["ABANDONMENTS"],
        "defeats": 10 * mean["DEFEATS"],
        "outside_challenges": 10 * mean["OUTSIDE_CHALLENGES"],
        "outside_wars": 10 * mean["OUTSIDE_WARS"],
        "outside_interventions": 10 * mean["OUTSIDE_INTERVENTIONS"],
        "reliability_observed": summed["INTERVENTIONS"] / summed["WARS"],
        "reliability_true": summed["RELIABILITY"] / summed["PACTS"],
        "reliability_believed": summed["BELIEVED_RELIABILITY"] / summed["PACTS"],
        "belief_in_resolve": mean["BELIEF"],
        "entrapment_expected": sum(mean[f"EXPECTED_{name}"] for name in losses),
        "entrapment_realised": sum(mean[f"REALISED_{name}"] for name in losses),
        **{f"expected_{name.lower()}": mean[f"EXPECTED_{name}"] for name in losses},
        "major_payoff": sum(mean[name] for name in benefits) - sum(mean[name] for name in costs)
        + mean["OWN_TERM_BENEFITS"] - mean["OWN_TERM_COSTS"],
        "weak_payoff": mean["PROTECTION"] - mean["AUTONOMY_COST"] - mean["MEMBERSHIP_COST"]
        + mean["OWN_TERMS_OF_WEAK_STATES"],
        **{f"benefit_{name.lower()}": mean[name] for name in benefits},
        **{f"cost_{name.lower()}": mean[name] for name in costs},
        "weak_protection": mean["PROTECTION"],
        "weak_autonomy_cost": mean["AUTONOMY_COST"],
        "weak_membership_cost": mean["MEMBERSHIP_COST"],
        "own_challenges": 10 * mean["OWN_CHALLENGES"],
    }


def by_definition(history: History, power: int, end: int, window: int) -> dict[str, float]:
    """All measures of the first `end` years of a history, over the last `window` of them or fewer."""
    first = max(0, end - window)
    window_only = history._replace(
        series=history.series[first:end], commitment=history.commitment[first:end],
        autonomy=history.autonomy[first:end], since=history.since[first:end])
    pacts, signed = history.series[:end, power, Series.PACTS], history.series[:end, power, Series.SIGNED]
    kept, held = history.series[1:end, power, Series.PERSISTED], history.series[:end - 1, power, Series.PACTS]
    since = max(first, 1) - 1
    return over(window_only, power) | {
        "pact_duration": pacts.sum() / signed.sum(),
        "pact_stability": kept[since:].sum() / held[since:].sum(),
    }


@pytest.mark.parametrize("name", MEASURES)
def test_is_what_it_says(name):
    history = made_up()
    for power in range(POWERS):
        for end, window in ((YEARS, WINDOW), (YEARS, 100), (6, WINDOW), (3, WINDOW), (2, 1)):
            expected = by_definition(history, power, end, window)[name]
            assert measure(name, history, power, end, window) == pytest.approx(expected, rel=1e-12)


def test_all_measures_at_once():
    history = made_up()
    found = measured(history, 1, WINDOW)
    assert list(found) == list(MEASURES)
    assert found == pytest.approx(by_definition(history, 1, YEARS, WINDOW), rel=1e-12)


def test_nothing_to_measure_is_not_a_number_and_never_0():
    history = empty_history(3, DISTANCES + 200.0, 100.0)
    found = measured(history, 0, 2)
    assert {name for name, value in found.items() if math.isnan(value)} == {
        "commitment_given_pact", "autonomy_given_pact", "ally_distance", "ally_distance_q10", "ally_distance_median",
        "ally_distance_q90", "neighbours_allied", "pact_duration", "pact_stability", "negotiations_successful",
        "reliability_observed", "reliability_true", "reliability_believed"}
    assert {value for value in found.values() if not math.isnan(value)} == {0.0}


def test_before_the_first_year_there_is_nothing_to_measure():
    assert all(math.isnan(measure(name, made_up(), 0, 0, WINDOW)) for name in MEASURES)


def test_an_unknown_measure_is_refused():
    with pytest.raises(KeyError):
        measure("pacts", made_up(), 0, 1, 1)


def test_every_way_of_summing_up_and_every_series_is_used_and_documented():
    assert {definition.kind for definition in MEASURES.values()} == set(Kind)
    assert set(SERIES) == set(Series)
    assert [int(series) for series in Series] == list(range(len(Series)))
    for entry in (*MEASURES.values(), *SERIES.values()):
        assert entry.unit
        assert entry.meaning.endswith(".")


def test_neighbours_are_within_the_distance_itself_included():
    assert empty_history(1, DISTANCES, 100.0).is_neighbour.tolist() == [[1, 1, 0, 0, 0], [0, 1, 1, 0, 1]]
