"""Figures of dyad-years that are counted from files of events: disputes, armed conflicts and rivalries.

Of disputes and conflicts those of the ten years before count. A figure is missing where the file does not tell of all
the years that it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from simulation.errors import Refusal
from simulation.record.events import CONFLICTS, DISPUTES, RIVALRIES, Events

TEN_YEARS = 10
MAJOR_POWERS = {"USA": [(1898, 9999)], "UKG": [(1816, 9999)], "FRN": [(1816, 1940), (1945, 9999)],
                "GMY": [(1816, 1918), (1925, 1945), (1991, 9999)], "AUH": [(1816, 1918)], "ITA": [(1860, 1943)],
                "RUS": [(1816, 1917), (1922, 9999)], "CHN": [(1950, 9999)], "JPN": [(1895, 1945), (1991, 9999)]}
"""Major powers and their years (Correlates of War, State System Membership, list of major powers)."""


def with_events(table: pd.DataFrame, events: Iterable[Events]) -> tuple[pd.DataFrame, list[str]]:
    """The table with what the files of events tell of its dyad-years, and a sentence for each file.

    table : patron, protege and year, and the capabilities that there are. Raises `Refusal` for two files of one kind,
    and for a figure that the table has from another file.
    """
    notes: list[str] = []
    seen: dict[str, str] = {}
    for each in events:
        if each.kind in seen:
            raise Refusal(f"two files of {each.kind}", found=seen[each.kind], allowed="one", file=each.file)
        seen[each.kind] = each.file
        made = {DISPUTES: _disputes, CONFLICTS: _conflicts, RIVALRIES: _rivalries}[each.kind](table, each)
        for name in made:
            if name in table:
                raise Refusal("a figure that another file has as well", name, allowed=f"one file with {name}",
                              file=each.file)
        table = table.assign(**made)
        notes.append(f"{', '.join(made)} counted from {each.file}.")
    return table, notes


def _disputes(table: pd.DataFrame, events: Events) -> dict[str, pd.Series]:
    first, second = (events.table[events.table["is_first"] == side] for side in (True, False))
    pairs = first.merge(second, on=["dispute", "year"], suffixes=("", "_target")).rename(columns={
        "state": "by", "state_target": "target"})
    targeted = _in_ten_years(table, second, {"state": "protege"})
    by_patron = _in_ten_years(table, pairs, {"by": "patron", "target": "protege"})
    against_patron = _in_ten_years(table, pairs, {"by": "protege", "target": "patron"})
    known = _is_told(table, events)
    return {"mids_targeted_10y": targeted.where(known), "mids_targeted_nonpatron_10y": (targeted - by_patron).where(
        known), "mids_with_patron_10y": (by_patron + against_patron).where(known)}


def _conflicts(table: pd.DataFrame, events: Events) -> dict[str, pd.Series]:
    years = _in_ten_years(table, events.table, {"state": "protege"}).where(_is_told(table, events))
    return {"civil_conflict_10y": (years > 0).astype(float).where(years.notna()), "civil_conflict_years_10y": years}


def _in_ten_years(table: pd.DataFrame, events: pd.DataFrame, sides: dict[str, str]) -> pd.Series:
    """Number of events of the ten years before, a column of events for each column of the table in `sides`."""
    counts = events.groupby([*sides, "year"]).size()
    total = np.zeros(len(table))
    for ago in range(1, TEN_YEARS + 1):
        keys = pd.MultiIndex.from_arrays([*(table[name] for name in sides.values()), table["year"].astype(int) - ago])
        total += counts.reindex(keys, fill_value=0).to_numpy(float)
    return pd.Series(total, index=table.index)


def _is_told(table: pd.DataFrame, events: Events) -> pd.Series:
    """Whether the file tells of all ten years before."""
    return (table["year"] - TEN_YEARS >= events.first) & (table["year"] - 1 <= events.last)


def _rivalries(table: pd.DataFrame, events: Events) -> dict[str, pd.Series]:
    """Any rival, the most capable one with its capability, and whether the major power or another is among them."""
    keys = table[["patron", "protege", "year"]].reset_index(names="row")
    found = keys.merge(events.table, left_on="protege", right_on="state")
    found = found[(found["first"] <= found["year"]) & ~(found["last"] < found["year"])]
    capability = _capabilities(table).reindex(pd.MultiIndex.from_frame(found[["rival", "year"]]))
    found = found.assign(cinc=capability.to_numpy(float))
    strongest = found.sort_values("cinc", ascending=False, kind="stable").drop_duplicates("row").set_index("row")
    known = (table["year"] >= events.first) & ~(table["year"] > events.last)
    name = strongest["rival"].where(strongest["cinc"].notna()).reindex(table.index)
    is_other = [rival != patron and _is_major(rival, year) for rival, patron, year in zip(
        found["rival"], found["patron"], found["year"], strict=True)]
    return {
        "protege_rival_any": _flag(table, found["row"]).where(known),
        "protege_rival": name.astype(object).where(name.notna() & known, None),
        "protege_rival_cinc": strongest["cinc"].reindex(table.index).where(known),
        "rival_is_patron": _flag(table, found.loc[found["rival"] == found["patron"], "row"]).where(known),
        "rival_is_other_major": _flag(table, found.loc[is_other, "row"]).where(known)}


def _flag(table: pd.DataFrame, rows: Any) -> pd.Series:
    return pd.Series(table.index.isin(rows), index=table.index).astype(float)


def _capabilities(table: pd.DataFrame) -> pd.Series:
    """Share of world capability by state and year, of all states that the table has on either side."""
    parts = [table[[side, "year", f"{side}_cinc"]].set_axis(["state", "year", "cinc"], axis="columns")
             for side in ("patron", "protege") if f"{side}_cinc" in table]
    if not parts:
        return pd.Series(dtype=float, index=pd.MultiIndex.from_arrays([[], []], names=["state", "year"]))
    return pd.concat(parts).dropna().drop_duplicates(["state", "year"]).set_index(["state", "year"])["cinc"]


def _is_major(state: str, year: int) -> bool:
    return any(first <= year <= last for first, last in MAJOR_POWERS.get(state, ()))
