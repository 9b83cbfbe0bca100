"""Any measure of sweeps by any of their factors: what `figures --measure` draws, and what `figures --list` tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from simulation.errors import Refusal
from simulation.scenario.documentation import rounded
from simulation.scenario.file import parse_value
from simulation.scenario.validation import listed, shown

if TYPE_CHECKING:
    from simulation.figures.of_sweeps import Outcome
    from simulation.study.store import ResultsFolder

AT, LABEL = "--at", "--label"
OPTIONS = {"against": "--against-measure", "power": "--major-power"}
FILES = ("png", "pdf", "svg")
INCHES = {"in": 1.0, "cm": 1.0 / 2.54, "mm": 1.0 / 25.4}
SMALLEST, LARGEST = 1.5, 40.0
"""Of a side of a figure, in inches."""
SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)(?:\s*x\s*(\d+(?:\.\d+)?))?\s*(mm|cm|in)?\s*")
SPAN = re.compile(r"\s*([^:\s]+)\s*:\s*([^:\s]+)\s*")
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.-]+")
LONGEST_NAME = 120


def name_of(asked: Outcome) -> str:
    """Name of a figure's file."""
    parts = [asked.measure, *(["against", asked.against] if asked.against else [])]
    parts += [asked.kind] if asked.kind else []
    for word, factor in (("by", asked.by), ("within", asked.within)):
        parts += [word, factor.rpartition(".")[2]] if factor else []
    for factor, level in asked.at.items():
        text = "-".join(map(str, level)) if isinstance(level, tuple) else str(level).lower()
        parts += ["at", factor.rpartition(".")[2], text]
    parts += [asked.power] if asked.power else []
    return NOT_IN_A_NAME.sub("-", "-".join(parts)).strip("-.")[:LONGEST_NAME]


def levels_of(texts: Iterable[str]) -> dict[str, Any]:
    """Levels by factor from texts ``FACTOR=LEVEL``, or ``FACTOR=LOW:HIGH`` for all from one to the other."""
    found: dict[str, Any] = {}
    for text in texts:
        name, sign, level = (part.strip() for part in text.partition("="))
        if not sign or not name or not level:
            raise Refusal("not a level", found=shown(text), allowed="FACTOR=LEVEL or FACTOR=LOW:HIGH", file=AT)
        if name in found:
            raise Refusal("factor given twice", name, file=AT)
        found[name] = _level(level)
    return found


def _level(text: str) -> Any:
    ends = SPAN.fullmatch(text)
    if ends:
        try:
            return float(ends[1]), float(ends[2])
        except ValueError:
            pass
    try:
        return parse_value(text)
    except Refusal as refusal:
        refusal.file = AT
        raise


def words_of(texts: Iterable[str]) -> dict[str, str]:
    """Words by what they stand for, from texts ``NAME=WORDS``: a factor, a measure, or a level as figures write it."""
    found = {}
    for text in texts:
        name, sign, words = (part.strip() for part in text.partition("="))
        if not sign or not name or not words:
            raise Refusal("not a label", found=shown(text), allowed="NAME=WORDS", file=LABEL)
        found[name] = words
    return found


@contextmanager
def naming_options() -> Iterator[None]:
    """Has a refusal name the option where it names an argument."""
    try:
        yield
    except Refusal as refusal:
        if refusal.file in ("by", "within", "at", "measure", "against", "kind", "power", "style", "size"):
            refusal.file = OPTIONS.get(refusal.file, f"--{refusal.file}")
        raise


def size_of(text: str | None) -> tuple[float | None, float | None]:
    """Width and height in inches from ``7.2``, ``85mm`` or ``18x10cm``; None if not given. Raises `Refusal`."""
    if text is None:
        return None, None
    found = SIZE.fullmatch(text)
    unit = INCHES[found[3] or "in"] if found else 0.0
    sides = [unit * float(side) if side else None for side in found.groups()[:2]] if found else []
    if not found or any(side is not None and not SMALLEST <= side <= LARGEST for side in sides):
        raise Refusal("not a size", found=shown(text), file="--size", allowed=f"7.2, 85mm or 18x10cm, a side from"
                      f" {SMALLEST:g} to {LARGEST:g} inches")
    return sides[0], sides[1]


def kinds_of(text: str) -> tuple[str, ...]:
    """Kinds of files from ``png,pdf``. Raises `Refusal`."""
    kinds = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    for kind in kinds:
        if kind not in FILES:
            raise Refusal("no such kind of file", found=shown(kind), allowed=listed(FILES), file="--format")
    return kinds


def show_list(folders: Sequence[ResultsFolder]) -> None:
    """Prints what the folders can draw: factors with their levels, measures with their values, kinds of figures."""
    from simulation.figures.labels import measure_label, parameter_label
    from simulation.figures.levels import distinct, varied
    from simulation.figures.outcomes import KINDS
    from simulation.history.measures import MEASURES
    from simulation.study.joined_tables import joined_tables, own_measures

    table, own = joined_tables(folders), own_measures(folders)
    factors = [name for name in varied(table, own) if name != "major_power"]
    powers = distinct(table["major_power"])
    typer.echo("factors (--by, --within, --at)")
    for name in [*factors, *(["major_power"] if len(powers) > 1 else [])]:
        typer.echo(f"  {name}: {_levels_told(distinct(table[name]))}\n      {parameter_label(name)}")
    if not factors and len(powers) == 1:
        typer.echo("  none: nothing varies")
    typer.echo("measures (--measure, --against-measure)")
    constant = []
    for name in [name for name in (*MEASURES, *own) if name in table]:
        values = table[name].dropna()
        if values.nunique() < 2:
            constant.append(f"{name} ({rounded(values.iloc[0], 4) if len(values) else 'in no history'})")
            continue
        missing = "" if len(values) == len(table) else f", in {len(values)} of {len(table)} rows"
        ends = f"{rounded(values.min(), 4)} to {rounded(values.max(), 4)}"
        typer.echo(f"  {name}: {ends}{missing}\n      {measure_label(name)}")
    if constant:
        typer.echo(f"  the same in all histories: {', '.join(constant)}")
    typer.echo(f"kinds (--kind)\n  {', '.join(KINDS)}")


def _levels_told(levels: list[Any]) -> str:
    from simulation.figures.labels import value_label

    if len(levels) <= 12:
        return ", ".join(map(value_label, levels))
    return f"{len(levels)} levels, {value_label(levels[0])} to {value_label(levels[-1])}"


def opened(paths: Sequence[Path]) -> list[ResultsFolder]:
    """The sweeps in these folders. Raises `ResultsError` for another folder."""
    from simulation.study.store import open_results

    return [open_results(path) for path in paths]
