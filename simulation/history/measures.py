"""What a history is measured by: name, unit and definition, once (theory, section 7).

A measure is a way of summing up (`Kind`) applied to yearly series of a `History`; one compiled function serves the
agents' model, the ensemble and sweeps. A measure that has nothing to measure (the mean commitment of no pacts) is
NaN, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compilation import compiled
from simulation.history.series import ONLY_WITH_OWN_TERMS, OWN_FROM, PAYOFF, History, Series
from simulation.scenario.own_terms import own_columns
from simulation.scenario.scenario import Scenario
from simulation.theory.further_costs import FURTHER_COSTS

BENEFITS = tuple(series.value for series in (
    Series.POWER_PROJECTION, Series.LEGITIMATION, Series.DENIAL, Series.STABILISATION, Series.OWN_SECURITY,
    Series.OWN_TERM_BENEFITS))
EXPECTED = tuple(series.value for series in (
    Series.EXPECTED_INTERVENTION, Series.EXPECTED_RENEGING, Series.EXPECTED_LOST_STAKE))
REALISED = tuple(series.value for series in (
    Series.REALISED_INTERVENTION, Series.REALISED_RENEGING, Series.REALISED_LOST_STAKE))
COSTS = tuple(series.value for series in (
    Series.FIXED, Series.DEPLOYMENT, Series.OPPORTUNITY, Series.FORECLOSURE, Series.ENTRAPMENT, Series.OWN_TERM_COSTS,
    *(Series[f"COST_{name.upper()}"] for name in FURTHER_COSTS)))


class Kind(IntEnum):
    """Ways of summing up a history; `series` and `over` are yearly series, sums run over the years measured."""

    MEAN = 0
    """Mean of `series` per year."""
    PER_DECADE = 1
    """Ten times the mean of `series` per year."""
    RATIO = 2
    """Sum of `series` over sum of `over`."""
    PER_STATE = 3
    """Mean of `series` per year and weak state, allied or not."""
    SHARE_OF_NEIGHBOURS = 4
    """Mean share of the neighbours that are counted in `series`."""
    DISTANCE_QUANTILE = 5
    """Quantile `share` of the allies' distances over pact-years."""
    DURATION = 6
    """Pact-years per pact begun, over the whole history."""
    STABILITY = 7
    """Share of the pacts of each year that are in force in the next."""
    MAJOR_PAYOFF = 8
    """Mean per year of all benefits less all costs."""
    WEAK_PAYOFF = 9
    """Mean per year of the allies' protection less the cost of their autonomy."""
    TESTED = 10
    """Interventions over wars of allies: reliability as it is seen."""
    REALISED_ENTRAPMENT = 11
    """Mean per year of what was lost in allies' crises."""
    EXPECTED_ENTRAPMENT = 12
    """Mean per year of what was to be expected to be lost in allies' crises."""


class Measure(NamedTuple):
    """A measure: unit, one sentence, and how it is summed up."""

    unit: str
    meaning: str
    kind: Kind
    series: int = Series.PACTS
    over: Series = Series.PACTS
    share: float = 0.0


P, A, D = PAYOFF, "share", "per decade"
MEASURES: dict[str, Measure] = {
    "number_of_pacts": Measure("pacts", "Pacts in force at the end of a year, mean over the years.", Kind.MEAN),
    "paper_pacts": Measure(
        "pacts", "Paper pacts, of the least commitment that counts as one (within 1e-6), mean over the years.",
        Kind.MEAN, Series.PAPER),
    "pacts_beyond_paper": Measure(
        "pacts", "Pacts of more than the least commitment, mean over the years.", Kind.MEAN, Series.BEYOND_PAPER),
    "commitment_given_pact": Measure(
        A, "Mean commitment over pact-years; NaN without pacts.", Kind.RATIO, Series.COMMITMENT),
    "autonomy_given_pact": Measure(
        A, "Mean autonomy conceded over pact-years; NaN without pacts.", Kind.RATIO, Series.AUTONOMY),
    "commitment_all_states": Measure(
        A, "Mean commitment over all weak states, those without a pact at 0.", Kind.PER_STATE, Series.COMMITMENT),
    "autonomy_all_states": Measure(
        A, "Mean autonomy conceded over all weak states, those without a pact at 0.", Kind.PER_STATE, Series.AUTONOMY),
    "ally_distance": Measure("km", "Mean distance of allies over pact-years.", Kind.RATIO, Series.DISTANCE),
    "ally_distance_q10": Measure(
        "km", "Tenth percentile of allies' distances over pact-years.", Kind.DISTANCE_QUANTILE, share=0.1),
    "ally_distance_median": Measure(
        "km", "Median of allies' distances over pact-years.", Kind.DISTANCE_QUANTILE, share=0.5),
    "ally_distance_q90": Measure(
        "km", "Ninetieth percentile of allies' distances over pact-years.", Kind.DISTANCE_QUANTILE, share=0.9),
    "neighbours_allied": Measure(
        A, "Share of the states within the neighbour distance that are allies.", Kind.SHARE_OF_NEIGHBOURS,
        Series.NEIGHBOURS_ALLIED),
    "pacts_signed": Measure(f"pacts {D}", "Pacts signed with new allies.", Kind.PER_DECADE, Series.SIGNED),
    "ended_by_weak_state": Measure(
        f"pacts {D}", "Pacts that the weak state left.", Kind.PER_DECADE, Series.LEFT_BY_WEAK_STATE),
    "ended_by_major_power": Measure(
        f"pacts {D}", "Pacts that the major power left.", Kind.PER_DECADE, Series.LEFT_BY_MAJOR_POWER),
    "ended_by_switch": Measure(
        f"pacts {D}", "Pacts that ended because the weak state signed with another major power.", Kind.PER_DECADE,
        Series.SWITCHED),
    "pact_duration": Measure(
        "years", "Pact-years per pact begun, over the whole history; pacts still in force count as they stand.",
        Kind.DURATION),
    "pact_stability": Measure(
        A, "Share of the pacts of one year that are in force in the next.", Kind.STABILITY),
    "negotiations": Measure(
        f"negotiations {D}", "Negotiations opened, renegotiations included.", Kind.PER_DECADE, Series.NEGOTIATIONS),
    "negotiations_successful": Measure(
        A, "Share of the negotiations that ended with a contract.", Kind.RATIO, Series.AGREEMENTS,
        Series.NEGOTIATIONS),
    "challenges": Measure(f"crises {D}", "Challenges to allies.", Kind.PER_DECADE, Series.CHALLENGES),
    "concessions": Measure(
        f"crises {D}", "Challenges to which an ally, or its major power for it, gave way.", Kind.PER_DECADE,
        Series.CONCESSIONS),
    "wars": Measure(f"wars {D}", "Challenges that an ally resisted.", Kind.PER_DECADE, Series.WARS),
    "interventions": Measure(
        f"wars {D}", "Wars of allies in which the major power fought.", Kind.PER_DECADE, Series.INTERVENTIONS),
    "abandonments": Measure(
        f"wars {D}", "Wars of allies from which the major power stayed away.", Kind.PER_DECADE, Series.ABANDONMENTS),
    "defeats": Measure(f"wars {D}", "Wars that allies lost.", Kind.PER_DECADE, Series.DEFEATS),
    "outside_challenges": Measure(
        f"crises {D}", "Challenges to states without a pact, for which this power was the likeliest helper.",
        Kind.PER_DECADE, Series.OUTSIDE_CHALLENGES),
    "outside_wars": Measure(
        f"wars {D}", "Wars of states without a pact, for which this power was the likeliest helper.",
        Kind.PER_DECADE, Series.OUTSIDE_WARS),
    "outside_interventions": Measure(
        f"wars {D}", "Wars of states without a pact in which the major power fought all the same.",
        Kind.PER_DECADE, Series.OUTSIDE_INTERVENTIONS),
    "reliability_observed": Measure(
        A, "Interventions over wars of allies: reliability when it was tested; NaN if it never was.", Kind.TESTED),
    "reliability_true": Measure(
        "probability", "Mean over pact-years of the true probability of intervention, tested or not.", Kind.RATIO,
        Series.RELIABILITY),
    "reliability_believed": Measure(
        "probability", "Mean over pact-years of the probability of intervention in which the ally believes.",
        Kind.RATIO, Series.BELIEVED_RELIABILITY),
    "belief_in_resolve": Measure(
        "probability", "Mean belief of all weak states that the major power is resolute.", Kind.MEAN, Series.BELIEF),
    "entrapment_expected": Measure(
        P, "Loss to be expected from allies' crises: intervention, reneging and lost stake.",
        Kind.EXPECTED_ENTRAPMENT),
    "entrapment_realised": Measure(
        P, "Loss that came from allies' crises: intervention, reneging and lost stake.", Kind.REALISED_ENTRAPMENT),
    "expected_intervention": Measure(
        P, "Expected cost of intervening for allies.", Kind.MEAN, Series.EXPECTED_INTERVENTION),
    "expected_reneging": Measure(
        P, "Expected audience cost of abandoning allies.", Kind.MEAN, Series.EXPECTED_RENEGING),
    "expected_lost_stake": Measure(
        P, "Expected loss of what allies are worth.", Kind.MEAN, Series.EXPECTED_LOST_STAKE),
    "major_payoff": Measure(P, "The major power's gain from its portfolio: benefits less costs.", Kind.MAJOR_PAYOFF),
    "weak_payoff": Measure(P, "The allies' gain from their pacts, summed over allies.", Kind.WEAK_PAYOFF),
    "benefit_power_projection": Measure(P, "Power projection.", Kind.MEAN, Series.POWER_PROJECTION),
    "benefit_legitimation": Measure(P, "Legitimation, over the portfolio.", Kind.MEAN, Series.LEGITIMATION),
    "benefit_denial": Measure(P, "Denial of rivals.", Kind.MEAN, Series.DENIAL),
    "benefit_stabilisation": Measure(P, "A stabilised neighbourhood.", Kind.MEAN, Series.STABILISATION),
    "benefit_own_security": Measure(P, "Own security from allies' capability.", Kind.MEAN, Series.OWN_SECURITY),
    "cost_fixed": Measure(P, "Direct cost of having pacts.", Kind.MEAN, Series.FIXED),
    "cost_deployment": Measure(P, "Direct cost of deployment.", Kind.MEAN, Series.DEPLOYMENT),
    "cost_opportunity": Measure(P, "Opportunity cost O1, over the portfolio.", Kind.MEAN, Series.OPPORTUNITY),
    "cost_foreclosure": Measure(P, "Opportunity cost O2, rivals that are both allies.", Kind.MEAN, Series.FORECLOSURE),
    "cost_entrapment": Measure(
        P, "Risk-weighted expected loss from allies' crises beyond that without pacts.", Kind.MEAN, Series.ENTRAPMENT),
    "weak_protection": Measure(
        P, "What pacts save the allies in expected losses, summed over allies.", Kind.MEAN, Series.PROTECTION),
    "weak_autonomy_cost": Measure(
        P, "What autonomy conceded costs the allies, summed over allies.", Kind.MEAN, Series.AUTONOMY_COST),
    "weak_membership_cost": Measure(
        P, "What belonging to an alliance costs the allies, summed over allies.", Kind.MEAN, Series.MEMBERSHIP_COST),
    "own_challenges": Measure(
        f"crises {D}", "Challenges of this major power itself to weak states, allies or not.", Kind.PER_DECADE,
        Series.OWN_CHALLENGES),
    **{f"cost_{name}": Measure(P, f"{cost.meaning}.", Kind.MEAN, Series[f"COST_{name.upper()}"])
       for name, cost in FURTHER_COSTS.items()},
}
"""All measures by name, in the order of tables. Over the final years of a history unless the sentence says
otherwise. A scenario's own terms have further ones, see `own_measures`."""


def own_measures(scenario: Scenario) -> dict[str, Measure]:
    """The measures of a scenario's own terms by name: what each amounts to, summed over the pacts."""
    return {name: Measure(P, f"{says.removesuffix('.')}, summed over the pacts.", Kind.MEAN, OWN_FROM + place)
            for place, (name, says) in enumerate(own_columns(scenario).items())}


def series_names(scenario: Scenario) -> list[str]:
    """Names of the columns of a history's yearly series in tables, those of own terms last; empty for columns that
    only scenarios with own terms have."""
    left_out = () if scenario.own_terms else ONLY_WITH_OWN_TERMS
    return [*("" if series in left_out else series.name.lower() for series in Series), *own_columns(scenario)]


def measures_in(scenario: Scenario) -> dict[str, Measure]:
    """All measures of a scenario's histories, in the order of tables."""
    return MEASURES | own_measures(scenario)


@compiled
def total(history, power, series, first, end):
    """Sum of a yearly series over the years from `first` to before `end`."""
    amount = 0.0
    for year in range(first, end):
        amount += history.series[year, power, series]
    return amount


@compiled
def yearly(history, power, series, first, end):
    """Mean of a yearly series."""
    return total(history, power, series, first, end) / (end - first)


@compiled
def ratio(above, below):
    """A quotient, NaN where there is nothing to divide by."""
    return above / below if below != 0.0 else math.nan


@compiled
def ally_distances(history, power, first, end):
    """Distances of all allies, one per pact-year: array of km, sorted."""
    distances = history.distance_km[power]
    found = np.empty((end - first) * distances.size)
    number = 0
    for state in np.argsort(distances):
        for year in range(first, end):
            if history.since[year, power, state] > 0.0:
                found[number] = distances[state]
                number += 1
    return found[:number]


@compiled
def ally_distance_quantile(history, power, first, end, share):
    """Quantile of the allies' distances over pact-years (linear interpolation), NaN without pacts."""
    distances = ally_distances(history, power, first, end)
    if distances.size == 0:
        return math.nan
    place = share * (distances.size - 1)
    below = math.floor(place)
    above = min(below + 1, distances.size - 1)
    return distances[below] + (place - below) * (distances[above] - distances[below])


@compiled
def total_of(history, power, columns, first, end):
    """Sum of several yearly series."""
    amount = 0.0
    for column in columns:
        amount += total(history, power, column, first, end)
    return amount


@compiled
def share_of_neighbours(history, power, series, first, end):
    """Mean share of the neighbours that are counted in a series; NaN for a power without neighbours."""
    neighbours = 0.0
    for state in range(history.is_neighbour.shape[1]):
        neighbours += history.is_neighbour[power, state]
    return ratio(yearly(history, power, series, first, end), neighbours)


@compiled
def stability(history, power, first, end):
    """Share of the pacts of each year that are in force in the next."""
    before = 0.0
    for year in range(max(first, 1), end):
        before += history.series[year - 1, power, Series.PACTS]
    return ratio(total(history, power, Series.PERSISTED.value, max(first, 1), end), before)


@compiled
def evaluate(history, power, first, end, kind, series, over, share):
    """The value of a measure over the years from `first` to before `end`; see `Kind`."""
    if kind == Kind.MEAN:
        return yearly(history, power, series, first, end)
    if kind == Kind.PER_DECADE:
        return 10.0 * yearly(history, power, series, first, end)
    if kind == Kind.RATIO:
        return ratio(total(history, power, series, first, end), total(history, power, over, first, end))
    if kind == Kind.PER_STATE:
        return yearly(history, power, series, first, end) / history.distance_km.shape[1]
    if kind == Kind.SHARE_OF_NEIGHBOURS:
        return share_of_neighbours(history, power, series, first, end)
    if kind == Kind.DISTANCE_QUANTILE:
        return ally_distance_quantile(history, power, first, end, share)
    if kind == Kind.DURATION:
        begun = total(history, power, Series.SIGNED.value, 0, end)
        return ratio(total(history, power, Series.PACTS.value, 0, end), begun)
    if kind == Kind.STABILITY:
        return stability(history, power, first, end)
    return evaluate_sums(history, power, first, end, kind)


@compiled
def evaluate_sums(history, power, first, end, kind):
    """The same for the kinds that combine several series."""
    if kind == Kind.MAJOR_PAYOFF:
        gained = total_of(history, power, BENEFITS, first, end)
        return (gained - total_of(history, power, COSTS, first, end)) / (end - first)
    if kind == Kind.WEAK_PAYOFF:
        protected = total(history, power, Series.PROTECTION.value, first, end)
        conceded = total(history, power, Series.AUTONOMY_COST.value, first, end)
        belonging = total(history, power, Series.MEMBERSHIP_COST.value, first, end)
        own = total(history, power, Series.OWN_TERMS_OF_WEAK_STATES.value, first, end)
        return (protected - conceded - belonging + own) / (end - first)
    if kind == Kind.TESTED:
        wars = total(history, power, Series.WARS.value, first, end)
        return ratio(total(history, power, Series.INTERVENTIONS.value, first, end), wars)
    if kind == Kind.REALISED_ENTRAPMENT:
        return total_of(history, power, REALISED, first, end) / (end - first)
    return total_of(history, power, EXPECTED, first, end) / (end - first)


def measure(name: str, history: History, power: int, years: int, window_years: int) -> float:
    """One measure of the first `years` years of a history, over their last `window_years`.

    power: place of the major power in the scenario. Raises KeyError for an unknown name.
    """
    return evaluated(MEASURES[name], history, power, years, window_years)


def evaluated(wanted: Measure, history: History, power: int, years: int, window_years: int) -> float:
    """The same of a `Measure`, which may be one of an own term."""
    first = max(0, years - window_years)
    if years == 0:
        return math.nan
    return float(evaluate(
        history, power, first, years, int(wanted.kind), int(wanted.series), int(wanted.over), wanted.share))


def measured(history: History, power: int, window_years: int,
             measures: Mapping[str, Measure] = MEASURES) -> dict[str, float]:
    """All measures of a whole history for one major power; measures: see `measures_in`."""
    years = history.series.shape[0]
    return {name: evaluated(wanted, history, power, years, window_years) for name, wanted in measures.items()}
