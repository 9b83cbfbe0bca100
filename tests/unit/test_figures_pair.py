"""Figures of one pair: their tables agree with the theory, they show what they say, and bad tables are refused."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulation.analysis.contract_space import CURVE, GRID, SOLUTIONS, contract_space, settled_by
from simulation.analysis.crisis_tree import crisis_tree
from simulation.analysis.pair import pair_of
from simulation.commands.command_line import main
from simulation.errors import Refusal
from simulation.figures.contract_space import contract_space_figure
from simulation.figures.crisis_tree import crisis_tree_figure
from simulation.scenario.file import load_scenario
from simulation.theory.crisis import binding, crisis, major_loss, total, weak_loss
from simulation.theory.payoffs import benefits, gains, value_of_ally

pytestmark = pytest.mark.filterwarnings("error")
RUSSIA = "scenarios/russia-2005.yaml"
TERMS = 0.4, 0.3


@pytest.fixture(scope="module")
def pair():
    return pair_of(load_scenario(RUSSIA), "ARM")


@pytest.fixture(scope="module")
def space(pair):
    return contract_space(pair, 9)


def texts_in(figure: Figure) -> str:
    figure.draw_without_rendering()
    return " ".join(text.get_text() for text in figure.findobj(Text))


def test_no_contract_of_the_grid_beats_the_curve_for_both(pair, space):
    grid, curve = space[space["what"] == GRID], space[space["what"] == CURVE]
    grid = grid[grid["commitment"] >= pair.problem.minimum_commitment]
    better = [((grid["weak_gain"] > row.weak_gain + 1e-9) & (grid["major_gain"] > row.major_gain + 1e-9)).any()
              for row in curve.itertuples()]
    assert len(better) > 20
    assert not any(better)


@pytest.mark.parametrize("side", ["major", "weak"])
def test_no_line_is_drawn_where_a_formula_is_no_number_and_no_contract_can_be(side):
    terms = {"edge": {"side": side, "kind": "cost", "formula": "0.05 * sqrt(commitment - 0.1)"}}
    space = contract_space(pair_of(load_scenario(RUSSIA).replace("own_terms", terms), "ARM"), 21)
    grid = space[space["what"] == GRID]
    is_below = grid["commitment"] < 0.1
    assert grid.loc[is_below, ["weak_gain", "major_gain"]].isna().all(axis=None)
    assert grid[~is_below].notna().all(axis=None)
    assert is_below.sum() == 2 * 21
    figure = contract_space_figure(space)
    assert "Blank, below the least commitment" in texts_in(figure)
    assert any(artist.get_paths() for artist in figure.axes[0].collections)


def test_solutions_gain_what_the_theory_says(pair, space):
    found = space[space["what"].isin(SOLUTIONS)]
    assert list(found["what"]) == list(SOLUTIONS)
    for row in found.itertuples():
        np.testing.assert_allclose(gains(pair.problem, row.commitment, row.autonomy), (row.weak_gain, row.major_gain))
    nash = found.iloc[0]
    assert settled_by(pair) == (nash["commitment"], nash["autonomy"])


def test_tree_adds_up_to_the_expected_losses(pair):
    tree = crisis_tree(pair, *TERMS)
    ends = tree[tree["weak_payoff"].notna()]
    assert ends["reached"].sum() == pytest.approx(1.0)
    view, tied = pair.problem.weak_view, binding(TERMS[0], pair.problem.depth_binds)
    value = value_of_ally(benefits(pair.problem.benefits, TERMS[1]))
    game = crisis(view, tied, TERMS[1], value)
    assert (ends["reached"] * ends["major_payoff"]).sum() == pytest.approx(-total(major_loss(view, game, tied, value)))
    own = game._replace(believed_reliability=game.reliability)
    assert (ends["reached"] * ends["weak_payoff"]).sum() == pytest.approx(-total(weak_loss(view, own)))


@pytest.mark.parametrize("is_wide", [False, True])
def test_widths_are_those_of_the_page(space, pair, is_wide):
    for figure in (contract_space_figure(space, "a", is_wide), crisis_tree_figure(crisis_tree(pair, *TERMS), "a",
                                                                                is_wide)):
        assert figure.get_figwidth() * 25.4 == pytest.approx(175.0 if is_wide else 85.0)


def test_space_without_any_bargain_says_so(space):
    figure = contract_space_figure(space[space["what"] == GRID])
    assert "No contract suits both sides" in texts_in(figure)
    assert "contract curve" not in {artist.get_label() for artist in figure.findobj()}


def test_constant_gains_are_drawn_without_contours(space):
    figure = contract_space_figure(space.assign(weak_gain=0.0, major_gain=0.0))
    assert "Commitment" in texts_in(figure)


def test_tree_shows_every_move(pair):
    said = texts_in(crisis_tree_figure(crisis_tree(pair, *TERMS)))
    assert all(move in said for move in ("stay", "challenge", "held back", "concede", "resist", "abandon", "intervene"))


@pytest.mark.parametrize(("spoiled", "words"), [
    (lambda table: table.drop(columns=table.columns[-1]), "columns missing"),
    (lambda table: table.iloc[:0], "no row"),
    (lambda table: table.iloc[:1].assign(parent="status quo"), "not"),
])
def test_bad_tables_are_refused_in_words(pair, space, spoiled, words):
    for draw, table in ((contract_space_figure, space), (crisis_tree_figure, crisis_tree(pair, *TERMS))):
        with pytest.raises(Refusal, match=words):
            draw(spoiled(table))


@pytest.mark.parametrize(("more", "words"), [
    (["--state", "ARN"], "--state: not in the scenario; found ARN"),
    (["--state", "ARM", "--power", "RUZ"], "--power: not in the scenario"),
    (["--state", "ARM", "--commitment", "0.5"], "--autonomy: missing"),
    (["--state", "ARM", "--commitment", "1.5", "--autonomy", "0"], "--commitment: out of range"),
    (["--state", "ARM", "--commitment", "nan", "--autonomy", "0"], "--commitment: out of range"),
])
def test_bad_input_is_one_line(more, words, tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["picture", RUSSIA, *more, "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert (left.value.code, said.count("\n"), (tmp_path / "out").exists()) == (2, 1, False)
    assert words in said


def test_several_powers_have_to_be_told_apart():
    with pytest.raises(Refusal, match="several major powers"):
        pair_of(load_scenario("scenarios/two-patrons-2005.yaml"), "GEO")
