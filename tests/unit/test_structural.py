"""The theory's own functions as a likelihood: against the second implementation of the payoffs, and on dyads whose
pacts were drawn by known parameters. All rows are invented."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logsumexp

from simulation.equilibrium.world import nobody_allied, problem_at, world_of
from simulation.errors import Refusal, ResultsError
from simulation.record import profiles
from simulation.record.dyads import read_dyads
from simulation.record.features import features_of
from simulation.record.fit_cache import FitCache
from simulation.record.fitted_scenario import FittedTheory, read_fit
from simulation.record.gains import FEW_NODES, NODES, problem_of, shared_gain, shared_gains
from simulation.record.observables import competitors, patron_threats
from simulation.record.pair_tables import pair_table
from simulation.record.scenario_text import scenario_text
from simulation.record.structural import (
    FIXED,
    OF_EACH,
    REACH,
    SHARED,
    Likelihood,
    Structural,
    StructuralFit,
    gains_of,
    numbers_of,
    of_power,
    pairs_of,
    parameter_named,
    parameter_table,
)
from simulation.scenario.file import load_scenario
from tests.oracles import reference
from tests.record import POWERS, dyads

TRUTH = {"latent_threat": 1.0, "membership_cost": 0.001, "autonomy_value": 40.0, "preference_weight": 6.0,
         "ideal_points": 0.1, "power_projection": 0.1, "legitimation": 4.0, "denial": 0.05, "stabilisation": 0.2,
         "war_cost": 0.2, "noise": 0.05, "reach.USA": 1500.0, "reach.RUS": 500.0, "fixed.USA": 0.2, "fixed.RUS": 0.4}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Features of invented dyads, pacts drawn by `TRUTH`."""
    made = features_of(dyads(states=60, years=range(1996, 2005))).rows
    luck = np.random.default_rng(3).random(len(made))
    return made.assign(pact=(luck < expit(gains_of(TRUTH, made) / TRUTH["noise"])).astype(float))


def test_the_gain_is_the_largest_that_leaves_neither_side_less_on_the_grid(rows):
    """Against NumPy's version of the payoffs, on the same 81 contracts; `problem_of` says which inputs are meant."""
    some = rows.iloc[::37].reset_index(drop=True)
    powers = tuple(POWERS)
    pairs = pairs_of(TRUTH, powers, *numbers_of(some, powers))
    for row, found in enumerate(gains_of(TRUTH, some)):
        problem = problem_of(pairs, pairs.power[row], pairs.inputs[row])
        s = np.linspace(problem.minimum_commitment, 1.0, 9)[:, None]
        a = np.linspace(0.0, problem.most_autonomy, 9)[None, :]
        u, v = reference.gains(reference_inputs(some.iloc[row]), s + 0 * a, a + 0 * s)
        assert found == pytest.approx(np.minimum(u - TRUTH["membership_cost"], v).max(), abs=1e-9)


def test_a_soft_maximum_is_the_logarithm_of_the_sum_of_exponentials_over_the_contracts(rows):
    some = rows.iloc[::61].reset_index(drop=True)
    powers = tuple(POWERS)
    pairs, found = pairs_of(TRUTH, powers, *numbers_of(some, powers)), np.empty(len(some))
    shared_gains(pairs, FEW_NODES, 0.1, found)
    for row, soft in enumerate(found):
        problem = problem_of(pairs, pairs.power[row], pairs.inputs[row])
        s = np.linspace(problem.minimum_commitment, 1.0, 5)[:, None]
        a = np.linspace(0.0, problem.most_autonomy, 5)[None, :]
        u, v = reference.gains(reference_inputs(some.iloc[row]), s + 0 * a, a + 0 * s)
        assert soft == pytest.approx(0.1 * logsumexp(np.minimum(u - TRUTH["membership_cost"], v) / 0.1), abs=1e-9)


def reference_inputs(row: pd.Series) -> tuple:
    """The six inputs of a pair, written out from the mapping in docs/record.md."""
    from simulation.record.structural import usual_rules
    from simulation.scenario.parameters import MajorPower
    from simulation.scenario.traits import power_traits
    from simulation.theory.bargaining_problem import ALONE, Circumstances, Portfolio, RelationTraits, StateTraits
    from simulation.theory.crisis import Audience

    def seen(name):
        return float(row[f"input_{name}"])

    power = power_traits(MajorPower())._replace(
        capability=seen("power_capability"), power_projection=0.1, legitimation=4.0, denial=0.05, stabilisation=0.2,
        opportunity_dial=0.0, war_cost=0.2, fixed=TRUTH[FIXED + row["power"]])
    distance = seen("regime_gap") + 0.1 * seen("ideal_gap")
    competitor = seen("competitor_regime_gap") + 0.1 * seen("competitor_ideal_gap")
    relation = RelationTraits(2.0 ** (-seen("distance_km") / TRUTH[REACH + row["power"]]),
                              2.0 ** (-seen("distance_km") / 500.0), seen("basing"), competitor, seen("patron_threat"))
    now = Circumstances(seen("capability"), distance, seen("rival_pull"), Audience(1.0, 1.0, 0.6, 0.7),
                        seen("crisis_rate"), seen("challenger"), seen("crisis_rate"), seen("challenger"), ALONE)
    rules = usual_rules()._replace(membership_cost=0.0)  # the second implementation has none; 0.001 is taken off below
    state = StateTraits(40.0, 6.0, 1.0, seen("instability"), 1.0)
    return rules, power, state, relation, now, Portfolio(1.0, 0.0, 0.0, 0.0, 0.0)


def test_a_place_and_its_parameters_are_each_others_inverse(rows):
    likelihood = Likelihood(rows, tuple(POWERS), {})
    place = likelihood.place(TRUTH)
    assert likelihood.parameters(place) == pytest.approx(TRUTH, rel=1e-9)
    assert set(likelihood.names) == {*SHARED, *(kind + power for kind in OF_EACH for power in POWERS)}


def test_a_fit_is_at_least_as_likely_as_the_parameters_that_drew_the_pacts(rows):
    found = Structural(every=1, evaluations=400).fit(rows, near=TRUTH)
    likelihood = Likelihood(rows, found.powers, {})
    assert found.log_likelihood >= -likelihood.loss(likelihood.place(TRUTH))
    assert found.log_likelihood == pytest.approx(-likelihood.loss(likelihood.place(found.parameters)), rel=1e-9)
    told = found.probability(rows)
    assert np.corrcoef(told, expit(gains_of(TRUTH, rows) / TRUTH["noise"]))[0, 1] > 0.9


@pytest.mark.slow
def test_a_search_from_anywhere_is_as_likely_as_the_parameters_that_drew_the_pacts(rows):
    found = Structural(every=1).fit(rows)
    assert found.log_likelihood >= -Likelihood(rows, found.powers, {}).loss(
        Likelihood(rows, found.powers, {}).place(TRUTH))


def test_a_fit_is_made_once_and_known_again_after_an_interruption(rows, tmp_path, monkeypatch):
    file, quick = tmp_path / "fits.jsonl", {"every": 3, "starts": 1, "evaluations": 30}
    first = Structural(**quick, cache=FitCache(file)).fit(rows)
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"fit": "cut o')
    made = []
    found = [first.parameters | {"log_likelihood": 0.0}]
    monkeypatch.setattr(Likelihood, "local_maxima", lambda *_: made.append(1) or found)
    again = Structural(**quick, cache=FitCache(file)).fit(rows)
    assert (again.parameters, again.log_likelihood, made) == (first.parameters, first.log_likelihood, [])
    Structural(**quick, cache=FitCache(file)).fit(rows[rows["state"] != rows["state"].iloc[0]])
    assert made == [1]


def test_years_between_those_that_are_fitted_do_not_count(rows):
    quick = {"every": 3, "starts": 1, "evaluations": 30}
    kept = rows[(2004 - rows["year"]) % 3 == 0]
    changed = rows.assign(pact=rows["pact"].where((2004 - rows["year"]) % 3 == 0, 1.0 - rows["pact"]))
    assert Structural(**quick).fit(kept).parameters == Structural(**quick).fit(changed).parameters


def test_what_is_shared_is_kept_where_reach_and_fixed_costs_are_refitted(rows):
    fit = Structural(every=3, starts=1, evaluations=40).fit(rows)
    own = fit.with_level_and_slope(rows[rows["power"] == "RUS"])
    assert {name: own.parameters[name] for name in SHARED} == {name: fit.parameters[name] for name in SHARED}
    assert set(own.parameters) == {*SHARED, "reach.RUS", "fixed.RUS"}


def test_a_power_that_was_not_fitted_has_the_geometric_mean_of_the_others(rows):
    assert of_power(TRUTH, REACH, "CHN") == pytest.approx((1500.0 * 500.0) ** 0.5)
    assert of_power(TRUTH, REACH, "USA") == 1500.0


def test_nothing_is_fitted_where_nothing_differs(rows):
    with pytest.raises(Refusal, match="nothing to tell apart"):
        Structural().fit(rows.assign(pact=1.0))


def test_the_table_names_every_parameter_with_unit_and_range(rows):
    fit = Structural(every=3, starts=1, evaluations=30).fit(rows)
    table = parameter_table(fit, pd.DataFrame([fit.parameters] * 20))
    assert list(table["parameter"]) == list(fit.parameters)
    assert (table["low"] == table["high"]).all() and (table["estimate"] <= table["most"] * 1.0001).all()
    assert table.set_index("parameter").loc["reach.USA", "meaning"].startswith("USA: distance at which half")


def test_the_table_of_pairs_says_what_the_likelihood_was_told(rows):
    fit = StructuralFit(Structural(), tuple(POWERS), TRUTH, 0.0, (0.0,))
    table = pair_table(fit, rows, 2004).set_index(["power", "state"])
    own = rows[rows["year"] == 2004].set_index(["power", "state"])
    told = pd.Series(gains_of(TRUTH, own.reset_index()), own.index)
    np.testing.assert_allclose(table["gain"], told.loc[table.index], atol=1e-12)
    weak = table["weak_protection"] - table["weak_autonomy_cost"] - table["weak_membership_cost"]
    np.testing.assert_allclose(weak, table["weak_gain"], atol=1e-12)
    gained, paid = (table.filter(regex=f"^{kind}_").sum(axis=1) for kind in ("benefit", "cost"))
    np.testing.assert_allclose(gained - paid, table["major_gain"], atol=1e-12)
    assert list(table.loc["RUS", "probability"]) == sorted(table.loc["RUS", "probability"], reverse=True)


# --- inputs that do not know the answer -------------------------------------------------------------------------------

def test_the_diffuse_threat_is_the_powers_own_where_it_is_the_strongest_rival():
    weak = pd.DataFrame({"patron": ["RUS"] * 4, "mids_targeted_10y": [0, 0, 4, None],
                         "mids_targeted_nonpatron_10y": [0, 0, 1, 2], "protege_rival": ["RUS", "TUR", "TUR", None]})
    assert patron_threats(weak).tolist() == [1.0, 0.0, pytest.approx(3 / 4.5), 0.0]


def test_no_input_moves_with_bases_or_pacts():
    table = dyads(states=12, years=range(2000, 2003))
    moved = table.assign(atop_defense=1.0 - table["atop_defense"], us_troops=9.0, rus_presence_hc=2.0)
    inputs = [features_of(each).rows.filter(like="input_") for each in (table, moved)]
    pd.testing.assert_frame_equal(*inputs)


# --- a scenario with what was fitted ----------------------------------------------------------------------------------

FIT = FittedTheory(TRUTH, "fitted to USA, RUS, 1996-2004 (record fit --form structural)")


@pytest.fixture
def read(tmp_path):
    dyads(states=30, years=range(2000, 2003)).to_csv(tmp_path / "dyads.csv", index=False)
    return read_dyads(tmp_path / "dyads.csv")


def test_the_scenario_brings_the_same_to_the_table_as_the_likelihood_was_told(read, tmp_path):
    """g from the equilibrium's own reading of the file is the fit's; figures of the file have three or four digits."""
    (tmp_path / "made.yaml").write_text(scenario_text(read, "RUS", 2001, fit=FIT).text, encoding="utf-8")
    scenario = load_scenario(tmp_path / "made.yaml")
    rows = features_of(read.table).rows
    own = rows[(rows["power"] == "RUS") & (rows["year"] == 2001)].set_index("state").loc[list(scenario.weak_states)]
    world = world_of(scenario)
    for number, told in enumerate(gains_of(TRUTH, own.reset_index())):
        problem = problem_at(world, nobody_allied(world), 0, number, world.pulls[0, number])
        assert shared_gain(problem, NODES, 0.0) == pytest.approx(told, abs=5e-3)


def test_every_fitted_figure_names_its_fit(read):
    text = scenario_text(read, "USA", 2001, fit=FIT).text
    assert text.count("Fitted to USA, RUS, 1996-2004") == 8
    assert "name: usa-2001-fitted" in text


def test_a_power_that_was_not_fitted_is_refused(read):
    fit = FittedTheory({name: value for name, value in TRUTH.items() if not name.endswith("RUS")}, "fitted")
    with pytest.raises(Refusal, match="--fit: a major power that was not fitted; found RUS; allowed: USA"):
        scenario_text(read, "RUS", 2001, fit=fit)


@pytest.mark.parametrize(("asked", "text", "told"), [
    ({"what": "score"}, "", "no fit of the theory's own functions"),
    ({"what": "fit", "terms": ["regime"]}, "", "no fit of the theory's own functions"),
    ({"what": "fit", "form": "structural"}, "parameter,estimate\nnoise,word\n", "not a table of parameters"),
    ({"what": "fit", "form": "structural"}, "parameter,estimate\nnoise,1\n", "no parameter latent_threat")])
def test_a_folder_without_such_a_fit_is_refused(asked, text, told, tmp_path):
    manifest = {"format": 1, "name": "x", "status": "complete", "record": asked | {"powers": ["USA"], "years": "1-2"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "parameters.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match=told):
        read_fit(tmp_path)


def test_a_competitor_is_the_most_capable_other_power(read):
    found = competitors(read.table)
    russias = found[found["patron"] == "RUS"].merge(read.table[read.table["patron"] == "USA"], on=["protege", "year"])
    assert (russias["competitor_km"] == russias["min_distance_km"]).all()


def test_a_profile_holds_the_estimate_and_stays_within_the_range(rows, monkeypatch):
    monkeypatch.setattr(profiles, "EVALUATIONS", 20)
    fit = Structural(starts=1, evaluations=20).fit(rows)
    done = []
    table = profiles.structural_profiles(fit, rows, ["noise", "war_cost"], 5, lambda: done.append(1))
    assert len(done) == len(table) - 2  # the estimates were there
    for name, own in table.groupby("parameter"):
        entry = parameter_named(name)
        assert own["value"].between(entry.least * (1 - 1e-9), entry.most * (1 + 1e-9)).all()
        assert own.loc[own["value"] == fit.parameters[name], "log_likelihood"].item() == fit.log_likelihood
    told = profiles.summary(table, fit)
    assert (told["low"] <= told["estimate"]).all() or (told["rise"] > 0).any()


def test_the_ends_of_a_steep_profile_are_those_of_the_parabola_that_it_is_however_few_its_points():
    value = np.geomspace(1000.0 / 30.0, 30_000.0, 7)
    height = -50.0 * np.log(value / 1000.0) ** 2
    table = pd.DataFrame({"parameter": "reach.USA", "value": value, "log_likelihood": height, "unit": "km"})
    fit = StructuralFit(Structural(), tuple(POWERS), TRUTH | {"reach.USA": 1000.0}, 0.0, (0.0,))
    told = profiles.summary(table, fit).iloc[0]
    away = (profiles.CUTOFF / 50.0) ** 0.5
    assert (told["low"], told["high"]) == pytest.approx((1000.0 * np.exp(-away), 1000.0 * np.exp(away)), rel=1e-9)
