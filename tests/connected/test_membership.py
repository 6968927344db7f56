"""A killed process that comes back under its name, on a real broker: its place is its own at once, and it leads on."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import IO

import pytest
from aiokafka.admin import NewPartitions

from deploy.gubi.broker import asking, consumers_of
from shared.events import SubmissionReceived
from shared.kafka import Bus, topic_name
from shared.settings import Settings
from tests.builders.events import received
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.timeout(180)]

SESSION_MS = 60_000
"""Far longer than the test would wait: whoever waits for the end of the dead one's session fails it."""
CONSUMER = '''
import asyncio
from shared.events import SubmissionReceived, SubmissionTakenBack
from shared.kafka import Bus
from shared.service import Worker, run_worker
from shared.settings import Settings

def build():
    bus = Bus(Settings(_env_file=None), "extraction")
    bus.on(SubmissionTakenBack)(other)
    bus.on(SubmissionReceived)(heard)
    return Worker(bus, [lambda: look_ever_again(bus)])

async def look_ever_again(bus):
    """Learn of partitions as they come, and not after the five minutes that it would take."""
    while True:
        await asyncio.sleep(0.5)
        for subscriber in bus.broker.subscribers:
            await subscriber.consumer._client.force_metadata_update()

async def other(batch): ...

async def heard(batch):
    for event in batch:
        print(event.submission_id, flush=True)

run_worker(build)
'''


class Process:
    """One process of a service, and what it has heard."""

    def __init__(self, settings: Settings, replica: str, told: IO[str]) -> None:
        given = {
            "GUBI_KAFKA": settings.kafka,
            "GUBI_TOPIC_PREFIX": settings.topic_prefix,
            "GUBI_SESSION_TIMEOUT_MS": str(SESSION_MS),
            "GUBI_REPLICA": replica,
        }
        self._told = told
        self._process = subprocess.Popen(
            [sys.executable, "-c", CONSUMER], env={**os.environ, **given}, stdout=self._told
        )

    def heard(self, *numbers: int) -> bool:
        self._told.seek(0)
        lines = self._told.read().splitlines()
        return all(received(number).submission_id in lines for number in numbers)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def process(settings: Settings, replica: str) -> Iterator[Process]:
    with tempfile.TemporaryFile("w+") as told:
        started = Process(settings, replica, told)
        try:
            yield started
        finally:
            started.kill()


async def _say(settings: Settings, *numbers: int) -> None:
    bus = Bus(settings, "intake")
    await bus.broker.connect()
    try:
        await bus.say([received(number) for number in numbers])
    finally:
        await bus.broker.stop()


async def test_a_killed_process_has_its_place_again_long_before_its_session_would_have_ended(
    on_kafka: Settings,
) -> None:
    with process(on_kafka, "one") as first:
        await _say(on_kafka, 1)
        await until(lambda: first.heard(1))
        first.kill()
    began = time.monotonic()
    with process(on_kafka, "one") as again:
        await _say(on_kafka, 2, 3, 4)
        await until(lambda: again.heard(2, 3, 4))
    assert time.monotonic() - began < SESSION_MS / 2000


async def test_killed_while_it_waits_for_its_place_it_has_it_the_next_time(on_kafka: Settings) -> None:
    for _ in range(3):
        with process(on_kafka, "one"):
            await asyncio.sleep(1.2)
    with process(on_kafka, "one") as last:
        await _say(on_kafka, 1, 2, 3)
        await until(lambda: last.heard(1, 2, 3))


async def test_who_came_back_as_the_leader_notices_that_a_topic_has_more_partitions(on_kafka: Settings) -> None:
    with process(on_kafka, "one") as first:
        await _say(on_kafka, 1)
        await until(lambda: first.heard(1))
    with process(on_kafka, "one") as again:
        await _say(on_kafka, 2)
        await until(lambda: again.heard(2))
        async with asking(on_kafka) as admin:
            await admin.create_partitions({topic_name(on_kafka, SubmissionReceived.topic): NewPartitions(12)})
        more = range(10, 40)  # some for each partition, so for each new one too
        await _say(on_kafka, *more)
        await until(lambda: again.heard(*more), 60)


async def test_who_goes_on_purpose_gives_the_place_up_at_once(on_kafka: Settings) -> None:
    async def members() -> int:
        async with asking(on_kafka) as admin:
            return await consumers_of(admin, on_kafka, "extraction")

    with process(on_kafka, "one") as first, process(on_kafka, "two") as second:
        await until(lambda: _all(members, 4))
        await _say(on_kafka, *range(6))
        await until(lambda: all(first.heard(number) or second.heard(number) for number in range(6)))
        first.terminate()
        assert await members() == 2
        await _say(on_kafka, *range(6, 12))
        await until(lambda: second.heard(*range(6, 12)))


async def _all(members: Callable[[], Awaitable[int]], wanted: int) -> bool:
    return await members() == wanted
