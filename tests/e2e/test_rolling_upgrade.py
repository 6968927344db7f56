"""docs/upgrade.md, step by step: an older version and this one side by side on the same topics, and back."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from deploy.gubi.broker import asking, consumers_of
from deploy.gubi.installation import Installation, installation
from deploy.gubi.processes import PROCESSES
from deploy.gubi.supervisor import Supervisor
from deploy.gubi.topics.applying import apply
from tests.builders.versions import older, python, service_command
from tests.builders.waiting import until
from tests.faults.run import Plan, Run
from tests.faults.scene import SERVICES, Fault, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(900)]

DOORS = ("intake", "dashboard")


@pytest.fixture(scope="module")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("older") / "code"
    commit = older(folder)
    if not commit:
        pytest.skip("there is no history to take an older version from; GUBI_OLD_COMMIT names one")
    print(f"The older version is {commit}.")
    return folder


@pytest.fixture
def place(old_code: Path) -> Iterator[Installation]:
    """An installation whose services are all of the older version."""
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("needs every service: run it by `make test`")
    with installation("upgraded", print, stack="external", services=[], GUBI_UNDO_SECONDS="2") as whole:
        old = Supervisor(whole.environment, logs=whole.folder / "logs", command=partial(service_command, old_code))
        old.start(PROCESSES)
        try:
            running = replace(whole, supervisor=old)
            running.wait_until_ready(120)
            yield running
        finally:
            old.stop()


def test_the_older_code_is_what_runs(old_code: Path) -> None:
    program = "import shared.kafka, services.intake, deploy.gubi; print(shared.kafka.__file__)"
    done = subprocess.run([*python(old_code), "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(str(old_code))


async def consumers(place: Installation, service: str) -> int:
    async with asking(place.settings) as admin:
        return await consumers_of(admin, place.settings, service)


async def beside(place: Installation, supervisor: Supervisor, service: str) -> None:
    """Start one more process of a worker, and wait until it is dealt its part."""
    before = await consumers(place, service)
    supervisor.start([f"{service}-2"])

    async def joined() -> bool:
        return await consumers(place, service) > before

    await until(joined, 120, every=0.5)


async def gone(supervisor: Supervisor, name: str) -> None:
    """Stop a process as an orchestrator does, which lets it finish what it has in hand."""
    process = supervisor.children.pop(name).process
    process.terminate()
    assert await asyncio.to_thread(process.wait, 60) in (0, -signal.SIGTERM)  # uvicorn ends by the signal it was given


async def test_every_service_is_replaced_under_load_beside_the_old_one_and_one_goes_back(place: Installation) -> None:
    old, new = place.supervisor, Supervisor(place.environment, logs=place.folder / "logs")

    async def upgrade(scene: Scene) -> None:
        for service in SERVICES:
            if service in DOORS:  # on one machine a door has one port; behind a balancer these too overlap
                await gone(old, service)
                new.start([service])
                await asyncio.to_thread(replace(place, supervisor=new).wait_until_ready, 120)
            else:
                await beside(place, new, service)
                await gone(old, service)
            await scene.works(service)
            scene.counted[f"{service} replaced"] += 1
        await beside(place, old, "eligibility")  # and back: the older one takes what the new ones have said
        await gone(new, "eligibility-2")
        await scene.works("eligibility")

    try:
        await apply(place.settings)
        done = await Run(place, Plan([Fault("rolling-upgrade", upgrade, brokers=0)], 0, rate=1.0), print).go()
        [found] = done.values()
        assert found["failed"] == "", found["why"]
        assert (found["lost"], found["doubled"]) == (0, 0)
        assert found["acknowledged"] > len(SERVICES), "there was no load"
    finally:
        new.stop()
