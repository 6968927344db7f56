"""What the suites of the doors and of the desk share."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.browsers import a_chromium
from tests.builders.doors import Door, opened


@pytest.fixture
async def door(settings: Settings, keyring: Keyring) -> AsyncIterator[Door]:
    async with opened(settings) as door:
        yield door


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_chromium() as browser:
        yield browser
