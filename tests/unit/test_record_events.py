"""Disputes, conflicts and rivalries from files as their owners distribute them: counted, and refused with their place.
All rows are invented."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from simulation.errors import Refusal
from simulation.record.dyads import read_dyads

DYADS = ("ccode1,ccode2,year,mindist\n2,40,2005,150\n2,41,2005,900\n2,42,2005,1000\n2,385,1990,9000\n365,40,2005,9000\n"
         "365,41,2005,9000\n365,42,2005,9000\n")
NMC = "ccode,year,cinc\n2,2005,0.15\n365,2005,0.04\n40,2005,0.002\n41,2005,0.0002\n42,2005,0.0005\n"
MIDB = """dispnum,stabb,ccode,stday,stmon,styear,endyear,sidea,hostlev
1,USA,2,1,1,1996,1996,1,3
1,CUB,40,1,1,1996,1996,0,3
2,HAI,41,1,1,2004,2005,1,4
2,CUB,40,1,2,2005,2005,0,4
3,CUB,40,1,1,1994,1994,0,4
3,HAI,41,1,1,1994,1994,1,4
4,CUB,40,1,1,1999,1999,1,2
4,USA,2,1,1,1999,1999,0,2
5,DOM,42,1,1,2014,2014,0,2
5,HAI,41,1,1,2014,2014,1,2
"""
"""Of 2005: 1 and 2 have Cuba as target, 1 by the United States; 3 began eleven years before; in 4 Cuba began."""
UCDP = """conflict_id,location,gwno_a,gwno_b,gwno_loc,year,type_of_conflict,intensity_level
1,"Haiti",41,,41,2003,3,1
1,"Haiti",41,,41,2004,4,1
2,"Haiti, Cuba",41,40,"41, 40",2003,2,1
3,"Cuba, Dominica",40,,"40, 42",1995,3,1
4,"Germany",260,,260,1946,3,1
5,"x",2,,2,2005,1,1
"""
RIVALS = """rivalryname,ccode1,ccode2,start,end
"US-Cuba",2,40,1960,2010
"Cuba-Haiti",40,41,2000,2010
"Cuba-Dominica",42,40,1960,1990
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {"pairs": DYADS, **files}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def rows_of(path: Path):
    return read_dyads(path).table.set_index(["patron", "protege", "year"])


def test_disputes_count_by_their_first_year_and_by_who_began(tmp_path):
    rows = rows_of(folder(tmp_path, MIDB=MIDB))
    usa, russia = rows.loc[("USA", "CUB", 2005)], rows.loc[("RUS", "CUB", 2005)]
    assert (usa["mids_targeted_10y"], usa["mids_targeted_nonpatron_10y"], usa["mids_with_patron_10y"]) == (2, 1, 2)
    assert (russia["mids_targeted_10y"], russia["mids_targeted_nonpatron_10y"], russia["mids_with_patron_10y"]) == (
        2, 2, 0)
    assert rows.loc[("USA", "HAI", 2005), "mids_targeted_10y"] == 0
    assert math.isnan(rows.loc[("USA", "NOR", 1990), "mids_targeted_10y"])  # the file begins in 1994


def test_disputes_as_peacesciencer_has_them_give_the_same(tmp_path):
    (tmp_path / "a").mkdir()
    raw = rows_of(folder(tmp_path / "a", MIDB=MIDB))
    directed = ("dispnum,ccode1,ccode2,year,disponset,sidea1,sidea2\n1,2,40,1996,1,1,0\n1,40,2,1996,1,0,1\n"
                "2,41,40,2004,1,1,0\n2,40,41,2005,0,0,1\n3,41,40,1994,1,1,0\n4,40,2,1999,1,1,0\n5,41,42,2014,1,1,0\n")
    (tmp_path / "b").mkdir()
    names = ["mids_targeted_10y", "mids_targeted_nonpatron_10y", "mids_with_patron_10y"]
    assert rows_of(folder(tmp_path / "b", disputes=directed))[names].equals(raw[names])


def test_conflicts_within_a_state_count_where_they_lie(tmp_path):
    read = read_dyads(folder(tmp_path, ucdp=UCDP))
    rows = read.table.set_index(["patron", "protege", "year"])
    told = rows.loc[("USA", slice(None), 2005), "civil_conflict_years_10y"].droplevel([0, 2])
    assert told.to_dict() == {"CUB": 1, "HAI": 2, "DOM": 1}  # 1995 is the tenth year before; type 2 is between states
    assert rows.loc[("USA", "NOR", 1990), "civil_conflict_10y"] == 0
    assert any("civil_conflict_years_10y counted from" in note for note in read.notes)


def test_the_strongest_rival_is_the_most_capable_one_of_the_year(tmp_path):
    rows = rows_of(folder(tmp_path, rivals=RIVALS, nmc=NMC))
    cuba = rows.loc[("RUS", "CUB", 2005)]
    assert (cuba["protege_rival"], cuba["protege_rival_cinc"], cuba["rival_is_patron"]) == ("USA", 0.15, 0)
    assert (cuba["rival_is_other_major"], rows.loc[("USA", "CUB", 2005), "rival_is_patron"]) == (1, 1)
    assert rows.loc[("USA", "CUB", 2005), "rival_is_other_major"] == 0
    dominica = rows.loc[("USA", "DOM", 2005)]
    assert (dominica["protege_rival_any"], dominica["protege_rival"]) == (0, None)
    assert rows.loc[("USA", "HAI", 2005), "protege_rival"] == "CUB"


def test_a_rival_without_a_capability_is_not_called_the_strongest(tmp_path):
    cuba = rows_of(folder(tmp_path, rivals=RIVALS)).loc[("USA", "CUB", 2005)]
    assert cuba["protege_rival_any"] == 1 and cuba["protege_rival"] is None and math.isnan(cuba["protege_rival_cinc"])


def test_rivalries_after_the_last_year_of_the_file_are_unknown_unless_one_goes_on(tmp_path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    ended = RIVALS.replace("2010", "2000")
    assert math.isnan(rows_of(folder(tmp_path / "a", rivals=ended)).loc[("USA", "CUB", 2005), "protege_rival_any"])
    still = RIVALS.replace("2010", "9999")
    assert rows_of(folder(tmp_path / "b", rivals=still)).loc[("USA", "CUB", 2005), "protege_rival_any"] == 1


@pytest.mark.parametrize(("name", "text", "line"), [
    ("MIDB", MIDB.replace("40,1,1,1996,1996,0", "40,1,1,1996,1996,2"),
     "MIDB.csv:3: sidea: out of range; found '2'; allowed: 0 or 1"),
    ("MIDB", MIDB.replace("2,HAI,41", "2,HAI,4100"), "MIDB.csv:4: ccode: not a state; found '4100'"),
    ("MIDB", MIDB.replace("1,1,2004", "1,1,NA"), "MIDB.csv:4: styear: missing; allowed: a value in every row"),
    ("MIDA", "dispnum,styear,endyear\n1,1996,1996\n", "MIDA.csv:1: disputes without their participants"),
    ("ucdp", UCDP.replace("2004,4,", "2004,7,"), "ucdp.csv:3: type_of_conflict: not a type of conflict; found '7'"),
    ("ucdp", UCDP.replace('"40, 42"', '"40, x"'), "ucdp.csv:5: gwno_loc: not a number of Gleditsch and Ward"),
    ("ucdp", UCDP.replace("gwno_a,", "a,").replace("gwno_loc", "loc"), "ucdp.csv:1: gwno_loc: missing column"),
    ("rivals", RIVALS.replace("2000,2010", "2000,1990"), "rivals.csv:3: end: ends before it begins; found 1990"),
    ("rivals", RIVALS.replace("2000,2010", "x,2010"), "rivals.csv:3: start: not a number; found 'x'"),
])
def test_what_cannot_be_right_is_refused_with_file_line_and_column(name, text, line, tmp_path):
    with pytest.raises(Refusal) as refusal:
        read_dyads(folder(tmp_path, **{name: text}))
    assert line in str(refusal.value)


def test_two_files_of_one_kind_or_a_figure_in_two_files_are_refused(tmp_path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    with pytest.raises(Refusal, match="two files of conflicts"):
        read_dyads(folder(tmp_path / "a", one=UCDP, two=UCDP))
    more = "ccode1,ccode2,year,civil_conflict_10y\n2,40,2005,1\n"
    with pytest.raises(Refusal, match="civil_conflict_10y: a figure that another file has as well"):
        read_dyads(folder(tmp_path / "b", pairs=more, ucdp=UCDP))
