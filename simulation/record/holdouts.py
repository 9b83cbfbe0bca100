"""What is held out when a model is judged: weak states, regions, whole powers, and the forming and ending of pacts.

Years by themselves are no test, since the same dyads come back; so whoever is held out is held out with all its years.
A fit never sees what it is judged on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.record.additive import Additive, AdditiveFit
from simulation.record.baselines import Fitted, Model
from simulation.record.features import changes_within, of_years
from simulation.record.structural import Structural, StructuralFit

FOLDS = 10
AHEAD = 5
"""Years within which pacts form or end."""


@dataclass(frozen=True)
class Predicted:
    """Rows that were held out, with the probability that a model gave each: `rows` as features are, (rows,)."""

    rows: pd.DataFrame
    probability: np.ndarray

    def of(self, power: str) -> Predicted:
        """Those of one major power."""
        is_own = (self.rows["power"] == power).to_numpy()
        return Predicted(self.rows[is_own].reset_index(drop=True), self.probability[is_own])


def fold_of(state: str, seed: int) -> int:
    """The fold of a weak state, which does not depend on who else is in the table."""
    return zlib.crc32(f"{seed}/{state}".encode()) % FOLDS


def by_states(rows: pd.DataFrame, model: Model, seed: int = 0) -> Predicted:
    """Ten folds of weak states, each with all its years."""
    return _left_out(rows, model, rows["state"].map(lambda state: fold_of(state, seed)))


def by_later_states(rows: pd.DataFrame, later: pd.DataFrame, model: Model, seed: int = 0) -> Predicted:
    """Later years of weak states that were held out: fitted to the other states in the years of `rows`."""
    parts = []
    for fold in range(FOLDS):
        is_out, is_later = (each["state"].map(lambda state: fold_of(state, seed)) == fold for each in (rows, later))
        if is_later.any():
            tested = later[is_later]
            parts.append((tested, model.fit(rows[~is_out]).probability(tested)))
    return _joined(parts)


def by_regions(rows: pd.DataFrame, model: Model) -> Predicted:
    """Every region held out in its turn."""
    return _left_out(rows, model, rows["region"])


def by_powers(rows: pd.DataFrame, model: Model) -> Predicted:
    """Every power held out in its turn, and told as one of those that were fitted."""
    return _left_out(rows, model, rows["power"])


def by_powers_refitted(rows: pd.DataFrame, model: Model, seed: int = 0) -> Predicted:
    """The same, with the power's own level and slope fitted to other weak states than those that are told.

    model : an `Additive` or a `Structural`; a model without level and slope raises TypeError.
    """
    if not isinstance(model, Additive | Structural):
        raise TypeError(f"{model.name} has no level and slope of its own")
    parts = []
    for power in rows["power"].unique():
        own, others = rows[rows["power"] == power], rows[rows["power"] != power]
        shared = model.fit(others)
        for known, tested in _folds(own, own["state"].map(lambda state: fold_of(state, seed))):
            parts.append((tested, _with_own_level(shared, known).probability(tested)))
    return _joined(parts)


def _with_own_level(shared: AdditiveFit | StructuralFit, known: pd.DataFrame) -> Fitted:
    return shared.with_level_and_slope(known) if 0.0 < known["pact"].sum() < len(known) else shared


def changes(rows: pd.DataFrame, model: Model, first: int, split: int, last: int, ended: bool) -> Predicted:
    """Pacts that form, or end, within five years from years after `split`, fitted to those up to it.

    rows : with all years from `first` to `last` and five years beyond. No year of what is fitted reaches beyond
    `split`.
    """
    at_risk = changes_within(rows, AHEAD, ended)
    early, late = of_years(at_risk, first, split - AHEAD), of_years(at_risk, split, last)
    return Predicted(late, model.fit(early).probability(late))


def _left_out(rows: pd.DataFrame, model: Model, groups: pd.Series) -> Predicted:
    return _joined([(tested, model.fit(known).probability(tested)) for known, tested in _folds(rows, groups)])


def _folds(rows: pd.DataFrame, groups: pd.Series) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """For every group the rows of all others, and its own."""
    for group in sorted(groups.unique()):
        is_own = (groups == group).to_numpy()
        yield rows[~is_own], rows[is_own]


def _joined(parts: list[tuple[pd.DataFrame, np.ndarray]]) -> Predicted:
    return Predicted(pd.concat([rows for rows, _ in parts], ignore_index=True),
                     np.concatenate([probability for _, probability in parts]))


HoldOut = Callable[[pd.DataFrame, Model], Predicted]
