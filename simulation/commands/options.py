"""What several commands read from their options."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.errors import Refusal
from simulation.scenario.file import parse_value
from simulation.scenario.own_terms import notes_on_own_terms
from simulation.scenario.path_hints import suggest_path
from simulation.scenario.scenario import Scenario
from simulation.scenario.state_order import StateOrder
from simulation.scenario.validation import NOUNS, noun_of, shown, walked

if TYPE_CHECKING:
    from simulation.equilibrium.statics import Axis

StatesBy = Annotated[StateOrder | None, typer.Option(
    "--states-by", metavar="ORDER", show_default=False,
    help="Order of states in tables and figures: distance, name or gain (of the major power); without it: the usual"
    " one of each.")]
Jobs = Annotated[int | None, typer.Option("-j", "--jobs", metavar="N", min=1, show_default=False,
                                          help="Processes that share the work; without it: one a core.")]
SET, YEARS, VARY = "--set", "--years", "--vary"
IN_A_LINE, MOST_POINTS = 41, 10_000
FORMS = "path=from:to, path=from:to:number, path=from:to:number:log or path=value,value,..."


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Values by dotted path from texts ``path=value``. Raises `Refusal` for one that is not of this form."""
    found: dict[str, Any] = {}
    for text in settings:
        path, sign, value = text.partition("=")
        path = path.strip()
        if not sign or not path:
            raise Refusal("not a setting", found=shown(text), allowed="path=value", file=SET)
        if path in found:
            raise Refusal("path set twice", path, file=SET)
        try:
            found[path] = parse_value(value)
        except Refusal as refusal:
            refusal.path, refusal.file, refusal.line = path, SET, 0
            raise
    return found


def with_years(settings: dict[str, Any], years: int | None) -> dict[str, Any]:
    """The values of `--set` with the length of `--years`, if given. Raises `Refusal` if it is set by both."""
    if years is None:
        return settings
    if "years" in settings:
        raise Refusal("set twice", allowed=f"either {SET} years={years} or {YEARS} {years}", file=YEARS)
    return settings | {"years": years}


@contextmanager
def naming_years(years: int | None) -> Iterator[None]:
    """Has a refusal of the length name the option by which it was given."""
    try:
        yield
    except Refusal as refusal:
        if years is not None and (refusal.file, refusal.path) == (SET, "years"):
            refusal.path, refusal.file = "", YEARS
        raise


def refuse_outside(option: str, value: int, most: int) -> None:
    """Raises `Refusal` for a whole number that is not from 0 to `most`."""
    if not 0 <= value <= most:
        raise Refusal("out of range", found=shown(value), allowed=f"0 to {most}", file=option)


def replaced(scenario: Scenario, settings: Mapping[str, Any], years: int | None) -> Scenario:
    """The scenario with the values of `--set` and, if given, the length of `--years`. Raises `Refusal`."""
    asked = with_years(dict(settings), years)
    with naming_years(years):
        try:
            found = scenario.replace_all(asked)
        except Refusal as refusal:
            refusal.file = SET
            tell_of_paths(refusal, scenario)
            raise
    tell_own_terms(found)
    return found


def tell_of_paths(refusal: Refusal, scenario: Scenario) -> None:
    """Has the refusal of a path say which may be meant, and that of a path to own terms that the scenario has none."""
    suggest_path(refusal, scenario)
    if refusal.path.startswith("own_terms.") and not scenario.own_terms:
        refusal.allowed = (f"another path: {scenario.name} states no own_terms (asymmetric-alliances describe own_terms"
                           " tells of what they are made)")


def tell_settings(original: Scenario, settings: Mapping[str, Any], years: int | None = None) -> None:
    """Says what `--set` and `--years` put in place of what, a line each."""
    for path, value in with_years(dict(settings), years).items():
        before = []
        with suppress(Refusal):  # a path that another setting has made
            before = [] if "*" in path else [original.value(path)]
        instead = ", as in the file" if before == [value] else f", in place of {shown(before[0])}" if before else ""
        typer.echo(f"set: {path} = {shown(value)}{instead}")


def tell_own_terms(scenario: Scenario) -> None:
    """Says on standard error, once a process, what a user should know of own terms though nothing is wrong."""
    for note in notes_on_own_terms(scenario):
        if note not in _TOLD:
            _TOLD.add(note)
            typer.echo(f"note: {note}", err=True)


_TOLD: set[str] = set()


def parse_axis(text: str, usual: int) -> Axis:
    """An axis from what the user typed; `usual` is the number of values where none is given. Raises `Refusal`."""
    from simulation.equilibrium.statics import Axis
    from simulation.study.design import spaced

    path, sign, rest = text.partition("=")
    path = path.strip()
    if not sign or not path or not rest.strip():
        raise Refusal("not an axis", found=shown(text), allowed=FORMS, file=VARY)
    _refuse_other_than_numbers(path)
    if ":" not in rest:
        values = [_number(part, path) for part in rest.split(",")]
        return Axis(path, _rising(values, path))
    parts = [part.strip() for part in rest.split(":")]
    is_log = len(parts) == 4 and parts[3] == "log"
    if not 2 <= len(parts) <= 4 or (len(parts) == 4 and not is_log):
        raise Refusal("not an axis", path, shown(rest), FORMS, file=VARY)
    low, high = _number(parts[0], path), _number(parts[1], path)
    number = usual if len(parts) == 2 else _number(parts[2], path)
    if not isinstance(number, int) or number < 2:
        raise Refusal("not a number of values", path, shown(parts[2]), "a whole number from 2", file=VARY)
    if number > MOST_POINTS:
        raise Refusal("too many values", path, shown(parts[2]), f"at most {MOST_POINTS}", file=VARY)
    if is_log and not (low > 0 and high > 0):
        raise Refusal("out of range", path, f"{low:g} to {high:g}", "above 0 on a log scale", file=VARY)
    values = spaced(min(low, high), max(low, high), number, "log" if is_log else "linear")
    return Axis(path, _rising(values, path), is_log)


def _refuse_other_than_numbers(path: str) -> None:
    """Raises `Refusal` for a path that leads to words or switches: there is no way from one to the next along which
    anything could be followed."""
    spot = walked(Scenario, tuple(path.split(".")))
    if spot.annotation is not None and not {NOUNS[float], NOUNS[int]} & set(noun_of(spot.annotation).split(" or ")):
        instead = ", such as own_terms.NAME.weight" if path.startswith("own_terms.") else ""
        raise Refusal("not a number, so that nothing can be followed along it", path, noun_of(spot.annotation),
                      f"a path of a number{instead}; other settings side by side: compare --against", file=VARY)


def _number(text: str, path: str) -> float:
    try:
        value = parse_value(text)
    except Refusal:
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refusal("not a number", path, shown(text), FORMS, file=VARY)
    return value


def _rising(values: list[float], path: str) -> tuple[float, ...]:
    if len(values) < 2 or len(set(values)) < len(values):
        raise Refusal("not several values" if len(values) < 2 else "a value twice", path,
                      ",".join(f"{value:g}" for value in values), "at least two different values", file=VARY)
    return tuple(sorted(values))
