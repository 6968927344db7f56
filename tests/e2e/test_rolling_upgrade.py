"""docs/upgrade.md, step by step: older versions and this one side by side on the same topics, and back."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from deploy.gubi.broker import asking, consumers_of
from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation, installation
from deploy.gubi.processes import PROCESSES
from deploy.gubi.supervisor import Supervisor
from deploy.gubi.topics.applying import apply
from shared.events import SubmissionDecided, SubmissionScreened
from tests.builders.versions import long_ago, python, service_command, the_one_before
from tests.builders.waiting import until
from tests.faults.ledger import Act
from tests.faults.run import Plan, Run
from tests.faults.scene import SERVICES, WORK, Fault, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(900)]

DOORS = ("intake", "dashboard")
WORKERS = tuple(name for name in SERVICES if name not in DOORS)
HOLDERS_ARE_DONE = 10.0
"""Seconds after which a holder who wants to take back has begun to."""


@pytest.fixture(scope="module")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_ago(tmp_path_factory.mktemp("older") / "code")


@pytest.fixture(scope="module")
def code_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return the_one_before(tmp_path_factory.mktemp("before") / "code")


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


def test_the_older_code_is_what_runs(old_code: Path, code_before: Path) -> None:
    program = "import shared.kafka, services.intake, deploy.gubi; print(shared.kafka.__file__)"
    for code in (old_code, code_before):
        done = subprocess.run([*python(code), "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(str(code))


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


async def settled(scene: Scene, besides: Collection[str] = ()) -> str:
    """Wait for a submission that was screened, that its holder no longer comes to take back, and that nobody opens."""

    def found() -> str:
        alone = (one for one in scene.ledger.sent.values() if not one.last.keys() & {"take back", "view"})
        kept = (one for one in alone if one.acknowledged)
        old = (one.would_be for one in kept if time.monotonic() - one.asked_at > HOLDERS_ARE_DONE)
        screened = (it for it in old if (SubmissionScreened.topic, it) in scene.watch.first)
        return next((it for it in screened if it not in besides), "")

    return await until(found, every=0.5)


def noted(scene: Scene, name: str, act: Act) -> None:
    """Write into the ledger what was done here, by which it is judged with the rest."""
    sent = next(one for one in scene.ledger.sent.values() if one.would_be == name)
    for outcome in ("asked", "acknowledged"):
        scene.ledger.write(sent, act, outcome)


async def opened_and_decided(scene: Scene, opened: str, decided: str = "") -> None:
    """Have an official at the desk that stands there now open one, and decide another."""
    desk = Desk(scene.place.url("dashboard"))
    await desk.sign_in()
    assert await desk.open(opened), "it could not be opened"
    noted(scene, opened, "view")
    if decided:
        shown = await desk._look(decided)
        assert shown is not None, "it could not be opened to be decided"
        done = await desk._submit(shown.text, "/decision", {"decision": "eligible", "reason": "전산으로 확인했습니다"})
        done.raise_for_status()
        noted(scene, decided, "view")
        noted(scene, decided, "decide")
    await desk.close()


async def all_replaced(place: Installation, leaving: Sequence[Supervisor], by: Supervisor) -> None:
    """Have all workers replaced at once, each started before any is stopped."""
    there = [(one, name) for one in leaving for name in one.children if name.partition("-")[0] in WORKERS]
    await asyncio.gather(*(beside(place, by, service) for service in WORKERS))
    await asyncio.gather(*(gone(one, name) for one, name in there))


async def doors_replaced(place: Installation, leaving: Supervisor, by: Supervisor, *doors: str) -> None:
    """On one machine a door has one port; behind a balancer these too overlap."""
    for door in doors:
        await gone(leaving, door)
    by.start(doors)
    await asyncio.to_thread(replace(place, supervisor=by).wait_until_ready, 120)


async def test_every_service_is_replaced_under_load_beside_an_old_one_and_beside_the_one_before_and_goes_back(
    place: Installation, code_before: Path
) -> None:
    old, logs = place.supervisor, place.folder / "logs"
    new = Supervisor(place.environment, logs=logs)
    before = Supervisor(place.environment, logs=logs, command=partial(service_command, code_before))
    decided: list[str] = []

    async def decides(scene: Scene, opened: str, by: str) -> None:
        await opened_and_decided(scene, opened, by)
        decided.append(by)

    async def all_were_said(scene: Scene) -> None:
        for name in decided:
            await until(lambda name=name: (SubmissionDecided.topic, name) in scene.watch.first)
            assert len(scene.watch.said[SubmissionDecided.topic, name]) == 1

    async def from_long_ago(scene: Scene) -> None:
        by_old = await settled(scene)
        from_old_to_new = await settled(scene, [by_old])
        await decides(scene, from_old_to_new, by_old)
        for service in SERVICES:
            if service in DOORS:
                await doors_replaced(place, old, new, service)
            else:
                await beside(place, new, service)
                await gone(old, service)
            if service in WORK:
                scene.blow(service)
            await scene.works(service)
            scene.counted[f"{service} replaced"] += 1
        await beside(place, old, "eligibility")  # and back: the older one takes what the new ones have said
        await gone(new, "eligibility-2")
        await scene.works("eligibility")
        await decides(scene, await settled(scene, [*decided, from_old_to_new]), from_old_to_new)
        await all_were_said(scene)

    async def by_one_version(scene: Scene) -> None:
        """Back to the version before and on again: each one's workers behind the other's doors."""
        await all_replaced(place, leaving=[new, old], by=before)
        scene.blow()
        await scene.works(*WORKERS)
        by_new = await settled(scene)
        await opened_and_decided(scene, by_new)
        await doors_replaced(place, new, before, *DOORS)
        await all_replaced(place, leaving=[before], by=new)
        scene.blow()
        await scene.works(*SERVICES)
        await decides(scene, await settled(scene, [by_new]), by_new)
        await all_were_said(scene)

    try:
        await apply(place.settings)
        faults = [
            Fault("rolling-upgrade", from_long_ago, brokers=0),
            Fault("by-one-version", by_one_version, brokers=0),
        ]
        done = await Run(place, Plan(faults, 0, rate=1.0), print).go()
        assert set(done) == {"rolling-upgrade", "by-one-version"}
        for found in done.values():
            assert found["failed"] == "", found["why"]
            assert (found["lost"], found["doubled"]) == (0, 0)
            assert found["acknowledged"] > len(SERVICES), "there was no load"
    finally:
        before.stop()
        new.stop()
