"""A formula that stopped being a number on the way, told by the term, the pair, the contract and the year.

Compiled code knows terms and pairs by number only; what raises `NotFiniteError` hands on what the pair brought, by
which it is found again. Called by whatever has histories or equilibria made of a scenario.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from simulation.errors import Refusal
from simulation.scenario.own_terms import tree_of
from simulation.scenario.parameters import OwnTerm
from simulation.scenario.scenario import Scenario
from simulation.scenario.term_programs import GIVEN_NAMES
from simulation.scenario.traits import relation_traits
from simulation.scenario.validation import shown
from simulation.theory.own_terms import SEEN_BY_MAJOR, Given, NotFiniteError


def tells_broken_terms[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose first argument is a scenario, or has one as `scenario`; a formula that stops being a number
    in it is told as a `Refusal`."""
    @functools.wraps(function)
    def telling(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return function(*arguments, **named)
        except NotFiniteError as error:
            first: Any = arguments[0]
            raise broken_term(first if isinstance(first, Scenario) else first.scenario, error) from None

    return telling


def broken_term(scenario: Scenario, error: NotFiniteError) -> Refusal:
    """What happened, in a line."""
    place, commitment, autonomy, given = error.args
    name, term = list(scenario.own_terms.items())[place]
    power, state = _pair_of(scenario, term, given)
    year = f" in {scenario.start_year + error.year - 1}" if error.year else ""
    used = {other: given[_place(other, term)] for other in GIVEN_NAMES} | {
        "allies": given[Given.OTHER_ALLIES] + 1.0,
        "pledged": given[Given.OTHERS_PLEDGED] + commitment * given[Given.BURDEN]}
    numbers = ", ".join(f"{other} {used[other]:.3g}" for other in tree_of(term.formula).names() if other in used)
    return Refusal("not a finite number any more", f"own_terms.{name}.formula", f"{shown(term.formula)} for {power} and"
                   f" {state} at commitment {commitment:.3g}, autonomy {autonomy:.3g}{year}"
                   + (f", with {numbers}" if numbers else ""),
                   "a formula that is a number for every contract, and stays one when preferences, capabilities, rates"
                   " and portfolios move")


def _place(name: str, term: OwnTerm) -> int:
    """Where a quantity stands, as the side that the term belongs to sees it."""
    given = GIVEN_NAMES[name]
    return given + (SEEN_BY_MAJOR if given >= Given.CHALLENGER and term.side == "major" else 0)


def _pair_of(scenario: Scenario, term: OwnTerm, given: Sequence[float]) -> tuple[str, str]:
    """The pair that brought these numbers: that which never moves tells most, what drifts between pairs alike in it."""
    def unlikeness(pair: tuple[str, str]) -> tuple[float, float]:
        power, weak, traits = (
            scenario.major_powers[pair[0]], scenario.states[pair[1]], relation_traits(scenario, *pair))
        fixed = {Given.DISTANCE: traits.distance_km, Given.REACH: traits.reach, Given.PROXIMITY: traits.proximity,
                 Given.BASING: traits.basing, Given.PATRON_THREAT: traits.patron_threat,
                 Given.AUTONOMY_VALUE: weak.autonomy_value, Given.PREFERENCE_WEIGHT: weak.preference_weight,
                 Given.VOTES: weak.votes, Given.INSTABILITY: weak.instability, Given.POWER_CAPABILITY: power.capability,
                 Given.LATENT_THREAT: weak.latent_threat}
        drifting = {Given.CAPABILITY: weak.capability,
                    Given.PREFERENCE_DISTANCE: weak.toward[pair[0]].preference_distance}
        return _difference(fixed, given), _difference(drifting, given)

    return min(((power, state) for power in term.powers or scenario.major_powers for state in scenario.states),
               key=unlikeness)


def _difference(one: dict[Given, Any], given: Sequence[float]) -> float:
    return math.fsum(abs(float(value) - given[place]) for place, value in one.items())
