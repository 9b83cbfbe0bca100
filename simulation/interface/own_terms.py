"""Own terms written as Python functions: `term` makes one, `with_terms` puts it into a scenario.

The function is called once, with stand-ins for its arguments, and what it does with them becomes the formula; so it may
loop, and call other functions, but not decide by the value of an argument.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from simulation.errors import Refusal
from simulation.interface.scenarios import AnyScenario, scenario_of
from simulation.scenario.formulas import QUANTITIES, parse_formula
from simulation.scenario.parameters import OwnTerm
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, nearest

BINARY = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.power: "**", np.float_power: "**",
          np.less: "<", np.less_equal: "<=", np.greater: ">", np.greater_equal: ">=", np.equal: "==",
          np.not_equal: "!="}
FUNCTIONS = {np.sqrt: "sqrt", np.exp: "exp", np.log: "log", np.absolute: "abs", np.minimum: "min", np.maximum: "max"}
INSTEAD = "arithmetic, and numpy's minimum, maximum, sqrt, exp, log, absolute and where"


class _Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """A stand-in for a quantity: remembers what is done with it as a formula."""

    def __init__(self, text: str):
        self.text = text

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **more: Any) -> Any:
        if method != "__call__" or more:
            return NotImplemented
        parts = [_text_of(part) for part in inputs]
        if function is np.negative:
            return _Symbol(f"(-{parts[0]})")
        if function is np.positive:
            return self
        if function in FUNCTIONS:
            return _Symbol(f"{FUNCTIONS[function]}({', '.join(parts)})")
        if function in BINARY:
            return _Symbol(f"({parts[0]} {BINARY[function]} {parts[1]})")
        raise TypeError(f"numpy.{function.__name__} is not for own terms, which have {INSTEAD}")

    def __array_function__(self, function: Any, types: Any, inputs: Any, more: Any) -> Any:
        if function is np.where and len(inputs) == 3 and not more:
            return _Symbol(f"where({', '.join(map(_text_of, inputs))})")
        raise TypeError(f"numpy.{function.__name__} is not for own terms, which have {INSTEAD}")

    def __bool__(self) -> bool:
        raise TypeError(f"an own term cannot decide by the value of a quantity (if, and, or, min, max); use {INSTEAD}")

    def __float__(self) -> float:
        raise TypeError(f"a quantity has no value yet; use {INSTEAD}")


def _text_of(part: Any) -> str:
    return part.text if isinstance(part, _Symbol) else repr(float(part))


@dataclass(frozen=True)
class NamedTerm:
    """An own term made of a function: its name, the record that a scenario holds, and the function."""

    name: str
    record: OwnTerm
    function: Callable[..., Any]

    @property
    def formula(self) -> str:
        """The formula that the function became."""
        return self.record.formula

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the function itself gives."""
        return self.function(*arguments, **named)


Maker = Callable[[Callable[..., Any]], NamedTerm]


def term(side: Literal["major", "weak"], kind: Literal["cost", "benefit"], *, weight: float = 1.0,
         powers: list[str] | None = None, says: str = "", source: str = "") -> Maker:
    """A decorator that makes an own term of a function, payoff per year of a pact.

    The function's arguments are names that formulas may use (``describe own_terms`` lists them); its first line of
    documentation is what the term says, if `says` is not given.

    Raises `Refusal` for other names, and TypeError for what no formula can say.
    """
    def made(function: Callable[..., Any]) -> NamedTerm:
        names = list(inspect.signature(function).parameters)
        for name in names:
            if name not in QUANTITIES:
                raise Refusal("unknown name", f"own_terms.{function.__name__}", name, listed(QUANTITIES, 40),
                              nearest(name, QUANTITIES))
        formula = _text_of(function(**{name: _Symbol(name) for name in names}))
        parse_formula(formula)
        first = (inspect.getdoc(function) or "").split("\n")[0]
        return NamedTerm(function.__name__, OwnTerm(
            side=side, kind=kind, formula=formula, weight=weight, powers=powers or [], says=says or first,
            source=source), function)

    return made


def with_terms(scenario: AnyScenario, *terms: NamedTerm) -> Scenario:
    """The scenario with these own terms beside those that it has. Raises `Refusal` for a name that is taken."""
    scenario = scenario_of(scenario)
    own = {name: record.model_dump() for name, record in scenario.own_terms.items()}
    for added in terms:
        if added.name in own:
            raise Refusal("two terms of one name", f"own_terms.{added.name}", added.name, "another name")
        own[added.name] = added.record.model_dump()
    return scenario.replace("own_terms", own)
