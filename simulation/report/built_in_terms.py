"""The theory's own costs and benefits as formulas, in the notation of own terms (theory, sections 2, 3, 5).

Parameters stand in braces, by their dotted path below the major power, or from the outermost key. Called by
`reference`, which lists them; a law holds each, written as an own term, against the theory.
"""

from __future__ import annotations

from typing import NamedTuple

from simulation.scenario.scenario import Scenario


class BuiltInTerm(NamedTuple):
    """A term of the theory: section of the model, formula as a user could write it, and the parameter that switches it
    off, with the value that does; without one, the formula has names that own terms cannot use."""

    section: str
    formula: str
    switch: str = ""
    off: float | bool = 0.0


COSTS, BENEFITS = "costs.", "benefits."
BUILT_IN_TERMS = {
    "weak_protection": BuiltInTerm(
        "7.3", "(crisis_rate + latent_threat) * (1 - patron_threat) * (loss_without - loss), where loss = challenge *"
        " ((1 - resisted) * stake + resisted * ((1 - won) * stake + {crisis.war_cost_weak})), resisted = (1 -"
        " {assumptions.restraint} * autonomy) * resistance, and won mixes the odds with and without the major power by"
        " its reliability"),
    "weak_autonomy_cost": BuiltInTerm(
        "7.3", "0.5 * autonomy_value * (1 + preference_weight * preference_distance) * autonomy ** 2"),
    "weak_membership_cost": BuiltInTerm("7.1", "{assumptions.membership_cost}", "assumptions.membership_cost"),
    "benefit_power_projection": BuiltInTerm(
        "7.3", "{benefits.power_projection} * basing * autonomy", "benefits.power_projection"),
    "benefit_legitimation": BuiltInTerm(
        "7.3", "{benefits.legitimation} * legitimated_votes ** {benefits.legitimation_exponent}",
        "benefits.legitimation"),
    "benefit_denial": BuiltInTerm("7.3", "{benefits.denial} * rival_pull", "benefits.denial"),
    "benefit_stabilisation": BuiltInTerm(
        "7.3", "{benefits.stabilisation} * instability * proximity", "benefits.stabilisation"),
    "benefit_own_security": BuiltInTerm(
        "7.3", "{benefits.own_security} * capability / power_capability", "benefits.own_security"),
    "cost_fixed": BuiltInTerm("7.3", "{costs.direct.dial} * {costs.direct.fixed}", "costs.direct.fixed"),
    "cost_deployment": BuiltInTerm(
        "7.3", "{costs.direct.dial} * {costs.direct.deployment} * burden * commitment", "costs.direct.deployment"),
    "cost_opportunity": BuiltInTerm(
        "7.3", "0.5 * {costs.opportunity.dial} * {costs.opportunity.weight} / {costs.opportunity.capacity} *"
        " pledged ** 2", "costs.opportunity.weight"),
    "cost_foreclosure": BuiltInTerm(
        "7.3", "{costs.opportunity.dial} * {costs.opportunity.foreclosure} * allied_rivals",
        "costs.opportunity.foreclosure"),
    "cost_intervention": BuiltInTerm(
        "7.3", "{costs.entrapment.dial} * {costs.entrapment.risk_weight} * crisis_rate * (1 - patron_threat) * (war *"
        " reliability - war_without * reliability_without) * intervention_cost, where intervention_cost ="
        " {costs.entrapment.dial} * {costs.entrapment.war_cost} * (2 - odds) / reach"),
    "cost_reneging": BuiltInTerm(
        "7.3", "{costs.entrapment.dial} * {costs.entrapment.risk_weight} * crisis_rate * (1 - patron_threat) * war *"
        " (1 - reliability) * commitment * audience_cost, less what reneging costs without a pact"),
    "cost_lost_stake": BuiltInTerm(
        "7.3", "{costs.entrapment.dial} * {costs.entrapment.risk_weight} * crisis_rate * (1 - patron_threat) * lost *"
        " value, where value is the sum of the benefits and lost how often the ally gives way or is beaten"),
}
"""All terms of `theory.payoffs.TERMS` by name; those that scale with autonomy as they do by default."""


def formula_in(scenario: Scenario, power: str, term: str) -> str:
    """The formula of a term with the numbers of a scenario and major power in it."""
    text = BUILT_IN_TERMS[term].formula
    while "{" in text:
        start, end = text.index("{"), text.index("}")
        path = text[start + 1:end]
        value = scenario.value(path_of(power, path))
        text = f"{text[:start]}{float(value)!r}{text[end + 1:]}"
    return text


def path_of(power: str, path: str) -> str:
    """The whole path of a parameter in a formula."""
    return f"major_powers.{power}.{path}" if path.startswith((COSTS, BENEFITS)) else path
