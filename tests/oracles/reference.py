"""Sections 2 to 5 of the theory stated a second time, in NumPy, and the bargain by brute force.

Written from the theory's text and sharing no code with `simulation.theory`, which it exists to check; it reads the same
inputs by the names of their fields. Everything works on whole arrays of contracts: the commitment `s` and the autonomy
`a` may be any shapes that broadcast.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tests.own_terms import OF_PROGRAMS, charged

NASH, KALAI_SMORODINSKY, EGALITARIAN, ULTIMATUM, BEST_FOR_WEAK_STATE = range(5)
NOTHING = 1e-9
"""Gains for which neither side signs."""
"""The solutions by the numbers that results carry."""

NODES = 81
KEPT_PEAKS = 4
ZOOM_NODES = 11
ZOOMS = 15
RIDGE_STEPS = 10
RIDGE_ZOOMS = 7
RIDGE_WINDOW = 0.1


class Game(NamedTuple):
    """Probabilities at the nodes of the crisis game: h of the true type, h as believed, y, q and e."""

    reliability: np.ndarray
    believed: np.ndarray
    resistance: np.ndarray
    resisted: np.ndarray
    challenge: np.ndarray
    victory: np.ndarray


class Side(NamedTuple):
    """The odds of a crisis as one side sees them: p0, p1 and K."""

    alone: float
    joint: float
    cost: float


class Best(NamedTuple):
    """What brute force found: the best score (negative: no contract is feasible), where, and how many separate peaks
    that are feasible."""

    score: float
    commitment: float
    autonomy: float
    peaks: int


def logistic(x):
    """1 / (1 + exp(-x)) by the hyperbolic tangent."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x, float)))


def side(rules, power, relation, now, challenger):
    """p0, p1 and K against a challenger of this capability."""
    m = rules.stakes.contest_exponent
    helped = now.capability + relation.reach * power.capability
    alone = now.capability**m / (now.capability**m + challenger**m)
    joint = helped**m / (helped**m + challenger**m)
    return Side(alone, joint, power.entrapment_dial * power.war_cost * (2.0 - joint) / relation.reach)


def game(stakes, audience, seen, binding, autonomy, value, without=None):
    """The game by backward induction; `without`: the game without a pact, for forces that are switched off."""
    worth = (seen.joint - seen.alone) * value - seen.cost
    true, resolute, irresolute = (
        logistic(stakes.rationality * (binding * cost + worth))
        for cost in (audience.own, audience.resolute, audience.irresolute))
    believed = audience.belief * resolute + (1.0 - audience.belief) * irresolute
    victory = believed * seen.joint + (1.0 - believed) * seen.alone
    resistance = logistic(stakes.rationality * (victory * stakes.stake - stakes.war_cost_weak))
    if without is not None and not stakes.emboldenment:
        resistance = without.resistance
    resisted = (1.0 - stakes.restraint * autonomy) * resistance
    war = (1.0 - victory) * stakes.stake - stakes.war_cost_challenger
    challenge = logistic(stakes.rationality * (
        resisted * war + (1.0 - resisted) * stakes.stake - stakes.challenge_cost))
    if without is not None and not stakes.deterrence:
        challenge = without.challenge
    return Game(true, believed, resistance, resisted, challenge, victory)


def loss_weak(stakes, played):
    """L: expected loss of the weak state."""
    peace, war = 1.0 - played.resisted, played.resisted
    return played.challenge * (
        peace * stakes.stake + war * ((1.0 - played.victory) * stakes.stake + stakes.war_cost_weak))


def loss_major(seen, played, reneging, value):
    """M: expected loss of the major power."""
    h = played.reliability
    joint = seen.cost + (1.0 - seen.joint) * value
    alone = reneging + (1.0 - seen.alone) * value
    return played.challenge * ((1.0 - played.resisted) * value + played.resisted * (h * joint + (1.0 - h) * alone))


def value_of_ally(rules, power, state, relation, now, portfolio, a):
    """V = B_a a + B_m, legitimation as the difference that the ally makes to the portfolio."""
    def channel(weight, by_autonomy):
        return weight * (a if by_autonomy else 1.0)
    votes = portfolio.legitimated + channel(state.votes, rules.legitimation_by_autonomy)
    eta = power.legitimation_exponent
    return (channel(power.power_projection * relation.basing, rules.power_projection_by_autonomy)
            + power.legitimation * (votes**eta - portfolio.legitimated**eta)
            + channel(power.denial * now.rival_pull, rules.denial_by_autonomy)
            + channel(power.stabilisation * state.instability * relation.proximity, rules.stabilisation_by_autonomy)
            + power.own_security * now.capability / power.capability)


def gains(inputs, s, a):
    """(u, v) of contracts; `inputs`: rules, power, state, relation, circumstances and portfolio of one pair."""
    rules, power, state, relation, now, portfolio = inputs
    stakes, spill = rules.stakes, (1.0 - rules.excludability) * portfolio.mean_binding
    value = value_of_ally(*inputs, a) + own_terms(inputs, "major", "benefit", s, a)
    tied = s if rules.depth_binds else np.ones_like(s)
    weak_side = side(rules, power, relation, now, now.weak_challenger)
    major_side = side(rules, power, relation, now, now.major_challenger)
    weak_bare = game(stakes, now.audience, weak_side, spill, 0.0, 0.0)
    weak_pact = game(stakes, now.audience, weak_side, tied, a, value, weak_bare)
    major_bare, major_pact = weak_bare, weak_pact
    if major_side != weak_side:
        major_bare = game(stakes, now.audience, major_side, spill, 0.0, 0.0)
        major_pact = game(stakes, now.audience, major_side, tied, a, value, major_bare)
    own_loss = loss_weak(stakes, weak_bare)
    alpha = state.autonomy_value * (1.0 + state.preference_weight * now.preference_distance) / (
        1.0 + state.preference_weight * relation.competitor_distance)
    of_others = 1.0 - relation.patron_threat
    feared = of_others * (now.weak_rate + state.latent_threat)
    u = feared * (min(own_loss, now.other_loss) - loss_weak(stakes, weak_pact)) - 0.5 * alpha * a**2
    bystander = loss_major(major_side, major_bare, spill * now.audience.own, 0.0)
    risk = loss_major(major_side, major_pact, tied * now.audience.own, value) - (
        bystander if own_loss <= now.other_loss else 0.0)
    v = (value - standing_costs(rules, power, relation, portfolio, s)
         - power.entrapment_dial * power.risk_weight * of_others * now.major_rate * risk)
    u = (u + own_terms(inputs, "weak", "benefit", s, a, weak_pact, weak_bare, weak_pact.believed, weak_bare.believed)
         - own_terms(inputs, "weak", "cost", s, a, weak_pact, weak_bare, weak_pact.believed, weak_bare.believed))
    v = v - own_terms(inputs, "major", "cost", s, a, major_pact, major_bare, major_pact.reliability,
                      major_bare.reliability)
    return u, v


def own_terms(inputs, side, kind, s, a, played=None, bare=None, reliability=0.0, reliability_without=0.0):
    """The sum of the pair's own terms of a side and kind."""
    terms = [term for term in OF_PROGRAMS.get(inputs[0].own_programs.tobytes(), []) if term[:2] == (side, kind)]
    if not terms:
        return 0.0
    pact, without = quantities(inputs, side, s, a, True), quantities(inputs, side, 0.0, 0.0, False)
    if played is not None:
        bare_numbers = {"challenge": bare.challenge, "resistance": bare.resistance,
                        "war": bare.challenge * bare.resistance, "reliability": reliability_without}
        always = {f"{name}_without": number for name, number in bare_numbers.items()}
        pact |= always | {"challenge": played.challenge, "resistance": played.resistance,
                          "war": played.challenge * played.resisted, "reliability": reliability}
        without |= always | bare_numbers
    return sum(weight * charged(formula, pact, without) for *_, formula, weight in terms)


def quantities(inputs, side, s, a, is_pact):
    """What formulas may name of a pair, the crisis left out."""
    rules, power, state, relation, now, portfolio = inputs
    votes = state.votes * (a if rules.legitimation_by_autonomy else 1.0)
    is_weak = side == "weak"
    return {
        "commitment": s, "autonomy": a, "distance": relation.distance_km, "reach": relation.reach,
        "burden": 1.0 / relation.reach, "proximity": relation.proximity, "preference_distance": now.preference_distance,
        "basing": relation.basing, "rival_pull": now.rival_pull, "patron_threat": relation.patron_threat,
        "capability": now.capability, "challenger": now.weak_challenger if is_weak else now.major_challenger,
        "crisis_rate": now.weak_rate if is_weak else now.major_rate, "latent_threat": state.latent_threat,
        "autonomy_value": state.autonomy_value, "preference_weight": state.preference_weight, "votes": state.votes,
        "instability": state.instability, "power_capability": power.capability,
        "allies": portfolio.allies + (1.0 if is_pact else 0.0),
        "pledged": portfolio.pledged + (s / relation.reach if is_pact else 0.0),
        "allied_rivals": portfolio.allied_rivals if is_pact else 0.0,
        "legitimated_votes": portfolio.legitimated + (votes if is_pact else 0.0),
        "states": rules.number_of_states, "stake": rules.stakes.stake}


def standing_costs(rules, power, relation, portfolio, s):
    """Direct and opportunity costs of one more pact, the others held fixed."""
    z = 1.0 / relation.reach
    direct = power.direct_dial * (power.fixed + power.deployment * s * z)
    price = power.opportunity_dial * power.opportunity_weight / portfolio.capacity if rules.opportunity_cost else 0.0
    rise = 0.5 * price * ((portfolio.pledged + s * z) ** 2 - portfolio.pledged**2)
    shut = power.opportunity_dial * power.foreclosure * portfolio.allied_rivals if rules.foreclosure else 0.0
    return direct + rise + shut


def score(solution, weight, w, shifts_threat, u, v, ideal=None, slack=0.0):
    """The number that a solution maximises; below 0, by how much a contract fails to be feasible, `slack` forgiven."""
    floor = max(NOTHING, w)
    threat = max(0.0, w) if shifts_threat else 0.0
    feasible = (u >= floor - slack) & (v >= NOTHING - slack)
    weak, major = np.where(feasible, np.maximum(u, floor) - threat, 0.0), np.where(feasible, np.maximum(v, 0.0), 0.0)
    if solution == NASH:
        found = major**weight * weak ** (1.0 - weight)
    elif solution == ULTIMATUM:
        found = major
    elif solution == BEST_FOR_WEAK_STATE:
        found = weak + threat
    else:
        if solution == KALAI_SMORODINSKY:
            weak, major = weak / (ideal[0] - threat), major / ideal[1]
        found = np.minimum(major / weight, weak / (1.0 - weight))
    return np.where(feasible, found, np.minimum(np.minimum(u - floor, v - NOTHING), 0.0))


def local_maxima(z):
    """Places of the highest local maxima of a grid of scores, highest first: arrays of rows and columns."""
    around = np.pad(z, 1, constant_values=-np.inf)
    nodes = z.shape
    best = np.full(nodes, -np.inf)
    for i in (0, 1, 2):
        for j in (0, 1, 2):
            if (i, j) != (1, 1):
                np.maximum(best, around[i:i + nodes[0], j:j + nodes[1]], out=best)
    rows, columns = np.nonzero(z >= best)
    order = np.argsort(-z[rows, columns], kind="stable")[:KEPT_PEAKS]
    return rows[order], columns[order]


def brute_force(inputs, solution, weight, w, shifts_threat, ideal=None):
    """The best contract on a fine grid, every high peak of it then looked at under a growing lens: a `Best`.

    A lower bound of the true maximum, and the more peaks there are, the more of them it climbs.
    """
    lowest = inputs[0].minimum_commitment
    s, a = np.linspace(lowest, 1.0, NODES), np.linspace(0.0, 1.0, NODES)

    def rate(commitment, autonomy):
        return score(solution, weight, w, shifts_threat, *gains(inputs, commitment, autonomy), ideal)

    z = rate(s[:, None], a[None, :])
    rows, columns = local_maxima(z)
    at = np.arange(rows.size)
    lens = np.linspace(-1.0, 1.0, ZOOM_NODES)
    x, y, value = s[rows], a[columns], z[rows, columns]
    reach = np.full(rows.size, 1.0 / (NODES - 1))
    for _ in range(ZOOMS):
        xs = np.clip(x[:, None] + (1.0 - lowest) * reach[:, None] * lens, lowest, 1.0)
        ys = np.clip(y[:, None] + reach[:, None] * lens, 0.0, 1.0)
        near = rate(xs[:, :, None], ys[:, None, :]).reshape(rows.size, -1)
        place = near.argmax(axis=1)
        i, j = place // ZOOM_NODES, place % ZOOM_NODES
        x, y, value = xs[at, i], ys[at, j], near[at, place]
        inside = (i > 0) & (i < ZOOM_NODES - 1) & (j > 0) & (j < ZOOM_NODES - 1)
        reach = reach * np.where(inside, 0.5, 0.85)
    best, peaks = int(value.argmax()), separate(x[value > 0.0], y[value > 0.0])
    found = (float(value[best]), float(x[best]), float(y[best]))
    if solution != NASH or w > 0.0:
        found = max(found, along_the_ridge(rate, lowest, *found[1:]))
    return Best(*found, peaks)


def along_the_ridge(rate, lowest, s, a):
    """(score, commitment, autonomy) from the contract (s, a) on, the best autonomy sought anew at every step.

    Where one side's gain or the outside option decides, the scores form a kinked ridge across the grid, on which a lens
    comes to rest too early.
    """
    lens, best, reach = np.linspace(-1.0, 1.0, ZOOM_NODES), (-np.inf, s, a), 2.0 / (NODES - 1)
    for _ in range(RIDGE_STEPS):
        xs = np.clip(best[1] + reach * lens, lowest, 1.0)[:, None]
        tops, close = best[2], RIDGE_WINDOW
        for _ in range(RIDGE_ZOOMS):
            ys = np.clip(tops + close * lens, 0.0, 1.0) + np.zeros_like(xs)
            z = rate(xs, ys)
            place = z.argmax(axis=1)[:, None]
            tops, close = np.take_along_axis(ys, place, axis=1), close / 4.0
        row = int(z.max(axis=1).argmax())
        best = max(best, (float(z[row].max()), float(xs[row, 0]), float(tops[row, 0])))
        reach *= 0.5 if 0 < row < ZOOM_NODES - 1 else 0.9
    return best


def separate(x, y, difference=0.05):
    """How many of the points lie farther than `apart` from all before them."""
    kept: list[tuple[float, float]] = []
    for point in zip(x, y, strict=True):
        if all(max(abs(point[0] - other[0]), abs(point[1] - other[1])) > difference for other in kept):
            kept.append(point)
    return len(kept)
