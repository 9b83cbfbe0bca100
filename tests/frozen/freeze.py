"""Writes down the numbers of today: hashes of whole histories, which a rearrangement of the program must not move.

    python -m tests.frozen.freeze            # prints what differs from numbers.json
    python -m tests.frozen.freeze --write    # writes numbers.json anew; say why under "Results" in CHANGELOG.md

Every shipped scenario and stylised worlds of 5, 20 and 40 states, with one and two powers, relaxations on and off,
every bargaining solution, three seeds; and a few other assumptions, so that every branch of a year is taken.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from simulation.history.series import Series
from simulation.history.simulate import measures_of, simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.theory.further_costs import FURTHER_COSTS

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NUMBERS = Path(__file__).with_name("numbers.json")
SHIPPED = ("critical-mass", "no-rest", "russia-2005", "stylised", "stylised-two", "two-patrons-2005",
           "united-states-2005")
SIZES = (5, 20, 40)
WORLDS = (*SHIPPED, *(f"{name}:{size}" for name in ("stylised", "stylised-two") for size in SIZES))
RELAXATIONS = ("drift", "misperception", "limited_attention", "exit_friction", "war_aftermath", "learning")
SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "ultimatum")
SEEDS = (1, 2, 3)
LONGEST, SHORTEST = 8, 3
ADDED = 2
"""Measures that were added since the numbers were written down: the cost of membership, and major powers' own
challenges."""
COSTLY = 30
"""Worlds of two powers and this many states or more are told over `SHORTEST` years, all others over `LONGEST`."""

OTHER_ASSUMPTIONS = {
    "shared pacts": {"assumptions.exclusivity": False},
    "threat point": {"assumptions.outside_option": "threat_point"},
    "order": {"assumptions.activation": "strongest_first", "assumptions.rival_pull": "given"},
    "complete information": {"assumptions.information": "complete"},
    "indivisible security": {"assumptions.excludability": 0.5, "assumptions.opportunity_cost": True},
    "no deterrence": {"assumptions.deterrence": False, "assumptions.depth_binds": False},
}


def world_named(name: str) -> Scenario:
    """A shipped scenario, or one of its size, cut to the years that are told here."""
    file, _, size = name.partition(":")
    scenario = load_scenario(SCENARIOS / f"{file}.yaml")
    if size:
        scenario = scenario.replace("population.count", int(size))
    is_costly = len(scenario.major_powers) > 1 and len(scenario.states) >= COSTLY
    return scenario.replace("years", min(scenario.years, SHORTEST if is_costly else LONGEST))


def cases(worlds: tuple[str, ...] = WORLDS) -> Iterator[tuple[str, Scenario, int]]:
    """Name, scenario and seed of every history that is held."""
    for name in worlds:
        scenario = world_named(name)
        for solution, relaxed, seed in itertools.product(SOLUTIONS, (True, False), SEEDS):
            changes = {f"relaxations.{key}": relaxed for key in RELAXATIONS}
            changes["assumptions.bargaining_solution"] = solution
            label = f"{name} {solution} {'on' if relaxed else 'off'} {seed}"
            yield label, scenario.replace_all(changes), seed
    for name in ("stylised:5", "stylised-two:5"):
        if name in worlds:
            for label, changes in OTHER_ASSUMPTIONS.items():
                yield f"{name} {label}", world_named(name).replace_all(changes), 1


def fingerprint(scenario: Scenario, seed: int) -> str:
    """A hash of every series, contract and measure of one history; those of further costs and what was added last, at
    the end, are left out."""
    world = world_of(scenario)
    history = simulate(world, seed)
    series, *others = history
    table = measures_of(history, world.magnitudes.window)
    digest = hashlib.blake2b(digest_size=8)
    kept = table[:, : table.shape[1] - len(FURTHER_COSTS) - ADDED]
    for array in (series[:, :, : Series.BEYOND_PAPER + 1], *others, kept):
        digest.update(array.tobytes())
    return digest.hexdigest()


def numbers(worlds: tuple[str, ...] = WORLDS) -> dict[str, str]:
    """Hash by name of every case."""
    return {name: fingerprint(scenario, seed) for name, scenario, seed in cases(worlds)}


def main() -> int:
    """Compares, or writes."""
    found = numbers()
    if "--write" in sys.argv[1:]:
        NUMBERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        return 0
    known = json.loads(NUMBERS.read_text(encoding="utf-8"))
    differing = [name for name in {**known, **found} if known.get(name) != found.get(name)]
    print(f"{len(found)} histories, {len(differing)} differ", *differing, sep="\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
