"""What the page shows, as plain data: the portfolio, the outcomes of a small ensemble, and one history.

Nothing is computed here: portfolios come from `equilibrium`, outcomes and the history from `history`.
"""

from __future__ import annotations

from typing import Any

from simulation.equilibrium.certificate import Contract
from simulation.equilibrium.search import rest_from, rest_points, search_space_of
from simulation.explorer.dials import dials
from simulation.history.decisions import decisions_in
from simulation.history.measures import MEASURES
from simulation.history.series import History
from simulation.history.simulate import measures, simulate_logged
from simulation.history.world import world_of
from simulation.scenario.broken_terms import tells_broken_terms
from simulation.scenario.distances import distance_km
from simulation.scenario.file import dump_yaml
from simulation.scenario.parameters import Place
from simulation.scenario.scenario import Scenario

SEED = 1
"""Of the small ensemble: the same luck for every setting, so that a difference is the slider's."""
HISTORIES, HISTORIES_OF_SEVERAL = 12, 2
"""Size of the small ensemble, with one major power and with several: those take a hundred times as long."""
OUTCOMES = ("number_of_pacts", "autonomy_given_pact")
QUIET = ("both stay", "no contract", "no challenge")
"""Decisions of which the year-by-year account says nothing."""


def scene(scenario: Scenario, power: str) -> dict[str, Any]:
    """What does not move: title, major powers, states by distance, sliders."""
    far = {code: distance_km(scenario, power, code) for code in scenario.states}
    states = [{"code": code, "name": scenario.states[code].name or code, "distance_km": far[code],
               "capital": _place(scenario.states[code].capital)} for code in sorted(far, key=far.__getitem__)]
    powers = [{"code": code, "name": record.name or code, "capital": _place(record.capital)}
              for code, record in scenario.major_powers.items()]
    return {"title": scenario.title or scenario.name, "power": power, "powers": powers, "states": states,
            "dials": [vars(dial) for dial in dials(scenario, power)], "years": scenario.years,
            "start_year": scenario.start_year, "histories": size(scenario)}


def scenario_file(scenario: Scenario) -> dict[str, str]:
    """The scenario as a file that needs no other: its name, and its text."""
    return {"name": f"{scenario.name}.yaml", "text": dump_yaml(scenario.resolved())}


def portfolio(scenario: Scenario) -> dict[str, Any]:
    """The pacts at which best responses, pair by pair from no pacts, come to rest; None where they go round."""
    pacts = rest_from(search_space_of(scenario), {})
    return {"pacts": None if pacts is None else _listed(pacts)}


def equilibria(scenario: Scenario) -> dict[str, Any]:
    """The rest points that are reached from no pacts, from pacts with all and from the observed ones, or all there are
    where every assignment can be tried; without certificates. `cycles`: starts from which none is reached."""
    rested = rest_points(search_space_of(scenario), 0, SEED)
    return {"found": [_listed(pacts) for pacts in rested.rest_points], "is_complete": rested.is_complete,
            "cycles": rested.cycles}


def _listed(pacts: dict[str, Contract]) -> list[dict[str, Any]]:
    return [{"state": code, "power": pact.power, "commitment": pact.commitment, "autonomy": pact.autonomy}
            for code, pact in pacts.items()]


def _place(capital: Place | None) -> list[float] | None:
    """Degrees north and east; None where the scenario does not say."""
    return None if capital is None else [capital.latitude, capital.longitude]


def size(scenario: Scenario) -> int:
    """Number of histories in the small ensemble."""
    return HISTORIES if len(scenario.major_powers) == 1 else HISTORIES_OF_SEVERAL


@tells_broken_terms
def outcomes(scenario: Scenario, power: str) -> dict[str, list[float | None]]:
    """`OUTCOMES` of a major power in each history of a small ensemble; None where a history has none."""
    place, names = list(scenario.major_powers).index(power), list(MEASURES)
    table = measures(world_of(scenario), SEED, range(size(scenario)))[:, place]
    return {name: [None if value != value else value for value in table[:, names.index(name)].tolist()]
            for name in OUTCOMES}


@tells_broken_terms
def history(scenario: Scenario, seed: int) -> list[dict[str, Any]]:
    """One history: for each year its events, and the pacts at its end."""
    record, end = simulate_logged(world_of(scenario), seed)
    powers, states = list(scenario.major_powers), list(scenario.states)
    decisions = decisions_in(end, powers, states)
    return [{"year": scenario.start_year + year,
             "events": [{"phase": one.phase, "power": one.power, "state": one.state, "what": one.outcome}
                        for one in decisions if one.year == year + 1 and one.state and one.outcome not in QUIET],
             "pacts": _pacts_in(record, year, powers, states)} for year in range(scenario.years)]


def _pacts_in(record: History, year: int, powers: list[str], states: list[str]) -> list[dict[str, Any]]:
    return [{"state": state, "power": power, "commitment": float(record.commitment[year, number, place]),
             "autonomy": float(record.autonomy[year, number, place])}
            for place, state in enumerate(states) for number, power in enumerate(powers)
            if record.since[year, number, place] > 0.0]
