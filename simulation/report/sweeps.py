"""Sections of the report on a sweep: what was asked and varied, what came out, what failed."""

from __future__ import annotations

from typing import Any

from simulation.figures.labels import measure_label, measure_meaning, parameter_label, value_label
from simulation.history.measures import MEASURES
from simulation.report.parts import Cell, Facts, Part, Section, Table, Words, cell, fixed
from simulation.report.runs import measured_years
from simulation.report.source import Subject
from simulation.scenario.documentation import documentation, with_unit
from simulation.study.summary import MAIN_MEASURES, Estimate, Line, summary

MOST_LINES = 200
MOST_FAILURES = 20
MOST_VALUES = 12
DIGITS = {"pacts": 2}
NOTE = ("Mean over histories; below it the 95% interval (Student's t), and n where the measure exists in fewer of the"
        " histories.")


def question(subject: Subject) -> Section:
    """What the study asks."""
    study = subject.sweep_status.folder.plan.study
    parts = [Words(study.description, "lead")] if study.description else []
    return Section("question", "The question", (*parts, Facts(_counts(subject))))


def _counts(subject: Subject) -> tuple[tuple[str, str], ...]:
    plan = subject.sweep_status.folder.plan
    found = [("study", plan.study.name), ("points", str(len(plan.points))),
             ("histories at each point", f"at most {plan.replications}, by a rule" if plan.rule else
              str(plan.replications)), ("length of a history", with_unit(plan.scenario.years, "years")),
             ("measured over", measured_years(plan.scenario))]
    found += [("worlds", "drawn anew with every replication")] if plan.draws_worlds else []
    found += [("part", str(plan.part))] if plan.part else []
    return tuple(found)


def varied(subject: Subject) -> Section:
    """What varies from point to point, and what the study sets at all of them."""
    plan = subject.sweep_status.folder.plan
    rows = [_varied(path, [point[path] for point in plan.points]) for path in plan.paths]
    parts: list[Part] = [Table("What varies", ("parameter", "meaning", "unit", "values"), tuple(rows), name="varied",
                               note="" if rows else "Nothing: the study has one point.")]
    if plan.study.set:
        settings = tuple((cell(path), cell(documentation(tuple(path.split(".")))[0]), cell(value))
                         for path, value in plan.study.set.items())
        parts.append(Table("What the study sets at every point", ("parameter", "meaning", "value"), settings))
    return Section("design", "What is varied", tuple(parts))


def _varied(path: str, values: list[Any]) -> tuple[Cell, ...]:
    different = list(dict.fromkeys(map(value_label, values)))
    text = ", ".join(different)
    if len(different) > MOST_VALUES:
        text = f"{len(different)} values"
        if all(isinstance(value, int | float) for value in values):
            text += f" from {value_label(min(values))} to {value_label(max(values))}"
    meaning, unit = documentation(tuple(path.split(".")))
    return cell(path), cell(meaning), cell(unit), Cell(text)


def results(subject: Subject) -> Section:
    """The main measures by point and major power, and what failed."""
    lines = summary(subject.sweep_status.folder)
    parts: list[Part] = []
    if lines and not any(line.histories for line in lines):
        parts.append(Words("Every history failed: there is nothing to average.", "warning"))
    parts += [main_table(lines, subject), *_on_paper(lines), Facts(tuple(
        (measure_label(name), measure_meaning(name)) for name in MAIN_MEASURES))]
    failed = failures(subject)
    return Section("results", "What came out", (*parts, *([failed] if failed else [])))


def _on_paper(lines: list[Line]) -> list[Words]:
    """How many of the pacts exist on paper alone, over all histories there are; nothing where there are none."""
    counted = [line for line in lines if line.histories]
    number = sum(line.histories for line in counted)
    if not number:
        return []
    pacts, beyond = (sum(line.histories * line.estimates[name].mean for line in counted) / number
                     for name in ("number_of_pacts", "pacts_beyond_paper"))
    return [Words(f"Of {fixed(pacts, 2)} pacts, on average over all these histories and major powers,"
                  f" {fixed(pacts - beyond, 2)} are on paper: they bind to no more than the least commitment that"
                  " counts as a pact.")]


def main_table(lines: list[Line], subject: Subject) -> Table:
    """One row per point and major power, at most `MOST_LINES`."""
    paths = list(subject.sweep_status.folder.plan.paths)
    has_powers = len(subject.sweep_status.folder.plan.scenario.major_powers) > 1
    heads = [*map(parameter_label, paths), *(["major power"] if has_powers else []), "histories",
             *map(measure_label, MAIN_MEASURES)]
    rows = tuple((*(Cell(value_label(line.settings[path]), is_number=not isinstance(line.settings[path], str))
                    for path in paths), *([Cell(line.major_power)] if has_powers else []),
                  Cell(str(line.histories), value=line.histories, is_number=True),
                  *(estimate_cell(name, line) for name in MAIN_MEASURES)) for line in lines[:MOST_LINES])
    note = NOTE if lines else "No history is there yet."
    if len(lines) > MOST_LINES:
        note += f" {len(lines) - MOST_LINES} lines more are in the folder's table of runs."
    return Table("Main measures", tuple(heads), rows, note, "main")


def estimate_cell(name: str, line: Line) -> Cell:
    """A mean, with its interval and the number of histories below it."""
    found: Estimate = line.estimates[name]
    digits = DIGITS.get(MEASURES[name].unit, 3)
    small = f"[{fixed(found.low, digits)}, {fixed(found.high, digits)}]" if found.histories > 1 else ""
    if found.histories != line.histories:
        small += f" n = {found.histories}"
    return Cell(fixed(found.mean, digits), small, found.mean if found.histories else None, is_number=True)


def failures(subject: Subject) -> Table | None:
    """The histories that failed; None where none did."""
    found = subject.sweep_status.folder.failures()
    if not found:
        return None
    columns = [name for name in ("run_id", "point_id", "replication", "error", "message") if name in found[0]]
    rows = tuple(tuple(cell(entry.get(name)) for name in columns) for entry in found[:MOST_FAILURES])
    rest = f"{len(found) - MOST_FAILURES} more are" if len(found) > MOST_FAILURES else "The tracebacks are"
    return Table(f"{len(found)} histories failed", tuple(name.replace("_", " ") for name in columns), rows,
                 f"{rest} in failures.jsonl.", "failures")


def remarks(subject: Subject) -> tuple[Words, ...]:
    """What a reader must know before the first number."""
    sweep_status = subject.sweep_status
    found = []
    if sweep_status.left:
        at_most = "at most " if sweep_status.folder.plan.rule else ""
        found.append(Words(f"This sweep is not complete: {sweep_status.done} of {at_most}{sweep_status.wanted}"
                           " histories are there. All numbers are of those alone.", "warning"))
    if sweep_status.failed:
        found.append(Words(f"{sweep_status.failed} of {sweep_status.done} histories failed and are left out of every"
                           " average.", "warning"))
    return tuple(found)
