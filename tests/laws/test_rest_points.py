"""With every relaxation off the process comes to rest, and where it rests is an equilibrium of the theory's section 5.

Checked from outside: by re-bargaining each contract, and for departures and unallied pairs by the independent payoffs
on a fine grid of contracts. O1 is on, so that every pact weighs on the others.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from simulation.history.model import AllianceModel
from simulation.theory import dyad
from simulation.theory.bargaining import Ending, Solution
from tests.builders import AT_REST, one_power, overlaid, state, two_powers
from tests.oracles import reference

STILL = 1e-6
YEARS = 60
KNOWN = {"assumptions": {"information": "complete", "activation": "listed"}, "relaxations": AT_REST, "years": YEARS}


def crowded(solution: str, weight: float):
    """One power and six states of all kinds, two of them rivals."""
    rng = np.random.default_rng(11)
    states = {name: state(
        capability=float(10 ** rng.uniform(-3.5, -2.5)), challenger_capability=float(10 ** rng.uniform(-3.3, -2.3)),
        crisis_rate=float(rng.uniform(0.1, 0.6)), rivals=["B"] if name == "A" else [],
        toward={"P": {"distance_km": float(rng.uniform(0, 1500)), "basing": float(rng.uniform(0.3, 1))}})
        for name in "ABCDEF"}
    power = {"costs": {"opportunity": {"weight": weight}}, "benefits": {"legitimation_exponent": 0.8}}
    return one_power(states, **overlaid(KNOWN, {
        "assumptions": {"bargaining_solution": solution}, "major_powers": {"P": power}}))


SCENARIOS = {
    "nash": lambda: crowded("nash", 0.01), "nash, dear": lambda: crowded("nash", 0.05),
    "kalai_smorodinsky": lambda: crowded("kalai_smorodinsky", 0.02),
    "egalitarian": lambda: crowded("egalitarian", 0.02),
    "ultimatum": lambda: crowded("ultimatum", 0.02), "two powers": lambda: two_powers(**KNOWN),
}
NAMES = list(SCENARIOS)


@functools.cache
def at_rest(name: str) -> AllianceModel:
    """The model after so many years that it has come to rest, if it ever does."""
    return run_out(SCENARIOS[name]())


def run_out(scenario) -> AllianceModel:
    model = AllianceModel(scenario, rng=1, collect=False)
    model.run()
    return model


def pairs(model):
    """Every power with every state."""
    return [(power, weak) for power in model.powers for weak in model.states]


@pytest.mark.parametrize("name", NAMES)
def test_comes_to_rest_with_pacts(name):
    history = at_rest(name).history
    for terms in (history.commitment, history.autonomy):
        assert np.abs(terms[-1] - terms[-10]).max() < STILL
    signed = history.commitment[-1] > 0
    assert signed.any()
    assert not signed.all()


@pytest.mark.parametrize("name", NAMES)
def test_each_contract_bargained_again_gives_itself(name):
    model = at_rest(name)
    for power, weak in pairs(model):
        if power.code not in weak.pacts:
            continue
        pact, assumptions = weak.pacts[power.code], model.setting.assumptions
        again = dyad.bargain(
            power.perceived_inputs(weak), int(Solution[assumptions.bargaining_solution.upper()]),
            power.record.bargaining_weight, power.outside_option(weak), False)
        assert again.ending == Ending.AGREED
        assert (again.commitment, again.autonomy) == pytest.approx((pact.commitment, pact.autonomy), abs=STILL)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_gains_by_leaving(name):
    model = at_rest(name)
    for power, weak in pairs(model):
        if power.code not in weak.pacts:
            continue
        pact = weak.pacts[power.code]
        u, v = reference.gains(power.perceived_inputs(weak), np.float64(pact.commitment), np.float64(pact.autonomy))
        assert u >= weak.record.outside_option - 1e-9
        assert v >= -1e-9


@pytest.mark.parametrize("name", NAMES)
def test_no_unallied_pair_has_a_contract_that_both_prefer(name):
    model = at_rest(name)
    a = np.linspace(0, 1, 201)
    s = np.linspace(model.world.rules.minimum_commitment, 1, 201)[:, None]
    for power, weak in pairs(model):
        if power.code in weak.pacts:
            continue
        held = max([weak.record.outside_option] + [
            float(reference.gains(model.power(code).perceived_inputs(weak), np.float64(pact.commitment),
                                  np.float64(pact.autonomy))[0]) for code, pact in weak.pacts.items()])
        u, v = reference.gains(power.perceived_inputs(weak), s, a)
        assert np.minimum(u - held, v).max() <= 1e-6


def test_rest_does_not_depend_on_luck():
    scenario = SCENARIOS["nash"]()
    other = AllianceModel(scenario, rng=99, replication=5, collect=False).run()
    assert np.array_equal(other.commitment, at_rest("nash").history.commitment)
