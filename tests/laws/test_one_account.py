"""One account of a year: actor by actor, all at once, and interpreted, it gives the same numbers to the last bit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from simulation.history.interpreted import interpreter
from simulation.history.measures import MEASURES, measured, measures_in
from simulation.history.model import AllianceModel
from simulation.history.series import Series
from simulation.history.simulate import measures, simulate
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.theory.geography import decay
from tests.builders import AT_REST, drawn_states, one_power, overlaid, two_powers
from tests.own_terms import as_data, some_terms

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BATCHES, PAIRS = 10, 32
COMPARED = ("series", "commitment", "autonomy", "since", "distance_km", "is_neighbour")
NEVER_MISSED = ("PACTS", "LEFT_BY_MAJOR_POWER", "LEFT_BY_WEAK_STATE", "SWITCHED", "WARS", "INTERVENTIONS",
                "ABANDONMENTS", "CONCESSIONS", "OUTSIDE_INTERVENTIONS", "FORECLOSURE", "PERSISTED")
"""Series that must be above 0 in some of the histories, or the comparison would not say much."""


def three_powers(**changes) -> Scenario:
    """A third power of another make, near two of the states."""
    scenario = two_powers()
    data = scenario.model_dump()
    third = overlaid(data["major_powers"]["P"], {
        "reach_half_distance_km": 600.0, "capability": 0.08, "attention": 1,
        "capital": {"latitude": 1.0, "longitude": 2.0}, "costs": {"entrapment": {"war_cost": 0.1}},
        "resolve": {"type": "irresolute"}})
    states = {code: overlaid(weak, {"toward": {"R": {"distance_km": 100.0 + 250.0 * place, "rival_pull": 0.2}}})
              for place, (code, weak) in enumerate(data["weak_states"].items())}
    added = {"name": "three-powers", "major_powers": {"R": third}, "weak_states": states}
    return Scenario.model_validate(overlaid(overlaid(data, added), changes))


def some_changes(rng: np.random.Generator) -> dict:
    """Assumptions, relaxations and figures, drawn so that each switch is often off and often on."""
    def pick(*values):
        return values[rng.integers(len(values))]

    assumptions = {
        "emboldenment": pick(True, True, False), "deterrence": pick(True, True, False),
        "restraint": pick(0.5, 0.0, rng.random()), "excludability": pick(1.0, 1.0, 0.5, 0.0),
        "depth_binds": pick(True, True, False), "opportunity_cost": pick(True, False), "foreclosure": pick(True, False),
        "bargaining_solution": pick("nash", "nash", "kalai_smorodinsky", "egalitarian", "ultimatum"),
        "outside_option": pick("constraint", "threat_point"), "exclusivity": pick(True, True, False),
        "information": pick("complete", "incomplete"), "rival_pull": pick("endogenous", "given"),
        "activation": pick("random", "listed", "strongest_first"),
        **{f"{channel}_scales_with": pick("autonomy", "membership")
           for channel in ("power_projection", "legitimation", "denial", "stabilisation")}}
    power = {"resolve": {"type": pick("drawn", "resolute", "irresolute"), "prior": pick(0.0, 0.6, 1.0)},
             "attention": pick(0, 1, 2, 5), "fatigue": {"years": pick(0, 3), "loss": 0.4},
             "costs": {"entrapment": {"war_cost": pick(0.05, 0.3, 1.0)}}}
    return {
        "years": pick(3, 8, 12), "assumptions": assumptions,
        "relaxations": {name: pick(True, True, False) for name in AT_REST},
        "crisis": {"rationality": pick(0.0, 5.0, 5.0, 30.0), "contest_exponent": pick(0.0, 1.0, 1.0, 2.0)},
        "contract": {"minimum_commitment": pick(0.0, 0.1, 0.5)},
        "dynamics": {"exit_cost": pick(0.0, 0.005), "misperception": pick(0.0, 0.1, 0.8),
                     "drift": {"crisis_rate": pick(0.05, 0.5), "preference": pick(0.03, 0.5)}},
        "major_powers": {"P": power}}


def some_scenario(rng: np.random.Generator) -> Scenario:
    """One, two or three powers over listed or drawn states, with some changes; three in ten with own terms."""
    changes = some_changes(rng)
    make = (one_power, two_powers, two_powers, three_powers, lambda **more: drawn_states(int(rng.integers(99)), **more))
    own = as_data(some_terms(rng)) if rng.random() < 0.3 else {}
    return make[rng.integers(len(make))](**changes).replace("own_terms", own)


def differences(scenario: Scenario, seed: int, replication: int) -> tuple[list[str], np.ndarray]:
    """What of a history differs between agents and ensemble in any bit, and the agents' series."""
    theirs = AllianceModel(scenario, rng=seed, replication=replication, collect=False).run()
    world = world_of(scenario)
    ours = simulate(world, seed, replication)
    found = [name for name, one, other in zip(COMPARED, theirs, ours, strict=True) if one.tobytes() != other.tobytes()]
    window = scenario.recording.window_years
    told = np.array([list(measured(theirs, power, window, measures_in(scenario)).values())
                     for power in range(len(scenario.major_powers))])
    if told.tobytes() != measures(world, seed, [replication])[0].tobytes():
        found.append("measures")
    return found, theirs.series


SEEN: Counter = Counter()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_contract_series_and_measure_is_the_agents_to_the_last_bit(batch):
    rng = np.random.default_rng(20_000 + batch)
    for number in range(PAIRS):
        scenario, seed, replication = some_scenario(rng), int(rng.integers(2**63)), int(rng.integers(1000))
        differs, series = differences(scenario, seed, replication)
        assert not differs, (batch, number, scenario.name)
        SEEN.update({name: bool(series[:, :, Series[name]].any()) for name in NEVER_MISSED})


def test_the_comparison_met_everything_that_can_happen():
    """After the comparison above, in the same process: tests of one file stay together."""
    assert {name for name in NEVER_MISSED if SEEN[name] < 5} == set()


@pytest.mark.parametrize("name", ["russia-2005", "stylised", "critical-mass"])
def test_shipped_scenarios_agree_to_the_last_bit(name):
    assert differences(load_scenario(SCENARIOS / f"{name}.yaml").replace("years", 6), 3, 2)[0] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["russia-2005", "united-states-2005", "two-patrons-2005", "stylised"])
def test_shipped_scenarios_agree_over_their_whole_length(name):
    assert differences(load_scenario(SCENARIOS / f"{name}.yaml"), 1, 0)[0] == []


def test_one_difference_would_be_seen():
    """The comparison itself: another seed is another history, in every array that luck can touch."""
    scenario = two_powers()
    world = world_of(scenario)
    one, other = simulate(world, 1), simulate(world, 2)
    differing = {name for name, first, second in zip(COMPARED, one, other, strict=True)
                 if first.tobytes() != second.tobytes()}
    assert differing == {"series", "commitment", "autonomy", "since"}


def test_measures_come_history_by_history_and_in_the_order_of_their_names():
    scenario = two_powers()
    world, window = world_of(scenario), scenario.recording.window_years
    table = measures(world, 4, [3, 0, 3])
    assert table.shape == (3, 2, len(MEASURES))
    assert table[0].tobytes() == table[2].tobytes() != table[1].tobytes()
    first = measured(simulate(world, 4, 3), 1, window)
    np.testing.assert_array_equal(table[0, 1], list(first.values()))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_interpreted_and_compiled_agree_to_the_last_bit(count):
    """Worlds of one, two and three powers with drawn assumptions, and the shipped scenarios in the frozen numbers."""
    rng = np.random.default_rng(77 + count)
    make = (one_power, two_powers, three_powers)[count]
    with interpreter() as interpreted:
        for _ in range(2):
            scenario, seed = make(**some_changes(rng)).replace("years", 2), int(rng.integers(2**63))
            again, history = interpreted(scenario, seed, 1), simulate(world_of(scenario), seed, 1)
            assert [one.tobytes() for one in again] == [other.tobytes() for other in history]


def test_weights_of_distances_agree_to_the_last_bit():
    """One number in a thousand would not, where Python rounds a power and the compiler writes something else for it."""
    rng = np.random.default_rng(5)
    for _ in range(20_000):
        km, half = float(rng.uniform(0.0, 20_040.0)), float(rng.uniform(100.0, 9000.0))
        assert decay(km, half) == decay.py_func(km, half)
