"""Several tables into one: dyad-years by both states and the year, state-years by one state and the year."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from simulation.errors import Refusal
from simulation.record.columns import FIGURES, KEYS
from simulation.record.reading import HEADER
from simulation.record.values import IDEAL_POINT, Part

KEY = list(KEYS)
SWAPPED = {"patron": "protege", "patron_cinc": "protege_cinc", "patron_polyarchy": "protege_polyarchy"}
SWAPPED |= {other: name for name, other in SWAPPED.items()}
OF_ONE_SIDE = ("protege_name", "protege_rival_any", "protege_rival", "protege_rival_cinc", "rival_is_other_major",
               "mids_targeted_10y", "mids_targeted_nonpatron_10y", "civil_conflict_10y", "civil_conflict_years_10y",
               "protege_gdp_musd", "protege_pop_m", "us_troops", "rus_presence_hc", "cap_ratio")
"""Columns that say nothing of the pair turned round."""


def joined(of_dyads: Iterable[Part], of_states: Iterable[Part]) -> pd.DataFrame:
    """All tables as one. Raises `Refusal` where two files have the same figure."""
    first, *others = of_dyads
    table = first.table
    for part in others:
        _refuse_overlap(table, part, part.table.columns.difference(KEY))
        table = table.merge(part.table, on=KEY, how="outer")
    for part in of_states:
        table = _with_states(table, part)
    return table.reset_index(drop=True)


def _with_states(table: pd.DataFrame, part: Part) -> pd.DataFrame:
    """The table with the figures of a table of state-years on both sides of every dyad."""
    made = {}
    for name, column in FIGURES.items():
        side = "patron" if name.startswith("patron") else "protege"
        for of_state in column.names_of_state:
            if of_state in part.table:
                made[name] = _figure(table, part, side, of_state)
    if IDEAL_POINT in part.table:
        sides = [_figure(table, part, side, IDEAL_POINT) for side in ("patron", "protege")]
        made["idealpoint_distance"] = (sides[0] - sides[1]).abs()
    _refuse_overlap(table, part, made)
    return table.assign(**made)


def _figure(table: pd.DataFrame, part: Part, side: str, name: str) -> pd.Series:
    figures = part.table.set_index(["state", "year"])[name]
    keys = pd.MultiIndex.from_arrays([table[side], table["year"]])
    return pd.Series(figures.reindex(keys).to_numpy(), index=table.index)


def _refuse_overlap(table: pd.DataFrame, part: Part, names: Iterable[str]) -> None:
    for name in names:
        if name in table:
            raise Refusal("a figure that another file has as well", part.header.get(name, name),
                          allowed=f"one file with {name}", file=part.file, line=HEADER)


def mirrored(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Pairs held once, as tables of undirected dyads have them, in both directions; and a sentence if that was done.

    A table that holds any pair in both directions is left as it is. Figures of one side alone are missing in the rows
    that are added, except those that the table has for either side.
    """
    ahead = pd.MultiIndex.from_frame(table[KEY])
    behind = pd.MultiIndex.from_frame(table[["protege", "patron", "year"]])
    if ahead.isin(behind).any():
        return table, []
    turned = table.drop(columns=[name for name in OF_ONE_SIDE if name in table]).rename(columns=SWAPPED)
    note = f"{len(turned)} pairs, held once, were turned round, so that either state may be the patron."
    return pd.concat([table, turned], ignore_index=True), [note]
