"""``profile``: the likelihood of the record along each parameter of the theory's terms, or of its own functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.fit import Choice, Form, FreeSigns, refuse_additive_choices, refuse_starts
from simulation.commands.formatting import number
from simulation.commands.progress import Bar, watched
from simulation.commands.record_data import (
    AND_GOES_ON,
    AsJson,
    Data,
    Out,
    Outcome,
    Powers,
    Sampled,
    Starts,
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

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

Parameters = Annotated[list[str] | None, typer.Option(
    "--parameter", metavar="NAME", show_default=False, help="Parameter; may be repeated. Without it: all.")]
Points = Annotated[int | None, typer.Option(
    "--points", metavar="N", min=5, max=1001, show_default=False,
    help="Values of each parameter; without it 21, of the structural form 7.")]
SearchSeed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**32 - 1,
                                         help="Seed of the searches of the structural form.")]
CUT = ("values whose log likelihood lies within 1.92 of the profile's maximum; dyad-years are not independent, so what"
       " is flat here is flat all the more")


def profile(data: Data, years: Years = "1992-2005", powers: Powers = None, without_regions: WithoutRegion = None,
            outcome: Outcome = "atop_defense", form: Form = "additive", terms: Terms = "all",
            are_signs_free: FreeSigns = False, is_choice: Choice = False, parameters: Parameters = None,
            points: Points = None, starts: Starts = None, seed: SearchSeed = 0, out: Out = None,
            as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    if form == "structural":
        refuse_additive_choices(terms, are_signs_free, is_choice)
        sampled = Sampled(data, powers, without_regions, outcome)
        profile_structural(sampled, {"years": years, **sampled.asked, "form": form, "parameters": parameters or [],
                                     "points": points or 7, "starts": starts, "seed": seed}, out, as_json)
        return
    refuse_starts(starts)
    from simulation.record.features import of_years
    from simulation.record.profiles import profiles, summary

    model, sampled = model_of(terms, are_signs_free, is_choice), Sampled(data, powers, without_regions, outcome)
    rows = of_years(sampled.rows, *years_in(years, "--years"))
    found = model.fit(rows)
    _refuse_unknown(parameters, found.parameters)
    asked: dict[str, Any] = {"years": years, **sampled.asked, "terms": list(model.terms), "free_signs": are_signs_free,
             "choice": is_choice, "parameters": parameters or list(found.parameters), "points": points or 21}
    folder = _folder(sampled, asked, out)
    table = profiles(found, rows, asked["parameters"], asked["points"])
    leave(sampled, asked, folder, table, summary(table, found), as_json)


def profile_structural(sampled: Sampled, asked: dict[str, Any], out: Path | None, as_json: bool) -> None:
    """The theory's own functions, with progress; every search is kept as it is made."""
    from simulation.record.features import of_years
    from simulation.record.fit_cache import FitCache
    from simulation.record.profiles import structural_profiles, summary
    from simulation.record.results import FITS_FILE
    from simulation.record.structural import Structural, names_for

    rows = of_years(sampled.rows, *years_in(asked["years"], "--years"))
    known = names_for(tuple(dict.fromkeys(rows["power"])))
    _refuse_unknown(asked["parameters"], known)
    asked["parameters"] = names = asked["parameters"] or known
    folder, bar = _folder(sampled, asked, out), Bar("fits")
    bar.begin(1 + len(names) * (asked["points"] - 1), 0)
    with watched(bar, AND_GOES_ON):
        found = Structural(starts=asked["starts"], seed=asked["seed"], cache=FitCache(folder / FITS_FILE)).fit(rows)
        bar.advance(1)
        table = structural_profiles(found, rows, names, asked["points"], lambda: bar.advance(1))
    leave(sampled, asked, folder, table, summary(table, found), as_json)


def _refuse_unknown(parameters: Iterable[str] | None, known: Iterable[str]) -> None:
    for name in parameters or []:
        if name not in known:
            raise Refusal("no such parameter", found=shown(name), allowed=listed(known),
                          suggestion=nearest(name, list(known)), file="--parameter")


def _folder(sampled: Sampled, asked: dict[str, Any], out: Path | None) -> Path:
    """The results folder. Raises `ResultsError` if it holds others."""
    from simulation.record.results import PROFILE, folder_name, identity_of
    from simulation.study.store import refuse_other_identity

    identity = identity_of(PROFILE, sampled.data, asked)
    folder = out or RESULTS / folder_name(PROFILE, identity)
    refuse_other_identity(folder, identity)
    return folder


def leave(sampled: Sampled, asked: dict[str, Any], folder: Path, table: pd.DataFrame, told: pd.DataFrame,
          as_json: bool) -> None:
    """Writes the folder and prints what the profiles say."""
    from simulation.record.results import PROFILE, PROFILES_FILE, writing
    from simulation.study.manifest import command_line

    with writing(folder, PROFILE, sampled.data, asked, sampled.missing, {PROFILES_FILE: table}, command_line()):
        figures = saved(profile_figures(table), folder, has_pdf=False)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "parameters": rows_of(told), "profiles": rows_of(table)},
                              indent=2))
        return
    grid = new_table(CUT)
    add_columns(grid, ("parameter", "left"), ("estimate", "right"), ("from", "right"), ("to", "right"))
    for row in told.to_dict("records"):
        grid.add_row(row["parameter"], number(row["estimate"]), *(
            f"beyond {number(row[end])}" if row[f"is_open_{end}"] else number(row[end]) for end in ("low", "high")))
    screen = console()
    screen.print(grid)
    best = told.loc[told["rise"].idxmax()]
    if best["rise"] > 1.0:
        screen.print(f"the profile of {best['parameter']} rises {best['rise']:.1f} above the log likelihood of the fit,"
                     " which is no maximum", soft_wrap=True, markup=False)
    for note in sampled.says():
        typer.echo(note)
    show_files(screen, [folder / PROFILES_FILE], figures)
