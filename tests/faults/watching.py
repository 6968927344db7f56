"""Reads every topic of the installation, while everything else breaks, and what the stores hold when it is quiet."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Collection
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from deploy.gubi.erased.searching import search_store
from shared.events import BY_TOPIC, SubmissionEvent, WalletNotified
from shared.kafka.topics import wanted
from shared.mongo import Client, close, connect, database
from shared.settings import Settings
from tests.faults.judging import Seen, told


class Watch:
    """An asynchronous context manager; reads on until it is closed."""

    def __init__(self, settings: Settings) -> None:
        self.said: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.first: dict[tuple[str, str], float] = {}
        """When each (topic, submission) was first read, by the monotonic clock."""
        self.dead: Counter[str] = Counter()
        """Letters by dead-letter topic, its prefix taken off."""
        self.records: list[Any] = []
        """Every record of an event's topic, as it stands there."""
        self._settings = settings
        self._prefix = settings.topic_prefix
        self._client: Client = connect(settings)
        self._consumer = AIOKafkaConsumer(
            *(topic.name for topic in wanted(settings)),
            bootstrap_servers=settings.kafka,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            metadata_max_age_ms=3_000,
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._consumer.stop()
        await close(self._client)

    async def _read(self) -> None:
        while True:
            try:
                found = await self._consumer.getmany(timeout_ms=200)
            except KafkaError:  # the brokers are what is being broken
                await asyncio.sleep(0.2)
                continue
            for records in found.values():
                for record in records:
                    self._take(record)

    def _take(self, record: Any) -> None:
        topic = record.topic.removeprefix(self._prefix)
        if topic not in BY_TOPIC:
            self.dead[topic] += 1
            return
        self.records.append(record)
        try:
            event = BY_TOPIC[topic].model_validate_json(record.value or b"")
        except ValidationError:
            return
        if isinstance(event, SubmissionEvent):
            name, by = topic, str(event.event_id)
            if isinstance(event, WalletNotified):
                name, by = told(event.notice), event.webhook_id
            self.said[name, event.submission_id][by] += 1
            self.first.setdefault((name, event.submission_id), time.monotonic())

    async def level(self) -> bool:
        """Whether everything that stands in the topics has been read."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        return all([await self._consumer.position(part) >= end for part, end in ends.items()])

    async def seen(self, opening: Collection[str] = ()) -> Seen:
        """What is there at this moment; of those in `opening` also whether anything still opens, with all keys."""
        gate, desk = (database(self._client, self._settings, name) for name in ("gate", "dashboard"))
        states = await gate["submissions"].find({}, {"state": 1}).to_list(None)
        classes = await desk["queue"].find({}, {"class": 1}).to_list(None)
        opens = {name for name in opening if sum(place.opens for place in await search_store(self._settings, name))}
        return Seen(
            {document["_id"]: document["state"] for document in states},
            {document["_id"]: document["class"] for document in classes},
            self.said,
            opens,
        )
