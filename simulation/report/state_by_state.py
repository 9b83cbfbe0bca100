"""State by state, in the report on a fit of the theory's own functions: whom it takes for an ally, on what terms, and
which terms decide it. For a reader who knows the region, and would argue."""

from __future__ import annotations

import pandas as pd

from simulation.history.tables import FALSE_ALARM, HIT, MISS, OUTCOMES, REJECTION
from simulation.record.outcomes import LIKELY, state_name
from simulation.report.parts import Cell, Part, Table, Words, fixed
from simulation.theory.payoffs import TERMS, is_of_weak_state, sign_of

HOW_TO_READ = (
    f"A pact is predicted where its probability is {LIKELY:g} or more. The contract is that, of 81, under which the"
    " side that gains less gains most: where one of them would lose even so, no contract suits both. What it is worth"
    " to each side, payoff per year, stands with the terms that decide it: protection and the largest cost, or the"
    " largest benefit and the largest cost. Below the distance: which share of the power's strength arrives. Regime"
    " gap: difference in electoral democracy (0 to 1), to the power and to its competitor. Crises: as they follow from"
    " disputes on record, with the share that the power opens itself; what is feared beyond them is among the"
    " parameters. The fit has seen these states; record score --structural judges it on states that were held out.")
ORDER = (HIT, MISS, FALSE_ALARM, REJECTION)
CAPTIONS = {HIT: "Hits", MISS: "Misses", FALSE_ALARM: "False alarms", REJECTION: "All others"}
PROTECTION = "weak_protection"
TERM_WORDS = {
    "weak_protection": "protection", "weak_autonomy_cost": "autonomy conceded", "weak_membership_cost": "membership",
    "benefit_power_projection": "access", "benefit_legitimation": "its voice", "benefit_denial": "denial",
    "benefit_stabilisation": "calm next door", "benefit_own_security": "its strength", "cost_fixed": "having the pact",
    "cost_deployment": "deployment", "cost_opportunity": "attention", "cost_foreclosure": "its rivals",
    "cost_intervention": "intervening", "cost_reneging": "breaking the pledge", "cost_lost_stake": "losing the ally"}
"""Terms of `payoffs.TERMS` in a word or two; others by their names."""


def state_by_state(pairs: pd.DataFrame) -> list[Part]:
    """For each major power the hits, misses and false alarms of a table of pairs, and then all others."""
    parts: list[Part] = [Words(HOW_TO_READ)]
    for power, own in pairs.groupby("power", sort=False):
        year = int(own["year"].iloc[0])
        name = state_name(str(power), year)
        parts += [Words(f"{name} in {year}, state by state", "heading"), Words(_counts(own))]
        parts += [_table(own[own["outcome"] == kind], kind, str(power), name) for kind in ORDER
                  if (own["outcome"] == kind).any()]
    return parts


def _counts(own: pd.DataFrame) -> str:
    counts = own["outcome"].value_counts()
    pacts = int(own["pact"].sum())
    return (f"{pacts} of {len(own)} weaker states with every figure had a pact on record: {counts.get(HIT, 0)} of them"
            f" are predicted, {counts.get(MISS, 0)} are missed, and {counts.get(FALSE_ALARM, 0)} others are taken for"
            " allies.")


def _table(rows: pd.DataFrame, kind: str, power: str, name: str) -> Table:
    heads = ("state", "probability", "distance (km)", "regime gap (index)", "crises per year",
             "commitment, autonomy (shares)", "the state gains", f"{name} gains")
    return Table(f"{CAPTIONS[kind]}: {len(rows)} {OUTCOMES[kind]}", heads,
                 tuple(_row(row, power) for row in rows.to_dict("records")), name=f"{kind.replace(' ', '-')}-{power}")


def _row(row: dict[str, float | str], power: str) -> tuple[Cell, ...]:
    value = {name: float(row[name]) for name in (
        "probability", "distance_km", "regime_gap", "competitor_regime_gap", "crisis_rate", "patron_threat",
        "commitment", "autonomy", "arrives")}
    own_share = f"{value['patron_threat']:.0%} by {power}" if value["patron_threat"] > 0.0 else ""
    return (Cell(str(row["name"]), str(row["state"])), _to(value["probability"]),
            _km(value["distance_km"], value["arrives"]),
            _to(value["regime_gap"], f"competitor {value['competitor_regime_gap']:.2f}"),
            _to(value["crisis_rate"], own_share), Cell(f"{value['commitment']:.2f}, {value['autonomy']:.2f}"),
            _gain(row, "weak"), _gain(row, "major"))


def _km(distance: float, arrives: float) -> Cell:
    return Cell(f"{distance:,.0f}", f"{arrives:.0%} arrives", distance, is_number=True)


def _to(value: float, small: str = "") -> Cell:
    """A number to two digits after the point, for columns that are compared from line to line."""
    return Cell(fixed(value, 2), small, value, is_number=True)


def _gain(row: dict[str, float | str], side: str) -> Cell:
    """What a side gains, with what the pact is for, protection or its largest benefit, and with its largest cost."""
    signed = {name: sign_of(name) * float(row[name]) for name in TERMS if is_of_weak_state(name) == (side == "weak")}
    purposes = [name for name in signed if name == PROTECTION or name.startswith("benefit_")]
    decisive = (max(purposes, key=signed.__getitem__), min(signed.keys() - set(purposes), key=signed.__getitem__))
    told = ", ".join(f"{TERM_WORDS.get(name, name.replace("_", " "))} {signed[name]:+z.2f}" for name in decisive)
    return Cell(f"{float(row[f'{side}_gain']):+z.2f}: {told}".replace("-", "\N{MINUS SIGN}"))
