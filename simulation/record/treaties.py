"""Defence treaties coded by hand: a stricter reading of who is allied than every obligation on paper.

`treaties.csv` lists those of the United States and of Russia, with the years in which they bound both sides; what is
left out, and why, is said there. A table of dyads that has a column `defense_treaty` of its own is read as it is.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Literal

import pandas as pd

from simulation.errors import Refusal
from simulation.scenario.validation import listed

FILE = "treaties.csv"
Outcome = Literal["atop_defense", "defense_treaty"]
"""What counts as a pact: any obligation of defence (ATOP), or a treaty coded by hand."""
ATOP: Outcome = "atop_defense"
TREATY: Outcome = "defense_treaty"


@functools.cache
def treaties() -> pd.DataFrame:
    """A row a membership: power, state, treaty, first and last year, NaN where it is in force."""
    with files("simulation.record").joinpath(FILE).open(encoding="utf-8") as file:
        return pd.read_csv(file, comment="#", keep_default_na=False, na_values={"last": [""]})


def with_outcome(table: pd.DataFrame, outcome: Outcome) -> tuple[pd.DataFrame, list[str]]:
    """The table with the column of the outcome filled, and a sentence if it was taken from the list of treaties.

    Raises `Refusal` for a major power that the list does not have, where the table has no column of its own.
    """
    if outcome == ATOP or (outcome in table and table[outcome].notna().any()):
        return table, []
    listed_powers = sorted(treaties()["power"].unique())
    for power in table["patron"].unique():
        if power not in listed_powers:
            raise Refusal("no treaties are listed for a major power of the table", found=str(power),
                          allowed=f"{listed(listed_powers)}, or a table with a column {TREATY}", file="--outcome")
    return table.assign(**{outcome: _is_bound(table)}), [f"{TREATY} is taken from the list of treaties that comes with"
                                                         " the program."]


def _is_bound(table: pd.DataFrame) -> pd.Series:
    """1 where a treaty of the list binds both in the year, else 0."""
    keys = table[["patron", "protege", "year"]].reset_index(names="row")
    found = keys.merge(treaties(), left_on=["patron", "protege"], right_on=["power", "state"])
    rows = found.loc[(found["first"] <= found["year"]) & ~(found["last"] < found["year"]), "row"]
    return pd.Series(table.index.isin(rows), index=table.index).astype(float)
