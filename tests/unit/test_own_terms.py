"""Own terms as a user has them: names in tables, notes, a function in place of a formula, a study over forms."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import simulation as aa
from simulation.analysis.decomposition import groups_of
from simulation.analysis.solve_tables import pacts_table
from simulation.commands.command_line import main
from simulation.equilibrium.accounts import accounts
from simulation.equilibrium.comparison import shifts
from simulation.equilibrium.search import solve
from simulation.errors import Refusal
from simulation.explorer.dials import dials, setting_of
from simulation.figures.labels import measure_label, parameter_label
from simulation.history.measures import series_names
from simulation.history.model import AllianceModel
from simulation.history.simulate import measures
from simulation.history.tables import history_in, tabulated
from simulation.history.world import world_of
from simulation.scenario.file import dump_yaml
from simulation.scenario.formulas import FUNCTIONS, QUANTITIES, parse_formula
from simulation.scenario.own_terms import notes_on_own_terms, poles, quantities_of, value_of
from simulation.scenario.parameters import OwnTerm
from simulation.scenario.term_programs import degree_of, programs_of
from simulation.study.derived_measures import measures_of_own_terms
from simulation.theory.own_terms import GIVEN_NUMBERS, SEEN_BY_MAJOR, Given, NotFiniteError
from tests.builders import one_power, two_powers
from tests.own_terms import ROUGH, SMOOTH, evaluated

FEE = {"side": "major", "kind": "cost", "formula": "0.03 * commitment", "says": "A fee."}
JOY = {"side": "weak", "kind": "benefit", "formula": "0.01"}


def with_fee():
    return one_power().replace("own_terms", {"fee": FEE, "joy": JOY})


@pytest.mark.parametrize("formula", [formula for *_, formula in SMOOTH + ROUGH] + [
    "2 ** -3 ** 2", "-commitment ** 2", "1 - 2 - 3", "8 / 4 / 2", "1 < 2",
    "max(1, 2, commitment)", "where(autonomy >= 0.5, 1, 0) != 1", "+autonomy"])
def test_a_formula_is_read_as_python_reads_it(formula):
    scenario = one_power()
    for commitment in (0.1, 0.5, 1.0):
        names = quantities_of(scenario, "P", "B", commitment, 0.5, 0.3, 2.0)
        with np.errstate(all="ignore"):
            assert float(value_of(parse_formula(formula), names)) == pytest.approx(float(evaluated(formula, names)))


def test_every_name_can_be_used_on_either_side():
    parts = [f"0.0001 * {name}" for name in QUANTITIES]
    text = " + ".join(f"({' + '.join(parts[start:start + 8])})" for start in range(0, len(parts), 8))
    for side in ("major", "weak"):
        scenario = two_powers().replace("own_terms", {"all": {"side": side, "kind": "cost", "formula": text}})
        assert programs_of(scenario).numbers.size > 200
        assert aa.simulate(scenario, seed=1).history.series[:, :, -1].any()
    assert max(Given) + SEEN_BY_MAJOR == GIVEN_NUMBERS - 1
    assert {name for name in QUANTITIES if name in FUNCTIONS} == set()


def test_polynomials_and_what_is_far_from_its_edge_are_searched_quickly():
    assert all(degree_of(parse_formula(formula)) < 10 for *_, formula in SMOOTH if "legitimated" not in formula)
    assert all(degree_of(parse_formula(formula)) == np.inf for *_, formula in ROUGH)


def test_a_term_has_its_column_everywhere():
    scenario = with_fee()
    found = solve(scenario)
    table = pacts_table(SimpleNamespace(
        scenario=scenario, accounts=[accounts(scenario, own) for own in found.equilibria]))
    assert (table["cost_fee"] == 0.03 * table["commitment"]).all() and (table["weak_benefit_joy"] == 0.01).all()
    told = tabulated(scenario, 1)
    assert list(told.series)[-2:] == ["cost_fee", "weak_benefit_joy"] == series_names(scenario)[-2:]
    again = history_in(scenario, told.pacts, told.series)
    assert again.series.tobytes() == told.history.series.tobytes()
    assert "own_term_costs" in told.series and "own_term_costs" not in tabulated(one_power(), 1).series
    assert measure_label("cost_fee") == "Cost fee (payoff per year)"
    assert parameter_label("own_terms.fee.weight") == "Weight of fee (ratio)"


def test_what_moved_a_pair_may_be_an_own_term():
    scenario = one_power()
    dear = scenario.replace("own_terms", {"fee": FEE | {"formula": "0.5"}})
    first, second = solve(scenario).equilibria[0], solve(dear).equilibria[0]
    moved = shifts((scenario, first.pacts), (dear, second.pacts))
    assert {own.mover.term for own in moved if own.event == "leaves"} == {"cost_fee"}


def test_weights_are_dials_and_groups():
    scenario = two_powers().replace("own_terms", {"fee": FEE | {"powers": ["Q"]}, "joy": JOY})
    assert [dial.key for dial in dials(scenario, "P") if dial.group == "Own terms"] == ["own_terms.joy.weight"]
    assert len([dial for dial in dials(scenario, "Q") if dial.group == "Own terms"]) == 2
    assert setting_of(scenario, "Q", {"own_terms.fee.weight": "2.5"}).own_terms["fee"].weight == 2.5
    assert groups_of(scenario, "Q")["fee (own)"] == ("cost", "own_terms.fee.weight", 1.0)
    assert "fee (own)" not in groups_of(scenario, "P")


def test_notes_say_what_falls_below_0_and_what_nobody_is_charged():
    scenario = one_power().replace("own_terms", {
        "odd": FEE | {"formula": "0.1 * (commitment - 0.5)"}, "flat": FEE | {"formula": "0.02 + 0.01 * allies"}})
    below, charged = notes_on_own_terms(scenario)
    assert below.startswith("own_terms.odd: a cost that is below 0, -0.04 for P and A at commitment 0.1, autonomy 0")
    assert charged.startswith("own_terms.flat: names the portfolio") and "(0.02)" in charged
    assert notes_on_own_terms(with_fee()) == []


def test_a_term_that_breaks_down_on_the_way_is_told_with_pair_contract_and_year():
    scenario = one_power(dynamics={"drift": {"preference": 0.5}}).replace(
        "weak_states.*.toward.*.preference_distance", 1.0).replace(
        "own_terms", {"joy": JOY, "wild": FEE | {"formula": "0.1 * sqrt(1.2 - preference_distance)"}})
    with pytest.raises(NotFiniteError) as found:
        measures(world_of(scenario), 1, range(20))
    assert found.value.args[0] == 1
    said = (r"own_terms\.wild\.formula: not a finite number any more; found '0.1 \* sqrt\(1.2 - preference_distance\)'"
            r" for P and B at commitment 0.1, autonomy 0 in 2001, with preference_distance 1.39; allowed: ")
    with pytest.raises(Refusal, match=said):
        tabulated(scenario, 3)
    with pytest.raises(Refusal, match=said):
        AllianceModel(scenario, rng=3, collect=False).run()


@pytest.mark.parametrize("side", ["weak", "major"])
@pytest.mark.parametrize("formula", ["0.05 * sqrt(autonomy)", "0.05 * autonomy ** 0.5", "0.05 * sqrt(1 - commitment)",
                                     "0.05 * sqrt(commitment - 0.1)", "0.01 * (1 - autonomy) ** 1.5"])
def test_a_formula_need_not_be_a_number_beyond_the_contracts(formula, side):
    """Searches try no contract beyond the ends of the shares."""
    scenario = one_power().replace("own_terms", {"edge": {"side": side, "kind": "cost", "formula": formula}})
    assert max(found.certificate.regret for found in solve(scenario).equilibria) <= 1e-6
    measures(world_of(scenario), 1, range(5))


@pytest.mark.parametrize("state", ["B", "C"])
def test_a_term_that_breaks_down_between_the_contracts_tried_at_the_door_is_told_by_a_search(state):
    scenario = one_power().replace_all({f"weak_states.{code}.votes": float(code == state) for code in "ABC"}).replace(
        "own_terms", {"joy": JOY, "hole": FEE | {
            "formula": "0.01 * sqrt((commitment - 0.3) ** 2 + (1 - 2 * votes) * 0.0003)"}})
    with pytest.raises(Refusal, match=f"own_terms.hole.formula.* for P and {state} at commitment 0.[23]"):
        solve(scenario)


@aa.term("major", "cost", source="a book")
def fee(commitment, preference_distance):
    """A fee that grows with distance."""
    total = 0.0
    for power in (1, 2):
        total = total + 0.01 * np.maximum(commitment, 0.2) ** power * np.sqrt(1 + preference_distance)
    return np.where(commitment > 0.5, total, np.abs(-total))


def test_a_function_becomes_a_formula_that_says_the_same():
    assert fee.record.says == "A fee that grows with distance." and fee.record.source == "a book"
    for commitment in (0.1, 0.4, 0.9):
        names = {"commitment": commitment, "preference_distance": 0.7}
        assert float(evaluated(fee.formula, names)) == pytest.approx(float(fee(commitment, 0.7)))
    scenario = aa.with_terms(one_power(), fee)
    assert scenario.own_terms["fee"].formula == fee.formula
    with pytest.raises(aa.Refusal, match="two terms of one name"):
        aa.with_terms(scenario, fee)


@pytest.mark.parametrize(("function", "error", "message"), [
    (lambda commitment: min(commitment, 1), TypeError, "cannot decide by the value"),
    (lambda commitment: 1 if commitment > 0.5 else 2, TypeError, "cannot decide by the value"),
    (lambda commitment: float(commitment), TypeError, "has no value yet"),
    (lambda commitment: np.sin(commitment), TypeError, r"numpy\.sin is not for own terms"),
    (lambda comitment: comitment, aa.Refusal, "did you mean commitment"),
])
def test_a_function_that_no_formula_can_say_is_refused(function, error, message):
    with pytest.raises(error, match=message):
        aa.term("major", "cost")(function)


@pytest.mark.parametrize("path", ["own_terms.fee.kind", "own_terms.fee.side"])
def test_what_would_rename_columns_cannot_be_varied(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(aa.Refusal, match="cannot differ between the points of a study"):
        aa.sweep(with_fee(), {path: ["major", "weak"] if "side" in path else ["cost", "benefit"]}, name="no")


def test_forms_can_be_compared_in_a_sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = aa.sweep(with_fee(), {"own_terms.fee.formula": ["0", "0.01", "0.05 * commitment"]}, name="forms",
                       replications=3)
    table: pd.DataFrame = results.table
    means = table.groupby("own_terms.fee.formula")["cost_fee"].mean()
    assert means["0"] == 0.0 and means["0.01"] > 0.0 and means["0.05 * commitment"] > 0.0


def test_a_measure_whose_formula_varies_does_not_tell_the_first():
    varied = measures_of_own_terms(with_fee(), ["own_terms.joy.formula", "own_terms.fee.formula"])
    assert varied["weak_benefit_joy"].meaning == (
        "Benefit in the scenario's own words, by the formula that own_terms.joy.formula holds, summed over the pacts.")
    assert varied["cost_fee"].meaning.startswith("A fee, by the formula that own_terms.fee.formula holds")
    assert "0.01" in measures_of_own_terms(with_fee())["weak_benefit_joy"].meaning


def test_a_term_that_breaks_down_is_one_line_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scenario = one_power(years=40, dynamics={"drift": {"preference": 0.8}}).replace(
        "weak_states.*.toward.*.preference_distance", 1.0).replace(
        "own_terms", {"joy": JOY, "wild": FEE | {"formula": "0.1 * sqrt(1.05 - preference_distance)"}})
    (tmp_path / "wild.yaml").write_text(dump_yaml(scenario.resolved()), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["run", "wild.yaml"])
    assert left.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: own_terms.wild.formula: not a finite number any more; found '0.1 * sqrt(1.05")


def test_a_run_shows_what_own_terms_came_to(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fee.yaml").write_text(dump_yaml(with_fee().resolved()), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["run", "fee.yaml"])
    assert left.value.code == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:2] for row in rows if row[-3:] == ["payoff", "per", "year"] and row[1] in ("fee", "benefit")] == [
        ["cost", "fee"], ["weak", "benefit"]]


def test_a_weight_that_makes_a_formula_overflow_is_refused():
    with pytest.raises(aa.Refusal, match="not a finite number"):
        one_power().replace("own_terms", {"x": FEE | {"formula": "1e306 * commitment", "weight": 1000}})
    with pytest.raises(aa.Refusal, match="and without any ally"):
        one_power().replace("own_terms", {"x": FEE | {"formula": "log(allies)"}})


@pytest.mark.parametrize(("formula", "has_pole"), [
    ("1 / (1 - 0.5 * commitment)", False), ("where(commitment > 0.4, 1 / (commitment - 0.3), 0)", False),
    ("1 / (commitment - autonomy - 2)", False), ("1 / (0.5 - war)", False), ("(commitment - 0.5) ** 2", False),
    ("max(-5, min(5, 1 / (commitment - 0.5)))", False), ("exp(-1 / (commitment - 0.5) ** 2)", False),
    ("1 / (1 / (commitment - 0.5))", False), ("0.1 + autonomy / (commitment - 0.5)", True),
    ("1 / (commitment - 0.5) ** 2", True), ("1 / (2 * abs(autonomy - 0.3))", True), ("(pledged - 0.45) ** -1", True),
])
def test_what_divides_by_nothing_between_two_contracts_is_found(formula, has_pole):
    """No fault in a branch that is not taken, where it may jump over 0, or where infinity is a number in the end."""
    term = OwnTerm(side="major", kind="cost", formula=formula)
    assert bool(list(poles(one_power(), term))) == has_pole
