"""A picture of one page, made inside the jail: the dashboard shows officials pictures, never the PDF itself.

jail = Jail("shared.sandbox.render:page_image")
await jail.run(pdf, {"page": 1, "dpi": 110})    # Done({"png": "…", "width": 909, "height": 1286, "pages": 2})
"""

import base64
import ctypes
import io
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw
from PIL import (
    Image,
    ImageDraw,
    PngImagePlugin,  # noqa: F401 - Pillow looks its plugins up late, when files are already out of reach
)

_LEAST_DPI, _MOST_DPI = 36, 200
_MOST_PIXELS = 8_000_000
_MOST_CHARS = 200_000
_AIR = 2
"""Points round what is covered."""
_INK = "#3a3f45"
_RRN = r"\d{6}\s*-\s*[\d*]{7}"
_PHONE = r"01\d\s*-\s*\d{3,4}\s*-\s*\d{4}"

Rectangle = tuple[float, float, float, float]


def page_image(document: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return page `page` (from 1) at `dpi` (36 to 200, less for a huge page) as PNG in Base64, with its size in pixels.

    With `cover`, a mapping of `boxes` (left, bottom, right, top in points) and `texts`, these are painted over, and
    numbers that name a person with them: what is covered is not in the picture. Raises IndexError for a page there is
    not, and PDFium's error for a file that cannot be opened.
    """
    with pypdfium2.PdfDocument(document) as opened:
        number = int(arguments.get("page", 1))
        if not 1 <= number <= len(opened):
            raise IndexError("there is no such page")
        page = opened[number - 1]
        image = page.render(scale=_scale(page.get_width(), page.get_height(), int(arguments.get("dpi", 110)))).to_pil()
        if cover := arguments.get("cover"):
            _cover(page, image, cover["boxes"], cover["texts"])
        png = io.BytesIO()
        # Level 3 is three times as fast as the default, and a tenth larger.
        image.save(png, "PNG", compress_level=3)
        encoded = base64.b64encode(png.getvalue()).decode("ascii")
        return {"png": encoded, "width": image.width, "height": image.height, "pages": len(opened)}


def _scale(width: float, height: float, dpi: int) -> float:
    """Return pixels per point for `dpi`, or for as many pixels as a picture may have."""
    wanted = min(max(dpi, _LEAST_DPI), _MOST_DPI) / 72
    most = math.sqrt(_MOST_PIXELS / max(width * height, 1.0))
    return min(wanted, most)


def _cover(page: Any, image: Image.Image, boxes: Sequence[Rectangle], texts: Sequence[str]) -> None:
    """Paint over boxes of the page as it is shown, and over each text, however its letters are spaced."""
    draw = ImageDraw.Draw(image)
    width, height = image.width / page.get_width(), image.height / page.get_height()
    for left, bottom, right, top in boxes:
        edges = (left * width, image.height - top * height, right * width, image.height - bottom * height)
        _paint(draw, edges, _AIR * width)
    for place in _found(page, image, texts):
        _paint(draw, place, _AIR * width)


def _found(page: Any, image: Image.Image, texts: Sequence[str]) -> Iterator[Rectangle]:
    words = page.get_textpage()
    count = min(words.count_chars(), _MOST_CHARS)
    letters = "".join(chr(pypdfium2.raw.FPDFText_GetUnicode(words, index) or 32) for index in range(count))
    spaced = [r"\s*".join(re.escape(letter) for letter in text if not letter.isspace()) for text in texts]
    for found in re.finditer("|".join([*filter(None, spaced), _RRN, _PHONE]), letters):
        for index in range(*found.span()):
            if not letters[index].isspace():
                yield _on_picture(page, image, words.get_charbox(index, loose=True))


def _on_picture(page: Any, image: Image.Image, box: Rectangle) -> Rectangle:
    """Give where a box of the page's own space is on the picture, turned and cropped as the page is."""
    corners = [_point(page, image, box[0], box[1]), _point(page, image, box[2], box[3])]
    across, down = sorted(corner[0] for corner in corners), sorted(corner[1] for corner in corners)
    return across[0], down[0], across[1], down[1]


def _point(page: Any, image: Image.Image, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, image.width, image.height, 0, x, y, across, down)
    return across.value, down.value


def _paint(draw: ImageDraw.ImageDraw, edges: Rectangle, air: float) -> None:
    left, top, right, bottom = edges
    draw.rectangle((left - air, top - air, right + air, bottom + air), fill=_INK)
