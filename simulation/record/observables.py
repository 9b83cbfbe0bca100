"""From dyad-years to what the theory speaks of: figures of a pair that follow from observables alone.

Called by `scenario_text`, which writes them into a scenario, and by `structural`, which fits the theory's own functions
to them. None is coded from bases, troops, exercises, arms, or pacts.
"""

from __future__ import annotations

import pandas as pd

KEY = ["patron", "protege", "year"]
DISPUTES, DISPUTES_OF_OTHERS = "mids_targeted_10y", "mids_targeted_nonpatron_10y"
TEN_YEARS, MOST_CRISES = 10, 0.5
DIFFUSE = 0.5
"""Disputes in ten years that every state counts on beyond those on record, from its strongest rival if it has one."""


def challengers(weak: pd.DataFrame) -> pd.Series:
    """Capability of the strongest rival; of the state itself where it has none but the major power."""
    has_any, rival = _told(weak, "protege_rival_any"), _told(weak, "protege_rival")
    own = weak["protege_cinc"].where(has_any.notna())
    found = _told(weak, "protege_rival_cinc").where((has_any == 1) & (rival != weak["patron"]), own)
    return found.where(found > 0)


def crisis_rates(weak: pd.DataFrame) -> pd.Series:
    """Crises a year: (d + 0.5) / 11, at most 0.5; d: disputes of the ten years before that made the state a target."""
    return ((_disputes(weak) + DIFFUSE) / (TEN_YEARS + 1)).clip(upper=MOST_CRISES)


def patron_threats(weak: pd.DataFrame) -> pd.Series:
    """Share of these crises that are the major power's own: its disputes over all, the diffuse half dispute among its
    own where it is the state's strongest rival. Without a count of its disputes: none of them."""
    own = (_disputes(weak) - weak[DISPUTES_OF_OTHERS]).clip(lower=0)
    is_rival = (_told(weak, "protege_rival") == weak["patron"]).astype(float)
    return (own + DIFFUSE * is_rival) / (_disputes(weak) + DIFFUSE)


def _disputes(weak: pd.DataFrame) -> pd.Series:
    """Disputes with the state as target; those by others where no more is known."""
    others = weak[DISPUTES_OF_OTHERS]
    return _told(weak, DISPUTES).fillna(others).where(others.notna())


def _told(weak: pd.DataFrame, name: str) -> pd.Series:
    """A column, NaN where the table has none."""
    return weak[name] if name in weak else pd.Series(float("nan"), index=weak.index)


def distances(weak: pd.DataFrame) -> pd.Series:
    """Border to border, km; capital to capital where that is missing."""
    return weak["min_distance_km"].fillna(weak["capital_distance_km"])


INPUTS = ("power_capability", "capability", "challenger", "crisis_rate", "patron_threat", "distance_km",
          "regime_gap", "competitor_regime_gap", "ideal_gap", "competitor_ideal_gap", "basing", "rival_pull",
          "instability")
"""What the theory's own functions are told of a pair, in the order of their columns."""
ACCESS_HALF_KM = 1000.0


def nearness(km: pd.Series, half_km: float) -> pd.Series:
    """2 to the minus distance over its half distance."""
    return 2.0 ** (-km / half_km)


def theory_inputs(weak: pd.DataFrame, rival: pd.DataFrame) -> pd.DataFrame:
    """The columns `INPUTS`, a row for each of `weak`; rival: of the same rows, as `competitors` gives them.

    basing: access near the competitor, 2^(-km from it / 1,000); rival_pull: the same times 1 less the regime gap to the
    competitor; instability: share of ten years with civil conflict. A state without a rival on record has itself as
    challenger. NaN is missing.
    """
    gap = (weak["patron_polyarchy"] - weak["protege_polyarchy"]).abs()
    other_gap = (rival["competitor_polyarchy"] - weak["protege_polyarchy"]).abs()
    own = weak["patron_cinc"] / weak["cap_ratio"]
    access = nearness(rival["competitor_km"], ACCESS_HALF_KM)
    return pd.DataFrame({
        "power_capability": weak["patron_cinc"], "capability": own, "challenger": challengers(weak).fillna(own),
        "crisis_rate": crisis_rates(weak), "patron_threat": patron_threats(weak), "distance_km": distances(weak),
        "regime_gap": gap, "competitor_regime_gap": other_gap, "ideal_gap": weak["idealpoint_distance"],
        "competitor_ideal_gap": rival["competitor_idealpoint"], "basing": access,
        "rival_pull": access * (1.0 - other_gap), "instability": weak["civil_conflict_years_10y"] / TEN_YEARS})


def competitors(table: pd.DataFrame) -> pd.DataFrame:
    """For every row the competitor's distance (km), electoral democracy and ideal-point distance to the same state in
    the same year, NaN where there is none: the most capable other major power of the table in that year. Of several,
    one without a capability on record may be that: then nobody is known to be."""
    strength = table.groupby(["patron", "year"])["patron_cinc"].max().reset_index()
    pairs = strength.merge(strength, on="year", suffixes=("", "_other"))
    pairs = pairs[pairs["patron"] != pairs["patron_other"]].sort_values("patron_cinc_other", ascending=False)
    others = pairs.groupby(["patron", "year"])["patron_cinc_other"]
    pairs = pairs[(others.transform("size") == 1) | (others.transform("count") == others.transform("size"))]
    chosen = pairs.drop_duplicates(["patron", "year"])[["patron", "year", "patron_other"]]
    other = table[KEY].copy()
    other["competitor_km"] = distances(table)
    other["competitor_polyarchy"] = table["patron_polyarchy"]
    other["competitor_idealpoint"] = table["idealpoint_distance"]
    found = table[KEY].merge(chosen, on=["patron", "year"], how="left")
    found = found.merge(other.rename(columns={"patron": "patron_other"}), on=["patron_other", "protege", "year"],
                        how="left")
    return found[[*KEY, "competitor_km", "competitor_polyarchy", "competitor_idealpoint"]]
