"""A scenario with the parameters that `record fit --form structural` found, and the observables that they belong to.

Called by `scenario_text`. What is written is what the likelihood was told: a distance of preferences is the regime gap
plus so much per ideal point, access and a competitor's pull follow from how near the competitor is and how alike.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.errors import Refusal, ResultsError
from simulation.record.observables import theory_inputs
from simulation.record.results import FIT, PARAMETERS_FILE
from simulation.record.structural import FIXED, REACH, SHARED
from simulation.record.treaties import ATOP
from simulation.study.csv_tables import csv_table
from simulation.study.manifest import RECORD, read_manifest

DIGITS = 4
FIELDS = ("basing", "rival_pull", "preference_distance", "competitor_preference_distance")
COLUMNS_NEEDED = "patron_polyarchy, protege_polyarchy, idealpoint_distance and distances, of the competitor as well"


@dataclass(frozen=True)
class FittedTheory:
    """A fit as a results folder keeps it.

    parameters : by name. says : the words by which a scenario names it. options : of `record fit`, that make it again.
    """

    parameters: dict[str, float]
    says: str
    options: str = ""

    def value(self, name: str) -> float:
        """A parameter, to so many digits as a scenario carries."""
        return float(f"{self.parameters[name]:.{DIGITS}g}")


def read_fit(folder: Path) -> FittedTheory:
    """The fit in a results folder. Raises `ResultsError` if the folder holds none of the structural form."""
    asked = read_manifest(folder, RECORD)["record"]
    if asked.get("what") != FIT or asked.get("form") != "structural":
        raise ResultsError(f"{folder}: no fit of the theory's own functions; allowed: a folder of"
                           " record fit --form structural")
    table = csv_table(folder / PARAMETERS_FILE)
    try:
        found = {str(name): float(value) for name, value in zip(table["parameter"], table["estimate"], strict=True)}
    except (KeyError, ValueError, TypeError) as error:
        raise ResultsError(f"{folder / PARAMETERS_FILE}: not a table of parameters ({error})") from None
    if missing := [name for name in SHARED if name not in found]:
        raise ResultsError(f"{folder / PARAMETERS_FILE}: no parameter {missing[0]}")
    pacts = f", {asked['outcome']}" if asked.get("outcome", ATOP) != ATOP else ""
    return FittedTheory(found, f"fitted to {', '.join(asked['powers'])}, {asked['years']}{pacts}"
                               " (record fit --form structural)", _options(asked))


def _options(asked: Mapping[str, Any]) -> str:
    """The options of `record fit` by which a fit was asked for, without those at their defaults."""
    given = [("--years", [asked["years"]]), ("--power", asked["powers"]),
             ("--without-region", asked.get("without_regions", [])), ("--draws", [asked["draws"]])]
    given += [("--outcome", [asked["outcome"]])] if asked.get("outcome", ATOP) != ATOP else []
    given += [("--starts", [asked["starts"]])] if asked.get("starts") else []
    given += [("--seed", [asked["seed"]])] if asked.get("seed") else []
    return " ".join(["--form structural", *(f"{name} {shlex.quote(str(value))}"
                                            for name, values in given for value in values)])


def fitted_data(data: Mapping[str, Any], weak: pd.DataFrame, power: str, fit: FittedTheory) -> dict[str, Any]:
    """The data of a scenario file with fitted parameters in place of defaults.

    weak : rows of its weak states, with what they say of the competitor. Raises `Refusal` for a power that was not
    fitted. States of which an input is missing are left out.
    """
    if REACH + power not in fit.parameters:
        fitted = [name.removeprefix(REACH) for name in fit.parameters if name.startswith(REACH)]
        raise Refusal("a major power that was not fitted", found=power, allowed=", ".join(fitted), file="--fit")
    inputs = theory_inputs(weak, weak).dropna()
    states = {code: _state(data["weak_states"][code], power, inputs.loc[code], fit.value("ideal_points"))
              for code in data["weak_states"] if code in inputs.index}
    if not states:
        raise Refusal("no weak state with all figures", allowed=COLUMNS_NEEDED, file="--fit")
    return dict(data) | {
        "name": f"{data['name']}-fitted", "title": f"{data['title']}, fitted",
        "description": f"{data['description']} Parameters are {fit.says}.",
        "sources": data["sources"] | _sources(fit),
        "assumptions": {"autonomy_price": "relative", "membership_cost": fit.value("membership_cost")},
        "major_powers": {power: data["major_powers"][power] | _major_power(power, fit)},
        "weak_state_defaults": {name: fit.value(name) for name in (
            "latent_threat", "autonomy_value", "preference_weight")},
        "weak_states": states}


def _state(state: Mapping[str, Any], power: str, seen: pd.Series, ideal_points: float) -> dict[str, Any]:
    distances = (seen["regime_gap"] + ideal_points * seen["ideal_gap"],
                 seen["competitor_regime_gap"] + ideal_points * seen["competitor_ideal_gap"])
    figures = (seen["basing"], seen["rival_pull"], *distances)
    toward = state["toward"][power] | {
        name: round(float(value), DIGITS) for name, value in zip(FIELDS, figures, strict=True)}
    return dict(state) | {"toward": {power: toward}}


def _major_power(power: str, fit: FittedTheory) -> dict[str, Any]:
    return {"reach_half_distance_km": fit.value(REACH + power),
            "benefits": {name: fit.value(name) for name in ("power_projection", "legitimation", "denial",
                                                            "stabilisation")},
            "costs": {"direct": {"fixed": fit.value(FIXED + power)}, "opportunity": {"dial": 0.0},
                      "entrapment": {"war_cost": fit.value("war_cost")}}}


def _sources(fit: FittedTheory) -> dict[str, str]:
    gap = "gap in electoral democracy (Varieties of Democracy)"
    points = f"{fit.value('ideal_points'):g} per ideal point (Bailey, Strezhnev & Voeten 2017)"
    how = f"{fit.says[0].upper()}{fit.says[1:]}."
    fitted = ("reach_half_distance_km", "benefits", "costs.direct.fixed", "costs.entrapment.war_cost", "latent_threat",
              "autonomy_value", "preference_weight", "membership_cost")
    return dict.fromkeys(fitted, how) | {
        "preference_distance": f"{gap[0].upper()}{gap[1:]} to the major power, plus {points}.",
        "competitor_preference_distance": f"The same to the most capable other major power: {gap}, plus {points}.",
        "basing": "2^(-distance from the competitor / 1,000 km): what access near it is worth.",
        "rival_pull": "The same times 1 less the regime gap to the competitor: how likely it takes the state.",
        "costs.opportunity.dial": "0: the record cannot tell opportunity costs from fixed costs."}
