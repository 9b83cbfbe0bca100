"""One style for all figures: sizes of the printed page, type that can be read there, colours for every eye.

Figures are `matplotlib.figure.Figure`s that notebooks show: no pyplot, no global state, no window system. Colours are
those of Okabe & Ito, "Color universal design" (2008).
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn
from weakref import WeakSet

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.text import Text

from simulation.errors import Refusal
from simulation.figures.fonts import give_fonts
from simulation.figures.looks import looks_now, scale, stretch, stretched
from simulation.scenario.validation import shown
from simulation.study.tables import write_whole

ONE_COLUMN = 3.5
"""Width of one column of a page, in inches."""
TWO_COLUMNS = 7.2
"""Width of both columns, in inches."""
NARROW, WIDE = 85.0 / 25.4, 175.0 / 25.4
"""One and two columns of a journal page of 85 and 175 mm, in inches."""
TALLEST = 9.5
"""Height of what fits on a page, in inches."""

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
GREY, PALE, DARK = "#7F7F7F", "#D9D9D9", "#404040"
TEXT, SMALL = 8.0, 7.0
"""Type sizes in points, at print size."""
POINTS_PER_INCH = 72.0
LINE_SPACING = 1.25
DECIMALS_OF_A_PLACE = 9
"""In units of the figure; far finer than print, far coarser than the last bit."""
SMALLEST_PANEL = 0.25
"""Width and height of a panel, in inches, below which nothing in it can be read."""
SPARE = 0.02
"""Inches by which a label may stick out: less than the white about its letters."""
NO_ROOM = "constrained_layout not applied"
MEAN_WIDTH_OF_A_SIGN = 0.54
"""In units of the type size; for breaking lines, on the safe side."""

MARGIN = 0.01
"""Left of a note, as a share of the width."""

_ENLARGED: WeakSet[Figure] = WeakSet()

PNG_DOTS_PER_INCH = 300
COMPRESSION = 3
"""Of PNG files: a third less time than Matplotlib's 6, for files a fifth larger."""
SCREEN_DOTS_PER_INCH = 100
"""At which a notebook shows a figure; the picture itself has twice as many, for screens that can show them."""
METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None}, "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None}}
"""What would say when and by which release a figure was made: left out, so that the same figure is the same picture.

Files then agree in every byte, for places are rounded before they are drawn.
"""

SALT = "asymmetric-alliances"
NAME = re.compile(rb'\bid="([a-z][0-9a-f]{10})"')

TYPE: Any = {
    "font.size": TEXT, "axes.labelsize": TEXT, "axes.titlesize": TEXT, "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL, "legend.fontsize": SMALL, "figure.titlesize": TEXT, "figure.labelsize": TEXT,
}
"""Sizes of type, for which figures are laid out; a user's style leaves them as they are."""
RULES: Any = TYPE | {
    "font.family": "DejaVu Sans", "legend.frameon": False,
    "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "lines.linewidth": 1.2,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "pdf.fonttype": 42, "savefig.facecolor": "white", "figure.facecolor": "white",
}

NO_LAYOUT: Any = {"figure.autolayout": False, "figure.constrained_layout.use": False}
"""Under which a figure can be without a layout; a user's style may say otherwise."""


@contextlib.contextmanager
def printed() -> Iterator[None]:
    """The style, for what is drawn or saved inside; all that was set before is back afterwards."""
    with mpl.rc_context(RULES):
        wanted = looks_now().style
        with mpl.style.context(wanted) if wanted else contextlib.nullcontext(), mpl.rc_context(TYPE):
            yield


class ShownFigure(Figure):
    """A figure that a notebook shows as a picture.

    Notebooks know Matplotlib's figures only after pyplot has been imported, which nothing here does.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The picture in the style of the printed page, and how large to show it; IPython asks for it by this name."""
        file = io.BytesIO()
        with _laid_out(self):
            self.savefig(file, format="png", dpi=2 * SCREEN_DOTS_PER_INCH, metadata=METADATA["png"])
        width, height = (round(inches * SCREEN_DOTS_PER_INCH) for inches in self.get_size_inches())
        return file.getvalue(), {"width": width, "height": height}


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in inches, or that which the user wants, that finds its own margins."""
    wanted = looks_now().height or height * max(1.0, scale())
    figure = ShownFigure(figsize=(stretched(width), wanted), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def add_note(figure: Figure, *sentences: str) -> None:
    """Small print at the foot, a sentence to a line; the figure grows by what it takes, unless its height was given.

    The user's title and type are put in with it. To be called last, once.
    """
    looks, small = looks_now(), SMALL * scale()
    sentences = (*sentences, *looks.remarks)
    looks.captions.append(" ".join(sentence for sentence in sentences if sentence))
    text = _in_lines(figure, [sentence for sentence in sentences if sentence and looks.has_caption], small)
    lines = text.count("\n") + 1 if text else 0
    inches = (lines * small * LINE_SPACING + small) / POINTS_PER_INCH
    height = looks.height or figure.get_figheight() + inches
    if height - inches < SMALLEST_PANEL:
        _refuse_size(figure.get_figwidth(), height)
    figure.set_figheight(height)
    with printed():
        _put_title(figure, looks.title)
    engine: Any = figure.get_layout_engine()
    engine.set(rect=(0.0, inches / height, 1.0, 1.0 - inches / height))
    # the layout knows nothing of the note when it places the figure's own label, so it is done now and left as it is
    with printed():
        settled(figure)
        figure.set_layout_engine("none")
        if figure.get_supxlabel():
            figure.supxlabel(figure.get_supxlabel(), y=(inches + 0.04) / height,
                             fontsize=scale() * type_size("figure.labelsize"))
    note = figure.text(MARGIN, 0.3 * small / POINTS_PER_INCH / height, text, ha="left", va="bottom", fontsize=small,
                       color=DARK, linespacing=LINE_SPACING)
    give_fonts(note)


def _in_lines(figure: Figure, sentences: Sequence[str], size: float) -> str:
    """Sentences, each from a new line, broken so that no line is wider than the page: capitals, and the letters of many
    alphabets, are wider than the mean."""
    room = figure.get_figwidth() * (1.0 - MARGIN)
    signs = int(figure.get_figwidth() * POINTS_PER_INCH / (MEAN_WIDTH_OF_A_SIGN * size))
    fewest, resolution = signs // 2, figure.get_dpi()
    figure.set_dpi(PNG_DOTS_PER_INCH)
    while True:
        text = "\n".join(broken(sentence, signs) for sentence in sentences)
        note = figure.text(0.0, 0.0, text, fontsize=size)
        give_fonts(note)
        wide = note.get_window_extent().width / PNG_DOTS_PER_INCH
        note.remove()
        if wide <= room or signs <= fewest:
            break
        signs = max(min(signs - 1, int(signs * room / wide)), fewest)
    figure.set_dpi(resolution)
    return text


def _put_title(figure: Figure, title: str) -> None:
    """The user's title, above what stands at the top of a figure."""
    if not title:
        return
    words = fitting(title, figure.get_figwidth() / stretch())
    if figure.legends and not figure.get_suptitle():
        legend = figure.legends[0]
        legend.set_title("\n".join(filter(None, (words, legend.get_title().get_text()))))
    else:
        times = scale() if figure in _ENLARGED else 1.0
        figure.suptitle("\n".join(filter(None, (words, figure.get_suptitle()))), ha="left", x=0.01,
                        fontsize=times * type_size("figure.titlesize"))


def _enlarge(figure: Figure) -> None:
    """Gives all texts the size that the user wants, once."""
    times = scale()
    if times == 1.0 or figure in _ENLARGED:
        return
    _ENLARGED.add(figure)
    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_fontsize(times * FontProperties(size=text.get_fontsize()).get_size_in_points())
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        size = FontProperties(size=axis.get_tick_params().get("labelsize", SMALL)).get_size_in_points()
        axis.set_tick_params(labelsize=times * size)


def settled(figure: Figure) -> None:
    """Lays a figure out as for the printed page: letters are not equally wide at every resolution."""
    _enlarge(figure)
    give_fonts(figure)
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        # else a figure that is shown outside this style would choose other ticks, for another size of type
        axis.set_tick_params(labelsize=axis.get_tick_params().get("labelsize", SMALL))
    resolution = figure.get_dpi()
    figure.set_dpi(PNG_DOTS_PER_INCH)
    # what drawing would do as well, which would measure every text once more
    engine: Any = figure.get_layout_engine()
    _fit_to_aspect(figure)
    has_room = _has_room(figure, engine)
    _snap(figure)
    _fit_to_aspect(figure)
    if looks_now().width or looks_now().height or scale() > 1.0:
        _refuse_small_panels(figure, has_room)
    figure.set_dpi(resolution)


def _has_room(figure: Figure, engine: Any) -> bool:
    """Lays a figure out; gives whether there was room for anything but labels, of which Matplotlib warns."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        engine.execute(figure)
    others = [one for one in told if NO_ROOM not in str(one.message)]
    for one in others:
        warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return len(others) == len(told)


def _refuse_small_panels(figure: Figure, has_room: bool) -> None:
    """Raises `Refusal` where the size or the type that the user wants leaves no room for what is drawn."""
    width, height = (float(side) for side in figure.get_size_inches())
    for axes in figure.axes:
        place, dots = axes.get_position(), figure.get_dpi()
        is_small = axes.get_label() != "<colorbar>" and axes.axison and (
            min(place.width * width, place.height * height) < SMALLEST_PANEL)
        label, middle = axes.yaxis.label, (place.y0 + place.y1) / 2.0 * height
        inches = label.get_window_extent().height / dots / 2.0 if label.get_text() else 0.0
        if is_small or not has_room or middle - inches < -SPARE or middle + inches > height + SPARE:
            _refuse_size(width, height)


def _refuse_size(width: float, height: float) -> NoReturn:
    raise Refusal("too small for what the figure shows", found=f"{width:.3g} x {height:.3g} inches", file="size",
                  allowed="a larger size, smaller type (--font-size), or no caption (--no-caption)")


def _snap(figure: Figure) -> None:
    """Rounds where axes stand: the layout's solver adds in an order that differs from one drawing to the next."""
    for axes in figure.axes:
        is_laid_out = axes.get_in_layout()
        left, bottom, width, height = np.round(axes.get_position(original=True).bounds, DECIMALS_OF_A_PLACE).tolist()
        axes.set_position((left, bottom, width, height))
        axes.set_in_layout(is_laid_out)


def _fit_to_aspect(figure: Figure) -> None:
    for axes in figure.axes:
        axes.apply_aspect()


def broken(text: str, characters: int) -> str:
    """A text on several lines of at most so many characters, words kept whole."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > characters:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)


def fitting(text: str, inches: float, size: float = TEXT) -> str:
    """A text broken into lines that fit a length."""
    inches *= stretch() / scale()
    return broken(text, max(8, int(inches * POINTS_PER_INCH / (MEAN_WIDTH_OF_A_SIGN * size))))


def type_size(rule: str) -> float:
    """Points of the type for which there is a rule, such as ``xtick.labelsize``, as it is set now."""
    rules: Any = mpl.rcParams
    return float(FontProperties(size=rules[rule]).get_size_in_points())


def say_why_empty(axes: Axes, words: str) -> None:
    """Says in an empty panel why it is empty."""
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", fontsize=SMALL, color=GREY)


def save(figure: Figure, folder: Path, name: str, kinds: Sequence[str] = ("png", "pdf")) -> list[Path]:
    """Saves a figure as ``<name>.png`` (300 dots per inch), ``<name>.pdf`` or ``<name>.svg``; gives the paths, in order
    of the kinds.

    The folder is made if need be; each file appears whole. Raises `Refusal` if the name is not one for a file.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise Refusal("not a name for a file", found=shown(name), allowed="letters, digits, '.', '_' and '-'")
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{kind}" for kind in kinds]
    for path in paths:
        write_whole(path, functools.partial(_write, figure, path.suffix[1:]))
    return paths


def _write(figure: Figure, kind: str, file: IO[bytes]) -> None:
    if kind == "svg":
        file.write(drawing(figure))
        return
    smaller: dict[str, Any] = {"pil_kwargs": {"compress_level": COMPRESSION}} if kind == "png" else {}
    with _laid_out(figure):
        figure.savefig(file, format=kind, dpi=PNG_DOTS_PER_INCH, metadata=METADATA[kind], **smaller)


@contextlib.contextmanager
def _laid_out(figure: Figure) -> Iterator[None]:
    """The style of the printed page, for a figure whose places stand: Matplotlib draws one that has any kind of layout,
    be it none, an idle time before, to lay it out."""
    engine = figure.get_layout_engine()
    with printed(), mpl.rc_context(NO_LAYOUT):
        if isinstance(engine, PlaceHolderLayoutEngine):
            figure.set_layout_engine(None)
        try:
            yield
        finally:
            figure.set_layout_engine(engine)


def drawing(figure: Figure) -> bytes:
    """A figure as SVG, the same bytes each time.

    Matplotlib makes some of its inner names from addresses in memory; they are counted through instead.
    """
    file = io.BytesIO()
    with _laid_out(figure), mpl.rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata=METADATA["svg"])
    found = file.getvalue()
    names = {name: b"n%d" % place for place, name in enumerate(dict.fromkeys(NAME.findall(found)))}
    return re.sub(rb"\b[a-z][0-9a-f]{10}\b", lambda one: names.get(one[0], one[0]), found)
