"""Invented dyads: two major powers, states at random places, and pacts drawn by known odds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from simulation.record.cow_states import BY_CODE

POWERS = {"USA": (3.0, 0.8), "RUS": (1.0, 2.0)}
"""Level and slope per 1,000 km."""
REGIME, THREAT = -3.0, -2.0


def dyads(states: int = 120, years: range = range(1992, 2011), seed: int = 1) -> pd.DataFrame:
    """A table of dyad-years in the columns that are read; every state keeps its figures, and mostly its pact."""
    chance, rows = np.random.default_rng(seed), []
    codes = [code for code in BY_CODE if code not in POWERS][:states]
    for number in range(states):
        code = codes[number] if number < len(codes) else f"{number}"
        regime, km = chance.uniform(0.05, 0.95), dict(zip(POWERS, chance.uniform(50, 9000, 2), strict=True))
        votes = dict(zip(POWERS, chance.uniform(0, 4, 2), strict=True))
        gap = {"USA": abs(0.85 - regime), "RUS": abs(0.3 - regime)}
        threat = {power: float(chance.random() < 0.1) for power in POWERS}
        rival = next((power for power in POWERS if threat[power]), "")
        disputes, conflict = int(chance.poisson(1.5)), int(chance.integers(0, 8))
        for power, other in (("USA", "RUS"), ("RUS", "USA")):
            level, slope = POWERS[power]
            odds = level - slope * km[power] / 1000 + REGIME * (gap[power] - gap[other]) + THREAT * threat[power]
            pact, turn = float(chance.random() < expit(odds)), chance.random(len(years))
            for year, luck in zip(years, turn, strict=True):
                if luck < 0.03:
                    pact = float(chance.random() < expit(odds))
                rows.append({
                    "patron": power, "protege": code, "year": year, "atop_defense": pact,
                    "patron_cinc": 0.15 if power == "USA" else 0.05, "protege_cinc": 0.001,
                    "cap_ratio": 150.0 if power == "USA" else 50.0, "min_distance_km": round(km[power], 1),
                    "capital_distance_km": round(km[power] + 300, 1),
                    "protege_region": "East" if number % 3 else "West",
                    "protege_rival_any": float(bool(rival)), "protege_rival": rival,
                    "protege_rival_cinc": {"": None, "USA": 0.15, "RUS": 0.05}[rival],
                    "rival_is_patron": threat[power], "rival_is_other_major": threat[other],
                    "mids_targeted_nonpatron_10y": disputes, "civil_conflict_years_10y": conflict,
                    "idealpoint_distance": round(votes[power], 3), "patron_polyarchy": 0.85 if power == "USA" else 0.3,
                    "protege_polyarchy": round(regime, 3)})
    return pd.DataFrame(rows)
