"""What a history costs and where the time goes: `make benchmark`.

Times are those of this run on this machine; the ratios are what to compare. One payoff evaluation (both sides' gains
from one contract) is the unit.
"""

from __future__ import annotations

import cProfile
import pstats
import time
from pathlib import Path

import numpy as np

from simulation.compilation import compiled
from simulation.history.model import AllianceModel
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.theory.bargaining import bargain
from simulation.theory.bargaining_problem import bargaining_problem
from simulation.theory.payoffs import gains
from simulation.theory.solutions import Solution

SCENARIOS = Path(__file__).parents[1] / "scenarios"
NAMES = ("stylised", "russia-2005", "united-states-2005", "two-patrons-2005")
HISTORIES = 3
EVALUATIONS = 200_000
PHASES = ("drift", "perceive", "update_rival_pull", "review", "negotiate", "play_crises", "learn", "record")


@compiled
def evaluate_often(problem, times):
    """Sum of joint gains over contracts all over the contract space: what `times` bare evaluations cost."""
    amount = 0.0
    for number in range(times):
        weak, major = gains(problem, 0.1 + 0.9 * (number % 97) / 97, (number % 89) / 89)
        amount += weak + major
    return amount


def seconds(work, *arguments) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def ready_model(scenario: Scenario) -> AllianceModel:
    """A model in its first year, before anybody has acted."""
    model = AllianceModel(scenario, rng=1, collect=False)
    model.year = 1
    for agent in (*model.states, *model.powers):
        agent.perceive()
    model.update_rival_pull()
    return model


def bargains_of(model: AllianceModel) -> tuple[float, float, float]:
    """(seconds per payoff evaluation, mean evaluations a bargain, mean seconds a bargain) over all pairs."""
    problems = [bargaining_problem(*power.perceived_inputs(state)) for power in model.powers for state in model.states]
    evaluate_often(problems[0], 10)
    bare = min(seconds(evaluate_often, problems[0], EVALUATIONS) for _ in range(5)) / EVALUATIONS
    used, start = [], time.perf_counter()
    for problem in problems:
        used.append(bargain(problem, int(Solution.NASH), 0.6, 0.0, False).evaluations)
    return bare, float(np.mean(used)), (time.perf_counter() - start) / len(problems)


def shares(scenario: Scenario) -> dict[str, float]:
    """Share of a history's time in each phase, under a profiler."""
    model = AllianceModel(scenario, rng=2, collect=False)
    profile = cProfile.Profile()
    profile.runcall(model.run)
    found = pstats.Stats(profile)
    whole = {name: cumulative for (_, _, name), (_, _, _, cumulative, _) in found.stats.items()}
    return {phase: whole.get(phase, 0.0) / found.total_tt for phase in PHASES}


def main() -> None:
    """Prints one block for each scenario."""
    for name in NAMES:
        scenario = load_scenario(SCENARIOS / f"{name}.yaml")
        AllianceModel(scenario.replace("years", 2), rng=9, collect=False).run()  # compiles
        history = min(seconds(AllianceModel(scenario, rng=1, replication=number, collect=False).run)
                      for number in range(HISTORIES))
        bare, evaluations, bargained = bargains_of(ready_model(scenario))
        size = f"{len(scenario.states)} weak states, major powers: {len(scenario.major_powers)}, {scenario.years} years"
        print(f"{name}: {size}")
        print(f"  a history                  {1e3 * history:9.1f} ms = {history / bare:,.0f} payoff evaluations")
        print(f"  a payoff evaluation        {1e9 * bare:9.0f} ns")
        print(f"  a bargain, mean over pairs {1e6 * bargained:9.1f} us = {evaluations:,.0f} evaluations,"
              f" {bargained / bare / max(evaluations, 1):.2f} times their bare cost")
        print("  where the time goes        " + ", ".join(
            f"{phase} {100 * share:.0f}%" for phase, share in shares(scenario).items() if share >= 0.005))


if __name__ == "__main__":
    main()
