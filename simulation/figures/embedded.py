"""Figures inside a page: as a data address that needs no file, and in words for those who cannot see them."""

from __future__ import annotations

import base64
import io

from matplotlib.figure import Figure

from simulation.figures.style import METADATA, drawing, printed

LARGEST_DRAWING = 400_000
"""Bytes of a drawing from which on it is embedded as a picture of points: a cloud of dots is lighter so."""
DOTS_PER_INCH = 200


def data_address(figure: Figure) -> str:
    """The figure as a ``data:`` address: SVG, or PNG where the drawing would be large."""
    drawn = drawing(figure)
    if len(drawn) <= LARGEST_DRAWING:
        return _address("image/svg+xml", drawn)
    return _address("image/png", _picture(figure))


def in_words(figure: Figure) -> str:
    """What a figure shows: its titles, and for every panel what goes along its axes."""
    titles = [figure.get_suptitle(), *(axes.get_title(loc) for axes in figure.axes for loc in ("left", "center"))]
    along = [figure.get_supxlabel(), *(axes.get_xlabel() for axes in figure.axes)]
    up = [figure.get_supylabel(), *(axes.get_ylabel() for axes in figure.axes)]
    said = [_listed(titles)]
    said += [f"{way}: {_listed(labels)}" for way, labels in (("Horizontal", along), ("Vertical", up)) if any(labels)]
    return ". ".join(filter(None, said))


def _listed(texts: list[str]) -> str:
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))


def _picture(figure: Figure) -> bytes:
    file = io.BytesIO()
    with printed():
        figure.savefig(file, format="png", dpi=DOTS_PER_INCH, metadata=METADATA["png"])
    return file.getvalue()


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
