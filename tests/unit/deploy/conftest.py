import shutil

import pytest

from tests.builders.lacking import is_not_here


@pytest.fixture(scope="session")
def promtool() -> str:
    return shutil.which("promtool") or is_not_here("promtool", "apt-get install prometheus")
