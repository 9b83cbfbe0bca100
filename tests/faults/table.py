"""The table of docs/reliability.md, from what a run of the matrix has noted:

    FAULTS_RECORD=cells.jsonl python -m pytest tests/end_to_end/test_every_fault.py
    python -m tests.faults.table cells.jsonl docs/reliability.md

Of a cell that was tried more than once it tells the last outcome, of the program as it is if there is one.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from tests.faults.commands import COMMANDS
from tests.faults.faults import FAULTS
from tests.faults.record import INTERRUPTIONS, noted, program

BEGIN, END = "<!-- cells: begin -->", "<!-- cells: end -->"
SIGNS = {"kept": "yes", "broken": "**no**"}
NOT_TRIED = " "


def table_of(outcomes: list[dict[str, str]]) -> str:
    """Counts, the table with a row for every command, and why cells are excused."""
    found = {(own["command"], own["fault"]): own for own in sorted(outcomes, key=_is_of_today)}
    cells = {(name, fault): found[name, fault] for name in COMMANDS for fault in FAULTS if (name, fault) in found}
    reasons = list(dict.fromkeys(own["reason"] for own in cells.values() if own["outcome"] == "excused"))
    marks = {reason: f"({number})" for number, reason in enumerate(reasons, start=1)}

    def sign(own: dict[str, str] | None) -> str:
        return NOT_TRIED if own is None else marks.get(own.get("reason", "")) or SIGNS[own["outcome"]]

    lines = [*_counts(list(cells.values())), "", *_interruptions(outcomes),
             "| | " + " | ".join(FAULTS) + " |", "|---|" + "---|" * len(FAULTS)]
    for name in COMMANDS:
        lines.append(f"| {name} | " + " | ".join(sign(cells.get((name, fault))) for fault in FAULTS) + " |")
    faults = [f"*{fault}*: {' '.join((made.__doc__ or '').split())}" for fault, made in FAULTS.items()]
    excuses = [f"{mark} {reason}." for reason, mark in marks.items()]
    return "\n".join([*lines, "", *(f"* {line}" for line in (*faults, *excuses))])


def _is_of_today(own: dict[str, str]) -> bool:
    return own["version"].split()[0] == program()


def _counts(cells: list[dict[str, str]]) -> list[str]:
    counts = Counter(own["outcome"] for own in cells)
    today = sum(map(_is_of_today, cells))
    return [f"{len(cells)} of {len(COMMANDS) * len(FAULTS)} cells tried: {counts['kept']} kept, {counts['excused']}"
            f" excused, {counts['broken']} broken. {today} of them were tried with the program as it was when the table"
            " was made, the others before the last changes."]


def _interruptions(outcomes: list[dict[str, str]]) -> list[str]:
    """How often each long command was interrupted, and in how many tries before the program had begun."""
    last = {(own["command"], own["batch"]): own for own in outcomes if own["fault"] == INTERRUPTIONS}
    tries, before = Counter[str](), Counter[str]()
    for (name, _), own in last.items():
        tries[name] += int(own["tries"])
        before[name] += int(own["before the program"])
    told = (f"`{name}` {tries[name]} ({before[name]})" for name in tries)
    return [f"Interrupted at random moments (in brackets: before the program had begun): {', '.join(told)}; crashed in"
            f" none of {tries.total()} tries.", ""] if tries else []


def main(record: str, page: str) -> None:
    """Writes the table into the page."""
    outcomes = noted(record)
    text = Path(page).read_text(encoding="utf-8")
    made = f"{BEGIN}\n{table_of(outcomes)}\n{END}"
    Path(page).write_text(re.sub(f"{BEGIN}.*{END}", lambda _: made, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
