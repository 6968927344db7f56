"""What is due: claimed under a lease, tried, and settled with the event it owes."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import UpdateOne

from services.notification.attempts import Claimed, Verdict
from services.notification.store.notices import telling_of
from shared.mongo import Database, adapting
from shared.outbox import OwedEvents, owing

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=1)
"""What MongoDB keeps of an instant. "Before the next tick" is "until now": SecantusDB leaves equal ones out of `$lte`
where the index goes on behind the field."""


class Queue:
    """The due deliveries of each wallet app."""

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._deliveries = database.get_collection("deliveries")
        self.owed = OwedEvents(self._deliveries, lambda event: event.webhook_id)

    async def prepare(self) -> None:
        """Make the indexes of claiming, of replaying and of the outbox's sweep."""
        async with adapting():
            await self._deliveries.create_index([("wallet_app", 1), ("due_at", 1), ("at", 1)])
            await self._deliveries.create_index([("wallet_app", 1), ("settled_at", 1)])
        await self.owed.prepare()

    async def due(self, app: str, limit: int, now: datetime) -> list[str]:
        """Give up to `limit` due deliveries of an app, the longest due first, and of those the oldest news."""
        chosen = {"wallet_app": app, "due_at": {"$lt": now + _TICK}}
        async with adapting():
            found = await (
                self._deliveries.find(chosen, {"_id": 1}).sort([("due_at", 1), ("at", 1)]).limit(limit).to_list(None)
            )
        return [document["_id"] for document in found]

    async def overdue(self, app: str, now: datetime, most: int = 1000) -> tuple[int, datetime]:
        """Give how many deliveries of an app are due, `most` at the most, and since when the first is."""
        chosen = {"wallet_app": app, "due_at": {"$lt": now + _TICK}}
        async with adapting():
            count = await self._deliveries.count_documents(chosen, limit=most)
            first = await self._deliveries.find(chosen, {"due_at": 1}).sort("due_at", 1).limit(1).to_list(None)
        return count, first[0]["due_at"] if first else now

    async def claim(self, app: str, ids: Sequence[str], now: datetime, until: datetime) -> tuple[str, list[Claimed]]:
        """Take those of these deliveries that are still due; give the lease's name and them."""
        lease, chosen = secrets.token_hex(8), {"_id": {"$in": list(ids)}, "wallet_app": app}
        taking = {"$set": {"lease": lease, "due_at": until}, "$inc": {"attempts": 1}}
        async with adapting():
            await self._deliveries.update_many({**chosen, "due_at": {"$lt": now + _TICK}}, taking)
            found = await self._deliveries.find({**chosen, "lease": lease}).to_list(None)
        order = {name: place for place, name in enumerate(ids)}
        found.sort(key=lambda document: order[document["_id"]])
        return lease, [
            Claimed(telling_of(document), document["attempts"], "given_up_at" in document) for document in found
        ]

    async def waiting(self, app: str) -> int:
        """Count what an app is still to be told."""
        async with adapting():
            return await self._deliveries.count_documents({"wallet_app": app, "due_at": {"$gte": _EVER}})

    async def refresh(self, app: str, before: datetime) -> None:
        """Let everything that was ever tried on an app be due first, the oldest first, with all its attempts again."""
        tried = {"wallet_app": app, "due_at": {"$gte": _EVER}, "attempts": {"$gt": 0}}
        async with adapting():
            await self._deliveries.update_many(tried, {"$set": {"due_at": before, "attempts": 0}})

    async def replay(self, app: str, since: datetime, now: datetime) -> int:
        """Make due again what was delivered to an app, or given up, since an instant; give how much that is."""
        chosen = {"wallet_app": app, "settled_at": {"$gte": since}, "state": {"$in": ["delivered", "exhausted"]}}
        async with adapting():
            done = await self._deliveries.update_many(chosen, {"$set": {"state": "due", "due_at": now, "attempts": 0}})
        return done.modified_count

    async def again(self, webhook_ids: Sequence[str], now: datetime) -> set[str]:
        """Make due again those of these that were given up; give the apps that have something to be told by it."""
        named = {"_id": {"$in": list(webhook_ids)}}
        again = {"$set": {"state": "due", "due_at": now, "attempts": 0}}
        async with adapting():
            await self._deliveries.update_many({**named, "state": "exhausted"}, again)
            found = await self._deliveries.find({**named, "state": "due"}, {"wallet_app": 1}).to_list(None)
        return {document["wallet_app"] for document in found}

    async def settle(self, lease: str, verdicts: Sequence[Verdict], now: datetime) -> bool:
        """Record what came of attempts, with the events then owed; tell whether the lease still held for all."""
        writes = [UpdateOne({"_id": done.webhook_id, "lease": lease}, _change(done, now)) for done in verdicts]
        if not writes:
            return True
        async with adapting():
            result = await self._deliveries.bulk_write(writes, ordered=False)
        return result.matched_count == len(writes)


def _change(done: Verdict, now: datetime) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": done.state, "code": done.code, "settled_at": now}
    if done.state == "due":
        return {"$set": {**fields, "due_at": done.due_at}, "$unset": {"lease": ""}}
    if done.state == "exhausted":
        fields["given_up_at"] = now
    over = {"lease": "", "due_at": ""} | ({} if done.state == "exhausted" else {"given_up_at": ""})
    return owing(done.events, now, {"$set": fields, "$unset": over})
