"""``validate``: are these scenario files sound?"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from simulation.cli import BAD_INPUT, complain
from simulation.errors import Refusal
from simulation.scenario import Scenario
from simulation.scenario_file import check_file

Files = Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of lines.")]


def validate(files: Files, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    reports = [report(file) for file in files]
    if as_json:
        typer.echo(json.dumps(reports, indent=2, ensure_ascii=False))
    for entry in reports:
        if not entry["valid"]:
            complain(entry["error"])
        elif not as_json:
            typer.echo(line(entry))
    if not all(entry["valid"] for entry in reports):
        raise typer.Exit(BAD_INPUT)


def report(file: str) -> dict[str, Any]:
    """What there is to say about one file, as plain data."""
    try:
        scenario = check_file(file)
    except Refusal as refusal:
        return {"file": file, "valid": False, "error": str(refusal)}
    return {"file": file, "valid": True} | (summary(scenario) if scenario else {"base": True})


def summary(scenario: Scenario) -> dict[str, Any]:
    """Name and size of a scenario; generated states are counted with those listed."""
    return {"name": scenario.name, "major_powers": len(scenario.major_powers), "weak_states": len(scenario.states),
            "start_year": scenario.start_year, "years": scenario.years}


def line(entry: dict[str, Any]) -> str:
    """A report on a sound file in one line."""
    if "base" in entry:
        return f"{entry['file']}: a base for other scenarios"
    counts = [_count(entry["major_powers"], "major power"), _count(entry["weak_states"], "weak state"),
              f"{_count(entry['years'], 'year')} from {entry['start_year']}"]
    return f"{entry['file']}: {entry['name']}, {', '.join(counts)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
