"""The table of docs/reliability.md, from what a run of the matrix has noted:

    FAULTS_RECORD=cells.jsonl python -m pytest tests/end_to_end/test_every_fault.py
    python -m tests.faults.table cells.jsonl docs/reliability.md
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from tests.faults.commands import COMMANDS
from tests.faults.faults import FAULTS

BEGIN, END = "<!-- cells: begin -->", "<!-- cells: end -->"
SIGNS = {"kept": "yes", "broken": "**no**"}
NOT_TRIED = " "


def table_of(outcomes: list[dict[str, str]]) -> str:
    """Counts, the table with a row for every command, and why cells are excused."""
    found = {(own["command"], own["fault"]): own for own in outcomes}
    cells = {(name, fault): found[name, fault] for name in COMMANDS for fault in FAULTS if (name, fault) in found}
    reasons = list(dict.fromkeys(own["reason"] for own in cells.values() if own["outcome"] == "excused"))
    marks = {reason: f"({number})" for number, reason in enumerate(reasons, start=1)}

    def sign(own: dict[str, str] | None) -> str:
        return NOT_TRIED if own is None else marks.get(own.get("reason", "")) or SIGNS[own["outcome"]]

    counts = {word: sum(own["outcome"] == word for own in cells.values()) for word in ("kept", "excused", "broken")}
    number = len(COMMANDS) * len(FAULTS)
    lines = [f"{len(cells)} of {number} cells tried in the last run: {counts['kept']} kept,"
             f" {counts['excused']} excused, {counts['broken']} broken.", "",
             "| | " + " | ".join(FAULTS) + " |", "|---|" + "---|" * len(FAULTS)]
    for name in COMMANDS:
        lines.append(f"| {name} | " + " | ".join(sign(cells.get((name, fault))) for fault in FAULTS) + " |")
    faults = [f"*{fault}*: {' '.join((made.__doc__ or '').split())}" for fault, made in FAULTS.items()]
    excuses = [f"{mark} {reason}." for reason, mark in marks.items()]
    return "\n".join([*lines, "", *(f"* {line}" for line in (*faults, *excuses))])


def main(record: str, page: str) -> None:
    """Writes the table into the page."""
    outcomes = [json.loads(line) for line in Path(record).read_text(encoding="utf-8").splitlines()]
    text = Path(page).read_text(encoding="utf-8")
    made = f"{BEGIN}\n{table_of(outcomes)}\n{END}"
    Path(page).write_text(re.sub(f"{BEGIN}.*{END}", lambda _: made, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
