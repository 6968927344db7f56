"""From a template and what to print on it to a PDF, or to page images.

typst (https://typst.app) sets the type; the font is NanumGothic (OFL-1.1) out of the wheel of `koreanize-matplotlib`,
whose files are looked up without importing it, since importing would ask for matplotlib.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import files
from pathlib import Path

import typst
from pydantic import JsonValue

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _compiler() -> typst.Compiler:
    fonts = [path.locate() for path in files("koreanize-matplotlib") or () if path.name == "NanumGothic.ttf"]
    if not fonts:
        raise FileNotFoundError("NanumGothic.ttf of koreanize-matplotlib (the extra `samples`) is not installed")
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(str(fonts[0])).parent)]
    )
    return typst.Compiler(root=_TEMPLATES, font_paths=found, ignore_system_fonts=True)


def pdf(template: str, data: Mapping[str, JsonValue], created_at: datetime) -> bytes:
    """`data` set on the template of that name, as PDF 1.7 with a plain cross-reference table.

    `created_at` (with its offset from UTC) is written as the file's creation date. Raises `typst.TypstError` where the
    template asks for something that `data` lacks.
    """
    made = _compiler().compile(
        _TEMPLATES / f"{template}.typ",
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=created_at,
        pdf_tags=False,
    )
    assert isinstance(made, bytes)
    return made


def images(template: str, data: Mapping[str, JsonValue], pixels_per_inch: int) -> list[bytes]:
    """The same as PNG files, one a page."""
    made = _compiler().compile(
        _TEMPLATES / f"{template}.typ",
        format="png",
        ppi=pixels_per_inch,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return [made] if isinstance(made, bytes) else list(made or ())
