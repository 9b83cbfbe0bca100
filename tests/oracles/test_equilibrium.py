"""Alliance equilibria against cases worked by hand, against brute force, and against the agents' rest points.

The hand-worked cases use a bargain with a closed form: commitment fixed at 1 by its minimum, pledges kept for certain
(audience cost 100), no restraint and no risk weight, so that u = S - 1/2 alpha a^2 and v = b a - C with constants S, C.
The asymmetric Nash bargain of these is the positive root of

    alpha b (1 - beta/2) a^2 - (1 - beta) alpha C a - beta b S = 0,   pact iff sqrt(2 S / alpha) >= C / b.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from simulation.equilibrium import search
from simulation.equilibrium.certificate import Contract, Kind, certify
from simulation.equilibrium.search import Outcome, Search, solve
from simulation.errors import Refusal
from simulation.history.model import AllianceModel
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.scenario.traits import power_traits, relation_traits, scenario_rules, state_traits
from simulation.theory.bargaining_problem import ALONE, Circumstances, Portfolio
from simulation.theory.crisis import Audience
from tests.builders import AT_REST, one_power, overlaid, state, two_powers
from tests.oracles import reference

ALPHA, BETA, RATE, BASING_VALUE, FIXED = 0.6, 0.6, 0.5, 0.25, 0.02
TAU, CHI, W_WEAK, W_CHALLENGER, PRECISION, WAR_COST = 1.0, 0.3, 0.2, 0.3, 5.0, 0.3
CAPABILITY, CHALLENGER, MAJOR = 0.0006, 0.0013, 0.05


def certain(states: int, **changes) -> Scenario:
    """Identical states next door to a power whose pledges are kept for certain."""
    weak = state(toward={"P": {"distance_km": 0.0, "basing": 1.0, "rival_pull": 0.0}})
    return one_power(dict.fromkeys("ABCDEFGHIJKLMNO"[:states], weak), **overlaid({
        "assumptions": {"restraint": 0.0, "information": "complete"}, "contract": {"minimum_commitment": 1.0},
        "major_powers": {"P": {
            "capability": MAJOR, "bargaining_weight": BETA, "resolve": {
                "type": "resolute", "audience_cost_resolute": 100.0, "audience_cost_irresolute": 100.0},
            "benefits": {"power_projection": BASING_VALUE, "legitimation": 0.0, "denial": 0.0, "stabilisation": 0.0},
            "costs": {"direct": {"fixed": FIXED, "deployment": 0.0}, "opportunity": {"weight": 0.0, "foreclosure": 0.0},
                      "entrapment": {"war_cost": WAR_COST, "risk_weight": 0.0}}}}}, changes))


def logit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def protection() -> float:
    """S: what certain help saves a state a year, by the formulae of the crisis game."""
    alone = CAPABILITY / (CAPABILITY + CHALLENGER)
    joint = (CAPABILITY + MAJOR) / (CAPABILITY + MAJOR + CHALLENGER)

    def loss(reliability: float) -> float:
        won = reliability * joint + (1 - reliability) * alone
        resist = logit(PRECISION * (won * TAU - W_WEAK))
        dare = logit(PRECISION * (resist * ((1 - won) * TAU - W_CHALLENGER) + (1 - resist) * TAU - CHI))
        return dare * ((1 - resist) * TAU + resist * ((1 - won) * TAU + W_WEAK))

    return RATE * (loss(logit(-PRECISION * WAR_COST * (2 - joint))) - loss(1.0))


def conceded(cost: float) -> float | None:
    """The autonomy of the Nash bargain at a given cost of the major power; None where there is no pact."""
    saved, b = protection(), BASING_VALUE
    if math.sqrt(2 * saved / ALPHA) < cost / b:
        return None
    square, linear, constant = ALPHA * b * (1 - BETA / 2), -(1 - BETA) * ALPHA * cost, -BETA * b * saved
    return (-linear + math.sqrt(linear**2 - 4 * square * constant)) / (2 * square)


# --- worked by hand -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exhaustive", [True, False])
@pytest.mark.parametrize("weight", [0.0, 0.02, 0.05])
def test_two_states_share_a_convex_opportunity_cost(weight, exhaustive):
    found = solve(certain(2, major_powers={"P": {"costs": {"opportunity": {"weight": weight}}}}), exhaustive)
    assert found.outcome == Outcome.ONE
    answer = conceded(FIXED + weight * (1 + 0.5))
    assert 0 < answer < 1
    for code in "AB":
        pact = found.equilibria[0].pacts[code]
        assert pact.commitment == 1.0
        assert pact.autonomy == pytest.approx(answer, abs=1e-6)


def test_where_only_one_of_two_can_be_carried_there_are_two_equilibria():
    bound = math.sqrt(2 * protection() / ALPHA) * BASING_VALUE - FIXED
    weight = bound / 1.0  # alone a pact costs half of it, as the second one and a half times
    found = solve(certain(2, major_powers={"P": {"costs": {"opportunity": {"weight": weight}}}}), exhaustive=True)
    assert conceded(FIXED + 1.5 * weight) is None
    assert [equilibrium.allies for equilibrium in found.equilibria] == [(("P", "A"),), (("P", "B"),)]
    for equilibrium in found.equilibria:
        (pact,) = equilibrium.pacts.values()
        assert pact.autonomy == pytest.approx(conceded(FIXED + 0.5 * weight), abs=1e-6)


def test_a_critical_mass_of_voters_has_two_equilibria():
    """Legitimation w (sum of a)^2: the first vote is worth w a^2, the n-th w (a^2 + 2 (n - 1) a^2)."""
    number, worth, fixed = 5, 0.05, 0.06
    scenario = certain(number, major_powers={"P": {
        "benefits": {"power_projection": 0.0, "legitimation": worth, "legitimation_exponent": 2.0},
        "costs": {"direct": {"fixed": fixed}}}})
    saved = protection()
    most = math.sqrt(2 * saved / ALPHA)
    assert worth * most**2 < fixed < worth * (2 * number - 1) * most**2
    found = solve(scenario, exhaustive=True)
    assert [len(equilibrium.pacts) for equilibrium in found.equilibria] == [number, 0]

    def slope(a: float) -> float:
        """Derivative of the logarithm of one bargain's Nash product, all others at the same a."""
        gain, gain_slope = worth * (a**2 + 2 * (number - 1) * a * a) - fixed, worth * (2 * a + 2 * (number - 1) * a)
        return BETA * gain_slope / gain - (1 - BETA) * ALPHA * a / (saved - 0.5 * ALPHA * a**2)

    lowest = math.sqrt(fixed / (worth * (2 * number - 1)))
    answer = brentq(slope, lowest + 1e-9, most - 1e-9)
    for pact in found.equilibria[0].pacts.values():
        assert pact.autonomy == pytest.approx(answer, abs=1e-5)


def test_a_foreclosure_triangle_has_one_equilibrium_for_each_corner():
    rivals = {"A": ["B", "C"], "B": ["A", "C"], "C": ["A", "B"]}
    scenario = certain(3, major_powers={"P": {"costs": {"opportunity": {"foreclosure": 5.0}}}},
                       weak_states={code: {"rivals": others} for code, others in rivals.items()})
    found = solve(scenario, exhaustive=True)
    assert [equilibrium.allies for equilibrium in found.equilibria] == [(("P", code),) for code in "ABC"]
    for equilibrium in found.equilibria:
        (pact,) = equilibrium.pacts.values()
        assert pact.autonomy == pytest.approx(conceded(FIXED), abs=1e-6)
    proposition_verdict = solve(scenario.replace("assumptions.foreclosure", False), exhaustive=True)
    assert [len(equilibrium.pacts) for equilibrium in proposition_verdict.equilibria] == [3]


def test_without_benefits_the_empty_assignment_is_the_only_equilibrium():
    found = solve(certain(3, major_powers={"P": {"benefits": {"power_projection": 0.0}}}))
    assert (found.search, found.outcome) == (Search.EXHAUSTIVE, Outcome.ONE)
    assert found.equilibria[0].pacts == {}


# --- brute force ----------------------------------------------------------------------------------------------------


def random_scenario(number: int) -> Scenario:
    """A small scenario of one or two powers, with every channel of the theory and every solution in turn."""
    rng = np.random.default_rng([17, number])
    powers = ["P", "Q"][: 1 + number % 2]

    def some(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    names = "ABCD"[: 3 + int(rng.integers(2))]
    states = {name: {
        "capability": 10 ** some(-3.6, -2.6), "challenger_capability": 10 ** some(-3.3, -2.3),
        "crisis_rate": some(0.1, 0.8), "autonomy_value": some(0.3, 0.9), "instability": some(0, 1),
        "outside_option": float(rng.choice([0.0, some(0, 0.03)])),
        "rivals": [other for other in names if other != name and rng.random() < 0.2],
        "toward": {power: {"distance_km": some(0, 1800), "preference_distance": some(0, 1.5), "basing": some(0, 1),
                           "rival_pull": some(0, 1)} for power in powers}} for name in names}
    record = {power: {
        "capability": some(0.03, 0.1), "reach_half_distance_km": some(800, 3000), "bargaining_weight": some(0.2, 0.8),
        "benefits": {"power_projection": some(0.1, 0.5), "legitimation": some(0, 0.1),
                     "legitimation_exponent": float(rng.choice([1.0, 0.7, 1.6])), "denial": some(0, 0.1)},
        "costs": {"opportunity": {"weight": some(0, 0.05), "foreclosure": some(0, 0.1)},
                  "entrapment": {"war_cost": some(0.05, 0.5)}}} for power in powers}
    solutions = ("nash", "nash", "egalitarian", "ultimatum", "kalai_smorodinsky")
    return Scenario.model_validate({
        "name": f"random-{number}", "major_powers": record, "weak_states": states,
        "assumptions": {"bargaining_solution": solutions[number % 5], "information": "complete",
                        "excludability": float(rng.choice([1.0, 1.0, 0.6])),
                        "rival_pull": str(rng.choice(["endogenous", "given"]))}})


def reference_gains(scenario: Scenario, pacts: dict[str, Contract], power: str, code: str, s, a):
    """(u, v) of contracts between a pair, all other pacts standing, by the independent statement of the payoffs."""
    rules, record = scenario_rules(scenario), scenario.states[code]
    others = {other: pact for other, pact in pacts.items() if other != code}

    def portfolio(of: str) -> Portfolio:
        own = {other: pact for other, pact in others.items() if pact.power == of}
        costs = scenario.major_powers[of].costs.opportunity
        tied = [pact.commitment if rules.depth_binds else 1.0 for pact in own.values()]
        return Portfolio(
            float(costs.capacity),
            sum(pact.commitment / relation_traits(scenario, of, other).reach for other, pact in own.items()),
            sum(scenario.states[other].votes * (pact.autonomy if rules.legitimation_by_autonomy else 1.0)
                for other, pact in own.items()),
            sum(tied) / len(tied) if tied else 0.0, float(sum(other in scenario.rivals_of(code) for other in own)))

    def now(of: str, pull: float, other_loss: float) -> Circumstances:
        resolve = scenario.major_powers[of].resolve
        is_resolute = resolve.type == "resolute" or (resolve.type == "drawn" and resolve.prior >= 0.5)
        own = resolve.audience_cost_resolute if is_resolute else resolve.audience_cost_irresolute
        audience = Audience(own, resolve.audience_cost_resolute, resolve.audience_cost_irresolute, float(is_resolute))
        rate, challenger = record.crisis_rate, record.challenger_capability
        return Circumstances(record.capability, record.toward[of].preference_distance, pull, audience, rate, challenger,
                             rate, challenger, other_loss)

    def inputs(of: str, pull: float, other_loss: float) -> tuple:
        return (rules, power_traits(scenario.major_powers[of]), state_traits(record),
                relation_traits(scenario, of, code), now(of, pull, other_loss), portfolio(of))

    def bare_loss(of: str) -> float:
        given = inputs(of, 0.0, ALONE)
        side = reference.side(given[0], given[1], given[3], given[4], record.challenger_capability)
        spill = (1.0 - rules.excludability) * given[5].mean_binding
        return float(reference.loss_weak(rules.stakes, reference.game(
            rules.stakes, given[4].audience, side, spill, 0.0, 0.0)))

    def all_gains(of: str, pull: float, s, a):
        losses = [bare_loss(other) for other in scenario.major_powers if other != of]
        return reference.gains(inputs(of, pull, min(losses, default=ALONE)), s, a)

    pull = scenario.states[code].toward[power].rival_pull
    if len(scenario.major_powers) > 1 and scenario.assumptions.rival_pull == "endogenous":
        grid = np.linspace(rules.minimum_commitment, 1, 241)[:, None], np.linspace(0, 1, 481)[None, :]
        pull = float(any(np.minimum(*all_gains(other, 0.0, *grid)).max() > 0.0
                         for other in scenario.major_powers if other != power))
    return all_gains(power, pull, s, a)


def largest_deviation(scenario: Scenario, pacts: dict[str, Contract]) -> float:
    """The most that anybody could gain by dropping a pact or by signing a new one, over a fine grid of contracts."""
    s = np.linspace(scenario.contract.minimum_commitment, 1, 181)[:, None]
    a, worst = np.linspace(0, 1, 361)[None, :], 0.0
    for code, record in scenario.states.items():
        held = float(record.outside_option)
        if code in pacts:
            pact = pacts[code]
            u, v = reference_gains(scenario, pacts, pact.power, code, np.float64(pact.commitment),
                                   np.float64(pact.autonomy))
            worst, held = max(worst, held - float(u), -float(v)), float(u)
        for power in scenario.major_powers:
            if code not in pacts or pacts[code].power != power:
                u, v = reference_gains(scenario, pacts, power, code, s, a)
                worst = max(worst, float(np.minimum(u - held, v).max()))
    return worst


BATCHES = [range(start, start + 20) for start in range(0, 200, 20)]


SAMPLE, *REST = BATCHES


@pytest.mark.parametrize("batch", [SAMPLE, *(pytest.param(batch, marks=pytest.mark.slow) for batch in REST)], ids=str)
def test_many_starts_find_nothing_that_is_not_among_all(batch):
    for number in batch:
        scenario = random_scenario(number)
        everything = solve(scenario, exhaustive=True)
        some = solve(scenario, exhaustive=False, random_starts=4, seed=number)
        known = {equilibrium.allies: equilibrium for equilibrium in everything.equilibria}
        for equilibrium in (*everything.equilibria, *some.equilibria):
            assert equilibrium.certificate.regret <= 1e-6, (number, equilibrium.certificate.worst)
            assert largest_deviation(scenario, equilibrium.pacts) <= 1e-6, number
            assert equilibrium.allies in known, number
        assert bool(some.equilibria) or not everything.equilibria or some.cycles, number


@pytest.mark.parametrize("number", [2, 8, 10, 32])
def test_no_equilibrium_is_among_the_assignments_that_a_bound_rules_out(number, monkeypatch):
    scenario = random_scenario(number).replace_all({
        "assumptions.excludability": 1.0, "major_powers.P.benefits.legitimation_exponent": 1.0})
    asked = []
    bound = search.may_be_equilibrium
    monkeypatch.setattr(search, "may_be_equilibrium", lambda *given: asked.append(bound(*given)) or asked[-1])
    quick = solve(scenario, exhaustive=True)
    monkeypatch.setattr(search, "may_be_equilibrium", lambda *_: True)
    slow = solve(scenario, exhaustive=True)
    assert not all(asked)
    assert [one.pacts for one in quick.equilibria] == [one.pacts for one in slow.equilibria]


# --- none at all ----------------------------------------------------------------------------------------------------

FINE_S, FINE_A = np.linspace(0.1, 1.0, 46)[:, None], np.linspace(0.0, 1.0, 51)


@pytest.fixture(scope="module")
def no_rest(pytestconfig) -> Scenario:
    return load_scenario(pytestconfig.rootpath / "scenarios" / "no-rest.yaml")


def common_gain(scenario: Scenario, pacts: dict[str, Contract], code: str) -> float:
    """The most that both sides of a pact could gain by it, all other pacts standing."""
    return float(np.minimum(*reference_gains(scenario, pacts, "PAT", code, FINE_S, FINE_A)).max())


def nash_contract(scenario: Scenario, pacts: dict[str, Contract], code: str) -> Contract | None:
    """The best contract of the grid by the Nash product; None if no contract suits both."""
    u, v = reference_gains(scenario, pacts, "PAT", code, FINE_S, FINE_A)
    beta = float(scenario.major_powers["PAT"].bargaining_weight)
    product = np.maximum(v, 0.0) ** beta * np.maximum(u, 0.0) ** (1.0 - beta)
    row, column = np.unravel_index(int(product.argmax()), product.shape)
    return Contract("PAT", float(FINE_S[row, 0]), float(FINE_A[column])) if product.max() > 0.0 else None


def test_two_states_that_never_come_to_rest_are_reported_with_their_round(no_rest):
    found = solve(no_rest)
    assert (found.search, found.outcome, found.is_complete) == (Search.EXHAUSTIVE, Outcome.NONE, True)
    large, small = ("PAT", "LARGE"), ("PAT", "SMALL")
    assert found.cycles[0].start == "no pacts"
    assert found.cycles[0].stages == ((), (large,), (large, small), (small,), ())
    some = solve(no_rest, exhaustive=False, random_starts=6)
    assert some.outcome == Outcome.NONE
    assert len(some.cycles) == some.tried == 8


def test_each_assignment_of_these_two_is_left_by_somebody(no_rest):
    """Checked without the solver, by the independent statement of the payoffs: why there is no equilibrium."""
    assert common_gain(no_rest, {}, "LARGE") > 0.02, "from no pacts the large one signs"
    assert common_gain(no_rest, {}, "SMALL") < -0.02, "a pact with the small one alone pays for nobody, on any terms"
    alone = {"LARGE": nash_contract(no_rest, {}, "LARGE")}
    assert common_gain(no_rest, alone, "SMALL") > 0.02, "with the large one allied the small one signs"
    large = {Contract("PAT", float(s), float(a)) for s in FINE_S[::5, 0] for a in FINE_A[::5]}
    for _ in range(3):  # both allied: what one would sign, given anything that the other would sign, and so on
        small = {nash_contract(no_rest, {"LARGE": contract}, "SMALL") for contract in large} - {None}
        large = {nash_contract(no_rest, {"SMALL": contract}, "LARGE") for contract in small} - {None}
    assert not large, "covered by the small one's pact, the large one leaves"


# --- the agents -----------------------------------------------------------------------------------------------------

KNOWN = {"assumptions": {"information": "complete", "activation": "listed"}, "relaxations": AT_REST, "years": 60}


def history_at_rest(number: int) -> tuple[Scenario, AllianceModel]:
    """A random scenario with every relaxation off, and its model after 60 years."""
    scenario = random_scenario(number).replace_all({
        "years": 60, "recording.window_years": 5, **{f"relaxations.{name}": False for name in AT_REST},
        "major_powers.*.resolve.type": "resolute"})
    model = AllianceModel(scenario, rng=number, collect=False)
    model.run()
    return scenario, model


@pytest.mark.parametrize("number", [0, 4, 8, 12, 16, 20, 24, 32, 36])
def test_where_agents_come_to_rest_is_an_equilibrium(number):
    scenario, model = history_at_rest(number)
    assert np.abs(model.history.commitment[-1] - model.history.commitment[-8]).max() <= 1e-6
    pacts = {weak.code: Contract(power, pact.commitment, pact.autonomy)
             for weak in model.states for power, pact in weak.pacts.items()}
    assert certify(scenario, pacts).regret <= 1e-6
    assert any(set(equilibrium.pacts) == set(pacts) for equilibrium in solve(scenario, exhaustive=True).equilibria)


def test_an_ally_that_is_left_nothing_may_come_and_go_for_ever():
    """Under an ultimatum the ally gains 0, so it leaves at the least change elsewhere, and signs again: no rest, though
    there is an equilibrium. Excludability below 1 makes its gain depend on the other ally's terms."""
    scenario, model = history_at_rest(28)
    commitment = model.history.commitment
    assert np.abs(commitment[-1] - commitment[-4]).max() <= 1e-6
    assert np.abs(commitment[-1] - commitment[-2]).max() > 1e-3
    assert len(solve(scenario, exhaustive=True).equilibria) == 1


def test_two_powers_at_rest_are_in_equilibrium():
    scenario = two_powers(**overlaid(KNOWN, {"major_powers": {
        power: {"resolve": {"type": "resolute"}} for power in ("P", "Q")}}))
    model = AllianceModel(scenario, rng=1, collect=False)
    model.run()
    pacts = {weak.code: Contract(power, pact.commitment, pact.autonomy)
             for weak in model.states for power, pact in weak.pacts.items()}
    assert pacts
    assert certify(scenario, pacts).regret <= 1e-6


# --- the certificate ------------------------------------------------------------------------------------------------


def test_a_certificate_names_what_is_wrong_and_by_how_much():
    scenario = certain(3)
    pacts = solve(scenario).equilibria[0].pacts
    right = pacts["A"].autonomy
    assert certify(scenario, pacts).regret <= 1e-9
    moved = certify(scenario, pacts | {"A": Contract("P", 1.0, right + 0.05)})
    u, v = protection() - 0.5 * ALPHA * right**2, BASING_VALUE * right - FIXED
    u_off, v_off = protection() - 0.5 * ALPHA * (right + 0.05) ** 2, BASING_VALUE * (right + 0.05) - FIXED
    assert moved.worst.kind == Kind.CONTRACT and moved.worst.state == "A"
    assert moved.contract == pytest.approx(v**BETA * u ** (1 - BETA) - v_off**BETA * u_off ** (1 - BETA), rel=1e-6)
    dropped = certify(scenario, {code: pact for code, pact in pacts.items() if code != "B"})
    assert dropped.worst.kind == Kind.NEW_PACT and dropped.worst.state == "B"
    even = brentq(lambda a: (protection() - 0.5 * ALPHA * a**2) - (BASING_VALUE * a - FIXED), 0, 1)
    assert dropped.new_pact == pytest.approx(BASING_VALUE * even - FIXED, rel=1e-6)
    dear = certify(scenario, pacts | {"C": Contract("P", 1.0, 0.01)})
    assert dear.drop == pytest.approx(FIXED - BASING_VALUE * 0.01, rel=1e-9)


@pytest.mark.parametrize("pacts", [{"Z": Contract("P", 1.0, 0.1)}, {"A": Contract("Q", 1.0, 0.1)},
                                   {"A": Contract("P", 0.5, 0.1)}, {"A": Contract("P", 1.0, 1.1)}])
def test_a_certificate_for_something_else_is_refused(pacts):
    with pytest.raises(Refusal):
        certify(certain(1), pacts)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["russia-2005", "stylised", "united-states-2005", "two-patrons-2005"])
def test_shipped_scenarios_have_certified_equilibria(name, pytestconfig):
    found = solve(load_scenario(pytestconfig.rootpath / "scenarios" / f"{name}.yaml"), random_starts=2)
    assert found.equilibria
    assert max(equilibrium.certificate.regret for equilibrium in found.equilibria) <= 1e-6


def test_too_many_assignments_are_refused_with_their_number():
    with pytest.raises(Refusal) as refused:
        solve(certain(15), exhaustive=True)
    assert str(refused.value) == (
        "too many assignments to try all; found 15 weak states that could be allies: 32,768 assignments; allowed: at"
        " most 20,000; without the exhaustive search, many starts are tried instead")


def test_an_exhaustive_search_finds_what_starts_find_where_contracts_lift_each_other_up():
    """Three voters near the cost at which the full assignment ends: settled from extreme terms it collapses."""
    power = {"benefits": {"power_projection": 0.0, "legitimation": 0.08, "legitimation_exponent": 2.0}}
    for fixed in np.linspace(0.05, 0.3, 11):
        scenario = certain(3, major_powers={"P": {**power, "costs": {"direct": {"fixed": float(fixed)}}}})
        everything, some = solve(scenario, exhaustive=True), solve(scenario, exhaustive=False, random_starts=2)
        assert {one.allies for one in some.equilibria} <= {one.allies for one in everything.equilibria}
