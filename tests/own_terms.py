"""Own terms for tests: formulas of every kind, pairs and scenarios that have them, and their values by Python's own
reading of the formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.scenario.term_programs import Term, written

SMOOTH = (
    ("major", "cost", "0.05 * commitment * preference_distance"),
    ("major", "cost", "0.04"),
    ("major", "cost", "0.02 * commitment ** 2 * (1 + autonomy) / states"),
    ("major", "cost", "0.03 * log(1 + allies)"),
    ("major", "cost", "0.002 * pledged ** 2"),
    ("major", "cost", "0.1 * crisis_rate * (war * reliability - war_without * reliability_without)"),
    ("major", "benefit", "0.05 * sqrt(votes) * autonomy"),
    ("major", "benefit", "0.1 * sqrt(legitimated_votes + 1)"),
    ("major", "benefit", "0.3 * basing * autonomy * (2 - commitment)"),
    ("weak", "cost", "0.1 * autonomy * allies / states"),
    ("weak", "benefit", "0.05 * commitment * (1 - autonomy) + 0.01 * challenge"),
    ("weak", "cost", "0.02 / (1 + commitment) - 0.01 * stake"),
)
ROUGH = (
    ("major", "cost", "0.05 * sqrt(commitment)"),
    ("major", "cost", "where(commitment > 0.5, 0.04, 0.01)"),
    ("major", "benefit", "0.2 * min(autonomy, 0.4)"),
    ("major", "benefit", "0.1 * exp(-8 * autonomy)"),
    ("weak", "cost", "0.2 * abs(autonomy - 0.5 * commitment)"),
    ("weak", "benefit", "0.05 * max(commitment, autonomy, 0.3) ** 1.5"),
)
"""(side, kind, formula): those that a survey resolves, and those with edges, kinks or sharp bends."""


def some_terms(rng: np.random.Generator, most: int = 3, rough: bool = True) -> list[tuple[str, str, str, float]]:
    """A few terms, each with a weight."""
    known = SMOOTH + ROUGH if rough else SMOOTH
    return [(*known[number], float(rng.choice([0.3, 1.0, 2.0])))
            for number in rng.choice(len(known), int(rng.integers(1, most + 1)), replace=False)]


def as_data(terms: list[tuple[str, str, str, float]]) -> dict[str, dict[str, Any]]:
    """Terms as a scenario file has them."""
    return {f"t{place}": {"side": side, "kind": kind, "formula": formula, "weight": weight}
            for place, (side, kind, formula, weight) in enumerate(terms)}


OF_PROGRAMS: dict[bytes, list[tuple[str, str, str, float]]] = {}
"""Terms by the programs that hold them, for those who are given a pair alone."""


def with_terms(inputs: tuple, terms: list[tuple[str, str, str, float]], states: float = 12.0) -> tuple:
    """The six inputs of a pair whose major power has these terms."""
    own = tuple(Term(place, *term) for place, term in enumerate(terms))
    numbers, places = written(len(terms), (own,))
    OF_PROGRAMS[numbers.tobytes()] = terms
    rules, power, *others = inputs
    rules = rules._replace(own_programs=numbers, number_of_states=states)
    return (rules, power._replace(own_block=places[own]), *others)


def evaluated(formula: str, names: dict[str, Any]) -> Any:
    """A formula's value by Python, with NumPy's functions."""
    functions = {"min": lambda *them: np.minimum.reduce(np.broadcast_arrays(*them)),
                 "max": lambda *them: np.maximum.reduce(np.broadcast_arrays(*them)),
                 "abs": np.abs, "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "where": np.where}
    return eval(formula, {"__builtins__": {}}, functions | names)


PORTFOLIO = ("allies", "pledged", "allied_rivals", "legitimated_votes")


def charged(formula: str, pact: dict[str, Any], without: dict[str, Any]) -> Any:
    """What a pact is charged: the formula's value, or the difference that the pact makes where it names the
    portfolio."""
    if any(name in formula for name in PORTFOLIO):
        return evaluated(formula, pact) - evaluated(formula, without)
    return evaluated(formula, pact)
