"""What is due: claimed under a lease, tried, and settled with the event it owes."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne

from services.notification.attempts import Claimed, Verdict
from services.notification.store.notices import telling_of
from shared.mongo import Database, adapting
from shared.outbox import OwedEvents, owing


class Queue:
    """The due deliveries of each wallet app."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._deliveries = database.get_collection("deliveries")
        self.owed = OwedEvents(self._deliveries, lambda event: event.webhook_id)

    async def prepare(self) -> None:
        """Make the indexes of claiming and of the outbox's sweep."""
        async with adapting():
            await self._deliveries.create_index([("wallet_app", 1), ("due_at", 1)])
        await self.owed.prepare()

    async def claim(self, app: str, limit: int, now: datetime, until: datetime) -> tuple[str, list[Claimed]]:
        """Take up to `limit` due deliveries of an app, the longest due first; give the lease's name and them."""
        lease, due = secrets.token_hex(8), {"wallet_app": app, "due_at": {"$lte": now}}
        async with adapting():
            first = await self._deliveries.find(due, {"_id": 1}).sort("due_at", 1).limit(limit).to_list(None)
            if not first:
                return lease, []
            chosen: dict[str, Any] = {"_id": {"$in": [document["_id"] for document in first]}}
            taking = {"$set": {"lease": lease, "due_at": until}, "$inc": {"attempts": 1}}
            await self._deliveries.update_many({**chosen, **due}, taking)
            found = await self._deliveries.find({**chosen, "lease": lease}).to_list(None)
        return lease, [Claimed(telling_of(document), document["attempts"]) for document in found]

    async def settle(self, lease: str, verdicts: Sequence[Verdict], now: datetime) -> bool:
        """Record what came of attempts, with the events then owed; tell whether the lease still held for all."""
        writes = [UpdateOne({"_id": done.webhook_id, "lease": lease}, _change(done, now)) for done in verdicts]
        if not writes:
            return True
        async with adapting():
            result = await self._deliveries.bulk_write(writes, ordered=False)
        return result.matched_count == len(writes)


def _change(done: Verdict, now: datetime) -> dict[str, Any]:
    fields = {"state": done.state, "code": done.code, "settled_at": now}
    if done.event is None:
        return {"$set": {**fields, "due_at": done.due_at}, "$unset": {"lease": ""}}
    return owing(done.event, now, {"$set": fields, "$unset": {"lease": "", "due_at": ""}})
