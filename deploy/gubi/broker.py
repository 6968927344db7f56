"""What commands ask the broker, for as long as a person waits."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.errors import Unavailable
from shared.kafka.topics import wanted
from shared.settings import Settings

_REQUEST_MS = 40_000


@asynccontextmanager
async def asking(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give an admin client. Raises `Unavailable` for whatever the broker fails of meanwhile."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka, request_timeout_ms=_REQUEST_MS)
    try:
        await admin.start()
        yield admin
    except (KafkaError, TimeoutError) as error:
        raise Unavailable(f"broker:{type(error).__name__.lower()}") from None
    finally:
        await asyncio.shield(admin.close())


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    """Give a consumer of nobody's group, which is told what to read by `assign`. Raises `Unavailable`."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        request_timeout_ms=_REQUEST_MS,
    )
    try:
        await consumer.start()
        await asyncio.sleep(0)  # a task of aiokafka's that has not begun yet would cancel whoever stops it
        yield consumer
    except (KafkaError, TimeoutError) as error:
        raise Unavailable(f"broker:{type(error).__name__.lower()}") from None
    finally:
        await consumer.stop()


async def partitions(admin: AIOKafkaAdminClient, settings: Settings) -> set[TopicPartition]:
    """Give every partition of every topic of this installation."""
    names = ours(settings, await admin.list_topics())
    described = await admin.describe_topics(names) if names else []
    return {TopicPartition(topic["topic"], part["partition"]) for topic in described for part in topic["partitions"]}


def ours(settings: Settings, topics: Iterable[str]) -> list[str]:
    """Give those of a broker's topics that are this installation's. It may have others', and has its own."""
    wanted_ones = {topic.name for topic in wanted(settings)}
    return [name for name in topics if name in wanted_ones]


async def consumers_of(admin: AIOKafkaAdminClient, settings: Settings, service: str) -> int:
    """Count the consumers in a service's group, asked for alone: aiokafka 0.14 cannot read an answer about two."""
    [answer] = await admin.describe_consumer_groups([f"{settings.topic_prefix}{service}"])
    [group] = answer.groups
    return len(group[5])


def know(consumer: AIOKafkaConsumer, parts: Collection[TopicPartition]) -> None:
    """Have a consumer learn of these partitions at once, reading none: asked one by one, each costs it a round."""
    consumer.assign(list(parts))
    consumer.pause(*parts)
