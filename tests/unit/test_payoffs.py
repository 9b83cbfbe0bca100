"""Every term of both sides' gains, against numbers worked out by hand.

With a rationality of 0 every choice in the crisis is a coin, so that losses can be worked out on paper. Of the pair
below: p0 = 1/2, p1 = 3/4, reach 1/2, K = 0.4 * (2 - 3/4) / (1/2) = 1; conceding a = 1/2 under restraint 1/2 the ally is
held back with 1/4, so that it resists with 3/4 * 1/2 = 3/8 and there is war with 3/16, of which half is joint. Without
a pact it resists with 1/2 and there is war with 1/4. The ally is worth V = 0.53 (the five benefits below).
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulation.theory import dyad, payoffs
from simulation.theory.bargaining_problem import (
    ALONE,
    bargaining_problem,
    cost_terms,
    foreclosure_cost,
    loss_without_pact,
    opportunity_price,
)
from simulation.theory.dyad import crisis_outcome
from simulation.theory.many_contracts import gains_of_all
from simulation.theory.payoffs import BenefitTerms, benefits, by_term, gains, itemised, value_of_ally
from tests.builders import coin_pair, random_pair

S, A = 0.4, 0.5
TERMS = BenefitTerms(0.2, 0.05, 2.0, 3.0, 2.0, 0.04, 0.03, 0.01, True, True, False, False)


def exactly(*numbers):
    return pytest.approx(numbers, rel=1e-12, abs=1e-15)


def terms_of(pair=None, s=S, a=A):
    """(weak gain, major gain), term by term."""
    return itemised(bargaining_problem(*(pair or coin_pair())), s, a)


# --- benefits ---------------------------------------------------------------------------------------------------------

def test_benefits_by_their_channels():
    """Legitimation: 0.05 * ((3 + 2 * 1/2)^2 - 3^2), or with full votes 0.05 * ((3 + 2)^2 - 3^2)."""
    assert benefits(TERMS, A) == exactly(0.1, 0.35, 0.04, 0.03, 0.01)
    assert benefits(TERMS._replace(power_projection_by_autonomy=False), A) == exactly(0.2, 0.35, 0.04, 0.03, 0.01)
    assert benefits(TERMS._replace(legitimation_by_autonomy=False), A) == exactly(0.1, 0.8, 0.04, 0.03, 0.01)
    assert benefits(TERMS._replace(denial_by_autonomy=True), A) == exactly(0.1, 0.35, 0.02, 0.03, 0.01)
    assert benefits(TERMS._replace(stabilisation_by_autonomy=True), A) == exactly(0.1, 0.35, 0.04, 0.015, 0.01)
    assert value_of_ally(benefits(TERMS, A)) == pytest.approx(0.53, rel=1e-15)


@pytest.mark.parametrize(("exponent", "legitimated", "added"), [
    (1.0, 3.0, 0.075), (2.0, 0.0, 0.1125), (0.5, 0.0, 0.05 * math.sqrt(1.5)), (0.5, 2.5, 0.05 * (2 - math.sqrt(2.5)))])
def test_returns_to_legitimation(exponent, legitimated, added):
    terms = TERMS._replace(votes=3.0, legitimation_exponent=exponent, legitimated=legitimated)
    assert benefits(terms, A).legitimation == pytest.approx(added, rel=1e-12)


def test_without_votes_there_is_no_legitimation():
    assert benefits(TERMS._replace(votes=0.0, legitimation_exponent=0.5), A).legitimation == 0.0
    assert benefits(TERMS._replace(legitimation=0.0), A).legitimation == 0.0


def test_benefit_terms_of_a_pair():
    """0.4 * basing 1/2; 0.2 * pull 1/5; 0.15 * instability 1/2 * proximity 2/5; 0.04 * (0.001 / 0.004)."""
    found = bargaining_problem(*coin_pair()).benefits
    assert found[:8] == exactly(0.2, 0.05, 2.0, 3.0, 2.0, 0.04, 0.03, 0.01)
    assert found[8:] == (True, True, False, False)
    assert terms_of()[1].benefits == exactly(0.1, 0.35, 0.04, 0.03, 0.01)


# --- costs ------------------------------------------------------------------------------------------------------------

def test_direct_costs_are_scaled_by_their_dial_and_deployment_by_distance():
    """Dial 2: fixed 2 * 0.02; deployment 2 * 0.05 * 0.4 / (1/2)."""
    major = terms_of()[1]
    assert (major.fixed, major.deployment) == exactly(0.04, 0.08)


def test_what_is_pledged_here_cannot_be_pledged_there():
    """Dial 3, weight 0.01, capacity 2: price 0.015; burden 1 / (1/2) = 2; 1/2 * 0.015 * ((4 + 0.4 * 2)^2 - 4^2)."""
    assert terms_of()[1].opportunity == pytest.approx(0.0528, rel=1e-12)


def test_rivals_among_the_allies_cost_each():
    """Dial 3 * 0.03 * 2 rivals."""
    assert terms_of()[1].foreclosure == pytest.approx(0.18, rel=1e-12)


def test_opportunity_costs_can_be_assumed_away():
    rules, power, *_ = coin_pair()
    assert opportunity_price(rules, power, 2.0) == pytest.approx(0.015)
    assert opportunity_price(rules._replace(opportunity_cost=False), power, 2.0) == 0.0
    assert foreclosure_cost(rules, power, 2.0) == pytest.approx(0.18)
    assert foreclosure_cost(rules._replace(foreclosure=False), power, 2.0) == 0.0


def test_beyond_reach_what_costs_nothing_still_costs_nothing():
    rules, power, _, relation, _, portfolio = coin_pair()
    far = relation._replace(reach=0.0)
    assert cost_terms(rules, power, far, portfolio).deployment == math.inf
    free = power._replace(deployment=0.0, opportunity_weight=0.0)
    assert cost_terms(rules, free, far, portfolio).deployment == 0.0
    weak, major = terms_of((rules, free, *coin_pair()[2:3], far, *coin_pair()[4:]))
    assert not any(math.isnan(term) for term in by_term(weak, major).values())
    assert (major.deployment, major.opportunity) == (0.0, 0.0)


# --- the crisis -------------------------------------------------------------------------------------------------------

def test_protection_is_the_loss_that_the_pact_saves():
    """Without: conceded 1/4, defeat 1/4 * 3/8, fighting 1/4 * 0.2, together 0.39375. With: 5/16 + 3/16 * 3/8 +
    3/16 * 0.2, together 0.4203125: among coin-tossers the ally that is held back concedes more. Rate 0.2."""
    assert terms_of()[0].protection == pytest.approx(0.2 * (0.39375 - 0.4203125), rel=1e-12)


def test_autonomy_costs_its_square_and_more_among_strangers():
    """alpha = 0.6 * (1 + 0.5 * 2) = 1.2; 1/2 * 1.2 * 1/4."""
    assert terms_of()[0].autonomy == pytest.approx(0.15, rel=1e-12)
    assert payoffs.autonomy_cost(0.6, 0.5, 0.0, 0.0) == 0.6


def test_autonomy_is_cheap_beside_a_competitor_who_is_farther_away():
    """0.6 * (1 + 0.5 * 2) / (1 + 0.5 * 6) = 0.3; equally far: what it is worth when preferences agree."""
    assert payoffs.autonomy_cost(0.6, 0.5, 2.0, 6.0) == pytest.approx(0.3, rel=1e-12)
    assert payoffs.autonomy_cost(0.6, 0.5, 2.0, 2.0) == 0.6
    rules, power, state, relation, *rest = coin_pair()
    beside = (rules, power, state, relation._replace(competitor_distance=6.0), *rest)
    assert terms_of(beside)[0].autonomy == pytest.approx(0.5 * 0.3 * 0.25, rel=1e-12)


def test_protection_is_worth_as_much_against_crises_that_are_only_feared():
    """Rate 0.2 and 0.6 more: four times the protection; the major power pays for those that open alone."""
    rules, power, state, *rest = coin_pair()
    weak, major = terms_of()
    afraid_weak, afraid_major = terms_of((rules, power, state._replace(latent_threat=0.6), *rest))
    assert afraid_weak.protection == pytest.approx(4 * weak.protection, rel=1e-12)
    assert (afraid_weak.autonomy, afraid_major) == (weak.autonomy, major)


def test_protection_is_worth_nothing_against_the_protector_itself():
    """A quarter of the crises are the major power's own: three quarters of the protection and of the entrapment."""
    rules, power, state, relation, *rest = coin_pair()
    weak, major = terms_of()
    wary_weak, wary_major = terms_of((rules, power, state, relation._replace(patron_threat=0.25), *rest))
    assert wary_weak.protection == pytest.approx(0.75 * weak.protection, rel=1e-12)
    assert wary_weak.autonomy == weak.autonomy
    for term in ("intervention", "reneging", "lost_stake"):
        assert getattr(wary_major, term) == pytest.approx(0.75 * getattr(major, term), rel=1e-12)
    assert (wary_major.benefits, wary_major.deployment) == (major.benefits, major.deployment)


def test_membership_costs_the_ally_whatever_the_contract():
    rules, *rest = coin_pair()
    dear = (rules._replace(membership_cost=0.07), *rest)
    assert (terms_of()[0].membership, terms_of(dear)[0].membership) == (0.0, 0.07)
    assert by_term(*terms_of(dear))["weak_membership_cost"] == 0.07
    for commitment, autonomy in ((S, A), (0.1, 0.0), (1.0, 1.0)):
        free, charged = (dyad.gains(*inputs, commitment, autonomy) for inputs in (coin_pair(), dear))
        assert charged == exactly(free[0] - 0.07, free[1])


def test_entrapment_term_by_term():
    """Rate 0.4 and risk weight 2 * 0.375 give 0.3. Intervention: 3/32 * K less 1/8 * K without a pact. Reneging: 3/32
    times the audience cost 2 of a commitment of 0.4; nothing is pledged without. Lost stake: the ally gives way (5/16)
    or is beaten (3/32 * 1/4 + 3/32 * 1/2), times V = 0.53; without a pact nothing is at stake."""
    major = terms_of()[1]
    assert major.intervention == pytest.approx(0.3 * (3 / 32 - 1 / 8), rel=1e-12)
    assert major.reneging == pytest.approx(0.3 * 3 / 32 * 0.4 * 2.0, rel=1e-12)
    assert major.lost_stake == pytest.approx(0.3 * (5 / 16 + 3 / 128 + 3 / 64) * 0.53, rel=1e-12)


def test_where_depth_does_not_bind_every_pact_binds_in_full():
    rules, *rest = coin_pair()
    major = terms_of((rules._replace(depth_binds=False), *rest))[1]
    assert major.reneging == pytest.approx(0.3 * 3 / 32 * 2.0, rel=1e-12)
    assert (payoffs.binding(0.3, True), payoffs.binding(0.3, False)) == (0.3, 1.0)


def test_each_side_goes_by_what_it_sees():
    """The major power sees a challenger three times as strong: p0 = 1/4, p1 = 1/2, K = 0.4 * 3/2 / (1/2) = 1.2."""
    rules, power, state, relation, now, portfolio = coin_pair()
    pair = rules, power, state, relation, now._replace(major_challenger=0.003), portfolio
    weak, major = terms_of(pair)
    assert weak == terms_of()[0]
    assert major.intervention == pytest.approx(0.3 * (3 / 32 - 1 / 8) * 1.2, rel=1e-12)
    assert major.lost_stake == pytest.approx(0.3 * (5 / 16 + 3 / 64 + 9 / 128) * 0.53, rel=1e-12)


def test_each_side_expects_the_crisis_that_it_sees():
    rules, power, state, relation, now, portfolio = coin_pair()
    rules = rules._replace(stakes=rules.stakes._replace(rationality=5.0))
    mixed, small, large = (
        terms_of((rules, power, state, relation, now._replace(weak_challenger=weak, major_challenger=major), portfolio))
        for weak, major in ((0.001, 0.003), (0.001, 0.001), (0.003, 0.003)))
    assert mixed == (small[0], large[1])
    assert small[0] != large[0] and small[1] != large[1]


def test_a_state_that_another_power_guards_better():
    """It has more to lose by leaving that one's care, and this power nothing to fear for it without a pact."""
    rules, power, state, relation, now, portfolio = coin_pair()
    weak, major = terms_of((rules, power, state, relation, now._replace(other_loss=0.1), portfolio))
    assert weak.protection == pytest.approx(0.2 * (0.1 - 0.4203125), rel=1e-12)
    assert major.intervention == pytest.approx(0.3 * 3 / 32, rel=1e-12)
    worse = terms_of((rules, power, state, relation, now._replace(other_loss=0.5), portfolio))
    assert worse == terms_of((rules, power, state, relation, now._replace(other_loss=ALONE), portfolio))


def test_outsiders_share_in_what_allies_are_pledged():
    """Excludability 0.2 and a mean binding of 1/2: outsiders enjoy 0.4, and abandoning them costs 1/8 * 0.4 * 2."""
    rules, power, state, relation, now, portfolio = coin_pair()
    pair = rules._replace(excludability=0.2), power, state, relation, now, portfolio._replace(mean_binding=0.5)
    assert payoffs.outsider_binding(0.5, 0.2) == 0.4
    major = terms_of(pair)[1]
    assert major.reneging == pytest.approx(0.3 * (3 / 32 - 1 / 8) * 0.4 * 2.0, rel=1e-12, abs=1e-15)
    assert major.lost_stake == terms_of()[1].lost_stake


def test_the_loss_without_a_pact_under_a_bystander():
    rules, power, _, relation, now, _ = coin_pair()
    assert loss_without_pact(rules, power, relation, now, 0.0) == pytest.approx(0.39375, rel=1e-12)


# --- sums -------------------------------------------------------------------------------------------------------------

def test_gains_are_benefits_less_costs():
    weak, major = terms_of()
    u = -0.0053125 - 0.15
    v = 0.53 - 0.04 - 0.08 - 0.0528 - 0.18 + 0.009375 - 0.0225 - 0.0608671875
    assert dyad.gains(*coin_pair(), S, A) == exactly(u, v)
    assert payoffs.weak_total(weak) == pytest.approx(u, rel=1e-12)
    assert payoffs.major_total(major) == pytest.approx(v, rel=1e-12)


def test_the_dial_of_entrapment_scales_war_cost_and_weight_and_0_removes_both():
    rules, power, *rest = coin_pair()
    major = terms_of((rules, power._replace(entrapment_dial=0.0), *rest))[1]
    assert (major.intervention, major.reneging, major.lost_stake) == (0.0, 0.0, 0.0)
    assert bargaining_problem(rules, power, *rest).major_view.intervention_cost == pytest.approx(1.0, rel=1e-12)


def test_a_crisis_about_to_be_played():
    pair = coin_pair()
    with_pact = crisis_outcome(*pair, True, S, A)
    assert with_pact.game == exactly(0.5, 0.5, 0.25, 0.5, 0.5)
    assert with_pact[1:] == exactly(0.5, 0.75, 1.0, 0.8, 0.53, 0.5, 0.5, 0.4203125)
    without = crisis_outcome(*pair, False, 0.0, 0.0)
    assert without.game == exactly(0.5, 0.5, 0.0, 0.5, 0.5)
    assert without[1:] == exactly(0.5, 0.75, 1.0, 0.0, 0.0, 0.5, 0.5, 0.39375)


# --- many contracts at once -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 9, 25, 83])
def test_many_contracts_at_once_are_worth_the_same_to_the_last_bit(number):
    rng = np.random.default_rng(number)
    alike = 0
    for _ in range(200):
        problem = bargaining_problem(*random_pair(rng))
        alike += problem.seen_alike
        commitments, autonomies = rng.uniform(0.0, 1.0, (2, number))
        weak, major = np.empty(number), np.empty(number)
        gains_of_all(problem, commitments, autonomies, weak, major)
        one_by_one = [gains(problem, *contract) for contract in zip(commitments, autonomies, strict=True)]
        np.testing.assert_array_equal(np.transpose(one_by_one), [weak, major])
    assert 40 < alike < 160
