"""The bus on a real broker: nothing lost, nothing bad stops its neighbours, and the ways to fail do what they say."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog.testing
from aiokafka import AIOKafkaProducer
from faststream import AckPolicy

from shared.errors import Unavailable, Unprocessable
from shared.events import SubmissionParked, SubmissionReceived, SubmissionTakenBack
from shared.kafka import Bus, dead_letter_topic, topic_name
from shared.settings import Settings
from tests.builders.events import received
from tests.builders.topics import read_all
from tests.builders.waiting import until

pytestmark = pytest.mark.connected


@asynccontextmanager
async def started(bus: Bus) -> AsyncIterator[Bus]:
    await bus.broker.start()
    yield bus
    await bus.broker.stop()


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged meanwhile."""
    with structlog.testing.capture_logs() as lines:
        yield lines


async def raw(settings: Settings, topic: str, value: bytes, key: bytes = b"k", headers: list | None = None) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka, acks="all")
    await producer.start()
    await producer.send_and_wait(topic_name(settings, topic), value, key=key, headers=headers or [])
    await producer.stop()


async def test_what_is_said_is_heard_once_by_each_service_even_if_said_before_it_first_ran(on_kafka: Settings) -> None:
    events = [received(number) for number in range(500)]
    speaker = Bus(on_kafka, "intake")
    async with started(speaker):
        await speaker.say(events)
    heard: Counter[str] = Counter()
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        heard.update(str(event.event_id) for event in batch)

    async with started(bus):
        await until(lambda: len(heard) == 500)
    assert set(heard.values()) == {1}


async def test_bad_json_and_null_headers_are_parked_and_their_neighbours_handled(on_kafka: Settings) -> None:
    good = received(1)
    await raw(on_kafka, SubmissionReceived.topic, b"{not json", key=good.submission_id.encode())
    await raw(on_kafka, SubmissionReceived.topic, b'{"at": "\xea\xb9\x80 900101-1234567"}', headers=[("x", None)])
    heard: list[str] = []
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        heard.extend(event.submission_id for event in batch)

    async with started(bus):
        await bus.say([good])
        await until(lambda: heard == [good.submission_id])
        letters = await read_all(on_kafka, dead_letter_topic(SubmissionReceived.topic, "extraction"), 2)
        [notice] = await read_all(on_kafka, SubmissionParked.topic, 1)
    assert {letter["reason"].split(":")[0] for letter in letters} == {"invalid"}
    assert "1234567" not in json.dumps(letters)
    assert notice["submission_id"] == good.submission_id


async def test_unprocessable_is_parked_at_once_and_a_bug_after_three_tries_with_its_place_in_the_log(
    on_kafka: Settings, logged: list[MutableMapping[str, Any]]
) -> None:
    calls: Counter[str] = Counter()
    events = [received(number) for number in range(5)]
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        for event in batch:
            calls[event.submission_id] += len(batch) == 1
            if event == events[1]:
                raise Unprocessable("test:never")
            if event == events[3]:
                raise ValueError("900101-1234567")

    async with started(bus):
        await bus.say(events)
        letters = await read_all(on_kafka, dead_letter_topic(SubmissionReceived.topic, "extraction"), 2)
    lines = {line["submission_id"]: line for line in logged if line["event"] == "parked"}
    assert re.fullmatch(
        rf"{re.escape(__name__)}\.on_submission_received:\d+", lines[events[3].submission_id]["error_at"]
    )
    assert "error_at" not in lines[events[1].submission_id]
    assert "1234567" not in repr(lines)
    reasons = {letter["submission_id"]: letter["reason"] for letter in letters}
    assert reasons == {events[1].submission_id: "test:never", events[3].submission_id: "bug:ValueError"}
    assert calls[events[1].submission_id] == 1
    # where it comes first and by itself, it is given back before, until another has succeeded
    assert calls[events[3].submission_id] in range(3, 3 * 8 + 1, 3)


async def test_while_the_world_is_away_nothing_moves_and_then_nothing_is_missing(
    on_kafka: Settings, logged: list[MutableMapping[str, Any]]
) -> None:
    away, done = 3, []
    events = [received(number) for number in range(50)]
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        nonlocal away
        if away:
            away -= 1
            raise Unavailable("store:away")
        done.extend(event.submission_id for event in batch)

    async with started(bus):
        await bus.say(events)
        await until(lambda: set(done) == {event.submission_id for event in events})
    lines = [line for line in logged if line["event"] == "given-back"]
    assert [(line["code"], line["topic"]) for line in lines] == [("store:away", SubmissionReceived.topic)] * 3


async def heard_by_the_mended(on_kafka: Settings, number: int) -> None:
    """What the broken one left is all there for one that is not."""
    mended, heard = Bus(on_kafka, "extraction"), set[str]()

    @mended.on(SubmissionReceived)
    async def on_received(batch: Sequence[SubmissionReceived]) -> None:
        heard.update(event.submission_id for event in batch)

    async with started(mended):
        await until(lambda: len(heard) == number)


async def test_a_poisoned_deploy_stops_parks_nothing_and_says_where_it_failed(
    on_kafka: Settings, logged: list[MutableMapping[str, Any]]
) -> None:
    stopped: list[int] = []
    events = [received(number) for number in range(100)]
    speaker = Bus(on_kafka, "intake")
    async with started(speaker):
        await speaker.say(events)
    broken = Bus(on_kafka.model_copy(update={"partitions": 1}), "extraction", stop=stopped.append)

    @broken.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        raise KeyError("bug")

    async with started(broken):
        await until(lambda: stopped)
    assert set(stopped) == {70}
    line = next(line for line in logged if line["event"] == "poisoned-deploy")
    assert (line["reason"], line["topic"]) == ("bug:KeyError", SubmissionReceived.topic)
    assert re.fullmatch(rf"{re.escape(__name__)}\.on_submission_received:\d+", line["error_at"])
    await heard_by_the_mended(on_kafka, 100)


async def test_a_poisoned_deploy_stops_and_parks_nothing_also_where_messages_come_one_by_one(
    on_kafka: Settings,
) -> None:
    stopped: list[int] = []
    broken = Bus(on_kafka, "extraction", stop=stopped.append)

    @broken.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        raise KeyError("bug")

    async with started(broken):
        for number in range(40):
            await broken.say([received(number)])
            await asyncio.sleep(0.1)
        await until(lambda: stopped)
    assert set(stopped) == {70}
    await heard_by_the_mended(on_kafka, 40)


async def test_a_version_that_takes_ours_for_invalid_stops_and_parks_nothing_and_foreign_poison_stops_nobody(
    on_kafka: Settings,
) -> None:
    stopped: list[int] = []
    one_partition = on_kafka.model_copy(update={"partitions": 1})
    stricter = Bus(one_partition, "extraction", stop=stopped.append)
    ours = [("ce_type", SubmissionReceived.topic.encode())]

    @stricter.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None: ...

    async with started(stricter):
        for number in range(60):
            await raw(on_kafka, SubmissionReceived.topic, b'{"another": "shape"}', key=b"k%d" % number)
        await stricter.say([received(1)])
        await read_all(on_kafka, dead_letter_topic(SubmissionReceived.topic, "extraction"), 60)
        assert not stopped
        for number in range(60):
            await raw(on_kafka, SubmissionReceived.topic, b'{"another": "shape"}', b"k%d" % number, ours)
        await until(lambda: stopped)
    assert set(stopped) == {70}


async def test_a_stray_cancelled_error_does_not_end_the_loop(on_kafka: Settings) -> None:
    heard: list[str] = []
    first, second = received(1), received(2)
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived)
    async def on_submission_received(batch: Sequence[SubmissionReceived]) -> None:
        if first in batch:
            raise asyncio.CancelledError
        heard.extend(event.submission_id for event in batch)

    async with started(bus):
        await bus.say([first])
        await bus.say([second])
        await until(lambda: heard == [second.submission_id])


async def test_every_subscriber_and_the_producer_state_what_they_must(on_kafka: Settings) -> None:
    bus = Bus(on_kafka, "extraction")

    @bus.on(SubmissionReceived, SubmissionTakenBack)
    async def on_anything(batch: Sequence[object]) -> None: ...

    async with started(bus):
        subscribers: list[Any] = bus.broker.subscribers
        for subscriber in subscribers:
            assert subscriber.ack_policy is AckPolicy.MANUAL
            assert subscriber._connection_args["auto_offset_reset"] == "earliest"
            assert subscriber.consumer is not None
            assert subscriber.consumer._enable_auto_commit is False
        spoken: Any = bus.broker._producer
        producer = spoken._producer.producer
        assert producer._sender._acks == -1
        assert producer._txn_manager is not None
