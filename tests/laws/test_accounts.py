"""The books of every history balance, whatever the parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from simulation.history.measures import measured
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.theory import dyad
from tests.builders import AT_REST, one_power, two_powers
from tests.laws.test_histories import CHANGES, SEEDS, history_of

SCENARIO = {"years": 6, "weak_states": {code: {"crisis_rate": 0.9} for code in "ABCDE"}}


@settings(max_examples=60)
@given(CHANGES, SEEDS)
def test_pacts_and_crises_are_all_accounted_for(changes, seed):
    scenario = two_powers(**changes, **SCENARIO)
    history = history_of(scenario, seed)

    def yearly(series):
        return history.series[:, :, series]

    year = np.arange(1, scenario.years + 1)[:, None, None]
    signed, is_new = history.since > 0, (history.since == year).sum(axis=2)
    before = np.concatenate([np.zeros_like(yearly(Series.PACTS)[:1]), yearly(Series.PACTS)[:-1]])
    ended = yearly(Series.LEFT_BY_WEAK_STATE) + yearly(Series.LEFT_BY_MAJOR_POWER) + yearly(Series.SWITCHED)
    assert np.array_equal(yearly(Series.PACTS), before + yearly(Series.SIGNED) - ended)
    assert np.array_equal(yearly(Series.PACTS), yearly(Series.PERSISTED) + is_new)
    assert (yearly(Series.SIGNED) >= is_new).all()
    assert (yearly(Series.AGREEMENTS) >= yearly(Series.SIGNED)).all()
    assert (yearly(Series.NEGOTIATIONS) >= yearly(Series.AGREEMENTS)).all()
    assert np.array_equal(yearly(Series.CHALLENGES), yearly(Series.CONCESSIONS) + yearly(Series.WARS))
    assert np.array_equal(yearly(Series.WARS), yearly(Series.INTERVENTIONS) + yearly(Series.ABANDONMENTS))
    assert (yearly(Series.DEFEATS) <= yearly(Series.WARS)).all()
    assert (yearly(Series.OUTSIDE_WARS) <= yearly(Series.OUTSIDE_CHALLENGES)).all()
    assert (yearly(Series.OUTSIDE_INTERVENTIONS) <= yearly(Series.OUTSIDE_WARS)).all()
    if scenario.relaxations.limited_attention:
        assert yearly(Series.NEGOTIATIONS).max() <= 2

    assert np.array_equal(yearly(Series.PACTS), signed.sum(axis=2))
    np.testing.assert_allclose(yearly(Series.COMMITMENT), history.commitment.sum(axis=2), rtol=1e-12)
    np.testing.assert_allclose(yearly(Series.AUTONOMY), history.autonomy.sum(axis=2), rtol=1e-12)
    np.testing.assert_allclose(yearly(Series.DISTANCE), (signed * history.distance_km).sum(axis=2), rtol=1e-12)
    assert np.array_equal(yearly(Series.NEIGHBOURS_ALLIED), (signed * history.is_neighbour).sum(axis=2))
    assert (history.since <= year).all()
    assert history.commitment[signed].min(initial=1.0) >= scenario.contract.minimum_commitment
    assert not history.commitment[~signed].any() and not history.autonomy[~signed].any()
    if scenario.assumptions.exclusivity:
        assert signed.sum(axis=1).max() <= 1
    for shares in (history.commitment, history.autonomy, yearly(Series.BELIEF)):
        assert shares.min() >= 0.0
        assert shares.max() <= 1.0


@pytest.mark.parametrize("changes", [
    {}, {"benefits": {"legitimation_exponent": 1.4}}, {"costs": {"opportunity": {"weight": 0.05}}}])
def test_the_payoffs_of_a_single_pact_are_the_gains_bargained_for(changes):
    """With one ally what the portfolio is worth is what the pact adds to it, so that the measures and the bargain,
    which go through different code, must agree."""
    scenario = one_power(relaxations=AT_REST, major_powers={"P": changes}).model_dump()
    scenario["weak_states"] = {"A": scenario["weak_states"]["A"]}
    model = AllianceModel(type(one_power()).model_validate(scenario), rng=1, collect=False)
    history = model.run()
    found, (power,), (state,) = measured(history, 0, 1), model.powers, model.states
    pact = state.pacts["P"]
    weak, major = dyad.gains(*power.true_inputs(state), pact.commitment, pact.autonomy)
    assert found["weak_payoff"] == pytest.approx(weak, rel=1e-9)
    assert found["major_payoff"] == pytest.approx(major, rel=1e-9)
    assert min(weak, major) > 0.0
