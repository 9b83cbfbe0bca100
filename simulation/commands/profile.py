"""``profile``: the likelihood of the record along each parameter of the theory's terms."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.fit import FreeSigns
from simulation.commands.formatting import number
from simulation.commands.record_data import (
    AsJson,
    Data,
    Out,
    Outcome,
    Powers,
    Sampled,
    Terms,
    WithoutRegion,
    Years,
    model_of,
    profile_figures,
    years_in,
)
from simulation.commands.saving import rows_of, saved, show_files
from simulation.commands.sweep import RESULTS
from simulation.errors import Refusal
from simulation.scenario.validation import listed, nearest, shown

Parameters = Annotated[list[str] | None, typer.Option(
    "--parameter", metavar="NAME", show_default=False, help="Parameter; may be repeated. Without it: all.")]
Points = Annotated[int, typer.Option("--points", metavar="N", min=5, max=1001, help="Values of each parameter.")]


def profile(data: Data, years: Years = "1992-2005", powers: Powers = None, without_regions: WithoutRegion = None,
            outcome: Outcome = "atop_defense", terms: Terms = "all", are_signs_free: FreeSigns = False,
            parameters: Parameters = None, points: Points = 21, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.record.features import of_years
    from simulation.record.profiles import profiles, summary
    from simulation.record.results import PROFILE, PROFILES_FILE, folder_name, identity_of, writing
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    first, last = years_in(years, "--years")
    model, sampled = model_of(terms, are_signs_free), Sampled(data, powers, without_regions, outcome)
    rows = of_years(sampled.rows, first, last)
    found = model.fit(rows)
    for name in parameters or []:
        if name not in found.parameters:
            raise Refusal("no such parameter", found=shown(name), allowed=listed(found.parameters),
                          suggestion=nearest(name, list(found.parameters)), file="--parameter")
    names = parameters or list(found.parameters)
    asked = {"years": years, **sampled.asked, "terms": list(model.terms), "free_signs": are_signs_free,
             "parameters": names, "points": points}
    identity = identity_of(PROFILE, sampled.data, asked)
    folder = out or RESULTS / folder_name(PROFILE, identity)
    refuse_other_identity(folder, identity)
    table = profiles(found, rows, names, points)
    with writing(folder, PROFILE, sampled.data, asked, sampled.missing, {PROFILES_FILE: table}, command_line()):
        figures = saved(profile_figures(table), folder, has_pdf=False)
    told = summary(table, found)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "parameters": rows_of(told), "profiles": rows_of(table)},
                              indent=2))
        return
    grid = new_table("values whose log likelihood lies within 1.92 of the maximum; dyad-years are not"
                     " independent, so what is"
                     " flat here is flat all the more")
    add_columns(grid, ("parameter", "left"), ("estimate", "right"), ("from", "right"), ("to", "right"))
    for row in told.to_dict("records"):
        grid.add_row(row["parameter"], number(row["estimate"]), *(
            f"beyond {number(row[end])}" if row[f"is_open_{end}"] else number(row[end]) for end in ("low", "high")))
    screen = console()
    screen.print(grid)
    for note in sampled.says():
        typer.echo(note)
    show_files(screen, [folder / PROFILES_FILE], figures)
