"""What a structural model has to be better than: distance, two columns, regressions of all features, boosting.

Each has a name, is fitted to rows of features and gives the probability of a pact, as `additive.Additive` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from simulation.record.features import FEATURES, matrix_of
from simulation.record.threads import one_thread

WEAK_PENALTY = 1e3
"""Inverse strength of the penalty of a logit, on standardised columns: hardly any."""


class Fitted(Protocol):
    """What gives probabilities."""

    def probability(self, rows: pd.DataFrame) -> np.ndarray:
        """Probability of a pact in every row."""


class Model(Protocol):
    """What is fitted to rows of features."""

    @property
    def name(self) -> str:
        """For tables."""

    def fit(self, rows: pd.DataFrame) -> Fitted:
        """Fitted to rows with and without pacts."""


@dataclass(frozen=True)
class Share:
    """The share of dyad-years with a pact, whatever the columns say: where no model can be fitted."""

    share: float

    def probability(self, rows: pd.DataFrame) -> np.ndarray:
        """The same in every row."""
        return np.full(len(rows), self.share)


@dataclass(frozen=True)
class Estimator:
    """A fitted estimator of scikit-learn, and its columns."""

    estimator: Any
    columns: tuple[str, ...]

    def probability(self, rows: pd.DataFrame) -> np.ndarray:
        """Probability of a pact in every row."""
        with one_thread():
            return np.asarray(self.estimator.predict_proba(matrix_of(rows, self.columns))[:, 1])


@dataclass(frozen=True)
class Logit:
    """A logit of some features, all powers together."""

    columns: tuple[str, ...]
    name: str

    def fit(self, rows: pd.DataFrame) -> Fitted:
        """By maximum likelihood with a weak penalty on standardised columns."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import
        from sklearn.pipeline import make_pipeline  # noqa: PLC0415
        from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

        return _fitted(make_pipeline(StandardScaler(), LogisticRegression(C=WEAK_PENALTY, max_iter=1000)), rows,
                       self.columns)


@dataclass(frozen=True)
class Boosting:
    """Gradient boosting of all features, all powers together."""

    columns: tuple[str, ...]
    name: str

    def fit(self, rows: pd.DataFrame) -> Fitted:
        """With the usual settings of scikit-learn and a fixed seed."""
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - slow to import

        return _fitted(HistGradientBoostingClassifier(random_state=0), rows, self.columns)


def _fitted(estimator: Any, rows: pd.DataFrame, columns: tuple[str, ...]) -> Fitted:
    pact = rows["pact"].to_numpy(float)
    if not 0.0 < pact.sum() < pact.size:
        return Share(float(pact.mean()))
    with one_thread():
        return Estimator(estimator.fit(matrix_of(rows, columns), pact), columns)


@dataclass(frozen=True)
class OwnPower:
    """A model fitted to each major power by itself; a power that it was not fitted to is told by a fit of all."""

    model: Model

    @property
    def name(self) -> str:
        """For tables."""
        return f"{self.model.name}, each power by itself"

    def fit(self, rows: pd.DataFrame) -> Fitted:
        """One fit a power."""
        return ByPower({str(power): self.model.fit(own) for power, own in rows.groupby("power")}, self.model.fit(rows))


@dataclass(frozen=True)
class ByPower:
    """A fit for each power, and one for all others."""

    fits: dict[str, Fitted]
    of_all: Fitted

    def probability(self, rows: pd.DataFrame) -> np.ndarray:
        """Probability of a pact in every row."""
        found = np.empty(len(rows))
        for power in rows["power"].unique():
            is_own = (rows["power"] == power).to_numpy()
            found[is_own] = self.fits.get(power, self.of_all).probability(rows[is_own])
        return found


DISTANCE = Logit(("distance",), "distance")
TWO_COLUMNS = Logit(("distance", "regime_distance"), "two columns, distance and relative regime")
BOOSTING = Boosting(tuple(FEATURES), "gradient boosting")
BASELINES: tuple[Model, ...] = (
    DISTANCE, OwnPower(DISTANCE), TWO_COLUMNS, OwnPower(TWO_COLUMNS),
    Logit(tuple(FEATURES), "logit of all features"), OwnPower(Logit(tuple(FEATURES), "logit of all features")),
    OwnPower(BOOSTING))
"""Baselines, in the order of tables."""
SINGLE: tuple[Model, ...] = tuple(OwnPower(Logit((name,), f"{name} alone")) for name in FEATURES)
"""Every feature by itself: one that was coded from pacts would show."""
