"""Tables of one history: pact by pact and year by year, and what it predicts beside what was observed.

Made while a history runs (`tabulated`); figures and a results folder are made from the tables, and `history_in` gives
the history back from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulation.history.measures import series_names
from simulation.history.pairs import true_inputs
from simulation.history.series import History, empty_history
from simulation.history.simulate import begun, go_on
from simulation.history.state import HistoryState, PairColumn, is_ally
from simulation.history.world import PairParameter, World, world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.distances import distance_km
from simulation.scenario.scenario import Scenario
from simulation.scenario.state_order import StateOrder, arranged_table
from simulation.theory import dyad
from simulation.theory.bargaining_problem import Inputs

PREDICTED_FROM = 0.5
"""Share of the last years with a pact from which on a pact is predicted."""
HIT, FALSE_ALARM, MISS, REJECTION, NO_RECORD = "hit", "false alarm", "miss", "correct rejection", "no record"
OUTCOMES = {HIT: "predicted and observed", FALSE_ALARM: "predicted, not observed", MISS: "observed, not predicted",
            REJECTION: "neither predicted nor observed", NO_RECORD: "the scenario does not say what was observed"}


class PactColumn(NamedTuple):
    """Documentation of a column of the table of pacts: unit and one sentence."""

    unit: str
    meaning: str


PACT_COLUMNS = {
    "distance_km": PactColumn("km", "Distance from the major power."),
    "commitment": PactColumn("share", "Commitment of the major power."),
    "autonomy": PactColumn("share", "Autonomy that the weak state concedes."),
    "since": PactColumn("year", "Year in which the pact was signed."),
    "weak_gain": PactColumn("payoff per year", "The ally's gain from the pact, at true values and its own beliefs."),
    "major_gain": PactColumn("payoff per year", "The major power's gain from the pact, at true values."),
    "reliability_believed": PactColumn("probability", "Probability of intervention in which the ally believes."),
    "reliability_true": PactColumn("probability", "True probability of intervention."),
}
"""What the table of pacts says of a pact in a year, behind the address of the row."""
PACT_ADDRESS = ("scenario", "replication", "seed", "year", "major_power", "weak_state")
SERIES_ADDRESS = ("scenario", "replication", "seed", "year", "major_power")


@dataclass(frozen=True)
class Tables:
    """A history with its tables.

    scenario, history : whose history, and the history as arrays.
    pacts : a row per year and pact in force at its end; `PACT_ADDRESS`, then `PACT_COLUMNS`.
    series : a row per year and major power; `SERIES_ADDRESS`, then `measures.series_names`.
    """

    scenario: Scenario
    history: History
    pacts: pd.DataFrame
    series: pd.DataFrame

    def final_pacts(self, power: str) -> pd.DataFrame:
        """A major power's pacts in force at the end, nearest ally first."""
        return final_pacts(self.pacts, self.scenario, power)

    def predictions(self) -> pd.DataFrame:
        """What the history predicts of every pair, beside what was observed; see `predictions`."""
        return predictions(self.history, self.scenario)


@tells_broken_terms
def tabulated(scenario: Scenario, seed: int = 1, replication: int = 0) -> Tables:
    """Runs a history and tells it in tables. seed, replication: of all its chance; both are 0 or more."""
    world = world_of(scenario)
    current, history = begun(world, seed, replication)
    address = {"scenario": scenario.name, "replication": replication, "seed": seed}
    pacts: list[dict[str, Any]] = []
    for _ in range(scenario.years):
        go_on(world, current, history, 1)
        pacts += pacts_in_force(scenario, world, current, address)
    return Tables(scenario, history, pd.DataFrame(pacts, columns=[*PACT_ADDRESS, *PACT_COLUMNS]),
                  _series_table(scenario, history, address))


def pacts_in_force(scenario: Scenario, world: World, current: HistoryState,
                   address: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the pacts in force at the end of the year, at true circumstances."""
    rows, year = [], calendar_year(scenario, int(current.year[0]))
    for number, power in enumerate(scenario.major_powers):
        for place, state in enumerate(scenario.states):
            if not is_ally(current, number, place):
                continue
            pair = current.pairs[number, place]
            inputs: Inputs = true_inputs(world, current, number, place)
            terms = float(pair[PairColumn.COMMITMENT]), float(pair[PairColumn.AUTONOMY])
            weak, major = dyad.gains(*inputs, *terms)
            game = dyad.crisis_outcome(*inputs, True, *terms).game
            rows.append(address | {"year": year, "major_power": power, "weak_state": state} | {
                "distance_km": float(world.relations[number, place, PairParameter.DISTANCE_KM]),
                "commitment": terms[0], "autonomy": terms[1],
                "since": calendar_year(scenario, int(pair[PairColumn.SINCE])), "weak_gain": weak, "major_gain": major,
                "reliability_believed": game.believed_reliability, "reliability_true": game.reliability})
    return rows


def calendar_year(scenario: Scenario, year: int) -> int:
    """The calendar year of a history's year, of which the first is 1."""
    return scenario.start_year + year - 1


def final_pacts(pacts: pd.DataFrame, scenario: Scenario, power: str) -> pd.DataFrame:
    """A major power's pacts in force at the end, nearest ally first unless another order is asked for."""
    is_final = (pacts["year"] == calendar_year(scenario, scenario.years)) & (pacts["major_power"] == power)
    found: pd.DataFrame = arranged_table(pacts[is_final], StateOrder.DISTANCE).reset_index(drop=True)
    return found


def gains_of(pacts: pd.DataFrame) -> dict[tuple[str, str], float]:
    """What each major power gains of each ally, payoff per year, in the last year of their pact; by power and state."""
    last = pacts.drop_duplicates(["major_power", "weak_state"], keep="last")
    return dict(zip(zip(last["major_power"], last["weak_state"], strict=True), last["major_gain"], strict=True))


def predictions(history: History, scenario: Scenario) -> pd.DataFrame:
    """What a history predicts of every pair, beside what was observed: a row per major power and weak state.

    Columns: `major_power`, `weak_state`, `distance_km`; `share_of_years`, of the last `recording.window_years` years,
    that ended with a pact; `predicted`, whether that is half of them or more; `observed`, whether there was a pact in
    the start year: true, false, or missing where the scenario says nothing; `outcome`, one of `OUTCOMES`.
    """
    window = min(scenario.recording.window_years, scenario.years)
    rows = []
    for place, power in enumerate(scenario.major_powers):
        shares = is_in_force(history, place)[-window:].mean(axis=0)
        for number, (code, state) in enumerate(scenario.states.items()):
            rows.append({"major_power": power, "weak_state": code,
                         "distance_km": float(history.distance_km[place, number]), "share_of_years": shares[number],
                         "predicted": bool(shares[number] >= PREDICTED_FROM), "observed": state.observed.get(power)})
    table = pd.DataFrame(rows).astype({"observed": "boolean"})
    table["outcome"] = [outcome(predicted, observed) for predicted, observed in
                        zip(table["predicted"], table["observed"], strict=True)]
    return table


def outcome(predicted: bool, observed: Any) -> str:
    """What a prediction came to: one of `OUTCOMES`."""
    if pd.isna(observed):
        return NO_RECORD
    return (HIT if observed else FALSE_ALARM) if predicted else (MISS if observed else REJECTION)


def is_in_force(history: History, power: int) -> np.ndarray:
    """Whether a major power had a pact with a state at the end of a year: (years, states)."""
    return history.since[:, power] > 0.0


def rank_agreement(table: pd.DataFrame) -> float:
    """Probability that a state with a pact observed has the larger share of years with one than a state without.

    The area under the receiver operating characteristic; equal shares count half. `table` is that of `predictions`,
    for one major power. NaN where there is nothing to tell apart: states of one kind are missing, or all shares are
    equal.
    """
    known = table[table["observed"].notna()]
    is_ally = known["observed"].to_numpy(dtype=bool)
    allies, others = known["share_of_years"].to_numpy()[is_ally], known["share_of_years"].to_numpy()[~is_ally]
    if allies.size == 0 or others.size == 0 or np.ptp(known["share_of_years"].to_numpy()) == 0.0:
        return math.nan
    larger, equal = allies[:, None] > others[None, :], allies[:, None] == others[None, :]
    return float((larger + 0.5 * equal).mean())


def history_in(scenario: Scenario, pacts: pd.DataFrame, series: pd.DataFrame) -> History:
    """The history that tables tell. Raises KeyError or ValueError if they are not tables of a history of `scenario`."""
    distances = np.array([[distance_km(scenario, power, state) for state in scenario.states]
                          for power in scenario.major_powers])
    history = empty_history(scenario.years, distances, float(scenario.recording.neighbour_distance_km),
                            len(scenario.own_terms))
    powers, states = _places(scenario.major_powers), _places(scenario.states)
    if len(series) != scenario.years * len(powers):
        raise ValueError(f"{len(series)} rows of yearly series")
    columns = {place: name for place, name in enumerate(series_names(scenario)) if name}
    for power, year, *values in series[["major_power", "year", *columns.values()]].itertuples(index=False):
        history.series[year - scenario.start_year, powers[power], list(columns)] = values
    named = ["year", "major_power", "weak_state", "commitment", "autonomy", "since"]
    for year, power, state, commitment, autonomy, since in pacts[named].itertuples(index=False):
        place = year - scenario.start_year, powers[power], states[state]
        history.commitment[place], history.autonomy[place] = commitment, autonomy
        history.since[place] = since - scenario.start_year + 1
    return history


def _places(codes: Any) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


def _series_table(scenario: Scenario, history: History, address: dict[str, Any]) -> pd.DataFrame:
    rows, columns = [], {place: name for place, name in enumerate(series_names(scenario)) if name}
    for year in range(scenario.years):
        for place, power in enumerate(scenario.major_powers):
            values = history.series[year, place]
            rows.append(address | {"year": calendar_year(scenario, year + 1), "major_power": power} | {
                name: float(values[column]) for column, name in columns.items()})
    return pd.DataFrame(rows, columns=[*SERIES_ADDRESS, *columns.values()])
