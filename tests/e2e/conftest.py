"""One whole installation for the run: every service a process of its own, on the run's own stack."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.gubi.installation import Installation, installation
from tests.builders.browsers import CHROMIUM, QUIET


@pytest.fixture(scope="session")
def place() -> Iterator[Installation]:
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("needs every service: run it by `make test`")
    with installation("e2e", print, stack="external", GUBI_UNDO_SECONDS="5") as whole:
        yield whole


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
