"""The reference: every parameter, measure and recorded column as a line, made of the records.

Called by the command `describe`, and through it for the tables of `docs/model.md`, which a test holds against this.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Literal, NamedTuple, get_args, get_origin

from simulation.errors import Refusal
from simulation.history.measures import MEASURES, own_measures
from simulation.history.series import PAYOFF, SERIES
from simulation.history.tables import PACT_COLUMNS
from simulation.report.built_in_terms import BUILT_IN_TERMS
from simulation.scenario.distributions import Distribution
from simulation.scenario.documentation import value_where_not_given
from simulation.scenario.formulas import FUNCTIONS, QUANTITIES
from simulation.scenario.parameters import Record
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import allowed_at, listed, paths_of, walked
from simulation.theory.payoffs import TERMS

REQUIRED, NONE = "required", "none"
STATED = "stated"
"""The table of what a scenario states beyond the theory."""
OWN_MEASURE = re.compile(r"(weak_)?(cost|benefit)_\w")
ALIKE = 0.6
"""Share of letters in common from which on a word may have been meant."""
ASSUMPTIONS, POPULATION = "assumptions.", "population."


class Entry(NamedTuple):
    """A line of the reference; what does not apply is empty."""

    name: str
    meaning: str
    unit: str = ""
    allowed: str = ""
    default: str = ""
    source: str = ""


def reference() -> dict[str, list[Entry]]:
    """All entries by the name of their table, in the order of the records."""
    parameters = list(_parameters(Scenario))
    return {
        "parameters": [entry for entry in parameters if not entry.name.startswith((ASSUMPTIONS, POPULATION))],
        "assumptions": [entry for entry in parameters if entry.name.startswith(ASSUMPTIONS)],
        "population": [entry for entry in parameters if entry.name.startswith(POPULATION)],
        "distributions": list(_parameters(Distribution)),
        "measures": [Entry(name, what.meaning, what.unit) for name, what in MEASURES.items()],
        "series": [Entry(series.name.lower(), what.meaning, what.unit) for series, what in SERIES.items()],
        "pacts": [Entry(name, what.meaning, what.unit) for name, what in PACT_COLUMNS.items()],
        "own_terms": [*(Entry(name, f"{what.group.removeprefix('the ').capitalize()}: {what.meaning}", what.unit)
                        for name, what in QUANTITIES.items()),
                      *(Entry(f"{name}()", f"Function: {meaning}") for name, (*_, meaning) in FUNCTIONS.items())],
        "terms": [Entry(name, f"{meaning.removesuffix('.')}. Formula: {BUILT_IN_TERMS[name].formula}.", PAYOFF,
                        source=f"docs/model.md, {BUILT_IN_TERMS[name].section}") for name, meaning in TERMS.items()
                  if name in BUILT_IN_TERMS],
    }


def stated(scenario: Scenario) -> list[Entry]:
    """What a scenario's own terms add: for each its fields, as they stand there, and its measure."""
    found = []
    for name, term in scenario.own_terms.items():
        found += [Entry(f"own_terms.{name}.{field}", f"{entry.meaning}. Here: {value}", entry.unit, entry.allowed)
                  for field, value in term if value not in ([], "")
                  for entry in _parameters(Scenario) if entry.name == f"own_terms.*.{field}"]
    return found + [Entry(name, what.meaning, what.unit) for name, what in own_measures(scenario).items()]


def matching(word: str, scenario: Scenario | None = None) -> dict[str, list[Entry]]:
    """The table of this name, or the entries in which a word or several occur, in their name or meaning; or that of a
    path with codes of a scenario in it. scenario : whose own terms are looked through as well.

    Neither case nor the difference between a space and an underscore matters; where several words do not occur as they
    stand, entries with all of them will do. Raises `Refusal` if there is none.
    """
    everything, sought = reference(), _plain(word)
    if word in everything:
        return {word: everything[word]}
    if scenario is not None:
        everything = {STATED: stated(scenario)} | everything
    found = _holding([sought], everything)
    if not any(found.values()):
        found = _holding(sought.split(), everything)
    if not any(found.values()):
        found = {table: [entry for entry in entries if "*" in entry.name and fnmatchcase(word, entry.name)]
                 for table, entries in everything.items()}
    if not any(found.values()):
        if OWN_MEASURE.match(word):
            raise Refusal("such a name is that of a measure of an own term of a scenario", found=word,
                          allowed="the scenario after it: describe WORD SCENARIO")
        raise Refusal("nothing has it in its name or meaning", found=word, suggestion=_alike(word, everything),
                      allowed="other words, or a table such as own_terms; for own terms of a scenario, its file behind"
                      " the words")
    return {table: entries for table, entries in found.items() if entries}


def _holding(parts: list[str], everything: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """The entries in whose name and meaning all parts occur."""
    return {table: [entry for entry in entries
                    if all(part in _plain(f"{entry.name} {entry.meaning}") for part in parts)]
            for table, entries in everything.items()}


def _alike(word: str, everything: dict[str, list[Entry]]) -> str:
    """Up to three names or words of names and meanings that are spelt much like this one, and begin like it."""
    entries = [entry for entries in everything.values() for entry in entries]
    text = " ".join(_plain(f"{entry.name} {entry.meaning}") for entry in entries)
    names = {_plain(entry.name.rpartition(".")[2]) for entry in entries}
    known = {part for part in names.union(re.findall(r"[a-z]{4,}", text)) if part[:1] == word[:1].casefold()}
    return " or ".join(difflib.get_close_matches(word.casefold(), sorted(known), n=3, cutoff=ALIKE))


def _plain(text: str) -> str:
    return text.casefold().replace("_", " ")


def markdown(entries: list[Entry]) -> str:
    """A table of entries in Markdown; columns in which all are empty are left out."""
    columns = [column for column in Entry._fields if any(getattr(entry, column) for entry in entries)]
    rows = [columns, ["---"] * len(columns)]
    for entry in entries:
        cells = {column: getattr(entry, column).replace("|", "\\|") for column in columns}
        rows.append([f"`{entry.name}`", *(cells[column] for column in columns[1:])])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def renewed(text: str, file: str, others: Mapping[str, Callable[[], str]] | None = None) -> str:
    """A page with its tables made anew: what stands between `<!-- table: NAME -->` and `<!-- end -->`.

    others: makers of further tables by name. Raises `Refusal`, which names `file`, if a page has no such place, or one
    without an end or of an unknown name.
    """
    tables = {name: partial(markdown, entries) for name, entries in reference().items()} | dict(others or {})
    opened = re.findall(r"^<!-- table: (.*?) -->$", text, re.MULTILINE)
    if not opened:
        raise Refusal("no place for a table", allowed="a line <!-- table: NAME --> and after it a line <!-- end -->",
                      file=file)
    for name in opened:
        if name not in tables:
            raise Refusal("no such table", found=name, allowed=listed(tables), file=file)
    place = re.compile(r"^(<!-- table: (\w+) -->\n)((?:(?!^<!-- table: ).)*?)^(<!-- end -->)$",
                       re.DOTALL | re.MULTILINE)
    if len(place.findall(text)) != len(opened):
        raise Refusal("a table without its end", allowed="a line <!-- end --> after each table", file=file)
    return place.sub(lambda match: f"{match[1]}{tables[match[2]]()}\n{match[4]}", text)


def _parameters(record: type[Record]) -> Iterator[Entry]:
    """A line for each field that holds a value of its own, by its dotted path."""
    leaf = None
    for path in paths_of(record):
        if leaf and path.startswith(f"{leaf}."):
            continue  # the distribution that may stand for a number
        spot = walked(record, tuple(path.split(".")))
        field = spot.field(path.rsplit(".", 1)[-1])
        if _holds_records(field.annotation):
            continue
        leaf = path
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        yield Entry(path, field.description or "", str(extra.get("unit", "")), _allowed(spot), _default(field),
                    str(extra.get("source", "")))


def _holds_records(annotation: Any) -> bool:
    """Whether a field is but the heading of other fields."""
    arms = [arm for arm in get_args(annotation) if arm is not type(None)]
    if get_origin(annotation) is dict:
        return _holds_records(arms[1])
    if isinstance(annotation, type):
        return issubclass(annotation, Record)
    return get_origin(annotation) is not Literal and bool(arms) and all(
        isinstance(arm, type) and issubclass(arm, Record) for arm in arms)


def _allowed(spot: Any) -> str:
    allowed = allowed_at(spot)
    is_drawn = any(arm is Distribution for arm in get_args(spot.annotation))
    return "a number or a distribution" if is_drawn else allowed


def _default(field: Any) -> str:
    if field.is_required():
        return REQUIRED
    value = value_where_not_given(field)
    if isinstance(value, bool):
        return str(value).lower()
    return NONE if value is None or value in ("", [], {}) else str(value)
