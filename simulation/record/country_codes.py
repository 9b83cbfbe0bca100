"""States by their Correlates of War abbreviations, whichever way a table names them.

A table names states in one of four ways: COW abbreviation (RUS, GFR), COW number (365), ISO 3166-1 alpha-3 code (DEU)
or English name. The way is that of the whole table, because codes collide: AUS is Austria in COW and Australia in ISO.
It is the one that knows most of the table's codes; among equals the first of these four. A code that the table's way
does not know is read in another, so that states without an ISO code (GDR, YUG) are not lost.
"""

from __future__ import annotations

import functools
import importlib.resources
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from simulation.errors import Refusal
from simulation.record.cow_states import BY_CODE, BY_ISO3, BY_NAME, BY_NUMBER, DIVIDED
from simulation.scenario.validation import nearest, shown

if TYPE_CHECKING:
    from simulation.record.cow_states import CowState

ALLOWED = "a COW abbreviation or number, an ISO3 code or an English name"


def _by_number(code: str) -> CowState | None:
    number = code.removesuffix(".0")
    return BY_NUMBER.get(int(number)) if number.isascii() and number.isdigit() else None


def _by_name(code: str) -> CowState | None:
    return BY_NAME.get(code.casefold()) or BY_ISO3.get(_iso3_of_name(code))


WAYS: dict[str, Callable[[str], CowState | None]] = {
    "COW abbreviation": lambda code: BY_CODE.get(code.upper()),
    "COW number": _by_number,
    "ISO3 code": lambda code: BY_ISO3.get(code.upper()),
    "English name": _by_name,
}
"""How a table may name states, each with what finds the state or gives None."""


def way_of(codes: Iterable[str]) -> str:
    """The way, a key of `WAYS`, in which these distinct codes are written."""
    codes = set(codes)
    known = {way: sum(find(code) is not None for code in codes) for way, find in WAYS.items()
             if way != "English name"}
    best = max(known, key=lambda way: known[way])
    return best if known[best] * 2 >= len(codes) else "English name"


def cow_code(code: str, year: int | None = None, way: str = "COW abbreviation") -> str:
    """The COW abbreviation of a state.

    year : tells states apart that had one ISO code after another (Germany, Yemen). way : read first, a key of `WAYS`.

    Raises
    ------
    Refusal : no state is known by this code; it names the nearest that is.
    """
    for name in dict.fromkeys((way, *WAYS)):
        state = WAYS[name](code)
        if state is not None:
            divided, years = DIVIDED.get(state.iso3, ("", range(0)))
            is_iso = name in ("ISO3 code", "English name")
            return divided if is_iso and year in years else state.code
    meant = nearest(code, BY_CODE) or nearest(code, [state.name for state in BY_CODE.values()])
    raise Refusal("not a state", found=shown(code), allowed=ALLOWED, suggestion=meant)


def cow_codes(codes: pd.Series, years: pd.Series, way: str, column: str, file: str) -> pd.Series:
    """A column of codes as COW abbreviations, None where missing. Raises `Refusal` with the line of a wrong code.

    codes : text or None, by line. years : whole years, by the same lines.
    """
    found: dict[tuple[str, int], str] = {}
    for line, code, year in zip(codes.index, codes, years, strict=True):
        if code is None or (code, int(year)) in found:
            continue
        try:
            found[code, int(year)] = cow_code(code, int(year), way)
        except Refusal as refusal:
            refusal.path, refusal.file, refusal.line = column, file, int(line)
            raise
    return pd.Series([None if code is None else found[code, int(year)]
                      for code, year in zip(codes, years, strict=True)], index=codes.index, dtype=object)


@functools.cache
def _iso3_of_name(name: str) -> str:
    """ISO3 code of a state by its English name in any usual spelling; empty if it is not known."""
    found = _converter().convert(name, src="regex", to="ISO3", not_found="")
    return found if isinstance(found, str) else ""


@functools.cache
def _converter() -> Any:
    """The converter of names, on its table read with Namibia's code NA as text: its own reading drops that."""
    # slow to import, and needed only for names that the list of states does not hold
    from country_converter import CountryConverter  # noqa: PLC0415

    logging.getLogger("country_converter.country_converter").setLevel(logging.CRITICAL)
    with importlib.resources.files("country_converter").joinpath("country_data.tsv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False, na_values=[""])
    return CountryConverter(country_data=table.fillna({"ISO2": "", "ISO3": ""}))
