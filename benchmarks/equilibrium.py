"""What equilibria cost: `make benchmark`, or this file alone.

Three questions with the time each is to be answered in, after compilation. Times are those of this run on this machine;
the ratios to one bare payoff evaluation (both sides' gains from one contract) are what to compare.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from run import EVALUATIONS, SCENARIOS, evaluate_often, seconds

from simulation.commands.progress import at_work
from simulation.equilibrium.certificate import certify
from simulation.equilibrium.search import search_space_of, solve
from simulation.equilibrium.statics import Axis, Grid, survey
from simulation.equilibrium.world import nobody_allied, problem_at
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario

WAR_COST = "major_powers.RUS.costs.entrapment.war_cost"
LINE = tuple(number / 100 for number in range(101))
PROCESSES = 2
SMALL_STATES = 12


class Question(NamedTuple):
    """What is asked, what answers it, in how many seconds it should, and what to say of the answer."""

    name: str
    answer: Callable[[], Any]
    target: float
    told: Callable[[Any], str]


def twelve_states() -> Scenario:
    """Russia and the first twelve states that could be its allies, so that none can be set aside beforehand."""
    scenario = load_scenario(SCENARIOS / "russia-2005.yaml")
    possible = search_space_of(scenario).world.possible.any(axis=0)
    codes = [code for code, could in zip(scenario.states, possible, strict=True) if could][:SMALL_STATES]
    data = scenario.resolved()
    states = {code: own | {"rivals": [other for other in own["rivals"] if other in codes]}
              for code, own in data["weak_states"].items() if code in codes}
    return Scenario.model_validate(data | {"weak_states": states})


def surveyed(scenario: Scenario, values: tuple[float, ...]) -> Any:
    """All equilibria along a line, as `statics` finds them."""
    grid = Grid(scenario, (Axis(WAR_COST, values),))
    return at_work(PROCESSES, grid.number_of_points, lambda run: survey(grid, 1, 1, None, run))


def questions() -> list[Question]:
    """The three, each asked once in small, so that all is compiled."""
    patrons, twelve, russia = (load_scenario(SCENARIOS / "two-patrons-2005.yaml"), twelve_states(),
                               load_scenario(SCENARIOS / "russia-2005.yaml"))
    solve(patrons, random_starts=0)
    solve(load_scenario(SCENARIOS / "critical-mass.yaml"), exhaustive=True)
    return [
        Question("two-patrons-2005 solved", lambda: solve(patrons), 5.0,
                 lambda found: f"{found.tried} starts, equilibria: {len(found.equilibria)}"),
        Question(f"{SMALL_STATES} states, one power, exhaustively", lambda: solve(twelve, exhaustive=True), 30.0,
                 lambda found: f"{found.tried} assignments, equilibria: {len(found.equilibria)}"),
        Question(f"russia-2005 at {len(LINE)} war costs, {PROCESSES} processes", lambda: surveyed(russia, LINE), 30.0,
                 lambda found: f"{sum(map(len, found.found))} equilibria in all"),
    ]


def bare_evaluation(scenario: Scenario) -> float:
    """Seconds that one payoff evaluation takes, in compiled code."""
    world = search_space_of(scenario).world
    problem = problem_at(world, nobody_allied(world), 0, 0, 0.0)
    evaluate_often(problem, 10)
    return min(seconds(evaluate_often, problem, EVALUATIONS) for _ in range(5)) / EVALUATIONS


def main() -> None:
    """Prints a line for each question, and what a certificate costs."""
    russia = load_scenario(SCENARIOS / "russia-2005.yaml")
    bare = bare_evaluation(russia)
    for question in questions():
        start = time.perf_counter()
        answer = question.answer()
        taken = time.perf_counter() - start
        verdict = "within" if taken <= question.target else "not within"
        print(f"{question.name}: {question.told(answer)}")
        print(f"  {taken:6.2f} s = {taken / bare:,.0f} payoff evaluations; {verdict} {question.target:g} s")
    pacts = solve(russia, random_starts=0).equilibria[0].pacts
    taken = min(seconds(certify, russia, pacts) for _ in range(3))
    print(f"a certificate of russia-2005: {1e3 * taken:.0f} ms = {taken / bare:,.0f} payoff evaluations")


if __name__ == "__main__":
    main()
