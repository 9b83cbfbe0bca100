"""Designs: which points of the parameter space a study visits.

A design has parts, each of a kind named in `KINDS`; the points are all combinations of the parts' points. A further
kind of design is one more field of `Design` and one more function in `KINDS`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, create_model

from simulation.errors import Refusal
from simulation.scenario.parameters import Record, parameter
from simulation.scenario.validation import Locate, Location, placed, shown, validated
from simulation.study.points import Point, Setting, refuse_too_many, rounded, setting_of
from simulation.study.sampling import SAMPLES, SENSITIVITY, Morris, Saltelli, Sample, Sampled, sampled_points

if TYPE_CHECKING:
    class Range(Record):
        """As below, for type checkers; its first field, "from", is got by getattr."""

        to: float
        steps: int
        scale: Literal["linear", "log"]
else:
    Range = create_model(
        "Range", __base__=Record, __doc__="Evenly spaced values, both ends included.",
        **{
            "from": (float, parameter(..., "First value", "as the parameter", "the study")),
            "to": (float, parameter(..., "Last value", "as the parameter", "the study")),
            "steps": (int, parameter(..., "Number of values", "values", "the study", ge=2, le=10_000)),
            "scale": (Literal["linear", "log"],
                      parameter("linear", "Whether differences or ratios are equal", "name", "the study")),
        })

Listed = list[dict[str, Any]]


class Design(Record):
    """What a study varies. Parts that are given are combined with each other; without any the study has one point."""

    grid: dict[str, Any] = Field(
        default_factory=dict, description="Paths with their values, a list or from-to-steps: all combinations")
    zip: dict[str, Any] = Field(
        default_factory=dict, description="Paths with their values, lists of one length: first with first, and so on")
    list: Listed = Field(default_factory=list, description="Points written out, each a mapping of the same paths")
    table: str = Field("", description="Points as a CSV file beside the study, its columns headed by paths; read into"
                                       " `list` with the study")
    latin_hypercube: Sample | None = Field(None, description="A Latin hypercube")
    sobol: Sample | None = Field(None, description="The first points of a scrambled Sobol sequence")
    halton: Sample | None = Field(None, description="The first points of a scrambled Halton sequence")
    morris: Morris | None = Field(None, description="Trajectories for elementary effects")
    saltelli: Saltelli | None = Field(None, description="Base points and their mixtures, for variance-based indices")


def points_of(design: Design, locate: Locate | None = None) -> list[Point]:
    """All points, the first path varying slowest; one point without settings for an empty design.

    `locate` gives file and line of a location in the study. Raises `Refusal` for a malformed part.
    """
    _refuse_what_cannot_be_combined(design, locate)
    parts = [make(getattr(design, kind), locate) for kind, make in KINDS.items() if getattr(design, kind)]
    _refuse_repeated_paths(parts, locate)
    refuse_too_many(math.prod(len(part) for part in parts), ("design",), locate)
    return [{path: setting for point in combined for path, setting in point.items()}
            for combined in itertools.product(*parts)]


def varied_paths(design: Design) -> set[str]:
    """Paths of all that a design varies."""
    samples = [getattr(design, kind) for kind in SAMPLES if getattr(design, kind)]
    return {*design.grid, *design.zip, *(path for point in design.list for path in point),
            *(path for sample in samples for path in sample.axes)}


def sensitivity_part(design: Design) -> tuple[str, Sampled] | None:
    """Kind and part of a design that sensitivity indices can be told from; None for others."""
    return next(((kind, getattr(design, kind)) for kind in SENSITIVITY if getattr(design, kind)), None)


def grid_points(axes: Mapping[str, Any], locate: Locate | None) -> list[Point]:
    """All combinations of the values of several paths."""
    values = [_axis("grid", path, axis, locate) for path, axis in axes.items()]
    refuse_too_many(math.prod(len(axis) for axis in values), ("design", "grid"), locate)
    return [dict(zip(axes, combined, strict=True)) for combined in itertools.product(*values)]


def zip_points(axes: Mapping[str, Any], locate: Locate | None) -> list[Point]:
    """The first values of all paths, the second values of all paths, and so on."""
    values = {path: _axis("zip", path, axis, locate) for path, axis in axes.items()}
    lengths = {path: len(axis) for path, axis in values.items()}
    for path, length in lengths.items():
        if length != next(iter(lengths.values())):
            found = ", ".join(f"{number} at {name}" for name, number in lengths.items())
            refusal = Refusal("lists of different lengths", found=found, allowed="as many values for every path")
            raise placed(refusal, ("design", "zip", path), locate=locate)
    return [dict(zip(axes, combined, strict=True)) for combined in zip(*values.values(), strict=True)]


def listed_points(points: Listed, locate: Locate | None) -> list[Point]:
    """Points as they are written out."""
    for place, point in enumerate(points):
        if set(point) != set(points[0]) or not point:
            refusal = Refusal("not the paths of the first point" if point else "empty",
                              found=", ".join(point), allowed=", ".join(points[0]) or "at least one path")
            raise placed(refusal, ("design", "list", place), locate=locate)
    return [{path: setting_of(point[path], ("design", "list", place, path), locate) for path in points[0]}
            for place, point in enumerate(points)]


KINDS: dict[str, Callable[[Any, Locate | None], list[Point]]] = {
    **{kind: partial(sampled_points, kind) for kind in SAMPLES},
    "grid": grid_points, "zip": zip_points, "list": listed_points,
}
"""Samples first: of combined parts the first varies slowest, so a longer sequence adds its points at the end."""


def spaced(first: float, last: float, steps: int, scale: str) -> list[float]:
    """`steps` values from `first` to `last`, spaced evenly or by equal ratios; whole numbers stay whole.

    Values between the ends are rounded to 12 digits, so that a table shows 0.1 and not 0.09999999999999999.
    """
    if scale == "log":
        ratio = last / first
        values = [first * ratio ** (step / (steps - 1)) for step in range(steps)]
    else:
        values = [first + (last - first) * step / (steps - 1) for step in range(steps)]
    values = [first, *(rounded(value) for value in values[1:-1]), last]
    if isinstance(first, int) and isinstance(last, int) and all(value == int(value) for value in values):
        return [int(value) for value in values]
    return values


def _axis(kind: str, path: str, axis: Any, locate: Locate | None) -> list[Setting]:
    """The values of one path: a list as it stands, or a mapping from-to-steps."""
    location = ("design", kind, path)
    if isinstance(axis, Mapping):
        return [Setting(value, location) for value in _range(axis, location, locate)]
    if not isinstance(axis, list) or not axis:
        problem = "empty" if isinstance(axis, list) else "not a list of values"
        found = "" if isinstance(axis, list) else shown(axis)
        raise placed(Refusal(problem, found=found, allowed="[value, ...] or {from, to, steps, scale}"), location,
                     locate=locate)
    return [setting_of(value, (*location, place), locate) for place, value in enumerate(axis)]


def _range(axis: Mapping[str, Any], location: Location, locate: Locate | None) -> list[float]:
    def within(inner: Location) -> tuple[str, int]:
        return locate((*location, *inner)) if locate else ("", 0)

    try:
        record = validated(Range, dict(axis), locate=within)
    except Refusal as refusal:
        refusal.path = ".".join(part for part in (*map(str, location), refusal.path) if part)
        raise
    first, last = axis["from"], axis["to"]
    if record.scale == "log" and not (first > 0 and last > 0):
        bad = Refusal("out of range", found=f"{first:g} to {last:g}", allowed="above 0 on a log scale")
        raise placed(bad, location, locate=locate)
    return spaced(first, last, record.steps, record.scale)


def _refuse_what_cannot_be_combined(design: Design, locate: Locate | None) -> None:
    """At most one sample; one for sensitivities stands alone, as the indices are of its arrangement."""
    given = [kind for kind in Design.model_fields if getattr(design, kind)]
    samples = [kind for kind in given if kind in SAMPLES]
    if design.table:
        raise placed(Refusal("a table without a study file", found=shown(design.table), allowed="list, from Python"),
                     ("design", "table"), locate=locate)
    if len(samples) > 1:
        raise placed(Refusal("several samples", found=", ".join(samples), allowed="one; its axes may hold all paths"),
                     ("design", samples[1]), locate=locate)
    if len(given) > 1 and sensitivity_part(design):
        raise placed(Refusal("not alone", found=", ".join(given), allowed="no other part beside it"),
                     ("design", samples[0]), locate=locate)


def _refuse_repeated_paths(parts: list[list[Point]], locate: Locate | None) -> None:
    seen: set[str] = set()
    for part in parts:
        for path, setting in part[0].items():
            if path in seen:
                raise placed(Refusal("path varied twice", found=path), setting.location, locate=locate)
        seen |= set(part[0])
