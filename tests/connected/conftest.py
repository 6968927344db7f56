"""What the suites of the doors and of the desk share."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import CHROMIUM, QUIET
from tests.builders.doors import Door, opened


@pytest.fixture
async def door(settings: Settings, keyring: Keyring) -> AsyncIterator[Door]:
    async with opened(settings) as door:
        yield door


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()
