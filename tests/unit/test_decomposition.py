"""Shares of costs and benefits, portfolios and the reversal: against brute force, and on planted values."""

from __future__ import annotations

import json
import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.analysis.decomposition import ALWAYS_THERE, combinations, decomposed, groups_of, shapley
from simulation.analysis.portfolios import jaccard
from simulation.commands import command_line
from simulation.history.measures import MEASURES
from simulation.history.model import AllianceModel
from simulation.scenario.file import load_scenario
from simulation.study import histories
from tests.builders import one_power
from tests.studies import SCENARIO

POWER = "major_powers.P"


def status_of(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SCENARIO)
    return Path("tiny.yaml")


def plain_shares(values: np.ndarray, groups: int) -> list[float]:
    """Shapley's shares as they are defined: the mean over all orders in which groups can be added."""
    totals = np.zeros(groups)
    orders = list(permutations(range(groups)))
    for order in orders:
        number = 0
        for group in order:
            totals[group] += values[number | 1 << group] - values[number]
            number |= 1 << group
    return (totals / len(orders)).tolist()


@pytest.mark.parametrize("groups", [1, 2, 5, 7])
def test_shares_are_means_over_all_orders(groups):
    values = np.random.default_rng(groups).normal(0, 1, (2, 2 ** groups))
    for row, shares in zip(values, shapley(values), strict=True):
        assert shares == pytest.approx(plain_shares(row, groups), abs=1e-12)
        assert shares.sum() == pytest.approx(row[-1] - row[0], abs=1e-12)


def test_a_planted_group_gets_its_share_and_one_that_does_nothing_none():
    numbers = np.arange(8)
    values = 3.0 * (numbers & 1) + 2.0 * ((numbers & 6) == 6)  # the first alone, the others only together
    assert shapley(np.array([values]))[0] == pytest.approx([3.0, 1.0, 1.0])


def test_histories_of_which_one_failed_are_left_out():
    groups = {"a": ("cost", "a", 1.0), "b": ("benefit", "b", 1.0)}
    values = np.tile([0.0, 1.0, 2.0, 5.0], (6, 1))
    values[2, 1] = math.nan
    found = decomposed("wars", values, groups)
    assert (found.histories, found.nothing, found.everything) == (5, 0.0, 5.0)
    assert [(part.share, part.alone, part.last) for part in found.parts] == [(2.0, 1.0, 3.0), (3.0, 2.0, 4.0)]


def test_a_group_that_is_off_in_the_scenario_is_left_out():
    groups = groups_of(one_power().replace(f"{POWER}.benefits.stabilisation", 0), "P")
    assert "stabilisation" not in groups
    assert len(groups) == 6
    points = combinations(groups)
    assert len(points) == 64
    assert set(points[0].values()) == {0.0}
    assert points[-1][f"{POWER}.benefits.denial"] == 0.05


def test_measures_that_always_exist_are_those_that_are_there_without_pacts():
    nothing = one_power().replace_all({f"{POWER}.benefits.{name}": 0 for name in (
        "power_projection", "legitimation", "denial", "stabilisation")})
    values = AllianceModel(nothing, rng=1, collect=False).run()
    from simulation.history.measures import measured

    found = measured(values, 0, nothing.recording.window_years)
    assert found["number_of_pacts"] == 0
    assert all(math.isfinite(found[name]) for name, what in MEASURES.items() if what.kind in ALWAYS_THERE)
    assert MEASURES["autonomy_given_pact"].kind not in ALWAYS_THERE


def test_decompose_from_the_command_line(scenario, capsys):
    assert status_of("decompose", scenario, "--replications", "6", "-j", "1", "--out", "d") == 0
    shown = capsys.readouterr().out
    assert "power projection" in shown
    assert "0 in the scenario" not in shown
    table = pd.read_csv("d/decomposition.csv")
    for _, own in table.groupby("measure"):
        assert own["share"].sum() == pytest.approx(own["all_on"].iloc[0] - own["all_off"].iloc[0])
    # the scenario itself is the combination of all
    found = load_scenario(scenario)
    again = [AllianceModel(found, rng=1, replication=number, collect=False).run().series[1:, 0, 0].mean()
             for number in range(6)]
    pacts = table[table["measure"] == "number_of_pacts"]
    assert pacts["all_on"].iloc[0] == pytest.approx(np.mean(again))
    assert Path("d/figures/decomposition-number_of_pacts.png").is_file()


def test_decompose_of_what_an_own_term_comes_to(scenario, capsys):
    own = {"fee": {"side": "major", "kind": "cost", "formula": "0.02 * commitment"}}
    assert status_of("decompose", scenario, "--set", f"own_terms={json.dumps(own)}", "--measure", "cost_fee",
                     "--replications", "5", "-j", "1", "--out", "d", "--json") == 0
    told = json.loads(capsys.readouterr().out)["measures"]
    assert [(one["measure"], one["unit"], one["all_off"]) for one in told] == [("cost_fee", "payoff per year", 0.0)]
    assert next(part["share"] for part in told[0]["parts"] if part["group"] == "fee (own)") > 0.0


def test_decompose_that_is_interrupted_names_itself_as_the_way_on(scenario, capsys, monkeypatch):
    sound, calls = histories.rows_of, iter(range(10**6))

    def interrupted(*arguments):
        if next(calls) == 300:
            raise KeyboardInterrupt
        return sound(*arguments)

    monkeypatch.setattr(histories, "rows_of", interrupted)
    assert status_of("decompose", scenario, "--replications", "5", "-j", "1", "--out", "d") == 130
    assert "histories; to go on, give the same command again\n" in capsys.readouterr().err
    monkeypatch.setattr(histories, "rows_of", sound)
    assert status_of("decompose", scenario, "--replications", "5", "-j", "1", "--out", "d") == 0
    assert Path("d/decomposition.csv").is_file()


@pytest.mark.parametrize(("options", "words"), [
    (["--measure", "autonomy_given_pact"], "--measure: a measure that does not exist without pacts; found"),
    (["--measure", "pacts"], "--measure: unknown measure; found 'pacts'"),
    (["--major-power", "Q"], "--major-power: unknown major power; found 'Q'; allowed: P"),
    (["--set", "years=0"], "--set: years: out of range; found 0"),
])
def test_what_decompose_refuses(scenario, capsys, options, words):
    assert status_of("decompose", scenario, *options, "--out", "d") == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {words}")
    assert error.count("\n") == 1
    assert not Path("d").exists()


# ---- portfolios --------------------------------------------------------------------------------------------------


def test_jaccard_distances():
    one = np.array([[1, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]], bool)
    other = np.array([[0, 1, 1], [0, 0, 0], [1, 0, 0], [1, 0, 0]], bool)
    assert jaccard(one, other) == pytest.approx([1 - 1 / 3, 0.0, 0.0, 1.0])


def test_portfolios_from_the_command_line(scenario, capsys):
    arguments = ("portfolios", scenario, "--replications", "8", "--size", "0.3", "-j", "1", "--out", "p")
    assert status_of(*arguments, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["number_of_pacts"]["none"] == 0
    assert len(found["pairs"]) == 6
    assert {pair["says"] for pair in found["pairs"]} <= {"differ", "the same", "undecided"}
    states = pd.read_csv("p/states.csv")
    shares = states.groupby("setting")["share_of_years"].sum()
    for name, pacts in found["number_of_pacts"].items():  # two ways to one number
        assert shares[name] == pytest.approx(pacts)
    assert status_of(*arguments) == 0
    assert "what P selects by each benefit alone, each benefit at 0.3 payoff per year" in capsys.readouterr().out


def let_fail(monkeypatch, fails) -> None:
    """Has the histories die of which `fails` says so, by point and replication."""
    sound = histories.rows_of

    def dying(chunk, run, recorder):
        if fails(run.point_id, run.replication):
            raise RuntimeError("on purpose")
        return sound(chunk, run, recorder)

    monkeypatch.setattr(histories, "rows_of", dying)


def test_portfolios_count_no_history_that_failed(scenario, capsys, monkeypatch):
    """All of one setting and one of another: what is left counts, and where nothing is left there is no number."""
    let_fail(monkeypatch, lambda point, replication: point == 1 or (point, replication) == (2, 0))
    arguments = ("portfolios", scenario, "--replications", "8", "--size", "0.3", "-j", "1", "--out", "p")
    assert status_of(*arguments, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    states = pd.read_csv("p/states.csv")
    emptied, = [name for name, pacts in found["number_of_pacts"].items() if pacts is None]
    assert states.loc[states["setting"] == emptied, "share_of_years"].isna().all()
    shares = states.groupby("setting")["share_of_years"].sum()
    for name, pacts in found["number_of_pacts"].items():
        assert name == emptied or shares[name] == pytest.approx(pacts)
    assert all((pair["distance"] is None) == (emptied in (pair["one"], pair["other"])) for pair in found["pairs"])


def test_reversal_goes_by_the_values_whose_histories_ended(scenario, capsys, monkeypatch):
    let_fail(monkeypatch, lambda point, _: point == 1)
    assert status_of("reversal", scenario, "--vary", f"{POWER}.costs.entrapment.war_cost=0,0.4,3", "--replications",
                     "8", "-j", "1", "--out", "r", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert all(row["mean"] is None for row in found["agents"] if row["value"] == 0.4)
    assert {0.4} & {turn[end] for turn in found["pattern"] for end in ("from", "to")} == set()


# ---- reversal ----------------------------------------------------------------------------------------------------


def test_reversal_from_the_command_line(scenario, capsys):
    arguments = ("reversal", scenario, "--vary", f"{POWER}.costs.entrapment.war_cost=0,0.4,3", "--replications", "8",
                 "-j", "1", "--out", "r")
    assert status_of(*arguments, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    agents = pd.DataFrame(found["agents"])
    given = agents[agents["measure"] == "autonomy_given_pact"].set_index("value")["mean"]
    fixed = agents[agents["measure"] == "autonomy_of_survivors"]
    assert len(fixed) == 3
    assert [turn["says"] for turn in found["pattern"]][:2] == ["fewer pacts", "dearer given a pact"]
    assert {row["value"] for row in found["equilibria"]} == {0, 0.4, 3}
    assert given.notna().any()
    assert status_of(*arguments) == 0
    assert "equilibria in brackets" in " ".join(capsys.readouterr().out.split())


def test_reversal_needs_three_values(scenario, capsys):
    assert status_of("reversal", scenario, "--vary", f"{POWER}.costs.direct.dial=0,1", "--out", "r") == 2
    assert capsys.readouterr().err == "error: --vary: too few values; found 2; allowed: three or more\n"
