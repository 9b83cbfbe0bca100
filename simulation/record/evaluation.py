"""The table of scores: every model under every way of holding out, with intervals, and what each term of the theory
adds.

Called by the command ``score``. The theory's model is judged on the same rows as its rivals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from simulation.record.additive import CORE, TERMS, Additive
from simulation.record.baselines import BASELINES, BOOSTING, DISTANCE, SINGLE, TWO_COLUMNS, Model, OwnPower
from simulation.record.features import changes_within, of_years
from simulation.record.holdouts import (
    AHEAD,
    Predicted,
    by_later_states,
    by_powers,
    by_powers_refitted,
    by_regions,
    by_states,
    changes,
)
from simulation.record.scores import CONFIDENCE, Score, gain_over, scored
from simulation.study.effects import Interval

REACH_AND_REGIME = Additive(("regime",))
THEORY: tuple[Additive, ...] = (Additive(CORE), Additive(), Additive(has_signs=False), REACH_AND_REGIME)
CHOICES: tuple[Additive, ...] = (Additive(CORE, is_choice=True), Additive(("regime",), is_choice=True))
"""The same where states choose one patron or none; judged where no state has two, and of those that have pacts, not of
changes, for in these a state that is another's ally has no choice."""
RIVALS: tuple[Model, ...] = (TWO_COLUMNS, OwnPower(TWO_COLUMNS), REACH_AND_REGIME)
"""What the theory's other terms have to be better than: distance and relative regime, for all powers together, for
each, and with regime shared and reach for each. Gains are over the best of them on the very rows that are told, which
favours the rival."""
SHOWN = (THEORY[0].name, RIVALS[1].name, OwnPower(DISTANCE).name, OwnPower(BOOSTING).name)
"""Models in figures, the theory's first."""
REFITTED, FORMATION, ENDING = "powers, refitted", "formation", "ending"
NO_SCORE = Score(math.nan, Interval(math.nan, math.nan, CONFIDENCE))
Progress = Callable[[], None]


@dataclass(frozen=True)
class Span:
    """Years that are fitted, those that follow, and the year that parts early changes of pacts from late ones."""

    first: int
    last: int
    later: int

    @property
    def split(self) -> int:
        """Changes that begin from this year on are told by those that ended by it."""
        return (self.first + self.last + 1) // 2 + AHEAD // 2


@dataclass(frozen=True)
class HeldOut:
    """A way of holding out: its name, what it is, and how a model predicts under it."""

    name: str
    says: str
    predict: Callable[[Model], Predicted]


def ways(rows: pd.DataFrame, span: Span, seed: int) -> list[HeldOut]:
    """The ways of holding out that these rows allow; rows: all years."""
    fitted = of_years(rows, span.first, span.last)
    found = [HeldOut("states", "weak states, with all their years", lambda model: by_states(fitted, model, seed))]
    if fitted["region"].nunique() > 1:
        found.append(HeldOut("regions", "regions", lambda model: by_regions(fitted, model)))
    if fitted["power"].nunique() > 1:
        found += [HeldOut("powers", "major powers, told as the others", lambda model: by_powers(fitted, model)),
                  HeldOut(REFITTED, "major powers, their level and slope from other states",
                          lambda model: by_powers_refitted(fitted, model, seed))]
    if rows["year"].between(span.last + 1, span.later).any():
        later = of_years(rows, span.last + 1, span.later)
        found.insert(1, HeldOut("states and years", f"weak states, in {span.last + 1} to {span.later}",
                                lambda model: by_later_states(fitted, later, model, seed)))
    for ended, name in ((False, FORMATION), (True, ENDING)):
        if _can_tell_changes(rows, span, ended):
            found.append(HeldOut(name, f"{name} within {AHEAD} years, from {span.split} on",
                                 partial(changes, rows, first=span.first, split=span.split, last=span.later,
                                         ended=ended)))
    return found


def _can_tell_changes(rows: pd.DataFrame, span: Span, ended: bool) -> bool:
    at_risk = changes_within(rows, AHEAD, ended)
    early = at_risk[at_risk["year"].between(span.first, span.split - AHEAD)]
    late = at_risk[at_risk["year"].between(span.split, span.later)]
    return bool(0 < early["pact"].sum() < len(early) and 0 < late["pact"].sum() < len(late))


def models_under(way: HeldOut, own: tuple[Model, ...] = ()) -> tuple[Model, ...]:
    """The models that are judged under a way of holding out; own: others of the theory, where they are wanted."""
    if way.name in (FORMATION, ENDING):
        own = tuple(model for model in own if model not in CHOICES)
    if way.name == REFITTED:
        return (*THEORY, *own)
    return (*THEORY, *own, *BASELINES, *(SINGLE if way.name == "states" else ()))


def number_of_fits(found: list[HeldOut], own: tuple[Model, ...] = ()) -> int:
    """Predictions to be made, for progress: those of the score table and of the two tables of terms."""
    return sum(len(models_under(way, own)) for way in found) + 2 * len(TERMS) + 2


def score_table(found: list[HeldOut], draws: int, seed: int, done: Progress,
                own: tuple[Model, ...] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of every model under every way, by power; and the predictions under the first, for figures.

    The first table has the columns held_out, model, power, rows, pacts, then for each of `scores.SCORES` its value, low
    and high, and gain, gain_low and gain_high: by how much the log score is better than that of `RIVALS`. The second
    has power, state, year, pact, distance, and a column a model.
    """
    rows, predictions = [], pd.DataFrame()
    for way in found:
        predicted = {}
        for model in models_under(way, own):
            predicted[model.name] = way.predict(model)
            done()
        if way is found[0]:
            predictions = _side_by_side(predicted)
        rows += list(_scores(way.name, predicted, draws, seed))
    return pd.DataFrame(rows), predictions


def _scores(way: str, predicted: dict[str, Predicted], draws: int, seed: int) -> Iterator[dict[str, Any]]:
    rivals = [predicted[rival.name] for rival in RIVALS if rival.name in predicted]
    for model, whole in predicted.items():
        for power in whole.rows["power"].unique():
            own = whole.of(power)
            row = {"held_out": way, "model": model, "power": power, "rows": len(own.rows),
                   "pacts": int(own.rows["pact"].sum())}
            for name, score in scored(own.rows, own.probability, draws, seed).items():
                row |= _columns(name, score)
            theirs = [rival.of(power).probability for rival in rivals]
            gains = [gain_over(own.rows, own.probability, probability, draws, seed) for probability in theirs]
            row |= _columns("gain", min(gains, key=lambda gain: gain.value, default=NO_SCORE))
            yield row


def _columns(name: str, score: Score) -> dict[str, float]:
    return {name: score.value, f"{name}_low": score.interval.low, f"{name}_high": score.interval.high}


def _side_by_side(predicted: dict[str, Predicted]) -> pd.DataFrame:
    first = next(iter(predicted.values())).rows
    names = ["power", "state", "year", "pact", "distance"]
    return first[names].assign(**{model: own.probability for model, own in predicted.items()})


def term_table(rows: pd.DataFrame, span: Span, draws: int, seed: int, done: Progress) -> pd.DataFrame:
    """What each term adds out of sample: added to reach alone, and removed from all; a row per term, way and power.

    Columns term, change ("added to reach" or "removed from all"), power, gain with low and high: by how much the log
    score of held-out weak states is better with the term; coefficient: its value in the fit of all terms, or of reach
    and the term. Signs are as the theory demands.
    """
    fitted = of_years(rows, span.first, span.last)
    found = []
    for change, kept in (("added to reach", ()), ("removed from all", tuple(TERMS))):
        base = by_states(fitted, Additive(kept), seed)
        done()
        for term in TERMS:
            if kept:
                model, more = Additive(kept), base
                less = by_states(fitted, Additive(tuple(name for name in kept if name != term)), seed)
            else:
                model, less = Additive((term,)), base
                more = by_states(fitted, model, seed)
            coefficient = model.fit(fitted).parameters[term]
            done()
            for power in fitted["power"].unique():
                own = more.of(power)
                gain = gain_over(own.rows, own.probability, less.of(power).probability, draws, seed)
                found.append({"term": term, "change": change, "power": power, **_columns("gain", gain),
                              "coefficient": coefficient})
    return pd.DataFrame(found)
