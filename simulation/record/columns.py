"""The columns of a table of dyad-years: what each means, what it may hold, and under which names public files have it.

Called by `record.dyads` (reading) and `record.scenario_text` (sources). A dyad-year is one major power (`patron`), one
other state (`protege`) and one year.
"""

from __future__ import annotations

from typing import NamedTuple

HALF_CIRCUMFERENCE_KM = 20_040.0
SHARE, SWITCH, COUNT, TENTH, KM, AMOUNT, LEVEL = "share", "switch", "count", "tenth", "km", "amount", "level"
CODE, TEXT, YEAR = "code", "text", "year"


class Range(NamedTuple):
    """What a number of some kind may be: from `least` to `most`, and how that is said to the user."""

    least: float
    most: float
    is_whole: bool
    allowed: str


RANGES = {
    SHARE: Range(0, 1, False, "a share, 0 to 1"),
    SWITCH: Range(0, 1, True, "0 or 1"),
    LEVEL: Range(0, 5, True, "a whole number, 0 to 5"),
    TENTH: Range(0, 10, True, "a whole number of years, 0 to 10"),
    COUNT: Range(0, float("inf"), True, "a whole number from 0"),
    KM: Range(0, HALF_CIRCUMFERENCE_KM, False, "kilometres, 0 to 20040"),
    AMOUNT: Range(0, float("inf"), False, "a number from 0"),
    YEAR: Range(1816, 2200, True, "a whole year, 1816 to 2200"),
}


class Column(NamedTuple):
    """A column: kind of value (a key of `RANGES`, or code or text), meaning, source, and names in public files.

    aliases : of the column in tables of dyad-years. names_of_state : of a figure of one state in tables of state-years,
    from which this column takes the patron's (names that begin with patron) or the protege's.
    """

    kind: str
    meaning: str
    source: str
    aliases: tuple[str, ...] = ()
    names_of_state: tuple[str, ...] = ()


_ATOP = "Alliance Treaty Obligations and Provisions (Leeds, Ritter, Mitchell & Long 2002)"
_CINC = "Correlates of War National Material Capabilities (Singer, Bremer & Stuckey 1972)"
_SHAPES = "CShapes 2.0 (Schvitz et al. 2022)"
_CONTIGUITY = "Correlates of War Direct Contiguity (Stinnett et al. 2002)"
_RIVALRIES = "Strategic rivalries (Thompson, Sakuwa & Suhas 2021)"
_MIDS = "Militarized Interstate Disputes (Palmer et al. 2022)"
_UCDP = "UCDP/PRIO Armed Conflict Dataset (Gleditsch et al. 2002)"
_VOTES = "United Nations General Assembly ideal points (Bailey, Strezhnev & Voeten 2017)"
_VDEM = "Varieties of Democracy (Coppedge et al.), electoral democracy index"
_FARISS = "Fariss et al. 2022"

KEYS = {
    "patron": Column(CODE, "The major power", "Correlates of War state system", (
        "ccode1", "stateabb1", "statea", "patron_code", "major_power")),
    "protege": Column(CODE, "The other state", "Correlates of War state system", (
        "ccode2", "stateabb2", "stateb", "protege_code", "weak_state")),
    "year": Column(YEAR, "Year", "the table"),
}
FIGURES = {
    "protege_name": Column(TEXT, "Name of the other state", "Correlates of War state system", ("statename2",)),
    "protege_region": Column(TEXT, "Region of the other state, for holding out whole regions", "the table"),
    "atop_defense": Column(SWITCH, "Either owes the other defence", _ATOP, ("defense",)),
    "defense_treaty": Column(SWITCH, "A treaty of defence binds both, as coded by hand", "coded by hand", (
        "treaty_hc", "defense_hc")),
    "atop_offense": Column(SWITCH, "Either owes the other offence", _ATOP, ("offense",)),
    "atop_neutrality": Column(SWITCH, "Either owes the other neutrality", _ATOP, ("atop_neutral", "neutral")),
    "atop_nonagg": Column(SWITCH, "Either owes the other non-aggression", _ATOP, ("nonagg",)),
    "atop_consult": Column(SWITCH, "Either owes the other consultation", _ATOP, ("atop_consul", "consul")),
    "patron_cinc": Column(SHARE, "The patron's share of world capability", _CINC, ("cinc1",), ("cinc",)),
    "protege_cinc": Column(SHARE, "The protege's share of world capability", _CINC, ("cinc2",), ("cinc",)),
    "cap_ratio": Column(AMOUNT, "Capability of the patron over that of the protege", _CINC),
    "min_distance_km": Column(KM, "Distance, border to border", _SHAPES, ("mindist",)),
    "capital_distance_km": Column(KM, "Distance, capital to capital", "peacesciencer (Miller 2022)", ("capdist",)),
    "contiguity": Column(LEVEL, "0 none, 1 by land, 2 to 5 over water of rising width", _CONTIGUITY, ("conttype",)),
    "contig_land": Column(SWITCH, "Contiguous by land", _CONTIGUITY),
    "protege_rival_any": Column(SWITCH, "The protege has a strategic rival", _RIVALRIES),
    "protege_rival": Column(CODE, "Its strongest strategic rival", _RIVALRIES),
    "protege_rival_cinc": Column(SHARE, "That rival's share of world capability", _CINC),
    "rival_is_patron": Column(SWITCH, "The patron is a rival of the protege", _RIVALRIES, ("ongoingrivalry",)),
    "rival_is_other_major": Column(SWITCH, "Another major power is a rival of the protege", _RIVALRIES),
    "mids_targeted_10y": Column(COUNT, "Disputes of the ten years before with it as target", _MIDS),
    "mids_targeted_nonpatron_10y": Column(COUNT, "The same by others than the patron", _MIDS),
    "mids_with_patron_10y": Column(COUNT, "Disputes of the ten years before with the patron", _MIDS),
    "civil_conflict_10y": Column(SWITCH, "Intrastate conflict on its territory in the ten years before", _UCDP),
    "civil_conflict_years_10y": Column(TENTH, "Years of the ten before with intrastate conflict", _UCDP),
    "idealpoint_distance": Column(AMOUNT, "Distance of ideal points, all votes", _VOTES, (
        "IdealPointDistance", "absidealdiff")),
    "idealpoint_distance_fp": Column(AMOUNT, "Distance of ideal points, votes on final passage", _VOTES),
    "patron_polyarchy": Column(SHARE, "Electoral democracy of the patron", _VDEM, (
        "v2x_polyarchy1",), ("v2x_polyarchy",)),
    "protege_polyarchy": Column(SHARE, "Electoral democracy of the protege", _VDEM, (
        "v2x_polyarchy2",), ("v2x_polyarchy",)),
    "protege_gdp_musd": Column(AMOUNT, "Gross domestic product, million 2017 dollars at parity", _FARISS),
    "protege_pop_m": Column(AMOUNT, "Population, million", _FARISS),
    "us_troops": Column(AMOUNT, "American active duty personnel there", "troopdata (Allen, Flynn & Machain 2022)"),
    "rus_presence_hc": Column(LEVEL, "Russian base: 0 none, 1 with consent, 2 without", "coded by hand"),
}
COLUMNS = KEYS | FIGURES
"""All columns by their canonical names, in the order of the table that is made."""

STATE_KEYS = ("ccode", "COWcode", "stateabb", "state")
"""Names of the state in a table of state-years."""

PAIRS_BY_NUMBER = ("ccode1", "stateabb1", "statea")
"""Names of the first state by which a table may hold each pair once, whichever of the two is the major power."""

POLITY = {"polity21": "patron_polyarchy", "polity22": "protege_polyarchy"}
"""Polity scores (-10 to 10; Marshall, Gurr & Jaggers), rescaled to 0..1, where there is no index of democracy."""

FOLLOW_FROM_PACTS = ("us_troops", "rus_presence_hc")
"""Columns that follow from pacts: read, and never an input of a scenario or a score (theory, section 10)."""

MISSING = ("", "NA", "NaN", ".")
"""What is read as a missing value: nothing, R's NA, Python's NaN, Stata's full stop."""
