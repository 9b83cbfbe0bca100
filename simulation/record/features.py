"""From a table of dyad-years to what the theory speaks of: one row for each major power, weak state and year.

Called by the fit, the scores and the baselines. Every column follows from observables of the year or of those before
it; none from bases, troops, exercises, arms, or pacts of the same year. A competitor is the most capable other major
power of the table in that year.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.record.observables import KEY, competitors, theory_inputs
from simulation.record.treaties import ATOP, Outcome
from simulation.scenario.validation import listed

NEEDED = (*KEY, "patron_cinc", "cap_ratio", "min_distance_km", "capital_distance_km",
          "rival_is_patron", "rival_is_other_major", "mids_targeted_nonpatron_10y", "civil_conflict_years_10y",
          "idealpoint_distance", "patron_polyarchy", "protege_polyarchy")
"""Columns of a table of dyad-years that features are made of, beside the one that says who is allied."""


class Feature(NamedTuple):
    """A column: its unit, and what it is."""

    unit: str
    meaning: str


FEATURES = {
    "distance": Feature("1,000 km", "Distance, border to border where known, else capital to capital"),
    "competitor_distance": Feature("1,000 km", "The same from the competitor"),
    "regime_distance": Feature("index", "Gap in electoral democracy to the major power less the gap to its competitor"),
    "preference_distance": Feature(
        "ideal points", "Distance in votes of the UN General Assembly to the major power less that to its competitor"),
    "threatened_by_power": Feature("0 or 1", "The major power itself is among the state's strategic rivals"),
    "threatened_by_major": Feature("0 or 1", "Another major power is among the state's strategic rivals"),
    "disputes": Feature("log(1 + number)", "Militarised disputes against the state in the ten years before, the major"
                                            " power's own left out"),
    "civil_conflict": Feature("share", "Share of the ten years before with civil conflict on its territory"),
    "competitor_likeness": Feature("index", "1 less the gap in electoral democracy to the competitor"),
    "capability": Feature("log", "The state's share of world capability over the major power's"),
}
"""Features by name. All are known before the pact that they are to tell."""

_REGIMES, _KM = ("patron_polyarchy", "protege_polyarchy"), ("min_distance_km", "capital_distance_km")
_STRENGTH = "patron_cinc"
MADE_OF = {"distance": _KM, "competitor_distance": (*_KM, _STRENGTH), "regime_distance": (*_REGIMES, _STRENGTH),
           "competitor_likeness": (*_REGIMES, _STRENGTH), "preference_distance": ("idealpoint_distance", _STRENGTH),
           "threatened_by_power": ("rival_is_patron",), "threatened_by_major": ("rival_is_other_major",),
           "disputes": ("mids_targeted_nonpatron_10y",), "civil_conflict": ("civil_conflict_years_10y",),
           "capability": ("cap_ratio", _STRENGTH)}
"""The columns that each feature is made of; who the competitor is, is told by the capabilities of major powers."""

ALSO = ("power", "state", "year", "pact", "region")
METRES = 1000.0


class Sample(NamedTuple):
    """Rows with every feature, how many rows lack each, where a row may lack several, and the columns with gaps that
    each is made of."""

    rows: pd.DataFrame
    missing: dict[str, int]
    lacking: dict[str, tuple[str, ...]]

    @property
    def left_out(self) -> int:
        """Rows that were left out because some feature is missing."""
        return self.missing.get("any", 0)

    def told(self) -> str:
        """How many rows lack which feature, and for want of which columns."""
        return ", ".join(f"{name.replace('_', ' ')} {count}" + (
            f" for want of {' or '.join(self.lacking[name])}" if self.lacking.get(name) else "")
            for name, count in self.missing.items() if name != "any")


def features_of(table: pd.DataFrame, outcome: Outcome = ATOP) -> Sample:
    """Features of all rows of a table of dyad-years whose state is weaker than the major power, as far as is known.

    outcome : the column that says who is allied. table : that, the columns of `NEEDED`, and `protege_region` where
    regions are wanted; NaN is missing. Rows that lack something are left out and counted, nothing is filled in. Raises
    `Refusal` for a missing column, or if there is only one major power, so that nobody competes.
    """
    lacking = [name for name in (*NEEDED, outcome) if name not in table]
    if lacking:
        raise Refusal("columns missing in the table of dyad-years", found=listed(map(str, table.columns)),
                      allowed=listed(lacking))
    if table["patron"].nunique() < 2:
        raise Refusal("nobody to compete with", found=f"one major power, {table['patron'].iloc[0]}"
                      if len(table) else "a table without rows", allowed="a table with two major powers or more")
    weak = table[~(table["cap_ratio"] <= 1.0)].reset_index(drop=True)
    rival = weak.merge(competitors(table), on=KEY, how="left")
    inputs = theory_inputs(weak, rival)
    rows = pd.DataFrame({
        "power": weak["patron"], "state": weak["protege"], "year": weak["year"],
        "pact": weak[outcome].astype(float), "region": _regions(weak),
        "distance": inputs["distance_km"] / METRES, "competitor_distance": rival["competitor_km"] / METRES,
        "regime_distance": inputs["regime_gap"] - inputs["competitor_regime_gap"],
        "preference_distance": weak["idealpoint_distance"] - rival["competitor_idealpoint"],
        "threatened_by_power": weak["rival_is_patron"], "threatened_by_major": weak["rival_is_other_major"],
        "disputes": np.log1p(weak["mids_targeted_nonpatron_10y"]),
        "civil_conflict": inputs["instability"], "competitor_likeness": 1.0 - inputs["competitor_regime_gap"],
        "capability": -np.log(weak["cap_ratio"].where(weak[_STRENGTH].notna()))})
    rows = rows.join(inputs.add_prefix("input_"))
    is_known = rows[[*FEATURES, "pact"]].notna()
    missing = {name: int((~is_known[name]).sum()) for name in is_known if not is_known[name].all()}
    missing |= {"any": int((~is_known.all(axis=1)).sum())} if missing else {}
    has_gaps = table.isna().any()
    gaps = {name: tuple(column for column in (MADE_OF | {"pact": (outcome,)})[name] if has_gaps[column])
            for name in missing if name != "any"}
    return Sample(rows[is_known.all(axis=1)].reset_index(drop=True), missing, gaps)


def _regions(weak: pd.DataFrame) -> pd.Series:
    """Regions as the table has them; empty where it has none."""
    if "protege_region" not in weak:
        return pd.Series("", index=weak.index)
    return weak["protege_region"].fillna("").astype(str)


def of_years(rows: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Rows of the years from `first` to `last`. Raises `Refusal` if there is none."""
    found = rows[rows["year"].between(first, last)].reset_index(drop=True)
    if found.empty:
        there = f"{int(rows['year'].min())} to {int(rows['year'].max())}" if len(rows) else "no complete row"
        raise Refusal("no dyad-year in these years", found=f"{first} to {last}", allowed=there, file="--years")
    return found


def changes_within(rows: pd.DataFrame, years: int, ended: bool) -> pd.DataFrame:
    """Whether a pact is formed, or has ended, within so many years, among the rows without one, or with one.

    `pact` of a row becomes 1 if the state has (formation) or has no longer (`ended`) a pact in the year that lies
    `years` ahead; rows whose later year is not in the table are left out.
    """
    later = rows[["power", "state", "year", "pact"]].copy()
    later["year"] -= years
    both = rows.merge(later.rename(columns={"pact": "later"}), on=["power", "state", "year"])
    at_risk = both[both["pact"] == (1.0 if ended else 0.0)].copy()
    at_risk["pact"] = (at_risk["later"] != at_risk["pact"]).astype(float)
    return at_risk.drop(columns="later").reset_index(drop=True)


def matrix_of(rows: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """These columns as numbers: (rows, names)."""
    return np.asarray(rows[list(names)], float)
