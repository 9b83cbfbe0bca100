"""``moments``: parameters estimated from moments of histories that a sweep has simulated."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.formatting import number
from simulation.commands.record_data import AsJson, Data, Out, Outcome, RecordSeed, Years, moments_figures, years_in
from simulation.commands.saving import rows_of, saved, show_files, tell_unfinished
from simulation.commands.sweep import RESULTS
from simulation.errors import Refusal, ResultsError

if TYPE_CHECKING:
    import pandas as pd

    from simulation.record.fitted_scenario import FittedTheory
    from simulation.study.store import ResultsFolder

Sweeps = Annotated[list[Path], typer.Argument(
    metavar="FOLDER...", show_default=False,
    help="Sweeps over the same places; their major powers and weak states are those of the record, by COW code.")]
FitFolder = Annotated[Path | None, typer.Option(
    "--fit", metavar="FOLDER", show_default=False,
    help="Results folder of record fit --form structural, whose estimates are shown beside.")]
FEW_PLACES = 20
"""Effective places below which intervals are coarse."""


class Found(NamedTuple):
    """Tables of what was found: places, estimates, moments."""

    places: pd.DataFrame
    estimates: pd.DataFrame
    moments: pd.DataFrame

    @property
    def effective_places(self) -> float:
        """How many places of equal weight would tell as much."""
        from simulation.record.moments import effective_places

        return effective_places(self.places)

    @property
    def warning(self) -> str:
        """What is to be said where no place has the moments of the record, else nothing."""
        from simulation.record.moments import out_of_reach

        return out_of_reach(self.moments)


def moments(sweeps: Sweeps, data: Data, years: Years = "1992-2005", outcome: Outcome = "atop_defense",
            fit: FitFolder = None, seed: RecordSeed = 0, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.record import results
    from simulation.record.dyads import read_dyads
    from simulation.record.fitted_scenario import read_fit
    from simulation.record.treaties import with_outcome
    from simulation.study.manifest import RECORD, command_line, read_manifest
    from simulation.study.store import open_results, refuse_other_identity

    span = years_in(years, "--years")
    folders = [open_results(path) for path in sweeps]
    refuse_other_places(folders)
    tell_unfinished(sweeps)
    table, notes = with_outcome(read_dyads(data).table, outcome)
    fitted = read_fit(fit) if fit is not None else None
    powers = dict.fromkeys(power for folder in folders for power in folder.plan.scenario.major_powers)
    asked = {"years": years, "outcome": outcome, "powers": [*powers],
             "sweeps": [folder.manifest["identity"] for folder in folders],
             "histories": sum(last - first + 1 for folder in folders for first, last in folder.spans), "seed": seed,
             "fit": read_manifest(fit, RECORD)["identity"] if fit is not None else None}
    data_hash = results.hash_of(table)
    identity = results.identity_of(results.MOMENTS, data_hash, asked)
    folder = out or RESULTS / results.folder_name(results.MOMENTS, identity)
    refuse_other_identity(folder, identity)
    found = worked_out(folders, table, span, outcome, seed)
    estimates = found.estimates if fitted is None else with_fit(found.estimates, fitted)
    tables = {results.ESTIMATES_FILE: estimates, results.MOMENTS_FILE: found.moments, results.PLACES_FILE: found.places}
    with results.writing(folder, results.MOMENTS, data_hash, asked, {}, tables, command_line()):
        figures = saved(moments_figures(found.places), folder, has_pdf=False)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "estimates": rows_of(estimates),
                               "moments": rows_of(found.moments), "effective_places": found.effective_places,
                               "warning": found.warning}, indent=2))
        return
    show(found, estimates, fitted)
    for note in notes:
        typer.echo(note)
    show_files(console(), [folder / name for name in tables], figures)


def refuse_other_places(folders: list[ResultsFolder]) -> None:
    """Raises `Refusal` for sweeps of different places, `ResultsError` for one that varies nothing but numbers."""
    first = folders[0]
    for folder in folders:
        if not folder.plan.paths:
            raise ResultsError(f"{folder.path}: a sweep of one place; allowed: one whose study varies parameters")
        if folder.plan.points != first.plan.points:
            raise Refusal("sweeps of different places", found=f"{folder.path}, varied: {', '.join(folder.plan.paths)}",
                          allowed=f"the places of {first.path}: the same design over the same paths"
                          " (* stands for any major power)", file="FOLDER")
        for path in folder.plan.paths:
            if any(isinstance(point[path], bool | str) for point in folder.plan.points):
                raise ResultsError(f"{folder.path}: {path} is not a number; moments tell of numbers alone")


def worked_out(folders: list[ResultsFolder], table: pd.DataFrame, years: tuple[int, int], outcome: Outcome,
               seed: int) -> Found:
    """Likelihoods of all places, over the major powers of all sweeps."""
    import pandas as pd

    from simulation.record.moments import (
        DRAWS,
        estimates_table,
        log_likelihood,
        moments_table,
        observed,
        places_table,
        simulated,
        status_of,
        uncertainty,
    )

    likelihoods, parts = [], []
    for folder in folders:
        runs, states = folder.table(), [*folder.plan.scenario.weak_states]
        for power, own in runs.groupby("major_power", sort=False):
            status = status_of(table, str(power), states, years, outcome)
            record, deviation = observed(status), uncertainty(status, DRAWS, seed)
            means, variances = simulated(own)
            likelihoods.append(log_likelihood(record, deviation, means, variances, own.groupby("point_id").size()))
            parts.append((str(power), record, deviation, means, variances))
    if not likelihoods:
        raise ResultsError(f"{folders[0].path}: no history yet; resume it first")
    plan = folders[0].plan
    places = places_table(plan.points, likelihoods)
    best = places.loc[places["log_likelihood"].idxmax(), "point_id"]
    compared = [moments_table(power, record, deviation, means.loc[best], variances.loc[best])
                for power, record, deviation, means, variances in parts]
    return Found(places, estimates_table(places, plan.paths), pd.concat(compared, ignore_index=True))


def with_fit(estimates: pd.DataFrame, fitted: FittedTheory) -> pd.DataFrame:
    """The estimates with those of the cross-section beside, where a parameter has one that all powers share."""
    from simulation.record.structural import SHARED

    names = [path.rpartition(".")[2] for path in estimates["parameter"]]
    return estimates.assign(cross_section=[fitted.parameters[name] if name in SHARED else math.nan for name in names])


def show(found: Found, estimates: pd.DataFrame, fitted: FittedTheory | None) -> None:
    """Prints estimates, and the record beside histories at the likeliest place."""
    grid = new_table("parameters by the moments of histories (95% of the weight of the places)")
    add_columns(grid, ("parameter", "left"), ("likeliest", "right"), ("median", "right"), ("95%", "left"),
                ("places within", "right"), *((("cross-section", "right"),) if fitted else ()))
    for row in estimates.to_dict("records"):
        beside = (number(row["cross_section"]),) if fitted else ()
        grid.add_row(row["parameter"], number(row["likeliest"]), number(row["median"]),
                     f"{number(row['low'])} to {number(row['high'])}", f"{row['share_within']:.0%}", *beside)
    console().print(grid)
    compared = new_table("the record, and histories at the likeliest place")
    add_columns(compared, ("power", "left"), ("moment", "left"), ("unit", "left"), ("record", "right"),
                ("histories", "right"), ("away by", "right"))
    for row in found.moments.to_dict("records"):
        compared.add_row(row["power"], row["moment"].replace("_", " "), row["unit"], number(row["record"]),
                         number(row["histories"]), "-" if math.isnan(row["away"]) else f"{row['away']:z.1f} sd")
    console().print(compared)
    places = found.effective_places
    typer.echo(f"{len(found.places)} places, as good as {places:.0f} of equal weight"
               + ("; so few that intervals are coarse: sweep more places, or a smaller range" if places < FEW_PLACES
                  else "") + ".")
    if found.warning:
        typer.echo(found.warning)
