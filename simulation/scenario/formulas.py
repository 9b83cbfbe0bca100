"""Formulas in the user's own words: which names they may use, and how a text becomes a tree.

A formula is arithmetic over named quantities of a pair, its contract, the crisis that would come and the major power's
other pacts. It is read by Python's parser and never executed: whatever is not on the short list below is refused with
its column. Called by `own_terms`, which holds what is said of formulas, and `term_programs`, which translates them.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import NamedTuple

from simulation.errors import Refusal
from simulation.scenario.validation import listed, nearest, shown

LONGEST = 1000
"""Characters of a formula."""
DEEPEST = 30
"""Levels of a formula, each operation and function a level."""


class Quantity(NamedTuple):
    """What a formula may name: what it belongs to, its unit, a sentence, and between which numbers it always lies."""

    group: str
    unit: str
    meaning: str
    low: float = 0.0
    high: float = math.inf


CONTRACT, PAIR, STATE, POWER, CRISIS, PORTFOLIO, SCENARIO = (
    "the contract", "the pair", "the weak state", "the major power", "the crisis that would come", "the portfolio",
    "the scenario")
QUANTITIES: dict[str, Quantity] = {
    "commitment": Quantity(CONTRACT, "share", "Commitment of the major power.", high=1.0),
    "autonomy": Quantity(CONTRACT, "share", "Autonomy that the weak state concedes.", high=1.0),
    "distance": Quantity(PAIR, "km", "Distance from the major power to the weak state."),
    "reach": Quantity(PAIR, "share", "Share of the major power's strength that arrives over this distance.", high=1.0),
    "burden": Quantity(PAIR, "ratio", "What commitment over this distance takes: 1 over reach.", low=1.0),
    "proximity": Quantity(PAIR, "share", "How far the weak state belongs to the major power's neighbourhood: 1 next"
                          " door, 1/2 at benefits.neighbourhood_half_distance_km.", high=1.0),
    "preference_distance": Quantity(PAIR, "ideal points", "Distance between the preferences of the two, this year."),
    "basing": Quantity(PAIR, "share", "What access to the state is worth for power projection.", high=1.0),
    "rival_pull": Quantity(PAIR, "probability", "Chance that a competitor takes the state if this power does not.",
                           high=1.0),
    "patron_threat": Quantity(PAIR, "share", "Share of the state's crises that this power opens itself.", high=1.0),
    "capability": Quantity(STATE, "share", "The weak state's share of world capability, this year.", high=1.0),
    "challenger": Quantity(STATE, "share", "Capability of its challenger, as the side that the term belongs to"
                           " perceives it.", high=1.0),
    "crisis_rate": Quantity(STATE, "probability per year", "Chance that a crisis can open, as the side that the term"
                            " belongs to perceives it.", high=1.0),
    "latent_threat": Quantity(STATE, "per year", "Crises that the state fears beyond those that open."),
    "autonomy_value": Quantity(STATE, "payoff per year", "What full autonomy is worth when preferences agree."),
    "preference_weight": Quantity(STATE, "per ideal point", "How much dearer autonomy gets with preference distance."),
    "votes": Quantity(STATE, "votes", "Diplomatic weight of the weak state."),
    "instability": Quantity(STATE, "share", "Disorder in the weak state that spills over.", high=1.0),
    "power_capability": Quantity(POWER, "share", "The major power's share of world capability.", high=1.0),
    "challenge": Quantity(CRISIS, "probability", "That the challenger opens a crisis that can open, under the"
                          " contract.", high=1.0),
    "resistance": Quantity(CRISIS, "probability", "That the weak state resists, unless it is held back.", high=1.0),
    "reliability": Quantity(CRISIS, "probability", "That the major power intervenes in a war of its ally: as its true"
                            " type does in terms of the major power, as the ally believes in terms of the weak state.",
                            high=1.0),
    "war": Quantity(CRISIS, "probability", "That a crisis that can open ends in war, the ally not held back.",
                    high=1.0),
    "challenge_without": Quantity(CRISIS, "probability", "The same as challenge without a pact between the two.",
                                  high=1.0),
    "resistance_without": Quantity(CRISIS, "probability", "The same as resistance without a pact between the two.",
                                   high=1.0),
    "reliability_without": Quantity(CRISIS, "probability", "The same as reliability without a pact between the two.",
                                    high=1.0),
    "war_without": Quantity(CRISIS, "probability", "The same as war without a pact between the two.", high=1.0),
    "allies": Quantity(PORTFOLIO, "states", "Allies of the major power, this one among them."),
    "pledged": Quantity(PORTFOLIO, "commitment", "Sum of commitment times burden over its pacts, this one among them."),
    "allied_rivals": Quantity(PORTFOLIO, "states", "Allies that are declared rivals of this weak state."),
    "legitimated_votes": Quantity(PORTFOLIO, "votes", "Votes of its allies, times the autonomy conceded where"
                                  " legitimation scales with it, this one among them."),
    "states": Quantity(SCENARIO, "states", "Weak states in the scenario.", low=1.0),
    "stake": Quantity(SCENARIO, "payoff", "What a challenger demands (crisis.stake)."),
}
"""All names that a formula may use."""

FUNCTIONS: dict[str, tuple[int, int, str]] = {
    "min": (2, 8, "The least of two to eight."),
    "max": (2, 8, "The greatest of two to eight."),
    "abs": (1, 1, "Without its sign."),
    "sqrt": (1, 1, "Square root."),
    "exp": (1, 1, "e to this power."),
    "log": (1, 1, "Natural logarithm."),
    "where": (3, 3, "where(condition, yes, no): the second where the first is not 0, else the third."),
}
"""Functions by name: fewest and most arguments, and a sentence."""

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">",
    ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
ARITHMETIC = "numbers, names, + - * / ** < <= > >= == !=, parentheses and the functions " + ", ".join(FUNCTIONS)


WRITTEN_ELSEWHERE = {
    r"&&": "(A) * (B)", r"\|\|": "max(A, B)", r"!(?!=)": "(A) == 0", r"<>": "!=",
    "≤": "<=", "≥": ">=", "≠": "!=", "[×·∙]": "*", "÷": "/", "[−–]": "-", "²": "** 2", "³": "** 3", "√": "sqrt(A)",
    r"\bif\b": "where(A, B, C)", r"(?<![=<>!])=(?!=)": "=="}
"""Signs of other notations, none of which Python reads, as patterns, with what stands for them here."""
NAMED_ELSEWHERE = {
    "ln": "log", "pow": "A ** B", "power": "A ** B", "ifelse": "where", "if_else": "where", "iif": "where",
    "cond": "where", "minimum": "min", "maximum": "max", "fabs": "abs", "absolute": "abs", "log10": "log(A) / log(10)",
    "log2": "log(A) / log(2)", "e": "exp(1)", "pi": "3.141592653589793", "true": "1", "false": "0"}
"""Names of other notations."""
JOINED_BY_BITS: dict[type[ast.AST], str] = {ast.BitAnd: "(A) * (B)", ast.BitOr: "max(A, B)"}
LONGEST_ADVICE = 80


class Expression(NamedTuple):
    """A node of a formula's tree.

    kind : "number", "name", an operator such as "+", "negative", or a function; operands : the nodes below;
    number, name : of a leaf; column : where it stands in the text, from 1.
    """

    kind: str
    operands: tuple[Expression, ...] = ()
    number: float = 0.0
    name: str = ""
    column: int = 0

    def names(self) -> dict[str, int]:
        """Names in the tree with the column in which each comes first."""
        found: dict[str, int] = {self.name: self.column} if self.kind == "name" else {}
        for operand in self.operands:
            found = operand.names() | found
        return found


def parse_formula(text: str) -> Expression:
    """The tree of a formula. Raises `Refusal`, with the column, for whatever is no arithmetic over known names."""
    if len(text) > LONGEST:
        raise Refusal("too long a formula", found=f"{len(text):,} characters", allowed=f"at most {LONGEST:,}")
    line = " ".join(text.split("\n"))
    if not line.strip():
        raise Refusal("an empty formula", allowed=ARITHMETIC)
    lead = len(line) - len(line.lstrip())
    try:
        tree = ast.parse(line.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise Refusal("not a formula", found=f"{shown(text)}, wrong at column {lead + column}", allowed=ARITHMETIC,
                      suggestion=_for_signs(line)) from None
    return _Reader(line.strip(), lead).read(tree.body, 1)


def _for_signs(line: str) -> str:
    """What to write for the first sign of another notation; empty where there is none."""
    found = {match.start(): advice for sign, advice in WRITTEN_ELSEWHERE.items() if (match := re.search(sign, line))}
    return found[min(found)] if found else ""


Words = Callable[[ast.expr, str], str]
"""A part of a formula as it is written, or the letter that stands for it."""


def _instead(node: ast.expr, words: Words) -> str:
    """What to write for a node that is none of a formula; empty where nothing stands for it."""
    match node:
        case ast.BinOp(left, ast.BitXor(), right):
            return f"{words(left, 'A')} ** {words(right, 'B')}"
        case ast.UnaryOp(ast.Not() | ast.Invert(), operand):
            return f"({words(operand, 'A')}) == 0"
        case ast.IfExp(test, body, otherwise):
            return f"where({words(test, 'A')}, {words(body, 'B')}, {words(otherwise, 'C')})"
        case ast.Tuple([ast.Constant(int()), _]):
            return "a decimal point"
        case ast.Attribute(attr=name) if name in FUNCTIONS:
            return name
    return _joined(node, words)


def _joined(node: ast.expr, words: Words) -> str:
    """The same for conditions that are joined: a condition is 1 where it holds, else 0."""
    def lettered(parts: Sequence[ast.expr]) -> list[str]:
        return [words(part, letter) for part, letter in zip(parts, ascii_uppercase, strict=False)]

    match node:
        case ast.BoolOp(ast.And(), parts):
            return _product(lettered(parts))
        case ast.BoolOp(ast.Or(), parts):
            return f"max({', '.join(lettered(parts))})"
        case ast.Compare(first, [_, _, *_] as signs, others) if {type(sign) for sign in signs} <= OPERATORS.keys():
            compared = lettered([first, *others])
            return _product([f"{one} {OPERATORS[type(sign)]} {other}" for one, sign, other in zip(
                compared, signs, compared[1:], strict=False)])
    return ""


def _product(factors: Sequence[str]) -> str:
    return " * ".join(f"({factor})" for factor in factors)


class _Reader:
    """From Python's tree to our own."""

    def __init__(self, text: str, lead: int):
        self.text, self.lead = text, lead

    def column(self, node: ast.AST) -> int:
        """Where a node starts, in characters from 1; Python counts bytes."""
        offset = getattr(node, "col_offset", 0)
        return self.lead + len(self.text.encode()[:offset].decode(errors="replace")) + 1

    def refusal(self, problem: str, node: ast.AST, allowed: str = ARITHMETIC, suggestion: str = "") -> Refusal:
        """What is wrong with a part of the formula, which is shown with its column."""
        words = shown(ast.get_source_segment(self.text, node) or "")
        return Refusal(problem, found=f"{words} at column {self.column(node)}", allowed=allowed, suggestion=suggestion)

    def read(self, node: ast.expr, depth: int) -> Expression:
        """A node with all below it."""
        if depth > DEEPEST:
            raise self.refusal("too deep a formula", node, allowed=f"at most {DEEPEST} levels")
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner, is_plus = self.read(node.operand, depth + 1), isinstance(node.op, ast.UAdd)
            return inner if is_plus else Expression("negative", (inner,), column=self.column(node))
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return self.operation(node, type(node.op), node.left, node.right, depth)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OPERATORS:
            return self.operation(node, type(node.ops[0]), node.left, node.comparators[0], depth)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        raise self.refusal("not arithmetic", node, suggestion=self.advice(node))

    def advice(self, node: ast.expr) -> str:
        """What to write instead of a node, its parts as they are written where that is short enough."""
        joints = {type(part) for part in ast.walk(node)} & JOINED_BY_BITS.keys()
        if joints:  # they bind closer than comparisons, so that their operands are not what was meant
            return JOINED_BY_BITS[joints.pop()]
        whole = _instead(node, lambda part, _: self.advice(part) or ast.get_source_segment(self.text, part) or "")
        return whole if len(whole) <= LONGEST_ADVICE else _instead(node, lambda _, letter: letter)

    def operation(self, node: ast.expr, kind: type[ast.AST], left: ast.expr, right: ast.expr,
                  depth: int) -> Expression:
        """Two operands and what is done with them."""
        return Expression(OPERATORS[kind], (self.read(left, depth + 1), self.read(right, depth + 1)),
                          column=self.column(node))

    def number(self, node: ast.Constant) -> Expression:
        """A number; true, false and texts are none."""
        if type(node.value) not in (int, float):
            raise self.refusal("not a number", node)
        try:
            value = float(node.value)  # type: ignore[arg-type] # one of the two
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.refusal("too large a number", node, allowed="numbers up to 1e308")
        return Expression("number", number=value, column=self.column(node))

    def name(self, node: ast.Name) -> Expression:
        """A quantity by name."""
        if node.id not in QUANTITIES:
            problem = "a function without its arguments" if node.id in FUNCTIONS else "unknown name"
            raise self.refusal(problem, node, allowed=listed(QUANTITIES, len(QUANTITIES)),
                               suggestion=NAMED_ELSEWHERE.get(node.id.casefold()) or nearest(
                                   node.id, [*QUANTITIES, *FUNCTIONS]))
        return Expression("name", name=node.id, column=self.column(node))

    def call(self, node: ast.Call, depth: int) -> Expression:
        """A function of the short list."""
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            raise self.refusal("unknown function", node.func, allowed=", ".join(FUNCTIONS),
                               suggestion=NAMED_ELSEWHERE.get(name.casefold()) or nearest(name, FUNCTIONS)
                               or _instead(node.func, lambda _, letter: letter))
        least, most, _ = FUNCTIONS[node.func.id]
        number = len(node.args)
        if node.keywords or not least <= number <= most or any(isinstance(part, ast.Starred) for part in node.args):
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise self.refusal("wrong arguments", node, allowed=f"{wanted} in {node.func.id}(...)")
        return Expression(node.func.id, tuple(self.read(part, depth + 1) for part in node.args),
                          column=self.column(node))
