"""The scope of a proposition: where in a region of parameters it holds, in a rule that can be read, and where the
nearest place is at which it fails.

Which parameters matter is told from a forest of regression trees on how clear the predictions are (Breiman 2001), the
rule from one shallow tree on where it holds and fails (Breiman et al. 1984), both by scikit-learn. How good the rule is
is said from places that it was not made from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from simulation.errors import Refusal
from simulation.propositions.file import Span
from simulation.propositions.region import SurveyedPoint
from simulation.propositions.verdicts import Verdict
from simulation.scenario.documentation import rounded
from simulation.scenario.scenario import Scenario

TREES, DEPTH, FOLDS = 200, 3, 5
SMALLEST_LEAF = 3
FEWEST = 8
"""Decided places of both kinds together below which no rule is told."""


@dataclass(frozen=True)
class Leaf:
    """A part of the region: bounds by path (from, to; None where it is the region's own), and the places in it."""

    bounds: dict[str, tuple[float | None, float | None]]
    holds: bool
    right: int
    points: int


@dataclass(frozen=True)
class Rule:
    """Where a proposition holds, as parts of the region.

    `right` of `judged` places were told rightly by rules made from the others; None where there were too few to try.
    """

    leaves: list[Leaf]
    right: int | None
    judged: int


@dataclass(frozen=True)
class Counterexample:
    """The place nearest to the scenario's own at which a proposition fails; distance in the unit cube of the region."""

    place: SurveyedPoint
    distance: float


@dataclass(frozen=True)
class Scope:
    """What is said of a region.

    Attributes
    ----------
    importance : share of what is explained of the clearance, by path, largest first.
    usual : the scenario's own values, by path; None for one outside the region or without a single value.
    """

    importance: dict[str, float]
    rule: Rule
    counterexample: Counterexample | None
    usual: dict[str, float | None]


def holds(place: SurveyedPoint) -> bool | None:
    """Whether a proposition holds at a place; None if that is not decided."""
    if place.verdict is Verdict.SUPPORTED:
        return True
    return False if place.verdict in (Verdict.CONTRADICTED, Verdict.NEGLIGIBLE) else None


def scope_of(points: list[SurveyedPoint], region: Mapping[str, Span], scenario: Scenario) -> Scope:
    """What the places of a region say together; the paths of the region are those that the places have."""
    paths = [path for path in region if path in points[0].settings]
    spots = np.array([[position(region[path], place.settings[path]) for path in paths] for place in points])
    usual = {path: usual_value(scenario, path, region[path]) for path in paths}
    at_usual = [None if value is None else position(region[path], value) for path, value in usual.items()]
    return Scope(importance_of(points, spots, paths), rule_of(points, spots, paths, region),
                 nearest_failure(points, spots, at_usual), usual)


def position(span: Span, value: float) -> float:
    """Where a value lies in its range, from 0 to 1."""
    first, last = float(getattr(span, "from")), span.to
    if span.scale == "log":
        return math.log(value / first) / math.log(last / first)
    return (value - first) / (last - first)


def value_at(span: Span, place: float) -> float:
    """The value at a place of its range; the inverse of `position`."""
    first, last = float(getattr(span, "from")), span.to
    return float(first * (last / first) ** place if span.scale == "log" else first + (last - first) * place)


def usual_value(scenario: Scenario, path: str, span: Span) -> float | None:
    """The scenario's own value at a path; None where it has none or several, or one outside the range."""
    try:
        value = scenario.value(path)
        if scenario.replace(path, value).fingerprint() != scenario.fingerprint():
            return None
    except Refusal:
        return None
    return float(value) if getattr(span, "from") <= value <= span.to else None


def importance_of(points: list[SurveyedPoint], spots: np.ndarray, paths: list[str]) -> dict[str, float]:
    """How much each parameter explains of the clearance, largest first; all alike where it does not vary."""
    clearance = np.array([place.clearance for place in points])
    exists = np.isfinite(clearance)
    if exists.sum() < FEWEST or np.ptp(clearance[exists]) == 0.0:
        return dict.fromkeys(paths, 1 / len(paths))
    # ranks, so that a few places with huge effects do not decide alone
    ranks = np.argsort(np.argsort(clearance[exists]))
    forest = RandomForestRegressor(TREES, random_state=0, min_samples_leaf=SMALLEST_LEAF).fit(spots[exists], ranks)
    shares = forest.feature_importances_
    return {paths[place]: float(shares[place]) for place in np.argsort(-shares, kind="stable")}


def rule_of(points: list[SurveyedPoint], spots: np.ndarray, paths: list[str], region: Mapping[str, Span]) -> Rule:
    """The rule, from the places that are decided."""
    decided = np.array([holds(place) is not None for place in points])
    kinds = np.array([holds(place) is True for place in points])[decided]
    if kinds.size < FEWEST or kinds.all() or not kinds.any():
        leaves = [Leaf({}, bool(kinds[0]), int(kinds.size), int(kinds.size))] if kinds.size and (
            kinds.all() or not kinds.any()) else []
        return Rule(leaves, None, int(kinds.size))
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=SMALLEST_LEAF, random_state=0)
    rarer = int(min(kinds.sum(), (~kinds).sum()))
    right = None
    if rarer >= FOLDS:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        right = int((cross_val_predict(tree, spots[decided], kinds, cv=folds) == kinds).sum())
    tree.fit(spots[decided], kinds)
    return Rule(merged(leaves_of(tree, spots[decided], kinds, paths, region)), right, int(kinds.size))


def leaves_of(tree: DecisionTreeClassifier, spots: np.ndarray, kinds: np.ndarray, paths: list[str],
              region: Mapping[str, Span]) -> list[Leaf]:
    """The leaves of a tree as bounds on the parameters."""
    parts = tree.tree_
    found: list[Leaf] = []

    def bound(path: str, side: dict[str, float]) -> float | None:
        return value_at(region[path], side[path]) if path in side else None

    def walk(node: int, low: dict[str, float], high: dict[str, float]) -> None:
        if parts.children_left[node] == parts.children_right[node]:
            inside = np.all([[low.get(path, -1) < spot[number] <= high.get(path, 2) for number, path in
                              enumerate(paths)] for spot in spots], axis=1)
            verdict = bool(tree.classes_[int(np.argmax(parts.value[node][0]))])
            bounds = {path: (bound(path, low), bound(path, high)) for path in paths if path in low or path in high}
            found.append(Leaf(bounds, verdict, int((kinds[inside] == verdict).sum()), int(inside.sum())))
            return
        path, border = paths[parts.feature[node]], float(parts.threshold[node])
        walk(parts.children_left[node], low, high | {path: min(border, high.get(path, 2.0))})
        walk(parts.children_right[node], low | {path: max(border, low.get(path, -1.0))}, high)

    walk(0, {}, {})
    return found


def merged(leaves: list[Leaf]) -> list[Leaf]:
    """Leaves of one verdict that lie side by side as one; the others as they are."""
    leaves = list(leaves)
    for one, other in pairwise(leaves):
        differing = [path for path in one.bounds.keys() | other.bounds.keys()
                     if one.bounds.get(path) != other.bounds.get(path)]
        if one.holds == other.holds and len(differing) == 1:
            path = differing[0]
            first, second = one.bounds.get(path, (None, None)), other.bounds.get(path, (None, None))
            if first[1] != second[0]:
                continue
            bounds = {name: bound for name, bound in one.bounds.items() if name != path}
            if (first[0], second[1]) != (None, None):
                bounds[path] = (first[0], second[1])
            both = Leaf(bounds, one.holds, one.right + other.right, one.points + other.points)
            place = leaves.index(one)
            return merged([*leaves[:place], both, *leaves[place + 2:]])
    return leaves


def nearest_failure(points: list[SurveyedPoint], spots: np.ndarray, usual: list[float | None]) -> Counterexample | None:
    """The failure nearest to the scenario's own place, over the parameters that have one there."""
    known = [number for number, value in enumerate(usual) if value is not None]
    own = np.array([usual[number] for number in known], float)
    failures = [number for number, place in enumerate(points) if holds(place) is False]
    if not failures:
        return None
    distances = [float(np.linalg.norm(spots[number][known] - own)) for number in failures]
    nearest = int(np.argmin(distances))
    return Counterexample(points[failures[nearest]], distances[nearest])


def sentence(leaf: Leaf, name: Any = str) -> str:
    """``holds where war cost is below 0.4 and reach above 900 (27 of 29 places)``."""
    parts = []
    for path, (low, high) in leaf.bounds.items():
        if low is not None and high is not None:
            parts.append(f"{name(path)} is from {rounded(low, 3)} to {rounded(high, 3)}")
        elif low is not None:
            parts.append(f"{name(path)} is above {rounded(low, 3)}")
        elif high is not None:
            parts.append(f"{name(path)} is at most {rounded(high, 3)}")
    where = " where " + " and ".join(parts) if parts else " everywhere it is decided"
    return f"{'holds' if leaf.holds else 'fails'}{where} ({leaf.right} of {leaf.points} places)"
