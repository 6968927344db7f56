"""What stands in a topic, read by a consumer of nobody's group; and the end of a test's topics."""

import asyncio
import json
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from shared.kafka import topic_name
from shared.settings import Settings


async def read_all(settings: Settings, topic: str, count: int) -> list[dict[str, Any]]:
    """Give the first `count` messages of a topic, waiting for them."""
    consumer = AIOKafkaConsumer(
        topic_name(settings, topic), bootstrap_servers=settings.kafka, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(120):
            while len(found) < count:
                found.append(json.loads((await consumer.getone()).value))
        return found
    finally:
        await consumer.stop()


async def take_away(settings: Settings) -> None:
    """Delete every topic under the settings' prefix; a broker that is gone has none."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka, request_timeout_ms=60_000)
    try:
        await admin.start()
    except KafkaConnectionError:
        return
    try:
        ours = [name for name in await admin.list_topics() if name.startswith(settings.topic_prefix)]
        await admin.delete_topics(ours, timeout_ms=60_000)
    finally:
        await admin.close()
