"""The page of the Python interface: every public name, and the records that they return, from their docstrings."""

from __future__ import annotations

from pathlib import Path

import simulation

RECORDS = {
    "Results": "simulation.interface.studies.Results",
    "Tables": "simulation.history.tables.Tables",
    "Solved": "simulation.equilibrium.search.Solved",
    "Equilibrium": "simulation.equilibrium.search.Equilibrium",
    "Certificate": "simulation.equilibrium.certificate.Certificate",
    "Contract": "simulation.equilibrium.certificate.Contract",
    "Tested": "simulation.interface.propositions.Tested",
    "Trace": "simulation.analysis.trace.Trace",
    "AdditiveFit": "simulation.record.additive.AdditiveFit",
}
"""What public functions return that is no table, figure or number."""
PAGE = "python-reference.md"
HEAD = """# Every public name

The names of `import simulation as aa`, with what they take, give back and refuse. [The Python
interface](python.md) shows them at work.

"""
RECORDS_HEAD = """## What they return

These records come back from the functions above; they are not made by hand.

"""
ENTRY = """::: {place}
    options:
      heading: {heading}
      toc_label: {heading}

"""


def write_reference(pages: Path) -> None:
    """Writes the page."""
    public = simulation._PUBLIC
    names = [ENTRY.format(place=place.replace(":", "."), heading=f"aa.{name}") for name, place in public.items()]
    records = [ENTRY.format(place=place, heading=name) for name, place in RECORDS.items()]
    text = HEAD + "## Names\n\n" + "".join(names) + RECORDS_HEAD + "".join(records)
    (pages / PAGE).write_text(text, encoding="utf-8")
