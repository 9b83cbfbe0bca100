"""The model as Mesa's users will first try it, and the switches of a year."""

from __future__ import annotations

import itertools
import math

import mesa
import numpy as np
import pytest

from simulation.errors import Refusal
from simulation.history.agents import WeakState
from simulation.history.measures import MEASURES
from simulation.history.model import AllianceModel, seed_of
from simulation.history.series import ONLY_WITH_OWN_TERMS, SERIES, Series
from simulation.scenario.file import dump_yaml
from simulation.theory import dyad
from tests.builders import AT_REST, one_power, overlaid, two_powers

PATH = "major_powers.P.costs.entrapment.war_cost"
WARLIKE = {"weak_states": {code: {"crisis_rate": 1.0} for code in "ABCDE"}}


def ran(scenario, seed=1, **options) -> AllianceModel:
    model = AllianceModel(scenario, rng=seed, collect=False, **options)
    model.run()
    return model


def switched_off(name: str):
    """Two powers, all states in crisis every year, and one relaxation off."""
    return two_powers(**overlaid(WARLIKE, {"relaxations": {name: False}}))


# --- Mesa -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("is_file", [False, True], ids=["scenario", "file"])
def test_batch_run_equals_direct_runs(is_file, tmp_path):
    scenario = one_power(years=4)
    path = tmp_path / "tiny.yaml"
    path.write_text(dump_yaml(scenario.resolved()), encoding="utf-8")
    rows = mesa.batch_run(
        AllianceModel, parameters={"scenario": path if is_file else scenario, PATH: [0.1, 0.6]}, rng=[1, 2],
        number_processes=1, data_collection_period=-1, display_progress=False)
    assert len(rows) == 4
    found = {}
    for row in rows:
        direct = ran(scenario, row["rng"], **{PATH: row[PATH]})
        found[row["rng"], row[PATH]] = direct.history
        np.testing.assert_equal({name: row[name] for name in direct.measures()}, direct.measures())
        assert row["P.yearly.pacts"] == direct.history.series[-1, 0, Series.PACTS]
    assert len({history.series.tobytes() for history in found.values()}) == 4


def test_the_collector_holds_every_series_and_measure_of_every_year():
    model = AllianceModel(two_powers(years=5), rng=3)
    model.run()
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame.shape == (5, 2 * (len(SERIES) - len(ONLY_WITH_OWN_TERMS) + len(MEASURES)))
    for place, power in enumerate("PQ"):
        for series in [one for one in Series if one not in ONLY_WITH_OWN_TERMS]:
            column = frame[f"{power}.yearly.{series.name.lower()}"]
            assert column.tolist() == model.history.series[:, place, series].tolist()
        assert frame[f"{power}.number_of_pacts"].tolist() == [
            pytest.approx(model.history.series[:end, place, Series.PACTS].mean()) for end in range(1, 6)]
    np.testing.assert_equal({name: frame[name].iloc[-1] for name in model.measures()}, model.measures())


def test_a_collector_of_ones_own_works():
    model = AllianceModel(one_power(years=3), rng=1)
    model.datacollector = mesa.DataCollector(
        model_reporters={"year": "year"},
        agenttype_reporters={WeakState: {"code": "code", "capability": "capability"}})
    model.run()
    assert model.datacollector.get_model_vars_dataframe()["year"].tolist() == [1, 2, 3]
    states = model.datacollector.get_agenttype_vars_dataframe(WeakState)
    assert states["code"].tolist() == ["A", "B", "C"] * 3
    assert states["capability"].nunique() == 9


def test_collecting_changes_no_number():
    collected = AllianceModel(two_powers(years=4), rng=3)
    collected.run()
    for one, other in zip(collected.history, ran(two_powers(years=4), 3).history, strict=True):
        assert np.array_equal(one, other)
    assert ran(one_power(years=2)).datacollector.model_reporters == {}


def test_a_history_ends_with_its_years():
    model = AllianceModel(one_power(years=2), rng=1, collect=False)
    assert all(math.isnan(value) for value in model.measures().values())
    model.step()
    assert model.running
    model.step()
    assert not model.running
    before = model.history.series.copy()
    model.step()
    assert model.year == 2
    assert np.array_equal(model.history.series, before)


def test_seeds():
    assert seed_of(7) == 7
    assert seed_of(np.random.default_rng(5)) == int(np.random.default_rng(5).integers(2**31))
    assert len({seed_of(None) for _ in range(5)}) == 5


def test_replacements_are_refused_as_elsewhere():
    with pytest.raises(Refusal, match="path matches nothing"):
        AllianceModel(one_power(), rng=1, **{"crisis.stakes": 1.0})


# --- the switches of a year -------------------------------------------------------------------------------------------

def test_with_every_relaxation_off_the_pacts_do_not_depend_on_luck():
    scenario = two_powers(relaxations=AT_REST, assumptions={"activation": "listed"}, major_powers={
        "P": {"resolve": {"type": "resolute"}}, "Q": {"resolve": {"type": "irresolute"}}})
    one, other = ran(scenario, 1).history, ran(scenario, 2).history
    assert np.array_equal(one.commitment, other.commitment) and np.array_equal(one.autonomy, other.autonomy)
    assert one.commitment.any()
    assert not np.array_equal(one.series, other.series), "crises are still a matter of luck"


def test_without_drift_and_wars_the_surroundings_stay():
    still = ran(two_powers(relaxations={"drift": False, "war_aftermath": False}))
    moved = ran(two_powers(relaxations={"war_aftermath": False}))
    for state in still.states:
        assert (state.capability_deviation, state.challenger_deviation, state.rate_deviation) == (0.0, 0.0, 0.0)
        assert state.crisis_rate == state.record.crisis_rate
        assert set(state.preference_deviations.values()) == {0.0}
    for state in moved.states:
        assert 0.0 not in (state.capability_deviation, state.challenger_deviation, state.rate_deviation,
                           *state.preference_deviations.values())


def test_without_misperception_everybody_sees_what_is():
    still, moved = ran(switched_off("misperception")), ran(two_powers())
    for state in still.states:
        for power in still.powers:
            assert power.seen[state.code] == (state.seen_rate, state.seen_challenger)
    seen = [power.seen[state.code][0] for power in moved.powers for state in moved.states]
    assert len({*seen, *(state.seen_rate for state in moved.states)}) == 15


def test_attention_limits_the_negotiations_of_a_year():
    limited, unlimited = ran(two_powers()), ran(switched_off("limited_attention"))
    assert set(limited.history.series[:, :, Series.NEGOTIATIONS].ravel()) == {2.0}
    assert set(unlimited.history.series[:, :, Series.NEGOTIATIONS].ravel()) == {5.0}


def test_only_friction_makes_leaving_dear():
    assert ran(switched_off("exit_friction")).world.magnitudes.exit_cost == 0.0
    assert ran(two_powers()).world.magnitudes.exit_cost == 0.005


def test_war_weakens_the_beaten_and_tires_the_intervener():
    drifting = {"relaxations": {"drift": False}}
    model, spared = (ran(two_powers(**overlaid(WARLIKE, overlaid(drifting, more))), 3)
                     for more in ({}, {"relaxations": {"war_aftermath": False}}))
    losses = [state.capability_deviation / math.log(0.8) for state in model.states]
    assert max(losses) >= 1.0
    assert losses == [pytest.approx(round(loss), abs=1e-9) for loss in losses]
    assert [state.capability_deviation for state in spared.states] == [0.0] * 5
    helped = model.history.series[:, :, [Series.INTERVENTIONS, Series.OUTSIDE_INTERVENTIONS]].sum(axis=2) > 0
    for place, power in enumerate(model.powers):
        last = max(np.flatnonzero(helped[:, place]) + 1, default=-3)
        assert power.tired_until == last + 3
    assert helped.any()
    assert {power.tired_until for power in spared.powers} == {0}


def test_beliefs_move_only_by_learning():
    learnt, taught, told = (ran(two_powers(**overlaid(WARLIKE, more)), 3) for more in (
        {}, {"relaxations": {"learning": False}}, {"assumptions": {"information": "complete"}}))
    assert any(belief != 0.6 for state in learnt.states for belief in state.beliefs.values())
    assert {belief for state in taught.states for belief in state.beliefs.values()} == {0.6}
    assert taught.history.series[:, :, Series.BELIEF] == pytest.approx(0.6, rel=1e-12)
    for state in told.states:
        assert state.beliefs == {power.code: float(power.is_resolute) for power in told.powers}


def test_types_are_drawn_with_the_prior_or_given():
    drawn = [AllianceModel(two_powers(), rng=seed, collect=False).powers[0].is_resolute for seed in range(300)]
    assert sum(drawn) / 300 == pytest.approx(0.6, abs=0.1)
    given = two_powers(major_powers={"P": {"resolve": {"type": "resolute"}}, "Q": {"resolve": {"type": "irresolute"}}})
    for seed in range(5):
        powers = AllianceModel(given, rng=seed, collect=False).powers
        assert [power.is_resolute for power in powers] == [True, False]
        assert [power.audience_cost for power in powers] == [1.0, 0.6]


def test_powers_act_in_the_order_assumed():
    def orders(activation, **changes):
        model = AllianceModel(two_powers(assumptions={"activation": activation}, **changes), rng=1, collect=False)
        found = []
        for year in range(1, 201):
            model.year = year
            found.append("".join(power.code for power in model.activation()))
        return found

    assert set(orders("listed")) == {"PQ"}
    assert set(orders("strongest_first", major_powers={"Q": {"capability": 0.06}})) == {"QP"}
    assert orders("random").count("PQ") / 200 == pytest.approx(0.5, abs=0.12)


def pulls(scenario) -> dict[tuple[str, str], float]:
    """Rival pull of every pair in the first year."""
    model = AllianceModel(scenario, rng=1, collect=False)
    model.update_rival_pull()
    return {(power.code, state.code): model.rival_pull(power, state) for power in model.powers
            for state in model.states}


def test_a_rival_pulls_where_it_could_agree_without_denial():
    found, model = pulls(two_powers()), AllianceModel(two_powers(), rng=1, collect=False)
    assert set(found.values()) == {0.0, 1.0}
    for power, other in itertools.permutations(model.powers):
        for state in model.states:
            rules, own, weak, relation, now, portfolio = other.true_inputs(state)
            undenied = rules, own, weak, relation, now._replace(rival_pull=0.0), portfolio
            assert found[power.code, state.code] == float(dyad.can_agree(undenied, 0.0, 0.0))
    assert set(pulls(two_powers(assumptions={"rival_pull": "given"})).values()) == {0.4, 0.6}
    assert set(pulls(one_power()).values()) == {0.5}
