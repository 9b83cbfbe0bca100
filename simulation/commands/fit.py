"""``fit``: the theory's terms fitted to real dyads, with intervals over weak states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.formatting import number
from simulation.commands.progress import Bar, watched
from simulation.commands.record_data import (
    AND_GOES_ON,
    AsJson,
    Data,
    Out,
    Outcome,
    Powers,
    RecordSeed,
    Sampled,
    Starts,
    Terms,
    WithoutRegion,
    Years,
    fit_figures,
    model_of,
    years_in,
)
from simulation.commands.saving import rows_of, saved, show_files
from simulation.commands.sweep import RESULTS
from simulation.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from simulation.record.additive import AdditiveFit
    from simulation.record.structural import StructuralFit

Form = Annotated[Literal["additive", "structural"], typer.Option(
    "--form", help="additive: the theory's terms, added up; structural: its own functions, in minutes.")]
FitDraws = Annotated[int | None, typer.Option(
    "--draws", metavar="N", min=20, max=100_000, show_default=False,
    help="Samples of weak states for intervals; without it 200, of the structural form 40.")]
Choice = Annotated[bool, typer.Option(
    "--choice", help="Let states choose one patron or none, where pacts exclude each other; else every pair is told by"
                     " itself.")]
FreeSigns = Annotated[bool, typer.Option("--free-signs", help="Let terms take the sign that the theory forbids.")]


def fit(data: Data, years: Years = "1992-2005", powers: Powers = None, without_regions: WithoutRegion = None,
        outcome: Outcome = "atop_defense", form: Form = "additive", terms: Terms = "all",
        are_signs_free: FreeSigns = False, is_choice: Choice = False, starts: Starts = None,
        draws: FitDraws = None, seed: RecordSeed = 0, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    if form == "structural":
        refuse_additive_choices(terms, are_signs_free, is_choice)
        fit_structural(Sampled(data, powers, without_regions, outcome), years, starts, draws or 40, seed, out, as_json)
        return
    refuse_starts(starts)
    from simulation.record.additive import bootstrap, coefficient_table
    from simulation.record.features import of_years
    from simulation.record.results import FIT, PARAMETERS_FILE, folder_name, identity_of, writing
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    draws = draws or 200
    first, last = years_in(years, "--years")
    model, sampled = model_of(terms, are_signs_free, is_choice), Sampled(data, powers, without_regions, outcome)
    rows = of_years(sampled.rows, first, last)
    asked = {"years": years, **sampled.asked, "terms": list(model.terms), "free_signs": are_signs_free,
             "choice": is_choice, "draws": draws, "seed": seed}
    identity = identity_of(FIT, sampled.data, asked)
    folder = out or RESULTS / folder_name(FIT, identity)
    refuse_other_identity(folder, identity)
    found = model.fit(rows)
    table = coefficient_table(found, bootstrap(model, rows, draws, seed))
    with writing(folder, FIT, sampled.data, asked, sampled.missing, {PARAMETERS_FILE: table}, command_line()):
        figures = saved(fit_figures(table), folder, has_pdf=False)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "rows": len(rows), "pacts": int(rows["pact"].sum()),
                               "log_likelihood": found.log_likelihood, "missing": sampled.missing,
                               "parameters": rows_of(table)}, indent=2))
        return
    show(found, table, rows)
    for note in sampled.says():
        typer.echo(note)
    show_files(console(), [folder / PARAMETERS_FILE], figures)


def refuse_additive_choices(terms: str, are_signs_free: bool, is_choice: bool) -> None:
    """Raises `Refusal` for what only the additive form knows."""
    if terms != "all":
        raise Refusal("terms of another form", found=terms, allowed="--form additive, or no --terms", file="--terms")
    if are_signs_free:
        raise Refusal("signs of another form", allowed="--form additive; the structural form has the theory's signs",
                      file="--free-signs")
    if is_choice:
        raise Refusal("a choice of another form", allowed="--form additive; the structural form tells every pair by"
                      " itself", file="--choice")


def refuse_starts(starts: int | None) -> None:
    """Raises `Refusal` for starts where every start leads to the same estimates."""
    if starts is not None:
        raise Refusal("starts of another form", found=str(starts),
                      allowed="--form structural; the additive form has one maximum", file="--starts")


def fit_structural(sampled: Sampled, years: str, starts: int | None, draws: int, seed: int, out: Path | None,
                   as_json: bool) -> None:
    """The theory's own functions, with progress; every fit is kept as it is made."""
    from simulation.record.features import of_years
    from simulation.record.fit_cache import FitCache
    from simulation.record.pair_tables import pair_table
    from simulation.record.results import FIT, FITS_FILE, PAIRS_FILE, PARAMETERS_FILE, folder_name, identity_of, writing
    from simulation.record.structural import Structural, bootstrap_near, parameter_table
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    first, last = years_in(years, "--years")
    rows = of_years(sampled.rows, first, last)
    asked = {"years": years, **sampled.asked, "form": "structural", "starts": starts, "draws": draws, "seed": seed}
    identity = identity_of(FIT, sampled.data, asked)
    folder = out or RESULTS / folder_name(FIT, identity)
    refuse_other_identity(folder, identity)
    bar = Bar("fits")
    bar.begin(draws + 1, 0)
    with watched(bar, AND_GOES_ON):
        found = Structural(starts=starts, seed=seed, cache=FitCache(folder / FITS_FILE)).fit(rows)
        bar.advance(1)
        table = parameter_table(found, bootstrap_near(found, rows, draws, seed, lambda: bar.advance(1)))
    pairs = pair_table(found, rows, int(rows["year"].max()))
    tables = {PARAMETERS_FILE: table, PAIRS_FILE: pairs}
    with writing(folder, FIT, sampled.data, asked, sampled.missing, tables, command_line()):
        figures = saved(fit_figures(table, pairs), folder, has_pdf=False)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "rows": len(rows), "pacts": int(rows["pact"].sum()),
                               "log_likelihood": found.log_likelihood, "reached": list(found.reached),
                               "missing": sampled.missing, "parameters": rows_of(table)}, indent=2))
        return
    show_structural(found, table, rows)
    show_pairs(pairs)
    for note in sampled.says():
        typer.echo(note)
    show_files(console(), [folder / PARAMETERS_FILE, folder / PAIRS_FILE], figures)


def show_structural(found: StructuralFit, table: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Prints the parameters with their intervals, and how far the starts agree."""
    screen = console()
    screen.print(f"{len(rows)} dyad-years of {rows['state'].nunique()} weak states, {int(rows['pact'].sum())}"
                 f" with a pact; one year in {found.model.every} is fitted; log likelihood {found.log_likelihood:.1f},"
                 f" reached from {len(found.reached)} starts: {', '.join(f'{each:.1f}' for each in found.reached)}",
                 soft_wrap=True)
    grid = new_table("estimates; 95% of samples of weak states drawn with replacement, each searched from the estimate")
    add_columns(grid, ("parameter", "left"), ("estimate", "right"), ("interval", "left"), ("unit", "left"),
                ("meaning", "left"))
    for row in table.to_dict("records"):
        grid.add_row(row["parameter"], number(row["estimate"]), f"[{number(row['low'])}, {number(row['high'])}]",
                     row["unit"], row["meaning"])
    screen.print(grid)
    if not found.is_at_rest:
        screen.print("the starts do not agree: no other came within 1 of the highest log likelihood", soft_wrap=True)


def show_pairs(pairs: pd.DataFrame, most: int = 15) -> None:
    """Prints the likeliest allies of each power in the last year that was fitted, and the allies it thinks least
    likely."""
    for power, own in pairs.groupby("power", sort=False):
        missed = own[(own["pact"] == 1) & (own["probability"] < own["probability"].iloc[:most].min())].tail(5)
        grid = new_table(f"{power} in {own['year'].iloc[0]}: the {most} likeliest allies, and the allies on record that"
                         " are least likely")
        add_columns(grid, ("state", "left"), ("pact on record", "left"), ("probability", "right"),
                    ("commitment", "right"), ("autonomy", "right"), ("weak state gains", "right"),
                    ("major power gains", "right"))
        for row in [*own.head(most).to_dict("records"), *missed.to_dict("records")]:
            grid.add_row(row["state"], "yes" if row["pact"] else "no", f"{row['probability']:.2f}",
                         f"{row['commitment']:.2f}", f"{row['autonomy']:.2f}", number(row["weak_gain"]),
                         number(row["major_gain"]))
        console().print(grid)


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
