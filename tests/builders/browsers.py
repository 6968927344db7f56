"""A real Chromium for tests, as quiet as it can be made."""

import asyncio
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

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


async def faults_of(page: Page) -> list[str]:
    """What axe-core finds on the page that is open: of each kind the first place."""
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]


async def overflows(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    wide: bool = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide
