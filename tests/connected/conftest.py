"""What the suites of the doors share."""

from collections.abc import AsyncIterator

import pytest

from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.doors import Door, opened


@pytest.fixture
async def door(settings: Settings, keyring: Keyring) -> AsyncIterator[Door]:
    async with opened(settings) as door:
        yield door
