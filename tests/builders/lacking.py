"""What a test does without something that this machine does not have."""

import os
from typing import NoReturn

import pytest


def is_not_here(what: str, why: str) -> NoReturn:
    """Skip for want of it, or fail where a landing is judged (CI is set): what is skipped is taken for shown."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not here: {why}")
