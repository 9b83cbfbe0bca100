"""Figures inside a page: the same figure gives the same bytes, large drawings become pictures, words tell the axes."""

from __future__ import annotations

import base64

import numpy as np
from matplotlib.patches import Circle

from simulation.figures.embedded import data_address, in_words
from simulation.figures.style import new_figure


def figure_of(points: int):
    """Dots clipped by a circle: their clip has a name made from an address in memory."""
    figure = new_figure(3, 2)
    axes = figure.add_subplot()
    dots, = axes.plot(np.arange(points), np.sin(np.arange(points)), "o")
    dots.set_clip_path(Circle((1, 0), 3, transform=axes.transData))
    axes.set_xlabel("years\nof peace")
    axes.set_ylabel("pacts")
    figure.suptitle("Peace")
    return figure


def test_the_same_figure_gives_the_same_drawing():
    first, second = (figure_of(5) for _ in range(2))
    address = data_address(first)
    assert address == data_address(second)
    kind, content = address.split(",")
    drawing = base64.b64decode(content)
    assert kind == "data:image/svg+xml;base64" and b"clip-path=\"url(#n" in drawing
    assert address != data_address(figure_of(6))


def test_a_large_drawing_is_a_picture():
    assert data_address(figure_of(10_000)).startswith("data:image/png;base64,iVBOR")


def test_a_figure_is_told_in_words():
    assert in_words(figure_of(3)) == "Peace. Horizontal: years of peace. Vertical: pacts"
