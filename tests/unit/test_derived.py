"""Measures of a study's own, worlds that are drawn, and yearly tables: against the agents' model and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simulation.errors import Refusal, ResultsError
from simulation.history.model import AllianceModel
from simulation.history.tables import tabulated
from simulation.scenario.file import load_scenario
from simulation.study.cells import part_of
from simulation.study.derived_measures import PAIR_ATTRIBUTES, Derived
from simulation.study.derived_values import attribute, derived_values, slope_of
from simulation.study.merging import merge
from simulation.study.parts import Part
from simulation.study.plan import load_plan
from simulation.study.store import open_results
from simulation.study.sweep import sweep
from tests.builders import two_powers
from tests.studies import WAR_COST, tiny_plan, write_study

POPULATION = """\
name: tiny
years: 5
recording: {window_years: 3}
major_powers: {P: {}}
population:
  count: 6
  capability: {lognormal: {median: 0.0006, sigma: 0.5}}
  challenger_capability: {lognormal: {median: 0.0013, sigma: 0.5}}
  crisis_rate: {uniform: {low: 0.2, high: 0.6}}
  toward: {P: {distance_km: {uniform: {low: 0, high: 900}}}}
"""
OWN = f"""\
name: own
scenario: tiny.yaml
worlds: drawn
measures:
  pact_on_distance: {{slope: {{of: pact, on: distance_km, per: 100}}}}
  autonomy_on_rate: {{slope: {{of: autonomy, on: crisis_rate, among: allies}}}}
  near: {{share: {{on: distance_km, above: 300}}}}
  picks: {{selection: {{on: crisis_rate}}}}
  gap: {{difference: {{of: autonomy_given_pact, less: autonomy_all_states}}}}
design: {{grid: {{{WAR_COST}: [0, 0.4]}}}}
replications: 4
seed: 7
record: {{series: true, pacts: true}}
"""


@pytest.fixture
def swept(tmp_path):
    plan = load_plan(write_study(tmp_path, OWN, POPULATION))
    return sweep(plan, tmp_path / "out", jobs=1).folder


def expected(scenario, power: int, seed: int, replication: int) -> dict[str, float]:
    """The measures of `OWN` by the agents' model, written out by loops over states and years."""
    history = AllianceModel(scenario, rng=seed, replication=replication, collect=False).run()
    code, window = list(scenario.major_powers)[power], scenario.recording.window_years
    rows = []
    for number, state in enumerate(scenario.states.values()):
        years = range(scenario.years - window, scenario.years)
        terms = [history.autonomy[year, power, number] for year in years if history.since[year, power, number] > 0]
        rows.append({"distance": state.toward[code].distance_km, "rate": state.crisis_rate, "years": len(terms),
                     "autonomy": float(np.mean(terms)) if terms else math.nan})
    states = pd.DataFrame(rows)
    allies, pact_years = states[states["years"] > 0], states.loc[states.index.repeat(states["years"])]
    return {
        "pact_on_distance": np.polyfit(states["distance"] / 100, states["years"] / window, 1)[0],
        "autonomy_on_rate": np.polyfit(allies["rate"], allies["autonomy"], 1)[0] if len(allies) > 2 else math.nan,
        "near": (pact_years["distance"] > 300).mean() if len(pact_years) else math.nan,
        "picks": pact_years["rate"].mean() - states["rate"].mean(),
    }


def test_measures_of_a_studys_own_are_those_of_plain_loops(swept):
    table, compared = swept.table(), 0
    for row in table.to_dict("records"):
        scenario = swept.plan.scenario.replace_all({WAR_COST: row[WAR_COST], "population.seed": row["world"]})
        for name, value in expected(scenario, 0, row["seed"], row["replication"]).items():
            assert row[name] == pytest.approx(value, abs=1e-9, nan_ok=True), name
            compared += not math.isnan(value)
        gap = row["autonomy_given_pact"] - row["autonomy_all_states"]
        assert row["gap"] == pytest.approx(gap, nan_ok=True)
    assert compared > 15
    assert table["near"].between(0, 1).any()


def test_every_replication_draws_its_world_and_all_points_share_it(swept):
    worlds = swept.table().groupby("replication")["world"].agg(["nunique", "first"])
    assert (worlds["nunique"] == 1).all()
    assert worlds["first"].tolist() == [swept.plan.scenario.population.seed + number for number in range(4)]


def test_drawn_worlds_are_another_sweep_and_need_a_population(tmp_path):
    same, drawn = (load_plan(write_study(tmp_path / words, OWN.replace("worlds: drawn", f"worlds: {words}"),
                                         POPULATION)) for words in ("same", "drawn"))
    assert same.identity != drawn.identity
    with pytest.raises(Refusal, match="worlds: no population to draw; found drawn"):
        load_plan(write_study(tmp_path / "none", OWN))
    with pytest.raises(Refusal, match="seed of the population given twice"):
        load_plan(write_study(tmp_path / "twice", OWN.replace(WAR_COST, "population.seed").replace("0.4", "1"),
                              POPULATION))


@pytest.mark.parametrize(("written", "words"), [
    ("near: {share: {on: distance, above: 3}}", "measures.near.share.on: unknown value; found 'distance'"),
    ("near: {}", "measures.near: not one kind of measure; found none; allowed: one of slope, selection, share"),
    ("wars: {selection: {on: votes}}", "measures.wars: a measure that there is already; found wars"),
    ("near: {difference: {of: wars, less: warz}}", "measures.near.difference.less: unknown measure; found 'warz'"),
])
def test_a_measure_that_cannot_be_is_refused_by_line(tmp_path, written, words):
    study = write_study(tmp_path, OWN.replace("near: {share: {on: distance_km, above: 300}}", written), POPULATION)
    with pytest.raises(Refusal) as refused:
        load_plan(study)
    assert words in str(refused.value)
    assert f"{study}:7" in str(refused.value)


def test_a_line_needs_three_states_that_differ():
    assert math.isnan(slope_of(np.array([1.0, 2.0]), np.array([1.0, 2.0])))
    assert math.isnan(slope_of(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 5.0])))
    assert slope_of(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 4.0])) == pytest.approx(0.5)


def test_each_major_power_has_its_own():
    scenario = two_powers()
    history = AllianceModel(scenario, rng=3, collect=False).run()
    measures = {"picks": Derived.model_validate({"selection": {"on": "distance_km"}})}
    first, second = (derived_values(measures, scenario, history, power, {})["picks"] for power in (0, 1))
    assert first != second


# ---- yearly tables -----------------------------------------------------------------------------------------------


def test_yearly_tables_are_those_of_the_agents_model(swept):
    series, pacts = swept.yearly_table("series"), swept.yearly_table("pacts")
    for row in swept.table().to_dict("records"):
        scenario = swept.plan.scenario.replace_all({WAR_COST: row[WAR_COST], "population.seed": row["world"]})
        again = tabulated(scenario, row["seed"], row["replication"])
        own = series[series["run_id"] == row["run_id"]].reset_index(drop=True)
        columns = [name for name in again.series.columns if name not in ("scenario", "replication", "seed")]
        pd.testing.assert_frame_equal(own[columns], again.series[columns], check_dtype=False, check_exact=True)
        own = pacts[pacts["run_id"] == row["run_id"]].reset_index(drop=True)
        columns = ["year", "major_power", "weak_state", "distance_km", "commitment", "autonomy", "since"]
        pd.testing.assert_frame_equal(own[columns], again.pacts[columns], check_dtype=False, check_exact=True)
        assert (own["age"] == own["year"] - own["since"]).all()
    assert len(pacts) > 40


def test_a_yearly_shard_that_is_missing_or_damaged_is_made_again(swept, tmp_path):
    whole = {kind: swept.yearly_table(kind) for kind in ("series", "pacts")}
    first, second = sorted((swept.path / "series").glob("*.parquet"))[0], sorted(
        (swept.path / "pacts").glob("*.parquet"))[-1]
    first.unlink()
    second.write_bytes(second.read_bytes()[:-9])
    (swept.path / "pacts" / "000900-000901.parquet").write_bytes(b"left over")
    folder = sweep(swept.plan, swept.path, jobs=1).folder
    assert len(folder.set_aside) == 2
    for kind, table in whole.items():
        pd.testing.assert_frame_equal(folder.yearly_table(kind), table)
    assert not (swept.path / "pacts" / "000900-000901.parquet").exists()


def test_a_folder_goes_on_with_what_it_was_begun_with(tmp_path):
    plan = tiny_plan(tmp_path)
    sweep(plan, tmp_path / "bare", jobs=1)
    with pytest.raises(ResultsError, match="was begun without series and pacts; remove the folder"):
        sweep(plan.keeping(series=True, pacts=True), tmp_path / "bare", jobs=1)
    sweep(plan.keeping(series=False, pacts=True), tmp_path / "kept", jobs=1)
    more = sweep(plan.with_replications(5), tmp_path / "kept", jobs=1).folder
    assert set(more.yearly_table("pacts")["replication"]) == set(range(5))
    assert list(open_results(tmp_path / "kept").yearly) == ["pacts"]


def test_what_is_kept_moves_no_number(tmp_path):
    plan = tiny_plan(tmp_path)
    bare = sweep(plan, tmp_path / "bare", jobs=1).folder
    kept = sweep(plan.keeping(series=True, pacts=True), tmp_path / "kept", jobs=1).folder
    assert (bare.path / "runs.csv").read_bytes() == (kept.path / "runs.csv").read_bytes()
    assert load_scenario(tmp_path / "tiny.yaml").name == "tiny"


def test_parts_with_yearly_tables_are_merged_into_those_of_the_whole(swept, tmp_path):
    parts = [sweep(part_of(swept.plan, Part(number, 2)), tmp_path / f"part{number}", jobs=1).folder
             for number in (1, 2)]
    assert all(0 < part.covered() < swept.covered() for part in parts)
    merged = merge([part.path for part in parts], tmp_path / "merged").folder
    assert (merged.path / "runs.csv").read_bytes() == (swept.path / "runs.csv").read_bytes()
    for kind in ("series", "pacts"):
        pd.testing.assert_frame_equal(merged.yearly_table(kind), swept.yearly_table(kind))


def test_folders_that_keep_other_tables_are_not_merged(swept, tmp_path):
    bare = load_plan(write_study(tmp_path / "bare", OWN.replace("pacts: true", "pacts: false"), POPULATION))
    sweep(bare, tmp_path / "other", jobs=1)
    with pytest.raises(ResultsError, match=r"other: keeps series, and .* series and pacts"):
        merge([swept.path, tmp_path / "other"], tmp_path / "merged")


@pytest.mark.parametrize("name", PAIR_ATTRIBUTES)
def test_every_figure_of_a_pair_can_be_looked_at(name):
    """A measure may ask whom the power threatens itself, and how far its competitor is."""
    scenario = load_scenario("scenarios/russia-2005-fitted.yaml")
    assert Derived.model_validate({"selection": {"on": name}}).selection.on == name
    found = dict(zip(scenario.states, attribute(scenario, "RUS", name), strict=True))
    assert found["GRG"] == getattr(scenario.states["GRG"].toward["RUS"], name) != found["ARM"]
