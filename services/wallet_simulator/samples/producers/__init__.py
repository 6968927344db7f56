"""The producers: each sets any `Paper` in type, in a layout of its own, and gives an unsigned PDF.

A producer is asked for when it is first used, so that one whose tools are not installed is missed by nobody else.
"""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module

from services.wallet_simulator.samples.paper import Paper

Producer = Callable[[Paper, datetime], bytes]
"""From a paper and the file's time of creation (with its offset from UTC) to a PDF."""


def _of_module(name: str) -> Producer:
    def pdf(paper: Paper, created_at: datetime) -> bytes:
        made = import_module(f"{__name__}.{name}").pdf(paper, created_at)
        assert isinstance(made, bytes)
        return made

    return pdf


PRODUCERS: dict[str, Producer] = {name: _of_module(name) for name in ("typst", "reportlab", "chromium", "fpdf")}
"""Every producer by its name. Raises ModuleNotFoundError or FileNotFoundError where what it needs is not installed."""
