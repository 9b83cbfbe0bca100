"""A state's choice of one patron or none, where pacts exclude each other.

A logit of every pair takes the pacts of a state with several major powers for independent of each other. Where no state
has two patrons at a time, the powers compete for it:

    P(pact with p) = exp(odds_p) / (1 + sum over powers q of exp(odds_q))

with the same odds as in a logit, of the powers that the rows have for the state in the year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def choices_of(rows: pd.DataFrame) -> np.ndarray:
    """The number of the choice to which each row belongs, from 0: (rows,). A choice is a state in a year; a state that
    was drawn twice chooses twice."""
    copy = rows.groupby(["power", "state", "year"]).cumcount()
    return np.asarray(rows.groupby([rows["state"], rows["year"], copy], sort=False).ngroup())


def are_exclusive(rows: pd.DataFrame) -> bool:
    """Whether no state has pacts with two major powers in a year."""
    return bool((np.bincount(choices_of(rows), rows["pact"]) <= 1.0).all())


def log_totals(odds: np.ndarray, choices: np.ndarray) -> np.ndarray:
    """The log of 1 and the exponentials of all log odds of each choice: (choices,)."""
    most = np.zeros(int(choices.max(initial=-1)) + 1)
    np.maximum.at(most, choices, odds)
    shifted = np.exp(odds - most[choices])
    return most + np.log(np.exp(-most) + np.bincount(choices, shifted, most.size))


def probabilities(odds: np.ndarray, choices: np.ndarray) -> np.ndarray:
    """The probability of a pact in every row: (rows,)."""
    return np.asarray(np.exp(odds - log_totals(odds, choices)[choices]))
