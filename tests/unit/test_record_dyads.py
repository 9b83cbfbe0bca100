"""Tables of dyad-years: every oddity that is read, every fault that is refused. All rows are invented."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pandas as pd
import pytest

from simulation.errors import Refusal
from simulation.record.columns import COLUMNS
from simulation.record.country_codes import cow_code, way_of
from simulation.record.cow_states import STATES
from simulation.record.dyads import read_dyads
from simulation.record.scenario_text import COLUMN_OF

HEADER = "patron,protege,year,patron_cinc,protege_cinc,min_distance_km,atop_defense"
ROWS = ("RUS,FIN,1971,0.2,0.004,0,0", "RUS,GDR,1971,0.2,0.01,250.5,1")


def written(folder, *lines, name="dyads.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def refused(path):
    with pytest.raises(Refusal) as caught:
        read_dyads(path)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_table_is_read_into_canonical_columns(tmp_path):
    dyads = read_dyads(written(tmp_path, HEADER, *ROWS))
    assert list(dyads.table) == list(COLUMNS)
    assert dyads.patrons == ("RUS",) and dyads.years_of("RUS") == (1971,)
    row = dyads.of("Russia", 1971).loc["GDR"]
    assert (row["min_distance_km"], row["atop_defense"], row["cap_ratio"]) == (250.5, 1.0, pytest.approx(20))
    assert dyads.missing["min_distance_km"] == 0
    assert dyads.missing["us_troops"] == 2 and dyads.table["us_troops"].isna().all()
    assert dyads.table["year"].dtype == int
    assert any("cap_ratio" in note for note in dyads.notes)


def test_gzip_byte_order_mark_and_blank_lines_are_read(tmp_path):
    plain = read_dyads(written(tmp_path, HEADER, *ROWS))
    marked = written(tmp_path, HEADER, ROWS[0], "", ROWS[1], "", name="marked.csv", encoding="utf-8-sig")
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(marked.read_bytes()))
    for path in (marked, packed):
        pd.testing.assert_frame_equal(read_dyads(path).table, plain.table)


def test_semicolons_with_decimal_commas_are_read(tmp_path):
    lines = [line.replace(",", ";").replace(".", ",") for line in (HEADER, *ROWS)]
    table = read_dyads(written(tmp_path, *lines)).table
    assert list(table["min_distance_km"]) == [0.0, 250.5]
    assert list(table["protege_cinc"]) == [0.004, 0.01]


@pytest.mark.parametrize("word", ["", "NA", "NaN", "."])
def test_missing_values_are_read_and_counted(word, tmp_path):
    dyads = read_dyads(written(tmp_path, HEADER, ROWS[0], f"RUS,GDR,1971,0.2,0.01,{word},1"))
    assert math.isnan(dyads.of("RUS", 1971).loc["GDR", "min_distance_km"])
    assert dyads.missing["min_distance_km"] == 1


def test_a_table_as_r_writes_it(tmp_path):
    table = read_dyads(written(tmp_path, '"","patron","protege","year","atop_defense"', '"1","RUS","FIN",1971,TRUE',
                               '"2","RUS","GDR",1971,NA'))
    assert list(table.table["protege"]) == ["FIN", "GDR"]
    assert table.table["atop_defense"][0] == 1.0 and table.missing["atop_defense"] == 1
    assert table.unread == ()


def test_columns_without_a_name_are_passed_over(tmp_path):
    assert len(read_dyads(written(tmp_path, f",{HEADER},", *(f"1,{row},2" for row in ROWS))).table) == 2


def test_columns_without_a_meaning_are_told(tmp_path):
    assert read_dyads(written(tmp_path, f"{HEADER},mood", *(f"{row},7" for row in ROWS))).unread == ("mood",)


@pytest.mark.parametrize(("codes", "way", "expected"), [
    (("RUS", "AUS", "SLV"), "COW abbreviation", ["AUS", "SLV"]),
    (("365", "900", "92"), "COW number", ["AUL", "SAL"]),
    (("365.0", "900.0", "92.0"), "COW number", ["AUL", "SAL"]),
    (("RUS", "AUS", "SLV", "DEU", "DZA"), "ISO3 code", ["ALG", "AUL", "GMY", "SAL"]),
    (("Russia", "Australia", "Czechia", "Namibia"), "English name", ["AUL", "CZR", "NAM"]),
])
def test_states_are_named_in_four_ways(codes, way, expected, tmp_path):
    """AUS is Austria and SLV Slovenia in COW; in ISO they are Australia and El Salvador."""
    first, *others = codes
    dyads = read_dyads(written(tmp_path, "patron,protege,year", *(f"{first},{code},2003" for code in others)))
    assert dyads.code_way == way
    assert list(dyads.table["protege"]) == expected


def test_states_of_the_past_are_kept(tmp_path):
    lines = [f"RUS,{code},1975" for code in ("GDR", "YUG", "CZE", "YAR", "YPR", "RVN", "ZAN", "GFR")]
    table = read_dyads(written(tmp_path, "patron,protege,year", *lines)).table
    assert sorted(table["protege"]) == ["CZE", "GDR", "GFR", "RVN", "YAR", "YPR", "YUG", "ZAN"]


def test_iso_codes_follow_the_year():
    assert cow_code("DEU", 1975, "ISO3 code") == "GFR" and cow_code("DEU", 1995, "ISO3 code") == "GMY"
    assert cow_code("CSK", 1975, "ISO3 code") == "CZE" and cow_code("CZE", 1995, "ISO3 code") == "CZR"
    assert cow_code("CZE", 1975) == "CZE" and cow_code("GDR", 1975, "ISO3 code") == "GDR"
    assert cow_code("Yemen", 1980, "English name") == "YAR" and cow_code("YEM", 1980) == "YEM"


def test_the_list_of_states_has_no_code_twice():
    assert len({state.code for state in STATES}) == len({state.number for state in STATES}) == len(STATES) == 217
    assert way_of(state.name for state in STATES) == "English name"


@pytest.mark.parametrize(("line", "parts"), [
    ("RUS,XQX,1971,0.2,0.01,0,1", ("dyads.csv:3: protege: not a state; found 'XQX'", "COW abbreviation or number")),
    ("RUS,GDRR,1971,0.2,0.01,0,1", ("dyads.csv:3: protege: not a state; found 'GDRR'", "did you mean GDR?")),
    ("RUS,,1971,0.2,0.01,0,1", ("dyads.csv:3: protege: missing",)),
    ("RUS,GDR,1971,0.2,high,0,1", ("dyads.csv:3: protege_cinc: not a number; found 'high'", "NA")),
    ("RUS,GDR,1971,0.2,inf,0,1", ("dyads.csv:3: protege_cinc: not a number; found 'inf'",)),
    ('RUS,GDR,1971,0.2,"0,01",0,1', ("dyads.csv:3: protege_cinc: not a number; found '0,01'",)),
    ("RUS,GDR,1971,0.2,1.2,0,1", ("dyads.csv:3: protege_cinc: out of range; found '1.2'", "a share, 0 to 1")),
    ("RUS,GDR,1971,0.2,-9,0,1", ("dyads.csv:3: protege_cinc: out of range; found '-9'",)),
    ("RUS,GDR,1971,0.2,0.01,-4,1", ("dyads.csv:3: min_distance_km: out of range", "kilometres")),
    ("RUS,GDR,1971,0.2,0.01,0,0.5", ("dyads.csv:3: atop_defense: out of range; found '0.5'", "0 or 1")),
    ("RUS,GDR,1971.5,0.2,0.01,0,1", ("dyads.csv:3: year: out of range; found '1971.5'", "a whole year")),
    ("RUS,GDR,,0.2,0.01,0,1", ("dyads.csv:3: year: missing",)),
    ("RUS,FIN,1971,0.2,0.01,0,1", ("dyads.csv:3: a row for the same states and year twice; found RUS, FIN, 1971",
                                   "the first is in line 2")),
    ("RUS,RUS,1971,0.2,0.01,0,1", ("dyads.csv:3: a state paired with itself; found RUS, RUS, 1971",)),
    ("RUS,GDR,1971,0.2,0.01,0", ("dyads.csv:3: a row of another length; found 6 values", "7, as there are columns")),
    ("RUS,GDR,1971,0.2,0.01,0,1,5", ("dyads.csv:3: a row of another length; found 8 values",)),
])
def test_a_wrong_row_is_refused_with_its_line(line, parts, tmp_path):
    message = str(refused(written(tmp_path, HEADER, ROWS[0], line)))
    assert [part for part in parts if part not in message] == [], message


def test_lines_are_counted_with_blank_ones(tmp_path):
    assert refused(written(tmp_path, HEADER, "", ROWS[0], "", "RUS,GDR,1971,0.2,high,0,1")).line == 5


def test_a_missing_column_is_refused_with_the_one_that_was_meant(tmp_path):
    message = str(refused(written(tmp_path, HEADER.replace("protege,", "protegee,"), *ROWS)))
    assert "dyads.csv:1: protege: missing column" in message
    assert "ccode2" in message and "did you mean protege for protegee?" in message


def test_a_column_twice_is_refused(tmp_path):
    assert "a column twice" in str(refused(written(tmp_path, f"{HEADER},year", *(f"{row},1971" for row in ROWS))))
    twice = written(tmp_path, "patron,protege,year,mindist,min_distance_km", "RUS,FIN,1971,0,0")
    assert list(read_dyads(twice).unread) == ["mindist"]
    two = written(tmp_path, "patron,protege,year,absidealdiff,IdealPointDistance", "RUS,FIN,1971,0,0")
    assert "two columns with one meaning" in str(refused(two))


@pytest.mark.parametrize(("content", "problem"), [
    (b"", "an empty file"), (b"\n \n", "an empty file"), (f"{HEADER}\n".encode(), "an empty table"),
    (f"{HEADER}\n{ROWS[0]}\nRUS,\xff".encode("latin-1"), "not UTF-8"), (b"\x1f\x8bno", "damaged"),
])
def test_files_without_a_table_are_refused(content, problem, tmp_path):
    (tmp_path / "dyads.csv").write_bytes(content)
    assert problem in str(refused(tmp_path / "dyads.csv"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "nothing.csv: no such file" in str(refused(tmp_path / "nothing.csv"))
    assert "a folder without a table" in str(refused(tmp_path))


def test_a_power_or_year_that_is_not_there_is_refused(tmp_path):
    dyads = read_dyads(written(tmp_path, HEADER, *ROWS))
    with pytest.raises(Refusal, match="a power without dyads; found USA; allowed: RUS"):
        dyads.of("USA", 1971)
    with pytest.raises(Refusal, match="a year without dyads; found 1980; allowed: 1971 to 1971, of RUS"):
        dyads.of("RUS", 1980)


PEACESCIENCER = ("ccode1,ccode2,year,atop_defense,atop_neutral,cinc1,cinc2,mindist,capdist,conttype,polity21,polity22",
                 "2,365,1971,0,0,0.2,0.2,80,7800,4,10,-6", "2,375,1971,0,0,0.2,0.004,5000,6900,0,10,10",
                 "365,375,1971,0,1,0.2,0.004,0,890,1,-6,10")


def test_a_table_of_peacesciencer_is_read_by_its_own_names(tmp_path):
    dyads = read_dyads(written(tmp_path, *PEACESCIENCER))
    row = dyads.of("RUS", 1971).loc["FIN"]
    assert (row["atop_neutrality"], row["patron_cinc"], row["min_distance_km"], row["capital_distance_km"],
            row["contig_land"]) == (1, 0.2, 0, 890, 1)
    assert row["patron_polyarchy"] == pytest.approx(0.2) and row["protege_polyarchy"] == 1.0
    assert any("rescaled" in note for note in dyads.notes)


def test_pairs_held_once_are_turned_round(tmp_path):
    dyads = read_dyads(written(tmp_path, *PEACESCIENCER))
    assert len(dyads.table) == 6
    row = dyads.of("RUS", 1971).loc["USA"]
    assert (row["patron_polyarchy"], row["protege_polyarchy"]) == (pytest.approx(0.2), 1.0)
    assert any("turned round" in note for note in dyads.notes)
    directed = written(tmp_path, *PEACESCIENCER, "375,365,1971,0,1,0.004,0.2,0,890,1,10,-6")
    assert len(read_dyads(directed).table) == 4


def test_a_folder_with_one_table_of_dyads_is_that_table(tmp_path):
    written(tmp_path, HEADER, *ROWS)
    written(tmp_path, "other,columns", "1,2", name="notes.csv")
    assert len(read_dyads(tmp_path).table) == 2


def test_a_folder_of_public_files_is_joined_by_state_and_year(tmp_path):
    written(tmp_path, "ccode1,ccode2,year,atop_defense", "365,375,1971,0", "365,265,1971,1", name="atop.csv")
    written(tmp_path, "ccode1,ccode2,year,mindist", "365,375,1971,0", name="distance.csv")
    written(tmp_path, "ccode,year,cinc", "365,1971,0.2", "375,1971,0.004", name="nmc.csv")
    written(tmp_path, "country_name,COWcode,year,v2x_polyarchy", "Finland,375,1971,0.8", name="vdem.csv")
    written(tmp_path, "ccode,year,IdealPointAll", "365,1971,-2.5", "375,1971,0.5", name="votes.csv")
    dyads = read_dyads(tmp_path)
    row = dyads.of("RUS", 1971).loc["FIN"]
    assert (row["patron_cinc"], row["protege_cinc"], row["cap_ratio"]) == (0.2, 0.004, pytest.approx(50))
    assert (row["min_distance_km"], row["protege_polyarchy"], row["idealpoint_distance"]) == (0, 0.8, 3)
    east = dyads.of("RUS", 1971).loc["GDR"]
    assert east["atop_defense"] == 1 and math.isnan(east["min_distance_km"]) and math.isnan(east["protege_cinc"])
    assert dyads.unread == ("country_name",)


def test_a_figure_in_two_files_of_a_folder_is_refused(tmp_path):
    written(tmp_path, "ccode1,ccode2,year,mindist", "365,375,1971,0", name="a.csv")
    written(tmp_path, "ccode1,ccode2,year,mindist", "365,375,1971,5", name="b.csv")
    message = str(refused(tmp_path))
    assert "b.csv:1: mindist: a figure that another file has as well" in message


def test_a_folder_of_state_years_alone_is_refused(tmp_path):
    written(tmp_path, "ccode,year,cinc", "365,1971,0.2", name="nmc.csv")
    assert "no table of dyads" in str(refused(tmp_path))


def test_lines_are_counted_through_quoted_line_breaks(tmp_path):
    path = written(tmp_path, f"protege_name,{HEADER}", f'"Fin\nland",{ROWS[0]}', "East,RUS,GDR,1971,0.2,high,0,1")
    assert refused(path).line == 4


def test_the_page_has_every_column_with_its_names():
    page = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
    rows = [f"| `{name}`{'*' if name in COLUMN_OF.values() else ''} | {column.meaning} |"
            f" {', '.join(f'`{other}`' for other in (*column.aliases, *column.names_of_state))} | {column.source} |"
            for name, column in COLUMNS.items()]
    table = "\n".join(["| column | meaning | other names | source |", "| --- | --- | --- | --- |", *rows])
    assert f"<!-- columns -->\n{table}\n<!-- end columns -->" in page, table
