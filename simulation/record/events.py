"""Files of events, as their owners distribute them: disputes, armed conflicts and rivalries.

They have no row for each dyad and year, so figures are counted from them (`record.event_figures`):

    disputes    Militarized Interstate Disputes, a row a participant (MIDB) or, as peacesciencer has them, a row a
                directed dyad and year (`cow_mid_dirdisps`, `gml_dirdisp`)
    conflicts   the UCDP/PRIO Armed Conflict Dataset, a row a conflict and year (also peacesciencer's `ucdp_acd`)
    rivalries   strategic rivalries, a row a rivalry (peacesciencer's `tss_rivalries`, `td_rivalries`)

What cannot be right is refused with file, line and column. Called by `record.dyads`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from simulation.errors import Refusal
from simulation.record.columns import COUNT, SWITCH, Column
from simulation.record.country_codes import way_of
from simulation.record.cow_states import BY_NUMBER
from simulation.record.reading import HEADER, Text
from simulation.record.values import found_column, numbers, refuse_gaps, state_column, year_column
from simulation.scenario.validation import shown

DISPUTES, CONFLICTS, RIVALRIES = "disputes", "conflicts", "rivalries"
DISPUTE = ("dispnum", "dispnum3", "dispnum4")
STATE, FIRST, SECOND = ("ccode", "stabb", "stateabb"), ("ccode1", "stateabb1"), ("ccode2", "stateabb2")
START, END = ("styear", "start", "startyear"), ("endyear", "end")
INTRASTATE = {"3": True, "4": True, "1": False, "2": False, "intrastate": True, "internationalized intrastate": True,
              "II": True, "interstate": False, "extrasystemic": False, "extrastate": False}
"""Types of armed conflict, as numbers or as peacesciencer spells them: whether one is within a state."""
GLEDITSCH_WARD = {340: 345, 970: 946, 971: 970, 972: 955, 973: 947}
"""States whose number in the list of Gleditsch and Ward, which UCDP uses, is not that of the Correlates of War."""
UNITED = {260: 255, 678: 679}
"""Germany and Yemen, which keep their number there, and have another here from 1990 on."""
STILL = 9999
"""What some files have in place of the end of what is going on."""


class Events(NamedTuple):
    """What a file of events gives. kind : `DISPUTES`, `CONFLICTS` or `RIVALRIES`.

    table : of disputes dispute, state, is_first (whether on the side that began it) and year, the dispute's first; of
    conflicts state and year; of rivalries state, rival, first and last, NaN where it goes on. States are COW
    abbreviations. first, last : the years that the file tells of; last NaN where it tells of all that follow.
    """

    kind: str
    table: pd.DataFrame
    first: float
    last: float
    file: str


def kind_of_events(text: Text) -> str:
    """The kind of events in a file; empty if it is a table of dyad-years or state-years."""
    has = {kind: any(found_column(text, name) for name in names) for kind, names in (
        ("dispute", DISPUTE), ("side", ("sidea", "sidea1")), ("start", START), ("end", END),
        ("pair", ("ccode1", "stateabb1")), ("conflict", ("conflict_id",)), ("type", ("type_of_conflict",)),
        ("year", ("year",)))}
    if has["conflict"] and has["type"]:
        return CONFLICTS
    # a table of dyad-years with disputes beside other figures has rows without one
    if has["dispute"] and (has["side"] or has["start"]) and text.cells[_one(text, DISPUTE)].notna().all():
        return DISPUTES
    return RIVALRIES if has["pair"] and has["start"] and has["end"] and not has["year"] else ""


def events_in(text: Text, kind: str) -> Events:
    """The events of a kind in a file. Raises `Refusal` with file, line and column for the first thing that is wrong."""
    return {DISPUTES: _disputes, CONFLICTS: _conflicts, RIVALRIES: _rivalries}[kind](text)


def _disputes(text: Text) -> Events:
    number = numbers(text, _one(text, DISPUTE), Column(COUNT, "Dispute", ""))
    parts = []
    for state, side in ((STATE, "sidea"), (FIRST, "sidea1"), (SECOND, "sidea2")):
        if any(found_column(text, name) for name in state) and found_column(text, side):
            years = year_column(text, _one(text, START if side == "sidea" else ("year",)))
            parts.append(pd.DataFrame({
                "dispute": number, "state": _states(text, _one(text, state), years),
                "is_first": numbers(text, found_column(text, side), Column(SWITCH, "Side", "")) == 1, "year": years}))
    if not parts:
        raise Refusal("disputes without their participants", allowed="MIDB, with ccode, sidea and styear, or directed"
                      " dyad-years with ccode1, ccode2, year, sidea1 and sidea2", file=text.file, line=HEADER)
    table = pd.concat(parts, ignore_index=True)
    table["year"] = table.groupby("dispute")["year"].transform("min").astype(int)
    return Events(DISPUTES, table.drop_duplicates(), table["year"].min(), table["year"].max(), text.file)


def _conflicts(text: Text) -> Events:
    years, kinds = year_column(text, _one(text, ("year",))), text.cells[_one(text, ("type_of_conflict",))]
    place = _one(text, ("gwno_loc", "gwno_a"))
    refuse_gaps(text, place)
    for line, kind in kinds.items():
        if kind not in INTRASTATE:
            raise Refusal("not a type of conflict", _one(text, ("type_of_conflict",)), shown(kind), "1 to 4, or a word"
                          " of peacesciencer's, such as intrastate", file=text.file, line=int(line))
    is_within = kinds.map(INTRASTATE).astype(bool)
    rows = [(state, int(years[line])) for line in years.index[is_within]
            for state in _located(text, place, int(line), int(years[line]))]
    table = pd.DataFrame(rows, columns=["state", "year"]).drop_duplicates(ignore_index=True)
    return Events(CONFLICTS, table, years.min(), years.max(), text.file)


def _located(text: Text, column: str, line: int, year: int) -> Iterator[str]:
    """The states in a cell with numbers of Gleditsch and Ward, separated by commas; those that are no member of the
    system of the Correlates of War are passed over."""
    for part in str(text.cells[column][line]).split(","):
        number = part.strip().removesuffix(".0")
        if not (number.isascii() and number.isdigit()):
            raise Refusal("not a number of Gleditsch and Ward", column, shown(text.cells[column][line]),
                          "numbers, separated by commas", file=text.file, line=line)
        own = GLEDITSCH_WARD.get(int(number), int(number))
        state = BY_NUMBER.get(UNITED.get(own, own) if year >= 1990 else own)
        if state is not None:
            yield state.code


def _rivalries(text: Text) -> Events:
    starts = year_column(text, _one(text, START))
    ends = numbers(text, _one(text, END), Column(COUNT, "Last year", ""))
    ends = ends.where(ends != STILL)
    wrong = ends.index[ends < starts]
    if len(wrong):
        raise Refusal("ends before it begins", _one(text, END), f"{ends[wrong[0]]:g}",
                      f"{starts[wrong[0]]:g} or later", file=text.file, line=int(wrong[0]))
    sides = [_states(text, _one(text, names), starts) for names in (FIRST, SECOND)]
    table = pd.concat([pd.DataFrame({"state": own, "rival": other, "first": starts, "last": ends})
                       for own, other in (sides, sides[::-1])], ignore_index=True)
    return Events(RIVALRIES, table, starts.min(), float("nan") if ends.isna().any() else ends.max(), text.file)


def _states(text: Text, column: str, years: pd.Series) -> pd.Series:
    return state_column(text, column, years, way_of(text.cells[column].dropna()), True)


def _one(text: Text, names: tuple[str, ...]) -> str:
    """The first of these columns that the file has. Raises `Refusal` if it has none."""
    found = next((column for name in names if (column := found_column(text, name))), "")
    if not found:
        raise Refusal("missing column", names[0], allowed=f"a column {' or '.join(names)}", file=text.file, line=HEADER)
    return found
