"""Where each service stands on the broker, noted and put back."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pydantic import BaseModel

from deploy.gubi.broker import asking, consumers_of, know, partitions, reading
from deploy.trouble import Trouble
from shared.errors import Unavailable
from shared.events import TAKES, ServiceName, SubmissionReceived
from shared.kafka import topic_name
from shared.settings import Settings


class Place(BaseModel):
    """One partition, its topic without the prefix."""

    topic: str
    partition: int
    offset: int


class Places(BaseModel):
    """Where every service reads on, and where receptions ended."""

    services: dict[str, list[Place]]
    received: list[Place]


async def places_now(settings: Settings) -> Places:
    """Give where all stand now. Raises `Unavailable`."""
    async with asking(settings) as admin:
        services = {service: await _committed(admin, settings, service) for service in TAKES}
        topic = topic_name(settings, SubmissionReceived.topic)
        receptions = {part for part in await partitions(admin, settings) if part.topic == topic}
    async with reading(settings) as consumer:
        if receptions:
            know(consumer, receptions)
        ends = await consumer.end_offsets(receptions) if receptions else {}
    return Places(services=services, received=[_place(settings, part, end) for part, end in sorted(ends.items())])


async def _committed(admin: AIOKafkaAdminClient, settings: Settings, service: str) -> list[Place]:
    offsets = await admin.list_consumer_group_offsets(f"{settings.topic_prefix}{service}")
    return [_place(settings, part, one.offset) for part, one in sorted(offsets.items()) if one.offset >= 0]


def _place(settings: Settings, part: TopicPartition, offset: int) -> Place:
    topic = part.topic.removeprefix(settings.topic_prefix)
    return Place(topic=topic, partition=part.partition, offset=offset)


async def nobody_takes(settings: Settings) -> None:
    """Raise `Trouble` where a service still takes, `Unavailable`."""
    async with asking(settings) as admin:
        taking = [service for service in TAKES if await consumers_of(admin, settings, service)]
    if taking:
        raise Trouble(f"{', '.join(taking)} still run: stop every process of every service first.")


async def put_back(settings: Settings, places: Places) -> None:
    """Have every service read on from where it stood; what it did not stand on, from the first record.

    Raises `Unavailable`, where somebody takes too.
    """
    async with asking(settings) as admin:
        there = await partitions(admin, settings)
    for service, taken in TAKES.items():
        topics = {topic_name(settings, event.topic) for event in taken}
        noted = {
            TopicPartition(topic_name(settings, place.topic), place.partition): place.offset
            for place in places.services.get(service, ())
        }
        await _commit(settings, service, {part: noted.get(part, 0) for part in there if part.topic in topics})


async def _commit(settings: Settings, service: ServiceName, offsets: dict[TopicPartition, int]) -> None:
    if not offsets:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka, group_id=f"{settings.topic_prefix}{service}", enable_auto_commit=False
    )
    try:
        await consumer.start()
        know(consumer, offsets.keys())
        await consumer.commit(offsets)
    except KafkaError as error:
        raise Unavailable(f"broker:{type(error).__name__.lower()}") from None
    finally:
        await consumer.stop()


async def received_since(settings: Settings, places: Places) -> list[str]:
    """Give the submissions whose reception was said after the places were noted. Raises `Unavailable`."""
    topic = topic_name(settings, SubmissionReceived.topic)
    async with asking(settings) as admin:
        parts = {part for part in await partitions(admin, settings) if part.topic == topic}
    noted = {TopicPartition(topic, place.partition): place.offset for place in places.received}
    found: list[str] = []
    async with reading(settings) as consumer:
        if not parts:
            return []
        know(consumer, parts)
        ends = await consumer.end_offsets(parts)
        at = {part: min(noted.get(part, 0), ends[part]) for part in parts}
        for part, offset in at.items():
            consumer.seek(part, offset)
        consumer.resume(*parts)
        while any(at[part] < ends[part] for part in parts):
            for part, records in (await consumer.getmany(timeout_ms=500)).items():
                found += [(record.key or b"").decode("utf-8", "replace") for record in records]
                at[part] = records[-1].offset + 1
    return found
