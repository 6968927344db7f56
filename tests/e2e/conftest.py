"""One whole installation for the run: every service a process of its own, on the run's own stack."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser as AsyncBrowser
from playwright.sync_api import Browser, sync_playwright

from deploy.gubi.installation import Installation, installation
from tests.builders.browsers import CHROMIUM, QUIET, a_chromium

UNDO_SECONDS = "12"
"""Long enough to go by Tab to what undoes, on a machine that runs every service beside the browser."""


@pytest.fixture(scope="session")
def place() -> Iterator[Installation]:
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("needs every service: run it by `make test`")
    with installation("e2e", print, stack="external", GUBI_UNDO_SECONDS=UNDO_SECONDS) as whole:
        yield whole


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
async def chromium() -> AsyncIterator[AsyncBrowser]:
    """Not in a module that has the other one, whose loop goes on from test to test."""
    async with a_chromium() as browser:
        yield browser
