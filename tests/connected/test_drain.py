"""Draining on a real broker and store: what is in hand is finished, the group is empty, and nothing is lost."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from typer.testing import CliRunner

from deploy.gubi.broker import asking, consumers_of
from deploy.gubi.drain.draining import drain, undrain
from deploy.gubi.main import app
from shared.clock import utc_now
from shared.draining import Drain
from shared.events import SubmissionReceived
from shared.kafka import Bus
from shared.mongo import Client, database
from shared.service import running
from shared.settings import Settings
from tests.builders.events import received
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.timeout(120)]


class Fleet:
    """Processes of one service, each a bus of its own in this process."""

    def __init__(self, settings: Settings, client: Client) -> None:
        self.settings, self.heard = settings, Counter[str]()
        self.wish = Drain(database(client, settings, "extraction"))
        self.seconds = 0.0
        self.in_hand = 0

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Bus]:
        bus = Bus(self.settings, "extraction")

        @bus.on(SubmissionReceived)
        async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
            self.in_hand += 1
            await asyncio.sleep(self.seconds)
            self.heard.update(event.submission_id for event in batch)
            self.in_hand -= 1

        async with running(bus, drain=self.wish):
            yield bus

    async def consumers(self) -> int:
        async with asking(self.settings) as admin:
            return await consumers_of(admin, self.settings, "extraction")


@pytest.fixture
def fleet(on_kafka: Settings, client: Client) -> Fleet:
    return Fleet(on_kafka, client)


async def test_all_processes_finish_what_they_have_in_hand_leave_and_take_again_where_they_stood(fleet: Fleet) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(fleet.process())
        await stack.enter_async_context(fleet.process())
        fleet.seconds = 3.0
        await first.say([received(number) for number in range(30)])
        await until(lambda: fleet.in_hand)
        seen: list[int] = []
        ended = await drain(fleet.settings, "extraction", 60, seen.append)
        assert ended.done
        assert (fleet.in_hand, await fleet.consumers()) == (0, 0)
        assert max(seen) > 0, "it waited for them"
        done = fleet.heard.copy()
        assert done, "what was in hand was finished and not broken off"
        await first.say([received(number) for number in range(30, 60)])  # drained, it can still say
        await asyncio.sleep(2.0)
        assert fleet.heard == done, "nothing is taken"
        assert not any(consumer.dead or consumer.ready for consumer in first.consuming())
        fleet.seconds = 0.0
        ended_again = await undrain(fleet.settings, "extraction", 30)
        assert ended_again is not None
        assert ended_again.done
        await until(lambda: len(fleet.heard) == 60)
    assert set(fleet.heard.values()) == {1}


async def test_a_process_that_starts_meanwhile_stays_drained_and_can_say(fleet: Fleet) -> None:
    await fleet.wish.ask(utc_now())
    async with fleet.process() as bus:
        await bus.say([received(1)])
        await asyncio.sleep(2.0)
        assert (fleet.heard, await fleet.consumers()) == (Counter(), 0)
        await fleet.wish.end()
        await until(lambda: len(fleet.heard) == 1)


async def test_a_drain_that_is_not_done_in_time_goes_on(fleet: Fleet) -> None:
    async with fleet.process() as bus:
        fleet.seconds = 8.0
        await bus.say([received(1)])
        await until(lambda: fleet.in_hand)
        began = time.monotonic()
        assert not (await drain(fleet.settings, "extraction", 1.5)).done
        assert time.monotonic() - began < 6
        assert (await drain(fleet.settings, "extraction", 30)).done
        assert set(fleet.heard.values()) == {1}


async def test_a_drained_process_stops_when_told_to(fleet: Fleet) -> None:
    async with fleet.process():
        await drain(fleet.settings, "extraction", 30)
        began = time.monotonic()
    assert time.monotonic() - began < 10


async def test_the_commands_say_how_it_ended(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("kafka", "mongo", "topic_prefix", "database_prefix"):
        monkeypatch.setenv(f"GUBI_{name.upper()}", str(getattr(fleet.settings, name)))

    async def gubi(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, app, words)
        return done.exit_code, done.output or str(done.exception)

    async with fleet.process():
        code, said = await gubi("drain", "extraction")
        assert (code, "it takes nothing until 'gubi undrain extraction'." in said) == (0, True)
        code, said = await gubi("undrain", "extraction")
        assert (code, "extraction takes again: consumers in its group: 1." in said) == (0, True)
    assert await gubi("undrain", "extraction") == (0, "extraction was not drained.\n")
    code, said = await gubi("drain", "laundry")
    assert code == 1
    await fleet.wish.ask(utc_now())
    code, said = await gubi("undrain", "extraction", "--wait", "1")
    assert (code, "start it" in said) == (1, True)
