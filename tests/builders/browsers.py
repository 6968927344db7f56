"""A real Chromium for tests, as quiet as it can be made."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

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


@asynccontextmanager
async def a_chromium() -> AsyncIterator[Browser]:
    """A browser of one's own."""
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser,
    ):
        yield browser


async def sign_in(page: Page, desk: str, official: int = 0) -> None:
    """Come in as one of the fictional officials."""
    await page.goto(f"{desk}/signin")
    await page.locator(f'input[value="sample-{official}"]').check()
    await page.get_by_role("button", name="로그인").click()
    await expect(page.get_by_role("heading", name="제출 목록")).to_be_visible()


async def faults_of(page: Page) -> list[str]:
    """What axe-core finds on the page that is open: of each kind the first place."""
    found = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]


async def overflows(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    wide: bool = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide
