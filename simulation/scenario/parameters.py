"""The parameters of the theory as frozen, typed records.

Every field carries its meaning, unit, range and source, so that refusals, documentation, table headings and axis labels
all say the same thing. The records hold numbers and know nothing of files (`scenario.file`) or formulae (`theory`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

EARTH_HALF_CIRCUMFERENCE_KM = 20_040.0

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=24)]


def parameter(default: Any, meaning: str, unit: str, source: str, **limits: Any) -> Any:
    """A field with its documentation; `limits` are pydantic's ge, gt, le, lt. `...` as default makes it required."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "source": source}, **limits)


class Record(BaseModel):
    """Frozen record that refuses unknown keys, wrong types, NaN and infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=False
    )


def incoherent(problem: str, found: str, allowed: str, key: str = "") -> PydanticCustomError:
    """What a record raises when its fields do not fit together; `validation` puts it into the user's words.

    key : the field to point at; without it, the record.
    """
    return PydanticCustomError("incoherent", problem, {"found": found, "allowed": allowed, "key": key})


class Place(Record):
    """A point on the globe."""

    latitude: float = parameter(..., "Latitude of the capital", "degrees north", "public knowledge", ge=-90, le=90)
    longitude: float = parameter(..., "Longitude of the capital", "degrees east", "public knowledge", ge=-180, le=180)


Scaling = Literal["autonomy", "membership"]


class Assumptions(Record):
    """The named assumptions on which the literature disagrees (theory, section 8)."""

    emboldenment: bool = parameter(
        True, "Backing stiffens the weak state's resistance; off: it resists as it would without a backer", "switch",
        "Smith 1995; Benson 2012; against: Fang, Johnson & Leeds 2014")
    deterrence: bool = parameter(
        True, "Backing lowers the probability of a challenge; off: the challenger is blind to it", "switch",
        "Leeds 2003; against: Kenwick, Vasquez & Powers 2015")
    restraint: float = parameter(
        0.5, "Probability, per unit of autonomy conceded, that the major power holds its ally back in a crisis (mu)",
        "probability", "Snyder 1997; Pressman 2008", ge=0, le=1)
    excludability: float = parameter(
        1.0, "How far protection can be withheld from outsiders: without a pact a state enjoys (1 - x) times the mean"
        " binding commitment of the major power's other allies", "share", "Sandler 1993; theory, section 5", ge=0, le=1)
    depth_binds: bool = parameter(
        True, "The audience cost of reneging grows with commitment; off: every pact binds fully", "switch",
        "Fearon 1997; against: Mattes 2012")
    power_projection_scales_with: Scaling = parameter(
        "autonomy", "Whether power projection grows with autonomy conceded or comes with membership", "channel",
        "theory, section 3")
    legitimation_scales_with: Scaling = parameter(
        "autonomy", "Whether legitimation grows with autonomy conceded or comes with membership", "channel",
        "theory, section 3")
    denial_scales_with: Scaling = parameter(
        "membership", "Whether denial grows with autonomy conceded or comes with membership", "channel",
        "theory, section 3")
    stabilisation_scales_with: Scaling = parameter(
        "membership", "Whether stabilisation grows with autonomy conceded or comes with membership", "channel",
        "theory, section 3")
    membership_cost: float = parameter(
        0.0, "What belonging to an alliance costs the weak state, whatever the contract concedes; at 0 a state signs"
        " for however little", "payoff per year", "Altfeld 1984; theory, section 1; off by default", ge=0, le=10)
    autonomy_price: Literal["absolute", "relative"] = parameter(
        "absolute", "Whether autonomy conceded is the dearer, the farther the major power's preferences are, or the"
        " farther they are than the competitor's (toward.*.competitor_preference_distance)", "name",
        "theory, section 10; Bailey, Strezhnev & Voeten 2017 for the distances")
    opportunity_cost: bool = parameter(
        True, "O1: commitments draw on one capacity, so that what is pledged here cannot be pledged there", "switch",
        "theory, section 5")
    foreclosure: bool = parameter(
        True, "O2: a pact with a state shuts the door to its declared rivals", "switch", "theory, section 5")
    bargaining_solution: Literal["nash", "kalai_smorodinsky", "egalitarian", "ultimatum"] = parameter(
        "nash", "How the gains from a pact are split", "name", "Nash 1950; Kalai & Smorodinsky 1975; Kalai 1977")
    outside_option: Literal["constraint", "threat_point"] = parameter(
        "constraint", "Whether a weak state's outside option constrains the bargain or shifts its threat point", "name",
        "Binmore, Shaked & Sutton 1989")
    exclusivity: bool = parameter(
        True, "A weak state holds at most one pact; off: one with every major power, and the best protector answers",
        "switch", "theory, section 1")
    information: Literal["complete", "incomplete"] = parameter(
        "incomplete", "Whether the major powers' resolve is known or believed in and learnt", "name",
        "Kreps & Wilson 1982; Sartori 2005")
    rival_pull: Literal["endogenous", "given"] = parameter(
        "endogenous", "With several major powers: whether a rival's pull is its own readiness to sign, or the figure"
        " given; a major power that is alone always uses the figure given", "name", "theory, section 3")
    activation: Literal["random", "listed", "strongest_first"] = parameter(
        "random", "Order in which the major powers act within a year", "name", "theory, section 8")


class CrisisParameters(Record):
    """The crisis game (theory, section 2)."""

    stake: float = parameter(1.0, "What the challenger demands (tau)", "payoff", "theory, section 2", ge=0, le=10)
    challenge_cost: float = parameter(
        0.3, "Challenger's cost of opening a crisis (chi)", "payoff", "theory, section 2", ge=0, le=10)
    war_cost_weak: float = parameter(
        0.2, "Weak state's cost of fighting (w_i)", "payoff", "theory, section 2", ge=0, le=10)
    war_cost_challenger: float = parameter(
        0.3, "Challenger's cost of fighting (w_c)", "payoff", "theory, section 2", ge=0, le=10)
    contest_exponent: float = parameter(
        1.0, "Decisiveness of superior strength in war (m)", "exponent", "Tullock 1980; Hirshleifer 1989", ge=0, le=10)
    rationality: float = parameter(
        5.0, "Precision of the logit quantal responses (Lambda); 0 is a coin", "per payoff",
        "McKelvey & Palfrey 1998; Signorino 1999", ge=0, le=40)


class ContractParameters(Record):
    """What counts as a pact (theory, section 1)."""

    minimum_commitment: float = parameter(
        0.1, "Least commitment that counts as a pact (s_min)", "share", "theory, section 1", ge=0, le=1)


class Drift(Record):
    """Small persistent shocks to the surroundings (theory, section 6, phase 1).

    Each quantity is its scenario value times exp(z); z keeps `persistence` of itself from year to year and is shocked
    with the standard deviations below.
    """

    persistence: float = parameter(
        0.9, "Share of a deviation that survives a year", "share", "chosen: half-life of 6 to 7 years", ge=0, le=1)
    capability: float = parameter(
        0.02, "Standard deviation of the yearly shock to a weak state's capability", "log points", "chosen",
        ge=0, le=1)
    challenger: float = parameter(
        0.03, "Standard deviation of the yearly shock to the challenger's capability", "log points", "chosen",
        ge=0, le=1)
    crisis_rate: float = parameter(
        0.05, "Standard deviation of the yearly shock to the crisis rate", "log points", "chosen", ge=0, le=1)
    preference: float = parameter(
        0.03, "Standard deviation of the yearly shock to each preference distance", "log points", "chosen", ge=0, le=1)


class Dynamics(Record):
    """What happens between years (theory, section 6)."""

    drift: Drift = Field(default_factory=Drift)
    misperception: float = parameter(
        0.1, "Standard deviation of each side's yearly error about crisis rate and challenger", "log points",
        "Jervis 1976; size chosen", ge=0, le=2)
    exit_cost: float = parameter(
        0.005, "A side leaves a pact when staying is worse by more than this", "payoff per year", "chosen", ge=0, le=10)
    capability_loss: float = parameter(
        0.2, "Share of its capability that a beaten weak state loses", "share", "chosen", ge=0, lt=1)
    observability: float = parameter(
        0.5, "Weight that a state gives to pledges tested elsewhere; 1 is its weight on its own experience", "exponent",
        "Crescenzi 2018; size chosen", ge=0, le=1)


class Relaxations(Record):
    """Where history departs from equilibrium; each can be switched off (theory, section 6)."""

    drift: bool = parameter(True, "Surroundings drift", "switch", "theory, section 6, phase 1")
    misperception: bool = parameter(True, "Each side errs about crises and challengers", "switch", "phase 3")
    limited_attention: bool = parameter(
        True, "A major power opens few negotiations a year; off: it negotiates with everybody", "switch", "phase 3")
    exit_friction: bool = parameter(True, "Leaving a pact takes more than a dislike", "switch", "phase 2")
    war_aftermath: bool = parameter(True, "War weakens the beaten and tires the intervener", "switch", "phase 5")
    learning: bool = parameter(True, "Beliefs follow honoured and broken pledges", "switch", "phase 6")


class Benefits(Record):
    """What a major power gains from allies (theory, section 3)."""

    power_projection: float = parameter(
        0.25, "Value of full access to a state whose basing value is 1 (w_proj)", "payoff per year",
        "after Istomin 2021 (abstract); size chosen", ge=0, le=10)
    legitimation: float = parameter(
        0.02, "Value of one vote conceded in full (w_leg)", "payoff per year",
        "after Istomin 2021 (abstract); size chosen", ge=0, le=10)
    legitimation_exponent: float = parameter(
        1.0, "Returns to legitimation over the portfolio (eta); above 1 there is a critical mass", "exponent",
        "theory, section 3", ge=0.1, le=5)
    denial: float = parameter(
        0.05, "Value of keeping a state from a competitor that would take it (w_deny)", "payoff per year",
        "after Istomin 2021 (abstract); size chosen", ge=0, le=10)
    stabilisation: float = parameter(
        0.05, "Value of calm in a bordering state whose instability is 1 (w_stab)", "payoff per year",
        "after Istomin 2021 (abstract); size chosen", ge=0, le=10)
    neighbourhood_half_distance_km: float = parameter(
        500.0, "Distance at which a neighbour's disorder matters half as much (H_near)", "km", "chosen",
        ge=50, le=40_000)
    own_security: float = parameter(
        0.0, "Value of allies' capability as a share of the major power's own; 0 by the theory's first claim",
        "payoff per year", "after Istomin 2021 (abstract); Morrow 1991", ge=0, le=100)


class DirectCosts(Record):
    """What a pact costs to keep."""

    dial: float = parameter(1.0, "Scales all direct costs", "factor", "theory, section 3", ge=0, le=100)
    fixed: float = parameter(0.02, "Yearly cost of having a pact (c0)", "payoff per year", "chosen", ge=0, le=10)
    deployment: float = parameter(
        0.05, "Yearly cost of full commitment next door; grows as 1 / reach", "payoff per year", "chosen", ge=0, le=10)


class OpportunityCosts(Record):
    """What is pledged here cannot be pledged there (theory, section 5)."""

    dial: float = parameter(1.0, "Scales all opportunity costs", "factor", "theory, section 3", ge=0, le=100)
    weight: float = parameter(
        0.01, "Steepness of the convex cost of all commitments (O1)", "payoff per year", "chosen", ge=0, le=10)
    capacity: float = parameter(
        1.0, "Commitments, in units of full commitment next door, that the major power carries with ease",
        "commitments", "chosen", gt=0, le=1000)
    foreclosure: float = parameter(
        0.03, "Cost per pair of declared rivals that are both allies (O2)", "payoff per year", "chosen", ge=0, le=10)


class EntrapmentCosts(Record):
    """Being drawn into an ally's war. The dial scales both fields, so that 0 removes the whole group."""

    dial: float = parameter(1.0, "Scales war cost and risk weight alike", "factor", "theory, section 3", ge=0, le=100)
    war_cost: float = parameter(
        0.3, "Cost of an easy war next door; grows with distance and difficulty", "payoff", "theory, section 11",
        ge=0, le=100)
    risk_weight: float = parameter(
        1.0, "Weight on the expected loss from crises of allies; 1 is risk neutrality", "factor", "theory, section 3",
        ge=0, le=100)


class Costs(Record):
    """The three costs that the theory watches."""

    direct: DirectCosts = Field(default_factory=DirectCosts)
    opportunity: OpportunityCosts = Field(default_factory=OpportunityCosts)
    entrapment: EntrapmentCosts = Field(default_factory=EntrapmentCosts)


class Resolve(Record):
    """Whether the major power keeps its word, and what others believe of it (theory, section 6, phase 6)."""

    type: Literal["resolute", "irresolute", "drawn"] = parameter(
        "drawn", "The major power's true type; drawn: by chance, once a history, with the prior", "name",
        "theory, section 6")
    prior: float = parameter(
        0.7, "What every weak state believes at the start: the probability that the major power is resolute",
        "probability", "chosen", ge=0, le=1)
    audience_cost_resolute: float = parameter(
        1.0, "Cost of reneging on full commitment for the resolute type (A)", "payoff",
        "Fearon 1994; theory, section 11", ge=0, le=100)
    audience_cost_irresolute: float = parameter(
        0.6, "The same for the irresolute type", "payoff", "chosen", ge=0, le=100)


class Fatigue(Record):
    """An intervening major power is tired for some years (theory, section 6, phase 5)."""

    loss: float = parameter(0.3, "Share of opportunity capacity lost while tired", "share", "chosen", ge=0, lt=1)
    years: int = parameter(3, "Years that an intervention tires", "years", "chosen", ge=0, le=100)


class MajorPower(Record):
    """A major power: what it can reach, what it wants, what it fears."""

    name: str = parameter("", "Name in tables and figures", "text", "the scenario")
    capability: float = parameter(
        0.05, "Share of world capability", "share", "COW National Material Capabilities", gt=0, le=1)
    capital: Place | None = Field(None, description="Where distances start when no border-to-border distance is given")
    reach_half_distance_km: float = parameter(
        1500.0, "Distance at which half of the major power's strength arrives (H)", "km", "Boulding 1962",
        ge=50, le=100_000)
    bargaining_weight: float = parameter(
        0.6, "Share of the bargaining power (beta); not used by the ultimatum", "share", "Nash 1950; Kalai 1977",
        ge=0, le=1)
    attention: int = parameter(
        3, "Negotiations that it opens in a year", "negotiations per year", "chosen", ge=0, le=1000)
    benefits: Benefits = Field(default_factory=Benefits)
    costs: Costs = Field(default_factory=Costs)
    resolve: Resolve = Field(default_factory=Resolve)
    fatigue: Fatigue = Field(default_factory=Fatigue)


class Relation(Record):
    """How a weak state stands towards one major power."""

    distance_km: float | None = parameter(
        None, "Distance, border to border where known; left out: great circle between capitals", "km",
        "CShapes 2.0 (Schvitz et al. 2022)", ge=0, le=EARTH_HALF_CIRCUMFERENCE_KM)
    preference_distance: float = parameter(
        0.0, "Distance between foreign-policy preferences", "ideal points", "Bailey, Strezhnev & Voeten 2017",
        ge=0, le=10)
    competitor_preference_distance: float = parameter(
        0.0, "Distance of the state's preferences to those of this major power's competitor; counts where"
        " assumptions.autonomy_price is relative", "ideal points", "Bailey, Strezhnev & Voeten 2017", ge=0, le=10)
    patron_threat: float = parameter(
        0.0, "Share of the state's crises that this major power opens itself, against which its protection is worth"
        " nothing", "share", "Walt 1987, balance of threat; theory, section 10; off by default", ge=0, le=1)
    basing: float = parameter(
        0.5, "What access to the state is worth for power projection", "share", "chosen by the scenario", ge=0, le=1)
    rival_pull: float = parameter(
        0.0, "Chance that a competitor from outside the scenario takes the state if this major power does not",
        "probability", "chosen by the scenario", ge=0, le=1)


class WeakState(Record):
    """A weak state and its challenger."""

    name: str = parameter("", "Name in tables and figures", "text", "the scenario")
    capability: float = parameter(
        ..., "Share of world capability", "share", "COW National Material Capabilities", gt=0, le=1)
    challenger_capability: float = parameter(
        ..., "Capability of its challenger", "share", "COW National Material Capabilities; rivalries", gt=0, le=1)
    crisis_rate: float = parameter(
        0.2, "Yearly probability that a crisis can open (rho)", "probability per year", "Militarized Interstate"
        " Disputes 5.0", ge=0, le=1)
    latent_threat: float = parameter(
        0.0, "Crises a year that the state fears beyond those that open: it pays for protection from them, no history"
        " sees one", "per year", "Morgan 1983, general deterrence; theory, section 10; off by default", ge=0, le=10)
    autonomy_value: float = parameter(
        0.6, "What full autonomy is worth when preferences agree (alpha)", "payoff per year", "theory, section 11",
        ge=0, le=100)
    preference_weight: float = parameter(
        0.5, "How much dearer autonomy gets per unit of preference distance", "per ideal point", "chosen", ge=0, le=100)
    votes: float = parameter(1.0, "Diplomatic weight", "votes", "one state, one vote", ge=0, le=1000)
    instability: float = parameter(
        0.0, "Disorder that spills over", "share", "UCDP/PRIO Armed Conflict Dataset", ge=0, le=1)
    outside_option: float = parameter(
        0.0, "Best gain on offer from a power that is not in the scenario", "payoff per year",
        "chosen by the scenario", ge=0, le=100)
    rivals: list[Code] = Field(default_factory=list, description="Codes of the states it counts as rivals")
    capital: Place | None = Field(None, description="Where distances end when no border-to-border distance is given")
    toward: dict[Code, Relation] = Field(default_factory=dict, description="Its standing towards each major power")
    observed: dict[Code, bool] = Field(
        default_factory=dict, description="Whether it had a defence pact with each major power in the start year")


class OwnTerm(Record):
    """A cost or benefit in the user's own words: a formula over named quantities (theory, section 12)."""

    side: Literal["major", "weak"] = Field(
        ..., description="Whose gain it enters: the major power's or the weak state's")
    kind: Literal["cost", "benefit"] = Field(
        ..., description="Whether it subtracts or adds; a benefit of the major power is part of what the ally is worth")
    formula: str = Field(
        ..., description="Payoff per year of a pact: arithmetic over the names that 'describe own_terms' lists")
    weight: float = parameter(
        1.0, "What the formula is multiplied by; 0 switches the term off", "ratio", "the scenario", ge=0, le=1000)
    powers: list[Code] = Field(
        default_factory=list, description="Codes of the major powers whose pacts have it; none: all have it")
    says: str = Field("", description="What the term is, in a sentence, for tables and figures")
    source: str = Field("", description="Where the assumption comes from")

    @field_validator("formula", mode="before")
    @classmethod
    def _may_be_a_number(cls, value: Any) -> Any:
        return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Recording(Record):
    """What the measures look at (theory, section 7)."""

    window_years: int = parameter(
        10, "Final years over which a run is measured", "years", "theory, section 7", ge=1, le=1000)
    neighbour_distance_km: float = parameter(
        100.0, "Distance up to which a state counts as a neighbour", "km", "chosen", ge=0,
        le=EARTH_HALF_CIRCUMFERENCE_KM)
