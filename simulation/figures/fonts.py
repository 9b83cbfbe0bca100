"""Letters that the usual font lacks: found in another font that is there, or said otherwise; never drawn as boxes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, FontProperties
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

UNKNOWN = "?"
"""In place of a letter that no font has and for which there are no other words."""


def legible(text: str, otherwise: str) -> str:
    """The text, or other words where no font has its letters."""
    return otherwise if letters_without_font(text) else text


def letters_without_font(text: str) -> str:
    """The letters of a text that no font has, each once."""
    missing = _missing(text, tuple(_usual()))
    return "".join(sorted(missing - set().union(*map(_letters, _fonts_for(frozenset(missing))))))


def give_fonts(drawn: Figure | Text) -> None:
    """Has every text of a figure, or a single one, use fonts that have its letters; what none has becomes a question
    mark."""
    texts: list[Any] = drawn.findobj(Text)
    every_axis = [] if isinstance(drawn, Text) else [axis for axes in drawn.axes for axis in (axes.xaxis, axes.yaxis)]
    labelled = {axis: [label.get_text() for label in axis.get_majorticklabels()] for axis in every_axis
                if isinstance(axis.get_major_locator(), FixedLocator)}
    words = [*(text.get_text() for text in texts), *(label for labels in labelled.values() for label in labels)]
    usual = _usual()
    missing = frozenset().union(*(_missing(word, tuple(usual)) for word in words))
    if not missing:
        return
    found = _fonts_for(missing)
    lost = missing - frozenset().union(*map(_letters, found))
    families = [*usual, *(_family(path) for path in found)]
    for axis, labels in labelled.items():
        if lost & set("".join(labels)):
            axis.set_ticks(axis.get_majorticklocs(), labels=[_without(lost, label) for label in labels])
    for axis in every_axis:
        axis.set_tick_params(labelfontfamily=families)
    for text in texts:
        text.set_fontfamily(families)
        text.set_text(_without(lost, text.get_text()))


def _without(lost: frozenset[str], text: str) -> str:
    return "".join(UNKNOWN if letter in lost else letter for letter in text)


def _usual() -> list[str]:
    rules = mpl.rcParams["font.family"]
    return [rules] if isinstance(rules, str) else list(rules)


@functools.cache
def _missing(text: str, families: Sequence[str]) -> frozenset[str]:
    """Letters of a text that these families lack."""
    if text.isascii():
        return frozenset()
    paths = [font_manager.findfont(FontProperties(family=[family])) for family in families]
    return frozenset(letter for letter in text if letter.isprintable() and not letter.isspace()
                     and not any(letter in _letters(path) for path in paths))


@functools.cache
def _letters(path: str) -> frozenset[str]:
    """What a font has."""
    return frozenset(map(chr, font_manager.get_font(path).get_charmap()))


@functools.cache
def _fonts_for(letters: frozenset[str]) -> tuple[str, ...]:
    """Fonts that together have as many of these letters as there can be; first the one with most of them."""
    found: list[str] = []
    left = set(letters)
    candidates = sorted(_upright(), key=lambda font: (font.name, font.fname))
    while left and candidates:
        best = max(candidates, key=lambda font: len(left & _letters(font.fname)))
        if not left & _letters(best.fname):
            break
        found.append(best.fname)
        left -= _letters(best.fname)
    return tuple(found)


def _upright() -> list[FontEntry]:
    """Plain fonts, without those of mathematics, whose letters are not what their numbers say, and that of boxes."""
    return [font for font in font_manager.fontManager.ttflist
            if font.style == "normal" and font.weight in (400, "normal", "regular", "book")
            and not font.name.startswith(("cm", "STIXSize", "STIXNonUnicode", "DejaVu Sans Display", "Last Resort"))]


def _family(path: str) -> str:
    return next(font.name for font in font_manager.fontManager.ttflist if font.fname == path)
