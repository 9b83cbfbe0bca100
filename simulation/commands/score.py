"""``score``: how well the fitted theory tells who is allied, weak states, regions and powers held out, beside
baselines."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.formatting import number
from simulation.commands.progress import Bar, watched
from simulation.commands.record_data import (
    AND_GOES_ON,
    AsJson,
    Data,
    Draws,
    Out,
    Outcome,
    Powers,
    RecordSeed,
    Sampled,
    Starts,
    WithoutRegion,
    Years,
    score_figures,
    years_in,
)
from simulation.commands.saving import rows_of, saved, show_files
from simulation.commands.sweep import RESULTS
from simulation.errors import Refusal

if TYPE_CHECKING:
    import pandas as pd

    from simulation.record.baselines import Model
    from simulation.record.evaluation import Span
    from simulation.record.structural import Structural

FROM_THE_START = " from the start, give the same command again"
Own = Annotated[bool, typer.Option(
    "--structural", help="Judge the theory's own functions as well: some twenty fits of a minute, kept as they are"
                         " made.")]
Later = Annotated[int, typer.Option("--until", metavar="YEAR", help="Last of the years that follow those fitted.")]


def score(data: Data, years: Years = "1992-2005", until: Later = 2010, powers: Powers = None,
          without_regions: WithoutRegion = None, outcome: Outcome = "atop_defense", is_structural: Own = False,
          starts: Starts = None, draws: Draws = 300, seed: RecordSeed = 0, out: Out = None,
          as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    from simulation.record.evaluation import Span
    from simulation.record.fit_cache import FitCache
    from simulation.record.results import FITS_FILE, SCORE, folder_name, identity_of, writing
    from simulation.record.structural import Structural
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    first, last = years_in(years, "--years")
    if until < last:
        raise Refusal("before the years that are fitted", found=str(until), allowed=f"{last} or later", file="--until")
    if starts is not None and not is_structural:
        raise Refusal("starts of nothing", found=str(starts), allowed="--starts with --structural", file="--starts")
    sampled = Sampled(data, powers, without_regions, outcome)
    asked = {"years": years, "until": until, **sampled.asked, "structural": is_structural,
             "starts": starts, "draws": draws, "seed": seed}
    identity = identity_of(SCORE, sampled.data, asked)
    folder = out or RESULTS / folder_name(SCORE, identity)
    refuse_other_identity(folder, identity)
    own = (Structural(starts=starts, seed=seed, cache=FitCache(folder / FITS_FILE)),) if is_structural else ()
    says, tables = worked_out(sampled.rows, Span(first, last, until), draws, seed, own)
    scores, predictions, terms, outcomes = tables.values()
    with writing(folder, SCORE, sampled.data, asked, sampled.missing, tables, command_line()):
        figures = saved(score_figures(predictions, terms, outcomes), folder, has_pdf=False)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "held_out": says, "scores": rows_of(scores),
                               "terms": rows_of(terms), "outcomes": rows_of(outcomes), "missing": sampled.missing},
                              indent=2))
        return
    for way, words in says.items():
        show(scores[scores["held_out"] == way], words)
    show_terms(terms)
    show_outcomes(outcomes)
    for note in sampled.says():
        typer.echo(note)
    show_files(console(), [folder / name for name in tables], figures)


def worked_out(rows: pd.DataFrame, span: Span, draws: int, seed: int,
               own: tuple[Structural, ...] = ()) -> tuple[dict[str, str], dict[str, pd.DataFrame]]:
    """What each way of holding out is, by name, and the tables of scores, predictions, terms and, in the last year that
    was fitted, hits and misses; with progress."""
    from simulation.record.choice import are_exclusive
    from simulation.record.evaluation import CHOICES, SHOWN, number_of_fits, score_table, term_table, ways
    from simulation.record.features import of_years
    from simulation.record.outcomes import outcome_table
    from simulation.record.results import OUTCOMES_FILE, PREDICTIONS_FILE, SCORES_FILE, TERMS_FILE

    whole = of_years(rows, span.first, span.later)
    found, bar = ways(whole, span, seed), Bar("models")
    more: tuple[Model, ...] = (*own, *(CHOICES if are_exclusive(whole) else ()))
    bar.begin(number_of_fits(found, more), 0)
    with watched(bar, AND_GOES_ON if own else FROM_THE_START):
        scores, predictions = score_table(found, draws, seed, lambda: bar.advance(1), more)
        terms = term_table(whole, span, draws, seed, lambda: bar.advance(1))
    models = (SHOWN[0], *(model.name for model in own))
    return {way.name: way.says for way in found}, {
        SCORES_FILE: scores, PREDICTIONS_FILE: predictions, TERMS_FILE: terms,
        OUTCOMES_FILE: outcome_table(predictions, models, int(predictions["year"].max()))}


def show(scores: pd.DataFrame, says: str) -> None:
    """Prints the scores under one way of holding out; single columns are in the file alone."""
    grid = new_table(f"held out: {says}")
    add_columns(grid, ("power", "left"), ("model", "left"), ("pacts of rows", "right"), ("log score", "right"),
                ("better than reach and regime by", "left"), ("Brier", "right"), ("area", "left"),
                ("within 1,000 km", "right"))
    for row in scores[~scores["model"].str.contains(" alone,")].to_dict("records"):
        gain = ("" if math.isnan(row["gain"]) else
                f"{row['gain']:z.3f} [{row['gain_low']:z.3f}, {row['gain_high']:z.3f}]")
        area = "-" if math.isnan(row["area"]) else f"{row['area']:.3f} [{row['area_low']:.3f}, {row['area_high']:.3f}]"
        near = "-" if math.isnan(row["area_near"]) else f"{row['area_near']:.3f}"
        grid.add_row(row["power"], row["model"], f"{row['pacts']} of {row['rows']}", f"{row['log_score']:.3f}", gain,
                     f"{row['brier']:.3f}", area, near)
    console().print(grid)


def show_terms(terms: pd.DataFrame) -> None:
    """Prints what each term adds."""
    grid = new_table("what each term adds to the log score of held-out weak states (nats a dyad-year)")
    add_columns(grid, ("term", "left"), ("", "left"), ("power", "left"), ("gain", "left"), ("coefficient", "right"))
    for row in terms.to_dict("records"):
        grid.add_row(row["term"], row["change"], row["power"],
                     f"{row['gain']:z.4f} [{row['gain_low']:z.4f}, {row['gain_high']:z.4f}]",
                     number(row["coefficient"]))
    console().print(grid)


def show_outcomes(outcomes: pd.DataFrame) -> None:
    """Prints hits, misses and false alarms in the last year that was fitted, with their probabilities."""
    from simulation.history.tables import FALSE_ALARM, HIT, MISS

    for (model, power), own in outcomes.groupby(["model", "power"], sort=False):
        console().print(f"{power} {own['year'].iloc[0]}, {model}, states held out:", soft_wrap=True, markup=False)
        for kind, words in ((HIT, "hits"), (MISS, "misses"), (FALSE_ALARM, "false alarms")):
            rows = own[own["outcome"] == kind]
            told = ", ".join(f"{row['state']} {row['probability']:.2f}" for row in rows.to_dict("records"))
            console().print(f"  {words}: {len(rows)}" + (f" ({told})" if told else ""), soft_wrap=True, markup=False)
