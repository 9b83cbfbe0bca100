"""What `fit`, `score` and `profile` share: the data and years that are asked for, folders, and figures drawn again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from simulation.errors import Refusal, ResultsError
from simulation.scenario.validation import listed, nearest, shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simulation.record.additive import Additive
    from simulation.record.dyads import Dyads

Data = Annotated[Path, typer.Option(
    "--data", metavar="PATH", show_default=False,
    help="Dyad-years: a CSV file, plain or gzip, or a folder of public tables that are joined by state and year.")]
Years = Annotated[str, typer.Option("--years", metavar="FIRST-LAST", help="Years that are fitted.")]
Powers = Annotated[list[str] | None, typer.Option(
    "--power", metavar="CODE", show_default=False,
    help="Major power that is fitted; may be repeated. Without it: all of the table. Competitors are those of"
         " the table.")]
WithoutRegion = Annotated[list[str] | None, typer.Option(
    "--without-region", metavar="NAME", show_default=False,
    help="Region of the table that is left out, such as Americas; may be repeated.")]
Terms = Annotated[str, typer.Option(
    "--terms", metavar="NAMES", help="Terms of the theory beside reach and level: all, core, none, or names"
                                     " with commas.")]
Draws = Annotated[int, typer.Option("--draws", metavar="N", min=20, max=100_000,
                                    help="Samples of weak states for intervals.")]
RecordSeed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**32 - 1,
                                         help="Seed of the folds and of the samples.")]
Outcome = Annotated[Literal["atop_defense", "defense_treaty"], typer.Option(
    "--outcome", help="What counts as a pact: any obligation of defence (ATOP), or a treaty of defence as coded by hand"
                      " (the table's own column, else the list that comes with the program).")]
Starts = Annotated[int | None, typer.Option(
    "--starts", metavar="N", min=1, max=1000, show_default=False,
    help="Searches of each fit of the theory's own functions, from different places; without it 3.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/record-<command>-<hash>.", show_default=False)]
AND_GOES_ON = ", give the same command again; what was fitted is kept"
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


class Sampled:
    """What was asked for, of the data: rows with every feature, and what the manifest has to say of them."""

    def __init__(self, path: Path, powers: list[str] | None, without_regions: list[str] | None = None,
                 outcome: Outcome = "atop_defense"):
        from simulation.record.dyads import read_dyads
        from simulation.record.features import features_of
        from simulation.record.results import hash_of
        from simulation.record.treaties import with_outcome

        dyads = read_dyads(path)
        table, notes = with_outcome(dyads.table, outcome)
        self.notes = [*unread_columns(dyads), *notes]
        self.data = hash_of(table)
        sample = features_of(table, outcome)
        there = list(dict.fromkeys(sample.rows["power"]))
        if not there:
            raise Refusal("no dyad-year with every feature", found=f"rows without {sample.told()}",
                          allowed="the columns of docs/record.md", file=str(path))
        for power in powers or []:
            if power not in there:
                raise Refusal("no such major power in the table", found=shown(power), allowed=listed(there),
                              suggestion=nearest(power, there), file="--power")
        chosen = powers or there
        regions = [region for region in dict.fromkeys(sample.rows["region"]) if region]
        for region in without_regions or []:
            if region not in regions:
                raise Refusal("no such region in the table", found=shown(region), allowed=listed(regions),
                              suggestion=nearest(region, regions), file="--without-region")
        is_asked = sample.rows["power"].isin(chosen) & ~sample.rows["region"].isin(without_regions or [])
        self.rows: pd.DataFrame = sample.rows[is_asked].reset_index(drop=True)
        self.missing, self._told = sample.missing, sample.told()
        self.asked = {"outcome": outcome, "powers": chosen, "without_regions": without_regions or []}

    def says(self) -> list[str]:
        """Sentences on columns without a meaning, on where the outcome was taken from, and on rows that lack
        something."""
        return [*self.notes, *([self._left_out()] if self.missing else [])]

    def _left_out(self) -> str:
        return (f"{self.missing['any']} dyad-years of weaker states lack something and are left out ({self._told});"
                " nothing is filled in")


def unread_columns(dyads: Dyads) -> list[str]:
    """A sentence on columns without a meaning, each with the column that was probably meant, if that is not there."""
    from simulation.record.columns import COLUMNS

    lacking = [name for name in COLUMNS if name not in dyads.table or dyads.table[name].isna().all()]
    known = {spelt: name for name in lacking for spelt in (name, *COLUMNS[name].aliases)}
    found = {name: known.get(nearest(name, known)) for name in dyads.unread}
    told = [f"{name} (did you mean {found[name]}?)" if found[name] else name for name in dyads.unread]
    return [f"columns not read: {', '.join(told)}"] if told else []


def years_in(text: str, option: str) -> tuple[int, int]:
    """First and last year from ``1992-2005``. Raises `Refusal` for another form."""
    found = re.fullmatch(r"\s*(\d{4})\s*-\s*(\d{4})\s*", text)
    if not found or int(found[1]) > int(found[2]):
        raise Refusal("not years", found=shown(text), allowed="FIRST-LAST, such as 1992-2005", file=option)
    return int(found[1]), int(found[2])


def terms_in(text: str) -> tuple[str, ...]:
    """Names of terms. Raises `Refusal` for one that is not there."""
    from simulation.record.additive import ALL_TERMS, CORE

    usual = {"all": ALL_TERMS, "core": CORE, "none": ()}
    if text in usual:
        return usual[text]
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in ALL_TERMS:
            raise Refusal("no such term", found=shown(name), allowed=f"all, core, none, or {listed(ALL_TERMS)}",
                          suggestion=nearest(name, [*usual, *ALL_TERMS]), file="--terms")
    return names


def model_of(terms: str, are_signs_free: bool, is_choice: bool = False) -> Additive:
    """The additive form of the theory that is asked for."""
    from simulation.record.additive import Additive

    return Additive(terms_in(terms), not are_signs_free, is_choice)


def figures_in(folder: Path, manifest: dict[str, Any]) -> dict[str, Figure]:
    """The figures of a folder, from its tables. Raises `ResultsError` for tables that cannot be read."""
    from simulation.record.results import (
        MOMENTS,
        OUTCOMES_FILE,
        PAIRS_FILE,
        PARAMETERS_FILE,
        PLACES_FILE,
        PREDICTIONS_FILE,
        PROFILE,
        PROFILES_FILE,
        SCORE,
        TERMS_FILE,
    )
    from simulation.study.csv_tables import csv_table

    what = manifest["record"].get("what")
    try:
        if what == SCORE:
            return score_figures(*(csv_table(folder / name) for name in (PREDICTIONS_FILE, TERMS_FILE, OUTCOMES_FILE)))
        if what == PROFILE:
            return profile_figures(csv_table(folder / PROFILES_FILE))
        if what == MOMENTS:
            return moments_figures(csv_table(folder / PLACES_FILE))
        parameters = csv_table(folder / PARAMETERS_FILE)
        return fit_figures(parameters, csv_table(folder / PAIRS_FILE) if "most" in parameters else None)
    except (Refusal, KeyError, ValueError, TypeError) as error:
        raise ResultsError(f"{folder}: the tables are not those of a study of the record ({error})") from None


def score_figures(predictions: pd.DataFrame, terms: pd.DataFrame, outcomes: pd.DataFrame) -> dict[str, Figure]:
    """ROC curves, calibration, what each term adds, and for each major power the map of hits and misses."""
    from simulation.figures.outcome_map import outcome_map
    from simulation.figures.record import calibration_figure, roc_figure, terms_figure
    from simulation.record.evaluation import SHOWN
    from simulation.record.structural import NAME

    own = (NAME,) if NAME in predictions else ()
    return {"roc": roc_figure(predictions, SHOWN + own),
            "calibration": calibration_figure(predictions, SHOWN[:2] + own),
            "terms": terms_figure(terms),
            **{f"map-{power}{'-structural' if model == NAME else ''}": outcome_map(rows, str(power))
               for (model, power), rows in outcomes.groupby(["model", "power"], sort=False)}}


def fit_figures(parameters: pd.DataFrame, pairs: pd.DataFrame | None = None) -> dict[str, Figure]:
    """The coefficients with their intervals; or the theory's own parameters with theirs, and for each major power the
    map of hits and misses among the pairs of the last year."""
    from simulation.figures.outcome_map import outcome_map
    from simulation.figures.record import parameters_figure, ranges_figure
    from simulation.record.structural import NAME

    if pairs is None:
        return {"parameters": parameters_figure(parameters)}
    return {**{f"map-{power}": outcome_map(rows.assign(model=NAME), str(power), is_held_out=False)
               for power, rows in pairs.groupby("power", sort=False)}, "parameters": ranges_figure(parameters)}


def profile_figures(profiles: pd.DataFrame) -> dict[str, Figure]:
    """The log likelihood along each parameter."""
    from simulation.figures.record import profile_figure

    return {"profiles": profile_figure(profiles)}


def moments_figures(places: pd.DataFrame) -> dict[str, Figure]:
    """The likelihood of the places of a sweep, by each parameter."""
    from simulation.figures.record import places_figure

    return {"places": places_figure(places)}
