"""Sections that all reports share: the scenario, the figures, how the results were made, how to cite them."""

from __future__ import annotations

import shlex
from typing import Any

from simulation.report.differences import difference_table, population_table, state_table
from simulation.report.parts import Cell, Facts, Link, Part, Picture, Section, Table, Words
from simulation.report.source import Subject
from simulation.scenario.file import load_document
from simulation.scenario.scenario import Scenario
from simulation.scenario.shipped import shipped
from simulation.study.manifest import DISTRIBUTION, MANIFEST_FILE

CITATION = shipped("CITATION.cff")
UNKNOWN = "unknown"
PIXELS_PER_INCH = 130
"""On the screen, where type of the size of a printed page would be too small."""


def scenario(subject: Subject) -> Section:
    """The scenario or scenarios, and what differs from the base."""
    parts: list[Part] = []
    held = subject.scenarios
    for place, own in enumerate(held, start=1):
        parts += [Words(f"Setting {place}", "heading")] if len(held) > 1 else []
        parts += _of_scenario(own)
    return Section("scenario", "The scenario", tuple(parts))


def _of_scenario(own: Scenario) -> list[Part]:
    parts: list[Part] = [Words(own.title, "lead")] if own.title else []
    parts += [Words(own.description)] if own.description else []
    powers = ", ".join(f"{code} ({power.name})" if power.name else code for code, power in own.major_powers.items())
    parts.append(Facts((("name", own.name), ("major powers", powers), ("weak states", str(len(own.states))),
                        ("years", f"{own.years}, from {own.start_year}"))))
    tables = [difference_table(own), state_table(own), population_table(own), _sources(own)]
    return [*parts, *(table for table in tables if table is not None)]


def _sources(own: Scenario) -> Table | None:
    """What the scenario says of where its figures come from; None where it says nothing."""
    rows = tuple((Cell(name), Cell(text)) for name, text in own.sources.items())
    return Table("Where the figures come from", ("what", "source"), rows, name="sources") if rows else None


def figures(subject: Subject) -> Section:
    """All figures, or why there are none."""
    pictures = tuple(Picture(own.address, own.words, _caption(own.name), round(PIXELS_PER_INCH * own.inches))
                     for own in subject.figures)
    return Section("figures", "Figures", pictures or (Words(subject.no_figures or "There is no figure."),))


def _caption(name: str) -> str:
    """The name of a figure in words; codes in it keep their capitals."""
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]


def made(subject: Subject) -> Section:
    """Everything that is needed to make the results again."""
    manifest = subject.manifest
    facts = [("status", manifest.get("status")), ("begun", manifest.get("created_utc")), ("seed", manifest.get("seed")),
             ("program", f"{DISTRIBUTION} {manifest.get('version', UNKNOWN)}"), ("identity", manifest.get("identity")),
             ("sources of the model, hash", manifest.get("model_sources"))]
    parts: list[Part] = [Words("The same command gives the same numbers to the last bit, with the same program and"
                               " libraries."),
                         Facts(tuple((name, UNKNOWN if value is None else str(value)) for name, value in facts))]
    found = list(subject.invocations())
    if found:
        parts.append(Table("Commands, in the order in which they were given", (
            "when (UTC)", "command", "Python", "machine", "commit of the program"), tuple(map(_invocation, found))))
        parts.append(Table("Libraries of the last command", ("library", "version"), tuple(
            (Cell(name), Cell(str(number))) for name, number in found[-1].get("libraries", {}).items())))
    return Section("made", "How it was made", tuple(parts))


def _invocation(entry: dict[str, Any]) -> tuple[Cell, ...]:
    command = shlex.join(map(str, entry.get("command", []))) or UNKNOWN
    return (Cell(str(entry.get("utc", UNKNOWN)).replace("+00:00", "")), Cell(command),
            Cell(str(entry.get("python", UNKNOWN))), Cell(str(entry.get("platform", UNKNOWN))),
            Cell(str(entry.get("git_commit") or UNKNOWN)))


def cited(subject: Subject) -> Section:
    """How to cite the results, the program and the article."""
    manifest, citation = subject.manifest, _citation()
    results = (f"{manifest.get('name', UNKNOWN)}, results folder {str(manifest.get('identity', UNKNOWN))[:8]} of"
               f" {str(manifest.get('created_utc', UNKNOWN))[:10]}, made by {DISTRIBUTION}"
               f" {manifest.get('version', UNKNOWN)} (identity {manifest.get('identity', UNKNOWN)}).")
    authors = ", ".join(map(_author, citation.get("authors", [])))
    program = f"{authors}. {citation.get('title', DISTRIBUTION)}. Version {manifest.get('version', UNKNOWN)}. Software."
    parts: list[Part] = [Facts((("these results", results), ("the program", program.removeprefix(". "))))]
    parts += [_article(reference) for reference in citation.get("references", [])]
    where = f"All that the page says comes from the folder it was made from; its {MANIFEST_FILE} holds the identity."
    return Section("citation", "How to cite", (*parts, Words(where)))


def _citation() -> dict[str, Any]:
    """What the program's citation file says; nothing where the program was installed without it."""
    return load_document(CITATION)[0] if CITATION.is_file() else {}


def _author(entry: dict[str, Any]) -> str:
    return str(entry.get("name") or f"{entry.get('family-names', '')}, {entry.get('given-names', '')}".strip(", "))


def _article(entry: dict[str, Any]) -> Link:
    authors = ", ".join(map(_author, entry.get("authors", [])))
    text = (f"{authors} ({entry.get('year', UNKNOWN)}). {entry.get('title', '')}. {entry.get('journal', '')}"
            f" {entry.get('volume', '')}({entry.get('issue', '')}).")
    return Link(text, f"https://doi.org/{entry['doi']}" if entry.get("doi") else "")
