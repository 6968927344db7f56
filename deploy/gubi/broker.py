"""What commands ask the broker, for as long as a person waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.errors import Unavailable
from shared.settings import Settings

_REQUEST_MS = 15_000


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
        yield consumer
    except (KafkaError, TimeoutError) as error:
        raise Unavailable(f"broker:{type(error).__name__.lower()}") from None
    finally:
        await consumer.stop()
