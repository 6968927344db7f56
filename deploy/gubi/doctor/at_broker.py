"""What the doctor asks the broker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.gubi.broker import asking, consumers_of, know, partitions, reading
from deploy.gubi.dead.searching import letters
from deploy.gubi.doctor import clocks, judging
from deploy.gubi.doctor.rows import Row
from deploy.gubi.topics.applying import planned
from shared.events import EVENTS, TAKES, SubmissionEvent
from shared.kafka import topic_name
from shared.kafka.topics import wanted
from shared.settings import Settings

_POLL_MS = 300
_POLLS = 5
_FUTURE_MS = 30_000
_LATEST = 20
"""Records of each partition, at its end, that clocks are told by."""


async def broker(settings: Settings) -> list[Row]:
    """Ask how its partitions are."""
    async with asking(settings) as admin:
        cluster = await admin.describe_cluster()
        ours = {topic.name for topic in wanted(settings)}
        described = [topic for topic in await admin.describe_topics() if topic["topic"] in ours]
    unled, thin = [], []
    for topic in described:
        name = topic["topic"].removeprefix(settings.topic_prefix)
        unled += [name] * any(part["leader"] < 0 for part in topic["partitions"])
        thin += [name] * any(len(part["isr"]) < len(part["replicas"]) for part in topic["partitions"])
    controller = cluster.get("controller_id", -1) >= 0
    return [judging.of_broker(judging.Partitions(len(cluster["brokers"]), controller, unled, thin))]


async def topics(settings: Settings) -> list[Row]:
    """Ask whether they are as the code says."""
    return [judging.of_topics(await planned(settings))]


async def dead_letters(settings: Settings) -> list[Row]:
    """Count those that wait."""
    known, _ = await letters(settings)
    return [judging.of_letters(sum(letter.replayed_at is None for letter in known))]


async def lag(settings: Settings, now: datetime) -> list[Row]:
    """Ask what waits for each service, and for how long."""
    heard = {topic_name(settings, event.topic) for taken in TAKES.values() for event in taken}
    async with asking(settings) as admin:
        there = {part for part in await partitions(admin, settings) if part.topic in heard}
        members = {name: await consumers_of(admin, settings, name) for name in TAKES}
        committed = {name: await _committed(admin, settings, name) for name in TAKES}
    rows = []
    async with reading(settings) as consumer:
        first, ends = await _bounds(consumer, there)
        for service, taken in TAKES.items():
            names = {topic_name(settings, event.topic) for event in taken}
            behind = {
                part: committed[service].get(part, first[part])
                for part in there
                if part.topic in names and committed[service].get(part, first[part]) < ends[part]
            }
            records = sum(ends[part] - at for part, at in behind.items())
            oldest = await _oldest(consumer, behind, now)
            rows.append(judging.of_waiting(judging.Waiting(service, members[service], records, oldest)))
    return rows


async def from_the_future(settings: Settings, now: datetime) -> list[str]:
    """Give the topics that hold records of a time well after now: some service's clock is ahead of ours."""
    async with asking(settings) as admin:
        ours = {topic.name for topic in wanted(settings)}
        parts = [part for part in await partitions(admin, settings) if part.topic in ours]
    async with reading(settings) as consumer:
        know(consumer, parts)
        at = int(now.timestamp() * 1000) + _FUTURE_MS
        found = await consumer.offsets_for_times(dict.fromkeys(parts, at)) if parts else {}
    return sorted({part.topic.removeprefix(settings.topic_prefix) for part, offset in found.items() if offset})


async def behind(settings: Settings, now: datetime) -> clocks.Behind:
    """Hold the latest events of each submission against its reception: some service's clock may be behind."""
    heard = {topic_name(settings, event.topic) for event in EVENTS if issubclass(event, SubmissionEvent)}
    async with asking(settings) as admin:
        parts = {part for part in await partitions(admin, settings) if part.topic in heard}
    found = []
    async with reading(settings) as consumer:
        first, ends = await _bounds(consumer, parts)
        at = {part: max(first[part], ends[part] - _LATEST) for part in parts if first[part] < ends[part]}
        consumer.assign(list(at))
        for part, offset in at.items():
            consumer.seek(part, offset)
        for _ in range(_POLLS):
            if all(at[part] >= ends[part] for part in at):
                break
            for part, records in (await consumer.getmany(timeout_ms=_POLL_MS)).items():
                topic = part.topic.removeprefix(settings.topic_prefix)
                found += [clocks.event_in(topic, record.value) for record in records]
                at[part] = records[-1].offset + 1
    return clocks.behind([event for event in found if event is not None], now)


async def _committed(admin: AIOKafkaAdminClient, settings: Settings, service: str) -> dict[TopicPartition, int]:
    offsets: dict[TopicPartition, Any] = await admin.list_consumer_group_offsets(f"{settings.topic_prefix}{service}")
    return {part: one.offset for part, one in offsets.items() if one.offset >= 0}


async def _bounds(
    consumer: AIOKafkaConsumer, parts: set[TopicPartition]
) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    if not parts:
        return {}, {}
    know(consumer, parts)
    return await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)


async def _oldest(consumer: AIOKafkaConsumer, behind: Mapping[TopicPartition, int], now: datetime) -> float | None:
    """Give the age of the oldest of the first records that wait; None where none of them could be read."""
    if not behind:
        return None
    consumer.assign(list(behind))
    for part, at in behind.items():
        consumer.seek(part, at)
    seen: dict[TopicPartition, int] = {}
    for _ in range(_POLLS):
        waiting = [part for part in behind if part not in seen]
        if not waiting:
            break
        for part, records in (await consumer.getmany(*waiting, timeout_ms=_POLL_MS)).items():
            seen[part] = min(records[0].timestamp, seen.get(part, records[0].timestamp))
    return max(0.0, now.timestamp() - min(seen.values()) / 1000) if seen else None
