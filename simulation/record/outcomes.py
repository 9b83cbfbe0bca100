"""Hits, misses and false alarms: whom a model takes for an ally in a year, beside who was one on record.

Called by the command ``score``. Predictions are those of weak states that were held out.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from simulation.errors import Refusal
from simulation.history.tables import OUTCOMES, outcome
from simulation.record.cow_states import BY_CODE, name_of

LIKELY = 0.5
"""Probability from which on a pact is predicted."""
COLUMNS = ("model", "power", "state", "name", "year", "pact", "probability", "outcome")


def outcome_table(predictions: pd.DataFrame, models: Iterable[str], year: int) -> pd.DataFrame:
    """What the predictions of some models came to in a year: a row for each model, power and weak state.

    Columns `COLUMNS`; outcome: one of `history.tables.OUTCOMES`, where `LIKELY` or more is a prediction. Hits come
    first, then false alarms, and within an outcome the likeliest. Raises `Refusal` for a year that is not there.
    """
    own = predictions[predictions["year"] == year]
    if own.empty:
        raise Refusal("no such year among the predictions", found=str(year))
    return pd.concat([_in_order(rows.assign(model=model, probability=rows[model]))
                      for model in models for _, rows in own.groupby("power", sort=False)], ignore_index=True)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    came = [outcome(likely, pact) for likely, pact in zip(rows["probability"] >= LIKELY, rows["pact"] > 0, strict=True)]
    found = rows.assign(outcome=came, name=[state_name(state, year) for state, year in zip(
        rows["state"], rows["year"], strict=True)], place=[list(OUTCOMES).index(each) for each in came])
    return found.sort_values(["place", "probability", "state"], ascending=[True, False, True])[list(COLUMNS)]


def state_name(state: str, year: int) -> str:
    """English name of a state in a year; the code of one that is not on the list of states."""
    return name_of(state, year) if state in BY_CODE else state
