"""Reads every topic of the installation, while everything else breaks; when it is quiet, what the stores hold and what
the wallet apps received.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from deploy.gubi.erased.searching import search_store
from deploy.trouble import Trouble
from shared.catalog import load
from shared.events import BY_TOPIC, SubmissionEvent, WalletNotified
from shared.kafka.topics import wanted
from shared.mongo import Client, close, connect, database
from shared.settings import Settings
from tests.faults.judging import Seen, told
from tests.faults.sink import Received

REST = 0.2


class Watch:
    """An asynchronous context manager; reads on until it is closed, by one consumer or, where that breaks, the next."""

    def __init__(self, settings: Settings, simulator: str) -> None:
        self.said: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.first: dict[tuple[str, str], float] = {}
        """When each (topic, submission) was first read, by the monotonic clock."""
        self.dead: Counter[str] = Counter()
        """Letters by dead-letter topic, its prefix taken off."""
        self.records: list[Any] = []
        """Every record of an event's topic, as it stands there."""
        self.broken: Counter[str] = Counter()
        """How often the reader broke, by the kind of error, and was made anew."""
        self._settings = settings
        self._simulator = simulator
        self._prefix = settings.topic_prefix
        wallets = load(settings.catalog).wallets
        self._told_of_looks = {app for app, wallet in wallets.items() if wallet.abilities.told_of_viewing}
        self._client: Client = connect(settings)
        self._next: dict[TopicPartition, int] = {}
        """The offset after the last record taken: a reader made anew begins at the first, and skips these."""
        self._consumer: AIOKafkaConsumer | None = None
        """None while there is no reader."""

    async def __aenter__(self) -> Self:
        self._consumer = await self._reader()
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])
        if self._consumer is not None:
            await self._consumer.stop()
        await close(self._client)

    async def _reader(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            *(topic.name for topic in wanted(self._settings)),
            bootstrap_servers=self._settings.kafka,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            metadata_max_age_ms=3_000,
        )
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    async def _read(self) -> None:
        while True:
            try:
                self._consumer = self._consumer or await self._reader()
                found = await self._consumer.getmany(timeout_ms=200)
            except KafkaError:  # the brokers are what is being broken
                await asyncio.sleep(REST)
                continue
            except Exception as error:  # aiokafka's own: it is not seen to read on after one
                logging.getLogger(__name__).warning("The reader of the topics broke and is made anew: %r", error)
                self.broken[type(error).__name__] += 1
                await self._give_up_reader()
                continue
            for part, records in found.items():
                for record in records:
                    if record.offset >= self._next.get(part, 0):
                        self._next[part] = record.offset + 1
                        self._take(record)

    async def _give_up_reader(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(Exception):
                await consumer.stop()
        await asyncio.sleep(REST)

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
        """Whether everything that stands in the topics has been read. Raises `Trouble` where nothing reads any more."""
        if self._reading.done():
            error = None if self._reading.cancelled() else self._reading.exception()
            raise Trouble(f"Nobody reads the topics any more ({error!r}): what was said can no longer be judged.")
        if self._consumer is None or not (parts := self._consumer.assignment()):
            return False
        ends = await self._consumer.end_offsets(parts)
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
            self._told_of_looks,
        )

    async def received(self) -> Sequence[Received]:
        """What the wallet apps received, by their own account. Raises `httpx.HTTPError`."""
        async with httpx.AsyncClient(timeout=30) as http:
            listed = (await http.get(f"{self._simulator}/notices")).raise_for_status().json()["notices"]
        return [Received(*(one[name] for name in Received.__dataclass_fields__)) for one in listed]
