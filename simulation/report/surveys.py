"""Sections of the reports on the scope and on the multiverse of a proposition."""

from __future__ import annotations

from typing import Any

from simulation.figures.labels import parameter_label, short_name, value_label
from simulation.propositions.results import (
    MULTIVERSE_FILE,
    PLACES_FILE,
    SCOPE_FILE,
    UNIVERSES_FILE,
    answer_in,
)
from simulation.propositions.scope import Leaf, sentence
from simulation.report.parts import Cell, Facts, Part, Section, Table, Words, cell, frame_table, number, words_of
from simulation.report.source import Subject
from simulation.report.trials import book_of
from simulation.study.manifest import SCOPE

MOST_PLACES = 256
CLEARANCE = ("Clearance: the effect of the prediction that does worst, in the predicted direction, over the smallest"
             " effect of interest; each place is decided for itself.")


def question(subject: Subject) -> Section:
    """The proposition, and over what it was tried."""
    content = book_of(subject)
    asked = subject.manifest["scope" if subject.kind == SCOPE else "multiverse"]
    code = str(asked["proposition"])
    parts: list[Part] = [Words(content["title"], "lead")] if content.get("title") else []
    parts += [Words(f"{code}: {str(content['propositions'][code]['statement']).strip()}", "quote")]
    facts = [("pairs of histories at each place", str(asked["replications"])),
             ("scenarios", words_of(subject.manifest.get("scenarios", {}).values())),
             ("hash of the file of propositions", str(subject.manifest.get("propositions_hash", "")))]
    return Section("question", "The proposition", (*parts, Facts(tuple(facts))))


def results_of_scope(subject: Subject) -> Section:
    """Where it holds: counts, what matters, the rule, the nearest counterexample, every place."""
    told = answer_in(subject.path / SCOPE_FILE)
    paths = list(told["importance"])
    parts: list[Part] = [Words(f"{sum(told['places'].values())} places: {_counts(told['places'])}.")]
    parts += [Table("What moves it", ("parameter", "path", "share explained"), tuple(
        (Cell(parameter_label(path)), Cell(path), number(told["importance"][path])) for path in paths),
        "How much of the clearance a forest of regression trees explains by each parameter.", "importance")]
    parts += [Words("Where it holds", "heading"), *(Words(line) for line in _rule(told))]
    parts += [Words("The nearest counterexample", "heading"), *_counterexample(told)]
    parts += [_places(subject, PLACES_FILE, paths, "Every place of the region", "places")]
    return Section("results", "What came out", (*parts, *_left_out(told)))


def results_of_multiverse(subject: Subject) -> Section:
    """Under how many combinations it holds, what each switch does, every universe."""
    told = answer_in(subject.path / MULTIVERSE_FILE)
    paths = list(told["places"][0]["settings"])
    own = "the scenario's own combination is not among them" if told["own"] is None else (
        f"under the scenario's own it is {told['own']}")
    parts: list[Part] = [Words(f"It holds under {told['holds']} of {told['universes']} combinations; {own}.")]
    if told["nearest_break"]:
        changes = words_of(f"{short_name(path)} {value_label(value)}" for path, value in told["nearest_break"].items())
        parts.append(Words(f"The least change after which it no longer holds: {changes}."))
    rows = [(Cell(parameter_label(switch["path"])), Cell(switch["path"]), Cell(value.strip('"')),
             number(found["holds"]), number(found["universes"]), cell(switch["breaks"]))
            for switch in told["switches"] for value, found in switch["counts"].items()]
    heads = ("assumption", "path", "value", "holds in", "of", "changed alone, breaks it")
    parts += [Table("What each switch does", heads, tuple(rows), name="switches"),
              _places(subject, UNIVERSES_FILE, paths, "Every combination", "universes")]
    return Section("results", "What came out", (*parts, *_left_out(told)))


def _counts(places: dict[str, int]) -> str:
    return words_of(f"{count} {verdict}" for verdict, count in places.items())


def _rule(told: dict[str, Any]) -> list[str]:
    leaves = [Leaf({path: tuple(bound) for path, bound in leaf["bounds"].items()}, leaf["holds"], leaf["right"],
                   leaf["places"]) for leaf in told["rule"]]
    if not leaves:
        return ["Too few places are decided to tell a rule."]
    found = [f"It {sentence(leaf, short_name)}." for leaf in leaves]
    if told["told_rightly"] is not None:
        found.append(f"Rules made in this way told {told['told_rightly']} of {told['judged']} places rightly that they"
                     " were not made from.")
    return found


def _counterexample(told: dict[str, Any]) -> list[Part]:
    example = told["counterexample"]
    if example is None:
        return [Words("No place was found where it fails.")]
    settings = Facts(tuple((path, value_label(value)) for path, value in example["settings"].items()))
    return [Words(f"There the prediction {example['prediction']} fails."), settings,
            *([Words(example["trace"], "code")] if example["trace"] else [])]


def _places(subject: Subject, file: str, paths: list[str], caption: str, name: str) -> Table:
    heads = {path: short_name(path) for path in paths} | {"verdict": "verdict", "worst": "decided by",
                                                         "clearance": "clearance"}
    return frame_table(subject.table(file), caption, heads, CLEARANCE, name, MOST_PLACES)


def _left_out(told: dict[str, Any]) -> list[Part]:
    return [Words(f"Left out, because the proposition varies it itself: {path}.") for path in told["left_out"]]
