"""Sampled designs: points spread over a box of parameters, or arranged so that sensitivities can be told from them.

A sample is drawn in the unit cube and carried over to the parameters axis by axis. Where every axis has few values a
point can come twice; it is then visited once (`distinct`). The first points of a Sobol or Halton sequence, the first
trajectories and the first base points stay what they are when more are asked for; a Latin hypercube is drawn anew.

Sources: McKay, Beckman & Conover 1979 (Latin hypercube); Sobol 1967, Owen 1998 (scrambled Sobol); Halton 1960, Owen
2017 (scrambled Halton); Morris 1991 (trajectories); Saltelli 2002, Saltelli et al. 2010 (radial design).
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, create_model, model_validator

from simulation.errors import Refusal
from simulation.scenario.parameters import Record, incoherent, parameter
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import Locate, Location, placed, shown, validated, walked
from simulation.study.points import MOST_POINTS, Point, Setting, refuse_too_many, rounded

log = logging.getLogger(__name__)
LARGEST_SEED = 2**63 - 1
NUDGE = 1e-9
"""Added before rounding down: SALib's levels miss a third by a rounding error, and two thirds of three is 2."""
FORMS = "{from, to, scale} or [choice, choice, ...]"

if TYPE_CHECKING:
    class Box(Record):
        """As below, for type checkers; its first field, "from", is got by getattr."""

        to: float
        scale: Literal["linear", "log"]
else:
    Box = create_model(
        "Box", __base__=Record, __doc__="Values between two ends, equally likely by difference or by ratio.",
        **{
            "from": (float, parameter(..., "Lower end", "as the parameter", "the study")),
            "to": (float, parameter(..., "Upper end", "as the parameter", "the study")),
            "scale": (Literal["linear", "log"],
                      parameter("linear", "Whether equal differences or equal ratios are equally likely", "name",
                                "the study")),
        })


class Sampled(Record):
    """What all sampled designs have: a seed of their own, and the axes of the box."""

    seed: int = parameter(1, "Seed of the design; the histories have the study's", "number", "the study", ge=0,
                          le=LARGEST_SEED)
    axes: dict[str, Any] = Field(..., min_length=1, description="Paths, each with its ends or its choices")


class Sample(Sampled):
    """So many points spread over the box."""

    points: int = parameter(..., "Number of points", "points", "the study", ge=1, le=MOST_POINTS)


class Morris(Sampled):
    """Trajectories through the box that change one parameter at a time (Morris 1991)."""

    trajectories: int = parameter(..., "Number of trajectories", "trajectories", "the study", ge=2, le=10_000)
    levels: int = parameter(4, "Places along each axis", "places", "the study", ge=4, le=100)

    @model_validator(mode="after")
    def _has_even_levels(self) -> Self:
        if self.levels % 2:
            raise incoherent("an odd number of levels", str(self.levels), "an even number from 4 to 100")
        return self


class Saltelli(Sampled):
    """Two samples of base points, and mixtures of both that differ in one parameter (Saltelli 2002)."""

    base: int = parameter(..., "Number of base points", "points", "the study", ge=2, le=65_536)
    second_order: bool = parameter(False, "Whether indices of pairs are wanted", "switch", "the study")

    @model_validator(mode="after")
    def _has_a_power_of_two(self) -> Self:
        if self.base & (self.base - 1):
            below = 1 << (self.base.bit_length() - 1)
            raise incoherent("base points not a power of 2", str(self.base), f"{below}, {2 * below} and so on")
        return self


@dataclass(frozen=True)
class Axis:
    """One parameter of the box: choices, or numbers from `first` to `last`.

    `is_whole` says that the parameter takes whole numbers only; `first` and `last` are then whole.
    """

    choices: tuple[Any, ...] = ()
    first: float = 0.0
    last: float = 1.0
    is_log: bool = False
    is_whole: bool = False

    def at(self, place: float) -> Any:
        """The value at a place from 0 to 1 along the axis; choices and whole numbers have stretches of equal length.

        On a logarithmic axis of whole numbers a number's stretch is as long as the ratio to the next.
        """
        if self.choices:
            return self.choices[min(int(place * len(self.choices) + NUDGE), len(self.choices) - 1)]
        if self.is_whole:
            return min(max(math.floor(self._between(self.last + 1, place) + NUDGE), int(self.first)), int(self.last))
        return min(max(rounded(self._between(self.last, place)), self.first), self.last)

    def place_of(self, value: Any) -> float:
        """Where a value lies, from 0 to 1; choices and whole numbers in equal steps, the last of them at 1."""
        if self.choices:
            return self.choices.index(value) / (len(self.choices) - 1)
        if self.is_log:
            return math.log(value / self.first) / math.log(self.last / self.first)
        return float((value - self.first) / (self.last - self.first))

    def _between(self, end: float, place: float) -> float:
        if self.is_log:
            return float(self.first * (end / self.first) ** place)
        return self.first + (end - self.first) * place


# ---- points in the unit cube -----------------------------------------------------------------------------------------


Places = list[tuple[float, ...]]


def latin_hypercube(design: Sample) -> Places:
    """One point in each of so many equal stretches of every axis."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import

    return _as_places(qmc.LatinHypercube(len(design.axes), rng=design.seed).random(design.points))


def sobol(design: Sample) -> Places:
    """The first points of a scrambled Sobol sequence, cut from as many as a power of 2; says so where it is cut."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import

    exponent = (design.points - 1).bit_length()
    if design.points != 1 << exponent:
        log.info("design.sobol.points: %d is not a power of 2, so the points are spread less evenly than %d or %d would"
                 " be", design.points, 1 << (exponent - 1), 1 << exponent)
    sequence = qmc.Sobol(len(design.axes), scramble=True, rng=design.seed)
    return _as_places(sequence.random_base2(exponent)[:design.points])


def halton(design: Sample) -> Places:
    """The first points of a scrambled Halton sequence."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import

    return _as_places(qmc.Halton(len(design.axes), scramble=True, rng=design.seed).random(design.points))


def morris(design: Morris) -> Places:
    """Trajectories one after the other, each of a point more than there are axes."""
    refuse_without_salib()
    from SALib.sample import morris as library  # noqa: PLC0415 - optional, and slow to import

    return _as_places(library.sample(unit_cube(len(design.axes)), design.trajectories, num_levels=design.levels,
                                     seed=design.seed))


def saltelli(design: Saltelli) -> Places:
    """For every base point: it, its mixtures with another, and that other."""
    refuse_without_salib()
    from SALib.sample import sobol as library  # noqa: PLC0415 - optional, and slow to import

    return _as_places(library.sample(unit_cube(len(design.axes)), design.base, seed=design.seed,
                                     calc_second_order=design.second_order))


SAMPLES: dict[str, Callable[[Any], Places]] = {
    "latin_hypercube": latin_hypercube, "sobol": sobol, "halton": halton, "morris": morris, "saltelli": saltelli,
}
SENSITIVITY = ("morris", "saltelli")
"""Kinds whose points are arranged for sensitivity indices; they cannot be combined with another part."""


def unit_cube(axes: int) -> dict[str, Any]:
    """The problem that SALib is given: so many parameters from 0 to 1."""
    return {"num_vars": axes, "names": [str(axis) for axis in range(axes)], "bounds": [[0.0, 1.0]] * axes}


def refuse_without_salib() -> None:
    """Raises `Refusal` where SALib is not installed."""
    try:
        import SALib  # noqa: F401, PLC0415 - optional
    except ImportError:
        raise Refusal("SALib is not installed", allowed="pip install SALib, in the environment of the program, for"
                                                        f" the designs {' and '.join(SENSITIVITY)}") from None


def _as_places(sample: Any) -> Places:
    # SALib's levels miss 0 and 1 by a rounding error
    return [tuple(min(max(float(place), 0.0), 1.0) for place in row) for row in sample]


# ---- from the cube to the parameters ---------------------------------------------------------------------------------


def sampled_points(kind: str, design: Sampled, locate: Locate | None) -> list[Point]:
    """The points of a sampled design, each once. Raises `Refusal` for a malformed axis."""
    location = ("design", kind)
    refuse_too_many(_number_of_rows(design), location, locate)
    axes = {path: axis_of(path, axis, (*location, "axes", path), locate) for path, axis in design.axes.items()}
    try:
        rows = _rows(kind, design, axes)
    except Refusal as refusal:
        raise placed(refusal, location, locate=locate) from None
    return [{path: Setting(value, (*location, "axes", path)) for path, value in row.items()}
            for row in distinct(rows)[0]]


def rows_of(kind: str, design: Sampled) -> list[dict[str, Any]]:
    """The values by path in every row of a sample that is sound, in the order in which it was drawn."""
    return _rows(kind, design, {path: axis_of(path, axis, (), None) for path, axis in design.axes.items()})


def distinct(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[int]]:
    """The rows without those that come again, and for every row its place among them."""
    places: dict[str, int] = {}
    found = [places.setdefault(json.dumps(row), len(places)) for row in rows]
    return [json.loads(text) for text in places], found


def axis_of(path: str, axis: Any, location: Location, locate: Locate | None) -> Axis:
    """One axis of the box, as a study writes it. Raises `Refusal`."""
    if isinstance(axis, list):
        return Axis(choices=_choices(axis, location, locate))
    if not isinstance(axis, Mapping):
        raise placed(Refusal("not a range or a list", found=shown(axis), allowed=FORMS), location, locate=locate)
    box = _box(axis, location, locate)
    first, last = axis["from"], axis["to"]
    is_whole = walked(Scenario, tuple(path.split("."))).annotation is int
    told = f"{first:g} to {last:g}"
    if first >= last:
        raise placed(Refusal("ends the wrong way round", found=told, allowed="from below to"), location, locate=locate)
    if box.scale == "log" and first <= 0:
        raise placed(Refusal("out of range", found=told, allowed="above 0 on a log scale"), location, locate=locate)
    if is_whole and not (float(first).is_integer() and float(last).is_integer()):
        raise placed(Refusal("not whole numbers", found=told, allowed="whole numbers, as the parameter is one"),
                     location, locate=locate)
    return Axis(first=first, last=last, is_log=box.scale == "log", is_whole=is_whole)


def _rows(kind: str, design: Sampled, axes: dict[str, Axis]) -> list[dict[str, Any]]:
    return [{path: axis.at(place) for (path, axis), place in zip(axes.items(), row, strict=True)}
            for row in SAMPLES[kind](design)]


def _number_of_rows(design: Sampled) -> int:
    if isinstance(design, Morris):
        return design.trajectories * (len(design.axes) + 1)
    if isinstance(design, Saltelli):
        return design.base * ((2 if design.second_order else 1) * len(design.axes) + 2)
    return design.points if isinstance(design, Sample) else 0


def _box(axis: Mapping[str, Any], location: Location, locate: Locate | None) -> Any:
    def within(inner: Location) -> tuple[str, int]:
        return locate((*location, *inner)) if locate else ("", 0)

    try:
        return validated(Box, dict(axis), locate=within)
    except Refusal as refusal:
        refusal.path = ".".join(part for part in (*map(str, location), refusal.path) if part)
        raise


def _choices(axis: list[Any], location: Location, locate: Locate | None) -> tuple[Any, ...]:
    texts = [json.dumps(choice, sort_keys=True) for choice in axis]
    for place, choice in enumerate(axis):
        if choice is None:
            raise placed(Refusal("null", allowed="a value"), (*location, place), locate=locate)
        if texts.index(texts[place]) < place:
            raise placed(Refusal("a choice given twice", found=shown(choice)), (*location, place), locate=locate)
    if len(axis) < 2:
        raise placed(Refusal("fewer than two choices", found=shown(axis), allowed=FORMS), location, locate=locate)
    return tuple(axis)
