"""Services killed at random under load, in short, on the stack of the run; `make test-faults` does it all at length."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from deploy.gubi.installation import Installation, installation
from tests.faults.kinds import services_killed
from tests.faults.official import SOON
from tests.faults.run import Plan, Run

pytestmark = [pytest.mark.connected, pytest.mark.faults, pytest.mark.timeout(600)]

SECONDS = 20.0


@pytest.fixture
def place() -> Iterator[Installation]:
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("kills services of a whole installation: run it by `make test`")
    if os.environ.get("GUBI_STACK") == "embedded":
        pytest.skip(
            "the embedded broker never expires a dead group member, so a killed service cannot be seen going on"
        )
    with installation("faults", print, stack="external", **SOON) as whole:
        yield whole


def test_services_killed_at_random_lose_nothing_and_do_nothing_twice(place: Installation) -> None:
    done = asyncio.run(Run(place, Plan([services_killed.FAULT], SECONDS, rate=2.0), print).go())
    [found] = done.values()
    # how fast they recover is judged by `make test-faults` alone, on a machine that has nothing else to do
    assert not found["failed"] or found["recoveries_late"], (found["failed"], found["why"])
    assert not found["recoveries_missing"], found["recoveries_missing"]
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["acknowledged"] > SECONDS / 2, "there was no load"
    assert found["opened"], "nobody worked at the desk"
    assert sum(found["done"].values()) >= 2, "nobody was killed"
