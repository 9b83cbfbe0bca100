"""Comparative statics: both branches of a critical mass and their folds, whoever does the work; odd figures."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from simulation.analysis.statics_tables import folds_table, table_of
from simulation.commands import command_line
from simulation.commands.options import parse_axis
from simulation.equilibrium.branches import branches_of
from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.search import RestPoints, solve
from simulation.equilibrium.statics import (
    NOT_CERTIFIED,
    Axis,
    EquilibriumAtPoint,
    Grid,
    StaticsResult,
    distance,
    survey,
)
from simulation.errors import Refusal
from simulation.figures.branches import COLOURS, PANELS, branches_figure
from simulation.figures.regions import regions_figure
from simulation.scenario.scenario import Scenario
from tests.builders import one_power, overlaid, state
from tests.studies import SCENARIO, WAR_COST

FIXED, DEPLOYMENT = "major_powers.P.costs.direct.fixed", "major_powers.P.costs.direct.deployment"


def voters(number: int = 3, **changes) -> Scenario:
    """Like states of which a major power wants nothing but their votes, which are worth their sum squared."""
    weak = state(toward={"P": {"distance_km": 0.0, "rival_pull": 0.0}})
    return one_power(dict.fromkeys("ABCDEFG"[:number], weak), **overlaid({"major_powers": {"P": {
        "benefits": {"power_projection": 0.0, "legitimation": 0.08, "legitimation_exponent": 2.0, "denial": 0.0,
                     "stabilisation": 0.0},
        "costs": {"direct": {"deployment": 0.0}, "opportunity": {"weight": 0.0, "foreclosure": 0.0},
                  "entrapment": {"war_cost": 0.1, "risk_weight": 0.2}}}}}, changes))


def in_turn(function, tasks):
    return [function(task) for task in tasks]


def surveyed_line(values=(0.0, 0.02, 0.04, 0.06, 0.08, 0.12, 0.2), certify_every=0, run=in_turn) -> StaticsResult:
    return survey(Grid(voters(), (Axis(FIXED, tuple(values)),)), 1, 1, certify_every, run)


@pytest.fixture(scope="module")
def line() -> StaticsResult:
    return surveyed_line(certify_every=1)


# --- search ---------------------------------------------------------------------------------------------------------


def test_a_critical_mass_has_two_branches_and_a_fold_at_the_end_of_each(line):
    branches, values = branches_of(line), line.grid.axes[0].values
    pacts = {branch: {len(found.pacts) for point, of in zip(line.found, branches.of, strict=True)
                      for found, number in zip(point, of, strict=True) if number == branch} for branch in (1, 2)}
    assert (branches.number, pacts, branches.steps) == (2, {1: {3}, 2: {0}}, ())
    assert max(map(len, line.found)) == 2 and len(line.found[0]) == len(line.found[-1]) == 1
    assert all(len(one.pacts) > len(other.pacts) for one, other in filter(lambda found: len(found) == 2, line.found))
    begin, end = branches.folds
    assert (begin.branch, begin.is_begin, begin.leads_to) == (2, True, 1)
    assert (end.branch, end.is_begin, end.leads_to) == (1, False, 2)
    assert begin.high <= end.low and {begin.low, begin.high, end.low, end.high} <= set(values)


def test_every_equilibrium_is_certified_and_violations_would_show(line):
    assert line.certified == tuple(range(7)) and line.largest_regret < 1e-6
    assert all(line.is_exhaustive)
    sparse = surveyed_line(certify_every=4)
    assert sparse.certified == (0, 4, 6)
    assert [math.isnan(found[0].certificate.regret) for found in sparse.found] == [
        False, True, True, True, False, True, False]


def test_many_starts_and_following_find_what_all_assignments_give(line, monkeypatch):
    """At one point only is anything tried; all the rest is found by following, from either side."""
    import simulation.equilibrium.statics as module

    def only_in_the_middle(space, random_starts, seed):
        return RestPoints([], False, 0) if space.scenario.value(FIXED) != 0.06 else found(space, 0, 1)

    found = module.rest_points
    monkeypatch.setattr(module, "rest_points", only_in_the_middle)
    followed = surveyed_line()
    assert [[distance(one.pacts, other.pacts) < 1e-4 for one, other in zip(*both, strict=True)]
            for both in zip(followed.found, line.found, strict=True)] == [[True] * len(found) for found in line.found]


def test_the_order_of_the_work_moves_no_number(line):
    def backwards(function, tasks):
        return [function(task) for task in list(tasks)[::-1]][::-1]

    there = surveyed_line(certify_every=1, run=backwards)
    pd.testing.assert_frame_equal(table_of(there, branches_of(there)), table_of(line, branches_of(line)))


def test_a_plane_knows_its_points_and_neighbours():
    grid = Grid(voters(), (Axis(FIXED, (0.0, 0.1)), Axis(DEPLOYMENT, (0.0, 0.01, 0.02))))
    assert grid.settings(4) == {FIXED: 0.1, DEPLOYMENT: 0.01}
    assert [sorted(grid.beside(point)) for point in (0, 4)] == [[1, 3], [1, 3, 5]]
    found = survey(grid, 0, 1, None, in_turn)
    for point, there in enumerate(found.found):
        alone = [one.pacts for exhaustive in (True, False)
                 for one in solve(grid.scenario_at(point), exhaustive).equilibria]
        assert all(min(distance(one.pacts, pacts) for one in there) < 1e-4 for pacts in alone)
        assert all(min(distance(one.pacts, pacts) for pacts in alone) < 1e-4 for one in there)
    assert {tuple(len(one.pacts) for one in there) for there in found.found} == {(3,), (3, 0), (0,)}
    with pytest.raises(ValueError, match="line"):
        branches_of(found)


# --- branches, on made-up points ------------------------------------------------------------------------------------


def made_up(points: list[list[dict]], followed: dict) -> StaticsResult:
    """A line through given equilibria, each {state: commitment}."""
    nan = dict.fromkeys(("number_of_pacts",), math.nan)
    found = tuple(tuple(
        EquilibriumAtPoint(point, number, {code: Contract("P", s, 0.1) for code, s in pacts.items()}, {"P": nan},
                           NOT_CERTIFIED)
        for number, pacts in enumerate(there)) for point, there in enumerate(points))
    axis = Axis(FIXED, tuple(0.1 * point for point in range(len(points))))
    return StaticsResult(Grid(voters(), (axis,)), found, followed, (False,) * len(points), (0,) * len(points), ())


def test_an_ally_lost_along_a_branch_is_a_step_and_no_fold():
    there = made_up([[{"A": 0.5, "B": 0.5}], [{"A": 0.6}]], {(0, 0, 1): 0, (1, 0, 0): 0})
    found = branches_of(there)
    assert (found.of, found.folds) == (((1,), (1,)), ())
    step, = found.steps
    assert (step.branch, step.gained, step.lost) == (1, (), (("P", "B"),))


def test_what_does_not_lead_back_is_a_fold():
    one_way = made_up([[{"A": 0.5, "B": 0.5}], [{"A": 0.6}]], {(0, 0, 1): 0, (1, 0, 0): None})
    found = branches_of(one_way)
    assert [(fold.branch, fold.is_begin, fold.leads_to) for fold in found.folds] == [(1, False, 2), (2, True, None)]


def test_of_equilibria_with_the_same_allies_the_nearest_are_joined():
    crossed = made_up([[{"A": 0.50}, {"A": 0.45}], [{"A": 0.46}, {"A": 0.51}]], {})
    assert branches_of(crossed).of == ((1, 2), (2, 1))


# --- figures --------------------------------------------------------------------------------------------------------


def rows(numbers: dict[float, list[float]], autonomy: float = 0.3) -> pd.DataFrame:
    """A table with the number of pacts of each equilibrium, in order of their branches, by value."""
    found = []
    for point, (value, pacts) in enumerate(numbers.items()):
        for place, number in enumerate(pacts or [math.nan]):
            given = autonomy if number > 0 else math.nan
            found.append({
                FIXED: value, "point": point, "equilibria": len(pacts), "equilibrium": place + 1 if pacts else 0,
                "branch": place + 1 if pacts else 0, "major_power": "P", "number_of_pacts": number,
                "commitment_given_pact": given, "autonomy_given_pact": given,
                "autonomy_all_states": math.nan if math.isnan(number) else 0.1 * number,
                "major_gain_per_pact": given, "weak_gain_per_pact": given})
    return pd.DataFrame(found)


NO_FOLDS = pd.DataFrame([], columns=["branch", "kind", "low", "high", "leads_to"])


def texts_in(figure) -> str:
    figure.draw_without_rendering()
    found = [artist.get_text() for artist in figure.findobj(lambda artist: hasattr(artist, "get_text"))
             if artist.get_visible()]
    return " ".join(" ".join(found).split())


def curves(figure, panel: str) -> list[tuple[str, list[float]]]:
    axes = figure.axes[list(PANELS).index(panel)]
    return [(line.get_color(), [height for height in line.get_ydata() if np.isfinite(height)]) for line in axes.lines
            if line.get_marker() != "x"]


@pytest.mark.filterwarnings("error")
def test_all_branches_are_drawn_and_folds_are_marked(line):
    branches = branches_of(line)
    figure = branches_figure(table_of(line, branches), folds_table(branches), FIXED, "P", "Voters")
    drawn = curves(figure, "number_of_pacts")
    assert [colour for colour, _ in drawn] == list(COLOURS[:2])
    assert [set(heights) for _, heights in drawn] == [{3.0}, {0.0}]
    spans = sorted((patch.get_x(), patch.get_x() + patch.get_width()) for patch in figure.axes[0].patches)
    assert spans == [pytest.approx((fold.low, fold.high)) for fold in branches.folds]
    assert "2 branches of equilibria; at most 2 at one value." in texts_in(figure)


@pytest.mark.parametrize("between", [1, 60])
def test_gains_to_which_no_line_leads_are_seen_of_both_sides(between):
    """Pacts at the ends and none between: the ally's gain is a dashed line, of which nothing was left."""
    numbers = {0.0: [3.0], **{0.1 + place: [0.0] for place in range(between)}, 99.0: [1.0]}
    figure = branches_figure(rows(numbers), NO_FOLDS, FIXED, "P")
    for axes, lines in zip(figure.axes, (0, 1, 1, 0, 2), strict=True):
        marks = [line for line in axes.lines if line.get_linestyle() == "None"]
        assert [line.get_xdata().tolist() for line in marks] == lines * [[0.0, 99.0]]
    assert [line.get_marker() for line in figure.axes[-1].get_legend().get_lines()] == ["o", "o"]
    assert figure.axes[-1].lines[-1].get_markerfacecolor() == "white"


@pytest.mark.filterwarnings("error")
def test_odd_lines_are_told_as_they_are():
    for numbers, words in (({0.0: [3.0], 1.0: [2.0]}, "One branch of equilibria was found."),
                           ({0.0: [0.0], 1.0: [0.0]}, "no pact in any equilibrium"),
                           ({0.0: [], 1.0: []}, "No equilibrium was found at any value."),
                           ({0.0: [3.0], 1.0: []}, "Crosses: the 1 values at which none was found.")):
        figure = branches_figure(rows(numbers), NO_FOLDS, FIXED, "P")
        assert words in texts_in(figure)
        assert [axes for axes in figure.axes for line in axes.lines if len(line.get_xdata()) == 0] == []
    alone = branches_figure(rows({0.0: [3.0, 1.0], 1.0: [3.0]}), NO_FOLDS, FIXED, "P")
    assert [len(line.get_xdata()) for line in alone.axes[1].lines if line.get_linestyle() == "None"] == [1]
    with pytest.raises(Refusal, match="no such major power"):
        branches_figure(rows({0.0: [3.0]}), NO_FOLDS, FIXED, "Q")


@pytest.mark.filterwarnings("error")
def test_a_logarithmic_line_has_a_logarithmic_axis():
    figure = branches_figure(rows({0.01: [3.0], 0.1: [2.0], 1.0: [1.0]}), NO_FOLDS, FIXED, "P", is_log=True)
    assert figure.axes[-1].get_xscale() == "log"
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    assert {"0.01", "0.1", "1"} <= set(labels)


def plane(numbers: dict[tuple[float, float], list[float]]) -> pd.DataFrame:
    table = rows(dict(enumerate(numbers.values())))
    places = list(numbers)
    table[FIXED], table[DEPLOYMENT] = ([places[point][axis] for point in table["point"]] for axis in (0, 1))
    return table


@pytest.mark.filterwarnings("error")
def test_regions_show_the_most_pacts_and_mark_where_equilibria_differ():
    table = plane({(0.0, 0.0): [3.0], (0.0, 1.0): [3.0, 0.0], (1.0, 0.0): [2.0, 2.0], (1.0, 1.0): []})
    figure = regions_figure(table, FIXED, DEPLOYMENT, "P", "Voters")
    pacts, equilibria = (axes.collections[0].get_array().filled(np.nan) for axes in figure.axes[:2])
    assert np.array_equal(pacts, [[3, 3], [2, np.nan]], equal_nan=True)
    assert np.array_equal(equilibria, [[1, 2], [2, np.nan]], equal_nan=True)
    dots, = figure.axes[0].lines
    assert (list(dots.get_xdata()), list(dots.get_ydata())) == ([1.0], [0.0])
    assert "Hatched: the 1 points" in texts_in(figure) and "Dots: " in texts_in(figure)


@pytest.mark.filterwarnings("error")
def test_odd_planes_are_told_as_they_are():
    corners = [(0.01, 0.1), (0.01, 1.0), (1.0, 0.1), (1.0, 1.0)]
    same, nothing = (plane({corner: list(pacts) for corner in corners}) for pacts in ([2.0], []))
    same = regions_figure(same, FIXED, DEPLOYMENT, "P", is_log=(True, True))
    assert same.axes[0].get_xscale() == same.axes[0].get_yscale() == "log" and "Dots" not in texts_in(same)
    assert "no equilibrium found" in texts_in(regions_figure(nothing, FIXED, DEPLOYMENT, "P"))


# --- command --------------------------------------------------------------------------------------------------------


def test_axes_are_read():
    assert parse_axis("a.b=0:1:5", 41) == Axis("a.b", (0.0, 0.25, 0.5, 0.75, 1.0))
    assert parse_axis("a.b=1:100:3:log", 41) == Axis("a.b", (1, 10, 100), True)
    assert parse_axis("a.b=0.5,0.1,2", 41) == Axis("a.b", (0.1, 0.5, 2))
    assert len(parse_axis("a.b=0:1", 41).values) == 41


@pytest.mark.parametrize(("text", "problem"), [
    ("a.b", "not an axis"), ("a.b=0:1:5:cubic", "not an axis"), ("a.b=0:x:5", "not a number"),
    ("a.b=0:1:1", "not a number of values"), ("a.b=0:1:2.5", "not a number of values"), ("a.b=1", "not several values"),
    ("a.b=1,1", "a value twice"), ("a.b=0:1:5:log", "out of range"), ("a.b=.nan,1", "not a number"),
    ("a.b=1:1:3", "a value twice"), ("a.b=0:1:99999999", "too many values")])
def test_bad_axes_are_refused(text, problem):
    with pytest.raises(Refusal, match=problem):
        parse_axis(text, 41)


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(SCENARIO)
    return "tiny.yaml"


def outcome(capsys, *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return (left.value.code, *capsys.readouterr())


def test_the_command_keeps_what_it_tells(scenario, capsys, tmp_path):
    line = ("statics", scenario, "--vary", f"{WAR_COST}=0:0.6:3", "-j", 1, "--out", tmp_path / "line")
    status, out, err = outcome(capsys, *line, "--json")
    assert (status, err) == (0, "")
    data, table = json.loads(out), pd.read_csv(tmp_path / "line" / "equilibria.csv")
    assert [row[WAR_COST] for row in data["equilibria"]] == table[WAR_COST].tolist()
    assert data["certified_at"] == [0, 1, 2] and data["largest_regret"] < 1e-6 and data["violations"] == []
    assert (tmp_path / "line" / "figures" / "branches.png").is_file()
    assert outcome(capsys, *line)[0] == 0
    other = outcome(capsys, *line, "--starts", 3)
    assert other[0] == 2 and "holds other results" in other[2]


def test_a_plane_is_mapped(scenario, capsys, tmp_path):
    status, out, _ = outcome(capsys, "statics", scenario, "--vary", f"{WAR_COST}=0,0.4", "--vary",
                             "major_powers.P.reach_half_distance_km=400:1600:2:log", "-j", 1, "--out", tmp_path / "a")
    assert status == 0 and "points of the plane" in out
    assert (tmp_path / "a" / "figures" / "regions.png").is_file()


@pytest.mark.parametrize(("options", "words"), [
    (["--vary", f"{WAR_COST}=-1:1:3"], "--vary: "), (["--vary", "major_powers.P.nothing=0:1:3"], "--vary: "),
    (["--vary", f"{WAR_COST}=0,1", "--vary", f"{WAR_COST}=0,2"], "path varied twice"),
    (["--vary", f"{WAR_COST}=0,1", "--set", f"{WAR_COST}=0"], "both set and varied"),
    (["--vary", f"{WAR_COST}=0:1:200", "--vary", "years=1:200:200"], "too many points")])
def test_bad_options_are_refused_before_any_work(scenario, capsys, options, words, tmp_path):
    status, out, err = outcome(capsys, "statics", scenario, *options)
    assert (status, out) == (2, "") and words in err and len(err.splitlines()) == 1
    assert not (tmp_path / "results").exists()
