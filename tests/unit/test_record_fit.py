"""The theory's terms fitted to invented dyads: the odds put in come out, and nobody is judged on what was seen."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as their_log_loss

import simulation as aa
from simulation.errors import Refusal
from simulation.record import holdouts, scores
from simulation.record.additive import ALL_TERMS, CORE, TERMS, Additive, bootstrap, design_of, loss_and_slope
from simulation.record.baselines import DISTANCE, Boosting, Logit, OwnPower
from simulation.record.choice import choices_of, probabilities
from simulation.record.cow_states import BY_CODE
from simulation.record.evaluation import (
    CHOICES,
    RIVALS,
    HeldOut,
    Span,
    models_under,
    number_of_fits,
    score_table,
    term_table,
    ways,
)
from simulation.record.features import FEATURES, changes_within, features_of, of_years
from simulation.record.profiles import CUTOFF, profiles, summary
from simulation.record.treaties import treaties, with_outcome
from tests.record import POWERS, REGIME, THREAT, dyads

FIRST, SECOND = "CAN", "BHM"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return dyads()


@pytest.fixture(scope="module")
def rows(table) -> pd.DataFrame:
    return features_of(table).rows


# ---- features --------------------------------------------------------------------------------------------------------


def test_features_of_one_state_written_out(table, rows):
    ours = table[(table["protege"] == FIRST) & (table["year"] == 2000)].set_index("patron")
    found = rows[(rows["state"] == FIRST) & (rows["year"] == 2000)].set_index("power")
    gap = {power: abs(ours.loc[power, "patron_polyarchy"] - ours.loc[power, "protege_polyarchy"]) for power in POWERS}
    for power, other in (("USA", "RUS"), ("RUS", "USA")):
        told = found.loc[power]
        assert told["distance"] == pytest.approx(ours.loc[power, "min_distance_km"] / 1000)
        assert told["competitor_distance"] == pytest.approx(ours.loc[other, "min_distance_km"] / 1000)
        assert told["regime_distance"] == pytest.approx(gap[power] - gap[other])
        assert told["preference_distance"] == pytest.approx(
            ours.loc[power, "idealpoint_distance"] - ours.loc[other, "idealpoint_distance"])
        assert told["disputes"] == pytest.approx(math.log1p(ours.loc[power, "mids_targeted_nonpatron_10y"]))
        assert told["competitor_likeness"] == pytest.approx(1 - gap[other])


def test_the_competitor_is_the_most_capable_other_power_of_the_year(table):
    third = table[table["patron"] == "RUS"].assign(patron="CHN", patron_cinc=0.1, min_distance_km=77.0)
    found = features_of(pd.concat([table, third], ignore_index=True)).rows
    assert set(found.loc[found["power"] == "USA", "competitor_distance"]) == {0.077}
    usa = table[table["patron"] == "USA"].set_index(["protege", "year"])["min_distance_km"] / 1000
    own = found[found["power"] == "CHN"].set_index(["state", "year"])["competitor_distance"]
    pd.testing.assert_series_equal(own, usa.loc[own.index], check_names=False)


def test_of_several_powers_one_of_unknown_capability_may_be_the_competitor_and_its_own_rows_are_counted(table):
    third = table[table["patron"] == "RUS"].assign(patron="CHN", patron_cinc=np.nan, cap_ratio=np.nan)
    both = pd.concat([table, third.assign(min_distance_km=77.0)], ignore_index=True)
    is_known = (both["patron"] != "CHN") | (both["year"] != 2000)
    known = both.assign(patron_cinc=both["patron_cinc"].where(both["patron"] != "CHN", 0.1),
                        cap_ratio=both["cap_ratio"].where(both["patron"] != "CHN", 50.0))
    found = features_of(known.where(is_known, both))
    assert 2000 not in set(found.rows["year"]) and 2001 in set(found.rows["year"])
    rows = int((both["year"] == 2000).sum())
    assert found.missing["capability"] == rows // 3 and found.missing["any"] == rows
    assert f"capability {rows // 3} for want of cap_ratio or patron_cinc" in found.told()
    assert "competitor distance" in found.told() and "for want of patron_cinc" in found.told()
    # beside one other power there is nobody else who could compete
    pair = both[both["patron"] != "USA"]
    assert features_of(pair).missing == {"capability": len(third), "any": len(third)}


def test_what_is_missing_is_left_out_and_counted_and_a_missing_border_distance_is_taken_from_capitals(table):
    holed = table.copy()
    holed.loc[holed["protege"] == FIRST, "protege_polyarchy"] = np.nan
    holed.loc[holed["protege"] == SECOND, "min_distance_km"] = np.nan
    found = features_of(holed)
    assert FIRST not in set(found.rows["state"])
    assert found.missing["regime_distance"] == found.missing["any"] == 2 * 19
    capitals = holed.loc[(holed["protege"] == SECOND) & (holed["patron"] == "USA"), "capital_distance_km"].iloc[0]
    own = found.rows[(found.rows["state"] == SECOND) & (found.rows["power"] == "USA")]
    assert own["distance"].unique() == pytest.approx([capitals / 1000])


def test_states_as_strong_as_the_power_are_no_weak_states(table):
    strong = table.assign(cap_ratio=np.where(table["protege"] == FIRST, 0.9, table["cap_ratio"]))
    assert FIRST not in set(features_of(strong).rows["state"])


def test_one_power_has_nobody_to_compete_with(table):
    with pytest.raises(Refusal, match="nobody to compete with"):
        features_of(table[table["patron"] == "USA"])


def test_a_pact_is_formed_or_has_ended_where_its_later_year_says_so():
    rows = pd.DataFrame({"power": "P", "state": ["A"] * 4 + ["B"] * 4, "year": [1, 2, 3, 4] * 2,
                         "pact": [0.0, 0, 1, 1, 1, 0, 0, 0]})
    formed, ended = changes_within(rows, 2, ended=False), changes_within(rows, 2, ended=True)
    assert formed[["state", "year", "pact"]].to_numpy().tolist() == [["A", 1, 1.0], ["A", 2, 1.0], ["B", 2, 0.0]]
    assert ended[["state", "year", "pact"]].to_numpy().tolist() == [["B", 1, 1.0]]


# ---- the fit ---------------------------------------------------------------------------------------------------------


def test_the_odds_that_were_put_in_come_out():
    many = features_of(dyads(states=600, years=range(2000, 2002), seed=4)).rows
    found = Additive(("regime", "threat_from_power")).fit(many)
    assert found.is_at_rest
    for power, (level, slope) in POWERS.items():
        assert found.parameters[f"level.{power}"] == pytest.approx(level, abs=0.8)
        assert found.parameters[f"slope.{power}"] == pytest.approx(slope, rel=0.3)
    assert found.parameters["regime"] == pytest.approx(REGIME, abs=0.8)
    assert found.parameters["threat_from_power"] == pytest.approx(THREAT, abs=0.8)


def test_without_signs_it_is_the_logit_of_the_same_columns(rows):
    own = of_years(rows, 1992, 2000)
    found = Additive(CORE, has_signs=False).fit(own)
    columns = design_of(own, CORE, found.powers)
    theirs = LogisticRegression(C=1e3, fit_intercept=False, max_iter=10_000, tol=1e-10).fit(columns, own["pact"])
    assert list(found.parameters.values()) == pytest.approx(theirs.coef_[0], abs=2e-3)
    assert found.probability(own) == pytest.approx(theirs.predict_proba(columns)[:, 1], abs=1e-4)


def test_the_gradient_is_that_of_the_loss(rows):
    columns, pact = design_of(rows, ALL_TERMS, tuple(POWERS)), rows["pact"].to_numpy()
    point = np.random.default_rng(2).normal(0, 0.3, columns.shape[1])
    numeric = approx_fprime(point, lambda where: loss_and_slope(where, columns, pact)[0], 1e-6)
    assert loss_and_slope(point, columns, pact)[1] == pytest.approx(numeric, abs=1e-5)


def test_every_sign_is_the_theorys_and_the_maximum_is_one_from_any_start(rows):
    found = Additive().fit(rows)
    for name, term in TERMS.items():
        assert found.parameters[name] * term.sign >= 0.0
    again = Additive().fit(rows, start={name: term.sign * 1.0 for name, term in TERMS.items()})
    assert again.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-3)
    free = Additive(has_signs=False).fit(rows)
    assert free.log_likelihood >= found.log_likelihood - 1e-6


def test_the_python_interface_fits_what_the_command_fits(table, tmp_path):
    table.to_csv(tmp_path / "dyads.csv", index=False)
    rows = aa.record_features(tmp_path / "dyads.csv")
    own = rows[rows["year"] <= 2000]
    found = aa.fit_record(own, CORE)
    wanted = Additive(CORE).fit(of_years(features_of(table).rows, 1992, 2000))
    assert found.parameters == pytest.approx(wanted.parameters, abs=1e-6)
    assert found.probability(own).mean() == pytest.approx(own["pact"].mean(), abs=1e-3)


def test_a_power_that_was_not_fitted_has_the_mean_level_and_slope(rows):
    found = Additive(CORE).fit(rows)
    some = rows[rows["power"] == "USA"].head(5)
    level, slope = (np.mean([found.parameters[f"{kind}.{power}"] for power in POWERS]) for kind in ("level", "slope"))
    shared = design_of(some, CORE, ()) @ [found.parameters[name] for name in CORE]
    assert found.log_odds(some.assign(power="CHN")) == pytest.approx(level - slope * some["distance"] + shared)


def test_level_and_slope_refitted_leave_the_terms_alone(rows):
    usa, rus = (rows[rows["power"] == power] for power in POWERS)
    shared = Additive(CORE).fit(usa)
    refitted = shared.with_level_and_slope(rus)
    assert [refitted.parameters[name] for name in CORE] == [shared.parameters[name] for name in CORE]
    assert set(refitted.parameters) == {"level.RUS", "slope.RUS", *CORE}


def test_nothing_is_fitted_where_nothing_differs(rows):
    with pytest.raises(Refusal, match="nothing to tell apart"):
        Additive().fit(rows[rows["pact"] == 0.0])


def test_the_bootstrap_draws_states_and_is_wider_than_independent_rows_would_say(rows):
    model = Additive(("regime",))
    drawn = bootstrap(model, rows, 30, 1)
    again = bootstrap(model, rows, 4, 1)  # as many as come first
    columns, fit = design_of(rows, model.terms, tuple(POWERS)), model.fit(rows)
    probability = fit.probability(rows)
    information = columns.T @ (columns * (probability * (1 - probability))[:, None])
    independent = math.sqrt(np.linalg.inv(information)[-1, -1])
    assert drawn["regime"].std() > 2 * independent  # 19 years of a dyad are nearly one
    pd.testing.assert_frame_equal(drawn.head(4), again)


def test_a_profile_has_its_maximum_at_the_estimate_and_crosses_where_brute_force_does(rows):
    rows = rows[rows["year"] % 5 == 0]
    fit = Additive(CORE).fit(rows)
    table = profiles(fit, rows, ["regime"], 9)
    assert table.loc[table["log_likelihood"].idxmax(), "value"] == pytest.approx(fit.parameters["regime"], abs=1e-9)
    fine = profiles(fit, rows, ["regime"], 41)
    inside = fine[fine["log_likelihood"] >= fine["log_likelihood"].max() - CUTOFF]["value"]
    told = summary(fine, fit).iloc[0]
    step = float(fine["value"].diff().max())
    assert told["low"] == pytest.approx(inside.min(), abs=step)
    assert told["high"] == pytest.approx(inside.max(), abs=step)


# ---- scores ----------------------------------------------------------------------------------------------------------


def test_scores_are_those_of_scikit_learn():
    chance = np.random.default_rng(3)
    pact, probability = (chance.random(500) < 0.3).astype(float), chance.random(500).round(2)  # with ties
    inner = np.clip(probability, 0.01, 0.99)
    assert scores.area(pact, probability) == pytest.approx(roc_auc_score(pact, probability))
    assert scores.brier(pact, probability) == pytest.approx(brier_score_loss(pact, probability))
    assert scores.log_score(pact, inner) == pytest.approx(their_log_loss(pact, inner))
    assert math.isnan(scores.area(np.zeros(5), np.arange(5.0)))
    assert math.isfinite(scores.log_score(np.array([1.0]), np.array([0.0])))


def test_a_gain_over_oneself_is_nothing_and_over_worse_is_positive(rows):
    own = of_years(rows, 2000, 2000)
    truth = Additive(CORE).fit(own).probability(own)
    share = np.full(len(own), own["pact"].mean())
    nothing, better = scores.gain_over(own, truth, truth, 50), scores.gain_over(own, truth, share, 50)
    assert (nothing.value, nothing.interval.low, nothing.interval.high) == (0.0, 0.0, 0.0)
    assert better.interval.low > 0.0


def test_calibration_adds_up(rows):
    probability = Additive(CORE).fit(rows).probability(rows)
    shown = scores.calibration(rows["pact"].to_numpy(), probability)
    assert shown["rows"].sum() == len(rows)
    assert (shown["observed"] * shown["rows"]).sum() == pytest.approx(rows["pact"].sum())
    assert shown["predicted"].is_monotonic_increasing


# ---- what is held out ------------------------------------------------------------------------------------------------


class Watching:
    """A model that remembers what it was fitted to, and refuses to be judged on it."""

    name = "watching"

    def __init__(self, by):
        self.by = by

    def fit(self, rows):
        seen = set(map(tuple, rows[self.by].to_numpy()))

        def probability(tested):
            assert not seen & set(map(tuple, tested[self.by].to_numpy()))
            return np.full(len(tested), 0.5)

        return SimpleNamespace(probability=probability)


def test_no_fit_sees_what_it_is_judged_on(rows):
    early, late = of_years(rows, 1992, 2005), of_years(rows, 2006, 2010)
    found = [holdouts.by_states(early, Watching(["state"])), holdouts.by_later_states(early, late, Watching(["state"])),
             holdouts.by_regions(early, Watching(["region"])), holdouts.by_powers(early, Watching(["power"]))]
    for predicted, wanted in zip(found, (early, late, early, early), strict=True):
        assert len(predicted.rows) == len(wanted)  # every row is judged once
        key = ["power", "state", "year"]
        assert not predicted.rows[key].duplicated().any()
        assert set(map(tuple, predicted.rows[key].to_numpy())) == set(map(tuple, wanted[key].to_numpy()))


def test_changes_are_told_by_years_that_were_over(rows):
    class Early(Watching):
        def fit(self, known):
            assert known["year"].max() + holdouts.AHEAD <= 2001
            return super().fit(known)

    predicted = holdouts.changes(rows, Early(["state", "year"]), 1992, 2001, 2010, ended=False)
    assert predicted.rows["year"].min() == 2001


def test_a_state_stays_in_its_fold_whoever_else_is_there(rows):
    few = rows[rows["state"].isin([FIRST, SECOND])]
    assert {state: holdouts.fold_of(state, 0) for state in few["state"]} == {
        state: holdouts.fold_of(state, 0) for state in (FIRST, SECOND)}
    assert len({holdouts.fold_of(state, 0) for state in rows["state"].unique()}) == holdouts.FOLDS


def test_levels_and_slopes_of_a_power_held_out_come_from_other_states(rows, monkeypatch):
    seen = []
    sound = holdouts._with_own_level
    monkeypatch.setattr(holdouts, "_with_own_level", lambda fit, known: seen.append(set(known["state"])) or sound(
        fit, known))
    own = of_years(rows, 2000, 2001)
    predicted = holdouts.by_powers_refitted(own, Additive(CORE))
    assert len(predicted.rows) == len(own)
    folds = {state: holdouts.fold_of(state, 0) for state in own["state"]}
    for known in seen:
        assert len({folds[state] for state in known}) == holdouts.FOLDS - 1
    with pytest.raises(TypeError, match="no level and slope"):
        holdouts.by_powers_refitted(own, DISTANCE)


# ---- the table -------------------------------------------------------------------------------------------------------


def test_a_leak_would_show(rows):
    """A feature that follows from pacts has, by itself, an area near 1; none of ours has."""
    own = of_years(rows, 2000, 2002)
    leaky = own.assign(capability=own["pact"] + np.random.default_rng(0).normal(0, 0.01, len(own)))
    told = holdouts.by_states(leaky, Logit(("capability",), "leak"))
    assert scores.area(told.rows["pact"].to_numpy(), told.probability) > 0.99


def test_the_table_of_scores_has_every_way_model_and_power(rows):
    span, done = Span(1992, 2005, 2010), []
    found = ways(rows, span, 0)
    assert [way.name for way in found] == ["states", "states and years", "regions", "powers", "powers, refitted",
                                           "formation", "ending"]
    table, predictions = score_table(found[:1], 20, 0, lambda: done.append(1))
    assert {"theory, three terms", RIVALS[1].name, "distance"} <= set(table["model"])
    assert len(table) == 2 * table["model"].nunique()
    rival = table[(table["model"] == RIVALS[1].name) & (table["power"] == "RUS")].iloc[0]
    assert rival["gain"] <= 0.0  # over the better of the two
    assert (table["log_score_low"] <= table["log_score_high"]).all()
    assert set(FEATURES) >= {name.removesuffix(" alone, each power by itself") for name in table["model"]
                             if " alone" in name}
    terms = term_table(rows, span, 20, 0, lambda: done.append(1))
    assert len(done) == number_of_fits(found[:1])
    assert set(terms["term"]) == set(TERMS)
    regime = terms[(terms["term"] == "regime") & (terms["power"] == "USA") & (terms["change"] == "added to reach")]
    assert regime["gain"].item() > 0.0
    assert predictions["theory, three terms"].between(0, 1).all()


def test_boosting_and_own_power_predict_powers_they_have_not_seen(rows):
    own = of_years(rows, 2000, 2001)
    model = OwnPower(Boosting(("distance", "regime_distance"), "boosting"))
    usa, rus = (own[own["power"] == power] for power in POWERS)
    told = model.fit(usa).probability(rus)
    assert told.shape == (len(rus),)
    assert ((told >= 0) & (told <= 1)).all()


# ---- two readings of the outcome -------------------------------------------------------------------------------------


def test_treaties_coded_by_hand_are_the_stricter_outcome(table):
    filled, notes = with_outcome(read_as(table), "defense_treaty")
    rows = features_of(filled, "defense_treaty").rows
    pacts = rows[rows["pact"] == 1].groupby(["power", "year"])["state"].agg(set)
    assert notes and {"CAN", "NIC", "FRN"} <= pacts["USA", 2000] and not pacts["USA", 2000] & {"JAM", "CUB", "IRE"}
    assert {"MEX"} <= pacts["USA", 2004] and "MEX" not in pacts["USA", 2005]  # its notice of 2002 took two years
    assert rows.drop(columns="pact").equals(features_of(table).rows.drop(columns="pact"))


def test_a_column_of_the_table_goes_before_the_list_and_an_unlisted_power_is_refused(table):
    own = table.assign(defense_treaty=1.0)
    assert with_outcome(own, "defense_treaty") == (own, []) and with_outcome(table, "atop_defense") == (table, [])
    third = table[table["patron"] == "RUS"].assign(patron="CHN")
    with pytest.raises(Refusal, match="no treaties are listed for a major power of the table; found CHN"):
        with_outcome(pd.concat([table, third]), "defense_treaty")


def test_the_list_of_treaties_holds_states_and_years():
    listed = treaties()
    assert set(listed["state"]) | set(listed["power"]) <= set(BY_CODE)
    assert (listed["first"] <= listed["last"].fillna(2024)).all() and listed["first"].min() >= 1946
    assert not listed.duplicated(["power", "state", "first"]).any()


def read_as(table: pd.DataFrame) -> pd.DataFrame:
    """The table as it is read: with an empty column for what it lacks."""
    return table.assign(defense_treaty=np.nan)


# ---- one patron or none ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exclusive(rows) -> pd.DataFrame:
    """The rows of three years, with the second of two pacts of a state taken away."""
    own = of_years(rows, 2000, 2002)
    second = own.groupby(["state", "year"])["pact"].cumsum() > 1
    return own.assign(pact=own["pact"].where(~second, 0.0))


def test_probabilities_of_a_choice_written_out():
    odds, choices = np.array([math.log(2.0), math.log(3.0), 0.0, -800.0]), np.array([0, 0, 1, 1])
    assert probabilities(odds, choices) == pytest.approx([2 / 6, 3 / 6, 0.5, 0.0])
    assert probabilities(np.array([900.0]), np.array([0])) == pytest.approx([1.0])


def test_a_choice_of_one_power_is_a_logit_and_its_gradient_is_that_of_its_loss(exclusive):
    own = exclusive[exclusive["power"] == "USA"]
    alone = Additive(CORE, is_choice=True).fit(own)
    assert alone.parameters == pytest.approx(Additive(CORE).fit(own).parameters, abs=1e-4)
    columns, pact = design_of(exclusive, CORE, ("USA", "RUS")), exclusive["pact"].to_numpy(float)
    place, choices = np.linspace(-0.5, 0.5, columns.shape[1]), choices_of(exclusive)
    _, slope = loss_and_slope(place, columns, pact, choices)
    found = approx_fprime(place, lambda at: loss_and_slope(at, columns, pact, choices)[0], 1e-7)
    assert slope == pytest.approx(found, abs=1e-5)


def test_a_choice_gives_each_state_one_patron_at_most(exclusive, rows):
    fit = Additive(CORE, is_choice=True).fit(exclusive)
    shares = exclusive.assign(share=fit.probability(exclusive)).groupby(["state", "year"])["share"].sum()
    assert (shares < 1.0).all() and fit.model.name == "theory, three terms, one patron or none"
    both = Additive(CORE).fit(exclusive).probability(exclusive)
    assert exclusive.assign(share=both).groupby(["state", "year"])["share"].sum().max() > 1.0
    with pytest.raises(Refusal, match="a state with two patrons in a year"):
        Additive(CORE, is_choice=True).fit(rows.assign(pact=(rows["state"] != FIRST).astype(float)))


def test_a_state_that_is_drawn_twice_chooses_twice(exclusive):
    twice = pd.concat([exclusive, exclusive], ignore_index=True)
    one = choices_of(exclusive)
    assert choices_of(twice).tolist() == [*one, *(one + one.max() + 1)]
    once = Additive(CORE, is_choice=True).fit(exclusive)
    assert Additive(CORE, is_choice=True).fit(twice).parameters == pytest.approx(once.parameters, rel=0.02)
    assert len(bootstrap(Additive(CORE, is_choice=True), exclusive, 2, 0)) == 2


def test_choices_are_judged_of_states_and_not_of_changes(exclusive):
    of_states, of_changes = (HeldOut(name, name, None) for name in ("states", "formation"))
    assert set(CHOICES) <= set(models_under(of_states, CHOICES))
    assert not set(CHOICES) & set(models_under(of_changes, CHOICES))
