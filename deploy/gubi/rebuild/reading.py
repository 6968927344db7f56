"""Reads all that the desk hears, from where it is told to, and hands it on some hundreds at a time."""

from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.gubi.broker import know
from services.dashboard.store.generations import Offsets
from shared.events import TAKES, Event
from shared.kafka import topic_name
from shared.kafka.delivery import validate
from shared.settings import Settings

_AT_ONCE = 500
_POLL_MS = 500

Take = Callable[[Sequence[Event]], Awaitable[None]]
Noted = Callable[[Offsets], Awaitable[None]]


class Reader:
    """Goes through every partition once, and again to whatever was said since."""

    def __init__(self, settings: Settings, consumer: AIOKafkaConsumer, parts: set[TopicPartition]) -> None:
        """Take a consumer of nobody's group, and the partitions of this installation."""
        self._consumer = consumer
        self._classes = {topic_name(settings, event.topic): event for event in TAKES["dashboard"]}
        self._parts = {part for part in parts if part.topic in self._classes}
        self._at: dict[TopicPartition, int] = {}
        self.read = self.strange = 0
        """How many records were read, and how many of them this version does not understand."""

    @property
    def offsets(self) -> Offsets:
        """Where it reads on."""
        return {(part.topic, part.partition): at for part, at in self._at.items()}

    async def start(self, offsets: Offsets) -> list[str]:
        """Begin where it was left; give the topics whose first records are gone."""
        know(self._consumer, self._parts)
        first = await self._consumer.beginning_offsets(self._parts)
        self._at = {part: offsets.get((part.topic, part.partition), first[part]) for part in self._parts}
        for part, at in self._at.items():
            self._consumer.seek(part, at)
        self._consumer.resume(*self._parts)
        return sorted({part.topic for part, at in first.items() if at > 0})

    async def to_the_end(self, take: Take, noted: Noted) -> None:
        """Read all that had been said when this was called, and nothing of what comes meanwhile: it may never end."""
        ends = await self._consumer.end_offsets(self._parts)
        while any(self._at[part] < end for part, end in ends.items()):
            found = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_AT_ONCE)
            records = [record for some in found.values() for record in some]
            batch = validate(records, self._classes)
            await take([event for _, event in batch.events])
            self.read += len(records)
            self.strange += len(batch.parked)
            self._at.update({part: some[-1].offset + 1 for part, some in found.items()})
            await noted(self.offsets)
