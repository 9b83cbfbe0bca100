"""The theory's terms added up, as a likelihood of who is allied with whom.

For every major power p and weak state i the log odds of a pact are

    level_p - slope_p * distance + sum of coefficient * term

where the terms are those of the theory, each with the sign that it demands. The likelihood is concave, so its maximum
is found from any start. Terms are shared by all powers; per power there is a level, of fixed costs and benefits that
all allies share, and a slope, how steeply reach falls with distance. Standard errors come from weak states drawn with
replacement, since the years of a dyad are nearly copies of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from simulation.errors import Refusal
from simulation.record.choice import are_exclusive, choices_of, log_totals, probabilities
from simulation.record.observables import ACCESS_HALF_KM, nearness
from simulation.record.resampling import DRAWN, resampled_states
from simulation.record.threads import one_thread

SHRINKAGE = 1e-3
"""Penalty on squared coefficients, log odds: so small that it only keeps them finite where a term separates the
data."""


class Term(NamedTuple):
    """A term: the sign that the theory demands, what it stands for, and its value in every row."""

    sign: int
    meaning: str
    values: Callable[[pd.DataFrame], Any]


PROXIMITY_HALF_KM = 500.0
SECURITY_HALF_KM = 1000.0
KM = 1000.0
"""Kilometres in a unit of distance."""


TERMS = {
    "regime": Term(-1, "Price of autonomy: regime distance to the power relative to its competitor",
                   lambda rows: rows["regime_distance"]),
    "threat_from_power": Term(-1, "The threat is the power itself: its protection is worth nothing",
                              lambda rows: rows["threatened_by_power"]),
    "threat_from_major": Term(-1, "Entrapment: the threat is another major power",
                              lambda rows: rows["threatened_by_major"]),
    "preference": Term(-1, "Price of autonomy: distance of preferences relative to the competitor",
                       lambda rows: rows["preference_distance"]),
    "security": Term(1, "Security need: disputes against the state, as far as help arrives",
                     lambda rows: rows["disputes"] * nearness(KM * rows["distance"], SECURITY_HALF_KM)),
    "war_cost": Term(-1, "Entrapment: disputes, dearer to join far away",
                     lambda rows: rows["disputes"] * rows["distance"]),
    "projection": Term(1, "Power projection: access near the competitor",
                       lambda rows: nearness(KM * rows["competitor_distance"], ACCESS_HALF_KM)),
    "denial": Term(1, "Denial: the competitor reaches the state and is like it",
                   lambda rows: (nearness(KM * rows["competitor_distance"], ACCESS_HALF_KM)
                                 * rows["competitor_likeness"])),
    "stabilisation": Term(1, "Stabilisation: civil conflict next door",
                          lambda rows: rows["civil_conflict"] * nearness(KM * rows["distance"], PROXIMITY_HALF_KM)),
}
"""The theory's terms by name, beside reach and level. Half distances of nearness are fixed: the likelihood stays
concave. Legitimation cannot be told from the price of autonomy by these observables, nor the opportunity price from the
level."""
CORE = ("regime", "threat_from_power", "threat_from_major")
"""The three terms that earlier trials found to carry the stock of pacts."""
ALL_TERMS = tuple(TERMS)


@dataclass(frozen=True)
class Additive:
    """Which terms are fitted, whether they keep the sign that the theory demands, and whether states choose one patron
    or none (`record.choice`); else every pair is told by itself."""

    terms: tuple[str, ...] = ALL_TERMS
    has_signs: bool = True
    is_choice: bool = False

    @property
    def name(self) -> str:
        """For tables."""
        usual = {ALL_TERMS: "all terms", CORE: "three terms", (): "reach alone"}
        which = usual.get(self.terms, ", ".join(self.terms))
        choice = ", one patron or none" if self.is_choice else ""
        return f"theory, {which}{'' if self.has_signs else ', signs free'}{choice}"

    def fit(self, rows: pd.DataFrame, held: Mapping[str, float] | None = None,
            start: Mapping[str, float] | None = None) -> AdditiveFit:
        """The maximum of the likelihood.

        rows : as `features.features_of` gives them. held : parameters that are held at a value, by name, for profiles.
        start : where the search begins, which moves its time alone; without it at 0.
        Raises `Refusal` if no row, or every row, has a pact, or if one patron is to be chosen and a state has two.
        """
        pact = rows["pact"].to_numpy(float)
        if not 0.0 < pact.sum() < pact.size:
            raise Refusal("nothing to tell apart", found=f"{int(pact.sum())} of {pact.size} dyad-years have a pact",
                          allowed="dyad-years with and without one")
        if self.is_choice and not are_exclusive(rows):
            raise Refusal("no choice of one patron or none", found="a state with two patrons in a year",
                          allowed="major powers whose pacts exclude each other")
        powers = tuple(dict.fromkeys(rows["power"]))
        columns, names = design_of(rows, self.terms, powers), parameter_names(self.terms, powers)
        bounds = [self._bounds(name, held or {}) for name in names]
        first = np.array([{**(start or {}), **(held or {})}.get(name, 0.0) for name in names])
        choices = choices_of(rows) if self.is_choice else None
        with one_thread():
            found = minimize(loss_and_slope, first, (columns, pact, choices), jac=True, method="L-BFGS-B",
                             bounds=bounds, options={"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-8})
        return AdditiveFit(self, powers, dict(zip(names, map(float, found.x), strict=True)),
                           -float(found.fun) * pact.size, bool(found.success))

    def _bounds(self, name: str, held: Mapping[str, float]) -> tuple[float | None, float | None]:
        if name in held:
            return held[name], held[name]
        if name.startswith(SLOPE):
            return (0.0, None)
        if name.startswith(LEVEL) or not self.has_signs:
            return (None, None)
        return (0.0, None) if TERMS[name].sign > 0 else (None, 0.0)


LEVEL, SLOPE = "level.", "slope."


@dataclass(frozen=True)
class AdditiveFit:
    """A fit: parameters by name (log odds per unit of their term), the log likelihood with its tiny penalty, and
    whether the search came to rest."""

    model: Additive
    powers: tuple[str, ...]
    parameters: dict[str, float]
    log_likelihood: float
    is_at_rest: bool

    def probability(self, rows: pd.DataFrame) -> np.ndarray:
        """Probability of a pact in every row. A power that was not in the fit has the mean level and slope of those
        that were."""
        odds = self.log_odds(rows)
        return probabilities(odds, choices_of(rows)) if self.model.is_choice else np.asarray(expit(odds))

    def log_odds(self, rows: pd.DataFrame) -> np.ndarray:
        """The log odds of a pact in every row; of a choice, against none."""
        terms = design_of(rows, self.model.terms, ())
        shared = terms @ np.array([self.parameters[name] for name in self.model.terms])
        level, slope = (np.array([self._of(kind, power) for power in rows["power"]]) for kind in (LEVEL, SLOPE))
        return np.asarray(level - slope * rows["distance"].to_numpy(float) + shared)

    def _of(self, kind: str, power: str) -> float:
        if power in self.powers:
            return self.parameters[kind + power]
        return float(np.mean([self.parameters[kind + own] for own in self.powers]))

    def with_level_and_slope(self, rows: pd.DataFrame) -> AdditiveFit:
        """The same terms, with level and slope fitted anew to other rows: what a power shares with others is kept."""
        return self.model.fit(rows, {name: self.parameters[name] for name in self.model.terms})


def parameter_names(terms: Iterable[str], powers: Iterable[str]) -> list[str]:
    """Names of the parameters in the order of the columns of `design_of`."""
    return [f"{kind}{power}" for power in powers for kind in (LEVEL, SLOPE)] + list(terms)


def design_of(rows: pd.DataFrame, terms: Sequence[str], powers: Sequence[str]) -> np.ndarray:
    """The columns that the parameters multiply: for each power its level and minus its distance, then the terms."""
    columns = []
    for power in powers:
        is_own = (rows["power"] == power).to_numpy(float)
        columns += [is_own, -is_own * rows["distance"].to_numpy(float)]
    columns += [np.asarray(TERMS[name].values(rows), float) for name in terms]
    return np.column_stack(columns) if columns else np.empty((len(rows), 0))


def loss_and_slope(parameters: np.ndarray, columns: np.ndarray, pact: np.ndarray,
                   choices: np.ndarray | None = None) -> tuple[float, np.ndarray]:
    """Mean negative log likelihood of a logit, or of choices, its penalty included, and its gradient."""
    odds = columns @ parameters
    if choices is None:
        loss, probability = np.mean(np.logaddexp(0.0, odds) - pact * odds), expit(odds)
    else:
        loss = (log_totals(odds, choices).sum() - pact @ odds) / pact.size
        probability = probabilities(odds, choices)
    loss += 0.5 * SHRINKAGE * parameters @ parameters / pact.size
    slope = columns.T @ (probability - pact) / pact.size + SHRINKAGE * parameters / pact.size
    return float(loss), slope


def bootstrap(model: Additive, rows: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Parameters fitted to weak states drawn with replacement, all their rows together: a row per draw."""
    return pd.DataFrame([model.fit(drawn).parameters for drawn in resampled_states(rows, draws, seed)])


def coefficient_table(fit: AdditiveFit, draws: pd.DataFrame) -> pd.DataFrame:
    """A row per parameter: parameter, sign (as the theory demands it), estimate, low, high, meaning; the ends are
    quantiles of the draws, `DRAWN` of them between."""
    low, high = draws.quantile((1.0 - DRAWN) / 2), draws.quantile((1.0 + DRAWN) / 2)
    return pd.DataFrame([{"parameter": name, "sign": _sign_of(name), "estimate": value, "low": float(low[name]),
                          "high": float(high[name]), "meaning": _meaning_of(name)}
                         for name, value in fit.parameters.items()])


def _sign_of(name: str) -> str:
    sign = 1 if name.startswith(SLOPE) else 0 if name.startswith(LEVEL) else TERMS[name].sign
    return {1: "+", -1: "-", 0: ""}[sign]


def _meaning_of(name: str) -> str:
    if name.startswith(LEVEL):
        return f"Level of {name.removeprefix(LEVEL)}: fixed costs and benefits that all allies share"
    if name.startswith(SLOPE):
        return f"Reach of {name.removeprefix(SLOPE)}: fall of the log odds per 1,000 km"
    return TERMS[name].meaning
