"""The record from Python: features of real dyads, and the theory's terms fitted to them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simulation.record.additive import ALL_TERMS, Additive, AdditiveFit
from simulation.record.dyads import read_dyads
from simulation.record.features import features_of
from simulation.record.treaties import ATOP, Outcome, with_outcome


def record_features(path: str | Path, outcome: Outcome = ATOP) -> pd.DataFrame:
    """Features of the dyad-years in a file or folder, as `record fit` reads them: one row each, with power, state,
    year, pact (1 or 0), region and the columns of `simulation.record.features.FEATURES`; rows that lack one are left
    out.

    outcome : what counts as a pact, ``atop_defense`` or ``defense_treaty``. Raises `Refusal` for a table that cannot be
    read, or if it has one major power alone.
    """
    table, _ = with_outcome(read_dyads(path).table, outcome)
    return features_of(table, outcome).rows


def fit_record(rows: pd.DataFrame, terms: tuple[str, ...] = ALL_TERMS, free_signs: bool = False) -> AdditiveFit:
    """The theory's terms fitted to such rows: `parameters` by name, `log_likelihood`, `probability(rows)`.

    Parameters
    ----------
    rows : some or all of `record_features`.
    terms : names of `simulation.record.additive.TERMS`, beside reach and level of every power.
    free_signs : whether terms may take the sign that the theory forbids.

    Raises `Refusal` if no row, or every row, has a pact; KeyError for an unknown term.
    """
    return Additive(tuple(terms), not free_signs).fit(rows)
