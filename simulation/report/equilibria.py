"""Sections of the report on equilibria: a search for them, their comparative statics, or several settings compared."""

from __future__ import annotations

import pandas as pd

from simulation.analysis.solve_tables import SIGNATURES_FILE
from simulation.figures.labels import parameter_label, value_label
from simulation.figures.registry import in_order
from simulation.history.tables import FALSE_ALARM, HIT, MISS
from simulation.report.parts import Cell, Facts, Part, Section, Table, Words, cell, fixed, frame_table, number
from simulation.report.source import Subject
from simulation.scenario.documentation import documentation
from simulation.theory.payoffs import TERMS

MOST_ROWS = 200
CERTIFICATE = ("An equilibrium comes with a certificate from separate code: the most that anybody could gain by another"
               " contract in a pact, by leaving one, and by a new pact. What is below the tolerance of the search is"
               " numerically nothing.")
SIGNED = ("The contract of the pair or, without one, that which comes nearest to suiting both, while all other pacts"
          " stand; gains in payoff per year; who would not sign it; the largest benefit and cost of the major power."
          " The command why tells the rest, and what would turn it.")
ORDER = (MISS, FALSE_ALARM, HIT)
NOT_SHOWN = ("scenario", "reached_from", "allies", "label", "set", "search")
PACT_HEADS = {"equilibrium": "equilibrium", "power": "major power", "state": "state", "distance_km": "distance (km)",
              "commitment": "commitment (share)", "autonomy": "autonomy (share)", "major_gain": "power's gain per year",
              "weak_gain": "ally's gain per year"}


def question_of_solve(subject: Subject) -> Section:
    """Which search it was."""
    exhaustive = subject.manifest["exhaustive"]
    search = {True: "exhaustive", False: "from many starts", None: "exhaustive where the scenario is small enough"}
    return _question("Which contracts would no bargain, no departure and no new pact undo?", subject, [
        ("search", search[exhaustive]), ("starts", str(subject.manifest["starts"])),
        ("seed", str(subject.manifest["seed"]))])


def question_of_statics(subject: Subject) -> Section:
    """Along what the equilibria were followed."""
    axes = [(axis["path"], f"{axis['values'][0]:g} to {axis['values'][-1]:g}, {len(axis['values'])} values"
             f" ({axis['scale']}); {documentation(tuple(axis['path'].split('.')))[0]}")
            for axis in subject.manifest["vary"]]
    return _question("How do all equilibria change along a parameter?", subject, [
        *axes, ("starts", str(subject.manifest["starts"])), ("seed", str(subject.manifest["seed"]))])


def question_of_comparison(subject: Subject) -> Section:
    """What stands side by side."""
    facts = [(f"setting {place}", f"{own.name}" + "".join(
        f"; {path} = {value_label(value)}" for path, value in held.get("settings", {}).items()))
        for place, (own, held) in enumerate(zip(subject.scenarios, subject.manifest["compared"], strict=True), start=1)]
    return _question("Who enters, who leaves and on what terms, from one setting to the next?", subject, facts)


def _question(text: str, subject: Subject, facts: list[tuple[str, str]]) -> Section:
    settings = [(f"set: {path}", value_label(value)) for path, value in subject.manifest.get("settings", {}).items()]
    return Section("question", "The question", (Words(text, "lead"), Facts((*facts, *settings))))


def results_of_solve(subject: Subject) -> Section:
    """The equilibria with their certificates, and their pacts."""
    table, pacts = subject.table("equilibria.csv"), subject.table("pacts.csv")
    if table.empty:
        return Section("results", "What was found", (Words(
            "No equilibrium was found. The scenario may have none, or the search may have missed it.", "warning"),))
    parts: list[Part] = [_by_equilibrium(table), Words(CERTIFICATE)]
    for (own, power), rows in _in_order(subject, pacts).groupby(["equilibrium", "power"], sort=False):
        parts.append(frame_table(rows, f"Equilibrium {own}: pacts of {power}", {
            name: head for name, head in PACT_HEADS.items() if name not in ("equilibrium", "power")}, most=MOST_ROWS))
    return Section("results", "What was found", (*parts, *_signed(subject)))


def _in_order(subject: Subject, table: pd.DataFrame) -> pd.DataFrame:
    """A table with columns power and state in the order of states that is asked for, with their distances."""
    named = in_order(table.rename(columns={"power": "major_power", "state": "weak_state"}), subject.scenarios)
    return named.rename(columns={"major_power": "power", "weak_state": "state"})


def _signed(subject: Subject) -> list[Part]:
    """Why pairs that were allied in the record, or are in the first equilibrium, would or would not sign."""
    if not subject.has(SIGNATURES_FILE):
        return []
    table = _in_order(subject, subject.table(SIGNATURES_FILE))
    return [Words("Hits, misses and false alarms", "heading"), *(
        signed_table(own, str(power), "why, in equilibrium 1", SIGNED)
        for power, own in table.groupby("power", sort=False))]


def signed_table(signed: pd.DataFrame, power: str, caption: str, note: str) -> Table:
    """Who would not sign, and what weighs most, of a major power's pairs; signed : rows of `reasons.signatures`."""
    heads = ("state", "outcome", "commitment (share)", "autonomy (share)", "ally's gain", "power's gain", "refused by",
             "weighs most for the power", "weighs most against")
    ordered = signed.sort_values("outcome", key=lambda kinds: kinds.map(ORDER.index), kind="stable")
    rows = tuple(_signature(row) for _, row in ordered.iterrows())
    return Table(f"{power}: {caption}", heads, rows, note, f"signed-{power}")


def _signature(row: pd.Series) -> tuple[Cell, ...]:
    figures = (number(float(row[name]), 3) for name in ("commitment", "autonomy", "weak_gain", "major_gain"))
    refusing = row["refused_by"] if isinstance(row["refused_by"], str) else None
    return (cell(row["state"]), cell(row["outcome"]), *figures, cell(refusing), _weightiest(row, "benefit_"),
            _weightiest(row, "cost_"))


def _weightiest(row: pd.Series, kind: str) -> Cell:
    """The largest term of a kind, with its payoff per year; a dash where all are nothing."""
    terms = {str(name): float(row[name]) for name in row.index if str(name).startswith(kind)}
    name = max(terms, key=terms.__getitem__)
    words = TERMS.get(name, name.replace("_", " ").capitalize()).split(",")[0]
    return Cell(f"{words} {terms[name]:.3g}") if terms[name] > 0.0 else cell(None)


def _by_equilibrium(table: pd.DataFrame) -> Table:
    """Measures and certificate as rows, an equilibrium and major power to a column: there are many measures."""
    columns = table.to_dict("records")
    heads = [f"equilibrium {row['equilibrium']}, {row['major_power']}" for row in columns]
    names = [name for name in table if name not in (*NOT_SHOWN, "equilibrium", "major_power")]
    rows = tuple((Cell(name.replace("_", " ")), *(cell(row[name]) for row in columns)) for name in names)
    note = "Violation: what the certificate says; payoffs are per year. Basin: searches that ended there."
    return Table("Equilibria with their certificates", ("measure", *heads), rows, note, "main")


def results_of_statics(subject: Subject) -> Section:
    """Every equilibrium at every point, and along a line where branches begin, end and change."""
    table = subject.table("equilibria.csv")
    axes = [axis["path"] for axis in subject.manifest["vary"]]
    heads = {path: parameter_label(path) for path in axes} | {
        name: name.replace("_", " ") for name in table if name not in (*axes, *NOT_SHOWN, "point")}
    several = table["major_power"].nunique() > 1
    shown = {name: head for name, head in heads.items() if several or name != "major_power"}
    note = ("Equilibrium 0: none was found at this point. Regret: the largest violation; a dash where no certificate"
            " was made.")
    parts: list[Part] = [frame_table(table, "Equilibria", shown, note, "main", MOST_ROWS)]
    parts.append(Words(CERTIFICATE))
    for name, caption in (("folds.csv", "Where branches begin and end"), ("steps.csv", "Where pacts come and go")):
        if len(axes) == 1:
            rows = subject.table(name)
            parts += [_of_all(rows, caption)] if len(rows) else [Words(f"{caption}: nowhere along this line.")]
    return Section("results", "What was found", tuple(parts))


def results_of_comparison(subject: Subject) -> Section:
    """The settings, their pacts side by side, and what moved each pair."""
    settings, pacts, shifts = (subject.table(f"{name}.csv") for name in ("settings", "pacts", "shifts"))
    parts: list[Part] = [_by_setting(settings), Words(CERTIFICATE), _side_by_side(pacts, settings)]
    if len(shifts):
        parts.append(frame_table(shifts, "What became of every pair, and why", {
            "setting": "setting", "against": "against", "major_power": "major power", "weak_state": "state",
            "event": "event", "refused_by": "refused by", "moved_by": "moved by the term",
            "moved_gain_by": "which changes the gain by", "of_which_through_others": "of which through other pacts"},
            "One contract, that of the setting with the pact, valued in both.", "shifts", MOST_ROWS))
    return Section("results", "What was found", tuple(parts))


def _by_setting(settings: pd.DataFrame) -> Table:
    columns = settings.to_dict("records")
    heads = [f"{row['setting']}: {row['label']} ({row['major_power']})" for row in columns]
    names = [name for name in settings if name not in (*NOT_SHOWN, "setting", "major_power")]
    rows = tuple((Cell(name.replace("_", " ")), *(cell(row[name]) for row in columns)) for name in names)
    return Table("Settings side by side", ("measure", *heads), rows, "Payoffs are per year.", "main")


def _side_by_side(pacts: pd.DataFrame, settings: pd.DataFrame) -> Table:
    numbers = list(dict.fromkeys(settings["setting"]))
    terms = {(row["weak_state"], row["setting"]): Cell(
        f"{fixed(row['commitment'], 3)} / {fixed(row['autonomy'], 3)}", row["major_power"], is_number=True)
        for row in pacts.to_dict("records")}
    rows = tuple((Cell(state), *(terms.get((state, number), cell(None)) for number in numbers))
                 for state in dict.fromkeys(pacts["weak_state"]))
    return Table("Pacts: commitment / autonomy (shares)", ("state", *(f"setting {number}" for number in numbers)), rows,
                 "" if rows else "There is no pact in any setting.", "pacts")


def _of_all(rows: pd.DataFrame, caption: str) -> Table:
    return frame_table(rows, caption, {name: name.replace("_", " ") for name in rows}, most=MOST_ROWS)
