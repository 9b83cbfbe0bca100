"""What a table must hold before a figure can be drawn of it; what is missing is said in one line."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from simulation.errors import Refusal


def refuse_unfit(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raises `Refusal` if the table lacks a column or has no row. what: the figure, for the message."""
    refuse_without(table, columns, what)
    if table.empty:
        raise Refusal(f"{what}: nothing to show, the table has no row")


def refuse_without(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raises `Refusal` if the table lacks a column; that it has no row may be what there is to show."""
    missing = [name for name in columns if name not in table]
    if missing:
        raise Refusal(f"{what}: columns missing", found=", ".join(map(str, table.columns)) or "no column",
                      allowed=f"a table with {', '.join(missing)}")
