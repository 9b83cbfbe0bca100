"""Weak states drawn with replacement, all their rows together: the years of a pair are nearly copies of each other.

Called by the two forms of the theory for the intervals of their parameters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

DRAWN = 0.95
"""Share of the draws between the ends of an interval."""


def resampled_states(rows: pd.DataFrame, draws: int, seed: int) -> Iterator[pd.DataFrame]:
    """So many samples of the rows; those in which a major power, or either outcome, is missing are drawn again."""
    groups = [group for _, group in rows.groupby("state", sort=True)]
    chance, powers, made = np.random.default_rng(seed), set(rows["power"]), 0
    while made < draws:
        drawn = pd.concat([groups[place] for place in chance.integers(0, len(groups), len(groups))], ignore_index=True)
        if set(drawn["power"]) == powers and 0.0 < drawn["pact"].sum() < len(drawn):
            made += 1
            yield drawn
