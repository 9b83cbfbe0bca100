"""What is wrong with the words after a command, in the form of every other refusal.

Called by `command_line` for what typer finds: a value that an option does not take, an option or argument that is not
there.
"""

from __future__ import annotations

from enum import EnumType
from typing import Any, get_args

from simulation.errors import Refusal

WHOLE, NUMBER = "a whole number", "a number"
PROBLEMS = {int: f"not {WHOLE}", float: f"not {NUMBER}"}
RANGE = "greater_than_equal", "less_than_equal"


def refusal_of(error: Any) -> Refusal:
    """The `Refusal` that says what a `typer.BadParameter`, or another error of usage, says."""
    option = getattr(error, "option_name", "")
    near = getattr(error, "possibilities", None)
    if option and near is not None:
        return Refusal(f"no such option: {option}", suggestion=near[0] if near else "")
    return _unfit_value(error) or Refusal(_in_one_line(error))


def _unfit_value(error: Any) -> Refusal | None:
    """Of a value that an option or argument does not take; None where typer does not say which, as before 0.29."""
    parameter, reasons = getattr(error, "param", None), getattr(error.__cause__, "errors", None)
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    if parameter is None or reasons is None:
        return None
    from simulation.scenario.validation import listed, nearest, shown

    reason = reasons()[0]
    found, name = str(reason["input"]), parameter.opts[-1] if parameter.opts[-1].startswith("-") else parameter.metavar
    choices = _choices(kind)
    if choices:
        return Refusal("unknown value", file=name, found=shown(found), allowed=listed(choices),
                       suggestion=nearest(found, choices))
    problem = "out of range" if reason["type"] in RANGE else PROBLEMS.get(_number_of(kind), "")
    if not problem:
        return None
    return Refusal(problem, file=name, found=shown(found), allowed=_range(parameter, _number_of(kind)))


def _choices(kind: Any) -> list[str]:
    """The words of a `Literal` or an enumeration, also where it may be left out, or none."""
    for own in (kind, *get_args(kind)):
        words = list(own) if isinstance(own, EnumType) else get_args(own)
        if words and all(isinstance(word, str) for word in words):
            return [str(word) for word in words]
    return []


def _number_of(kind: Any) -> Any:
    """int or float, also where it may be left out."""
    return next((own for own in (kind, *get_args(kind)) if own in PROBLEMS), None)


def _range(parameter: Any, number: Any) -> str:
    """From the least to the largest value that a parameter takes, as far as they are given."""
    least, most = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if least is None:
        return WHOLE if number is int else NUMBER
    return f"{least} or more" if most is None else f"{least} to {most}"


def _in_one_line(error: Any) -> str:
    message = " ".join(str(error.format_message()).split()).removesuffix(".")
    return message[:1].lower() + message[1:]
