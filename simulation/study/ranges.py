"""Between what a measure can lie, whatever happens in a history of a scenario; None where nothing bounds it.

An interval of a mean is held within it, and one of the kind that holds at any number of values can be worked out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from simulation.history.measures import MEASURES, Kind
from simulation.scenario.parameters import EARTH_HALF_CIRCUMFERENCE_KM, Relation, WeakState
from simulation.scenario.scenario import Scenario
from simulation.study.derived_measures import PAIR_ATTRIBUTES, Derived

Range = tuple[float, float]

SHARE: Range = (0.0, 1.0)
OF_SURVIVORS = "_of_survivors"
"""End of the names of measures over the same pacts in several settings, which are shares."""


def range_of(name: str, scenario: Scenario | None = None, own: Mapping[str, Derived] | None = None) -> Range | None:
    """The range of a measure, of a study's or a file's `own` ones as well; None for a name that is not known.

    Of the measures that every sweep has: shares, probabilities, kilometres, and numbers of pacts, which are no more
    than there are weak states (without a scenario: any number).
    """
    if own and name in own:
        return _of_derived(own[name], scenario)
    measure = MEASURES.get(name)
    if measure is None:
        return SHARE if name.endswith(OF_SURVIVORS) else None
    if measure.unit in ("share", "probability"):
        return SHARE
    if measure.unit == "km":
        return 0.0, EARTH_HALF_CIRCUMFERENCE_KM
    is_count = measure.unit == "pacts" and measure.kind == Kind.MEAN
    return (0.0, float(len(scenario.states)) if scenario else math.inf) if is_count else None


def _of_derived(derived: Derived, scenario: Scenario | None) -> Range | None:
    if derived.share is not None:
        return SHARE
    if derived.difference is not None:
        parts = [range_of(name, scenario) for name in (derived.difference.of, derived.difference.less)]
        return difference(parts[0], parts[1])
    if derived.selection is not None:
        own = _of_attribute(derived.selection.on)
        return difference(own, own)
    return None


def difference(one: Range | None, other: Range | None) -> Range | None:
    """The range of one quantity less another."""
    return None if one is None or other is None else (one[0] - other[1], one[1] - other[0])


def _of_attribute(name: str) -> Range | None:
    """That of an attribute of weak states, from what a scenario file may hold."""
    record = Relation if name in PAIR_ATTRIBUTES or name == "distance_km" else WeakState
    bounds = record.model_fields[name].metadata
    least = [getattr(bound, key) for bound in bounds for key in ("ge", "gt") if hasattr(bound, key)]
    most = [bound.le for bound in bounds if hasattr(bound, "le")]
    return (float(least[0]), float(most[0])) if least and most else None


def weighted(ranges: Sequence[Range | None], weights: Sequence[float]) -> Range | None:
    """The range of a sum of quantities, each times its weight."""
    ends = [0.0, 0.0]
    for own, weight in zip(ranges, weights, strict=True):
        if own is None:
            return None
        ends[0] += weight * own[weight < 0]
        ends[1] += weight * own[weight >= 0]
    return ends[0], ends[1]
