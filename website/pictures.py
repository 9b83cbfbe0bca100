"""How wide a picture is shown: as it would be printed, so that letters are as large in one figure as in another."""

from __future__ import annotations

import io

from PIL import Image

CSS_PIXELS_AN_INCH = 96


def width_of(picture: bytes) -> str:
    """The attribute that says how wide a picture is, in Markdown's attribute lists."""
    with Image.open(io.BytesIO(picture)) as image:
        inches = image.width / image.info.get("dpi", (CSS_PIXELS_AN_INCH, 0))[0]
    return f'{{ width="{round(inches * CSS_PIXELS_AN_INCH)}" }}'
