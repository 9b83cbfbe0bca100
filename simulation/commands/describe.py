"""``describe``: what a parameter, measure or recorded column means, and the tables of the documentation."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.command_reference import command_reference
from simulation.errors import Refusal

if TYPE_CHECKING:
    from simulation.report.reference import Entry

Words = Annotated[list[str] | None, typer.Argument(
    metavar="[WORD]... [SCENARIO]", help="Words in a name or meaning, such as entrapment or war cost, or a table, such"
    " as own_terms; without any: everything. A scenario file after them is one whose own terms are looked through as"
    " well.", show_default=False)]
Write = Annotated[Path | None, typer.Option(
    "--write", metavar="FILE", help="Renew the tables of a page, between <!-- table: NAME --> and <!-- end -->.",
    show_default=False)]

WIDTH = 100
SCENARIO_FILES = ".yaml", ".yml"
TITLES = {
    "parameters": "Parameters of scenario files",
    "assumptions": "Assumptions",
    "population": "Generated weak states",
    "distributions": "Distributions",
    "measures": "Measures",
    "series": "Yearly series",
    "pacts": "Columns of the table of pacts",
    "own_terms": "What a formula of own_terms may use",
    "stated": "Own terms of the scenario, as they stand there",
    "terms": "Costs and benefits of the theory, as formulas",
}


def describe(words: Words = None, write: Write = None) -> None:
    """The command; `command_line` holds its help."""
    word, scenario = _asked(words or [])
    if word is not None and write is not None:
        raise Refusal("not both", allowed="a word, or --write, which renews all tables", file="--write")
    # slow to import
    from simulation.report.reference import matching, reference, renewed
    from simulation.scenario.file import load_scenario
    from simulation.study.tables import write_text

    if write is not None:
        text = write.read_text(encoding="utf-8")
        made = renewed(text, str(write), {"commands": command_reference})
        if made != text:
            write_text(write, made)
        typer.echo(f"{write}: {'renewed' if made != text else 'nothing to renew'}")
        return
    stating = load_scenario(scenario) if scenario is not None else None
    for name, entries in (matching(word, stating) if word else reference()).items():
        _tell(TITLES[name], entries)


def _asked(words: list[str]) -> tuple[str | None, str | None]:
    """What is sought, and the scenario file behind it."""
    has_file = len(words) > 1 and (words[-1].endswith(SCENARIO_FILES) or Path(words[-1]).is_file())
    sought = words[:-1] if has_file else words
    return " ".join(sought) or None, words[-1] if has_file else None


def _tell(title: str, entries: list[Entry]) -> None:
    """Entry by entry, the name unbroken on a line of its own, so that it can be copied."""
    typer.echo(f"{title}\n")
    for entry in entries:
        figures = [part for part in (entry.unit, entry.allowed, _default_in_words(entry.default)) if part]
        sentence = entry.meaning.removesuffix(".") + "."
        source = f" Source: {entry.source}." if entry.source else ""
        typer.echo(f"{entry.name}  ({'; '.join(figures)})" if figures else entry.name)
        typer.echo(textwrap.fill(sentence + source, WIDTH, initial_indent="    ", subsequent_indent="    "))
    typer.echo("")


def _default_in_words(default: str) -> str:
    return f"default {default}" if default not in ("", "required") else default
