"""``fit``: the theory's terms fitted to real dyads, with intervals over weak states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.formatting import number
from simulation.commands.record_data import (
    AsJson,
    Data,
    Draws,
    Out,
    Powers,
    RecordSeed,
    Sampled,
    Terms,
    WithoutRegion,
    Years,
    fit_figures,
    model_of,
    years_in,
)
from simulation.commands.saving import rows_of, saved, show_files
from simulation.commands.sweep import RESULTS

if TYPE_CHECKING:
    import pandas as pd

    from simulation.record.additive import AdditiveFit

FreeSigns = Annotated[bool, typer.Option("--free-signs", help="Let terms take the sign that the theory forbids.")]


def fit(data: Data, years: Years = "1992-2005", powers: Powers = None, without_regions: WithoutRegion = None,
        terms: Terms = "all", are_signs_free: FreeSigns = False, draws: Draws = 200, seed: RecordSeed = 0,
        out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.record.additive import bootstrap, coefficient_table
    from simulation.record.features import of_years
    from simulation.record.results import FIT, PARAMETERS_FILE, folder_name, identity_of, write
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    first, last = years_in(years, "--years")
    model, sampled = model_of(terms, are_signs_free), Sampled(data, powers, without_regions)
    rows = of_years(sampled.rows, first, last)
    asked = {"years": years, "powers": sampled.powers, "without_regions": without_regions or [],
             "terms": list(model.terms), "free_signs": are_signs_free, "draws": draws, "seed": seed}
    identity = identity_of(FIT, sampled.data, asked)
    folder = out or RESULTS / folder_name(FIT, identity)
    refuse_other_identity(folder, identity)
    found = model.fit(rows)
    table = coefficient_table(found, bootstrap(model, rows, draws, seed))
    write(folder, FIT, sampled.data, asked, sampled.missing, {PARAMETERS_FILE: table}, command_line())
    figures = saved(fit_figures(table), folder, has_pdf=False)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "rows": len(rows), "pacts": int(rows["pact"].sum()),
                               "log_likelihood": found.log_likelihood, "missing": sampled.missing,
                               "parameters": rows_of(table)}, indent=2))
        return
    show(found, table, rows)
    if sampled.missing:
        typer.echo(sampled.left_out())
    show_files(console(), [folder / PARAMETERS_FILE], figures)


def show(found: AdditiveFit, table: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Prints the coefficients with their intervals and what each stands for."""
    screen = console()
    screen.print(f"{len(rows)} dyad-years of {rows['state'].nunique()} weak states, {int(rows['pact'].sum())}"
                 " with a pact;"
                 f" log likelihood {found.log_likelihood:.1f}", soft_wrap=True)
    grid = new_table("log odds of a pact per unit; 95% of samples of weak states drawn with replacement")
    add_columns(grid, ("parameter", "left"), ("sign demanded", "left"), ("estimate", "right"), ("interval", "left"),
                ("meaning", "left"))
    for row in table.to_dict("records"):
        grid.add_row(row["parameter"], row["sign"], number(row["estimate"]),
                     f"[{number(row['low'])}, {number(row['high'])}]", row["meaning"])
    screen.print(grid)
    if not found.is_at_rest:
        screen.print("the search did not come to rest: a term may separate all pacts from all others", soft_wrap=True)
