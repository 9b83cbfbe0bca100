"""State by state: what the fitted theory says of every pair in a year, beside what the record says.

Called by the command ``fit``, for a page that somebody who knows the region can argue with.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from simulation.history.tables import outcome
from simulation.record.gains import NODES, problem_of
from simulation.record.observables import INPUTS
from simulation.record.outcomes import LIKELY, state_name
from simulation.record.structural import StructuralFit, numbers_of, pairs_of
from simulation.theory.contract_space import contract_at, surveyed
from simulation.theory.geography import reach
from simulation.theory.payoffs import TERMS, by_term, itemised

COLUMNS = ("power", "state", "name", "year", "pact", "probability", "outcome", "arrives", "gain", "less_gains",
           "commitment", "autonomy", "weak_gain", "major_gain")
DISTANCE = "input_distance_km"


def pair_table(fit: StructuralFit, rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """A row for every pair of a year, the likeliest ally of each power first.

    Columns: those of `COLUMNS`, then `payoffs.TERMS`, then `observables.INPUTS`. pact: as recorded; outcome: one of
    `history.tables.OUTCOMES`, where `LIKELY` or more is a prediction; arrives: share of the power's strength that
    reaches the state; gain: g; commitment, autonomy, weak_gain, major_gain: of the contract under which both gain as
    much as g, of 81; less_gains: who gains less by it, "weak" or "major", and would be the first not to sign; terms:
    what that contract is worth to both, payoff per year.
    """
    own = rows[rows["year"] == year].reset_index(drop=True)
    powers = tuple(dict.fromkeys(own["power"]))
    pairs = pairs_of(fit.parameters, powers, *numbers_of(own, powers))
    made = []
    for number, row in own.iterrows():
        problem = problem_of(pairs, pairs.power[number], pairs.inputs[number])
        made.append({"power": row["power"], "state": row["state"], "name": state_name(row["state"], year),
                     "year": year, "pact": row["pact"],
                     "arrives": reach(row[DISTANCE], pairs.half_distances[pairs.power[number]])}
                    | _best_shared(problem) | dict(zip(INPUTS, pairs.inputs[number], strict=True)))
    table = pd.DataFrame(made, columns=[*COLUMNS, *TERMS, *INPUTS])
    table["probability"] = expit(table["gain"].astype(float) / fit.parameters["noise"])
    table["outcome"] = [outcome(likely, pact) for likely, pact in zip(
        table["probability"] >= LIKELY, table["pact"] > 0, strict=True)]
    return table.sort_values(["power", "probability", "state"], ascending=[True, False, True], ignore_index=True)


def _best_shared(problem: object) -> dict[str, float | str]:
    """The contract of the grid under which the side that gains less gains most, with its terms."""
    weak, major = surveyed(problem, 0.0, 0.0, 1.0 / (NODES - 1), 1.0 / (NODES - 1), NODES)
    first, second = np.unravel_index(np.argmax(np.minimum(weak, major)), weak.shape)
    u, v = float(weak[first, second]), float(major[first, second])
    commitment, autonomy = contract_at(problem, first / (NODES - 1), second / (NODES - 1))
    terms = by_term(*itemised(problem, commitment, autonomy))
    return {"gain": min(u, v), "less_gains": "weak" if u < v else "major", "commitment": float(commitment),
            "autonomy": float(autonomy), "weak_gain": u, "major_gain": v, **terms}
