"""A scenario file for a major power and a year, every figure from a table of dyads and named with its source.

Weak states are the states over which the major power has more capability (`cap_ratio` above 1). From the record come

    capability             the state's share of world capability
    challenger_capability  the same of its strongest rival that is not the major power; without one, the state's own
    crisis_rate            (d + 0.5) / 11, at most 0.5; d: disputes of the ten years before that made it their target
    patron_threat          share of these that the major power opened; the half dispute among them where it is the
                           state's strongest rival
    instability            share of the ten years before with intrastate conflict
    distance_km            border to border; where that is missing, capital to capital
    preference_distance    distance of ideal points; competitor_preference_distance: the same to the most capable other
                           major power of the table, where it has one
    observed               a defence obligation, for comparison alone

What follows from pacts (bases, troops, exercises, arms) is no input: `basing` and `rival_pull` are the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulation.errors import Refusal
from simulation.record.capitals import capitals
from simulation.record.columns import COLUMNS
from simulation.record.country_codes import cow_code
from simulation.record.cow_states import name_of
from simulation.record.dyads import Dyads
from simulation.record.fitted_scenario import FittedTheory, fitted_data
from simulation.record.observables import (
    DISPUTES_OF_OTHERS,
    KEY,
    TEN_YEARS,
    challengers,
    competitors,
    crisis_rates,
    distances,
    patron_threats,
)
from simulation.scenario.file import dump_yaml
from simulation.scenario.parameters import MajorPower, Relation, WeakState
from simulation.scenario.scenario import FORMAT
from simulation.scenario.validation import listed

YEARS = 30
DECIMALS = {"crisis_rate": 3, "distance_km": 3, "preference_distance": 3, "patron_threat": 3,
            "competitor_preference_distance": 3}
BASING, RIVAL_PULL = 0.5, 0.0
COLUMN_OF = {
    "capability": "protege_cinc", "challenger_capability": "protege_rival_cinc",
    "crisis_rate": DISPUTES_OF_OTHERS, "instability": "civil_conflict_years_10y",
    "distance_km": "min_distance_km", "preference_distance": "idealpoint_distance"}
"""Fields that need a figure from the record, each with the column that is named where it is missing."""
RELATIONAL = ("distance_km", "preference_distance")
WHERE_KNOWN = ("patron_threat", "competitor_preference_distance")
"""Fields of a pair that are written where the table tells them, and else left at their default."""
DEFAULTS = {name: record.model_fields[name].default for record, name in (
    (WeakState, "crisis_rate"), (WeakState, "instability"), (Relation, "preference_distance"))}
"""What stands in where a year has no figure at all from which a median could be taken."""


@dataclass(frozen=True)
class RecordedScenario:
    """A scenario file as text, with what the reader should know of it.

    left_out : states without a required figure, with the columns that are missing. imputed : states with figures filled
    in, with the fields. pacts : number of weak states with a recorded defence pact. invented : of fields for which the
    year has no figure at all, what they are; in sentences.
    """

    name: str
    text: str
    power: str
    year: int
    weak_states: tuple[str, ...]
    pacts: int
    left_out: dict[str, tuple[str, ...]]
    imputed: dict[str, tuple[str, ...]]
    invented: tuple[str, ...] = ()


def scenario_text(dyads: Dyads, power: str, year: int, impute: bool = False,
                  fit: FittedTheory | None = None) -> RecordedScenario:
    """The scenario of a major power in a year.

    Parameters
    ----------
    power : COW abbreviation or number, ISO3 code or English name. year : becomes the start year.
    impute : fill missing figures with the median of the weak states in that year, said in the sources; else states with
        a missing figure are left out. fit : parameters in place of defaults, with the observables that belong to them.

    Raises
    ------
    Refusal : the table has no such power or year, no capability of the power, or no weak state with all figures.
    """
    code, rows = cow_code(power, year), _with_competitors(dyads, power, year)
    capability = rows["patron_cinc"].dropna()
    if capability.empty:
        raise Refusal("missing", "patron_cinc", allowed=f"the capability of {code} in {year}", file=dyads.source)
    weak = rows[~(rows["cap_ratio"] <= 1)]
    recorded = _figures(weak)
    figures = _imputed(recorded) if impute else recorded
    left_out = _told(figures.isna(), COLUMN_OF)
    kept = figures.dropna().sort_values(["distance_km", "capability"], ascending=[True, False])
    if kept.empty:
        raise Refusal("no weak state with all figures", found=_most_missing(figures), allowed=", ".join(
            COLUMN_OF.values()), file=dyads.source)
    weak, gaps = weak.loc[kept.index], recorded.loc[kept.index].isna()
    data = _head(code, year, float(capability.iloc[0])) | {
        "sources": _sources(weak, gaps, year),
        "major_powers": {code: _major_power(code, year, float(capability.iloc[0]))},
        "weak_state_defaults": {"toward": {"*": {"basing": BASING, "rival_pull": RIVAL_PULL}}},
        "weak_states": _states(weak, kept.join(_where_known(weak)), code, year)}
    if fit is not None:
        data = fitted_data(data, weak, code, fit)
    weak = weak.loc[list(data["weak_states"])]
    return RecordedScenario(
        data["name"], _comment(code, year, fit) + dump_yaml(data), code, year, tuple(weak.index),
        int((weak["atop_defense"] == 1).sum()), left_out, _told(gaps, {name: name for name in COLUMN_OF}),
        _invented(recorded, kept))


def _with_competitors(dyads: Dyads, power: str, year: int) -> pd.DataFrame:
    """Rows of a major power in a year by COW abbreviation of the other state, with what they say of its competitor."""
    rows = dyads.of(power, year)
    rivals = competitors(dyads.table[dyads.table["year"] == year])
    own = rivals[rivals["patron"] == rows["patron"].iloc[0]].set_index("protege")
    return rows.join(own.drop(columns=[name for name in KEY if name in own]))


def _where_known(weak: pd.DataFrame) -> pd.DataFrame:
    """The fields of a pair that need no figure; NaN where the table tells none."""
    return pd.DataFrame({"patron_threat": patron_threats(weak),
                         "competitor_preference_distance": weak["competitor_idealpoint"]}).round(DECIMALS)


def _figures(weak: pd.DataFrame) -> pd.DataFrame:
    """The required fields of every weak state, NaN where the record has none; by COW abbreviation."""
    made = pd.DataFrame({
        "capability": weak["protege_cinc"].where(weak["protege_cinc"] > 0),
        "challenger_capability": challengers(weak),
        "crisis_rate": crisis_rates(weak),
        "instability": weak["civil_conflict_years_10y"] / TEN_YEARS,
        "distance_km": distances(weak),
        "preference_distance": weak["idealpoint_distance"]})
    return made.round(DECIMALS)


def _imputed(figures: pd.DataFrame) -> pd.DataFrame:
    """Missing figures filled with the median; where a year has none, with the default or the state's own capability."""
    filled = figures.fillna(figures.median()).round(DECIMALS).fillna(DEFAULTS)
    return filled.assign(challenger_capability=filled["challenger_capability"].fillna(filled["capability"]))


def _invented(recorded: pd.DataFrame, kept: pd.DataFrame) -> tuple[str, ...]:
    """A sentence for each field that no state has on record and yet is filled in."""
    none = [field for field in recorded if recorded[field].isna().all()]
    return tuple(f"no state has a figure in {COLUMN_OF[field]}: {field} is "
                 + (f"{kept[field].iloc[0]:g}, the default, for all" if field in DEFAULTS else
                    "each state's own capability") for field in none)


def _told(gaps: pd.DataFrame, names: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Names of what is missing by state, for states that lack anything."""
    return {code: tuple(names[field] for field in gaps if row[field]) for code, row in gaps.iterrows() if row.any()}


def _most_missing(figures: pd.DataFrame) -> str:
    counts = figures.isna().sum().sort_values(ascending=False, kind="stable")
    return "missing: " + listed(f"{COLUMN_OF[field]} of {count} states" for field, count in counts.items() if count)


# ---- the parts of the file -------------------------------------------------------------------------------------------


def _comment(power: str, year: int, fit: FittedTheory | None) -> str:
    """The first lines of the file: that it was made of a table, by which commands, and what is not from the record."""
    made = f"record scenario --power {power} --year {year} --data DATA -o FILE"
    commands = [f"record fit --data DATA --out FIT \\\n#         {fit.options}", f"{made} --fit FIT"] if fit else [made]
    return (f"# {name_of(power, year)} and its weak states in {year}, made from a table of dyads. Figures are from\n"
            "# the record, each named under `sources`; what is not given there or here has its default. Made by\n#\n"
            + "".join(f"#     asymmetric-alliances {command}\n" for command in commands) + "\n")


def _head(power: str, year: int, capability: float) -> dict[str, Any]:
    title = f"{name_of(power, year)} and its weak states, {year}"
    return {"format": FORMAT, "name": f"{power.lower()}-{year}", "title": title,
            "description": f"{name_of(power, year)} alone with the states of less capability than its own"
                           f" ({capability:g} of the world's) in {year}.",
            "start_year": year, "years": YEARS}


def _major_power(power: str, year: int, capability: float) -> dict[str, Any]:
    """The entry of the major power; its reach is written out, because it is the first figure to judge."""
    return {"name": name_of(power, year), "capability": capability, "capital": _capital(power),
            "reach_half_distance_km": MajorPower.model_fields["reach_half_distance_km"].default}


def _states(weak: pd.DataFrame, figures: pd.DataFrame, power: str, year: int) -> dict[str, Any]:
    """The block `weak_states`."""
    rivals = _rivals(weak)
    made: dict[str, Any] = {}
    for code, row in figures.iterrows():
        name, pact = weak.at[code, "protege_name"], weak.at[code, "atop_defense"]
        made[code] = {"name": name_of(code, year) if pd.isna(name) else name} | {
            field: float(row[field]) for field in COLUMN_OF if field not in RELATIONAL} | {
            "rivals": rivals.get(code) or None, "capital": _capital(code),
            "toward": {power: {field: float(row[field]) for field in RELATIONAL} | {
                field: float(row[field]) for field in WHERE_KNOWN if row[field] > 0}},
            "observed": None if pd.isna(pact) else {power: bool(pact)}}
    return made


def _capital(code: str) -> dict[str, float] | None:
    """Where a state's capital lies, degrees; distances are given beside it, so that it serves for maps alone."""
    places = capitals()
    return {name: float(places.at[code, name]) for name in ("latitude", "longitude")} if code in places.index else None


def _rivals(weak: pd.DataFrame) -> dict[str, list[str]]:
    """Strongest rivals where both are listed, made symmetric, in alphabetical order."""
    found: dict[str, set[str]] = {}
    for code, rival in weak["protege_rival"].items():
        if rival in weak.index and rival != code:
            found.setdefault(code, set()).add(rival)
            found.setdefault(rival, set()).add(code)
    return {code: sorted(rivals) for code, rivals in found.items()}


def _sources(weak: pd.DataFrame, gaps: pd.DataFrame, year: int) -> dict[str, str]:
    """The block `sources`: a text for each field, then one for each figure that is not as the field's text says."""
    source = {field: f"{COLUMNS[column].source}, {year}" for field, column in COLUMN_OF.items()}
    texts = {
        "capability": f"{source['capability']}.",
        "challenger_capability": (
            f"{source['challenger_capability']}, of the strongest rival that is not the major power"
            f" ({COLUMNS['protege_rival'].source}). Judgement where there is none: a diffuse threat as strong as the"
            " state itself."),
        "crisis_rate": (
            "(d + 0.5) / 11, at most 0.5, where d counts the disputes of the ten years before that made the state a"
            f" target ({source['crisis_rate']}), those of others alone where no more is recorded."),
        "patron_threat": (
            "Share of these disputes that the major power opened, the half dispute among them where it is the strongest"
            f" rival ({source['crisis_rate']}; {COLUMNS['protege_rival'].source}); 0 where left out."),
        "competitor_preference_distance": (
            f"{source['preference_distance']}, distance towards the most capable other major power of the table; read"
            " where assumptions.autonomy_price is relative."),
        "instability": f"Share of the ten years before with intrastate conflict ({source['instability']}).",
        "distance_km": f"Border to border, {source['distance_km']}; capital to capital where said below.",
        "preference_distance": f"{source['preference_distance']}, distance towards the major power.",
        "capital": "Natural Earth 2.0, public domain; for maps, no distance is taken from it.",
        "rivals": f"{COLUMNS['protege_rival'].source}: strongest rivals where both are listed here, made symmetric.",
        "observed": f"Defence obligation in {year}, {COLUMNS['atop_defense'].source}; for comparison, never an input.",
        "basing": f"Not from the record: {BASING} for all, because bases follow from pacts.",
        "rival_pull": f"Not from the record: {RIVAL_PULL} for all, because who is courted follows from pacts.",
        "reach_half_distance_km": "Judgement: the default, the same for every major power."}
    return texts | _exceptions(weak, gaps, year)


def _exceptions(weak: pd.DataFrame, gaps: pd.DataFrame, year: int) -> dict[str, str]:
    """Sources of single figures: distances between capitals, and what was imputed."""
    found = {}
    by_capital = weak.index[weak["min_distance_km"].isna() & ~gaps["distance_km"]]
    for code in by_capital:
        found[f"distance_km of {code}"] = f"Capital to capital, {COLUMNS['capital_distance_km'].source}, {year}."
    for field in gaps:
        known = int((~gaps[field]).sum())
        how = f"the median of the {known} weak states with a record in {year}" if known else (
            "the default" if field in DEFAULTS else "the state's own capability")
        for code in gaps.index[gaps[field]]:
            found[f"{field} of {code}"] = f"Imputed, because it is not recorded: {how}."
    return found
