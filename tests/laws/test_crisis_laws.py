"""What holds of every crisis: probabilities are probabilities, and the parts of a loss are the loss."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.theory.crisis import (
    Audience,
    Stakes,
    contest,
    crisis,
    crisis_setting,
    major_loss,
    total,
    weak_loss,
)

SHARE = st.floats(0.0, 1.0)
PAYOFF = st.floats(0.0, 10.0)
CAPABILITY = st.floats(1e-6, 1.0)
STAKES = st.builds(
    Stakes, PAYOFF, PAYOFF, PAYOFF, PAYOFF, PAYOFF, st.floats(0.0, 40.0), SHARE, st.booleans(), st.booleans())
AUDIENCES = st.builds(Audience, *[st.floats(0.0, 100.0)] * 3, SHARE)
FACED = st.builds(
    crisis_setting, STAKES, AUDIENCES, CAPABILITY, CAPABILITY, CAPABILITY, SHARE, st.floats(0.0, 100.0), SHARE)


@settings(max_examples=400)
@given(st.tuples(STAKES, AUDIENCES, CAPABILITY, CAPABILITY, CAPABILITY, SHARE, st.floats(0.0, 100.0), SHARE))
def test_without_a_pact_the_game_is_the_one_in_which_nothing_is_conceded(parts):
    faced, outsider_binding = crisis_setting(*parts), parts[-1]
    assert faced.without == crisis(faced, outsider_binding, 0.0, 0.0)


@settings(max_examples=400)
@given(FACED, SHARE, SHARE, st.floats(0.0, 50.0))
def test_probabilities_and_losses(faced, binding, autonomy, value):
    played = crisis(faced, binding, autonomy, value)
    for probability in (*played, faced.alone, faced.joint, faced.without.resistance, faced.without.challenge):
        assert 0.0 <= probability <= 1.0
    stakes, h, believed = faced.stakes, played.reliability, played.believed_reliability
    resisted = (1 - played.restrained) * played.resistance
    ends = (1 - played.challenge, played.challenge * (1 - resisted), played.challenge * resisted * (1 - h),
            played.challenge * resisted * h)
    assert sum(ends) == pytest.approx(1.0, abs=1e-12)

    weak = weak_loss(faced, played)
    assert min(weak) >= 0.0
    lost = 1 - believed * faced.joint - (1 - believed) * faced.alone
    war = played.challenge * resisted
    expected = ends[1] * stakes.stake + war * (lost * stakes.stake + stakes.war_cost_weak)
    assert total(weak) == pytest.approx(expected, rel=1e-12, abs=1e-12)

    major = major_loss(faced, played, binding, value)
    assert min(major) >= 0.0
    assert total(major) == major.intervention + major.reneging + major.lost_stake
    joint = faced.intervention_cost + (1 - faced.joint) * value if ends[3] > 0 else 0.0
    alone = binding * faced.audience.own + (1 - faced.alone) * value
    assert total(major) == pytest.approx(ends[1] * value + ends[2] * alone + ends[3] * joint, rel=1e-9, abs=1e-12)


@given(CAPABILITY, CAPABILITY, PAYOFF)
def test_the_two_chances_in_a_war_add_up(strength, opponent, exponent):
    chances = contest(strength, opponent, exponent), contest(opponent, strength, exponent)
    assert sum(chances) == pytest.approx(1.0, abs=1e-12)


def test_without_strength_only_luck_wins():
    assert contest(0.0, 0.1, 1.0) == 0.0
    assert contest(0.0, 0.1, 0.0) == 0.5


@given(FACED, SHARE, st.floats(0.0, 50.0))
def test_more_commitment_is_more_reliable(faced, binding, value):
    weaker, stronger = crisis(faced, binding / 2, 0.0, value), crisis(faced, binding, 0.0, value)
    assert weaker.reliability <= stronger.reliability
    assert weaker.believed_reliability <= stronger.believed_reliability + 1e-15


@given(FACED, SHARE, SHARE, st.floats(0.0, 50.0))
def test_forces_that_are_switched_off_stay_as_without_a_pact(faced, binding, autonomy, value):
    off = faced._replace(stakes=faced.stakes._replace(emboldenment=False, deterrence=False))
    played = crisis(off, binding, autonomy, value)
    assert played.resistance == faced.without.resistance
    assert played.challenge == faced.without.challenge
