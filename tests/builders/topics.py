"""What stands in a topic, read by a consumer of nobody's group."""

import asyncio
import json
from typing import Any

from aiokafka import AIOKafkaConsumer

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
