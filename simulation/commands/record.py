"""``record``: the model and real dyads; scenarios made of them, and the theory fitted to them and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.command_line import SubGroup
from simulation.commands.fit import fit
from simulation.commands.moments import moments
from simulation.commands.profile import profile
from simulation.commands.record_data import unread_columns
from simulation.commands.score import score
from simulation.errors import Refusal

Power = Annotated[str, typer.Option(
    "--power", metavar="STATE", help="The major power: a COW abbreviation or number, an ISO3 code or an English name.",
    show_default=False)]
Year = Annotated[int, typer.Option("--year", metavar="YEAR", help="The year, which becomes the start year.",
                                   show_default=False)]
Data = Annotated[Path, typer.Option(
    "--data", metavar="PATH", help="Table of dyads by year, or a folder of public files; docs/record.md names columns.",
    show_default=False)]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Scenario file to write.", show_default=False)]
Impute = Annotated[bool, typer.Option(
    "--impute", help="Fill what is missing with the median of the year, said in the sources; without it: such states"
                     " are left out.")]

FitFolder = Annotated[Path | None, typer.Option(
    "--fit", metavar="FOLDER", show_default=False,
    help="Results folder of record fit --form structural, whose parameters take the place of defaults.")]

record = typer.Typer(cls=SubGroup, add_completion=False, rich_markup_mode=None)


@record.command("scenario", help="Write the scenario of a major power in a year.")
def scenario(power: Power, year: Year, data: Data, out: Out, impute: Impute = False, fit: FitFolder = None) -> None:
    """Writes the file; says on standard error which states are left out, and why."""
    from simulation.record.country_codes import cow_code
    from simulation.record.dyads import read_dyads
    from simulation.record.fitted_scenario import read_fit
    from simulation.record.scenario_text import scenario_text
    from simulation.study.tables import write_text

    try:
        cow_code(power, year)
    except Refusal as refusal:
        refusal.file = "--power"
        raise
    if impute and fit is not None:
        raise Refusal("imputed figures under fitted parameters", "--impute",
                      allowed="--fit without --impute: a fit fills in nothing")
    fitted = read_fit(fit) if fit is not None else None
    dyads = read_dyads(data)
    made = scenario_text(dyads, power, year, impute, fitted)
    write_text(out, made.text)
    for code, columns in made.left_out.items():
        typer.echo(f"left out: {code}, without {', '.join(columns)}", err=True)
    for line in unread_columns(dyads):
        typer.echo(line, err=True)
    for sentence in made.invented:
        typer.echo(f"invented, not recorded: {sentence}", err=True)
    for note in dyads.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(f"{out}: {made.name}, {len(made.weak_states)} weak states, {made.pacts} with a recorded defence pact,"
               f" {len(made.left_out)} left out, {len(made.imputed)} with imputed figures")


record.command("fit", help="Fit the theory's terms to real dyads.")(fit)
record.command("score", help="Score the fit on dyads held out, beside baselines.")(score)
record.command("profile", help="The likelihood along each parameter of the fit.")(profile)
record.command("moments", help="Parameters from the moments of histories that sweeps have simulated.")(moments)
