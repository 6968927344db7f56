"""A real Chromium for tests, as quiet as it can be made."""

import asyncio
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

Outcome = TypeVar("Outcome")
CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
needs_chromium_and_fonts = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: on Debian, apt-get install chromium fonts-nanum"
)


def run(doing: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Do something of the citizens' side: in a thread, since Playwright has this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, doing).result()
