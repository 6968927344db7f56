"""What reading one document costs, measured where it is done: a task for the jail.

Beside it, in the same process and moment, what plain pypdf takes for the text of the same pages, without any geometry:
the yardstick, since these machines are noisy and differ.
"""

import io
import time
from collections.abc import Callable
from typing import Any

import pypdf

from services.extraction import pdf
from services.extraction.pdf import prepare

__all__ = ["measure", "prepare"]

_ROUNDS = 5
"""Each is measured so many times, and the fastest counts: the others hold what the machine did meanwhile. By the wall
clock, because the kernel may count CPU time in steps of milliseconds; nothing here waits for anything."""


def measure(document: bytes, arguments: dict[str, Any]) -> dict[str, float]:
    """Return milliseconds: `text` for the text layer with geometry, `whole` for all of reading, `pypdf`.

    `arguments` are those of `services.extraction.pdf.read`. With `pages`, the number of pages.
    """
    pages = pdf._contents(document, arguments["pages"]).pages
    return {
        "pages": len(pages),
        "text": _fastest(lambda: pdf._contents(document, arguments["pages"]).pages),
        "whole": _fastest(lambda: pdf.read(document, arguments)),
        "pypdf": _fastest(lambda: [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages]),
    }


def _fastest(work: Callable[[], Any]) -> float:
    def once() -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1000

    return min(once() for _ in range(_ROUNDS))
