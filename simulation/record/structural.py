"""The theory's own functions as a likelihood of who is allied with whom.

For every major power and weak state of a year observables become the inputs of `theory.bargaining_problem`, and

    g = max over contracts of min(u, v)

is the most that both would gain alike: negative where no contract suits both, and continuous through 0. The probability
of a pact is the logistic function of g / noise. Portfolios are left out, for opportunity costs cannot be told from
fixed costs by such data. The likelihood has several maxima, and many of them are of the grid of contracts; an
evolution strategy (Hansen 2016) climbs from several starts, first with a soft maximum over contracts, and how far the
starts agree is part of the result. Called by the commands ``fit`` and ``score``.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import qmc

from simulation.errors import Refusal
from simulation.record.fit_cache import FitCache
from simulation.record.gains import FEW_NODES, NODES, Pairs, shared_gains
from simulation.record.observables import INPUTS
from simulation.record.resampling import DRAWN, resampled_states
from simulation.scenario.parameters import MajorPower, Relation, WeakState
from simulation.scenario.scenario import Scenario
from simulation.scenario.traits import power_numbers, power_traits, scenario_rules
from simulation.theory.bargaining_problem import Rules
from simulation.theory.crisis import Audience

NAME = "theory, its own functions"
SCREENED = 256
"""Places of a Sobol sequence that are tried before the search starts from the best of them."""
STARTS, EVALUATIONS = 3, 16_000
POPULATION = 24
"""Places of a generation."""
WIDTH, NARROW = 0.2, 0.05
"""Standard deviation with which a search starts, in the logarithm of a parameter over that of its range; and that from
a place that is known to be good."""
SMOOTHED = ((0.3, WIDTH, 5 / 16), (0.1, 0.1, 5 / 16), (0.03, NARROW, 3 / 16), (0.0, NARROW, 3 / 16))
"""(smoothing, standard deviation, share of the evaluations) of the parts of a search from anywhere; only the last,
which is not smoothed, looks at all contracts."""
NEAR, AGAIN = 3.0, 6 / 16
"""What a start reached within so much of the highest log likelihood is searched from once more, with such a share of
the evaluations, so that starts which found the same hill agree on its top."""
SMALLEST_PROBABILITY = 1e-6


class Parameter(NamedTuple):
    """A parameter: what it stands for, its unit, and its range, which is searched by its logarithm."""

    meaning: str
    unit: str
    least: float
    most: float


REACH, FIXED = "reach.", "fixed."
SHARED = {
    "latent_threat": Parameter("Crises feared beyond those on record", "per year", 0.01, 10.0),
    "membership_cost": Parameter("What membership costs the weak state", "payoff per year", 1e-4, 1.0),
    "autonomy_value": Parameter("What full autonomy is worth", "payoff per year", 0.1, 100.0),
    "preference_weight": Parameter("How much dearer autonomy is across a full regime gap", "share", 0.1, 100.0),
    "ideal_points": Parameter("What an ideal point counts beside a full regime gap", "regime gaps", 1e-3, 2.0),
    "power_projection": Parameter("Worth of access near the competitor", "payoff per year", 1e-3, 10.0),
    "legitimation": Parameter("Worth of a state's voice", "payoff per year", 0.01, 10.0),
    "denial": Parameter("Worth of keeping a state from the competitor", "payoff per year", 1e-3, 10.0),
    "stabilisation": Parameter("Worth of calm next door", "payoff per year", 1e-3, 10.0),
    "war_cost": Parameter("Cost of an easy war next door", "payoff", 0.01, 10.0),
    "noise": Parameter("Gain that moves the log odds by 1", "payoff per year", 0.01, 5.0)}
"""Parameters that all major powers share. All are above 0: the signs are those of the theory."""
OF_EACH = {REACH: Parameter("Distance at which half of its strength arrives", "km", 50.0, 20_000.0),
           FIXED: Parameter("Its cost of having a pact", "payoff per year", 1e-4, 10.0)}
"""Parameters of each major power, by what their names begin with."""


def names_for(powers: tuple[str, ...]) -> list[str]:
    """Names of all parameters of a fit to these major powers."""
    return [*SHARED, *(kind + power for kind in OF_EACH for power in powers)]


def parameter_named(name: str) -> Parameter:
    """The entry of a parameter."""
    return SHARED[name] if name in SHARED else OF_EACH[name[: name.index(".") + 1]]


@dataclass(frozen=True)
class Structural:
    """The theory's own functions, to be fitted to rows of features.

    every : a year in so many is fitted, the last and those before it, for the years of a pair are nearly copies of each
    other. starts, evaluations : searches, and most likelihoods of each; None: the usual. cache : keeps fits, so that
    the same one is made once.
    """

    every: int = 3
    starts: int | None = None
    evaluations: int | None = None
    seed: int = 0
    cache: FitCache = field(default_factory=FitCache, compare=False)

    @property
    def name(self) -> str:
        """For tables."""
        return NAME

    def fit(self, rows: pd.DataFrame, held: Mapping[str, float] | None = None,
            near: Mapping[str, float] | None = None) -> StructuralFit:
        """The highest maximum that was found.

        held : parameters that keep a value, by name. near : parameters from which to search, once. rows : as
        `features.features_of` gives them. Raises `Refusal` if no row, or every row, has a pact.
        """
        kept = rows[(rows["year"].max() - rows["year"]) % self.every == 0]
        pact = kept["pact"].to_numpy(float)
        if not 0.0 < pact.sum() < pact.size:
            raise Refusal("nothing to tell apart", found=f"{int(pact.sum())} of {pact.size} dyad-years have a pact",
                          allowed="dyad-years with and without one")
        powers = tuple(dict.fromkeys(rows["power"]))
        starts, evaluations = self.starts or STARTS, self.evaluations or EVALUATIONS
        asked = {"every": self.every, "starts": starts, "evaluations": evaluations, "seed": self.seed,
                 "held": dict(held or {}), "near": dict(near or {}),
                 "ranges": [entry[2:] for entry in (*SHARED.values(), *OF_EACH.values())]}
        told = kept[["power", "state", "year", "pact", *INPUT_COLUMNS]]
        found = self.cache.find(told, asked)
        if found is None:
            likelihood = Likelihood(kept, powers, held or {})
            found = ([likelihood.local_maximum(likelihood.place(near), evaluations, self.seed, NARROW)] if near else
                     likelihood.local_maxima(starts, evaluations, self.seed))
            self.cache.add(told, asked, found)
        best = max(range(len(found)), key=lambda place: found[place]["log_likelihood"])
        parameters = {name: value for name, value in found[best].items() if name != "log_likelihood"}
        return StructuralFit(self, powers, parameters, found[best]["log_likelihood"],
                             tuple(each["log_likelihood"] for each in found))


INPUT_COLUMNS = [f"input_{name}" for name in INPUTS]
"""The theory's inputs among the columns of features."""


@dataclass(frozen=True)
class StructuralFit:
    """A fit: parameters by name, log likelihood, and that which every start reached."""

    model: Structural
    powers: tuple[str, ...]
    parameters: dict[str, float]
    log_likelihood: float
    reached: tuple[float, ...]

    @property
    def is_at_rest(self) -> bool:
        """Whether two starts or more came within one unit of log likelihood of the highest."""
        return sum(self.log_likelihood - each < 1.0 for each in self.reached) > 1

    def gains(self, rows: pd.DataFrame) -> np.ndarray:
        """g of every row, payoff per year. A power that was not fitted has the geometric mean of those that were."""
        return gains_of(self.parameters, rows)

    def probability(self, rows: pd.DataFrame) -> np.ndarray:
        """Probability of a pact in every row."""
        return np.asarray(expit(self.gains(rows) / self.parameters["noise"]))

    def with_level_and_slope(self, rows: pd.DataFrame) -> StructuralFit:
        """The same shared parameters, with fixed cost and reach of each power fitted anew to other rows."""
        return self.model.fit(rows, {name: self.parameters[name] for name in SHARED})


def of_power(parameters: Mapping[str, float], kind: str, power: str) -> float:
    """A power's own parameter, or the geometric mean of the others' for a power without."""
    if kind + power in parameters:
        return parameters[kind + power]
    return float(np.exp(np.mean([math.log(value) for name, value in parameters.items() if name.startswith(kind)])))


def gains_of(parameters: Mapping[str, float], rows: pd.DataFrame) -> np.ndarray:
    """g of every row under these parameters, payoff per year."""
    powers = tuple(dict.fromkeys(rows["power"]))
    found = np.empty(len(rows))
    shared_gains(pairs_of(parameters, powers, *numbers_of(rows, powers)), NODES, 0.0, found)
    return found


def numbers_of(rows: pd.DataFrame, powers: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(number of the power, inputs) of every row."""
    place = {power: number for number, power in enumerate(powers)}
    return (np.array([place[power] for power in rows["power"]], dtype=np.int64),
            np.ascontiguousarray(rows[INPUT_COLUMNS].to_numpy(float)))


def pairs_of(parameters: Mapping[str, float], powers: tuple[str, ...], power: np.ndarray,
             inputs: np.ndarray) -> Pairs:
    """What the compiled function is told."""
    usual = power_traits(MajorPower())._replace(
        opportunity_dial=0.0, power_projection=parameters["power_projection"], legitimation=parameters["legitimation"],
        denial=parameters["denial"], stabilisation=parameters["stabilisation"], war_cost=parameters["war_cost"])
    numbers = [power_numbers(usual._replace(fixed=of_power(parameters, FIXED, code))) for code in powers]
    benefits, resolve = MajorPower().benefits, MajorPower().resolve
    audience = Audience(resolve.audience_cost_resolute, resolve.audience_cost_resolute,
                        resolve.audience_cost_irresolute, resolve.prior)
    return Pairs(
        usual_rules()._replace(membership_cost=parameters["membership_cost"]), audience, np.array(numbers),
        np.array([of_power(parameters, REACH, code) for code in powers]),
        float(benefits.neighbourhood_half_distance_km),
        (parameters["autonomy_value"], parameters["preference_weight"], parameters["latent_threat"]),
        parameters["ideal_points"], power, inputs)


@functools.cache
def usual_rules() -> Rules:
    """Stakes and assumptions at their defaults."""
    nowhere = WeakState(capability=0.001, challenger_capability=0.001, toward={"P": Relation(distance_km=0.0)})
    return scenario_rules(Scenario(name="usual", major_powers={"P": MajorPower()}, weak_states={"A": nowhere}))


def bootstrap_near(fit: StructuralFit, rows: pd.DataFrame, draws: int, seed: int,
               done: Callable[[], None]) -> pd.DataFrame:
    """Parameters fitted to weak states drawn with replacement, each search from the fit to all: a row per draw."""
    found = []
    for drawn in resampled_states(rows, draws, seed):
        found.append(fit.model.fit(drawn, near=fit.parameters).parameters)
        done()
    return pd.DataFrame(found)


def parameter_table(fit: StructuralFit, draws: pd.DataFrame) -> pd.DataFrame:
    """A row per parameter: parameter, unit, least, most (of its range), estimate, low, high, meaning; the ends are
    quantiles of the draws, `DRAWN` of them between, NaN without draws."""
    outer = (1.0 - DRAWN) / 2
    ends = {name: draws[name].quantile([outer, 1.0 - outer]).to_numpy() if len(draws) else (math.nan, math.nan)
            for name in fit.parameters}
    return pd.DataFrame([
        {"parameter": name, "unit": entry.unit, "least": entry.least, "most": entry.most, "estimate": value,
         "low": float(ends[name][0]), "high": float(ends[name][1]), "meaning": _meaning(name, entry)}
        for name, value in fit.parameters.items() for entry in (parameter_named(name),)])


def _meaning(name: str, entry: Parameter) -> str:
    _, _, power = name.partition(".")
    return f"{power}: {entry.meaning[0].lower()}{entry.meaning[1:]}" if power else entry.meaning


class Likelihood:
    """The likelihood of rows, as a function of places in the unit cube: logarithms of parameters within their range.

    smoothing : of the maximum over contracts, payoff per year.
    """

    def __init__(self, rows: pd.DataFrame, powers: tuple[str, ...], held: Mapping[str, float]):
        self.powers, self.held = powers, dict(held)
        self.numbers, self.pact = numbers_of(rows, powers), rows["pact"].to_numpy(float)
        self.names = [name for name in names_for(powers) if name not in self.held]
        ranges = [parameter_named(name) for name in self.names]
        self.least = np.log([each.least for each in ranges])
        self.extent = np.log([each.most for each in ranges]) - self.least
        self.smoothing = 0.0

    def parameters(self, place: np.ndarray) -> dict[str, float]:
        """Parameters at a place."""
        values = np.exp(self.least + self.extent * np.clip(place, 0.0, 1.0))
        return self.held | dict(zip(self.names, map(float, values), strict=True))

    def loss(self, place: np.ndarray) -> float:
        """Minus the log likelihood at a place."""
        parameters = self.parameters(place)
        gains = np.empty(self.pact.size)
        shared_gains(pairs_of(parameters, self.powers, *self.numbers), FEW_NODES if self.smoothing else NODES,
                     self.smoothing, gains)
        odds = np.clip(expit(gains / parameters["noise"]), SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
        return -float(np.sum(np.where(self.pact > 0.5, np.log(odds), np.log1p(-odds))))

    def local_maxima(self, starts: int, evaluations: int, seed: int) -> list[dict[str, float]]:
        """What every start reached: its parameters, and `log_likelihood`."""
        places = qmc.Sobol(len(self.names), rng=np.random.default_rng(seed)).random(SCREENED)
        order = np.argsort([self.loss(place) for place in places], kind="stable")
        found = [self.smoothly(places[order[number]], evaluations, seed + number) for number in range(starts)]
        highest = max(each["log_likelihood"] for each in found)
        return [self.local_maximum(self.place(each), round(AGAIN * evaluations), seed + starts + number, NARROW)
                if highest - each["log_likelihood"] < NEAR else each for number, each in enumerate(found)]

    def smoothly(self, start: np.ndarray, evaluations: int, seed: int) -> dict[str, float]:
        """What a search from anywhere reaches, over a surface that is smoothed less and less."""
        found: dict[str, float] = {}
        for smoothing, width, share in SMOOTHED:
            self.smoothing = smoothing
            found = self.local_maximum(start, round(share * evaluations), seed, width)
            start = self.place(found)
        return found

    def place(self, parameters: Mapping[str, float]) -> np.ndarray:
        """The place of parameters, the inverse of `parameters`."""
        values = np.log([parameters[name] for name in self.names])
        return np.asarray(np.clip((values - self.least) / self.extent, 0.0, 1.0))

    def local_maximum(self, start: np.ndarray, evaluations: int, seed: int, width: float = WIDTH) -> dict[str, float]:
        """What a search from a place reaches: parameters, and `log_likelihood`."""
        import cma  # noqa: PLC0415 - slow to import

        search = cma.CMAEvolutionStrategy(start, width, {
            "bounds": [0.0, 1.0], "seed": seed + 1, "maxfevals": evaluations, "tolfun": 1e-3, "verbose": -9,
            "popsize": POPULATION})
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            while not search.stop():
                places = search.ask()
                search.tell(places, list(threads.map(self.loss, places)))
        reached = (float(search.result.fbest), search.result.xbest)
        loss, place = min(reached, (self.loss(start), start), key=lambda found: found[0])  # it never tries the start
        return self.parameters(place) | {"log_likelihood": -loss}
