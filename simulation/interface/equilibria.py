"""Equilibria side by side, as a data frame."""

from __future__ import annotations

import math

import pandas as pd

from simulation.equilibrium.comparison import nearest, shifts
from simulation.equilibrium.search import solve
from simulation.interface.scenarios import AnyScenario, scenario_of

COLUMNS = ("major_power", "weak_state", "event", "commitment_before", "autonomy_before", "commitment_after",
           "autonomy_after", "term", "change")


def compare(first: AnyScenario, second: AnyScenario) -> pd.DataFrame:
    """What becomes of every pact from an equilibrium of one scenario to the nearest of another.

    Returns a row per pair that is allied in either: `major_power`, `weak_state`, `event` (enters, leaves, stays), the
    terms before and after (shares; NaN without a pact), and the `term` that moved it with the `change` that it made to
    the gain of the side whose it is, payoff per year. Empty where neither has an equilibrium with pacts.

    Raises `Refusal` where no equilibrium is defined, and for a file that holds no scenario.
    """
    first, second = scenario_of(first), scenario_of(second)
    solved = solve(first), solve(second)
    chosen = nearest([[equilibrium.pacts for equilibrium in found.equilibria] for found in solved])
    if None in chosen:
        return pd.DataFrame(columns=COLUMNS)
    pacts = [found.equilibria[place].pacts for found, place in zip(solved, chosen, strict=True) if place is not None]
    rows = []
    for shift in shifts((first, pacts[0]), (second, pacts[1])):
        before, after = shift.before, shift.after
        rows.append((shift.power, shift.state, str(shift.event),
                     before.commitment if before else math.nan, before.autonomy if before else math.nan,
                     after.commitment if after else math.nan, after.autonomy if after else math.nan,
                     shift.mover.term if shift.mover else None, shift.mover.change if shift.mover else math.nan))
    return pd.DataFrame(rows, columns=COLUMNS)
