"""Own terms: costs and benefits that a scenario states as formulas (theory, section 12).

What a scenario's own terms are called in tables and measures, and what can be wrong with them, found before anything
runs: a formula that cannot be read, or that is no finite number for some pair and contract. Formulas are evaluated by
NumPy here; `term_programs` is what the theory reads. Called by `scenario`, and by whatever names terms.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.errors import Refusal
from simulation.scenario.distances import distance_km
from simulation.scenario.formulas import CRISIS, PORTFOLIO, QUANTITIES, Expression, parse_formula
from simulation.scenario.validation import listed, nearest, shown

if TYPE_CHECKING:
    from simulation.scenario.parameters import OwnTerm
    from simulation.scenario.scenario import Scenario

BUILT_IN = (
    "weak_protection", "weak_autonomy_cost", "weak_membership_cost", "benefit_power_projection", "benefit_legitimation",
    "benefit_denial", "benefit_stabilisation", "benefit_own_security", "cost_fixed", "cost_deployment",
    "cost_opportunity", "cost_foreclosure", "cost_intervention", "cost_reneging", "cost_lost_stake", "cost_entrapment")
"""Names of the theory's own terms and measures, which no other may bear."""
CHANCES = (0.001, 0.5, 0.999)
"""Probabilities of the crisis that would come at which a formula is tried: they are never quite 0 or 1."""
SHARES = np.linspace(0.0, 1.0, 9)
"""Places along commitment and autonomy at which a formula is tried."""
CHANGED_BY_CONTRACT = frozenset({"commitment", "autonomy", "pledged", "legitimated_votes"})
"""Quantities that follow from the contract itself."""
JUMPS = frozenset({"where", "<", "<=", ">", ">=", "==", "!=", "/"})
"""What may jump from one sign to the other without being 0."""
NOT_FINITE_WITH = frozenset({"+", "-", "*", "/", "negative", "abs", "sqrt"})
"""What is no finite number where one of its operands is infinite; of a quotient the dividend."""


class Contract(NamedTuple):
    """A pair, and a contract with what a formula makes of it, payoff per year at weight 1."""

    power: str
    state: str
    commitment: float
    autonomy: float
    amount: float


class Pole(NamedTuple):
    """A pair, and between which values of `commitment` or `autonomy`, by name, a formula divides by 0."""

    power: str
    state: str
    name: str
    low: float
    high: float


@functools.lru_cache(maxsize=1024)
def tree_of(formula: str) -> Expression:
    """The tree of a formula; see `formulas.parse_formula`."""
    return parse_formula(formula)


def column_of(name: str, term: OwnTerm) -> str:
    """What a term is called in tables and measures: ``cost_NAME``, ``benefit_NAME``, or the same after ``weak_``."""
    return f"{'weak_' if term.side == 'weak' else ''}{term.kind}_{name}"


def own_columns(scenario: Scenario) -> dict[str, str]:
    """The scenario's own terms by what they are called in tables, with what each says, in the scenario's order."""
    return {column_of(name, term): term.says or f"{term.kind.capitalize()} in the scenario's own words: {term.formula}"
            for name, term in scenario.own_terms.items()}


def reads_portfolio(tree: Expression) -> bool:
    """Whether a formula names the major power's portfolio: then the difference that the pact makes is charged."""
    return any(QUANTITIES[name].group == PORTFOLIO for name in tree.names())


def problems_of_own_terms(scenario: Scenario) -> Iterator[Refusal]:
    """What is wrong with the scenario's own terms, the first problem of each."""
    for name, term in scenario.own_terms.items():
        problem = next(_problems(scenario, name, term), None)
        if problem is not None:
            yield problem


def formula_problem(name: str, term: OwnTerm) -> Refusal | None:
    """What is wrong with a term whatever the scenario, None if nothing is."""
    path = f"own_terms.{name}"
    if column_of(name, term) in BUILT_IN:
        return Refusal("a term of the theory has this name", path, column_of(name, term), "another name")
    try:
        tree = tree_of(term.formula)
    except Refusal as refusal:
        return Refusal(refusal.problem, f"{path}.formula", refusal.found, refusal.allowed, refusal.suggestion)
    for used, column in tree.names().items():
        if term.side == "major" and term.kind == "benefit" and QUANTITIES[used].group == CRISIS:
            return Refusal("a benefit that depends on the crisis, which depends on what the ally is worth",
                           f"{path}.formula", f"{used} at column {column}", "a cost, or a benefit of other names")
    return None


def _problems(scenario: Scenario, name: str, term: OwnTerm) -> Iterator[Refusal]:
    problem = formula_problem(name, term)
    if problem is not None:
        yield problem
    for power in term.powers:
        if power not in scenario.major_powers:
            yield Refusal("unknown major power", f"own_terms.{name}.powers", power, listed(scenario.major_powers),
                          nearest(power, scenario.major_powers))
    if problem is None:
        for found in tried(scenario, term):
            if not math.isfinite(found.amount):
                yield Refusal("not a finite number", f"own_terms.{name}.formula", f"{shown(term.formula)} for "
                              f"{found.power} and {found.state} at commitment {found.commitment:g}, autonomy "
                              f"{found.autonomy:g}", "a formula that is a number for every pair and contract"
                              + (", and without any ally" if reads_portfolio(tree_of(term.formula)) else ""))
        for pole in poles(scenario, term):
            yield Refusal("not a finite number", f"own_terms.{name}.formula", f"{shown(term.formula)} for {pole.power}"
                          f" and {pole.state} between {pole.name} {pole.low:g} and {pole.high:g}, where what it divides"
                          " by is 0", "a formula that is a number for every pair and contract")


def notes_on_own_terms(scenario: Scenario) -> list[str]:
    """What a user should know of the scenario's own terms though nothing is wrong, a line each."""
    notes = []
    for name, term in scenario.own_terms.items():
        worst = min(tried(scenario, term), key=lambda found: found.amount, default=None)
        if worst is not None and worst.amount < 0.0:
            notes.append(f"own_terms.{name}: a {term.kind} that is below 0, {worst.amount:.3g} for {worst.power} and"
                         f" {worst.state} at commitment {worst.commitment:g}, autonomy {worst.autonomy:g}")
        tree = tree_of(term.formula)
        if reads_portfolio(tree) and (left := _without_any_pact(scenario, tree)) != 0.0:
            notes.append(f"own_terms.{name}: names the portfolio, so only the difference that a pact makes counts; what"
                         f" the formula gives without any ally ({left:.3g}) is charged to nobody")
    return notes


def tried(scenario: Scenario, term: OwnTerm) -> Iterator[Contract]:
    """What a term charges every pair that has it, at the contract among those tried where it is least, or no number."""
    tree = tree_of(term.formula)
    for power, state in _pairs(scenario, term):
        yield _least(tree, float(term.weight), scenario, power, state)


def _pairs(scenario: Scenario, term: OwnTerm) -> Iterator[tuple[str, str]]:
    """Codes of the pairs that have a term."""
    return ((power, state) for power in scenario.major_powers if not term.powers or power in term.powers
            for state in scenario.states)


def _contracts(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Commitments, (n, 1), and autonomies, (1, n), at which a formula is tried."""
    least = float(scenario.contract.minimum_commitment)
    return least + (1.0 - least) * SHARES[:, None], SHARES[None, :]


def _least(tree: Expression, weight: float, scenario: Scenario, power: str, state: str) -> Contract:
    commitments, autonomies = _contracts(scenario)
    amounts = np.array([
        charged(tree, quantities_of(scenario, power, state, commitments, autonomies, chance, others),
                quantities_of(scenario, power, state, 0.0, 0.0, chance, others, False))
        for chance in CHANCES for others in {0.0, 1.0, float(len(scenario.states) - 1)}])
    with np.errstate(over="ignore", invalid="ignore"):
        amounts = np.where(np.isfinite(amounts * weight), amounts, math.nan)
    broken = np.isnan(amounts)
    case, row, column = np.unravel_index(np.argmax(broken) if broken.any() else np.argmin(amounts), amounts.shape)
    return Contract(power, state, float(commitments[row, 0]), float(SHARES[column]), float(amounts[case, row, column]))


def poles(scenario: Scenario, term: OwnTerm) -> Iterator[Pole]:
    """Where a formula divides by 0 between contracts that are tried: there what it divides by changes its sign."""
    divisors = list(_divisors(tree_of(term.formula)))
    commitments, autonomies = _contracts(scenario)
    for power, state in _pairs(scenario, term) if divisors else ():
        for chance, others, divisor in itertools.product(CHANCES, (0.0, 1.0), divisors):
            quantities = quantities_of(scenario, power, state, commitments, autonomies, chance, others)
            with np.errstate(all="ignore"):
                signs = np.sign(np.broadcast_to(value_of(divisor, quantities), (SHARES.size, SHARES.size)))
            for name, places, along in (("commitment", commitments[:, 0], signs), ("autonomy", SHARES, signs.T)):
                for place in np.flatnonzero((along[1:] * along[:-1] < 0.0).any(axis=1))[:1]:
                    yield Pole(power, state, name, float(places[place]), float(places[place + 1]))


def _divisors(tree: Expression) -> Iterator[Expression]:
    """Formulas that the contract changes continuously, and where one of them is 0 the whole is no finite number."""
    if tree.kind == "/" or (tree.kind == "**" and tree.operands[1].kind == "negative"):
        for factor in _factors(tree.operands[1 if tree.kind == "/" else 0]):
            if CHANGED_BY_CONTRACT & set(factor.names()) and _is_continuous(factor):
                yield factor
    if tree.kind in NOT_FINITE_WITH:
        for operand in tree.operands[:1] if tree.kind == "/" else tree.operands:
            yield from _divisors(operand)


def _factors(tree: Expression) -> Iterator[Expression]:
    """Formulas of which one is 0 where a formula is."""
    if tree.kind in ("*", "abs", "negative"):
        for operand in tree.operands:
            yield from _factors(operand)
    elif tree.kind == "**" and tree.operands[1].kind == "number":
        yield from _factors(tree.operands[0])
    else:
        yield tree


def _is_continuous(tree: Expression) -> bool:
    return tree.kind not in JUMPS and all(map(_is_continuous, tree.operands))


def _without_any_pact(scenario: Scenario, tree: Expression) -> float:
    power, state = next(iter(scenario.major_powers)), next(iter(scenario.states))
    return float(value_of(tree, quantities_of(scenario, power, state, 0.0, 0.0, 0.5, 0.0, False)))


def charged(tree: Expression, pact: Mapping[str, Any], without: Mapping[str, Any]) -> Any:
    """What a pact is charged by a formula: its value, or the difference that the pact makes where it names the
    portfolio."""
    with np.errstate(all="ignore"):
        amount = value_of(tree, pact) - (value_of(tree, without) if reads_portfolio(tree) else 0.0)
    return np.broadcast_to(amount, np.broadcast_shapes(np.shape(pact["commitment"]), np.shape(pact["autonomy"])))


def quantities_of(scenario: Scenario, power: str, state: str, commitment: Any, autonomy: Any, chance: float,
                  others: float, is_pact: bool = True) -> dict[str, Any]:
    """All `QUANTITIES` of a pair at the start of a history under a contract, or without a pact.

    chance : every probability of the crisis that would come; others : allies of the power besides this state, who are
    taken to have pledged as much as it does.
    """
    record, weak = scenario.major_powers[power], scenario.states[state]
    toward, distance = weak.toward[power], distance_km(scenario, power, state)
    reach = math.exp2(-distance / float(record.reach_half_distance_km))
    burden = 1.0 / reach if reach > 0.0 else math.inf
    count = 1.0 if is_pact else 0.0
    chances = {name: chance for name, quantity in QUANTITIES.items() if quantity.group == CRISIS}
    return chances | {
        "commitment": commitment, "autonomy": autonomy, "distance": distance, "reach": reach, "burden": burden,
        "proximity": math.exp2(-distance / float(record.benefits.neighbourhood_half_distance_km)),
        "preference_distance": float(toward.preference_distance), "basing": float(toward.basing),
        "rival_pull": float(toward.rival_pull), "patron_threat": float(toward.patron_threat),
        "capability": float(weak.capability), "challenger": float(weak.challenger_capability),
        "crisis_rate": float(weak.crisis_rate), "latent_threat": float(weak.latent_threat),
        "autonomy_value": float(weak.autonomy_value), "preference_weight": float(weak.preference_weight),
        "votes": float(weak.votes), "instability": float(weak.instability),
        "power_capability": float(record.capability), "allies": others + count,
        "pledged": 0.5 * others + (commitment * burden if is_pact else 0.0), "allied_rivals": min(others, 1.0) * count,
        "legitimated_votes": 0.5 * others + (float(weak.votes) * autonomy if is_pact else 0.0),
        "states": float(len(scenario.states)), "stake": float(scenario.crisis.stake)}


BY_NUMPY: dict[str, Any] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "<": np.less, "<=": np.less_equal,
    ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal, "negative": np.negative,
    "min": np.minimum, "max": np.maximum, "abs": np.abs, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
    "**": np.float_power}


def value_of(tree: Expression, quantities: Mapping[str, Any]) -> Any:
    """A formula's value, numbers or arrays of them, by NumPy."""
    if tree.kind == "number":
        return np.float64(tree.number)
    if tree.kind == "name":
        return np.asarray(quantities[tree.name], dtype=float)
    operands = [value_of(operand, quantities) for operand in tree.operands]
    if tree.kind == "where":
        return np.where(operands[0] != 0.0, operands[1], operands[2])
    if len(operands) == 1:
        return BY_NUMPY[tree.kind](operands[0])
    return functools.reduce(BY_NUMPY[tree.kind], operands) * 1.0
