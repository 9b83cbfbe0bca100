"""``examples``: what comes with the program, to be run, read and copied."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.scenario.file import A_SCENARIO, A_STUDY, KINDS_OF_FILES, PROPOSITIONS
from simulation.scenario.shipped import BASE, Example, example
from simulation.scenario.shipped import examples as shipped_examples

Name = Annotated[str | None, typer.Argument(
    metavar="NAME", help="Print this one, such as studies/russia-entrapment.yaml.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]
KINDS = {PROPOSITIONS: "propositions", A_STUDY: "study", A_SCENARIO: "scenario"}


def examples(name: Name = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    if name is not None:
        typer.echo(example(name).read_text(encoding="utf-8"), nl=False)
        return
    found = shipped_examples()
    if as_json:
        typer.echo(json.dumps([{"name": own.name, "kind": kind_of(own), "title": own.title, "path": str(own.path)}
                               for own in found], indent=2, ensure_ascii=False))
        return
    table = new_table()
    add_columns(table, ("name", "left"), ("kind", "left"), ("title", "left"))
    for own in found:
        table.add_row(own.name, kind_of(own), own.title)
    console().print(table)
    typer.echo(f"\nThey lie in {found[0].path.parent}; `asymmetric-alliances init FOLDER` copies them to work on.")


def kind_of(own: Example) -> str:
    """What a file is, in one word."""
    if own.name == BASE:
        return "base"
    return next(KINDS[kind] for kind, marks in KINDS_OF_FILES.items() if set(marks) & set(own.keys))
