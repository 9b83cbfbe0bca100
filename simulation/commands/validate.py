"""``validate``: are these scenario files, studies or files of propositions sound?"""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from simulation.commands.command_line import BAD_INPUT, complain
from simulation.commands.options import tell_own_terms
from simulation.errors import Refusal
from simulation.scenario.file import A_STUDY, KINDS_OF_FILES, check_file, keys_of
from simulation.scenario.scenario import Scenario

Files = Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files, studies or files of propositions.",
                                            show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of lines.")]


OF_A_SCENARIO = {"major_powers", "weak_states", "population"}
"""Keys by which a file is a scenario, with whatever else stands in it."""


def validate(files: Files, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
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
        keys = set(keys_of(file))
        if "propositions" in keys:
            return {"file": file, "valid": True} | _family(file)
        if keys & set(KINDS_OF_FILES[A_STUDY]) and not keys & OF_A_SCENARIO:
            return {"file": file, "valid": True} | _study(file)
        scenario = check_file(file)
    except Refusal as refusal:
        return {"file": file, "valid": False, "error": str(refusal)}
    if scenario:
        tell_own_terms(scenario)
    return {"file": file, "valid": True} | (summary(scenario) if scenario else {"base": True})


def _family(file: str) -> dict[str, Any]:
    """Name and size of a file of propositions."""
    # a file of another kind, which needs more of the program
    from simulation.propositions.file import load_family

    content = load_family(file).content
    predictions = sum(len(proposition.predictions) for proposition in content.propositions.values())
    return {"name": content.name, "propositions": len(content.propositions), "predictions": predictions}


def _study(file: str) -> dict[str, Any]:
    """Name and size of a study."""
    from simulation.study.plan import load_plan

    plan = load_plan(file)
    return {"name": plan.study.name, "scenario": plan.scenario.name, "points": len(plan.points),
            "replications": plan.replications, "until": plan.rule is not None}


def summary(scenario: Scenario) -> dict[str, Any]:
    """Name and size of a scenario; generated states are counted with those listed."""
    return {"name": scenario.name, "major_powers": len(scenario.major_powers), "weak_states": len(scenario.states),
            "start_year": scenario.start_year, "years": scenario.years}


def line(entry: dict[str, Any]) -> str:
    """A report on a sound file in one line."""
    if "base" in entry:
        return f"{entry['file']}: a base for other scenarios"
    if "propositions" in entry:
        return (f"{entry['file']}: {entry['name']}, {_count(entry['propositions'], 'proposition')} with"
                f" {_count(entry['predictions'], 'prediction')}")
    if "points" in entry:
        return (f"{entry['file']}: {entry['name']}, a study of {entry['scenario']}: {_count(entry['points'], 'point')},"
                f" {'at most ' if entry['until'] else ''}{_count(entry['replications'], 'replication')}")
    counts = [_count(entry["major_powers"], "major power"), _count(entry["weak_states"], "weak state"),
              f"{_count(entry['years'], 'year')} from {entry['start_year']}"]
    return f"{entry['file']}: {entry['name']}, {', '.join(counts)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
