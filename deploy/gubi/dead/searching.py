"""Reads dead letters, and the records they name."""

from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.gubi.broker import asking, know, partitions, reading
from deploy.gubi.dead.letters import Found, Letter, Place, folded
from shared.events import TAKES
from shared.kafka import dead_letter_topic, topic_name
from shared.settings import Settings

_POLL_MS = 500
_FETCH_MS = 5_000


async def letters(settings: Settings, places: Iterable[tuple[str, str]] | None = None) -> tuple[list[Letter], int]:
    """Give every letter and how many entries were none; `places` names only some pairs of service and topic.

    Raises `Unavailable`.
    """
    pairs = places if places is not None else [(name, one.topic) for name, taken in TAKES.items() for one in taken]
    topics = {topic_name(settings, dead_letter_topic(topic, service)) for service, topic in pairs}
    async with asking(settings) as admin:
        parts = [part for part in await partitions(admin, settings) if part.topic in topics]
    async with reading(settings) as consumer:
        return folded(await _everything(consumer, parts))


async def _everything(consumer: AIOKafkaConsumer, parts: Sequence[TopicPartition]) -> list[bytes]:
    if not parts:
        return []
    consumer.assign(parts)
    ends = await consumer.end_offsets(parts)
    await consumer.seek_to_beginning(*parts)
    bodies: list[bytes] = []
    while any([await consumer.position(part) < end for part, end in ends.items()]):
        for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
            bodies += [record.value or b"" for record in records]
    return bodies


async def records(settings: Settings, wanted: Sequence[Letter]) -> dict[Place, Found]:
    """Give what the broker has of the records that these letters name. Raises `Unavailable`."""
    named = {letter.place: _partition(settings, letter.place) for letter in wanted}
    found: dict[Place, Found] = {}
    async with asking(settings) as admin:
        there = await partitions(admin, settings) & set(named.values())
    async with reading(settings) as consumer:
        if there:
            know(consumer, there)
        first = await consumer.beginning_offsets(there) if there else {}
        ends = await consumer.end_offsets(there) if there else {}
        for place, part in sorted(named.items()):
            here = Found(first.get(part, 0), ends.get(part, 0))
            found[place] = await _record(consumer, part, place, here) if here.first <= place.offset < here.end else here
    return found


def _partition(settings: Settings, place: Place) -> TopicPartition:
    return TopicPartition(topic_name(settings, place.topic), place.partition)


async def _record(consumer: AIOKafkaConsumer, part: TopicPartition, place: Place, here: Found) -> Found:
    if consumer.assignment() != {part}:
        consumer.assign([part])
    consumer.resume(part)
    consumer.seek(part, place.offset)
    for record in (await consumer.getmany(part, timeout_ms=_FETCH_MS, max_records=1)).get(part, ()):
        if record.offset == place.offset:
            return Found(here.first, here.end, record.value, record.key, tuple(record.headers))
    return here
