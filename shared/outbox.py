"""The outbox: an event owed stands in the document just written, and leaves it only when the broker has it.

`owing` adds one to an update, `OwedEvents` finds and strikes them off, `Outbox` says them at once and sweeps for those
that a crash left unsaid. For consumers the uncommitted offset is the outbox; this one is for the gate and the HTTP
doors.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from pymongo import UpdateOne

from shared import metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events import BY_TOPIC, Event
from shared.logs import error_fields
from shared.mongo import Collection, adapting

SWEEP_SECONDS = 1.0
LEFT_BEHIND = timedelta(seconds=3)
"""How long an owed event is left to whoever wrote it before the sweep says it."""


def _entry(event: Event) -> dict[str, Any]:
    return {"topic": event.topic, "event": event.model_dump(mode="json")}


def owing(event: Event | Sequence[Event], at: datetime, update: dict[str, Any] | None = None) -> dict[str, Any]:
    """Add owed events to an update, or, without one, give the fields of a new document that owes them."""
    entries = [_entry(one) for one in ([event] if isinstance(event, Event) else event)]
    if update is None:
        return {"owed": entries, "owed_at": at}
    return {**update, "$push": {**update.get("$push", {}), "owed": {"$each": entries}}, "$min": {"owed_at": at}}


class OwedEvents:
    """The events that the documents of one collection owe."""

    def __init__(self, collection: Collection, document_of: Callable[[Any], str] = lambda event: event.subject) -> None:
        """Take the collection and how an event tells the `_id` of the document that owes it."""
        self._documents = collection
        self._document_of = document_of

    async def prepare(self) -> None:
        """Make the index of the sweep: only documents that owe something stand in it."""
        async with adapting():
            await self._documents.create_index("owed_at", sparse=True)

    async def before(self, instant: datetime, topics: Sequence[str], limit: int = 500) -> list[Event]:
        """Give events of these topics owed since before an instant."""
        chosen = {"owed_at": {"$lte": instant}, "owed.topic": {"$in": list(topics)}}
        async with adapting():
            found = await self._documents.find(chosen, {"owed": 1}).limit(limit).to_list(None)
        return [
            BY_TOPIC[entry["topic"]].model_validate(entry["event"])
            for document in found
            for entry in document["owed"]
            if entry["topic"] in topics
        ]

    async def said(self, events: Sequence[Event]) -> None:
        """Strike these events off; those no longer owed are passed over.

        The last that a document owes goes with the list, in one update: of an empty list, left by whoever was cut off
        in between, no sweep would know.
        """
        if not events:
            return
        owed = [(self._document_of(event), str(event.event_id)) for event in events]
        alone = [
            UpdateOne(
                {"_id": document, "owed": {"$size": 1}, "owed.event.event_id": event},
                {"$unset": {"owed": "", "owed_at": ""}},
            )
            for document, event in owed
        ]
        among_others = [
            UpdateOne(
                {"_id": document, "owed.1": {"$exists": True}, "owed.event.event_id": event},
                {"$pull": {"owed": {"event.event_id": event}}},
            )
            for document, event in owed
        ]
        async with adapting():
            result = await self._documents.bulk_write(alone, ordered=False)
            if result.matched_count < len(owed):
                await self._documents.bulk_write([*among_others, *alone], ordered=True)


class Outbox:
    """One service's outbox over one collection, for the event types that service says."""

    def __init__(
        self,
        owed: OwedEvents,
        say: Callable[[Iterable[Event]], Awaitable[None]],
        types: Sequence[type[Event]],
        clock: Clock,
    ) -> None:
        """Take what is owed, the bus's `say`, and the types to sweep for."""
        self._owed = owed
        self._say = say
        self._topics = [event.topic for event in types]
        self._clock = clock
        self._fresh: asyncio.Queue[Event] = asyncio.Queue()
        self._swept_at = float("-inf")
        self._log = structlog.get_logger()

    def soon(self, *events: Event | None) -> None:
        """Say these, just committed, as soon as the loop comes round; None is passed over."""
        for event in events:
            if event is not None:
                self._fresh.put_nowait(event)

    async def run(self) -> None:
        """Say for ever. What cannot be said now stays owed, and the sweep comes back to it."""
        while True:
            try:
                await self.turn()
            except Unavailable as error:
                self._log.warning("outbox-waits", **error_fields(error))
                await asyncio.sleep(SWEEP_SECONDS)

    async def turn(self) -> int:
        """Say what is fresh, and now and then what was left behind; give how many. Raises `Unavailable`."""
        events = await self._take_fresh()
        turned = asyncio.get_running_loop().time()
        if turned - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = turned
            now = self._clock()
            left = await self._owed.before(now - LEFT_BEHIND, self._topics)
            metrics.owed(self._topics, left, now.timestamp())
            events += left
        await self.deliver(events)
        return len(events)

    async def deliver(self, events: Sequence[Event]) -> None:
        """Say events and strike them off; for a handler that says before its offset moves. Raises `Unavailable`."""
        await self._say(events)
        await self._owed.said(events)

    async def _take_fresh(self) -> list[Event]:
        events: list[Event] = []
        try:
            async with asyncio.timeout(SWEEP_SECONDS):
                events.append(await self._fresh.get())
        except TimeoutError:
            return events
        while not self._fresh.empty() and len(events) < 500:
            events.append(self._fresh.get_nowait())
        return events
