"""Every public figure on tables that are degenerate: it says in a line what is missing, or draws the honest picture.

For each function a sound table, made up or from the analysis that makes it, and then: without each column, without
rows, with one row, with constant numbers, with no number at all.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import simulation.figures
from simulation.analysis.contract_space import contract_space
from simulation.analysis.crisis_tree import crisis_tree
from simulation.analysis.pair import pair_of
from simulation.analysis.yearly_bands import LEVELS
from simulation.errors import Refusal
from simulation.figures.branches import branches_figure
from simulation.figures.conditions import Choice
from simulation.figures.contract_space import contract_space_figure
from simulation.figures.crisis_tree import crisis_tree_figure
from simulation.figures.decomposition import decomposition_figure
from simulation.figures.fans import COLUMNS as OF_FANS
from simulation.figures.fans import fans_figure
from simulation.figures.forest import forest_figure
from simulation.figures.multiverse import universes_figure
from simulation.figures.outcome_map import outcome_map
from simulation.figures.outcomes import KINDS, outcome_figure
from simulation.figures.portfolio_map import portfolio_map
from simulation.figures.portfolio_strips import strips_figure
from simulation.figures.predicted import predicted_against_observed
from simulation.figures.record import (
    calibration_figure,
    parameters_figure,
    places_figure,
    profile_figure,
    ranges_figure,
    roc_figure,
    terms_figure,
)
from simulation.figures.regions import regions_figure
from simulation.figures.reversal import reversal_figure
from simulation.figures.scope import scope_figure
from simulation.figures.selection import selection_figure
from simulation.figures.sensitivity import sensitivity_figure
from simulation.figures.side_by_side import contracts_figure
from simulation.history.tables import FALSE_ALARM, HIT, MISS
from simulation.propositions.results import knock_out_table
from tests.builders import one_power

pytestmark = pytest.mark.filterwarnings("error")

COST, REACH = "major_powers.P.costs.entrapment.war_cost", "major_powers.P.reach_half_distance_km"
NO_FOLDS = pd.DataFrame(columns=["branch", "kind", "low", "high"])


class Case(NamedTuple):
    """A figure function on a table: how it is called, a sound table, and the columns without which it cannot be."""

    draw: Callable[[pd.DataFrame], Figure]
    table: pd.DataFrame
    needed: tuple[str, ...]
    number: tuple[str, ...]
    may_be_empty: bool = False


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def histories() -> pd.DataFrame:
    return frame(*({"major_power": "P", "status": "ok", "replication": number, COST: cost,
                    "number_of_pacts": 3.0 + number, "autonomy_given_pact": 0.2 + 0.1 * cost,
                    "autonomy_all_states": 0.1} for number in range(3)
                   for cost in (0.1, 0.5)))


def equilibria() -> pd.DataFrame:
    return frame(*({"point": point, COST: cost, REACH: reach, "equilibria": 1, "equilibrium": 1, "branch": 1,
                    "major_power": "P", "number_of_pacts": 3.0 - point % 2, "commitment_given_pact": 0.5,
                    "autonomy_given_pact": 0.3, "autonomy_all_states": 0.1, "major_gain_per_pact": 0.1,
                    "weak_gain_per_pact": 0.2} for point, (cost, reach) in enumerate(
                        (cost, reach) for cost in (0.1, 0.5) for reach in (600.0, 1200.0))))


def cases() -> dict[str, Case]:
    """A case for every public figure function, by its name."""
    pair = pair_of(one_power(), next(iter(one_power().states)))
    space, tree = contract_space(pair, 5), crisis_tree(pair, 0.5, 0.3)
    verdicts = frame({"proposition": "P1", "prediction": "more", "prediction_verdict": "supported", "measure": "m",
                      "predicted": "positive", "smallest_effect": 0.5, "effect": 1.0, "low": 0.5, "high": 1.5,
                      "pairs": 20},
                     {"proposition": "P1", "prediction": "less", "prediction_verdict": "undecided", "measure": "m",
                      "predicted": "negative", "smallest_effect": 0.5, "effect": -0.2, "low": -0.9, "high": 0.5,
                      "pairs": 20})
    places = frame(*({COST: 0.1 * place, REACH: 600.0 + 100 * place, "verdict": "supported" if place else "undecided",
                      "clearance": 1.0 + place} for place in range(4)))
    universes = frame(*({"assumptions.deterrence": one, "assumptions.emboldenment": other, "verdict": "supported",
                         "clearance": 2.0} for one in (True, False) for other in (True, False)))
    agents = frame(*({"value": value, "measure": measure, "mean": 1.0 + value, "low": 0.9, "high": 1.6, "histories": 5}
                     for value in (0.1, 0.5) for measure in ("number_of_pacts", "autonomy_given_pact",
                                                             "autonomy_all_states")))
    groups = frame({"group": "denial", "kind": "benefit", "share": 2.0, "low": 1.8, "high": 2.2, "alone": 3.0,
                    "last": 1.0},
                   {"group": "direct costs", "kind": "cost", "share": -1.0, "low": -1.2, "high": -0.8, "alone": 0.0,
                    "last": -0.5})
    indices = frame(*({"method": "morris", "measure": "number_of_pacts", "major_power": "P", "path": path,
                       "with_path": "", "index": index, "value": value, "low": 0.1, "high": 0.9}
                      for path in (COST, REACH) for index, value in (("mu", 0.5), ("mu_star", 0.5), ("sigma", 0.2))))
    predicted = frame({"major_power": "P", "weak_state": "A", "distance_km": 0.0, "share_of_years": 1.0,
                       "observed": True, "outcome": HIT},
                      {"major_power": "P", "weak_state": "B", "distance_km": 90.0, "share_of_years": 0.2,
                       "observed": True, "outcome": MISS})
    atlas = frame(*({"panel": "P", "weak_state": code, "latitude": 10.0 + number, "longitude": 20.0,
                     "power_latitude": 12.0, "power_longitude": 25.0, "distance_km": 100.0 * number,
                     "commitment": 0.5 if number else np.nan,
                     "autonomy": 0.2 if number else np.nan} for number, code in enumerate("AB")))
    outcomes = frame(*({"model": "model", "power": "USA", "state": code, "name": code, "year": 2005, "pact": pact,
                        "probability": 0.4 + 0.1 * pact, "outcome": HIT if pact else FALSE_ALARM}
                       for pact, code in enumerate(("CUB", "CAN"))))
    strips = frame(*({"setting": setting, "weak_state": code, "distance_km": 100.0, "share_of_years": 0.5,
                      "autonomy": 0.2} for setting in ("none", "all") for code in "AB"))
    fans = frame(*({"panel": "", "condition": cost, "measure": measure, "year": year, "measured": 4, "histories": 5,
                    **dict(zip(LEVELS, (1.0, 2.0, 2.0, 3.0, 4.0), strict=True))} for cost in (0.1, 0.5)
                   for measure in ("number_of_pacts", "autonomy_given_pact") for year in (2001, 2002)))
    pacts = frame(*({"setting": number, "major_power": "P", "weak_state": code, "commitment": 0.4 + 0.1 * number,
                     "autonomy": 0.2} for number in (1, 2) for code in "AB"))
    predictions = frame(*({"power": power, "pact": float(number % 2), "model": 0.1 * number + 0.2}
                          for power in ("P", "Q") for number in range(6)))
    added = frame(*({"term": term, "change": change, "power": "P", "gain": 0.1, "gain_low": 0.0, "gain_high": 0.2,
                     "coefficient": -1.0} for term in ("regime", "denial") for change in ("added", "removed")))
    parameters = frame({"parameter": "level.P", "sign": "", "estimate": 1.0, "low": 0.5, "high": 1.5,
                        "meaning": "level"},
                       {"parameter": "regime", "sign": "-", "estimate": -1.0, "low": -2.0, "high": 0.0,
                        "meaning": "price of autonomy"})
    ranges = frame({"parameter": "reach.P", "unit": "km", "least": 50.0, "most": 20_000.0, "estimate": 500.0,
                    "low": 400.0, "high": 600.0, "meaning": "reach"})
    weighed = frame(*({"point_id": number, COST: 0.1 * number, "log_likelihood": -float(number), "weight": 0.25}
                      for number in range(4)))
    profiles = frame(*({"parameter": name, "value": value, "log_likelihood": -10.0 - value**2}
                       for name in ("regime", "slope.P") for value in (-1.0, 0.0, 1.0)))
    terms, resting = ("commitment", "autonomy"), frame({"value": 0.1, "number_of_pacts": 2.0})
    return {
        "outcome_figure": Case(lambda table: outcome_figure(table, "number_of_pacts", Choice(COST)), histories(),
                               ("number_of_pacts", COST), ("number_of_pacts",)),
        "selection_figure": Case(lambda table: selection_figure(table, COST), histories(),
                                 ("number_of_pacts", "autonomy_given_pact", COST),
                                 ("number_of_pacts", "autonomy_given_pact", "autonomy_all_states")),
        "branches_figure": Case(lambda table: branches_figure(table, NO_FOLDS, COST, "P"), equilibria(),
                                ("point", COST, "equilibria", "branch", "major_power", "number_of_pacts",
                                 "major_gain_per_pact"), ("number_of_pacts", "commitment_given_pact",
                                                          "autonomy_given_pact", "autonomy_all_states",
                                                          "major_gain_per_pact", "weak_gain_per_pact")),
        "regions_figure": Case(lambda table: regions_figure(table, COST, REACH, "P"), equilibria(),
                               (COST, REACH, "equilibria", "major_power", "number_of_pacts"), ("number_of_pacts",)),
        "contract_space_figure": Case(contract_space_figure, space, ("what", *terms, "weak_gain", "major_gain"),
                                      ("weak_gain", "major_gain")),
        "crisis_tree_figure": Case(crisis_tree_figure, tree, tuple(tree.columns), ()),
        "decomposition_figure": Case(lambda table: decomposition_figure(table, "number_of_pacts", 0.0, 1.0, 5), groups,
                                     tuple(groups.columns), ("share", "low", "high", "alone", "last")),
        "fans_figure": Case(lambda table: fans_figure(table, COST), fans, OF_FANS, tuple(LEVELS)),
        "forest_figure": Case(lambda table: forest_figure(table, knock_out_table([])), verdicts,
                              tuple(verdicts.columns.drop("measure")), ("effect", "low", "high")),
        "outcome_map": Case(lambda table: outcome_map(table, "USA"), outcomes, tuple(outcomes.columns.drop("outcome")),
                            ("probability",)),
        "portfolio_map": Case(portfolio_map, atlas, tuple(atlas.columns), terms),
        "predicted_against_observed": Case(predicted_against_observed, predicted, tuple(predicted.columns),
                                           ("share_of_years",)),
        "reversal_figure": Case(lambda table: reversal_figure(table, resting, COST, 5), agents,
                                tuple(agents.columns), ("mean", "low", "high")),
        "scope_figure": Case(lambda table: scope_figure(table, [COST, REACH], {COST: 0.2, REACH: 700.0}), places,
                             (COST, REACH, "verdict"), ("clearance",)),
        "sensitivity_figure": Case(lambda table: sensitivity_figure(table, "number_of_pacts", "P"), indices,
                                   tuple(indices.columns), ("value", "low", "high")),
        "contracts_figure": Case(lambda table: contracts_figure(table, {1: "one", 2: "two"}), pacts,
                                 tuple(pacts.columns), terms, may_be_empty=True),
        "strips_figure": Case(lambda table: strips_figure(table, 5), strips, tuple(strips.columns),
                              ("share_of_years", "autonomy")),
        "roc_figure": Case(lambda table: roc_figure(table, ["model"]), predictions, tuple(predictions.columns),
                           ("model",)),
        "calibration_figure": Case(lambda table: calibration_figure(table, ["model"]), predictions,
                                   tuple(predictions.columns), ("model",)),
        "terms_figure": Case(terms_figure, added, tuple(added.columns), ("gain", "gain_low", "gain_high")),
        "parameters_figure": Case(parameters_figure, parameters, tuple(parameters.columns),
                                  ("estimate", "low", "high")),
        "ranges_figure": Case(ranges_figure, ranges, tuple(ranges.columns), ("estimate", "low", "high")),
        "profile_figure": Case(profile_figure, profiles, tuple(profiles.columns), ("log_likelihood",)),
        "places_figure": Case(places_figure, weighed, ("point_id", "log_likelihood", "weight"), ("log_likelihood",)),
        "universes_figure": Case(lambda table: universes_figure(table, ["assumptions.deterrence",
                                                                        "assumptions.emboldenment"]), universes,
                                 tuple(universes.columns), ("clearance",)),
    }


def of_kind(kind: str) -> Case:
    """The same of every kind of figure of outcomes."""
    against = "autonomy_all_states" if kind == "scatter" else ""
    choice = Choice(COST, "replication" if kind == "heat" else None)
    return Case(lambda table: outcome_figure(table, "number_of_pacts", choice, kind, against), histories(),
                ("number_of_pacts", COST), ("number_of_pacts",))


CASES = cases() | {f"outcome_figure: {kind}": of_kind(kind) for kind in KINDS}
OF_OTHER_THINGS = {"figure_of_sweeps", "history_figure"}
"""A history is arrays, and cannot lack a column; its own tests have it empty and with one year. Folders are opened by
what refuses those that are damaged."""


def drawn(case: Case, table: pd.DataFrame) -> Figure | Refusal:
    """The figure, laid out, or the refusal; anything else that is raised is a fault."""
    try:
        figure = case.draw(table)
    except Refusal as refusal:
        return refusal
    figure.draw_without_rendering()
    return figure


def test_every_public_figure_is_tried():
    found = set()
    for part in pkgutil.iter_modules(simulation.figures.__path__):
        module = importlib.import_module(f"simulation.figures.{part.name}")
        found |= {name for name, one in inspect.getmembers(module, inspect.isfunction)
                  if one.__module__ == module.__name__ and name[0] != "_"
                  and inspect.get_annotations(one, eval_str=False).get("return") == "Figure"
                  and name != "new_figure"}
    assert found == {name.partition(":")[0] for name in CASES} | OF_OTHER_THINGS


@pytest.mark.parametrize("name", CASES)
def test_a_sound_table_is_drawn(name):
    assert isinstance(drawn(CASES[name], CASES[name].table), Figure)


@pytest.mark.parametrize(("name", "column"), [(name, column) for name, case in CASES.items() for column in case.needed])
def test_a_missing_column_is_named(name, column):
    told = drawn(CASES[name], CASES[name].table.drop(columns=column))
    assert isinstance(told, Refusal), f"drawn without {column}"
    assert column in str(told)


@pytest.mark.parametrize("name", CASES)
def test_a_table_without_rows(name):
    told = drawn(CASES[name], CASES[name].table.iloc[:0])
    assert isinstance(told, Figure if CASES[name].may_be_empty else Refusal)


@pytest.mark.parametrize("name", CASES)
def test_one_row_is_drawn_or_refused_in_words(name):
    drawn(CASES[name], CASES[name].table.iloc[:1])


@pytest.mark.parametrize("name", CASES)
def test_constant_numbers_are_drawn(name):
    case = CASES[name]
    constant = case.table.assign(**dict.fromkeys(case.number, 0.5))
    assert isinstance(drawn(case, constant), Figure)


@pytest.mark.parametrize("name", CASES)
def test_no_number_at_all_is_drawn_or_refused_in_words(name):
    case = CASES[name]
    drawn(case, case.table.assign(**dict.fromkeys(case.number, np.nan)))


@pytest.mark.parametrize("draw", [lambda table: selection_figure(table, COST),
                                  *(of_kind(kind).draw for kind in KINDS)], ids=["selection", *KINDS])
def test_a_sweep_of_which_every_history_failed_is_told(draw):
    failed = histories().assign(status="failed", number_of_pacts=np.nan, autonomy_given_pact=np.nan,
                                autonomy_all_states=np.nan)
    told = drawn(Case(draw, failed, (), ()), failed)
    words = str(told) if isinstance(told, Refusal) else " ".join(
        text.get_text() for text in told.findobj(lambda part: hasattr(part, "get_text")))
    assert "fail" in words
