"""How a user wants figures to look: size, type, caption, title, a Matplotlib style; all that are drawn follow it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import style as mpl_style
from matplotlib.colors import to_rgb

from simulation.errors import Refusal
from simulation.scenario.validation import nearest, shown

USUAL_TYPE = 8.0
"""Points of the type for which figures are laid out."""
LETTERS = ("text.color", "axes.labelcolor", "xtick.color", "ytick.color")
DARK_GROUND, LIGHT_LETTERS = 0.5, 0.75
"""Lightness below which a ground, and above which letters on white paper, make a figure illegible."""


@dataclass(frozen=True)
class Looks:
    """What a user wants of figures.

    Attributes
    ----------
    width, height : of the page, in inches, the caption included; None: as the figure needs.
    type_size : of labels, in points; small print is smaller by as much as usual.
    has_caption : whether the caption stands under the figure.
    title : above the figure.
    style : name of a Matplotlib style, or the path of a style file; empty for none.
    captions : of all figures drawn so far.
    remarks : sentences at the end of every caption.
    """

    width: float | None = None
    height: float | None = None
    type_size: float = USUAL_TYPE
    has_caption: bool = True
    title: str = ""
    style: str = ""
    captions: list[str] = field(default_factory=list)
    remarks: tuple[str, ...] = ()


_LOOKS: ContextVar[Looks | None] = ContextVar("looks", default=None)
_STRETCH: ContextVar[float] = ContextVar("stretch", default=1.0)


@contextlib.contextmanager
def looking(looks: Looks) -> Iterator[None]:
    """Has the figures that are drawn inside look so. Raises `Refusal` for a style that is none."""
    if looks.style:
        _refuse_bad_style(looks.style)
    token = _LOOKS.set(looks)
    try:
        yield
    finally:
        _LOOKS.reset(token)


def looks_now() -> Looks:
    """What is wanted at the moment."""
    return _LOOKS.get() or Looks()


def scale() -> float:
    """How much larger than usual type is to be."""
    return looks_now().type_size / USUAL_TYPE


def stretched(width: float) -> float:
    """The width of a page that would usually be so wide; what is laid out from now on takes it into account."""
    wanted = looks_now().width or width
    _STRETCH.set(wanted / width)
    return wanted


def stretch() -> float:
    """How much wider than usual the page is that is drawn at the moment."""
    return _STRETCH.get()


def _refuse_bad_style(name: str) -> None:
    if not Path(name).is_file() and name not in mpl_style.available:
        raise Refusal("neither a file nor a style of Matplotlib", found=shown(name), file="style",
                      allowed="a file such as mine.mplstyle, or a name such as ggplot",
                      suggestion=nearest(name, mpl_style.available))
    said = _Said()
    log = logging.getLogger("matplotlib")
    log.addHandler(said)
    try:
        if Path(name).is_file():
            mpl.rc_params_from_file(name, use_default_template=False)
    except (OSError, ValueError) as error:
        said.lines.append(str(error))
    finally:
        log.removeHandler(said)
    if said.lines:
        raise Refusal("not a style of Matplotlib", found=" ".join(said.lines[0].split()), file=name)
    _refuse_dark_ground(name)


def _refuse_dark_ground(name: str) -> None:
    """Raises `Refusal` for a style under which letters, or marks, whose colours are those of print, cannot be read."""
    with mpl_style.context(name):
        rules: Any = mpl.rcParams
        ground, letters = _lightness(rules["axes.facecolor"]), max(_lightness(rules[rule]) for rule in LETTERS)
    if ground < DARK_GROUND or letters > LIGHT_LETTERS:
        raise Refusal("light letters or a dark ground", found=shown(name), file="style",
                      allowed="dark letters on a light ground, for which the colours of marks are chosen")


def _lightness(colour: str) -> float:
    """From 0, black, to 1, white."""
    return float(np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]))


class _Said(logging.Handler):
    """What Matplotlib logs of a file that it does not understand."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the line."""
        self.lines.append(record.getMessage())
