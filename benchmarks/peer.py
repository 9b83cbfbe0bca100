"""The same model as a careful Mesa user would write it: plain Python, `scipy.optimize`, `mesa.batch_run`.

For one major power, the Nash solution and the default assumptions; it is what the ensemble's speed is measured against.
Only the random numbers are the program's own, so that histories can be compared contract by contract (a test holds the
two within 1e-6 of each other). The formulae follow docs/model.md and share nothing with `simulation.theory`.
"""

from __future__ import annotations

import math
from typing import Any

import mesa
import numpy as np
from scipy import optimize

from simulation.history.chance import NOBODY, Decision, address, fill_normals, uniform
from simulation.scenario.scenario import Scenario
from simulation.scenario.traits import distance_km

GRID = 17
MEASURES = ("number_of_pacts", "commitment_given_pact", "autonomy_given_pact", "autonomy_all_states", "negotiations",
            "wars", "interventions", "benefit_power_projection", "benefit_denial", "cost_deployment",
            "cost_opportunity", "weak_protection")


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0


class Crisis:
    """A crisis between a state, its challenger and the power, as one side sees it."""

    def __init__(self, power: Power, state: State, challenger: float):
        crisis = power.model.setting.crisis
        self.stake, self.chi = crisis.stake, crisis.challenge_cost
        self.w_weak, self.w_challenger, self.precision = (
            crisis.war_cost_weak, crisis.war_cost_challenger, crisis.rationality)
        self.mu = power.model.setting.assumptions.restraint
        m = crisis.contest_exponent
        helped = state.capability + state.reach * power.record.capability
        self.alone = state.capability**m / (state.capability**m + challenger**m)
        self.joint = helped**m / (helped**m + challenger**m)
        entrapment = power.record.costs.entrapment
        self.cost = entrapment.dial * entrapment.war_cost * (2.0 - self.joint) / state.reach
        self.audience, self.belief = power.audience, state.belief
        resolve = power.record.resolve
        self.types = resolve.audience_cost_resolute, resolve.audience_cost_irresolute

    def intervention(self, audience: float, s: float, value: float) -> float:
        return logistic(self.precision * (s * audience + (self.joint - self.alone) * value - self.cost))

    def play(self, s: float, a: float, value: float) -> tuple[float, float, float, float]:
        """(reliability, believed reliability, resistance, challenge)."""
        resolute, irresolute = (self.intervention(cost, s, value) for cost in self.types)
        believed = self.belief * resolute + (1.0 - self.belief) * irresolute
        won = believed * self.joint + (1.0 - believed) * self.alone
        resists = logistic(self.precision * (won * self.stake - self.w_weak))
        q = (1.0 - self.mu * a) * resists
        war = (1.0 - won) * self.stake - self.w_challenger
        challenge = logistic(self.precision * (q * war + (1.0 - q) * self.stake - self.chi))
        return self.intervention(self.audience, s, value), believed, resists, challenge

    def losses(self, s: float, a: float, value: float) -> tuple[float, float]:
        """Expected losses of the weak state and of the power once a crisis can open."""
        reliability, believed, resists, challenge = self.play(s, a, value)
        q = (1.0 - self.mu * a) * resists
        won = believed * self.joint + (1.0 - believed) * self.alone
        weak = challenge * ((1.0 - q) * self.stake + q * ((1.0 - won) * self.stake + self.w_weak))
        major = challenge * (
            q * reliability * self.cost + q * (1.0 - reliability) * s * self.audience
            + value * ((1.0 - q) + q * (reliability * (1.0 - self.joint) + (1.0 - reliability) * (1.0 - self.alone))))
        return weak, major


class Table:
    """What the power and a state would gain from contracts, each as it sees the world."""

    def __init__(self, power: Power, state: State, weak: tuple[float, float], major: tuple[float, float]):
        self.power, self.state, record = power, state, power.record
        self.weak_rate, self.major_rate = weak[0], major[0]
        self.seen_by_weak = Crisis(power, state, weak[1])
        self.seen_by_major = Crisis(power, state, major[1])
        self.loss_without = self.seen_by_weak.losses(0.0, 0.0, 0.0)[0]
        self.major_without = self.seen_by_major.losses(0.0, 0.0, 0.0)[1]
        self.alpha = state.record.autonomy_value * (1.0 + state.record.preference_weight * state.preference)
        benefits, costs = record.benefits, record.costs
        self.by_autonomy = (benefits.power_projection * state.relation.basing
                            + benefits.legitimation * state.record.votes)
        self.by_membership = (benefits.denial * state.relation.rival_pull
                              + benefits.stabilisation * state.record.instability * state.proximity
                              + benefits.own_security * state.capability / record.capability)
        self.fixed = costs.direct.dial * costs.direct.fixed
        self.deployment = costs.direct.dial * costs.direct.deployment / state.reach
        capacity = costs.opportunity.capacity * (1.0 - record.fatigue.loss if power.is_tired() else 1.0)
        self.price = costs.opportunity.dial * costs.opportunity.weight / capacity
        others = [ally for ally in power.allies() if ally is not state]
        self.pledged = sum(ally.pact[0] / ally.reach for ally in others)
        self.foreclosure = costs.opportunity.dial * costs.opportunity.foreclosure * sum(
            ally.code in state.rivals for ally in others)
        self.risk = costs.entrapment.dial * costs.entrapment.risk_weight * self.major_rate
        saved = 2.0 * self.weak_rate * self.loss_without / self.alpha if self.alpha > 0.0 else math.inf
        self.most_autonomy = min(1.0, math.sqrt(saved))

    def gains(self, s: float, a: float) -> tuple[float, float]:
        value = self.by_autonomy * a + self.by_membership
        weak, major = self.seen_by_weak.losses(s, a, value)[0], self.seen_by_major.losses(s, a, value)[1]
        added = s / self.state.reach
        u = self.weak_rate * (self.loss_without - weak) - 0.5 * self.alpha * a * a
        v = (value - self.fixed - self.deployment * s - self.price * added * (self.pledged + 0.5 * added)
             - self.foreclosure - self.risk * (major - self.major_without))
        return u, v

    def shortfall(self, terms: Any) -> float:
        """Minus the Nash product; where a side would not sign, by how much it falls short."""
        u, v = self.gains(float(terms[0]), float(terms[1]))
        slack = min(u - self.state.record.outside_option, v)
        beta = self.power.record.bargaining_weight
        return -slack if slack < 0.0 else -(v**beta * u ** (1.0 - beta))

    def bargain(self) -> tuple[float, float] | None:
        """The Nash bargain: the best of local searches from the peaks of a grid; None if no contract suits both."""
        least = self.power.model.setting.contract.minimum_commitment
        commitments, autonomies = np.linspace(least, 1.0, GRID), np.linspace(0.0, self.most_autonomy, GRID)
        heights = np.array([[-self.shortfall((s, a)) for a in autonomies] for s in commitments])
        starts = [(commitments[i], autonomies[j]) for i, j in peaks(heights)]
        # looser than this, the simplex stops as far as 1e-5 from the bargain
        found = [optimize.minimize(self.shortfall, start, method="Nelder-Mead",
                                   bounds=[(least, 1.0), (0.0, self.most_autonomy)],
                                   options={"xatol": 1e-9, "fatol": 1e-15, "maxfev": 600}) for start in starts]
        best = min(found, key=lambda result: result.fun)
        u, v = self.gains(*map(float, best.x))
        return None if best.fun > 0.0 or min(u, v) < 1e-9 else (float(best.x[0]), float(best.x[1]))

    def prospect(self, least: float) -> float:
        """The highest joint gain among 25 contracts, or the least by which one falls short; minus infinity if no
        contract can suit both."""
        floor = self.state.record.outside_option
        if self.weak_rate * self.loss_without < floor - 1e-12:
            return -math.inf
        alliances = (self.fixed + self.deployment * least + self.foreclosure
                     + self.price * least / self.state.reach * (self.pledged + 0.5 * least / self.state.reach))
        most = self.by_autonomy * self.most_autonomy + self.by_membership
        if most + self.risk * self.major_without - alliances < -1e-12:
            return -math.inf
        return self.glance(least, floor, 0.0)

    def glance(self, least: float, weak_floor: float, major_floor: float) -> float:
        best = nearest = -math.inf
        for i in range(5):
            for j in range(5):
                u, v = self.gains(least + (1.0 - least) * i / 4, self.most_autonomy * j / 4)
                slack = min(u - weak_floor, v - major_floor)
                nearest = max(nearest, slack)
                if slack >= 0.0:
                    best = max(best, u + v)
        return best if nearest >= 0.0 else nearest


def peaks(heights: np.ndarray) -> list[tuple[int, int]]:
    """The three highest nodes that no neighbour tops."""
    padded = np.pad(heights, 1, constant_values=-np.inf)
    around = np.max([padded[1 + i:1 + i + GRID, 1 + j:1 + j + GRID]
                     for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j], axis=0)
    places = np.argwhere(heights >= around)
    return sorted(map(tuple, places), key=lambda place: -heights[place])[:3]


class State(mesa.Agent):
    """A weak state."""

    def __init__(self, model: PeerModel, code: str, power_code: str):
        super().__init__(model)
        scenario = model.setting
        self.code, self.record, self.address = code, scenario.states[code], address(code)
        self.relation, self.rivals = self.record.toward[power_code], scenario.rivals_of(code)
        power = scenario.major_powers[power_code]
        distance = distance_km(scenario, power_code, code)
        self.reach = 2.0 ** (-distance / power.reach_half_distance_km)
        self.proximity = 2.0 ** (-distance / power.benefits.neighbourhood_half_distance_km)
        self.deviations = [0.0, 0.0, 0.0, 0.0]
        self.belief = power.resolve.prior
        self.pact: tuple[float, float] | None = None
        self.since = self.agreed = 0
        self.refresh()

    def refresh(self) -> None:
        record, (own, challenger, rate, preference) = self.record, self.deviations
        self.capability = min(record.capability * math.exp(own), 1.0)
        self.challenger = min(record.challenger_capability * math.exp(challenger), 1.0)
        self.rate = min(record.crisis_rate * math.exp(rate), 1.0)
        self.preference = self.relation.preference_distance * math.exp(preference)

    def drift(self) -> None:
        drift, model = self.model.setting.dynamics.drift, self.model
        moves = ((drift.capability, Decision.DRIFT_CAPABILITY, NOBODY),
                 (drift.challenger, Decision.DRIFT_CHALLENGER, NOBODY),
                 (drift.crisis_rate, Decision.DRIFT_CRISIS_RATE, NOBODY),
                 (drift.preference, Decision.DRIFT_PREFERENCE, model.power.address))
        for place, (size, decision, counterpart) in enumerate(moves):
            self.deviations[place] = drift.persistence * self.deviations[place] + size * model.shock(
                self.address, decision, counterpart)
        self.refresh()

    def seen_by(self, eye: np.uint64, rate: Decision, challenger: Decision) -> tuple[float, float]:
        sigma, shock = self.model.setting.dynamics.misperception, self.model.shock
        return (min(self.rate * math.exp(sigma * shock(self.address, rate, eye)), 1.0),
                min(self.challenger * math.exp(sigma * shock(self.address, challenger, eye)), 1.0))


class Power(mesa.Agent):
    """The major power."""

    def __init__(self, model: PeerModel, code: str):
        super().__init__(model)
        self.record, self.address, self.tired_until = model.setting.major_powers[code], address(code), 0
        self.tired_from = 0
        resolve = self.record.resolve
        is_resolute = resolve.type == "resolute"
        if resolve.type == "drawn":
            is_resolute = model.luck(self.address, Decision.TYPE, NOBODY) < resolve.prior
        self.audience = resolve.audience_cost_resolute if is_resolute else resolve.audience_cost_irresolute

    def allies(self) -> list[State]:
        return [state for state in self.model.states if state.pact is not None]

    def is_tired(self) -> bool:
        return self.tired_from <= self.model.year <= self.tired_until

    def look(self) -> None:
        self.views = {state.code: state.seen_by(
            self.address, Decision.POWER_MISPERCEIVES_RATE, Decision.POWER_MISPERCEIVES_CHALLENGER)
            for state in self.model.states}

    def review(self) -> None:
        friction = self.model.setting.dynamics.exit_cost + 1e-9
        for state in self.allies():
            u, v = Table(self, state, state.view, self.views[state.code]).gains(*state.pact)
            if v < -friction or u < state.record.outside_option - friction:
                state.pact, state.since, state.agreed = None, 0, 0

    def rank(self, place: int, state: State) -> tuple[float, int, int]:
        view, least = self.views[state.code], self.model.setting.contract.minimum_commitment
        table = Table(self, state, view, view)
        if state.pact is None:
            return -table.prospect(least), 0, place
        u, v = table.gains(*state.pact)
        found = table.glance(least, max(u, state.record.outside_option), max(v, 0.0))
        return -(found - u - v if found >= 0.0 and found - u - v > 1e-9 else 0.0), state.agreed, place

    def negotiate(self) -> None:
        ranks = sorted(self.rank(place, state) for place, state in enumerate(self.model.states))
        for rank, _, place in ranks[: self.record.attention]:
            if rank == math.inf:
                continue
            state = self.model.states[place]
            self.model.tallies["negotiations"] += 1
            agreed = Table(self, state, state.view, self.views[state.code]).bargain()
            if agreed is not None:
                state.pact, state.agreed, state.since = agreed, self.model.year, state.since or self.model.year


class PeerModel(mesa.Model):
    """One history with one major power; see `AllianceModel` for what happens in a year."""

    def __init__(self, scenario: Scenario, rng: Any = None, replication: int = 0):
        super().__init__(rng=rng)
        self.setting, self.seed, self.replication, self.year = scenario, int(rng), replication, 0
        code, = scenario.major_powers
        self.power = Power(self, code)
        self.states = [State(self, state, code) for state in scenario.states]
        self.rows: list[dict[str, float]] = []
        self.datacollector = mesa.DataCollector({name: measure_reporter(name) for name in MEASURES})

    def luck(self, actor: np.uint64, decision: Decision, counterpart: np.uint64) -> float:
        return uniform(np.uint64(self.seed), np.uint64(self.replication), np.uint64(self.year), actor, int(decision),
                       counterpart)

    def shock(self, actor: np.uint64, decision: Decision, counterpart: np.uint64) -> float:
        found = np.empty(1)
        fill_normals(np.uint64(self.seed), np.uint64(self.replication), np.uint64(self.year), np.array([actor]),
                     int(decision), np.array([counterpart]), found)
        return float(found[0])

    def step(self) -> None:
        self.year += 1
        self.tallies = dict.fromkeys(("negotiations", "wars", "interventions"), 0)
        for state in self.states:
            state.drift()
            state.view = state.seen_by(
                state.address, Decision.STATE_MISPERCEIVES_RATE, Decision.STATE_MISPERCEIVES_CHALLENGER)
        self.power.look()
        self.power.review()
        self.power.negotiate()
        self.run_crises()
        for state in self.states:
            state.refresh()
        self.rows.append(self.row())
        self.running = self.year < self.setting.years
        if not self.running:
            self.datacollector.collect(self)

    def run_crises(self) -> None:
        tests = []
        opened = [state for state in self.states
                  if self.luck(state.address, Decision.CRISIS, NOBODY) < state.rate]
        plays = []
        for state in opened:
            true = state.rate, state.challenger
            table = Table(self.power, state, true, true)
            s, a = state.pact or (0.0, 0.0)
            value = table.by_autonomy * a + table.by_membership if state.pact else 0.0
            plays.append((state, table.seen_by_major, s, a, value))
        for state, crisis, s, a, value in plays:
            test = self.run_crisis(state, crisis, s, a, value)
            if test is not None:
                tests.append((state, *test))
        for tested, resolute, irresolute in tests:
            for state in self.states:
                weight = 1.0 if state is tested else self.setting.dynamics.observability
                yes, no = state.belief * resolute**weight, (1.0 - state.belief) * irresolute**weight
                state.belief = yes / (yes + no) if yes + no > 0.0 else state.belief

    def run_crisis(self, state: State, crisis: Crisis, s: float, a: float, value: float) -> tuple[float, float] | None:
        reliability, _, resists, challenge = crisis.play(s, a, value)
        if self.luck(state.address, Decision.CHALLENGE, NOBODY) >= challenge:
            return None
        if (self.luck(state.address, Decision.RESTRAINT, NOBODY) < crisis.mu * a
                or self.luck(state.address, Decision.RESISTANCE, NOBODY) >= resists):
            return None
        intervenes = self.luck(state.address, Decision.INTERVENTION, self.power.address) < reliability
        wins = self.luck(state.address, Decision.WAR, NOBODY) < (crisis.joint if intervenes else crisis.alone)
        if state.pact:
            self.tallies["wars"] += 1
            self.tallies["interventions"] += intervenes
        if not wins:
            state.deviations[0] += math.log1p(-self.setting.dynamics.capability_loss)
        if intervenes:
            if self.year > self.power.tired_until:
                self.power.tired_from = self.year + 1
            self.power.tired_until = self.year + self.power.record.fatigue.years
        if not state.pact:
            return None
        resolute, irresolute = (crisis.intervention(cost, s, value) for cost in crisis.types)
        return (resolute, irresolute) if intervenes else (1.0 - resolute, 1.0 - irresolute)

    def row(self) -> dict[str, float]:
        """This year's record of the portfolio."""
        record, allies = self.power.record, self.power.allies()
        tables = [(Table(self.power, ally, *((ally.rate, ally.challenger),) * 2), *ally.pact) for ally in allies]
        benefits = record.benefits
        pledged = sum(ally.pact[0] / ally.reach for ally in allies)
        price = tables[0][0].price if tables else 0.0
        return self.tallies | {
            "pacts": len(allies), "commitment": sum(s for _, s, _ in tables), "autonomy": sum(a for *_, a in tables),
            "benefit_power_projection": sum(
                benefits.power_projection * ally.relation.basing * ally.pact[1] for ally in allies),
            "benefit_denial": sum(benefits.denial * ally.relation.rival_pull for ally in allies),
            "cost_deployment": sum(table.deployment * s for table, s, _ in tables),
            "cost_opportunity": 0.5 * price * pledged**2,
            "weak_protection": sum(table.gains(s, a)[0] + 0.5 * table.alpha * a * a for table, s, a in tables)}

    def measure(self, name: str) -> float:
        """A measure of the last years."""
        rows = self.rows[-self.setting.recording.window_years:]
        total = {key: sum(row[key] for row in rows) for key in rows[0]}
        pacts, years = total["pacts"], len(rows)
        if name in ("negotiations", "wars", "interventions"):
            return 10.0 * total[name] / years
        return {"number_of_pacts": pacts / years,
                "commitment_given_pact": total["commitment"] / pacts if pacts else math.nan,
                "autonomy_given_pact": total["autonomy"] / pacts if pacts else math.nan,
                "autonomy_all_states": total["autonomy"] / years / len(self.states),
                }.get(name, total.get(name, math.nan) / years)


def measure_reporter(name: str) -> Any:
    return lambda model: model.measure(name)
