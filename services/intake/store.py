"""What intake keeps in its own database: nonces that were used, and the events that make up citizens' timelines."""

import asyncio
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from shared.errors import Unavailable
from shared.events import BY_TOPIC, SubmissionEvent, SubmissionExpired, SubmissionTakenBack, SubmissionWithdrawn
from shared.mongo import DUPLICATE_KEY, Database, adapting, find_among, inserting

PATIENCE = 2.0
"""Seconds that somebody who waits for an answer waits for the store, before they are told that it is away."""
Closing = SubmissionTakenBack | SubmissionWithdrawn | SubmissionExpired


def _entry(event: SubmissionEvent) -> dict[str, Any]:
    return {"topic": event.topic, "event": event.model_dump(mode="json")}


def _change(event: SubmissionEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """Filter and update: an event is an entry under its own id, in any order, once; a tombstone takes no entries.

    `mark` is drawn anew at each write, so that whoever remembers one knows by it whether anything was written since.
    """
    if isinstance(event, Closing):
        return {"_id": event.submission_id}, {"$set": {"gone": _entry(event)}, "$unset": {"events": "", "mark": ""}}
    open_one = {"_id": event.submission_id, "gone": {"$exists": False}}
    return open_one, {"$set": {f"events.{event.event_id}": _entry(event), "mark": secrets.token_hex(6)}}


def _events(document: Mapping[str, Any]) -> list[SubmissionEvent]:
    entries = [*document.get("events", {}).values(), *([document["gone"]] if "gone" in document else [])]
    events = [BY_TOPIC[entry["topic"]].model_validate(entry["event"]) for entry in entries]
    return [event for event in events if isinstance(event, SubmissionEvent)]


class Store:
    """Intake's own collections."""

    def __init__(self, database: Database) -> None:
        """Take intake's database."""
        self._nonces = database.get_collection("nonces")
        self._spending = inserting(self._nonces, PATIENCE)
        self._timelines = database.get_collection("timelines")

    async def prepare(self) -> None:
        """Make the index by which MongoDB throws away nonces that are too old to matter."""
        async with adapting():
            await self._nonces.create_index("keep_until", expireAfterSeconds=0)

    async def ready(self) -> None:
        """Ask the store for an answer. Raises `Unavailable`."""
        async with adapting():
            await self._nonces.find_one({"_id": "ready"})

    async def spend(self, keyid: str, nonce: str, *, keep_until: datetime, now: datetime) -> bool:
        """Spend a nonce of a key; False when it was spent before and is remembered. Raises `Unavailable`.

        The index only collects garbage, when it comes round to it: whether a nonce still counts is decided here.
        """
        name = f"{keyid} {nonce}"
        try:  # the first thing that any signed request asks: a store that is away is found out here
            async with asyncio.timeout(PATIENCE):
                if await self._spending.do({"_id": name, "keep_until": keep_until}):
                    return True
                old = {"_id": name, "keep_until": {"$lt": now}}
                async with adapting():
                    again = await self._nonces.update_one(old, {"$set": {"keep_until": keep_until}})
        except TimeoutError:
            raise Unavailable("store:networktimeout") from None
        return again.matched_count == 1

    async def record(self, events: Sequence[SubmissionEvent]) -> None:
        """Add events to their timelines; of a submission that is gone only that remains. Raises `Unavailable`."""
        changes = [_change(event) for event in events]
        if not changes:
            return
        try:
            async with adapting():
                await self._timelines.bulk_write([UpdateOne(*one, upsert=True) for one in changes], ordered=False)
        except BulkWriteError as error:
            refused = error.details.get("writeErrors", [])
            if any(one["code"] != DUPLICATE_KEY for one in refused):
                raise
            # A tombstone stood in the way, or another process had just made the document: only the latter matches now.
            again = [UpdateOne(*changes[one["index"]]) for one in refused]
            async with adapting():
                await self._timelines.bulk_write(again, ordered=False)

    async def events(self, submission_id: str) -> list[SubmissionEvent]:
        """Give the events of a submission's timeline, in no order. Raises `Unavailable`."""
        async with adapting():
            return _events(await self._timelines.find_one({"_id": submission_id}) or {})

    async def events_of(self, submission_ids: Collection[str]) -> dict[str, list[SubmissionEvent]]:
        """Give the events of several timelines, of those that there are. Raises `Unavailable`."""
        async with adapting():
            found = await find_among(self._timelines, "_id", submission_ids)
        return {document["_id"]: _events(document) for document in found}

    async def marks(self, submission_ids: Collection[str]) -> dict[str, str]:
        """Give the marks of several timelines; `gone` is that of one that takes no more. Raises `Unavailable`."""
        async with adapting():
            found = await find_among(self._timelines, "_id", submission_ids, projection={"mark": 1, "gone.topic": 1})
        return {document["_id"]: "gone" if "gone" in document else document.get("mark", "") for document in found}
