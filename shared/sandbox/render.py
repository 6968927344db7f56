"""A picture of one page, made inside the jail: the dashboard shows officials pictures, never the PDF itself.

jail = Jail("shared.sandbox.render:page_image")
await jail.run(pdf, {"page": 1, "dpi": 110})    # Done({"png": "…", "width": 909, "height": 1286, "pages": 2})
"""

import base64
import io
import math
from typing import Any

import pypdfium2
from PIL import PngImagePlugin  # noqa: F401 - Pillow looks its plugins up late, when files are already out of reach

_LEAST_DPI, _MOST_DPI = 36, 200
_MOST_PIXELS = 8_000_000


def page_image(document: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return page `page` (from 1) at `dpi` (36 to 200, less for a huge page) as PNG in Base64, with its size in pixels.

    Raises IndexError for a page there is not, and PDFium's error for a file that cannot be opened.
    """
    with pypdfium2.PdfDocument(document) as opened:
        number = int(arguments.get("page", 1))
        if not 1 <= number <= len(opened):
            raise IndexError("there is no such page")
        page = opened[number - 1]
        image = page.render(scale=_scale(page.get_width(), page.get_height(), int(arguments.get("dpi", 110)))).to_pil()
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
